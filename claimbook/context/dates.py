"""Dates as honest as their sources: a small part of EDTF, the extended date format of ISO 8601-2.

`1986`, `1986-04`, `1986-04-07`; `~` after a date says about, `?` perhaps, `%` both; `198X` is some year of a decade;
`2013/2015` runs from one date to another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(r"(?P<year>\d{4}|\d{3}X)(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?P<doubt>[~?%]?)")
_HELP = "write 1986, 1986-04, 1986-04-07 or 198X, and after it ~ for about, ? for perhaps"
_DOUBTS = {"": "", "~": "about ", "?": "perhaps ", "%": "perhaps about "}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """A day, a month, a year or a decade; `month` and `day` are 0 where they aren't known."""

    year: int
    month: int = 0
    day: int = 0
    doubt: str = ""
    decade: bool = False

    @property
    def order(self) -> tuple[int, int, int]:
        """What dates are sorted by: a year comes before its months, a month before its days."""
        return self.year, self.month, self.day

    @property
    def words(self) -> str:
        """The date as a reader says it: `about April 1986`."""
        return _DOUBTS[self.doubt] + self._plain()

    @property
    def iso(self) -> str:
        """The date for machines, or an empty string where HTML has no form for it."""
        if self.doubt or self.decade:
            return ""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts)

    def _plain(self) -> str:
        if self.decade:
            return f"the {self.year}s"
        day, month = str(self.day or ""), MONTHS[self.month - 1] if self.month else ""
        return " ".join(filter(None, (day, month, str(self.year))))


@dataclass(frozen=True)
class Span:
    """When something was: one moment, or from one to another."""

    start: Moment
    end: Moment | None = None

    @property
    def words(self) -> str:
        """The date or dates as a reader says them: `16 to 20 February 2019`."""
        if self.end is None:
            return self.start.words
        first, last = self.start, self.end
        if first.doubt or last.doubt or first.decade or last.decade or first.year != last.year or not last.month:
            return f"{first.words} to {last.words}"
        if first.day and last.day and first.month == last.month:
            return f"{first.day} to {last.words}"
        return f"{first.words.removesuffix(f' {first.year}')} to {last.words}"

    @property
    def iso(self) -> str:
        """The date for machines where it is one moment without a doubt; else an empty string."""
        return self.start.iso if self.end is None else ""


def parse(text: str) -> Span:
    """Return what a date says. Raises ValueError, with a sentence for a writer, where it says nothing."""
    parts = text.split("/")
    if len(parts) > 2:
        raise ValueError(f'"{text}" has two slashes; an interval is two dates and one slash, such as 2013/2015')
    moments = [_moment(part) for part in parts]
    if len(moments) == 2 and moments[1].order <= moments[0].order and not moments[1].decade:
        raise ValueError(f'"{text}" ends before it begins')
    return Span(*moments)


def _moment(text: str) -> Moment:
    match = _FORM.fullmatch(text)
    if not match:
        raise ValueError(f'"{text}" is no date; {_HELP}')
    decade = match["year"].endswith("X")
    if decade and match["month"]:
        raise ValueError(f'"{text}" gives a month of a decade; leave the month out, or give the year')
    year = int(match["year"].replace("X", "0"))
    month, day = int(match["month"] or 0), int(match["day"] or 0)
    try:
        date(year, month if match["month"] else 1, day if match["day"] else 1)
    except ValueError:
        raise ValueError(
            f'"{text}" is not in the calendar; give a day that it has, or only what is known: 1986-04, 1986'
        ) from None
    return Moment(year, month, day, match["doubt"], decade)
