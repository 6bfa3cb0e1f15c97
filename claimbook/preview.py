"""The quick live preview: what has to be made anew when a file is saved. Knows no MkDocs.

A page of prose concerns itself alone. Records, sources, tables, templates and settings show on many pages, so that a
change of one of them makes all pages anew.
"""

from __future__ import annotations

from pathlib import Path

#: What shows on more pages than one, below the project's folder.
SHARED = (
    "mkdocs.yml", "bibliography/**/*.bib", "overrides/**/*",
    "docs/claims/*.md", "docs/claims/*.yml", "docs/*/*.yml", "docs/*/*.csv",
)  # fmt: skip


class Shared:
    """The files that show on many pages, as they were when last asked about."""

    def __init__(self) -> None:
        self._seen: dict[Path, int] | None = None

    def changed(self, root: Path) -> bool:
        """Whether one of them was added, saved or deleted since the last call; True at the first."""
        now = {path: path.stat().st_mtime_ns for pattern in SHARED for path in root.glob(pattern) if path.is_file()}
        changed, self._seen = now != self._seen, now
        return changed
