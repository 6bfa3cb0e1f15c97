"""From records to pages: what a template needs is gathered here, all markup is in overrides/claims/.

A claim's page comes out as Markdown, so that its citations, still written as `[@key, p. 12]`, are formatted
together with those of the whole site. The blocks of the other pages come out as HTML, save the family tree of
figures, whose sources are cited too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from ..citations.library import Library
from ..citations.render import spoken_date
from . import blocks, mended
from .evidence import confidence, fold, number
from .exports import Place, review, script
from .records import HEADINGS, Claim, Evidence, Ledger

#: Returns the way from the page being made to a page of the archive, named by its path below docs/.
Link = Callable[[str], str]
_MARKER = re.compile(r"^<!--[ \t]*claims:[ \t]*(?P<name>[a-z-]+)[ \t]*(?P<about>[a-z_-]*)[ \t]*-->[ \t]*$", re.M)
_ORDER = ("supports", "contradicts", "qualifies", "context")
#: A sign for each way of bearing, beside its word.
SIGNS = {"supports": "+", "contradicts": "−", "qualifies": "±", "context": "·"}


@dataclass(frozen=True)
class Origin:
    """Who first produced some of the evidence, and the rows that go back to it."""

    name: str
    rows: tuple[Evidence, ...]

    @property
    def sources(self) -> int:
        """How many sources pass its information on."""
        return len({row.source for row in self.rows})


class Renderer:
    """Fills the templates. `folders` are looked through in order; `day` is the day the pages are made for."""

    def __init__(self, folders: Sequence[Path], ledger: Ledger, library: Library, place: Place, day: date):
        self.ledger, self.library, self.place, self.day = ledger, library, place, day
        loader = FileSystemLoader([str(folder) for folder in folders])
        self._environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._environment.filters |= {"day": spoken_date, "number": number, "inert": Markup, "cite": cite}
        self._environment.globals |= {
            "word": self.word, "signs": SIGNS, "place": place, "today": day.isoformat(), "label": self.label,
        }  # fmt: skip

    def word(self, name: str, key: str) -> Any:
        """Return a word of the vocabulary; one it lacks stands for itself, since the check has told of it."""
        return self.ledger.vocabulary[name].get(key) or {
            "key": key,
            "label": key,
            "means": "",
            "shape": "dash",
        }

    def label(self, name: str, key: str) -> str:
        """Return what a reader sees for a word."""
        word = self.word(name, key)
        return word["label"] if isinstance(word, dict) else word.label

    def head(self, claim: Claim) -> dict[str, str]:
        """Return what the head of a claim's page says: its title, a description, its ClaimReview."""
        finding = self.label("finding", claim.finding)
        caveat = f": {claim.caveat}" if claim.caveat else ""
        return {
            "title": str(claim.title),
            "description": f"{finding}{caveat}. Claim {claim.stem}, with its evidence.",
            "template": "claim.html",
            "claim_review": script(review(claim, self.ledger, self.library, self.place)),
        }

    def claim_page(self, claim: Claim, link: Link, terms: Sequence[Any] = ()) -> str:
        """Return a claim's page as Markdown. `terms` are those of the glossary that it uses."""
        return self._fill(
            "claim.md",
            link,
            claim=claim,
            sections={str(section.heading): Markup(section.text) for section in claim.sections},
            headings=HEADINGS,
            confidence=confidence(claim, self.library),
            pieces=mended.pieces(claim.mended),
            origins=origins_of(claim),
            rows=sorted(claim.evidence, key=lambda row: _ORDER.index(row.bears) if row.bears in _ORDER else 9),
            related=[self.ledger.by_id[name] for name in claim.related if name in self.ledger.by_id],
            touched=[page for page in touched_by(claim, self.ledger) if link(page["path"])],
            overdue=bool(claim.next_check) and str(claim.next_check) < self.day.isoformat(),
            changes=blocks.changes(claim),
            terms=terms,
        )

    def touched(self, page: str, link: Link) -> str:
        """Return the list of the claims that a page's front matter names; `page` lies below docs/."""
        named = [mention.claims for mention in self.ledger.mentions if mention.path == f"docs/{page}"]
        claims = [self.ledger.by_id[name] for names in named for name in names if name in self.ledger.by_id]
        return self._fill("touched.md", link, claims=claims) if claims else ""

    def fill(self, markdown: str, folder: Path, link: Link) -> str:
        """Return a page's Markdown with its markers (`<!-- claims: ledger -->`) replaced.

        `folder` is the page's own, with its data files. Raises ValueError for a marker that nothing answers.
        """

        def block(match: re.Match[str]) -> str:
            gather = blocks.BLOCKS.get(match["name"])
            if gather is None:
                known = ", ".join(sorted(blocks.BLOCKS))
                raise ValueError(f'no block of claims is called "{match["name"]}"; there are: {known}')
            facts = gather(blocks.Source(self.ledger, self.library, self.day, folder, match["about"]))
            return self._fill(f"{match['name']}.html", link, **facts)

        return _MARKER.sub(block, markdown)

    def _fill(self, template: str, link: Link, **facts: Any) -> str:
        return self._environment.get_template(template).render(link=link, **facts)


def cite(key: str, locator: str = "") -> Markup:
    """Return a citation as a writer types it, for the citations plugin to format."""
    return Markup(f"[@{key}, {locator}]" if locator else f"[@{key}]")


def origins_of(claim: Claim) -> list[Origin]:
    """Return the origins of a claim's evidence with their rows, in order of their first row."""
    grouped: dict[str, list[Evidence]] = {}
    for row in claim.evidence:
        grouped.setdefault(fold(row.origin), []).append(row)
    return [Origin(str(rows[0].origin), tuple(rows)) for rows in grouped.values()]


def touched_by(claim: Claim, ledger: Ledger) -> list[Mapping[str, str]]:
    """Return the pages and events that name a claim, with their titles; paths lie below docs/."""
    found = []
    for mention in (*ledger.mentions, *ledger.events):
        if claim.stem in mention.claims:
            path = mention.path.removeprefix("docs/") + (f"#{mention.anchor}" if mention.anchor else "")
            kind = "event" if mention.anchor else "page"
            found.append({"path": path, "title": mention.title, "kind": kind})
    return found
