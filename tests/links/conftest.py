"""What the tests of links share: a server that answers badly, and a small archive that cites it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.links.faults import Faults, faults


@pytest.fixture(scope="session")
def server() -> Iterator[Faults]:
    with faults() as running:
        yield running


@pytest.fixture(autouse=True)
def no_loop() -> Iterator[None]:
    """Put aside the event loop of a browser that another test left open: what is tested here begins its own."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    """Make an archive of one source for each address given, with keys a2021one, b2021one and so on."""

    def make(*addresses: str) -> Path:
        entries = [
            f"@online{{{chr(97 + number)}2021one,\n  title = {{A Work Nobody Wrote}},\n  date = {{2021}},\n"
            f"  url = {{{address}}},\n  langid = {{english}},\n  keywords = {{press}},\n"
            "  verification = {text},\n  verificationdate = {2026-11-02},\n}\n"
            for number, address in enumerate(addresses)
        ]
        (tmp_path / "bibliography").mkdir()
        (tmp_path / "docs").mkdir()
        (tmp_path / "bibliography" / "press.bib").write_text("\n".join(entries), encoding="utf-8")
        return tmp_path

    return make
