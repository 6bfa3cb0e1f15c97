"""One `.bib` file: what it records, each entry at its line, and what in it can't be read.

A reader of its own, because faults are what it is for: the usual ones take a missing comma for part of a value, drop
what follows a brace too many, and stop at the first fault. This one names each, goes on with the next entry, and loses
nothing in silence. The grammar is BibTeX's, with comments after `%` as biber and pandoc allow them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping

from .library import BibFile, Entry
from .problems import Problem


def read(content: bytes, path: str) -> BibFile:
    """Read a file's content; nothing raises, every fault becomes a problem (C08) with its line."""
    try:
        return _Reader(content.decode("utf-8-sig"), path).read()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    # Its keys are known all the same, so that one fault isn't followed by a hundred unknown sources.
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
    found = _Reader(content.decode(encoding, errors="replace"), path).read()
    problem = Problem(path, line, "C08", "this file isn't UTF-8; save it as UTF-8.")
    return BibFile(found.entries, (problem, *found.problems), found.broken)


class _Fault(Exception):
    """What is wrong, and where in the text."""

    def __init__(self, position: int, message: str):
        super().__init__(message)
        self.position = position


#: Fields that BibLaTeX takes as they are; a backslash in them would become part of the address.
ADDRESSES = {"url", "doi", "archiveurl"}
_ESCAPED = re.compile(r"\{\\([%&_#$~])\}|\\([%&_#$~{}])")
_OPENING = re.compile(r"@[ \t]*(?P<type>[A-Za-z]\w*)\s*(?P<open>[{(])")
_NEXT = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]\w*\s*[{(]", re.M)
_COMMENT_LINE = re.compile(r"[ \t]*%")
_SPACE = re.compile(r"(?:\s+|%[^\n]*)*")
_KEY = re.compile(r"[^\s,={}\"]*")
_NAME = re.compile(r"[A-Za-z][\w:.+/-]*")
_WORD = re.compile(r"[^\s\"#%'(),={}@]+")
#: A field as nearly all are, in one step: a value in braces, with at most one level inside, and what follows it.
_USUAL = re.compile(
    r"(?P<name>[A-Za-z][\w:.+/-]*+)\s*+=\s*+\{(?P<value>(?>(?:[^{}\\]++|\{[^{}\\]*+\})*))\}\s*+(?=[,})])"
)
_BRACE = re.compile(r"\\.|[{}]", re.S)
_QUOTE = re.compile(r'\\.|[{}"]', re.S)
#: What a value holds when its own brace is missing: the next entry, from its first line to its first field.
_SWALLOWED = re.compile(r"^[ \t]*@[A-Za-z]\w*\s*[{(]\s*[^\s,={}\"]+\s*,\s*[A-Za-z][\w-]*\s*=", re.M)
#: What it holds when the next field was meant to follow.
_FIELD_INSIDE = re.compile(r"\n[ \t]*[A-Za-z][\w-]*[ \t]*=[ \t]*[{\"\d]")
#: What stands between entries and has fallen out of one.
_STRAY = re.compile(r"^(?![ \t]*%)(?:[ \t]*,?[ \t]*(?P<field>[A-Za-z]\w*)\s*=\s*[{\"\d]|[^\n%]*?(?P<brace>\}))", re.M)


class _Reader:
    """Goes through a text from entry to entry."""

    def __init__(self, text: str, path: str):
        # A control character means nothing here and would be no HTML.
        self.text = re.sub(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", "", re.sub(r"\r\n?", "\n", text))
        self.path = path
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.broken: dict[str, int] = {}
        self.strings: dict[str, str] = {}
        self._newlines = [match.start() for match in re.finditer("\n", self.text)]

    def read(self) -> BibFile:
        position = 0
        while opening := self._opening(position):
            self._look_for_strays(position, opening.start())
            try:
                position = self._block(opening)
            except _Fault as fault:
                self._report(self._line(fault.position), str(fault))
                follows = _NEXT.search(self.text, opening.end())
                # What stands between may be anything: it belongs to the fault just named.
                position = follows.start() if follows else len(self.text)
        self._look_for_strays(position, len(self.text))
        return BibFile(tuple(self.entries), tuple(self.problems), self.broken)

    def _opening(self, position: int) -> re.Match[str] | None:
        """Return where the next entry begins; one in a line that begins with `%` is none."""
        while opening := _OPENING.search(self.text, position):
            start = self.text.rfind("\n", 0, opening.start()) + 1
            if not _COMMENT_LINE.match(self.text, start, opening.start()):
                return opening
            position = opening.end()
        return None

    def _look_for_strays(self, start: int, end: int) -> None:
        """Text between entries is a comment; a closing brace or a field there has fallen out of the entry above."""
        stray = _STRAY.search(self.text, start, end) if end - start > 1 else None
        if stray:
            what = f"the field {stray['field']}" if stray["field"] else "a closing brace"
            message = f"{what} stands outside any entry: look for a brace too many above it."
            self._report(self._line(stray.start("field" if stray["field"] else "brace")), message)

    # -------------------------------------------------------------- from an entry's first sign to its last

    def _block(self, opening: re.Match[str]) -> int:
        """Read one block and return where it ends."""
        kind = opening["type"].lower()
        close = "}" if opening["open"] == "{" else ")"
        if kind in ("comment", "preamble"):
            if close == "}":
                return self._braced(opening.end(), f"this @{kind}")
            return self.text.find(")", opening.end()) + 1 or len(self.text)
        if kind == "string":
            return self._string(self._skip(opening.end()), close)
        return self._entry(opening, kind, close)

    def _string(self, position: int, close: str) -> int:
        name, value, _, end = self._field(position, "this @string")
        self.strings[name.lower()] = value
        if not self._at(end, close):
            raise _Fault(self._before(end), f"this @string isn't closed after {name}.")
        return end + 1

    def _entry(self, opening: re.Match[str], kind: str, close: str) -> int:
        position = self._skip(opening.end())
        key = _KEY.match(self.text, position)[0]
        if not key or self._at(self._skip(position + len(key)), "="):
            raise _Fault(position, "this entry has no key: the first word after the brace, with a comma after it.")
        line = self._line(opening.start())
        try:
            fields, lines, alone, end = self._fields(position + len(key), key, close)
        except _Fault:
            self.broken.setdefault(key, line)
            raise
        raw = self.text[opening.start() : end]
        if not alone or not re.match(r"@\w+\{", raw):
            values = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
            raw = f"@{kind}{{{key},\n{values}}}"
        for name in ADDRESSES & fields.keys():
            typed = fields[name]
            fields[name] = _ESCAPED.sub(r"\1\2", typed)
            raw = raw.replace(typed, fields[name])
        self.entries.append(Entry(key, kind, fields, self.path, line, raw, lines))
        return end

    def _fields(self, position: int, key: str, close: str) -> tuple[dict[str, str], dict[str, int], bool, int]:
        """Return an entry's fields, their lines, whether they need no @string, and where the entry ends."""
        fields: dict[str, str] = {}
        lines: dict[str, int] = {}
        alone = True
        while True:
            position = self._skip(position)
            if self._at(position, ","):
                position = self._skip(position + 1)
            elif not self._at(position, close):
                raise self._unended(position, key, fields, lines)
            if self._at(position, close):
                return fields, lines, alone, position + 1
            line = self._line(position)
            name, value, leans, position = self._field(position, f'"{key}"')
            name = name.lower()
            alone = alone and not leans
            if name in fields:
                self._report(line, f'the entry "{key}" gives {name} twice; keep one.')
            fields.setdefault(name, value)
            lines.setdefault(name, line)

    def _unended(self, position: int, key: str, fields: Mapping[str, str], lines: Mapping[str, int]) -> _Fault:
        """Return what is wrong where an entry should go on with a comma or end."""
        before = self._before(position)
        if position < len(self.text) and self.text[position] != "@":
            return _Fault(before, f'"{key}": a comma is missing after {list(fields)[-1] if fields else "the key"}.')
        # A field whose own brace is missing ends with the entry's.
        suspect = next((name for name, value in fields.items() if _FIELD_INSIDE.search(value)), "")
        if suspect:
            place = self._newlines[lines[suspect] - 2] + 1 if lines[suspect] > 1 else 0
            return _Fault(place, f'"{key}": {suspect} isn\'t closed before the next field: look for a missing brace.')
        return _Fault(before, f'"{key}" isn\'t closed before the next entry: a closing brace is missing.')

    def _field(self, position: int, where: str) -> tuple[str, str, bool, int]:
        """Return a field's name, its value, whether that leans on an @string, and where it ends."""
        usual = _USUAL.match(self.text, position)
        if usual and "@" not in usual["value"]:
            return usual["name"], usual["value"], False, usual.end()
        name = _NAME.match(self.text, position)
        if not name and (position >= len(self.text) or self._at(position, "@")):
            raise _Fault(
                self._before(position), f"{where} isn't closed before the next entry: a closing brace is missing."
            )
        if not name:
            raise _Fault(position, f"{where}: a field was expected here, such as `title = {{…}}`.")
        position = self._skip(name.end())
        if not self._at(position, "="):
            raise _Fault(name.start(), f"{where}: `{name[0]}` has no value: write `{name[0]} = {{…}}`.")
        value, leans, end = self._value(self._skip(position + 1), f"{where}: {name[0].lower()}")
        return name[0], value, leans, self._skip(end)

    def _value(self, position: int, where: str) -> tuple[str, bool, int]:
        """Return a value put together from its parts, whether one is an @string, and where it ends."""
        parts: list[str] = []
        leans = False
        while True:
            if self._at(position, "{"):
                end = self._braced(position + 1, where)
                parts.append(self.text[position + 1 : end - 1])
            elif self._at(position, '"'):
                end = self._quoted(position + 1, where)
                parts.append(self.text[position + 1 : end - 1])
            elif word := _WORD.match(self.text, position):
                end = word.end()
                defined = self.strings.get(word[0].lower())
                leans = leans or defined is not None
                parts.append(word[0] if defined is None else defined)
            else:
                raise _Fault(position, f"{where} has no value.")
            after = self._skip(end)
            if not self._at(after, "#"):
                return "".join(parts), leans, end
            position = self._skip(after + 1)

    def _braced(self, start: int, where: str) -> int:
        """Return where the text that began with a brace just before `start` ends."""
        depth = 1
        for match in _BRACE.finditer(self.text, start):
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if not depth:
                return self._whole(start, match.end(), where, "brace")
        raise self._unclosed(start, where, "brace")

    def _quoted(self, start: int, where: str) -> int:
        """Return where the text that began with a quotation mark just before `start` ends."""
        depth = 0
        for match in _QUOTE.finditer(self.text, start):
            if match[0] == '"' and not depth:
                return self._whole(start, match.end(), where, "quotation mark")
            depth += {"{": 1, "}": -1}.get(match[0], 0)
        raise self._unclosed(start, where, "quotation mark")

    def _whole(self, start: int, end: int, where: str, sign: str) -> int:
        if _SWALLOWED.search(self.text, start, end):
            raise self._unclosed(start, where, sign)
        return end

    def _unclosed(self, start: int, where: str, sign: str) -> _Fault:
        return _Fault(start - 1, f"{where} isn't closed before the next entry: look for a missing {sign}.")

    # -------------------------------------------------------------- places

    def _at(self, position: int, sign: str) -> bool:
        return self.text.startswith(sign, position)

    def _skip(self, position: int) -> int:
        """Return the place of the next sign that is neither white space nor in a comment."""
        return _SPACE.match(self.text, position).end()

    def _before(self, position: int) -> int:
        """Return the place of the last sign before a place, white space apart."""
        return len(self.text[:position].rstrip()) - 1

    def _line(self, position: int) -> int:
        return bisect_left(self._newlines, max(position, 0)) + 1

    def _report(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, "C08", message))
