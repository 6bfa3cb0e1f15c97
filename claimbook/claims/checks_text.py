"""Rules for the prose of a record and for the pages that name claims."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..citations.marks import prose, scan
from .checks_fields import Context
from .evidence import words
from .fields import Fields, Found, Text, Value
from .records import Claim, Mention, Section
from .vocabulary import Word

MOST_WORDS = 25
#: Marks on a paragraph's last line: our own reasoning, or a summary of what is cited below it.
_EXEMPT = re.compile(r"[ \t]*\{:[^}]*\.(?:own|summary)\b[^}]*\}[ \t]*")
_TRAILING = re.compile(r"(\{:[ \t]*\.(?:own|summary)[ \t]*\})[ \t]*$")
_NO_PARAGRAPH = re.compile(r"#{1,6}\s|<|\[\^[^\]]+\]:|\[[^\]]+\]:\s|\*\[|(?:[-*_][ \t]*){3,}$|\\\w|\{:")
_QUOTATION = re.compile(r"“([^”]+)”|«([^»]+)»")


def check_facts_cited(claim: Claim, context: Context) -> Iterator[Found]:
    """Every paragraph, list and table of the body cites a source, or is marked {: .own } or {: .summary }."""
    for section in claim.sections:
        for line, text in _blocks(section):
            last = text[text.rfind("\n") + 1 :]
            if _EXEMPT.fullmatch(last) or _TRAILING.search(last) or ("@" in text and any(scan(text))):
                continue
            start = " ".join(text.split()[:6])
            message = f"this {_kind(text)} cites no source: “{start} …”. Cite one, or write {{: .own }} on a line"
            yield line, f"{message} below it if it states no fact of the world."


def check_marks_placed(claim: Claim, context: Context) -> Iterator[Found]:
    """A mark such as {: .own } stands on a line of its own, right below its paragraph."""
    for section in claim.sections:
        if "{:" not in section.text:
            continue
        above = ""
        for line, words_there in enumerate(section.text.split("\n"), section.line):
            mark = _TRAILING.search(words_there)
            if mark and words_there[: mark.start()].strip():
                yield line, f"{mark[1]} stands on a line of its own below the paragraph, or readers see it."
            elif mark and not above.strip():
                yield line, f"{mark[1]} belongs right below its paragraph; take the empty line away."
            above = words_there


def check_body_quotations(claim: Claim, context: Context) -> Iterator[Found]:
    """A quotation in the body, between “ ” or « », has at most 25 words."""
    for section in claim.sections:
        for match in _QUOTATION.finditer(section.text):
            count = words(match[1] or match[2])
            if count > MOST_WORDS:
                line = section.line + section.text.count("\n", 0, match.start())
                yield (
                    line,
                    f"this quotation has {count} words; shorten it to {MOST_WORDS} or use your own words.",
                )


#: So many signs make a sentence of the template's; words shorter than that may be meant.
_SENTENCE = 30


def check_own_words(claim: Claim, context: Context) -> Iterator[Found]:
    """Nothing in a record is still the template's sentence in place of one's own."""
    if context.ledger.template is None:
        return
    typed = {str(text) for text in _sentences(context.ledger.template)}
    for text in _sentences(claim):
        if text in typed:
            yield text.line, f"“{' '.join(text.split()[:6])} …” is still the template's; write your own words."


def _sentences(claim: Claim) -> Iterator[Text]:
    yield from (text for text in _values(claim.fields) if len(text) > _SENTENCE)
    for section in claim.sections:
        yield Text(section.text.split("\n")[0], section.line)


def _values(value: Value) -> Iterator[Text]:
    """Yield every text of some fields, but those on origins: they are real ones in the template too."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Fields):
        for name, inner in value.items():
            yield from _values(inner) if name != "origin" else ()
    else:
        for inner in value:
            yield from _values(inner)


def check_mentions(mention: Mention, context: Context) -> Iterator[Found]:
    """The claims that a page's front matter names exist, each named once."""
    seen: set[str] = set()
    for word in mention.claims:
        if word not in context.ledger.by_id:
            yield word.line, f'there is no claim "{word}" in docs/claims/.'
        elif word in seen:
            yield word.line, f'the claim "{word}" is named twice; keep one.'
        seen.add(str(word))


def check_words_whole(word: Word, context: Context) -> Iterator[Found]:
    """A word of the vocabulary has a label, a meaning and perhaps a shape, and nothing else."""
    for name in word.stray[:1]:
        message = f'"{word.key}" has a part that begins "{name[:30]}": a comma between {{ and }} begins a new part'
        yield name.line, f"{message}, so put the whole meaning between quotation marks."


def _kind(block: str) -> str:
    first = block.lstrip()
    if first.startswith("|"):
        return "table"
    return "list" if re.match(r"(?:[-*+]|\d+[.)])\s", first) else "paragraph"


def _blocks(section: Section) -> Iterator[tuple[int, str]]:
    """Yield a section's paragraphs, lists and tables with their lines; no headings, code or notes."""
    lines = prose(section.text, links=True).split("\n")
    typed = section.text.split("\n")
    start = 0
    for number, line in enumerate([*lines, ""]):
        if line.strip():
            continue
        block = "\n".join(typed[start:number])
        if any(lines[start:number]) and not _NO_PARAGRAPH.match(lines[start].strip()):
            yield section.line + start, block
        start = number + 1
