"""Rules for the fields of a record: there, well formed, in the vocabulary, with names and dates that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from ..citations.library import Library
from ..citations.problems import hint
from .fields import Fields, Found, Rows, Text
from .records import FIELDS, HEADINGS, PLACEHOLDER, Claim, Field, Ledger, statements

ENDED = ("withdrawn", "superseded")
_SHAPES = {
    "text": "is one value",
    "words": "is a list such as [{0}]",
    "rows": "is a list: each row begins with a dash",
    "row": 'is one row such as {{on: "2026-11-22"}}',
}


@dataclass(frozen=True)
class Context:
    """What a rule may look at beside the claim: all claims, all sources, and the day no date may pass."""

    ledger: Ledger
    library: Library
    today: date

    @property
    def last_day(self) -> date:
        """A day's grace: a writer's evening may be the next morning here."""
        return self.today + timedelta(days=1)


def check_readable(claim: Claim, context: Context) -> Iterator[Found]:
    """The fields between the two lines of hyphens can be read."""
    yield from claim.faults


def check_known_fields(claim: Claim, context: Context) -> Iterator[Found]:
    """Every field is one that the template has, given once."""
    for fields, wanted in _levels(claim):
        for name in fields:
            if name not in wanted and " " in name and not fields[name]:
                message = f'"{name}" is read as a field of its own, since a comma between {{ and }} begins a field;'
                yield fields.lines[name], f"{message} put the whole value between quotation marks."
            elif name not in wanted:
                likely = hint(name, wanted) or f" Here stand: {', '.join(wanted)}."
                yield fields.lines[name], f'there is no field "{name}".{likely}'
        for name in fields.repeated:
            yield name.line, f'the field "{name}" is given on line {fields.lines[name]} already; keep one.'


def check_needed_fields(claim: Claim, context: Context) -> Iterator[Found]:
    """No field that every record needs is missing or empty."""
    for fields, wanted in _levels(claim):
        for name, field in wanted.items():
            # An empty list of evidence has a rule of its own, which looks at the finding.
            if not field.needed or (name == "evidence" and name in fields):
                continue
            if name not in fields:
                # A misspelt name is told once, where it stands.
                if not any(hint(other, wanted) == f' Did you mean "{name}"?' for other in fields):
                    yield fields.line, f'the field "{name}" is missing; the template shows it.'
            elif not fields[name]:
                yield (
                    fields.lines[name],
                    f'"{name}" is empty; say it, or look at the template for what it wants.',
                )
    for row in claim.said:
        if not row.paraphrase and not row.quote:
            yield (
                row.line,
                "say what stands there: in our own words (paraphrase), or in a few of theirs (quote).",
            )


def check_shapes(claim: Claim, context: Context) -> Iterator[Found]:
    """Each field is written as the template has it: one value, a list of words, or rows."""
    for fields, wanted in _levels(claim):
        for name, value in fields.items():
            if name in wanted and value and not _fits(value, wanted[name].shape):
                example = "c-0001" if name in ("related", "supersedes") else "china"
                yield fields.lines[name], f'"{name}" {_SHAPES[wanted[name].shape].format(example)}.'


def check_vocabulary(claim: Claim, context: Context) -> Iterator[Found]:
    """Where a list of words is given, a field has one of them."""
    for fields, wanted in _levels(claim):
        for name, field in wanted.items():
            value = fields.get(name)
            known = context.ledger.vocabulary[field.words] if field.words else ()
            for word in (value if isinstance(value, Rows) else (value,)) if known else ():
                if isinstance(word, Text) and word and word not in known:
                    likely = hint(word, known) or f" It is one of: {', '.join(known)}."
                    yield word.line, f'"{word}" is no word for {name}.{likely}'


def check_file_name(claim: Claim, context: Context) -> Iterator[Found]:
    """A record's id is the name of its file: c- and four digits."""
    if claim.stem == PLACEHOLDER:
        return
    if not re.fullmatch(r"c-\d{4}", claim.stem):
        yield 1, f'the file is called "{claim.stem}"; a claim is called c- and four digits, such as c-0012.'
    elif claim.id and claim.id != claim.stem and not _others(claim, context):
        yield (
            claim.id.line,
            f'the id is "{claim.id}" and the file is called "{claim.stem}"; write id: {claim.stem}, or rename the file.',
        )


def check_id_used_once(claim: Claim, context: Context) -> Iterator[Found]:
    """No two records have the same id."""
    for other in _others(claim, context):
        if claim.stem != claim.id:
            yield (
                claim.id.line,
                f'the id "{claim.id}" is that of {other.path}; this file\'s own is "{claim.stem}".',
            )


def check_numbered(claim: Claim, context: Context) -> Iterator[Found]:
    """A new record takes the next free number in place of c-0000."""
    if PLACEHOLDER in (claim.stem, claim.id):
        name = context.ledger.next_id
        line = claim.line_of("id")
        yield (
            line,
            f"c-0000 is for drafts; the next free number is {name}: give it to the file and to its id.",
        )


def check_title(claim: Claim, context: Context) -> Iterator[Found]:
    """A title is one statement without a full stop."""
    if claim.title.endswith("."):
        yield claim.title.line, "a title has no full stop at its end; take it away."


def check_language(claim: Claim, context: Context) -> Iterator[Found]:
    """The language of what was read is a code such as en, fr or zh."""
    for row in claim.said:
        if row.language and not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", row.language):
            message = f'the language is a code such as en, fr, es or zh, not "{row.language}".'
            yield row.language.line, message


def check_reasons(claim: Claim, context: Context) -> Iterator[Found]:
    """A finding has at most three reasons, each given once."""
    for word in claim.reasons[3:4]:
        yield word.line, f"{len(claim.reasons)} reasons stand here; keep the three that decide."
    for index, word in enumerate(claim.reasons):
        if word in claim.reasons[:index]:
            yield word.line, f'the reason "{word}" stands here twice; keep one.'


def check_statement(claim: Claim, context: Context) -> Iterator[Found]:
    """A statement is one of S01 to S45, with a letter for each part of one that was split, used once."""
    if not claim.statement:
        return
    match = re.fullmatch(r"(S\d\d)([a-z]?)", claim.statement)
    if not match or match[1] not in statements():
        yield (
            claim.statement.line,
            f'"{claim.statement}" is no statement; write S01 to S45, with a letter for a part.',
        )
        return
    for other in context.ledger.claims:
        if other is claim or not other.statement or other.status in ENDED or claim.status in ENDED:
            continue
        if other.statement == claim.statement and other.stem < claim.stem:
            message = f'"{claim.statement}" is weighed in {other.path} already; give a part of it a letter of its own, or leave the line out.'
            yield claim.statement.line, message
        elif not match[2] and other.statement[:-1] == claim.statement:
            message = f'"{claim.statement}" was split: {other.path} has {other.statement}; add a letter here too.'
            yield claim.statement.line, message


def check_dates(claim: Claim, context: Context) -> Iterator[Found]:
    """A date is a day such as "2026-11-22" that the calendar has; only a next check lies in the future."""
    for what, text in [("checked", claim.checked.on), *(("history", row.on) for row in claim.history)]:
        day = _day(text)
        if text and not day:
            yield text.line, f'{what}: "{text}" is no day; write it as "2026-11-22".'
        elif day and day > context.last_day:
            yield text.line, f"{what}: {text} lies in the future."
    if claim.next_check and not _day(claim.next_check):
        yield claim.next_check.line, f'next_check: "{claim.next_check}" is no day; write it as "2028-11-22".'


def check_next_check(claim: Claim, context: Context) -> Iterator[Found]:
    """The next check comes after the last one."""
    last, following = _day(claim.checked.on), _day(claim.next_check)
    if last and following and following <= last:
        yield claim.next_check.line, f"the next check, {following}, comes no later than the last, {last}."


def check_history(claim: Claim, context: Context) -> Iterator[Found]:
    """The history goes oldest first, and its last finding is the finding."""
    days = [(row, _day(row.on)) for row in claim.history]
    for (_, before), (row, day) in pairwise(days):
        if before and day and day < before:
            yield row.on.line, f"the history goes oldest first; {day} comes after {before} here."
    last = claim.history[-1] if claim.history else None
    known = context.ledger.vocabulary["finding"]
    # A finding that is no word is another rule's business.
    if last and last.finding in known and claim.finding in known and last.finding != claim.finding:
        message = f'the finding is "{claim.finding}" and the history ends with "{last.finding}"'
        yield last.finding.line, f"{message}; add a row that says why."
    checked = _day(claim.checked.on)
    if last and checked and (_day(last.on) or checked) > checked:
        yield (
            claim.checked.on.line,
            f"the finding was given on {last.on}, after the last check; mend one of the days.",
        )


def check_related(claim: Claim, context: Context) -> Iterator[Found]:
    """A claim that a record names is another record that exists."""
    for word in (*claim.related, *claim.supersedes, *filter(None, [claim.superseded_by])):
        if word in (claim.id, claim.stem):
            yield word.line, f'"{word}" is this record itself.'
        elif word not in context.ledger.by_id:
            yield word.line, f'there is no claim "{word}" in docs/claims/.'


def check_ended(claim: Claim, context: Context) -> Iterator[Found]:
    """A withdrawn or superseded record says why in its history; superseding is recorded on both sides."""
    line = claim.status.line
    if claim.status in ENDED and len(claim.history) < 2:
        message = f"a record that is {claim.status} says so in a second row of its history"
        yield line, f'{message}, with the reason under "why".'
    if claim.status == "superseded" and not claim.superseded_by:
        yield (
            line,
            "a superseded record names the one in its place: add a line such as superseded_by: c-0012.",
        )
    if claim.superseded_by and claim.status != "superseded":
        yield claim.superseded_by.line, f'"superseded_by" needs the status superseded, not "{claim.status}".'
    heir = context.ledger.by_id.get(claim.superseded_by)
    if heir and heir is not claim and claim.id not in heir.supersedes:
        yield (
            claim.superseded_by.line,
            f"{heir.path} doesn't say so in turn; add there: supersedes: [{claim.id}].",
        )
    for word in claim.supersedes:
        former = context.ledger.by_id.get(word)
        if former and former.superseded_by != claim.id:
            yield word.line, f"{former.path} doesn't say so in turn; add there: superseded_by: {claim.id}."


def check_headings(claim: Claim, context: Context) -> Iterator[Found]:
    """The body has three headings in their order, each with text below it and none above the first."""
    found = [str(section.heading) for section in claim.sections]
    if claim.before:
        yield claim.before.line, f'text stands above the first heading; move it under "## {HEADINGS[0]}".'
    for section in claim.sections:
        if section.heading not in HEADINGS:
            likely = hint(section.heading, HEADINGS) or " Use ### for a heading of your own."
            yield section.heading.line, f'"## {section.heading}" is none of the three headings.{likely}'
        elif not section.text:
            yield section.heading.line, f'nothing stands under "## {section.heading}".'
    last = claim.sections[-1].heading.line if claim.sections else claim.before.line
    known = [name for name in found if name in HEADINGS]
    for name in HEADINGS:
        if name not in known and not any(hint(other, [name]) for other in found):
            yield last, f'the heading "## {name}" is missing.'
    if len(set(known)) < len(known) or known != sorted(known, key=HEADINGS.index):
        yield last, f"the headings come once each, in this order: {', '.join(HEADINGS)}."


# ------------------------------------------------------------------ small helpers


def _levels(claim: Claim) -> Iterator[tuple[Fields, Mapping[str, Field]]]:
    """Yield the record's fields, then those of each of its rows, with the fields that are wanted there."""
    yield claim.fields, FIELDS
    for name, field in FIELDS.items():
        value = claim.fields.get(name)
        for row in value if isinstance(value, Rows) else (value,):
            if isinstance(row, Fields) and field.row:
                yield row, field.row


def _fits(value: object, shape: str) -> bool:
    if shape == "text":
        return isinstance(value, Text)
    if shape == "row":
        return isinstance(value, Fields)
    inner = Text if shape == "words" else Fields
    return isinstance(value, Rows) and all(isinstance(row, inner) for row in value)


def _others(claim: Claim, context: Context) -> list[Claim]:
    """Return the other records whose file or id has this record's id."""
    return [other for other in context.ledger.claims if other is not claim and claim.id in (other.stem, other.id)]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
