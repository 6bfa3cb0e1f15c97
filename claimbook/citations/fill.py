"""What stands in a finished page where its parser left a token: a mark, a numbered note, a list of references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from html import escape, unescape
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import tokens
from .convert import convert, entry_name
from .languages import runs
from .marks import Mark
from .parts import REST, part
from .render import Use, facts, place, shortened, sort_text
from .tokens import PAGE, SITE, Token

if TYPE_CHECKING:
    from .site import Site

#: Stands for an id where the id isn't known yet: its item's position between signs that no text can hold.
_ANCHOR = "\x1e{}\x1e"


class Filler:
    """Fills pages with what their site has gathered; what will be the same in the next build is kept in the cache."""

    def __init__(self, site: Site):
        self._site = site
        self._shown: dict[str, dict[str, Any]] = {}
        self._ways: dict[tuple[str, str], str] = {}
        self._plain: dict[str, str] = {}

    def preview(self, html: str) -> str:
        """Return a page's HTML with the words of its marks and lists in their tokens."""
        return tokens.replace(html, lambda token: token.with_words(self._words(token)))

    def fill(self, html: str, page: str) -> str:
        """Return a page's HTML with marks, notes and lists in place of their tokens."""
        site = self._site
        seen: set[str] = set()

        def put(token: Token) -> str:
            first = token.value not in seen
            seen.add(token.value)
            if token.kind == tokens.LIST:
                return self._list(token.value, page) if first else ""
            number = token.number
            if not 0 <= number < len(site.cited) or (token.kind == tokens.MARK) != site.in_text:
                return token.html  # a writer's own HTML
            site.see_to(number)
            if token.kind == tokens.MARK:
                return self._mark(number, page, first)
            return escape(self._author(number)) if token.kind == tokens.AUTHOR else self._note(number, token.index)

        # A text that another plugin parses inside a page, such as a docstring, ends with a list as well.
        return tokens.replace(tokens.last_list(html), put)

    def _words(self, token: Token) -> str:
        """Return the text that a token stands for; a page's own list adds no word that isn't in its sources."""
        references, number = self._site.formatted.references, token.number
        if token.kind == tokens.LIST:
            html = "\n".join(references.get(key, "") for key in sorted(self._listed(token.value)))
        elif not 0 <= number < len(self._site.cited):
            return ""
        elif token.kind == tokens.MARK:
            html = self._site.formatted.marks.get(self._site.cited[number].mark, "")
        elif token.kind == tokens.AUTHOR:
            html = escape(self._author(number))
        else:
            html = references.get(self._site.cited[number].mark.keys[token.index], "")
        if html not in self._plain:
            self._plain[html] = tokens.plain(html)
        return self._plain[html]

    # -------------------------------------------------------------- a mark in the sentence

    def _mark(self, number: int, page: str, first: bool) -> str:
        """Return a mark; it can be linked back to where it is met first on its own page."""
        site, cited = self._site, self._site.cited[number]
        lost = [_unreadable(key) for key in cited.mark.keys if key in site.formatted.unreadable]
        unknown = (*lost, *site.unknown_words(number))
        listed, here = site.has_list(page), first and cited.page == page
        if here and listed and not unknown:
            html = self._usual_mark(cited.mark)
        else:
            anchor = _ANCHOR if here and (listed or site.full_page is not None) else ""
            parts = self._parts(cited.mark, lambda key: self._target(key, page), anchor)
            html = site.renderer.citation(parts, unknown)
        for index in range(len(cited.mark.items)):
            html = html.replace(_ANCHOR.format(index), escape(site.anchors.get((number, index), "")))
        return html

    def _usual_mark(self, mark: Mark) -> str:
        """Return a mark that leads to its page's own list, with signs for its ids."""
        site = self._site
        return site.cache.kept(
            f"{site.renderer.digest} {site.formatted.names[mark]}",
            lambda: str(site.renderer.citation(self._parts(mark, _own_reference, _ANCHOR), ())),
        )

    def _parts(self, mark: Mark, target: Callable[[str], str], anchor: str) -> list[dict[str, str]]:
        """Return the bits of a mark: text, and links with where they lead, the place cited and, if asked for, an id."""
        waiting = list(enumerate(mark.items))
        parts: list[dict[str, str]] = []
        for before, key, text in tokens.links(self._site.formatted.marks.get(mark, "")):
            if before:
                parts.append({"html": before})
            # The engine may sort a mark's items, but keeps the order of those with the same key.
            found = next((entry for entry in waiting if entry[1].key == key), None) if key else None
            if found:
                waiting.remove(found)
                index, item = found
                locator = place(item.locator).striptags()
                parts.append({"html": text, "href": target(key), "locator": locator, "id": anchor.format(index)})
            elif text:
                parts.append({"html": text})
        # What the engine printed no link for can be linked back to all the same.
        return parts + [{"html": "", "id": anchor.format(index)} for index, _ in waiting if anchor]

    def _target(self, key: str, page: str) -> str:
        """Return where a citation leads: the page's own list, else the list of all sources, else nowhere."""
        return _own_reference(key) if self._site.has_list(page) else self._whole(key, page)

    def _whole(self, key: str, page: str) -> str:
        """Return the way to all that is known of a source, or an empty text where the site has no such list."""
        there = self._site.entry_page(key)
        return "" if there is None else self._way(there, page) + _own_reference(key)

    # -------------------------------------------------------------- a numbered note

    def _note(self, number: int, index: int) -> str:
        site, item = self._site, self._site.cited[number].mark.items[index]
        if item.key in site.formatted.unreadable:
            return site.renderer.note(escape(_unreadable(item.key)), item.prefix, item.locator)
        known = facts(site.library.entries[item.key])
        return site.renderer.note(self._reference(item.key), item.prefix, item.locator, known)

    def _author(self, number: int) -> str:
        key = self._site.cited[number].mark.keys[0]
        works, _ = convert([self._site.library.entries[key]], self._site.library, self._site.cache)
        return short_author(works.get(key, {"id": key}))

    def _reference(self, key: str) -> str:
        # A style may print no references at all.
        return self._site.formatted.references.get(key) or escape(key)

    # -------------------------------------------------------------- lists

    def _list(self, value: str, page: str) -> str:
        site = self._site
        if value == PAGE:
            return self._page_references(page)
        if value == SITE and site.parts:
            return self._index(page)
        entries = self._entries(self._listed(value), page)
        if value == SITE:
            return site.renderer.sources(entries)
        ways = [(name, self._way(there, page)) for name, there in site.parts.items()]
        name = value.removeprefix(f"{SITE}.")
        return site.renderer.part(entries, "" if name == REST else name, ways, self._way(site.full_page or "", page))

    def _listed(self, value: str) -> list[str]:
        """Return the sources whose entries stand in a list of all sources or in a part of it."""
        site, name = self._site, value.removeprefix(SITE).removeprefix(".")
        if value == PAGE or bool(name) != bool(site.parts):
            return []
        return [key for key in site.library.entries if not name or part(key, site.parts) == name]

    def _page_references(self, page: str) -> str:
        site, state = self._site, self._site.pages.get(page)
        if not state or not site.in_text or SITE in state.lists:
            return ""
        entries = [self._entry(key, page, uses) | {"more": self._whole(key, page)} for key, uses in state.uses.items()]
        return site.renderer.references(_sorted(entries), bool(state.lists))

    def _entries(self, keys: Iterable[str], page: str) -> list[dict[str, Any]]:
        """Return all that is known of some sources, sorted."""
        uses = self._uses
        return _sorted([self._entry(key, page, uses.get(key, [])) | {"record": self._record(key)} for key in keys])

    def _index(self, page: str) -> str:
        """Return the list of all sources as lines that lead to their entries."""
        site = self._site
        entries = [
            self._entry(key, page, []) | self._line(key) | {"more": self._whole(key, page)}
            for key in site.library.entries
        ]
        groups = [(letter, list(group)) for letter, group in groupby(_sorted(entries), key=_letter)]
        return site.renderer.index(groups, len(entries), len(self._uses))

    def _line(self, key: str) -> dict[str, Any]:
        """Return what the index says of a source: whose it is, its year with the letter it has here, its title."""
        work, words = self._site.works.get(key, {"id": key}), tokens.plain(self._reference(key))
        entry = self._site.library.entries[key]
        year = facts(entry).year
        dated = re.search(rf"\b{year}[a-z]?\b", words) if year else re.search(r"\bn\.d\.(?:-[a-z])?", words)
        author, title = short_author(work), tokens.plain(str(work.get("title") or ""))
        short = "" if title == author else shortened(unescape(title))
        return {
            "author": author,
            "dated": dated[0] if dated else year,
            "title": runs(short, entry.language, self._site.settings.language),
        }

    @cached_property
    def _uses(self) -> dict[str, list[Use]]:
        """By source, the places of the whole site that cite it, in the order of the site."""
        uses: dict[str, list[Use]] = {}
        for state in self._site.pages.values():
            for key, here in state.uses.items():
                uses.setdefault(key, []).extend(here)
        return uses

    def _entry(self, key: str, page: str, uses: list[Use]) -> dict[str, Any]:
        """Return all that a list shows of a source, with the places that cite it and the ways to them from a page."""
        if key not in self._shown:
            site, entry = self._site, self._site.library.entries[key]
            name = site.formatted.names.get(key) or f"unread {key} {entry_name(entry, site.library)}"
            self._shown[key] = site.cache.kept(f"{site.renderer.digest} {name}", lambda: self._look(key))
        ways = [(use, self._way(use.page, page) + (f"#{quote(use.anchor)}" if use.anchor else "")) for use in uses]
        return self._shown[key] | {"uses": ways}

    def _look(self, key: str) -> dict[str, Any]:
        """Return what a source looks like in every list, and what lists are sorted and filtered by."""
        reference, known = self._reference(key), facts(self._site.library.entries[key])
        return {
            "id": f"ref-{slug(key)}",
            "body": self._site.renderer.reference(reference, known),
            "sort": list(sort_text(reference, key)),
            "kind": known.kind,
            "language": known.language,
            "year": known.year,
        }

    def _record(self, key: str) -> str:
        site, entry = self._site, self._site.library.entries[key]
        return site.cache.kept(
            f"{site.renderer.digest} record {entry_name(entry, site.library)}",
            lambda: site.renderer.record(entry.raw.strip(), site.works.get(key, {})),
        )

    def _way(self, target: str, page: str) -> str:
        way = self._ways.get((target, page))
        if way is None:
            way = self._ways[target, page] = relative(target, page)
        return way


def _sorted(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: entry["sort"])


def _letter(entry: Mapping[str, Any]) -> str:
    """Return the letter under which an entry stands; figures are together, and what isn't in Latin letters has none."""
    first = entry["sort"][0][:1]
    if "a" <= first <= "z":
        return first.upper()
    return "0–9" if first < "a" else ""


def _own_reference(key: str) -> str:
    return f"#ref-{quote(slug(key))}"


def _unreadable(key: str) -> str:
    return f"(unreadable source: {key})"


def slug(key: str) -> str:
    """Return a key as part of an id: an id may hold anything but white space."""
    return re.sub(r"\s", "-", key)


def short_author(work: Mapping[str, Any]) -> str:
    """Return the name by which a sentence speaks of a work: family names, at most two, or the title."""
    people = next((work[role] for role in ("author", "editor", "translator", "director") if work.get(role)), [])
    names = [" ".join(filter(None, (person.get("non-dropping-particle"), person.get("family")))) or
             person.get("literal") or person.get("given") or "" for person in people]  # fmt: skip
    if len(names) > 2 or names[-1:] == ["others"]:
        return f"{names[0]} et al."
    title = work.get("title-short") or work.get("title") or work.get("id") or ""
    return " and ".join(names) or tokens.plain(str(title))


def relative(target: str, page: str) -> str:
    """Return the way from one page's address to another's, both relative to the site's root."""
    if target == page:
        return ""
    here, there = page.split("/")[:-1], target.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:]) or "./"
