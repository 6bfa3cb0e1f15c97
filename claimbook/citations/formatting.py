"""Formatting: every mark and every reference of a site, right in all places, in as few small runs as possible.

Pandoc's citation engine compares works with each other to set year letters and names, so its time grows faster than
their number. Works are put into families that can affect each other (families.py), families are packed into small
runs, many runs are handed to one pandoc process (worker.lua), and every result is kept by what it was made from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote

import nh3

from . import pandoc
from .cache import Cache, digest
from .convert import bib_text, convert_alone, entry_name
from .families import families
from .library import Library
from .marks import TIMECODE, Item, Mark
from .problems import Problem
from .styles import AUTHOR_DATE, Style

#: Works in one run: large enough to spread the cost of reading the style, small enough to stay nearly linear.
RUN = 80
#: Part of every cache name: raise it when the worker or the cleaning changes.
FORMAT = 2

TAGS = {"a", "b", "cite", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup", "u"}
ATTRIBUTES = {"a": {"href", "role"}, "span": {"class", "lang", "dir", "style"}}
WORKER = Path(__file__).with_name("worker.lua")


@dataclass(frozen=True)
class Formatted:
    """What the engine made: HTML by key and by mark, and what it could not read."""

    references: Mapping[str, str]
    marks: Mapping[Mark, str]
    problems: tuple[Problem, ...] = field(default=())


@dataclass
class _Run:
    """One run of the engine: the works it holds and the marks it formats."""

    keys: dict[str, None] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)


class Formatter:
    """Formats marks and references of one library in one style, keeping results in a cache."""

    def __init__(self, library: Library, style: Style, cache: Cache | None = None, lang: str = ""):
        self.library = library
        self.style = style
        self.cache = cache or Cache()
        self.lang = lang
        self._unreadable: dict[str, Problem] = {}

    def format(self, marks: Iterable[Mark], keys: Iterable[str] = ()) -> Formatted:
        """Format marks, and the references of all works they cite and of `keys`; every key must be in the library.

        Year letters and names are settled over all these works together. A work that pandoc can't read is left out,
        and a mark that cites it; a problem (C08) names it.
        """
        marks = list(dict.fromkeys(marks))
        wanted = {*(key for mark in marks for key in mark.keys), *keys} - self._unreadable.keys()
        in_text = self.style.kind == AUTHOR_DATE
        shown = [mark for mark in marks if wanted.issuperset(mark.keys)] if in_text else []
        groups = (
            families(sorted(wanted), self.library, self.style.compares_all_names)
            if in_text
            else [(key,) for key in sorted(wanted)]
        )
        names = _Names(groups, self.library, digest(FORMAT, pandoc.build(), self.style.digest, self.lang))
        failed = self._fill(shown, groups, names)
        if failed:
            self._unreadable |= failed
            return self.format(marks, wanted)
        references = {key: self.cache.get(names.reference(key)) or "" for key in wanted}
        texts = {mark: self.cache.get(names.mark(mark)) or "" for mark in shown}
        return Formatted(references, texts, tuple(sorted(self._unreadable.values())))

    def _fill(self, marks: list[Mark], groups: list[tuple[str, ...]], names: _Names) -> dict[str, Problem]:
        """Put what the cache lacks into it; returns the works that pandoc can't read."""
        marks = [mark for mark in marks if self.cache.get(names.mark(mark)) is None]
        stale = {group for group in groups if any(self.cache.get(names.reference(key)) is None for key in group)}
        runs = list(_plan(marks, groups, stale, names))
        failed: dict[str, Problem] = {}
        for run, html in zip(runs, self._execute(runs), strict=True):
            if html is None:
                failed |= self._blame(run)
                continue
            for mark, line in zip(run.marks, html.split("\n"), strict=False):
                self.cache.put(names.mark(mark), clean(line.removeprefix("<p>").removesuffix("</p>")))
            for key, text in _references(html):
                self.cache.put(names.reference(key), text)
        return failed

    def _blame(self, run: _Run) -> dict[str, Problem]:
        """Ask entry by entry which of a run's works pandoc can't read."""
        failed: dict[str, Problem] = {}
        for key in run.keys:
            entry = self.library.entries[key]
            answer = convert_alone(entry, self.library)
            if isinstance(answer, str):
                failed[key] = Problem(entry.path, entry.line, "C08", f'pandoc can\'t read "{key}": {answer}')
        if not failed:
            raise pandoc.PandocError(f"pandoc failed on {', '.join(run.keys)} and on none of them alone")
        return failed

    def _execute(self, runs: list[_Run]) -> list[str | None]:
        """Run the engine over all runs, spread over the machine's processors; None for a run that failed."""
        if not runs:
            return []
        with TemporaryDirectory() as name:
            folder = Path(name)
            style = folder / "style.csl"
            style.write_text(self.style.text, encoding="utf-8")
            jobs = [self._job(run, folder / f"{index}.bib") for index, run in enumerate(runs)]
            count = min(pandoc.WORKERS, len(jobs))
            common = {"csl": str(style)} | ({"lang": self.lang} if self.lang else {})
            inputs = [json.dumps(common | {"jobs": jobs[start::count]}) for start in range(count)]
            outputs = pandoc.run_each(["lua", str(WORKER)], inputs)
        results: list[str | None] = [None] * len(jobs)
        for start, output in enumerate(outputs):
            results[start::count] = [result.get("html") for result in json.loads(output)]
        return results

    def _job(self, run: _Run, bib: Path) -> dict[str, Any]:
        bib.write_text(bib_text([self.library.entries[key] for key in run.keys], self.library), encoding="utf-8")
        marks = [{"narrative": mark.narrative, "items": [_item(item) for item in mark.items]} for mark in run.marks]
        return {"bibliography": str(bib), "keys": list(run.keys), "marks": marks}


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
        return "\n".join(
            [
                "bare" if mark.narrative else "mark",
                *(
                    f"{self._digest[self._group[item.key]]} {item.key} {item.author}\t{item.prefix}\t{item.suffix}"
                    for item in mark.items
                ),
            ]
        )


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


def _item(item: Item) -> dict[str, Any]:
    suffix = item.suffix
    if TIMECODE.match(item.locator):
        # Left to itself the engine takes a bare number for a page, and some styles then print "p. 00:12:30".
        suffix = ", {}" + TIMECODE.sub(lambda code: re.sub(r"\s*-\s*", "–", code[0]), item.locator)
    return {"key": item.key, "prefix": item.prefix, "suffix": suffix, "author": item.author}


# ------------------------------------------------------------------ reading the engine's HTML

_ENTRY = re.compile(r'<div id="ref-([^"]+)" class="csl-entry"[^>]*>\n(.*?)\n</div>(?=\n<div id="ref-|\n</div>)', re.S)
_NUMBERED = re.compile(r'<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">(.*?)</div>', re.S)


def _references(html: str) -> Iterator[tuple[str, str]]:
    for key, text in _ENTRY.findall(html):
        numbered = _NUMBERED.search(text)
        yield unescape(key), clean(numbered[1] if numbered else text)


def clean(html: str) -> str:
    """Return HTML with nothing in it that could act: what a `.bib` value holds ends up as inert text."""
    return nh3.clean(
        html.strip(), tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None
    ).strip()
