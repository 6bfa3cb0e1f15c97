"""What is known of each address from run to run: one committed CSV file, one row per address, sorted."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ..citations.problems import Problem
from . import pages
from .kinds import BY_WORD, Answer, Kind

FILE = "bibliography/links.csv"
COLUMNS = ("address", "state", "since", "checked", "reason", "failures", "to", "title", "text")
STATES = ("alive", "moved", "changed", "dead", "unknown")
#: So many failures, on as many days, make a link dead.
ENOUGH = 3


@dataclass(frozen=True)
class Row:
    """One address. Dates are ISO days; `failures` has those since it last opened, at most one a day, oldest first.

    `title` and `text` are of the page as first seen, or as last accepted: what later ones are compared with.
    """

    address: str
    state: str = "unknown"
    since: str = ""
    checked: str = ""
    reason: str = ""
    failures: tuple[str, ...] = ()
    to: str = ""
    title: str = ""
    text: str = ""

    @property
    def days(self) -> tuple[str, ...]:
        """The days of its failures, each with its reason as `2026-11-23:404`, without the reasons."""
        return tuple(failure.split(":")[0] for failure in self.failures)


class StateError(Exception):
    """The state file can't be read; holds the problem to print."""

    def __init__(self, problem: Problem):
        super().__init__(str(problem))
        self.problem = problem


def read(path: Path, shown: str = FILE) -> dict[str, Row]:
    """Read the state file; one that isn't there is empty. Raises StateError at the line that can't be read."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise StateError(
            Problem(shown, 1, "L00", "this file can't be read as UTF-8; take it from the last commit.")
        ) from None
    rows: dict[str, Row] = {}
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        for cells in reader:
            if reader.line_num == 1 and tuple(cells) == COLUMNS:
                continue
            rows[cells[0] if cells else ""] = _row(cells, rows)
    except (ValueError, csv.Error) as error:
        message = f"{error}; mend this line, or take the file from the last commit."
        raise StateError(Problem(shown, max(reader.line_num, 1), "L00", message)) from None
    return rows


def _row(cells: list[str], rows: Mapping[str, Row]) -> Row:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"a row has {len(COLUMNS)} cells ({', '.join(COLUMNS)}), this one {len(cells)}")
    row = Row(**dict(zip(COLUMNS, cells, strict=True)) | {"failures": tuple(cells[5].split())})
    if row.address in rows:
        raise ValueError(f"the address {row.address} has two rows")
    if row.state not in STATES:
        raise ValueError(f'the state is one of {", ".join(STATES)}, not "{row.state}"')
    if row.reason and row.reason not in BY_WORD and row.reason not in ("new-title", "new-text", "new-kind"):
        raise ValueError(f'no reason is called "{row.reason}"')
    for day in (row.since, row.checked, *row.days):
        if day:
            date.fromisoformat(day)
    return row


def write(path: Path, rows: Mapping[str, Row]) -> None:
    """Write the state file, whole or not at all; raises StateError where it can't be."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for _, row in sorted(rows.items()):
        writer.writerow([" ".join(row.failures) if name == "failures" else getattr(row, name) for name in COLUMNS])
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text.getvalue(), encoding="utf-8", newline="")
        unfinished.replace(path)
    except OSError as error:
        problem = Problem(path.name, 1, "L00", f"this file can't be written: {error.strerror}; the last one is kept.")
        raise StateError(problem) from None
    finally:
        unfinished.unlink(missing_ok=True)


def judge(row: Row, answer: Answer, today: str) -> Row:
    """Return what is known of an address after one more answer."""
    kind = answer.kind
    # A page that is known by its title and text may call itself what it likes, and lie where it likes.
    if kind in (Kind.SOFT_404, Kind.PARKED, Kind.BUSY, Kind.SENT_HOME, Kind.SENT_AWAY) and _known_again(row, answer):
        kind = Kind.FINE
    if kind.weight == "fine":
        return _opened(replace(row, checked=today, failures=()), replace(answer, kind=kind), today)
    if kind.weight == "gone":
        days = row.days
        failures = row.failures if today in days else (*row.failures, f"{today}:{kind.word}")
        row = replace(row, failures=failures)
        dead = row.state == "dead" or len(set(row.days)) >= ENOUGH
        return _now(row, "dead" if dead else "unknown", kind.word, "", today)
    # Nothing new is known of a link that was dead.
    return _now(row, "dead" if row.state == "dead" else "unknown", kind.word, "", today)


def _known_again(row: Row, answer: Answer) -> bool:
    known = bool(row.title or row.text)
    return known and pages.same_title(row.title, answer.title) and pages.alike(row.text, answer.text)


def _opened(row: Row, answer: Answer, today: str) -> Row:
    if answer.kind is Kind.FINE_ELSEWHERE:
        return _now(row, "alive", answer.kind.word, "", today)
    moved = answer.moved if answer.moved != row.address else ""
    reason = _difference(row, answer)
    if reason:
        return _now(row, "changed", reason, moved, today)
    seen = replace(row, title=row.title or answer.title, text=row.text or answer.text)
    return _now(seen, "moved" if moved else "alive", "", moved, today)


def _difference(row: Row, answer: Answer) -> str:
    """Return how a page differs from what stood here before, or an empty string."""
    before, now = "/" in row.text, "/" in answer.text
    if row.text and answer.text and (before or now):
        return "" if row.text == answer.text else "new-kind"
    if row.title and answer.title and not pages.same_title(row.title, answer.title):
        return "new-title"
    return "" if pages.alike(row.text, answer.text) else "new-text"


def _now(row: Row, state: str, reason: str, to: str, today: str) -> Row:
    since = row.since if row.state == state and row.since else today
    return replace(row, state=state, since=since, checked=today, reason=reason, to=to)


def accept(row: Row) -> Row:
    """Return a row whose page may be another from now on: a person looked at it."""
    return replace(row, state="unknown", since="", checked="", reason="", title="", text="")
