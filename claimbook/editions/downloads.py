"""The downloads' sums, their record, and the table on their page, written when the files are there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pikepdf
import yaml
from jinja2 import Environment, FileSystemLoader

from .info import Info

RECORD = "editions.json"
SUMS = "SHA256SUMS"
PAGE = "index.html"
WORDS = Path("overrides") / "editions" / "downloads.yml"
_MARKER = re.compile(r"<!-- downloads -->(?:.*?<!-- /downloads -->)?", re.S)


def data(folder: Path) -> list[dict[str, Any]]:
    """Return the facts of the data files in a folder of downloads, which the offline copy brings along."""
    own = (PAGE, SUMS, RECORD)
    paths = [path for path in sorted(folder.iterdir()) if path.name not in own and not path.name.startswith("archive")]
    return [_facts(path) for path in paths if path.is_file()]


def record(folder: Path) -> list[dict[str, Any]]:
    """Write editions.json and SHA256SUMS for a folder of downloads; returns what they say."""
    paths = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name not in (PAGE, SUMS, RECORD)]
    found = [_facts(path) for path in paths]
    (folder / RECORD).write_text(json.dumps({"files": found}, indent=1) + "\n", encoding="utf-8")
    summed = [*found, _facts(folder / RECORD)]
    lines = [f"{each['sha256']}  {each['file']}\n" for each in sorted(summed, key=lambda each: each["file"])]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    return [*found, {**_facts(folder / SUMS), "sha256": ""}]


def _facts(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    facts: dict[str, Any] = {"file": path.name, "bytes": len(content), "sha256": sha256(content).hexdigest()}
    if path.suffix == ".pdf":
        with pikepdf.open(path) as book:
            facts["pages"] = len(book.pages)
    return facts


def fill(page: Path, found: Sequence[Mapping[str, Any]], root: Path, info: Info) -> None:
    """Put the table of these files into the page's marker; a page without one stays as it is."""
    if not page.is_file():
        return
    environment = Environment(loader=FileSystemLoader(root / "overrides" / "editions"), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    words = yaml.safe_load((root / WORDS).read_text(encoding="utf-8")) if (root / WORDS).is_file() else {}
    known = {each["file"]: each for each in found}
    names = [*(name for name in words if name in known), *(name for name in known if name not in words)]
    files = [{"name": name, "for": "", **words.get(name, {}), **known[name], "size": _size(known[name]["bytes"])}
             for name in names]  # fmt: skip
    table = environment.get_template("downloads.html").render(files=files, info=info)
    html = page.read_text(encoding="utf-8")
    filled = _MARKER.sub(lambda _: f"<!-- downloads -->{table}<!-- /downloads -->", html)
    if filled != html:
        page.write_text(filled, encoding="utf-8", newline="\n")


def _size(count: int) -> str:
    """Return a number of bytes as a reader says it."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
