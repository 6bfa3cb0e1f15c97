"""The fields at the top of a record, read as plain strings that remember their lines.

YAML's own types would turn `00:12:41` into a number and `no` into False; here a value stays as typed. A fault
that a writer makes every day (a tab, an open quotation mark, a colon inside a sentence) is named at its line
and mended in memory, so that everything below it is read and checked in the same run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

#: A line of the file and a sentence about it.
Found = tuple[int, str]
#: After so many faults in one record the rest of it would be guesswork.
MOST_FAULTS = 20
# The parser in C, where PyYAML was built with it, is ten times as fast; it gives the same nodes.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Text(str):
    """A value as typed, with the line it stands on."""

    line: int

    def __new__(cls, value: str = "", line: int = 1) -> Text:
        """Make one; `line` counts from 1 in the file."""
        text = super().__new__(cls, value)
        text.line = line
        return text


class Rows(list):
    """A list of values, with the line it begins on."""

    def __init__(self, values: list[Value], line: int):
        super().__init__(values)
        self.line = line


class Fields(dict):
    """Values by name, with the line of each name; `repeated` holds names given again (the first counts)."""

    def __init__(self, line: int = 1):
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.repeated: list[Text] = []


Value = Text | Rows | Fields


@dataclass(frozen=True)
class Document:
    """A Markdown file taken apart: its fields, the text below them and the line that text begins on."""

    fields: Fields
    body: str
    body_line: int
    faults: tuple[Found, ...] = ()


@dataclass
class _Source:
    """Lines of YAML, of which the first is line `first` of the file."""

    lines: list[str]
    first: int
    faults: list[Found] = field(default_factory=list)


def read(text: str) -> Document:
    """Take a Markdown file apart. Nothing raises for what the file holds: faults are in the result."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        fault = (1, "a record begins with a line of three hyphens, and its fields below it.")
        return Document(Fields(), text, 1, (fault,))
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), 0)
    if not end:
        return Document(Fields(), "", 1, ((1, "the fields have no end: a second line of --- is missing."),))
    source = _Source(lines[1:end], first=2)
    fields = _parse(source)
    return Document(fields, "\n".join(lines[end + 1 :]), end + 2, tuple(source.faults))


def read_yaml(text: str) -> tuple[Value, tuple[Found, ...]]:
    """Return what a whole YAML file holds, and its faults."""
    source = _Source(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), first=1)
    node = _compose(source)
    return (_value(node, 1) if node else Fields()), tuple(source.faults)


def _parse(source: _Source) -> Fields:
    node = _compose(source)
    value = _value(node, source.first) if node else Fields()
    if isinstance(value, Fields) and (value or source.faults):
        return value
    source.faults.append((source.first, "between the --- lines stand fields such as `title: The film`."))
    return Fields()


def _compose(source: _Source) -> yaml.Node | None:
    """Return the root of the lines' tree; a fault that can be mended is noted, and mended in the lines."""
    while len(source.faults) < MOST_FAULTS:
        text = "\n".join(source.lines)
        try:
            return yaml.compose(text, _LOADER)
        except yaml.YAMLError as error:
            at, sentence, mended = _diagnose(source.lines, _plain_error(text) or error)
            source.faults.append((source.first + at, sentence))
            if mended is None:
                return None
            source.lines[at] = mended
    return None


def _plain_error(text: str) -> yaml.YAMLError | None:
    """Return the error of the parser in Python, whose marks and words don't hang on how PyYAML was built."""
    try:
        yaml.compose(text, yaml.BaseLoader)
    except yaml.YAMLError as error:
        return error
    return None


def _value(node: yaml.Node, first: int) -> Value:
    line = first + node.start_mark.line
    if isinstance(node, yaml.SequenceNode):
        return Rows([_value(child, first) for child in node.value], line)
    if not isinstance(node, yaml.MappingNode):
        return Text(node.value.strip(), line)
    fields = Fields(line)
    for key, child in node.value:
        name, key_line = str(key.value), first + key.start_mark.line
        if name in fields:
            fields.repeated.append(Text(name, key_line))
        else:
            fields[name] = _value(child, first)
            fields.lines[name] = key_line
    return fields


# ------------------------------------------------------------------ what is wrong, in a writer's language

_PAIR = re.compile(r"""(?P<name>\s*(?:-\s+)?[\w-]+:\s+)(?P<value>\S.*?)\s*$""")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""")
#: What YAML takes for something else at the beginning of a value.
_SIGNS = "@`*&!%|>"

Diagnosis = tuple[int, str, str | None]


def _diagnose(lines: list[str], error: yaml.YAMLError) -> Diagnosis:
    """Return the line (from 0), what is wrong there, and the line mended, or None if that were a guess."""
    last = _last_line(lines, error)
    for suspect in (_tab, _quotation_mark, _sign, _colon):
        for at in range(last + 1):
            found = suspect(lines[at])
            if found and (suspect is not _colon or at == last):
                return at, *found
    opened = getattr(error, "context_mark", None)
    if opened and "flow" in str(getattr(error, "context", "")):
        sign = lines[opened.line][opened.column : opened.column + 1]
        other = {"[": "]", "{": "}"}.get(sign, "its partner")
        return opened.line, f'the "{sign}" that opens here is never closed; add "{other}".', None
    return (
        last,
        "this line doesn't fit those above it: look at its indentation, its dash and its colon.",
        None,
    )


def _last_line(lines: list[str], error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    if mark is None and hasattr(error, "position"):
        return min("\n".join(lines).count("\n", 0, error.position), len(lines) - 1)
    return min(mark.line if mark else 0, len(lines) - 1)


def _tab(line: str) -> tuple[str, str] | None:
    if "\t" not in line:
        return None
    return "a tab stands here; use spaces.", line.expandtabs(2)


def _quotation_mark(line: str) -> tuple[str, str] | None:
    pair = _PAIR.match(line)
    if not pair or pair["value"][0] not in "\"'":
        return None
    mark = pair["value"][0]
    whole = _QUOTED.match(pair["value"])
    rest = pair["value"][whole.end() :].strip() if whole else ""
    if whole and (not rest or rest.startswith("#")):
        return None
    value = pair["value"].removeprefix(mark).removesuffix(mark)
    if whole:
        sentence = f"{mark} closes before the value ends; put it around the whole value, and “…” inside."
    else:
        sentence = f"the quotation mark {mark} that opens here isn't closed on this line."
    return sentence, _with(pair, value)


def _sign(line: str) -> tuple[str, str] | None:
    pair = _PAIR.match(line)
    if not pair:
        return None
    value = pair["value"]
    if value[0] in _SIGNS and value not in ("|", ">", "|-", ">-"):
        return f'a value that begins with "{value[0]}" stands between quotation marks.', _with(pair, value)
    if value.startswith(("{--", "{++")):
        return f'a value that begins with "{value[:3]}" stands between quotation marks.', _with(pair, value)
    return None


def _colon(line: str) -> tuple[str, str] | None:
    pair = _PAIR.match(line)
    if not pair or pair["value"][0] in "\"'[{" or not re.search(r":(?:\s|$)", pair["value"]):
        return None
    return "a value with a colon and a space in it stands between quotation marks.", _with(pair, pair["value"])


def _with(pair: re.Match[str], value: str) -> str:
    """Return the line with its value between quotation marks that hold whatever is in it."""
    return pair["name"] + "'" + value.replace("'", "''") + "'"


def words_of(value: object) -> Iterator[Text]:
    """Yield the texts of a list field; anything else in it is another rule's business."""
    if isinstance(value, Rows):
        yield from (word for word in value if isinstance(word, Text))
