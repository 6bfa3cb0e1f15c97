"""What the Markdown extension makes of a page."""

from __future__ import annotations

import re

import pytest
from markdown import Markdown, markdown

from claimbook.citations.extension import CitationsExtension
from tests.citations.conftest import AUTHOR_DATE, DATA, EXTENSIONS, make_page, make_pages, make_site
from tests.citations.htmls import ids, is_well_formed, links, text_of


def words(text: str, **settings: object) -> str:
    """Return the words of a page's text without its lists."""
    return text_of(make_page(text, **settings).split("<section")[0].split('<div class="footnote">')[0])


IN_TEXT = {
    "[@smith2020]": "(Smith 2020)",
    "[@smith2020, p. 12]": "(Smith 2020, 12)",
    "[@smith2020 p. 12]": "(Smith 2020, 12)",
    "[@smith2020, 12]": "(Smith 2020, 12)",
    "[@smith2020, pp. 12-14]": "(Smith 2020, 12–14)",
    "[@smith2020, chap. 3]": "(Smith 2020, chap. 3)",
    "[@smith2020, ch. 3]": "(Smith 2020, ch. 3)",
    "[@smith2020, para. 4]": "(Smith 2020, para. 4)",
    "[@smith2020, § 4]": "(Smith 2020, sec. 4)",
    "[@law2018, art. 12]": "(Law on Lists 2018, art. 12)",
    "[@law2018, Article 12(3)]": "(Law on Lists 2018, Article 12(3))",
    "[@film2021, 00:12:30]": "(Le Belzic 2021, 00:12:30)",
    "[@film2021, 00:12:30-00:13:05]": "(Le Belzic 2021, 00:12:30–00:13:05)",
    "[@film2021, 00:12:30 - 00:13:05]": "(Le Belzic 2021, 00:12:30–00:13:05)",
    "[@film2021, 12:30]": "(Le Belzic 2021, 12:30)",
    "[@film2021, at 00:12:30]": "(Le Belzic 2021, at 00:12:30)",
    "[@film2021, 12 min 30 s]": "(Le Belzic 2021, 12 min 30 s)",
    "[-@smith2020]": "(2020)",
    "[-@smith2020, p. 4]": "(2020, 4)",
    "[see @smith2020, p. 3; @doe:2019]": "(see Smith 2020, 3; Doe and Roe 2019)",
    "[@smith2020; @smith2020b]": "(Smith 2020a, 2020b)",
    "[@smith2020][@doe:2019]": "(Smith 2020)(Doe and Roe 2019)",
    "[@smith2020; @smith2020, p. 4]": "(Smith 2020; 2020, 4)",
    "[@smith2020, *passim* and **so** on]": "(Smith 2020, passim and so on)",
    "[@smith2020,\np. 12]": "(Smith 2020, 12)",
    "[@smith2020, p. 3 [sic]]": "(Smith 2020, 3 [sic])",
    r"[@smith2020, p. 3 \[sic\]]": "(Smith 2020, 3 [sic])",
    r"[@smith2020, say 3 \* 4]": "(Smith 2020, say 3 * 4)",
    "[@smith2020, `code`]": "(Smith 2020, code)",
    "@smith2020 says": "Smith (2020) says",
    "@smith2020 [p. 4] says": "Smith (2020, 4) says",
    "@film2021 [00:12:30-00:13:05] says": "Le Belzic (2021, 00:12:30–00:13:05) says",
    "**@smith2020**, “@smith2020”, (@smith2020)": "Smith (2020), “Smith (2020)”, (Smith (2020))",
    "@doe.2018/b: so": "Doe (2018): so",
    "[x [@smith2020] y]": "[x (Smith 2020) y]",
    "[@SMITH2020]": "(Smith 2020)",
    "*[@smith2020]* **[@smith2020]**": "(Smith 2020) (Smith 2020)",
}


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """All of IN_TEXT, each on a page of a site of its own library, formatted in one go."""
    result = {}
    with_b = [text for text in IN_TEXT if "2020b" in text]
    for group in (with_b, [text for text in IN_TEXT if text not in with_b]):
        site = make_site()
        pages = make_pages(site, {f"{index}/": text for index, text in enumerate(group)})
        result |= {text: pages[f"{index}/"].split("<section")[0] for index, text in enumerate(group)}
    return result


@pytest.mark.parametrize("text", IN_TEXT)
def test_mark_in_the_sentence(text: str, shown: dict[str, str]) -> None:
    assert text_of(shown[text]) == IN_TEXT[text]


NOTES = {
    "[@smith2020]": "Smith, John. 2020. Counting Cameras. Harbour Press.",
    "[@smith2020, p. 12]": "Smith, John. 2020. Counting Cameras. Harbour Press, p. 12.",
    "[@smith2020, pp. 12-14]": "Smith, John. 2020. Counting Cameras. Harbour Press, pp. 12–14.",
    "[see @smith2020]": "See Smith, John. 2020. Counting Cameras. Harbour Press.",
    "[*vide* @smith2020, *passim*]": "Vide Smith, John. 2020. Counting Cameras. Harbour Press, passim.",
    "[@smith2020, p. 3; and others]": "Smith, John. 2020. Counting Cameras. Harbour Press, p. 3; and others.",
    "[@law2018, art. 12]": "Law on Lists (2018), art. 12.",
    "[@film2021, 00:12:30-00:13:05]": "Le Belzic, Sébastien, dir. 2021. A Film, 00:12:30–00:13:05.",
    "[@smith2020b]": "Smith, John. 2020. Counting Courts. Harbour Press.",
    "@smith2020 [p. 4] says": "Smith, John. 2020. Counting Cameras. Harbour Press, p. 4.",
    r"[@smith2020, 3 \* 4 < 13 & so]": "Smith, John. 2020. Counting Cameras. Harbour Press, 3 * 4 < 13 & so.",
}


@pytest.mark.parametrize("text", NOTES)
def test_numbered_note_says_the_whole(text: str) -> None:
    html = make_page(text, style="")
    note = html.split("<li")[1].split("&#160;")[0]
    assert text_of(f"<li{note}") == NOTES[text]


def test_numbered_notes_name_the_author_of_a_bare_word() -> None:
    text = "@smith2020 and @film2021 and @law2018 say, @doe:2019 too"
    assert words(text, style="") == "Smith1 and Le Belzic2 and Law on lists3 say, Doe and Roe4 too"


def test_same_source_at_the_same_place_shares_a_note() -> None:
    html = make_page("a [@smith2020, p. 1] b [@smith2020, p. 2] c [@smith2020, p. 1]", style="")
    assert re.findall(r'footnote-ref" href="#([^"]*)">(\d)', html) == [
        ("fn:smith2020", "1"), ("fn:smith2020-2", "2"), ("fn:smith2020", "1"),
    ]  # fmt: skip
    assert html.count("footnote-backref") == 3


def test_notes_follow_the_pages_own_footnotes_in_one_series() -> None:
    html = make_page("a [@smith2020] b[^1] c [@doe:2019] d[^smith2020]\n\n[^1]: One.\n\n[^smith2020]: Two.", style="")
    assert re.findall(r'footnote-ref" href="#([^"]*)">(\d)', html) == [
        ("fn:smith2020-2", "3"), ("fn:1", "1"), ("fn:doe:2019", "4"), ("fn:smith2020", "2"),
    ]  # fmt: skip
    assert html.count('<div class="footnote">') == 1


def test_notes_stand_where_the_writer_puts_footnotes() -> None:
    html = make_page("a [@smith2020]\n\n///Footnotes Go Here///\n\nend", style="")
    assert html.index('<div class="footnote">') < html.index("end")
    assert "Footnotes Go Here" not in html


@pytest.mark.parametrize("style", [AUTHOR_DATE, ""])
def test_unknown_key_stays_visible_beside_known_ones(style: str) -> None:
    site = make_site(style=style)
    text = "# Head\n\nOne [see @smith2020; @nope, p. 3].\n\nTwo [@nobody] and @nowhere.\n"
    html = make_pages(site, {"": text})[""]
    assert "(unknown source: nope)" in html
    assert "(unknown source: nobody)" in html
    assert "@nowhere" in html  # a bare word may be anybody's name
    assert [(problem.line, problem.code) for problem in site.problems] == [(3, "C01"), (5, "C01")]


def test_wrong_case_is_shown_and_named() -> None:
    site = make_site()
    html = make_pages(site, {"": "[@Smith2020] and @SMITH2020 and [@chapter2001]"})[""]
    assert "(Smith 2020)" in text_of(html)
    assert [problem.code for problem in site.problems] == ["C02"] * 3
    assert str(site.problems[0]) == (
        'docs/index.md:1: C02 "Smith2020" is written "smith2020" in refs.bib:1; upper and lower case count.'
    )


def test_nearest_key_is_offered() -> None:
    site = make_site()
    make_pages(site, {"": "[@smth2020]"})
    assert str(site.problems[0]).endswith(
        'no entry with the key "smth2020" is in the bibliography. Did you mean "smith2020"?'
    )


LEFT_ALONE = [
    "`[@smith2020]`", "``@smith2020``", "    [@smith2020]", "```\n[@smith2020]\n```", "~~~\n@smith2020\n~~~",
    "- x\n\n        [@smith2020]", "<!-- [@smith2020] -->", "a <!-- @smith2020 --> b", "<!--\n\n[@smith2020]\n\n-->",
    "[@smith2020](x.md)", "[see @smith2020](x.md)", "[see @smith2020][r]\n\n[r]: x.md", "[@smith2020]\n\n[@smith2020]: x.md",
    "![@smith2020](x.png)", '<img alt="[@smith2020]" src="x.png">', 'x <a href="y">[@smith2020] @smith2020</a> z',
    "john@smith2020", "<john@smith2020.org>", "john.@smith2020", "https://x.org/@smith2020", "<https://x.org/[@smith2020]>",
    r"\[@smith2020]", r"\@smith2020", r"[\@smith2020]", "<pre>\n[@smith2020]\n</pre>", "<script>\nx = '[@smith2020]'\n</script>",
    "x@smith2020 y", "?u=@smith2020", "[email me](mailto:a@smith2020)", "@ smith2020", "@someone-else",
]  # fmt: skip


@pytest.mark.parametrize("style", [AUTHOR_DATE, ""])
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_no_citation_is_left_alone(text: str, style: str) -> None:
    extensions = [*EXTENSIONS, "fenced_code"]
    plain = markdown(text, extensions=extensions).replace(r"\@", "@")
    assert make_pages(make_site(style=style), {"": text}, extensions)[""] == plain


def test_bare_words_can_be_switched_off() -> None:
    assert words("@smith2020 and [@smith2020]", enable_inline_citations=False) == "@smith2020 and (Smith 2020)"


PLACES = {
    "heading": "# On [@smith2020]\n\nx",
    "heading and text": "## One [@smith2020]\n\nx [@smith2020]",
    "table": "| a | b |\n|---|---|\n| [@smith2020, p. 1] | @doe:2019 [p. 2] |",
    "list": "- a [@smith2020]\n- b\n    - c @doe:2019",
    "quotation": "> a [@smith2020]",
    "footnote": "a[^1]\n\n[^1]: In the note [@smith2020, p. 3].",
    "admonition": '!!! note "Title [@smith2020]"\n    Inside [@doe:2019].',
    "definition": "Term [@smith2020]\n:   Meaning [@doe:2019]",
    "HTML with Markdown": '<div markdown="1">\n\na [@smith2020]\n\n</div>',
    "raw HTML inside a line": "a <b>[@smith2020]</b> c",
    "attributes": "a [@smith2020]{: .x #y } b",
    "abbreviation": "The NASA [@smith2020].\n\n*[NASA]: National",
    "emphasis": "***[@smith2020]***",
}


@pytest.mark.parametrize("style", [AUTHOR_DATE, ""])
@pytest.mark.parametrize("place", PLACES)
def test_citation_works_wherever_text_is(place: str, style: str) -> None:
    html = make_page(PLACES[place], style=style)
    assert "@smith2020" not in html
    assert "Counting Cameras" in html
    assert "data-citation" not in html
    is_well_formed(html)
    assert len(set(ids(html))) == len(ids(html))
    assert {link.removeprefix("#") for link in links(html) if link.startswith("#")} <= set(ids(html))


def test_heading_keeps_its_name_without_the_citation() -> None:
    for style in (AUTHOR_DATE, ""):
        md = Markdown(extensions=["toc", "footnotes", CitationsExtension(make_site(style=style))])
        assert 'id="on-lists"' in md.convert("# On lists [@smith2020]")
        assert [entry["name"] for entry in md.toc_tokens] == ["On lists"]


# ------------------------------------------------------------------ lists of references


def test_page_ends_with_its_references_and_lettered_links_back() -> None:
    html = make_page("## A\n\n[@smith2020] [@doe:2019; @smith2020, p. 3]\n\n## B\n\n@smith2020")
    assert text_of(html.split("<li")[2]).endswith("cited above: a b c")
    labels = re.findall(r'role="doc-backlink" aria-label="([^"]*)"', html.split("<li")[2])
    assert labels == [
        "Back to citation 1 of this source, under “A”", "Back to citation 2 of this source, under “A”",
        "Back to citation 3 of this source, under “B”",
    ]  # fmt: skip
    assert {link.removeprefix("#") for link in links(html) if link.startswith("#")} <= set(ids(html))


def test_list_stands_where_the_command_is_and_only_once() -> None:
    html = make_page("[@smith2020]\n\n\\bibliography\n\nx\n\n\\bibliography\n\nend")
    assert html.count("Counting Cameras") == 1
    assert html.index("Counting Cameras") < html.index("end")
    assert 'class="references-title"' not in html  # the writer's own heading stands above


COMMANDS = [
    "\\bibliography", "- \\bibliography", "- a\n\n    \\bibliography\n\n- b", "!!! note\n    \\bibliography", "a \\bibliography b",
    "# \\bibliography", "# a \\bibliography b", "| a |\n|---|\n| \\bibliography |", "> \\bibliography", "**\\bibliography**",
    "Term\n:   \\bibliography", "Term \\bibliography\n:   x", "a *b \\bibliography c* d", "[^1] a\n\n[^1]: \\bibliography",
    "<div>\n\\bibliography\n</div>", '<div markdown="1">\n\\bibliography\n</div>', "a\n\\bibliography\nb",
]  # fmt: skip


@pytest.mark.parametrize("text", COMMANDS)
def test_list_is_valid_wherever_the_command_stands(text: str) -> None:
    for name in ("bibliography", "full_bibliography"):
        html = make_page("[@smith2020]\n\n" + text.replace("bibliography", name))
        assert html.count("Counting Cameras</em>") == 1
        assert "data-references" not in html
        assert "\\" not in html.split("<pre>")[0]
        is_well_formed(html)
        assert len(set(ids(html))) == len(ids(html))


HIDDEN_COMMANDS = ["`\\bibliography`", "    \\bibliography", "<!--\n\\bibliography\n-->", "<pre>\n\\bibliography\n</pre>",
                   "```\n\\bibliography\n```", "\\bibliographystyle"]  # fmt: skip


@pytest.mark.parametrize("text", HIDDEN_COMMANDS)
def test_command_in_code_or_a_comment_means_nothing(text: str) -> None:
    html = make_pages(make_site(), {"": f"[@smith2020]\n\n{text}"}, ["fenced_code"])[""]
    assert "\\bibliography" in html
    assert html.index("\\bibliography") < html.index("Counting Cameras")
    assert 'class="references-title"' in html


@pytest.mark.parametrize("command", ["[[bib]]", "<!-- bib -->", "{{ bib }}", "%BIB%", "[TOC-bib]", "\\bib", "<bib/>"])
def test_command_may_look_like_anything(command: str) -> None:
    html = make_page(f"# A\n\n[@smith2020]\n\n{command}\n\nend", bib_command=command)
    assert html.index("Counting Cameras") < html.index("end")
    assert command not in html


def test_empty_command_is_no_command() -> None:
    assert make_page("[@smith2020]\n\nend", bib_command="").count("Counting Cameras") == 1


def test_no_list_without_a_command_where_the_site_wants_none() -> None:
    html = make_page("[@smith2020]", bib_by_default=False)
    assert html == '<p><span class="citation">(Smith 2020)</span></p>'


def test_raw_place_holder_of_a_writer_does_no_harm() -> None:
    text = '<span data-citation="99">x</span> <span data-note="7.3"></span> <div data-references="page"></div>'
    html = make_page(f"{text} [@smith2020]")
    assert '<span data-citation="99">x</span>' in html


# ------------------------------------------------------------------ the extension without a site generator


def test_extension_works_by_its_name() -> None:
    options = {"bib_file": str(DATA / "refs.bib"), "csl_file": str(DATA / "author-date.csl")}
    html = markdown("[@smith2020, p. 3]", extensions=["citations"], extension_configs={"citations": options})
    assert text_of(html.split("<section")[0]) == "(Smith 2020, p. 3)"


def test_one_parser_serves_page_after_page() -> None:
    md = Markdown(
        extensions=["toc", CitationsExtension(bib_file=str(DATA / "refs.bib"), csl_file=str(DATA / "author-date.csl"))]
    )
    first = md.convert("# A\n\n[@smith2020]")
    second = md.reset().convert("# A\n\n[@doe:2019]")
    assert md.reset().convert("# A\n\n[@smith2020]") == first
    assert "Smith" not in second


def test_settings_of_footnotes_are_kept() -> None:
    options = {"footnotes": {"UNIQUE_IDS": True, "SUPERSCRIPT_TEXT": "[{}]", "BACKLINK_TEXT": "back", "SEPARATOR": "-"}}
    md = Markdown(extensions=["footnotes", CitationsExtension(site := make_site(style=""))], extension_configs=options)
    html = md.convert("a [@smith2020] b [@smith2020]")
    site.gather({"": html})
    html = site.fill(html, "")
    assert ids(html) == ["fnref-2-smith2020", "fnref2-2-smith2020", "fn-2-smith2020"]
    assert re.findall(r'footnote-ref" href="([^"]*)">([^<]*)<', html) == [("#fn-2-smith2020", "[1]")] * 2
    assert html.count(">back<") == 2


def test_notes_do_without_the_footnotes_extension() -> None:
    html = make_pages(make_site(style=""), {"": "a [@smith2020]"}, [])[""]
    assert '<a class="footnote-backref"' in html
    assert "zz1337820767766393qq" not in html
    assert "↩" in html or "&#8617;" in html
