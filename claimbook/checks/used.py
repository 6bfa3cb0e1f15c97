"""Which sources anything of the archive names, in prose or in a field."""

from __future__ import annotations

from ..claims import Ledger
from ..context import glossary, timeline
from ..figures import data
from .archive import Archive


def used(archive: Archive, ledger: Ledger) -> set[str]:
    """Return the keys that pages, claims, events, terms and figures name."""
    keys = {key for place in archive.cited for key in place.found.mark.keys}
    for claim in ledger.claims:
        keys |= {str(row.source) for row in (*claim.said, *claim.evidence)}
    if (archive.root / timeline.EVENTS).is_file():
        keys |= {str(source.key) for event in timeline.load(archive.root).events for source in event.sources}
    if (archive.root / glossary.TERMS).is_file():
        keys |= {str(source.key) for term in glossary.load(archive.root).terms for source in term.sources}
    for path in (archive.root / "docs" / "figures").glob("*.csv"):
        keys |= {key for row in data.read(path, path.name).rows for key in row.sources}
    return keys
