"""From marks to SVG: a canvas to draw on, Vega that draws it, and what a web page needs done to the result.

Vega (in the wheel vl-convert-python, without a browser) computes scales, axes, ticks and shapes. Whatever
hangs on the width of letters is ours and fixed, so that the same numbers give the same bytes on any machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as etree

import vl_convert

SVG = "http://www.w3.org/2000/svg"
etree.register_namespace("", SVG)

#: Colours are the page's: its text colour, and properties that overrides/assets/archive.css sets for light,
#: dark and print. What stands after the comma serves where there is no style sheet, such as in a book.
INK = "currentColor"
PAPER = "var(--figure-paper, #ffffff)"
GRID = "var(--figure-grid, #d5d5d5)"
RULE = "var(--figure-rule, #8a8a8a)"
FIRST = "var(--figure-first, #1f5c99)"
SECOND = "var(--figure-second, #a34700)"
THIRD = "var(--figure-third, #3f7a2a)"
FOURTH = "var(--figure-fourth, #8a2f7d)"

TEXT_SIZE = 13
LINE = 17
#: Width of an average letter of a sans serif, in parts of its size; on the wide side, so that text fits.
LETTER = 0.56


@dataclass(frozen=True)
class Layout:
    """One width that a figure is drawn for: `labels` is the room left of the plot, 0 for labels above."""

    name: str
    width: int
    labels: int

    @property
    def room(self) -> int:
        """How many letters fit on a line of a label."""
        return int((self.labels or self.width) / (TEXT_SIZE * LETTER))


#: A page's text column at a desk, and a telephone's: a marked block of the style sheet shows one of the two.
WIDE = Layout("wide", 680, 280)
NARROW = Layout("narrow", 328, 0)
LAYOUTS = (WIDE, NARROW)


@dataclass(frozen=True)
class Shape:
    """How a series or a kind is drawn: form, filling, outline, so that colour never stands alone."""

    form: str
    colour: str
    filled: bool = True
    dashed: bool = False

    @property
    def look(self) -> dict[str, Any]:
        """Its filling and outline, as Vega takes them."""
        return {
            "fill": {"value": self.colour if self.filled else PAPER},
            "stroke": {"value": self.colour},
            "strokeDash": {"value": [3, 2] if self.dashed else []},
        }


@dataclass
class Canvas:
    """A drawing of fixed width that grows downwards; `y` is where the next thing goes."""

    layout: Layout
    y: float = 0
    marks: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)

    def text(
        self, x: float, y: float, text: str, align: str = "left", *, bold: bool = False, soft: bool = False
    ) -> None:
        """Write one line; `y` is its middle."""
        weight = "bold" if bold else "normal"
        opacity = 0.78 if soft else 1
        row = {"x": x, "y": y, "text": text, "align": align, "weight": weight, "opacity": opacity}
        self.texts.append(row)

    def shape(self, x: float, y: float, shape: Shape) -> None:
        """Draw one symbol, for a key."""
        self.marks.append(symbols([{"x": x, "y": y}], shape, "x", None, None))

    def panel(self, plot: Plot) -> None:
        """Put a plot onto the canvas, at its own place."""
        self.marks.append(plot.group())

    def render(self) -> str:
        """Draw everything; returns SVG as Vega made it."""
        spec = {
            "$schema": "https://vega.github.io/schema/vega/v6.json",
            "width": self.layout.width,
            "height": self.y,
            "padding": 0,
            "autosize": "none",
            "background": None,
            "config": _CONFIG,
            "data": [{"name": "texts", "values": self.texts}],
            "marks": [*self.marks, _TEXTS],
        }
        return vl_convert.vega_to_svg(spec)


@dataclass
class Plot:
    """A rectangle with scales of its own: numbers go through its scales, everything else is in pixels."""

    x: float
    y: float
    width: float
    height: float
    scales: list[dict[str, Any]] = field(default_factory=list)
    axes: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)

    def scale(self, name: str, domain: tuple[float, float], pixels: tuple[float, float]) -> None:
        """Add a linear scale, `x` or `y`."""
        scale = {"name": name, "type": "linear", "domain": list(domain), "range": list(pixels), "zero": False}
        self.scales.append(scale)

    def pixel(self, name: str, value: float) -> float:
        """Return where a scale puts a value, for words that stand beside its mark."""
        scale = next(scale for scale in self.scales if scale["name"] == name)
        (low, high), (start, end) = scale["domain"], scale["range"]
        return start + (value - low) / (high - low) * (end - start)

    def axis(self, name: str, orient: str, ticks: Sequence[float], form: str = ",d", *, grid: bool = True) -> None:
        """Add an axis with its ticks, and with grid lines at them."""
        axis = {"scale": name, "orient": orient, "values": list(ticks), "format": form, "grid": grid}
        self.axes.append(axis)

    def points(self, rows: list[dict[str, Any]], shape: Shape, x: str, y: str) -> None:
        """Draw symbols at the fields `x` and `y` of rows, through the scales; the field `py` is in pixels."""
        self.marks.append(symbols(rows, shape, x, "x", "y" if y != "py" else None, y))

    def group(self) -> dict[str, Any]:
        """Return the Vega group."""
        place = {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
        return {
            "type": "group",
            "encode": {"update": {name: {"value": value} for name, value in place.items()}},
            # Grid lines are as long as these say; without them, as long as the whole drawing.
            "signals": [{"name": name, "value": place[name]} for name in ("width", "height")],
            "scales": self.scales,
            "axes": self.axes,
            "marks": self.marks,
        }


def symbols(
    rows: list[dict[str, Any]], shape: Shape, x: str, x_scale: str | None, y_scale: str | None, y: str = "y"
) -> dict[str, Any]:
    """Return symbols of one shape at the fields `x` and `y` of rows, through scales where they are named."""
    place = {
        "x": _field(x, x_scale),
        "y": _field(y, y_scale),
        "shape": {"value": shape.form},
        "size": {"value": 90 if shape.form == "diamond" else 70},
        **shape.look,
        "strokeWidth": {"value": 2},
        "description": {"field": "name"},
    }
    return {"type": "group", "data": [{"name": "d", "values": rows}], "marks": [_from("symbol", place)]}


def rules(rows: list[dict[str, Any]], colour: str = RULE, width: float = 2) -> dict[str, Any]:
    """Return level lines from `from` to `to` on the x scale, at the height `py`."""
    place = {
        "x": _field("from", "x"),
        "x2": _field("to", "x"),
        "y": {"field": "py"},
        "stroke": {"value": colour},
        "strokeWidth": {"value": width},
    }
    return {"type": "group", "data": [{"name": "d", "values": rows}], "marks": [_from("rule", place)]}


def bars(rows: list[dict[str, Any]], shape: Shape, thickness: float) -> dict[str, Any]:
    """Return level bars from zero to `value` on the x scale, centred on the height `py`."""
    place = {
        "x": {"scale": "x", "value": 0},
        "x2": _field("value", "x"),
        "yc": {"field": "py"},
        "height": {"value": thickness},
        **shape.look,
        "strokeWidth": {"value": 1.5},
        "description": {"field": "name"},
    }
    return {"type": "group", "data": [{"name": "d", "values": rows}], "marks": [_from("rect", place)]}


def curve(rows: list[dict[str, Any]], colour: str, dash: Sequence[int]) -> dict[str, Any]:
    """Return a straight line from point to point through the scales x and y."""
    place = {
        "x": _field("year", "x"),
        "y": _field("value", "y"),
        "stroke": {"value": colour},
        "strokeWidth": {"value": 2},
        "strokeDash": {"value": list(dash)},
    }
    return {"type": "group", "data": [{"name": "d", "values": rows}], "marks": [_from("line", place)]}


def _field(name: str, scale: str | None) -> dict[str, str]:
    return {"field": name, "scale": scale} if scale else {"field": name}


def _from(kind: str, place: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "from": {"data": "d"}, "encode": {"update": place}}


_TEXTS = {
    "type": "text",
    "from": {"data": "texts"},
    "encode": {
        "update": {
            "x": {"field": "x"},
            "y": {"field": "y"},
            "text": {"field": "text"},
            "align": {"field": "align"},
            "baseline": {"value": "middle"},
            "fontWeight": {"field": "weight"},
            "fontSize": {"value": TEXT_SIZE},
            "fill": {"value": INK},
            "fillOpacity": {"field": "opacity"},
        }
    },
}
_CONFIG = {
    "group": {"stroke": None},
    "axis": {
        "domainColor": RULE,
        "gridColor": GRID,
        "tickColor": RULE,
        "labelColor": INK,
        "labelFontSize": TEXT_SIZE,
        "labelOverlap": False,
        "labelLimit": 0,
        "labelPadding": 5,
        "tickSize": 4,
    },
}

# ------------------------------------------------------------------ what a web page needs


def dress(svg: str, name: str, title: str, description: str, height: float, layout: Layout) -> str:
    """Return Vega's SVG fit for a page: one named picture, without fonts, ids or styles to meet others'.

    Marks that stand for a row keep it as `data-row` (its line in the CSV) and `data-value`.
    """
    root = etree.fromstring(svg)
    for element in list(root.iter()):
        _undress(element)
    _drop_empty(root)
    kept = list(root)
    root.clear()
    root.attrib.update(
        {
            "class": f"figure-{layout.name}",
            "viewBox": f"0 0 {layout.width} {height:g}",
            "width": str(layout.width),
            "height": f"{height:g}",
            "role": "img",
            "aria-labelledby": f"{name}-title",
            "aria-describedby": f"{name}-desc",
        }
    )
    for tag, words in (("title", title), ("desc", description)):
        etree.SubElement(root, f"{{{SVG}}}{tag}", {"id": f"{name}-{tag}"}).text = words
    root.extend(kept)
    return etree.tostring(root, encoding="unicode")


_KEPT = {
    "d", "transform", "fill", "stroke", "stroke-width", "stroke-dasharray", "fill-opacity", "text-anchor",
    "font-weight", "font-size", "x1", "x2", "y1", "y2", "stroke-miterlimit",
}  # fmt: skip

#: What an attribute says where it says nothing.
_USUAL = {
    "font-weight": "normal",
    "fill-opacity": "1",
    "stroke-dasharray": "",
    "stroke-width": "1",
    "transform": "translate(0,0)",
    "stroke-miterlimit": "10",
}


def _undress(element: etree.Element) -> None:
    name = element.get("aria-label", "")
    for attribute in list(element.attrib):
        if attribute not in _KEPT:
            del element.attrib[attribute]
        elif attribute in ("transform", "d", "x2", "y2"):
            element.set(attribute, _rounded(element.get(attribute, "")))
    for attribute, usual in _USUAL.items():
        if element.get(attribute) == usual:
            del element.attrib[attribute]
    row = re.fullmatch(r"row (\d+) (\S+)", name)
    if row:
        element.set("data-row", row[1])
        element.set("data-value", row[2])


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}(?:e-?\d+)?", lambda match: f"{round(float(match[0]), 2):g}", text)


def _drop_empty(element: etree.Element) -> None:
    """Take out paths that draw nothing, groups left without content, and groups that only wrap."""
    for child in list(element):
        _drop_empty(child)
        tag = child.tag.rpartition("}")[2]
        draws_nothing = tag == "path" and (not child.get("d") or not (child.get("fill") or child.get("stroke")))
        if draws_nothing or (tag == "g" and not len(child)):
            element.remove(child)
        elif tag == "g" and not child.attrib:
            place = list(element).index(child)
            element.remove(child)
            for offset, inner in enumerate(list(child)):
                element.insert(place + offset, inner)


def resolve(svg: str) -> str:
    """Return an SVG that stands alone: colours as in a book, a font without serifs, no style sheet."""
    plain = re.sub(r"var\(--[\w-]+,\s*(#[0-9a-f]{6})\)", r"\1", svg).replace(INK, "#000000")
    return plain.replace(" role=", ' font-family="sans-serif" role=', 1).replace("<text ", f"<text {_RIM} ")


#: Letters keep a rim of the paper's colour, so that a line behind them doesn't cross them out; on a page the
#: style sheet sees to it.
_RIM = 'stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
