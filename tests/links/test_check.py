"""A whole run: polite, resumable, held up by nobody, and a report that says what to do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from claimbook import __main__ as program
from claimbook import checks
from claimbook.links import command, report, second, state
from claimbook.links.addresses import collect
from claimbook.links.check import OfflineError, Run
from claimbook.links.fetch import Manners
from claimbook.links.kinds import Answer, Kind
from tests.links.faults import Faults
from tests.links.test_fetch import QUICK

Make = Callable[..., Path]
LYCHEE = Path(sys.executable).with_name("lychee")
DAYS = ("2026-11-09", "2026-11-16", "2026-11-23")


def run(root: Path, today: str, manners: Manners = QUICK, opinion: Callable | None = None) -> dict[str, state.Row]:
    """Go through an archive as the command does, on a day of our choice."""
    path = root / state.FILE
    addresses = collect(checks.load(root))
    rows = state.read(path)
    going = Run(rows, today, manners, lambda: state.write(path, rows), opinion)
    asyncio.run(going.go(going.due(addresses.values())))
    return state.read(path)


def told(root: Path, everything: bool = True) -> list[str]:
    addresses = collect(checks.load(root))
    return [
        str(problem)
        for problem in sorted(report.report(addresses, state.read(root / state.FILE), everything=everything))
    ]


def test_addresses_are_found_in_sources_and_pages_with_their_places(archive: Make) -> None:
    root = archive("https://one.gov.cn/a_(b)?c=d#part", "https://archive.example/x", "https://two.gov.cn/")
    page = "# A\n\n[one](https://one.gov.cn/a_(b)?c=d) and `[no](https://code.gov.cn/)`\n\n[ref]: https://three.gov.cn/x\n[m](mailto:a@b.cn)\n"
    (root / "docs" / "a.md").write_text(page, encoding="utf-8")
    found = collect(checks.load(root))
    assert list(found) == ["https://one.gov.cn/a_(b)?c=d", "https://three.gov.cn/x", "https://two.gov.cn/"]
    assert [(place.path, place.line) for place in found["https://one.gov.cn/a_(b)?c=d"].places] == [
        ("bibliography/press.bib", 4),
        ("docs/a.md", 3),
    ]
    assert found["https://one.gov.cn/a_(b)?c=d"].titles == ["A Work Nobody Wrote"]


def test_every_address_of_the_archive_can_be_asked_for() -> None:
    from yarl import URL

    addresses = collect(checks.load(Path(__file__).parent.parent.parent))
    assert len(addresses) > 500
    assert all(URL(address, encoded=address.isascii()).host for address in addresses)


def test_three_weeks_with_a_bad_server(archive: Make, server: Faults) -> None:
    root = archive(
        *(server.base + path for path in ("/good", "/missing", "/moved", "/robots", "/429", "/soft-zh")),
        server.closed + "/x",
    )
    for day in DAYS:
        rows = run(root, day)
    states = {address.removeprefix(server.base): row.state for address, row in rows.items()}
    closed = server.closed + "/x"
    assert states == {
        "/good": "alive",
        "/missing": "dead",
        "/moved": "moved",
        "/robots": "unknown",
        "/429": "unknown",
        "/soft-zh": "dead",
        closed: "dead",
    }
    said = told(root)
    assert [line.split()[1] for line in said] == ["L01", "L02", "L05", "L05", "L01", "L01"]
    assert said[0] == (
        f"bibliography/press.bib:14: L01 {server.base}/missing is dead since 23 November 2026: the server says there is no such page "
        "(404). Look for its new address and make that the url; else run: python -m claimbook snapshot b2021one"
    )
    assert said[1].endswith(f"/moved has moved for good: make {server.base}/good the url, after a look at it.")
    assert not [line for line in told(root, everything=False) if " L05 " in line]


def test_the_first_failure_says_that_nothing_is_to_be_mended_yet(archive: Make, server: Faults) -> None:
    root = archive(server.base + "/gone")
    run(root, DAYS[0])
    assert told(root)[0].endswith(
        "failed on 1 day: the server says that the page was taken away (410). Nothing to mend yet; after 2 more days it counts as dead."
    )


def test_what_was_checked_this_week_is_not_asked_for_again(archive: Make, server: Faults) -> None:
    root = archive(server.base + "/good?week")
    for today, times in (("2026-11-09", 1), ("2026-11-12", 1), ("2026-11-16", 2)):
        run(root, today)
        assert server.asked["/good?week"] == times


def test_an_interrupted_run_goes_on_where_it_was(archive: Make, server: Faults) -> None:
    root = archive(*(f"{server.base}/good?part={number}" for number in range(4)))
    path, addresses = root / state.FILE, collect(checks.load(root))
    rows: dict[str, state.Row] = {}

    def keep() -> None:
        state.write(path, rows)
        if len(rows) == 2:
            raise KeyboardInterrupt

    going = Run(rows, DAYS[0], QUICK, keep)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(going.go(going.due(addresses.values())))
    assert len(state.read(path)) == 2
    assert len(run(root, DAYS[0])) == 4
    assert [server.asked[f"/good?part={number}"] for number in range(4)] == [1, 1, 1, 1]


def test_a_host_is_asked_one_thing_at_a_time_and_a_bad_one_is_given_up(archive: Make, server: Faults) -> None:
    root = archive(*(f"{server.base}/silent?{number}" for number in range(6)), f"{server.elsewhere}/good?beside")
    rows = run(root, DAYS[0], Manners(deadline=1, pause=0, second_try=0))
    assert rows[f"{server.elsewhere}/good?beside"].state == "alive"
    assert sum(server.asked[f"/silent?{number}"] for number in range(6)) == 4
    # The others are not judged, and come first next time.
    assert len(rows) == 5


def test_every_address_of_a_host_that_is_not_there_is_judged(archive: Make, server: Faults) -> None:
    root = archive(*(f"{server.closed}/{number}" for number in range(6)), f"{server.base}/good?judged")
    rows = run(root, DAYS[0])
    assert [row.reason for row in rows.values()].count("no-server") == 6


def test_without_a_network_nothing_is_written_down(archive: Make, server: Faults) -> None:
    root = archive(f"{server.closed}/a", f"{server.closed}/b")
    for day in DAYS:
        with pytest.raises(OfflineError):
            run(root, day)
    assert not (root / state.FILE).exists()


def test_a_source_says_that_its_page_is_dead_until_it_opens(archive: Make, server: Faults) -> None:
    root = archive(server.base + "/missing")
    bib = root / "bibliography" / "press.bib"
    before = bib.read_text(encoding="utf-8")
    for day in DAYS:
        rows = run(root, day)
    found = checks.load(root)
    command._mark_sources(found, collect(found), rows)
    assert bib.read_text(encoding="utf-8") == before.replace("/missing},\n", "/missing},\n  urlstatus = {dead},\n")
    row = rows[server.base + "/missing"]
    found = checks.load(root)
    command._mark_sources(found, collect(found), {row.address: state.judge(row, Answer(Kind.FINE, 200), "2026-11-30")})
    assert bib.read_text(encoding="utf-8") == before


# ------------------------------------------------------------------ the second opinion


def test_lychee_can_only_make_a_judgement_milder(archive: Make, server: Faults) -> None:
    async def fine(address: str) -> Kind:
        return Kind.FINE_ELSEWHERE

    async def late(address: str) -> Kind:
        return Kind.SLOW

    async def same(address: str) -> Kind:
        return Kind.NOT_FOUND

    root = archive(server.base + "/missing")
    states = [
        [row.reason for row in run(root, day, opinion=opinion).values()]
        for day, opinion in zip(DAYS, (fine, late, same), strict=True)
    ]
    assert states == [["fine-for-lychee"], ["slow"], ["404"]]


def test_lychee_is_not_asked_about_what_it_cannot_see(archive: Make, server: Faults) -> None:
    async def fine(address: str) -> Kind:
        return Kind.FINE_ELSEWHERE

    seen = {
        "soft-en": "soft-404",
        "parked": "parked",
        "maintenance": "busy",
        "202": "odd-status",
        "bad-gzip": "garbage",
        "429": "too-many",
    }
    root = archive(*(f"{server.base}/{path}?seen" for path in seen))
    rows = run(root, DAYS[0], opinion=fine)
    assert {path: rows[f"{server.base}/{path}?seen"].reason for path in seen} == seen


#: What lychee 0.24.2 said of addresses on a server like ours, shortened to what is read of it.
REPORTS = {
    '{"total":1,"successful":1,"timeouts":0,"error_map":{}}': Kind.FINE_ELSEWHERE,
    '{"total":1,"successful":0,"timeouts":1,"error_map":{}}': Kind.SLOW,
    '{"total":1,"successful":0,"timeouts":0,"excludes":1,"error_map":{}}': None,
    '{"total":1,"successful":0,"timeouts":0,"error_map":{"address.md":[{"url":"http://127.0.0.1:8765/429","status":{"text":"Rejected status code: 429 Too Many Requests","code":429}}]}}': Kind.TOO_MANY,
    '{"total":1,"successful":0,"timeouts":0,"error_map":{"address.md":[{"status":{"text":"Rejected status code: 403 Forbidden","code":403}}]}}': Kind.REFUSED,
    '{"total":1,"successful":0,"timeouts":0,"error_map":{"address.md":[{"status":{"text":"…","code":404}}]}}': Kind.NOT_FOUND,
    '{"total":1,"successful":0,"timeouts":0,"error_map":{"address.md":[{"status":{"text":"…","code":500}}]}}': Kind.SERVER_ERROR,
    '{"total":1,"successful":0,"timeouts":0,"error_map":{"address.md":[{"status":{"text":"Network error: Connection refused - server may be down or port blocked"}}]}}': Kind.CUT,
}


@pytest.mark.parametrize(("text", "kind"), REPORTS.items())
def test_what_lychee_says_is_understood(text: str, kind: Kind | None) -> None:
    assert second.read(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Error: no such option",
        "[]",
        '{"total": 1}',
        '{"total":1,"successful":0,"timeouts":0,"error_map":{"a":[{}]}}',
        "null",
    ],
)
def test_a_report_that_makes_no_sense_is_no_opinion(text: str) -> None:
    assert second.read(text) is None


def stand_in(folder: Path, script: str) -> str:
    path = folder / "lychee"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_something_else_called_lychee_is_told_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    for script, runs in (("echo lychee 0.24.2", True), ("echo a fruit", False), ("exit 3", False)):
        stand_in(tmp_path, script)
        if runs:
            assert second.find() == str(tmp_path / "lychee")
        else:
            with pytest.raises(second.LycheeError, match="doesn't run as lychee should"):
                second.find()


def test_lychee_is_given_the_address_and_a_time_limit(tmp_path: Path) -> None:
    lychee = stand_in(tmp_path, f"cat address.md >{tmp_path}/asked; echo '{next(iter(REPORTS))}'")
    assert asyncio.run(second.ask(lychee, QUICK, "https://archive.test/a_(b)?c=d")) is Kind.FINE_ELSEWHERE
    assert (tmp_path / "asked").read_text(encoding="utf-8") == "<https://archive.test/a_(b)?c=d>\n"
    with pytest.raises(second.LycheeError, match="make links"):
        asyncio.run(second.ask(str(tmp_path / "none"), QUICK, "https://archive.test/"))


@pytest.mark.skipif(not LYCHEE.is_file(), reason="lychee itself is 300 MB; `make links` installs it")
@pytest.mark.parametrize(
    ("path", "kind"),
    {"good": Kind.FINE_ELSEWHERE, "missing": Kind.NOT_FOUND, "gone": Kind.GONE, "robots": Kind.REFUSED, "500": Kind.SERVER_ERROR,
     "429-tomorrow": Kind.TOO_MANY, "503": Kind.BUSY, "451": Kind.LAW, "silent": Kind.SLOW, "reset": Kind.CUT,
     "garbage": Kind.CUT, "loop": Kind.LOOP, "soft-en": Kind.FINE_ELSEWHERE}.items(),
)  # fmt: skip
def test_the_real_lychee_agrees(server: Faults, path: str, kind: Kind) -> None:
    assert asyncio.run(second.ask(str(LYCHEE), Manners(deadline=1), f"{server.base}/{path}")) is kind


# ------------------------------------------------------------------ the command


def test_the_command_without_lychee_says_what_to_do(
    archive: Make, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise second.LycheeError("lychee isn't installed; run: make links")

    monkeypatch.setattr(second, "find", none)
    assert program.main(["--root", str(archive("https://archive.test.cn/")), "links"]) == 1
    assert capsys.readouterr().out == "Makefile:1: L00 lychee isn't installed; run: make links\n"


def test_the_command_checks_reports_and_accepts(
    archive: Make, server: Faults, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "Manners", lambda: QUICK)
    root = archive(server.base + "/good", server.base + "/missing", server.base + "/robots")
    assert program.main(["--root", str(root), "links", "--alone"]) == 0
    out = capsys.readouterr().out
    assert "3 outside addresses, 3 checked now: 1 alive, 2 unknown." in out
    assert " L04 " in out
    assert " L05 " not in out
    assert " L05 " in (root / command.REPORT).read_text(encoding="utf-8")
    assert program.main(["--root", str(root), "links", "--accept", server.base + "/good"]) == 0
    assert state.read(root / state.FILE)[server.base + "/good"].title == ""
    assert program.main(["--root", str(root), "links", "--accept", server.base + "/none"]) == 1


def test_a_report_alone_changes_nothing_and_asks_nobody(
    archive: Make, server: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    address = server.base + "/good?report"
    root = archive(address)
    state.write(root / state.FILE, {address: state.Row(address, "dead", "2026-11-23", "2026-11-23", "404")})
    before = (root / "bibliography" / "press.bib").read_bytes()
    assert program.main(["--root", str(root), "links", "--report"]) == 0
    assert " L01 " in capsys.readouterr().out
    assert (root / "bibliography" / "press.bib").read_bytes() == before
    assert server.asked["/good?report"] == 0


def test_a_broken_state_file_is_left_as_it_is(archive: Make, capsys: pytest.CaptureFixture[str]) -> None:
    root = archive("https://archive.test.cn/")
    path = root / state.FILE
    path.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    assert program.main(["--root", str(root), "links", "--report"]) == 1
    assert capsys.readouterr().out.startswith("bibliography/links.csv:1: L00 ")
    assert path.read_text(encoding="utf-8") == "<<<<<<< HEAD\n"
