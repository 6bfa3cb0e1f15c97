"""Offline editions of a finished site: one PDF, one EPUB, one zip, each from the pages as they were built.

Nothing here knows which generator made the site. `build` makes all of them; the rest can be used alone:

    tree = clean(Path("site"))
    pdf(tree.only("c-0012"), Path("c-0012.pdf"), info, templates)
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import downloads
from .book import pdf
from .ebook import epub
from .faults import CODES, Fault, Faulty
from .folder import offline
from .info import Info
from .info import load as load_info
from .tree import Page, Tree, clean

__all__ = ["CODES", "Fault", "Faulty", "Info", "Page", "Tree", "build", "clean", "epub", "load_info", "offline", "pdf"]

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


def _others(tree: Tree, site: Path, target: Path, info: Info, templates: Path) -> list[Path]:
    return [
        epub(tree, target / "archive.epub", info, templates),
        offline(site, target / "archive-offline.zip", templates, info.time),
    ]
