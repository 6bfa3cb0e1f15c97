"""No page copies the television listing, whose text isn't ours to print.

Only hashes of its runs of twelve words are kept (bibliography/listing-runs.txt): enough to notice a copy, not enough
to read it. A marked quotation of at most 25 words may match.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Set
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

from ..citations.cache import Cache, digest
from ..citations.problems import Problem
from .archive import Archive, Page

RUN = 12
QUOTED = 25
HASHES = "bibliography/listing-runs.txt"

CODES = {
    "P06": "No twelve words in a row are the television listing's, save in a marked quotation of at most 25 words."
}


def check(archive: Archive) -> Iterator[Problem]:
    """Yield the first line of each copied run."""
    path = archive.root / HASHES
    if not path.is_file():
        yield Problem(
            HASHES, 1, "P06", "this file is missing, so that nothing can be compared with the listing: restore it."
        )
        return
    known = {line for line in path.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")}
    # A page found clean stays clean until it, the hashes or this file change.
    cache = Cache(archive.root / ".cache" / "listing.json")
    rule = digest(Path(__file__).read_text(encoding="utf-8"), sorted(known))
    for page in archive.pages:
        name = digest(rule, page.text)
        if cache.get(name) is None:
            copies = list(_copies(page, known))
            yield from copies
            if not copies:
                cache.put(name, True)
    cache.save()


def _copies(page: Page, known: Set[str]) -> Iterator[Problem]:
    end = -1
    for line, run_end, name in runs(_without_quotations(page.text)):
        if name in known and line > end:
            end = run_end
            message = f"twelve words in a row from line {line} on are the listing's: say it in your own words."
            yield Problem(page.path, line, "P06", message)


def runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield for every twelve words in a row their first and last line and their hash."""
    rows = [(word, line) for line, row in enumerate(_fold(text).split("\n"), 1) for word in _WORD.findall(row)]
    # All words in one string of bytes: a run is a piece of it, and isn't put together anew for each.
    words = [f"{word} ".encode() for word, _ in rows]
    whole, starts = b"".join(words), [0, *accumulate(map(len, words))]
    for first in range(len(rows) - RUN + 1):
        run = whole[starts[first] : starts[first + RUN] - 1]
        yield rows[first][1], rows[first + RUN - 1][1], sha256(run).hexdigest()[:16]


_WORD = re.compile(r"[^\W_]+")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _without_quotations(text: str) -> str:
    """Return the text with marked quotations of at most 25 words blanked; a sign that no run holds stands for them."""

    def blank(match: re.Match[str]) -> str:
        if len(match[0].split()) > QUOTED:
            return match[0]
        return " quotation" + "\n" * match[0].count("\n")

    return re.sub(r"“[^”]*”|«[^»]*»|\"[^\"\n]*\"", blank, text)


def write(listing: Path, target: Path) -> None:
    """Write the hashes of a text, sorted, so that their order tells nothing."""
    names = sorted({name for _, _, name in runs(listing.read_text(encoding="utf-8"))})
    head = "# Hashes of all runs of twelve words of the television listing; claimbook/checks/listing.py says how.\n"
    target.write_text(head + "\n".join(names) + "\n", encoding="utf-8")
