"""What the citation tests share: a small bibliography, pages made by the extension alone, small sites by a generator."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from markdown import Markdown

from claimbook.citations import bibfile, library, styles
from claimbook.citations.cache import Cache
from claimbook.citations.extension import CitationsExtension
from claimbook.citations.library import Library
from claimbook.citations.site import Settings, Site

DATA = Path(__file__).parent / "data"
AUTHOR_DATE = "author-date"
#: What most sites switch on.
EXTENSIONS = ["abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc"]
# One cache in memory for all tests: what pandoc made for one serves the next.
CACHE = Cache()


def read(text: str) -> Library:
    """Return the library that a `.bib` text holds."""
    return library.merge({"refs.bib": bibfile.read(text.encode(), "refs.bib")})


REFS = library.read([DATA / "refs.bib"], DATA)


def make_site(bib: str | Library = REFS, style: str = AUTHOR_DATE, **settings: object) -> Site:
    """Return a site; `style` is AUTHOR_DATE for pandoc's own, empty for notes, or the name of a file in data/."""
    csl = DATA / style if style.endswith(".csl") else None
    loaded = styles.load(csl, style == AUTHOR_DATE, cache=CACHE)
    return Site(read(bib) if isinstance(bib, str) else bib, loaded, Settings(**settings), CACHE)


def make_pages(site: Site, texts: Mapping[str, str], extensions: list[object] | None = None) -> dict[str, str]:
    """Return the finished pages of a site, whose addresses are the keys of `texts`."""
    parsed = {}
    for address, text in texts.items():
        site.begin(address, f"docs/{address}index.md", lambda text=text: text)
        names = EXTENSIONS if extensions is None else extensions
        parsed[address] = Markdown(extensions=[*names, CitationsExtension(site)]).convert(text)
    site.gather(parsed, {address: f"Title of {address}" for address in parsed})
    return {address: site.fill(html, address) for address, html in parsed.items()}


def make_page(text: str, bib: str | Library = REFS, style: str = AUTHOR_DATE, **settings: object) -> str:
    """Return the HTML of one page."""
    return make_pages(make_site(bib, style, **settings), {"": text})[""]


@dataclass
class Built:
    """A site that a generator built, and what it said."""

    folder: Path
    code: int
    log: str
    pages: dict[str, str] = field(default_factory=dict)

    def page(self, path: str = "index.html") -> str:
        """Return a page's whole HTML."""
        if path not in self.pages:
            self.pages[path] = (self.folder / path).read_text(encoding="utf-8")
        return self.pages[path]

    def article(self, path: str = "index.html") -> str:
        """Return what a reader gets between the theme's navigation and its foot: the page's content."""
        html = self.page(path)
        start = html.index("<article") if "<article" in html else html.index('role="main"')
        end = html.index("</article>") if "</article>" in html else html.index("<footer")
        return html[start:end]


def write_site(root: Path, pages: Mapping[str, str], options: Mapping[str, object], **config: object) -> Path:
    """Write a site's files under `root`; `options` are the plugin's. Returns the path of mkdocs.yml."""
    for name, text in pages.items():
        path = root / ("docs" if name.endswith(".md") else "") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    plugins = [*config.pop("plugins", []), {"citations": dict(options)}, *config.pop("plugins_after", [])]
    settings = {"site_name": "Someone's site", "plugins": plugins, "theme": "mkdocs", **config}
    path = root / "mkdocs.yml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return path


def run_generator(config: Path, *options: str, generator: str = "mkdocs") -> Built:
    """Build a site strictly in a process of its own, as its owner would."""
    target = config.parent / f"site-{generator}"
    command = [sys.executable, "-m", generator, "build", "--strict", "-f", str(config), "-d", str(target), *options]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    run = subprocess.run(command, capture_output=True, text=True, cwd=config.parent, env=environment, check=False)
    return Built(target, run.returncode, run.stdout + run.stderr)


def build_here(config: Path, strict: bool = True, quick: bool = False) -> Built:
    """Build a site in this process, which is quicker; with `quick` only the pages saved since the last time."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort

    target = config.parent / "site"
    handler = _Lines()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    here = Path.cwd()
    os.chdir(config.parent)
    try:
        loaded = load_config(str(config), site_dir=str(target), strict=strict)
        loaded.plugins.on_startup(command="build", dirty=quick)
        try:
            build(loaded, dirty=quick)
            code = 0
        except Abort as error:
            handler.lines.append(str(error))
            code = 1
        loaded.plugins.on_shutdown()
    finally:
        logger.removeHandler(handler)
        os.chdir(here)
    return Built(target, code, "\n".join(handler.lines))


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")


@pytest.fixture
def build_site(tmp_path: Path) -> Callable[..., Built]:
    """Build a small site from its pages (`.md` under docs/, other names beside mkdocs.yml) and the plugin's options."""

    def built(
        pages: Mapping[str, str], options: Mapping[str, object] | None = None, strict: bool = True, **config: object
    ) -> Built:
        if not (tmp_path / "refs.bib").exists() and "refs.bib" not in pages:
            (tmp_path / "refs.bib").write_bytes((DATA / "refs.bib").read_bytes())
        path = write_site(tmp_path, pages, {"bib_file": "refs.bib"} if options is None else options, **config)
        return build_here(path, strict)

    return built
