"""The MkDocs plugin `citations`: mkdocs-bibtex's options and commands, with the work done by the core.

A thin adapter. It subclasses mkdocs-bibtex's plugin, so that a site may write `citations` where it wrote `bibtex` and
change nothing else; what that plugin did on each page is done here once for the whole site (see site.py).
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.config import config_options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs_bibtex.config import BibTexConfig
from mkdocs_bibtex.plugin import BibTexPlugin
from mkdocs_bibtex.utils import tempfile_from_url

from . import exports, library, styles
from .cache import Cache
from .extension import CitationsExtension
from .problems import Problem
from .render import ASSETS, Renderer
from .site import Settings, Site

log = logging.getLogger("mkdocs.plugins.citations")

#: Where the plugin's script and style sheet stand in the built site.
ASSET_FOLDER = "assets/citations"


class CitationsConfig(BibTexConfig):
    """mkdocs-bibtex's options, and two more."""

    style = config_options.Optional(config_options.Choice([styles.AUTHOR_DATE]))
    """`author-date`: text in the sentence, in pandoc's own style (Chicago), without a CSL file."""
    downloads = config_options.Type(str, default="")
    """A folder of the built site for all references as BibTeX, RIS and CSL-JSON; empty for none."""


class CitationsPlugin(BibTexPlugin):
    """Feeds the site's pages to the core and writes back what it makes of them."""

    config_class = CitationsConfig

    def __init__(self) -> None:
        super().__init__()
        self.site: Site | None = None
        self._read: tuple[Any, ...] = ()
        self._order: list[str] = []

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read bibliography and style, anew only when a file changed, and join the Markdown extension."""
        if "{key}" not in self.config.footnote_format:
            raise PluginError("citations: the option footnote_format must hold {key}, such as \"{key}\"")
        root = Path(config.config_file_path or "mkdocs.yml").parent
        if not self._read:
            self._bib_files, self._csl = self._files(root)
        read = tuple((path, _changed(path)) for path in [*self._bib_files, self._csl] if path)
        if read != self._read:
            self.site = self._load(root, config)
            self._read = read
        config.markdown_extensions.append(CitationsExtension(self.site))
        config.extra_css.insert(0, f"{ASSET_FOLDER}/citations.css")
        config.extra_javascript.append(f"{ASSET_FOLDER}/citations.js")
        return config

    def _files(self, root: Path) -> tuple[list[Path], Path | None]:
        if self.config.bib_file:
            bib_files = [_local("bib_file", self.config.bib_file, ".bib", root)]
        elif self.config.bib_dir:
            bib_files = library.find(Path(root, self.config.bib_dir))
        else:
            raise PluginError("citations: say where the sources are: bib_file: refs.bib, or bib_dir: bibliography")
        csl = self.config.csl_file and _local("csl_file", self.config.csl_file, ".csl", root)
        return bib_files, csl or None

    def _load(self, root: Path, config: MkDocsConfig) -> Site:
        cache = Cache(root / ".cache" / "citations.json")
        in_text = self.config.style == styles.AUTHOR_DATE
        try:
            style = styles.load(self._csl, in_text, self.config.csl_file_encoding, cache)
        except styles.StyleError as error:
            raise PluginError(f"citations: {error}") from error
        settings = Settings(
            bib_by_default=self.config.bib_by_default,
            bib_command=self.config.bib_command,
            full_bib_command=self.config.full_bib_command,
            footnote_format=self.config.footnote_format,
            enable_inline_citations=self.config.enable_inline_citations,
            author_date=in_text,
        )
        renderer = Renderer([Path(folder, "citations") for folder in config.theme.dirs])
        return Site(library.read(self._bib_files, root, cache), style, settings, cache, renderer)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Begin a build: take in script and style sheet, and let pandoc start on what the sources seem to cite."""
        for asset in sorted(ASSETS.iterdir()):
            files.append(File.generated(config, f"{ASSET_FOLDER}/{asset.name}", abs_src_path=str(asset)))
        self.site.forget()
        if self.config.downloads:
            for name, text in exports.downloads(self.site.library, self.site.formatter.cache).items():
                files.append(File.generated(config, f"{self.config.downloads}/{name}", content=text))
        self.site.format_ahead(file.content_string for file in files.documentation_pages())
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Remember the order of the pages: places that cite a work are listed in it."""
        self._order = [page.file.src_uri for page in nav.pages]
        return nav

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Tell the core which page the parser is about to read."""
        source = page.file.abs_src_path or page.file.src_uri
        self.site.begin(page.url, _shown(source, config), page.file.content_string)
        return markdown

    def on_env(self, env: Any, config: MkDocsConfig, files: Files) -> Any:
        """All pages are parsed and none is written: format everything cited, and let the search see its words."""
        pages = [file.page for file in files.documentation_pages() if file.page and file.page.content is not None]
        place = {uri: index for index, uri in enumerate(self._order)}
        pages.sort(key=lambda page: (place.get(page.file.src_uri, len(place)), page.file.src_uri))
        self.site.gather({page.url: page.content for page in pages}, {page.url: str(page.title) for page in pages})
        for page in pages:
            page.content = self.site.preview(page.content)
        for problem in sorted(set(self.site.problems)):
            _report(problem)
        return env

    @event_priority(100)
    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """Fill the finished page in, before any plugin that shortens its HTML."""
        return self.site.fill(output, page.url)

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Keep the results for the next build."""
        self.site.formatter.cache.save()

    def on_serve(self, server: Any, config: MkDocsConfig, builder: Any) -> Any:
        """Build again when a source or the style is edited."""
        for path in [*self._bib_files, self._csl]:
            if path:
                server.watch(str(path))
        return server


def _local(option: str, value: str, suffix: str, root: Path) -> Path:
    """Return the file an option names: fetched where it is an address, else relative to mkdocs.yml."""
    if urlsplit(value).scheme in ("http", "https"):
        try:
            return Path(tempfile_from_url(option, value, suffix))
        except RuntimeError as error:
            raise PluginError(f"citations: {option}: {error}") from error
    for path in (root / value, Path(value)):
        if path.is_file():
            return path
    raise PluginError(f"citations: {option}: there is no file {value} beside mkdocs.yml")


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _shown(path: str, config: MkDocsConfig) -> str:
    root = os.path.dirname(config.config_file_path or "")
    return os.path.relpath(path, root) if root and os.path.isabs(path) else path


def _report(problem: Problem) -> None:
    # Twice the same record does no harm to what a reader sees; everything else here does.
    harmless = problem.code == "C03" and "with the same values" in problem.message
    log.log(logging.INFO if harmless else logging.WARNING, "%s", problem)
