"""Links inside the book. Typst writes them as addresses, `book:c-0012`; here they become destinations of the PDF.

Typst could lead them itself, but it would look up each of its twelve thousand links in every round of the layout, which
takes 200 MB and two seconds. What comes of this is a link to a named destination (ISO 32000-1, 12.3.2.3) with the
words that PDF/UA-1 asks for (7.18.5), in a file whose objects are packed, which makes it a third as large.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pikepdf

#: As in the template.
SCHEME = "book:"
#: Before a page's number and the name of a source: the first place on that page which cites it.
CITING = "citing:"


@dataclass(frozen=True)
class _Link:
    """A link, the number of the page it is on, and the name it leads to."""

    note: pikepdf.Object
    sheet: pikepdf.Page
    page: int
    name: str


def lead(source: Path, target: Path, spoken: Mapping[str, str]) -> list[str]:
    """Write a PDF anew with its inside links led to their places; returns the names of places that it hasn't.

    `spoken` says for each name what a screen reader calls a link to it.
    """
    with pikepdf.open(source) as book:
        links = list(_inside(book))
        names = set(pikepdf.NameTree(book.Root.Names.Dests)) if "/Names" in book.Root else set()
        first: dict[str, _Link] = {}
        for link in links:
            first.setdefault(f"{CITING}{link.page}:{link.name}", link)
        lost = set()
        for link in links:
            if link.name in first:
                place, words = _top(first[link.name]), f"page {first[link.name].page}"
            else:
                place, words = pikepdf.String(link.name), spoken.get(link.name, link.name)
                lost |= {link.name} - names
            del link.note.A
            link.note.Dest = place
            link.note.Contents = pikepdf.String(words)
        book.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return sorted(lost)


def _inside(book: pikepdf.Pdf) -> Iterator[_Link]:
    for number, sheet in enumerate(book.pages, 1):
        for note in sheet.get("/Annots", []):
            address = str(note.A.URI) if "/URI" in note.get("/A", {}) else ""
            if address.startswith(SCHEME):
                yield _Link(note, sheet, number, address.removeprefix(SCHEME))


def _top(link: _Link) -> pikepdf.Array:
    """Return the destination that shows a link at the top of a window."""
    return pikepdf.Array([link.sheet.obj, pikepdf.Name.XYZ, link.note.Rect[0], link.note.Rect[3], 0])
