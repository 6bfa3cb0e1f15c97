"""The whole site in a zip that works from a folder: pages, search, cards; nothing is asked of any host."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template

from .archive import pack
from .order import target as led_to

FOLDER = "archive"
SCRIPT = "assets/offline.js"
INDEX = "search/search_index"
#: What only a server has a use for, and what the editions are themselves.
_LEFT_OUT = re.compile(
    r"404\.html|sitemap\.xml(\.gz)?|downloads/(archive\.pdf|archive\.epub|archive-offline\.zip|editions\.json|SHA256SUMS)"
)
_LINK = re.compile(r"""(\s(?:href|src|action)=)("[^"]*"|'[^']*')""")
_HEAD = re.compile(r"<head\b[^>]*>", re.I)
_POLICY = re.compile(r"<meta\b[^>]*Content-Security-Policy[^>]*>", re.I)


def offline(site: Path, target: Path, templates: Path, time: int) -> Path:
    """Write the site as a zip; returns its path."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    names = [path.relative_to(site).as_posix() for path in paths]
    kept = {name: path for name, path in zip(names, paths, strict=True) if not _LEFT_OUT.fullmatch(name)}
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True, trim_blocks=True)
    files = dict(_files(kept, environment.get_template("offline-head.html")))
    files[SCRIPT] = (templates / "offline.js").read_bytes()
    return pack({f"{FOLDER}/{name}": files[name] for name in sorted(files)}, target, time)


def _files(kept: dict[str, Path], head: Template) -> Iterator[tuple[str, bytes]]:
    for name, path in kept.items():
        content = path.read_bytes()
        if name.endswith(".html"):
            yield name, _page(name, content.decode("utf-8"), kept, head).encode()
        elif name == f"{INDEX}.json":
            index = json.dumps(_index(json.loads(content), kept), ensure_ascii=False, separators=(",", ":"))
            yield name, index.encode()
            yield f"{INDEX}.js", f"var __index = {index}".encode()
        else:
            yield name, content


def _page(name: str, html: str, kept: dict[str, Path], head: Template) -> str:
    """Return a page whose links name files, and which brings what a browser needs in a folder."""

    def link(match: re.Match[str]) -> str:
        sign, address = match[2][0], match[2][1:-1]
        return f"{match[1]}{sign}{_file_address(name, address, kept)}{sign}"

    way = posixpath.relpath(SCRIPT, posixpath.dirname(name) or ".")
    added = head.render(policy=bool(_POLICY.search(html)), script=way)
    html = _LINK.sub(link, _POLICY.sub("", html))
    return _HEAD.sub(lambda match: match[0] + added, html, count=1)


def _file_address(page: str, address: str, kept: dict[str, Path]) -> str:
    """Return the address of the file that a server would give for a folder; other addresses stay."""
    path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", address, re.S).groups()  # type: ignore[union-attr]
    if not path or ":" in path or path.startswith("/"):
        return address
    found = led_to(page, path)
    if not found:
        return address
    reached = found[0] if found[0] in kept else f"{found[0]}/index.html"
    if reached.endswith("index.html") and not path.endswith("index.html") and reached in kept:
        return f"{path.rstrip('/')}/index.html{mark}{rest}"
    return address


def _index(index: dict[str, Any], kept: dict[str, Path]) -> dict[str, Any]:
    """Return the search's index with the addresses of files."""
    for found in index.get("docs", []):
        path, mark, rest = found["location"].partition("#")
        if f"{path}index.html" in kept:
            found["location"] = f"{path}index.html{mark}{rest}"
    return index
