"""The Wayback Machine, as far as it is asked here: which copy of a page it has, and to make one now.

Two interfaces: Availability (archive.org/help/wayback_api.php) and Save Page Now 2 (its public API documents, linked
from archive.org/account/s3.php, where the keys come from). Save Page Now is asked with `LOW key:secret`, gives a job,
and tells of the job when asked again; it takes at most seven pages a minute. Nothing here keeps or prints the keys.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import aiohttp

from .addresses import same_page

#: As in the Internet Archive's own tool, `ia`.
KEY, SECRET = "IA_ACCESS_KEY_ID", "IA_SECRET_ACCESS_KEY"
_DIGITS = re.compile(r"\d{14}")


class Later(Exception):
    """Nothing was learnt this time, and may be another time; says why."""


class Refused(Exception):
    """The archive has no copy of this page and won't make one; says why."""


class Stop(Exception):
    """It makes no sense to ask for anything more now; says why, and what to do."""


@dataclass(frozen=True)
class Snapshot:
    """A copy: `stamp` has its 14 digits of date and time (UTC), `address` is what it is a copy of."""

    stamp: str
    address: str

    @property
    def day(self) -> str:
        """The day it was made, as an ISO date."""
        return f"{self.stamp[:4]}-{self.stamp[4:6]}-{self.stamp[6:8]}"

    @property
    def url(self) -> str:
        """Where it is."""
        return f"https://web.archive.org/web/{self.stamp}/{self.address}"

    def days_from(self, day: str) -> int:
        """Return how many days lie between it and an ISO day or month."""
        return abs((date.fromisoformat(self.day) - date.fromisoformat(day if len(day) == 10 else f"{day}-01")).days)


@dataclass(frozen=True)
class Service:
    """Where the Wayback Machine is and how it is treated; times in seconds."""

    available: str = "https://archive.org/wayback/available"
    save: str = "https://web.archive.org/save"
    deadline: float = 60
    pause: float = 4
    """Between two questions."""
    save_pause: float = 10
    """Between two pages to save: seven a minute are allowed."""
    tries: int = 3
    patience: float = 120
    """The longest wait that a Retry-After is followed for."""
    backoff: float = 15
    job_time: float = 180
    """The longest that a job is waited for; a capture may take two minutes."""


def credentials(environment: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """Return key and secret from the environment, or None where they aren't given."""
    key, secret = environment.get(KEY, "").strip(), environment.get(SECRET, "").strip()
    return (key, secret) if key and secret else None


class Wayback:
    """One conversation with the Wayback Machine."""

    def __init__(self, running: aiohttp.ClientSession, service: Service, keys: tuple[str, str] | None):
        self._running, self._service, self._keys = running, service, keys

    @property
    def can_save(self) -> bool:
        """Whether it has keys."""
        return self._keys is not None

    async def nearest(self, address: str, day: str) -> Snapshot | None:
        """Return the copy nearest to an ISO day or month that opened when it was made, or None. May raise Later, Stop."""
        asked = f"{self._service.available}?url={quote(address, safe='')}&timestamp={day.replace('-', '')}"
        said = await self._ask("GET", asked)
        held = said.get("archived_snapshots")
        if not isinstance(held, dict):
            raise Later("its answer isn't one that its documents know")
        closest = held.get("closest")
        if not isinstance(closest, dict) or not closest.get("available") or str(closest.get("status")) != "200":
            return None
        inside = re.fullmatch(r"https?://web\.archive\.org(?::\d+)?/web/(\d{14})[a-z_]*/(.+)", str(closest.get("url")))
        if not inside or inside[1] != closest.get("timestamp") or not same_page(inside[2], address):
            raise Later("its answer is about another page")
        return Snapshot(_checked(inside[1]), address)

    async def start(self, address: str) -> str:
        """Have a page saved; returns the job's name. May raise Later, Refused, Stop."""
        said = await self._ask("POST", self._service.save, {"url": address, "skip_first_archive": "1"})
        job = said.get("job_id")
        if said.get("status") == "error" or not isinstance(job, str) or not re.fullmatch(r"[\w-]{8,80}", job):
            raise self._refusal(said)
        return job

    async def outcome(self, job: str, address: str) -> Snapshot | None:
        """Return what a job has come to, or None while it is under way. May raise Later, Refused, Stop."""
        said = await self._ask("GET", f"{self._service.save}/status/{job}")
        if said.get("status") == "pending":
            return None
        if said.get("status") != "success" or said.get("job_id", job) != job:
            raise self._refusal(said)
        if str(said.get("http_status", 200)) != "200":
            raise Refused(f"the page answered it with the status {said['http_status']}")
        stamp = _checked(str(said.get("timestamp")))
        if same_page(str(said.get("original_url")), address):
            return Snapshot(stamp, address)
        # After redirects it names the page at their end: only a copy under our own address is one of our page.
        found = await self.nearest(address, stamp)
        if found and found.stamp[:8] == stamp[:8]:
            return found
        raise Refused(f"it was sent on to another page, {said.get('original_url')}")

    def _refusal(self, said: Mapping[str, Any]) -> Exception:
        code = str(said.get("status_ext", ""))
        if code in _FOR_GOOD:
            return Refused(f"{said.get('message') or code}"[:200])
        if code in ("error:too-many-daily-captures-user", "error:max-daily-bandwidth"):
            return Stop("the day's share of Save Page Now is used up; run it again tomorrow")
        return Later(f"Save Page Now says: {said.get('message') or code or 'nothing that can be understood'}"[:200])

    async def _ask(self, method: str, address: str, data: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the JSON object that answers a question; troubles are waited out a few times."""
        problem: Exception = Later("it didn't answer")
        for number in range(self._service.tries):
            try:
                status, wait, body = await self._send(method, address, data)
            except (TimeoutError, aiohttp.ClientError, OSError) as error:
                problem, wait = Later(f"it didn't answer ({type(error).__name__})"), 0.0
            else:
                if status in (401, 403):
                    raise Stop(
                        f"it doesn't take the keys: look at {KEY} and {SECRET}"
                        if self._keys
                        else f"it refuses us (status {status})"
                    )
                if status == 429:
                    problem = Stop(
                        "it says that it was asked too often; run it again in an hour, it goes on where it was"
                    )
                elif status >= 500:
                    problem = Later(f"it is in trouble (status {status})")
                elif found := _object(body):
                    return found
                else:
                    problem = Later("its answer can't be read")
            if number + 1 < self._service.tries:
                await asyncio.sleep(min(wait or self._service.backoff * 2**number, self._service.patience))
        raise problem

    async def _send(self, method: str, address: str, data: Mapping[str, str] | None) -> tuple[int, float, bytes]:
        headers = {"Accept": "application/json"}
        # The keys go to Save Page Now and nowhere else.
        if self._keys and address.startswith(self._service.save):
            headers["Authorization"] = "LOW {}:{}".format(*self._keys)
        async with (
            asyncio.timeout(self._service.deadline),
            self._running.request(method, address, data=data, headers=headers, allow_redirects=False) as response,
        ):
            body = bytearray()
            async for part in response.content.iter_any():
                body += part
                if len(body) > 2_000_000:
                    break
            wait = response.headers.get("Retry-After", "")
            return response.status, float(wait) if re.fullmatch(r"\d{1,6}", wait) else 0.0, bytes(body)


#: What Save Page Now says of pages that it can't save on any other day either.
_FOR_GOOD = {f"error:{name}" for name in (
    "blocked", "blocked-url", "filesize-limit", "ftp-access-denied", "invalid-host-resolution", "invalid-url-syntax",
    "method-not-allowed", "no-access", "not-found", "not-implemented", "too-many-redirects", "unauthorized",
)}  # fmt: skip


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _checked(stamp: str) -> str:
    """Return 14 digits that are a time in the past; raises Later for anything else."""
    try:
        time = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC) if _DIGITS.fullmatch(stamp) else None
    except ValueError:
        time = None
    # Its clock may be a little ahead of ours.
    if time is None or time.year < 1996 or (time - datetime.now(UTC)).days >= 1:
        raise Later(f"it gives a time that is none: {stamp[:30]}")
    return stamp
