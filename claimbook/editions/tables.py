"""Tables on paper: how wide each column should be, and whether the whole fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from .faults import Fault
from .markup import Element, make, words
from .tree import Tree

#: How many letters of a table's type stand side by side between a page's margins, and what a column's edges take.
LINE = 104
EDGES = 3
#: Where a long word may be broken: Typst breaks words of languages it knows, and addresses.
_BREAKS = re.compile(r"[\s/–—·]+|(?<=[^\W\d])-(?=[^\W\d])|(?=[\u2e80-\u9fff])")
_LONGEST = 14
_MOST = 140
#: How many letters a drawing as wide as a bar takes.
BAR = 16


def measure(table: Element) -> None:
    """Write each column's share of the width into a table without its own; where words must be broken, it says so."""
    for group in [child for child in table if child.tag == "colgroup"]:
        table.remove(group)
    need = least(table)
    if not need:
        return
    if sum(need) + EDGES * len(need) > LINE:
        table.set("data-narrow", "yes")
    want = [max(low, min(most, _MOST)) for low, most in zip(need, _most(table), strict=True)]
    spare = max(0, LINE - sum(need) - EDGES * len(need))
    asked = sum(want) - sum(need)
    share = [low + EDGES + (spare * (much - low) / asked if asked else 0) for low, much in zip(need, want, strict=True)]
    whole = sum(share) if asked > spare else LINE
    if asked <= spare:
        share = [much + EDGES for much in want]
        whole = max(LINE, sum(share)) if sum(share) > LINE * 0.6 else LINE
    columns = make("colgroup")
    for each in share:
        columns.append(make("col", style=f"width: {100 * each / whole:.2f}%"))
    table.insert(0, columns)


def least(table: Element) -> list[int]:
    """Return for each column the letters of its longest piece that can't be broken, and one for bold letters."""
    return _columns(table, lambda text: max((_width(piece) for piece in _BREAKS.split(text)), default=0) + 1)


def _most(table: Element) -> list[int]:
    return _columns(table, _width)


def _columns(table: Element, measured: Callable[[str], int]) -> list[int]:
    widths: list[int] = []
    taken: dict[int, int] = {}
    for row in table.iter("tr"):
        column = 0
        for cell in row:
            while taken.get(column, 0):
                taken[column] -= 1
                column += 1
            span, rows = int(cell.get("colspan", 1) or 1), int(cell.get("rowspan", 1) or 1)
            while len(widths) < column + span:
                widths.append(1)
            if span == 1:
                bars = any(
                    float(each.get("data-width", 1)) > 2 * float(each.get("data-height", 1))
                    for each in cell.iter("img")
                )
                widths[column] = max(widths[column], measured(words(cell)), BAR if bars else 0)
            for each in range(column, column + span):
                taken[each] = rows - 1
            column += span
    return widths


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def too_wide(tree: Tree) -> Iterator[Fault]:
    """Yield a fault for each table whose columns can't be made narrow enough for a page."""
    for page in tree.pages:
        for table in page.body.iter("table"):
            need = [min(each - 1, _LONGEST) for each in least(table)]
            if sum(need) + EDGES * len(need) > LINE:
                first = ", ".join(map(words, next(table.iter("tr"))))[:60]
                what = f'the table that begins "{first}" has {len(need)} columns and is wider than a printed page'
                yield Fault(page.place.path, "E04", f"{what}; split it, or take a column out.")
