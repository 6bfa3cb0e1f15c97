"""Families of works: those whose citations could look alike, and so change each other's year letters and names.

A citation engine compares every work with every other. Two works can only meet if their citations begin with the same
name or, where nobody is named, with the same title. Putting too many works into one family costs a little time; too
few would give wrong letters. So names are compared by the last word of the family name, without accents and signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from .library import Entry, Library

#: Whom a citation may name, in the order in which styles look: an author hides all others.
NAMES = ("author", "editor", "editora", "editorb", "editorc", "bookauthor", "translator", "holder", "annotator",
         "commentator", "introduction", "foreword", "afterword", "director")  # fmt: skip
#: What it begins with where nobody is named.
TITLES = ("title", "shorttitle", "booktitle", "maintitle", "label", "journaltitle", "journal", "eventtitle",
          "organization", "institution", "school", "publisher", "howpublished")  # fmt: skip
#: Letters that Unicode doesn't take apart, and the LaTeX commands for them.
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "å": "a", "þ": "th", "ð": "d"})
COMMANDS = re.compile(r"\\(aa|AA|[a-zA-Z]+|.)")


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
        for look in looks(library.entries[key], library.entries, all_names):
            parent[top(f"look {look}")] = top(f"work {key}")
    groups: dict[str, list[str]] = {}
    for key in keys:
        groups.setdefault(top(f"work {key}"), []).append(key)
    return sorted(tuple(sorted(group)) for group in groups.values())


def looks(entry: Entry, entries: Mapping[str, Entry], all_names: bool) -> Iterator[str]:
    """Yield the words, folded, that a citation of this work could begin with."""
    fields = dict(entry.fields)
    for field in ("crossref", "xdata", "xref"):
        for other in fields.get(field, "").split(","):
            if other.strip() in entries:
                fields = {**entries[other.strip()].fields, **fields}
    named = False
    for role in NAMES:
        if not fields.get(role) or (named and role != "author" and fields.get("author")):
            continue
        people = re.split(r"\s+and\s+", fields[role], flags=re.I)
        for person in people if all_names else people[:1]:
            named = True
            yield fold(_family_name(person))
    for role in ("shortauthor", "shorteditor"):
        if fields.get(role):
            yield fold(_family_name(fields[role]))
    if not named:
        yield from (fold(fields[role]) for role in TITLES if fields.get(role))


def _family_name(person: str) -> str:
    """Return the last word of a person's family name, or of a body's name."""
    words = re.sub(r"[{}~]", lambda sign: " " if sign[0] == "~" else "", person.split(",")[0]).split()
    return words[-1] if words else person


def fold(text: str) -> str:
    """Return text without case, accents, signs, spaces and LaTeX."""
    text = COMMANDS.sub(lambda command: {"aa": "a", "AA": "a"}.get(command[1], command[1]), text)
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return "".join(sign for sign in plain if sign.isalnum())
