"""What the timeline's and the glossary's files have in common: a list of rows, with sources in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..claims.fields import Fields, Found, Rows, Text, read_yaml, words_of


@dataclass(frozen=True)
class Cited:
    """A source as a row names it, `key` or `key, locator`; the key has its line."""

    key: Text
    locator: str = ""

    @property
    def mark(self) -> str:
        """The source as it stands inside a citation's brackets."""
        return f"@{self.key}, {self.locator}" if self.locator else f"@{self.key}"


def read_rows(path: Path) -> tuple[list[Fields], tuple[Found, ...]]:
    """Return the rows of a file and what is wrong with its YAML. Nothing raises for what the file holds."""
    if not path.is_file():
        return [], ((1, "this file is missing."),)
    try:
        value, faults = read_yaml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return [], ((1, "this file isn't UTF-8; save it as UTF-8."),)
    if not isinstance(value, Rows):
        # An empty file, and one that broke off at its first row, have told what is wrong with them already.
        wrong = () if faults else ((1, "this file should be a list: every row begins with a dash."),)
        return [], (*faults, *wrong)
    kept = [row for row in value if isinstance(row, Fields)]
    strange = [(row.line, "a row has fields, such as `title: The film`.") for row in value if row not in kept]
    return kept, (*faults, *strange)


def text(row: Fields, name: str) -> Text:
    """Return a field's text, its white space made plain; an empty one where there is none."""
    value = row.get(name)
    return Text(" ".join(value.split()), value.line) if isinstance(value, Text) else Text("", row.line)


def words(row: Fields, name: str) -> tuple[Text, ...]:
    """Return the texts of a list field, or none where it is no list."""
    return tuple(words_of(row.get(name)))


def sources(row: Fields) -> tuple[Cited, ...]:
    """Return the sources a row names."""
    return tuple(_cited(value) for value in words(row, "sources"))


def citation(cited: Iterable[Cited]) -> str:
    """Return one citation of all of them, in Pandoc's syntax."""
    return "[" + "; ".join(source.mark for source in cited) + "]"


def plain(words: str) -> str:
    """Return words without the signs of emphasis, for places that know no Markdown."""
    return re.sub(r"(\*{1,2})(?=\S)(.+?)(?<=\S)\1", r"\2", words)


def slug(words: str) -> str:
    """Return words as part of an address: lower case, hyphens, no accents."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _cited(value: Text) -> Cited:
    key, _, locator = value.partition(",")
    return Cited(Text(key.strip(), value.line), locator.strip())
