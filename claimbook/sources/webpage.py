"""What a web page says of itself in its head, for programs that cite it.

Four dialects are read, the most careful first: Highwire's `citation_…` (https://scholar.google.com/intl/en/scholar/inclusion.html),
schema.org in JSON-LD, Dublin Core, Open Graph (https://ogp.me); then the title element.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

from . import fetch, identifiers, registries
from .errors import SourceError
from .record import Name, Record, clean, date_of, first, language, name, names_of
from .services import Services

_WORKS = {"article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "scholarlyarticle",
          "blogposting", "report", "webpage", "book", "thesis", "podcastepisode", "videoobject", "dataset"}  # fmt: skip
#: Titles of pages that stand where another was asked for.
_OBSTACLE = re.compile(
    r"\b404\b|not found|page introuvable|just a moment|access denied|attention required|captcha|are you a (?:robot|human)|"
    r"verify(?:ing)? you are human|sign in|log in|connexion|页面不存在|找不到",
    re.I,
)


@dataclass(frozen=True)
class Head:
    """A page's head: the values of its `meta` elements by name, its title, its language, its JSON-LD works."""

    meta: Mapping[str, list[str]] = field(default_factory=dict)
    title: str = ""
    language: str = ""
    works: tuple[Mapping[str, Any], ...] = ()

    def all(self, *names: str) -> list[str]:
        """Return all values of the first of the names that has any."""
        return next((self.meta[name] for name in names if self.meta.get(name)), [])

    def get(self, *names: str) -> str:
        """Return the first value, cleaned, or an empty text."""
        return first(*(self.meta.get(name, []) for name in names))


def page(address: str, services: Services) -> Record:
    """Return what a page says of itself. Where it names its DOI, the record of that is returned, with the address.

    Raises SourceError for an answer that is no page, and for one that only stands in its way.
    """
    try:
        answer = fetch.get(address, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1", services)
    except SourceError as error:
        return _by_address(address, services, error)
    host = urlsplit(answer.address).hostname or ""
    if answer.type not in ("text/html", "application/xhtml+xml"):
        what = "a PDF" if answer.type == "application/pdf" else f"a file ({answer.type})"
        raise SourceError(
            f"{host} gives {what}, which doesn't say what it is: give its DOI, or fill the entry by hand."
        )
    found = head(_text(answer))
    final = identifiers.address(answer.address)
    doi = _doi(found)
    if not doi:
        return _record(found, final, host)
    try:
        registered = registries.doi(doi, services)
    except SourceError as error:
        own = _record(found, final, host)
        guess = f"The page names the DOI {doi}, but {error}"
        return replace(own, values={**own.values, "doi": doi}, guesses=(*own.guesses, guess))
    spoken = language(found.get("citation_language", "dc.language") or found.language, registered.get("title"))
    values = {"langid": spoken, **registered.values, "url": final}
    return replace(registered, values={field: text for field, text in values.items() if text})


def _by_address(address: str, services: Services, refusal: SourceError) -> Record:
    """Return the record of the DOI that an address holds, as publishers' do who let no program in; else say why not."""
    match = re.search(
        r"/(10\.\d{4,9}/[^?#\s]+?)(?:/(?:full|abstract|pdf|html|meta|epub))?/?$", unquote(urlsplit(address).path)
    )
    if match is None:
        raise refusal
    try:
        registered = registries.doi(match[1], services)
    except SourceError:
        raise refusal from None
    guess = f"The page itself couldn't be read: this is the record of the DOI in its address, {match[1]}."
    return replace(registered, values={**registered.values, "url": address}, guesses=(*registered.guesses, guess))


def _doi(found: Head) -> str:
    text = found.get("citation_doi", "dc.identifier.doi", "prism.doi", "bepress_citation_doi")
    match = re.search(r"10\.\d{4,9}/\S+", text)
    return identifiers.doi(match[0]) if match else ""


def _text(answer: fetch.Answer) -> str:
    """Return a page's text in the charset that its header or its own head names; UTF-8 unless said otherwise."""
    told = answer.charset
    if not told:
        match = re.search(rb"""<meta[^>]+charset=["']?([\w-]+)""", answer.body[:4096], re.I)
        told = match[1].decode() if match else "utf-8"
    try:
        return answer.body.decode(told, errors="replace")
    except LookupError:
        return answer.body.decode("utf-8", errors="replace")


def _record(found: Head, address: str, host: str) -> Record:
    work = found.works[0] if found.works else {}
    journal = found.get("citation_journal_title")
    site = _site(found, work)
    title = _title(found, work, site)
    if not title:
        raise SourceError(f"{host} gives a page without a title; fill the entry by hand.")
    if _OBSTACLE.search(title) and len(title) < 60:
        raise SourceError(
            f"{host} shows “{title}” in place of the page; open it in a browser and fill the entry by hand."
        )
    book = found.get("citation_inbook_title", "citation_conference_title")
    kind = "article" if journal else "incollection" if book else "book" if found.get("citation_isbn") else "online"
    start, end = found.get("citation_firstpage"), found.get("citation_lastpage")
    values = {
        "title": title,
        "journaltitle": journal,
        "booktitle": book,
        "publisher": "" if kind == "article" else found.get("citation_publisher") or site or _place(host),
        "number": found.get("citation_issue"),
        "volume": found.get("citation_volume"),
        "pages": registries.pages(f"{start}--{end}" if start and end and start != end else start),
        "date": date_of(_date(found, work)),
        "isbn": re.sub(r"[^\dX]", "", found.get("citation_isbn"))[:13],
        "url": address,
        "langid": language(_language(found, work), title),
    }
    guesses = [] if site or kind != "online" else [f"The page doesn't name its publisher: {_place(host)} is its host."]
    return Record(
        host, kind, _authors(found, work), (), {name: text for name, text in values.items() if text}, tuple(guesses)
    )


def _place(host: str) -> str:
    return host.removeprefix("www.")


def _site(found: Head, work: Mapping[str, Any]) -> str:
    publisher = work.get("publisher")
    told = publisher.get("name") if isinstance(publisher, Mapping) else publisher
    return found.get("og:site_name") or first(told) or found.get("dc.publisher", "application-name")


def _title(found: Head, work: Mapping[str, Any], site: str) -> str:
    title = found.get("citation_title") or first(work.get("headline"), work.get("name"))
    title = title or found.get("dc.title", "dcterms.title", "og:title", "twitter:title") or clean(found.title)
    # A title element often ends with the name of the site: that is no part of the title.
    return re.sub(rf"\s+[|–—·-]\s+{re.escape(site)}$", "", title, flags=re.I) if site else title


def _date(found: Head, work: Mapping[str, Any]) -> str:
    told = found.get("citation_publication_date", "citation_date", "citation_online_date", "citation_year")
    told = told or first(work.get("datePublished"))
    return told or found.get(
        "article:published_time",
        "og:article:published_time",
        "dc.date.issued",
        "dcterms.issued",
        "dc.date",
        "date",
        "pubdate",
    )


def _language(found: Head, work: Mapping[str, Any]) -> str:
    told = found.get("citation_language") or first(work.get("inLanguage"))
    return told or found.get("dc.language", "og:locale") or found.language


def _authors(found: Head, work: Mapping[str, Any]) -> tuple[Name, ...]:
    if told := found.all("citation_author", "bepress_citation_author"):
        return names_of(told)
    authors = work.get("author")
    listed: list[Name] = []
    for author in authors if isinstance(authors, list) else [authors]:
        if isinstance(author, Mapping):
            kind = author.get("@type")
            one = name(first(author.get("name")), body="Organization" in (kind if isinstance(kind, list) else [kind]))
            listed += [one] if one else []
        else:
            listed += names_of([author])
    return tuple(dict.fromkeys(listed)) or names_of(found.all("dc.creator", "author", "parsely-author"))


# ------------------------------------------------------------------ reading the head


def head(text: str) -> Head:
    """Return what a page's head says; nothing raises for what the page holds."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    works = [work for script in reader.scripts for work in _works(script)]
    # Many sites describe the page first and the article on it after.
    works.sort(key=lambda work: str(work.get("@type")) == "WebPage")
    return Head(reader.meta, "".join(reader.title), reader.language, tuple(works))


class _Reader(HTMLParser):
    """Collects the head's elements, wherever in the page they stand."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, list[str]] = {}
        self.title: list[str] = []
        self.language = ""
        self.scripts: list[str] = []
        self._in = ""
        self._titled = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.language = self.language or values.get("lang", "")
        elif tag == "meta":
            label = (values.get("name") or values.get("property") or values.get("itemprop") or "").lower()
            if label and values.get("content"):
                self.meta.setdefault(label, []).append(values["content"])
        elif tag == "title" and not self._titled:
            self._in, self._titled = tag, True
        elif tag == "script" and values.get("type", "").lower() == "application/ld+json":
            self._in = tag
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in = "" if tag == self._in else self._in

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title.append(data)
        elif self._in == "script":
            self.scripts[-1] += data


def _works(script: str) -> Iterator[Mapping[str, Any]]:
    """Yield the works that a piece of JSON-LD describes, those named first foremost; of broken JSON, none."""
    try:
        value = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return
    waiting = [value]
    for item in waiting:  # grows while it is read: what a list or a graph holds comes behind it
        if isinstance(item, list):
            waiting += item[:100]
        elif isinstance(item, Mapping):
            waiting += item["@graph"][:100] if isinstance(item.get("@graph"), list) else []
            kinds = item.get("@type")
            if {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])} & _WORKS:
                yield item
