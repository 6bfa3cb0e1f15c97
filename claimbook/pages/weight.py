"""What a page's first view costs: the bytes a browser fetches when the page opens, as a static host sends them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

#: What a host sends compressed; the level is zlib's own middle, which hosts come near.
TEXTS = {".css", ".csv", ".html", ".js", ".json", ".svg", ".txt", ".xml"}
LEVEL = 6

_TAG = re.compile(r"<(?P<name>script|link|img)\b(?P<attributes>[^>]*)>", re.I)
_ATTRIBUTE = re.compile(r"""(?<![\w-])(?P<name>href|src|rel|loading)\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s>]+)""", re.I)
_LOADED = {"stylesheet", "icon", "preload", "modulepreload"}


def first_view(site: Path, page: str) -> dict[str, int]:
    """Return the bytes of a page and of each file it asks for, by path; `page` is a path in the folder of the site.

    Counted are bodies, compressed where a host compresses. What scripts fetch later is not seen here: the browser
    tests see to it that they fetch nothing.
    """
    html = (site / page).read_text(encoding="utf-8")
    names = [page, *(_path(page, address) for address in _loaded(html))]
    return {name: _sent(site / name) for name in dict.fromkeys(names)}


def _path(page: str, address: str) -> str:
    return unquote(urlsplit(urljoin(f"/{page}", address)).path).lstrip("/")


def _loaded(html: str) -> Iterator[str]:
    for tag in _TAG.finditer(html):
        given = {match["name"].lower(): match["value"].strip("\"'") for match in _ATTRIBUTE.finditer(tag["attributes"])}
        if tag["name"].lower() == "link":
            if _LOADED & set(given.get("rel", "").lower().split()) and "href" in given:
                yield given["href"]
        elif given.get("src") and not given["src"].startswith("data:") and given.get("loading") != "lazy":
            yield given["src"]


@lru_cache(maxsize=1000)
def _sent(path: Path) -> int:
    content = path.read_bytes()
    return len(gzip.compress(content, LEVEL, mtime=0)) if path.suffix in TEXTS else len(content)
