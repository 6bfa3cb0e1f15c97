"""Find a Chromium for the browser tests, or fetch one: `python -m tests.browsers`.

Installed browsers come first, then one that Playwright fetched before; only where there is none is anything
downloaded, once. The second run finds what the first one fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
    "microsoft-edge",
)  # fmt: skip
MAC_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
WINDOWS_PLACES = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
# Where Playwright keeps what it fetched, and what it calls the program inside, per system.
PLAYWRIGHT_FOLDERS = {"linux": ".cache", "darwin": "Library/Caches", "win32": "AppData/Local"}
PLAYWRIGHT_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
)
HELP = (
    "no Chromium was found, and none could be fetched; install Chromium or Google Chrome, or say where one "
    "is: CHROME=/path/to/chrome make test"
)
FETCH_SECONDS = 600


def flags() -> list[str]:
    """Return what Chromium is started with, so that nothing it does by itself leaves this machine."""
    return [
        *(["--no-sandbox"] if _is_root() else []),
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]


@lru_cache(maxsize=1)
def executable() -> str | None:
    """Return the path of a Chromium that starts, or nothing."""
    return next((path for path in _candidates() if _starts(path)), None)


def main() -> int:
    """Find a Chromium, else fetch one, and say in one line which it is or what to do."""
    found = executable()
    if found is None and not os.environ.get("CHROME"):
        for fetch in (_fetch_with_playwright, _fetch_with_apt):
            fetch()
            executable.cache_clear()
            found = executable()
            if found:
                break
    if found is None:
        chosen = os.environ.get("CHROME")
        what = f"CHROME={chosen} is not a browser that starts; mend it, or leave it out" if chosen else HELP
        print(f"tests/browsers.py:1: SETUP {what}", file=sys.stderr)
        return 1
    print(f"Browser tests use {found}")
    return 0


def _candidates() -> Iterator[str]:
    chosen = os.environ.get("CHROME")
    if chosen:  # whoever chooses one means that one
        yield shutil.which(chosen) or chosen
        return
    yield from filter(None, map(shutil.which, NAMES))
    if sys.platform == "darwin":
        yield from MAC_PLACES
    if sys.platform == "win32":
        roots = [os.environ[name] for name in WINDOWS_FOLDERS if name in os.environ]
        yield from (str(Path(root) / place) for root in roots for place in WINDOWS_PLACES)
    yield from _fetched_before()


def _fetched_before() -> list[str]:
    """Return what Playwright fetched, newest first; asking Playwright itself would start its driver."""
    standard = Path.home() / PLAYWRIGHT_FOLDERS.get(sys.platform, ".cache") / "ms-playwright"
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or standard)
    found = [path for pattern in PLAYWRIGHT_PROGRAMS for path in folder.glob(pattern)]
    return [str(path) for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)]


def _starts(path: str) -> bool:
    """Tell whether a browser starts: a half-installed one, or Ubuntu's stand-in for its snap, doesn't."""
    if not Path(path).is_file():
        return False
    # On Windows asking for the version opens a window.
    return sys.platform == "win32" or _succeeds([path, "--version"], seconds=30)


def _fetch_with_playwright() -> None:
    print("No Chromium is installed; asking Playwright to fetch one, once.", flush=True)
    _succeeds([sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"], FETCH_SECONDS)


def _fetch_with_apt() -> None:
    """Install Debian's own package, where that needs no password."""
    apt = shutil.which("apt-get")
    if not apt:
        return
    sudo = [] if _is_root() else ["sudo", "-n"]
    if sudo and not _succeeds([*sudo, "true"], seconds=10):
        return
    print("Playwright's couldn't be had; installing the package chromium with apt-get, once.", flush=True)
    command = [*sudo, apt, "-q", "-y", "-o", "DPkg::Lock::Timeout=120"]
    _succeeds([*command, "update"], FETCH_SECONDS)
    _succeeds([*command, "install", "--no-install-recommends", "chromium"], FETCH_SECONDS)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _succeeds(command: Sequence[str], seconds: int) -> bool:
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, timeout=seconds, env=environment, check=False, **quiet).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    sys.exit(main())
