"""An archived copy for each source that has none: found or made, and written into its entry at once."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..citations.library import Entry
from ..citations.problems import Problem
from ..citations.render import safe_address
from .entry import EntryError, set_fields
from .state import Row
from .wayback import Later, Refused, Service, Snapshot, Wayback

#: So many days may lie between the day a source was seen and its copy, for the copy to be of what was seen.
NEAR = 90
#: A page that had no copy isn't asked for again for so many days, unless by its key.
REST = 7


@dataclass(frozen=True)
class Wanted:
    """A source that needs a copy: its entry, its address, the ISO day or month it was seen, and what links.csv says."""

    entry: Entry
    address: str
    day: str
    state: str


def wanted(entries: Iterable[Entry], rows: Mapping[str, Row], keys: Iterable[str] = ()) -> Iterator[Wanted]:
    """Yield the sources with an address and no copy; with `keys` only those."""
    chosen = set(keys)
    for entry in entries:
        address = safe_address(entry.fields.get("url", "")).split("#")[0]
        if address and not entry.get("archiveurl") and (not chosen or entry.key in chosen):
            row = rows.get(address)
            yield Wanted(entry, address, entry.get("verificationdate"), row.state if row else "unknown")


class Memory:
    """What is under way between two runs, in a file that isn't committed: jobs by address, and days without a copy."""

    def __init__(self, path: Path):
        self._path = path
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            self._known: dict[str, dict[str, str]] = {name: dict(value) for name, value in known.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            # It only spares questions.
            self._known = {}

    def get(self, address: str, name: str) -> str:
        """Return what is remembered of an address under a name, or an empty string."""
        return str(self._known.get(address, {}).get(name, ""))

    def put(self, address: str, **values: str) -> None:
        """Remember these values of an address, and nothing else of it."""
        self._known.pop(address, None)
        if values:
            self._known[address] = values
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        unfinished.write_text(json.dumps(self._known, indent=1, sort_keys=True), encoding="utf-8")
        unfinished.replace(self._path)


@dataclass
class Work:
    """One run. `root` is the archive's folder, `today` an ISO day."""

    root: Path
    wayback: Wayback
    service: Service
    memory: Memory
    today: str
    any_age: bool = False
    written: int = 0

    @property
    def rests(self) -> str:
        """Under which name a page without a copy is remembered: with keys there is more to be done."""
        return "none" if self.wayback.can_save else "none without keys"

    async def one(self, item: Wanted) -> Problem | None:
        """Find or make a copy of one source; returns what to say where it has none now. May raise Stop."""
        try:
            found = await self._find(item)
            self._write(item, found)
        except Later as reason:
            return _at(item, f"has no copy yet: {reason}. Run it again another time.")
        except Refused as reason:
            self.memory.put(item.address, **{self.rests: self.today})
            return _at(item, f"has no copy: {reason}.")
        except EntryError as reason:
            return Problem(item.entry.path, item.entry.line, "L06", str(reason))
        return None

    def _write(self, item: Wanted, found: Snapshot) -> None:
        # With the fragment that the source has: it is a place on the page.
        address = safe_address(item.entry.fields["url"])
        values = {"archiveurl": Snapshot(found.stamp, address).url, "archivedate": found.day}
        set_fields(self.root / item.entry.path, item.entry.key, values, still={"url": item.entry.fields["url"]})
        self.memory.put(item.address)
        self.written += 1

    async def _find(self, item: Wanted) -> Snapshot:
        job = self.memory.get(item.address, "job")
        if job:
            return await self._wait(job, item)
        found = await self.wayback.nearest(item.address, item.day or self.today)
        dead = item.state == "dead"
        if found and (dead or self.any_age or not item.day or found.days_from(item.day) <= NEAR):
            return found
        if dead:
            raise Refused("the page is dead, and the Wayback Machine never saved it")
        if not self.wayback.can_save:
            raise Refused(_too_old(found, item))
        await asyncio.sleep(self.service.save_pause)
        job = await self.wayback.start(item.address)
        self.memory.put(item.address, job=job, asked=self.today)
        return await self._wait(job, item)

    async def _wait(self, job: str, item: Wanted) -> Snapshot:
        waited = 0.0
        while True:
            try:
                found = await self.wayback.outcome(job, item.address)
            except Later as reason:
                # A job that failed is over; the next run begins another.
                if str(reason).startswith("Save Page Now"):
                    self.memory.put(item.address)
                raise
            if found:
                return found
            if waited >= self.service.job_time:
                if self.memory.get(item.address, "asked") < self.today:
                    self.memory.put(item.address)
                    raise Later("Save Page Now never came to an end with it")
                raise Later("the copy is still being made")
            await asyncio.sleep(self.service.pause)
            waited += max(self.service.pause, 0.01)


def _too_old(found: Snapshot | None, item: Wanted) -> str:
    if found is None:
        return "the Wayback Machine never saved it, and there are no keys to have it saved (HACKING.md, Links)"
    return (
        f"the nearest, of {found.day}, is more than {NEAR} days from when it was seen ({item.day}); "
        "take it with --any-age, or give keys to have the page saved now"
    )


def _at(item: Wanted, message: str) -> Problem:
    line = item.entry.field_lines.get("url", item.entry.line)
    return Problem(item.entry.path, line, "L06", f'"{item.entry.key}" {message}')
