"""What only paper needs: titles dressed, columns measured, figures that float, days that lead to copies."""

from __future__ import annotations

import re
from textwrap import shorten

from . import tables
from .markup import Element, drop, find, has, make, words
from .pictures import Pictures, cut
from .tree import Page, copied

#: A page with fewer letters and no figure begins where the one before it ends, if there is room.
SHORT = 4000
#: How high the text of a sheet is, in millimetres, and how many letters with their headings and tables fill it.
SHEET, LETTERS = 240, 2800
#: How many letters of a title stand over a page.
HEAD = 60
#: A figure that is so many times as high as wide floats to where there is room; a higher one is cut.
FLOATS, MOST = 1.2, 1.5
#: The address of a copy that nobody has looked at yet: a day in it, not the time of a snapshot.
_GUESS = re.compile(r"/web/\d{4,8}/")


def short(page: Page) -> bool:
    """Whether a page is so short that it may begin on the sheet of the one before it."""
    return len(words(page.body)) < SHORT and find(page.body, "figure-picture") is None


def _room(page: Page) -> int:
    """Return how many millimetres of a sheet a page needs to begin on it, at least a third; 0: a sheet of its own."""
    return min(max(80, len(words(page.body)) * SHEET // LETTERS), SHEET) if short(page) else 0


def paper(page: Page, pictures: Pictures, alone: bool = False) -> tuple[Element, dict[str, bytes]]:
    """Return a page's body for paper, and the drawings that it has besides those of the tree.

    A page that is printed alone begins below a masthead, and not on a sheet of its own.
    """
    body = copied(page.body)
    title = next((each for each in body.iter() if each.get("id") == page.name), None)
    if title is not None:
        title.set("data-title", "claim" if page.claim else "page")
        title.set("data-kicker", page.name if page.claim else page.place.group)
        title.set("data-room", "1" if alone else str(_room(page)))
        title.set("data-head", shorten(page.title, HEAD, placeholder=" …"))
    drawings: dict[str, bytes] = {}
    for element in list(body.iter()):
        if element.tag == "table":
            tables.measure(element)
        elif has(element, "reference-facts"):
            _date_leads(element)
        elif find(element, "figure-picture") in list(element):
            drawings |= _figure(element, pictures)
    return body, drawings


def _date_leads(facts: Element) -> None:
    """Have the day on which a source was seen lead to where a copy may be, without a phrase of its own for that."""
    copy = next((each for each in facts if has(each, "reference-archive")), None)
    seen = next((each for each in facts if has(each, "reference-verification")), None)
    if copy is None or seen is None or not _GUESS.search(copy.get("href", "")):
        return
    drop(facts, copy)
    seen.tail = (seen.tail or "").removesuffix(" · ")
    seen.tag = "a"
    seen.attrib = copy.attrib


def _figure(figure: Element, pictures: Pictures) -> dict[str, bytes]:
    """Keep a figure's caption with its picture, and give one that is too high a second picture."""
    picture = find(figure, "figure-picture")
    image = find(figure, "drawing")
    if picture is None or image is None:
        return {}
    source = image.get("src", "")
    parts = cut(pictures.files[source].decode(), MOST) if source.endswith(".svg") else [""]
    drawings = {}
    if len(parts) > 1:
        at = list(figure).index(picture)
        picture.remove(image)
        for number, part in enumerate(parts, 1):
            name = f"{source.removesuffix('.svg')}-{number}.svg"
            drawings[name] = part.encode()
            holder = picture if number == len(parts) else make("div", "figure-picture")
            alt = image.get("alt", "") if number == 1 else f"The same figure, part {number} of {len(parts)}."
            size = {f"data-{side}": _side(part, side) for side in ("width", "height")}
            holder.insert(0, make("img", "drawing", **{"src": name, "alt": alt, **size}))
            if holder is not picture:
                figure.insert(at + number - 1, holder)
    for held in [each for each in figure if has(each, "figure-picture")]:
        drawn = find(held, "drawing")
        if drawn is not None and float(drawn.get("data-height", 0)) > FLOATS * float(drawn.get("data-width", 1)):
            held.set("data-how", "floats")
    for caption in [each for each in figure if each.tag == "figcaption" or has(each, "caption")]:
        drop(figure, caption)
        picture.append(caption)
    return drawings


def _side(svg: str, side: str) -> str:
    found = re.search(rf'\s{side}="([\d.]+)"', svg)
    return found[1] if found else "1"
