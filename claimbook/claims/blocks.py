"""What the pages about all claims show: counts, lists, the listing's walk, the family tree of figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..citations.library import Library
from .evidence import confidence
from .fields import read_yaml
from .records import Claim, Ledger, plain, statements
from .vocabulary import Word


@dataclass(frozen=True)
class Source:
    """What a block is made from; `folder` is the page's own, `about` the word after the block's name."""

    ledger: Ledger
    library: Library
    day: date
    folder: Path
    about: str

    @property
    def claims(self) -> list[Claim]:
        """All claims, in the order of the listing; those from elsewhere come last."""
        return sorted(self.ledger.claims, key=lambda claim: claim.order)

    def data(self, name: str) -> Any:
        """Return what a data file beside the page holds. Raises ValueError, with the line, for bad YAML."""
        value, faults = read_yaml((self.folder / name).read_text(encoding="utf-8"))
        for line, sentence in faults:
            raise ValueError(f"{name}:{line}: {sentence}")
        return plain(value)


@dataclass(frozen=True)
class Count:
    """How many claims have a word of the vocabulary; `listing` of them stand in the listing."""

    word: Word
    claims: tuple[Claim, ...]

    @property
    def all(self) -> int:
        """All of them."""
        return len(self.claims)

    @property
    def listing(self) -> int:
        """Those that weigh a sentence of the listing."""
        return sum(bool(claim.statement) for claim in self.claims)


@dataclass(frozen=True)
class Change:
    """A finding that was changed, or an error mended that left it: kinds A and B of the policy."""

    claim: Claim
    kind: str
    on: str
    before: str
    after: str
    why: str


def counts(source: Source, name: str) -> list[Count]:
    """Return the claims by the words of one field, in the vocabulary's order."""
    found = []
    for key, word in source.ledger.vocabulary[name].items():
        having = (claim for claim in source.claims if getattr(claim, name) == key)
        found.append(Count(word, tuple(having)))
    return found


def changes(claim: Claim) -> list[Change]:
    """Return what was changed in a claim since it was first weighed, newest first.

    Two findings of one day are one weighing, by a first and a second reader; the claim's history shows both.
    """
    found = []
    ended = claim.status in ("withdrawn", "superseded")
    for before, after in pairwise(claim.history):
        if before.on != after.on:
            kind = "B" if before.finding == after.finding and not ended else "A"
            given = str(after.on), str(before.finding), str(after.finding), str(after.why)
            found.append(Change(claim, kind, *given))
    return found[::-1]


def _ledger(source: Source) -> Mapping[str, Any]:
    titles = {
        "finding": "Is it so?",
        "in_film": "In the film?",
        "about": "About",
        "owner": "Whose system",
        "weight": "Weight",
    }
    choices = [(name, title, _used(source, name)) for name, title in titles.items()]
    return {"claims": source.claims, "choices": choices}


def _used(source: Source, name: str) -> list[Word]:
    """Return the words of a field that some claim has, in the vocabulary's order."""
    values = (getattr(claim, name) for claim in source.claims)
    used = {key for value in values for key in ([value] if isinstance(value, str) else value)}
    return [word for key, word in source.ledger.vocabulary[name].items() if key in used]


def _found(source: Source) -> Mapping[str, Any]:
    findings = counts(source, "finding")
    return {
        "findings": findings,
        "most": max(count.listing for count in findings) or 1,
        "statements": len(list(statements())),
        "listing": sum(count.listing for count in findings),
        "elsewhere": sum(count.all - count.listing for count in findings),
        "sources": len(source.library.entries),
        "rows": sum(len(claim.evidence) for claim in source.claims),
    }


def _coverage(source: Source) -> Mapping[str, Any]:
    rated = [claim for claim in source.claims if claim.finding != "not-rated"]
    weighed = {str(claim.statement)[:3] for claim in source.claims}
    rows = [row for claim in source.claims for row in claim.evidence]
    levels: dict[str, int] = {}
    for claim in rated:
        sure = confidence(claim, source.library)
        levels[sure.level if sure else ""] = levels.get(sure.level if sure else "", 0) + 1
    today = source.day.isoformat()
    return {
        "total": len(source.claims),
        "rated": len(rated),
        "tables": [(name, counts(source, name)) for name in ("finding", "in_film", "owner", "weight", "status")],
        "levels": [(word, levels.get(key, 0)) for key, word in source.ledger.vocabulary["confidence"].items()],
        "one_sided": [claim for claim in rated if not _contrary(claim)],
        "overdue": [claim for claim in source.claims if claim.next_check and claim.next_check < today],
        "missing": [name for name in statements() if name not in weighed],
        "rows": len(rows),
        "sources": len({row.source for row in rows}),
    }


def _contrary(claim: Claim) -> bool:
    """Whether a row speaks against the side on which the finding rests, or limits it."""
    against = {"contradicted": "supports"}.get(claim.finding, "contradicts")
    return any(row.bears in (against, "qualifies") for row in claim.evidence)


def _glance(source: Source) -> Mapping[str, Any]:
    finding = counts(source, "finding")
    in_film = counts(source, "in_film")
    return {
        "total": len(source.claims),
        "listing": sum(bool(claim.statement) for claim in source.claims),
        "charts": [("Is it so?", finding), ("In the film?", in_film)],
        "most": max(count.all for count in finding + in_film) or 1,
    }


def _corrections(source: Source) -> Mapping[str, Any]:
    found = [change for claim in source.claims for change in changes(claim)]
    return {"changes": sorted(found, key=lambda change: (change.on, change.claim.stem), reverse=True)}


def _log(source: Source) -> Mapping[str, Any]:
    days: dict[tuple[str, str], list[Claim]] = {}
    for claim in source.claims:
        for row in claim.history[:1]:
            days.setdefault((str(row.on), str(row.why)), []).append(claim)
    first = [{"on": on, "why": why, "claims": claims} for (on, why), claims in sorted(days.items(), reverse=True)]
    return {"first": first} | _corrections(source)


def _owners(source: Source) -> Mapping[str, Any]:
    findings = list(source.ledger.vocabulary["finding"].values())
    rows = []
    for count in counts(source, "owner"):
        cells = [[claim for claim in count.claims if claim.finding == word.key] for word in findings]
        rows.append((count, cells))
    return {"findings": findings, "owners": rows}


def _walk(source: Source) -> Mapping[str, Any]:
    """Lay the listing's sentences, in our words, beside the claims that weigh them."""
    weighed: dict[str, list[Claim]] = {}
    for claim in source.claims:
        if claim.statement and claim.status not in ("withdrawn", "superseded"):
            weighed.setdefault(str(claim.statement)[:3], []).append(claim)
    parts = source.data("listing-walk.yml")
    for part in parts:
        for sentence in part["sentences"]:
            sentence["claims"] = [claim for name in sentence["statements"] for claim in weighed.get(name, ())]
            sentence["waiting"] = [name for name in sentence["statements"] if name not in weighed]
    return {"parts": parts}


def _tree(source: Source) -> Mapping[str, Any]:
    figures = source.data("camera-family-tree.yml")
    for figure in figures:
        steps = {step["id"]: step for step in figure["steps"]}
        for step in steps.values():
            step["children"] = [other for other in steps.values() if other.get("from") == step["id"]]
        figure["roots"] = [step for step in steps.values() if step.get("from") not in steps]
        figure["order"] = list(_depth_first(figure["roots"]))
        figure["names"] = {name: step["who"] for name, step in steps.items()}
        figure["claims"] = [source.ledger.by_id[name] for name in figure["claims"] if name in source.ledger.by_id]
    return {"figures": figures}


def _depth_first(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        yield from _depth_first(step["children"])


def _words(source: Source) -> Mapping[str, Any]:
    if source.about not in source.ledger.vocabulary:
        known = ", ".join(source.ledger.vocabulary)
        raise ValueError(f'the vocabulary has no list "{source.about}"; it has: {known}')
    return {"name": source.about, "words": list(source.ledger.vocabulary[source.about].values())}


#: The blocks by the name a page calls them by; each has a template of that name.
BLOCKS: Mapping[str, Callable[[Source], Mapping[str, Any]]] = {
    "ledger": _ledger,
    "found": _found,
    "coverage": _coverage,
    "at-a-glance": _glance,
    "corrections": _corrections,
    "finding-log": _log,
    "whose-system": _owners,
    "listing-walk": _walk,
    "camera-family-tree": _tree,
    "vocabulary": _words,
}
