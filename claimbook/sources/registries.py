"""Records of DOIs and ISBNs, from those who keep them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from . import fetch
from .errors import SourceError
from .record import Record, clean, date_of, first, language, names, names_of
from .services import Services

#: What agencies of DOIs call a work (CSL's words, and Crossref's own) in BibLaTeX's.
_TYPES = {
    "article-journal": "article", "journal-article": "article", "article-magazine": "article",
    "article-newspaper": "article", "review": "article", "book": "book", "monograph": "book",
    "edited-book": "book", "reference-book": "book", "chapter": "incollection", "book-chapter": "incollection",
    "book-section": "incollection", "entry-encyclopedia": "incollection", "paper-conference": "inproceedings",
    "proceedings-article": "inproceedings", "report": "report", "report-component": "report", "thesis": "thesis",
    "dissertation": "thesis", "dataset": "misc", "article": "online", "posted-content": "online",
    "webpage": "online", "post-weblog": "online", "post": "online",
}  # fmt: skip


def doi(value: str, services: Services) -> Record:
    """Return the record of a DOI, asked of the agency that registered it, in CSL-JSON. Raises SourceError."""
    place = f"{services.doi}/{quote(value, safe='/:()')}"
    try:
        answer = fetch.get(place, "application/vnd.citationstyles.csl+json", services)
    except fetch.Missing:
        raise SourceError(f"no DOI {value} is registered: compare it with the source, sign for sign.") from None
    work = _json(answer)
    return _from_csl(work, value, _agency(answer.address))


def _agency(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return next((name for word, name in _AGENCIES.items() if word in host), host)


_AGENCIES = {"crossref": "Crossref", "datacite": "DataCite", "crosscite": "DataCite", "medra": "mEDRA"}


def _from_csl(work: Mapping[str, Any], value: str, origin: str) -> Record:
    kind = _TYPES.get(clean(work.get("type")), "misc")
    title = _title(work)
    if not title:
        raise SourceError(f"{origin}'s record of {value} has no title; fill the entry by hand.")
    published = ("issued", "published", "published-print", "published-online", "posted")
    values = {
        "title": title,
        _CONTAINERS.get(kind, ""): first(work.get("container-title")),
        _PUBLISHERS.get(kind, "publisher"): first(work.get("publisher")) if kind != "article" else "",
        "location": first(work.get("publisher-place")) if kind == "book" else "",
        "number": first(work.get("issue"), work.get("number")),
        "volume": first(work.get("volume")),
        "pages": pages(first(work.get("page"))),
        "eid": first(work.get("article-number")) if not first(work.get("page")) else "",
        "date": next(filter(None, (date_of(work.get(name)) for name in published)), ""),
        "doi": value,
        "isbn": "" if kind == "article" else re.sub(r"[^\dX]", "", first(work.get("ISBN")))[:13],
        "langid": language(work.get("language"), title),
    }
    guesses = (
        ()
        if kind != "misc"
        else (f'{origin} calls it "{clean(work.get("type")) or "nothing"}": see whether @misc is right.',)
    )
    values.pop("", None)
    found = {field: text for field, text in values.items() if text}
    return Record(origin, kind, names(work.get("author")), names(work.get("editor")), found, guesses)


_CONTAINERS = {"article": "journaltitle", "incollection": "booktitle", "inproceedings": "booktitle"}
_PUBLISHERS = {"report": "institution", "thesis": "institution"}


def _title(work: Mapping[str, Any]) -> str:
    title, below = first(work.get("title")), first(work.get("subtitle"))
    if not below or below.casefold() in title.casefold():
        return title
    return f"{title}{' ' if title[-1:] in '?!.' else ': '}{below}"


def pages(text: str) -> str:
    """Return pages with the dash that BibLaTeX reads as a range."""
    return re.sub(r"\s*[-–—]+\s*", "--", text)


def isbn(value: str, services: Services) -> Record:
    """Return the record of an ISBN from Open Library (https://openlibrary.org/dev/docs/api/books). Raises SourceError."""
    place = f"{services.isbn}/api/books?bibkeys=ISBN:{value}&jscmd=data&format=json"
    answer = fetch.get(place, "application/json", services)
    work = _json(answer).get(f"ISBN:{value}")
    if not isinstance(work, Mapping) or not _title(work):
        raise SourceError(f"Open Library has no book with the ISBN {value}; give its DOI, or fill the entry by hand.")

    def named(field: str) -> list[Any]:
        value = work.get(field)
        return [item.get("name") for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []

    title = _title(work)
    values = {
        "title": title,
        "publisher": first(named("publishers")),
        "location": first(named("publish_places")),
        "date": date_of(work.get("publish_date")),
        "isbn": value,
        "langid": language("", title),
    }
    found = {field: text for field, text in values.items() if text}
    return Record("Open Library", "book", names_of(named("authors")), (), found)


def _json(answer: fetch.Answer) -> Mapping[str, Any]:
    """Return an answer as the JSON object it should be. Raises SourceError."""
    host = urlsplit(answer.address).netloc
    if not answer.whole:
        raise SourceError(
            f"{host} sent more than {fetch.LIMIT // 1_000_000} MB, which is no record; fill the entry by hand."
        )
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise SourceError(f"{host} answered with {answer.type}, not with a record; try again later.") from None
    if not isinstance(value, Mapping):
        raise SourceError(f"{host} answered with a list or a word, not with a record; try again later.")
    return value
