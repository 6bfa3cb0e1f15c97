"""Checks of sources and citations that any site may want, each at its file and line. They know no archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .convert import leans, parents
from .library import Entry, Library, unknown_key
from .marks import Found, scan
from .problems import Problem

#: What each type of entry must say (after BibLaTeX's manual, section 2.1), as alternatives to each other.
REQUIRED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "article": (("journaltitle", "journal"),),
    "book": (("author", "editor"),),
    "incollection": (("booktitle",),),
    "inbook": (("booktitle",),),
    "inproceedings": (("booktitle", "eventtitle"),),
    "online": (("url", "doi", "eprint"),),
    "report": (("institution", "publisher", "author"),),
    "techreport": (("institution", "publisher", "author"),),
    "thesis": (("institution", "school"),),
    "phdthesis": (("institution", "school"),),
    "mastersthesis": (("institution", "school"),),
}
ALWAYS: tuple[tuple[str, ...], ...] = (("title",), ("date", "year"))


@dataclass(frozen=True)
class Cited:
    """A mark met in a source file."""

    path: str
    found: Found


def check(
    cited: Sequence[Cited], library: Library, has_places: Callable[[Entry], bool] | None = None
) -> Iterator[Problem]:
    """Yield all that is to be mended, in no order; `has_places` says of which works a citation names the place."""
    yield from library.problems
    yield from unknown(cited, library)
    yield from twins(library)
    yield from incomplete(library)
    yield from without_place(cited, library, has_places or paged)


def uncited(cited: Iterable[Cited], library: Library) -> list[Entry]:
    """Return the entries that nothing cites, in the order of the files; that is no fault."""
    keys = {library.real_key(key) for place in cited for key in place.found.mark.keys}
    return [entry for entry in library.entries.values() if entry.key not in keys]


def read(folder: Path, root: Path) -> list[Cited]:
    """Return what the Markdown files under a folder cite; their paths are told from `root`."""
    return [
        Cited(path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix(), found)
        for path in sorted(folder.rglob("*.md"))
        for found in scan(path.read_text(encoding="utf-8", errors="replace"))
    ]


def unknown(cited: Iterable[Cited], library: Library) -> Iterator[Problem]:
    """C01, C02: every key cited is in the bibliography, in the same upper and lower case."""
    for place in cited:
        for key in place.found.mark.keys:
            # A bare word with an at sign may be anybody's name: it counts when it is nearly a key.
            if key not in library and not (place.found.mark.narrative and not library.real_key(key)):
                yield unknown_key(place.path, place.found.line, key, library)


def twins(library: Library) -> Iterator[Problem]:
    """C04: no two entries have the same DOI or address, unless the note of one says why."""
    seen: dict[str, Entry] = {}
    for entry in library.entries.values():
        for field in ("doi", "url"):
            name = identity(entry, field)
            first = seen.setdefault(name, entry) if name else entry
            excused = any(re.search(r"\baddress\b", other.get("note")) for other in (first, entry))
            if first is not entry and not excused:
                message = (
                    f'"{entry.key}" has the address of "{first.key}" ({first.place}): merge them, or say in a note '
                    f"“Same address as {first.key}” and why."
                )
                yield Problem(entry.path, entry.field_lines.get(field, entry.line), "C04", message)
                break


def identity(entry: Entry, field: str) -> str:
    """Return what is the same wherever the same DOI or address is given."""
    value = entry.get(field).replace("\\", "")
    doi = re.sub(r"^(?:https?://)?(?:dx\.)?doi\.org/|^doi:", "", value, flags=re.I)
    if value and (field == "doi" or doi != value):
        return f"doi:{doi.lower()}"
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    # Only a host's name is the same in upper and lower case.
    return parts.netloc and f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def incomplete(library: Library) -> Iterator[Problem]:
    """C05: every entry has the fields its type needs; one without a date says "Undated" in its note."""
    for entry in library.entries.values():
        given = _given(entry, library)
        for names in ALWAYS + REQUIRED.get(entry.type, ()):
            undated = names[0] == "date" and re.search(r"\bundated\b", entry.get("note"), re.I)
            if not undated and given.isdisjoint(names):
                note = ' (or a note that begins "Undated")' if names[0] == "date" else ""
                message = f'"{entry.key}" (@{entry.type}) has no {" or ".join(names)}{note}.'
                yield Problem(entry.path, entry.line, "C05", message)


def _given(entry: Entry, library: Library) -> set[str]:
    """Return the names of the fields that an entry has, or takes from the entries it leans on."""
    given = {name for name in entry.fields if entry.get(name)}
    if leans(entry):
        for parent in parents(entry, library):
            given |= {name for name in parent.fields if parent.get(name)} | {"booktitle"}
    return given


def without_place(cited: Iterable[Cited], library: Library, has_places: Callable[[Entry], bool]) -> Iterator[Problem]:
    """C06: a source that was read and has pages is cited with the place in it, such as "p. 12"."""
    for place in cited:
        for item in place.found.mark.items:
            entry = library.entries.get(item.key)
            if entry and not item.suffix.strip() and not place.found.mark.narrative and has_places(entry):
                message = f'"{item.key}" has pages: say where in it, as in [@{item.key}, p. 12].'
                yield Problem(place.path, place.found.line, "C06", message)


def paged(entry: Entry) -> bool:
    """Whether a work has pages that a reader would have to leaf through."""
    return bool(entry.get("pagetotal")) or entry.type == "book" or bool(entry.get("pages"))


#: Every code of this package with its rule, for tables of codes.
CODES = {
    "C01": "Every key cited is in the bibliography.",
    "C02": "A key is cited in the same upper and lower case as it is recorded.",
    "C03": "No key is used by two entries, in one file or in several.",
    "C04": "No two entries have the same DOI or address, unless the note of one says why.",
    "C05": "Every entry has the fields its type needs; one without a date says so in its note.",
    "C06": "A source that was read and has pages is cited with the place in it.",
    "C08": "Every entry can be read: braces closed, commas set, UTF-8, no field twice.",
}
