"""Which pages make the book and in what order, read from the site's own navigation."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from .markup import Element, read, words

#: Pages that are about the website and not part of the archive's text, by the beginning of their path.
LEFT_OUT = ("404", "search", "downloads")
_HOST = "http://site.invalid/"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_LISTS = ("ul", "ol")


@dataclass(frozen=True)
class Place:
    """A page's place: its path, how deep it stands (1 begins a part), the group's name that stands over it."""

    path: str
    level: int
    group: str = ""
    title: str = ""
    """The part's name where it has no page of its own; the path is empty then."""


def target(path: str, href: str, base: str = "") -> tuple[str, str] | None:
    """Return the path and fragment inside the site to which a link on a page leads, or None if it leads out."""
    if href.startswith("#"):
        return path, unquote(href[1:])
    if base and href.startswith(base):
        href = _HOST + href[len(base) :]
    elif _SCHEME.match(href):
        return None
    try:
        parts = urlsplit(urljoin(_HOST + path, href))
    except ValueError:
        return None
    if parts.scheme != "http" or parts.netloc != urlsplit(_HOST).netloc:
        return None
    found = unquote(parts.path).lstrip("/")
    if not found or found.endswith("/"):
        found += "index.html"
    return found, unquote(parts.fragment)


def places(pages: Sequence[str], front: str, base: str = "") -> list[Place]:
    """Return the pages in the order of the front page's navigation; others follow what stands in their folder."""
    known = [path for path in pages if not path.startswith(LEFT_OUT)]
    order = list(_listed(front, set(known), base))
    listed = {place.path for place in order}
    for path in sorted((path for path in known if path not in listed), key=lambda path: _folder_first(path)):
        _insert(order, path)
    return [place for place in order if place.path or _has_pages(order, place)]


def _folder_first(path: str) -> tuple[str, bool, bool, str]:
    """Return what sorts pages: a folder's own page, then those with a title for a name, then numbered records."""
    page = path.removesuffix("/index.html").removesuffix(".html")
    folder, _, stem = page.rpartition("/")
    return folder or stem, bool(folder), any(sign.isdigit() for sign in stem), path


def _listed(front: str, known: set[str], base: str) -> Iterator[Place]:
    navs = list(read(front).iter("nav"))
    found = [list(_walk(nav, known, base, 0, "")) for nav in navs]
    seen: set[str] = set()
    for place in max(found, key=len, default=[]):
        if not place.path or place.path not in seen:
            seen.add(place.path)
            yield place


def _walk(element: Element, known: set[str], base: str, depth: int, group: str) -> Iterator[Place]:
    for child in element:
        if child.tag == "li":
            yield from _item(child, known, base, depth, group)
        else:
            yield from _walk(child, known, base, depth, group)


def _item(item: Element, known: set[str], base: str, depth: int, group: str) -> Iterator[Place]:
    own = [path for path in _own_links(item, base) if path in known]
    inner = [place for place in _walk(item, known, base, depth + 1, "") if place.path]
    label = words(_label(item))
    if own:
        yield Place(own[0], 1 if depth == 0 else 2, group)
    elif depth == 0 and inner:
        yield Place("", 1, "", label)
    for place in inner:
        if place.path not in own:
            yield Place(place.path, 2, label if depth and not own else place.group)


def _own_links(item: Element, base: str) -> Iterator[str]:
    """Yield the pages to which an item itself leads, not the items in its own list."""
    for child in item:
        if child.tag == "a" and child.get("href") and not child.get("href", "").startswith("#"):
            found = target("index.html", child.get("href", ""), base)
            if found:
                yield found[0]
        elif child.tag not in (*_LISTS, "nav"):
            yield from _own_links(child, base)


def _label(item: Element) -> Element:
    return next((child for child in item.iter() if child.tag in ("a", "label", "span") and words(child)), item)


def _insert(order: list[Place], path: str) -> None:
    """Put a page that no menu has behind the pages of its folder, or begin a part with it."""
    folder = posixpath.dirname(path.removesuffix("/index.html"))
    while folder:
        mates = [index for index, place in enumerate(order) if place.path.startswith(folder + "/")]
        if mates:
            order.insert(mates[-1] + 1, Place(path, 2))
            return
        folder = posixpath.dirname(folder)
    order.append(Place(path, 1))


def _has_pages(order: list[Place], part: Place) -> bool:
    after = order[order.index(part) + 1 :]
    return bool(after) and after[0].level > 1
