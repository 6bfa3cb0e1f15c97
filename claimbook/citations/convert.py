"""From `.bib` to CSL-JSON, by pandoc: what exports, COinS and other programs read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
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
#: Fields by which an entry takes what it lacks from another.
LEANING = ("crossref", "xref", "xdata")


def convert(entries: Sequence[Entry], library: Library, cache: Cache) -> tuple[dict[str, Csl], list[Problem]]:
    """Return the entries as CSL-JSON by key, with a problem (C08) for each that pandoc can't read."""
    names = {entry.key: f"work {pandoc.build()} {entry_name(entry, library)}" for entry in entries}
    works = {entry.key: cache.get(names[entry.key]) for entry in entries}
    lacking = [entry for entry in entries if works[entry.key] is None]
    size = max(20, min(SHARE, -(-len(lacking) // pandoc.WORKERS)))
    groups = [lacking[start : start + size] for start in range(0, len(lacking), size)]
    found: dict[str, Csl] = {}
    problems: list[Problem] = []
    for group, result in zip(groups, _try_each(groups, library), strict=True):
        if result is None:
            unread = unreadable(group, library)
            problems += unread.values()
            result = _works(pandoc.run(ARGUMENTS, bib_text([e for e in group if e.key not in unread], library)))
        found |= result
    for entry in lacking:
        if entry.key in found:
            works[entry.key] = found[entry.key]
            cache.put(names[entry.key], found[entry.key])
        else:
            del works[entry.key]
    return works, problems


def _try_each(groups: list[list[Entry]], library: Library) -> list[dict[str, Csl] | None]:
    """Return each group's works, or None for every group where pandoc stumbles over one."""
    try:
        return [_works(text) for text in pandoc.run_each(ARGUMENTS, [bib_text(group, library) for group in groups])]
    except pandoc.PandocError:
        return [None] * len(groups)


def _works(text: str) -> dict[str, Csl]:
    return {str(work["id"]): _mended(work) for work in json.loads(text)}


def _mended(work: dict[str, Any]) -> Csl:
    """Return a work as CSL's schema asks: pandoc leaves the type of some empty, and writes a season as month 21 to 24."""
    work["type"] = work.get("type") or "document"
    for date in (value for value in work.values() if isinstance(value, dict) and value.get("date-parts")):
        last = date["date-parts"][-1]
        if len(last) == 2 and 20 < last[1] < 25:
            date["season"] = last.pop() - 20
    return work


def unreadable(entries: Sequence[Entry], library: Library) -> dict[str, Problem]:
    """Return a problem (C08) for each of the entries that pandoc can't read, looking for them by halves."""
    if not entries:
        return {}
    try:
        works = _works(pandoc.run(ARGUMENTS, bib_text(entries, library)))
    except pandoc.PandocError as error:
        if len(entries) > 1:
            half = len(entries) // 2
            return unreadable(entries[:half], library) | unreadable(entries[half:], library)
        return {entries[0].key: _unread(entries[0], str(error))}
    return {entry.key: _unread(entry, "it makes no record of it.") for entry in entries if entry.key not in works}


def _unread(entry: Entry, complaint: str) -> Problem:
    # Pandoc counts lines in what we hand it; only its reason is of use.
    reason = re.sub(r'^Error at "?[^"\n]*"? ?\(line \d+, column \d+\):', "", complaint).split("\n@")[0]
    message = f'pandoc can\'t read "{entry.key}": {" ".join(reason.split())[:200]}'
    return Problem(entry.path, entry.line, "C08", message)


def leans(entry: Entry) -> bool:
    """Whether an entry takes fields from another."""
    return any(name in entry.fields for name in LEANING)


def parents(entry: Entry, library: Library) -> list[Entry]:
    """Return the entries that an entry takes fields from, the nearest first, each once."""
    found: dict[str, Entry] = {}
    waiting = [entry]
    while waiting:
        lacking = waiting.pop(0)
        for name in LEANING:
            for key in lacking.get(name).split(","):
                parent = library.entries.get(key.strip()) or library.shared.get(key.strip())
                if parent and parent.key not in found and parent is not entry:
                    found[parent.key] = parent
                    waiting.append(parent)
    return list(found.values())


def bib_text(entries: Iterable[Entry], library: Library) -> str:
    """Return entries as a `.bib` text that stands alone, with the entries they lean on."""
    entries = list(entries)
    leaned = (parent for entry in entries if leans(entry) for parent in parents(entry, library))
    return "\n".join(dict.fromkeys(entry.raw for entry in (*entries, *leaned)))


def entry_name(entry: Entry, library: Library) -> str:
    """Return a name for all that decides what pandoc makes of an entry."""
    if not leans(entry):
        return _digest(entry.raw)
    return _digest("\n".join(other.raw for other in (entry, *parents(entry, library))))


@lru_cache(maxsize=100_000)
def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
