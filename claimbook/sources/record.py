"""A work as some server describes it, with all that is foreign in its values made harmless.

A value from outside is plain text on one line here: no markup, no control signs, no marks that turn the direction of
writing, of bounded length. `entry` then writes it so that BibLaTeX reads exactly that text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date as day
from typing import Any

from ..citations.languages import NAMES, code_of

#: The longest value that is kept, in signs; longer ones are cut, with an ellipsis to show it.
LONGEST = 500


@dataclass(frozen=True)
class Name:
    """Who wrote something: a person by family and given name, or a body by `family` alone."""

    family: str
    given: str = ""
    body: bool = False


@dataclass(frozen=True)
class Record:
    """What is known of a work. `type` is a BibLaTeX type, `values` has BibLaTeX fields other than names.

    `origin` says who described it; `guesses` are sentences on what was inferred rather than told.
    """

    origin: str
    type: str = "online"
    authors: tuple[Name, ...] = ()
    editors: tuple[Name, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    guesses: tuple[str, ...] = ()

    def get(self, name: str) -> str:
        """Return a field's text, or an empty one."""
        return self.values.get(name, "")


_SCRIPT = re.compile(r"<(script|style|template|iframe|object)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)
_TAG = re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>|<!--.*?-->|<![A-Za-z\[][^<>]*>|<\?[^<>]*>", re.S)

_BLOCK = re.compile(r"</?(?:\w+:)?(?:p|br|div|title|li|h\d)\b", re.I)


def clean(value: Any) -> str:
    """Return a value as plain text on one line; of anything but text and numbers, nothing.

    Markup goes (registries put <i> and MathML into titles), entities become signs, once before and once after, since
    some are encoded twice. Signs without a glyph go: controls, marks of direction, private and unassigned ones (Unicode
    categories C*), which no reader sees and which could turn a line round.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)[: LONGEST * 20]
    for _ in range(2):
        text = html.unescape(_without_markup(text))
    text = _without_markup(text)
    text = unicodedata.normalize("NFC", "".join(" " if sign.isspace() else sign for sign in text))
    text = "".join(sign for sign in text if sign == " " or unicodedata.category(sign)[0] != "C")
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _without_markup(text: str) -> str:
    # What stands inside a word, as <i> or <sub> may, leaves no gap; a paragraph or a line break does.
    return _TAG.sub(lambda tag: " " if _BLOCK.match(tag[0]) else "", _SCRIPT.sub(" ", text))


def first(*values: Any) -> str:
    """Return the first value that holds text, of values that may themselves be lists."""
    for value in values:
        for item in value if isinstance(value, list | tuple) else [value]:
            if text := clean(item):
                return text
    return ""


def date_of(value: Any) -> str:
    """Return a date as BibLaTeX and EDTF write it (2019, 2019-04, 2019-04-05), or nothing for what is no date.

    Takes CSL's `{"date-parts": [[2019, 4]]}`, ISO dates with or without a time, `2019/04/05`, `5 April 2019`,
    `April 5, 2019` and `April 2019`.
    """
    if isinstance(value, Mapping):
        parts = value.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            return _date([_number(part) for part in parts[0][:3]])
        return date_of(value.get("raw") or value.get("literal"))
    text = clean(value)
    if match := re.match(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?!\d)", text):
        return _date([int(part) for part in match.groups() if part])
    if match := re.search(
        r"(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+)?([^\W\d_]{3,})\.?(?:\s+(\d{1,2})(?:st|nd|rd|th)?)?,?\s+(\d{4})\b", text
    ):
        month = _MONTHS.get(match[2][:3].lower(), 0)
        return _date([int(match[4]), month, int(match[1] or match[3] or 0)] if month else [int(match[4])])
    match = re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", text)
    return match[0] if match else ""


_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}


def _number(value: Any) -> int:
    return int(value) if str(value).isascii() and str(value).isdigit() and len(str(value)) <= 4 else 0


def _date(parts: list[int]) -> str:
    """Return as much of year, month and day as the calendar has."""
    year, month, of_month = (*parts, 0, 0, 0)[:3]
    if not 1000 <= year <= 2999:
        return ""
    if not 1 <= month <= 12:
        return f"{year}"
    try:
        return day(year, month, of_month).isoformat()
    except ValueError:
        return f"{year}-{month:02}"


def names(values: Any) -> tuple[Name, ...]:
    """Return CSL's list of names: family and given, or a body's name under `literal` or `name`."""
    found = []
    for value in values if isinstance(values, list) else ():
        if not isinstance(value, Mapping):
            continue
        family = " ".join(filter(None, (clean(value.get("non-dropping-particle")), clean(value.get("family")))))
        whole = first(value.get("literal"), value.get("name"))
        if family:
            found.append(Name(family, clean(value.get("given"))))
        elif whole:
            found.append(Name(whole, body=True))
    return tuple(dict.fromkeys(found))


#: Words that only bodies have in their names.
_BODY = re.compile(
    r"\b(?:agency|agence|association|bureau|center|centre|commission|committee|conseil|council|court|desk|editors?|"
    r"foundation|fondation|group|groupe|inc|institute?|ltd|magazine|ministry|minist[eè]re|news|office|organi[sz]ation|"
    r"press|r[ée]daction|service|staff|team|times|union|university|universit[ée])\b",
    re.I,
)


def name(text: Any, body: bool = False) -> Name | None:
    """Return one name as a page gives it: “Doe, Jane”, “Jane van Doe”, “By Jane Doe”, or a body; None for none.

    Family names are what stands before a comma or last, with the particles before it; a name that may be a body's
    is kept whole.
    """
    whole = re.sub(r"^(?:by|par|von|por)\s+(?=[A-ZÀ-Þ])", "", clean(text), flags=re.I)
    if not whole or re.search(r"https?:|@|\d{3}", whole) or len(whole) > 120:
        return None
    if body or _BODY.search(whole) or (" " not in whole and "," not in whole and whole.isascii()):
        return Name(whole, body=True)
    if "," in whole:
        family, _, given = whole.partition(",")
        return Name(family.strip(), given.strip()) if family.strip() else None
    words = whole.split(" ")
    if len(words) == 1:
        return Name(whole)
    start = len(words) - 1
    while start > 1 and words[start - 1][0].islower():
        start -= 1
    return Name(" ".join(words[start:]), " ".join(words[:start]))


def names_of(texts: Iterable[Any]) -> tuple[Name, ...]:
    """Return the names that some texts give, each once; one text may hold several, with “and” or ; between them."""
    parts = [part for text in texts for part in re.split(r"\s+(?:and|et|&)\s+|\s*;\s*", clean(text))]
    return tuple(dict.fromkeys(found for part in parts if (found := name(part))))


#: Codes of three letters, and of a country for its language.
_OTHER_CODES = {"eng": "en", "fra": "fr", "fre": "fr", "zho": "zh", "chi": "zh", "cn": "zh", "deu": "de", "ger": "de",
                "spa": "es", "ita": "it", "jpn": "ja", "nld": "nl", "dut": "nl", "ara": "ar", "por": "pt", "rus": "ru"}  # fmt: skip


def language(code: Any, title: str = "") -> str:
    """Return the langid for a language code or a name; without one, what the title's writing says for sure."""
    short = re.split(r"[-_]", clean(code).lower())[0]
    known = code_of(_OTHER_CODES.get(short, short))
    if known:
        return known if known == "zh" else NAMES[known].lower()
    if re.search(r"[\u3040-\u30ff]", title):
        return "japanese"
    return "zh" if re.search(r"[\u3400-\u9fff]", title) else ""
