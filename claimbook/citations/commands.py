"""The commands that place a list of references: read while a page is parsed, for the Markdown extension."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as etree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

from .collect import Collector
from .tokens import LIST, PAGE, SITE


class Commands(Preprocessor):
    """A command on a line of its own becomes a block, whatever the command looks like; others are left to Command."""

    def __init__(self, md: Markdown, site: Collector):
        super().__init__(md)
        self.site = site
        # The longer first: one may be the beginning of the other.
        commands = {site.settings.full_bib_command: SITE, site.settings.bib_command: PAGE}
        self.commands = dict(sorted(commands.items(), key=lambda pair: -len(pair[0])))
        self.commands.pop("", None)

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if not any(command in text for command in self.commands):
            return lines
        hidden = _HIDDEN.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text).split("\n")
        result: list[str] = []
        for line, seen in zip(lines, hidden, strict=True):
            kind = self.commands.get(line.strip()) if not line.startswith(("    ", "\t")) else None
            # A command that is itself a comment fills its line; one that is part of a larger comment means nothing.
            if kind and (seen.strip() or (line.strip().startswith("<!--") and line.strip().endswith("-->"))):
                self.site.place_list(kind)
                html = etree.tostring(list_token("div", kind), encoding="unicode", short_empty_elements=False)
                result += ["", self.md.htmlStash.store(html), ""]
            else:
                result.append(line)
                if any(command in line for command in self.commands):
                    # Before escapes (180), which would eat a backslash; after code spans (190), which keep theirs.
                    self.md.inlinePatterns.register(Command(self.md, self.site, self.commands), "citations-list", 185)
        return result


#: Where a line of its own is none of Markdown's.
_HIDDEN = re.compile(r"<!--.*?-->|<(pre|script|style)\b.*?</\1\s*>", re.S | re.I)


def list_token(tag: str, kind: str) -> etree.Element:
    """Return the token of a list: `tag` is div where a block may stand, span inside a text; `kind` is PAGE or SITE."""
    return etree.Element(tag, {LIST: kind})


_FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.S | re.M)


def stands_in(text: str, command: str) -> bool:
    """Whether a Markdown source seems to have a command on a line of its own; the parser alone knows."""
    return command in text and any(line.strip() == command for line in _FENCED.sub("", text).split("\n"))


class Command(InlineProcessor):
    """A command inside a text, as in a list or an indented block."""

    def __init__(self, md: Markdown, site: Collector, commands: Mapping[str, str]):
        super().__init__("(?:" + "|".join(map(re.escape, commands)) + r")(?![\w-])", md)
        self.site, self.commands = site, commands

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element, int, int]:
        kind = self.commands[m[0]]
        self.site.place_list(kind)
        return list_token("span", kind), m.start(0), m.end(0)


#: Elements that may hold no block.
_NO_BLOCK = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "a", "em", "strong", "span", "del", "ins", "sub", "sup", "mark",
             "summary", "dt"}  # fmt: skip


def make_block(root: etree.Element, token: etree.Element) -> None:
    """Make the place of a list inside a text a block: where HTML allows none there, after the text."""
    token.tag = "div"
    parents = {child: parent for parent in root.iter() for child in parent}
    within = token
    while parents[within].tag in _NO_BLOCK:
        within = parents[within]
    if within is token:
        return
    parent = parents[token]
    index = list(parent).index(token)
    if index:
        parent[index - 1].tail = (parent[index - 1].tail or "") + (token.tail or "")
    else:
        parent.text = (parent.text or "") + (token.tail or "")
    token.tail = None
    parent.remove(token)
    outer = parents[within]
    place = list(outer).index(within)
    outer.insert(place + 1, token)
    if not len(within) and not (within.text or "").strip():
        outer.remove(within)
