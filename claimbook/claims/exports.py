"""Claims for other programs: JSON with a schema, CSV, and schema.org's ClaimReview for a page's head."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ..citations.library import Library
from ..citations.render import safe_address
from . import mended
from .evidence import confidence, origins
from .records import FIELDS, Claim, Ledger, plain

SCHEMA = Path(__file__).with_name("claims.schema.json")
SCHEMA_NAME = "claims.schema.json"
COLUMNS = (
    "id", "url", "statement", "title", "status", "in_film", "finding", "caveat", "reasons", "mended", "about",
    "owner", "weight", "confidence", "sources", "origins", "checked", "next_check", "previous_findings",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where the archive stands: its name, its address, and the folder of its downloads."""

    name: str
    address: str
    downloads: str = "downloads"

    def page(self, claim: Claim) -> str:
        """Return the address of a claim's page, which never changes."""
        return urljoin(self.address, f"claims/{claim.stem}/")


def entry(claim: Claim, ledger: Ledger, library: Library, place: Place) -> dict[str, Any]:
    """Return one claim: the record as typed, its sections, and what is computed from it."""
    sure = confidence(claim, library)
    return {
        "record": plain({name: claim.fields[name] for name in FIELDS if name in claim.fields}),
        "sections": {str(section.heading): section.text for section in claim.sections},
        "computed": {
            "url": place.page(claim),
            "finding_label": _label(ledger, "finding", claim.finding),
            "in_film_label": _label(ledger, "in_film", claim.in_film),
            "mended_sentence": mended.after(claim.mended),
            "confidence": {"level": sure.level, "why": sure.why} if sure else None,
            "sources": len({row.source for row in claim.evidence}),
            "origins": origins(claim.evidence),
            "previous_findings": plain(previous_findings(claim)),
        },
    }


def previous_findings(claim: Claim) -> list[str]:
    """Return the findings that were given before the one that holds, oldest first."""
    given = [str(row.finding) for row in claim.history]
    return [old for old, new in pairwise(given) if old != new]


def as_json(ledger: Ledger, library: Library, place: Place, edition: date) -> str:
    """Return all claims as JSON. `edition` is the day the export was made for."""
    claims = [entry(claim, ledger, library, place) for claim in sorted(ledger.claims, key=lambda each: each.id)]
    whole = {
        "$schema": urljoin(place.address, f"{place.downloads}/{SCHEMA_NAME}"),
        "archive": place.name,
        "address": place.address,
        "edition": edition.isoformat(),
        "claims": claims,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def as_csv(ledger: Ledger, library: Library, place: Place) -> str:
    """Return one line a claim, with several words in a cell parted by semicolons."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for claim in sorted(ledger.claims, key=lambda each: each.id):
        table.writerow(_cells(claim, library, place))
    return text.getvalue()


def _cells(claim: Claim, library: Library, place: Place) -> list[str]:
    sure = confidence(claim, library)
    computed = {
        "url": place.page(claim),
        "reasons": "; ".join(claim.reasons),
        "about": "; ".join(claim.about),
        "mended": mended.after(claim.mended),
        "confidence": sure.level if sure else "",
        "sources": str(len({row.source for row in claim.evidence})),
        "origins": str(len(origins(claim.evidence))),
        "checked": str(claim.checked.on),
        "previous_findings": "; ".join(previous_findings(claim)),
    }
    return [_cell(computed.get(name, getattr(claim, name, ""))) for name in COLUMNS]


def _cell(value: str) -> str:
    # A spreadsheet takes a cell that begins so for a formula.
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else str(value)


def review(claim: Claim, ledger: Ledger, library: Library, place: Place) -> dict[str, Any]:
    """Return a claim as schema.org's ClaimReview. The finding is given as text: the scale has no numbers.

    Google's guide asks for claimReviewed, url, and a rating by name (alternateName); its fact-check tools, which still
    read this markup, take the name of what is reviewed for the place where a claim was made, so that it has none.
    """
    publisher = {"@type": "Organization", "name": place.name, "url": place.address}
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": place.page(claim),
        "datePublished": str(claim.history[-1].on) if claim.history else str(claim.checked.on),
        "dateModified": str(claim.checked.on),
        "author": publisher,
        "claimReviewed": str(claim.title),
        "itemReviewed": {
            "@type": "Claim",
            "identifier": str(claim.id),
            "appearance": [_appearance(row.source, library) for row in claim.said],
        },
        "reviewRating": {
            "@type": "Rating",
            "alternateName": _label(ledger, "finding", claim.finding),
            "ratingExplanation": str(claim.caveat or _means(ledger, "finding", claim.finding)),
        },
    }


def _appearance(key: str, library: Library) -> Mapping[str, str]:
    known = library.entries.get(key)
    name = known.title if known else str(key)
    address = safe_address(known.fields.get("url", "")) if known else ""
    day = known.get("date") if known else ""
    # A range or a season is no date that schema.org knows.
    told = {"url": address, "datePublished": day if re.fullmatch(r"\d{4}(-\d\d){0,2}", day) else ""}
    return {"@type": "CreativeWork", "name": name} | {field: value for field, value in told.items() if value}


def script(review_of: Mapping[str, Any]) -> str:
    """Return JSON that may stand in a script element: no text in it can close the element."""
    return json.dumps(review_of, ensure_ascii=False).replace("<", "\\u003c")


def write(folder: Path, ledger: Ledger, library: Library, place: Place, edition: date) -> None:
    """Write claims.json, claims.schema.json and claims.csv into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "claims.json": as_json(ledger, library, place, edition),
        SCHEMA_NAME: SCHEMA.read_text(encoding="utf-8"),
        "claims.csv": as_csv(ledger, library, place),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _label(ledger: Ledger, name: str, key: str) -> str:
    word = ledger.vocabulary[name].get(key)
    return word.label if word else str(key)


def _means(ledger: Ledger, name: str, key: str) -> str:
    word = ledger.vocabulary[name].get(key)
    return word.means if word else ""
