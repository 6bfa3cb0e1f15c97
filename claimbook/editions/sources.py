"""The list of all sources in one piece, also where the site spreads its entries over several pages."""

from __future__ import annotations

from collections.abc import Iterable

from .markup import Element, find, has, make

#: A list of whole entries, and an index whose lines have their ids.
LIST, INDEX = "sources", "sources-index"
ENTRY = "reference"


def lists(body: Element) -> bool:
    """Whether a page holds whole entries of the list of sources."""
    return find(body, LIST) is not None


def gather(index: Element, parts: Iterable[Element]) -> None:
    """Put the entries of some pages in the place of a page's index of them: in its order, then what it leaves out."""
    entries = {each.get("id", ""): each for part in parts for each in part.iter() if has(each, ENTRY)}
    section = find(index, INDEX)
    assert section is not None
    order = [each.get("id", "") for each in section.iter() if each.get("id") in entries]
    listing = make("ol", "reference-list")
    listing.extend(entries[name] for name in dict.fromkeys([*order, *entries]))
    section.clear()
    section.set("class", LIST)
    section.append(listing)
