"""Find citation marks that were left raw in the words of a finished page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from .guard_page import ATTRIBUTES, COMMENT, NAME, RAW, decode, line_of

# Text in these is shown as it was typed, so that a mark in it is meant.
VERBATIM = "code|pre|kbd|samp"
BOLD = "b|strong"
# A mark may stretch over these; any other tag ends the run of words.
INLINE = "a|abbr|bdi|bdo|cite|del|dfn|em|font|i|ins|mark|q|s|small|span|sub|sup|u|time|var|wbr"
BREAK, BOLD_ON, BOLD_OFF = "\0", "\1", "\2"

# A page that holds none of these holds no mark; most hold none, and only the others are read word by word.
_HINTS = (
    "@", "&#64;", "&#x40;", "&commat;", "[^", "?</strong>", "?</b>", "(unknown source: ",
    "\\bibliography", "\\full_bibliography",
)  # fmt: skip
_SUSPECT = re.compile(
    rf"\[[^\[\]]{{0,600}}?(?:@|&#64;|&#x40;|&commat;)|\[\^|\?</(?:{BOLD})>"
    r"|\(unknown source: |\\(?:full_)?bibliography"
)
_SCRIPT = re.compile(r"<script[\s>]")
_PIECE = re.compile(
    rf"(?P<text>[^<]++|<(?![A-Za-z/!?]))"
    rf"|</?+(?P<inline>(?i:{INLINE}))(?=[\s/>]){ATTRIBUTES}>"
    rf"|<(?P<end>/?+)(?P<tag>(?i:{VERBATIM}|{BOLD}))(?=[\s/>]){ATTRIBUTES}>"
    rf"|<(?P<raw>(?i:{RAW}))(?=[\s/>]){ATTRIBUTES}>(?P<content>.*?)(?=</(?i:(?P=raw))[\s/>])"
    rf"|(?P<break>(?>(?:</?+(?!(?i:{INLINE}|{VERBATIM}|{BOLD})[\s/>])(?!(?<!/)(?i:{RAW})[\s/>])"
    rf"{NAME}{ATTRIBUTES}>\s*+)+))"
    rf"|<(?:{COMMENT})"
    r"|(?P<unclosed><(?=[!?]|/?[A-Za-z]))"
    r"|<",
    re.DOTALL,
)
_MARK = re.compile(
    r"(?P<cite>\[[^\[\]\0]{0,200}?(?<![\w.@-])-?@[\w{][^\[\]\0]{0,80}+\]?+)"
    r"|(?P<note>\[\^[^\s\[\]\0]+\])"
    r"|\x01(?P<key>[^\W\d_][^\s\x00-\x02?]*\?)\x02"
    r"|(?P<lost>\(unknown source: [^()\0]+\))"
    r"|(?P<list>\\(?:full_)?bibliography\b)"
)
_LIKE_A_KEY = re.compile(r"\w(?:1[5-9]|20)\d\d|\w[_:]\w")


def raw_marks(text: str, cited: set[str]) -> Iterator[tuple[int, str, str]]:
    """Yield line, kind (cite, note, key, lost, list) and wording of every raw mark in a page's words.

    `cited` holds the keys that the page's `data-cites` attributes name: pandoc writes one it doesn't know in
    bold with a question mark. Elsewhere such words count only where they look like a key (lee2020,
    smith_book), since writers ask questions in bold too.
    """
    if not any(hint in text for hint in _HINTS) or not _SUSPECT.search(_without_scripts(text)):
        return
    prose, starts, places = _prose(text)
    for match in _MARK.finditer(prose):
        kind = match.lastgroup or ""
        words = match[kind]
        if kind == "key" and words[:-1] not in cited and not _LIKE_A_KEY.search(words):
            continue
        piece = bisect_right(starts, match.start()) - 1
        line = line_of(text, places[piece]) + prose.count("\n", starts[piece], match.start())
        yield line, kind, words.replace(BOLD_ON, "").replace(BOLD_OFF, "")


def _without_scripts(text: str) -> str:
    """Return a page without its scripts: data for machines, on every page of some sites, is full of these signs."""
    first, *others = _SCRIPT.split(text)
    return first + "".join(
        after if ended else script for script, ended, after in (o.partition("</script") for o in others)
    )


def _prose(text: str) -> tuple[str, list[int], list[int]]:
    """Return the page's words, with where each piece of them starts, in the words and in the page."""
    pieces: list[str] = []
    starts: list[int] = []
    places: list[int] = []
    length = 0
    for at, words in _pieces(text):
        pieces.append(words)
        starts.append(length)
        places.append(at)
        length += len(words)
    return "".join(pieces), starts, places


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    verbatim = 0
    for match in _PIECE.finditer(text):
        kind = match.lastgroup
        if kind == "text" and not verbatim:
            yield match.start(), decode(match["text"])
        elif kind == "break":
            yield match.start(), BREAK
        elif kind == "content" and match["raw"].lower() == "title":
            yield match.start("content"), decode(match["content"])
        elif kind == "tag" and match["tag"].lower() in ("b", "strong"):
            yield match.start(), BOLD_OFF if match["end"] else BOLD_ON
        elif kind == "tag":
            verbatim = max(0, verbatim + (-1 if match["end"] else 1))
            yield match.start(), BREAK
        elif kind == "unclosed":
            return
