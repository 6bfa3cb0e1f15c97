"""Small questions asked of HTML."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: Elements that a paragraph may not hold.
BLOCKS = {"div", "section", "ol", "ul", "li", "p", "table", "form", "details", "h1", "h2", "h3", "pre", "blockquote"}


def text_of(html: str) -> str:
    """Return the words of some HTML."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def ids(html: str) -> list[str]:
    """Return all ids, in order."""
    return [unescape(name) for name in re.findall(r'<[^<>]*?\sid="([^"]*)"', html)]


def links(html: str) -> list[str]:
    """Return all addresses linked to, in order, with what is quoted in them unquoted."""
    from urllib.parse import unquote

    return [unquote(unescape(address)) for address in re.findall(r'<a\b[^<>]*?\shref="([^"]*)"', html)]


def is_well_formed(html: str) -> None:
    """Assert that every element is closed where it should be, and that no paragraph or inline element holds a block."""
    _Checker().check(html)


class _Checker(HTMLParser):
    def check(self, html: str) -> None:
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = set(self.open)
        if tag in BLOCKS:
            outer = inside & {"p", "span", "em", "strong", "a", "h1", "h2", "h3", "dt", "summary", "sup", "label"}
            assert not outer, f"<{tag}> inside {outer}"
        assert tag != "a" or "a" not in inside, "a link inside a link"
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in <{tag}>"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()
