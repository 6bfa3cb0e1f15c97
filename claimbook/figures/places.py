"""Where words can stand: how wide they are at most, and which places near a point are free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .vega import LETTER, TEXT_SIZE

Spot = tuple[float, float]


def letters(text: str) -> float:
    """Return how wide a text will be at most, in pixels, near enough."""
    return len(text) * TEXT_SIZE * LETTER


@dataclass(frozen=True)
class Box:
    """A place that is taken: its middle, and half its width and height."""

    x: float
    y: float
    half: float
    tall: float

    def meets(self, other: Box) -> bool:
        """Whether two places overlap."""
        wide, high = self.half + other.half, self.tall + other.tall
        return abs(self.x - other.x) < wide and abs(self.y - other.y) < high


def near(words: str, spot: Spot, *, below: bool, crowded: bool) -> list[Box]:
    """Return where the words of a point may stand, best first.

    Of two crowded series one keeps its words above its points and one, the one `below`, under them.
    """
    x, y = spot
    half = letters(words) / 2
    over, under = Box(x, y - 14, half, 8), Box(x, y + 14, half, 8)
    before, after = Box(x - half - 8, y - 8, half, 8), Box(x + half + 10, y, half, 8)
    if below:
        return [under, Box(x + half + 8, y + 8, half, 8)]
    return [over, before] if crowded else [over, before, after, under]


def first_free(boxes: Iterable[Box], taken: Sequence[Box], width: float) -> Box | None:
    """Return the first box on a canvas of some width that meets none taken, or None."""
    for box in boxes:
        inside = box.half <= box.x <= width - box.half
        if inside and not any(box.meets(other) for other in taken):
            return box
    return None


def crowd(spot: Spot, spots: Iterable[Spot]) -> list[Box]:
    """Return the places that other points take: words of one point mustn't seem to be another's."""
    return [Box(x, y, 6, 14) for x, y in spots if abs(x - spot[0]) > 8]
