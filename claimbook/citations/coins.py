"""COinS: a reference hidden in a page for reference managers (OpenURL 1.0, Z39.88-2004, key/encoded-value format)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

#: CSL type to the OpenURL format and genre that Zotero reads; all others are described as Dublin Core.
BOOKS = {"book": "book", "chapter": "bookitem", "paper-conference": "proceeding", "report": "report",
         "thesis": "dissertation", "entry-encyclopedia": "bookitem"}  # fmt: skip
JOURNALS = {"article-journal", "article-magazine", "article-newspaper", "article"}


def coins(work: Mapping[str, Any]) -> str:
    """Return the query string of a work given as CSL-JSON, ready for a `title` attribute."""
    return urlencode([("ctx_ver", "Z39.88-2004"), *_pairs(work)])


def _pairs(work: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    type_ = str(work.get("type", ""))
    if type_ in BOOKS:
        yield "rft_val_fmt", "info:ofi/fmt:kev:mtx:dissertation" if type_ == "thesis" else "info:ofi/fmt:kev:mtx:book"
        yield "rft.genre", BOOKS[type_]
        yield ("rft.atitle" if type_ in ("chapter", "paper-conference") else "rft.btitle"), _text(work, "title")
        yield from _given(work, {"container-title": "rft.btitle", "publisher": "rft.pub", "publisher-place": "rft.place",
                                 "ISBN": "rft.isbn", "page": "rft.pages", "collection-title": "rft.series"})  # fmt: skip
    elif type_ in JOURNALS and work.get("container-title"):
        yield "rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"
        yield "rft.genre", "article"
        yield "rft.atitle", _text(work, "title")
        yield from _given(work, {"container-title": "rft.jtitle", "volume": "rft.volume", "issue": "rft.issue",
                                 "page": "rft.pages", "ISSN": "rft.issn"})  # fmt: skip
    else:
        yield "rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"
        yield "rft.type", "webpage" if work.get("URL") else type_ or "document"
        yield "rft.title", _text(work, "title")
        yield from _given(work, {"publisher": "rft.publisher", "container-title": "rft.source"})
    yield from _people(work, dublin_core=type_ not in BOOKS and not (type_ in JOURNALS and work.get("container-title")))
    for date in iso_dates(work)[:1]:
        yield "rft.date", date
    if work.get("DOI"):
        yield "rft_id", f"info:doi/{work['DOI']}"
    if work.get("URL"):
        yield "rft_id" if work.get("DOI") else "rft.identifier", str(work["URL"])
    if work.get("language"):
        yield "rft.language", str(work["language"])


def _given(work: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for variable, name in names.items():
        if work.get(variable):
            yield name, _text(work, variable)


def _people(work: Mapping[str, Any], dublin_core: bool) -> Iterator[tuple[str, str]]:
    people = work.get("author") or work.get("director") or work.get("editor") or []
    for index, person in enumerate(people):
        family, given = person.get("family") or person.get("literal") or "", person.get("given", "")
        if family == "others":  # from "and others"
            return
        if dublin_core:
            yield "rft.creator", f"{given} {family}".strip()
        elif index == 0 and given:
            yield "rft.aulast", family
            yield "rft.aufirst", given
        yield from () if dublin_core else [("rft.au", f"{given} {family}".strip())]


def _text(work: Mapping[str, Any], variable: str) -> str:
    return without_tags(str(work.get(variable, "")))


_TAG = re.compile(r"</?(?:i|b|sub|sup|span|sc)\b[^>]*>")


def without_tags(text: str) -> str:
    """Return a value without the few HTML tags that CSL-JSON uses for italics and the like."""
    return _TAG.sub("", text) if "<" in text else text


def iso_dates(work: Mapping[str, Any]) -> list[str]:
    """Return the date of issue in ISO form, as precise as it is known; two for a range, none where it is unknown."""
    dates = ([str(part) for part in parts if str(part)] for parts in (work.get("issued") or {}).get("date-parts") or ())
    return ["-".join([parts[0].zfill(4), *(part.zfill(2) for part in parts[1:])]) for parts in dates if parts]
