"""From the tree to Typst's language. A class of the site that the template has a function for becomes a call of it.

Written here and not by pandoc: its reader alone takes eight seconds for this archive, and its writer drops the
languages, the names of places and the alternative texts that a book for everybody must have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from .markup import Element, classes, has, words

_SPECIAL = re.compile(r"[\\#$*_`<>@\[\]~]|(?<=/)[/*]|(?<=-)[-?]|(?<=\.)\.(?=\.)|^(?:[=+/-]|\d+(?=\.))")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_GAP = re.compile(r"\n\s*\n\s*")
_CLASS = re.compile(r"^  ([a-z][a-z-]*):", re.M)
#: Elements that stand on lines of their own; whatever else is part of a line.
_BLOCKS = frozenset(
    [
        "p",
        "ul",
        "ol",
        "li",
        "dl",
        "div",
        "table",
        "figure",
        "blockquote",
        "pre",
        "section",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "figcaption",
        "details",
        "body",
        "dt",
        "dd",
    ]
)
#: A row whose cell has more letters may break over two pages.
LONG = 1200
#: A table with at most so many rows and letters stays on one page, as a card to cut out must.
SMALL, BRIEF = 8, 800
_CALLS = {
    "em": "emph", "i": "emph", "cite": "emph", "dfn": "emph", "var": "emph", "strong": "strong", "b": "strong",
    "del": "strike", "s": "strike", "ins": "underline", "u": "underline", "sup": "super", "sub": "sub", "q": "quote",
    "small": "small-print",
}  # fmt: skip
#: What a function of the template is told besides its content.
_TOLD = ("data-finding", "data-bears", "data-how")


def quoted(text: str) -> str:
    """Return a string of Typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def escaped(text: str) -> str:
    """Return text that means itself in Typst's markup; quotation marks and apostrophes are left to its typography."""
    return _SPECIAL.sub(_escape, _SPACE.sub(" ", text))


def _escape(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


class Typesetter:
    """Writes pages as Typst. `template` is the text of the template, whose table `c` names the classes it dresses."""

    def __init__(self, template: str):
        table = template.partition("#let c = (")[2].partition("\n)")[0]
        self.dressed = frozenset(_CLASS.findall(table))
        self._notes: dict[str, Element] = {}
        self._in_table = False
        self._ways: Mapping[str, Callable[[Element], str]] = {
            "a": self._link, "img": self._picture, "table": self._table, "ul": self._list, "ol": self._list,
            "pre": self._code, "code": self._code, "br": lambda _: "\\ ", "hr": lambda _: "\n\n#rule()\n\n",
            "blockquote": self._quotation, "figcaption": self._caption,
            **{f"h{level}": self._heading for level in range(1, 7)},
        }  # fmt: skip

    def page(self, body: Element) -> str:
        """Return a page's text in Typst's markup."""
        self._notes = {
            note.get("id", ""): note for notes in body.iter() if has(notes, "footnote") for note in notes.iter("li")
        }
        return _GAP.sub("\n\n", self._inside(body))

    def _inside(self, element: Element) -> str:
        parts = [escaped(element.text or "")]
        for child in element:
            parts += [self._element(child), escaped(child.tail or "")]
        return "".join(parts)

    def _element(self, element: Element) -> str:
        if has(element, "footnote"):
            return ""
        way = self._ways.get(element.tag)
        block = element.tag in _BLOCKS
        written = way(element) if way else self._plain(element)
        names = [*classes(element), element.tag] if element.tag in ("dt", "dd") else classes(element)
        function = next((name for name in names if name in self.dressed), "")
        if block and not way and (function or element.tag != "p") and _is_line(element):
            written = f"#par[{written.strip()}];"
        if element.get("lang") and written:
            written = f"#text(lang: {quoted(element.get('lang', '').split('-')[0].lower())})[{written}];"
        if function and _is_entry(element):
            term, meaning = (self._inside(child).strip() for child in element)
            parts = f"[{term}][{f'#par[{meaning}];' if _is_line(element[1]) else meaning}]"
            written = f"#(c.{function})({self._told(element)}){parts};"
        elif function:
            written = f"#(c.{function})({self._told(element)})[{written}];"
        elif element.get("id") and element.tag not in ("a", "table") and way != self._heading:
            written = f"#place-name({quoted(element.get('id', ''))});{written}"
        return f"\n\n{written}\n\n" if block else written

    def _plain(self, element: Element) -> str:
        inside = self._inside(element)
        call = _CALLS.get(element.tag)
        return f"#{call}[{inside}];" if call and inside else inside

    def _told(self, element: Element) -> str:
        told = [f"{name[5:]}: {quoted(element.get(name, ''))}" for name in _TOLD if element.get(name) is not None]
        if element.get("id"):
            told.append(f"name: {quoted(element.get('id', ''))}")
        return ", ".join(told)

    def _heading(self, element: Element) -> str:
        level, name = int(element.tag[1]), element.get("id", "")
        title = element.get("data-title", "")
        kicker = element.get("data-kicker", "")
        told = f"level: {level}" + ("" if title else ", outlined: false, bookmarked: true")
        told += f", supplement: {quoted(kicker)}" if kicker else ""
        label = f"#label({quoted(name)})" if name else ""
        heading = f"#heading({told})[{self._inside(element).strip()}]{label}"
        if title:
            dress = f"level: {level}, kicker: {quoted(kicker)}, room: {element.get('data-room') or 0}"
            dress += f", head: {quoted(element.get('data-head', ''))}"
            return f"#{title}-title({dress})[{heading}];"
        return heading + ";"

    def _link(self, element: Element) -> str:
        href, inside, name = element.get("href", ""), self._inside(element), element.get("id", "")
        place = f"#place-name({quoted(name)});" if name else ""
        if has(element, "footnote-backref"):
            return ""
        if has(element, "footnote-ref") and href[1:] in self._notes:
            return f"{place}#footnote[{self._inside(self._notes[href[1:]]).strip()}];"
        if not href:
            return place + inside
        if href.startswith("#"):
            if has(element, "citation-link"):
                return f"#cites({quoted(href[1:])})[{inside}];"
            # A number and a term of the glossary are found by their order; so is what a table's row names.
            found = self._in_table or has(element, "term") or words(element) == href[1:]
            call = "near" if found else "inside"
            return f"{place}#{call}({quoted(href[1:])})[{inside}];"
        printed = words(element) in (href, href.removeprefix("mailto:"), href.rstrip("/"))
        call = "address" if printed or self._in_table or has(element, "reference-archive") else "outside"
        return f"{place}#{call}({quoted(href)})[{inside}];"

    def _picture(self, element: Element) -> str:
        call = "shape" if has(element, "shape") else "picture"
        size = "".join(
            f", {side}: {float(element.get(f'data-{side}', '')):g}pt"
            for side in ("width", "height")
            if element.get(f"data-{side}")
        )
        return f"#{call}({quoted(element.get('src', ''))}, alt: {quoted(element.get('alt', ''))}{size});"

    def _list(self, element: Element) -> str:
        if any(name in self.dressed for item in element for name in classes(item)):
            return "\n\n".join(self._element(item) for item in element)
        items = [self._inside(item).strip() for item in element if item.tag == "li"]
        names = [item.get("id", "") for item in element if item.tag == "li"]
        items = [
            f"#place-name({quoted(name)});{text}" if name else text for name, text in zip(names, items, strict=True)
        ]
        tight = "false" if any(child.tag == "p" for item in element for child in item) else "true"
        start = f"start: {int(element.get('start', 1))}, " if element.tag == "ol" and element.get("start") else ""
        call = "enum" if element.tag == "ol" else "list"
        return f"#{call}(tight: {tight}, {start}{''.join(f'[{text}], ' for text in items)});" if items else ""

    def _code(self, element: Element) -> str:
        text = "".join(element.itertext())
        block = element.tag == "pre"
        return f"#raw({'block: true, ' if block else ''}{quoted(text.strip(chr(10)) if block else text)});"

    def _quotation(self, element: Element) -> str:
        return f"#quote(block: true)[{self._inside(element).strip()}];"

    def _caption(self, element: Element) -> str:
        return f"#(c.caption)()[{self._inside(element).strip()}];"

    def _table(self, element: Element) -> str:
        outer, self._in_table = self._in_table, True
        rows = [row for part in ("thead", "tbody", "tfoot", "tr") for row in _rows(element, part)]
        head = [row for row in rows if _is_head(row)]
        body = [row for row in rows if not _is_head(row)]
        widths = [child.get("style", "").partition(":")[2].strip() for child in element.iter("col")]
        told = [f"columns: ({', '.join(widths)},)"] if widths else ["columns: 1"]
        captions = "".join(self._inside(child).strip() for child in element if child.tag == "caption")
        if not head and captions:
            told.append(f"table.header(table.cell(colspan: {max(1, len(widths))})[#row-head[{captions}]])")
            captions = ""
        elif head:
            told.append(f"table.header({', '.join(self._cells(head))}, table.hline())")
        told += self._cells(body)
        self._in_table = outer
        name = f", name: {quoted(element.get('id', ''))}" if element.get("id") else ""
        caption = f", caption: [{captions}]" if captions else ""
        long = ", long: true" if any(len(words(cell)) > LONG for row in rows for cell in row) else ""
        long += ", narrow: true" if element.get("data-narrow") else ""
        long += ", whole: true" if len(rows) <= SMALL and len(words(element)) <= BRIEF else ""
        kind = next(iter(classes(element)), "plain")
        content = ",\n".join(told)
        # A table without any heading is only an arrangement; a reader of tables would be led astray.
        call = "table" if "table.header" in content else "arranged"
        return f"#dressed({quoted(kind)}{name}{caption}{long})[#{call}(\n{content}\n)];"

    def _cells(self, rows: Iterable[Element]) -> list[str]:
        return [self._cell(cell, index) for row in rows for index, cell in enumerate(row) if cell.tag in ("td", "th")]

    def _cell(self, cell: Element, index: int) -> str:
        spans = [f"{name}: {cell.get(name)}" for name in ("colspan", "rowspan") if int(cell.get(name, 1) or 1) > 1]
        inside = self._inside(cell).strip()
        if cell.get("id"):
            inside = f"#place-name({quoted(cell.get('id', ''))});{inside}"
        for name in classes(cell):
            if name in self.dressed:
                inside = f"#(c.{name})({self._told(cell)})[{inside}];"
        if cell.tag == "th":
            inside = f"#row-head[{inside}];"
        return f"table.cell({', '.join(spans)})[{inside}]" if spans else f"[{inside}]"


def _is_entry(element: Element) -> bool:
    """Whether an element is a term with its meaning, and nothing else: the template gets them apart."""
    return [(classes(child) or [""])[0] for child in element] == ["dt", "dd"]


def _is_line(element: Element) -> bool:
    """Whether an element is a paragraph, whatever it is called: words with nothing inside that stands alone."""
    return bool(words(element)) and not any(each.tag in _BLOCKS for each in element.iter() if each is not element)


def _rows(table: Element, part: str) -> list[Element]:
    if part == "tr":
        return [child for child in table if child.tag == "tr"]
    return [row for group in table if group.tag == part for row in group if row.tag == "tr"]


def _is_head(row: Element) -> bool:
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    return bool(cells) and all(cell.tag == "th" and cell.get("scope", "col") == "col" for cell in cells)
