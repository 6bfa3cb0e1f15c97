"""One run over all addresses: host by host, each at its own pace, with the state kept after every answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import aiohttp

from .addresses import Address
from .fetch import Manners, fetch, session
from .kinds import Answer, Kind
from .second import agree, can_tell
from .state import Row, judge

#: An address checked so many days ago or less isn't asked for again: an interrupted run goes on where it was.
FRESH = 6
#: So many addresses of a host in a row of which nothing comes, and the others wait for the next run, nothing being
#: known of them. Hosts that aren't there at all are told apart at once, and all their addresses are judged.
GIVE_UP = 4
SILENT = {Kind.SLOW, Kind.UNREACHED}

Second = Callable[[str], Awaitable[Kind | None]]


class OfflineError(Exception):
    """No host at all answered: it is our network that is gone, and nothing was learnt of any link."""


@dataclass
class Run:
    """What a run needs and what it has learnt. `rows` is changed in place; `keep` is called after each answer."""

    rows: dict[str, Row]
    today: str
    manners: Manners
    keep: Callable[[], None]
    second: Second | None = None
    answered: bool = False
    checked: int = 0

    def due(self, addresses: Iterable[Address], *, again: bool = False) -> list[Address]:
        """Return the addresses to ask for, those checked longest ago first."""
        limit = (date.fromisoformat(self.today) - timedelta(days=FRESH)).isoformat()
        last = {item.address: self.rows.get(item.address, Row("")).checked for item in addresses}
        chosen = [item for item in addresses if again or last[item.address] < limit]
        return sorted(chosen, key=lambda item: (last[item.address], item.address))

    async def go(self, addresses: Iterable[Address]) -> None:
        """Ask for all of them. Raises OfflineError where no host answered, with nothing written down."""
        hosts: Mapping[str, list[Address]] = defaultdict(list)
        for item in addresses:
            hosts[item.host].append(item)
        self._held: list[tuple[str, Answer]] = []
        gate = asyncio.Semaphore(self.manners.hosts)
        try:
            async with session(self.manners) as running, asyncio.TaskGroup() as group:
                for items in hosts.values():
                    group.create_task(self._host(running, items, gate))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        if self._held and not self.answered:
            raise OfflineError("no host answered, so nothing was written down: is there a network?")

    async def _host(self, running: aiohttp.ClientSession, items: list[Address], gate: asyncio.Semaphore) -> None:
        silent = 0
        async with gate:
            for number, item in enumerate(items):
                if silent >= GIVE_UP:
                    return
                if number:
                    await asyncio.sleep(self.manners.pause)
                answer = await self._look(running, item)
                silent = silent + 1 if answer.kind in SILENT and not answer.status else 0
                self._learn(item.address, answer)

    async def _look(self, running: aiohttp.ClientSession, item: Address) -> Answer:
        answer = await fetch(running, item.address, tuple(item.titles), self.manners)
        if self.second and can_tell(answer):
            await asyncio.sleep(self.manners.pause)
            answer = agree(answer, await self.second(item.address))
        return answer

    def _learn(self, address: str, answer: Answer) -> None:
        """Write an answer down; one without any from the host waits until some host has shown that we have a network."""
        self.answered = self.answered or answer.status > 0
        self._held.append((address, answer))
        if not self.answered:
            return
        for known, held in self._held:
            self.rows[known] = judge(self.rows.get(known, Row(known)), held, self.today)
            self.checked += 1
        self._held.clear()
        self.keep()
