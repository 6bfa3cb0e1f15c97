"""Starting pandoc: the binary of the pypandoc_binary wheel, or the one pypandoc finds."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

#: How many pandoc processes may run side by side.
WORKERS = max(1, min(8, os.cpu_count() or 1))


class PandocError(RuntimeError):
    """Pandoc refused its input; the text is what it said."""


@cache
def path() -> str:
    """Return the path of the pandoc program: the one that PYPANDOC_PANDOC names, the wheel's, or any."""
    import pypandoc  # only where pandoc is run: checks that run none needn't wait for it

    chosen = os.environ.get("PYPANDOC_PANDOC")
    bundled = Path(pypandoc.__file__).with_name("files") / ("pandoc.exe" if os.name == "nt" else "pandoc")
    # Asked right away, pypandoc starts every pandoc it knows, to compare their versions.
    return chosen or (str(bundled) if bundled.is_file() else pypandoc.get_pandoc_path())


@cache
def build() -> str:
    """Return a name for this very pandoc, for caches. Its version would do, but asking for it starts pandoc."""
    program = Path(shutil.which(path()) or path()).stat()
    return f"pandoc {program.st_size} {program.st_mtime_ns}"


def run(arguments: list[str], text: str = "") -> str:
    """Run pandoc over `text` and return what it writes; raises PandocError with its own words where it fails."""
    done = subprocess.run([path(), *arguments], input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise PandocError(done.stderr.strip() or f"pandoc ended with {done.returncode}")
    return done.stdout


def run_each(arguments: list[str], texts: list[str]) -> list[str]:
    """Run pandoc once a text, side by side, and return the results in order."""
    if len(texts) < 2:
        return [run(arguments, text) for text in texts]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda text: run(arguments, text), texts))
