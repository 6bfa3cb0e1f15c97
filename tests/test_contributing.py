"""What a contributor meets outside the site: guides, forms, and what runs when a change is proposed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from claimbook import checks
from claimbook.citations import guard
from claimbook.citations.problems import Problem
from tests.conftest import ROOT

GITHUB = ROOT / ".github"
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
GUIDES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "REVIEWING.md", "HACKING.md")]
# What is wrong in an edition is told of a page of the built site, which is no file of a proposal.
GOLDEN = sorted(path for path in (ROOT / "tests").rglob("expected.txt") if "editions" not in path.parts)
CODES = checks.codes() | guard.RULES


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# ------------------------------------------------------------------ complaints on their lines


def pattern() -> re.Pattern[str]:
    """Return the problem matcher's expression, which means the same to Python as to JavaScript."""
    matchers = json.loads((GITHUB / "problem-matcher.json").read_text(encoding="utf-8"))["problemMatcher"]
    (one,) = matchers[0]["pattern"]
    assert (one["file"], one["line"], one["code"], one["message"]) == (1, 2, 3, 4)
    return re.compile(one["regexp"])


@pytest.mark.parametrize("code", sorted(CODES))
def test_ci_finds_the_line_of_every_code(code: str) -> None:
    problem = Problem("docs/essays/a-page.md", 12, code, 'a "sentence": with a colon, C01 and – signs.')
    for shown in (str(problem), f"WARNING -  {problem}"):
        match = pattern().match(shown)
        assert match, shown
        assert match.groups() == (problem.path, "12", code, problem.message)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.relative_to(ROOT / "tests").as_posix())
def test_ci_finds_every_message_that_the_checks_are_known_to_give(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if re.search(r": [A-Z]\d\d ", line)]
    assert lines
    assert all(pattern().match(line) for line in lines)


@pytest.mark.parametrize(
    "line",
    ["All well: 144 pages, 2437 citations, 819 sources.", "3 things to mend in 2 files.", "INFO    -  Building", ""],
)
def test_ci_takes_nothing_else_for_a_complaint(line: str) -> None:
    assert not pattern().match(line)


# ------------------------------------------------------------------ what runs when a change is proposed


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_gives_secrets_to_code_that_nobody_read(path: Path) -> None:
    flow, text = load(path), path.read_text(encoding="utf-8")
    triggers = flow.get("on", flow.get(True))  # YAML 1.1 takes the word on for true
    assert "pull_request_target" not in triggers
    assert "secrets." not in text or "pull_request" not in triggers
    assert "permissions" in flow
    if "pull_request" in triggers:
        assert flow["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_call_targets_that_exist(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z-]+)", path.read_text(encoding="utf-8")):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_the_hook_before_a_commit_runs_the_check() -> None:
    (repository,) = load(ROOT / ".pre-commit-config.yaml")["repos"]
    (hook,) = repository["hooks"]
    assert (repository["repo"], hook["entry"], hook["pass_filenames"]) == ("local", "make --silent check", False)
    for name in ("docs/claims/c-0012.md", "bibliography/press.bib", "mkdocs.yml"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "claimbook/plugin.py")


# ------------------------------------------------------------------ forms


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_is_one_that_github_reads(path: Path) -> None:
    """Rules of https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests."""
    form = load(path)
    assert form.keys() <= {"name", "description", "title", "labels", "body"}
    assert form["name"]
    assert form["description"]
    inputs = [item for item in form["body"] if item["type"] != "markdown"]
    assert inputs
    ids = [item["id"] for item in inputs]
    assert len(ids) == len(set(ids))
    for item in form["body"]:
        assert item["type"] in ("markdown", "input", "textarea", "dropdown", "checkboxes")
        assert item["attributes"].get("label") or item["type"] == "markdown"
        assert item.get("validations", {}).keys() <= {"required"}
        options = item["attributes"].get("options", [])
        assert bool(options) == (item["type"] == "dropdown")
        assert all(isinstance(option, str) for option in options)
        assert len(options) == len(set(options))


def test_a_reader_is_told_of_the_forms_by_their_names() -> None:
    names = {load(path)["name"] for path in FORMS}
    assert "This is wrong" in names
    assert "“This is wrong”" in (ROOT / "docs/about/correct.md").read_text(encoding="utf-8")
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"“{name}”" in guide for name in names)


def test_reviewers_know_every_label() -> None:
    guide = (ROOT / "REVIEWING.md").read_text(encoding="utf-8")
    for path in FORMS:
        assert all(f"`{label}`" in guide for label in load(path)["labels"])


# ------------------------------------------------------------------ guides


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_the_links_of_a_guide_lead_somewhere(path: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#:\s]+)\)", text):
        assert (ROOT / target).exists(), target


def test_the_guides_name_only_files_that_exist() -> None:
    for path in GUIDES[1:3]:
        for name in re.findall(r"`((?:docs|bibliography|claimbook|tests)/[\w./-]+)`", path.read_text(encoding="utf-8")):
            known = (ROOT / name).exists() or "c-0000" in name or ".fr." in name
            assert known, f"{path.name}: {name}"


def test_what_a_guide_shows_of_a_message_is_what_is_said() -> None:
    """The example of CONTRIBUTING is one that the check gives today."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.search(r"```text\n(docs/.+)\n```", guide)
    assert shown
    assert pattern().match(shown[1])
    key = re.search(r'the key "(.+?)"', shown[1])
    nearest = re.search(r'Did you mean "(.+?)"', shown[1])
    assert key
    assert nearest
    library = checks.load(ROOT).library
    from claimbook.citations.library import unknown_key

    assert shown[1] == str(unknown_key("docs/film/people.md", 12, key[1], library))


@pytest.mark.parametrize(
    "words", [[], ["check"], ["new"], ["new", "claim"], ["new", "source"], ["list"], ["codes"], ["guard"]]
)
def test_every_command_says_what_it_does(words: list[str]) -> None:
    command = [sys.executable, "-m", "claimbook", *words, "--help"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) > 3
    assert run.stdout.splitlines()[2].strip() or "positional" in run.stdout
