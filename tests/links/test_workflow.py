"""The weekly run can't stand in anybody's way, and what talks to the network can change nothing."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent
# YAML 1.1 takes `on` for a truth, so that strings are read as they stand.
WORKFLOW = yaml.load((ROOT / ".github/workflows/links.yml").read_text(encoding="utf-8"), yaml.BaseLoader)


def _runs(job: str) -> str:
    return "\n".join(step.get("run", "") for step in WORKFLOW["jobs"][job]["steps"])


def test_it_runs_by_the_calendar_or_by_hand_and_never_for_a_change() -> None:
    assert set(WORKFLOW["on"]) == {"schedule", "workflow_dispatch"}


def test_what_asks_the_network_may_only_read() -> None:
    assert WORKFLOW["permissions"] == {}
    assert WORKFLOW["jobs"]["check"]["permissions"] == {"contents": "read", "pull-requests": "read"}
    assert "make links" in _runs("check")
    assert "make" not in _runs("propose")


def test_dead_links_do_not_make_it_fail() -> None:
    line = next(line for line in _runs("check").splitlines() if "make links" in line)
    assert "|| echo" in line


def test_make_links_alone_installs_lychee() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\nlinks: $(STAMPS)/links " in makefile
    holds = [path.name for path in ROOT.glob("requirements*.txt") if "lychee" in path.read_text(encoding="utf-8")]
    assert holds == ["requirements-links.txt"]
