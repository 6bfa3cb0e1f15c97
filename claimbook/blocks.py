"""What stands at the markers of pages, other than claims: timeline, glossary, figures, state. Knows no MkDocs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from . import checks, claims, figures, state
from .citations.cache import Cache
from .citations.library import Library
from .citations.marks import BRACKETS, prose
from .claims import Ledger
from .context import exports, glossary, render, timeline
from .context.glossary import Glossary, Term
from .context.terms import Spellings
from .context.timeline import Timeline

_MARKER = re.compile(r"^<!-- (timeline|timeline-figure|glossary) -->[ \t]*$", re.M)


@dataclass(frozen=True)
class Blocks:
    """The blocks by the names of their markers, and what they were made from."""

    timeline: Timeline
    glossary: Glossary
    terms: Mapping[str, tuple[Term, ...]]
    """By a claim's number, the terms of the glossary that its page uses."""
    context: Mapping[str, str]
    figures: Mapping[str, str]
    counted: Mapping[str, str]
    """The CSV of each figure that counts the archive's own records, by the figure's name."""
    survey: Callable[[], state.State]
    templates: Path

    def fill(self, text: str, page: str, link: Callable[[str], str]) -> str:
        """Return a page's Markdown with its markers filled; `page` is its path under docs/, `link` the way to another."""
        way = "" if page.startswith("figures/") else "../" * page.count("/") + "figures/"
        stem = PurePosixPath(page).stem
        text = _MARKER.sub(lambda match: self.context.get(f"{match[1]} {stem}") or self.context[match[1]], text)
        text = state.fill(text, self.survey, link, self.templates / "state")
        return figures.fill(text, self.figures, way)

    def timeline_csv(self) -> str:
        """Return the timeline as a table."""
        return exports.timeline_csv(self.timeline)


def load(root: Path, library: Library, ledger: Ledger) -> Blocks:
    """Read timeline, glossary and figures, and make their blocks; figures whose numbers are as before aren't redrawn."""
    times, words = timeline.load(root), glossary.load(root)
    titles = {claim.stem: str(claim.title) for claim in ledger.claims}
    terms = _terms(ledger, words)
    cache = Cache(root / ".cache" / "figures.json")
    drawn = figures.markers(root, library, cache)
    cache.save()
    templates = root / "overrides"
    context = render.markers(times, words, titles, terms, templates / "context")

    def survey() -> state.State:
        return state.survey(checks.load(root), ledger, claims.build_day())

    return Blocks(times, words, terms, context, drawn, figures.counted(root, library), survey, templates)


def _terms(ledger: Ledger, words: Glossary) -> dict[str, tuple[Term, ...]]:
    """Return the terms that each claim's page uses, by the claim's number; nobody types these lists."""
    spellings = Spellings(words)
    return {claim.stem: spellings.used(BRACKETS.sub(" ", prose(claim.words))) for claim in ledger.claims}
