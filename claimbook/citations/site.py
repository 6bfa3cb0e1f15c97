"""A site's citations from first mark to finished page.

Three steps, whoever drives them (plugin.py for MkDocs, the extension itself for a page alone):

1. while pages are parsed, the extension hands every mark to `Site.cite`, page by page (collect.py);
2. `Site.gather` formats all of them together and learns where each stands;
3. `Site.fill` puts the results into each page, its list of references, and the list of all sources (fill.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Thread

from . import library as libraries
from . import pandoc, styles, tokens
from .cache import Cache, digest
from .collect import Collector, Page, Settings
from .convert import Csl, convert
from .fill import Filler, slug
from .formatting import Formatted, Formatter
from .library import Library
from .marks import scan
from .problems import Problem
from .render import Renderer, Use
from .styles import AUTHOR_DATE, Style, StyleError
from .tokens import SITE

__all__ = ["Settings", "Site"]


class Site(Collector):
    """All that is cited on the pages of a site, and how it looks."""

    def __init__(
        self,
        library: Library,
        style: Style,
        settings: Settings | None = None,
        cache: Cache | None = None,
        renderer: Renderer | None = None,
    ):
        self.style = style
        self.cache = cache or Cache()
        self.renderer = renderer or Renderer()
        self._formatter = Formatter(library, style, self.cache, (settings or Settings()).language)
        self._ahead: Thread | None = None
        super().__init__(library, settings or Settings())

    @classmethod
    def load(cls, bib_files: Iterable[Path], csl_file: Path | None = None, settings: Settings | None = None) -> Site:
        """Return a site that reads these files; raises StyleError for a style that can't be used."""
        settings = settings or Settings()
        return cls(libraries.read(bib_files), styles.load(csl_file, settings.author_date), settings)

    def forget(self) -> None:
        """Begin a build: no page, no mark, no result."""
        self._wait()
        self.formatted = Formatted({}, {})
        self.anchors: dict[tuple[int, int], str] = {}
        self._seen_to = 0
        self._filler = Filler(self)
        super().forget()

    @property
    def in_text(self) -> bool:
        """Whether marks are text in the sentence; otherwise they are numbered notes."""
        return self.style.kind == AUTHOR_DATE

    @cached_property
    def _converted(self) -> tuple[dict[str, Csl], list[Problem]]:
        return convert(list(self.library.entries.values()), self.library, self.cache)

    @property
    def works(self) -> Mapping[str, Csl]:
        """All works as CSL-JSON, without those that pandoc can't read."""
        return self._converted[0]

    def cited_on(self, page: str) -> list[Csl]:
        """Return the works that a page cites as CSL-JSON, in the order in which it first cites them."""
        numbers = self.pages[page].cited if page in self.pages else ()
        keys = dict.fromkeys(key for number in numbers for key in self.cited[number].mark.keys)
        return [self.works[key] for key in keys if key in self.works]

    def format_ahead(self, texts: Iterable[str]) -> None:
        """Begin formatting what a first look at the sources finds, while the pages are still being parsed.

        It only fills the cache: what is cited is decided by the parser, and what this look got wrong costs time.
        """
        texts = list(texts)
        seen = f"seen {digest(texts, list(self.library.entries))}"
        if self.cache.get(seen):
            return
        self.cache.put(seen, True)
        everything = any(self.settings.full_bib_command in text for text in texts)

        def work() -> None:
            bare = self.settings.enable_inline_citations
            marks = [self.known(found.mark) for text in texts if "@" in text for found in scan(text, bare)]
            # Whatever fails here fails again, and is reported, when the pages are gathered.
            with suppress(StyleError, pandoc.PandocError, OSError):
                self._formatter.format(
                    [mark for mark in marks if mark.items], self.library.entries if everything else ()
                )

        self._ahead = Thread(target=work, daemon=True)
        self._ahead.start()

    def _wait(self) -> None:
        if self._ahead:
            self._ahead.join()
        self._ahead = None

    def gather(self, pages: Mapping[str, str | None], titles: Mapping[str, str] | None = None) -> None:
        """Format everything cited. `pages` maps addresses to HTML with marks, in the order of the site.

        A page that wasn't parsed since the last time has None in place of its HTML.
        """
        self._wait()
        self._format()
        self.problems += self.formatted.problems
        if self.full_page is not None or "_converted" in self.__dict__:
            self.problems += self._converted[1]
        if not self.in_text:
            named = {mark.keys[0] for mark in self.marks() if mark.narrative}
            # All authors' names at once; they are kept in the cache.
            convert([self.library.entries[key] for key in sorted(named)], self.library, self.cache)
        # From here on the pages are in the order of the site.
        self.pages = {page: self.pages.get(page) or Page() for page in pages} | self.pages
        for page, html in pages.items():
            if html is not None:
                self._find_uses(page, html, (titles or {}).get(page, ""))
        # What is parsed from here on is no page.
        self.begin(None)
        # A quick preview gathers again without forgetting: who cites what may have changed.
        self._filler = Filler(self)

    def _format(self) -> None:
        keys = self.library.entries if self.full_page is not None else ()
        self.formatted = self._formatter.format(self.marks(), keys)
        self._seen_to = len(self.cited)

    def see_to(self, number: int) -> None:
        """Format what was cited after the pages were gathered, as in an excerpt, once it is met."""
        if number >= self._seen_to:
            self._format()

    def _find_uses(self, page: str, html: str, title: str) -> None:
        """Learn from a page's HTML in which order its marks stand, and under which headings."""
        state = self.pages[page]
        for number, anchor, heading in tokens.marked(html):
            if number >= len(self.cited):
                continue  # a writer's own HTML
            state.cited.append(number)
            for index, item in enumerate(self.cited[number].mark.items):
                uses = state.uses.setdefault(item.key, [])
                if self.in_text:
                    anchor = self.anchors[number, index] = f"cite-{slug(item.key)}-{len(uses) + 1}"
                uses.append(Use(page, title, heading, anchor, item.locator))

    def preview(self, html: str) -> str:
        """Return a page's HTML with the words of its marks and lists in their places, and no links yet.

        A search that reads pages finds all it should, and doesn't wade through the links of long lists.
        """
        return self._filler.preview(html)

    def fill(self, html: str, page: str) -> str:
        """Return a page's HTML with its marks, notes and lists in place."""
        return self._filler.fill(html, page)

    def adopt(self, html: str, page: str) -> str:
        """Return, filled in, a page that another plugin put together of parsed pages, such as the whole site to print.

        Its marks count as its own from here on, and the last of its lists serves them all.
        """
        numbers = [number for number, _, _ in tokens.marked(html) if number < len(self.cited)]
        for number in numbers:
            self.cited[number] = self.cited[number]._replace(page=page)
        lists = tokens.lists(html)
        self.pages[page] = Page(lists={SITE} & lists or lists)
        self._find_uses(page, html, "")
        return self.fill(html, page)
