"""A claim as recorded: one Markdown file, its fields and its three sections, every value with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ..context import years
from .fields import Document, Fields, Found, Rows, Text, read, read_yaml, words_of
from .vocabulary import Vocabulary
from .vocabulary import read as read_vocabulary

HEADINGS = ("What is said", "What the evidence shows", "What remains open")
PLACEHOLDER = "c-0000"
TEMPLATE = "template.md"
_ID = re.compile(r"c-(\d{4})")


@dataclass(frozen=True)
class Field:
    """How a field is written: `shape` is text, words, row or rows; `words` names a list of the vocabulary."""

    shape: str = "text"
    needed: bool = True
    words: str = ""
    row: Mapping[str, Field] = field(default_factory=dict)


_OPTIONAL = Field(needed=False)
SAID = {"source": Field(), "place": Field(), "paraphrase": _OPTIONAL, "quote": _OPTIONAL, "language": Field()}
EVIDENCE = {
    "source": Field(), "locator": _OPTIONAL, "origin": Field(), "bears": Field(words="bears"),
    "says": Field(), "quote": _OPTIONAL,
}  # fmt: skip
CHECKED = {"on": Field(), "by": Field(), "second": _OPTIONAL}
CHANGE = {"on": Field(), "finding": Field(words="finding"), "why": Field()}

#: Every field of a record: docs/claims/template.md shows them to writers, and a test compares the two.
FIELDS: Mapping[str, Field] = {
    "id": Field(),
    "title": Field(),
    "status": Field(words="status"),
    "statement": _OPTIONAL,
    "said": Field("rows", row=SAID),
    "about": Field("words", words="about"),
    "owner": Field(words="owner"),
    "in_film": Field(words="in_film"),
    "finding": Field(words="finding"),
    "caveat": _OPTIONAL,
    "reasons": Field("words", needed=False, words="reasons"),
    "weight": Field(words="weight"),
    "authority": _OPTIONAL,
    "evidence": Field("rows", row=EVIDENCE),
    "searched": Field(),
    "changes": Field(),
    "mended": _OPTIONAL,
    "since": _OPTIONAL,
    "checked": Field("row", row=CHECKED),
    "next_check": Field(),
    "related": Field("words", needed=False),
    "history": Field("rows", row=CHANGE),
    "superseded_by": _OPTIONAL,
    "supersedes": Field("words", needed=False),
}


@dataclass(frozen=True)
class Said:
    """One place that makes the statement."""

    line: int
    source: Text
    place: Text
    paraphrase: Text
    quote: Text
    language: Text


@dataclass(frozen=True)
class Evidence:
    """What one source says on one point, which way it bears, and who first produced the information."""

    line: int
    source: Text
    locator: Text
    origin: Text
    bears: Text
    says: Text
    quote: Text


@dataclass(frozen=True)
class Checked:
    """When and by whom the record was last read against its sources."""

    line: int
    on: Text
    by: Text
    second: Text


@dataclass(frozen=True)
class Change:
    """A finding given on a day, and why."""

    line: int
    on: Text
    finding: Text
    why: Text


@dataclass(frozen=True)
class Section:
    """A heading of the body and the Markdown below it; `line` is where that text begins."""

    heading: Text
    text: str
    line: int


@dataclass(frozen=True)
class Claim:
    """One record. A field that isn't there is an empty text or an empty tuple; `fields` is what was typed."""

    path: str
    fields: Fields
    faults: tuple[Found, ...]
    before: Text
    """What stands above the first heading."""
    sections: tuple[Section, ...]
    id: Text
    title: Text
    status: Text
    statement: Text
    said: tuple[Said, ...]
    about: tuple[Text, ...]
    owner: Text
    in_film: Text
    finding: Text
    caveat: Text
    reasons: tuple[Text, ...]
    weight: Text
    authority: Text
    evidence: tuple[Evidence, ...]
    searched: Text
    changes: Text
    mended: Text
    since: Text
    checked: Checked
    next_check: Text
    related: tuple[Text, ...]
    history: tuple[Change, ...]
    superseded_by: Text
    supersedes: tuple[Text, ...]

    def line_of(self, name: str) -> int:
        """Return the line of a field; of one that isn't there, the first line of the fields."""
        return self.fields.lines.get(name, self.fields.line)

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return self.path.rpartition("/")[2].removesuffix(".md")

    @property
    def words(self) -> str:
        """All that its page says of the matter: title, caveat, sections, what the evidence says, what came later."""
        said = (row.says for row in self.evidence)
        return "\n\n".join((self.title, self.caveat, *(part.text for part in self.sections), *said, self.since))

    @property
    def order(self) -> tuple[str, str]:
        """What a ledger is sorted by: the listing's sentence, then the number; others come last."""
        return str(self.statement) or "~", str(self.id)


@dataclass(frozen=True)
class Mention:
    """A page whose front matter names the claims it touches, or an event of the timeline (with `anchor`)."""

    path: str
    title: str
    claims: tuple[Text, ...]
    anchor: str = ""


@dataclass(frozen=True)
class Ledger:
    """All claims, the pages and events that name them, and the words they may use."""

    claims: tuple[Claim, ...]
    vocabulary: Vocabulary
    mentions: tuple[Mention, ...] = ()
    events: tuple[Mention, ...] = ()
    template: Claim | None = None
    """What a new record is copied from."""

    @cached_property
    def by_id(self) -> Mapping[str, Claim]:
        """The claims by the number in their file's name, which is the one their page has."""
        return {claim.stem: claim for claim in self.claims}

    @cached_property
    def next_id(self) -> str:
        """The first number above all that are used or spoken of: a number is never given twice."""
        named = [claim.stem for claim in self.claims] + [str(claim.id) for claim in self.claims]
        for claim in self.claims:
            named += [*claim.related, *claim.supersedes, claim.superseded_by]
        named += [name for mention in self.mentions for name in mention.claims]
        numbers = [int(match[1]) for match in map(_ID.fullmatch, named) if match]
        return f"c-{max(numbers, default=0) + 1:04}"

    def word(self, name: str, key: str) -> Any:
        """Return a word of one of the vocabulary's lists. Raises KeyError for a word it lacks."""
        return self.vocabulary[name][key]


def load(root: Path) -> Ledger:
    """Read an archive's claims, and the pages that name them, from its folder."""
    docs = root / "docs"
    vocabulary = read_vocabulary(docs / "method" / "vocabulary.yml")
    # A translation, when one comes, is a suffix file beside the record: c-0012.fr.md.
    claims = sorted(path for path in (docs / "claims").glob("c-*.md") if "." not in path.stem)
    ledger = load_from(claims, sorted(docs.rglob("*.md")), vocabulary, root)
    return replace(ledger, events=tuple(_events(root)))


def load_from(claims: Iterable[Path], pages: Iterable[Path], vocabulary: Vocabulary, root: Path) -> Ledger:
    """Read claims and pages from files; paths are reported as they lead from `root`."""
    records = tuple(parse(_text(path), path.relative_to(root).as_posix()) for path in claims)
    own = {claim.path for claim in records}
    texts = [(path.relative_to(root).as_posix(), _text(path)) for path in pages]
    mentions = tuple(_mention(path, text) for path, text in texts if path not in own and _NAMES.search(text))
    template = next((parse(text, path) for path, text in texts if path.endswith(TEMPLATE)), None)
    return Ledger(records, vocabulary, tuple(mention for mention in mentions if mention.claims), template=template)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def parse(text: str, path: str) -> Claim:
    """Read one record. Nothing raises for what it holds: faults are kept for the checks to tell."""
    document = read(text)
    before, sections = _sections(document)
    typed = document.fields
    values: dict[str, Any] = {"path": path, "fields": typed, "faults": document.faults}
    values |= {"before": before, "sections": sections}
    values |= {name: _field(typed, name, FIELDS[name]) for name in FIELDS}
    return Claim(**values)


_ROWS: Mapping[str, type] = {"said": Said, "evidence": Evidence, "checked": Checked, "history": Change}


def _field(typed: Fields, name: str, wanted: Field) -> Any:
    value = typed.get(name)
    if wanted.shape == "words":
        return tuple(words_of(value))
    if wanted.shape == "rows":
        rows = value if isinstance(value, Rows) else ()
        return tuple(_row(_ROWS[name], row) for row in rows if isinstance(row, Fields))
    if wanted.shape == "row":
        return _row(_ROWS[name], value if isinstance(value, Fields) else Fields(typed.lines.get(name, typed.line)))
    return value if isinstance(value, Text) else Text("", typed.lines.get(name, typed.line))


def _row(kind: type, typed: Fields) -> Any:
    texts = {
        name: typed[name] if isinstance(typed.get(name), Text) else Text("", typed.lines.get(name, typed.line))
        for name in (item.name for item in fields(kind))
        if name != "line"
    }
    return kind(line=typed.line, **texts)


_HEADING = re.compile(r"^##(?!#)[ \t]*(.*?)[ \t]*$", re.M)


def _sections(document: Document) -> tuple[Text, tuple[Section, ...]]:
    body, first = document.body, document.body_line
    headings = list(_HEADING.finditer(_without_code(body)))
    ends = [*(match.start() for match in headings[1:]), len(body)]
    sections = []
    for match, end in zip(headings, ends, strict=False):
        text = body[match.end() : end]
        heading = Text(match[1], first + body.count("\n", 0, match.start()))
        lead = len(text) - len(text.lstrip())
        line = heading.line + text.count("\n", 0, lead)
        sections.append(Section(heading, text.strip(), line))
    start = headings[0].start() if headings else len(body)
    above = body[:start]
    lead = len(above) - len(above.lstrip())
    return Text(above.strip(), first + above.count("\n", 0, lead)), tuple(sections)


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.M | re.S)


_YEAR = re.compile(r"\d{3}[\dX]")
_NAMES = re.compile(r"^claims:", re.M)
_TITLE = re.compile(r"^# +(.+?)\s*$", re.M)


def _mention(path: str, text: str) -> Mention:
    document = read(text)
    title = document.fields.get("title")
    first = _TITLE.search(document.body)
    shown = title if isinstance(title, Text) else first[1] if first else Path(path).stem
    return Mention(path, str(shown), tuple(words_of(document.fields.get("claims"))))


def _events(root: Path) -> Iterator[Mention]:
    """Yield the timeline's events that name claims. What is wrong with that file, the timeline tells."""
    path, pages = root / "docs" / "timeline" / "events.yml", years.pages(root)
    rows = read_yaml(_text(path))[0] if path.is_file() else Rows([], 1)
    for row in rows if isinstance(rows, Rows) else ():
        if isinstance(row, Fields) and row.get("claims") and row.get("id"):
            title, claims = str(row.get("title", "")), tuple(words_of(row["claims"]))
            year = _YEAR.match(str(row.get("date", "")))
            page = years.page(int(year[0].replace("X", "0")) if year else 0, pages)
            yield Mention(f"docs/{page}", title, claims, f"event-{row['id']}")


def plain(value: Any) -> Any:
    """Return fields as ordinary strings, lists and dicts, as an export writes them."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, str):
        return str(value)
    return [plain(inner) for inner in value]


def statements() -> Iterator[str]:
    """Yield the numbers of the listing's statements, in the order in which they were first counted."""
    return (f"S{number:02}" for number in range(1, 46))
