"""What the built pages say to programs: policy, head, structured data, feed; and what a first view weighs."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from claimbook.claims.exports import script
from claimbook.pages import head, policy, sheets, theme
from claimbook.pages.weight import first_view

ARCHIVE = head.Archive("The archive", "https://archive.example/", ("Ann Author",), "2026-11-22", "CC BY")
ATOM = "{http://www.w3.org/2005/Atom}"
KIB = 1024


# ---------------------------------------------------------------- the policy


def test_the_policy_names_the_hash_of_each_script_that_runs_and_of_no_other() -> None:
    html = (
        '<meta charset="utf-8"><script>a < b</script><script type="application/json">{}</script>'
        '<script src="x.js"></script><script type="module">go()</script><script>a < b</script>'
    )
    found = re.findall(r"'(sha256-[^']+)'", policy.policy(html))
    assert found == sorted(
        f"sha256-{b64encode(hashlib.sha256(code).digest()).decode()}" for code in (b"a < b", b"go()")
    )


def test_the_policy_reads_line_ends_as_a_browser_does() -> None:
    assert policy.policy("<script>a\r\nb\rc</script>") == policy.policy("<script>a\nb\nc</script>")


def test_the_policy_is_filled_in_where_the_template_keeps_its_place() -> None:
    html = f'<meta http-equiv="Content-Security-Policy" content="{policy.PLACE}"><script>x</script>'
    assert policy.secured(html) == html.replace(policy.PLACE, policy.policy(html))
    assert policy.secured("<p>no place</p>") == "<p>no place</p>"


def test_the_policy_stands_before_everything_that_it_rules(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        ruled = (html.index(what) for what in ("Content-Security-Policy", 'rel="stylesheet"', "<script"))
        policy_at, sheet_at, script_at = ruled
        assert policy_at < min(sheet_at, script_at), name


def test_every_page_has_one_policy_that_allows_its_own_host_alone(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        policies = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
        assert len(policies) == 1, name
        assert "unsafe" not in policies[0], name
        assert not re.search(r"https?:|\*", policies[0]), name
        assert " style=" not in re.sub(r"<(pre|script)\b.*?</\1>", "", html, flags=re.S), name


# ---------------------------------------------------------------- the theme's markup


def test_the_themes_markup_is_mended_where_the_checker_finds_fault() -> None:
    box = '<input class="md-toggle" type="checkbox" id="__drawer" autocomplete="off">'
    label = '<label class="md-nav__title" for="__toc">Contents</label>'
    assert theme.mended(box) == box.replace(' autocomplete="off"', "")
    assert theme.mended('<label for="a" tabindex="">') == '<label for="a">'
    assert theme.mended(label) == label.replace(' for="__toc"', "")
    assert theme.mended(f'<input id="__toc">{label}') == f'<input id="__toc">{label}'


def test_space_is_tightened_but_where_it_is_shown_or_code() -> None:
    code = "<pre>a\n\n  b</pre><script>`\n\n`</script>"
    assert theme.tightened(f"<p>a\n\n   b</p>\n\n{code}\n\n<p>") == f"<p>a\nb</p>\n{code}\n<p>"


# ---------------------------------------------------------------- head and structured data


def test_every_page_has_a_description_of_its_own(pages: dict[str, str]) -> None:
    counted = Counter(_meta(html, "description") for name, html in pages.items() if name != "404.html")
    assert [text for text, count in counted.items() if count > 1 or len(text) < 40] == []


def test_previews_say_what_the_page_says(pages: dict[str, str], base: str) -> None:
    for name, html in pages.items():
        if name == "404.html":
            continue
        canonical = re.search(r'<link rel="canonical" href="([^"]*)"', html)[1]
        assert _meta(html, "og:url") == canonical, name
        assert _meta(html, "og:description") == _meta(html, "description"), name
        assert _meta(html, "og:title"), name
        assert _meta(html, "og:image") == "", name


def test_reference_managers_get_title_author_date_and_address(pages: dict[str, str], base: str) -> None:
    for name in ("essays/faces/index.html", "claims/c-0012/index.html", "figures/cash-by-age/index.html"):
        html = pages[name]
        assert _meta(html, "citation_title"), name
        assert _meta(html, "citation_author"), name
        assert re.fullmatch(r"\d{4}/\d\d/\d\d", _meta(html, "citation_online_date")), name
        assert _meta(html, "citation_public_url").startswith(base), name
    assert _meta(pages["about/index.html"], "citation_title") == ""


def test_every_page_tells_zotero_who_when_and_what_kind(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        if name == "404.html":
            continue
        # With a comma at the end, a body's name isn't taken for a person's.
        assert _meta(html, "dcterms.creator") == "The founders of the archive,", name
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", _meta(html, "dcterms.date")), name
        assert _meta(html, "dcterms.rights").startswith("https://creativecommons.org/"), name
        assert _meta(html, "z:itemType") == "webpage", name


def test_structured_data_can_be_read_on_every_page(pages: dict[str, str], base: str) -> None:
    for name, html in pages.items():
        for node in _nodes(html):
            assert node["@type"], name
            for item in node.get("itemListElement", ()):
                path = urlsplit(item["item"]).path.removeprefix(urlsplit(base).path)
                assert f"{path}index.html" in pages, f"{name}: {item['item']}"


def test_the_film_is_a_movie(pages: dict[str, str]) -> None:
    movie = _only("Movie", pages["film/index.html"])
    assert movie["name"] == "Ma femme a du crédit"
    assert movie["director"]["name"] == "Sébastien Le Belzic"
    assert movie["duration"] == "PT52M"
    card = pages["film/identity-card/index.html"]
    said = [
        movie["name"],
        *movie["alternateName"],
        movie["director"]["name"],
        movie["productionCompany"]["name"],
        "52 min",
    ]
    assert [text for text in said if text not in card] == []


def test_an_essay_is_a_scholarly_article_that_cites_what_it_cites(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        if not re.fullmatch(r"essays/[^/]+/index\.html", name):
            continue
        article = _only("ScholarlyArticle", html)
        listed = re.findall(r'<li id="(ref-[^"]*)" class="reference"', html)
        assert len(article["citation"]) == len(listed) > 0, name
        assert {urlsplit(work["@id"]).fragment for work in article["citation"]} == set(listed), name
        assert all(work["name"] and work["@type"] for work in article["citation"]), name


def test_a_figure_is_a_dataset_whose_table_is_there(pages: dict[str, str], base: str, site: Path) -> None:
    found = 0
    for name, html in pages.items():
        if re.fullmatch(r"figures/[^/]+/index\.html", name):
            dataset = _only("Dataset", html)
            assert 50 <= len(dataset["description"]) <= 5000, name
            assert dataset["license"].startswith("https://"), name
            for file in dataset["distribution"]:
                assert (site / file["contentUrl"].removeprefix(base)).is_file(), name
            found += 1
    assert found > 5


def test_a_claim_is_a_claim_review(pages: dict[str, str]) -> None:
    review = _only("ClaimReview", pages["claims/c-0012/index.html"])
    assert review["claimReviewed"] == "Nice is the most watched city in France"


def test_no_value_closes_the_element_it_stands_in() -> None:
    page = head.Page(head.ESSAY, "</script><script>alert(1)</script>", "<!--", "https://archive.example/x/", works=[
        {"type": "book", "title": "<i>A</i> & </script>", "DOI": "10.1/<x>"}])  # fmt: skip
    text = script(head.linked_data(head.graph(page, ARCHIVE)))
    assert "<" not in text
    assert json.loads(text)["@graph"][-1]["headline"] == page.title


def test_a_cited_work_has_its_type_its_place_and_its_doi() -> None:
    csl = {
        "id": "lee2020",
        "type": "article-journal",
        "title": "<i>T</i>",
        "DOI": "10.1/a",
        "URL": "javascript:alert(1)",
    }
    assert head.work(csl, ARCHIVE) == {
        "@type": "ScholarlyArticle", "@id": "https://archive.example/bibliography/#ref-lee2020", "name": "T",
        "sameAs": "https://doi.org/10.1/a"}  # fmt: skip
    assert "sameAs" not in head.work({"id": "x", "type": "song", "title": "T"}, ARCHIVE)


# ---------------------------------------------------------------- feed, llms.txt, robots.txt


def test_the_feed_is_atom_with_ids_of_its_own(site: Path, base: str) -> None:
    feed = ElementTree.fromstring((site / "feed.xml").read_text(encoding="utf-8"))
    entries = feed.findall(f"{ATOM}entry")
    assert feed.tag == f"{ATOM}feed"
    assert all(feed.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert 10 < len(entries) == len({entry.findtext(f"{ATOM}id") for entry in entries}) <= 100
    days = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert days == sorted(days, reverse=True)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", day) for day in days)
    for entry in entries:
        address = entry.find(f"{ATOM}link").attrib["href"]
        assert (site / address.removeprefix(base) / "index.html").is_file()


def test_llms_txt_lists_every_page_of_the_menu_once(site: Path, base: str, pages: dict[str, str]) -> None:
    text = (site / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "\n> " in text
    listed = re.findall(r"^- \[[^\]]+\]\(([^)]+)\)", text, re.M)
    here = [address.removeprefix(base) for address in listed]
    assert [name for name in here if not (site / name).is_file() and f"{name}index.html" not in pages] == []
    assert len(listed) == len(set(listed)) > 30


def test_robots_txt_leads_to_the_sitemap(site: Path, base: str) -> None:
    text = (site / "robots.txt").read_text(encoding="utf-8")
    assert f"Sitemap: {base}sitemap.xml" in text
    assert "Disallow" not in text


# ---------------------------------------------------------------- weight


def test_style_sheets_are_joined_in_order_without_comments() -> None:
    assert sheets.joined(['a { content: "/* kept */"; } /* gone\n */', "b {\n  color: red;\n}"]) == (
        'a { content: "/* kept */"; }\nb {\ncolor: red;\n}\n'
    )


def test_a_style_sheet_loses_what_no_page_and_no_script_asks_for() -> None:
    sheet = """
        :root { --read: 1px; --unread: 2px; --scripted: 3px; --drawn: 4px; --chain: var(--lost); --lost: 5px }
        .shown, .gone > b, a:not(.gone), video, p > video { margin: var(--read) }
        .gone.shown, [dir=rtl] p, .md-tooltip { color: red }
        [dir=ltr] p, p[data-other], canvas { color: blue }
        .made-by-script::after { content: ";,}" }
        @media print { .gone { color: red } }
        @media (width > 10em) { .gone { color: red } [data-x="a,b"] .shown { color: red } }
        @keyframes gone { from { opacity: 0 } }
    """
    pages = ['<p class="shown other" dir="ltr" data-x="a,b"><a><svg style="fill: var(--drawn)">']
    kept = sheets.needed(
        sheets.joined([sheet]), pages, ['f("made-by-script", "--scripted", "md-tooltip", rtl)h("canvas")']
    )
    assert kept.replace("\n", "") == (
        ":root{--read: 1px;--scripted: 3px;--drawn: 4px}"
        ".shown,a:not(.gone){margin: var(--read)}"
        "[dir=ltr] p,p[data-other],canvas{color: blue}"
        '.made-by-script::after{content: ";,}"}'
        '@media (width > 10em) {[data-x="a,b"] .shown{color: red}}'
        "@keyframes gone { from { opacity: 0 } }"
    )
    held = sheets.needed(".md-tooltip { color: red }", ['<i class="md-tooltip">'], ["md-tooltip"])
    assert held == ".md-tooltip{color: red}\n"


def test_a_first_view_counts_what_a_page_asks_for(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "s.css").write_text("x" * 1000)
    (tmp_path / "a" / "p.png").write_bytes(b"1234")
    (tmp_path / "a" / "index.html").write_text(
        '<link rel="canonical" href="https://x.example/"><link rel=stylesheet href="../s.css">'
        '<img src="p.png"><img src="q.png" loading="lazy"><img src="data:,">'
    )
    assert list(weighed := first_view(tmp_path, "a/index.html")) == ["a/index.html", "s.css", "a/p.png"]
    assert weighed["a/p.png"] == 4
    assert weighed["s.css"] < 50


def test_the_first_view_of_a_page_is_at_most_100_kib(site: Path, pages: dict[str, str]) -> None:
    weights = {name: sum(first_view(site, name).values()) / KIB for name in pages if name != "404.html"}
    assert {name: round(weight, 1) for name, weight in weights.items() if weight > 100} == {}


# ---------------------------------------------------------------- questions to a page


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, str]:
    """Return the site's pages by path."""
    return {
        file.relative_to(site).as_posix(): file.read_text(encoding="utf-8") for file in sorted(site.rglob("*.html"))
    }


def _meta(html: str, name: str) -> str:
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', html)
    return unescape(found[1]) if found else ""


def _nodes(html: str) -> list[dict[str, Any]]:
    found = [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)]
    assert all(document["@context"] == "https://schema.org" for document in found)
    return [node for document in found for node in document.get("@graph", [document])]


def _only(type_: str, html: str) -> dict[str, Any]:
    [node] = [node for node in _nodes(html) if node["@type"] == type_]
    return node
