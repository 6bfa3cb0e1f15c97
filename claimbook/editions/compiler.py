"""Typst in a process of its own: what it remembers of a book (0.8 GB) is given back before the book is finished.

    python compiler.py main.typ book.pdf 1795385896 [folder of fonts …]

Writes the PDF, or says on standard output as JSON why not, and exits with 1. Imports nothing of the package: it starts sooner.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

#: For glibc, whose allocator else keeps some 40 MB that Typst has given back; other systems pass it by.
THRIFTY = {"MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_MMAP_THRESHOLD_": "65536"}
#: What the file promises: a PDF for everybody, and one that will keep, with its structure.
STANDARDS = ["ua-1", "a-2a"]


@dataclass(frozen=True)
class Refused(Exception):
    """The compiler's reasons: `where` holds the places in its source, as it prints them."""

    reasons: tuple[str, ...]
    where: str = ""


def compiled(source: Path, time: int, fonts: list[str]) -> Path:
    """Compile a file of Typst beside what it includes; returns the PDF's path, or raises Refused."""
    target = source.with_suffix(".pdf")
    command = [sys.executable, __file__, str(source), str(target), str(time), *fonts]
    settings = {**os.environ, **THRIFTY}
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=settings, check=False)
    if run.returncode == 0:
        return target
    try:
        said = json.loads(run.stdout)
    except ValueError:
        raise Refused((f"it ended with {run.returncode}: {run.stderr.strip()[-300:]}",)) from None
    raise Refused(tuple(said["reasons"]), said["where"])


def main(source: str, target: str, time: str, *fonts: str) -> int:
    """Do in this process what `compiled` asks for."""
    import typst

    try:
        typst.compile(
            source,
            output=target,
            root=str(Path(source).parent),
            font_paths=list(fonts),
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=int(time),
        )
    except typst.TypstError as error:
        reasons = [getattr(error, "message", str(error)), *getattr(error, "hints", [])]
        print(json.dumps({"reasons": reasons, "where": getattr(error, "diagnostic", "")}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
