"""The Python-Markdown extension: finds citations while the page is parsed, and puts them into the page.

The parser itself decides what is code, a comment, a link or an escaped bracket, so those are left alone without any
guess of ours. Each mark found is handed to a `Site` (site.py), which numbers it; the page carries an empty element
with that number until the site's citations are formatted together. Used outside a site generator, the extension
makes a site of one page and fills it in at once:

    markdown.markdown(text, extensions=[CitationsExtension(bib_file="refs.bib", style="author-date")])
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as etree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FN_BACKLINK_TEXT, NBSP_PLACEHOLDER, FootnoteExtension, FootnotePostprocessor
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from . import marks
from .site import Settings, Site
from .tokens import AUTHOR, LIST, MARK, NOTE, NUMBERED, PAGE, SITE


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
        md.preprocessors.register(_Commands(md, site), "citations-commands", 22)
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


class _Commands(Preprocessor):
    """A command on a line of its own becomes a block, whatever the command looks like; others are left to _Command."""

    def __init__(self, md: Markdown, site: Site):
        super().__init__(md)
        self.site = site
        # The longer first: one may be the beginning of the other.
        commands = {site.settings.full_bib_command: SITE, site.settings.bib_command: PAGE}
        self.commands = dict(sorted(commands.items(), key=lambda pair: -len(pair[0])))
        self.commands.pop("", None)

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if not any(command in text for command in self.commands):
            return lines
        hidden = _HIDDEN.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text).split("\n")
        result: list[str] = []
        for line, seen in zip(lines, hidden, strict=True):
            kind = self.commands.get(line.strip()) if not line.startswith(("    ", "\t")) else None
            # A command that is itself a comment fills its line; one that is part of a larger comment means nothing.
            if kind and (seen.strip() or (line.strip().startswith("<!--") and line.strip().endswith("-->"))):
                self.site.place_list(kind)
                html = etree.tostring(_list_token("div", kind), encoding="unicode", short_empty_elements=False)
                result += ["", self.md.htmlStash.store(html), ""]
            else:
                result.append(line)
                if any(command in line for command in self.commands):
                    # Before escapes (180), which would eat a backslash; after code spans (190), which keep theirs.
                    self.md.inlinePatterns.register(_Command(self.md, self.site, self.commands), "citations-list", 185)
        return result


#: Where a line of its own is none of Markdown's.
_HIDDEN = re.compile(r"<!--.*?-->|<(pre|script|style)\b.*?</\1\s*>", re.S | re.I)


def _list_token(tag: str, kind: str) -> etree.Element:
    return etree.Element(tag, {LIST: kind})


class _Command(InlineProcessor):
    """A command inside a text, as in a list or an indented block."""

    def __init__(self, md: Markdown, site: Site, commands: Mapping[str, str]):
        super().__init__("(?:" + "|".join(map(re.escape, commands)) + r")(?![\w-])", md)
        self.site, self.commands = site, commands

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element, int, int]:
        kind = self.commands[m[0]]
        self.site.place_list(kind)
        return _list_token("span", kind), m.start(0), m.end(0)


#: An escaped sign, as Python-Markdown keeps it until the end: its number between two control characters.
_ESCAPED = re.compile(f"{STX}(\\d+){ETX}")


class _Finder:
    """A regular expression that isn't tried on a text without the sign: most have none."""

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
                _make_block(root, element)
        if not self.site.in_text:
            self._number(root, cited)
        elif self.site.wants_list(int(element.attrib[MARK]) for element in cited):
            root.append(_list_token("div", PAGE))

    def _number(self, root: etree.Element, cited: list[etree.Element]) -> None:
        notes = _Notes(self.md, self.site, root) if cited else None
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


#: Elements that may hold no block.
_NO_BLOCK = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "a", "em", "strong", "span", "del", "ins", "sub", "sup", "mark",
             "summary", "dt"}  # fmt: skip


def _make_block(root: etree.Element, token: etree.Element) -> None:
    """Make the place of a list inside a text a block: where HTML allows none there, after the text."""
    token.tag = "div"
    parents = {child: parent for parent in root.iter() for child in parent}
    within = token
    while parents[within].tag in _NO_BLOCK:
        within = parents[within]
    if within is token:
        return
    parent = parents[token]
    index = list(parent).index(token)
    if index:
        parent[index - 1].tail = (parent[index - 1].tail or "") + (token.tail or "")
    else:
        parent.text = (parent.text or "") + (token.tail or "")
    token.tail = None
    parent.remove(token)
    outer = parents[within]
    place = list(outer).index(within)
    outer.insert(place + 1, token)
    if not len(within) and not (within.text or "").strip():
        outer.remove(within)


class _Notes:
    """The page's notes: one a source and place cited, in one series with the page's own footnotes."""

    def __init__(self, md: Markdown, site: Site, root: etree.Element):
        self.site = site
        self.footnotes = _footnotes_of(md)
        self.list = self._find_list(root)
        self.first = len(self.list) + 1
        self.items: dict[tuple[str, ...], etree.Element] = {}
        self.uses: dict[str, int] = {}

    def _find_list(self, root: etree.Element) -> etree.Element:
        for div in root.iter("div"):
            if div.get("class") == "footnote" and div.find("ol") is not None:
                return div.find("ol")
        div = etree.Element("div", {"class": "footnote"})
        etree.SubElement(div, "hr")
        self._place(root, div)
        return etree.SubElement(div, "ol")

    def _place(self, root: etree.Element, div: etree.Element) -> None:
        """Put the list where the writer wants footnotes, else at the end."""
        found = self.footnotes.findFootnotesPlaceholder(root)
        if not found:
            root.append(div)
            return
        child, parent, is_text = found
        parent.insert(list(parent).index(child) + 1, div)
        if is_text:
            parent.remove(child)
        else:
            child.tail = None

    def mark(self, number: int, index: int) -> etree.Element:
        """Return the raised number for one item of a mark, adding its note where it is new."""
        name = self.site.note_name(number, index)
        item = self.items.get(name)
        if item is None:
            item = self.items[name] = self._note(number, index)
        separator = self.footnotes.get_separator()
        key = item.get("id", "").split(separator, 1)[1]
        position = self.first + list(self.items).index(name)
        count = self.uses[key] = self.uses.get(key, 0) + 1
        back = f"fnref{count if count > 1 else ''}{separator}{key}"
        self._add_backlink(item, back, position)
        sup = etree.Element("sup", {"id": back})
        link = etree.SubElement(sup, "a", {"class": "footnote-ref", "href": f"#{item.get('id')}"})
        link.text = self.footnotes.getConfig("SUPERSCRIPT_TEXT").format(position)
        return sup

    def _note(self, number: int, index: int) -> etree.Element:
        taken = {item.get("id") for item in self.list}
        base = self.footnotes.makeFootnoteId(self.site.note_id(number, index))
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base}-{count}"
        item = etree.SubElement(self.list, "li", {"id": name})
        paragraph = etree.SubElement(item, "p")
        text = etree.SubElement(paragraph, "span", {NOTE: f"{number}.{index}"})
        text.tail = NBSP_PLACEHOLDER
        return item

    def _add_backlink(self, item: etree.Element, target: str, position: int) -> None:
        title = self.footnotes.getConfig("BACKLINK_TITLE").format(position)
        link = etree.SubElement(item[0], "a", {"class": "footnote-backref", "href": f"#{target}", "title": title})
        link.text = FN_BACKLINK_TEXT


def _footnotes_of(md: Markdown) -> FootnoteExtension:
    for extension in md.registeredExtensions:
        if isinstance(extension, FootnoteExtension):
            return extension
    return FootnoteExtension()


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
