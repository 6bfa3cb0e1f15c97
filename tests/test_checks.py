"""One folder per code: an archive with a fault in it, and what the checks say of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from claimbook import checks, editions
from claimbook.checks import findings, listing, menu, prose, snapshots, sources
from claimbook.citations import guard

HERE = Path(__file__).parent / "checks"
ROOT = Path(__file__).parent.parent
CODES = sources.CODES | snapshots.CODES | prose.CODES | listing.CODES | findings.CODES | menu.CODES
FOLDERS = sorted(folder for folder in HERE.iterdir() if folder.name != "base")


def test_every_code_has_a_folder_and_every_folder_a_code() -> None:
    assert {folder.name for folder in FOLDERS} == set(CODES)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of invented sources and pages in which nothing is wrong."""
    shutil.copytree(HERE / "base", tmp_path, dirs_exist_ok=True)
    vocabulary = tmp_path / "docs" / "method" / "vocabulary.yml"
    vocabulary.parent.mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "method" / "vocabulary.yml", vocabulary)
    listing.write(tmp_path / "listing.txt", tmp_path / listing.HASHES)
    return tmp_path


def complaints(root: Path) -> str:
    return "".join(f"{problem}\n" for problem in sorted(set(checks.run(checks.load(root)))))


def test_the_base_archive_has_no_fault(archive: Path) -> None:
    assert complaints(archive) == ""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_fault_is_named_at_its_line(folder: Path, archive: Path, golden: Callable[[Path, str], None]) -> None:
    shutil.copytree(folder / "in", archive, dirs_exist_ok=True)
    said = complaints(archive)
    assert f" {folder.name} " in said
    golden(folder / "expected.txt", said)


def test_the_archive_itself_has_no_fault() -> None:
    assert complaints(ROOT) == ""


def test_a_copy_is_told_again_in_the_next_run(archive: Path) -> None:
    shutil.copytree(HERE / "P06" / "in", archive, dirs_exist_ok=True)
    first = complaints(archive)
    assert " P06 " in first
    assert complaints(archive) == first
    (archive / "docs/film/index.md").unlink()
    for path in (archive / "docs").rglob("*.md"):
        path.write_text("# Mended\n", encoding="utf-8")
    assert " P06 " not in complaints(archive)
    path.write_text(f"# Copied\n\n{(HERE / 'base/listing.txt').read_text(encoding='utf-8')}", encoding="utf-8")
    assert " P06 " in complaints(archive)


def test_all_faults_are_told_in_one_run(archive: Path) -> None:
    for folder in FOLDERS:
        if folder.name != "P05" and (folder / "in" / "docs" / "film").is_dir():
            target = archive / "docs" / "film" / folder.name.lower()
            shutil.copytree(folder / "in" / "docs" / "film", target)
    codes = {line.split()[1] for line in complaints(archive).splitlines()}
    assert {"P01", "P02", "P03", "P04", "P06"} <= codes


def test_contributing_explains_every_code() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for code, rule in (checks.codes() | guard.RULES | editions.CODES).items():
        assert f"| {code} | {rule} |" in page, f"run: python -m claimbook codes --write ({code} is missing)"
