"""Tables on paper: how wide each column should be, and whether the whole fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from ..citations.problems import Problem
from .faults import fault
from .markup import Element, make, words
from .tree import Tree

#: How many letters of a table's type stand side by side between a page's margins, and what a column's edges take.
LINE = 104
EDGES = 3
#: Where a long word may be broken: Typst breaks words of languages it knows, and addresses.
_BREAKS = re.compile(r"[\s/–—·]+|(?<=[^\W\d])-(?=[^\W\d])|(?=[\u2e80-\u9fff])")
_LONGEST = 14
_MOST = 140
#: A table that needs more than this part of the width gets all of it.
FULL = 0.6
#: A column that asks for no more letters than this beyond its longest word gets them, so that a date stays whole.
MODEST = 8
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
    share = [width + EDGES for width in shared(need, want, LINE - EDGES * len(need))]
    whole = sum(share) if sum(share) > LINE * FULL else LINE
    columns = make("colgroup")
    for each in share:
        columns.append(make("col", style=f"width: {100 * each / whole:.2f}%"))
    table.insert(0, columns)


def shared(need: list[int], want: list[int], room: float) -> list[float]:
    """Return how wide columns become: those that ask for little get all of it, the others share what is left."""
    widths: list[float] = [*need]
    open_ = set(range(len(need)))
    while open_ and (spare := room - sum(widths)) > 0:
        modest = {each for each in open_ if want[each] - widths[each] <= min(MODEST, spare / len(open_))}
        if not modest:
            asked = sum(want[each] - widths[each] for each in open_)
            for each in open_:
                widths[each] += spare * (want[each] - widths[each]) / asked
            break
        for each in modest:
            widths[each] = want[each]
        open_ -= modest
    return widths


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


def too_wide(tree: Tree) -> Iterator[Problem]:
    """Yield a fault for each table whose columns can't be made narrow enough for a page."""
    for page in tree.pages:
        for table in page.body.iter("table"):
            need = [min(each - 1, _LONGEST) for each in least(table)]
            if sum(need) + EDGES * len(need) > LINE:
                first = ", ".join(map(words, next(table.iter("tr"))))[:60]
                what = f'the table that begins "{first}" has {len(need)} columns and is wider than a printed page'
                yield fault(page.place.path, "E04", f"{what}; split it, or take a column out.")
