"""The block that stands where a page says `<!-- figure: name -->`: pictures, caption, table, download."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader

from ..citations.cache import Cache, digest
from ..citations.library import Library
from . import vega
from .computed import COMPUTED
from .data import ARCHIVE, KINDS, Row, Table, parse, read, to_csv
from .gallery import FIGURES, draw

MARKER = re.compile(r"^<!-- figure: ([a-z0-9-]+) -->[ \t]*$", re.M)
FOLDER = Path("docs") / "figures"
#: Where a reader finds the records that a figure counts.
RECORDS = {"findings": "../claims/index.md", "sources": "../bibliography/index.md"}


@dataclass(frozen=True)
class Figure:
    """One figure as the files have it: its page's title and description, its numbers."""

    name: str
    title: str
    description: str
    table: Table


def load(root: Path, name: str, library: Library) -> Figure:
    """Read a figure's page and numbers; those of the archive's own records are counted now.

    A page without title or description gets its name for both: the checks say so.
    """
    page = root / FOLDER / f"{name}.md"
    fields = front_matter(page.read_text(encoding="utf-8")) if page.is_file() else {}
    path = FOLDER / f"{name}.csv"
    if name in COMPUTED:
        table = parse(to_csv(COMPUTED[name](root, library)), path.as_posix())
    else:
        table = read(root / path, path.as_posix())
    return Figure(name, fields.get("title") or name, fields.get("description") or name, table)


def front_matter(text: str) -> dict[str, str]:
    """Return a page's front matter, empty where there is none or it can't be read."""
    match = re.match(r"---\n(.*?)\n---\n", text, re.S)
    try:
        fields = yaml.load(match[1], yaml.BaseLoader) if match else {}
    except yaml.YAMLError:
        return {}
    return fields if isinstance(fields, dict) else {}


def markers(root: Path, library: Library, cache: Cache | None = None) -> dict[str, str]:
    """Return for each figure's name the Markdown that its marker stands for.

    Sources are cited by key, and formatted with the page. With a cache, a figure whose numbers and code are
    as before isn't drawn again. A figure without rows is left out, and its marker stays: the checks say so.
    """
    template = _templates(root).get_template("figure.md")
    blocks = {}
    for name in FIGURES:
        figure = load(root, name, library)
        if figure.table.rows:
            columns = _columns(figure)
            common = _common(columns)
            columns = {heading: cells for heading, cells in columns.items() if heading not in common}
            blocks[name] = template.render(
                name=name,
                title=figure.title if figure.title[-1] in "?!." else f"{figure.title}.",
                pictures=pictures(figure, cache),
                sources=_sources(figure.table.rows),
                common=common,
                columns=list(columns),
                rows=list(zip(*columns.values(), strict=True)),
            )
    return blocks


def fill(text: str, blocks: Mapping[str, str], folder: str = "") -> str:
    """Put the blocks where a page's text has their markers; an unknown marker stays.

    `folder` is the way from the page to docs/figures/, such as `../figures/` for an essay: links start there.
    """

    def block(match: re.Match[str]) -> str:
        name = match[1]
        if name not in blocks:
            return match[0]
        return re.sub(r"\]\((?=[a-z.])", f"]({folder}", blocks[name]).strip()

    return MARKER.sub(block, text)


def standalone(root: Path, library: Library, name: str, layout: vega.Layout = vega.WIDE) -> str:
    """Return a figure as an SVG file of its own, for a book: black text, fixed colours, no style sheet."""
    return vega.resolve(picture(load(root, name, library), layout))


def pictures(figure: Figure, cache: Cache | None = None) -> list[str]:
    """Return a figure's SVG for each layout; the style sheet shows one of them."""
    drawn = []
    for layout in vega.LAYOUTS:
        label = f"figure {figure.name} {layout.name} {digest(_code(), repr(figure))}"
        stored = cache.get(label) if cache else None
        svg = stored or picture(figure, layout)
        if cache and not stored:
            cache.put(label, svg)
        drawn.append(svg)
    return drawn


def picture(figure: Figure, layout: vega.Layout) -> str:
    """Draw a figure for one width."""
    canvas = draw(figure.name, figure.table.rows, layout)
    name = f"figure-{figure.name}-{layout.name}"
    description = f"{figure.description} All {len(figure.table.rows)} numbers are in the table below the picture."
    return vega.dress(canvas.render(), name, figure.title, description, canvas.y, layout)


@lru_cache(maxsize=1)
def _code() -> str:
    """Return what the drawing hangs on besides the numbers: this package's own source and Vega's version."""
    own = [path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))]
    return digest(vega.vl_convert.__version__, *own)


def _templates(root: Path) -> Environment:
    folder = root / "overrides" / "figures"
    # What it fills in is Markdown, made safe cell by cell (_plain), and pictures of ours.
    return Environment(loader=FileSystemLoader(folder), autoescape=False, trim_blocks=True)


def _sources(rows: Sequence[Row]) -> str:
    """Return all sources as one citation, in the order in which they first appear."""
    keys = dict.fromkeys(key for row in rows for key in row.sources if key != ARCHIVE)
    return f"[{'; '.join('@' + key for key in keys)}]" if keys else ""


def _columns(figure: Figure) -> dict[str, list[str]]:
    """Return the table's columns by heading, as Markdown; those that say nothing are left out."""
    rows = figure.table.rows
    units = {row.unit for row in rows}
    columns = {
        "What": [_plain(row.label) for row in rows],
        "Group": [_plain(row.group) for row in rows],
        "Date": [row.date for row in rows],
        "Number": [row.shown if len(units) == 1 else _plain(f"{row.shown} {row.unit}") for row in rows],
        "Unit": [_plain(row.unit) if len(units) == 1 else "" for row in rows],
        "How known": [KINDS[row.kind].label for row in rows],
        "Scope": [_plain(row.scope) for row in rows],
        "Note": [_plain(row.note[:1].upper() + row.note[1:]) for row in rows],
        "Source": [_source(row, figure.name) for row in rows],
    }
    return {heading: cells for heading, cells in columns.items() if any(cells)}


def _common(columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the columns that say the same in every row, to be said once."""
    return {heading: cells[0] for heading, cells in columns.items() if len(set(cells)) == 1 and heading != "Number"}


def _source(row: Row, name: str) -> str:
    if row.sources == (ARCHIVE,):
        return f"[our records]({RECORDS[name]})"
    return f"[{'; '.join('@' + key for key in row.sources)}]"


def _plain(text: str) -> str:
    """Return a cell's text with what Markdown would take for its own written as entities."""
    return re.sub(r"[|*_\[\]<>@`\\]", lambda match: f"&#{ord(match[0])};", text)
