"""Archived copies: found or made, never guessed, written into the one entry, whatever the Wayback Machine does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from claimbook import __main__ as program
from claimbook import checks
from claimbook.links import command, state, wayback
from claimbook.links.entry import EntryError, set_fields
from claimbook.links.wayback import Service
from tests.links.machine import JOB, NONE, PENDING, STARTED, Machine, Reply, failed, held, machine, reply, saved

Make = Callable[..., Path]
PAGE = "https://archive.test.cn/a"
SECRET = "not-a-secret-at-all"


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A stand-in that the command asks, with keys in the environment."""
    with machine() as (running, base):
        service = Service(
            f"{base}/wayback/available",
            f"{base}/save",
            deadline=10,
            pause=0,
            save_pause=0,
            tries=2,
            backoff=0,
            patience=0,
            job_time=0.03,
        )
        monkeypatch.setattr(command, "Service", lambda: service)
        monkeypatch.setenv(wayback.KEY, "key")
        monkeypatch.setenv(wayback.SECRET, SECRET)
        yield running


def run(root: Path, *arguments: str) -> int:
    return program.main(["--root", str(root), "snapshot", *arguments])


def bib(root: Path) -> str:
    return (root / "bibliography" / "press.bib").read_text(encoding="utf-8")


def copied(before: str, stamp: str, address: str = PAGE) -> str:
    day = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"
    return before.replace(
        f"  url = {{{address}}},\n",
        f"  url = {{{address}}},\n  archiveurl = {{https://web.archive.org/web/{stamp}/{address}}},\n  archivedate = {{{day}}},\n",
    )


def test_a_copy_that_is_there_is_written_into_its_entry_and_nowhere_else(archive: Make, standing: Machine) -> None:
    root = archive(PAGE, "https://archive.test.cn/b")
    before = bib(root)
    standing.answers["available"] = [held(PAGE, "20261030080910")]
    assert run(root, "a2021one") == 0
    assert bib(root) == copied(before, "20261030080910")
    assert standing.asked[0][1] == {"url": [PAGE], "timestamp": ["20261102"]}
    # The keys are for Save Page Now alone.
    assert standing.asked[0][2] == ""
    # What was written passes the checks, and isn't looked for again.
    assert not list(checks.load(root).library.problems)
    assert run(root, "a2021one") == 0
    assert len(standing.asked) == 1


def test_without_a_copy_near_the_day_the_page_is_saved(archive: Make, standing: Machine) -> None:
    root = archive(PAGE)
    before = bib(root)
    standing.answers |= {"available": [held(PAGE, "20150101000000")], "status": [PENDING, PENDING, saved(PAGE)]}
    assert run(root) == 0
    assert bib(root) == copied(before, "20261103101112")
    assert standing.questions() == ["available", "save", "status", "status", "status"]
    assert standing.asked[1][1]["url"] == [PAGE]
    assert standing.asked[1][2] == f"LOW key:{SECRET}"


def test_the_keys_are_neither_printed_nor_kept(
    archive: Make, standing: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    root = archive(PAGE)
    standing.answers["save"] = [reply({"message": "Bad keys"}, 401)]
    assert run(root) == 1
    out = "".join(capsys.readouterr())
    assert "IA_ACCESS_KEY_ID" in out
    kept = "".join(path.read_text(encoding="utf-8") for path in root.rglob("*") if path.is_file())
    assert SECRET not in out + kept


def test_without_keys_copies_are_found_and_nothing_is_saved(
    archive: Make, standing: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(wayback.SECRET)
    root = archive(PAGE)
    assert run(root) == 0
    assert standing.questions() == ["available"]
    assert (
        'bibliography/press.bib:4: L06 "a2021one" has no copy: the Wayback Machine never saved it'
        in capsys.readouterr().out
    )
    # It rests a week, unless it is asked for by its key, or keys are given.
    run(root)
    assert len(standing.asked) == 1
    run(root, "a2021one")
    assert len(standing.asked) == 2
    monkeypatch.setenv(wayback.SECRET, SECRET)
    run(root)
    assert "save" in standing.questions()


def test_an_old_copy_is_taken_only_when_told_to_or_when_the_page_is_dead(
    archive: Make, standing: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(wayback.KEY)
    root = archive(PAGE)
    before = bib(root)
    standing.answers["available"] = [held(PAGE, "20150101000000")]
    run(root)
    assert "the nearest, of 2015-01-01, is more than 90 days" in capsys.readouterr().out
    assert bib(root) == before
    state.write(root / state.FILE, {PAGE: state.Row(PAGE, "dead", "2026-11-23", "2026-11-23", "404")})
    run(root, "a2021one")
    assert bib(root) == copied(before, "20150101000000")
    (root / "bibliography" / "press.bib").write_text(before, encoding="utf-8")
    (root / state.FILE).unlink()
    run(root, "--any-age", "a2021one")
    assert bib(root) == copied(before, "20150101000000")


def test_a_dead_page_is_not_saved(archive: Make, standing: Machine) -> None:
    root = archive(PAGE)
    state.write(root / state.FILE, {PAGE: state.Row(PAGE, "dead", "2026-11-23", "2026-11-23", "404")})
    assert run(root) == 0
    assert standing.questions() == ["available"]


def test_a_run_cut_short_asks_for_its_job_and_makes_no_second_copy(archive: Make, standing: Machine) -> None:
    root = archive(PAGE)
    before = bib(root)
    run(root)
    assert bib(root) == before
    assert JOB in (root / command.MEMORY).read_text(encoding="utf-8")
    standing.asked.clear()
    standing.answers["status"] = [saved(PAGE)]
    run(root)
    assert standing.questions() == ["status"]
    assert bib(root) == copied(before, "20261103101112")
    assert JOB not in (root / command.MEMORY).read_text(encoding="utf-8")


AVAILABLE = {
    "a snapshot that is no page": [held(PAGE, "20261030080910", "404")],
    "a snapshot of another page": [held("https://elsewhere.cn/", "20261030080910")],
    "another time in the address": [reply({"archived_snapshots": {"closest": {"available": True, "status": "200", "timestamp": "20261030080911", "url": f"http://web.archive.org/web/20261030080910/{PAGE}"}}})],
    "a time that is none": [held(PAGE, "20261399999999")],
    "a time to come": [held(PAGE, "29990101000000")],
    "a host that is no archive": [reply({"archived_snapshots": {"closest": {"available": True, "status": "200", "timestamp": "20261030080910", "url": f"http://evil.cn/web/20261030080910/{PAGE}"}}})],
    "json cut off": [reply(b'{"archived_snapshots": {"clos')],
    "a list": [reply([])],
    "html": [reply(b"<html>Welcome")],
    "nothing": [reply(b"")],
    "another shape": [reply({"archived_snapshots": []})],
    "trouble": [reply({}, 502)],
    "a redirect": [reply(b"", 302, Location="http://127.0.0.1:1/")],
}  # fmt: skip


@pytest.mark.parametrize("replies", AVAILABLE.values(), ids=AVAILABLE)
def test_a_bad_answer_about_copies_is_never_written_down(
    archive: Make, standing: Machine, replies: list[Reply], capsys: pytest.CaptureFixture[str]
) -> None:
    root = archive(PAGE)
    before = bib(root)
    standing.answers |= {"available": replies, "save": [failed("error:celery")]}
    assert run(root) == 0
    assert bib(root) == before
    assert "bibliography/press.bib:4: L06 " in capsys.readouterr().out


JOBS = {
    "a page with an error": ([saved(PAGE, http_status=404)], "has no copy: the page answered it with the status 404"),
    "another page": ([saved("https://elsewhere.cn/")], "has no copy: it was sent on to another page"),
    "no time": ([saved(PAGE, "")], "has no copy yet: it gives a time that is none"),
    "thirteen digits": ([saved(PAGE, "2026110310111")], "has no copy yet: it gives a time that is none"),
    "another job": ([saved(PAGE, job_id="spn2-ffffffffffffffff")], "has no copy yet"),
    "a page that is not there": ([failed("error:not-found", "Not found.")], "has no copy: Not found.."),
    "a passing fault": (
        [failed("error:no-browsers-available", "No browser.")],
        "has no copy yet: Save Page Now says: No browser.",
    ),
    "a fault with no name": ([reply({"status": "error"})], "has no copy yet: Save Page Now says: nothing"),
    "pending for ever": ([PENDING], "has no copy yet: the copy is still being made"),
    "json cut off": ([reply(b'{"status": "succ')], "has no copy yet: its answer can't be read"),
    "trouble": ([reply({}, 500)], "has no copy yet: it is in trouble (status 500)"),
}


@pytest.mark.parametrize(("replies", "said"), JOBS.values(), ids=JOBS)
def test_a_job_that_goes_wrong_is_told_and_nothing_is_written_down(
    archive: Make, standing: Machine, replies: list[Reply], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = archive(PAGE)
    before = bib(root)
    standing.answers["status"] = replies
    assert run(root) == 0
    assert bib(root) == before
    assert f'bibliography/press.bib:4: L06 "a2021one" {said}' in capsys.readouterr().out


def test_a_failed_job_is_begun_anew_the_next_time(archive: Make, standing: Machine) -> None:
    root = archive(PAGE)
    standing.answers["status"] = [failed("error:proxy-error"), saved(PAGE)]
    run(root)
    run(root)
    assert standing.questions() == ["available", "save", "status"] * 2
    assert "20261103101112" in bib(root)


def test_a_page_saved_after_a_redirect_counts_if_there_is_a_copy_under_its_own_address(
    archive: Make, standing: Machine
) -> None:
    root = archive(PAGE)
    before = bib(root)
    standing.answers |= {"available": [NONE, held(PAGE, "20261103101110")], "status": [saved(PAGE + "/new")]}
    run(root)
    assert bib(root) == copied(before, "20261103101110")


def test_trouble_that_passes_is_waited_out(archive: Make, standing: Machine) -> None:
    root = archive(PAGE)
    standing.answers["available"] = [reply({}, 503, Retry_After="0"), held(PAGE, "20261030080910")]
    run(root)
    assert "20261030080910" in bib(root)


def test_being_asked_too_often_ends_the_run_and_keeps_what_was_found(
    archive: Make, standing: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    root = archive(PAGE, "https://archive.test.cn/b", "https://archive.test.cn/c")
    standing.answers["available"] = [held(PAGE, "20261030080910"), reply({}, 429, Retry_After="1")]
    assert run(root) == 1
    assert "20261030080910" in bib(root)
    out = capsys.readouterr().out
    assert "it was asked too often; run it again in an hour" in out
    assert "1 archived copies written down." in out
    assert len(standing.asked) == 3


def test_a_machine_that_is_not_there_loses_nothing(
    archive: Make, standing: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = archive(PAGE)
    before = bib(root)
    monkeypatch.setattr(
        command, "Service", lambda: Service("http://127.0.0.1:1/available", "http://127.0.0.1:1/save", pause=0, tries=1)
    )
    assert run(root) == 0
    assert bib(root) == before


def test_a_memory_that_cannot_be_read_is_forgotten(archive: Make, standing: Machine) -> None:
    root = archive(PAGE)
    (root / ".cache").mkdir(exist_ok=True)
    for text in ("{", "[]", '{"a": 1}', "\x00"):
        (root / command.MEMORY).write_text(text, encoding="utf-8")
        assert run(root, "a2021one") == 0
    assert standing.answers["save"] == [STARTED]


def test_an_unknown_key_is_named(archive: Make, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(archive(PAGE), "a2021oen") == 1
    assert 'Did you mean "a2021one"?' in capsys.readouterr().out


# ------------------------------------------------------------------ changing one entry

ODD = """% A file with everything.\r
@string{me = "Me"}\r
\r
@online{a2021one,\r
\ttitle={A \u2028 Work},\r
\turl\t=\t"https://archive.test.cn/a",\r
\tnote = {see https://archive.test.cn/a
and more}\r
}\r
@online{b2021one, title = {B}, url = {https://archive.test.cn/b}}\r
@online{c2021one,\r
  title = me # { and I},\r
  url = {https://archive.test.cn/c}\r
}"""


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "odd.bib"
    path.write_bytes(b"\xef\xbb\xbf" + ODD.encode())
    return path


def test_one_entry_changes_and_every_other_byte_stays(odd: Path) -> None:
    before = odd.read_bytes()
    assert set_fields(odd, "a2021one", {"archiveurl": "https://w.org/1", "archivedate": "2021-01-01"})
    middle = b'\turl\t=\t"https://archive.test.cn/a",\r\n'
    added = b"\tarchiveurl\t=\t{https://w.org/1},\r\n\tarchivedate\t=\t{2021-01-01},\r\n"
    assert odd.read_bytes() == before.replace(middle, middle + added)
    assert set_fields(odd, "a2021one", {"archivedate": "2022-01-01"})
    assert not set_fields(odd, "a2021one", {"archivedate": "2022-01-01"})
    assert b"{2022-01-01},\r\n" in odd.read_bytes()
    set_fields(odd, "a2021one", {"archiveurl": "", "archivedate": ""})
    assert odd.read_bytes() == before


def test_a_missing_comma_before_the_new_field_is_set(odd: Path) -> None:
    before = odd.read_bytes()
    set_fields(odd, "c2021one", {"urlstatus": "dead"})
    assert odd.read_bytes() == before.replace(b"test.cn/c}\r\n}", b"test.cn/c},\r\n  urlstatus = {dead},\r\n}")


@pytest.mark.parametrize(
    ("key", "fields", "still", "said"),
    [
        ("b2021one", {"urlstatus": "dead"}, {}, "no address on a line of its own"),
        ("a2021one", {"note": "x"}, {}, "doesn't stand alone on its line"),
        ("z2021one", {"note": "x"}, {}, "can't be found once"),
        ("a2021one", {"archiveurl": "} bad {"}, {}, "without touching something else"),
        ("a2021one", {"archiveurl": "x"}, {"url": "https://archive.test.cn/old"}, "was changed in the meantime"),
    ],
)
def test_what_cannot_be_changed_safely_is_left_as_it_is(
    odd: Path, key: str, fields: dict[str, str], still: dict[str, str], said: str
) -> None:
    before = odd.read_bytes()
    with pytest.raises(EntryError, match=said):
        set_fields(odd, key, fields, still)
    assert odd.read_bytes() == before
    assert [path.name for path in odd.parent.iterdir()] == ["odd.bib"]


def test_an_entry_given_twice_is_left_as_it_is(odd: Path) -> None:
    odd.write_bytes(odd.read_bytes() + b"\r\n@online{a2021one, title = {A}}")
    with pytest.raises(EntryError, match="can't be found once"):
        set_fields(odd, "a2021one", {"urlstatus": "dead"})


def test_entries_of_the_archive_can_take_a_copy_and_give_it_back(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    library = checks.load(root).library
    for file in sorted((root / "bibliography").glob("*.bib")):
        path = tmp_path / file.name
        entries = [
            entry
            for entry in library.entries.values()
            if entry.path.endswith(f"/{file.name}") and entry.fields.get("url")
        ]
        # One of each file: every change reads the whole file anew, several times.
        for entry in entries[len(entries) // 2 :][:1]:
            path.write_bytes(file.read_bytes())
            set_fields(
                path,
                entry.key,
                {"archiveurl": "https://web.archive.org/web/20260101000000/x", "archivedate": "2026-01-01"},
            )
            assert path.read_bytes() != file.read_bytes()
            set_fields(path, entry.key, {"archiveurl": "", "archivedate": ""})
            assert path.read_bytes() == file.read_bytes()
