"""Every outside address of the archive: in the records of sources and in the pages, with the places it stands at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ..citations.marks import prose
from ..citations.render import own_addresses, safe_address

if TYPE_CHECKING:
    from ..checks import Archive

_LINK = re.compile(
    r"\]\(\s*<?(https?://[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?|^\[[^\]]+\]:\s*<?(https?://[^\s<>]+)", re.M
)
#: Names that nobody can own (RFC 2606), as they stand in instructions.
_NOBODY = re.compile(r"(?:.*\.)?(?:example\.(?:org|com|net)|example|invalid|test)$")


@dataclass(frozen=True, order=True)
class Place:
    """Where an address stands: file, line, and the key of the source where it is one's."""

    path: str
    line: int
    key: str = ""


@dataclass
class Address:
    """An address, its places, and the titles of the sources that it is the address of."""

    address: str
    places: list[Place] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The server it leads to, with its port."""
        return urlsplit(self.address).netloc.lower()


def collect(archive: Archive) -> dict[str, Address]:
    """Return the addresses of the archive, each once, sorted; fragments belong to the page that is asked for."""
    found: dict[str, Address] = {}
    for address, place, title in _all(archive):
        bare = address.split("#")[0]
        if not _NOBODY.match(urlsplit(bare).hostname or ""):
            known = found.setdefault(bare, Address(bare))
            known.places.append(place)
            known.titles.extend([title] if title else [])
    return dict(sorted(found.items()))


def _all(archive: Archive) -> Iterator[tuple[str, Place, str]]:
    for entry in archive.library.entries.values():
        for address in own_addresses(entry)[:1]:
            name = "url" if safe_address(entry.fields.get("url", "")) else "doi"
            yield address, Place(entry.path, entry.field_lines.get(name, entry.line), entry.key), entry.get("title")
    for page in archive.pages:
        text = prose(page.text, links=True)
        for match in _LINK.finditer(text):
            address = safe_address(match[1] or match[2])
            if address:
                yield address, Place(page.path, text.count("\n", 0, match.start()) + 1), ""


def same_page(one: str, other: str) -> bool:
    """Whether two addresses are of one page to the Wayback Machine, which doesn't look at scheme, www and the like."""
    return _bare(one) == _bare(other)


def _bare(address: str) -> str:
    try:
        parts = urlsplit(address.split("#")[0])
        host = (parts.hostname or "").removeprefix("www.")
        port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    except ValueError:
        return address
    return f"{host}{port}{unquote(parts.path).rstrip('/')}?{unquote(parts.query)}"
