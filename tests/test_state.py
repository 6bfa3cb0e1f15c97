"""The state of the archive: counted from records, by the day that pages are built for."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from claimbook import checks, claims, state
from claimbook.links import state as links
from claimbook.links.state import Row
from tests.conftest import ROOT

BASE = ROOT / "tests" / "mistakes" / "base"
DAY = date(2026, 11, 23)
CLAIM = "docs/claims/c-0001.md"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of one claim, one page and five sources, all of them used."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "docs/method").mkdir(exist_ok=True)  # git keeps no empty folder
    shutil.copy(ROOT / "docs/method/vocabulary.yml", tmp_path / "docs/method/vocabulary.yml")
    return tmp_path


def survey(root: Path, day: date = DAY) -> state.State:
    return state.survey(checks.load(root), claims.load(root), day)


def page(root: Path, day: date = DAY) -> str:
    """Return the block as a page has it, with links that only name their target."""
    found = survey(root, day)
    return state.fill("<!-- state -->\n", lambda: found, lambda path: f"to:{path}", ROOT / "overrides" / "state")


def change(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def stems(found: tuple[claims.Claim, ...]) -> list[str]:
    return [claim.stem for claim in found]


def test_a_sound_archive_has_nothing_due(archive: Path) -> None:
    found = survey(archive)
    assert (found.due, found.old, found.weak, found.partial, found.uncited, found.dead) == ((),) * 6
    assert "The next check of no claim has passed." in page(archive)


@pytest.mark.parametrize(
    ("day", "due", "old"),
    [
        (date(2027, 11, 22), [], []),
        (date(2027, 11, 23), [], ["c-0001"]),
        (date(2028, 11, 22), [], ["c-0001"]),
        (date(2028, 11, 23), ["c-0001"], ["c-0001"]),
    ],
)
def test_claims_are_due_by_the_day_of_the_build(archive: Path, day: date, due: list[str], old: list[str]) -> None:
    found = survey(archive, day)
    assert (stems(found.due), stems(found.old)) == (due, old)
    said = page(archive, day)
    assert ("Their next check has passed" in said, "Not read against their sources for a year" in said) == (
        bool(due),
        bool(old),
    )


def test_a_withdrawn_claim_is_never_due(archive: Path) -> None:
    change(archive, CLAIM, "status: draft", "status: withdrawn")
    assert survey(archive, date(2030, 1, 1)).due == ()


def test_sources_seen_weakly_are_named_with_the_claims_they_carry(archive: Path) -> None:
    change(archive, "bibliography/data.bib", "verification = {text}", "verification = {copy}")
    found = survey(archive)
    assert [(carrier.entry.key, carrier.seen.key, stems(carrier.claims)) for carrier in found.weak] == [
        ("gazette2021count", "copy", ["c-0001"])
    ]
    assert {word.key: (count, carrying) for word, count, carrying in found.seen} == {
        "text": (3, 1), "excerpt": (1, 0), "copy": (1, 1), "record": (0, 0),
    }  # fmt: skip
    said = page(archive)
    assert '<a href="to:bibliography/index.md#ref-gazette2021count">gazette2021count</a>' in said
    assert '<a href="to:claims/c-0001.md">c-0001</a>' in said


def test_a_finding_without_a_source_read_in_full_is_named(archive: Path) -> None:
    for name in ("data", "official"):
        change(archive, f"bibliography/{name}.bib", "verification = {text}", "verification = {excerpt}")
    assert stems(survey(archive).partial) == ["c-0001"]


def test_a_source_counts_as_used_wherever_it_is_named(archive: Path) -> None:
    for name in ("docs/timeline/events.yml", "docs/glossary/terms.yml", CLAIM):
        change(archive, name, "town2021order", "gazette2021count")
    assert [entry.key for entry in survey(archive).uncited] == ["town2021order"]
    for name, line in (
        ("docs/timeline/events.yml", "gazette2021count"),
        ("docs/glossary/terms.yml", "gazette2021count"),
        (CLAIM, "source: gazette2021count"),
        ("docs/film/lamps.md", "@gazette2021count"),
        ("docs/figures/two-lists.csv", "gazette2021count"),
    ):
        before = (archive / name).read_text(encoding="utf-8")
        change(archive, name, line, line.replace("gazette2021count", "town2021order"))
        assert survey(archive).uncited == (), name
        (archive / name).write_text(before, encoding="utf-8")


def test_essays_stand_by_their_number_of_works(archive: Path) -> None:
    folder = archive / "docs/essays"
    folder.mkdir()
    (folder / "poles.md").write_text("# Poles\n\nOne [@lee2020streets; @lee2020streets].\n", encoding="utf-8")
    (folder / "lamps.md").write_text("# Lamps\n\n[@lee2020streets; @town2021order] @nobody\n", encoding="utf-8")
    (folder / "lamps.fr.md").write_text("# Lampes\n", encoding="utf-8")
    (folder / "index.md").write_text("# Essays\n", encoding="utf-8")
    assert [(essay.title, essay.works) for essay in survey(archive).essays] == [("Poles", 1), ("Lamps", 2)]


def test_links_are_told_by_state_where_they_were_asked(archive: Path) -> None:
    assert survey(archive).links == ()
    assert "Nobody has asked" in page(archive)
    rows = [
        Row("https://example.org/lamps", "dead", "2026-10-01", "2026-11-01"),
        Row("https://example.org/count", "alive", "2026-10-01", "2026-11-02"),
        Row("https://example.org/other", "alive", "2026-10-01", "2026-11-01"),
    ]
    links.write(archive / links.FILE, {row.address: row for row in rows})
    change(
        archive,
        "bibliography/press.bib",
        "url = {https://example.org/lamps}",
        "urlstatus = {dead},\n  url = {https://example.org/lamps}",
    )
    found = survey(archive)
    assert [(row.state, row.count, row.checked) for row in found.links] == [
        ("alive", 2, "2026-11-02"),
        ("dead", 1, "2026-11-01"),
    ]
    assert [entry.key for entry in found.dead] == ["walker2022lamps"]
    assert "2 November 2026" in page(archive)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"x,y\n1,2\n", b'"open', b"address,state\n,\n\nhttps://a.example\n"]
)
def test_a_table_of_links_that_can_not_be_read_stops_nothing(archive: Path, content: bytes) -> None:
    (archive / links.FILE).write_bytes(content)
    assert survey(archive).links == ()


def test_a_title_from_outside_stays_text(archive: Path) -> None:
    change(archive, "bibliography/data.bib", "verification = {text}", "verification = {copy}")
    change(archive, "bibliography/data.bib", "Cameras of Portville", "<script>alert(1)</script> Cameras")
    assert "<script>" not in page(archive)


def test_a_page_without_the_marker_is_left_alone() -> None:
    def never() -> state.State:
        raise AssertionError

    assert state.fill("text <!-- state --> in a line", never, str, ROOT) == "text <!-- state --> in a line"


def test_the_real_page_shows_what_the_records_give(site: Path) -> None:
    text = (site / "about/state/index.html").read_text(encoding="utf-8")
    found = survey(ROOT, claims.build_day())
    assert "<!-- state -->" not in text
    for carrier in found.weak:
        assert f"#ref-{carrier.entry.key}" in text
    assert f"{len(found.uncited)} sources are recorded and not used yet" in text
