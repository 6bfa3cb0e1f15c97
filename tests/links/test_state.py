"""From answer to state: dead only after three days, drift noticed, one committed file that loses nothing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from claimbook.links import pages, state
from claimbook.links.kinds import Answer, Kind
from claimbook.links.state import Row, judge
from tests.links.faults import OTHER_WORDS, WORDS

DAYS = ("2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30")
GOOD = Answer(Kind.FINE, 200, title="Points in the county", text=pages.mark(WORDS))


NEW = Row("https://archive.test/a")


def after(*answers: Answer, row: Row = NEW, days: tuple[str, ...] = DAYS) -> Row:
    for day, answer in zip(days, answers, strict=False):
        row = judge(row, answer, day)
    return row


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.weight == "gone"])
def test_a_link_is_dead_after_three_failures_on_three_days_and_not_before(kind: Kind) -> None:
    failed = Answer(kind)
    assert [after(GOOD, *[failed] * times).state for times in (1, 2, 3)] == ["unknown", "unknown", "dead"]
    assert after(GOOD, failed, failed, failed).since == DAYS[3]
    assert after(failed, failed, failed, failed, days=(DAYS[0],) * 4).state == "unknown"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.weight == "doubt"])
def test_what_says_nothing_of_the_page_never_makes_a_link_dead(kind: Kind) -> None:
    row = after(*[Answer(kind)] * 5)
    assert (row.state, row.failures) == ("unknown", ())


def test_failures_are_forgotten_when_the_page_opens() -> None:
    failed = Answer(Kind.NOT_FOUND)
    assert after(failed, failed, GOOD, failed).failures == (f"{DAYS[3]}:404",)
    assert after(failed, failed, failed, GOOD).state == "alive"


def test_a_day_of_doubt_between_failures_neither_counts_nor_clears() -> None:
    failed, busy = Answer(Kind.NOT_FOUND), Answer(Kind.BUSY)
    assert after(failed, busy, failed).state == "unknown"
    assert after(failed, busy, failed, busy, failed).state == "dead"
    # What was dead stays dead until it opens.
    assert after(failed, failed, failed, busy).state == "dead"


def test_drift_is_noticed_by_title_by_text_and_by_kind_of_file() -> None:
    other_title = Answer(Kind.FINE, 200, title="Lamps", text=GOOD.text)
    other_text = Answer(Kind.FINE, 200, title=GOOD.title, text=pages.mark(OTHER_WORDS))
    pdf = Answer(Kind.FINE, 200, text="application/pdf")
    for answer, reason in ((other_title, "new-title"), (other_text, "new-text"), (pdf, "new-kind")):
        row = after(GOOD, answer, answer)
        assert (row.state, row.reason, row.since) == ("changed", reason, DAYS[1])
        # What it was is kept, so that it can come back.
        assert after(GOOD, answer, GOOD).state == "alive"
        accepted = state.accept(row)
        assert judge(accepted, answer, DAYS[4]).state == "alive"


def test_a_page_with_a_little_news_beside_it_is_the_same_page() -> None:
    longer = " ".join(
        [
            WORDS,
            "It was the first of its kind in the province, and the paper that reported it was local.",
            WORDS.upper(),
        ]
    )
    assert pages.alike(pages.mark(longer), pages.mark(longer + " Updated at noon by our staff."))
    assert not pages.alike(pages.mark(WORDS), pages.mark(OTHER_WORDS))
    assert pages.alike("", pages.mark(WORDS))


def test_one_changed_word_of_a_short_text_is_noticed() -> None:
    assert not pages.alike(pages.mark("The old text."), pages.mark("The new text."))


def test_a_lasting_redirect_is_moved_and_says_where_to() -> None:
    row = after(GOOD, Answer(Kind.FINE, 200, moved="https://archive.test/b", title=GOOD.title, text=GOOD.text))
    assert (row.state, row.to) == ("moved", "https://archive.test/b")


def test_a_page_known_from_before_may_call_itself_not_found() -> None:
    article = Answer(Kind.FINE, 200, title="Not found: a county without a list", text=pages.mark(WORDS))
    again = Answer(Kind.SOFT_404, 200, title=article.title, text=article.text)
    assert after(article, again).state == "alive"
    assert after(GOOD, again).state == "unknown"


def test_lychee_alone_is_enough_for_alive_and_compares_nothing() -> None:
    row = after(GOOD, Answer(Kind.FINE_ELSEWHERE, 200))
    assert (row.state, row.text) == ("alive", GOOD.text)


# ------------------------------------------------------------------ the file


def test_the_file_comes_back_as_it_was_written_whatever_a_title_holds(tmp_path: Path) -> None:
    titles = ['"Quoted", and\nbroken', "标题；,", "=SUM(A1)", "", "\u2028 \x85 ünï"]
    rows = {
        f"https://archive.test/{number}": after(GOOD, row=Row(f"https://archive.test/{number}", title=title))
        for number, title in enumerate(titles)
    }
    rows["https://archive.test/9"] = after(Answer(Kind.NOT_FOUND), Answer(Kind.GONE), row=Row("https://archive.test/9"))
    path = tmp_path / "links.csv"
    state.write(path, dict(reversed(rows.items())))
    assert state.read(path) == rows
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "address,state,since,checked,reason,failures,to,title,text"
    assert path.read_bytes().count(b"\r") == 0
    addresses = [line.split(",")[0] for line in lines[1:] if line.startswith("https:")]
    assert all(one < other for one, other in pairwise(addresses))


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert state.read(tmp_path / "links.csv") == {}


GOOD_ROW = "https://archive.test/1,alive,2026-11-02,2026-11-02,,,,,"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f"{GOOD_ROW}\nhttps://archive.test/2,alive", 3, "a row has 9 cells"),
        (f"{GOOD_ROW}\n{GOOD_ROW}", 3, "has two rows"),
        (GOOD_ROW.replace("alive", "well"), 2, 'not "well"'),
        (GOOD_ROW.replace("2026-11-02", "2026-13-02"), 2, "month must be in 1..12"),
        (GOOD_ROW.replace(",,,,", ",boredom,,,"), 2, 'no reason is called "boredom"'),
        ("<<<<<<< HEAD", 2, "a row has 9 cells"),
        ('"https://archive.test/1', 2, "unexpected end of data"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = tmp_path / "links.csv"
    path.write_text(f"{','.join(state.COLUMNS)}\n{text}\n", encoding="utf-8")
    with pytest.raises(state.StateError) as raised:
        state.read(path)
    assert str(raised.value).startswith(f"bibliography/links.csv:{line}: L00 ")
    assert said in str(raised.value)


def test_a_file_that_cannot_be_written_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.mkdir()
    with pytest.raises(state.StateError, match="can't be written"):
        state.write(path, {})
    assert list(tmp_path.iterdir()) == [path]


def test_the_committed_file_can_be_read() -> None:
    root = Path(__file__).parent.parent.parent
    assert (root / state.FILE).is_file()
    state.read(root / state.FILE)
