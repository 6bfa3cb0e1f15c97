"""From results to HTML: every bit of markup is in templates/, which a site may override one by one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from .coins import coins
from .formatting import clean
from .languages import name_of
from .library import Entry
from .marks import TIMECODE
from .parts import REST
from .tokens import SITE

TEMPLATES = Path(__file__).with_name("templates")
ASSETS = Path(__file__).with_name("assets")


class Use(NamedTuple):
    """One place that cites a work: the page's address and title, the heading above, the id to jump to."""

    page: str
    title: str
    heading: str
    anchor: str
    locator: str


@dataclass(frozen=True)
class Facts:
    """What a reader wants to know of a source before following it."""

    kind: str
    language: str
    year: str
    verification: str
    verified: str
    archive: str
    archived: str
    guess: bool
    """True where the archive's address was made from a date and no snapshot was seen there."""
    status: str
    addresses: tuple[str, ...] = ()
    """What a reference may link to: the source's own address, and that of its DOI."""

    @property
    def version_date(self) -> str:
        """The day that an archived copy is wanted of, as Robust Links have it; of a month its first day."""
        return self.archived + "-01-01"[len(self.archived) - 10 :] if 4 <= len(self.archived) < 10 else self.archived


def facts(entry: Entry) -> Facts:
    """Return the facts of an entry; a field it lacks is an empty string."""
    year = re.search(r"\d{4}", entry.get("date") or entry.get("year"))
    archive, archived, guess = archived_copy(entry)
    return Facts(
        kind=entry.keywords[0] if entry.keywords and entry.get("verification") else _kind(entry.type),
        language=name_of(entry.get("langid") or entry.get("language")),
        year=year[0] if year else "",
        verification=entry.get("verification"),
        verified=entry.get("verificationdate"),
        archive=archive,
        archived=archived,
        guess=guess,
        status=entry.get("urlstatus"),
        addresses=own_addresses(entry),
    )


def _kind(type_: str) -> str:
    return {"inproceedings": "conference paper", "incollection": "chapter", "inbook": "chapter", "online": "web page",
            "misc": "other", "techreport": "report", "phdthesis": "thesis", "mastersthesis": "thesis",
            "www": "web page", "electronic": "web page"}.get(type_, type_)  # fmt: skip


def archived_copy(entry: Entry) -> tuple[str, str, bool]:
    """Return the address of an archived copy, its date, and whether it is only a place to look.

    A snapshot recorded in `archiveurl` is given as it is. Else the Wayback Machine's time-based address for the
    date of verification (or `urldate`) leads to the nearest copy it holds, if it holds one.
    """
    if entry.get("archiveurl"):
        return safe_address(entry.fields["archiveurl"]), entry.get("archivedate"), False
    address = next(iter(own_addresses(entry)), "")
    day = entry.get("verificationdate") or entry.get("urldate")
    if address and re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", day):
        return f"https://web.archive.org/web/{day.replace('-', '')}/{address}", day, True
    return "", "", False


def own_addresses(entry: Entry) -> tuple[str, ...]:
    """Return the addresses at which a reader finds a source itself: its `url`, and that of its `doi`."""
    name = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", entry.get("doi"), flags=re.I)
    found = (safe_address(entry.fields.get("url", "")), safe_address(f"https://doi.org/{name}") if name else "")
    return tuple(dict.fromkeys(filter(None, found)))


def safe_address(text: str) -> str:
    """Return a web address as it may stand in a link, or an empty string for anything that isn't one."""
    text = re.sub(r"\\([%&_#$~{}])", r"\1", text.strip().strip("{}"))
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc and not re.search(r"[\s<>\"]", text) else ""


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


def spoken_date(text: str) -> str:
    """Return an ISO date as a reader says it: `7 May 2018`, `May 2018`, `2018`; another text as it is."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?", text)
    if not match:
        return text
    month = f"{MONTHS[int(match[2]) - 1]} {match[1]}"
    return f"{int(match[3])} {month}" if match[3] else month


_MARKUP = (
    (re.compile(r"\\([\\`*_{}\[\]<>()#+.!~|@-])"), lambda match: f"&#{ord(match[1])};"),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(?=\S)(.+?)(?<=\S)\*|(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)"), r"<em>\1\2</em>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)


@lru_cache(maxsize=10_000)
def aside(text: str) -> Markup:
    """Return what a writer put before or after a key as HTML: words, with the little markup that fits there."""
    if not re.search(r"[\\*_`<>&]", text):
        return Markup(text)
    for pattern, html in _MARKUP:
        text = pattern.sub(html, text)
    return Markup(clean(text))


def capitalised(text: str) -> str:
    """Return a text with its first letter in upper case, whatever signs stand before it."""
    return re.sub(r"[^\W_]", lambda letter: letter[0].upper(), text, count=1)


@lru_cache(maxsize=10_000)
def place(locator: str) -> Markup:
    """Return a locator as printed: ranges of numbers and times with an en dash."""
    ranged = re.sub(r"(?<=\d)-(?=\d)", "–", locator)
    return aside(TIMECODE.sub(lambda code: re.sub(r"\s*-\s*", "–", code[0]), ranged))


def sort_text(html: str, key: str) -> tuple[str, str]:
    """Return what a list of references is sorted by: its text as printed, without signs, accents and case."""
    plain = unicodedata.normalize("NFKD", unescape(re.sub(r"<[^>]*>", "", html)))
    return " ".join(re.sub(r"[^\w\s]|_", "", plain.casefold()).split()), key


def shortened(text: str, width: int = 36) -> str:
    """Return a text cut at a word's end where it is too long for a line; a Chinese sign is as wide as two letters."""
    wide = 0
    for index, sign in enumerate(text):
        wide += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if wide > width:
            whole = text[:index].rpartition(" ")[0] if " " in text[index // 2 : index] else text[:index]
            return whole.rstrip(" ,;:.–—") + "…"
    return text


def letters(number: int) -> str:
    """Return a, b, … z, aa, ab … for 0, 1, …"""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(97 + rest) + text
    return text


class _Environment(Environment):
    """Looks into a mapping before it looks at it: Jinja tries attributes first, and a miss costs more than the hit."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class Renderer:
    """Fills the templates. `folders` are looked through first, so that a site can override any of them."""

    def __init__(self, folders: Sequence[Path | str] = ()):
        loader = FileSystemLoader([*map(str, folders), str(TEMPLATES)])
        self._modules: dict[str, Any] = {}
        self._environment = _Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._environment.filters |= {
            "letter": letters,
            "coins": coins,
            "day": spoken_date,
            "aside": aside,
            "capitalised": capitalised,
            "place": place,
            "inert": Markup,
        }

    @cached_property
    def digest(self) -> str:
        """A short name of the templates as they are, for caches."""
        names = self._environment.list_templates(["html"])
        sources = [self._environment.loader.get_source(self._environment, name)[0] for name in names]
        return sha256("\n".join(sources).encode()).hexdigest()[:16]

    def citation(self, parts: Sequence[Mapping[str, str]], unknown: Sequence[str]) -> str:
        """Return one mark in the sentence."""
        return self._macros("citation.html").citation(parts, unknown)

    def note(self, reference: str, prefix: str, locator: str, known: Facts | None = None) -> str:
        """Return the text of one numbered note; what is `known` of its source is for the card."""
        # The locator belongs inside the reference's last sentence.
        if locator and reference.endswith("."):
            reference = reference[:-1]
        return self._macros("note.html").note(reference, prefix, locator, known).strip()

    def reference(self, html: str, known: Facts) -> str:
        """Return a reference with its facts, the part that is the same on every page."""
        return self._macros("reference.html").reference(html, known)

    def record(self, raw: str, work: Mapping[str, Any]) -> str:
        """Return what the list of all sources shows of a source beside: its record in BibTeX, its COinS."""
        return self._macros("record.html").record(raw, work)

    def references(self, entries: Sequence[Mapping[str, Any]], placed: bool) -> str:
        """Return a page's own list of references; one that a writer `placed` stands under a heading of the writer's."""
        return self._macros("references.html").references(entries, placed) if entries else ""

    def sources(self, entries: Sequence[Mapping[str, Any]]) -> str:
        """Return the list of all sources, on one page."""
        return self._macros("sources.html").sources(entries)

    def index(self, groups: Sequence[tuple[str, Sequence[Mapping[str, Any]]]], total: int, cited: int) -> str:
        """Return the list of all sources as lines that lead to their entries, under letters."""
        return self._macros("index.html").index(groups, total, cited)

    def part(self, entries: Sequence[Mapping[str, Any]], name: str, parts: Sequence[tuple[str, str]], home: str) -> str:
        """Return the entries of one part of the list of all sources, with the ways to all parts and to the index."""
        return self._macros("part.html").part(entries, name, parts, home)

    def part_page(self, name: str, count: int) -> str:
        """Return the Markdown of the page for a part with so many sources."""
        template = self._environment.get_template("part.md")
        return template.render(name=name, count=count, rest=name == REST, token=f"{SITE}.{name}")

    def _macros(self, name: str) -> Any:
        """Return the macros of a template: each template defines one, of its own name."""
        if name not in self._modules:
            self._modules[name] = self._environment.get_template(name).module
        return self._modules[name]
