"""The pictures of the pages: drawings taken out into files of their own, and each with its words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape, unescape
from pathlib import Path

from ..citations.problems import Problem
from .faults import fault
from .markup import Element
from .order import target

_FALLBACK = re.compile(r"var\(\s*--[\w-]+\s*(?:,\s*([^()]*(?:\([^()]*\))?[^()]*))?\)")
_TAGS = re.compile(r"<[^>]+>")
#: Drawings for narrow screens stand beside those for wide ones; a page of paper is wide.
_NARROW = re.compile(r"<svg\b[^>]*\bclass=[\"'][^\"']*\bnarrow\b|<svg\b[^>]*\bclass=[\"'][^\"']*-narrow\b")
_SIZE = re.compile(r"\bviewBox=[\"']\s*[\d.-]+[\s,]+[\d.-]+[\s,]+([\d.]+)[\s,]+([\d.]+)")
#: In a drawing Typst takes the thinnest cut of a variable font such as Source Sans 3 for plain text, the right one for
#: bold. The Latin letters of Noto Sans SC are of the same design.
_PLAIN, _BOLD = "'Noto Sans SC'", "'Source Sans 3', 'Noto Sans SC'"
#: Typographic quotation marks of that font are as wide as a Chinese character.
_QUOTES = {ord("’"): "'", ord("‘"): "'", ord("“"): "&quot;", ord("”"): "&quot;"}
FOLDER = "pictures"
#: A panel of a chart that has several, as Vega draws it; its title is so high, in pixels.
_PANEL = re.compile(r'<g transform="translate\([\d.]+,([\d.]+)\)"><g transform')
_TITLE = 50


@dataclass
class Pictures:
    """All pictures by the name of their file."""

    site: Path
    files: dict[str, bytes] = field(default_factory=dict)

    def take(self, page: str, body: Element) -> list[Problem]:
        """Put a file's name in the place of every drawing; return a fault for each that lacks file or words."""
        faults: list[Problem] = []
        for parent in list(body.iter()):
            for child in list(parent):
                if child.tag == "svg":
                    faults += self._drawing(page, parent, child)
                elif child.tag == "img":
                    faults += self._image(page, child)
        return faults

    def _drawing(self, page: str, parent: Element, svg: Element) -> list[Problem]:
        text = svg.attrib.pop("data-svg")
        if _NARROW.match(text):
            text = ""
        alt = _words(text)
        decorates = 'aria-hidden="true"' in text[: text.find(">")]
        svg.tag = "img"
        svg.attrib = {"alt": "" if decorates else alt, "class": "shape" if decorates else "drawing"}
        if not text:
            svg.tag, svg.attrib = "span", {"class": "nothing"}
            return []
        size = _SIZE.search(text)
        if size:
            svg.set("data-width", size[1])
            svg.set("data-height", size[2])
        svg.set("src", self._keep(_alone(text).encode(), "svg"))
        if not alt and not decorates:
            what = "here is a drawing (svg) without a title; say in <title> or aria-label what it shows."
            return [fault(page, "E03", what)]
        return []

    def _image(self, page: str, image: Element) -> list[Problem]:
        source = image.get("src", "")
        found = target(page, source)
        faults = []
        if image.get("alt") is None:
            faults.append(fault(page, "E03", f'the picture "{source}" has no alt; say in a few words what it shows.'))
        path = self.site / found[0] if found else None
        if path is None or not path.is_file():
            faults.append(fault(page, "E03", f'the picture "{source}" is not in the site; add its file.'))
        else:
            image.set("class", "drawing" if image.get("alt") else "shape")
            image.set("src", self._keep(path.read_bytes(), path.suffix.lstrip(".").lower()))
        return faults

    def _keep(self, content: bytes, kind: str) -> str:
        name = f"{FOLDER}/{sha256(content).hexdigest()[:16]}.{kind}"
        self.files[name] = content
        return name


def cut(svg: str, most: float) -> list[str]:
    """Return a chart as drawings that are at most `most` times as high as wide, cut between its panels."""
    size = _SIZE.search(svg)
    if not size or float(size[2]) <= most * float(size[1]):
        return [svg]
    width, height = float(size[1]), float(size[2])
    parts, top, last = [], 0.0, 0.0
    for edge in [*(float(match[1]) - _TITLE for match in _PANEL.finditer(svg)), height]:
        if edge - top > most * width and last > top:
            parts.append((top, last))
            top = last
        last = edge
    return [_window(svg, width, *part) for part in (*parts, (top, height))]


def _window(svg: str, width: float, top: float, bottom: float) -> str:
    view = f'viewBox="0 {top:g} {width:g} {bottom - top:g}"'
    head, rest = _SIZE.sub(lambda match: view.removesuffix('"'), svg, count=1).split(">", 1)
    return re.sub(r'\sheight="[^"]*"', f' height="{bottom - top:g}"', head) + ">" + rest


def _words(svg: str) -> str:
    """Return what a drawing says it shows: its label, or its title and description."""
    label = re.match(r"<svg\b[^>]*\baria-label=[\"']([^\"']+)", svg)
    parts = [match[1] for tag in ("title", "desc") if (match := re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", svg, re.S))]
    text = (
        label[1]
        if label
        else " ".join(part if part.rstrip().endswith((".", "?", "!")) else f"{part}." for part in parts)
    )
    return " ".join(unescape(_TAGS.sub("", text)).split())


def _alone(svg: str) -> str:
    """Return a drawing that stands alone: black ink, nothing to look up in a style sheet."""
    plain = _FALLBACK.sub(lambda match: (match[1] or "currentColor").strip(), svg)
    head, rest = plain.split(">", 1)
    head = re.sub(r"\s(?:role|class|id|focusable|style|aria-[\w-]+)=(?:\"[^\"]*\"|'[^']*')", "", head)
    if "xmlns=" not in head:
        head += ' xmlns="http://www.w3.org/2000/svg"'
    size = _SIZE.search(head)
    if size and " width=" not in head:
        head += f' width="{escape(size[1])}" height="{escape(size[2])}"'
    rest = rest.translate(_QUOTES).replace('font-weight="bold"', f'font-weight="bold" font-family="{_BOLD}"')
    return f'{head} color="#000000" font-family="{_PLAIN}">{rest}'
