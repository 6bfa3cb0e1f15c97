"""Reading the numbers of a figure: one CSV row is one number with its unit, date, scope and source.

Every figure's CSV has the same columns, so that one reader, one table and one set of rules serve them all.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..citations.problems import Problem, hint

COLUMNS = ("label", "group", "date", "value", "upper", "sign", "unit", "kind", "scope", "source", "note")


@dataclass(frozen=True)
class Kind:
    """How a number came about: its word in a key, and what it means."""

    label: str
    means: str


#: The drawing gives each kind its own shape, the table its word.
KINDS = {
    "count": Kind("count", "Counted by somebody who says what and how."),
    "survey": Kind("survey", "Answers of a sample."),
    "poll": Kind("poll", "Answers of whoever came."),
    "claim": Kind("claim", "Said by the owner or the press, without a count to check."),
    "estimate": Kind("estimate", "Worked out by somebody from other things."),
    "forecast": Kind("forecast", "Said beforehand."),
    "sum": Kind("our sum", "Worked out by us from printed numbers."),
    "weak": Kind("weak report", "Read in one report of low standing."),
}
#: What stands before a number that its source doesn't give exactly.
SIGNS = ("", "about", "over", "nearly", "at most")
#: Stands where a source would: the number is counted from the archive's own records (computed.py).
ARCHIVE = "archive"

_DATE = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_NUMBER = r"\d+(?:\.\d+)?"


@dataclass(frozen=True)
class Row:
    """One number: `line` is its line in the CSV, `typed` its value as typed, the rest are its columns."""

    line: int
    label: str
    group: str
    date: str
    value: float
    typed: str
    upper: float | None
    sign: str
    unit: str
    kind: str
    scope: str
    sources: tuple[str, ...]
    note: str

    @property
    def shown(self) -> str:
        """The number as a reader sees it: `over 75`, `41 to 57`, `1,257`."""
        number = grouped(self.typed)
        if self.upper is not None:
            number += f" to {grouped(f'{self.upper:g}')}"
        return f"{self.sign} {number}".strip()

    @property
    def year(self) -> float:
        """Its date as a number; a year alone means the middle of it, a month its last day or so."""
        parts = [int(part) for part in self.date.split("-")]
        if len(parts) == 1:
            return parts[0] + 0.5
        days = parts[2] if len(parts) == 3 else 30
        return parts[0] + (parts[1] - 1) / 12 + days / 366


@dataclass(frozen=True)
class Table:
    """The rows of one CSV that could be read, and what was wrong with the others."""

    path: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def groups(self) -> dict[str, list[Row]]:
        """The rows by group, in the order in which groups first appear."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.group, []).append(row)
        return found


def grouped(number: str) -> str:
    """Return a number with commas between its thousands: `627727` becomes `627,727`."""
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}"


def read(path: Path, name: str) -> Table:
    """Read a figure's CSV; `name` is its path as reported. Nothing raises: a fault becomes a problem."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"), name)
    except UnicodeDecodeError:
        return Table(name, (), (Problem(name, 1, "F02", "this file isn't UTF-8; save it as UTF-8."),))
    except OSError as error:
        return Table(name, (), (Problem(name, 1, "F02", f"this file can't be read: {error.strerror}."),))


def parse(text: str, name: str) -> Table:
    """Take a figure's CSV apart; `name` is its path as reported."""
    lines = csv.reader(text.splitlines(keepends=True), strict=False)
    header = next(lines, [])
    if tuple(header) != COLUMNS:
        message = f"the first line should name the columns {','.join(COLUMNS)}; it says {','.join(header)[:80]}."
        return Table(name, (), (Problem(name, 1, "F02", message),))
    rows: list[Row] = []
    problems: list[Problem] = []
    for cells in lines:
        faults = list(_faults(cells)) if cells else []
        problems.extend(Problem(name, lines.line_num, code, message) for code, message in faults)
        if cells and not faults:
            rows.append(_row(lines.line_num, cells))
    return Table(name, tuple(rows), tuple(problems))


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of cells, in the order of the columns, as CSV under its header line."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    return file.getvalue()


def _faults(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(cells) != len(COLUMNS):
        message = f"this line has {len(cells)} cells and not {len(COLUMNS)}: is a comma unquoted or missing?"
        yield "F02", message
        return
    row = dict(zip(COLUMNS, cells, strict=True))
    for column in ("label", "unit", "scope"):
        if not row[column].strip():
            yield (
                "F04",
                f'the {column} is empty: a number needs its unit and its scope, such as "{_LIKE[column]}".',
            )
    if not _is_date(row["date"]):
        yield "F05", f'the date "{row["date"]}" should be like 2020, 2020-02 or 2020-02-03.'
    if not re.fullmatch(_NUMBER, row["value"]):
        yield "F06", f'the value "{row["value"]}" is no plain number such as 627727 or 36.96.'
    if row["upper"] and not re.fullmatch(_NUMBER, row["upper"]):
        yield (
            "F06",
            f'the upper value "{row["upper"]}" is no plain number; leave it empty where there is no range.',
        )
    for column, words in (("kind", tuple(KINDS)), ("sign", SIGNS)):
        if row[column] not in words:
            known = ", ".join(word for word in words if word)
            yield "F07", f'the {column} "{row[column]}" is not one of {known}.{hint(row[column], words)}'


_LIKE = {"label": "Shanghai", "unit": "cameras per 1,000 people", "scope": "mainly public cameras"}


def _is_date(text: str) -> bool:
    if not re.fullmatch(_DATE, text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _row(line: int, cells: Sequence[str]) -> Row:
    cell = dict(zip(COLUMNS, cells, strict=True))
    sources = tuple(key.strip() for key in cell["source"].split(";") if key.strip())
    return Row(
        line=line,
        label=cell["label"],
        group=cell["group"],
        date=cell["date"],
        value=float(cell["value"]),
        typed=cell["value"],
        upper=float(cell["upper"]) if cell["upper"] else None,
        sign=cell["sign"],
        unit=cell["unit"],
        kind=cell["kind"],
        scope=cell["scope"],
        sources=sources,
        note=cell["note"],
    )
