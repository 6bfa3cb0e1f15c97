"""What a person types to name a source: a DOI, an arXiv number, an ISBN or an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from .errors import SourceError

_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.I)
_ARXIV = re.compile(
    r"(?:arxiv:\s*|(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf|html)/)"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?/?",
    re.I,
)
_ISBN = re.compile(r"(?:isbn(?:-1[03])?:?\s*)?((?:\d[\s-]?){9}[\dX]|(?:\d[\s-]?){12}\d)", re.I)
#: Parameters that follow a reader about and say nothing of the page.
_TRACKERS = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid|xtor", re.I)


@dataclass(frozen=True)
class Identifier:
    """What was typed: `kind` is doi, isbn or url; `value` is in the form that bibliography/ uses."""

    kind: str
    value: str


def identify(typed: str) -> Identifier:
    """Return what a person typed. Raises SourceError where it is none of the forms known.

    An arXiv number becomes the DOI that arXiv registers for it, an ISBN of ten digits the one of thirteen.
    """
    words = typed.strip().strip("<>")
    if match := _ARXIV.fullmatch(words):
        return Identifier("doi", f"10.48550/arXiv.{match[1]}")
    if match := _DOI.fullmatch(words):
        return Identifier("doi", doi(match[1]))
    if match := _ISBN.fullmatch(words):
        return Identifier("isbn", isbn(match[1]))
    if re.match(r"https?://", words, re.I):
        return Identifier("url", address(words))
    example = "a DOI (10.1177/1461444819826402), an address (https://…), an ISBN or an arXiv number (arXiv:2101.00001)"
    raise SourceError(f'"{_short(typed)}" names no source: type {example}.')


def doi(text: str) -> str:
    """Return a DOI without the punctuation of the sentence that it was copied from."""
    found = unquote(text) if "%2f" in text.lower() else text
    return found.split("?")[0].split("#")[0].rstrip(".,;")


def isbn(text: str) -> str:
    """Return an ISBN as 13 digits. Raises SourceError where its last sign doesn't fit the others (ISO 2108)."""
    digits = re.sub(r"[\s-]", "", text).upper()
    if _check_ten(digits[:9]) == digits[9:] if len(digits) == 10 else _check_thirteen(digits[:12]) == digits[12:]:
        stem = f"978{digits[:9]}" if len(digits) == 10 else digits[:12]
        return stem + _check_thirteen(stem)
    raise SourceError(f"the ISBN {text} has a wrong digit: its last sign doesn't fit the others; look at it again.")


def _check_ten(digits: str) -> str:
    rest = -sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _check_thirteen(digits: str) -> str:
    return str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10)


def address(text: str) -> str:
    """Return a web address that a `.bib` file can hold: odd signs encoded, no fragment, nothing that follows readers.

    Raises SourceError for one that can't be read.
    """
    try:
        parts = urlsplit("".join(sign for sign in text if sign.isprintable()).strip())
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        raise SourceError(f'"{_short(text)}" is no web address.') from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise SourceError(f'"{_short(text)}" is no web address: it should begin with https:// and a host.')
    query = parts.query
    if _TRACKERS.search(query):
        query = urlencode(
            [pair for pair in parse_qsl(query, keep_blank_values=True) if not _TRACKERS.fullmatch(pair[0])]
        )
    place = f"{_host(host, text)}:{port}" if port else _host(host, text)
    return urlunsplit((parts.scheme.lower(), place, _encoded(parts.path) or "/", _encoded(query), ""))


def _host(host: str, text: str) -> str:
    try:
        name = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        name = ""
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", name):
        raise SourceError(f'"{_short(text)}" is no web address: its host can\'t be read.')
    return f"[{name}]" if ":" in name else name


def _encoded(text: str) -> str:
    """Return a part of an address with what no address may hold percent-encoded (RFC 3986, section 2)."""

    def encode(match: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))

    return re.sub(r"[^A-Za-z0-9._~!$&'()*+,;=:@/?%-]", encode, text)


def _short(text: str) -> str:
    """Return what was typed fit to be shown in one line."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain if len(plain) <= 80 else f"{plain[:79]}…"
