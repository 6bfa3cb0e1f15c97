"""Formatting: every mark and every reference of a site, right in all places, in as few small runs as possible.

Pandoc's citation engine compares works with each other to set year letters and names, so its time grows faster than
their number. Works are put into families that can affect each other (families.py), families are packed into small
runs, many runs are handed to one pandoc process (worker.lua), and every result is kept by what it was made from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape, unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import nh3

from . import pandoc
from .cache import Cache, digest
from .convert import bib_text, entry_name, unreadable
from .families import families
from .languages import code_of, runs
from .library import Entry, Library
from .marks import DURATION, TIMECODE, Item, Mark
from .problems import Problem
from .styles import AUTHOR_DATE, Style, StyleError

#: Works in one run: large enough to spread the cost of reading the style, small enough to stay nearly linear.
RUN = 80
#: What the worker writes between marks: a sign that no text can hold.
END_OF_MARK = "\x1e"

#: How a title says in LaTeX that it is in another language, and what pandoc makes of it. Pandoc doesn't know all languages
#: by their names, Chinese for one, so that one stands for all until the page is written.
_FOREIGN, _FOREIGN_CODE = r"\foreignlanguage{interlingua}{%s}", ' lang="ia"'

TAGS = {"a", "b", "cite", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup", "u"}
ATTRIBUTES = {"a": {"href", "role"}, "span": {"class", "lang", "dir"}}
WORKER = Path(__file__).with_name("worker.lua")


@dataclass(frozen=True)
class Formatted:
    """What the engine made: HTML by key and by mark, and what it could not read."""

    references: Mapping[str, str]
    marks: Mapping[Mark, str]
    problems: tuple[Problem, ...] = ()
    unreadable: frozenset[str] = frozenset()
    names: Mapping[str | Mark, str] = field(default_factory=dict)
    """For each reference and mark, a name for all that it was made from."""


@dataclass
class _Run:
    """One run of the engine: the works it holds and the marks it formats."""

    keys: dict[str, None] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)


class Formatter:
    """Formats marks and references of one library in one style, keeping results in a cache."""

    def __init__(self, library: Library, style: Style, cache: Cache | None = None, language: str = "en"):
        self.library = library
        self.style = style
        self.cache = cache or Cache()
        self.language = language
        self._unreadable: dict[str, Problem] = {}

    def format(self, marks: Iterable[Mark], keys: Iterable[str] = ()) -> Formatted:
        """Format marks, and the references of all works they cite and of `keys`; every key must be in the library.

        Year letters and names are settled over all these works together. A work that pandoc can't read is left out,
        here and in the marks that cite it; a problem (C08) names it. Raises StyleError where the style is at fault.
        """
        marks = list(dict.fromkeys(marks))
        wanted = {*(key for mark in marks for key in mark.keys), *keys} - self._unreadable.keys()
        in_text = self.style.kind == AUTHOR_DATE
        shown = {mark: self._readable(mark) for mark in marks} if in_text else {}
        groups = (
            families(sorted(wanted), self.library, self.style.compares_all_names)
            if in_text
            else [(key,) for key in sorted(wanted)]
        )
        naming = _Names(groups, self.library, digest(pandoc.build(), self.style.digest, self.language))
        failed = self._fill([mark for mark in shown.values() if mark.items], groups, naming)
        if failed:
            self._unreadable |= failed
            return self.format(marks, wanted)
        names: dict[str | Mark, str] = {key: naming.reference(key) for key in wanted}
        names |= {mark: naming.mark(read) for mark, read in shown.items() if read.items}
        references = {key: self.cache.get(names[key]) or "" for key in wanted}
        texts = {mark: self.cache.get(names[mark]) or "" for mark, read in shown.items() if read.items}
        return Formatted(
            references, texts, tuple(sorted(self._unreadable.values())), frozenset(self._unreadable), names
        )

    def _readable(self, mark: Mark) -> Mark:
        if self._unreadable.keys().isdisjoint(mark.keys):
            return mark
        return mark._replace(items=tuple(item for item in mark.items if item.key not in self._unreadable))

    def _fill(self, marks: list[Mark], groups: list[tuple[str, ...]], names: _Names) -> dict[str, Problem]:
        """Put what the cache lacks into it; returns the works that pandoc can't read."""
        marks = [mark for mark in marks if self.cache.get(names.mark(mark)) is None]
        stale = {group for group in groups if any(self.cache.get(names.reference(key)) is None for key in group)}
        runs = list(_plan(marks, groups, stale, names))
        failed: dict[str, Problem] = {}
        for run, result in zip(runs, self._execute(runs), strict=True):
            if "html" not in result:
                failed |= self._blame(run, result["failed"])
                continue
            _, *texts, references = result["html"].split(END_OF_MARK)
            for mark, text in zip(run.marks, texts, strict=True):
                bare = clean(text.strip().removeprefix("<p>").removesuffix("</p>"))
                self.cache.put(names.mark(mark), self._told(bare, mark.keys))
            found = dict(_references(references))
            for key in run.keys:
                self.cache.put(names.reference(key), self._told(found.get(key, ""), [key]))
        return failed

    def _blame(self, run: _Run, complaint: str) -> dict[str, Problem]:
        """Return which of a run's works pandoc can't read; where it can read all, the style is at fault."""
        failed = unreadable([self.library.entries[key] for key in run.keys], self.library)
        if not failed:
            raise StyleError(f"pandoc can't format citations in this style: {' '.join(complaint.split())[:300]}")
        return failed

    def _execute(self, runs: list[_Run]) -> list[Mapping[str, str]]:
        """Run the engine over all runs, spread over the machine's processors."""
        if not runs:
            return []
        with TemporaryDirectory() as name:
            folder = Path(name)
            style = folder / "style.csl"
            style.write_text(self.style.text, encoding="utf-8")
            jobs = [self._job(run, folder / f"{index}.bib") for index, run in enumerate(runs)]
            count = min(pandoc.WORKERS, len(jobs))
            common = {"csl": str(style), "end": END_OF_MARK} | self._wording()
            inputs = [json.dumps(common | {"jobs": jobs[start::count]}) for start in range(count)]
            outputs = pandoc.run_each(["lua", str(WORKER)], inputs)
        results: list[Mapping[str, str]] = [{}] * len(jobs)
        for start, output in enumerate(outputs):
            results[start::count] = json.loads(output)
        return results

    def _job(self, run: _Run, bib: Path) -> dict[str, Any]:
        text = bib_text([self._spoken(self.library.entries[key]) for key in run.keys], self.library)
        bib.write_text(text, encoding="utf-8", errors="replace")
        marks = [{"narrative": mark.narrative, "items": [_item(item) for item in mark.items]} for mark in run.marks]
        return {"bibliography": str(bib), "keys": sorted(run.keys), "marks": marks}

    def _spoken(self, entry: Entry) -> Entry:
        """Return an entry whose title says what of it is in another language than the pages."""
        raw = entry.raw
        for name in ("title", "subtitle"):
            value = entry.fields.get(name, "")
            told = "".join(
                _FOREIGN % words if code and not words.endswith("\\") else words
                for words, code in runs(value, entry.language, self.language)
            )
            if told != value and (typed := re.search(rf"\b{name}\s*=\s*[{{\"]({re.escape(value)})[}}\"]", raw, re.I)):
                raw = raw[: typed.start(1)] + told + raw[typed.end(1) :]
        return entry if raw is entry.raw else replace(entry, raw=raw)

    def _told(self, html: str, keys: Sequence[str]) -> str:
        """Return what the engine wrote of works with the language of titles; in a mark with two, titles say none."""
        languages = {self.library.entries[key].language for key in keys} - {"", code_of(self.language)}
        return html.replace(_FOREIGN_CODE, f' lang="{languages.pop()}"' if len(languages) == 1 else "")

    def _wording(self) -> dict[str, str]:
        """Return the language of the style's own words, such as *and*: the pages', where a style names none."""
        told = "default-locale" in self.style.text or code_of(self.language) == "en"
        return {} if told else {"lang": self.language}


class _Names:
    """Cache names: of a reference, of a mark; each stands for all that could change the result."""

    def __init__(self, groups: list[tuple[str, ...]], library: Library, setting: str):
        self._group = {key: group for group in groups for key in group}
        entries = library.entries
        self._digest = {
            group: digest(setting, [entry_name(entries[key], library) for key in group]) for group in groups
        }

    def group(self, key: str) -> tuple[str, ...]:
        return self._group[key]

    def reference(self, key: str) -> str:
        return f"ref {self._digest[self._group[key]]} {key}"

    def mark(self, mark: Mark) -> str:
        kind = "bare" if mark.narrative else "mark"
        items = (
            f"{self._digest[self._group[item.key]]} {item.key} {item.author} {item.prefix!r} {item.suffix!r}"
            for item in mark.items
        )
        return f"{kind} {' '.join(items)}"


def _plan(
    marks: list[Mark], groups: list[tuple[str, ...]], stale: set[tuple[str, ...]], names: _Names
) -> Iterator[_Run]:
    """Pack families and the marks that touch only one of them into runs; other marks follow in runs of their own."""
    alone: dict[tuple[str, ...], list[Mark]] = {}
    mixed: list[Mark] = []
    for mark in marks:
        touched = {names.group(key) for key in mark.keys}
        if len(touched) == 1:
            alone.setdefault(touched.pop(), []).append(mark)
        else:
            mixed.append(mark)
    run = _Run()
    for group in groups:
        if group in stale or group in alone:
            run.keys.update(dict.fromkeys(group))
            run.marks.extend(alone.get(group, ()))
            if len(run.keys) >= RUN:
                yield run
                run = _Run()
    if run.keys:
        yield run
    run = _Run()
    for mark in mixed:
        run.keys.update(dict.fromkeys(key for cited in mark.keys for key in names.group(cited)))
        run.marks.append(mark)
        if len(run.keys) >= RUN:
            yield run
            run = _Run()
    if run.marks:
        yield run


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _item(item: Item) -> dict[str, Any]:
    suffix = item.suffix
    if TIMECODE.match(item.locator) or DURATION.match(item.locator):
        # Left to itself the engine takes a bare number for a page, and some styles then print "p. 00:12:30".
        suffix = ", {}" + TIMECODE.sub(lambda code: re.sub(r"\s*-\s*", "–", code[0]), item.locator)
    prefix, suffix = _CONTROL.sub("", item.prefix), _CONTROL.sub("", suffix)
    return {"key": item.key, "prefix": prefix, "suffix": suffix, "author": item.author}


# ------------------------------------------------------------------ reading the engine's HTML

_ENTRY = re.compile(r'<div id="ref-([^"]+)" class="csl-entry"[^>]*>\n(.*?)\n</div>(?=\n<div id="ref-|\n</div>)', re.S)
_NUMBERED = re.compile(r'<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">(.*?)</div>', re.S)


def _references(html: str) -> Iterator[tuple[str, str]]:
    for key, text in _ENTRY.findall(html):
        numbered = _NUMBERED.search(text)
        yield unescape(key), clean(numbered[1] if numbered else text)


#: What the engine leaves of marks that mean nothing in a page.
_BARE_SPAN = re.compile(r"<span>([^<]*)</span>")
_HREF = re.compile(r'(?<= href=")[^"]*')
#: What an address may hold as it is; a DOI, for one, may hold angle brackets.
_IN_ADDRESS = "!#$%&'()*+,/:;=?@[]~"


def clean(html: str) -> str:
    """Return HTML with nothing in it that could act: what a `.bib` value holds ends up as inert text."""
    html = nh3.clean(
        html.strip(), tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None
    ).strip()
    html = _BARE_SPAN.sub(r"\1", html)
    if " href=" not in html:
        return html
    return _HREF.sub(lambda address: escape(quote(unescape(address[0]), _IN_ADDRESS), quote=False), html)
