"""COinS: a reference hidden in a page for reference managers (OpenURL 1.0, Z39.88-2004, key/encoded-value format)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

#: CSL type to the OpenURL genre that Zotero reads, for books and their parts.
BOOKS = {"book": "book", "chapter": "bookitem", "paper-conference": "proceeding", "report": "report",
         "entry-encyclopedia": "bookitem"}  # fmt: skip
PARTS = ("chapter", "paper-conference", "entry-encyclopedia")
JOURNALS = {"article-journal", "article-magazine", "article-newspaper", "article"}


def coins(work: Mapping[str, Any]) -> str:
    """Return the query string of a work given as CSL-JSON, ready for a `title` attribute."""
    return urlencode([("ctx_ver", "Z39.88-2004"), *_pairs(work)])


def _pairs(work: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield names and values. Which name Zotero reads in which format was tried with its own translator for COinS."""
    type_ = str(work.get("type", ""))
    person = "rft.au"
    if type_ == "thesis":
        yield "rft_val_fmt", "info:ofi/fmt:kev:mtx:dissertation"
        yield "rft.title", _text(work, "title")
        yield from _given(work, {"publisher": "rft.inst", "genre": "rft.degree"})
    elif type_ in BOOKS:
        yield "rft_val_fmt", "info:ofi/fmt:kev:mtx:book"
        yield "rft.genre", BOOKS[type_]
        yield ("rft.atitle" if type_ in PARTS else "rft.btitle"), _text(work, "title")
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
        # Of a web page only the source is kept, as the name of the site.
        site = "rft.source" if work.get("URL") and not work.get("container-title") else "rft.publisher"
        yield from _given(work, {"container-title": "rft.source", "publisher": site})
        person = "rft.creator"
    for each in work.get("author") or work.get("director") or work.get("editor") or []:
        if name := inverted(each):
            yield person, name
    for date in iso_dates(work)[:1]:
        yield "rft.date", date
    if work.get("DOI"):
        yield "rft_id", f"info:doi/{work['DOI']}"
    if work.get("URL"):
        yield "rft_id", str(work["URL"])
    if work.get("language"):
        yield "rft.language", str(work["language"])


def _given(work: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for variable, name in names.items():
        if work.get(variable):
            yield name, _text(work, variable)


def inverted(person: Mapping[str, str]) -> str:
    """Return a name as `Family, Given`, or an empty string for what stands for *and others*.

    Reference managers part a name at its last space. A comma at the end says that a body's name is one whole; where
    there is one inside, nothing helps.
    """
    family = " ".join(filter(None, (person.get("non-dropping-particle"), person.get("family"))))
    given = " ".join(filter(None, (person.get("given"), person.get("dropping-particle"), person.get("suffix"))))
    name = " ".join((family or person.get("literal") or "").split())
    if name == "others":
        return ""
    return f"{name}, {given}" if given else undivided(name)


def undivided(name: str) -> str:
    """Return a body's name so that nobody takes its last word for a family's."""
    return f"{name}," if " " in name and "," not in name else name


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
