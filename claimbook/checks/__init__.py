"""Everything that must be true of the archive before a page is built, checked in one go.

`load` reads the archive, `run` yields what is to be mended; both are used by the command line and the tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import claims, figures
from ..citations import lint
from ..citations.problems import Problem
from ..context import checks as context
from ..context import glossary, timeline
from ..links import report
from . import findings, listing, menu, prose, snapshots, sources
from .archive import Archive, load
from .used import used

__all__ = ["Archive", "codes", "inventory", "load", "run", "summary", "used"]


def run(archive: Archive) -> Iterator[Problem]:
    """Yield everything to be mended, in no order."""
    yield from lint.check(archive.cited, archive.library, sources.read_with_pages)
    yield from sources.check(archive)
    yield from snapshots.check(archive)
    yield from prose.check(archive)
    yield from listing.check(archive)
    yield from menu.check(archive)
    ledger = claims.load(archive.root)
    yield from findings.check(archive, ledger)
    yield from claims.check(ledger, archive.library, claims.this_day())
    # An archive may have no timeline and no glossary yet.
    if (archive.root / timeline.EVENTS).is_file() and (archive.root / glossary.TERMS).is_file():
        times, words = timeline.load(archive.root), glossary.load(archive.root)
        yield from context.check(times, words, archive.library, set(ledger.by_id))
    yield from figures.check(archive.root, archive.library)


def codes() -> dict[str, str]:
    """Return every code with the rule behind it."""
    return (
        lint.CODES
        | sources.CODES
        | snapshots.CODES
        | report.CODES
        | prose.CODES
        | listing.CODES
        | findings.CODES
        | menu.CODES
        | menu.CODES
        | dict(claims.RULES)
        | dict(context.CODES)
        | dict(figures.CODES)
    )


def summary(archive: Archive) -> str:
    """Return one line that says what was checked."""
    marks = len(archive.cited)
    return f"All well: {len(archive.pages)} pages, {marks} citations, {len(archive.library.entries)} sources."


def inventory(archive: Archive, what: str) -> Iterator[str]:
    """Yield the lines of `claimbook list`: all `claims`, all `sources`, or the sources `uncited`."""
    if what == "claims":
        yield from claims.listing(claims.load(archive.root))
        return
    named = used(archive, claims.load(archive.root)) if what == "uncited" else set()
    for entry in archive.library.entries.values():
        if what == "sources" or entry.key not in named:
            yield f"{entry.place}: {entry.key}: {entry.get('title')}"
