"""`python -m claimbook.editions`: make the editions of a built site, or one page of it as a PDF."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import TEMPLATES, Faulty, build, clean, load_info, pdf


def main(argv: Sequence[str] | None = None) -> int:
    """Write editions; returns 0, or 1 where a page is to be mended."""
    parser = argparse.ArgumentParser(prog="claimbook.editions", description=__doc__)
    parser.add_argument("site", type=Path, help="the folder of the built site")
    parser.add_argument("--root", type=Path, default=Path(), help="the archive's folder (here, unless said otherwise)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these pages, such as c-0012 or essays.faces")
    parser.add_argument("--to", type=Path, default=Path("pages.pdf"), help="where --only writes its PDF")
    options = parser.parse_args(argv)
    try:
        if options.only:
            tree = clean(options.site)
            info = load_info(options.root, tree.address, tree.language)
            made = [pdf(tree.only(*options.only), options.to, info, options.root / TEMPLATES)]
        else:
            made = build(options.site, options.root)
    except Faulty as error:
        things = len(error.faults)
        print(*error.faults, f"{things} thing{'s' * (things != 1)} to mend.", sep="\n")
        return 1
    for path in made:
        print(f"{path}  {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
