"""Rules for pages: a title, front matter that can be read, links that lead somewhere, facts with their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

import yaml

from ..citations.marks import BRACKETS, NARRATIVE, parse, prose, scan
from ..citations.problems import Problem, hint
from .archive import Archive, Page

#: Folders whose every paragraph is taken to state facts.
CITED_FOLDERS = ("docs/film/", "docs/essays/", "docs/figures/")
#: Essays rest on many works: at least so many, and none of them behind more than this share of what cites. Beyond a
#: third an essay would be an account of one work with others beside it; the most found when the rule was made was 0.29.
ESSAYS, WORKS, SHARE = "docs/essays/", 12, 1 / 3
#: Made at build, so no file yet when the texts are checked; the built site's own check looks for them.
MADE = "docs/downloads/"
#: Marks by which a writer says that a paragraph states no fact of the world, or sums up what is cited below it.
EXEMPT = re.compile(r"\{:[^}\n]*\.(?:own|summary)\b[^}\n]*\}[ \t]*$", re.M)

CODES = {
    "P01": "In film pages, essays and on figures' pages every paragraph, list and table cites, or is marked {: .own } or {: .summary }.",
    "P02": "Every page has one title: a first line that begins with a single #.",
    "P03": "The front matter between --- lines is YAML without tabs.",
    "P04": "A link to a page or file of the archive leads somewhere.",
    "P05": "A page is UTF-8 text.",
    "P07": "An essay cites at least twelve works.",
    "P08": "No work is cited in more than a third of an essay's citing paragraphs, lists and tables.",
    "P10": "A citation has its @ right before the key, and a mark such as {: .own } a line of its own: else readers see them.",
}


def check(archive: Archive) -> Iterator[Problem]:
    """Yield what is to be mended in the pages."""
    files = {page.path for page in archive.pages}
    for page in archive.pages:
        if "\ufffd" in page.text:
            line = page.text[: page.text.index("\ufffd")].count("\n") + 1
            yield Problem(page.path, line, "P05", "this line isn't UTF-8; save the page as UTF-8.")
        # A claim's front matter is a record, with rules of its own.
        if not page.path.startswith("docs/claims/c-"):
            yield from _front_matter(page)
        yield from _title(page)
        yield from _links(page, archive, files)
        yield from _raw(page, archive)
        if page.path.startswith(CITED_FOLDERS):
            yield from _uncited(page)
        if page.path.startswith(ESSAYS) and not page.path.endswith("/index.md"):
            yield from _leaning(page)


# The parser in C, where PyYAML was built with it, is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _front_matter(page: Page) -> Iterator[Problem]:
    match = re.match(r"---\n(.*?)\n(?:---|\.\.\.)(?:\n|\Z)", page.text, re.S)
    if not match:
        if page.text.startswith("---\n"):
            yield Problem(page.path, 1, "P03", "the front matter has no end: a second line of --- is missing.")
        return
    try:
        fields = yaml.load(match[1], _LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        tab = "\t" in page.lines[line - 1] if line <= len(page.lines) else False
        reason = "a tab stands here; use spaces" if tab else _plain_reason(error)
        yield Problem(page.path, line, "P03", f"the front matter is no YAML: {reason}.")
        return
    if fields is not None and not isinstance(fields, dict):
        yield Problem(page.path, 2, "P03", "the front matter should be lines such as `title: The film`.")


def _plain_reason(error: yaml.YAMLError) -> str:
    problem = str(getattr(error, "problem", None) or "it can't be read")
    return "a quotation mark or bracket isn't closed" if "end of stream" in problem else problem


def _title(page: Page) -> Iterator[Problem]:
    text = prose(page.text)
    titles = list(re.finditer(r"^# +\S", text, re.M))
    if not titles and not re.search(r"^id: c-\d{4}", page.text, re.M):
        yield Problem(page.path, 1, "P02", "this page has no title: begin it with a line such as `# The film`.")
    for extra in titles[1:]:
        line = text[: extra.start()].count("\n") + 1
        yield Problem(page.path, line, "P02", "a second title: use ## for the headings below the title.")


_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*<?([^\s>]+)", re.M)


def _links(page: Page, archive: Archive, files: set[str]) -> Iterator[Problem]:
    text = prose(page.text, links=True)
    for match in _LINK.finditer(text):
        target = unquote((match[1] or match[2]).split("#")[0].split("?")[0])
        if not target or re.match(r"[a-z][a-z0-9+.-]*:", target, re.I) or match[0].startswith("[^"):
            continue
        path = _resolve(page.path, target)
        if path not in files and not path.startswith(MADE) and not (archive.root / path).is_file():
            line = text[: match.start()].count("\n") + 1
            message = f'the link "{target}" leads to {path}, which isn\'t there.{hint(path, files)}'
            yield Problem(page.path, line, "P04", message)


_BARE_KEY = re.compile(
    r"\[(?:@\s+)?(?P<key>[a-z][a-z0-9-]*(?:\d{4}|nd)[a-z][a-z0-9-]*)(?=[\],;])(?![^\[\]\n]*\](?:\(|\[|:))"
)
_MARK_BEHIND = re.compile(r"\S[ \t]+(?P<mark>\{:[ \t]*\.(?:own|summary)[ \t]*\})[ \t]*$", re.M)


def _raw(page: Page, archive: Archive) -> Iterator[Problem]:
    """Yield what a writer meant for the machine and a reader would see."""
    text = prose(page.text, links=True)
    for match in _BARE_KEY.finditer(text):
        if match["key"] in archive.library:
            line = text.count("\n", 0, match.start()) + 1
            yield Problem(
                page.path, line, "P10", f"this cites nothing: write [@{match['key']}], with its @ right before the key."
            )
    # In a claim's record the same has a rule of its own (R26).
    for match in () if page.path.startswith("docs/claims/c-") else _MARK_BEHIND.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        message = f"{match['mark']} stands on a line of its own below the paragraph, or readers see it."
        yield Problem(page.path, line, "P10", message)


def _resolve(page: str, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(page).parent / target).parts:
        if part == "..":
            if parts:
                parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


# ------------------------------------------------------------------ facts without a source


@dataclass(frozen=True)
class Block:
    """Lines that stand together: `kind` is paragraph, list or table; `line` counts from 1."""

    kind: str
    line: int
    text: str


def blocks(text: str) -> Iterator[Block]:
    """Yield the paragraphs, lists and tables of a page; headings, code and the like are left out."""
    lines = prose(text, links=True).split("\n")
    source = text.split("\n")
    start = 0
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        end = start
        while end < len(lines) and lines[end].strip():
            end += 1
        kind = _kind(lines[start])
        if kind:
            yield Block(kind, start + 1, "\n".join(source[start:end]))
        start = end


def _kind(first: str) -> str:
    line = first.strip()
    if re.match(r"#{1,6}\s|<|!!!|\?\?\?|===|\[\^|\[[^\]]+\]:|\*\[|[-*_]{3,}$|\\\w|\{:", line):
        return ""
    if line.startswith("|"):
        return "table"
    return "list" if re.match(r"(?:[-*+]|\d+[.)])\s", line) else "paragraph"


def _uncited(page: Page) -> Iterator[Problem]:
    introduced = False
    for block in blocks(page.text):
        cites = _cites(block.text)
        if not (cites or _exempt(block) or (introduced and block.kind != "paragraph")):
            words = " ".join(block.text.split()[:6])
            message = f"this {block.kind} cites no source: “{words} …”. Cite one, or mark it {{: .own }}."
            yield Problem(page.path, block.line, "P01", message)
        # A list or table may stand under the sentence that cites for it.
        introduced = cites and block.kind == "paragraph"


def _exempt(block: Block) -> bool:
    """Whether a block is marked as stating no fact, or only leads to other pages."""
    links_only = block.kind == "list" and all(_is_link(line) for line in block.text.split("\n"))
    return links_only or bool(EXEMPT.search(block.text))


def _is_link(line: str) -> bool:
    return bool(re.match(r"\s*(?:[-*+]|\d+[.)])\s+\**\[[^\]]+\]\(", line)) or line.startswith((" ", "\t"))


def _cites(text: str) -> bool:
    return any(parse(match[1]) for match in BRACKETS.finditer(text)) or bool(NARRATIVE.search(text))


def _leaning(page: Page) -> Iterator[Problem]:
    """Yield what makes an essay rest on too few works, or on one above the others."""
    places: dict[str, list[int]] = {}
    citing = 0
    for block in blocks(page.text):
        keys = {key for found in scan(block.text) for key in found.mark.keys}
        citing += bool(keys)
        for key in sorted(keys):
            places.setdefault(key, []).append(block.line)
    if len(places) < WORKS:
        message = f"this essay cites {_count(len(places), 'work')}; it should rest on {WORKS} or more."
        yield Problem(page.path, 1, "P07", message)
        return
    for key, lines in places.items():
        if len(lines) > citing * SHARE:
            message = (
                f'"{key}" is cited in {len(lines)} of the {citing} paragraphs, lists and tables that cite, more than a '
                "third: bring in other works, or say less by this one."
            )
            yield Problem(page.path, lines[0], "P08", message)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
