"""What Markdown leaves out of a page for everyone: names for a wide table's cells, the language of Chinese words.

A Python-Markdown extension. A table of four columns or more doesn't fit a telephone, where the style sheet sets each row
as a card: a cell then needs its column's name (`data-label`). Chinese characters get `lang`, so that they are read aloud
and drawn as Chinese (WCAG 2.2, 3.1.2).
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

#: Tables with fewer columns fit a telephone as they are.
WIDE = 4
#: What the style sheet knows a wide table by.
CLASS = "wide-table"
#: Simplified characters, as the glossary says; quotations in others carry their own `lang`.
LANGUAGE = "zh-Hans"
_HAN = re.compile("[\u3400-\u9fff]+(?:[，、：·][\u3400-\u9fff]+)*")
_LEFT_ALONE = frozenset(["code", "pre", "script", "style", "svg"])


class ReadingExtension(Extension):
    """Adds both to a parser."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the two after all that makes elements or reads headings (toc has priority 5)."""
        md.treeprocessors.register(_Tables(md), "reading-tables", 4)
        md.treeprocessors.register(_Chinese(md), "reading-chinese", 3)


class _Tables(Treeprocessor):
    def run(self, root: Element) -> None:
        for table in root.iter("table"):
            names = ["".join(head.itertext()).strip() for head in table.iterfind("thead/tr/th")]
            if len(names) >= WIDE and not table.get("class"):
                _name_cells(table, names)


class _Chinese(Treeprocessor):
    def run(self, root: Element) -> None:
        _mark_chinese(root)


def _name_cells(table: Element, names: list[str]) -> None:
    table.set("class", CLASS)
    for row in table.iterfind("tbody/tr"):
        for cell, name in zip(row, names, strict=False):
            if name:
                cell.set("data-label", name)


def _mark_chinese(parent: Element) -> None:
    """Put Chinese words into elements of their own, unless something above them says a language."""
    if parent.tag in _LEFT_ALONE or parent.get("lang"):
        return
    for child in list(parent):
        _mark_chinese(child)
        tail, spans = _spans(child.tail)
        if spans:
            child.tail = tail
            at = list(parent).index(child) + 1
            parent[at:at] = spans
    text, spans = _spans(parent.text)
    if spans:
        parent.text = text
        parent[0:0] = spans


def _spans(text: str | None) -> tuple[str, list[Element]]:
    """Return the text before the first Chinese word, and an element for each word with what follows it."""
    before, *rest = _HAN.split(text or "")
    words = _HAN.findall(text or "")
    return before, [_span(word, after) for word, after in zip(words, rest, strict=True)]


def _span(word: str, after: str) -> Element:
    span = Element("span", {"lang": LANGUAGE})
    span.text, span.tail = word, after
    return span
