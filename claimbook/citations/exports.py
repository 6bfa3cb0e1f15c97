"""All references as files: BibLaTeX as recorded, CSL-JSON from pandoc, RIS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .cache import Cache
from .convert import convert
from .library import Entry, Library

#: CSL type to RIS type (the list of reference managers' "Research Information Systems" format, 2011).
RIS_TYPES = {
    "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS", "article": "GEN",
    "book": "BOOK", "chapter": "CHAP", "paper-conference": "CONF", "thesis": "THES", "report": "RPRT",
    "webpage": "ELEC", "post-weblog": "BLOG", "post": "ELEC", "dataset": "DATA", "motion_picture": "VIDEO",
    "broadcast": "VIDEO", "legislation": "STAT", "legal_case": "CASE", "bill": "BILL", "patent": "PAT",
    "map": "MAP", "song": "SOUND", "software": "COMP", "manuscript": "UNPB", "personal_communication": "PCOMM",
    "entry-encyclopedia": "ENCYC", "entry-dictionary": "DICT", "interview": "PCOMM",
}  # fmt: skip


def downloads(library: Library, cache: Cache) -> dict[str, str]:
    """Return file names and texts: `references.bib`, `.json` and `.ris`; sorted, the same bytes each time."""
    entries = [library.entries[key] for key in sorted(library.entries)]
    works, _ = convert(entries, library, cache)
    ordered = [works[entry.key] for entry in entries if entry.key in works]
    return {
        "references.bib": bibtex(entries, library),
        "references.json": json.dumps(ordered, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        "references.ris": ris(ordered),
    }


def bibtex(entries: Iterable[Entry], library: Library) -> str:
    """Return entries as recorded, after the `@string` definitions of their files."""
    strings = dict.fromkeys(text.strip() for texts in library.strings.values() for text in texts)
    return "\n\n".join([*strings, *(entry.raw.strip() for entry in entries)]) + "\n"


def ris(works: Iterable[Mapping[str, Any]]) -> str:
    """Return works given as CSL-JSON in RIS, one record each."""
    return "\n".join(_record(work) for work in works)


def _record(work: Mapping[str, Any]) -> str:
    lines = [("TY", RIS_TYPES.get(str(work.get("type")), "GEN")), *_fields(work), ("ER", "")]
    return "".join(f"{tag}  - {value}\n" for tag, value in lines if value or tag == "ER")


def _fields(work: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "ID", str(work["id"])
    for tag, role in (("AU", "author"), ("A2", "editor"), ("A4", "translator")):
        for person in work.get(role, ()):
            yield tag, _person(person)
    yield "TI", _line(work, "title")
    serial = str(work.get("type", "")).startswith("article")
    yield ("JO" if serial else "T2"), _line(work, "container-title")
    yield "T3", _line(work, "collection-title")
    yield "PY", _year(work)
    yield "DA", _date(work)
    yield "VL", _line(work, "volume")
    yield "IS", _line(work, "issue") or _line(work, "number")
    yield from _pages(_line(work, "page"))
    yield "PB", _line(work, "publisher")
    yield "CY", _line(work, "publisher-place")
    yield "M3", _line(work, "genre")
    yield "SN", _line(work, "ISBN") or _line(work, "ISSN")
    yield "DO", _line(work, "DOI")
    yield "UR", _line(work, "URL")
    yield "LA", _line(work, "language")
    for word in filter(None, re.split(r"\s*[,;]\s*", _line(work, "keyword"))):
        yield "KW", word
    yield "AB", _line(work, "abstract")
    yield "N1", _line(work, "note") or _line(work, "annote")


def _line(work: Mapping[str, Any], variable: str) -> str:
    """Return a value on one line, as RIS asks, without the HTML that CSL-JSON allows in it."""
    return " ".join(re.sub(r"</?(?:i|b|sub|sup|span|sc)\b[^>]*>", "", str(work.get(variable) or "")).split())


def _person(person: Mapping[str, str]) -> str:
    family = " ".join(filter(None, (person.get("non-dropping-particle"), person.get("family"))))
    given = " ".join(filter(None, (person.get("given"), person.get("dropping-particle"))))
    parts = [part for part in (family or person.get("literal"), given, person.get("suffix")) if part]
    return ", ".join(parts)


def _parts(work: Mapping[str, Any]) -> list[str]:
    parts = (work.get("issued") or {}).get("date-parts") or [[]]
    return [str(part) for part in parts[0]]


def _year(work: Mapping[str, Any]) -> str:
    return next(iter(_parts(work)), "")


def _date(work: Mapping[str, Any]) -> str:
    """Return `YYYY/MM/DD/`, the form of the RIS field DA, with what is unknown left out."""
    parts = [part.zfill(2) for part in _parts(work)]
    return "/".join([*parts, "", "", ""][:3]) + "/" if len(parts) > 1 else ""


def _pages(pages: str) -> Iterator[tuple[str, str]]:
    first, _, last = pages.partition("-") if re.fullmatch(r"\w+\s*[-–]\s*\w+", pages) else (pages, "", "")
    yield "SP", first.strip()
    yield "EP", last.strip()
