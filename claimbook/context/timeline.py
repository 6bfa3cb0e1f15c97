"""The timeline as recorded: docs/timeline/events.yml, with themes.yml beside it for its closed list of themes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..claims import vocabulary
from ..claims.fields import Fields, Found, Text
from ..claims.vocabulary import Word
from . import dates, rows, years
from .dates import Span
from .rows import Cited

EVENTS = "docs/timeline/events.yml"
THEMES = "docs/timeline/themes.yml"
VOCABULARY = "docs/method/vocabulary.yml"

#: Every field of an event, and whether it is a list.
FIELDS: Mapping[str, bool] = {
    "id": False, "date": False, "title": False, "text": False, "themes": True, "place": False, "owner": False,
    "sources": True, "claims": True,
}  # fmt: skip
NEEDED = ("id", "date", "title", "owner")


@dataclass(frozen=True)
class Event:
    """Something that happened. A field that isn't there is an empty text or tuple; `fields` is what was typed."""

    fields: Fields
    id: Text
    date: Text
    span: Span | None
    """What the date says; None where it says nothing."""
    title: Text
    text: Text
    themes: tuple[Text, ...]
    place: Text
    owner: Text
    sources: tuple[Cited, ...]
    claims: tuple[Text, ...]

    @property
    def line(self) -> int:
        """Where the event begins."""
        return self.fields.line

    @property
    def anchor(self) -> str:
        """The id of its place on the page: it lasts as long as the event's own."""
        return f"event-{self.id}"


@dataclass(frozen=True)
class Timeline:
    """All events in the order of the file, the words they may use, and the faults of the file's YAML."""

    events: tuple[Event, ...]
    themes: Mapping[str, Word]
    owners: Mapping[str, Word]
    faults: tuple[Found, ...] = ()
    path: str = EVENTS
    pages: tuple[int, ...] = ()
    """The years with which its pages begin (years.py)."""

    def page(self, event: Event) -> str:
        """Return the page on which an event stands, relative to docs/."""
        return years.page(event.span.start.year, self.pages) if event.span else years.INDEX


def load(root: Path = Path()) -> Timeline:
    """Read the timeline of an archive from its folder.

    Nothing raises for what a writer put into events.yml: faults are in the result. ValueError is raised where the
    lists of words, which belong to the archive's makers, can't be read.
    """
    read, faults = rows.read_rows(root / EVENTS)
    themes = vocabulary.read(root / THEMES)["themes"]
    owners = vocabulary.read(root / VOCABULARY)["owner"]
    return Timeline(tuple(map(_event, read)), themes, owners, faults, pages=years.pages(root))


def _event(row: Fields) -> Event:
    date = rows.text(row, "date")
    return Event(
        fields=row,
        id=rows.text(row, "id"),
        date=date,
        span=_span(date),
        title=rows.text(row, "title"),
        text=rows.text(row, "text"),
        themes=rows.words(row, "themes"),
        place=rows.text(row, "place"),
        owner=rows.text(row, "owner"),
        sources=rows.sources(row),
        claims=rows.words(row, "claims"),
    )


def _span(date: str) -> Span | None:
    try:
        return dates.parse(date)
    except ValueError:
        return None
