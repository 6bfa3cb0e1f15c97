"""How far evidence reaches: origins counted, the standard, and how sure the finding is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ..citations.library import Library
from .records import Claim, Evidence

#: Kinds of source that can be a witness in their own right; the rest tell what others found.
FIRST_HAND = frozenset(("official", "primary", "scholarship"))
#: The rows on which a finding rests. Those that rest on both sides, or on none, rest on all that bears.
DECIDING = {
    "supported": frozenset(("supports",)),
    "supported-with-caveats": frozenset(("supports",)),
    "contradicted": frozenset(("contradicts",)),
}
BEARS = frozenset(("supports", "contradicts", "qualifies"))


@dataclass(frozen=True)
class Confidence:
    """How sure a finding is: `level` is high, medium or low, `why` a sentence for a reader."""

    level: str
    why: str


def fold(words: str) -> str:
    """Return words without signs, spacing and case, so that one origin typed in two ways counts once."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def origins(rows: Iterable[Evidence]) -> list[str]:
    """Return who first produced what the rows say, each once, in order: these are counted, not sources."""
    found: dict[str, str] = {}
    for row in rows:
        if row.origin:
            found.setdefault(fold(row.origin), str(row.origin))
    return list(found.values())


def side(claim: Claim, *bears: str) -> list[Evidence]:
    """Return the rows that bear in one of the ways named."""
    return [row for row in claim.evidence if row.bears in bears]


def reaches_standard(claim: Claim, bears: str) -> bool:
    """Whether one side has two origins, or the source that is itself the authority for the point."""
    rows = side(claim, bears)
    return len(origins(rows)) > 1 or any(row.source == claim.authority for row in rows if claim.authority)


def confidence(claim: Claim, library: Library) -> Confidence | None:
    """Return how sure the finding is and why, from origins, kinds of source and how they were read.

    None where nothing was rated. Sources that no file has count as not read.
    """
    if claim.finding == "not-rated":
        return None
    rows = side(claim, *DECIDING.get(claim.finding, BEARS))
    count = len(origins(rows))
    whole = len(origins(row for row in rows if _read_in_full(row, library)))
    seen = len(origins(row for row in rows if _read_at_publisher(row, library)))
    against = _against(claim)
    agree = claim.finding in ("supported", "supported-with-caveats", "contradicted", "mixed") and not against
    if count > 1 and whole and agree:
        return Confidence("high", f"{_many(count)} {_bear(claim)}, and {_read(whole)}.")
    if any(row.source == claim.authority for row in rows if claim.authority):
        return Confidence("medium", f"One source is itself the authority for the point; {_many(count, False)} in all.")
    if count > 1 and seen > 1:
        return Confidence("medium", f"{_many(count)} {_bear(claim)}, but {_but(claim, whole, against)}.")
    if count > 1:
        return Confidence("low", f"{_many(count)} {_bear(claim)}, but most could be read only in copies.")
    if count:
        return Confidence("low", f"All that {_bears(claim)} goes back to one origin.")
    return Confidence("low", "No source that decides it could be read.")


def _entry(row: Evidence, library: Library) -> tuple[str, str]:
    entry = library.entries.get(row.source)
    return (entry.get("verification"), (entry.keywords or ("",))[0]) if entry else ("", "")


def _read_in_full(row: Evidence, library: Library) -> bool:
    verification, kind = _entry(row, library)
    return verification == "text" and kind in FIRST_HAND


def _read_at_publisher(row: Evidence, library: Library) -> bool:
    return _entry(row, library)[0] in ("text", "excerpt")


def _against(claim: Claim) -> int:
    """Return how many origins speak against the side on which the finding rests."""
    other = {"supported": "contradicts", "supported-with-caveats": "contradicts", "contradicted": "supports"}
    return len(origins(side(claim, other[claim.finding]))) if claim.finding in other else 0


_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def number(count: int) -> str:
    """Return a count as a sentence gives it: in words up to twelve."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _many(count: int, first: bool = True) -> str:
    words = f"{number(count)} origin{'s' * (count != 1)}"
    return words[0].upper() + words[1:] if first else words


def _bear(claim: Claim) -> str:
    if claim.finding in ("supported", "supported-with-caveats"):
        return "affirm it"
    if claim.finding == "contradicted":
        return "deny it"
    return "bear on its parts" if claim.finding == "mixed" else "bear on it"


def _bears(claim: Claim) -> str:
    verb, rest = _bear(claim).split(" ", 1)
    return f"{'denies' if verb == 'deny' else verb + 's'} {rest}"


def _read(whole: int) -> str:
    be = "was" if whole == 1 else "were"
    return f"{number(whole)} of them {be} read in full in an official, primary or scholarly source"


def _but(claim: Claim, whole: int, against: int) -> str:
    if claim.finding == "disputed":
        return "they answer in opposite ways"
    if claim.finding == "not-established":
        return "none settles it"
    if whole and against:
        where = "for it" if claim.finding == "contradicted" else "against it"
        return f"{number(against)} {'speaks' if against == 1 else 'speak'} {where}"
    return "none was read in full in an official, primary or scholarly source"


def one_origin(claim: Claim) -> bool:
    """Whether all that affirms a statement goes back to one producer, who isn't the authority for it."""
    return len(origins(side(claim, "supports"))) == 1 and not reaches_standard(claim, "supports")


def words(text: str) -> int:
    """Return how many words a quotation has; two Chinese characters count as one word."""
    chinese = re.findall(r"[\u3400-\u9fff\uf900-\ufaff]", text)
    rest = re.sub(r"[\u3400-\u9fff\uf900-\ufaff]", " ", text)
    return len(re.findall(r"[^\W_]+(?:[’'\-.,:][^\W_]+)*", rest)) + (len(chinese) + 1) // 2
