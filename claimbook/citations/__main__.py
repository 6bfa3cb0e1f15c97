"""`python -m claimbook.citations`: what any site with citations may ask, whichever generator makes it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import guard, library, lint
from .problems import report


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 1 where something is to be mended."""
    options = _parser().parse_args(argv)
    return options.run(options)


def _lint(options: argparse.Namespace) -> int:
    """Print all faults of sources and citations at once; then, which is no fault, what nothing cites."""
    here = Path.cwd()
    files = [file for path in options.bib for file in (library.find(path) if path.is_dir() else [path])]
    sources, cited = library.read(files, here), lint.read(options.docs, here)
    code = report(lint.check(cited, sources))
    for entry in lint.uncited(cited, sources):
        print(f"Cited nowhere: {entry.key} ({entry.place})")
    return code


def _guard(options: argparse.Namespace) -> int:
    return report(guard.check_site(options.folder, options.base))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m claimbook.citations", description="Checks for any cited site.")
    commands = parser.add_subparsers(required=True, metavar="command")
    linting = commands.add_parser("lint", help="check sources, and the pages that cite them; no build, no network")
    linting.add_argument("docs", type=Path, help="the folder of the Markdown pages")
    linting.add_argument("bib", type=Path, nargs="+", help=".bib files, or folders of them")
    linting.set_defaults(run=_lint)
    guarding = commands.add_parser("guard", help="check a folder of finished HTML, whatever made it")
    guarding.add_argument("folder", type=Path)
    guarding.add_argument("--base", default="", help="the path of the site's address, such as /archive/")
    guarding.set_defaults(run=_guard)
    return parser


if __name__ == "__main__":
    sys.exit(main())
