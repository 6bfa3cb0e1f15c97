"""`make bench`: what citations cost, on generated sites, as ratios within one run.

Three builds of the same prose are timed in turn: plain MkDocs with Material and no citations, our plugin with an empty
cache and with a full one, and (at the small size only, it takes a minute) stock mkdocs-bibtex with the same style.
Seconds depend on the machine; the ratios are what to quote. Two are given: by the clock, which is what a writer waits,
and by processor time, pandoc's included, which says the same on a busy machine. Each is the least of its runs: whatever
else the machine does only ever adds to it. ProperDocs builds the small site too, and its article HTML is compared with
that of MkDocs.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from claimbook.citations.cache import Cache
from claimbook.citations.styles import pandoc_style

SIZES = {"small": (200, 1000), "large": (1000, 5000)}
CITATIONS = 10
PROSE = """the archive of a film that follows one life among cameras and lists with scores in towns where people pay by
phone and courts publish debtors every year under rules which change slowly over time in many places"""
WORDS = PROSE.split()
FAMILIES = [
    first + last
    for first in (
        "Smith",
        "Jones",
        "Müller",
        "García",
        "Li",
        "Wang",
        "Chen",
        "Kim",
        "Dupont",
        "Rossi",
        "Novák",
        "Silva",
    )
    for last in (
        "",
        "son",
        "berg",
        "stein",
        "ov",
        "ez",
        "ara",
        "ini",
        "ski",
        "wood",
        "field",
        "man",
        "er",
        "ton",
        "ley",
    )
]
TOPICS = ("Nature", "Origins", "Limits")
GIVEN = ("Anna", "Bo", "Carl", "Dora", "Emil", "Fay", "Gus", "Hana")


@dataclass(frozen=True)
class Timing:
    """What a build took: seconds by the clock and of processor time, and the peak memory of Python and of pandoc in MiB."""

    clock: float
    processor: float
    python: float
    pandoc: float


def main() -> None:
    """Print the table for the sizes asked for."""
    parser = argparse.ArgumentParser(description="Time citations against plain MkDocs and stock mkdocs-bibtex.")
    parser.add_argument("--size", choices=[*SIZES, "all"], default="all")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each build")
    parser.add_argument(
        "--editions", action="store_true", help="what the PDF of the built site takes, and nothing else"
    )
    options = parser.parse_args()
    if options.editions:
        _book()
        return
    for size in SIZES if options.size == "all" else [options.size]:
        pages, sources = SIZES[size]
        print(f"\n{pages} pages, {CITATIONS} citations each, {sources} sources (the least of {options.runs} runs)")
        with TemporaryDirectory() as folder:
            _bench(Path(folder), size, options.runs)


#: Sets the book in a process of its own; Typst is the only process that this one starts and that takes room.
_SET = """
import resource, sys
from pathlib import Path
from claimbook import editions
site, root, target = map(Path, sys.argv[1:])
tree = editions.clean(site)
editions.pdf(tree, target, editions.load_info(root, tree.address, tree.language), root / editions.TEMPLATES)
print(*(resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
"""


def _book() -> None:
    with TemporaryDirectory() as folder:
        target = Path(folder) / "archive.pdf"
        start = time.perf_counter()
        command = [sys.executable, "-c", _SET, "site", ".", str(target)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        clock = time.perf_counter() - start
        own, typst = map(float, run.stdout.split())
        print(
            f"book: {clock:.1f} s, Python {own:.0f} MiB, then Typst {typst:.0f} MiB, {target.stat().st_size / 1e6:.1f} MB"
        )


def _bench(folder: Path, size: str, runs: int) -> None:
    plain, ours = site(folder / "plain", size, "plain"), site(folder / "ours", size, "citations")
    timings: dict[str, list[Timing]] = {"plain": [], "cold": [], "warm": []}
    for _ in range(runs):
        timings["plain"].append(build(plain))
        shutil.rmtree(ours / ".cache", ignore_errors=True)
        timings["cold"].append(build(ours))
        timings["warm"].append(build(ours))
    base = _least(timings["plain"])
    for name, rows in timings.items():
        _print(name, _least(rows), base)
    if size == "small":
        _print("stock", build(site(folder / "stock", size, "bibtex")), base)
        _compare_generators(ours)


def _least(timings: list[Timing]) -> Timing:
    return Timing(
        min(row.clock for row in timings),
        min(row.processor for row in timings),
        max(row.python for row in timings),
        max(row.pandoc for row in timings),
    )


def _print(name: str, timing: Timing, base: Timing) -> None:
    print(
        f"  {name:6} {timing.clock:7.2f} s {timing.clock / base.clock:6.2f} x plain"
        f"  {timing.processor:7.2f} s of processor {timing.processor / base.processor:6.2f} x"
        f"  {timing.python:5.0f} MiB, pandoc {timing.pandoc:4.0f} MiB",
        flush=True,
    )


#: Runs a build and says what it took: a process of its own, since a process can only ask for the sum over its children.
_MEASURED = """
import resource, sys
from {0}.__main__ import cli
try:
    cli(["build", "--quiet"], standalone_mode=False)
finally:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = sum((own.ru_utime, own.ru_stime, children.ru_utime, children.ru_stime))
    print("took", spent, own.ru_maxrss / 1024, children.ru_maxrss / 1024)
"""


def build(site: Path, generator: str = "mkdocs") -> Timing:
    """Build a site in a process of its own; raises where the build fails."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    # Ours would be compiled anew in every build, and what pip installed would not.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", _MEASURED.format(generator)], cwd=site, env=environment, check=True, capture_output=True
    )
    clock = time.perf_counter() - start
    processor, python, pandoc = map(float, run.stdout.split(b"took")[-1].split())
    return Timing(clock, processor, python, pandoc)


def _compare_generators(site: Path) -> None:
    def articles() -> dict[str, str]:
        pages = sorted((site / "site").rglob("*.html"))
        found = {page: re.search(r"<article.*?</article>", page.read_text("utf-8"), re.S) for page in pages}
        return {str(page): match[0] for page, match in found.items() if match}

    build(site)
    ours = articles()
    try:
        build(site, "properdocs")
    except subprocess.CalledProcessError as error:
        print(f"  ProperDocs could not build the site: {error.stderr.decode()[-300:]}")
        return
    same = sum(html == ours.get(page) for page, html in articles().items())
    print(f"  ProperDocs: {same} of {len(ours)} articles have the same HTML")


# ------------------------------------------------------------------ generated sites


def site(folder: Path, size: str, plugin: str) -> Path:
    """Write a site: the same prose for every plugin, with citations unless `plugin` is `plain`."""
    pages, sources = SIZES[size]
    docs = folder / "docs"
    docs.mkdir(parents=True)
    chance = random.Random(5)
    for number in range(pages):
        docs.joinpath(f"page-{number}.md").write_text(
            _page(number, sources, chance, plugin != "plain"), encoding="utf-8"
        )
    docs.joinpath("index.md").write_text("# Home\n\nWelcome.\n", encoding="utf-8")
    folder.joinpath("references.bib").write_text("\n".join(_entries(sources)), encoding="utf-8")
    folder.joinpath("style.csl").write_text(pandoc_style(Cache()), encoding="utf-8")
    folder.joinpath("mkdocs.yml").write_text(_config(plugin), encoding="utf-8")
    return folder


def _config(plugin: str) -> str:
    plugins = {
        "plain": "",
        "citations": "  - citations: {bib_file: references.bib, csl_file: style.csl, enable_inline_citations: false}\n",
        "bibtex": "  - bibtex: {bib_file: references.bib, csl_file: style.csl, enable_inline_citations: false}\n",
    }[plugin]
    theme = "theme: {name: material, font: false}\nmarkdown_extensions: [footnotes]\n"
    return f"site_name: Bench\n{theme}plugins:\n  - search\n{plugins}"


def _page(number: int, sources: int, chance: random.Random, cited: bool) -> str:
    """Return a page of five sections; the chance numbers are drawn alike with and without citations."""
    lines = [f"# Page {number}\n"]
    for section in range(5):
        lines.append(f"## Section {section} of {number}\n")
        for paragraph in range(3):
            text = ". ".join(" ".join(chance.choice(WORDS) for _ in range(18)).capitalize() for _ in range(5))
            mark = f" [@key{chance.randrange(sources)}, p. {chance.randint(1, 300)}]" if paragraph < 2 else ""
            lines.append(f"{text}{mark if cited else ''}.\n")
    return "\n".join(lines)


def _entries(count: int) -> Iterator[str]:
    """Yield entries whose authors repeat, so that year letters are needed."""
    chance = random.Random(1)
    for number in range(count):
        family = chance.choice(FAMILIES[: max(20, count // 4)])
        others = f" and {chance.choice(FAMILIES)}, {chance.choice(GIVEN)}" if chance.random() < 0.4 else ""
        yield (
            f"@article{{key{number},\n  author = {{{family}, {chance.choice(GIVEN)}{others}}},\n"
            f"  title = {{On the {chance.choice(TOPICS)} of {chance.choice(WORDS)} {number}}},\n"
            f"  journaltitle = {{Journal of {chance.choice(('Studies', 'Ideas', 'Notes'))}}},\n"
            f"  date = {{{chance.randint(2000, 2024)}}},\n  volume = {{{chance.randint(1, 50)}}},\n"
            f"  pages = {{{chance.randint(1, 100)}--{chance.randint(101, 200)}}},\n  doi = {{10.1000/{number}}},\n}}\n"
        )


if __name__ == "__main__":
    main()
