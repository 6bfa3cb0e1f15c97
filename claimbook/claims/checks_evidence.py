"""Rules for evidence: sources known and read, origins counted, and a finding that its evidence carries."""

from __future__ import annotations

from collections.abc import Iterator

from ..citations.lint import paged
from ..citations.problems import hint
from . import mended
from .checks_fields import Context
from .evidence import fold, number, one_origin, origins, reaches_standard, side, words
from .fields import Found, Text
from .records import Claim, Evidence

MOST_WORDS = 25
#: Findings that leave words to be changed, so that the record says how the sentence becomes supportable.
MENDED = ("mixed", "contradicted", "supported-with-caveats")
#: The side that stands against each finding.
OTHER_SIDE = {
    "supported": "contradicts",
    "supported-with-caveats": "contradicts",
    "contradicted": "supports",
    "not-established": "supports",
}
#: How many accounts of the film a mark needs: sources whose kind is film, of which the listing is one.
ACCOUNTS = {"reported": 2, "reported-once": 1, "publicity": 1}
#: Reasons why evidence on one side doesn't decide: it speaks of a part, or of another time, place or thing.
BESIDE_THE_POINT = frozenset(("outdated", "wrong-scope", "conflation", "not-comparable", "overstated", "no-measure"))


def check_sources_known(claim: Claim, context: Context) -> Iterator[Found]:
    """Every source named is an entry of the bibliography."""
    named = [row.source for row in (*claim.said, *claim.evidence)]
    for key in named:
        # An entry that can't be read is told where it stands.
        if key and key not in context.library and key not in context.library.broken:
            likely = hint(key, context.library.entries) or " Add its entry, or mend the key."
            yield key.line, f'source "{key}" is not in bibliography/.{likely}'


def check_sources_read(claim: Claim, context: Context) -> Iterator[Found]:
    """A source that nobody read supports or contradicts nothing."""
    for row in side(claim, "supports", "contradicts"):
        entry = context.library.entries.get(row.source)
        if entry and entry.get("verification") == "record":
            message = f'"{row.source}" was not read (verification: record), so nobody can say that it {row.bears}'
            yield row.source.line, f"{message}; read it, or let it bear as context."


def check_locators(claim: Claim, context: Context) -> Iterator[Found]:
    """Evidence from a source that was read and has pages says where in it."""
    for row in claim.evidence:
        entry = context.library.entries.get(row.source)
        if entry and not row.locator and entry.get("verification") == "text" and paged(entry):
            what = f"a source of type {entry.type} that was read in full and has pages"
            yield row.source.line, f'"{row.source}" is {what}: add a locator such as "p. 12".'


def check_evidence_there(claim: Claim, context: Context) -> Iterator[Found]:
    """Every finding rests on evidence; only what is not rated needs none."""
    if not claim.evidence and claim.finding != "not-rated" and "evidence" in claim.fields:
        yield (
            claim.line_of("evidence"),
            f'there is no evidence for the finding "{claim.finding}"; add rows, or rate it later.',
        )


def check_quotations_short(claim: Claim, context: Context) -> Iterator[Found]:
    """A quotation has at most 25 words; two Chinese characters count as one."""
    for row in (*claim.said, *claim.evidence):
        count = words(row.quote)
        if count > MOST_WORDS:
            yield (
                row.quote.line,
                f"this quotation has {count} words; shorten it to {MOST_WORDS} or say it in your own words.",
            )


def check_caveat(claim: Claim, context: Context) -> Iterator[Found]:
    """A caveat stands where the finding is "supported, with a caveat", and nowhere else."""
    wanted = claim.finding == "supported-with-caveats"
    if wanted and not claim.caveat:
        yield claim.finding.line, 'this finding needs the clause to add: write it under "caveat".'
    if claim.caveat and claim.finding and not wanted:
        message = f'a caveat goes with the finding supported-with-caveats, not with "{claim.finding}";'
        yield claim.caveat.line, f"{message} take it away, or mend the finding."


def check_mended_there(claim: Claim, context: Context) -> Iterator[Found]:
    """A finding that leaves words to change has the mended sentence."""
    if claim.finding in MENDED and not claim.mended:
        message = f'the finding "{claim.finding}" needs the sentence mended:'
        yield (
            claim.finding.line,
            f'{message} write it under "mended", with {{--taken out--}} and {{++put in++}}.',
        )


def check_mended_marks(claim: Claim, context: Context) -> Iterator[Found]:
    """The mended sentence marks every change, so that without its marks it is the title again."""
    if not claim.mended:
        return
    faults = mended.faults(claim.mended)
    for clause in faults:
        yield claim.mended.line, f"the mended sentence {clause}."
    if not faults and fold(mended.before(claim.mended)) != fold(claim.title):
        message = f"without its changes the mended sentence reads “{mended.before(claim.mended)}”, and the title is"
        yield claim.mended.line, f"{message} “{claim.title}”; mark every change."


def check_standard(claim: Claim, context: Context) -> Iterator[Found]:
    """Supported and contradicted need two origins on their side, or the authority for the point."""
    bears = {"supported": "supports", "contradicted": "contradicts"}.get(claim.finding)
    if bears and claim.evidence and not reaches_standard(claim, bears):
        rows = side(claim, bears)
        message = f'"{claim.finding}" needs two origins that say so, or an authority; {_counted(rows, bears)}.'
        yield claim.finding.line, f"{message}{_way_out(claim)}"


def check_both_sides(claim: Claim, context: Context) -> Iterator[Found]:
    """Disputed needs two origins, or an authority, on each side, and the sides share no origin."""
    if claim.finding != "disputed":
        return
    for bears in ("supports", "contradicts"):
        if not reaches_standard(claim, bears):
            counted = _counted(side(claim, bears), bears)
            yield claim.finding.line, f"disputed needs two origins, or an authority, on each side; {counted}."
    against = {fold(origin) for origin in origins(side(claim, "contradicts"))}
    for origin in origins(side(claim, "supports")):
        if fold(origin) in against:
            yield (
                claim.finding.line,
                f'the origin "{origin}" stands on both sides, so it disputes nothing; split the claim.',
            )


def check_other_side(claim: Claim, context: Context) -> Iterator[Found]:
    """A finding with two origins, or an authority, against it has a reason why they don't decide."""
    other = OTHER_SIDE.get(claim.finding, "")
    if other and reaches_standard(claim, other) and BESIDE_THE_POINT.isdisjoint(claim.reasons):
        known = ", ".join(sorted(BESIDE_THE_POINT))
        message = f'"{claim.finding}", and {_counted(side(claim, other), other)}: weigh it again,'
        yield claim.finding.line, f"{message} or give the reason why they don't decide ({known})."


def check_both_parts(claim: Claim, context: Context) -> Iterator[Found]:
    """Partly right shows evidence for the part that is right and for the part that isn't."""
    if claim.finding != "mixed" or not claim.evidence:
        return
    if not side(claim, "supports"):
        yield claim.finding.line, "partly right (mixed) shows what is right: no row supports."
    if not side(claim, "contradicts", "qualifies"):
        yield (
            claim.finding.line,
            "partly right (mixed) shows what isn't right: no row contradicts or qualifies.",
        )


def check_one_measurer(claim: Claim, context: Context) -> Iterator[Found]:
    """What one origin supports has a caveat and the reason single-origin; what two support hasn't."""
    found = origins(side(claim, "supports"))
    if claim.finding == "supported-with-caveats" and claim.evidence and not found:
        yield claim.finding.line, "supported with a caveat, and no row supports."
    if claim.finding == "supported-with-caveats" and one_origin(claim) and "single-origin" not in claim.reasons:
        message = f'all that supports it goes back to "{found[0]}": add single-origin to the reasons'
        yield claim.finding.line, f"{message}, and name it in the caveat."
    for word in claim.reasons:
        if word == "single-origin" and len(found) > 1:
            yield (
                word.line,
                f"single-origin, and {_counted(side(claim, 'supports'), 'supports')}; mend one of the two.",
            )


def check_authority(claim: Claim, context: Context) -> Iterator[Found]:
    """The authority for a point is one of the sources of the evidence."""
    named = [row.source for row in claim.evidence]
    if claim.authority and claim.authority not in named:
        yield (
            claim.authority.line,
            f'the authority "{claim.authority}" is no source of the evidence.{hint(claim.authority, named)}',
        )


def check_accounts_named(claim: Claim, context: Context) -> Iterator[Found]:
    """What is reported of the film names the accounts that report it, under said or evidence."""
    named = {str(row.source) for row in (*claim.said, *claim.evidence)}
    entries = [context.library.entries[key] for key in named if key in context.library]
    film = [entry for entry in entries if "film" in entry.keywords[:1]]
    wanted = ACCOUNTS.get(claim.in_film, 0)
    if len(film) < wanted:
        message = f'"{claim.in_film}" needs {number(wanted)} of the sources in film.bib, and the record names'
        yield (
            claim.in_film.line,
            f"{message} {number(len(film)) if film else 'none'}: add who else says it under said, or mend the mark.",
        )


def check_origins_alike(claim: Claim, context: Context) -> Iterator[Found]:
    """One origin is written in one way throughout a record."""
    first: dict[str, Text] = {}
    for row in claim.evidence:
        before = first.setdefault(fold(row.origin), row.origin) if row.origin else row.origin
        if before != row.origin:
            yield (
                row.origin.line,
                f'this origin stands on line {before.line} as "{before}"; write it the same.',
            )


def _counted(rows: list[Evidence], bears: str) -> str:
    found = origins(rows)
    if not found:
        return f"no row {bears}"
    if len(found) == 1:
        return f'one origin ("{found[0]}") {bears}'
    return f"{number(len(found))} origins {bears.removesuffix('s')}"


def _way_out(claim: Claim) -> str:
    if claim.finding == "supported" and one_origin(claim):
        return " One origin allows supported-with-caveats at best."
    return ""
