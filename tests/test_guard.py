"""The guard over finished pages: one folder of small pages per rule, and whatever else may come."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimbook.citations.guard import RULES, check_site
from claimbook.citations.guard_page import read_page
from claimbook.citations.problems import report
from tests.conftest import ROOT

FOLDERS = sorted(path for path in (ROOT / "tests" / "guard").iterdir() if path.is_dir())
CLEAN = '<!doctype html><html lang="en"><title>Film</title><h1>Film</h1>'


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_gets_the_expected_complaints(
    folder: Path, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    problems = check_site(Path("in"), _base(folder))
    golden(folder / "expected.txt", "".join(f"{problem}\n" for problem in problems))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_shows_its_own_rule_and_no_other(folder: Path) -> None:
    assert {problem.code for problem in check_site(folder / "in", _base(folder))} == {folder.name}


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(RULES)


@pytest.mark.parametrize("code", RULES)
def test_rule_is_one_sentence(code: str) -> None:
    assert RULES[code].endswith(".")
    assert "\n" not in RULES[code]


def test_clean_site_has_no_complaints_and_returns_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.html").write_text(CLEAN, encoding="utf-8")
    assert report(check_site(tmp_path)) == 0
    assert capsys.readouterr().out == ""


def test_faulty_site_is_printed_and_returns_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.html").write_text(f"{CLEAN}<p>\n[@lee2020]", encoding="utf-8")
    assert report(check_site(tmp_path)) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f'{tmp_path.as_posix()}/index.html:2: G01 "[@lee2020]" is a citation')
    assert last == "1 thing to mend in 1 file."


def test_data_for_machines_holds_no_mark_and_hides_none(tmp_path: Path) -> None:
    data = '<script type="application/ld+json">[{"@type": "Movie", "x": "[@a]"}]</script>'
    (tmp_path / "index.html").write_text(f"{CLEAN}{data}<p>fine", encoding="utf-8")
    assert check_site(tmp_path) == []
    (tmp_path / "index.html").write_text(f"{CLEAN}{data}<p>[@lee2020]{data}", encoding="utf-8")
    assert [problem.code for problem in check_site(tmp_path)] == ["G01"]


@pytest.mark.parametrize("name", ["missing", "empty", "file.txt"])
def test_folder_without_pages_is_one_complaint(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("not a folder", encoding="utf-8")
    (problem,) = check_site(tmp_path / name)
    assert (problem.path, problem.line, problem.code) == ((tmp_path / name).as_posix(), 1, "G00")


def test_page_that_cannot_be_opened_is_one_complaint(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(CLEAN, encoding="utf-8")
    (tmp_path / "gone.html").symlink_to(tmp_path / "nowhere.html")
    assert [(problem.path, problem.code) for problem in check_site(tmp_path)] == [
        (f"{tmp_path.as_posix()}/gone.html", "G00")
    ]


@pytest.mark.parametrize(
    "base",
    ["/archive/", "archive", "/archive", "https://example.org/archive/", "https://example.org/archive"],
)
def test_base_may_be_written_as_path_or_address(tmp_path: Path, base: str) -> None:
    (tmp_path / "index.html").write_text(f'{CLEAN}<a href="/archive/">x</a>', encoding="utf-8")
    assert check_site(tmp_path, base) == []
    assert [problem.code for problem in check_site(tmp_path)] == ["G02"]


def test_guard_needs_only_the_standard_library() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import claimbook.citations.guard"
    run = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert run.stderr == ""


# Pieces that parsers trip over: quotes and tags that don't end, raw elements, references out of range.
PIECES = [
    "<", ">", "</", "/>", "<!", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<![if x", "<?", "<a ", "<a",
    "</a", "href=", 'id="', "id='", '"', "'", "=", " ", "\n", "\0", "\1", "\2", "\ufffd", "\x85", "é", "中",
    "\U0001f3a5", "<script>", "</script", "<style>", "</style>", "<title>", "</title>", "<svg/>", "<svg>",
    "<main>", "</main>", "<h1>", "<h6>", "<template>", "</template>", "<code>", "</code>", "<b>", "</b>",
    "<img", "<base href=", "&#x110000;", "&#" + "9" * 5000 + ";", "&amp", "&#91;", "&commat;", "[@", "[^",
    "[-@a", "]", "a2020?", "\\bibliography", "http://[", "//[::1", "mailto:", "tel:", "%", "%00", "%zz",
    "#", "#top", "?", "..", "/", "\\", "url(", ")", "@import ", "/*", "*/", "srcset=", "style=",
    "data-cites=", "x" * 300, '<meta http-equiv=refresh content="0;url=',
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(text=HOSTILE | st.text(), base=HOSTILE | st.just("/archive/"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_no_page_makes_the_guard_fail(tmp_path: Path, text: str, base: str) -> None:
    content = text.encode("utf-8", errors="surrogatepass")
    (tmp_path / "index.html").write_bytes(content)
    (tmp_path / "main.css").write_bytes(content)
    (tmp_path / "other.html").write_bytes(b'<link rel="stylesheet" href="main.css">' + content)
    problems = check_site(tmp_path, base)
    lines = content.count(b"\n") + 1
    assert all(1 <= problem.line <= lines and str(problem).count("\n") == 0 for problem in problems)


NAMES = st.sampled_from(["p", "a", "div", "h2", "main", "svg", "section", "img", "span"])
VALUES = st.text(alphabet="ab<>'=/ \n&;é中", max_size=8)
ATTRIBUTES = st.dictionaries(st.sampled_from(["id", "href", "src", "class", "title"]), VALUES, max_size=3)
TAGS = st.tuples(NAMES, ATTRIBUTES, st.text(alphabet="ab >\n;é", max_size=6))


@given(tags=st.lists(TAGS, max_size=12))
def test_tags_are_read_as_html_parser_reads_them(tags: list[tuple[str, dict[str, str], str]]) -> None:
    text = "".join(_tag(name, attributes) + words for name, attributes, words in tags)
    theirs = _Theirs()
    theirs.feed(text)
    theirs.close()
    page = read_page("index.html", text)
    assert [name for _, name in page.ids] == theirs.ids
    assert [link.url for link in page.links] == theirs.urls
    assert len(page.headings) == theirs.headings


REPEATED = [
    "<", "<a ", "<a x='", '<a "', "<a =", "<a", "<main", "<b", "</", "</a", "</code ", "<!", "<!--", "<?",
    "<script>", "<script", "</script ", "<title>", "<b>", "<b>a?", "</b>", "[", "[@", "[a ", "[^", "\\",
    "&", "&#", "x@", ".", "\n", "<style>@import", "<style>url(", '<style>"', "<style>/*", "<style>\\",
    "<style>@namespace", "<p style='url(", "<a href='mailto:", "<a href=mailto:a@a.", "<a href=tel:1",
    "<a href=../", "<img srcset=', ", "<img srcset='a,",
]  # fmt: skip


@pytest.mark.parametrize("end", ["", ">", "'>", " "])
@pytest.mark.parametrize("piece", REPEATED)
def test_a_piece_repeated_over_a_whole_page_is_read_to_the_end(tmp_path: Path, piece: str, end: str) -> None:
    page = tmp_path / "index.html"
    page.write_text(f"{CLEAN}[@lee2020]{piece * (100_000 // len(piece))}{end}", encoding="utf-8")
    # Where time grows as the square of the page's length, this takes minutes.
    assert {problem.path for problem in check_site(tmp_path)} <= {str(page)}


def _base(folder: Path) -> str:
    file = folder / "base.txt"
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def _tag(name: str, attributes: dict[str, str]) -> str:
    written = "".join(f' {key}="{value.replace("&", "&amp;")}"' for key, value in attributes.items())
    return f"<{name}{written}>"


class _Theirs(HTMLParser):
    """Keeps the same facts by way of the standard library's parser."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.urls: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        self.urls += [found[name].strip() for name in ("href", "src") if name in found]
        self.headings += tag == "h2"
