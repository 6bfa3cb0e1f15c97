"""Every figure by name, and how its rows become a picture. What it is called is said on its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from . import charts
from .charts import Axis
from .data import Row
from .vega import Canvas, Layout

Draw = Callable[[Sequence[Row], Canvas], None]


def draw(name: str, rows: Sequence[Row], layout: Layout) -> Canvas:
    """Draw a figure's rows for one width."""
    canvas = Canvas(layout)
    FIGURES[name](rows, canvas)
    return canvas


def _groups(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.group, []).append(row)
    return found


def _panels(
    rows: Sequence[Row], canvas: Canvas, axes: Mapping[str, Axis] | Axis, *, mark: str = "dot",
    scopes: bool = True, labels: int = 0,
) -> None:  # fmt: skip
    """Draw each group of rows as a panel with a scale of its own."""
    for group, found in _groups(rows).items():
        charts.heading(canvas, group, found[0].unit)
        axis = axes if isinstance(axes, Axis) else axes[group]
        charts.listing(canvas, found, axis, mark=mark, scopes=scopes, labels=labels)


def _cameras_by_edition(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.heading(canvas, "", rows[0].unit)
    charts.ranges(canvas, rows, Axis(160, (0, 40, 80, 120, 160)))


def _shanghai_by_edition(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.key(canvas, charts.kinds(rows, "square"))
    _panels(rows, canvas, Axis(520, (0, 100, 200, 300, 400, 500)), mark="bar")


def _cameras_in_china(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.key(canvas, charts.kinds(rows))
    _panels(rows, canvas, Axis(700, (0, 200, 400, 600)))


def _cameras_in_nice(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.key(canvas, charts.kinds(rows))
    _panels(rows, canvas, Axis(8000, (0, 2000, 4000, 6000)))


def _people_per_camera(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.key(canvas, charts.kinds(rows))
    ends = (
        Axis(450, (0, 100, 200, 300, 400)),
        Axis(2100, (0, 500, 1000, 1500)),
        Axis(400, (0, 100, 200, 300)),
    )
    own = Axis(400, (0, 100, 200, 300))
    axes = dict(zip(_groups(rows), (*ends, own), strict=True))
    _panels(rows, canvas, axes, scopes=False, labels=190)


def _phone_payments(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.heading(canvas, "", rows[0].unit)
    years = Axis(2024.4, range(2015, 2025))
    if canvas.layout.name == "narrow":
        years = Axis(2024.4, range(2015, 2025, 2))
    charts.lines(canvas, rows, Axis(1000, (0, 250, 500, 750, 1000)), years, 2014, below=[rows[-1].group])


def _blocked_tickets(rows: Sequence[Row], canvas: Canvas) -> None:
    purchases = [row for row in rows if "purchases" in row.unit]
    people = [row for row in rows if "purchases" not in row.unit]
    years = Axis(2020, range(2014, 2021))
    for panel, name, end, ticks in (
        (purchases, "Blocked purchases", 30, (0, 10, 20, 30)),
        (people, "People on the court’s list", 15, (0, 5, 10, 15)),
    ):
        charts.heading(canvas, name, panel[0].unit)
        charts.lines(canvas, panel, Axis(end, ticks), years, 2014)


def _two_lists(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.key(canvas, charts.kinds(rows, "square"))
    own = (Axis(3.7e6, (0, 1e6, 2e6, 3e6)), Axis(13e6, (0, 4e6, 8e6)))
    axes = dict(zip(_groups(rows), own, strict=True))
    _panels(rows, canvas, axes, mark="bar")


def _opinion_surveys(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.key(canvas, charts.kinds(rows))
    _panels(rows, canvas, Axis(100, (0, 25, 50, 75, 100)))


def _cash_by_age(rows: Sequence[Row], canvas: Canvas) -> None:
    charts.heading(canvas, "", rows[0].unit)
    charts.ranges(canvas, rows, Axis(100, (0, 25, 50, 75, 100)))


def _counted(rows: Sequence[Row], canvas: Canvas) -> None:
    """Draw counts of the archive's own records, on one scale so that the panels can be compared."""
    end = max(row.value for row in rows)
    step = next(step for step in (2, 5, 10, 20, 50, 100, 200, 500, 1000) if end / step <= 6)
    ticks = range(0, int(end) + step, step)
    # The longest bar keeps room for its number: before the bar's end it would stand on the bar.
    _panels(rows, canvas, Axis(max(ticks[-1], end * 1.18), ticks), mark="bar", scopes=False)


FIGURES: Mapping[str, Draw] = {
    "cameras-by-edition": _cameras_by_edition,
    "shanghai-by-edition": _shanghai_by_edition,
    "cameras-in-china": _cameras_in_china,
    "cameras-in-nice": _cameras_in_nice,
    "people-per-camera": _people_per_camera,
    "phone-payments": _phone_payments,
    "cash-by-age": _cash_by_age,
    "blocked-tickets": _blocked_tickets,
    "two-lists": _two_lists,
    "opinion-surveys": _opinion_surveys,
    "findings": _counted,
    "sources": _counted,
}
