"""Findings that a page prints beside a claim's number must be those that hold: a finding may change after the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..citations.marks import prose
from ..citations.problems import Problem
from ..claims import Claim, Ledger
from .archive import Archive

CODES = {
    "P09": "A finding, and its reasons, printed beside the link to a claim are those of its record.",
}


def check(archive: Archive, ledger: Ledger) -> Iterator[Problem]:
    """Yield the places where a page gives a finding that its claim no longer has.

    What is looked for is `[c-0012](…)`, a sign or two, one of the vocabulary's labels, and perhaps reasons in brackets.
    """
    findings = ledger.vocabulary["finding"]
    labels = {word.label: key for key, word in findings.items()}
    choices = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    pattern = re.compile(rf"\[(c-\d{{4}})\]\([^()\s]*\)[\s.,:*]+({choices})\b[\s.*]*(?:\(([^()]*)\))?")
    for page in archive.pages:
        text = prose(page.text, links=True)
        for match in pattern.finditer(text):
            claim = ledger.by_id.get(match[1])
            line = text.count("\n", 0, match.start(1)) + 1
            if claim and labels[match[2]] != claim.finding:
                now = findings[claim.finding].label if claim.finding in findings else claim.finding
                message = f"{match[1]} is “{now}” now, and not “{match[2]}”; mend what is said of it."
                yield Problem(page.path, line, "P09", message)
            elif claim and match[3]:
                yield from _reasons(page.path, line, match[3], claim, ledger)


def _reasons(path: str, line: int, given: str, claim: Claim, ledger: Ledger) -> Iterator[Problem]:
    words = ledger.vocabulary["reasons"]
    typed = {part.strip() for part in given.split(",")}
    known = {word.label for word in words.values()}
    held = {words[key].label for key in claim.reasons if key in words}
    # Other words in brackets are the page's own.
    if typed & known and typed != held:
        reasons = ", ".join(words[key].label for key in claim.reasons if key in words) or "none"
        yield Problem(path, line, "P09", f"the reasons of {claim.stem} are: {reasons}; mend those given here.")
