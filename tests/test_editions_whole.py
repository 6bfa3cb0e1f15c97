"""The whole archive's editions: judged by a checker, and made again elsewhere. Apart, so that another processor may do it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from claimbook import editions
from tests.conftest import ROOT, last_commit_time

NAMES = ("archive.pdf", "archive.epub", "archive-offline.zip")
CODE = """
import sys
from pathlib import Path
from claimbook import editions
site, root = map(Path, sys.argv[1:])
try:
    editions.build(site, root)
except editions.Faulty as error:
    sys.exit(str(error))
"""


@pytest.fixture(scope="module")
def made(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site's editions if they are of this commit, else editions made of a copy."""
    page = site / "downloads" / "index.html"
    said = page.read_text(encoding="utf-8") if page.is_file() else ""
    known = editions.load_info(ROOT).commit[:12]
    if all((site / "downloads" / name).is_file() for name in NAMES) and known and known in said:
        return site / "downloads"
    return _make(site, tmp_path_factory.mktemp("first") / "site", SOURCE_DATE_EPOCH=last_commit_time())


def _make(site: Path, copy: Path, **settings: str) -> Path:
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns(*NAMES))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-c", CODE, str(copy), str(ROOT)]
    run = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return copy / "downloads"


def test_same_bytes_in_another_place_and_time_zone(site: Path, made: Path, tmp_path: Path) -> None:
    settings = {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": last_commit_time(),
    }
    again = _make(site, tmp_path / "a longer path" / "site", **settings)
    for name in NAMES:
        assert (again / name).read_bytes() == (made / name).read_bytes(), name


def test_book_has_nothing_that_a_checker_of_pdf_ua_finds(made: Path) -> None:
    pdfua = pytest.importorskip("pdfua")
    assert [str(found) for found in pdfua.validate(made / "archive.pdf").findings] == []
