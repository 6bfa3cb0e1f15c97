"""Rules for the timeline's events (T) and the glossary's terms (W), all reported in one run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from ..citations.library import Library
from ..citations.problems import Problem, hint
from ..claims.fields import Fields, Rows, Text
from . import dates, glossary, timeline
from .glossary import Glossary, Term
from .rows import Cited
from .timeline import Event, Timeline

CODES = {
    "T00": "The list of events is YAML without tabs: a list of rows, each with fields.",
    "T01": "A date says no more than is known: 1986, 1986-04, 1986-04-07, 198X, ~ for about, ? for perhaps, 2013/2015.",
    "T02": "Events go oldest first.",
    "T03": "Every source of an event is a key of the bibliography.",
    "T04": "Every event has at least one theme, from the list in themes.yml.",
    "T05": "Every event names at least one source.",
    "T06": "Every claim that an event names has a page.",
    "T07": "No event is given twice, and no id.",
    "T08": "An event has an id in lower case, a date, a title and an owner, and no fields but those of the list.",
    "T09": "The owner of an event is a word of the vocabulary.",
    "W00": "The list of terms is YAML without tabs: a list of rows, each with fields.",
    "W01": "Every term says what it means.",
    "W02": "Every term names at least one source.",
    "W03": "Every source of a term is a key of the bibliography.",
    "W04": "Every term that another one points at is in the list.",
    "W05": "Every essay that a term points at is there.",
    "W06": "Terms are sorted, without regard to case and accents.",
    "W07": "No term is given twice, and no spelling belongs to two terms.",
    "W08": "A Chinese term has its characters and its pinyin, with tone marks.",
    "W09": "A term has no fields but those of the list, and each is a text or a list as it should be.",
}

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_TONES = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]", re.I)


def check(time: Timeline, words: Glossary, library: Library, claim_ids: Collection[str]) -> Iterator[Problem]:
    """Yield what is to be mended in the timeline and the glossary, in no order.

    `claim_ids` are the claims that have a page. Nothing raises for what the two files hold.
    """
    for line, sentence in time.faults:
        yield Problem(time.path, line, "T00", sentence)
    for line, sentence in words.faults:
        yield Problem(words.path, line, "W00", sentence)
    for number, event in enumerate(time.events):
        for line, code, sentence in _event(event, time, library, claim_ids):
            yield Problem(time.path, line, code, sentence)
        for line, code, sentence in _place_of_event(event, time.events[:number]):
            yield Problem(time.path, line, code, sentence)
    for number, term in enumerate(words.terms):
        for line, code, sentence in _term(term, words, library):
            yield Problem(words.path, line, code, sentence)
        for line, code, sentence in _place_of_term(term, words.terms[:number]):
            yield Problem(words.path, line, code, sentence)


Complaint = tuple[int, str, str]

# ------------------------------------------------------------------ events


def _event(event: Event, time: Timeline, library: Library, claim_ids: Collection[str]) -> Iterator[Complaint]:
    yield from _date(event)
    yield from _sources(event.fields, event.sources, library, "T03", "T05", "this event")
    for theme in event.themes:
        if theme not in time.themes:
            yield theme.line, "T04", f'"{theme}" is no theme.{hint(theme, time.themes)} The list is in themes.yml.'
    if not event.themes and not isinstance(event.fields.get("themes"), Text):
        yield event.line, "T04", f"this event has no theme; give one or more of {', '.join(time.themes)}."
    for claim in event.claims:
        if claim not in claim_ids:
            yield claim.line, "T06", f'there is no claim "{claim}".{hint(claim, claim_ids)}'
    yield from _shape(event.fields, timeline.FIELDS, timeline.NEEDED, "T08", "an event")
    if event.id and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", event.id):
        message = f'the id "{event.id}" should be lower-case words with hyphens, such as "planning-outline".'
        yield event.id.line, "T08", message
    if event.owner and event.owner not in time.owners:
        known = ", ".join(time.owners)
        message = f'"{event.owner}" is no owner; vocabulary.yml has {known}.{hint(event.owner, time.owners)}'
        yield event.owner.line, "T09", message


def _date(event: Event) -> Iterator[Complaint]:
    if not event.date:
        return
    try:
        dates.parse(event.date)
    except ValueError as error:
        yield event.date.line, "T01", f"{error}."


def _place_of_event(event: Event, before: tuple[Event, ...]) -> Iterator[Complaint]:
    """Yield what is wrong with an event for standing below those before it."""
    latest = max((other for other in before if other.span), key=_start, default=None)
    if event.span and latest and _start(event) < _start(latest):
        message = f"events go oldest first; {event.date} should come before {latest.date} (line {latest.line})."
        yield event.line, "T02", message
    for other in before:
        if event.id and event.id == other.id:
            yield event.line, "T07", f'the id "{event.id}" is used already at line {other.line}; choose another.'
        elif event.title and event.date == other.date and event.title.casefold() == other.title.casefold():
            message = f"“{event.title}” stands already at line {other.line} with the same date; keep one."
            yield event.line, "T07", message


def _start(event: Event) -> tuple[int, int, int]:
    assert event.span is not None
    return event.span.start.order


# ------------------------------------------------------------------ terms


def _term(term: Term, words: Glossary, library: Library) -> Iterator[Complaint]:
    if not term.term:
        yield term.line, "W09", "this row has no `term`."
    if not term.means:
        yield term.line, "W01", f'"{term.term}" doesn\'t say what it means: add `means`, one to three sentences.'
    yield from _sources(term.fields, term.sources, library, "W03", "W02", f'"{term.term}"')
    for other in term.see:
        if other not in words.by_name:
            yield other.line, "W04", f'"{other}" is no term of this list.{hint(other, words.by_name)}'
        elif other == term.term:
            yield other.line, "W04", f'"{other}" points at itself; take it out.'
    for essay in term.essays:
        if essay not in words.essays:
            yield essay.line, "W05", f'there is no essay "{essay}".{hint(essay, words.essays)}'
    yield from _chinese(term)
    yield from _shape(term.fields, glossary.FIELDS, (), "W09", "a term")


def _chinese(term: Term) -> Iterator[Complaint]:
    if term.zh and not _CHINESE.search(term.zh):
        yield term.zh.line, "W08", f'"{term.zh}" holds no Chinese characters; `zh` is for those alone.'
    if term.zh and not term.pinyin:
        yield term.zh.line, "W08", f"{term.zh} has no pinyin; add `pinyin`, with tone marks."
    if term.pinyin and not term.zh:
        yield term.pinyin.line, "W08", f'the pinyin "{term.pinyin}" has no characters beside it; add `zh`.'
    if term.pinyin and not _TONES.search(term.pinyin):
        yield term.pinyin.line, "W08", f'the pinyin "{term.pinyin}" has no tone marks, such as those of "xìnyòng".'


def _place_of_term(term: Term, before: tuple[Term, ...]) -> Iterator[Complaint]:
    """Yield what is wrong with a term for standing below those before it."""
    latest = max(before, key=lambda other: other.order, default=None)
    if term.term and latest and term.order < latest.order:
        message = f'terms are sorted; "{term.term}" should come before "{latest.term}" (line {latest.line}).'
        yield term.line, "W06", message
    taken = {spelling.casefold(): other for other in reversed(before) for spelling in other.spellings}
    for spelling in dict.fromkeys(term.spellings):
        other = taken.get(spelling.casefold())
        if spelling and other:
            message = f'"{spelling}" belongs to "{other.term}" already (line {other.line}); keep it in one place.'
            yield spelling.line, "W07", message


# ------------------------------------------------------------------ both


def _sources(
    row: Fields, cited: Iterable[Cited], library: Library, unknown: str, none: str, what: str
) -> Iterator[Complaint]:
    found = False
    for source in cited:
        found = True
        # An entry that can't be read is told where it stands.
        if source.key not in library and source.key not in library.broken:
            likely = hint(source.key, library.entries)
            message = f'no entry with the key "{source.key}" is in the bibliography.{likely}'
            yield source.key.line, unknown, message
    # A text where the list should be is another rule's business.
    if not found and not isinstance(row.get("sources"), Text):
        yield row.line, none, f"{what} names no source; add `sources`, a list of keys such as [kostka2019opinion]."


def _shape(row: Fields, fields: Mapping[str, bool], needed: Iterable[str], code: str, what: str) -> Iterator[Complaint]:
    """Yield fields that are missing, unknown, given twice, or a list where a text should be."""
    for name in needed:
        if not row.get(name):
            yield row.lines.get(name, row.line), code, f"{what} needs a field `{name}`."
    for name, value in row.items():
        if name not in fields:
            yield row.lines[name], code, f'{what} has no field "{name}".{hint(name, fields)}'
        elif fields[name] and not (isinstance(value, Rows) and all(isinstance(word, Text) for word in value)):
            yield row.lines[name], code, f"`{name}` should be a list, such as [one, two]."
        elif not fields[name] and not isinstance(value, Text):
            yield row.lines[name], code, f"`{name}` should be a text and no list."
    for name in row.repeated:
        yield name.line, code, f"`{name}` is given twice in this row; keep one."
