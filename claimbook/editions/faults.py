"""What stops an edition: one line for each fault, with the page it stands on, in the words of the checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Every code, and its rule in one sentence.
CODES = {
    "E01": "A page has a main part with a title, so that a book can begin a chapter with it.",
    "E02": "A link inside the archive leads to a place that the book has.",
    "E03": "A picture exists and has words for those who don't see it; an empty text says that it only decorates.",
    "E04": "A table fits on the width of a printed page.",
    "E05": "Every character is in one of the book's fonts.",
    "E06": "No two places have one name.",
    "E07": "The compiler finds nothing that a PDF for everybody (PDF/UA) and for keeping (PDF/A) may not have.",
}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend: the page of the built site, the rule's code, and what is there and how to mend it."""

    page: str
    code: str
    message: str

    def __str__(self) -> str:
        """Return `page: CODE sentence`."""
        return f"{self.page}: {self.code} {self.message}"


class Faulty(Exception):
    """The site can't be made into an edition; `faults` says why, all of them at once."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))
