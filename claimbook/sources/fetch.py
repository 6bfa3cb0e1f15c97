"""One question to a server, asked politely: a name, a limit of time, of size and of redirects, and a plain answer.

urllib does the talking. What it leaves open is closed here: a server that drips its answer can't hold us, one that
sends without end can't fill the memory, and every failure becomes one sentence.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import SourceError
from .services import Services

AGENT = "claimbook/0.1 (a cited archive's tool, run by hand)"
#: The most that is read of an answer, in bytes; the largest record seen is far below.
LIMIT = 2_000_000
REDIRECTS = 5


@dataclass(frozen=True)
class Answer:
    """What a server sent: the address it came from in the end, its media type, its charset if told, its bytes."""

    address: str
    type: str
    charset: str
    body: bytes
    whole: bool
    """Whether that was all, or only the first part up to the limit."""


class Missing(SourceError):
    """The server says that there is no such thing (404, 410)."""


def get(address: str, accept: str, services: Services) -> Answer:
    """Return a server's answer to one GET. Raises SourceError, in one sentence, for every way of getting none."""
    found: list[Answer | Exception] = []

    def ask() -> None:
        try:
            found.append(_ask(address, accept, services))
        except Exception as error:
            found.append(error)

    # A time limit of the socket begins anew with every byte, and has no say while a host's name is looked up:
    # only a limit from outside holds for the whole.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(services.seconds)
    if not found:
        raise SourceError(f"{_host(address)} didn't answer within {services.seconds:g} seconds; try again later.")
    if isinstance(found[0], Exception):
        raise _told(found[0], address)
    return found[0]


def _ask(address: str, accept: str, services: Services) -> Answer:
    agent = f"{AGENT[:-1]}; mailto:{services.contact})" if services.contact else AGENT
    headers = {"User-Agent": agent, "Accept": accept, "Accept-Encoding": "identity"}
    request = urllib.request.Request(address, headers=headers)
    with _opener().open(request, timeout=services.seconds) as response:
        body = response.read(LIMIT + 1)
        if response.length and len(body) <= LIMIT:
            raise http.client.IncompleteRead(body, response.length)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise SourceError(
                f"{_host(response.url)} sent its answer packed, which it wasn't asked to; fill the entry by hand."
            )
        kind = response.headers.get_content_type()
        charset = response.headers.get_content_charset() or ""
        return Answer(response.url, kind, charset, body[:LIMIT], len(body) <= LIMIT)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few redirects; those to something else than the web are refused by urllib, and FTP by us."""

    max_redirections = REDIRECTS
    max_repeats = 2


def _opener() -> urllib.request.OpenerDirector:
    """Return what speaks HTTP and HTTPS and nothing else, through the proxy that the environment names."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _told(error: Exception, address: str) -> SourceError:
    """Return an error as a sentence for the person at the keyboard."""
    host = _host(address)
    if isinstance(error, SourceError):
        return error
    if isinstance(error, urllib.error.HTTPError):
        return _misled(error, host) if 300 <= error.code < 400 else _refused(error.code, host)
    if isinstance(error, urllib.error.URLError) and "unknown url type" in str(error.reason):
        return SourceError(f"{host} sends to something that is no web address; fill the entry by hand.")
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return SourceError(f"{host} didn't answer in time; try again later.")
    if isinstance(reason, socket.gaierror):
        return SourceError(f"{host} can't be found: there is no network, or no such host.")
    if isinstance(reason, ssl.SSLError):
        return SourceError(f"{host} can't prove who it is (TLS): open the address in a browser and look.")
    if isinstance(reason, OSError):
        return SourceError(f"{host} can't be reached ({reason.strerror or 'no connection'}): is there a network?")
    if isinstance(reason, (http.client.HTTPException, ValueError)):
        return SourceError(f"{host} broke off or answered with something that is no HTTP; try again later.")
    return SourceError(f"{host} can't be read ({type(reason).__name__}).")


def _misled(error: urllib.error.HTTPError, host: str) -> SourceError:
    if "not allowed" in error.msg:
        return SourceError(f"{host} sends to something that is no web address; fill the entry by hand.")
    if error.headers.get("Location"):
        return SourceError(f"{host} sends from address to address without end; fill the entry by hand.")
    return SourceError(f"{host} sends elsewhere and doesn't say where ({error.code}); fill the entry by hand.")


def _refused(code: int, host: str) -> SourceError:
    if code in (404, 410):
        return Missing(f"{host} has nothing there ({code}): compare what you typed with the source.")
    if code in (401, 403):
        return SourceError(f"{host} lets no program in ({code}); open it in a browser and fill the entry by hand.")
    if code == 429:
        return SourceError(f"{host} asks us to wait (429); try again in an hour.")
    if code >= 500:
        return SourceError(f"{host} is out of order ({code}); try again later.")
    return SourceError(f"{host} refused the question ({code}); fill the entry by hand.")


def _host(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2] or address
