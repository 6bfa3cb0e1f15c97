"""The EPUB: the tree's pages as they are, a file each, with the contents and the record that EPUB 3 asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from .archive import pack
from .info import Info
from .markup import Element, has, make, write
from .tree import Page, Tree, copied

_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
          "webp": "image/webp"}  # fmt: skip
_KEPT = (
    "start",
    "type",
    "scope",
    "colspan",
    "rowspan",
    "id",
    "class",
    "lang",
    "href",
    "src",
    "alt",
    "title",
    "datetime",
    "data-label",
    "data-originalurl",
    "data-versiondate",
    "data-versionurl",
)


def epub(tree: Tree, target: Path, info: Info, templates: Path) -> Path:
    """Write a tree as an EPUB 3, one file a page; returns its path."""
    loader = FileSystemLoader(templates / "epub")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["inert"] = Markup
    homes = {each.get("id", ""): page for page in tree.pages for each in page.body.iter() if each.get("id")}
    shared = {"info": info, **_facts(tree, info)}
    files = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": (templates / "epub" / "container.xml").read_bytes(),
        "EPUB/book.css": (templates / "epub" / "book.css").read_bytes(),
    }
    for name in ("package.opf", "nav.xhtml", "title.xhtml"):
        files[f"EPUB/{name}"] = environment.get_template(name).render(shared).encode()
    template = environment.get_template("page.xhtml")
    for page in tree.pages:
        kicker = page.name if page.claim else page.place.group
        kind = "bibliography" if page.sources else "chapter"
        content = write(_body(tree, page, homes))
        text = template.render(info=info, title=page.title, name=page.name, kicker=kicker, kind=kind, content=content)
        files[f"EPUB/{_file(page)}"] = text.encode()
    files |= {f"EPUB/{name}": content for name, content in tree.pictures.files.items()}
    return pack(files, target, info.time)


def _facts(tree: Tree, info: Info) -> dict[str, Any]:
    entries = [{"file": _file(page), "title": page.title, "name": page.name, "claim": page.claim,
                "sources": page.sources, "pages": []} for page in tree.pages]  # fmt: skip
    parts: list[dict[str, Any]] = []
    for page, entry in zip(tree.pages, entries, strict=True):
        if page.place.level == 1 or not parts:
            parts.append(entry)
        else:
            parts[-1]["pages"].append(entry)
    listed = [{"id": _file(page).removesuffix(".xhtml"), "href": _file(page), "type": "application/xhtml+xml"}
              for page in tree.pages]  # fmt: skip
    for name in tree.pictures.files:
        kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        listed.append({"id": "x" + Path(name).stem, "href": name, "type": kind})
    modified = datetime.fromtimestamp(info.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    identifier = uuid5(NAMESPACE_URL, f"{info.address}{info.title} {info.version} {info.commit or info.time}").urn
    return {"parts": parts, "pages": entries, "files": listed, "modified": modified, "identifier": identifier,
            "pictures": bool(tree.pictures.files)}  # fmt: skip


def _file(page: Page) -> str:
    return f"{page.name}.xhtml"


def _body(tree: Tree, page: Page, homes: dict[str, Page]) -> Element:
    """Return a page's body with links between files, and under each source the pages that cite it."""
    body = copied(page.body)
    body.tag = "div"
    for source in [each for each in body.iter() if has(each, "source")]:
        _add_uses(source, tree.cited.get(source.get("id", ""), []), homes)
    for element in body.iter():
        lang = element.get("lang")
        element.attrib = {
            name: value for name, value in element.attrib.items() if (name in _KEPT and value) or name == "alt"
        }
        if lang:
            element.set("xml:lang", lang)
        href = element.get("href", "")
        if href.startswith("#") and href[1:] in homes:
            home = homes[href[1:]]
            element.set("href", href if home is page else f"{_file(home)}{href}")
    return body


def _add_uses(source: Element, uses: list[str], homes: dict[str, Page]) -> None:
    line = make("span", "cited-in", " Cited in ")
    first: dict[str, str] = {}
    for use in uses:
        if use in homes:
            first.setdefault(homes[use].name, use)
    for use in first.values():
        link = make("a", text=homes[use].title, href=f"#{use}")
        link.tail = "; "
        line.append(link)
    if len(line):
        line[-1].tail = "."
        source.append(line)
