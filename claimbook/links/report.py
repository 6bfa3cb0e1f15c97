"""What to do about each link, as problems at the places where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ..citations.problems import Problem
from ..citations.render import spoken_date
from .addresses import Address, Place
from .kinds import BY_WORD
from .state import ENOUGH, Row

CODES = {
    "L00": "The state of the links (bibliography/links.csv) is a table that can be read, one row per address.",
    "L01": "No link is dead: it failed on three days, and never opened between them.",
    "L02": "No link is a lasting redirect to another address.",
    "L03": "The page behind a link is still the one that was cited, by its title and its text.",
    "L04": "A link that fails is watched until it opens again or has failed on three days.",
    "L05": "A link that doesn't open for robots is opened by a person now and then.",
    "L06": "A source has an archived copy near the day it was seen; where it has none, this says why.",
}


def report(addresses: Mapping[str, Address], rows: Mapping[str, Row], *, everything: bool = False) -> Iterator[Problem]:
    """Yield what is to be mended, at every place an address stands; with `everything` also what only wants a look."""
    for address, known in addresses.items():
        row = rows.get(address)
        if row is None or not row.checked:
            continue
        for place in known.places:
            code, message = _said(row, place)
            if code and (everything or code != "L05"):
                yield Problem(place.path, place.line, code, message)


def _said(row: Row, place: Place) -> tuple[str, str]:
    kind = BY_WORD.get(row.reason)
    why = kind.meaning if kind else ""
    if row.state == "dead":
        return "L01", f"{row.address} is dead since {spoken_date(row.since)}: {why}. {_mend_dead(place)}"
    if row.state == "changed":
        return (
            "L03",
            f"{row.address} {_CHANGES[row.reason]} since {spoken_date(row.since)}{_whither(row)}. {_mend_changed(row)}",
        )
    if row.state == "moved":
        field = "the url" if place.key else "the link"
        return "L02", f"{row.address} has moved for good: make {row.to} {field}, after a look at it."
    if row.state != "unknown" or not kind:
        return "", ""
    if kind.weight == "gone":
        days, left = len(set(row.days)), ENOUGH - len(set(row.days))
        more = f"{left} more day{'s' if left > 1 else ''}"
        return (
            "L04",
            f"{row.address} failed on {days} day{'s' if days > 1 else ''}: {why}. Nothing to mend yet; after {more} it counts as dead.",
        )
    return "L05", f"{row.address}: {why}. Open it in a browser; if it opens, nothing is to be mended."


_CHANGES = {
    "new-title": "has another title",
    "new-text": "has another text",
    "new-kind": "is another kind of file",
}


def _whither(row: Row) -> str:
    return f", and has moved to {row.to}" if row.to else ""


def _mend_dead(place: Place) -> str:
    if not place.key:
        return "Link to another address, or to an archived copy."
    return f"Look for its new address and make that the url; else run: python -m claimbook snapshot {place.key}"


def _mend_changed(row: Row) -> str:
    return (
        "If it still says what it is cited for, run: python -m claimbook links --accept "
        f"'{row.address}'; else cite an archived copy (archiveurl) or another source."
    )


def summary(addresses: Mapping[str, Address], rows: Mapping[str, Row], checked: int) -> str:
    """Return one line that counts the addresses by their state."""
    states = Counter(
        rows[address].state if address in rows and rows[address].checked else "not checked yet" for address in addresses
    )
    counts = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    return f"{len(addresses)} outside addresses, {checked} checked now: {counts or 'none'}."
