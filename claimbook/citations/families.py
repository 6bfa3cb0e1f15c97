"""Families of works: those whose citations could look alike, and so change each other's year letters and names.

A citation engine compares every work with every other. Two works can only meet if their citations begin with the same
name or, where nobody is named, with the same title. Putting too many works into one family costs a little time; too
few would give wrong letters. So names are compared by the last word of the family name, without accents and signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from .convert import leans, parents
from .library import Entry, Library

#: Whom a citation may name, in the order in which styles look: an author hides all others.
NAMES = ("author", "editor", "editora", "editorb", "editorc", "bookauthor", "translator", "holder", "annotator",
         "commentator", "introduction", "foreword", "afterword", "director")  # fmt: skip
#: What a citation may begin with even where somebody is named, as with laws and pages.
TITLES = ("title", "shorttitle", "label")
#: What it may begin with where nobody is.
OTHERS = ("booktitle", "maintitle", "journaltitle", "journal", "eventtitle", "organization", "institution", "school",
          "publisher", "howpublished")  # fmt: skip
#: Those of them that name a body, which may be an author in another entry.
BODIES = {"organization", "institution", "school", "publisher", "howpublished"}
#: Letters that Unicode doesn't take apart, and the LaTeX commands for them; all other commands are dropped.
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "ȷ": "j", "þ": "th", "ð": "d"})
NAMED = {"o": "o", "ae": "ae", "oe": "oe", "l": "l", "dj": "d", "i": "i", "j": "j", "th": "th", "dh": "d", "aa": "a",
         "ss": "ss", "ng": "n"}  # fmt: skip
COMMAND = re.compile(r"\\([a-zA-Z]+|.)", re.S)
_AND = re.compile(r"\s+and\s+", re.I)
_SIGNS = re.compile(r"[\W_]+")
_INNERMOST = re.compile(r"\{[^{}]*\}")


def families(keys: Iterable[str], library: Library, all_names: bool = False) -> list[tuple[str, ...]]:
    """Return the keys in families, each sorted, and sorted among themselves.

    `all_names` is for styles in which a co-author's name too can change how other works are cited.
    """
    parent: dict[str, str] = {}

    def top(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    keys = list(keys)
    for key in keys:
        # Works with neither names nor titles look alike, too.
        for look in [*looks(library.entries[key], library, all_names)] or [""]:
            parent[top(f"look {look}")] = top(f"work {key}")
    groups: dict[str, list[str]] = {}
    for key in keys:
        groups.setdefault(top(f"work {key}"), []).append(key)
    return sorted(tuple(sorted(group)) for group in groups.values())


def looks(entry: Entry, library: Library, all_names: bool) -> Iterator[str]:
    """Yield the words, folded, that a citation of this work could begin with."""
    fields = entry.fields
    if leans(entry):
        for parent in parents(entry, library):
            fields = {**parent.fields, **fields}
    signed = bool(entry.fields.get("author"))
    for role in ("author",) if signed else NAMES:
        if fields.get(role):
            people = _people(fields[role])
            yield from (fold(_family_name(person)) for person in (people if all_names else people[:1]))
    for role in ("shortauthor", "shorteditor"):
        if fields.get(role):
            yield fold(_family_name(fields[role]))
    for role in TITLES if signed else (*TITLES, *OTHERS):
        if fields.get(role):
            yield fold(fields[role])
            if role in BODIES:
                yield fold(_family_name(fields[role]))


def _people(names: str) -> list[str]:
    """Return the names of a list; an "and" inside braces belongs to a body's name."""
    shadow = names
    while "{" in shadow and (blanked := _INNERMOST.sub(lambda inner: "-" * len(inner[0]), shadow)) != shadow:
        shadow = blanked
    ends = [(match.start(), match.end()) for match in _AND.finditer(shadow)]
    starts = [0, *(end for _, end in ends)]
    return [names[start:end] for start, end in zip(starts, [*(start for start, _ in ends), len(names)], strict=True)]


def _family_name(person: str) -> str:
    """Return the last word of a person's family name, or of a body's name."""
    extended = re.search(r"\bfamily\s*=\s*([^,]*)", person)  # biblatex's family=…, given=…
    words = _without_latex(extended[1] if extended else person.split(",")[0]).split()
    return words[-1] if words else person


def _without_latex(text: str) -> str:
    if "\\" in text:
        text = COMMAND.sub(lambda command: NAMED.get(command[1].lower(), ""), text)
    return text.replace("{", "").replace("}", "").replace("~", " ")


def fold(text: str) -> str:
    """Return text without case, accents, signs, spaces and LaTeX."""
    text = _without_latex(text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(LETTERS))
    return _SIGNS.sub("", text)
