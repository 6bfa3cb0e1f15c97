"""Rules for the archived copies that sources name, and for what they say of their address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ..citations.library import Entry
from ..citations.problems import Problem, hint
from ..links.addresses import same_page
from .archive import Archive

CODES = {
    "A01": "A Wayback Machine snapshot is a copy of the source's own address, which stands after its 14 digits.",
    "A02": "The 14 digits of a snapshot are a time that was, and archivedate is its day.",
    "A03": "What a source says of its address (urlstatus) is alive, moved, changed or dead.",
}
STATUSES = ("alive", "moved", "changed", "dead")
_SNAPSHOT = re.compile(r"https?://web\.archive\.org/web/(\d{14})(?:[a-z]{2}_)?/(.+)")


def check(archive: Archive) -> Iterator[Problem]:
    """Yield what is to be mended in archived copies; their form is looked at with all addresses (B06)."""
    for entry in archive.library.entries.values():
        snapshot = _SNAPSHOT.fullmatch(entry.fields.get("archiveurl", ""))
        if snapshot:
            yield from _copy(entry, snapshot[1], snapshot[2])
        elif entry.get("archivedate") and not entry.get("archiveurl"):
            yield _at(
                entry, "archivedate", "A02", f'"{entry.key}" dates an archived copy and names none: add its archiveurl.'
            )
        status = entry.get("urlstatus")
        if status and status not in STATUSES:
            known = ", ".join(STATUSES)
            yield _at(
                entry,
                "urlstatus",
                "A03",
                f'the urlstatus of "{entry.key}" is one of {known}, not "{status}".{hint(status, STATUSES)}',
            )


def _copy(entry: Entry, stamp: str, address: str) -> Iterator[Problem]:
    own = entry.fields.get("url", "")
    if own and not same_page(address, own):
        yield _at(
            entry, "archiveurl", "A01", f'the archiveurl of "{entry.key}" is a copy of {address}, its url is {own}.'
        )
    try:
        day = datetime.strptime(stamp, "%Y%m%d%H%M%S").date().isoformat()
    except ValueError:
        yield _at(
            entry,
            "archiveurl",
            "A02",
            f'the 14 digits of the archiveurl of "{entry.key}" are no date and time: {stamp}.',
        )
        return
    if entry.get("archivedate") != day:
        message = f'"{entry.key}" should have archivedate = {{{day}}}, as the 14 digits of its archiveurl say'
        given = entry.get("archivedate")
        yield _at(
            entry,
            "archivedate" if given else "archiveurl",
            "A02",
            f'{message}, not "{given}".' if given else f"{message}.",
        )


def _at(entry: Entry, field: str, code: str, message: str) -> Problem:
    return Problem(entry.path, entry.field_lines.get(field, entry.line), code, message)
