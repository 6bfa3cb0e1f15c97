"""What an edition says of itself: title, version, date, commit, licence, and how to cite it."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from ..citations.render import spoken_date

#: Where no commit is known: a time that says so, as in the Makefile.
NO_TIME = 1640995200


@dataclass(frozen=True)
class Info:
    """An edition's own record."""

    title: str
    subtitle: str
    author: str
    version: str
    time: int
    commit: str
    licence: str
    abstract: str
    address: str
    language: str = "en"

    @property
    def date(self) -> str:
        """Return the day of the edition as a reader says it."""
        return spoken_date(self.day)

    @property
    def day(self) -> str:
        """Return the day of the edition as ISO 8601 has it, in UTC."""
        return datetime.fromtimestamp(self.time, UTC).date().isoformat()

    @property
    def citation(self) -> str:
        """Return how to cite the edition."""
        whole = ": ".join(part for part in (self.title, self.subtitle) if part)
        commit = f", commit {self.commit[:12]}" if self.commit else ""
        return f"{whole}. Edition {self.version} of {self.date}{commit}.{' ' + self.address if self.address else ''}"

    def facts(self) -> dict[str, str]:
        """Return everything a template prints, as words."""
        return {
            "title": self.title, "subtitle": self.subtitle, "author": self.author, "version": self.version,
            "date": self.date, "day": self.day, "commit": self.commit, "licence": self.licence,
            "abstract": self.abstract, "address": self.address, "citation": self.citation, "lang": self.language,
        }  # fmt: skip


def load(root: Path, address: str = "", language: str = "en") -> Info:
    """Read CITATION.cff and the last commit; SOURCE_DATE_EPOCH, where set, is the time."""
    path = root / "CITATION.cff"
    record = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    title, _, subtitle = str(record.get("title", root.resolve().name)).partition(": ")
    authors = [_author(author) for author in record.get("authors", [])]
    commit, _, time = _git(root).partition(" ")
    return Info(
        title=title,
        subtitle=subtitle,
        author=", ".join(authors),
        version=str(record.get("version", "0")),
        time=int(os.environ.get("SOURCE_DATE_EPOCH") or time or NO_TIME),
        commit=commit,
        licence=str(record.get("license", "")),
        abstract=re.sub(r'"([^"]*)"', r"“\1”", " ".join(str(record.get("abstract", "")).split())),
        address=address,
        language=language,
    )


def _author(author: dict[str, str]) -> str:
    return author.get("name") or " ".join(author[key] for key in ("given-names", "family-names") if author.get(key))


def _git(root: Path) -> str:
    try:
        run = subprocess.run(
            ["git", "log", "-1", "--format=%H %ct"], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""
