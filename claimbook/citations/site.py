"""A site's citations from first mark to finished page.

Three steps, whoever drives them (plugin.py for MkDocs, the extension itself for a page alone):

1. while pages are parsed, the extension hands every mark to `Site.cite`, page by page (`Site.begin`);
2. `Site.gather` formats all of them together and learns where each stands;
3. `Site.fill` puts the results into each page, its list of references, and the list of all sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

from . import library as libraries
from . import pandoc, styles, tokens
from .cache import Cache, digest
from .convert import Csl, convert, entry_name
from .formatting import Formatted, Formatter
from .library import Library, unknown_key
from .marks import Mark, scan
from .problems import Problem
from .render import Renderer, Use, facts, place, sort_text
from .styles import AUTHOR_DATE, Style, StyleError
from .tokens import SITE, Token


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
    page: str | None
    unknown: tuple[str, ...] = ()


@dataclass
class _Page:
    """A page: the numbers of its marks in the order in which they stand, and the lists that a writer asked for."""

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
        self._ahead: Thread | None = None
        self.forget()

    @classmethod
    def load(cls, bib_files: Iterable[Path], csl_file: Path | None = None, settings: Settings | None = None) -> Site:
        """Return a site that reads these files; raises StyleError for a style that can't be used."""
        settings = settings or Settings()
        return cls(libraries.read(bib_files), styles.load(csl_file, settings.author_date), settings)

    def forget(self) -> None:
        """Begin a build: no page, no mark."""
        if self._ahead:
            self._ahead.join()
        self._ahead = None
        self.problems: list[Problem] = list(self.library.problems)
        self._cited: list[Cited] = []
        self._pages: dict[str, _Page] = {}
        self._full_page: str | None = None
        self._formatted = Formatted({}, {})
        self._gathered = 0
        self._titles: Mapping[str, str] = {}
        self._uses: dict[str, list[Use]] = {}
        self._anchors: dict[tuple[int, int], str] = {}
        self._shown: dict[str, dict[str, Any]] = {}
        self._ways: dict[tuple[str, str], str] = {}
        self._plain: dict[str, str] = {}
        self.begin("")

    @property
    def in_text(self) -> bool:
        """Whether marks are text in the sentence; otherwise they are numbered notes."""
        return self.style.kind == AUTHOR_DATE

    # -------------------------------------------------------------- 1. while a page is parsed

    def begin(self, page: str | None, source: str = "", text: Callable[[], str] = str) -> None:
        """Say which page is parsed next: its address, the path of its source, and how to get the source's text.

        Without an address what comes is no page: an excerpt, or a text that another plugin turns into HTML.
        """
        self._page, self._source, self._text = page, source or page or "", text
        self._state = _Page()
        self._lines: dict[str, list[int]] | None = None
        if page is not None:
            self._pages[page] = self._state

    def cite(self, mark: Mark) -> int:
        """Take a mark and return its number on this site; keys that no file has become problems (C01, C02)."""
        strange = [key for key in mark.keys if key not in self.library.entries]
        if strange:
            for key in strange if self._page is not None else ():
                self._report(key)
            mark = self._known(mark)
            strange = [key for key in strange if not self.library.real_key(key)]
        self._cited.append(Cited(mark, self._page, tuple(strange)))
        return len(self._cited) - 1

    def _known(self, mark: Mark) -> Mark:
        """Return the mark with the items whose sources are known, their keys as recorded."""
        real = ((item, self.library.real_key(item.key)) for item in mark.items)
        return replace(mark, items=tuple(replace(item, key=key) for item, key in real if key))

    def knows_bare_word(self, key: str) -> bool:
        """Whether `@key` in a sentence means a source; other words with an at sign are nobody's business."""
        return bool(self.library.real_key(key))

    def place_list(self, kind: str) -> None:
        """Note that this page has a list of references (PAGE) or of all sources (SITE)."""
        self._state.lists.add(kind)
        if kind == SITE and self._full_page is None:
            self._full_page = self._page

    def wants_list(self, numbers: Iterable[int]) -> bool:
        """Whether the page that ends now, with these marks, gets a list of its own at its foot."""
        cites = any(self._cited[number].mark.items for number in numbers)
        return cites and self.settings.bib_by_default and not self._state.lists and self._page is not None

    def _report(self, key: str) -> None:
        if self._lines is None:
            self._lines = {}
            for found in scan(self._text()):
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
            # Whatever fails here fails again, and is reported, when the pages are gathered.
            with suppress(StyleError, pandoc.PandocError, OSError):
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
        self._titles = titles or {}
        self._uses, self._anchors = {}, {}
        self._format()
        self.problems += self._formatted.problems
        if self._full_page is not None or "_converted" in self.__dict__:
            self.problems += self._converted[1]
        if not self.in_text:
            named = {mark.keys[0] for mark in self.marks() if mark.narrative}
            # All authors' names at once; they are kept in the cache.
            convert([self.library.entries[key] for key in sorted(named)], self.library, self.formatter.cache)
        for page, html in pages.items():
            self._find_uses(page, html)
        # What is parsed from here on is no page.
        self.begin(None)

    def _format(self) -> None:
        keys = self.library.entries if self._full_page is not None else ()
        self._formatted = self.formatter.format(self.marks(), keys)
        self._gathered = len(self._cited)

    def _find_uses(self, page: str, html: str) -> None:
        """Learn from a page's HTML in which order its marks stand, and under which headings."""
        state = self._pages.setdefault(page, _Page())
        counts: dict[str, int] = {}
        title = self._titles.get(page, "")
        for number, anchor, heading in tokens.marked(html):
            if number >= len(self._cited):
                continue  # a writer's own HTML
            state.cited.append(number)
            for index, item in enumerate(self._cited[number].mark.items):
                if self.in_text:
                    count = counts[item.key] = counts.get(item.key, 0) + 1
                    anchor = self._anchors[number, index] = f"cite-{_slug(item.key)}-{count}"
                self._uses.setdefault(item.key, []).append(Use(page, title, heading, anchor, item.locator, number))

    # -------------------------------------------------------------- 3. page by page

    def preview(self, html: str) -> str:
        """Return a page's HTML with the words of its marks and lists in their places, and no links yet.

        A search that reads pages finds all it should, and doesn't wade through the links of long lists.
        """
        return tokens.replace(html, lambda token: token.with_words(self._words(token)))

    def _words(self, token: Token) -> str:
        references = self._formatted.references
        if token.kind == tokens.LIST:
            html = "\n".join(html for _, html in sorted(references.items())) if token.value == SITE else ""
        elif not 0 <= (number := token.number) < len(self._cited):
            return ""
        elif token.kind == tokens.MARK:
            html = self._formatted.marks.get(self._cited[number].mark, "")
        elif token.kind == tokens.AUTHOR:
            html = escape(self._author(number))
        else:
            html = references.get(self._cited[number].mark.keys[token.index], "")
        if html not in self._plain:
            self._plain[html] = tokens.plain(html)
        return self._plain[html]

    def fill(self, html: str, page: str) -> str:
        """Return a page's HTML with its marks, notes and lists in place."""
        seen: set[str] = set()

        def put(token: Token) -> str:
            first = token.value not in seen
            seen.add(token.value)
            if token.kind == tokens.LIST:
                return self._list(token.value, page) if first else ""
            number = token.number
            if not 0 <= number < len(self._cited) or (token.kind == tokens.MARK) != self.in_text:
                return token.html  # a writer's own HTML
            if number >= self._gathered:
                self._format()
            if token.kind == tokens.MARK:
                return self._citation(number, page, first)
            if token.kind == tokens.AUTHOR:
                return escape(self._author(number))
            return self._note(number, token.index)

        return tokens.replace(html, put)

    def _citation(self, number: int, page: str, first: bool) -> str:
        """Return a mark; it can be linked back to where it is met first on its own page."""
        cited = self._cited[number]
        lost = [key for key in cited.mark.keys if key in self._formatted.unreadable]
        unknown = (*map(_unreadable, lost), *self.unknown_words(number))
        state = self._pages.get(page)
        listed = state is not None and (state.lists or (self.settings.bib_by_default and state.cited))
        here = first and cited.page == page
        if here and listed and not unknown:
            html = self._kept_citation(cited.mark)
        else:
            anchor = _ANCHOR if here and (listed or self._full_page is not None) else ""
            html = self.renderer.citation(self._parts(cited.mark, lambda key: self._target(key, page), anchor), unknown)
        for index in range(len(cited.mark.items)):
            html = html.replace(_ANCHOR.format(index), escape(self._anchors.get((number, index), "")))
        return html

    def _kept_citation(self, mark: Mark) -> str:
        """Return a mark that leads to its page's own list, with signs for its ids; nearly all marks are such."""
        name = f"{self.renderer.digest} {self._formatted.names[mark]}"
        kept = self.formatter.cache.get(name)
        if kept is None:
            kept = str(self.renderer.citation(self._parts(mark, _own_reference, _ANCHOR), ()))
            self.formatter.cache.put(name, kept)
        return kept

    def _parts(self, mark: Mark, target: Callable[[str], str], anchor: str = "") -> list[dict[str, str]]:
        """Return the bits of a mark: text, and links with where they lead, the place cited and, if asked for, an id."""
        waiting = list(enumerate(mark.items))
        parts: list[dict[str, str]] = []
        for before, key, text in tokens.links(self._formatted.marks.get(mark, "")):
            if before:
                parts.append({"html": before})
            # The engine may sort a mark's items, but keeps the order of those with the same key.
            found = next((entry for entry in waiting if entry[1].key == key), None) if key else None
            if found:
                waiting.remove(found)
                index, item = found
                locator = place(item.locator).striptags()
                parts.append({"html": text, "href": target(key), "locator": locator, "id": anchor.format(index)})
            elif text:
                parts.append({"html": text})
        # What the engine printed no link for can be linked back to all the same.
        return parts + [{"html": "", "id": anchor.format(index)} for index, _ in waiting if anchor]

    def _target(self, key: str, page: str) -> str:
        """Return where a citation leads: the page's own list, else the list of all sources, else nowhere."""
        state = self._pages.get(page)
        if state and (state.lists or (self.settings.bib_by_default and state.cited)):
            return _own_reference(key)
        return f"{self._way(self._full_page, page)}{_own_reference(key)}" if self._full_page is not None else ""

    def _note(self, number: int, index: int) -> str:
        item = self._cited[number].mark.items[index]
        lost = item.key in self._formatted.unreadable
        reference = escape(_unreadable(item.key)) if lost else self._reference(item.key)
        return self.renderer.note(reference, item.prefix, item.locator)

    def _reference(self, key: str) -> str:
        # A style may print no references at all.
        return self._formatted.references.get(key) or escape(key)

    def _author(self, number: int) -> str:
        key = self._cited[number].mark.keys[0]
        works, _ = convert([self.library.entries[key]], self.library, self.formatter.cache)
        return short_author(works.get(key, {"id": key}))

    def _list(self, kind: str, page: str) -> str:
        return self._all_sources(page) if kind == SITE else self._page_references(page)

    def _page_references(self, page: str) -> str:
        state = self._pages.get(page)
        if not state or not self.in_text or SITE in state.lists:
            return ""
        keys = {key for number in state.cited for key in self._cited[number].mark.keys}
        here = {key: [use for use in self._uses.get(key, ()) if use.page == page] for key in keys}
        entries = [self._entry(key, page, uses) for key, uses in here.items()]
        full = self._way(self._full_page, page) if self._full_page is not None else ""
        return self.renderer.references(sorted(entries, key=lambda entry: entry["sort"]), full, bool(state.lists))

    def _all_sources(self, page: str) -> str:
        entries = [
            self._entry(key, page, self._uses.get(key, [])) | {"record": self._record(key)} for key in self.library.entries
        ]
        return self.renderer.sources(sorted(entries, key=lambda entry: entry["sort"]))

    def _entry(self, key: str, page: str, uses: list[Use]) -> dict[str, Any]:
        """Return all that a list shows of a source, with the places that cite it and the ways to them from a page."""
        if key not in self._shown:
            self._shown[key] = self._look(key)
        ways = [(use, self._way(use.page, page) + (f"#{quote(use.anchor)}" if use.anchor else "")) for use in uses]
        return self._shown[key] | {"uses": ways}

    def _look(self, key: str) -> dict[str, Any]:
        made_of = self._formatted.names.get(key) or f"unread {key} {entry_name(self.library.entries[key], self.library)}"
        name = f"{self.renderer.digest} {made_of}"
        source = self.formatter.cache.get(name)
        if source is None:
            reference, known = self._reference(key), facts(self.library.entries[key])
            source = {
                "id": f"ref-{_slug(key)}",
                "fragment": _own_reference(key),
                "body": self.renderer.reference(reference, known),
                "sort": list(sort_text(reference, key)),
                "kind": known.kind,
                "language": known.language,
                "year": known.year,
            }
            self.formatter.cache.put(name, source)
        return source

    def _record(self, key: str) -> str:
        entry = self.library.entries[key]
        name = f"{self.renderer.digest} record {entry_name(entry, self.library)}"
        record = self.formatter.cache.get(name)
        if record is None:
            record = self.renderer.record(entry.raw.strip(), self.works.get(key, {}))
            self.formatter.cache.put(name, record)
        return record

    def _way(self, target: str, page: str) -> str:
        way = self._ways.get((target, page))
        if way is None:
            way = self._ways[target, page] = relative(target, page)
        return way

    @cached_property
    def _converted(self) -> tuple[dict[str, Csl], list[Problem]]:
        return convert(list(self.library.entries.values()), self.library, self.formatter.cache)

    @property
    def works(self) -> Mapping[str, Csl]:
        """All works as CSL-JSON, without those that pandoc can't read."""
        return self._converted[0]

    def cited_on(self, page: str) -> list[Csl]:
        """Return the works that a page cites as CSL-JSON, in the order in which it first cites them."""
        numbers = self._pages[page].cited if page in self._pages else ()
        keys = dict.fromkeys(key for number in numbers for key in self._cited[number].mark.keys)
        return [self.works[key] for key in keys if key in self.works]

    @property
    def uncited(self) -> list[str]:
        """Keys recorded and cited nowhere, in the order of the files."""
        cited = {key for mark in self.marks() for key in mark.keys}
        return [key for key in self.library.entries if key not in cited]


#: Stands for an id where the id isn't known yet: its item's position between signs that no text can hold.
_ANCHOR = "\x1e{}\x1e"


def _own_reference(key: str) -> str:
    return f"#ref-{quote(_slug(key))}"


def _unreadable(key: str) -> str:
    return f"(unreadable source: {key})"


def _slug(key: str) -> str:
    """Return a key as part of an id: an id may hold anything but white space."""
    return re.sub(r"\s", "-", key)


def short_author(work: Mapping[str, Any]) -> str:
    """Return the name by which a sentence speaks of a work: family names, at most two, or the title."""
    people = next((work[role] for role in ("author", "editor", "translator", "director") if work.get(role)), [])
    names = [" ".join(filter(None, (person.get("non-dropping-particle"), person.get("family")))) or
             person.get("literal") or person.get("given") or "" for person in people]  # fmt: skip
    if len(names) > 2 or names[-1:] == ["others"]:
        return f"{names[0]} et al."
    title = work.get("title-short") or work.get("title") or work.get("id") or ""
    return " and ".join(names) or tokens.plain(str(title))


def relative(target: str, page: str) -> str:
    """Return the way from one page's address to another's, both relative to the site's root."""
    if target == page:
        return ""
    here, there = page.split("/")[:-1], target.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:]) or "./"
