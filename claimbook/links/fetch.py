"""One polite look at one address: what a reader would find there, or what stood in the way.

Every hop is asked for by itself, so that lasting redirects are told from passing ones, and has a deadline of its own
from the first byte sent to the last byte read: however slowly a server drips, nothing waits longer. Never raises for
what a server does.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp import http_exceptions
from yarl import URL

from . import pages
from .kinds import Answer, Kind


@dataclass(frozen=True)
class Manners:
    """How we behave towards servers; times in seconds."""

    deadline: float = 40
    """The longest that one request may take, with its answer read."""
    pause: float = 3
    """Between two requests to a host."""
    hosts: int = 8
    """How many hosts are asked at a time."""
    patience: float = 60
    """The longest wait that a server's Retry-After is followed for, once."""
    second_try: float = 5
    """The wait before a server in trouble is asked once more, where it names no time."""
    most_bytes: int = 3_000_000
    """Of a body; what follows isn't read."""
    most_hops: int = 10
    agent: str = "claimbook-links/1 (checks the links of a cited archive, once a week; a person reads the result)"


@asynccontextmanager
async def session(manners: Manners) -> AsyncIterator[aiohttp.ClientSession]:
    """Yield what requests are sent with: no more header than a page needs, cookies kept for one address only."""
    headers = {"User-Agent": manners.agent, "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
               "Accept-Language": "en,fr;q=0.8,zh;q=0.6,*;q=0.4", "Accept-Encoding": "gzip, deflate"}  # fmt: skip
    # A connection that is cut off is tried anew by aiohttp itself, once.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(
        connector=connector, headers=headers, cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None),
        max_line_size=16_384, max_field_size=16_384,
    ) as running:  # fmt: skip
        yield running


async def fetch(running: aiohttp.ClientSession, address: str, titles: tuple[str, ...], manners: Manners) -> Answer:
    """Ask for an address, and once more where its server is in trouble; `titles` are those of the sources it is of."""
    answer, wait = await _Visit(running, address, titles, manners).go()
    if not answer.kind.passing or wait > manners.patience:
        return answer
    await asyncio.sleep(wait or manners.second_try)
    answer, _ = await _Visit(running, address, titles, manners).go()
    return answer


@dataclass(frozen=True)
class _Reply:
    """A server's answer to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool
    charset: str


class _Stop(Exception):
    """What stood in the way."""

    def __init__(self, kind: Kind):
        super().__init__(kind.name)
        self.kind = kind


class _Visit:
    """The way from an address to the page at its end."""

    def __init__(self, running: aiohttp.ClientSession, address: str, titles: tuple[str, ...], manners: Manners):
        self.running, self.asked, self.titles, self.manners = running, address, titles, manners
        self.cookies: dict[tuple[str, str], str] = {}
        self.at = address
        self.moved = ""
        self.lasting = True
        self.status = 0

    async def go(self) -> tuple[Answer, float]:
        """Return the answer, and how long the server asks to wait, in seconds."""
        wait = 0.0
        try:
            for _ in range(self.manners.most_hops + 1):
                reply = await self._ask()
                wait = _retry_after(reply)
                found = self._read(reply)
                if found:
                    return replace(found, status=self.status, final=self.at, moved=self.moved), wait
            raise _Stop(Kind.LOOP)
        except _Stop as stop:
            return Answer(stop.kind, self.status, self.at), wait
        except (ValueError, LookupError):
            # An address or a charset in the page that isn't one.
            return Answer(Kind.GARBAGE, self.status, self.at), wait

    async def _ask(self) -> _Reply:
        try:
            async with asyncio.timeout(self.manners.deadline):
                return await self._request()
        except TimeoutError:
            raise _Stop(Kind.SLOW) from None
        except (aiohttp.ClientError, OSError, ValueError, http_exceptions.HttpProcessingError) as error:
            raise _Stop(_reason(error)) from None

    async def _request(self) -> _Reply:
        host = urlsplit(self.at).netloc
        # An address that is already in ASCII is sent as it was typed; another is encoded.
        url = URL(self.at, encoded=self.at.isascii())
        cookies = {name: value for (owner, name), value in self.cookies.items() if owner == host}
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        self.status = 0
        async with self.running.get(url, headers=headers, allow_redirects=False) as response:
            self.status = response.status
            for morsel in response.cookies.values():
                self.cookies[host, morsel.key] = morsel.coded_value
            body, whole = await self._body(response)
            return _Reply(response.status, response.headers, body, whole, response.charset or "")

    async def _body(self, response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
        """Return the body, cut where it grows too long, and whether it came to its end."""
        body = bytearray()
        try:
            async for part in response.content.iter_any():
                body += part
                if len(body) >= self.manners.most_bytes:
                    return bytes(body), False
        except aiohttp.ClientPayloadError as error:
            # A page cut off is still a page to a reader; one that can't be unpacked isn't.
            if not body or isinstance(error.__cause__, http_exceptions.ContentEncodingError):
                raise
            return bytes(body), False
        return bytes(body), True

    def _read(self, reply: _Reply) -> Answer | None:
        """Return what a reply means, or None where it leads on."""
        if reply.status in (301, 302, 303, 307, 308) and reply.headers.get("Location"):
            return self._follow(reply.headers["Location"], lasting=reply.status in (301, 308))
        if pages.is_login(pages.Page(), self.at, self.asked):
            return Answer(Kind.LOGIN)
        if reply.status not in (200, 203):
            return Answer(_kind_of(reply.status, reply.body))
        if not reply.body.strip():
            return Answer(Kind.EMPTY)
        media = reply.headers.get("Content-Type", "text/html").split(";")[0].strip().lower()
        if reply.body.lstrip()[:5] == b"%PDF-":
            media = "application/pdf"
        if "html" not in media and media != "text/plain":
            return Answer(Kind.FINE, text=media)
        return self._page(pages.read(pages.decode(reply.body, reply.charset)), reply.whole)

    def _follow(self, target: str, *, lasting: bool) -> Answer | None:
        try:
            to = urljoin(self.at, target.strip())
            parts = urlsplit(to)
        except ValueError:
            return Answer(Kind.GARBAGE)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return Answer(Kind.GARBAGE)
        self.at = to
        self.lasting = self.lasting and lasting
        if self.lasting:
            self.moved = to.split("#")[0]
        return None

    def _page(self, page: pages.Page, whole: bool) -> Answer | None:
        shows = any(pages.mentions(page, title) for title in self.titles)
        if page.refresh and not shows:
            to = urljoin(self.at, page.refresh)
            if to != self.at or self.cookies:
                return self._follow(page.refresh, lasting=False)
        text = pages.mark(page.text) if whole else ""
        fine = Answer(Kind.FINE, title=page.title[:300], text=text, shows=shows)
        if shows:
            return fine
        if pages.is_wall(page):
            return Answer(Kind.WALL)
        if pages.is_login(page, self.at, self.asked):
            return Answer(Kind.LOGIN)
        # Said to be missing, or home: the caller, who knows what stood here before, may know better.
        if pages.is_missing(page, self.at, self.asked):
            return replace(fine, kind=Kind.SOFT_404)
        if pages.is_parked(page):
            return replace(fine, kind=Kind.PARKED)
        if pages.is_closed(page):
            return replace(fine, kind=Kind.BUSY)
        if pages.is_home(self.at) and not pages.is_home(self.asked):
            same = _site(self.at) == _site(self.asked)
            return replace(fine, kind=Kind.SENT_HOME if same else Kind.SENT_AWAY)
        return fine


def _site(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.") + f":{urlsplit(address).port or ''}"


def _retry_after(reply: _Reply) -> float:
    """Return the seconds that a Retry-After asks for, given as seconds or as a date (RFC 9110, 10.2.3)."""
    value = reply.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()) if value else 0.0
    except (TypeError, ValueError):
        return 0.0


def _kind_of(status: int, body: bytes) -> Kind:
    exact = {404: Kind.NOT_FOUND, 410: Kind.GONE, 401: Kind.LOGIN, 407: Kind.LOGIN, 429: Kind.TOO_MANY,
             451: Kind.LAW, 503: Kind.BUSY, 408: Kind.SLOW, 511: Kind.LOGIN}  # fmt: skip
    if status in exact:
        return exact[status]
    # 406, 418 and 999 are what some sites answer robots; from 520 up, the gates before a server.
    if status in (403, 406, 418) or status >= 520:
        return Kind.REFUSED
    if status >= 500:
        return Kind.SERVER_ERROR
    if 200 < status < 300:
        return Kind.ODD_STATUS if body.strip() else Kind.EMPTY
    return Kind.ODD_STATUS


def _reason(error: Exception) -> Kind:
    """Return what an error of the network or the client library means."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        number = getattr(error.os_error, "errno", None)
        return Kind.NO_HOST if number in _NO_NAME else Kind.UNREACHED
    if isinstance(error, aiohttp.ClientSSLError):
        return Kind.BAD_TLS
    if isinstance(error, ConnectionRefusedError) or isinstance(
        getattr(error, "os_error", None), ConnectionRefusedError
    ):
        return Kind.NO_SERVER
    if isinstance(error, aiohttp.ClientConnectorError):
        return Kind.UNREACHED
    if isinstance(error, aiohttp.ClientPayloadError):
        coded = isinstance(
            error.__cause__, http_exceptions.ContentEncodingError | http_exceptions.TransferEncodingError
        )
        return Kind.GARBAGE if coded else Kind.CUT
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError | aiohttp.ClientOSError):
        return Kind.CUT
    if isinstance(error, aiohttp.InvalidURL):
        return Kind.BAD_ADDRESS
    if isinstance(error, OSError):
        return Kind.UNREACHED
    return Kind.GARBAGE


#: The name is known not to exist; EAI_AGAIN, a resolver in trouble, says nothing of it.
_NO_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
