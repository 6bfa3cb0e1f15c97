"""The commands `claimbook links` and `claimbook snapshot`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from .. import checks
from ..citations.library import unknown_key
from ..citations.problems import Problem
from . import report, second, state
from .addresses import Address, collect
from .check import OfflineError, Run
from .entry import EntryError, set_fields
from .fetch import Manners, session
from .snapshot import REST, Memory, Wanted, Work, wanted
from .wayback import KEY, SECRET, Service, Stop, Wayback, credentials

#: What the report says last time, whole, for whoever reads it later or elsewhere.
REPORT = ".cache/links.txt"
MEMORY = ".cache/snapshots.json"


def links(options: argparse.Namespace) -> int:
    """Check the outside links: 0 where the run came to its end, whatever it found; 1 where it couldn't; 130 cut short.

    The links of others rot without anybody here having made a mistake, so that a dead one is no failure of the run.
    """
    root: Path = options.root
    path = root / state.FILE
    archive = checks.load(root)
    addresses = collect(archive)
    today = datetime.now(UTC).date().isoformat()
    try:
        rows = state.read(path)
        if options.accept:
            return _accept(path, rows, options.accept)
        # Addresses that the archive no longer has are forgotten.
        rows = {address: row for address, row in rows.items() if address in addresses}
        manners = _manners(options)
        alone = options.alone or options.report
        opinion = None if alone else partial(second.ask, second.find(), manners)
        run = Run(rows, today, manners, partial(state.write, path, rows), opinion)
        code = 0
        if not options.report:
            code = _go(run, addresses, options)
            _mark_sources(archive, addresses, rows)
    except state.StateError as error:
        print(error.problem)
        return 1
    except second.LycheeError as error:
        print(Problem("Makefile", 1, "L00", str(error)))
        return 1
    _tell(root, addresses, rows, run.checked, options.all)
    return code


def _manners(options: argparse.Namespace) -> Manners:
    chosen = {"pause": options.pause, "deadline": options.deadline}
    return replace(Manners(), **{name: value for name, value in chosen.items() if value is not None})


def _go(run: Run, addresses: Mapping[str, Address], options: argparse.Namespace) -> int:
    due = run.due(addresses.values(), again=options.again)[: options.most or None]
    hosts = len({item.host for item in due})
    print(
        f"{len(due)} of {len(addresses)} outside addresses are due, on {hosts} hosts. Ctrl+C ends it; nothing is lost."
    )
    try:
        asyncio.run(run.go(due))
    except KeyboardInterrupt:
        print("Ended early. What was learnt is kept; run it again to go on.")
        return 130
    except OfflineError as error:
        print(Problem(state.FILE, 1, "L00", str(error)))
        return 1
    return 0


def _accept(path: Path, rows: dict[str, state.Row], address: str) -> int:
    row = rows.get(address)
    if row is None:
        print(Problem(state.FILE, 1, "L00", f"{address} has no row here: give the address as the report has it."))
        return 1
    state.write(path, rows | {address: state.accept(row)})
    print(f"{address} is taken as it is when it is next checked.")
    return 0


def _mark_sources(archive: checks.Archive, addresses: Mapping[str, Address], rows: dict[str, state.Row]) -> None:
    """Have each source say in `urlstatus` what a reader should know: that its page is dead, or another one now."""
    for address, known in addresses.items():
        row = rows.get(address)
        for place in known.places:
            if row is None or not place.key:
                continue
            status = row.state if row.state in ("dead", "changed") else ""
            if status == archive.library.entries[place.key].get("urlstatus"):
                continue
            try:
                set_fields(archive.root / place.path, place.key, {"urlstatus": status})
            except EntryError as error:
                print(Problem(place.path, place.line, "L00", str(error)))


def _tell(
    root: Path, addresses: Mapping[str, Address], rows: dict[str, state.Row], checked: int, everything: bool
) -> None:
    whole = sorted(set(report.report(addresses, rows, everything=True)))
    last = report.summary(addresses, rows, checked)
    file = root / REPORT
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{problem}\n" for problem in [*whole, last]), encoding="utf-8")
    shown = [problem for problem in whole if everything or problem.code != "L05"]
    for line in [*shown, last]:
        print(line)
    if len(shown) < len(whole):
        print(f"{len(whole) - len(shown)} more didn't open for robots; {REPORT} names them.", file=sys.stderr)


def snapshot(options: argparse.Namespace) -> int:
    """Find or make archived copies: 0 where the run came to its end, 1 where it couldn't, 130 cut short."""
    root: Path = options.root
    archive = checks.load(root)
    unknown = [key for key in options.keys if key not in archive.library]
    for key in unknown:
        print(unknown_key("bibliography", 1, key, archive.library))
    if unknown:
        return 1
    try:
        rows = state.read(root / state.FILE)
    except state.StateError as error:
        print(error.problem)
        return 1
    items = list(wanted(archive.library.entries.values(), rows, options.keys))
    if credentials() is None:
        print(f"Without {KEY} and {SECRET} in the environment nothing is saved; copies that are there are found.")
    try:
        return asyncio.run(_snapshots(items, root, options))
    except KeyboardInterrupt:
        print("Ended early. What was found is written down; run it again to go on.")
        return 130


async def _snapshots(items: list[Wanted], root: Path, options: argparse.Namespace) -> int:
    service, today = Service(), datetime.now(UTC).date()
    rested = (today - timedelta(days=REST)).isoformat()
    async with session(Manners()) as running:
        wayback = Wayback(running, service, credentials())
        work = Work(root, wayback, service, Memory(root / MEMORY), today.isoformat(), options.any_age)
        due = [item for item in items if options.keys or work.memory.get(item.address, work.rests) < rested]
        due = due[: options.most or None]
        print(f"{len(due)} sources to look for. Ctrl+C ends it; nothing is lost.")
        try:
            for number, item in enumerate(due):
                await asyncio.sleep(service.pause if number else 0)
                problem = await work.one(item)
                if problem:
                    print(problem)
        except Stop as reason:
            print(Problem(item.entry.path, item.entry.line, "L06", f"the Wayback Machine: {reason}."))
            return 1
        finally:
            print(f"{work.written} archived copies written down.")
    return 0
