"""What must be true of the figures: page, numbers and drawing agree, and every number has a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..citations.library import Library
from ..citations.problems import Problem, hint
from . import data
from .computed import COMPUTED
from .data import Row, Table
from .gallery import FIGURES
from .render import FOLDER, MARKER, front_matter

CODES = {
    "F01": "A figure is a page and a CSV of one name in docs/figures/, and a drawing in claimbook/figures/.",
    "F02": "A figure's CSV is UTF-8, its first line names the known columns, every line has as many cells.",
    "F03": "Every number of a figure names its sources, keys of bibliography/ with ; between them.",
    "F04": "Every number of a figure has a label, a unit and a scope.",
    "F05": "Every number of a figure has the date it is said of: a year, a month or a day.",
    "F06": "The value of a figure's row is a plain number; an upper value, where given, is larger.",
    "F07": "How a number is known (kind) and what stands before it (sign) are words of claimbook/figures/.",
    "F08": "A figure's page has a title, a description, and its own marker once, alone on a line.",
    "F09": "What is counted from the archive's own records is counted at each build, and kept in no CSV.",
    "F10": "No number of a figure rests only on sources whose text nobody here has read.",
    "F11": "The numbers of a group share one unit: unlike things have no axis in common.",
}


def check(root: Path, library: Library) -> Iterator[Problem]:
    """Yield what is to be mended in the figures of the archive in `root`."""
    folder = root / FOLDER
    if not folder.is_dir():
        return
    pages = {path.stem: path for path in sorted(folder.glob("*.md")) if path.stem != "index"}
    tables = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    yield from _of_one_name(set(pages), set(tables))
    for name, path in pages.items():
        yield from _page(name, _shown(path, root), path.read_text(encoding="utf-8", errors="replace"))
    for name, path in tables.items():
        shown = _shown(path, root)
        if name in COMPUTED:
            yield Problem(
                shown, 1, "F09", "these numbers are counted from the records at each build: delete this file."
            )
            continue
        table = data.read(path, shown)
        yield from table.problems
        yield from _rows(table, library)


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _of_one_name(pages: set[str], tables: set[str]) -> Iterator[Problem]:
    for name in sorted(pages | tables):
        page, table = (FOLDER / f"{name}{suffix}" for suffix in (".md", ".csv"))
        here = page if name in pages else table
        both = ((page, pages), (table, tables | COMPUTED.keys()))
        missing = [path.as_posix() for path, names in both if name not in names]
        if missing:
            yield Problem(here.as_posix(), 1, "F01", f'the figure "{name}" has no {missing[0]}.')
        if name not in FIGURES:
            message = f'no drawing is named "{name}" in claimbook/figures/gallery.py.{hint(name, FIGURES)}'
            yield Problem(here.as_posix(), 1, "F01", message)


def _page(name: str, path: str, text: str) -> Iterator[Problem]:
    fields = front_matter(text)
    for field in ("title", "description"):
        if not fields.get(field):
            yield Problem(path, 1, "F08", f"the front matter needs a {field}; the picture is read out by it.")
    found = [(match[1], text[: match.start()].count("\n") + 1) for match in MARKER.finditer(text)]
    if [marker for marker, _ in found].count(name) != 1:
        message = f"this page should hold the line <!-- figure: {name} --> once."
        yield Problem(path, found[0][1] if found else 1, "F08", message)
    for marker, line in found:
        if marker not in FIGURES:
            yield Problem(path, line, "F08", f'no figure is named "{marker}".{hint(marker, FIGURES)}')


def _rows(table: Table, library: Library) -> Iterator[Problem]:
    units: dict[str, Row] = {}
    for row in table.rows:
        for code, message in _row(row, library):
            yield Problem(table.path, row.line, code, message)
        first = units.setdefault(row.group, row)
        if row.unit != first.unit:
            message = f'the unit "{row.unit}" differs from "{first.unit}" on line {first.line}, in the same group.'
            yield Problem(table.path, row.line, "F11", message)


def _row(row: Row, library: Library) -> Iterator[tuple[str, str]]:
    if row.upper is not None and row.upper <= row.value:
        yield "F06", f"the upper value {row.upper:g} should be larger than the value {row.typed}."
    if not row.sources:
        yield "F03", "this number names no source: write its key from bibliography/ in the column source."
    # An entry that can't be read is told where it stands.
    strange = [key for key in row.sources if key not in library and key not in library.broken]
    for key in strange:
        yield "F03", f'source "{key}" is not in bibliography/.{hint(key, library.entries)}'
    known = [library.entries[key] for key in row.sources if key in library]
    if known and not strange and all(entry.get("verification") == "record" for entry in known):
        keys = ", ".join(f'"{entry.key}"' for entry in known)
        yield (
            "F10",
            f"{keys} was not read (verification = record): cite what was read, or leave the number out.",
        )
