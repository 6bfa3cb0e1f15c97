"""What stands at the markers of pages, other than claims: timeline, glossary, figures, state. Knows no MkDocs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import checks, claims, figures, state
from .citations.cache import Cache
from .citations.library import Library
from .claims import Ledger
from .context import exports, glossary, render, timeline
from .context.glossary import Glossary
from .context.timeline import Timeline

_MARKER = re.compile(r"^<!-- (timeline|timeline-figure|glossary) -->[ \t]*$", re.M)


@dataclass(frozen=True)
class Blocks:
    """The blocks by the names of their markers, and what they were made from."""

    timeline: Timeline
    glossary: Glossary
    context: Mapping[str, str]
    figures: Mapping[str, str]
    survey: Callable[[], state.State]
    templates: Path

    def fill(self, text: str, page: str, link: Callable[[str], str]) -> str:
        """Return a page's Markdown with its markers filled; `page` is its path under docs/, `link` the way to another."""
        way = "" if page.startswith("figures/") else "../" * page.count("/") + "figures/"
        text = _MARKER.sub(lambda match: self.context[match[1]], text)
        text = state.fill(text, self.survey, link, self.templates / "state")
        return figures.fill(text, self.figures, way)

    def timeline_csv(self) -> str:
        """Return the timeline as a table."""
        return exports.timeline_csv(self.timeline)


def load(root: Path, library: Library, ledger: Ledger) -> Blocks:
    """Read timeline, glossary and figures, and make their blocks; figures whose numbers are as before aren't redrawn."""
    times, words = timeline.load(root), glossary.load(root)
    titles = {claim.id: claim.title for claim in ledger.claims}
    cache = Cache(root / ".cache" / "figures.json")
    drawn = figures.markers(root, library, cache)
    cache.save()
    templates = root / "overrides"
    context = render.markers(times, words, titles, templates / "context")

    def survey() -> state.State:
        return state.survey(checks.load(root), ledger, claims.build_day())

    return Blocks(times, words, context, drawn, survey, templates)
