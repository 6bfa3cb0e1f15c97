"""The MkDocs plugin `claimbook`: hands records to the renderer, its text to MkDocs, and writes the exports.

A thin adapter, listed in mkdocs.yml above `citations`, which then formats the citations in what this makes.
"""

from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from jinja2 import FileSystemBytecodeCache
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from . import blocks, claims
from .citations import library
from .claims import Claim, exports
from .claims.render import Renderer, cite
from .context.terms import Links, TermsExtension
from .pages import feed, policy, sheets, theme
from .pages.site import Heads
from .preview import Shared
from .reading import ReadingExtension

log = logging.getLogger("mkdocs.plugins.claimbook")
TEMPLATE = "claims/template.md"
#: All style sheets of the site in one file, the theme's too.
SHEET = "assets/site.css"
#: Texts that are made from the whole site, with templates in overrides/.
TEXTS = ("feed.xml", "llms.txt", "robots.txt")


class ClaimbookConfig(Config):
    """The plugin's options."""

    downloads = config_options.Type(str, default="downloads")
    """The folder of the built site for claims.json, its schema and claims.csv."""


class ClaimbookPlugin(BasePlugin[ClaimbookConfig]):
    """Makes the claims' pages, the blocks that pages hold markers for, and their exports."""

    renderer: Renderer
    blocks: blocks.Blocks
    links: Links
    heads: Heads
    titles: dict[str, str]
    served = False
    quick = False
    #: Whether records and sources were read in this build; a quick preview reads them when one of them was saved.
    fresh = True

    def __init__(self) -> None:
        super().__init__()
        self.shared = Shared()

    @property
    def policy(self) -> str:
        """What stands for a page's policy until the page is finished; a live preview has none."""
        return "" if self.served else policy.PLACE

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Note whether this is a live preview, whose pages bring a script of MkDocs's own that no policy knows.

        With `--dirty` it is a quick one: MkDocs then makes only the pages whose files are newer than what was made.
        """
        self.served, self.quick = command == "serve", dirty

    def on_config(self, config: MkDocsConfig) -> None:
        """Add the extensions for terms in essays, tables and Chinese words."""
        config.theme.static_templates.update(TEXTS)
        self.links = Links()
        words = blocks.glossary.load(Path(config.config_file_path).parent)
        config.markdown_extensions += [TermsExtension(words, self.links), ReadingExtension()]

    def on_files(self, files: Files, config: MkDocsConfig) -> None:
        """Begin a build: read the claims, say what is to be mended, and leave the writers' template out."""
        root = Path(config.config_file_path).parent
        self.fresh = self.shared.changed(root) or not self.quick
        if self.fresh:
            self._load(root, config)
            for file in files.documentation_pages() if self.quick else ():
                Path(file.abs_dest_path).unlink(missing_ok=True)
        self._add_tables(files, config)
        if template := files.get_file_from_path(TEMPLATE):
            files.remove(template)
        # What the book and the e-book are made with lies among the theme's files, and would be published with them.
        for file in [file for file in files if file.src_uri.startswith("editions/")]:
            files.remove(file)

    def _load(self, root: Path, config: MkDocsConfig) -> None:
        ledger, sources = claims.load(root), _sources(config, root)
        place = exports.Place(config.site_name, config.site_url or "", self.config.downloads)
        folders = [Path(folder, "claims") for folder in config.theme.dirs]
        self.renderer = Renderer(folders, ledger, sources, place, claims.build_day())
        self.blocks = blocks.load(root, sources, ledger)
        day = claims.build_day()
        self.heads = Heads(root, config.site_name, config.site_url or "", day, self.blocks.counted)
        if citations := config.plugins.get("citations"):
            evidence = [cite(row.source, row.locator) for claim in ledger.claims for row in claim.evidence]
            citations.made_later = [*self.blocks.context.values(), *self.blocks.figures.values(), *evidence]
        for problem in sorted(claims.check(ledger, sources, claims.this_day())):
            log.warning("%s", problem)

    def _add_tables(self, files: Files, config: MkDocsConfig) -> None:
        tables = {f"figures/{name}.csv": text for name, text in self.blocks.counted.items()}
        tables[f"{self.config.downloads}/timeline.csv"] = self.blocks.timeline_csv()
        for path, text in tables.items():
            files.append(File.generated(config, path, content=text))
        for key, entry in self.renderer.library.entries.items() if self.fresh else ():
            record = f"{entry.raw.strip()}\n"
            files.append(File.generated(config, f"{self.config.downloads}/bib/{key}.bib", content=record))

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> None:
        """Put a page outside the menu below the page that heads its folder, and beside its neighbours there."""
        heads = {Path(page.file.src_uri).parent: page for page in nav.pages if page.is_index}
        outside: dict[str, list[Page]] = {}
        for file in files.documentation_pages():
            head = heads.get(Path(file.src_uri).parent)
            if head and file.page and file.page not in nav.pages:
                leads_section = head.parent and head.parent.children[0] is head
                file.page.parent = head.parent if leads_section else head
                outside.setdefault(head.file.src_uri, []).append(file.page)
        for head, pages in outside.items():
            # In the order in which the page that heads the folder names them.
            text = files.get_file_from_path(head).content_string
            pages.sort(key=lambda page: (text.find(f"({PurePosixPath(page.file.src_uri).name})"), page.file.src_uri))
            for before, after in pairwise(pages):
                before.next_page, after.previous_page = after, before
        if self.quick:
            self._read_others(files, config)

    def _read_others(self, files: Files, config: MkDocsConfig) -> None:
        """Read the pages that MkDocs passes over: the menu and the heads of other pages need their titles."""
        for file in files.documentation_pages():
            if file.page and not file.is_modified():
                file.page.read_source(config)
                if claim := self._claim(file.src_uri):
                    file.page.meta = self.renderer.head(claim)

    def _claim(self, path: str) -> Claim | None:
        return self.renderer.ledger.by_id.get(Path(path).stem) if path.startswith("claims/c-") else None

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Return a claim's page in place of its record, or a page with its blocks of claims filled in."""

        def link(path: str) -> str:
            file, _, anchor = path.partition("#")
            found = files.get_file_from_path(file)
            way = found.url_relative_to(page.file) if found and found.inclusion.is_included() else ""
            return f"{way}#{anchor}" if way and anchor else way

        path = page.file.src_uri
        self.links.begin(path)
        if claim := self._claim(path):
            page.meta = self.renderer.head(claim)
            return self.renderer.claim_page(claim, link, self.blocks.terms[claim.stem])
        try:
            filled = self.renderer.fill(
                self.blocks.fill(markdown, path, link), Path(page.file.abs_src_path or path).parent, link
            )
        except ValueError as error:
            raise PluginError(f"claimbook: {path}: {error}") from error
        return filled + self.renderer.touched(path, link)

    def on_env(self, env: Any, config: MkDocsConfig, files: Files) -> None:
        """Join the style sheets, the theme's first, now that every plugin has added its own; keep compiled templates."""
        compiled = Path(config.config_file_path).parent / ".cache" / "templates"
        compiled.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
        theirs = [file for file in files if PurePosixPath(file.src_uri).match("assets/stylesheets/*.css")]
        own = [file for name in config.extra_css if (file := files.get_file_from_path(str(name)))]
        sheet = sheets.joined(file.content_string for file in [*theirs, *own])
        for file in [*theirs, *own]:
            files.remove(file)
        files.append(File.generated(config, SHEET, content=sheet))
        config.extra_css = [SHEET]
        pages = (file.page for file in files.documentation_pages())
        self.titles = {page.file.src_uri: page.title or "" for page in pages if page}

    def on_page_context(self, context: dict[str, Any], page: Page, config: MkDocsConfig, **_: Any) -> None:
        """Give the page's template what the head of the page says to programs, and the place of its policy."""
        citations = getattr(config.plugins.get("citations"), "site", None)
        works = citations.cited_on(page.url) if citations else ()
        context["head"] = self.heads.of(page.file.src_uri, page.canonical_url or "", page.meta, self.titles, works)
        context["policy"] = self.policy

    def on_template_context(self, context: dict[str, Any], template_name: str, config: MkDocsConfig) -> None:
        """Give the texts made from the whole site the archive's own facts and the changes of its findings."""
        context["archive"] = self.heads.archive
        context["policy"] = self.policy
        context["feed"] = feed.entries(self.renderer.ledger, self.renderer.place, self.renderer.label)

    @event_priority(-100)
    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """Mend the theme's markup and fill the content security policy in, when every other plugin has had its turn."""
        return policy.secured(theme.tightened(theme.mended(output)))

    @event_priority(-100)
    def on_post_template(self, output_content: str, template_name: str, config: MkDocsConfig) -> str:
        """Do the same for a page that is no article, such as the one for addresses that lead nowhere."""
        return self.on_post_page(output_content, None, config) if template_name.endswith(".html") else output_content

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Write the exports, and leave out of the style sheet what no page turned out to need."""
        if not self.served:
            sheets.trim(Path(config.site_dir), SHEET, Path(config.theme.custom_dir))
        if self.fresh:
            made = self.renderer
            exports.write(Path(config.site_dir, self.config.downloads), made.ledger, made.library, made.place, made.day)


def _sources(config: MkDocsConfig, root: Path) -> library.Library:
    """Return the sources that the citations plugin has read, or read them where it isn't there."""
    citations = config.plugins.get("citations")
    read = getattr(getattr(citations, "site", None), "library", None)
    return read or library.read(library.find(root / "bibliography"), root)
