"""The forms that the figures use: a mark for each row, ranges between editions, lines in time, and keys.

A form takes rows of a CSV and a canvas, and draws downwards from where the canvas stands. Scales begin at
zero. A number that would run off its scale is drawn as an arrow at the edge and keeps its figure.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import vega
from .data import KINDS, Row
from .places import Box, crowd, first_free, letters, near
from .vega import FIRST, FOURTH, LETTER, LINE, RULE, SECOND, TEXT_SIZE, THIRD, WIDE, Canvas, Plot, Shape

#: One shape for each way in which a number comes about (data.KINDS), the same in every figure.
KIND_SHAPES = {
    "count": Shape("circle", FIRST),
    "survey": Shape("circle", FIRST),
    "poll": Shape("triangle-down", THIRD, filled=False),
    "claim": Shape("square", SECOND, filled=False),
    "estimate": Shape("diamond", FIRST),
    "forecast": Shape("triangle-up", SECOND, filled=False),
    "sum": Shape("diamond", FIRST, filled=False),
    "weak": Shape("circle", RULE, filled=False, dashed=True),
}
#: Shapes of series that follow each other, such as editions.
SERIES_SHAPES = (
    Shape("circle", FIRST),
    Shape("square", SECOND, filled=False),
    Shape("triangle-up", THIRD),
    Shape("diamond", FOURTH, filled=False),
)
SERIES_DASHES = ((), (6, 3), (2, 2), (8, 3, 2, 3))
#: Beyond the end of a scale a number is an arrow.
BEYOND = Shape("triangle-right", RULE)

GAP = 18
AXIS = 24
#: Bold letters are wider: so many of them fit where 1 plain letter would.
BOLD = 0.9


@dataclass(frozen=True)
class Axis:
    """Where a scale ends, and its ticks."""

    end: float
    ticks: Sequence[float]


def key(canvas: Canvas, shapes: Mapping[str, Shape]) -> None:
    """Say what the shapes mean, in a line or as many as it takes."""
    x = 8.0
    y = canvas.y + LINE / 2
    for words, shape in shapes.items():
        wide = 16 + letters(words) + 14
        if x > 8 and x + wide > canvas.layout.width:
            x, y = 8.0, y + LINE + 2
        canvas.shape(x, y, shape)
        canvas.text(x + 11, y, words)
        x += wide
    canvas.y = y + LINE / 2 + 8


def kinds(rows: Sequence[Row], form: str = "") -> dict[str, Shape]:
    """Return the key of the kinds that rows are of, in the order of KINDS; bars have the form `square`."""
    used = {row.kind for row in rows}
    shapes = {KINDS[kind].label: shape for kind, shape in KIND_SHAPES.items() if kind in used}
    return {words: replace(shape, form=form or shape.form) for words, shape in shapes.items()}


def heading(canvas: Canvas, words: str, unit: str) -> None:
    """Write a panel's name, where it has one, and the unit of its scale."""
    room = int(canvas.layout.width / (TEXT_SIZE * LETTER))
    lines = [(line, True) for line in textwrap.wrap(words, int(room * BOLD))]
    lines += [(line, False) for line in textwrap.wrap(unit, room)]
    for line, bold in lines:
        canvas.text(0, canvas.y + LINE / 2, line, bold=bold, soft=not bold)
        canvas.y += LINE
    canvas.y += 6


def listing(
    canvas: Canvas,
    rows: Sequence[Row],
    axis: Axis,
    *,
    mark: str = "dot",
    scopes: bool = True,
    labels: int = 0,
) -> None:
    """Draw one row of text and one mark for each number; wide, the text stands at the left, else above.

    `mark` is `dot` or `bar`; `scopes` adds each row's scope under its label; `labels` sets the width of the
    text where the layout is wide and the labels short.
    """
    left = (labels or canvas.layout.labels) if canvas.layout is WIDE else 0
    room = int(left / (TEXT_SIZE * LETTER)) if left else canvas.layout.room
    plot = Plot(left + 8, canvas.y, canvas.layout.width - left - 8 - 12, 0)
    plot.scale("x", (0, axis.end), (0, plot.width))
    tracks: dict[Row, float] = {}
    for row in rows:
        lines = _label(row, room, scopes)
        height = len(lines) * LINE
        middle = canvas.y + height / 2 if left else canvas.y + height + 9
        for place, (words, bold) in enumerate(lines):
            canvas.text(0, canvas.y + place * LINE + LINE / 2, words, bold=bold, soft=not bold)
        tracks[row] = middle - plot.y
        canvas.y = (max(canvas.y + height, middle + 9) if left else middle + 9) + 8
    plot.height = canvas.y - plot.y
    plot.axis("x", "bottom", axis.ticks, grid=bool(left))
    _tracks(canvas, plot, tracks, axis, mark)
    canvas.panel(plot)
    canvas.y += AXIS + GAP


def _label(row: Row, room: int, scopes: bool) -> list[tuple[str, bool]]:
    lines = [(line, True) for line in textwrap.wrap(row.label, int(room * BOLD))]
    return lines + [(line, False) for line in textwrap.wrap(row.scope, room)] if scopes else lines


def _tracks(canvas: Canvas, plot: Plot, tracks: Mapping[Row, float], axis: Axis, mark: str) -> None:
    for row, height in tracks.items():
        end = min(row.upper or row.value, axis.end)
        room = _number(canvas, row, plot.x + plot.pixel("x", end), plot.y + height, row.value > axis.end)
        if mark == "dot":
            to = min(row.value, max(0, (room - plot.x) / plot.width * axis.end))
            plot.marks.append(vega.rules([{"from": 0, "to": to, "py": height}], RULE, 1))
        if row.upper is not None:
            span = {"from": row.value, "to": row.upper, "py": height}
            plot.marks.append(vega.rules([span], KIND_SHAPES[row.kind].colour))
        _mark(plot, row, height, axis, mark)


def _mark(plot: Plot, row: Row, height: float, axis: Axis, mark: str) -> None:
    shape = KIND_SHAPES[row.kind]
    if row.value > axis.end:
        plot.points([_named(row, edge=axis.end, py=height)], BEYOND, "edge", "py")
    elif mark == "bar":
        plot.marks.append(vega.bars([_named(row, py=height)], shape, 13))
    else:
        plot.points([_named(row, py=height)], shape, "value", "py")
    if row.upper is not None:
        plot.points([{"value": row.upper, "py": height}], shape, "value", "py")


def _number(canvas: Canvas, row: Row, x: float, y: float, beyond: bool) -> float:
    """Write a number after its mark, or before it for want of room; returns where the mark's line ends."""
    words = f"{row.shown}, off the scale" if beyond else row.shown
    if x + 10 + letters(words) <= canvas.layout.width:
        canvas.text(x + 10, y, words)
        return x
    canvas.text(x - 10, y, words, "right")
    return x - 10 - letters(words) - 4


def ranges(canvas: Canvas, rows: Sequence[Row], axis: Axis) -> None:
    """Draw a line for each label with a shape for each group, and the numbers at both ends.

    It shows what moves between groups, such as the editions of one ranking.
    """
    shapes = dict(zip(dict.fromkeys(row.group for row in rows), SERIES_SHAPES, strict=False))
    key(canvas, shapes)
    by_label: dict[str, list[Row]] = {}
    for row in rows:
        by_label.setdefault(row.label, []).append(row)
    left = max(letters(label) for label in by_label) * 1.02 + 4
    plot = Plot(left, canvas.y, canvas.layout.width - left - 60, len(by_label) * 25.0)
    plot.scale("x", (0, axis.end), (44, plot.width))
    plot.axis("x", "bottom", axis.ticks)
    heights = {label: place * 25 + 12.5 for place, label in enumerate(by_label)}
    for label, found in by_label.items():
        values = [row.value for row in found]
        span = {"from": min(values), "to": max(values), "py": heights[label]}
        plot.marks.append(vega.rules([span]))
        _ends(canvas, plot, label, found, heights[label])
    for group, shape in shapes.items():
        points = [_named(row, py=heights[row.label]) for row in rows if row.group == group]
        plot.points(points, shape, "value", "py")
    canvas.panel(plot)
    canvas.y += plot.height + AXIS + 8


def _ends(canvas: Canvas, plot: Plot, label: str, rows: Sequence[Row], height: float) -> None:
    low, high = min(rows, key=lambda row: row.value), max(rows, key=lambda row: row.value)
    canvas.text(0, canvas.y + height, label, bold=True)
    for row, align, away in ((low, "right", -10), (high, "left", 10)):
        canvas.text(plot.x + plot.pixel("x", row.value) + away, canvas.y + height, row.shown, align)


def lines(canvas: Canvas, rows: Sequence[Row], axis: Axis, years: Axis, first: int, below: Sequence[str] = ()) -> None:
    """Draw a line for each group from date to date; `first` is the year at which the time axis begins.

    A number stands above its point, or below it for the groups named, and is left out where it would cover
    another.
    """
    groups = dict.fromkeys(row.group for row in rows)
    series = dict(zip(groups, zip(SERIES_SHAPES, SERIES_DASHES, strict=True), strict=False))
    if len(groups) > 1:
        key(canvas, {group: shape for group, (shape, _) in series.items()})
    left = letters(f"{axis.end:,g}") + 14
    canvas.y += 10
    plot = Plot(left, canvas.y, canvas.layout.width - left - 24, 230.0 if canvas.layout is WIDE else 210.0)
    plot.scale("x", (first, years.end), (0, plot.width))
    plot.scale("y", (0, axis.end), (plot.height, 0))
    plot.axis("x", "bottom", years.ticks, "d", grid=False)
    plot.axis("y", "left", axis.ticks)
    for group, (shape, dash) in series.items():
        points = [_named(row, year=row.year) for row in rows if row.group == group]
        plot.marks.append(vega.curve(points, shape.colour, dash))
        plot.points(points, shape, "year", "value")
    _values(canvas, plot, rows, below)
    canvas.panel(plot)
    canvas.y += plot.height + AXIS + GAP


def _values(canvas: Canvas, plot: Plot, rows: Sequence[Row], below: Sequence[str]) -> None:
    """Write numbers at their points, the latest of each group first, so that it is never the one left out."""
    spots = {row: (plot.x + plot.pixel("x", row.year), plot.y + plot.pixel("y", row.value)) for row in rows}
    order = dict.fromkeys(row.group for row in rows)
    taken: list[Box] = []
    for row in sorted(rows, key=lambda row: (list(order).index(row.group), -row.year)):
        boxes = near(row.shown, spots[row], below=row.group in below, crowded=bool(below))
        box = first_free(boxes, [*taken, *crowd(spots[row], spots.values())], canvas.layout.width)
        if box:
            taken.append(box)
            canvas.text(box.x, box.y, row.shown, "center")


def _named(row: Row, **place: float) -> dict[str, Any]:
    """Return what a mark is drawn from: its value, its place, and the name by which its row is found."""
    return {"value": row.value, "name": f"row {row.line} {row.typed}", **place}
