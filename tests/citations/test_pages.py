"""Several pages together: letters, links between them, the list of all sources."""

from __future__ import annotations

import re

import pytest

from claimbook.citations.fill import relative
from tests.citations.conftest import make_pages, make_site
from tests.citations.htmls import ids, is_well_formed, links, text_of

SMALL = "author-date.csl"
PAGES = {
    "": "# Home\n\nFirst [@smith2020, p. 1].\n\n## Later\n\n@smith2020 and [see @smith2020b; @smith2020, 00:01:00-00:02:00].",
    "essays/one/": "# One & *two*\n\n[@smith2020b] in a table:\n\n| a |\n|---|\n| [@doe:2019, art. 5] |\n",
    "sources/": "# Sources\n\n\\full_bibliography\n",
    "plain/": "# Plain\n\nNothing.\n",
}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return make_pages(make_site(style=SMALL), PAGES)


@pytest.fixture(scope="module")
def sources(pages: dict[str, str]) -> dict[str, str]:
    """The entries of the list of all sources, by id."""
    entries = re.split(r'(?=<li id="ref-)', pages["sources/"])[1:]
    return {ids(entry)[0]: entry for entry in entries}


def test_letters_are_the_same_on_all_pages(pages: dict[str, str]) -> None:
    assert "(Smith 2020a, p. 1)" in text_of(pages[""])
    assert "(Smith 2020b)" in text_of(pages["essays/one/"])
    assert "Smith, John. 2020b. Counting courts" in text_of(pages["essays/one/"])
    assert "Smith, John. 2020b. Counting courts" in text_of(pages["sources/"])


def test_letters_hold_when_more_is_cited_elsewhere() -> None:
    site = make_site(style=SMALL)
    before = make_pages(site, {"": "[@smith2020]"})
    site.forget()
    after = make_pages(site, {"": "[@smith2020]", "b/": "[@smith2020b]"})
    assert text_of(before[""]).startswith("(Smith 2020)")
    assert text_of(after[""]).startswith("(Smith 2020a)")


def test_every_link_inside_the_site_leads_somewhere(pages: dict[str, str]) -> None:
    for page, html in pages.items():
        for link in links(html):
            if not link.startswith("http"):
                path, _, fragment = link.partition("#")
                target = _resolve(page, path)
                assert target in pages, link
                assert not fragment or fragment in ids(pages[target]), f"{page}: {link}"


def _resolve(page: str, path: str) -> str:
    parts = [part for part in page.split("/") if part] if path else page.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) + "/" if parts else ""


@pytest.mark.parametrize("page", PAGES)
def test_page_is_valid(page: str, pages: dict[str, str]) -> None:
    is_well_formed(pages[page])
    assert len(ids(pages[page])) == len(set(ids(pages[page])))


def test_list_of_all_sources_is_sorted_and_whole(sources: dict[str, str]) -> None:
    names = [text_of(entry.split("</span>")[0]) for entry in sources.values()]
    assert names == sorted(names, key=lambda name: re.sub(r"[^\w ]", "", name).casefold())
    assert set(sources) == {
        "ref-smith2020", "ref-smith2020b", "ref-doe:2019", "ref-doe.2018/b", "ref-anon2021", "ref-film2021", "ref-law2018",
        "ref-Chapter2001",
    }  # fmt: skip


def test_source_says_where_it_is_cited(sources: dict[str, str]) -> None:
    uses = re.search(r'<details class="reference-uses">(.*?)</details>', sources["ref-smith2020"], re.S)[1]
    assert re.findall(r'<li><a href="([^"]*)">([^<]*)</a>(.*?)</li>', uses) == [
        ("../#cite-smith2020-1", "Title of : Home", ", p. 1"),
        ("../#cite-smith2020-2", "Title of : Later", ""),
        ("../#cite-smith2020-3", "Title of : Later", ", 00:01:00–00:02:00"),
    ]
    assert "cited 3 times" in uses
    assert "Title of essays/one/: One &amp; two" in sources["ref-doe:2019"]
    assert "reference-uses" not in sources["ref-film2021"]


def test_places_come_in_the_order_of_the_site(sources: dict[str, str]) -> None:
    ways = re.findall(r'<li><a href="([^"]*)"', sources["ref-smith2020b"])
    assert ways == ["../#cite-smith2020b-1", "../essays/one/#cite-smith2020b-1"]


def test_reference_on_a_page_leads_to_all_places(pages: dict[str, str]) -> None:
    assert 'href="../../sources/#ref-doe%3A2019"' in pages["essays/one/"]
    assert 'href="sources/#ref-smith2020"' in pages[""]


def test_source_has_its_record_and_coins(sources: dict[str, str]) -> None:
    assert text_of(re.search(r"<pre>.*?</pre>", sources["ref-smith2020"], re.S)[0]).startswith(
        "@book{smith2020, author"
    )
    assert "rft.au=Smith%2C+John" in sources["ref-smith2020"]
    assert all(entry.count('class="Z3988"') == 1 for entry in sources.values())


def test_page_without_a_list_leads_to_the_list_of_all_sources() -> None:
    pages = make_pages(
        make_site(style=SMALL, bib_by_default=False), {"a/": "[@smith2020]", "b/": "\\full_bibliography"}
    )
    assert "<section" not in pages["a/"]
    assert 'id="cite-smith2020-1" href="../b/#ref-smith2020"' in pages["a/"]
    assert 'href="../a/#cite-smith2020-1"' in pages["b/"]


def test_list_of_all_sources_stands_once_on_its_page() -> None:
    html = make_pages(
        make_site(style=SMALL), {"": "[@smith2020]\n\n\\full_bibliography\n\n\\bibliography\n\n\\full_bibliography"}
    )[""]
    assert html.count('id="ref-smith2020"') == 1
    assert 'href="#ref-smith2020"' in html


def test_numbered_notes_are_listed_by_page_and_heading() -> None:
    pages = make_pages(make_site(style=""), {"a/": "# A\n\n## Part\n\n[@smith2020, p. 3]", "b/": "\\full_bibliography"})
    assert '<a href="../a/#part">Title of a/: Part</a>, p. 3' in pages["b/"]


def test_headings_are_told_without_marks_and_note_numbers() -> None:
    text = '## H<sub>2</sub>O, x<sup>2</sup> & `code` [@smith2020] {: #here data-id="no" }\n\n[@smith2020]'
    for style in (SMALL, ""):
        pages = make_pages(make_site(style=style), {"a/": text, "b/": "\\full_bibliography"})
        assert text_of(pages["b/"].split('href="../a/#')[-1]).split(">")[1].startswith("Title of a/: H2O, x2 & code")


@pytest.mark.parametrize("style", [SMALL, ""])
def test_excerpt_shown_on_another_page_is_filled_without_ids_or_loose_ends(style: str) -> None:
    # As Material's blog does: the post's beginning is parsed once more, after all pages, for the page that lists posts.
    from markdown import Markdown

    from claimbook.citations.extension import CitationsExtension
    from tests.citations.conftest import EXTENSIONS

    site = make_site(style=style)
    post = "# Post\n\n[@smith2020, p. 1] and @smith2020\n"
    parsed = {}
    for page, text in {"blog/": "# Blog", "post/": post + "\nMore [@doe:2019].", "z/": "# Z\n\n[@law2018]"}.items():
        site.begin(page, page, lambda text=text: text)
        parsed[page] = Markdown(extensions=[*EXTENSIONS, CitationsExtension(site)]).convert(text)
    site.gather(parsed)
    excerpt = Markdown(extensions=[*EXTENSIONS, CitationsExtension(site)]).convert(post + "[@nope] [@film2021]")
    html = site.fill(parsed["blog/"] + excerpt, "blog/")
    is_well_formed(html)
    assert "data-citation" not in html
    assert "data-note" not in html
    assert "(unknown source: nope)" in html
    assert "A film" in html or "A Film" in html  # formatted though it came late
    assert site.problems == []
    assert {link.removeprefix("#") for link in links(html) if link.startswith("#")} <= set(ids(html))
    last = site.fill(parsed["z/"], "z/")
    assert "Law on lists" in last or "Law on Lists" in last
    assert "Smith" not in last


def test_text_that_another_plugin_turns_into_html_is_part_of_its_page() -> None:
    # As mkdocstrings does: a parser inside the parser, for the same page.
    from markdown import Markdown

    from claimbook.citations.extension import CitationsExtension

    site = make_site(style=SMALL)
    site.begin("a/", "a", lambda: "")
    inner = Markdown(extensions=[CitationsExtension(site)]).convert("[@doe:2019]")
    outer = Markdown(extensions=[CitationsExtension(site)]).convert(f"[@smith2020]\n\n{inner}\n\n@smith2020b")
    site.gather({"a/": outer})
    html = site.fill(outer, "a/")
    assert html.count("<section") == 1
    assert html.rindex("<section") > html.index('id="cite-smith2020b-1"')
    assert {link.removeprefix("#") for link in links(html) if link.startswith("#")} <= set(ids(html))
    assert {"ref-smith2020", "ref-smith2020b", "ref-doe:2019"} <= set(ids(html))


WAYS = [
    ("", "", ""), ("a/", "a/", ""), ("a/", "", "a/"), ("", "a/", "../"), ("b/", "a/", "../b/"), ("a/", "a/b/", "../"),
    ("a/b/", "a/", "b/"), ("c/", "a/b/", "../../c/"), ("index.html", "a.html", "index.html"), ("a.html", "index.html", "a.html"),
    ("a/b.html", "a/c.html", "b.html"), ("index.html", "a/c.html", "../index.html"), ("a/index.html", "a/c.html", "index.html"),
    ("caf%C3%A9/", "a/", "../caf%C3%A9/"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "page", "way"), WAYS)
def test_way_from_page_to_page(target: str, page: str, way: str) -> None:
    assert relative(target, page) == way
