"""The desk where a new source is received: is it there already, what is it called, where does it go."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from ..citations import bibfile, lint
from ..citations import library as libraries
from ..citations.library import Entry, Library
from ..citations.problems import hint
from ..claims import vocabulary
from ..claims.evidence import fold
from . import entry as entries
from . import registries, webpage
from .errors import SourceError
from .identifiers import Identifier, identify
from .record import Record
from .services import Services

FOLDER = "bibliography"


@dataclass(frozen=True)
class Wish:
    """What a person asked for: the identifier as typed, the `keyword` for its kind, the `file` it should go `to`.

    Where `keyword` and `to` are empty they are inferred. `anyway` accepts a title that another source nearly has,
    `dry` writes nothing.
    """

    typed: str
    keyword: str = ""
    to: str = ""
    anyway: bool = False
    dry: bool = False


@dataclass(frozen=True)
class Added:
    """An entry, and where it stands or would stand."""

    record: Record
    key: str
    path: str
    line: int
    text: str
    dry: bool

    def lines(self) -> Iterator[str]:
        """Yield what the person should read: the entry, what nobody told us, what only a reader can do."""
        done = "would be added" if self.dry else "added"
        yield f"{self.path}:{self.line}: {self.key} {done}, as {self.record.origin} describes it."
        yield ""
        yield self.text
        lacking = entries.missing(self.record)
        if lacking:
            yield "Not found; look in the source itself and add the line:"
            yield from (f"  {entries.WANTED[name]}" for name in lacking)
        yield from self.record.guesses
        if self.key.startswith("anon") or self.key.endswith("source"):
            yield "Its key is makeshift, since author or title has no Latin letters: give it a better one before you cite it."
        yield "Nobody has read it yet, so verification says record, and no finding may rest on it."
        yield f"When you have read it, write text, excerpt or copy there. Then cite it: [@{self.key}]"


def add(wish: Wish, root: Path, services: Services, today: date) -> Added:
    """Fetch what was asked for and write its entry into its file, in its place.

    Raises SourceError where the source is recorded already, where nothing can be learnt of it, or where the file
    can't take it; nothing is written then. An entry that exists is never changed.
    """
    library = libraries.read(libraries.find(root / FOLDER), root)
    typed = identify(wish.typed)
    kinds = list(vocabulary.read(root / "docs" / "method" / "vocabulary.yml")["kind"])
    _refuse_unknown(wish.keyword, kinds)
    chosen = _file(wish.to, root) if wish.to else ""
    _refuse_known(_of_identifier(typed), library)
    record = _look_up(typed, services)
    _refuse_known(_of_record(record), library)
    if not wish.anyway:
        _refuse_twin(record, library)
    record, kind = _with_kind(record, wish.keyword or _stem(chosen, kinds))
    path = chosen or f"{FOLDER}/{kind}.bib"
    key = entries.key(record, library)
    text = entries.write(record, key, kind, today, library)
    line = _put(root / path, path, key, text, library, wish.dry)
    return Added(record, key, path, line, text, wish.dry)


def _look_up(typed: Identifier, services: Services) -> Record:
    ask = {"doi": registries.doi, "isbn": registries.isbn, "url": webpage.page}
    return ask[typed.kind](typed.value, services)


# ------------------------------------------------------------------ kind and file


def _refuse_unknown(keyword: str, kinds: list[str]) -> None:
    if keyword and keyword not in kinds:
        raise SourceError(f'"{keyword}" is no kind of source: say one of {", ".join(kinds)}.{hint(keyword, kinds)}')


def _file(typed: str, root: Path) -> str:
    """Return the path of the file a person named by its path, its name, or its name without ending."""
    files = {path.stem: path.relative_to(root).as_posix() for path in libraries.find(root / FOLDER)}
    stem = Path(typed).stem
    if stem not in files or typed not in (stem, f"{stem}.bib", files[stem]):
        known = ", ".join(files.values())
        raise SourceError(f'there is no file "{typed}" of sources; say one of {known}.{hint(stem, files)}')
    return files[stem]


def _stem(path: str, kinds: list[str]) -> str:
    stem = Path(path).stem if path else ""
    return stem if stem in kinds else ""


_OFFICIAL = re.compile(r"(?:^|\.)(?:gov|gouv|gob|govt|europa|assemblee-nationale|senat)(?:\.|$)")
_SCHOLARLY = frozenset(("article", "book", "incollection", "inproceedings", "thesis"))


def _with_kind(record: Record, told: str) -> tuple[Record, str]:
    """Return the record and its kind; where nobody told it, a guess, and the record says so."""
    if told:
        return record, told
    kind = "scholarship" if record.type in _SCHOLARLY or record.get("doi") else "press"
    host = record.get("url").partition("://")[2].partition("/")[0]
    kind = "official" if kind == "press" and _OFFICIAL.search(host) else kind
    guess = f"It is taken for {kind}: if that is wrong, take it out again and say --keyword and the kind."
    return replace(record, guesses=(*record.guesses, guess)), kind


# ------------------------------------------------------------------ is it there already?


def _of_identifier(typed: Identifier) -> Entry:
    return Entry("", "", {typed.kind: typed.value}, "", 0)


def _of_record(record: Record) -> Entry:
    return Entry("", record.type, record.values, "", 0)


def _refuse_known(new: Entry, library: Library) -> None:
    """Raise where an entry has the DOI, address or ISBN."""
    wanted = {lint.identity(new, field) for field in ("doi", "url")} - {""}
    doi, isbn = new.get("doi").lower(), new.get("isbn")
    for entry in library.entries.values():
        same = wanted & {lint.identity(entry, field) for field in ("doi", "url")}
        in_address = doi and re.search(rf"{re.escape(doi)}(?!\w)", entry.get("url").lower())
        same_book = isbn and isbn == re.sub(r"\D", "", entry.get("isbn"))
        if same or in_address or same_book:
            raise SourceError(_known(entry))


def _known(entry: Entry) -> str:
    return f"it is recorded already, at {entry.place}: cite it as [@{entry.key}]. Nothing was written."


def _refuse_twin(record: Record, library: Library) -> None:
    """Raise where an entry has nearly the title, and neither its year nor its author says that it is another work."""
    title, year = fold(record.get("title")), record.get("date")[:4]
    family = fold(record.authors[0].family) if record.authors else ""
    for entry in library.entries.values():
        if not _near(title, fold(entry.get("title"))):
            continue
        same_year = not year or not entry.get("date") or entry.get("date")[:4] == year
        if same_year or (family and family in fold(entry.get("author"))):
            raise SourceError(
                f"its title is nearly that of {entry.key} ({entry.place}): “{entry.get('title')}”. "
                f"Is it the same work? Then cite [@{entry.key}]. If not, say --anyway. Nothing was written."
            )


def _near(one: str, other: str) -> bool:
    if one == other:
        return True
    pair = SequenceMatcher(None, one, other, autojunk=False)
    return len(one) > 15 and pair.real_quick_ratio() > 0.9 and pair.quick_ratio() > 0.9 and pair.ratio() > 0.9


# ------------------------------------------------------------------ into the file


def _put(path: Path, shown: str, key: str, text: str, library: Library, dry: bool) -> int:
    """Write an entry into a file, before the first whose key follows; returns its line. Raises SourceError."""
    before = _content(path, shown)
    old = bibfile.read(before, shown)
    if old.problems:
        raise SourceError(f"mend this first, nothing was written: {old.problems[0]}")
    line, after = _inserted(before, key, text, old.entries)
    new = bibfile.read(after, shown)
    kept = {entry.key: entry.fields for entry in new.entries if entry.key != key}
    if new.problems or kept != {entry.key: entry.fields for entry in old.entries} or len(new.entries) == len(kept):
        raise SourceError(
            f"{shown} would not be as before with this entry; nothing was written. Fill it by hand:\n{text}"
        )
    if not dry:
        _replace(path, after, shown)
    return line


def _content(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{shown} can't be read ({error.strerror}); nothing was written.") from None


def _inserted(content: bytes, key: str, text: str, known: tuple[Entry, ...]) -> tuple[int, bytes]:
    """Return the new entry's line and the file with it, in the file's own line ends."""
    end = b"\r\n" if b"\r\n" in content else b"\n"
    block = text.encode().replace(b"\n", end)
    follower = next((entry for entry in known if entry.key > key), None)
    if follower is None:
        head = content.rstrip() + end + end if content.strip() else b""
        return head.count(b"\n") + 1, head + block
    start = sum(map(len, content.splitlines(keepends=True)[: follower.line - 1]))
    return follower.line, content[:start] + block + end + content[start:]


def _replace(path: Path, content: bytes, shown: str) -> None:
    """Put new content in a file's place in one step, so that a break in between loses nothing."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
            fresh = Path(folder, path.name)
            fresh.write_bytes(content)
            shutil.copymode(path, fresh)
            os.replace(fresh, path)
    except OSError as error:
        raise SourceError(f"{shown} can't be written ({error.strerror}); it is as it was.") from None
