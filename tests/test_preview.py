"""The quick live preview: which edits make all pages anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from claimbook.preview import SHARED, Shared
from tests.conftest import ROOT

PROSE = ("docs/essays/faces.md", "docs/index.md", "docs/film/people.md")
SHOWN_ELSEWHERE = (
    "mkdocs.yml", "bibliography/press.bib", "docs/claims/c-0001.md", "docs/method/vocabulary.yml",
    "docs/timeline/events.yml", "docs/figures/two-lists.csv", "overrides/main.html", "overrides/assets/archive.css",
)  # fmt: skip


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    """Ask for the first time about a folder with a file of each kind."""
    for name in (*PROSE, *SHOWN_ELSEWHERE):
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).write_text("a", encoding="utf-8")
    asked = Shared()
    assert asked.changed(tmp_path)
    assert not asked.changed(tmp_path)
    return asked


def save(path: Path) -> None:
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


@pytest.mark.parametrize("name", PROSE)
def test_a_page_of_prose_concerns_itself_alone(name: str, shared: Shared, tmp_path: Path) -> None:
    save(tmp_path / name)
    assert not shared.changed(tmp_path)


@pytest.mark.parametrize("name", SHOWN_ELSEWHERE)
def test_what_shows_elsewhere_is_noticed(name: str, shared: Shared, tmp_path: Path) -> None:
    save(tmp_path / name)
    assert shared.changed(tmp_path)
    tmp_path.joinpath(name).unlink()
    assert shared.changed(tmp_path)
    assert not shared.changed(tmp_path)


def test_every_file_of_the_archive_that_is_no_prose_counts() -> None:
    shared = {path for pattern in SHARED for path in ROOT.glob(pattern)}
    data = [path for path in (ROOT / "docs").rglob("*") if path.is_file() and path.suffix != ".md"]
    assert data
    assert set(data) <= shared
