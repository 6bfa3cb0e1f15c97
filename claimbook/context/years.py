"""The timeline's pages: docs/timeline/2015.md holds the events from 2015 on, until the year of the next such page.

So an event's page changes only where its year is corrected, or a new page begins; its line on the timeline's own page
keeps its address in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

#: The timeline's own page, relative to docs/.
INDEX = "timeline/index.md"


def pages(root: Path) -> tuple[int, ...]:
    """Return the years with which the timeline's pages begin; none where all events stand on the timeline's own page."""
    return tuple(sorted(int(path.stem) for path in (root / "docs" / "timeline").glob("[0-9][0-9][0-9][0-9].md")))


def page(year: int, beginnings: Sequence[int]) -> str:
    """Return the page, relative to docs/, on which an event of a year stands: the first holds all earlier ones too."""
    if not beginnings:
        return INDEX
    return f"timeline/{max((each for each in beginnings if each <= year), default=beginnings[0]):04}.md"
