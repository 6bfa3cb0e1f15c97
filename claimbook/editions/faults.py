"""What stops an edition: one line for each fault, with the page it stands on, in the words of the checks."""

from __future__ import annotations

from collections.abc import Iterable

from ..citations.problems import Problem

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


def fault(page: str, code: str, message: str) -> Problem:
    """Return one thing to mend on a page of the built site; finished pages have no lines that a writer knows."""
    return Problem(page, 1, code, message)


class Faulty(Exception):
    """The site can't be made into an edition; `faults` says why, all of them at once."""

    def __init__(self, faults: Iterable[Problem]):
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))
