"""The ledger of claims: records, their rules, what is computed from them, and how they are exported.

Nothing here knows MkDocs. `load` reads an archive, `check` says what is to be mended in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .checks import RULES, build_day, check, this_day
from .evidence import Confidence, confidence, origins
from .records import PLACEHOLDER, Claim, Ledger, load

__all__ = [
    "RULES", "Claim", "Confidence", "Ledger", "build_day", "check", "confidence", "listing", "load",
    "new_claim", "origins", "this_day",
]  # fmt: skip


def new_claim(root: Path) -> Path:
    """Copy the template to the next free number and return the new file's path."""
    folder = root / "docs" / "claims"
    name = load(root).next_id
    text = (folder / "template.md").read_text(encoding="utf-8")
    text = re.sub(r"\A---\n(?:#[^\n]*\n)*", "---\n", text).replace(f"id: {PLACEHOLDER}", f"id: {name}", 1)
    path = folder / f"{name}.md"
    with path.open("x", encoding="utf-8", newline="\n") as file:  # "x": what is there is never written over
        file.write(text)
    return path


def listing(ledger: Ledger) -> Iterator[str]:
    """Yield one line a claim, in the order of the listing: `path: statement finding: title`."""
    for claim in sorted(ledger.claims, key=lambda claim: claim.order):
        yield f"{claim.path}: {claim.statement or 'not in the listing'}: {claim.finding}: {claim.title}"
