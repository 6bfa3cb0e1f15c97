"""The measured faults of mkdocs-bibtex 4.4.0 (design, section 5), each of which ours must not have.

Each test builds a site with the options and commands of that plugin.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown import markdown

from claimbook.citations import pandoc
from claimbook.citations.extension import CitationsExtension
from tests.citations.conftest import DATA, Built, run_generator, write_site
from tests.citations.htmls import ids, links, text_of

Build = Callable[..., Built]
SMALL = (DATA / "author-date.csl").read_text(encoding="utf-8")
NUMERIC = (DATA / "numeric.csl").read_text(encoding="utf-8")
NOTE = (DATA / "note.csl").read_text(encoding="utf-8")
IN_TEXT = {"bib_file": "refs.bib", "csl_file": "style.csl"}


@pytest.mark.parametrize("csl", [None, NOTE, NUMERIC])
def test_locators_are_kept_in_numbered_notes(build_site: Build, csl: str | None) -> None:
    page = {"index.md": "# A\n\nOne [@smith2020, p. 12], two [@film2021, 00:12:30-00:13:05].\n"}
    built = build_site(page | ({"style.csl": csl} if csl else {}), IN_TEXT if csl else None)
    assert built.code == 0
    notes = re.findall(r'<li id="fn:.*?</li>', built.article(), re.S)
    assert "p. 12" in notes[0]
    assert "00:12:30–00:13:05" in notes[1]
    assert "p. 00" not in notes[1]


@pytest.mark.parametrize(
    ("typed", "in_note", "in_text"),
    [
        ("p. 12", "p. 12", "12"),
        ("pp. 12-14", "pp. 12–14", "12–14"),
        ("ch. 3", "ch. 3", "ch. 3"),
        ("chap. 3", "chap. 3", "chap. 3"),
        ("para. 4", "para. 4", "para. 4"),
        ("art. 5", "art. 5", "art. 5"),
        ("vol. 2, p. 3", "vol. 2, p. 3", "vol. 2, p. 3"),
        ("00:12:30-00:13:05", "00:12:30–00:13:05", "00:12:30–00:13:05"),
        ("12 min 30 s", "12 min 30 s", "12 min 30 s"),
    ],
)
def test_every_kind_of_locator_is_shown_as_what_it_is(typed: str, in_note: str, in_text: str) -> None:
    text, refs = f"So [@smith2020, {typed}].", str(DATA / "refs.bib")
    note = markdown(text, extensions=["footnotes", CitationsExtension(bib_file=refs)])
    assert f"Harbour Press, {in_note}." in text_of(note)
    sentence = markdown(text, extensions=[CitationsExtension(bib_file=refs, style="author-date")])
    assert f"So (Smith 2020, {in_text})." in text_of(sentence)


def test_key_that_begins_like_another_is_itself(build_site: Build) -> None:
    built = build_site(
        {"index.md": "# A\n\nAs @smith2020b and @smith2020 and [@smith2020b].\n", "style.csl": SMALL}, IN_TEXT
    )
    assert "As Smith (2020b) and Smith (2020a) and (Smith 2020b)." in text_of(built.article())


def test_keys_are_whole_with_colon_point_and_slash(build_site: Build) -> None:
    text = "# A\n\n[@doe:2019], @doe:2019, [@doe.2018/b], @doe.2018/b.\n"
    built = build_site({"index.md": text, "style.csl": SMALL}, IN_TEXT)
    assert built.code == 0
    assert "(Doe and Roe 2019), Doe and Roe (2019), (Doe 2018), Doe (2018)." in text_of(built.article())


@pytest.mark.parametrize(
    "text",
    [
        "`[@smith2020]`", "```\n[@smith2020]\n@smith2020\n```", "    [@smith2020]", "<!-- [@smith2020] -->",
        "[@smith2020](https://example.org)", "[see @smith2020](https://example.org)", "mail@smith2020.org", "<a@smith2020.org>",
        r"\[@smith2020]",
    ],
)  # fmt: skip
def test_code_comments_links_and_addresses_are_not_rewritten(build_site: Build, text: str) -> None:
    built = build_site({"index.md": f"# A\n\n{text}\n", "style.csl": SMALL}, IN_TEXT)
    assert built.code == 0
    assert "Counting" not in built.article()
    assert "citation-link" not in built.article()


@pytest.mark.parametrize("csl", [None, NUMERIC, SMALL])
def test_unknown_key_stays_visible_and_fails_a_strict_build(build_site: Build, csl: str | None) -> None:
    page = {"index.md": "# A\n\nOne [@smth2020, p. 1] here.\n"} | ({"style.csl": csl} if csl else {})
    built = build_site(page, IN_TEXT if csl else None)
    assert "smth2020" in text_of(built.article())
    assert built.code == 1
    assert 'docs/index.md:3: C01 no entry with the key "smth2020"' in built.log
    assert 'Did you mean "smith2020"?' in built.log


def test_unknown_key_fails_a_strict_build_that_is_quiet(tmp_path: Path) -> None:
    pages = {"index.md": "# A\n\nOne [@nope] here.\n", "refs.bib": (DATA / "refs.bib").read_text(encoding="utf-8")}
    built = run_generator(write_site(tmp_path, pages, {"bib_file": "refs.bib"}), "--quiet")
    assert built.code != 0
    assert 'docs/index.md:3: C01 no entry with the key "nope"' in built.log


def test_same_key_in_two_files_is_reported_with_both_places(build_site: Build) -> None:
    pages = {
        "index.md": "# A\n\n[@x]\n",
        "bib/a.bib": "@book{x, title = {One}, date = {2001}}",
        "bib/b.bib": "\n@book{x, title = {Two}, date = {2002}}",
    }
    built = build_site(pages, {"bib_dir": "bib"})
    assert built.code == 1
    assert 'bib/b.bib:2: C03 the key "x" is used already at bib/a.bib:1' in built.log
    assert "One" in text_of(built.article())


def test_key_in_the_wrong_case_is_named_and_shown(build_site: Build) -> None:
    built = build_site({"index.md": "# A\n\n[@Smith2020]\n"})
    assert built.code == 1
    assert 'docs/index.md:3: C02 "Smith2020" is written "smith2020" in refs.bib:1' in built.log
    assert "Counting Cameras" in built.article()


def test_broken_bib_is_named_with_file_and_line_and_not_by_a_traceback(tmp_path: Path) -> None:
    broken = "@book{good, title = {Good}, date = {2001}}\n\n@book{bad,\n  title = {Bad}\n  date = {2002},\n}\n\n@book{worse,\n"
    pages = {"index.md": "# A\n\n[@good] [@bad]\n", "refs.bib": broken}
    built = run_generator(write_site(tmp_path, pages, {"bib_file": "refs.bib"}))
    assert built.code != 0
    assert "Traceback" not in built.log
    assert 'refs.bib:4: C08 "bad": a comma is missing after title.' in built.log
    assert 'refs.bib:8: C08 "worse" isn\'t closed before the next entry' in built.log
    assert 'docs/index.md:3: C01 the entry "bad" at refs.bib:3 can\'t be read; mend it there.' in built.log
    assert "Good" in built.article()


@pytest.mark.parametrize("csl", [None, NOTE, SMALL])
def test_address_keeps_its_tilde(build_site: Build, csl: str | None) -> None:
    page = {"index.md": "# A\n\n[@anon2021]\n"} | ({"style.csl": csl} if csl else {})
    built = build_site(page, IN_TEXT if csl else None)
    assert "https://example.org/~me/a_b?x=1&y=2#z" in links(built.article())
    assert "textascii" not in built.article()


def test_year_letters_are_the_same_on_all_pages(build_site: Build) -> None:
    pages = {
        "index.md": "# A\n\n[@smith2020b]\n",
        "b.md": "# B\n\n[@smith2020]\n",
        "c.md": "# C\n\n[@smith2020; @smith2020b]\n",
    }
    built = build_site(pages | {"style.csl": SMALL}, IN_TEXT)
    assert "(Smith 2020b)" in text_of(built.article())
    assert "(Smith 2020a)" in text_of(built.article("b/index.html"))
    assert re.search(r"\(Smith 2020a; (?:Smith )?2020b\)", text_of(built.article("c/index.html")))


@pytest.mark.parametrize("csl", [None, SMALL])
def test_full_bibliography_is_sorted_and_has_no_dangling_links(build_site: Build, csl: str | None) -> None:
    pages = {"index.md": "# A\n\n[@smith2020]\n", "all.md": "# All\n\n\\full_bibliography\n"}
    built = build_site(pages | ({"style.csl": csl} if csl else {}), IN_TEXT if csl else None)
    html = built.article("all/index.html")
    names = [text_of(entry.split("</span>")[0]) for entry in re.split(r'(?=<li id="ref-)', html)[1:]]
    assert len(names) == 8
    assert names == sorted(names, key=lambda name: re.sub(r"[^\w ]", "", name).casefold())
    assert {link.removeprefix("#") for link in links(html) if link.startswith("#")} <= set(ids(html))
    if csl:
        assert "../#cite-smith2020-1" in links(html)


def test_pandoc_is_not_started_once_a_page(build_site: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[list[str]] = []
    run = pandoc.run
    monkeypatch.setattr(pandoc, "run", lambda arguments, text="": starts.append(arguments) or run(arguments, text))
    pages = {f"p{index}.md": f"# P\n\n[@smith2020, p. {index}] [@doe:2019, {index}]\n" for index in range(20)}
    build_site({"index.md": "# A\n\n\\full_bibliography\n"} | pages | {"style.csl": SMALL}, IN_TEXT)
    assert len(starts) <= 6
