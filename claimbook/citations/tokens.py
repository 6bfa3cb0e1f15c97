"""Tokens: the empty elements that keep a place in a page until its citations are formatted.

The extension makes them while a page is parsed, and the site fills them in the finished page. Between the two, other
plugins may move them, copy them or add a class to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

#: A list of references: of the page, or of all sources of the site; `site.ch` is a part of these (parts.py).
PAGE = "page"
SITE = "site"
#: The attribute by which each kind of token is known; its value is a number, for a note with a point and a position.
MARK, NOTE, AUTHOR, LIST = "data-citation", "data-note", "data-author", "data-references"
#: What a mark that became raised numbers is known by; nothing of it is to be filled.
NUMBERED = "data-cited"

# It begins with what is rare in a page: the engine then looks at nothing else.
_TOKEN = re.compile(r'data-(citation|note|author|references)="([\w.]+)"[^<>]*>[^<]*</(?:span|div)>')
_PAGE_LIST = f'{LIST}="{PAGE}"'
_STARTS = ("<span ", "<div ")
_TAG = re.compile(r"<[^>]*>")
_HEADING = re.compile(r'<h[1-6]\b[^>]*?\sid="(?P<id>[^"]*)"[^>]*>(?P<text>.*?)</h[1-6]>', re.S)
_MARKED = re.compile(r'data-cit(?:ation|ed)="(\d+)"')
_UNSAID = re.compile(r'<a [^>]*headerlink[^>]*>.*?</a>|<sup id="fnref.*?</sup>|<[^>]*>', re.S)
_LINK = re.compile(r'<a href="#ref-([^"]*)"[^>]*>(.*?)</a>', re.S)


class Token(NamedTuple):
    """A token met in a page: what it is for, its value, and its own HTML."""

    kind: str
    value: str
    html: str

    @property
    def number(self) -> int:
        """The mark's number; -1 for what is none."""
        digits = self.value.partition(".")[0]
        return int(digits) if digits.isdecimal() else -1

    @property
    def index(self) -> int:
        """The position of the note's source in its mark."""
        digits = self.value.partition(".")[2]
        return int(digits) if digits.isdecimal() else 0

    def with_words(self, words: str) -> str:
        """Return the token's HTML with words in it; it stays a token."""
        return self.html.replace("></", f">{words}</", 1)


def replace(html: str, put: Callable[[Token], str]) -> str:
    """Return a page with each token replaced by what `put` makes of it."""
    pieces: list[str] = []
    done = 0
    for match in _TOKEN.finditer(html):
        start = html.rfind("<", done, match.start())
        if start >= 0 and html.startswith(_STARTS, start):
            pieces += html[done:start], put(Token(f"data-{match[1]}", match[2], html[start : match.end()]))
            done = match.end()
    pieces.append(html[done:])
    return "".join(pieces) if done else html


def left(html: str) -> bool:
    """Whether a page has tokens that nothing has filled."""
    return _TOKEN.search(html) is not None


def lists(html: str) -> set[str]:
    """Return the kinds of lists that a page has tokens for."""
    return {match[2] for match in _TOKEN.finditer(html) if match[1] == "references"}


def last_list(html: str) -> str:
    """Return a page with the last of its tokens for a page's own list, and without those before it."""
    count = html.count(_PAGE_LIST)
    if count < 2:
        return html

    def put(token: Token) -> str:
        nonlocal count
        if _PAGE_LIST not in token.html:
            return token.html
        count -= 1
        return "" if count else token.html

    return replace(html, put)


def plain(html: str) -> str:
    """Return the text of HTML, with its entities."""
    return _TAG.sub("", html)


def heading_text(html: str) -> str:
    """Return what a heading says, without the link and the note numbers in it."""
    return " ".join(unescape(_UNSAID.sub("", html)).replace("¶", "").split())


def marked(html: str) -> Iterator[tuple[int, str, str]]:
    """Yield the numbers of the marks in a page, in order, each with id and text of the heading it stands under."""
    marks = list(_MARKED.finditer(html))
    headings = list(_HEADING.finditer(html)) if marks else []
    headings.reverse()
    anchor = heading = ""
    for mark in marks:
        while headings and headings[-1].start() < mark.start():
            match = headings.pop()
            anchor, heading = unescape(match["id"]), heading_text(match["text"])
        yield int(mark[1]), anchor, heading


def links(html: str) -> Iterator[tuple[str, str, str]]:
    """Yield the pieces of the engine's HTML for a mark: text before a link, the key it leads to, the link's text."""
    html = html.removeprefix('<span class="citation">').removesuffix("</span>")
    position = 0
    for match in _LINK.finditer(html):
        yield html[position : match.start()], unescape(unquote(match[1])), match[2]
        position = match.end()
    yield html[position:], "", ""
