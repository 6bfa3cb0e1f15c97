"""Every page is in the menu, and the menu leads to pages: a page that is in none is found by nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch

from ..citations.problems import Problem, hint
from ..claims.fields import Fields, Rows, Text, Value, read_yaml
from .archive import Archive

SETTINGS = "mkdocs.yml"

CODES = {
    "P11": "Every page is in the menu (nav in mkdocs.yml) or listed there under not_in_nav, and the menu leads to pages.",
}


def check(archive: Archive) -> Iterator[Problem]:
    """Yield the pages that no menu has and the menu's lines that lead nowhere. Without a menu there is nothing to say."""
    path = archive.root / SETTINGS
    settings = read_yaml(path.read_text(encoding="utf-8", errors="replace"))[0] if path.is_file() else Fields()
    if not isinstance(settings, Fields) or not isinstance(settings.get("nav"), Rows):
        return
    listed = list(_paths(settings["nav"]))
    pages = {page.path.removeprefix("docs/") for page in archive.pages}
    for name in listed:
        if name not in pages and not re.match(r"[a-z]+:", name):
            yield Problem(SETTINGS, name.line, "P11", f"there is no page docs/{name}.{hint(name, pages)}")
    elsewhere = _patterns(settings.get("not_in_nav")) + _patterns(settings.get("exclude_docs"))
    # A translation (index.fr.md) is reached from the page that it translates.
    for name in sorted(pages - set(listed)):
        if "." not in name.removesuffix(".md") and not any(fnmatch(f"/{name}", pattern) for pattern in elsewhere):
            message = f"this page is in no menu: add the line `- {name}` to nav in {SETTINGS}{_beside(name, listed)}."
            yield Problem(f"docs/{name}", 1, "P11", message)


def _beside(name: str, listed: list[Text]) -> str:
    """Return where a page of the same folder stands in the menu."""
    folder = name.rpartition("/")[0]
    like = next((other for other in reversed(listed) if other.rpartition("/")[0] == folder), None)
    return f", below line {like.line} for example" if like is not None else ""


def _paths(value: Value) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    for inner in value.values() if isinstance(value, Fields) else value if isinstance(value, Rows) else ():
        yield from _paths(inner)


def _patterns(value: Value | None) -> list[str]:
    """Return patterns as .gitignore writes them, for paths that begin with a slash."""
    lines = str(value or "").split("\n")
    return [line if line.startswith("/") else f"*/{line}" for line in map(str.strip, lines) if line]
