"""Reading `.bib` files: every entry with its file and line, every fault named, nothing lost in silence."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from hashlib import sha256
from pathlib import Path

import bibtexparser
from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    ParsingFailedBlock,
)
from bibtexparser.model import Entry as ParsedEntry

from .cache import Cache
from .problems import Problem

# The parser repeats on its own logger what it hands us as failed blocks; we report those with file and line.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Entry:
    """One work as recorded: `fields` has lower-case names and values as typed, `raw` is its text in the file."""

    key: str
    type: str
    fields: Mapping[str, str]
    path: str
    line: int
    raw: str = field(repr=False, default="")
    field_lines: Mapping[str, int] = field(repr=False, default_factory=dict)

    def get(self, name: str) -> str:
        """Return a field's value without its braces, or an empty string."""
        return self.fields.get(name, "").replace("{", "").replace("}", "").strip()

    @property
    def place(self) -> str:
        """Where it stands, as `path:line`."""
        return f"{self.path}:{self.line}"

    @property
    def keywords(self) -> tuple[str, ...]:
        """Its key words, in the order typed."""
        return tuple(word.strip() for word in self.get("keywords").split(",") if word.strip())


@dataclass(frozen=True)
class Library:
    """All entries of some `.bib` files by key, and what was wrong with the files."""

    entries: Mapping[str, Entry]
    problems: tuple[Problem, ...] = ()
    strings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Per file, its `@string` definitions: entries may lean on them."""

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def real_key(self, key: str) -> str:
        """Return the key as recorded for a key typed in another case, or an empty string where none is meant."""
        if key in self.entries:
            return key
        same = [known for known in self.entries if known.casefold() == key.casefold()]
        return same[0] if len(same) == 1 else ""


def find(folder: Path) -> list[Path]:
    """Return the `.bib` files under a folder, sorted, so that results don't hang on the file system's order."""
    return sorted(folder.rglob("*.bib"))


def read(paths: Iterable[Path], root: Path | None = None, cache: Cache | None = None) -> Library:
    """Read `.bib` files into one library; paths are reported relative to `root` where they lie under it.

    With a cache, files that haven't changed aren't parsed again. Nothing raises for what a file holds: a broken entry becomes a problem (C08), the others are read; of a key
    used twice the first entry stays (C03).
    """
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    strings: dict[str, tuple[str, ...]] = {}
    for path in paths:
        parsed = _parsed(path, _shown(path, root), cache)
        problems.extend(parsed.problems)
        strings[_shown(path, root)] = parsed.strings
        for entry in parsed.entries:
            first = entries.setdefault(entry.key, entry)
            if first is not entry:
                problems.append(_twice(first, entry))
    return Library(entries, tuple(sorted(problems)), strings)


def _shown(path: Path, root: Path | None) -> str:
    if root and path.resolve().is_relative_to(root.resolve()):
        return path.resolve().relative_to(root.resolve()).as_posix()
    return path.as_posix()


@dataclass(frozen=True)
class _Parsed:
    """One file: its entries, its `@string` definitions, its faults."""

    entries: tuple[Entry, ...] = ()
    strings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def _parsed(path: Path, name: str, cache: Cache | None) -> _Parsed:
    try:
        content = path.read_bytes()
    except OSError as error:
        return _Parsed(problems=(Problem(name, 1, "C08", f"this file can't be read: {error.strerror}."),))
    label = f"bib {sha256(content).hexdigest()[:24]} {name}"
    stored = cache.get(label) if cache else None
    if stored:
        entries, strings, problems = stored
        return _Parsed(tuple(Entry(*entry) for entry in entries), tuple(strings), tuple(Problem(*row) for row in problems))
    parsed = _parse(content, name)
    if cache:
        cache.put(label, [[astuple(row) for row in parsed.entries], parsed.strings, list(map(astuple, parsed.problems))])
    return parsed


def _parse(content: bytes, name: str) -> _Parsed:
    try:
        parsed = bibtexparser.parse_string(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _Parsed(problems=(Problem(name, line, "C08", "this file isn't UTF-8; save it as UTF-8."),))
    strings = tuple(block.raw or "" for block in parsed.strings)
    return _Parsed(tuple(_entries(parsed, name)), strings, tuple(_broken(parsed, name)))


def _entries(parsed: bibtexparser.Library, name: str) -> Iterator[Entry]:
    blocks = list(parsed.entries)
    for block in parsed.failed_blocks:
        if isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
            inner = block.ignore_error_block
            if isinstance(inner, ParsedEntry):
                blocks.append(inner)
    for block in sorted(blocks, key=lambda entry: entry.start_line or 0):
        fields = {item.key.lower(): str(item.value) for item in reversed(block.fields)}
        lines = {item.key.lower(): (item.start_line or 0) + 1 for item in block.fields}
        line = (block.start_line or 0) + 1
        yield Entry(block.key, block.entry_type.lower(), fields, name, line, block.raw or "", lines)


def _broken(parsed: bibtexparser.Library, name: str) -> Iterator[Problem]:
    for block in parsed.failed_blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, DuplicateFieldKeyBlock):
            fields = ", ".join(sorted(block.duplicate_keys))
            message = f'the entry "{block.ignore_error_block.key}" gives {fields} twice; keep one.'
            yield Problem(name, line, "C08", message)
        elif isinstance(block, ParsingFailedBlock) and not isinstance(block, DuplicateBlockKeyBlock):
            first = (block.raw or "").strip().splitlines()[:1]
            start = first[0] if first else "an entry"
            yield Problem(name, line, "C08", f"{start} … isn't closed before the next entry: look for a missing brace or comma.")


def _twice(first: Entry, second: Entry) -> Problem:
    where = f"line {first.line}" if first.path == second.path else first.place
    same = " with the same values" if first.type == second.type and first.fields == second.fields else ""
    message = f'the key "{second.key}" is used already at {where}{same}; merge the two or rename this one.'
    return Problem(second.path, second.line, "C03", message)
