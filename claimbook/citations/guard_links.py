"""Say where an address in a finished page leads, from the site's files alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote, urljoin

from .problems import nearest

_HERE = "http://the-site-itself.invalid"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BASE = re.compile(r"(?:[A-Za-z]+:)?(?://([^/]*))?([^?#]*).*", re.DOTALL)
_ADDRESSEE = re.compile(r"""(?![./])[^\s@<>()\[\],;:\\"]+(?<!\.)@[\w-]+(?:\.[\w-]+)+""")
_FIELDS = re.compile(r"[\w-]+=[^\s&]*(?:&[\w-]+=[^\s&]*)*")
_TELEPHONE = re.compile(r"\+?(?:[().-]*[\d*#]){3,20}[().-]*(?:;[\w-]+(?:=[\w.+:%-]+)?)*")


@dataclass(frozen=True)
class Base:
    """Where the site is served: its host, where known, and its path, which begins and ends with a slash."""

    host: str
    path: str

    @classmethod
    def of(cls, address: str) -> Base:
        """Read `/archive/`, `archive` or `https://example.org/archive/`."""
        match = _BASE.fullmatch(address)
        host, path = match.groups() if match else ("", "")
        return cls((host or "").lower(), f"/{path.strip('/')}/" if path.strip("/") else "/")


class Target(NamedTuple):
    """Where an address leads.

    `inside` the site to a path of it, `beyond` its folder on the same host, to another `host`, or to a place
    that another `scheme` gives a meaning of its own (mailto, data, javascript).
    """

    kind: Literal["inside", "beyond", "host", "scheme"]
    place: str
    fragment: str = ""


class Address(NamedTuple):
    """An address taken apart: a host or scheme, or else steps up, a path from there, and a fragment."""

    scheme: str
    host: str
    absolute: bool
    up: int
    path: str
    fragment: str


#: A browser drops these from an address.
_IGNORED = dict.fromkeys(map(ord, "\t\n\r"))


@lru_cache(maxsize=65_536)
def take_apart(url: str) -> Address:
    """Take an address apart as a browser does; any text is one."""
    url = url.strip().translate(_IGNORED)
    scheme = _SCHEME.match(url)
    if scheme:
        if scheme[1].lower() not in ("http", "https", "ftp"):
            return Address(scheme[1].lower(), "", False, 0, "", "")
        url = url[scheme.end() :]
    address, _, fragment = url.partition("#")
    path = address.partition("?")[0].replace("\\", "/")
    host = ""
    if path.startswith("//"):
        host, _, path = path[2:].partition("/")
        path = f"/{path}"
    up, plain = _normal(unquote(path))
    return Address("", host.lower(), path.startswith("/"), up, plain, fragment.partition(":~:")[0])


def _normal(path: str) -> tuple[int, str]:
    """Return how many folders a path climbs, and its way from there; a folder keeps its slash."""
    up = 0
    steps: list[str] = []
    for step in path.split("/"):
        if step == ".." and steps:
            steps.pop()
        elif step == "..":
            up += 1
        elif step not in ("", "."):
            steps.append(step)
    folder = steps and path.rpartition("/")[2] in ("", ".", "..")
    return up, "/".join(steps) + "/" * bool(folder)


def target_of(url: str, document: str, base: Base) -> Target:
    """Return where `url` leads from `document`, a path inside the site."""
    scheme, host, absolute, up, path, fragment = take_apart(url)
    if scheme:
        return Target("scheme", scheme)
    if host and host != base.host:
        return Target("host", host)
    if absolute:
        inside = f"/{path}/".replace("//", "/").startswith(base.path)
        if up or not inside:
            return Target("beyond", f"/{path}")
        return Target("inside", f"/{path}"[len(base.path) :], fragment)
    if not path and not up and not _names_folder(url):
        return Target("inside", document, fragment)
    folders = document.split("/")[:-1]
    if up > len(folders):
        return Target("beyond", path)
    folders = folders[: len(folders) - up]
    return Target("inside", "/".join([*folders, path]), fragment)


def _names_folder(url: str) -> bool:
    """Tell `./`, which leads to the folder, from an empty path, which leads to the page itself."""
    return url.strip()[:1] not in ("", "#", "?")


def joined(base_element: str, url: str, document: str, base: Base) -> str:
    """Return an address as the base element of its page makes it."""
    here = f"{_HERE}{base.path}{quote(document)}"
    try:
        return urljoin(urljoin(here, base_element), url).removeprefix(_HERE)
    except ValueError:  # a malformed host; then the address itself says enough
        return url


def file_at(place: str, files: frozenset[str]) -> str | None:
    """Return the file that a web server gives for a place, or nothing. A folder gives its index.html."""
    if place in files:
        return place
    index = f"{place.rstrip('/')}/index.html".lstrip("/")
    return index if index in files else None


@lru_cache(maxsize=4096)
def likely_place(place: str, files: frozenset[str]) -> str:
    """Return the site's place most like one that doesn't exist, or an empty string."""
    # A folder too many at the front is the commonest slip, and far quicker to find than likeness.
    tail = place
    while tail := tail.partition("/")[2]:
        if file_at(tail, files):
            return tail
    ending = re.search(r"\.\w+$|$", place)[0] or ".html"
    return nearest(place, sorted(_place_of(name) for name in files if name.endswith(ending)))


def _place_of(name: str) -> str:
    """Return how a link would write a file: without its name where it stands for its folder."""
    return name.removesuffix("index.html") if name.endswith("/index.html") else name


def ill_formed_mailto(url: str) -> bool:
    """Tell whether a mailto: address lacks a sound recipient (RFC 6068); a link to share needs none."""
    recipients, mark, fields = url.partition(":")[2].partition("#")[0].partition("?")
    if mark and not _FIELDS.fullmatch(fields):
        return True
    if not recipients:
        return not mark
    return not all(_ADDRESSEE.fullmatch(unquote(name)) for name in recipients.split(","))


def ill_formed_telephone(url: str) -> bool:
    """Tell whether a tel: address isn't a telephone number (RFC 3966), which has no spaces."""
    return not _TELEPHONE.fullmatch(url.partition(":")[2])
