"""Check a folder of finished HTML, whichever generator made it, and say what a reader would trip over.

Each rule is a function that yields a line and a sentence; its docstring is the rule. Nothing here knows
MkDocs, and nothing but the standard library is needed.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from .guard_links import (
    Base,
    Target,
    file_at,
    ill_formed_mailto,
    ill_formed_telephone,
    joined,
    likely_place,
    target_of,
)
from .guard_page import Link, Page, Sheet, line_of, read_page, read_sheet
from .guard_prose import raw_marks
from .problems import Problem, hint

PAGE_ENDINGS = (".html", ".htm")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_RAW_MARKS = {
    "cite": "is a citation that nothing read; is its key in the bibliography, and the citations plugin on?",
    "note": "is a note's mark without its note; write the note, or delete the mark.",
    "key": "is what an unknown citation key leaves; mend the key, or add its source to the bibliography.",
    "lost": "stands where a source should; mend the key, or add its source to the bibliography.",
    "list": "is a command that nothing read; put it on a line of its own, and turn the citations plugin on.",
}

Found = tuple[int, str]


@dataclass(frozen=True)
class Site:
    """A folder of finished pages, read once."""

    files: frozenset[str]
    base: Base
    pages: dict[str, Page] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    targets: dict[str, list[tuple[Link, Target]]] = field(default_factory=dict)

    def add(self, document: Page | Sheet) -> None:
        """Take in a page or stylesheet, and find out where its links lead."""
        if isinstance(document, Page):
            self.pages[document.path] = document
        else:
            self.sheets[document.path] = document
        self.targets[document.path] = [(link, self._target(document, link)) for link in document.links]

    def _target(self, document: Page | Sheet, link: Link) -> Target:
        url = link.url
        if isinstance(document, Page) and document.bases:
            url = joined(document.bases[0], url, document.path, self.base)
        return target_of(url, document.path, self.base)


def check_whole(site: Site, page: Page) -> Iterator[Found]:
    """A page is UTF-8 text, and each tag, comment, script and style in it ends."""
    at = page.text.find("\ufffd")
    if at >= 0:
        yield (
            line_of(page.text, at),
            "here are bytes that aren't UTF-8 text; save the page's source as UTF-8.",
        )
    for at in page.unclosed:
        what = "never ends, so the rest of the page is lost; close it."
        yield line_of(page.text, at), f"{_quote(page.text[at : at + 40])} {what}"


def check_no_raw_mark(site: Site, page: Page) -> Iterator[Found]:
    """No citation, note mark, unknown key or bibliography command is left raw in the words of a page."""
    for line, kind, words in raw_marks(page.text, page.cited):
        yield line, f"{_quote(words)} {_RAW_MARKS[kind]}"


def check_links_lead_somewhere(site: Site, document: Page | Sheet) -> Iterator[Found]:
    """Every address inside the site leads to a file of the site."""
    for link, (kind, place, _) in site.targets[document.path]:
        what = ""
        if link.loads and not link.url.strip():
            what = "is empty; give it an address, or delete it."
        elif (kind, place) == ("scheme", "file"):
            what = "leads to a file on somebody's own computer; link to a file of the site."
        elif kind == "beyond":
            what = f"leads out of the site, which is served at {_quote(site.base.path)}; a relative link is safest."
        elif kind == "inside" and file_at(place, site.files) is None:
            likely = likely_place(place, site.files)
            what = f"leads to {_quote(place)}, which the site doesn't have."
            what += f' Did you mean "{likely}"?' if likely else " Mend the link, or add the file."
        if what:
            yield line_of(document.text, link.at), f"{_name(link)} {what}"


def check_fragments_exist(site: Site, page: Page) -> Iterator[Found]:
    """Every fragment (#place) of a link is an id on the page it leads to."""
    for link, (kind, place, fragment) in site.targets[page.path]:
        if kind != "inside" or not fragment or fragment.lower() == "top":
            continue
        reached = site.pages.get(file_at(place, site.files) or "")
        wanted = unquote(fragment)
        if reached is None or not reached.anchors.isdisjoint((fragment, wanted)):
            continue
        where = "this page" if reached is page else reached.path
        likely = hint(wanted, reached.anchors) or " Mend the link, or give the place that id."
        yield line_of(page.text, link.at), f"{_name(link)}: {where} has no id {_quote(wanted)}.{likely}"


def check_ids_unique(site: Site, page: Page) -> Iterator[Found]:
    """No two elements of a page have the same id."""
    first: dict[str, int] = {}
    for at, name in page.ids:
        if name in first:
            what = f"is taken already on line {line_of(page.text, first[name])}; give one of the two another."
            yield line_of(page.text, at), f"the id {_quote(name)} {what}"
        first.setdefault(name, at)


def check_one_h1(site: Site, page: Page) -> Iterator[Found]:
    """A page has exactly one h1, its title; only a page that sends readers on at once needs none."""
    lines = [line_of(page.text, heading.at) for heading in page.headings if heading.level == 1]
    if not lines and not page.redirects:
        yield 1, "the page has no h1; begin its text with a title."
    for line in lines[1:]:
        yield line, f"here is another h1 (the first is on line {lines[0]}); make it an h2."


def check_no_level_skipped(site: Site, page: Page) -> Iterator[Found]:
    """Headings in the main part of a page go down one level at a time."""
    main = [heading for heading in page.headings if heading.in_main] or page.headings
    # Where the h1 stands outside the main part, or is missing (another rule), an h2 may come first.
    above = 0 if any(heading.level == 1 for heading in main) else 1
    for heading in main:
        if heading.level > above + 1:
            mend = f"after an h{above}; make it an h{above + 1}." if above else "before the h1; put it below."
            yield line_of(page.text, heading.at), f"an h{heading.level} comes {mend}"
        above = heading.level


def check_language_named(site: Site, page: Page) -> Iterator[Found]:
    """The html element says the page's language in its lang attribute."""
    at, language = page.languages[0] if page.languages else (0, "")
    if not language.strip():
        yield (
            line_of(page.text, at),
            'the page doesn\'t say its language; write <html lang="en">, or another.',
        )
    elif not _LANGUAGE.fullmatch(language):
        what = "is not a language; write a tag such as en, fr or zh-Hans."
        yield line_of(page.text, at), f"lang={_quote(language)} {what}"


def check_pictures_described(site: Site, page: Page) -> Iterator[Found]:
    """Every picture has an alt attribute; an empty one says that it only decorates."""
    for at, source in page.pictures_without_alt:
        what = 'has no alt; say in a few words what it shows, or write alt="" if it only decorates.'
        yield line_of(page.text, at), f"the picture {_quote(source)} {what}"


def check_nothing_from_elsewhere(site: Site, document: Page | Sheet) -> Iterator[Found]:
    """A page loads nothing from another host; links that a reader chooses to follow may lead anywhere."""
    for link, (kind, place, _) in site.targets[document.path]:
        if link.loads and kind == "host":
            what = f"is loaded from {_quote(place)}; keep a copy in the site, or only link to it."
            yield line_of(document.text, link.at), f"{_name(link)} {what}"


def check_addresses_well_formed(site: Site, page: Page) -> Iterator[Found]:
    """Every mailto: and tel: link holds an address that a mail program or a telephone can use."""
    for link, (kind, place, _) in site.targets[page.path]:
        if (kind, place) == ("scheme", "mailto") and ill_formed_mailto(link.url):
            what = "is no mail address; write mailto:name@example.org, with spaces as %20."
            yield line_of(page.text, link.at), f"{_name(link)} {what}"
        elif (kind, place) == ("scheme", "tel") and ill_formed_telephone(link.url):
            what = "is no telephone number; write tel:+33-1-23-45-67-89, without spaces."
            yield line_of(page.text, link.at), f"{_name(link)} {what}"


def check_title_present(site: Site, page: Page) -> Iterator[Found]:
    """A page has a title element that isn't empty, for tabs, bookmarks and search results."""
    if not page.titles:
        yield 1, "the page has no title element; write one in its head."
    elif not page.titles[0]:
        at = page.text.lower().find("<title")
        yield line_of(page.text, at), "the title element is empty; say in it what the page is."


Check = Callable[[Site, Page], Iterator[Found]]
CHECKS: dict[str, Check] = {
    "G00": check_whole,
    "G01": check_no_raw_mark,
    "G02": check_links_lead_somewhere,
    "G03": check_fragments_exist,
    "G04": check_ids_unique,
    "G05": check_one_h1,
    "G06": check_no_level_skipped,
    "G07": check_language_named,
    "G08": check_pictures_described,
    "G09": check_nothing_from_elsewhere,
    "G10": check_addresses_well_formed,
    "G11": check_title_present,
}
SHEET_CHECKS = {"G02": check_links_lead_somewhere, "G09": check_nothing_from_elsewhere}
RULES: dict[str, str] = {code: (check.__doc__ or "").strip() for code, check in CHECKS.items()}


def check_site(folder: Path, base: str = "") -> list[Problem]:
    """Return everything to mend in a folder of finished pages, sorted.

    `base` is the path or the whole address at which the folder is served (`site_url`): links that begin with
    a slash, or with that address, are read against it.
    """
    # All that is read is kept to the end: a third of the time would go to looking for garbage, and none is there.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _check(Path(folder), base)
    finally:
        if collecting:
            gc.enable()


def _check(folder: Path, base: str) -> list[Problem]:
    files = _files(folder)
    pages = [name for name in sorted(files) if name.lower().endswith(PAGE_ENDINGS)]
    if not pages:
        what = "holds no HTML page" if folder.is_dir() else "can't be opened"
        return [Problem(folder.as_posix(), 1, "G00", f"this folder {what}; build the site, or name its folder.")]
    site = Site(files, Base.of(base))
    problems = {problem for name in pages if (problem := _add_page(site, folder, name))}
    _add_sheets(site, folder)
    for code, check in CHECKS.items():
        problems |= _problems(folder, code, partial(check, site), site.pages.values())
    for code, check in SHEET_CHECKS.items():
        problems |= _problems(folder, code, partial(check, site), site.sheets.values())
    return sorted(problems)


def _files(folder: Path) -> frozenset[str]:
    """Return the paths of the folder's files as addresses write them; case counts, as it does on a server."""
    found = ((Path(parent), name) for parent, _, names in os.walk(folder) for name in names)
    return frozenset((parent / name).relative_to(folder).as_posix() for parent, name in found)


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


def _add_page(site: Site, folder: Path, name: str) -> Problem | None:
    try:
        site.add(read_page(name, _text(folder / name)))
    except OSError as error:
        return Problem(_path(folder, name), 1, "G00", f"the page can't be read: {error.strerror}.")
    return None


def _add_sheets(site: Site, folder: Path) -> None:
    """Read the stylesheets that pages use, then those that these import."""
    waiting = list(site.pages)
    while waiting:
        for link, target in site.targets[waiting.pop()]:
            name = file_at(target.place, site.files) if link.sheet and target.kind == "inside" else None
            if name and name not in site.targets and (folder / name).is_file():
                site.add(read_sheet(name, _text(folder / name)))
                waiting.append(name)


def _problems(
    folder: Path, code: str, check: Callable[..., Iterator[Found]], documents: Iterable[Page | Sheet]
) -> set[Problem]:
    found = ((document.path, *each) for document in documents for each in check(document))
    return {Problem(_path(folder, name), line, code, message) for name, line, message in found}


def _path(folder: Path, name: str) -> str:
    return (folder / name).as_posix().encode(errors="replace").decode()


def _name(link: Link) -> str:
    return f"{link.holder} {_quote(link.url)}"


def _quote(words: str) -> str:
    """Return words in quotation marks, on one line, and only as many as a reader needs to find them."""
    words = "".join(letter if letter.isprintable() else " " for letter in words)
    words = " ".join(words.split())
    return f'"{words if len(words) <= 100 else words[:99] + "…"}"'
