"""The timeline and the glossary: one folder of invented records per rule, and how they become pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown, markdown

from claimbook.citations import library
from claimbook.citations.extension import CitationsExtension
from claimbook.citations.problems import Problem
from claimbook.context import checks, dates, exports, glossary, render, rows, timeline, years
from claimbook.context.terms import Links, Spellings, TermsExtension
from tests.conftest import ROOT

HERE = ROOT / "tests" / "context"
FOLDERS = sorted(path for path in HERE.iterdir() if re.fullmatch(r"[TW]\d\d", path.name))
CLAIMS = {"c-0001": 'The "first" statement', "c-0002": "The second statement"}


def archive(folder: Path, target: Path) -> Path:
    """Return an invented archive: what all share, with the folder's own files in place of it."""
    shutil.copytree(HERE / "base", target, dirs_exist_ok=True)
    for name, place in (("events.yml", "docs/timeline"), ("terms.yml", "docs/glossary")):
        if (folder / "in" / name).is_file():
            shutil.copy(folder / "in" / name, target / place / name)
    if (folder / "in" / "docs").is_dir():
        shutil.copytree(folder / "in" / "docs", target / "docs", dirs_exist_ok=True)
    return target


def problems(root: Path) -> list[Problem]:
    """Return what is to be mended in an archive."""
    sources = library.read(library.find(root / "bibliography"), root)
    return sorted(checks.check(timeline.load(root), glossary.load(root), sources, CLAIMS))


# ------------------------------------------------------------------ rules


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_gets_the_expected_complaints(folder: Path, golden: Callable[[Path, str], None], tmp_path: Path) -> None:
    found = problems(archive(folder, tmp_path))
    golden(folder / "expected.txt", "".join(f"{problem}\n" for problem in found))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_shows_its_own_rule_and_no_other(folder: Path, tmp_path: Path) -> None:
    assert {problem.code for problem in problems(archive(folder, tmp_path))} == {folder.name}


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(checks.CODES)


@pytest.mark.parametrize("code", checks.CODES)
def test_rule_is_one_sentence(code: str) -> None:
    assert checks.CODES[code].endswith(".")
    assert "\n" not in checks.CODES[code]


def test_well_kept_files_have_no_complaints(tmp_path: Path) -> None:
    assert problems(archive(HERE / "render", tmp_path)) == []


def test_missing_files_are_said_to_be_missing(tmp_path: Path) -> None:
    root = archive(HERE / "render", tmp_path)
    (root / timeline.EVENTS).unlink()
    (root / glossary.TERMS).unlink()
    assert [str(problem) for problem in problems(root)] == [
        "docs/glossary/terms.yml:1: W00 this file is missing.",
        "docs/timeline/events.yml:1: T00 this file is missing.",
    ]


@pytest.mark.parametrize("content", ["", "\n# nothing yet\n", "just words", "id: plan\n"])
def test_file_that_is_no_list_is_one_complaint(content: str, tmp_path: Path) -> None:
    root = archive(HERE / "render", tmp_path)
    (root / timeline.EVENTS).write_text(content, encoding="utf-8")
    assert [problem.code for problem in problems(root)] == ["T00"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(HERE / "render", tmp_path_factory.mktemp("archive"))


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("-: \n[]{}\"'#ab~?&*!|>%@,0149X/"), max_size=60))
def test_no_file_makes_the_reading_fail(root: Path, text: str) -> None:
    (root / timeline.EVENTS).write_text(text, encoding="utf-8")
    (root / glossary.TERMS).write_text(text, encoding="utf-8")
    problems(root)
    render.markers(timeline.load(root), glossary.load(root), CLAIMS)


def test_the_archives_own_timeline_and_glossary_pass() -> None:
    sources = library.read(library.find(ROOT / "bibliography"), ROOT)
    claims = [path.stem for path in (ROOT / "docs" / "claims").glob("c-*.md")]
    found = list(checks.check(timeline.load(ROOT), glossary.load(ROOT), sources, claims))
    assert not found, "\n".join(map(str, found))


# ------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    ("typed", "words", "iso"),
    [
        ("1986", "1986", "1986"),
        ("1986-04", "April 1986", "1986-04"),
        ("1986-04-07", "7 April 1986", "1986-04-07"),
        ("1986~", "about 1986", ""),
        ("1986-04-07?", "perhaps 7 April 1986", ""),
        ("1986-04%", "perhaps about April 1986", ""),
        ("198X", "the 1980s", ""),
        ("198X?", "perhaps the 1980s", ""),
        ("2013/2015", "2013 to 2015", ""),
        ("2013~/2015?", "about 2013 to perhaps 2015", ""),
        ("2019-02-16/2019-02-20", "16 to 20 February 2019", ""),
        ("2019-02-16/2019-03-20", "16 February to 20 March 2019", ""),
        ("2011-04/2011-06", "April to June 2011", ""),
        ("2019-12-31/2020-01-02", "31 December 2019 to 2 January 2020", ""),
        ("195X/1967", "the 1950s to 1967", ""),
    ],
)
def test_date_in_words(typed: str, words: str, iso: str) -> None:
    span = dates.parse(typed)
    assert (span.words, span.iso) == (words, iso)


@given(st.text(st.sampled_from("0123456789-/~?%X "), max_size=22))
def test_a_date_says_something_or_is_refused_with_a_sentence(typed: str) -> None:
    try:
        said = dates.parse(typed).words
    except ValueError as error:
        said = str(error)
    assert said


# ------------------------------------------------------------------ pages


@pytest.fixture
def kept(tmp_path: Path) -> tuple[timeline.Timeline, glossary.Glossary]:
    root = archive(HERE / "render", tmp_path)
    return timeline.load(root), glossary.load(root)


@pytest.mark.parametrize("marker", ["timeline", "timeline-figure", "glossary"])
def test_marker_becomes_the_expected_text(
    marker: str, kept: tuple[timeline.Timeline, glossary.Glossary], golden: Callable[[Path, str], None]
) -> None:
    made = render.markers(*kept, CLAIMS)
    assert set(made) == {"timeline", "timeline-figure", "glossary"}
    golden(HERE / "render" / f"{marker}.out.md", made[marker])


def test_csv_is_the_expected_text_and_the_same_each_time(
    kept: tuple[timeline.Timeline, glossary.Glossary], golden: Callable[[Path, str], None], tmp_path: Path
) -> None:
    path = tmp_path / "downloads" / "timeline.csv"
    exports.write(kept[0], path)
    first = path.read_bytes()
    exports.write(kept[0], path)
    assert path.read_bytes() == first
    golden(HERE / "render" / "timeline.out.csv", first.decode())


class _Seen(HTMLParser):
    """Notes the ids of a page, where its citations stand, and attributes that should be gone."""

    def __init__(self, html: str):
        super().__init__()
        self.ids: list[str] = []
        self.cited_under: list[str] = []
        self.left_over: list[str] = []
        self._last = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id", "").startswith(("event-", "term-")):
            self._last = values["id"]
        self.ids += [values["id"]] if "id" in values else []
        self.left_over += ["markdown"] if "markdown" in values else []
        if values.get("role") == "doc-biblioref":
            self.cited_under.append(self._last)


@pytest.mark.parametrize(
    ("marker", "anchors"),
    [
        ("timeline", ["event-register", "event-plan", "event-trial", "event-broadcast"]),
        ("glossary", ["term-elan", "term-list"]),
    ],
)
def test_page_has_an_anchor_and_citations_for_each_record(
    marker: str, anchors: list[str], kept: tuple[timeline.Timeline, glossary.Glossary]
) -> None:
    cited = CitationsExtension(bib_file=str(HERE / "base/bibliography/books.bib"), style="author-date")
    html = markdown(render.markers(*kept, CLAIMS)[marker], extensions=["attr_list", "md_in_html", cited])
    seen = _Seen(html)
    assert [name for name in seen.ids if name.startswith(("event-", "term-"))] == anchors
    assert set(seen.cited_under) == set(anchors)
    assert len(seen.ids) == len(set(seen.ids))
    assert not seen.left_over
    assert not re.search(r"\[@|\{:|\]\(", html)


def test_page_named_for_a_year_holds_the_events_until_the_next(tmp_path: Path) -> None:
    root = archive(HERE / "render", tmp_path)
    for year in (2014, 2020):
        (root / f"docs/timeline/{year}.md").write_text("# A\n", encoding="utf-8")
    made = render.markers(timeline.load(root), glossary.load(root), CLAIMS)
    found = {name: re.findall(r'id="(event-[^"]*)"', text) for name, text in made.items() if "timeline" in name}
    assert found == {
        "timeline": ["event-register", "event-plan", "event-trial", "event-broadcast"],
        "timeline-figure": [],
        "timeline 2014": ["event-register", "event-plan", "event-trial"],
        "timeline 2020": ["event-broadcast"],
    }
    ways = re.findall(r"\]\((\d{4}\.md)#(event-[^)]*)\)", made["timeline"])
    assert ways == [*(("2014.md", name) for name in found["timeline 2014"]), ("2020.md", "event-broadcast")]
    assert "[since 2020](2020.md)" in made["timeline 2014"]
    assert "**until 2019**" in made["timeline 2014"]


@pytest.mark.parametrize(
    ("year", "beginnings", "page"),
    [
        (2019, (2014, 2019), "timeline/2019.md"),
        (2018, (2014, 2019), "timeline/2014.md"),
        (1949, (2014, 2019), "timeline/2014.md"),
        (1949, (), "timeline/index.md"),
    ],
)
def test_event_stands_on_the_page_of_its_year(year: int, beginnings: tuple[int, ...], page: str) -> None:
    assert years.page(year, beginnings) == page


def test_pages_of_the_archives_own_timeline_are_called_by_their_years() -> None:
    own = timeline.load(ROOT)
    made = render.markers(own, glossary.load(ROOT))
    labels = re.findall(r"\[([^\]]*)\]\((\d{4})\.md\)", made["timeline"])
    assert [int(year) for _, year in labels] == list(own.pages)
    for label, year in labels:
        assert f"\n# Timeline: {label}\n" in (ROOT / f"docs/timeline/{year}.md").read_text(encoding="utf-8")


def test_periods_are_decades_first_and_years_from_2010(
    kept: tuple[timeline.Timeline, glossary.Glossary],
) -> None:
    assert [period.label for period in render.periods(kept[0].events)] == ["1950s", "2014", "2019", "2022"]


def test_figure_counts_every_theme_of_every_event(
    kept: tuple[timeline.Timeline, glossary.Glossary],
) -> None:
    figure = render.draw(kept[0], render.periods(kept[0].events))
    assert sum(dot.count for dot in figure.dots) == sum(len(event.themes) for event in kept[0].events)
    assert all(0 < dot.x < figure.width and 0 < dot.y < figure.height for dot in figure.dots)


@pytest.mark.parametrize(
    ("words", "anchor"), [("Élan vital", "elan-vital"), ("court's list", "court-s-list"), ("e-CNY", "e-cny")]
)
def test_words_as_part_of_an_address(words: str, anchor: str) -> None:
    assert rows.slug(words) == anchor


# ------------------------------------------------------------------ terms in essays


TERMS = """\
- term: court's list
  means: The court's, *not* a score.
  sources: [lee2020]

- term: score
  means: A number.
  sources: [lee2020]
  also: [scores]

- term: Skynet
  means: Cameras.
  sources: [lee2020]

- term: social credit
  means: A name.
  sources: [lee2020]

- term: social credit system
  means: A project.
  sources: [lee2020]
"""


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> glossary.Glossary:
    root = archive(HERE / "render", tmp_path_factory.mktemp("terms"))
    (root / glossary.TERMS).write_text(TERMS, encoding="utf-8")
    return glossary.load(root)


def essay(text: str, words: glossary.Glossary, source: str = "essays/faces.md") -> str:
    """Return an essay's HTML with its terms marked."""
    links = Links()
    links.begin(source)
    return markdown(text, extensions=["attr_list", "tables", "footnotes", TermsExtension(words, links)])


def marked(html: str) -> list[str]:
    """Return the words of a page that lead to the glossary."""
    return re.findall(r'<a class="term"[^>]*>([^<]*)</a>', html)


def test_the_first_use_of_a_term_leads_to_the_glossary(words: glossary.Glossary) -> None:
    assert essay("A score. A second score.", words) == (
        '<p>A <a class="term" data-card="A number." href="../glossary/index.md#term-score">score</a>.'
        " A second score.</p>"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Scores and a score", ["Scores"]),
        ("the social credit system, then social credit", ["social credit system", "social credit"]),
        ("the social\ncredit system", ["social\ncredit system"]),
        ("*score*, then **Skynet**", ["score", "Skynet"]),
        ("skynet is no name, underscore no score", ["score"]),
        ("scoreboard, multi-score, score-keeper", []),
        ("the court's list", ["court's list"]),
        ("## A score\n\nThen a score", ["score"]),
        ("[a score](x.md) and `score`\n\n    score\n", []),
        ("| score |\n| --- |\n| a score |", ["score"]),
        ("*un score*{ lang=fr } and a score", ["score"]),
        ("*a score*{ lang=en-GB }", ["score"]),
        ("A note[^1] only.\n\n[^1]: The score.", ["score"]),
    ],
)
def test_what_is_marked_and_what_is_left_alone(text: str, expected: list[str], words: glossary.Glossary) -> None:
    assert marked(essay(text, words)) == expected


def test_a_citation_is_left_alone(words: glossary.Glossary) -> None:
    links = Links()
    links.begin("essays/faces.md")
    cited = CitationsExtension(bib_file=str(HERE / "base/bibliography/books.bib"), style="author-date")
    html = markdown("A list [see the score of @lee2020].", extensions=[cited, TermsExtension(words, links)])
    assert marked(html) == []
    assert "Lee" in html


def test_meaning_beside_a_term_is_plain_text(words: glossary.Glossary) -> None:
    assert 'data-card="The court\'s, not a score."' in essay("the court's list", words)


@pytest.mark.parametrize("source", ["index.md", "film/index.md", "essays/index.md"])
def test_pages_other_than_essays_mark_no_terms(source: str, words: glossary.Glossary) -> None:
    assert marked(essay("A score.", words, source)) == []


def test_terms_are_marked_anew_on_each_page(words: glossary.Glossary) -> None:
    links = Links()
    md = Markdown(extensions=[TermsExtension(words, links)])
    for _ in range(2):
        links.begin("essays/faces.md")
        assert marked(md.reset().convert("A score.")) == ["score"]


def test_a_glossary_without_terms_marks_nothing() -> None:
    assert essay("A score.", glossary.Glossary(())) == "<p>A score.</p>"


PIECES = st.sampled_from(
    ["score", "Scores", "Skynet", "social", "credit", "system", "the", "court's", "list", "*", "**", "`", "[", "]",
     "(x.md)", "\\", "_", "# ", "> ", "- ", "{ lang=fr }", "&amp;", "<b>", "</b>", "\n", "\n\n", " ", ".", "芝麻"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_marking_terms_never_changes_the_text(words: glossary.Glossary, text: str) -> None:
    plain = markdown(text, extensions=["attr_list", "tables", "footnotes"])
    assert re.sub(r'<a class="term"[^>]*>([^<]*)</a>', r"\1", essay(text, words)) == plain


def test_terms_that_a_text_uses_are_each_found_once(words: glossary.Glossary) -> None:
    used = Spellings(words).used("Scores, and more scores: the social credit system isn't Skynets, nor underscore.")
    assert [str(term.term) for term in used] == ["score", "social credit system"]


def test_terms_name_the_claims_that_use_them(kept: tuple[timeline.Timeline, glossary.Glossary]) -> None:
    first, second = kept[1].terms[:2]
    html = render.markers(*kept, CLAIMS, {"c-0001": [first], "c-0002": [first]})["glossary"]
    used = '[c-0001](../claims/c-0001.md "The &#34;first&#34; statement"), [c-0002](../claims/c-0002.md'
    one, two = html.index(first.anchor), html.index(second.anchor)
    assert used in html[one:two]
    assert "Used in claim" not in html[two:]
