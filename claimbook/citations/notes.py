"""Numbered notes: raised numbers and their list, in one series with the page's own footnotes."""

from __future__ import annotations

from xml.etree import ElementTree as etree

from markdown import Markdown
from markdown.extensions.footnotes import FN_BACKLINK_TEXT, NBSP_PLACEHOLDER, FootnoteExtension

from .collect import Collector
from .tokens import NOTE


class Notes:
    """The page's notes: one a source and place cited, in one series with the page's own footnotes."""

    def __init__(self, md: Markdown, site: Collector, root: etree.Element):
        self.site = site
        self.footnotes = _footnotes_of(md)
        self.list = self._find_list(root)
        self.first = len(self.list) + 1
        self.items: dict[tuple[str, ...], etree.Element] = {}
        self.uses: dict[str, int] = {}

    def _find_list(self, root: etree.Element) -> etree.Element:
        for div in root.iter("div"):
            if div.get("class") == "footnote" and div.find("ol") is not None:
                return div.find("ol")
        div = etree.Element("div", {"class": "footnote"})
        etree.SubElement(div, "hr")
        self._place(root, div)
        return etree.SubElement(div, "ol")

    def _place(self, root: etree.Element, div: etree.Element) -> None:
        """Put the list where the writer wants footnotes, else at the end."""
        found = self.footnotes.findFootnotesPlaceholder(root)
        if not found:
            root.append(div)
            return
        child, parent, is_text = found
        parent.insert(list(parent).index(child) + 1, div)
        if is_text:
            parent.remove(child)
        else:
            child.tail = None

    def mark(self, number: int, index: int) -> etree.Element:
        """Return the raised number for one item of a mark, adding its note where it is new."""
        name = self.site.note_name(number, index)
        item = self.items.get(name)
        if item is None:
            item = self.items[name] = self._note(number, index)
        separator = self.footnotes.get_separator()
        key = item.get("id", "").split(separator, 1)[1]
        position = self.first + list(self.items).index(name)
        count = self.uses[key] = self.uses.get(key, 0) + 1
        back = f"fnref{count if count > 1 else ''}{separator}{key}"
        self._add_backlink(item, back, position)
        sup = etree.Element("sup", {"id": back})
        link = etree.SubElement(sup, "a", {"class": "footnote-ref", "href": f"#{item.get('id')}"})
        link.text = self.footnotes.getConfig("SUPERSCRIPT_TEXT").format(position)
        return sup

    def _note(self, number: int, index: int) -> etree.Element:
        taken = {item.get("id") for item in self.list}
        base = self.footnotes.makeFootnoteId(self.site.note_id(number, index))
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base}-{count}"
        item = etree.SubElement(self.list, "li", {"id": name})
        paragraph = etree.SubElement(item, "p")
        text = etree.SubElement(paragraph, "span", {NOTE: f"{number}.{index}"})
        text.tail = NBSP_PLACEHOLDER
        return item

    def _add_backlink(self, item: etree.Element, target: str, position: int) -> None:
        title = self.footnotes.getConfig("BACKLINK_TITLE").format(position)
        link = etree.SubElement(item[0], "a", {"class": "footnote-backref", "href": f"#{target}", "title": title})
        link.text = FN_BACKLINK_TEXT


def _footnotes_of(md: Markdown) -> FootnoteExtension:
    for extension in md.registeredExtensions:
        if isinstance(extension, FootnoteExtension):
            return extension
    return FootnoteExtension()
