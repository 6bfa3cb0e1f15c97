"""A second opinion by lychee, for every address that did not open for us.

lychee speaks HTTP/2 and brings its own TLS, so a server that refuses one client often answers the other. It is asked for
one address at a time: its own report comes only at the very end of a run, and would be lost with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from .fetch import Manners
from .kinds import Answer, Kind


class LycheeError(Exception):
    """lychee isn't there, or doesn't do what it should; says what to do in one sentence."""


def find() -> str:
    """Return the path of a lychee that runs: beside this Python, as `make links` installs it, or on the PATH."""
    found = shutil.which("lychee", path=str(Path(sys.executable).parent)) or shutil.which("lychee")
    if not found:
        raise LycheeError("lychee isn't installed; run: make links")
    try:
        run = subprocess.run([found, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        run = None
    if run is None or run.returncode or not run.stdout.startswith(b"lychee "):
        raise LycheeError(f"{found} doesn't run as lychee should; delete .venv and run: make links")
    return found


async def ask(lychee: str, manners: Manners, address: str) -> Kind | None:
    """Return what lychee finds at an address, or None where it has no opinion."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "address.md"
        page.write_text(f"<{address}>\n", encoding="utf-8")
        # In a folder of its own, so that no settings of the one we are in are found.
        command = [lychee, "--format", "json", "--no-progress", "--max-retries", "0", "--max-redirects",
                   str(manners.most_hops), "--timeout", str(max(1, round(manners.deadline))), page.name]  # fmt: skip
        try:
            running = await asyncio.create_subprocess_exec(
                *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
        except OSError as error:
            raise LycheeError(f"lychee can't be started ({error.strerror}); run: make links") from None
        try:
            async with asyncio.timeout(2 * manners.deadline + 10):
                said, _ = await running.communicate()
        except TimeoutError:
            return None
        finally:
            if running.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    running.kill()
                await running.wait()
    return read(said.decode("utf-8", "replace"))


def read(report: str) -> Kind | None:
    """Return what lychee's JSON report on one address says; None where it says nothing that can be understood."""
    try:
        found = json.loads(report)
        total, fine, late = (int(found[name]) for name in ("total", "successful", "timeouts"))
        codes = [_code(item) for items in found["error_map"].values() for item in items]
    except (ValueError, KeyError, TypeError, AttributeError):
        # It may stumble over one address; the others are asked for all the same.
        return None
    if total != 1:
        return None
    if fine:
        return Kind.FINE_ELSEWHERE
    if late:
        return Kind.SLOW
    if not codes:
        return None
    return _BY_CODE.get(codes[0]) or _BY_HUNDRED.get(codes[0] // 100, Kind.CUT)


def _code(item: Any) -> int:
    return int(item["status"].get("code", 0))


_BY_CODE = {404: Kind.NOT_FOUND, 410: Kind.GONE, 429: Kind.TOO_MANY, 451: Kind.LAW, 503: Kind.BUSY, 401: Kind.LOGIN}
_BY_HUNDRED = {3: Kind.LOOP, 4: Kind.REFUSED, 5: Kind.SERVER_ERROR, 9: Kind.REFUSED}


def can_tell(ours: Answer) -> bool:
    """Whether lychee may know better: it looks at status and headers, not at the page, so not once we have those.

    A server that was asked too often already isn't asked again.
    """
    return not 200 <= ours.status < 300 and ours.kind not in (Kind.FINE, Kind.TOO_MANY, Kind.BAD_ADDRESS)


def agree(ours: Answer, theirs: Kind | None) -> Answer:
    """Return what two looks at one address come to: the better of them, so that nothing is called gone by one alone."""
    if theirs is None:
        return ours
    if theirs.weight == "fine":
        return Answer(theirs, status=200)
    # Gone for us, but refused or late for lychee, whose report has no word for what it can't connect to (cut off).
    if ours.kind.weight == "gone" and theirs.weight == "doubt" and theirs is not Kind.CUT:
        return replace(ours, kind=theirs)
    return ours
