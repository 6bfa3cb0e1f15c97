"""From `.bib` to CSL-JSON, by pandoc: what exports, COinS and other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from . import pandoc
from .cache import Cache
from .library import Entry, Library
from .problems import Problem

#: A work as CSL-JSON.
Csl = Mapping[str, Any]
#: Entries converted by one pandoc process.
SHARE = 250
ARGUMENTS = ["--from=biblatex", "--to=csljson"]


def convert(entries: Sequence[Entry], library: Library, cache: Cache) -> tuple[dict[str, Csl], list[Problem]]:
    """Return the entries as CSL-JSON by key, with a problem (C08) for each that pandoc can't read."""
    names = {entry.key: f"work {pandoc.build()} {entry_name(entry, library)}" for entry in entries}
    works = {entry.key: cache.get(names[entry.key]) for entry in entries}
    problems: list[Problem] = []
    for entry, work in _convert([entry for entry in entries if works[entry.key] is None], library):
        if isinstance(work, str):
            del works[entry.key]
            problems.append(Problem(entry.path, entry.line, "C08", f'pandoc can\'t read "{entry.key}": {work}'))
        else:
            works[entry.key] = work
            cache.put(names[entry.key], work)
    return works, problems


def _convert(entries: list[Entry], library: Library) -> Iterator[tuple[Entry, Csl | str]]:
    plain = [entry for entry in entries if not leans(entry)]
    size = max(20, min(SHARE, -(-len(plain) // pandoc.WORKERS)))
    groups = [plain[start : start + size] for start in range(0, len(plain), size)]
    groups += [[entry] for entry in entries if leans(entry)]
    try:
        results = pandoc.run_each(ARGUMENTS, [bib_text(group, library) for group in groups])
    except pandoc.PandocError:
        # One entry that pandoc can't read fails its whole group: ask one by one, and name it.
        yield from ((entry, convert_alone(entry, library)) for entry in entries)
        return
    for group, result in zip(groups, results, strict=True):
        found = {str(work["id"]): work for work in json.loads(result)}
        for entry in group:
            yield entry, found.get(entry.key) or convert_alone(entry, library)


def convert_alone(entry: Entry, library: Library) -> Csl | str:
    """Return one entry as CSL-JSON, or pandoc's complaint about it."""
    try:
        found = json.loads(pandoc.run(ARGUMENTS, bib_text([entry], library)))
    except pandoc.PandocError as error:
        return " ".join(str(error).split())[:200]
    return next((work for work in found if str(work["id"]) == entry.key), "it makes no record of it; look at its braces.")



def leans(entry: Entry) -> bool:
    """Whether an entry takes fields from another."""
    return any(name in entry.fields for name in ("crossref", "xref", "xdata", "related"))


def context(entry: Entry, library: Library) -> str:
    """Return what else pandoc must read to understand an entry: its file's strings, and the entries it leans on."""
    text = "\n".join(library.strings.get(entry.path, ()))
    if leans(entry):
        others = (other for other in library.entries.values() if other.path == entry.path and other is not entry)
        text += "\n".join(other.raw for other in others)
    return text


def bib_text(entries: Iterable[Entry], library: Library) -> str:
    """Return entries as a `.bib` text that stands alone."""
    entries = list(entries)
    contexts = dict.fromkeys(context(entry, library) for entry in entries)
    return "\n".join(dict.fromkeys([*contexts, *(entry.raw for entry in entries)]))


def entry_name(entry: Entry, library: Library) -> str:
    """Return a name for all that decides what pandoc makes of an entry."""
    return _digest(entry.raw, context(entry, library))


@lru_cache(maxsize=100_000)
def _digest(raw: str, around: str) -> str:
    return sha256(f"{around}\n{raw}".encode()).hexdigest()[:24]
