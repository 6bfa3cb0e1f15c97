"""Checks of sources and citations: one folder of broken examples per code, with the words a writer gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from claimbook.citations import __main__ as command
from claimbook.citations import library, lint
from claimbook.citations.problems import Problem

FOLDERS = sorted(path for path in (Path(__file__).parent / "checks").iterdir() if path.is_dir())


def check(folder: Path) -> list[Problem]:
    """Return what all checks say of the `.bib` files and pages in a folder."""
    sources = library.read(library.find(folder), folder)
    return sorted(set(lint.check(lint.read(folder, folder), sources)))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_gets_the_expected_complaints(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", "".join(f"{problem}\n" for problem in check(folder / "in")))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_shows_its_own_rule_and_no_other(folder: Path) -> None:
    assert {problem.code for problem in check(folder / "in")} == {folder.name}


def test_every_code_has_a_folder_and_every_folder_a_code() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(lint.CODES)


@pytest.mark.parametrize("code", lint.CODES)
def test_rule_is_one_sentence(code: str) -> None:
    assert lint.CODES[code].endswith(".")
    assert "\n" not in lint.CODES[code]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_complaint_is_one_line_at_a_real_place(folder: Path) -> None:
    for problem in check(folder / "in"):
        lines = (folder / "in" / problem.path).read_bytes().count(b"\n")
        assert 1 <= problem.line <= lines
        assert "\n" not in str(problem)
        assert problem.message.endswith((".", "?"))


def test_command_names_what_is_to_mend_and_lists_what_nothing_cites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# A\n\n[@one]\n\n[@on]\n", encoding="utf-8")
    (tmp_path / "refs.bib").write_text(
        "@misc{one, title={One}, date={2001}}\n@misc{two, title={Two}, date={2002}}\n", encoding="utf-8"
    )
    assert command.main(["lint", "docs", "refs.bib"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        'docs/a.md:5: C01 no entry with the key "on" is in the bibliography. Did you mean "one"?',
        "1 thing to mend in 1 file.",
        "Cited nowhere: two (refs.bib:2)",
    ]
    (tmp_path / "docs" / "a.md").write_text("# A\n\n[@one] [@two]\n", encoding="utf-8")
    assert command.main(["lint", "docs", "."]) == 0
    assert capsys.readouterr().out == ""


NO_CITATIONS = [
    "[@someone]: https://example.org",
    "[me]: https://example.org/@smith\n",
    '<script>\n{"x": ["@context"]}\n</script>',
    "<pre>\n[@key]\n</pre>",
    "---\nevidence:\n- source: '[@key]'\n---\n\nText",
    "`[@key]` and <me@example.org> and [mail](mailto:a@b.org)",
    "@media and @someone on the web",
]


@pytest.mark.parametrize("text", NO_CITATIONS)
def test_what_is_no_citation_is_no_fault(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert list(lint.check(lint.read(tmp_path, tmp_path), library.merge({}))) == []
