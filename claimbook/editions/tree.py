"""The archive as one tree: every page's text without the theme, its links leading inside the book."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..citations.problems import Problem
from .faults import Faulty, fault
from .markup import Element, find, has, make, read, words
from .order import Place, places, target
from .pictures import Pictures
from .simplify import simplify
from .sources import INDEX, gather, lists

_MAIN = (
    re.compile(r"<article\b.*</article\s*>", re.S),
    re.compile(r"<main\b.*</main\s*>", re.S),
    re.compile(r"<body\b.*</body\s*>", re.S),
)
#: What no book shows, and is long: it needn't be parsed.
_EXTRA = re.compile(r"<details class=\"reference-record\">.*?</details>", re.S)
_OWN_LIST = re.compile(r"<section class=\"references\".*?</section>", re.S)
_LANGUAGE = re.compile(r"<html\b[^>]*\blang=[\"']?([\w-]+)", re.I)
_CANONICAL = re.compile(r"<link\b[^>]*\brel=[\"']?canonical\b[^>]*\bhref=[\"']?([^\"'\s>]+)", re.I)
_RECORD = re.compile(r"[a-z]-\d+")


@dataclass
class Page:
    """One page of the book."""

    place: Place
    name: str
    """What links call it: the path with full stops, or a claim's number alone."""
    title: str
    body: Element
    sources: bool = False
    """Whether it is the list of all sources."""
    paths: tuple[str, ...] = ()
    """Other pages of the site whose content it has taken in."""

    @property
    def claim(self) -> bool:
        """Whether it is the page of one claim."""
        return bool(_RECORD.fullmatch(self.name))


@dataclass
class Tree:
    """All pages in the order of the book, and what they share."""

    pages: list[Page]
    language: str
    address: str
    """Where the site is published, for links to what the book doesn't hold; empty if the site doesn't say."""
    pictures: Pictures
    cited: dict[str, list[str]] = field(default_factory=dict)
    """For each source the names of the places that cite it."""
    addresses: dict[str, str] = field(default_factory=dict)
    """Where on the web each name of the book is."""

    def only(self, *names: str) -> Tree:
        """Return a tree of some pages with the sources they cite; links to other pages lead to the web."""
        kept = [replace(page, body=copied(page.body)) for page in self.pages if page.name in names or page.sources]
        places_kept = {each.get("id") for page in kept if not page.sources for each in page.body.iter()}
        cited = {key: [use for use in uses if use in places_kept] for key, uses in self.cited.items()}
        for page in kept:
            if page.sources:
                _keep_sources(page.body, {key for key, uses in cited.items() if uses})
        held = {each.get("id") for page in kept for each in page.body.iter()}
        for page in kept:
            for link in page.body.iter("a"):
                href = link.get("href", "")
                if href.startswith("#") and href[1:] not in held:
                    link.set("href", self.addresses.get(href[1:], self.address))
        return replace(self, pages=kept, cited=cited)


def clean(site: Path) -> Tree:
    """Read a built site, whichever generator made it; raises Faulty with everything that is to be mended."""
    site = Path(site)
    paths = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    front = _text(site / "index.html") if "index.html" in paths else ""
    canonical = _CANONICAL.search(front)
    base = canonical[1] if canonical else ""
    language = _LANGUAGE.search(front)
    found, faults = _pages(site, places(paths, front, base))
    if not found:
        raise Faulty([*faults, fault("index.html", "E01", "the folder holds no page; build the site first.")])
    tree = Tree(found, language[1] if language else "en", base, Pictures(site))
    links = _Links(tree, set(paths) | {path.relative_to(site).as_posix() for path in site.rglob("*.*")})
    for page in tree.pages:
        links.name(page)
    for page in tree.pages:
        links.lead(page)
        faults += tree.pictures.take(page.place.path, page.body)
        simplify(page.body, page.place.level)
    faults += problems(tree)
    if faults or links.faults:
        raise Faulty([*faults, *links.faults])
    return tree


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", errors="replace")


def _pages(site: Path, order: Iterable[Place]) -> tuple[list[Page], list[Problem]]:
    found: list[Page] = []
    faults: list[Problem] = []
    order = list(order)
    whole = any('class="sources"' in _text(site / place.path) for place in order if place.path)
    for place in order:
        if not place.path:
            body = make("body")
            body.append(make("h1", text=place.title))
            found.append(Page(place, _slug(place.title), place.title, body))
            continue
        html = _text(site / place.path)
        main = next((match[0] for pattern in _MAIN if (match := pattern.search(html))), "")
        body = read(_extra(main, whole))
        heading = next(body.iter("h1"), None)
        if heading is None:
            what = "the page has no title (h1) in its main part; begin its text with one."
            faults += [] if "http-equiv" in html and "refresh" in html else [fault(place.path, "E01", what)]
            continue
        found.append(Page(place, _name(place.path), _title(heading), body, lists(body)))
    return _sources_last(found), faults


def _sources_last(pages: list[Page]) -> list[Page]:
    """Return the pages with the list of sources at the end, and in one piece where an index leads to its entries."""
    index = next((page for page in pages if find(page.body, INDEX) is not None), None)
    listing = [page for page in pages if page.sources]
    others = [page for page in pages if not page.sources and page is not index]
    if index is None:
        return others + listing
    gather(index.body, (page.body for page in listing))
    return [*others, replace(index, sources=True, paths=tuple(page.place.path for page in listing))]


def _extra(html: str, whole: bool) -> str:
    """Return a page without what is long and no book shows; its own references too where there is a list of all."""
    html = _EXTRA.sub("", html)
    return _OWN_LIST.sub("", html) if whole else html


def _title(heading: Element) -> str:
    return words(heading).rstrip("¶ ").strip()


def _name(path: str) -> str:
    stem = path.removesuffix("index.html").removesuffix(".html").strip("/")
    last = stem.rpartition("/")[2]
    return last if _RECORD.fullmatch(last) else _slug(stem.replace("/", ".")) or "home"


def _slug(text: str) -> str:
    slug = re.sub(r"[^\w.-]+", "-", text).strip("-.")
    return slug if not slug or slug[0].isalpha() or slug[0] == "_" else f"p-{slug}"


def copied(element: Element) -> Element:
    made = Element(element.tag, dict(element.attrib))
    made.text, made.tail = element.text, element.tail
    made.extend([copied(child) for child in element])
    return made


def _keep_sources(body: Element, cited: set[str]) -> None:
    for parent in list(body.iter()):
        for child in [child for child in parent if has(child, "source") and child.get("id") not in cited]:
            parent.remove(child)


class _Links:
    """Gives every place a name of its own in the book, and has links lead to these names."""

    def __init__(self, tree: Tree, files: set[str]):
        self.tree = tree
        self.files = files
        self.pages = {path: page for page in tree.pages for path in (page.place.path, *page.paths)}
        self.names: dict[str, dict[str, str]] = {}
        self.owner: dict[str, Page] = {}
        self.faults: list[Problem] = []

    def name(self, page: Page) -> None:
        """Rename a page's places, and remember what they were called."""
        found: dict[str, str] = {}
        self.names |= dict.fromkeys((page.place.path, *page.paths), found)
        heading = next(page.body.iter("h1"))
        self._take(page, page.name)
        for element in page.body.iter():
            old = element.attrib.pop("id", "")
            if element is heading:
                found[old] = page.name
                element.set("id", page.name)
            elif old and element.tag != "svg":
                keep = page.sources and old.startswith("ref-")
                found[old] = new = _slug(old if keep else f"{page.name}.{old}")
                self._take(page, new)
                self.tree.addresses[new] = f"{self._web(page.place.path)}#{old}"
                element.set("id", new)
        self.tree.addresses[page.name] = self._web(page.place.path)

    def _take(self, page: Page, name: str) -> None:
        if name in self.owner:
            what = f'the place "{name}" is named twice, here and on {self.owner[name].place.path}; rename one of them.'
            self.faults.append(fault(page.place.path, "E06", what))
        self.owner.setdefault(name, page)

    def lead(self, page: Page) -> None:
        """Have a page's links lead to places of the book, or to the web."""
        for link in page.body.iter("a"):
            href = link.get("href", "")
            if href:
                link.set("href", self._way(page, href))
            if has(link, "citation-link"):
                self.tree.cited.setdefault(link.get("href", "#")[1:], []).append(link.get("id", ""))

    def _way(self, page: Page, href: str) -> str:
        found = target(page.place.path, href, self.tree.address)
        if not found:
            return href
        path, fragment = found
        if fragment.startswith("ref-") and fragment in self._sources:
            return f"#{self._sources[fragment]}"
        known = self.names.get(path)
        if known is None:
            if path not in self.files and not path.startswith("downloads/"):
                self._dead(page, href, f"the site has no {path}")
            return self._web(path) + (f"#{fragment}" if fragment else "")
        if fragment and fragment not in known:
            self._dead(page, href, f'{path} has no place "{fragment}"')
        return f"#{known[fragment] if fragment in known else self.pages[path].name}"

    @property
    def _sources(self) -> dict[str, str]:
        last = self.tree.pages[-1]
        return self.names[last.place.path] if last.sources else {}

    def _web(self, path: str) -> str:
        path = path.removesuffix("index.html")
        return f"{self.tree.address.rstrip('/')}/{path}" if self.tree.address else path

    def _dead(self, page: Page, href: str, why: str) -> None:
        what = f'the link "{href}" leads nowhere: {why}. Mend the link, or add the place.'
        self.faults.append(fault(page.place.path, "E02", what))


def problems(tree: Tree) -> Iterator[Problem]:
    """Yield a fault for each link of a tree that leads to no place in it: the tree's own proof."""
    held = {each.get("id") for page in tree.pages for each in page.body.iter()}
    for page in tree.pages:
        for link in page.body.iter("a"):
            href = link.get("href", "")
            if href.startswith("#") and href[1:] not in held:
                yield fault(page.place.path, "E02", f'the book has no place "{href[1:]}" for a link to lead to.')
