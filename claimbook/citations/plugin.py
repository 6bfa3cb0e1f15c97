"""The MkDocs plugin `citations`: mkdocs-bibtex's options and commands, with the work done by the core.

A thin adapter. It subclasses mkdocs-bibtex's plugin, so that a site may write `citations` where it wrote `bibtex` and
change nothing else; what that plugin did on each page is done here once for the whole site (see site.py).
"""

from __future__ import annotations

import gc
import logging
import os
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup
from mkdocs.config import config_options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from . import commands, exports, library, parts, styles, tokens
from .cache import Cache
from .extension import CitationsExtension
from .problems import Problem
from .render import ASSETS, Renderer
from .site import Settings, Site
from .stock import BibTexConfig, BibTexPlugin, tempfile_from_url

log = logging.getLogger("mkdocs.plugins.citations")

#: Where the plugin's script and style sheet stand in the built site.
ASSET_FOLDER = "assets/citations"


class CitationsConfig(BibTexConfig):
    """mkdocs-bibtex's options, and three more."""

    style = config_options.Optional(config_options.Choice([styles.AUTHOR_DATE]))
    """`author-date`: text in the sentence, in pandoc's own style (Chicago), without a CSL file."""
    full_bib_pages = config_options.ListOfItems(config_options.Type(str), default=[])
    """Beginnings of keys, such as `[a, b, c, ch]`: the sources whose keys begin so stand on a page of their own for each,
    and the list of all sources is an index that leads to them; empty for all on one page."""
    downloads = config_options.Type(str, default="")
    """A folder of the built site for all references as BibTeX, RIS and CSL-JSON; empty for none."""


class CitationsPlugin(BibTexPlugin):
    """Feeds the site's pages to the core and writes back what it makes of them."""

    config_class = CitationsConfig

    def __init__(self) -> None:
        super().__init__()
        self.site: Site | None = None
        self._fetched: dict[str, Path] = {}
        self._files: list[Path] = []
        self._made_of: object = None
        self._order: list[str] = []
        self._filled: set[Path] = set()
        #: Texts that another plugin will write into pages: it says so in its own `on_files`, to have them formatted ahead.
        self.made_later: list[str] = []
        self._quick = self._once = False
        self._new = True

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Live on from build to build of a live preview; with `--dirty` only pages that were saved are parsed anew."""
        self._quick = dirty
        self._once = command != "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read bibliography and style, anew only when a file or an option changed, and join the Markdown extension."""
        self._check_footnote_format()
        self._check_parts()
        root = Path(config.config_file_path or "mkdocs.yml").parent
        bib_files, csl = self._find(root)
        self._files = [path for path in [*bib_files, csl] if path]
        made_of = (
            [(path, _changed(path)) for path in self._files],
            dict(self.config),
            config.theme.dirs,
            _language(config),
        )
        if made_of != self._made_of:
            self.site = self._load(bib_files, csl, root, config)
            self._made_of = made_of
            self._new = True
        config.markdown_extensions.append(CitationsExtension(self.site))
        config.extra_css.insert(0, f"{ASSET_FOLDER}/citations.css")
        config.extra_javascript.append(f"{ASSET_FOLDER}/citations.js")
        return config

    def _check_footnote_format(self) -> None:
        try:
            holds_key = "(key)" in self.config.footnote_format.format(key="(key)", number=1)
        except (KeyError, IndexError, ValueError):
            holds_key = False
        if not holds_key:
            raise PluginError('citations: the option footnote_format must hold {key}, such as "{key}" or "note-{key}"')

    def _check_parts(self) -> None:
        for name in self.config.full_bib_pages:
            if not parts.NAME.fullmatch(name) or name == parts.REST:
                raise PluginError(
                    f'citations: full_bib_pages: "{name}" is no beginning of keys; write small letters and figures, such as [a, b, ch]'
                )

    def _find(self, root: Path) -> tuple[list[Path], Path | None]:
        if self.config.bib_file:
            bib_files = [self._local("bib_file", self.config.bib_file, ".bib", root)]
        elif self.config.bib_dir:
            bib_files = library.find(Path(root, self.config.bib_dir))
        else:
            raise PluginError("citations: say where the sources are: bib_file: refs.bib, or bib_dir: bibliography")
        csl = self.config.csl_file and self._local("csl_file", self.config.csl_file, ".csl", root)
        return bib_files, csl or None

    def _local(self, option: str, value: str, suffix: str, root: Path) -> Path:
        """Return the file an option names: fetched once where it is an address, else relative to mkdocs.yml."""
        if urlsplit(value).scheme in ("http", "https"):
            if value not in self._fetched:
                try:
                    self._fetched[value] = Path(tempfile_from_url(option, value, suffix))
                except RuntimeError as error:
                    raise PluginError(f"citations: {option}: {error}") from error
            return self._fetched[value]
        for path in (root / value, Path(value)):
            if path.is_file():
                return path
        raise PluginError(f"citations: {option}: there is no file {value} beside mkdocs.yml")

    def _load(self, bib_files: list[Path], csl: Path | None, root: Path, config: MkDocsConfig) -> Site:
        cache = Cache(root / ".cache" / "citations.json")
        in_text = self.config.style == styles.AUTHOR_DATE
        try:
            style = styles.load(csl, in_text, self.config.csl_file_encoding, cache)
        except styles.StyleError as error:
            raise PluginError(f"citations: {error}") from error
        settings = Settings(
            bib_by_default=self.config.bib_by_default,
            bib_command=self.config.bib_command,
            full_bib_command=self.config.full_bib_command,
            footnote_format=self.config.footnote_format,
            enable_inline_citations=self.config.enable_inline_citations,
            author_date=in_text,
            language=_language(config),
        )
        renderer = Renderer([Path(folder, "citations") for folder in config.theme.dirs])
        return Site(library.read(bib_files, root, cache), style, settings, cache, renderer)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Begin a build: take in script and style sheet, and let pandoc start on what the sources seem to cite."""
        for asset in sorted(ASSETS.iterdir()):
            files.append(File.generated(config, f"{ASSET_FOLDER}/{asset.name}", abs_src_path=str(asset)))
        self._filled.clear()
        later, self._new = self._quick and not self._new, False
        if not later:
            self.site.forget()
            # What was made of other sources is no longer good, though no page is newer.
            for file in files.documentation_pages() if self._quick else ():
                Path(file.abs_dest_path).unlink(missing_ok=True)
        if self.config.downloads:
            for name, text in exports.downloads(self.site.library, self.site.works).items():
                files.append(File.generated(config, f"{self.config.downloads}/{name}", content=text))
        if later:
            return files  # a page or two are not worth a look ahead
        # A page that isn't UTF-8 is MkDocs's to report.
        with suppress(UnicodeDecodeError):
            self._divide(files, config)
            texts = [file.content_string for file in files.documentation_pages()]
            self.site.format_ahead([*texts, *self.made_later])
        return files

    def _divide(self, files: Files, config: MkDocsConfig) -> None:
        """Add the pages for the parts of the list of all sources, beside the page that holds the list."""
        beginnings = self.config.full_bib_pages
        if not beginnings:
            return
        command = self.config.full_bib_command
        pages = (file for file in files.documentation_pages() if commands.stands_in(file.content_string, command))
        home = next(pages, None)
        if home is None:
            raise PluginError(f"citations: full_bib_pages: no page has {command} on a line of its own; add one")
        folder = PurePosixPath(home.src_uri).with_suffix("")
        folder = folder.parent if folder.name in ("index", "README") else folder
        for name, keys in parts.divide(self.site.library.entries, beginnings).items():
            path = f"{folder / name}.md"
            if files.get_file_from_path(path):
                raise PluginError(f"citations: full_bib_pages: there is a page {path} already; rename it")
            text = self.site.renderer.part_page(name, len(keys))
            file = File.generated(config, path, content=text, inclusion=InclusionLevel.NOT_IN_NAV)
            files.append(file)
            self.site.parts[name] = file.url

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Remember the order of the pages: places that cite a work are listed in it."""
        self._order = [page.file.src_uri for page in nav.pages]
        return nav

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Tell the core which page the parser is about to read."""
        source = page.file.abs_src_path or page.file.src_uri
        own_list = page.meta.get("references", True) is not False
        self.site.begin(page.url, _shown(source, config), lambda: page.file.content_string, own_list)
        return markdown

    def on_env(self, env: Any, config: MkDocsConfig, files: Files) -> Any:
        """All pages are parsed and none is written: format everything cited, and let the search see its words."""
        pages = [file.page for file in files.documentation_pages() if file.page]
        place = {uri: index for index, uri in enumerate(self._order)}
        pages.sort(key=lambda page: (place.get(page.file.src_uri, len(place)), page.file.src_uri))
        titles = {page.url: Markup(page.title or "").striptags() for page in pages}
        try:
            self.site.gather({page.url: page.content for page in pages}, titles)
        except styles.StyleError as error:
            raise PluginError(f"citations: {error}") from error
        for page in pages:
            if page.content is not None:
                page.content = self.site.preview(page.content)
        for problem in sorted(set(self.site.problems)):
            _report(problem, config.strict)
        if self._once:
            # All that was read stays to the end: without it the garbage collector is done in half the time.
            gc.freeze()
        return env

    @event_priority(100)
    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """Fill the finished page in, before any plugin that shortens its HTML."""
        self._filled.add(Path(page.file.abs_dest_path))
        return self.site.fill(output, page.url)

    @event_priority(-100)
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Fill what other plugins put together of pages, such as the whole site to print, and keep the results."""
        for path in sorted(Path(config.site_dir).rglob("*.html")):
            if path not in self._filled:
                html = path.read_text(encoding="utf-8", errors="surrogateescape")
                if tokens.left(html):
                    page = path.relative_to(config.site_dir).as_posix().removesuffix("index.html")
                    path.write_text(self.site.adopt(html, page), encoding="utf-8", errors="surrogateescape")
        self.site.cache.save()

    def on_serve(self, server: Any, config: MkDocsConfig, builder: Any) -> Any:
        """Build again when a source or the style is edited, or a file of sources is added."""
        folder = [] if self.config.bib_file else [self.config.bib_dir]
        for path in [*folder, *self._files]:
            server.watch(str(path))
        return server


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _shown(path: str, config: MkDocsConfig) -> str:
    root = os.path.dirname(config.config_file_path or "")
    return os.path.relpath(path, root) if root and os.path.isabs(path) else path


def _language(config: MkDocsConfig) -> str:
    """Return the language that the theme writes its pages in: Material has an option for it, others a locale."""
    return str(config.theme.get("language") or config.theme.locale).replace("_", "-")


def _report(problem: Problem, strict: bool) -> None:
    # Twice the same record does no harm to what a reader sees; everything else here does, and where a build is to be
    # strict it is an error, so that --quiet doesn't let it pass.
    harmless = problem.code == "C03" and "with the same values" in problem.message
    harm = logging.ERROR if strict else logging.WARNING
    log.log(logging.INFO if harmless else harm, "%s", problem)
