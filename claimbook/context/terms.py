"""The Python-Markdown extension that links a term of the glossary where an essay first uses it.

The parsed tree is walked, not the text, so headings, links, code and words in another language are left alone, and
not one character of what a reader sees is changed. `Spellings` finds the same terms in any text: that is how claims and
terms know of each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.etree import ElementTree as etree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from . import rows
from .glossary import Glossary, Term

#: Elements whose words are no running text, or have a meaning of their own already.
LEFT_ALONE = frozenset(
    ("a", "abbr", "button", "cite", "code", "dfn", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "kbd", "label",
     "math", "pre", "q", "samp", "script", "style", "svg", "textarea", "th", "title", "var")
)  # fmt: skip
#: What the citations' extension leaves in the tree for a mark that is yet to be formatted.
_CITED = ("data-citation", "data-references", "data-note", "data-author")
# Python-Markdown's place holders for what it has put away begin and end with these.
_AWAY = "\x02\x03"

Href = Callable[[str], str]


class Links:
    """The way from the page that is being parsed to a term, for MkDocs, which turns paths of sources into addresses.

    `begin` says which page is parsed next, by the path of its source under docs/.
    """

    def __init__(self, folder: str = "essays/", glossary: str = "glossary/index.md"):
        self.folder = folder
        self.glossary = glossary
        self._up = ""

    def begin(self, source: str) -> None:
        """Take the path of the next page's source, such as `essays/faces.md`."""
        inside = source.startswith(self.folder) and not source.endswith("/index.md")
        self._up = "../" * source.count("/") if inside else ""

    def __call__(self, anchor: str) -> str:
        """Return the way to an anchor of the glossary, or an empty string on pages that mark no terms."""
        return f"{self._up}{self.glossary}#{anchor}" if self._up else ""


class Spellings:
    """All spellings of a glossary's terms, found as whole words, of which a capital at the head of a sentence is one."""

    def __init__(self, glossary: Glossary):
        self.glossary = glossary
        self._terms = {fold(spelling): term for term in glossary.terms for spelling in term.spellings}
        self._pattern = _pattern(spelling for term in glossary.terms for spelling in term.spellings)

    def find(self, text: str) -> Iterator[tuple[re.Match[str], Term]]:
        """Yield every place in a text where a term stands, and the term."""
        for match in self._pattern.finditer(text):
            yield match, self._terms[fold(match[0])]

    def used(self, text: str) -> tuple[Term, ...]:
        """Return the terms that a text uses, each once, in the order of the glossary."""
        found = {term.anchor for _, term in self.find(text)}
        return tuple(term for term in self.glossary.terms if term.anchor in found)


class TermsExtension(Extension):
    """Options: the glossary, and `href`, which gives the way to an anchor, or nothing where no term is to be marked."""

    def __init__(self, glossary: Glossary, href: Href, **kwargs: Any):
        super().__init__(**kwargs)
        # Made once for all pages: the parser is made anew for each.
        self.spellings = Spellings(glossary)
        self.anchors = frozenset(term.anchor for term in glossary.terms)
        self.href = href

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the one part: after attribute lists (8), which say what is in another language; before links are
        resolved by the site generator (0)."""
        md.treeprocessors.register(_Terms(md, self), "terms", 6)


class _Terms(Treeprocessor):
    """Walks a page from top to bottom; each term is marked once, where it first stands."""

    def __init__(self, md: Markdown, extension: TermsExtension):
        super().__init__(md)
        self.href = extension.href
        self.spellings = extension.spellings
        self.anchors = extension.anchors
        self.left: set[str] = set()

    def run(self, root: etree.Element) -> None:
        if self.anchors and self.href(next(iter(self.anchors))):
            self.left = set(self.anchors)
            self._walk(root)

    def _walk(self, element: etree.Element) -> None:
        children = list(element)
        if element.text:
            element.text = self._mark(element.text, element, 0)
        for child in children:
            if not _is_left_alone(child):
                self._walk(child)
            if child.tail:
                child.tail = self._mark(child.tail, element, list(element).index(child) + 1)

    def _mark(self, text: str, parent: etree.Element, place: int) -> str:
        """Put links into `parent` from `place` on for the terms in `text`; return the text before the first link."""
        links: list[etree.Element] = []
        start, before = 0, text
        for match, term in self.spellings.find(text):
            if term.anchor not in self.left:
                continue
            self.left.discard(term.anchor)
            between = text[start : match.start()]
            if links:
                links[-1].tail = between
            else:
                before = between
            links.append(self._link(term, match[0]))
            start = match.end()
        if links:
            links[-1].tail = text[start:]
            for link in reversed(links):
                parent.insert(place, link)
        return before

    def _link(self, term: Term, words: str) -> etree.Element:
        means = rows.plain(term.means)
        link = etree.Element("a", {"class": "term", "href": self.href(term.anchor), "data-card": means})
        link.text = words
        return link


def fold(spelling: str) -> str:
    """Return a spelling as it is looked up: white space made plain, its first letter small."""
    plain = " ".join(spelling.split())
    return plain[:1].lower() + plain[1:]


def _pattern(spellings: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any spelling as whole words, the longer first.

    A spelling that begins with a small letter is found with a capital too, as at the head of a sentence; one that
    begins with a capital is a name, and found as it is.
    """
    choices = "|".join(_choice(spelling) for spelling in sorted(set(spellings), key=lambda word: (-len(word), word)))
    return re.compile(rf"(?<![\w{_AWAY}-])(?:{choices or '(?!)'})(?![\w{_AWAY}-])")


def _choice(spelling: str) -> str:
    words = spelling.split()
    first, rest = words[0][:1], words[0][1:]
    head = f"[{re.escape(first)}{re.escape(first.upper())}]" if first.islower() else re.escape(first)
    return r"\s+".join([head + re.escape(rest), *map(re.escape, words[1:])])


def _is_left_alone(element: etree.Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in LEFT_ALONE:
        return True
    lang = element.get("lang", "")
    return bool(lang and lang.split("-")[0] != "en") or any(name in element.attrib for name in _CITED)
