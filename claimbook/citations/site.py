"""A site's citations from first mark to finished page.

Three steps, whoever drives them (plugin.py for MkDocs, the extension itself for a page alone):

1. while pages are parsed, the extension hands every mark to `Site.cite`, page by page (`Site.begin`);
2. `Site.gather` formats all of them together and learns under which heading each stands;
3. `Site.fill` puts the results into each page, its list of references, and the list of all sources.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape, unescape
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, unquote

from . import library as libraries
from . import styles
from .cache import Cache, digest
from .convert import Csl, convert
from .formatting import Formatted, Formatter
from .library import Library
from .marks import TIMECODE, Mark, scan
from .problems import Problem, hint
from .render import Facts, Renderer, Use, facts, sort_text
from .styles import AUTHOR_DATE, Style

PAGE = "page"
SITE = "site"


@dataclass(frozen=True)
class Settings:
    """The options of mkdocs-bibtex that decide what a page shows, with its defaults, and `author_date`."""

    bib_by_default: bool = True
    bib_command: str = "\\bibliography"
    full_bib_command: str = "\\full_bibliography"
    footnote_format: str = "{key}"
    enable_inline_citations: bool = True
    author_date: bool = False


@dataclass(frozen=True)
class Cited:
    """A mark met on a page. `mark` has only known keys, as recorded; `unknown` are the other keys, as typed."""

    mark: Mark
    page: str
    raw: str
    unknown: tuple[str, ...] = ()


@dataclass
class _PageState:
    cited: list[int] = field(default_factory=list)
    lists: set[str] = field(default_factory=set)


class Site:
    """All that is cited on the pages of a site, and how it looks. `source` names a page's file in messages."""

    def __init__(
        self,
        library: Library,
        style: Style,
        settings: Settings | None = None,
        cache: Cache | None = None,
        renderer: Renderer | None = None,
    ):
        self.library = library
        self.style = style
        self.settings = settings or Settings()
        self.formatter = Formatter(library, style, cache)
        self.renderer = renderer or Renderer()
        self.problems: list[Problem] = []
        self.forget()

    @classmethod
    def load(cls, bib_files: Iterable[Path], csl_file: Path | None = None, settings: Settings | None = None) -> Site:
        """Return a site that reads these files; raises StyleError for a style that can't be used."""
        settings = settings or Settings()
        return cls(libraries.read(bib_files), styles.load(csl_file, settings.author_date), settings)

    def forget(self) -> None:
        """Begin a build: no page, no mark."""
        self.problems = list(self.library.problems)
        self._cited: list[Cited] = []
        self._pages: dict[str, _PageState] = {}
        self._headings: dict[int, tuple[str, str]] = {}
        self._formatted = Formatted({}, {})
        self._uses: dict[str, list[Use]] = {}
        self._full_page: str | None = None
        self._ahead: Thread | None = None
        self._titles: dict[str, str] = {}
        # What a reference looks like, and the ways between pages, are asked for again and again.
        self._shown: dict[str, dict[str, Any]] = {}
        self._known_facts: dict[str, Facts] = {}
        self._ways: dict[tuple[str, str], str] = {}
        self._plain: dict[str, str] = {}
        self.begin("")

    @property
    def in_text(self) -> bool:
        """Whether marks are text in the sentence; otherwise they are numbered notes."""
        return self.style.kind == AUTHOR_DATE

    # -------------------------------------------------------------- 1. while a page is parsed

    def begin(self, page: str, source: str = "", text: str = "") -> None:
        """Say which page is parsed next: its address, the path of its source, the source's text."""
        self._page, self._source, self._text = page, source or page, text
        self._pages[page] = _PageState()
        self._lines: dict[str, list[int]] | None = None

    def cite(self, mark: Mark, raw: str) -> int:
        """Take a mark and return its number on this site; keys that no file has become problems (C01, C02)."""
        strange = [key for key in mark.keys if key not in self.library]
        for key in strange:
            self._report(key)
        unknown = tuple(key for key in strange if not self.library.real_key(key))
        self._cited.append(Cited(self._known(mark), self._page, raw, unknown))
        return len(self._cited) - 1

    def _known(self, mark: Mark) -> Mark:
        """Return the mark with the items whose sources are known, their keys as recorded."""
        if all(key in self.library for key in mark.keys):
            return mark
        real = ((item, self.library.real_key(item.key)) for item in mark.items)
        return replace(mark, items=tuple(replace(item, key=key) for item, key in real if key))

    def knows_bare_word(self, key: str) -> bool:
        """Whether `@key` in a sentence means a source; other words with an at sign are nobody's business."""
        return bool(self.library.real_key(key))

    def place_list(self, kind: str) -> None:
        """Note that this page has a list of references (PAGE) or of all sources (SITE)."""
        self._pages[self._page].lists.add(kind)
        if kind == SITE and self._full_page is None:
            self._full_page = self._page

    def settle_order(self, numbers: list[int]) -> None:
        """Take the order in which the page's marks stand; the parser meets them in another."""
        self._pages[self._page].cited = numbers

    def wants_list(self) -> bool:
        """Whether the page that ends now gets a list of its own at its foot."""
        state = self._pages[self._page]
        cites = any(self._cited[number].mark.items for number in state.cited)
        return cites and self.settings.bib_by_default and not state.lists

    def _report(self, key: str) -> None:
        if self._lines is None:
            self._lines = {}
            for found in scan(self._text):
                for cited in found.mark.keys:
                    self._lines.setdefault(cited, []).append(found.line)
        lines = self._lines.get(key) or [1]
        line = lines.pop(0) if len(lines) > 1 else lines[0]
        self.problems.append(unknown_key(self._source, line, key, self.library))

    # -------------------------------------------------------------- what the extension asks of a numbered note

    def known_items(self, number: int) -> range:
        """Return the positions of a mark's items."""
        return range(len(self._cited[number].mark.items))

    def unknown_words(self, number: int) -> tuple[str, ...]:
        """Return what to show in place of keys that no file has."""
        return tuple(f"(unknown source: {key})" for key in self._cited[number].unknown)

    def named(self, number: int) -> bool:
        """Whether the mark stands for the author's name in the sentence."""
        return self._cited[number].mark.narrative and bool(self._cited[number].mark.items)

    def note_name(self, number: int, index: int) -> tuple[str, ...]:
        """Return what makes a note: the same source at the same place shares one."""
        item = self._cited[number].mark.items[index]
        return (item.key, item.prefix, item.locator)

    def note_id(self, number: int, index: int) -> str:
        """Return a note's name on its page, after the option `footnote_format`."""
        key = self._cited[number].mark.items[index].key
        return re.sub(r"\s+", "-", self.settings.footnote_format.format(key=key, number=number + 1))

    # -------------------------------------------------------------- 2. all pages together

    def format_ahead(self, texts: Iterable[str]) -> None:
        """Begin formatting what a first look at the sources finds, while the pages are still being parsed.

        It only fills the cache: what is cited is decided by the parser, and what this look got wrong costs time.
        """
        texts = list(texts)
        seen = f"seen {digest(texts, list(self.library.entries))}"
        if self.formatter.cache.get(seen):
            return
        self.formatter.cache.put(seen, True)
        everything = any(self.settings.full_bib_command in text for text in texts)

        def work() -> None:
            bare = self.settings.enable_inline_citations
            marks = [self._known(found.mark) for text in texts if "@" in text for found in scan(text, bare)]
            self.formatter.format([mark for mark in marks if mark.items], self.library.entries if everything else ())

        self._ahead = Thread(target=work, daemon=True)
        self._ahead.start()

    def marks(self) -> list[Mark]:
        """Return all marks of the site that cite a known source."""
        return [cited.mark for cited in self._cited if cited.mark.items]

    def gather(self, pages: Mapping[str, str], titles: Mapping[str, str] | None = None) -> None:
        """Format everything cited. `pages` maps addresses to HTML with marks, in the order of the site."""
        if self._ahead:
            self._ahead.join()
        self._titles = dict(titles or {})
        keys = self.library.entries if self._full_page is not None else ()
        self._formatted = self.formatter.format(self.marks(), keys)
        self.problems += self._formatted.problems
        for page, html in pages.items():
            self._headings.update(_headings(html))
        self._uses = {}
        for page in pages:
            counts: dict[str, int] = {}
            for number in self._pages[page].cited if page in self._pages else ():
                for item in self._cited[number].mark.items:
                    counts[item.key] = counts.get(item.key, 0) + 1
                    self._add_use(number, item.key, item.locator, counts[item.key])

    def _add_use(self, number: int, key: str, locator: str, count: int) -> None:
        page = self._cited[number].page
        anchor, heading = self._headings.get(number, ("", ""))
        name = f"cite-{_slug(key)}-{count}" if self.in_text else anchor
        use = Use(page, self._titles.get(page, ""), heading, name, shown_locator(locator), number)
        self._uses.setdefault(key, []).append(use)

    # -------------------------------------------------------------- 3. page by page

    def preview(self, html: str) -> str:
        """Return a page's HTML with the words of its marks and lists in their places, and no links yet.

        A search that reads pages finds all it should, and doesn't wade through the links of long lists.
        """

        def words(match: re.Match[str]) -> str:
            return match[0].replace("></", f">{self._plain_words(match)}</", 1)

        return _TOKEN.sub(words, html) if _has_token(html) else html

    def _plain_words(self, match: re.Match[str]) -> str:
        formatted = self._formatted
        if match["citation"]:
            html = formatted.marks.get(self._cited[int(match["citation"])].mark, "")
        elif match["note"]:
            number, index = map(int, match["note"].split("."))
            html = formatted.references.get(self._cited[number].mark.keys[index], "")
        elif match["list"] == SITE:
            html = "\n".join(html for _, html in sorted(formatted.references.items()))
        else:
            html = ""
        if html not in self._plain:
            self._plain[html] = _TAG.sub("", html)
        return self._plain[html]

    def fill(self, html: str, page: str) -> str:
        """Return a page's HTML with its marks, notes and lists in place."""
        seen: dict[str, int] = {}

        def put(match: re.Match[str]) -> str:
            if match["citation"]:
                return self._citation(int(match["citation"]), page, seen)
            if match["note"]:
                number, index = match["note"].split(".")
                return self._note(int(number), int(index))
            if match["author"]:
                return escape(self._author(int(match["author"])))
            block = match["tag"] == "div" or bool(match["open"] and match["close"])
            return self._list(match["list"], page, block)

        return _TOKEN.sub(put, html) if _has_token(html) else html

    def _citation(self, number: int, page: str, seen: dict[str, int]) -> str:
        cited = self._cited[number]
        html = self._formatted.marks.get(cited.mark, "") if cited.mark.items else ""
        locators = {item.key: item.locator for item in cited.mark.items}
        parts: list[dict[str, Any]] = []
        for before, key, text in _links(html):
            parts.append({"html": before})
            if key in locators:
                seen[key] = seen.get(key, 0) + 1
                name = f"cite-{_slug(key)}-{seen[key]}" if cited.page == page else ""
                target = self._target(key, page)
                parts.append({"html": text, "id": name, "href": target, "locator": shown_locator(locators[key])})
            else:
                parts.append({"html": text})
        return self.renderer.citation(parts, self.unknown_words(number))

    def _target(self, key: str, page: str) -> str:
        """Return where a citation leads: the page's own list, else the list of all sources, else nowhere."""
        state = self._pages.get(page)
        if state and (state.lists or (self.settings.bib_by_default and state.cited)):
            return f"#ref-{quote(_slug(key))}"
        if self._full_page is not None:
            return f"{relative(self._full_page, page)}#ref-{quote(_slug(key))}"
        return ""

    def _note(self, number: int, index: int) -> str:
        item = self._cited[number].mark.items[index]
        reference = self._formatted.references.get(item.key) or ""
        return self.renderer.note(reference, item.prefix, shown_locator(item.locator))

    def _author(self, number: int) -> str:
        return short_author(self.works.get(self._cited[number].mark.items[0].key, {}))

    def _list(self, kind: str, page: str, alone: bool) -> str:
        html = self._all_sources(page) if kind == SITE else self._page_references(page)
        # A list inside a sentence's paragraph would be no valid HTML: the paragraph ends before it.
        return html if alone or not html else self.renderer.between_paragraphs(html)

    def _page_references(self, page: str) -> str:
        state = self._pages.get(page)
        if not state or not self.in_text or SITE in state.lists:
            return ""
        keys = {key for number in state.cited for key in self._cited[number].mark.keys}
        here = {key: [use for use in self._uses.get(key, ()) if use.page == page] for key in keys}
        entries = [self._entry(key, page, uses) for key, uses in here.items()]
        full = relative(self._full_page, page) if self._full_page is not None else ""
        return self.renderer.references(sorted(entries, key=lambda entry: entry["sort"]), full)

    def _all_sources(self, page: str) -> str:
        entries = []
        for key, entry in self.library.entries.items():
            shown = self._entry(key, page, self._uses.get(key, []))
            entries.append(shown | {"facts": self._facts(key), "work": self.works.get(key, {}), "raw": entry.raw.strip()})
        return self.renderer.sources(sorted(entries, key=lambda entry: entry["sort"]))

    def _entry(self, key: str, page: str, uses: list[Use]) -> dict[str, Any]:
        if key not in self._shown:
            reference = self._formatted.references.get(key) or escape(key)
            body = self.renderer.reference(reference, self._facts(key))
            self._shown[key] = {"id": f"ref-{_slug(key)}", "body": body, "sort": sort_text(reference, key)}
        return self._shown[key] | {"uses": [(use, self._way(use, page)) for use in uses]}

    def _way(self, use: Use, page: str) -> str:
        way = self._ways.get((use.page, page))
        if way is None:
            way = self._ways[use.page, page] = relative(use.page, page)
        return way + (f"#{quote(use.anchor)}" if use.anchor else "")

    def _facts(self, key: str) -> Facts:
        if key not in self._known_facts:
            self._known_facts[key] = facts(self.library.entries[key])
        return self._known_facts[key]

    @cached_property
    def works(self) -> dict[str, Csl]:
        """All works as CSL-JSON."""
        works, problems = convert(list(self.library.entries.values()), self.library, self.formatter.cache)
        self.problems += problems
        return works

    @property
    def uncited(self) -> list[str]:
        """Keys recorded and cited nowhere, in the order of the files."""
        cited = {key for mark in self.marks() for key in mark.keys}
        return [key for key in self.library.entries if key not in cited]


# All tokens begin with "<" outside any group: the regular expression engine then skips from tag to tag.
_TOKEN = re.compile(
    r'<(?:span data-(?:citation="(?P<citation>\d+)"|note="(?P<note>\d+\.\d+)"|author="(?P<author>\d+)")>[^<]*</span>'
    r'|(?P<open>p><)?(?P<tag>span|div) data-references="(?P<list>page|site)">[^<]*</(?P=tag)>(?P<close></p>)?)'
)
_TAG = re.compile(r"<[^>]*>")
_HEADING = re.compile(r'<h[1-6][^>]*?\bid="(?P<id>[^"]*)"[^>]*>(?P<text>.*?)</h[1-6]>', re.S)
_CITED = re.compile(r'data-citation="(\d+)"')
_LINK = re.compile(r'<a href="#ref-([^"]*)"[^>]*>(.*?)</a>', re.S)


def _has_token(html: str) -> bool:
    return "<span data-" in html or "data-references=" in html


def _headings(html: str) -> dict[int, tuple[str, str]]:
    """Return for each mark in a page the id and the text of the heading it stands under."""
    result: dict[int, tuple[str, str]] = {}
    headings = [(match.start(), unescape(match["id"]), _plain(match["text"])) for match in _HEADING.finditer(html)]
    current = ("", "")
    for match in _CITED.finditer(html):
        while headings and headings[0][0] < match.start():
            current = headings.pop(0)[1:]
        result[int(match[1])] = current
    return result


def _plain(html: str) -> str:
    return unescape(re.sub(r"<a [^>]*headerlink[^>]*>.*?</a>|<sup.*?</sup>|<[^>]*>", "", html)).replace("¶", "").strip()


def _links(html: str) -> Iterable[tuple[str, str, str]]:
    """Yield the pieces of the engine's HTML for a mark: text before a link, the key it leads to, the link's text."""
    html = html.removeprefix('<span class="citation">').removesuffix("</span>")
    position = 0
    for match in _LINK.finditer(html):
        yield html[position : match.start()], unescape(unquote(match[1])), match[2]
        position = match.end()
    yield html[position:], "", ""


def _slug(key: str) -> str:
    """Return a key as part of an id: an id may hold anything but white space."""
    return re.sub(r"\s", "-", key)


def shown_locator(locator: str) -> str:
    """Return a locator as printed: ranges with an en dash."""
    return TIMECODE.sub(lambda code: re.sub(r"\s*-\s*", "–", code[0]), re.sub(r"(?<=\d)-(?=\d)", "–", locator))


def short_author(work: Mapping[str, Any]) -> str:
    """Return the name by which a sentence speaks of a work: family names, at most two, or the title."""
    people = next((work[role] for role in ("author", "editor", "translator") if work.get(role)), [])
    names = [" ".join(filter(None, (person.get("non-dropping-particle"), person.get("family")))) or
             person.get("literal") or person.get("given") or "" for person in people]  # fmt: skip
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names) or str(work.get("title-short") or work.get("title") or work.get("id") or "")


def relative(target: str, page: str) -> str:
    """Return the way from one page's address to another's, both relative to the site's root."""
    if target == page:
        return ""
    start = page if page.endswith("/") or not page else posixpath.dirname(page)
    path = posixpath.relpath(target or ".", start.rstrip("/") or ".")
    return path + "/" if (target.endswith("/") or not target) and path not in (".", "") else ("./" if path == "." else path)


def unknown_key(path: str, line: int, key: str, library: Library) -> Problem:
    """Return the problem of a key that no file has (C01), or has in another case (C02)."""
    real = library.real_key(key)
    if real:
        place = library.entries[real].place
        return Problem(path, line, "C02", f'"{key}" is written "{real}" in {place}; upper and lower case count.')
    message = f'no entry with the key "{key}" is in the bibliography.{hint(key, library.entries)}'
    return Problem(path, line, "C01", message)
