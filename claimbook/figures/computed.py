"""Numbers that are counted and not typed: the archive's own claims and sources.

They are counted at each build, and `counted` gives the files to publish: none is kept that could fall behind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..citations.languages import name_of
from ..citations.library import Entry, Library
from . import data

#: The rarer languages are taken together.
LANGUAGES = ("English", "Chinese", "French")
OTHER = "other languages"

Cells = list[str]


def claims(root: Path, library: Library) -> list[Cells]:
    """Count the findings of the claim records, apart for the listing's statements and for others."""
    words = _vocabulary(root)["finding"]
    records = [record for record in _records(root) if record.get("status") not in ("withdrawn", "superseded")]
    counted = Counter((bool(record.get("statement")), record.get("finding", "")) for record in records)
    day = max((str(record.get("checked", {}).get("on", "")) for record in records), default="")
    rows = []
    for listed, group in (
        (True, "Statements of the listing"),
        (False, "Statements of other reports and of publicity"),
    ):
        for word, entry in words.items():
            rows.append(_cells(entry["label"], group, day, counted[listed, word], "claims", "claim records"))
    return rows


def sources(root: Path, library: Library) -> list[Cells]:
    """Count the records of sources by kind, by language, and by how they were seen."""
    words = _vocabulary(root)
    entries = library.entries.values()
    day = max((entry.get("verificationdate") for entry in entries), default="")
    kinds = Counter(entry.keywords[0] for entry in entries if entry.keywords)
    tongues = Counter(_language(entry) for entry in entries)
    seen = Counter(entry.get("verification") for entry in entries)
    others = (OTHER, tongues[OTHER])
    counted = [
        ("By kind", _largest_first((entry["label"], kinds[word]) for word, entry in words["kind"].items())),
        ("By language", [*_largest_first((name, tongues[name]) for name in LANGUAGES), others]),
        ("By how we saw them", [(_SEEN[word], seen[word]) for word in words["verification"]]),
    ]
    return [
        _cells(label, group, day, number, "sources", "records in bibliography/")
        for group, rows in counted
        for label, number in rows
    ]


_SEEN = {
    "text": "text: read as found",
    "excerpt": "excerpt: read in part",
    "copy": "copy: read elsewhere than at the publisher’s",
    "record": "record: not read, carries no fact",
}

#: The figures whose numbers are counted here, by name.
COMPUTED: Mapping[str, Callable[[Path, Library], list[Cells]]] = {"findings": claims, "sources": sources}


def counted(root: Path, library: Library) -> dict[str, str]:
    """Return the CSV of each counted figure by its name, as the records are today."""
    return {name: data.to_csv(count(root, library)) for name, count in COMPUTED.items()}


def _cells(label: str, group: str, day: str, number: int, unit: str, scope: str) -> Cells:
    return [label, group, day, str(number), "", "", unit, "count", scope, data.ARCHIVE, ""]


def _largest_first(rows: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(rows, key=lambda row: -row[1])


def _language(entry: Entry) -> str:
    name = name_of(entry.language)
    return name if name in LANGUAGES else OTHER


def _vocabulary(root: Path) -> dict[str, dict[str, dict[str, str]]]:
    path = root / "docs" / "method" / "vocabulary.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _records(root: Path) -> Iterator[dict[str, Any]]:
    """Yield the front matter of every claim; one that can't be read is another check's business."""
    for path in sorted((root / "docs" / "claims").glob("c-[0-9]*.md")):
        match = re.match(r"---\n(.*?)\n---\n", path.read_text(encoding="utf-8"), re.S)
        if not match:
            continue
        try:
            record = yaml.load(match[1], getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        except yaml.YAMLError:
            continue
        if isinstance(record, dict):
            yield record
