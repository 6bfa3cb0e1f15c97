"""The archive as files: its pages, its sources, what is cited where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..citations import library as libraries
from ..citations.cache import Cache
from ..citations.library import Library
from ..citations.lint import Cited
from ..citations.marks import scan


@dataclass(frozen=True)
class Page:
    """A Markdown page: `path` from the archive's folder, `text` as written."""

    path: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Its lines, without their ends."""
        return self.text.split("\n")


@dataclass(frozen=True)
class Archive:
    """What the checks look at."""

    root: Path
    pages: tuple[Page, ...]
    library: Library
    cited: tuple[Cited, ...]


def load(root: Path = Path()) -> Archive:
    """Read an archive from its folder: `docs/` and `bibliography/`."""
    pages = tuple(
        Page(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted((root / "docs").rglob("*.md"))
        if path.name != "template.md"
    )
    cache = Cache(root / ".cache" / "check.json")
    library = libraries.read(libraries.find(root / "bibliography"), root, cache)
    cache.save()
    cited = tuple(Cited(page.path, found) for page in pages for found in scan(page.text))
    return Archive(root, pages, library, cited)
