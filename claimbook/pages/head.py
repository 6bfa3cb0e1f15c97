"""What the head of a page tells search engines, reference managers and link previews.

Four vocabularies, all of them text that a template prints (overrides/partials/head.html): Open Graph for previews
(ogp.me), Highwire's `citation_*` names, which Google Scholar and Zotero read, Dublin Core's terms, and schema.org as
JSON-LD. Claims carry their ClaimReview besides (claims/exports.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin

from ..citations.coins import undivided, without_tags

ESSAY, FIGURE, FILM, CLAIM, OTHER = "essay", "figure", "film", "claim", "other"
#: What CSL calls a work, and what schema.org calls it; all others are creative works.
TYPES = {
    "article-journal": "ScholarlyArticle", "article-newspaper": "NewsArticle", "article-magazine": "Article",
    "book": "Book", "chapter": "Chapter", "dataset": "Dataset", "legislation": "Legislation",
    "motion_picture": "Movie", "report": "Report", "thesis": "Thesis", "webpage": "WebPage",
}  # fmt: skip

#: Where the archive lists its sources.
SOURCES = "bibliography/"

Node = dict[str, Any]


@dataclass(frozen=True)
class Archive:
    """The archive as a whole. `day` is its edition's, in ISO form; `licence` the address of its text's licence."""

    name: str
    address: str
    authors: tuple[str, ...]
    day: str
    licence: str
    language: str = "en"


@dataclass(frozen=True)
class Page:
    """A page as its head needs it. `address` is whole; `crumbs` are the titles and addresses of the pages above it."""

    kind: str
    title: str
    description: str
    address: str
    crumbs: tuple[tuple[str, str], ...] = ()
    works: Sequence[Mapping[str, Any]] = ()
    """The works cited on the page, as CSL-JSON."""
    film: Mapping[str, Any] = field(default_factory=dict)
    """The film's facts, named as schema.org names them."""
    table: str = ""
    """The address of the CSV that the page's figure is drawn from."""
    years: tuple[str, ...] = ()
    """The dates of the CSV's rows."""


def previews(page: Page, archive: Archive) -> list[tuple[str, str]]:
    """Return Open Graph's properties. No picture: none of ours shows the film, and none is another host's."""
    return [
        ("og:type", "article" if page.kind in (ESSAY, CLAIM) else "website"),
        ("og:site_name", archive.name),
        ("og:title", page.title),
        ("og:description", page.description),
        ("og:url", page.address),
        ("og:locale", {"en": "en_GB"}.get(archive.language, archive.language)),
    ]


def citation_tags(page: Page, archive: Archive) -> list[tuple[str, str]]:
    """Return Highwire's names for a page that is cited by itself: an essay, a figure, a claim."""
    if page.kind not in (ESSAY, FIGURE, CLAIM):
        return []
    return [
        ("citation_title", page.title),
        *(("citation_author", undivided(author)) for author in archive.authors),
        ("citation_online_date", archive.day.replace("-", "/")),
        ("citation_publisher", archive.name),
        ("citation_language", archive.language),
        ("citation_public_url", page.address),
    ]


def catalogue_card(archive: Archive) -> list[tuple[str, str]]:
    """Return Dublin Core's terms for any page, and Zotero's word for what kind of thing to save it as.

    Without the kind it takes an `article` for one in a journal, and loses the site's name; without a date it takes the
    first that stands in the page.
    """
    return [
        *(("dcterms.creator", undivided(author)) for author in archive.authors),
        ("dcterms.date", archive.day),
        ("dcterms.rights", archive.licence),
        ("z:itemType", "webpage"),
    ]


def graph(page: Page, archive: Archive) -> list[Node]:
    """Return the page in schema.org's words: where it stands, and what it is about."""
    whole = {"@type": "WebSite", "@id": f"{archive.address}#archive", "name": archive.name, "url": archive.address}
    nodes: list[Node] = []
    if page.crumbs:
        nodes.append(_trail(page))
    if page.kind == ESSAY:
        nodes.append(_described("ScholarlyArticle", page, archive, whole) | {
            "headline": page.title, "citation": [work(each, archive) for each in page.works]})  # fmt: skip
    elif page.kind == FIGURE and page.table:
        nodes.append(_dataset(page, archive, whole))
    elif page.kind == FILM and page.film:
        nodes.append({"@type": "Movie", "@id": f"{archive.address}#film", **page.film,
                      "subjectOf": {"@type": "WebPage", "name": page.title, "url": page.address}})  # fmt: skip
    return nodes


def linked_data(nodes: Sequence[Node]) -> Node | None:
    """Return nodes as one JSON-LD document, or nothing where there are none."""
    return {"@context": "https://schema.org", "@graph": list(nodes)} if nodes else None


def work(csl: Mapping[str, Any], archive: Archive) -> Node:
    """Return a cited work: its type, its title, its DOI, and where the archive lists it with all the rest."""
    node = {
        "@type": TYPES.get(str(csl.get("type")), "CreativeWork"),
        "@id": f"{archive.address}{SOURCES}#ref-{quote(str(csl.get('id', '')))}",
        "name": without_tags(str(csl.get("title", ""))),
    }
    return node | ({"sameAs": f"https://doi.org/{csl['DOI']}"} if csl.get("DOI") else {})


def _described(type_: str, page: Page, archive: Archive, whole: Node) -> Node:
    return {
        "@type": type_,
        "@id": page.address,
        "name": page.title,
        "description": page.description,
        "url": page.address,
        "inLanguage": archive.language,
        "author": [{"@type": "Organization", "name": author} for author in archive.authors],
        "publisher": {"@type": "Organization", "name": archive.name, "url": archive.address},
        "license": archive.licence,
        "isAccessibleForFree": True,
        "isPartOf": whole,
    }


def _dataset(page: Page, archive: Archive, whole: Node) -> Node:
    node = _described("Dataset", page, archive, whole)
    node["creator"] = node.pop("author")
    node["distribution"] = [{"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": page.table}]
    years = sorted(date[:4] for date in page.years if date[:4].isdigit())
    if years:
        node["temporalCoverage"] = years[0] if years[0] == years[-1] else f"{years[0]}/{years[-1]}"
    if page.works:
        node["isBasedOn"] = [work(each, archive) for each in page.works]
    return node


def _trail(page: Page) -> Node:
    steps = [*page.crumbs, (page.title, page.address)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(steps, 1)
        ],
    }


def kind(path: str) -> str:
    """Return what kind of page a file below docs/ makes."""
    folder, _, name = path.rpartition("/")
    if folder == "essays" and name != "index.md":
        return ESSAY
    if folder == "figures" and name != "index.md":
        return FIGURE
    if folder == "claims" and name.startswith("c-"):
        return CLAIM
    return FILM if path == "film/index.md" else OTHER


def crumbs(path: str, address: str, home: str, titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the pages above a page: the front page, and the first page of its folder.

    `titles` maps files below docs/ to titles; `address` and `home` are the archive's address and the front page's name.
    """
    if path == "index.md":
        return ()
    folder = path.rpartition("/")[0]
    above = f"{folder}/index.md"
    found = [(home, address)]
    if folder and path != above and above in titles:
        found.append((titles[above], urljoin(address, f"{folder}/")))
    return tuple(found)
