"""Titles say their language where it isn't the page's (WCAG 2.2, 3.1.2), and a style without a language speaks the page's."""

from __future__ import annotations

from pathlib import Path

import pytest

from claimbook.citations.cache import Cache
from claimbook.citations.formatting import Formatter
from claimbook.citations.languages import code_of, name_of, runs
from claimbook.citations.marks import Item, Mark
from claimbook.citations.styles import load
from tests.citations.conftest import build_here, read, write_site

BIB = r"""
@book{ville, author = {Doe, Ann and Roe, Bob}, title = {La ville {Nice} : qui regarde ?}, subtitle = {Une étude}, date = {2020}, langid = {french}, publisher = {P}}
@online{quoted, author = {Doe, Ann}, title = "Les caméras", date = {2018}, langid = {canadien}}
@online{law, title = {个人信息保护法 [Personal Information Protection Law]}, date = {2021}, langid = {zh}}
@online{told, author = {Doe, Ann}, title = {[A French report]}, date = {2021}, langid = {french}}
@online{translated, author = {Doe, Ann}, title = {A Law}, date = {2017}, langid = {chinese}}
@online{plain, author = {Doe, Ann}, title = {Counting}, date = {2016}, langid = {british}}
@online{slash, author = {Doe, Ann}, title = {Les caméras\ }, date = {2015}, langid = {french}}
@online{unsaid, author = {Doe, Ann}, title = {Ciudad}, date = {2014}}
"""


def references(language: str = "en") -> dict[str, str]:
    """Return the references of the works above on a page in a language, in pandoc's own style."""
    library = read(BIB)
    return dict(Formatter(library, load(None, True), Cache(), language).format([], library.entries).references)


def test_title_says_its_language_where_it_isnt_the_pages() -> None:
    found = references()
    assert '<span lang="fr">La ville Nice : qui regarde</span> ? <span lang="fr">Une étude</span>' in found["ville"]
    assert '<span lang="fr">Les caméras</span>' in found["quoted"]
    assert '<span lang="zh">个人信息保护法</span> [Personal' in found["law"]
    assert not [key for key in ("told", "translated", "plain", "unsaid") if "lang=" in found[key]]
    assert "Les caméras" in found["slash"]


def test_on_a_french_page_french_is_the_language_that_goes_without_saying() -> None:
    found = references("fr-CA")
    assert "lang=" not in found["ville"]
    assert '<span lang="en">Counting</span>' in found["plain"]


def test_title_in_a_mark_says_its_language_where_all_are_in_one() -> None:
    library = read(BIB.replace("author = {Doe, Ann}, ", ""))
    alone, mixed = Mark((Item("quoted"),)), Mark((Item("quoted"), Item("law")))
    marks = Formatter(library, load(None, True), Cache()).format([alone, mixed]).marks
    assert '<span lang="fr">Les caméras</span>' in marks[alone]
    assert "Les caméras" in marks[mixed]
    assert "lang=" not in marks[mixed]


@pytest.mark.parametrize(
    ("language", "word"), [("en", "and"), ("en-GB", "and"), ("fr", "et"), ("de-CH", "und"), ("qq", "and")]
)
def test_a_style_without_a_language_speaks_the_pages(language: str, word: str) -> None:
    assert f" {word} Bob" in references(language)["ville"]


def test_a_style_with_a_language_keeps_it(tmp_path: Path) -> None:
    style = tmp_path / "own.csl"
    style.write_text(load(None, True).text.replace("<style ", '<style default-locale="de-DE" ', 1), encoding="utf-8")
    found = Formatter(read(BIB), load(style), Cache(), "fr").format([], ["ville"]).references["ville"]
    assert " und Bob" in found


def test_language_of_the_pages_is_the_themes(tmp_path: Path) -> None:
    files = {"refs.bib": BIB, "index.md": "# A\n\n[@ville] and [@plain]\n"}
    options = {"bib_file": "refs.bib", "style": "author-date"}
    built = build_here(write_site(tmp_path, files, options, theme={"name": "mkdocs", "locale": "fr"}))
    assert built.code == 0, built.log
    assert 'lang="en"' in built.article()
    assert "Doe et Roe" in built.article()


@pytest.mark.parametrize(
    ("langid", "code", "name"),
    [
        ("french", "fr", "French"),
        ("American", "en", "English"),
        ("pt-BR", "pt", "Portuguese"),
        ("zh", "zh", "Chinese"),
        ("klingon", "", "Klingon"),
        ("", "", ""),
    ],
)
def test_language_by_its_name_and_by_its_code(langid: str, code: str, name: str) -> None:
    assert (code_of(langid), name_of(langid)) == (code, name)


@pytest.mark.parametrize("title", ["", "?", "北京？", "“刷脸”执法?是否", "[x]", "a b. ", "Привет, Мир and more"])
@pytest.mark.parametrize("language", ["", "en", "fr", "zh", "ru"])
def test_runs_are_the_whole_title(title: str, language: str) -> None:
    assert "".join(words for words, _ in runs(title, language, "en")) == title
