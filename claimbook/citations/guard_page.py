"""Read one finished page, or one stylesheet, into the facts that the guard's rules ask about.

The standard library's html.parser takes 2.6 seconds for the tags of 150 pages of Material, more than the
whole guard may take. The pattern below stops only at tags that a rule asks about, reads them as the HTML
standard does (13.2.5), and takes a tenth of that. It is linear whatever the page holds, and a test compares
it with html.parser.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

# In these elements a tag isn't a tag.
RAW = "script|style|textarea|title|iframe|noembed|noframes|xmp"
# These are asked about even where they have no attributes.
BARE = "html|main|svg|template|h[1-6]|img"
# No element's name is longer; without a limit "<a<a<a<a" would be read from each of its tags to its end.
NAME = r"[A-Za-z][^\s/>]{0,60}+"
# How a start tag goes on after its name. Quotes count only after an equals sign, and "++" keeps it linear; so does "(?>",
# where what is repeated has alternatives: with "(?:a|b)*+" Python 3.11.2, of Debian 12, loses matches (gh-106052).
ATTRIBUTES = (
    r"""(?>(?:[\s/]++|[^\s/>][^\s/>=]*+"""
    r"""(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>][^\s>]*+|(?=>))|(?!\s*+=)))*)"""
)
COMMENT = r"!--(?:-?>|.*?--!?>)|[!?](?!--)[^>]*+>"

_TAG = re.compile(
    rf"<(?:{COMMENT}"
    rf"|(?P<raw>(?i:{RAW}))(?=[\s/>])(?P<raw_attributes>{ATTRIBUTES})>(?P<content>.*?)(?=</(?i:(?P=raw))[\s/>])"
    rf"|(?=(?i:{BARE})>|{NAME}[\s/])(?!(?i:{RAW})[\s/>])"
    rf"(?P<tag>{NAME})(?P<attributes>{ATTRIBUTES})>"
    r"|/(?P<end>(?i:main|svg|template))[\s/>]"
    rf"|(?P<unclosed>(?=[!?]|(?i:{RAW})>|{NAME}(?:[\s/]|\Z))))",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""([^\s/>][^\s/>=]*+)(?>(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>][^\s>]*+)|(?=>|\Z)))?)"""
)
_BARE = re.compile(BARE)
_REFRESH = re.compile(r"""\s*[\d.]*\s*[;,]?\s*url\s*=\s*["']?([^"']+)""", re.IGNORECASE)
_CANDIDATE = re.compile(r"[\s,]*+(\S++)(?:(?<=,)|[^,]*+)")
_CSS = re.compile(
    r"""/\*.*?(?:\*/|\Z)|@namespace[^;]*+;"""
    r"""|@import\s*+(?>(?:url\(\s*+)?)(?:"(?P<import1>[^"\n]*+)"|'(?P<import2>[^'\n]*+)'|(?P<import3>[^"'()\s;]++))"""
    r"""|\burl\(\s*+(?:"(?P<url1>(?>(?:[^"\\\n]|\\.)*))"|'(?P<url2>(?>(?:[^'\\\n]|\\.)*))'|(?P<url3>[^"'()\s]++))\s*+\)"""
    r"""|"(?>(?:[^"\\\n]|\\.)*)"|'(?>(?:[^'\\\n]|\\.)*)'""",
    re.DOTALL | re.IGNORECASE,
)

ADDRESSES = (
    "href", "xlink:href", "src", "srcset", "imagesrcset", "poster", "background", "action", "formaction",
    "ping",
)  # fmt: skip
NAVIGATES = frozenset(("a", "area", "form", "button"))
# A link element fetches its address for these values of rel; for others it only tells it.
FETCHED_RELS = frozenset((
    "stylesheet", "icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "manifest",
    "preload", "modulepreload", "prefetch", "prerender", "preconnect", "dns-prefetch",
))  # fmt: skip


class Link(NamedTuple):
    """An address: where it stands, what holds it, whether a browser fetches it unasked, and as a sheet."""

    at: int
    holder: str
    url: str
    loads: bool
    sheet: bool = False


class Heading(NamedTuple):
    """A heading, and whether it stands in the page's main part."""

    at: int
    level: int
    in_main: bool


class Tag(NamedTuple):
    """What one start tag says, wherever it stands: a site's pages hold the same tags again and again."""

    name: str
    attributes: dict[str, str]
    links: tuple[Link, ...]
    closed: bool
    watched: bool


@dataclass(frozen=True)
class Sheet:
    """One stylesheet of the site."""

    path: str
    text: str
    links: list[Link]


@dataclass(frozen=True)
class Page:
    """One finished page. Places are offsets into its text; `line_of` turns one into a line."""

    path: str
    text: str
    links: list[Link] = field(default_factory=list)
    ids: list[tuple[int, str]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    headings: list[Heading] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    languages: list[tuple[int, str]] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    pictures_without_alt: list[tuple[int, str]] = field(default_factory=list)
    cited: set[str] = field(default_factory=set)
    redirects: list[str] = field(default_factory=list)
    unclosed: list[int] = field(default_factory=list)


def line_of(text: str, at: int) -> int:
    """Return the line of a place in a text, counted from 1."""
    return text.count("\n", 0, at) + 1


def decode(text: str) -> str:
    """Return text with its character references read."""
    if "&" not in text:
        return text
    try:
        return html.unescape(text)
    except ValueError:  # a number of thousands of digits, which html.unescape doesn't take
        return text


def read_sheet(path: str, text: str) -> Sheet:
    """Read a stylesheet."""
    return Sheet(path, text, css_links(text, ""))


def read_page(path: str, text: str) -> Page:
    """Read a page; any text at all makes one."""
    page = Page(path, text)
    inside: Counter[str] = Counter()  # how many of main, svg and template are open
    for match in _TAG.finditer(text):
        raw, raw_attributes, content, tag, attributes, end, unclosed = match.groups()
        if tag:
            read = read_tag(tag, attributes)
            if read.watched:
                _take_start(page, match.start(), read, inside)
        elif raw:
            _take_start(page, match.start(), read_tag(raw, raw_attributes), inside)
            _take_content(page, match.start("content"), raw.lower(), content, inside)
        elif end:
            inside[end.lower()] = max(0, inside[end.lower()] - 1)
        elif unclosed is not None:
            page.unclosed.append(match.start())
            break
    return page


def _take_start(page: Page, at: int, tag: Tag, inside: Counter[str]) -> None:
    name, found = tag.name, tag.attributes
    for link in tag.links:
        page.links.append(Link(at, *link[1:]))
    # What a template holds isn't on the page until a script copies it there.
    if "id" in found and not inside["template"]:
        page.ids.append((at, found["id"]))
        page.anchors.add(found["id"])
    if "data-cites" in found:
        page.cited.update(found["data-cites"].split())
    if name in _TAKE:
        _TAKE[name](page, at, found)
    elif name in ("main", "svg", "template"):
        # A drawing may close itself; elsewhere HTML gives the slash no meaning.
        inside[name] += not (name == "svg" and tag.closed)
    elif len(name) == 2 and name[0] == "h" and name[1] in "123456":
        page.headings.append(Heading(at, int(name[1]), inside["main"] > 0))


def _take_content(page: Page, at: int, name: str, content: str, inside: Counter[str]) -> None:
    if name == "style":
        page.links.extend(css_links(content, "<style>", at))
    elif name == "title" and not inside["svg"]:
        page.titles.append(decode(content).strip())


def _take_anchor(page: Page, at: int, found: dict[str, str]) -> None:
    page.anchors.add(found.get("name", ""))


def _take_base(page: Page, at: int, found: dict[str, str]) -> None:
    page.bases.append(found.get("href", ""))


def _take_html(page: Page, at: int, found: dict[str, str]) -> None:
    page.languages.append((at, found.get("lang", "")))


def _take_image(page: Page, at: int, found: dict[str, str]) -> None:
    if "alt" not in found:
        page.pictures_without_alt.append((at, found.get("src", "")))


def _take_input(page: Page, at: int, found: dict[str, str]) -> None:
    if found.get("type", "").lower() == "image":
        _take_image(page, at, found)


def _take_meta(page: Page, at: int, found: dict[str, str]) -> None:
    target = _REFRESH.match(found.get("content", ""))
    if found.get("http-equiv", "").lower() == "refresh" and target:
        page.redirects.append(target[1])
        page.links.append(Link(at, "<meta refresh>", target[1].strip(), False))


_TAKE = {
    "a": _take_anchor,
    "base": _take_base,
    "html": _take_html,
    "img": _take_image,
    "input": _take_input,
    "meta": _take_meta,
}


@lru_cache(maxsize=65_536)
def read_tag(name: str, raw: str) -> Tag:
    """Read a start tag from its name and what follows the name."""
    name = name.lower()
    attributes: dict[str, str] = {}
    for key, *values in _ATTRIBUTE.findall(raw):
        # Where one is written twice, the first counts.
        attributes.setdefault(key.lower(), decode("".join(values)))
    links = () if name == "base" else tuple(_links(name, attributes))
    bare = _BARE.fullmatch(name) is not None
    watched = bool(links) or bare or name in _TAKE or not attributes.keys().isdisjoint(("id", "data-cites"))
    return Tag(name, attributes, links, raw.endswith("/"), watched)


def _links(tag: str, attributes: dict[str, str]) -> Iterator[Link]:
    rels = set(attributes.get("rel", "").lower().split())
    names = [*ADDRESSES, "data"] if tag == "object" else ADDRESSES
    for name in names:
        if name in attributes:
            loads = bool(rels & FETCHED_RELS) if tag == "link" else name == "ping" or tag not in NAVIGATES
            for url in _urls(name, attributes[name]):
                yield Link(0, f"<{tag} {name}>", url, loads, tag == "link" and "stylesheet" in rels)
    if "url(" in attributes.get("style", ""):
        yield from css_links(attributes["style"], f"<{tag} style>")


def _urls(name: str, value: str) -> list[str]:
    if name.endswith("srcset"):
        return [url.rstrip(",") for url in _CANDIDATE.findall(value)]
    return value.split() if name == "ping" else [value.strip()]


def css_links(text: str, holder: str, at: int = 0) -> list[Link]:
    """Return every address that a piece of CSS loads; `holder` is what holds it, if not a stylesheet."""
    found = []
    for match in _CSS.finditer(text):
        if match.lastgroup:
            url = re.sub(r"\\(.)", r"\1", match[match.lastgroup])
            imports = match.lastgroup.startswith("import")
            name = holder or ("@import" if imports else "url()")
            found.append(Link(at + match.start(), name, url, True, imports))
    return found
