"""The list of all sources on several pages: an index, and entries beside others whose keys begin alike."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from claimbook.citations.parts import divide, part
from claimbook.citations.render import shortened
from tests.citations.conftest import DATA, Built, build_here, make_pages, make_site, write_site
from tests.citations.htmls import ids, is_well_formed, links, text_of

REFS = (DATA / "refs.bib").read_text(encoding="utf-8")
STYLE = (DATA / "author-date.csl").read_text(encoding="utf-8")
FILES = {
    "refs.bib": REFS,
    "style.csl": STYLE,
    "index.md": "# Home\n\n## Part\n\n[@smith2020, p. 1] and [@doe:2019].\n",
    "bare.md": "---\nreferences: false\n---\n\n# Bare\n\n[@smith2020b]\n",
    "told.md": "# Told\n\n```text\n\\full_bibliography\n```\n",
    "sources/index.md": "# All\n\n\\full_bibliography\n",
}
OPTIONS = {"bib_file": "refs.bib", "csl_file": "style.csl", "full_bib_pages": ["s", "do", "d", "z"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A site of somebody's, with its sources on pages of their own."""
    built = build_here(write_site(tmp_path_factory.mktemp("parts"), FILES, OPTIONS, plugins=["search"]))
    assert built.code == 0, built.log
    return built


def pages(site: Built) -> dict[str, str]:
    return {
        path.relative_to(site.folder).as_posix(): site.article(path.relative_to(site.folder).as_posix())
        for path in site.folder.rglob("index.html")
    }


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("smith2020", "s"),
        ("Smith2020", "s"),
        ("doe:2019", "do"),
        ("Dale", "d"),
        ("other2020", "other"),
        ("9th", "other"),
    ],
)
def test_source_stands_under_the_longest_beginning_of_its_key(key: str, name: str) -> None:
    assert part(key, ["d", "do", "s", "other"]) == name


def test_only_parts_with_sources_are_made_in_the_order_of_the_alphabet() -> None:
    assert divide(["zoe", "dale", "doe", "x"], ["z", "do", "d", "s"]) == {
        "d": ["dale"], "do": ["doe"], "z": ["zoe"], "other": ["x"],
    }  # fmt: skip


def test_each_source_has_its_entry_on_one_page(site: Built) -> None:
    found = {name: re.findall(r'<li id="ref-([^"]*)" class="reference"', html) for name, html in pages(site).items()}
    assert {name: keys for name, keys in found.items() if name.startswith("sources/")} == {
        "sources/index.html": [],
        "sources/do/index.html": ["doe.2018/b", "doe:2019"],
        "sources/s/index.html": ["smith2020", "smith2020b"],
        "sources/other/index.html": ["film2021", "anon2021", "law2018", "Chapter2001"],
    }


def test_index_keeps_each_address_and_leads_on_to_the_entry(site: Built) -> None:
    index = site.article("sources/index.html")
    lines = re.findall(r'<li id="([^"]*)"><a href="([^"]*)">([^<]*)</a> (.*?) <i>([^<]*)</i>', index)
    assert len(lines) == 8
    assert ("ref-smith2020", "s/#ref-smith2020", "Smith 2020a", "Counting cameras", "book, English") in lines
    assert ("ref-doe:2019", "do/#ref-doe%3A2019", "Doe and Roe 2019", "Lists and scores", "article") in lines
    letters = re.findall(r"<h2[^>]*>(.*?)</h2>", index)
    assert letters == sorted(letters)
    assert "8 sources, 3 of them cited on this site." in text_of(index)


def test_reference_and_mark_lead_to_the_entry_and_it_leads_back(site: Built) -> None:
    assert 'class="reference-more" href="sources/do/#ref-doe%3A2019"' in site.article()
    assert 'href="#ref-smith2020"' in site.article()
    assert 'href="../sources/s/#ref-smith2020b"' in site.article("bare/index.html")
    assert "reference-list" not in site.article("bare/index.html")
    uses = re.findall(r'<li><a href="([^"]*)">([^<]*)</a>', site.article("sources/s/index.html"))
    assert ("../../#cite-smith2020-1", "Home: Part") in uses
    assert any(way.startswith("../../bare/#cite-smith2020b") for way, _ in uses)


def test_every_link_and_page_is_sound(site: Built) -> None:
    found = pages(site)
    for name, html in found.items():
        for section in re.findall(r"<section.*?</section>", html, re.S):
            is_well_formed(section)
        assert len(ids(html)) == len(set(ids(html))), name
        for link in links(html):
            path, _, fragment = link.partition("#")
            if "://" not in path and fragment:
                there = (
                    (site.folder / name).parent.joinpath(path).resolve() / "index.html" if path else site.folder / name
                )
                target = there.relative_to(site.folder.resolve()).as_posix() if path else name
                assert fragment.replace("%3A", ":").replace("%2F", "/") in ids(found[target]), f"{name}: {link}"


def test_parts_are_reached_from_each_other(site: Built) -> None:
    html = site.article("sources/do/index.html")
    ways = re.search(r'<nav class="sources-letters".*?</nav>', html, re.S)[0]
    assert re.findall(r'<a href="([^"]*)"(.*?)>(.*?)</a>', ways) == [
        ("../", "", "All"), ("", ' aria-current="page"', "Do"), ("../s/", "", "S"), ("../other/", "", "Other"),
    ]  # fmt: skip
    assert "2 sources by author, whose keys begin with “do”." in text_of(html)


def test_search_finds_a_source_on_the_page_of_its_entry(site: Built) -> None:
    found = (site.folder / "search" / "search_index.json").read_text(encoding="utf-8")
    docs = {doc["location"]: doc["text"] for doc in json.loads(found)["docs"]}
    assert "Lists and scores" in docs["sources/do/"]
    assert "Lists and scores" not in docs["sources/"]


def test_page_without_references_and_without_a_list_of_all_has_bare_marks() -> None:
    site = make_site(style="author-date.csl")
    assert "<section" in make_pages(site, {"": "[@smith2020]"})[""]
    site.forget()
    site.begin("", own_list=False)
    from markdown import Markdown

    from claimbook.citations.extension import CitationsExtension

    html = Markdown(extensions=[CitationsExtension(site)]).convert("[@smith2020]")
    site.gather({"": html})
    assert site.fill(html, "") == '<p><span class="citation">(Smith 2020)</span></p>'


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"sources/index.md": "# All\n"}, {}, "no page has \\full_bibliography on a line of its own; add one"),
        ({}, {"full_bib_pages": ["A/b"]}, '"A/b" is no beginning of keys; write small letters and figures'),
        ({}, {"full_bib_pages": ["other"]}, '"other" is no beginning of keys'),
        ({"sources/s.md": "# S\n"}, {}, "there is a page sources/s.md already; rename it"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    change: dict[str, str], options: dict[str, object], message: str, tmp_path: Path
) -> None:
    built = build_here(write_site(tmp_path, FILES | change, OPTIONS | options))
    assert built.code == 1
    assert f"full_bib_pages: {message}" in built.log
    assert "Traceback" not in built.log


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("A title", "A title"),
        ("One two three four", "One two…"),
        ("Onetwothreefour", "Onetwothre…"),
        ("人脸识别应用公众调研", "人脸识别应…"),
        ("Eleven: letters", "Eleven…"),
    ],
)
def test_title_is_cut_at_a_words_end(text: str, short: str) -> None:
    assert shortened(text, 10) == short
