"""The book: the tree as Typst, and Typst's PDF."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten

from ..citations.problems import Problem
from . import destinations, fonts, tables
from .compiler import Refused, compiled
from .faults import Faulty, fault
from .info import Info
from .markup import words
from .paper import paper, short
from .tree import Tree
from .typeset import Typesetter, quoted

TEMPLATE = "book.typ"
#: In the place of a page's title, for the template: whichever claim is there.
CLAIMS = "claims"
#: How many letters of a place a link to it is called by.
SPOKEN = 48


def pdf(tree: Tree, target: Path, info: Info, templates: Path) -> Path:
    """Write a tree as a PDF for everybody (PDF/UA-1) that will keep (PDF/A-2a); raises Faulty, or returns its path."""
    _complain(tables.too_wide(tree))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        pages = _lay_out(tree, work, info, templates)
        try:
            book = compiled(work / "main.typ", info.time, fonts.folders())
        except Refused as error:
            raise Faulty(_faults(tree, error, pages)) from error
        lost = destinations.lead(book, target, _spoken(tree))
    if lost:
        target.unlink()
        raise Faulty(_lost(tree, lost))
    return target


def _complain(faults: Iterator[Problem] | list[Problem]) -> None:
    found = list(faults)
    if found:
        raise Faulty(found)


def _lay_out(tree: Tree, work: Path, info: Info, templates: Path) -> list[str]:
    """Write everything that Typst reads into a folder; returns the paths of the site's pages, in order."""
    drawings = dict(tree.pictures.files)
    template = (templates / TEMPLATE).read_text(encoding="utf-8")
    (work / TEMPLATE).write_text(template, encoding="utf-8")
    typesetter = Typesetter(template)
    facts = _typst(info.facts())
    for number, page in enumerate(tree.pages):
        body, more = paper(page, tree.pictures, _alone(tree))
        drawings |= more
        text = typesetter.page(body)
        if number == 0 and _alone(tree):
            text = f"#masthead({facts})\n{text}"
        (work / f"page-{number}.typ").write_text(f'#import "{TEMPLATE}": *\n{text}', encoding="utf-8")
    for name, content in drawings.items():
        path = work / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_styled(name, content, templates))
    lines = [
        f'#import "{TEMPLATE}": *',
        f"#show: book.with({facts}, entries: {_contents(tree)}, alone: {str(_alone(tree)).lower()})",
        *_runs(tree),
    ]
    lines.append(f"#colophon({facts})")
    (work / "main.typ").write_text("\n".join(lines), encoding="utf-8")
    return [page.place.path or page.name for page in tree.pages]


def _alone(tree: Tree) -> bool:
    """Whether the book is one page with its sources, as a teacher prints one."""
    return sum(not page.sources for page in tree.pages) == 1


def _contents(tree: Tree) -> str:
    """Return the lines of the contents: how deep, which place, the number or group before the title, the title."""
    lines = []
    for page in tree.pages:
        kicker = page.name if page.claim else ""
        lines.append(f"({page.place.level}, {quoted(page.name)}, {quoted(kicker)}, {quoted(page.title)})")
    lines.append('(1, "colophon", "", "Colophon")')
    return f"({', '.join(lines)})"


def _runs(tree: Tree) -> Iterator[str]:
    """Yield calls that set the pages, those together that share their running head and may share a sheet."""
    part = ""
    held: list[str] = []
    head = ("", "")
    for number, page in enumerate(tree.pages):
        part = page.title if page.place.level == 1 else part
        # Over claims the template itself names the one that begins; over short pages on one sheet stands their part alone.
        own = (part, CLAIMS if page.claim else page.title)
        shares = bool(held) and page.place.level > 1 and (page.claim or short(page))
        if held and not (shares and (own[1] == CLAIMS) == (head[1] == CLAIMS)):
            yield _run(head, held)
            held = []
        if not held:
            head = own
        elif not page.claim and len(held) == 1 and short(tree.pages[number - 1]):
            head = (part, part)
        held.append(f'#include "page-{number}.typ"')
    yield _run(head, held)


def _run(head: tuple[str, str], held: list[str]) -> str:
    return f"#run({quoted(head[0])}, {quoted(head[1])})[\n{chr(10).join(held)}\n]"


def _styled(name: str, content: bytes, templates: Path) -> bytes:
    """Return a drawing with the archive's colours for its classes."""
    styles = templates / "pictures.css"
    if not name.endswith(".svg") or not styles.is_file():
        return content
    head, rest = content.decode().split(">", 1)
    return f"{head}><style>{styles.read_text(encoding='utf-8')}</style>{rest}".encode()


def _typst(facts: dict[str, str]) -> str:
    """Return named arguments of a call of Typst."""
    return ", ".join(f"{name}: {quoted(value)}" for name, value in facts.items())


def _spoken(tree: Tree) -> dict[str, str]:
    """Return for each place of the book what a screen reader calls a link to it."""
    spoken = {}
    for page in tree.pages:
        for element in page.body.iter():
            if element.get("id"):
                spoken[element.get("id", "")] = shorten(words(element), SPOKEN, placeholder=" …") or page.title
        spoken[page.name] = f"{page.name}: {page.title}" if page.claim else page.title
    return spoken


def _lost(tree: Tree, names: list[str]) -> Iterator[Problem]:
    """Yield a fault for each place that links lead to and that paper lacks."""
    homes = {each.get("id"): page for page in tree.pages for each in page.body.iter()}
    for name in names:
        what = f'the place "{name}" is lost on paper: give it another element, or have {TEMPLATE} name that class.'
        yield fault(homes[name].place.path if name in homes else "index.html", "E02", what)


def _faults(tree: Tree, error: Refused, pages: list[str]) -> list[Problem]:
    """Return what the compiler said as faults of pages: characters without a glyph first, the rest in its own words."""
    missing = fonts.missing({sign for page in tree.pages for sign in "".join(page.body.itertext())})
    found = []
    for page in tree.pages:
        signs = sorted(missing & set("".join(page.body.itertext())))
        found += [fault(page.place.path, "E05", _glyph(sign)) for sign in signs]
    if found:
        return found
    where = re.search(r"page-(\d+)\.typ", error.where)
    page = pages[int(where[1])] if where else "index.html"
    said = "; ".join(" ".join(each.split()) for each in error.reasons)
    return [fault(page, "E07", f"Typst refuses: {said}.")]


def _glyph(sign: str) -> str:
    return f'no font of the book has the character "{sign}" (U+{ord(sign):04X}); write another, or add a font for it.'
