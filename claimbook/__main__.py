"""The command line: `python -m claimbook`, the same tool that the Makefile's targets call."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import checks, claims
from .citations import guard
from .citations.problems import Problem
from .claims.vocabulary import VocabularyError

BEGIN, END = "<!-- codes: begin -->", "<!-- codes: end -->"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 1 where something is to be mended."""
    options = _parser().parse_args(argv)
    return options.run(options)


def report(problems: Iterable[Problem], root: Path) -> int:
    """Print problems, each on a line of its own, then how many there are; returns the exit code."""
    found = sorted(set(problems))
    for problem in found:
        print(problem)
    if not found:
        return 0
    files = len({problem.path for problem in found})
    things = "1 thing" if len(found) == 1 else f"{len(found)} things"
    print(f"{things} to mend in {files} file{'s' if files > 1 else ''}. CONTRIBUTING.md explains each code.")
    return 1


def _check(options: argparse.Namespace) -> int:
    archive = checks.load(options.root)
    try:
        code = report(checks.run(archive), options.root)
    except VocabularyError as error:
        print(error)
        return 1
    if not code:
        print(checks.summary(archive))
    return code


def _codes(options: argparse.Namespace) -> int:
    codes = sorted((checks.codes() | guard.RULES).items())
    if options.write:
        page = options.root / "CONTRIBUTING.md"
        page.write_text(_with_table(page.read_text(encoding="utf-8"), codes), encoding="utf-8")
        return 0
    for code, sentence in codes:
        print(f"{code}  {sentence}")
    return 0


def _with_table(text: str, codes: Iterable[tuple[str, str]]) -> str:
    """Return CONTRIBUTING with the table of codes between its two marks."""
    rows = "".join(f"| {code} | {sentence.replace('|', chr(92) + '|')} |\n" for code, sentence in codes)
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}\n| code | rule |\n|---|---|\n{rows}{END}{rest.split(END, 1)[1]}"


def _new(options: argparse.Namespace) -> int:
    path = claims.new_claim(options.root)
    print(f"{path} is yours to fill; each field is explained in it. Then run: make check")
    return 0


def _list(options: argparse.Namespace) -> int:
    for line in checks.inventory(checks.load(options.root), options.what):
        print(line)
    return 0


def _guard(options: argparse.Namespace) -> int:
    return report(guard.check_site(options.folder, options.base), options.folder)


def _links(options: argparse.Namespace) -> int:
    return _over_the_network("links", options)


def _snapshot(options: argparse.Namespace) -> int:
    return _over_the_network("snapshot", options)


def _over_the_network(name: str, options: argparse.Namespace) -> int:
    try:
        from .links import command
    except ModuleNotFoundError as error:
        # What asks the network has packages of its own, so that nobody else need install them.
        print(
            f"requirements-links.txt:1: SETUP {error.name} isn't installed; run `make links` once, which installs it."
        )
        return 1
    return getattr(command, name)(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="claimbook", description="Records, checks and citations of the archive.")
    parser.add_argument("--root", type=Path, default=Path(), help="the archive's folder (here, unless said otherwise)")
    commands = parser.add_subparsers(required=True, metavar="command")
    check = commands.add_parser("check", help="check records, sources and citations; no build, no network")
    check.set_defaults(run=_check)
    new = commands.add_parser("new", help="begin a record from its template")
    new.add_argument("what", choices=["claim"])
    new.set_defaults(run=_new)
    listing = commands.add_parser("list", help="list what the archive holds")
    listing.add_argument("what", choices=["claims", "sources", "uncited"])
    listing.set_defaults(run=_list)
    codes = commands.add_parser("codes", help="print every code a check can give, with its rule")
    codes.add_argument("--write", action="store_true", help="write them into CONTRIBUTING.md instead")
    codes.set_defaults(run=_codes)
    guarding = commands.add_parser("guard", help="check a folder of finished HTML, whatever made it")
    guarding.add_argument("folder", type=Path)
    guarding.add_argument("--base", default="", help="the path of the site's address, such as /archive/")
    guarding.set_defaults(run=_guard)
    links = commands.add_parser("links", help="check the outside links over the network, and say what to mend")
    links.add_argument("--again", action="store_true", help="ask for every address, also for those checked this week")
    links.add_argument("--alone", action="store_true", help="without a second opinion by lychee")
    links.add_argument("--most", type=int, metavar="N", help="ask for so many addresses, those checked longest ago")
    links.add_argument("--pause", type=float, metavar="S", help="seconds between two requests to a host (3)")
    links.add_argument("--deadline", type=float, metavar="S", help="seconds after which an answer is too late (40)")
    links.add_argument("--report", action="store_true", help="only say what is known; no network")
    links.add_argument("--all", action="store_true", help="also name the links that only want a look by a person")
    links.add_argument("--accept", metavar="ADDRESS", help="take the page at an address as it is now")
    links.set_defaults(run=_links)
    snapshot = commands.add_parser("snapshot", help="find or make an archived copy of sources, and write it down")
    snapshot.add_argument("keys", nargs="*", metavar="key", help="sources (all without a copy, unless said otherwise)")
    snapshot.add_argument("--most", type=int, metavar="N", help="no more than so many sources")
    snapshot.add_argument(
        "--any-age", action="store_true", help="take the nearest copy, however far from when it was seen"
    )
    snapshot.set_defaults(run=_snapshot)
    return parser


if __name__ == "__main__":
    sys.exit(main())
