"""The glossary as recorded: docs/glossary/terms.yml, and the essays it points at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..claims.fields import Fields, Found, Text
from . import rows
from .rows import Cited

TERMS = "docs/glossary/terms.yml"
ESSAYS = "docs/essays"

#: Every field of a term, and whether it is a list.
FIELDS: Mapping[str, bool] = {
    "term": False, "zh": False, "pinyin": False, "fr": False, "means": False, "sources": True, "see": True,
    "essays": True, "also": True,
}  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A word and what it means here. A field that isn't there is an empty text or tuple."""

    fields: Fields
    term: Text
    zh: Text
    pinyin: Text
    fr: Text
    means: Text
    sources: tuple[Cited, ...]
    see: tuple[Text, ...]
    essays: tuple[Text, ...]
    also: tuple[Text, ...]

    @property
    def line(self) -> int:
        """Where the term begins."""
        return self.fields.line

    @property
    def anchor(self) -> str:
        """The id of its place on the page."""
        return f"term-{rows.slug(self.term)}"

    @property
    def spellings(self) -> tuple[Text, ...]:
        """All by which it is recognised: its name and what stands under `also`."""
        return tuple(spelling for spelling in (self.term, *self.also) if spelling)

    @cached_property
    def order(self) -> str:
        """What terms are sorted by: letters and figures only, without case and accents."""
        plain = unicodedata.normalize("NFKD", self.term).casefold()
        letters = (sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
        return " ".join("".join(letters).split())

    @property
    def letter(self) -> str:
        """The letter under which it stands."""
        return self.order[:1].upper()


@dataclass(frozen=True)
class Glossary:
    """All terms in the order of the file, the titles of the essays by slug, and the faults of the file's YAML."""

    terms: tuple[Term, ...]
    essays: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Found, ...] = ()
    path: str = TERMS

    @cached_property
    def by_name(self) -> Mapping[str, Term]:
        """The terms by their names; of a name given twice, the first."""
        return {str(term.term): term for term in reversed(self.terms)}


def load(root: Path = Path()) -> Glossary:
    """Read the glossary of an archive from its folder.

    Nothing raises for what the file holds: faults are in the result.
    """
    read, faults = rows.read_rows(root / TERMS)
    return Glossary(tuple(map(_term, read)), _essays(root / ESSAYS), faults)


def _term(row: Fields) -> Term:
    return Term(
        fields=row,
        term=rows.text(row, "term"),
        zh=rows.text(row, "zh"),
        pinyin=rows.text(row, "pinyin"),
        fr=rows.text(row, "fr"),
        means=rows.text(row, "means"),
        sources=rows.sources(row),
        see=rows.words(row, "see"),
        essays=rows.words(row, "essays"),
        also=rows.words(row, "also"),
    )


def _essays(folder: Path) -> dict[str, str]:
    pages = sorted(path for path in folder.glob("*.md") if path.stem != "index")
    return {path.stem: _title(path) for path in pages}


def _title(path: Path) -> str:
    title = re.search(r"^# +(.+)$", path.read_text(encoding="utf-8", errors="replace"), re.M)
    return title[1].strip() if title else path.stem
