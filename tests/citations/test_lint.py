"""Checks of sources and citations: one folder of broken examples per code, with the words a writer gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from claimbook.citations import library, lint
from claimbook.citations.marks import scan
from claimbook.citations.problems import Problem

FOLDERS = sorted(path for path in (Path(__file__).parent / "checks").iterdir() if path.is_dir())


def check(folder: Path) -> list[Problem]:
    """Return what all checks say of the `.bib` files and pages in a folder."""
    sources = library.read(library.find(folder), folder)
    cited = [
        lint.Cited(path.relative_to(folder).as_posix(), found)
        for path in sorted(folder.rglob("*.md"))
        for found in scan(path.read_text(encoding="utf-8"))
    ]
    return sorted(set(_all(sources, cited)))


def _all(sources: library.Library, cited: list[lint.Cited]) -> Iterator[Problem]:
    yield from sources.problems
    yield from lint.unknown(cited, sources)
    yield from lint.twins(sources)
    yield from lint.incomplete(sources)
    yield from lint.without_place(cited, sources, lint.paged)


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
