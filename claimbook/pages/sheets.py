"""One style sheet for the whole site: the theme's and our own in one file, without what no page of the site needs.

The theme is made for every site; of its rules this one needs half, and a browser shows nothing before it has read them
all. A rule stays unless it asks for an element, a class or an attribute's value that neither a page nor a script names;
a custom property stays unless nothing reads it. So a class that a script puts together from parts must stand whole
somewhere in that script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import tinycss2

Node = Any
#: At-rules that hold rules; others, such as @keyframes, stay as they are.
_NESTING = {"media", "supports", "container", "layer"}
#: What the theme's script names, and makes only where a page or an option asks for it: annotated code, tooltips, versions,
#: tags, a repository's facts, diagrams, tabs, words from right to left. A page that holds one keeps its rules.
_ASLEEP = re.compile(r"highlight|md-(?:annotation|tooltip|version|tag|source|status)|mermaid|tabbed|rtl")
#: Elements that no page needs to write.
_UNWRITTEN = {"html", "head", "body", "tbody"}
_TAGS = re.compile(r"<([a-zA-Z][\w-]*)")
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
    named = _named(list(pages), scripts)
    lean = "".join(_kept(_rules(sheet), named))
    # What only a property reads that nothing reads goes with it.
    while (leaner := "".join(_read(_rules(lean), named.read | set(_READ.findall(lean))))) != lean:
        lean = leaner
    return lean


@dataclass(frozen=True)
class _Named:
    """What the pages and scripts of a site name."""

    pages: tuple[str, ...]
    elements: set[str]
    classes: set[str]
    words: set[str]
    """Of the scripts: any of them may be an element, a class or an attribute's value."""
    read: set[str]
    """The custom properties that they read or set."""

    def holds(self, selector: Sequence[Node]) -> bool:
        """Whether all may be there that a selector asks for, but for what stands in :not(), :is() and the like."""
        for before, node in pairwise([None, *selector]):
            sign = before.value if before is not None and before.type == "literal" else ""
            if node.type == "ident" and sign == ".":
                known = node.value in self.classes or node.value in self.words
            elif node.type == "ident" and sign != ":":
                known = node.lower_value in self.elements or node.lower_value in self.words
            else:
                known = node.type != "[] block" or self._has(node.content)
            if not known:
                return False
        return True

    def _has(self, attribute: Sequence[Node]) -> bool:
        name, *rest = (node for node in attribute if node.type != "whitespace")
        if len(rest) < 2 or rest[0].value != "=":
            return True
        value = rest[1].value
        return value in self.words or any(f'{name.value}="{value}"' in page for page in self.pages)


def _named(pages: Sequence[str], scripts: Iterable[str]) -> _Named:
    words = {word for script in scripts for word in _WORD.findall(script)}
    read = {word for word in words if word.startswith("--")}.union(*(_READ.findall(page) for page in pages))
    elements = _UNWRITTEN.union(*(_TAGS.findall(page) for page in pages))
    lists = set().union(*(_CLASSES.findall(page) for page in pages))
    classes = {name for names in lists for name in names.strip("\"'").split()}
    awake = {word for word in words if not _ASLEEP.match(word)}
    return _Named(tuple(pages), {name.lower() for name in elements}, classes, awake, read)


def _kept(rules: Iterable[Node], named: _Named) -> Iterator[str]:
    """Yield the rules that something may match."""
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in _NESTING and rule.content is not None:
            yield _within(rule, _kept(_rules(rule.content), named))
        elif rule.type == "qualified-rule":
            kept = [each for each in _split(rule.prelude, ",") if named.holds(each)]
            yield _rule(kept, _split(rule.content, ";"))
        else:
            yield _text(rule)


def _read(rules: Iterable[Node], read: set[str]) -> Iterator[str]:
    """Yield the rules without the custom properties that nothing reads."""
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in _NESTING and rule.content is not None:
            yield _within(rule, _read(_rules(rule.content), read))
        elif rule.type == "qualified-rule":
            kept = [each for each in _split(rule.content, ";") if not _unread(each, read)]
            yield _rule(_split(rule.prelude, ","), kept)
        else:
            yield _text(rule)


def _rules(sheet: str | Sequence[Node]) -> list[Node]:
    read = tinycss2.parse_stylesheet if isinstance(sheet, str) else tinycss2.parse_rule_list
    return read(sheet, skip_comments=True, skip_whitespace=True)


def _within(rule: Node, inner: Iterable[str]) -> str:
    text = "".join(inner)
    return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{text}}}" if text else ""


def _rule(selectors: Iterable[Sequence[Node]], declarations: Iterable[Sequence[Node]]) -> str:
    """Return a rule; one without selectors or declarations is an empty text."""
    asked = ",".join(tinycss2.serialize(each).strip() for each in selectors)
    declared = ";".join(text for each in declarations if (text := tinycss2.serialize(each).strip()))
    return f"{asked}{{{declared}}}\n" if asked and declared else ""


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


def _unread(declaration: Sequence[Node], read: set[str]) -> bool:
    names = [node.value for node in declaration if node.type == "ident"][:1]
    return bool(names) and names[0].startswith("--") and names[0] not in read
