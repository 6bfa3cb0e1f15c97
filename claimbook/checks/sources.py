"""Rules for the archive's own records of sources, beyond those of any bibliography."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

from ..citations.languages import NAMES
from ..citations.library import Entry
from ..citations.lint import paged
from ..citations.problems import Problem, hint
from ..claims import vocabulary
from ..context import dates
from .archive import Archive

CODES = {
    "B01": "A key is authorYEARword in lower case, with nd for a work without a date.",
    "B02": "The first keyword of a source is its kind, and its file is named after it.",
    "B03": "Every source says how it was seen (verification) and when (verificationdate).",
    "B04": "Every source says its language (langid), by its English name or its code.",
    "B05": "The sources of a file are sorted by key.",
    "B06": "Addresses, also of archived copies, are web addresses; a Wayback Machine snapshot has 14 digits.",
    "B07": "A date of a source is written 2021, 2021-03, 2021-03-08 or 2013/2015, as much of it as is known.",
    "B08": "The type and the fields of an entry are ones that the archive knows: a typo would lose what they say.",
}


#: Types of BibLaTeX (its manual, section 2.1) that an archive of this kind has a use for.
TYPES = (
    "article", "book", "booklet", "collection", "dataset", "inbook", "incollection", "inproceedings", "inreference",
    "manual", "misc", "online", "patent", "periodical", "proceedings", "reference", "report", "software", "thesis",
    "unpublished", "xdata",
)  # fmt: skip
#: Fields of BibLaTeX (section 2.2), and the archive's own in the last line.
FIELDS = (
    "author", "editor", "translator", "title", "subtitle", "titleaddon", "booktitle", "booksubtitle", "maintitle",
    "journaltitle", "journalsubtitle", "eventtitle", "eventdate", "venue", "institution", "organization", "publisher",
    "location", "type", "howpublished", "edition", "version", "series", "volume", "volumes", "number", "issue", "part",
    "chapter", "pages", "pagetotal", "eid", "date", "origdate", "urldate", "pubstate", "doi", "eprint", "eprinttype",
    "eprintclass", "isbn", "issn", "url", "language", "langid", "origlanguage", "abstract", "annotation", "note",
    "addendum", "crossref", "xref", "xdata", "related", "relatedtype", "shorttitle", "shortauthor", "options",
    "keywords", "verification", "verificationdate", "archiveurl", "archivedate", "urlstatus",
)  # fmt: skip


def read_with_pages(entry: Entry) -> bool:
    """Whether a source's text was read, and has pages to point at."""
    return entry.get("verification") == "text" and paged(entry)


def check(archive: Archive) -> Iterator[Problem]:
    """Yield what is to be mended in the records of sources."""
    words = _words(archive)
    last: dict[str, Entry] = {}
    for entry in archive.library.entries.values():
        yield from _key(entry)
        yield from _kind(entry, words["kind"])
        yield from _seen(entry, words["verification"])
        yield from _addresses(entry)
        yield from _date(entry)
        yield from _known(entry)
        yield from _language(entry)
        before = last.get(entry.path)
        if before and entry.key < before.key:
            yield _at(entry, "", "B05", f'"{entry.key}" should come before "{before.key}": a file is sorted by key.')
        last[entry.path] = entry


def _words(archive: Archive) -> dict[str, list[str]]:
    path = archive.root / "docs" / "method" / "vocabulary.yml"
    return {name: list(words) for name, words in vocabulary.read(path).items()}


def _at(entry: Entry, field: str, code: str, message: str) -> Problem:
    return Problem(entry.path, entry.field_lines.get(field, entry.line), code, message)


def _key(entry: Entry) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9-]*?(?:\d{4}|nd)[a-z][a-z0-9-]*", entry.key):
        message = f'the key "{entry.key}" should be authorYEARword in lower case, such as "kostka2019opinion".'
        yield _at(entry, "", "B01", message)


def _kind(entry: Entry, kinds: list[str]) -> Iterator[Problem]:
    kind = entry.keywords[0] if entry.keywords else ""
    file = PurePosixPath(entry.path).stem
    if kind not in kinds:
        message = f'the first keyword of "{entry.key}" should be its kind ({", ".join(kinds)}), not "{kind}".'
        yield _at(entry, "keywords", "B02", message + hint(kind, kinds))
    elif kind != file:
        message = f'"{entry.key}" is of the kind {kind} and stands in {file}.bib: move it, or mend its keywords.'
        yield _at(entry, "keywords", "B02", message)


def _seen(entry: Entry, words: list[str]) -> Iterator[Problem]:
    seen = entry.get("verification")
    if seen not in words:
        message = f'"{entry.key}" should say how it was seen: verification = one of {", ".join(words)}'
        yield _at(
            entry, "verification", "B03", f'{message}, not "{seen}".{hint(seen, words)}' if seen else f"{message}."
        )
    day = entry.get("verificationdate")
    if not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", day) or not _is_date(day):
        message = (
            f'"{entry.key}" should say when it was seen: verificationdate = {{2026-11-22}} or {{2026-11}}, not "{day}".'
        )
        yield _at(entry, "verificationdate", "B03", message)


def _language(entry: Entry) -> Iterator[Problem]:
    tongue = entry.get("langid")
    if not tongue:
        message = f'"{entry.key}" doesn\'t say its language: langid = {{english}}, for example.'
        yield _at(entry, "langid", "B04", message)
    elif not entry.language and not re.fullmatch(r"[a-z]{2,3}", tongue):
        likely = (
            hint(tongue, [name.lower() for name in NAMES.values()])
            or " Write its English name in lower case, or its code."
        )
        yield _at(entry, "langid", "B04", f'"{tongue}" is no language known here.{likely}')


def _date(entry: Entry) -> Iterator[Problem]:
    day = entry.get("date")
    try:
        dates.parse(day or "2021")
    except ValueError as error:
        yield _at(entry, "date", "B07", f'the date of "{entry.key}": {error}.')


def _known(entry: Entry) -> Iterator[Problem]:
    if entry.type not in TYPES:
        message = f'"@{entry.type}" is no type of source known here.{hint(entry.type, TYPES)}'
        yield _at(entry, "", "B08", message)
    for name in entry.fields:
        if name not in FIELDS:
            message = f'"{entry.key}" has a field "{name}", which nothing here reads.{hint(name, FIELDS)}'
            yield _at(entry, name, "B08", message)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return False
    return True


def _addresses(entry: Entry) -> Iterator[Problem]:
    for field in ("url", "archiveurl"):
        address = entry.fields.get(field, "")
        if address and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+\.[^\s<>\"{}|\\^`]+", address):
            yield _at(entry, field, "B06", f'the {field} of "{entry.key}" is no web address: {address}')
    snapshot = entry.fields.get("archiveurl", "")
    if "web.archive.org/web/" in snapshot and not re.search(r"/web/\d{14}[a-z_]*/https?://", snapshot):
        message = f'the archiveurl of "{entry.key}" is no snapshot: 14 digits of date and time stand after /web/.'
        yield _at(entry, "archiveurl", "B06", message)
