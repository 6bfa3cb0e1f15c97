"""The heads of a site's pages: facts gathered from front matter, figures' numbers, citations and CITATION.cff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml

from ..claims.exports import script
from ..figures import data
from . import head

LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}


@dataclass(frozen=True)
class Head:
    """What the template prints: names and values, and JSON-LD that may stand in a script element."""

    previews: list[tuple[str, str]]
    citation_tags: list[tuple[str, str]]
    catalogue_card: list[tuple[str, str]]
    linked_data: str


class Heads:
    """Makes the heads of an archive's pages. `root` is its folder, `day` the day that pages are built for.

    `counted` holds the tables of figures that have no file, by the figure's name.
    """

    def __init__(self, root: Path, name: str, address: str, day: date, counted: Mapping[str, str] | None = None):
        self.root = root
        self.counted = counted or {}
        self.archive = _archive(root, name, address, day)

    def of(
        self,
        path: str,
        address: str,
        front: Mapping[str, Any],
        titles: Mapping[str, str],
        works: Sequence[Mapping[str, Any]],
    ) -> Head:
        """Return the head of the page made from `path` below docs/.

        `front` is the page's front matter, `titles` gives the titles of all pages, `works` what the page cites.
        """
        kind = head.kind(path)
        table = self._table(path) if kind == head.FIGURE else None
        page = head.Page(
            kind=kind,
            title=str(front.get("title") or titles.get(path, "")),
            description=str(front.get("description", "")),
            address=address,
            crumbs=head.crumbs(path, self.archive.address, self.archive.name, titles),
            works=works,
            film=front.get("film", {}),
            table=urljoin(self.archive.address, str(Path(path).with_suffix(".csv").as_posix())) if table else "",
            years=tuple(row.date for row in table.rows) if table else (),
        )
        linked = head.linked_data(head.graph(page, self.archive))
        return Head(
            head.previews(page, self.archive),
            head.citation_tags(page, self.archive),
            head.catalogue_card(self.archive),
            script(linked) if linked else "",
        )

    def _table(self, path: str) -> data.Table | None:
        csv = self.root / "docs" / Path(path).with_suffix(".csv")
        if csv.stem in self.counted:
            return data.parse(self.counted[csv.stem], csv.name)
        return data.read(csv, csv.name) if csv.is_file() else None


def _archive(root: Path, name: str, address: str, day: date) -> head.Archive:
    """Return the archive as its CITATION.cff describes it; without that file, by its name alone."""
    path = root / "CITATION.cff"
    record = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    authors = tuple(
        author.get("name") or " ".join(author[part] for part in ("given-names", "family-names") if author.get(part))
        for author in record.get("authors", ())
    )
    licence = str(record.get("license", ""))
    return head.Archive(name, address, authors or (name,), day.isoformat(), LICENCES.get(licence, licence))
