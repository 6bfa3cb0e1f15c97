"""From records to pages: Markdown with HTML in it, put in at a marker before the page is parsed.

Sources stay as `[@key, p. 12]`, so that whoever formats the site's citations formats these too. Every bit of markup
is in overrides/context/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import sqrt
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from . import rows, years
from .dates import Moment
from .glossary import Glossary, Term
from .timeline import Event, Timeline

TEMPLATES = Path(__file__).parents[2] / "overrides" / "context"
#: From this year on every year has its heading; earlier ones share one for each decade.
YEARS_FROM = 2010


@dataclass(frozen=True)
class Period:
    """A year or a decade, and what happened in it."""

    label: str
    anchor: str
    events: tuple[Event, ...]


def markers(
    timeline: Timeline,
    glossary: Glossary,
    claims: Mapping[str, str] | None = None,
    used: Mapping[str, Collection[Term]] | None = None,
    templates: Path = TEMPLATES,
) -> dict[str, str]:
    """Return the Markdown that stands for each marker: `timeline`, `timeline-figure`, `glossary`, `timeline 2015`.

    `claims` gives the titles of the claims by their numbers, `used` the terms that each of them uses. The text is meant for docs/timeline/index.md and
    docs/glossary/index.md: its links start from there. Events without a date that can be read are left out.
    """
    environment = _environment(templates)
    found = tuple(periods(timeline.events))

    def fill(name: str, **values: Any) -> str:
        return environment.get_template(name).render(**values)

    times = {"timeline": timeline, "themes": timeline.themes, "owners": timeline.owners, "claims": claims or {}}
    pages = tuple(_pages(timeline.pages))
    name = "timeline-index.html" if pages else "timeline.html"
    listed = {"timeline": fill(name, periods=found, pages=pages, here=years.INDEX, **times)}
    for page in pages:
        here = periods(event for event in timeline.events if timeline.page(event) == page.path)
        listed[f"timeline {page.year}"] = fill("timeline.html", periods=here, pages=pages, here=page.path, **times)
    figure = fill("figure.html", figure=draw(timeline, found), count=len(timeline.events))
    terms = [(letter, list(group)) for letter, group in groupby(glossary.terms, key=lambda term: term.letter)]
    users = _users(used or {})
    words = fill("glossary.html", letters=terms, glossary=glossary, users=users, claims=claims or {})
    return {**listed, "timeline-figure": figure, "glossary": words}


@dataclass(frozen=True)
class Page:
    """A page of the timeline: the year it begins with, its path relative to docs/, what a link to it says."""

    year: int
    path: str
    label: str


def _pages(beginnings: Sequence[int]) -> Iterator[Page]:
    for index, year in enumerate(beginnings):
        last = beginnings[index + 1] - 1 if index + 1 < len(beginnings) else None
        label = f"since {year}" if last is None else f"until {last}" if not index else f"{year} to {last}"
        if index and last == year:
            label = str(year)
        yield Page(year, years.page(year, beginnings), label)


def _users(used: Mapping[str, Collection[Term]]) -> dict[str, list[str]]:
    """Turn the terms of each claim into the claims of each term, by its anchor."""
    users: dict[str, list[str]] = {}
    for claim, terms in used.items():
        for term in terms:
            users.setdefault(term.anchor, []).append(claim)
    return users


@lru_cache
def _environment(templates: Path) -> Environment:
    """Return the templates, read once and again when one is edited."""
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["cite"] = rows.citation
    return environment


def periods(events: Iterable[Event]) -> Iterator[Period]:
    """Yield the events under their years, or decades before the years begin."""
    dated = [event for event in events if event.span]
    for label, group in groupby(dated, key=lambda event: _period(event.span.start)):
        yield Period(label, f"years-{label}", tuple(group))


def _period(moment: Moment) -> str:
    early = moment.decade or moment.year < YEARS_FROM
    return f"{moment.year - moment.year % 10}s" if early else str(moment.year)


# ------------------------------------------------------------------ the figure


@dataclass(frozen=True)
class Dot:
    """How many events of one theme fall into one period, and where the dot for them is drawn."""

    x: float
    y: float
    radius: float
    count: int


@dataclass(frozen=True)
class Label:
    """A word at the edge of the figure."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Figure:
    """Periods from top to bottom, themes from left to right; narrow, so that a telephone shows it whole."""

    width: int
    height: int
    columns: tuple[Label, ...]
    lines: tuple[Label, ...]
    dots: tuple[Dot, ...]
    summary: str


LEFT, TOP, COLUMN, LINE = 44, 112, 25, 22


def draw(timeline: Timeline, found: Iterable[Period]) -> Figure:
    """Return where everything stands in the figure: a dot's area grows with the number of events."""
    found = tuple(found)
    counts = Counter(
        (period.label, theme) for period in found for event in period.events for theme in set(event.themes)
    )
    most = max(counts.values(), default=1)
    across = {key: LEFT + COLUMN * (index + 0.5) for index, key in enumerate(timeline.themes)}
    down = {period.label: TOP + LINE * (index + 0.5) for index, period in enumerate(found)}
    dots = [
        Dot(across[theme], down[label], round(3.5 + 7 * sqrt(count / most), 1), count)
        for (label, theme), count in sorted(counts.items())
        if theme in across
    ]
    return Figure(
        width=LEFT + COLUMN * len(across) + 34,
        height=TOP + LINE * len(down) + 6,
        columns=tuple(Label(x, TOP - 6, timeline.themes[key].label) for key, x in across.items()),
        lines=tuple(Label(LEFT - 8, y + 4, label) for label, y in down.items()),
        dots=tuple(dots),
        summary=_summary(timeline, found),
    )


def _summary(timeline: Timeline, found: tuple[Period, ...]) -> str:
    """Return in two sentences what the figure shows to someone who can't see it."""
    fullest = max(found, key=lambda period: len(period.events), default=None)
    totals = Counter(theme for period in found for event in period.events for theme in set(event.themes))
    named = [(timeline.themes[theme].label, count) for theme, count in totals.most_common() if theme in timeline.themes]
    listed = ", ".join(f"{label} {count}" for label, count in named)
    if fullest is None:
        return "No events yet."
    when = f"the {fullest.label}" if fullest.label.endswith("s") else fullest.label
    return f"Most events fall in {when}: {len(fullest.events)}. By theme, over all years: {listed}."
