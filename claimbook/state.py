"""What the archive knows to be weak in itself, counted from its own records: the page docs/about/state.md.

Knows no MkDocs. Days are counted from the day that pages are built for, so that a commit always says the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from .checks import used
from .checks.archive import Archive, Page
from .citations.languages import runs
from .citations.library import Entry, Library
from .citations.render import spoken_date
from .claims.evidence import BEARS, DECIDING, side
from .claims.records import Claim, Ledger
from .claims.vocabulary import Word
from .links import state as links
from .links.state import Row

MARKER = re.compile(r"^<!-- state -->[ \t]*$", re.M)
#: Ways of having seen a source that are weaker than reading it, or a part of it, at its publisher's.
WEAK = ("copy", "record")


@dataclass(frozen=True)
class Carrier:
    """A source on which findings rest, how it was seen, and the claims that have those findings."""

    entry: Entry
    seen: Word
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Essay:
    """An essay by its path below docs/, and how many works it cites."""

    path: str
    title: str
    works: int


@dataclass(frozen=True)
class LinkState:
    """How many addresses are in a state, and the last day on which one of them was asked for."""

    state: str
    count: int
    checked: str


@dataclass(frozen=True)
class State:
    """What the page shows, each list in the order of its rows."""

    day: str
    claims: int
    due: tuple[Claim, ...]
    """Their day for another look has passed."""
    old: tuple[Claim, ...]
    """Nobody has read them against their sources for a year."""
    seen: tuple[tuple[Word, int, int], ...]
    """A way of seeing a source, how many were seen so, and how many of these carry a finding."""
    weak: tuple[Carrier, ...]
    partial: tuple[Claim, ...]
    """Their finding rests on no source that was read in full."""
    uncited: tuple[Entry, ...]
    essays: tuple[Essay, ...]
    links: tuple[LinkState, ...]
    dead: tuple[Entry, ...]


def survey(archive: Archive, ledger: Ledger, day: date) -> State:
    """Return the state of an archive on a day."""
    entries = archive.library.entries
    carried = _carried(ledger)
    kinds = Counter(entry.get("verification") for entry in entries.values())
    carriers = Counter(entries[key].get("verification") for key in carried if key in entries)
    words = ledger.vocabulary["verification"]
    named = used(archive, ledger)
    return State(
        day=day.isoformat(),
        claims=len(ledger.claims),
        due=tuple(claim for claim in _weighed(ledger) if claim.next_check and claim.next_check < day.isoformat()),
        old=tuple(claim for claim in _weighed(ledger) if claim.checked.on < _year_before(day)),
        seen=tuple((word, kinds[key], carriers[key]) for key, word in words.items()),
        weak=tuple(_weak(carried, archive.library, words)),
        partial=tuple(claim for claim in _rated(ledger) if not _any_in_full(claim, archive.library)),
        uncited=tuple(entry for entry in entries.values() if entry.key not in named),
        essays=tuple(sorted(_essays(archive), key=lambda essay: (essay.works, essay.title))),
        links=tuple(_by_state(_links(archive.root / links.FILE))),
        dead=tuple(entry for entry in entries.values() if entry.get("urlstatus") == "dead"),
    )


def _year_before(day: date) -> str:
    return f"{day.year - 1}{day.isoformat()[4:]}"


def _weighed(ledger: Ledger) -> list[Claim]:
    ended = ("withdrawn", "superseded")
    return sorted((claim for claim in ledger.claims if claim.status not in ended), key=lambda claim: claim.stem)


def _rated(ledger: Ledger) -> list[Claim]:
    return [claim for claim in _weighed(ledger) if claim.finding != "not-rated"]


def _deciding(claim: Claim) -> list[str]:
    return [str(row.source) for row in side(claim, *DECIDING.get(claim.finding, BEARS))]


def _carried(ledger: Ledger) -> dict[str, list[Claim]]:
    """Return the claims whose findings rest on each source, by its key."""
    found: dict[str, list[Claim]] = {}
    for claim in _rated(ledger):
        for key in dict.fromkeys(_deciding(claim)):
            found.setdefault(key, []).append(claim)
    return found


def _weak(carried: Mapping[str, list[Claim]], library: Library, words: Mapping[str, Word]) -> Iterator[Carrier]:
    """Yield the weakly seen sources that carry findings, those with most first."""
    for key, claims in sorted(carried.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        entry = library.entries.get(key)
        if entry and entry.get("verification") in WEAK:
            yield Carrier(entry, words[entry.get("verification")], tuple(claims))


def _any_in_full(claim: Claim, library: Library) -> bool:
    entries = (library.entries.get(key) for key in _deciding(claim))
    return any(entry.get("verification") == "text" for entry in entries if entry)


def _essays(archive: Archive) -> Iterator[Essay]:
    for page in archive.pages:
        if page.path.startswith("docs/essays/") and not page.path.endswith("/index.md") and page.path.count(".") == 1:
            keys = {key for place in archive.cited if place.path == page.path for key in place.found.mark.keys}
            yield Essay(page.path.removeprefix("docs/"), _title(page), len(keys & archive.library.entries.keys()))


def _title(page: Page) -> str:
    match = re.search(r"^# +(.+?)\s*$", page.text, re.M)
    return match[1] if match else page.path


# ------------------------------------------------------------------ links


def _links(path: Path) -> list[Row]:
    """Return the table's rows; of one that can't be read, none: its own check says so."""
    try:
        return list(links.read(path).values())
    except links.StateError:
        return []


def _by_state(rows: list[Row]) -> Iterator[LinkState]:
    for state, count in Counter(row.state for row in rows).most_common():
        yield LinkState(state, count, max(row.checked for row in rows if row.state == state))


# ------------------------------------------------------------------ the block


def fill(text: str, state: Callable[[], State], link: Callable[[str], str], templates: Path) -> str:
    """Return a page's Markdown with its marker replaced; `link` gives the way to a page named by its path below docs/.

    The state is asked for only where a page has the marker.
    """
    if not MARKER.search(text):
        return text
    block = _environment(templates).get_template("state.html").render(state=state(), link=link)
    return MARKER.sub(lambda _: block, text)


@lru_cache
def _environment(templates: Path) -> Environment:
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"day": spoken_date, "runs": runs}
    return environment
