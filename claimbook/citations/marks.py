"""The citation syntax: Pandoc's, as mkdocs-bibtex reads it.

`[@key]`, `[@key, p. 12]`, `[see @a, p. 3; @b]`, `[-@key]` and the bare word `@key`. The rules for keys are those of
Pandoc's manual, "Citation syntax": letters, digits, `_`, and single punctuation characters inside the key; anything
without spaces in `@{…}`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

NAME = r"(?:\{(?P<braced>[^{}\s]+)\}|(?P<plain>\w(?:\w|[:.#$%&\-+?<>~/](?=\w))*))"
#: A key inside brackets; the character before it may not make it an e-mail address or an escaped sign.
ITEM = re.compile(rf"(?:(?<![\w\\])|(?<=\b_))(?P<author>-?)@{NAME}")
#: A bare word in the sentence, perhaps with the place in brackets after it: `@key [p. 12]`. What stands before it may
#: not make it part of an address, of another word or of code, nor be an escaped sign (of which the parser leaves the
#: control character). The pattern begins with the sign itself, and looks back from there, so that a text without one
#: costs nothing.
NARRATIVE = re.compile(
    rf"@(?<![\w\\\x03@/.+%=&?#$~`{{:-]@){NAME}(?:[ \t]*\n?[ \t]*\[(?P<place>[^\[\]@^][^\[\]@]*)\](?![(\[]))?"
)
#: Brackets that may hold a citation; one level of brackets inside, as in `[@key, p. 3 [sic]]`. The sign itself stands
#: outside the inner ones. Nothing is tried twice: a text of many brackets takes no longer than another
#: ("(?>(?:a|b)*)" and not "(?:a|b)*+", with which Python 3.11.2, of Debian 12, loses matches: gh-106052).
BRACKETS = re.compile(r"\[(?!\^)((?>(?:[^\[\]@]++|\[[^\[\]]*+\])*)@(?>(?:[^\[\]]++|\[[^\[\]]*+\])*))\]")
#: Tags, comments and addresses in angle brackets, and links with what they hold: no citation begins in them.
TAG = re.compile(
    r"<(?:a\s[^<>]*+>(?>(?:[^<]++|<(?!/?a[\s>]))*)</a>|!--(?>(?:[^<-]++|<(?!!--)|-(?!->))*)-->|[a-zA-Z][\w+.-]*+://[^<>]*+>"
    r"|(?:[a-zA-Z/?]|!(?!--))(?>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*)>)",
    re.S,
)
TIMECODE = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s*[-–]\s*\d{1,2}:\d{2}(?::\d{2})?)?\b")
#: A time told otherwise, as `12 min 30 s` or `12'30`.
DURATION = re.compile(r"\d{1,3}(?:\s?(?:h|mn|mins?|s|secs?)\b|\s?['′’]\s?\d)")
_INNER = re.compile(r"\[[^\[\]]*\]")
_BRACED = re.compile(r"\{[^{}]*\}")


class Item(NamedTuple):
    """One source cited, as typed: `prefix` and `suffix` are Markdown, the suffix begins with its own comma or space."""

    key: str
    prefix: str = ""
    suffix: str = ""
    author: bool = True
    """False for `-@key`: the sentence has named the author already."""

    @property
    def locator(self) -> str:
        """The place in the source, as typed: `p. 12`, `art. 5`, `00:12:30-00:13:05`; empty where none is given."""
        text = self.suffix.strip().removeprefix(",").strip()
        return text[1:-1].strip() if text[:1] == "{" and _BRACED.fullmatch(text) else text


class Mark(NamedTuple):
    """One place in a text that cites: brackets with one or more items, or a bare word (`narrative`)."""

    items: tuple[Item, ...]
    narrative: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys cited, in the order typed."""
        return tuple(item.key for item in self.items)


def parse(inside: str) -> Mark | None:
    """Return the mark that stands between brackets, or None where `inside` holds no citation.

    A part between semicolons that names no source belongs to the item before it: `[@a; and others]`; before the first
    item it is part of that one's prefix.
    """
    # The same text with inner brackets blanked: no sign in them divides or cites.
    outer = _INNER.sub(lambda inner: "-" * len(inner[0]), inside) if "[" in inside else inside
    items: list[Item] = []
    start = begin = 0
    for part in outer.split(";"):
        end = start + len(part)
        found = ITEM.search(outer, start, end)
        if found:
            key = inside[slice(*found.span("braced" if found["braced"] else "plain"))]
            prefix, suffix = inside[begin : found.start()].strip(), inside[found.end() : end].rstrip()
            items.append(Item(key, prefix, suffix, author=not found["author"]))
        elif items:
            items[-1] = items[-1]._replace(suffix=f"{items[-1].suffix};{inside[start:end].rstrip()}")
        start = end + 1
        begin = start if items else 0
    return Mark(tuple(items)) if items else None


def bare(match: re.Match[str]) -> Mark:
    """Return the mark of a bare word that NARRATIVE found."""
    place = (match["place"] or "").strip()
    return Mark((Item(match["braced"] or match["plain"], suffix=f", {place}" if place else ""),), narrative=True)


# ------------------------------------------------------------------ scanning a Markdown source with line numbers

#: What is no prose, each with the sign without which it can't be there: most sources lack most of them. What isn't
#: closed is text, as it is for the parser.
_BLOCKS = (
    ("---", re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.S)),
    ("```", re.compile(r"^[ >\t]*(?P<fence>`{3,})[^\n`]*\n(?:.*?\n)??[ >\t]*(?P=fence)`*[ \t]*$", re.M | re.S)),
    ("~~~", re.compile(r"^[ >\t]*(?P<fence>~{3,})[^\n]*\n(?:.*?\n)??[ >\t]*(?P=fence)~*[ \t]*$", re.M | re.S)),
)
_INLINES = (
    ("-->", re.compile(r"<!--.*?-->", re.S)),
    ("`", re.compile(r"(?<![`\\])(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)", re.S)),
    ("</", re.compile(r"^ {0,3}<(?P<raw>pre|script|style|textarea)\b.*?</(?P=raw)\s*>", re.M | re.S | re.I)),
    ("<", TAG),
)
_LINKS = (
    ("]:", re.compile(
        r"^ {0,3}\[(?!\^)[^\[\]]+\]:[ \t]*\n?[ \t]*\S+[ \t]*(?:\n?[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'|\([^)\n]*\))[ \t]*)?$",
        re.M,
    )),
    ("](", re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")),
)  # fmt: skip
_INDENTED = re.compile(r"(?:\A|(?<=\n)[ \t]*\n)(?:(?: {4}|\t)[^\n]*(?:\n|\Z)|[ \t]*\n)+")
_CONTAINER = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)]|!!!|\?\?\?|===|\[\^[^\]]+\]:|:)\s", re.M)
_ESCAPED = re.compile(r"\\[\\\[\]]")


class Found(NamedTuple):
    """A mark met in a source: `line` counts from 1, `raw` is the text as typed."""

    mark: Mark
    line: int
    raw: str


def _blank(match: re.Match[str]) -> str:
    """Return as many lines of nothing, so that positions hold."""
    return re.sub(r"[^\n]", " ", match[0])


@lru_cache(maxsize=1024)  # every check that reads a page asks for it
def prose(text: str, *, links: bool = False) -> str:
    """Return the source with code, comments, tags, front matter and links blanked out; lines and columns stay.

    With `links` true, links and what they are called stay too. Indented code is left in when it could be the inside of a list or an admonition: the reading is for positions
    and for a first look; what a page really cites is decided by the Markdown parser (see extension.py).
    """
    for sign, pattern in _BLOCKS:
        if sign in text:
            text = pattern.sub(_blank, text)
    # Before anything inside a line is blanked: a line that begins with code isn't indented.
    indented = "\n    " in text or "\n\t" in text or text.startswith(("    ", "\t"))
    if indented and not _CONTAINER.search(text):
        text = _INDENTED.sub(_blank, text)
    for sign, pattern in _INLINES if links else (*_INLINES, *_LINKS):
        if sign in text:
            text = pattern.sub(_blank, text)
    return text


def scan(text: str, narrative: bool = True) -> Iterator[Found]:
    """Yield the marks of a Markdown source in order, with their lines; bare words only where `narrative` is true."""
    text = _ESCAPED.sub("__", prose(text))
    found = []
    for match in BRACKETS.finditer(text):
        mark = parse(match[1])
        if mark:
            found.append((match.start(), mark, match[0]))
    if narrative:
        rest = BRACKETS.sub(_blank, text)
        for match in NARRATIVE.finditer(rest):
            found.append((match.start(), bare(match), match[0]))
    newlines = [match.start() for match in re.finditer("\n", text)]
    for start, mark, raw in sorted(found, key=lambda entry: entry[0]):
        yield Found(mark, _line(newlines, start), raw)


def _line(newlines: list[int], position: int) -> int:
    return bisect_left(newlines, position) + 1
