"""The command line: `python -m claimbook`, the same tool that the Makefile's targets call."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from . import checks, claims
from .citations import guard
from .citations.problems import Problem, report
from .claims.vocabulary import VocabularyError

BEGIN, END = "<!-- codes: begin -->", "<!-- codes: end -->"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 1 where something is to be mended."""
    options = _parser().parse_args(argv)
    return options.run(options)


def _report(problems: Iterable[Problem]) -> int:
    code = report(problems)
    if code:
        print("CONTRIBUTING.md explains each code.")
    return code


def _check(options: argparse.Namespace) -> int:
    archive = checks.load(options.root)
    try:
        code = _report(checks.run(archive))
    except VocabularyError as error:
        print(error)
        return 1
    if not code:
        print(checks.summary(archive))
    return code


def _codes(options: argparse.Namespace) -> int:
    from .editions.faults import CODES

    codes = sorted((checks.codes() | guard.RULES | CODES).items())
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


def _new_claim(options: argparse.Namespace) -> int:
    path = claims.new_claim(options.root)
    print(f"{path} is yours to fill; each field is explained in it, and docs/claims/c-0012.md is one to look at.")
    print("`make check` lists what is still to be written, line by line, until nothing is left.")
    return 0


def _new_source(options: argparse.Namespace) -> int:
    from . import sources  # what speaks to the network is loaded where that was asked for

    wish = sources.Wish(options.identifier, options.keyword, options.to, options.anyway, options.dry_run)
    try:
        services = sources.Services.from_environment(os.environ)
        added = sources.add(wish, options.root, services, date.today())
    except (sources.SourceError, VocabularyError) as error:
        print(f"new source: {error}", file=sys.stderr)
        return 1
    print("\n".join(added.lines()))
    return 0


def _list(options: argparse.Namespace) -> int:
    for line in checks.inventory(checks.load(options.root), options.what):
        print(line)
    return 0


def _guard(options: argparse.Namespace) -> int:
    return _report(guard.check_site(options.folder, options.base))


def _export(options: argparse.Namespace) -> int:
    """Write the editions. They need Typst and its fonts, which who only cites hasn't installed: imported here."""
    from . import editions

    try:
        if options.only:
            made = [editions.some(options.folder, options.root, options.only, options.to)]
        else:
            made = editions.build(options.folder, options.root)
    except editions.Faulty as error:
        return _report(replace(each, path=str(options.folder / each.path)) for each in error.faults)
    for path in made:
        print(f"{path}  {path.stat().st_size:,} bytes")
    return 0


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


def _source_arguments(source: argparse.ArgumentParser) -> None:
    source.add_argument("identifier", help="a DOI, an address, an ISBN or an arXiv number")
    source.add_argument(
        "--keyword", default="", metavar="kind", help="film, official, scholarship, press, primary or data"
    )
    source.add_argument(
        "--to", default="", metavar="file", help="the file of bibliography/ it goes to, if not its kind's"
    )
    source.add_argument("--dry-run", action="store_true", help="print the entry and write nothing")
    source.add_argument("--anyway", action="store_true", help="write it though another source has nearly its title")
    source.set_defaults(run=_new_source)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="claimbook",
        description="Records, checks and citations of the archive.",
        epilog="Each command has a --help of its own. CONTRIBUTING.md explains every code that a check gives.",
    )
    parser.add_argument("--root", type=Path, default=Path(), help="the archive's folder (here, unless said otherwise)")
    commands = parser.add_subparsers(required=True, metavar="command")
    check = commands.add_parser("check", help="check records, sources and citations; no build, no network")
    check.set_defaults(run=_check)
    new = commands.add_parser("new", help="begin a claim, or a source from its DOI, address or ISBN")
    kinds = new.add_subparsers(required=True, metavar="what")
    claim = kinds.add_parser("claim", help="copy the template of a claim to the next free number")
    claim.set_defaults(run=_new_claim)
    _source_arguments(kinds.add_parser("source", help="look a source up and write its entry (over the network)"))
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
    export = commands.add_parser("export", help="make the PDF, the EPUB and the offline copy of a built site")
    export.add_argument("folder", type=Path, help="the folder of the built site, such as site")
    export.add_argument(
        "--only", nargs="+", metavar="NAME", help="only these pages, such as c-0012 or essays.faces, as one PDF"
    )
    export.add_argument("--to", type=Path, default=Path("pages.pdf"), help="where --only writes its PDF (pages.pdf)")
    export.set_defaults(run=_export)
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
