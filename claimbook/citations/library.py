"""All sources of a site: every entry with its file and line, every fault named, nothing lost in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from .cache import Cache
from .languages import code_of
from .problems import Problem, hint


@dataclass(frozen=True)
class Entry:
    """One work as recorded: `fields` has lower-case names and values as typed, without what encloses them.

    `raw` is its text in the file; where that leans on the file's `@string` words it is written out, so that it
    stands alone. Addresses lose the backslashes that some programs put into them, in both.
    """

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
    def title(self) -> str:
        """Its title as a reader sees it."""
        return re.sub(r"\\([%&_#$])", r"\1", self.get("title"))

    @property
    def language(self) -> str:
        """The code of its language (BCP 47), or an empty string."""
        return code_of(self.get("langid") or self.get("language"))

    @property
    def place(self) -> str:
        """Where it stands, as `path:line`."""
        return f"{self.path}:{self.line}"

    @property
    def keywords(self) -> tuple[str, ...]:
        """Its key words, in the order typed."""
        return tuple(word.strip() for word in self.get("keywords").split(",") if word.strip())


@dataclass(frozen=True)
class BibFile:
    """What one file holds. `broken` has the keys of entries that can't be read, with their lines."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Library:
    """All entries of some `.bib` files by key, and what was wrong with the files."""

    entries: Mapping[str, Entry]
    problems: tuple[Problem, ...] = ()
    broken: Mapping[str, str] = field(default_factory=dict)
    """Keys of entries that can't be read, with the place of each."""
    shared: Mapping[str, Entry] = field(default_factory=dict)
    """Entries of the type `xdata`: no works, only fields for others to take."""

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def real_key(self, key: str) -> str:
        """Return the key as recorded for a key typed in another case, or an empty string where none is meant."""
        if key in self.entries:
            return key
        same = self._folded.get(key.casefold(), ())
        return same[0] if len(same) == 1 else ""

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        folded: dict[str, list[str]] = {}
        for key in self.entries:
            folded.setdefault(key.casefold(), []).append(key)
        return folded


def find(folder: Path) -> list[Path]:
    """Return the `.bib` files under a folder, sorted, so that results don't hang on the file system's order."""
    return sorted(folder.rglob("*.bib"))


def read(paths: Iterable[Path], root: Path | None = None, cache: Cache | None = None) -> Library:
    """Read `.bib` files into one library; paths are reported relative to `root` where they lie under it.

    With a cache, files that haven't changed aren't parsed again. Nothing raises for what a file holds: a broken
    entry becomes a problem (C08), the others are read; of a key used twice the first entry stays (C03).
    """
    names = {_shown(path, root): path for path in paths}
    return merge({name: _file(path, name, cache) for name, path in names.items()})


def merge(files: Mapping[str, BibFile]) -> Library:
    """Return one library of what some files hold, given by their names."""
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    broken: dict[str, str] = {}
    for name, file in files.items():
        problems.extend(file.problems)
        broken |= {key: f"{name}:{line}" for key, line in file.broken.items()}
        for entry in file.entries:
            first = entries.setdefault(entry.key, entry)
            if first is not entry:
                problems.append(_twice(first, entry))
    shared = {key: entries.pop(key) for key in [key for key in entries if entries[key].type == "xdata"]}
    return Library(entries, tuple(sorted(problems)), broken, shared)


def _shown(path: Path, root: Path | None) -> str:
    if root and path.resolve().is_relative_to(root.resolve()):
        return path.resolve().relative_to(root.resolve()).as_posix()
    return path.as_posix()


def _file(path: Path, name: str, cache: Cache | None) -> BibFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        return BibFile(problems=(Problem(name, 1, "C08", f"this file can't be read: {error.strerror}."),))
    label = f"bib {sha256(content).hexdigest()[:24]} {name}"
    stored = cache.get(label) if cache else None
    if stored:
        entries, problems, broken = stored
        return BibFile(tuple(Entry(*row) for row in entries), tuple(Problem(*row) for row in problems), broken)
    from . import bibfile  # its patterns take longer to compile than a small file to read

    file = bibfile.read(content, name)
    if cache:
        cache.put(label, [list(map(astuple, file.entries)), list(map(astuple, file.problems)), file.broken])
    return file


def _twice(first: Entry, second: Entry) -> Problem:
    where = f"line {first.line}" if first.path == second.path else first.place
    same = " with the same values" if first.type == second.type and first.fields == second.fields else ""
    message = f'the key "{second.key}" is used already at {where}{same}; merge the two or rename this one.'
    return Problem(second.path, second.line, "C03", message)


def unknown_key(path: str, line: int, key: str, library: Library) -> Problem:
    """Return the problem of a key that no file has (C01), or has in another case (C02)."""
    real = library.real_key(key)
    if real:
        place = library.entries[real].place
        return Problem(path, line, "C02", f'"{key}" is written "{real}" in {place}; upper and lower case count.')
    if key in library.broken:
        return Problem(path, line, "C01", f'the entry "{key}" at {library.broken[key]} can\'t be read; mend it there.')
    message = f'no entry with the key "{key}" is in the bibliography.{hint(key, library.entries)}'
    return Problem(path, line, "C01", message)
