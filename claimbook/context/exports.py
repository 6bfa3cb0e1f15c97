"""The timeline for spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from .rows import plain
from .timeline import Event, Timeline

COLUMNS = ("id", "date", "date_words", "title", "text", "themes", "place", "owner", "sources", "claims")


def timeline_csv(timeline: Timeline) -> str:
    """Return the events as CSV, in the order of the file; values of a list are parted by semicolons."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(event) for event in timeline.events)
    return lines.getvalue()


def write(timeline: Timeline, path: Path) -> None:
    """Write timeline.csv; the same events give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(timeline_csv(timeline), encoding="utf-8", newline="\n")


def _row(event: Event) -> list[str]:
    words = event.span.words if event.span else ""
    sources = (source.mark.removeprefix("@") for source in event.sources)
    lists = ("; ".join(values) for values in (event.themes, sources, event.claims))
    themes, named, claims = lists
    text = (plain(event.title), plain(event.text))
    return [event.id, event.date, words, *text, themes, event.place, event.owner, named, claims]
