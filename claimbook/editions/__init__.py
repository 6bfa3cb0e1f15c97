"""Offline editions of a finished site: one PDF, one EPUB, one zip, each from the pages as they were built.

Nothing here knows which generator made the site. `build` makes all of them, `some` a PDF of some pages; in parts:

    tree = clean(Path("site"))
    pdf(tree.only("c-0012"), Path("c-0012.pdf"), info, templates)
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..citations.problems import hint
from . import downloads
from .book import pdf
from .ebook import epub
from .faults import CODES, Faulty, fault
from .folder import offline
from .info import Info
from .info import load as load_info
from .tree import Page, Tree, clean

__all__ = ["CODES", "Faulty", "Info", "Page", "Tree", "build", "clean", "epub", "load_info", "offline", "pdf", "some"]

TEMPLATES = Path("overrides") / "editions"


def build(site: Path, root: Path, folder: str = "downloads") -> list[Path]:
    """Write all editions into the site's downloads with their sums, and fill the table on their page.

    `root` is the archive's working tree. Raises Faulty with every fault; what a page has is known before anything is written.
    """
    site, root = Path(site), Path(root)
    templates, target = root / TEMPLATES, site / folder
    target.mkdir(exist_ok=True)
    for name in ("archive.pdf", "archive.epub", "archive-offline.zip"):
        (target / name).unlink(missing_ok=True)
    tree = clean(site)
    info = load_info(root, tree.address, tree.language)
    # The offline copy's page names only what the copy brings along, so it is filled before the copy is made.
    page = target / downloads.PAGE
    downloads.fill(page, downloads.data(target), root, info)
    with ThreadPoolExecutor() as pool:
        book = pool.submit(pdf, tree, target / "archive.pdf", info, templates)
        others = pool.submit(_others, tree, site, target, info, templates)
        made = [book.result(), *others.result()]
    downloads.fill(page, downloads.record(target), root, info)
    return [*made, target / downloads.RECORD, target / downloads.SUMS]


def some(site: Path, root: Path, names: Sequence[str], target: Path) -> Path:
    """Write some pages of a built site, by the names they have in the book, as one PDF with the sources they cite.

    Raises Faulty where something is to be mended, or where the book has no page of such a name.
    """
    tree = clean(site)
    known = {page.name for page in tree.pages}
    strange = [name for name in names if name not in known]
    if strange:
        raise Faulty(
            fault("index.html", "E01", f'the book has no page "{name}".{hint(name, known)}') for name in strange
        )
    info = load_info(root, tree.address, tree.language)
    return pdf(tree.only(*names), target, info, root / TEMPLATES)


def _others(tree: Tree, site: Path, target: Path, info: Info, templates: Path) -> list[Path]:
    return [
        epub(tree, target / "archive.epub", info, templates),
        offline(site, target / "archive-offline.zip", templates, info.time),
    ]
