"""What the tests share: the built site, a server for it, a browser, and golden files."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browsers import HELP, executable, flags

ROOT = Path(__file__).parent.parent
# As in the Makefile: what the site is built from, and the file whose date says when that last went well.
# A build that failed leaves pages behind, so that their own dates say nothing.
STAMP = ROOT / ".cache" / "pages.stamp"
SOURCES = ("docs", "bibliography", "overrides", "claimbook", "mkdocs.yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add this project's own options."""
    parser.addoption("--update-golden", action="store_true", help="rewrite expected files; read the diff as prose")
    parser.addoption("--site", type=Path, help="test this finished site instead of building one")
    parser.addoption(
        "--every-page", action="store_true", help="ask axe-core about every page, not one of each kind (minutes)"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with an expected file, or with --update-golden write it there."""

    def compare(expected: Path, actual: str) -> None:
        if request.config.getoption("--update-golden"):
            expected.write_text(actual, encoding="utf-8", newline="\n")
        assert expected.is_file(), f"{expected} is missing; write it with: pytest --update-golden"
        assert actual == expected.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Path:
    """Return the folder of the built site, built anew where a source is newer."""
    chosen = request.config.getoption("--site")
    if chosen:
        return chosen.resolve()
    folder = ROOT / "site"
    STAMP.parent.mkdir(exist_ok=True)
    with STAMP.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests run in several processes, and one builds for all
        if not (folder / "index.html").is_file() or _is_older_than_sources(STAMP):
            STAMP.unlink(missing_ok=True)
            build(ROOT, folder)
            STAMP.touch()
    return folder


@pytest.fixture(scope="session")
def base(site: Path) -> str:
    """Return the address at which the site says it is served, or an empty string."""
    front = (site / "index.html").read_text(encoding="utf-8")
    canonical = re.search(r"""<link\b[^>]*\brel=["']?canonical\b[^>]*\bhref=["']?([^"'\s>]+)""", front)
    return canonical[1] if canonical else ""


@pytest.fixture(scope="session")
def server(site: Path, base: str) -> Iterator[str]:
    """Serve the site on this machine, at the path it will have on its host, and return its address."""
    path = urlsplit(base).path or "/"
    handler = partial(_Handler, directory=str(site), path=path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}{path}"
        running.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Start a Chromium, once for all tests."""
    from playwright.sync_api import sync_playwright

    found = executable()
    if found is None:
        pytest.fail(HELP, pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=flags())
        yield running
        running.close()


def build(root: Path, target: Path, **environment: str) -> None:
    """Build the site of a working tree strictly, offline, with dates from its last commit."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    settings = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": last_commit_time(), "PYTHONPATH": str(root)}
    run = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, **settings, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"the site doesn't build:\n{run.stdout[-3000:]}{run.stderr[-3000:]}"


def last_commit_time() -> str:
    """Return when the last commit was made, in seconds; outside a repository, the Makefile's stand-in."""
    chosen = os.environ.get("SOURCE_DATE_EPOCH")
    if chosen:
        return chosen
    command = ["git", "log", "-1", "--format=%ct"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout.strip() or "1640995200"


def _is_older_than_sources(stamp: Path) -> bool:
    if not stamp.is_file():
        return True
    files = [path for name in SOURCES for path in [ROOT / name, *(ROOT / name).rglob("*")] if path.is_file()]
    newest = max(path.stat().st_mtime for path in files if "__pycache__" not in path.parts)
    return newest > stamp.stat().st_mtime


class _Handler(SimpleHTTPRequestHandler):
    """Gives the files of a folder under a path, and the site's own 404 page for what isn't there."""

    def __init__(self, *args: object, path: str, **options: object) -> None:
        self.prefix = path
        super().__init__(*args, **options)

    def translate_path(self, path: str) -> str:
        if not path.startswith(self.prefix):
            return os.devnull + "/none"
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests say what went wrong."""
