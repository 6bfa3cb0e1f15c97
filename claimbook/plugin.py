"""The MkDocs plugin `claimbook`: hands records to the renderer, its text to MkDocs, and writes the exports.

A thin adapter, listed in mkdocs.yml above `citations`, which then formats the citations in what this makes.
"""

from __future__ import annotations

import logging
from pathlib import Path

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from . import blocks, claims
from .citations import library
from .claims import exports
from .claims.render import Renderer, cite
from .context.terms import Links, TermsExtension

log = logging.getLogger("mkdocs.plugins.claimbook")
TEMPLATE = "claims/template.md"
STYLES = ("claims.css", "context.css", "figures.css")
SCRIPTS = ("timeline.js", "terms.js")


class ClaimbookConfig(Config):
    """The plugin's options."""

    downloads = config_options.Type(str, default="downloads")
    """The folder of the built site for claims.json, its schema and claims.csv."""


class ClaimbookPlugin(BasePlugin[ClaimbookConfig]):
    """Makes the claims' pages, the blocks that pages hold markers for, and their exports."""

    renderer: Renderer
    blocks: blocks.Blocks
    links: Links

    def on_config(self, config: MkDocsConfig) -> None:
        """Add the style sheets and scripts that go with the markup, and the extension that marks terms in essays."""
        config.extra_css.extend(f"assets/{name}" for name in STYLES)
        config.extra_javascript.extend(f"assets/{name}" for name in SCRIPTS)
        self.links = Links()
        words = blocks.glossary.load(Path(config.config_file_path).parent)
        config.markdown_extensions.append(TermsExtension(words, self.links))

    def on_files(self, files: Files, config: MkDocsConfig) -> None:
        """Begin a build: read the claims, say what is to be mended, and leave the writers' template out."""
        root = Path(config.config_file_path).parent
        ledger, sources = claims.load(root), _sources(config, root)
        place = exports.Place(config.site_name, config.site_url or "", self.config.downloads)
        folders = [Path(folder, "claims") for folder in config.theme.dirs]
        self.renderer = Renderer(folders, ledger, sources, place, claims.build_day())
        self.blocks = blocks.load(root, sources, ledger)
        if citations := config.plugins.get("citations"):
            evidence = [cite(row.source, row.locator) for claim in ledger.claims for row in claim.evidence]
            citations.made_later = [*self.blocks.context.values(), *self.blocks.figures.values(), *evidence]
        table = self.blocks.timeline_csv()
        files.append(File.generated(config, f"{self.config.downloads}/timeline.csv", content=table))
        for problem in sorted(claims.check(ledger, sources, claims.this_day())):
            log.warning("%s", problem)
        if template := files.get_file_from_path(TEMPLATE):
            files.remove(template)

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Return a claim's page in place of its record, or a page with its blocks of claims filled in."""

        def link(path: str) -> str:
            file, _, anchor = path.partition("#")
            found = files.get_file_from_path(file)
            way = found.url_relative_to(page.file) if found and found.inclusion.is_included() else ""
            return f"{way}#{anchor}" if way and anchor else way

        path = page.file.src_uri
        self.links.begin(path)
        claim = self.renderer.ledger.by_id.get(Path(path).stem) if path.startswith("claims/c-") else None
        if claim:
            page.meta = self.renderer.head(claim)
            return self.renderer.claim_page(claim, link)
        try:
            filled = self.renderer.fill(self.blocks.fill(markdown, path), Path(page.file.abs_src_path or path).parent, link)
        except ValueError as error:
            raise PluginError(f"claimbook: {path}: {error}") from error
        return filled + self.renderer.touched(path, link)

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Write the exports."""
        made = self.renderer
        exports.write(
            Path(config.site_dir, self.config.downloads), made.ledger, made.library, made.place, made.day
        )


def _sources(config: MkDocsConfig, root: Path) -> library.Library:
    """Return the sources that the citations plugin has read, or read them where it isn't there."""
    citations = config.plugins.get("citations")
    read = getattr(getattr(citations, "site", None), "library", None)
    return read or library.read(library.find(root / "bibliography"), root)
