"""All references as files: BibLaTeX as recorded, CSL-JSON from pandoc, RIS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .coins import inverted, iso_dates, without_tags
from .convert import Csl
from .library import Entry, Library

#: CSL type to RIS type (the list of reference managers' "Research Information Systems" format, 2011).
RIS_TYPES = {
    "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS", "article": "GEN",
    "book": "BOOK", "chapter": "CHAP", "paper-conference": "CONF", "thesis": "THES", "report": "RPRT",
    "webpage": "ELEC", "post-weblog": "BLOG", "post": "ELEC", "dataset": "DATA", "motion_picture": "MPCT",
    "broadcast": "VIDEO", "legislation": "STAT", "legal_case": "CASE", "bill": "BILL", "patent": "PAT",
    "map": "MAP", "song": "SOUND", "software": "COMP", "manuscript": "UNPB", "personal_communication": "PCOMM",
    "entry-encyclopedia": "ENCYC", "entry-dictionary": "DICT", "interview": "PCOMM", "document": "GEN",
}  # fmt: skip


def downloads(library: Library, works: Mapping[str, Csl]) -> dict[str, str]:
    """Return file names and texts: `references.bib`, `.json` and `.ris`; sorted, the same bytes each time."""
    ordered = [works[key] for key in sorted(works)]
    return {
        "references.bib": bibtex((library.entries[key] for key in sorted(library.entries)), library),
        "references.json": _json([_without_others(work) for work in ordered]),
        "references.ris": ris(ordered),
    }


def _json(works: list[Csl]) -> str:
    return json.dumps(works, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _without_others(work: Csl) -> Csl:
    """Return a work without the person that pandoc makes of *and others*: programs would list an author of that name."""
    return {
        name: [each for each in value if each != {"literal": "others"}] if isinstance(value, list) else value
        for name, value in work.items()
    }


def bibtex(entries: Iterable[Entry], library: Library) -> str:
    """Return entries as recorded, after those that only lend their fields to others."""
    return "\n\n".join(entry.raw.strip() for entry in (*library.shared.values(), *entries)) + "\n"


def ris(works: Iterable[Mapping[str, Any]]) -> str:
    """Return works given as CSL-JSON in RIS, one record each."""
    return "\n".join(_record(work) for work in works)


def _record(work: Mapping[str, Any]) -> str:
    lines = [("TY", RIS_TYPES.get(str(work.get("type")), "GEN")), *_fields(work), ("ER", "")]
    return "".join(f"{tag}  - {value}\n" for tag, value in lines if value or tag == "ER")


def _fields(work: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield tags and values. Where programs read a tag differently, the one that pandoc and Zotero agree on is taken."""
    type_, inside = str(work.get("type")), _line(work, "container-title")
    yield "ID", str(work["id"])
    for tag, role in (("AU", "author"), ("AU", "director"), ("ED", "editor"), ("A4", "translator")):
        for person in work.get(role, ()):
            yield tag, inverted(person)
    yield "TI", _line(work, "title")
    # A web page has its site here and a report its series; of a conference Zotero wants the volume and the place again.
    yield "T2", inside or _line(work, {"webpage": "publisher", "report": "collection-title"}.get(type_, ""))
    if type_ == "paper-conference":
        yield "C3", inside
        yield "C1", _line(work, "publisher-place")
    yield "T3", _line(work, "collection-title")
    yield "PY", "/".join(iso_dates(work))
    yield "DA", _date(work)
    yield "VL", _line(work, "volume")
    yield "IS", _line(work, "issue") or _line(work, "number")
    yield from _pages(_line(work, "page"))
    yield "ET", _line(work, "edition")
    yield "PB", _line(work, "publisher")
    yield "CY", _line(work, "publisher-place")
    yield "M3", _line(work, "genre")
    yield "SN", _line(work, "ISBN") or _line(work, "ISSN") or (_line(work, "number") if type_ == "report" else "")
    yield "DO", _line(work, "DOI")
    yield "UR", _line(work, "URL")
    yield "LA", _line(work, "language")
    for word in filter(None, re.split(r"\s*[,;]\s*", _line(work, "keyword"))):
        yield "KW", word
    yield "AB", _line(work, "abstract")
    yield "N1", _line(work, "note") or _line(work, "annote")


def _line(work: Mapping[str, Any], variable: str) -> str:
    """Return a value on one line, as RIS asks, without the HTML that CSL-JSON allows in it."""
    return " ".join(without_tags(str(work.get(variable) or "")).split())


def _date(work: Mapping[str, Any]) -> str:
    """Return the date, or the first of a range, as `YYYY/MM/DD/`, with what is unknown left out."""
    parts = next(iter(iso_dates(work)), "").split("-")
    return "/".join([*parts, "", "", ""][:3]) + "/" if parts[0] else ""


def _pages(pages: str) -> Iterator[tuple[str, str]]:
    first, _, last = pages.partition("-") if re.fullmatch(r"\w+\s*[-–]\s*\w+", pages) else (pages, "", "")
    yield "SP", first.strip()
    yield "EP", last.strip()
