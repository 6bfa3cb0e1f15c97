"""The feed of changes: every finding as it was given or changed, newest first, for an Atom reader (RFC 4287)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..claims.exports import Place
from ..claims.records import Ledger

#: As many as a reader looks through; the whole history stands on the claims' pages.
LENGTH = 100


@dataclass(frozen=True)
class Entry:
    """One row of a claim's history. `id` never changes; `on` is a day in ISO form."""

    id: str
    address: str
    title: str
    on: str
    why: str


def entries(ledger: Ledger, place: Place, label: Callable[[str, str], str], length: int = LENGTH) -> list[Entry]:
    """Return the newest rows of all claims' histories; `label` gives a finding's words."""
    found = []
    for claim in sorted(ledger.claims, key=lambda each: each.id):
        address = place.page(claim)
        for number, row in enumerate(claim.history, 1):
            given = label("finding", str(row.finding))
            title = f"{claim.stem}, {claim.title}: {given[:1].lower()}{given[1:]}"
            found.append(Entry(f"{address}#history-{number}", address, title, str(row.on), str(row.why)))
    return sorted(found, key=lambda entry: entry.on, reverse=True)[:length]
