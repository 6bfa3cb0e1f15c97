"""One style sheet for the whole site: the theme's and our own in one file, without what no page of the site needs.

The theme is made for every site; of its rules this one needs two thirds, and a browser shows nothing before it has read
them all. A rule stays unless it asks for a class that neither a page nor a script names; a custom property stays unless
nothing reads it. So a class that a script puts together from parts must stand whole somewhere in that script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import tinycss2

Node = Any
#: At-rules that hold rules; others, such as @keyframes, stay as they are.
_NESTING = {"media", "supports", "container", "layer"}
_CLASSES = re.compile(r"""\bclass\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""")
_WORD = re.compile(r"[\w-]+")
_READ = re.compile(r"var\(\s*(--[\w-]+)")


def joined(sheets: Iterable[str]) -> str:
    """Return style sheets as one, in their order and without comments. An address in one would point elsewhere now."""
    return "".join(_uncommented(sheet) for sheet in sheets)


@lru_cache(maxsize=16)  # a live preview joins the same sheets again and again
def _uncommented(sheet: str) -> str:
    return "".join(map(_text, tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)))


def trim(site: Path, name: str, templates: Path) -> None:
    """Leave out of a built site's style sheet what its pages and their scripts don't need.

    The archive's own templates count as pages: what the downloads' page shows is put into it after the build.
    """
    sheet = site / name
    made = [*sorted(site.rglob("*.html")), *sorted(templates.rglob("*.html"))]
    pages = [path.read_text(encoding="utf-8") for path in made]
    # Those of the search's worker never see a page, and one of them holds a dictionary.
    scripts = [path for path in sorted(site.rglob("*.js")) if not {"lunr", "workers"} & set(path.parts)]
    lean = needed(sheet.read_text(encoding="utf-8"), pages, (path.read_text(encoding="utf-8") for path in scripts))
    sheet.write_text(lean, encoding="utf-8", newline="\n")


def needed(sheet: str, pages: Iterable[str], scripts: Iterable[str]) -> str:
    """Return a style sheet without the rules and custom properties that neither pages nor scripts need."""
    classes: set[str] = set()
    read = set(_READ.findall(sheet))
    for html in pages:
        read.update(_READ.findall(html))
        for names in set(_CLASSES.findall(html)):
            classes.update(names.strip("\"'").split())
    for script in scripts:
        words = _WORD.findall(script)
        classes.update(words)
        read.update(word for word in words if word.startswith("--"))
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules, classes, read))


def _kept(rules: Iterable[Node], classes: set[str], read: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in _NESTING and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if text := "".join(_kept(inner, classes, read)):
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{text}}}"
        elif rule.type == "qualified-rule":
            selectors = [each for each in _split(rule.prelude, ",") if _asked(each) <= classes]
            parts = [each for each in _split(rule.content, ";") if not _unread(each, read)]
            declared = ";".join(text for part in parts if (text := tinycss2.serialize(part).strip()))
            if selectors and declared:
                yield f"{','.join(tinycss2.serialize(each).strip() for each in selectors)}{{{declared}}}\n"
        else:
            yield _text(rule)


def _text(rule: Node) -> str:
    """Return a rule without the space that its writer put around it."""
    return re.sub(r"\s*\n\s*", "\n", rule.serialize()).strip() + "\n"


def _split(nodes: Sequence[Node], sign: str) -> list[list[Node]]:
    """Return a list of nodes cut at a sign; comments are left out."""
    parts: list[list[Node]] = [[]]
    for node in nodes:
        if node.type == "literal" and node.value == sign:
            parts.append([])
        elif node.type != "comment":
            parts[-1].append(node)
    return parts


def _asked(selector: Sequence[Node]) -> set[str]:
    """Return the classes that a selector asks for, but for those in :not(), :is() and the like."""
    pairs = pairwise(selector)
    return {node.value for dot, node in pairs if dot.type == "literal" and dot.value == "." and node.type == "ident"}


def _unread(declaration: Sequence[Node], read: set[str]) -> bool:
    names = [node.value for node in declaration if node.type == "ident"][:1]
    return bool(names) and names[0].startswith("--") and names[0] not in read
