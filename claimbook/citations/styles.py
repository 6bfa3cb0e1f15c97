"""What a CSL style means for us: its kind, and the small changes that make each reference stand alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

from . import pandoc
from .cache import Cache

NOTES = "notes"
AUTHOR_DATE = "author-date"


class StyleError(ValueError):
    """A style that can't be used; its text says why and what to do."""


@dataclass(frozen=True)
class Style:
    """A citation style ready for use. `kind` is NOTES (numbered marks) or AUTHOR_DATE (text in the sentence)."""

    text: str
    kind: str

    @property
    def digest(self) -> str:
        """A short name of the exact style, for the cache."""
        return sha256(f"{self.kind}\n{self.text}".encode()).hexdigest()[:16]

    @property
    def compares_all_names(self) -> bool:
        """Whether a co-author's name can change how other works are cited (CSL 1.0.2, givenname rules)."""
        return 'givenname-disambiguation-rule="all-names' in self.text


def load(
    path: Path | None = None, author_date: bool = False, encoding: str | None = None, cache: Cache | None = None
) -> Style:
    """Return the style of a CSL file, or pandoc's own (Chicago author-date).

    Without a file the marks are numbered notes unless `author_date` asks for text in the sentence. With a file its
    own `citation-format` decides, as in mkdocs-bibtex: author-date styles give text, all others numbered notes.
    Raises StyleError for a file that can't be read or only points at another style.
    """
    text = _read(path, encoding) if path else pandoc_style(cache or Cache())
    if path:
        _check(path, text)
    in_text = 'citation-format="author-date"' in text if path else author_date
    kind = AUTHOR_DATE if in_text else NOTES
    return Style(_alone(text, kind), kind)


def _check(path: Path, text: str) -> None:
    try:
        root = ElementTree.fromstring(text.encode())
    except ElementTree.ParseError as error:
        raise StyleError(f"{path}: this is no CSL style, since it is no XML: {error}") from error
    if not root.tag.endswith("}style"):
        raise StyleError(f"{path}: this is no CSL style; take one from the Zotero style repository.")
    parent = root.find("{*}info/{*}link[@rel='independent-parent']")
    if parent is not None and root.find("{*}bibliography") is None:
        name = parent.get("href")
        raise StyleError(f"{path}: this style only points at {name}; use the file of that style instead.")


def _read(path: Path, encoding: str | None) -> str:
    try:
        return path.read_text(encoding=encoding or "utf-8-sig")
    except (OSError, UnicodeError, LookupError) as error:
        raise StyleError(f"{path}: the CSL style can't be read: {error}") from error


def pandoc_style(cache: Cache) -> str:
    """Return the text of pandoc's built-in style."""
    name = f"style {pandoc.build()}"
    if cache.get(name) is None:
        cache.put(name, pandoc.run(["--print-default-data-file", "default.csl"]))
    return cache.get(name)


def _alone(text: str, kind: str) -> str:
    """Return the style without what makes one printed text lean on its neighbours.

    `———.` for a repeated author says nothing in a list that is filtered or shown on a card. A mark may be the first
    that a reader meets, so none is shortened as a repeated one. Numbered notes need no year letters: the number
    tells works apart.
    """
    if "subsequent" in text:
        text = re.sub(r'(?:subsequent-author-substitute(?:-rule)?|et-al-subsequent-[a-z-]+)="[^"]*"', "", text)
    if 'position="' in text:
        # No item has the variable "repeated": a condition on a later position never holds, one on the first always.
        text = re.sub(r'\bposition="(?!first")[^"]*"', 'variable="repeated"', text)
        text = re.sub(r'(<(?:else-)?if)\s+position="first"\s*>', r'\1 match="none" variable="repeated">', text)
    return re.sub(r'disambiguate-(?:add|given)[a-z-]+="[^"]*"', "", text) if kind == NOTES else text
