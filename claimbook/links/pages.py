"""What a fetched page says: title and text, whether it is an error page in disguise, and a short mark of its text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from html.parser import HTMLParser
from urllib.parse import urlsplit

from . import signs

#: Up to so many differing bits of 64, two long texts count as the same page with other news beside it.
SAME_TEXT = 14
#: Of fewer words the mark is exact: there is too little for a likeness.
SHORT = 40
#: A text is known well enough by so many words; a page is read so far, in signs.
MOST = 5_000
MOST_SIGNS = 1_000_000

_UNREAD = {"script", "style", "template", "svg", "nav", "footer", "aside", "select", "noscript"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_BLOCK = re.compile(r"h[1-6]|p|div|li|td|th|tr|section|article|main|header|blockquote|br|dd|dt|figcaption|title")


@dataclass
class Page:
    """A page as read: its title, its first heading, the text of its main part, and what it does to a browser."""

    title: str = ""
    heading: str = ""
    text: str = ""
    refresh: str = ""
    """Where a `meta` element sends a browser within ten seconds, as written there."""
    password: bool = False

    @property
    def words(self) -> list[str]:
        """The words of its text."""
        return words(self.text)


class _Reader(HTMLParser):
    """Collects what a reader would see. Never raises: HTMLParser takes any text."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.everything: list[str] = []
        self.main: list[str] = []
        self._open: list[str] = []
        self._parts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh" and not self.page.refresh:
            match = re.match(r"\s*(\d+)[\d.]*\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]+)", given.get("content", ""), re.I)
            # Nobody reads a page of a scheduled news ticker in ten seconds; a gate sends on at once.
            if match and int(match[1]) <= 10 and "noscript" not in self._open:
                self.page.refresh = match[2].strip()
        self.page.password |= tag == "input" and given.get("type", "").lower() == "password"
        if tag not in _VOID and len(self._open) < 500:
            self._open.append(tag)
        self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass
        self._space(tag)

    def handle_data(self, data: str) -> None:
        for name in ("title", "h1"):
            if name in self._open and "svg" not in self._open:
                self._parts.setdefault(name, []).append(data)
        if "title" in self._open or not _UNREAD.isdisjoint(self._open):
            return
        self.everything.append(data)
        if "main" in self._open or "article" in self._open:
            self.main.append(data)

    def _space(self, tag: str) -> None:
        if _BLOCK.fullmatch(tag):
            self.everything.append(" ")
            self.main.append(" ")

    def read(self, text: str) -> Page:
        self.feed(text)
        self.close()
        self.page.title = _plain(self._parts.get("title", []))
        self.page.heading = _plain(self._parts.get("h1", []))
        main, everything = _plain(self.main), _plain(self.everything)
        self.page.text = main if len(words(main)) >= SHORT else everything
        return self.page


def read(text: str) -> Page:
    """Read a page of HTML, however broken."""
    return _Reader().read(text[:MOST_SIGNS])


def _plain(parts: Iterable[str]) -> str:
    return " ".join("".join(parts).split())


def decode(body: bytes, charset: str = "") -> str:
    """Return a body as text: by the charset its server names, that the page names, or that it looks like."""
    named = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,40})", body[:4096], re.I)
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    for name in (charset, named[1].decode("ascii") if named else "", "utf-8", "gb18030"):
        try:
            # gb2312 pages hold characters of its successor.
            return body.decode("gb18030" if name.lower() in ("gb2312", "gbk") else name or "none", "strict")
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")


# ------------------------------------------------------------------ marks of a text

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+")


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; each Chinese character is one."""
    return _WORD.findall(text.casefold())


def mark(text: str) -> str:
    """Return a mark by which a text is known again: `=` and a hash of a short one, `~` and a likeness of a long one.

    The likeness is a simhash (Charikar 2002) of 64 bits over runs of three words: texts that share most of their
    runs differ in few bits, unrelated ones in about 32.
    """
    found = words(text)[:MOST]
    if not found:
        return ""
    if len(found) < SHORT:
        return "=" + blake2b(" ".join(found).encode(), digest_size=8).hexdigest()
    sums = [0] * 64
    for three in {" ".join(found[place : place + 3]) for place in range(len(found) - 2)}:
        run = int.from_bytes(blake2b(three.encode(), digest_size=8).digest())
        for bit in range(64):
            sums[bit] += 1 if run >> bit & 1 else -1
    return f"~{sum((total > 0) << bit for bit, total in enumerate(sums)):016x}"


def alike(one: str, other: str) -> bool:
    """Whether two marks are of the same text, or of one with small changes; an empty mark says nothing against it."""
    if not one or not other or one == other:
        return True
    if one[0] == other[0] == "~":
        return (int(one[1:], 16) ^ int(other[1:], 16)).bit_count() <= SAME_TEXT
    return False


def same_title(one: str, other: str) -> bool:
    """Whether two titles have the same words."""
    return words(one) == words(other)


def mentions(page: Page, title: str) -> bool:
    """Whether a page shows a title: nine of ten of its words stand in its own title or first heading."""
    wanted = set(words(re.sub(r"[{}\\]", "", title)))
    shown = set(words(f"{page.title} {page.heading}"))
    return len(wanted) >= 3 and len(wanted & shown) >= 0.9 * len(wanted)


# ------------------------------------------------------------------ error pages in disguise

#: Longer titles and headings than this are no statement of an error.
_LONG = 160


def is_missing(page: Page, address: str = "", asked: str = "") -> bool:
    """Whether a page says, in English, French, Chinese and some more, or by its address, that there is no such page."""
    if address != asked and signs.MISSING_PATH.search(urlsplit(address).path):
        return True
    if len(page.words) > 600:
        return False
    shown = [page.title, page.heading, *([page.text] if len(page.words) <= 60 else [])]
    return any(
        len(part) <= _LONG and signs.MISSING.fullmatch(part.strip()) for text in shown for part in _parts(text[:1000])
    )


def _parts(text: str) -> list[str]:
    return [text, *re.split(r"\s*\|\s*|\s+[–—·»«>-]+\s+|[。.!！?？,，;；：]+\s*", text)]


def is_wall(page: Page) -> bool:
    """Whether a page is a gate that asks whether a human is there, or for scripts or cookies."""
    return _says(page, signs.WALL)


def is_parked(page: Page) -> bool:
    """Whether a page is that of a name for sale, or of a server without a site."""
    return _says(page, signs.PARKED)


def is_closed(page: Page) -> bool:
    """Whether a page says that its site is shut for a while."""
    return _says(page, signs.CLOSED)


def _says(page: Page, sign: re.Pattern[str]) -> bool:
    return len(page.words) <= 150 and bool(sign.search(f"{page.title}\n{page.heading}\n{page.text}"[:5000]))


def is_login(page: Page, address: str, asked: str) -> bool:
    """Whether a page asks who is there: sent to an address for that, or little but a field for a password."""
    parts, before = urlsplit(address), urlsplit(asked)
    sent = signs.LOGIN.search(f"{parts.hostname}{parts.path}") and not signs.LOGIN.search(
        f"{before.hostname}{before.path}"
    )
    return bool(sent) or (page.password and len(page.words) <= 120)


def is_home(address: str) -> bool:
    """Whether an address is that of a site's first page."""
    parts = urlsplit(address)
    path = re.sub(
        r"^/(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|home|default|accueil)(?:\.\w+)?)?/?$",
        "",
        parts.path or "/",
        flags=re.I,
    )
    return not path and not parts.query
