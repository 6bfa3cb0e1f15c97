"""What the pages of a site cite, noted while they are parsed, and what was wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from .library import Library, unknown_key
from .marks import Mark, scan
from .parts import part
from .problems import Problem
from .render import Use
from .tokens import SITE


@dataclass(frozen=True)
class Settings:
    """The options of mkdocs-bibtex that decide what a page shows, with its defaults, and `author_date`."""

    bib_by_default: bool = True
    bib_command: str = "\\bibliography"
    full_bib_command: str = "\\full_bibliography"
    footnote_format: str = "{key}"
    enable_inline_citations: bool = True
    author_date: bool = False
    language: str = "en"
    """The pages' own (BCP 47): titles in others say so, and a style that names none speaks it."""


class Cited(NamedTuple):
    """A mark met on a page. `mark` has only known keys, as recorded; `unknown` are the other keys, as typed."""

    mark: Mark
    page: str | None
    unknown: tuple[str, ...] = ()


@dataclass
class Page:
    """A page: the lists that a writer asked for, the numbers of its marks and its uses of each source as they stand."""

    lists: set[str] = field(default_factory=set)
    cited: list[int] = field(default_factory=list)
    uses: dict[str, list[Use]] = field(default_factory=dict)
    own_list: bool = True
    """Whether it may end with a list of its own that no writer asked for."""


class Collector:
    """The marks of a site in the order in which the parser meets them, and the pages on which it does.

    `source` names a page's file in messages. What the extension needs to know of a mark, it asks here by its number.
    """

    def __init__(self, library: Library, settings: Settings):
        self.library = library
        self.settings = settings
        self.forget()

    def forget(self) -> None:
        """Begin a build: no page, no mark."""
        self.problems: list[Problem] = list(self.library.problems)
        self.cited: list[Cited] = []
        self.pages: dict[str, Page] = {}
        self.full_page: str | None = None
        #: Where the list of all sources is divided (parts.py): its parts, and the pages that hold them.
        self.parts: dict[str, str] = {}
        self.begin("")

    def begin(self, page: str | None, source: str = "", text: Callable[[], str] = str, own_list: bool = True) -> None:
        """Say which page is parsed next: its address, the path of its source, and how to get the source's text.

        Without an address what comes is no page: an excerpt, or a text that another plugin turns into HTML. Without a
        list of its own, its marks lead to the list of all sources.
        """
        self._page, self._source, self._text = page, source or page or "", text
        self._state = Page(own_list=own_list)
        self._lines: dict[str, list[int]] | None = None
        if page is not None:
            self.pages[page] = self._state
            if source:
                self.problems = [problem for problem in self.problems if problem.path != source]

    def cite(self, mark: Mark) -> int:
        """Take a mark and return its number on this site; keys that no file has become problems (C01, C02)."""
        strange = [key for key in mark.keys if key not in self.library.entries]
        if strange:
            for key in strange if self._page is not None else ():
                self._report(key)
            mark = self.known(mark)
            strange = [key for key in strange if not self.library.real_key(key)]
        self.cited.append(Cited(mark, self._page, tuple(strange)))
        return len(self.cited) - 1

    def known(self, mark: Mark) -> Mark:
        """Return the mark with the items whose sources are known, their keys as recorded."""
        real = ((item, self.library.real_key(item.key)) for item in mark.items)
        return mark._replace(items=tuple(item._replace(key=key) for item, key in real if key))

    def knows_bare_word(self, key: str) -> bool:
        """Whether `@key` in a sentence means a source; other words with an at sign are nobody's business."""
        return bool(self.library.real_key(key))

    def place_list(self, kind: str) -> None:
        """Note that this page has a list of references (PAGE) or of all sources (SITE)."""
        self._state.lists.add(kind)
        if kind == SITE and self.full_page is None:
            self.full_page = self._page

    def wants_list(self, numbers: Iterable[int]) -> bool:
        """Whether the page that ends now, with these marks, gets a list of its own at its foot."""
        cites = any(self.cited[number].mark.items for number in numbers)
        by_default = self.settings.bib_by_default and self._state.own_list
        return cites and by_default and not self._state.lists and self._page is not None

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
        return range(len(self.cited[number].mark.items))

    def unknown_words(self, number: int) -> tuple[str, ...]:
        """Return what to show in place of keys that no file has."""
        return tuple(f"(unknown source: {key})" for key in self.cited[number].unknown)

    def named(self, number: int) -> bool:
        """Whether the mark stands for the author's name in the sentence."""
        return self.cited[number].mark.narrative and bool(self.cited[number].mark.items)

    def note_name(self, number: int, index: int) -> tuple[str, ...]:
        """Return what makes a note: the same source at the same place shares one."""
        item = self.cited[number].mark.items[index]
        return (item.key, item.prefix, item.locator)

    def note_id(self, number: int, index: int) -> str:
        """Return a note's name on its page, after the option `footnote_format`."""
        key = self.cited[number].mark.items[index].key
        return re.sub(r"\s+", "-", self.settings.footnote_format.format(key=key, number=number + 1))

    # -------------------------------------------------------------- what stands where

    def marks(self) -> list[Mark]:
        """Return all marks of the site that cite a known source."""
        return [cited.mark for cited in self.cited if cited.mark.items]

    def entry_page(self, key: str) -> str | None:
        """Return the page on which all that is known of a source stands, or None where the site has none."""
        return self.parts.get(part(key, self.parts)) if self.parts else self.full_page

    def has_list(self, page: str) -> bool:
        """Whether a page, once its marks are known, shows references of its own."""
        state = self.pages.get(page)
        if state is None:
            return False
        return bool(state.lists or (self.settings.bib_by_default and state.own_list and state.cited))
