"""Change fields of one entry in a `.bib` file, and nothing else: every other byte stays."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from ..citations import bibfile
from ..citations.library import BibFile, Entry

#: A new field goes after the first of these that the entry has.
AFTER = {"archiveurl": ("url", "doi"), "archivedate": ("archiveurl",), "urlstatus": ("url", "doi")}


class EntryError(Exception):
    """The entry can't be changed safely; says in one sentence what to do by hand. The file is as it was."""


def set_fields(path: Path, key: str, fields: Mapping[str, str], still: Mapping[str, str] | None = None) -> bool:
    """Set fields of the entry `key`; an empty value takes a field out. Returns whether the file was changed.

    `still` has fields that must be as they were when the values were found: somebody may have edited meanwhile.
    The file is read anew, changed, read again as a check, and replaced whole; raises EntryError where that fails.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EntryError(f"{path.name} can't be read: {error.strerror}.") from None
    before = bibfile.read(content, path.name)
    entry = _only(before, key)
    if any(entry.fields.get(name) != value for name, value in (still or {}).items()):
        raise EntryError(f'"{key}" was changed in the meantime: run it again.')
    if all(entry.fields.get(name, "") == value for name, value in fields.items()):
        return False
    # Not splitlines(), which also breaks at signs that are part of a title.
    lines = re.findall(r"[^\n]*\n|[^\n]+", content.decode("utf-8", "surrogateescape"))
    for name, value in fields.items():
        now = _only(bibfile.read("".join(lines).encode("utf-8", "surrogateescape"), path.name), key)
        _set(lines, now, name, value)
    changed = "".join(lines).encode("utf-8", "surrogateescape")
    _compare(before, bibfile.read(changed, path.name), key, fields)
    _replace(path, changed)
    return True


def _only(file: BibFile, key: str) -> Entry:
    found = [entry for entry in file.entries if entry.key == key]
    if len(found) != 1:
        raise EntryError(f'"{key}" can\'t be found once in its file; run: make check')
    return found[0]


def _set(lines: list[str], entry: Entry, name: str, value: str) -> None:
    at = entry.field_lines.get(name)
    if at is not None:
        if not re.fullmatch(rf"\s*{name}\s*=\s*(?:\{{[^{{}}]*\}}|\"[^\"{{}}]*\")\s*,?\s*", lines[at - 1], re.I):
            raise EntryError(f'the {name} of "{entry.key}" doesn\'t stand alone on its line: mend it by hand.')
        if value:
            # The value may hold anything that a pattern's replacement would take for more.
            lines[at - 1] = re.sub(
                r"(=\s*)(?:\{[^{}]*\}|\"[^\"{}]*\")", lambda found: f"{found[1]}{{{value}}}", lines[at - 1], count=1
            )
        else:
            del lines[at - 1]
        return
    if not value:
        return
    before = next((entry.field_lines[field] for field in AFTER.get(name, ()) if field in entry.field_lines), 0)
    line = lines[before - 1] if before else ""
    shape = re.fullmatch(r"(\s*)[A-Za-z]+(\s*=\s*)(?:\{[^{}]*\}|\"[^\"{}]*\")[ \t]*,?[ \t]*(\r?\n)", line)
    if not shape:
        raise EntryError(f'"{entry.key}" has no address on a line of its own: add {name} = {{{value}}} by hand.')
    if not line.rstrip().endswith(","):
        lines[before - 1] = line.rstrip() + "," + shape[3]
    lines.insert(before, f"{shape[1]}{name}{shape[2]}{{{value}}},{shape[3]}")


def _compare(before: BibFile, after: BibFile, key: str, fields: Mapping[str, str]) -> None:
    """Raise EntryError unless exactly the fields that were meant have changed."""
    expected = []
    for entry in before.entries:
        known = dict(entry.fields)
        if entry.key == key:
            known = {name: value for name, value in (known | fields).items() if value or name not in fields}
        expected.append((entry.key, entry.type, known))
    if [(entry.key, entry.type, dict(entry.fields)) for entry in after.entries] != expected or len(
        before.problems
    ) != len(after.problems):
        raise EntryError(f'"{key}" couldn\'t be changed without touching something else: do it by hand.')


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.chmod(path.stat().st_mode)
        unfinished.replace(path)
    except OSError as error:
        raise EntryError(f"{path.name} can't be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
