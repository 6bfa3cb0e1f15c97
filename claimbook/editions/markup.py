"""Finished HTML as a tree of elements, and back: as much of a parser as finished pages need, from the standard library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from xml.etree import ElementTree

Element = ElementTree.Element

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
#: Which open element a tag ends where the page's author left its end tag out.
ENDS = {
    "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "tr": {"tr", "td", "th"}, "td": {"td", "th"},
    "th": {"td", "th"}, "tbody": {"thead", "tbody", "tr", "td", "th"}, "option": {"option"},
}  # fmt: skip
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "details",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
_P = frozenset({"p"})
_TOKEN = re.compile(
    r"<!--.*?-->|<![^>]*>|(?P<svg><svg\b.*?</svg\s*>)|<(?P<raw>script|style)\b.*?</(?P=raw)\s*>"
    r"|</(?P<end>[a-zA-Z][^\s>]*)[^>]*>"
    r"|<(?P<tag>[a-zA-Z][^\s/>]*)(?P<attributes>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.S | re.I,
)
_ATTRIBUTE = re.compile(r"([^\s=/\"'>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")


class _Reader:
    """Builds the tree from tags and text. Pictures (SVG) stay text, since their names' case counts."""

    def __init__(self) -> None:
        self.root = Element("body")
        self.open = [self.root]

    def start(self, tag: str, attributes: dict[str, str], closed: bool) -> None:
        """Take a start tag."""
        ended = ENDS.get(tag) or (_P if tag in _BLOCKS else ())
        while len(self.open) > 1 and self.open[-1].tag in ended:
            self.open.pop()
        element = ElementTree.SubElement(self.open[-1], tag, attributes)
        if not closed and tag not in VOID:
            self.open.append(element)

    def end(self, tag: str) -> None:
        """Take an end tag; one that ends nothing is left out."""
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place].tag == tag:
                del self.open[place:]
                return


def read(html: str) -> Element:
    """Return a body element with the content of a piece of HTML; each svg element holds its text in data-svg."""
    reader = _Reader()
    at = 0
    for token in _TOKEN.finditer(html):
        if token.start() > at:
            add_text(reader.open[-1], unescape(html[at : token.start()]))
        at = token.end()
        if token["svg"]:
            reader.start("svg", {"data-svg": token["svg"]}, True)
        elif token["end"]:
            reader.end(token["end"].lower())
        elif token["tag"]:
            attributes = {
                match[1].lower(): unescape(match[2] or match[3] or match[4] or "")
                for match in _ATTRIBUTE.finditer(token["attributes"])
            }
            reader.start(token["tag"].lower(), attributes, token["attributes"].endswith("/"))
    add_text(reader.open[-1], unescape(html[at:]))
    return reader.root


def write(element: Element) -> str:
    """Return an element and what it holds as XHTML, without the text after it."""
    parts: list[str] = []
    _write(element, parts)
    return "".join(parts)


def _write(element: Element, parts: list[str]) -> None:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())
    if element.tag in VOID:
        parts.append(f"<{element.tag}{attributes}/>")
        return
    parts.append(f"<{element.tag}{attributes}>{escape(element.text or '', quote=False)}")
    for child in element:
        _write(child, parts)
        parts.append(escape(child.tail or "", quote=False))
    parts.append(f"</{element.tag}>")


def classes(element: Element) -> list[str]:
    """Return an element's classes."""
    return element.get("class", "").split()


def has(element: Element, name: str) -> bool:
    """Whether an element has a class. Most have none, and a book asks half a million times."""
    value = element.get("class")
    return value is not None and name in value.split()


def find(element: Element, name: str) -> Element | None:
    """Return the first element inside with a class."""
    return next((found for found in element.iter() if found.get("class") and has(found, name)), None)


def words(element: Element) -> str:
    """Return the text of an element, spaces made single."""
    return " ".join("".join(element.itertext()).split())


def make(tag: str, name: str = "", text: str = "", **attributes: str) -> Element:
    """Return a new element."""
    made = Element(tag, {"class": name} if name else {})
    made.attrib.update(attributes)
    made.text = text
    return made


def add_text(parent: Element, text: str) -> None:
    """Add text at the end of an element."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def wrap(parent: Element, child: Element, outer: Element) -> Element:
    """Put `outer` in the place of a child, and the child into it."""
    place = list(parent).index(child)
    parent.remove(child)
    outer.tail, child.tail = child.tail, ""
    outer.append(child)
    parent.insert(place, outer)
    return outer


def drop(parent: Element, child: Element) -> None:
    """Take a child out, and leave the text after it."""
    place = list(parent).index(child)
    tail = child.tail or ""
    parent.remove(child)
    if not tail:
        return
    if place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail


def unwrap(parent: Element, child: Element) -> None:
    """Put what a child holds in its place."""
    place = list(parent).index(child)
    inner, text, tail = list(child), child.text or "", child.tail or ""
    parent.remove(child)
    for offset, each in enumerate(inner):
        parent.insert(place + offset, each)
    if inner:
        inner[-1].tail = (inner[-1].tail or "") + tail
    else:
        text += tail
    if place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def pairs(element: Element) -> Iterator[tuple[Element, Element]]:
    """Yield every element inside with its parent, as they stood when asked; deepest last."""
    found = [(parent, child) for parent in element.iter() for child in parent]
    yield from found
