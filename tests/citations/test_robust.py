"""A reference leads to its source and to a copy of it, and says which of the two still opens."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from claimbook.citations.library import Entry
from claimbook.citations.render import Renderer, facts

URL = "https://archive.test/a?b=1&c=2"
COPY = f"https://web.archive.org/web/20210203040506/{URL}"
REFERENCE = '<a href="https://archive.test/a?b=1&amp;c=2">archive.test</a>. <a href="https://doi.org/10.1/x">10.1/x</a>. <a href="https://archive.test/other">other</a>'


class Links(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))


def shown(**fields: str) -> str:
    known = {"url": URL, "doi": "10.1/x", "verificationdate": "2026-11"} | fields
    return Renderer().reference(REFERENCE, facts(Entry("a2021one", "online", known, "a.bib", 1)))


def test_the_sources_own_links_are_robust_links_to_a_snapshot() -> None:
    own, doi, other, copy = Links(shown(archiveurl=COPY, archivedate="2021-02-03")).found
    robust = {"data-originalurl": URL, "data-versiondate": "2021-02-03", "data-versionurl": COPY}
    assert own == {"href": URL} | robust
    assert doi == {"href": "https://doi.org/10.1/x"} | robust
    assert other == {"href": "https://archive.test/other"}
    assert copy == {"class": "reference-archive", "href": COPY}


def test_a_place_to_look_is_never_given_as_a_snapshot() -> None:
    own, *_, copy = Links(shown()).found
    assert own == {"href": URL, "data-originalurl": URL, "data-versiondate": "2026-11-01"}
    assert copy["href"] == f"https://web.archive.org/web/202611/{URL}"


@pytest.mark.parametrize(
    ("said", "day"), [("2026", "2026-01-01"), ("2026-11", "2026-11-01"), ("2026-11-22", "2026-11-22")]
)
def test_the_day_wanted_is_a_whole_date(said: str, day: str) -> None:
    assert Links(shown(verificationdate=said)).found[0]["data-versiondate"] == day


def test_a_source_known_by_its_doi_alone_has_a_copy_too() -> None:
    _, doi, _, copy = Links(shown(url="")).found
    assert doi["data-originalurl"] == "https://doi.org/10.1/x"
    assert copy["href"] == "https://web.archive.org/web/202611/https://doi.org/10.1/x"


def test_a_source_without_address_or_day_has_no_copy() -> None:
    for html in (shown(url="", doi=""), shown(verificationdate="")):
        assert all(set(link) == {"href"} for link in Links(html).found)


def test_of_a_dead_source_the_copy_comes_first_and_once() -> None:
    html = shown(archiveurl=COPY, archivedate="2021-02-03", urlstatus="dead")
    links = Links(html).found
    assert [link["href"] for link in links][:2] == [COPY, URL]
    assert len(links) == 4
    assert "link dead" in html


def test_of_a_changed_source_the_copy_stays_in_its_place() -> None:
    html = shown(archiveurl=COPY, archivedate="2021-02-03", urlstatus="changed")
    assert Links(html).found[-1]["href"] == COPY
    assert "link changed" in html
