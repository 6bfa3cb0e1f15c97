"""The Python-Markdown extension: finds citations while the page is parsed, and puts them into the page.

The parser itself decides what is code, a comment, a link or an escaped bracket, so those are left alone without any
guess of ours. Each mark found is handed to a `Site` (site.py), which numbers it; the page carries an empty element
with that number until the site's citations are formatted together. Used outside a site generator, the extension
makes a site of one page and fills it in at once:

    markdown.markdown(text, extensions=[CitationsExtension(bib_file="refs.bib", style="author-date")])
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as etree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension, FootnotePostprocessor
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from . import marks
from .commands import Commands, list_token, make_block
from .notes import Notes
from .site import Settings, Site
from .tokens import AUTHOR, LIST, MARK, NUMBERED, PAGE


class CitationsExtension(Extension):
    """Options: `site`, a Site shared by many pages; or else `bib_file`, `csl_file` and `style` for a page alone."""

    def __init__(self, site: Site | None = None, **kwargs: Any):
        self.site = site
        self.config = {
            "bib_file": ["", "path of a .bib file"],
            "csl_file": ["", "path of a CSL style"],
            "style": ["", "author-date for text in the sentence in pandoc's own style"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the parts; the numbers are places in Python-Markdown's own order, explained at each part."""
        alone = self.site is None
        site = self.site or self._site_of_one_page()
        # After fenced code (25) is put away, before HTML blocks (20): a command may look like a comment or a tag.
        md.preprocessors.register(Commands(md, site), "citations-commands", 22)
        # After links (160) and defined references (130): brackets that mean a link are a link's. A text without any
        # link is read before them (170), which spares each bracket five vain tries.
        md.inlinePatterns.register(_Mark(md, site), "citations", 128)
        md.inlinePatterns.register(_MarkWithoutLinks(md, site), "citations-early", 172)
        # After inline parsing (20) and before footnotes count their marks (15).
        md.treeprocessors.register(_Settle(md, site), "citations", 17)
        # A backslash before the sign takes its meaning away, as in Pandoc.
        md.ESCAPED_CHARS.append("@")
        if alone:
            fill_in = _FillIn(md, site)
            md.treeprocessors.register(_PageEnds(md, fill_in), "citations-end", -100)
            md.postprocessors.register(fill_in, "citations", -10)
        # The footnotes' own last step, which turns its place holders into the arrow, also serves our notes.
        if not any(isinstance(extension, FootnoteExtension) for extension in md.registeredExtensions):
            md.postprocessors.register(FootnotePostprocessor(FootnoteExtension()), "footnote", 25)

    def _site_of_one_page(self) -> Site:
        files = [Path(self.getConfig("bib_file"))] if self.getConfig("bib_file") else []
        csl = self.getConfig("csl_file")
        settings = Settings(author_date=self.getConfig("style") == "author-date")
        return Site.load(files, Path(csl) if csl else None, settings)


#: An escaped sign, as Python-Markdown keeps it until the end: its number between two control characters.
_ESCAPED = re.compile(f"{STX}(\\d+){ETX}")


class _Finder:
    """A regular expression that isn't tried on a text without the sign: most have none.

    Of a paragraph of 550 characters that takes 0.3 µs in place of 6, which is a hundredth of a whole build.
    """

    def __init__(self, pattern: re.Pattern[str]):
        self.pattern = pattern

    def finditer(self, text: str, start: int) -> Iterable[re.Match[str]]:
        return self.pattern.finditer(text, start) if "@" in text else ()


class _Mark(InlineProcessor):
    """Brackets with a citation, or a bare word that names a source. Text inside a link is the link's."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown, site: Site):
        bare = f"|{marks.NARRATIVE.pattern}" if site.settings.enable_inline_citations else ""
        super().__init__(f"{marks.BRACKETS.pattern}{bare}|{marks.TAG.pattern}", md)
        self.site = site
        self.finder = _Finder(self.compiled_re)

    def getCompiledRegExp(self) -> _Finder:
        """Return what finds matches; the parser asks it for nothing else."""
        return self.finder

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:
        mark = None
        if m[1] is not None:
            mark = marks.parse(self._typed(m[1]))
        elif m[0][0] == "@" and self.site.knows_bare_word(m["braced"] or m["plain"]):
            mark = marks.bare(m)
        if mark is None:
            return None, None, None
        return etree.Element("span", {MARK: str(self.site.cite(mark))}), m.start(0), m.end(0)

    def _typed(self, text: str) -> str:
        """Return a text as it was typed, for the citation engine, which reads Markdown too."""
        if STX not in text:
            return text
        return _ESCAPED.sub(lambda sign: f"\\{chr(int(sign[1]))}", self.unescape(text))


class _MarkWithoutLinks(_Mark):
    """The same, where the text around can hold no link."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:
        if "](" in data or "][" in data or self.md.references:
            return None, None, None
        return super().handleMatch(m, data)


class _Settle(Treeprocessor):
    """Ends a page: numbered notes get their numbers and their list, other pages a place for their references."""

    def __init__(self, md: Markdown, site: Site):
        super().__init__(md)
        self.site = site

    def run(self, root: etree.Element) -> None:
        spans = list(root.iter("span"))
        cited = [element for element in spans if MARK in element.attrib]
        for element in spans:
            if LIST in element.attrib:
                make_block(root, element)
        if not self.site.in_text:
            self._number(root, cited)
        elif self.site.wants_list(int(element.attrib[MARK]) for element in cited):
            root.append(list_token("div", PAGE))

    def _number(self, root: etree.Element, cited: list[etree.Element]) -> None:
        notes = Notes(self.md, self.site, root) if cited else None
        for element in cited:
            number = int(element.attrib.pop(MARK))
            element.set("class", "citation")
            element.set(NUMBERED, str(number))
            if self.site.named(number):
                etree.SubElement(element, "span", {AUTHOR: str(number)})
            for index in self.site.known_items(number):
                element.append(notes.mark(number, index))
            for word in self.site.unknown_words(number):
                if len(element):
                    element[-1].tail = " "
                etree.SubElement(element, "span", {"class": "citation-unknown"}).text = word


class _FillIn(Postprocessor):
    """For a page alone: format and fill in at once, when the whole page is there."""

    def __init__(self, md: Markdown, site: Site):
        super().__init__(md)
        self.site = site
        self.page_ended = False

    def run(self, text: str) -> str:
        # The table of contents runs all postprocessors over each heading before the page is whole.
        if not self.page_ended:
            return text
        self.page_ended = False
        self.site.gather({"": text})
        html = self.site.fill(text, "")
        # The next page, if the same parser reads one, is alone as well.
        self.site.forget()
        return html


class _PageEnds(Treeprocessor):
    """The last to see the tree: what comes after it is the whole page."""

    def __init__(self, md: Markdown, fill_in: _FillIn):
        super().__init__(md)
        self.fill_in = fill_in

    def run(self, root: etree.Element) -> None:
        self.fill_in.page_ended = True


def makeExtension(**kwargs: Any) -> CitationsExtension:
    """Python-Markdown's way in by name."""
    return CitationsExtension(**kwargs)
