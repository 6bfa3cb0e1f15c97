"""One way to say what is wrong and where, shared by every check, the site build and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend, at one place.

    `path` is as the reader would type it, `line` counts from 1, `code` names the rule (HACKING.md says how codes
    are given), `message` says what is there, what was expected and the likely mend.
    """

    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        """Return the form that editors and CI's problem matcher read: `path:line: CODE message`."""
        return f"{self.path}:{self.line}: {self.code} {self.message}"


def report(problems: Iterable[Problem]) -> int:
    """Print problems, each on a line of its own, then how many there are; returns 1 where there is any, else 0."""
    found = sorted(set(problems))
    for problem in found:
        print(problem)
    if found:
        files = len({problem.path for problem in found})
        things = "1 thing" if len(found) == 1 else f"{len(found)} things"
        print(f"{things} to mend in {files} file{'s' if files > 1 else ''}.")
    return 1 if found else 0


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like `word`, or an empty string where none is like it."""
    return _nearest(word, tuple(known))


@lru_cache(maxsize=1000)
def _nearest(word: str, known: tuple[str, ...]) -> str:
    folded = {name.casefold(): name for name in known}
    if word.casefold() in folded:
        return folded[word.casefold()]
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.72)), "")


def hint(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "…"?`, with its leading space, or nothing."""
    name = nearest(word, known)
    return f' Did you mean "{name}"?' if name else ""
