"""From a page of the site to a page of a book: what only a screen needs goes, what was folded is opened."""

from __future__ import annotations

from .markup import Element, classes, drop, has, unwrap

#: What a book doesn't need, by tag and by class.
TAGS = frozenset(
    [
        "script",
        "style",
        "form",
        "input",
        "button",
        "select",
        "textarea",
        "nav",
        "template",
        "noscript",
        "iframe",
        "output",
        "label",
        "dialog",
    ]
)
CLASSES = frozenset(
    [
        "headerlink",
        "spoken",
        "nothing",
        "reference-backlinks",
        "reference-more",
        "reference-record",
        "reference-uses",
        "Z3988",
        "figure-links",
        "figure-download",
        "md-content__button",
        "md-source-file",
        "sources-total",
        "timeline-index",
        "claim-report",
        "page-foot",
    ]
)
#: What goes with the heading above it: the colophon says it once.
HEADED = frozenset(["claim-cite"])
_KEPT = frozenset(
    [
        "id",
        "class",
        "lang",
        "href",
        "src",
        "alt",
        "title",
        "scope",
        "colspan",
        "rowspan",
        "start",
        "type",
        "value",
        "datetime",
    ]
)


def simplify(body: Element, level: int) -> None:
    """Make a page's body fit for a book; its headings stand `level` deep in the book, the title at `level` itself."""
    _leave_out(body)
    _sources(body)
    for parent in list(body.iter()):
        for child in list(parent):
            _unfold(parent, child)
    for element in body.iter():
        if len(element.tag) == 2 and element.tag[0] == "h" and element.tag[1].isdigit():
            element.tag = f"h{min(6, int(element.tag[1]) + level - 1)}"
    for element in body.iter():
        element.attrib = {name: value for name, value in element.attrib.items() if name in _KEPT or name[:5] == "data-"}


def _leave_out(body: Element) -> None:
    for parent in list(body.iter()):
        for child in list(parent):
            hidden = "hidden" in child.attrib
            own_list = has(child, "references")
            # Headings that a screen only speaks are printed: a table on paper needs them too.
            if child.tag == "thead" or (parent.tag == "th" and has(child, "spoken")):
                continue
            if not HEADED.isdisjoint(classes(child)):
                drop(parent, parent[list(parent).index(child) - 1])
                drop(parent, child)
            elif child.tag in TAGS or hidden or own_list or not CLASSES.isdisjoint(classes(child)):
                drop(parent, child)


def _sources(body: Element) -> None:
    """Make a list of all sources a run of blocks, so that each can carry its name."""
    for section in [element for element in body.iter() if has(element, "sources")]:
        for item in [item for item in section.iter("li") if has(item, "reference")]:
            item.tag = "div"
            item.set("class", "source")
        for listing in [listing for listing in section.iter("ol") if has(listing, "reference-list")]:
            listing.tag = "div"
            listing.set("class", "source-list")


def _unfold(parent: Element, child: Element) -> None:
    """Open what a reader would unfold, and make plain blocks of what holds blocks where none may stand."""
    if child.tag == "details":
        child.tag = "div"
        child.set("class", " ".join([*classes(child), "details"]))
    elif child.tag == "summary":
        child.tag = "div"
        child.set("class", "summary-line")
    elif child.tag == "dl" and any(each.tag == "div" for each in child):
        child.tag = "div"
        for each in [element for element in child.iter() if element.tag in ("dt", "dd")]:
            each.set("class", " ".join([each.tag, *classes(each)]))
            each.tag = "div"
    elif child.tag == "figcaption" and child not in (parent[0], parent[-1]):
        child.tag = "div"
        child.set("class", " ".join(["caption", *classes(child)]))
    elif child.tag == "section" and not child.attrib.get("class") and not child.get("id"):
        unwrap(parent, child)
    elif child.tag in ("section", "article", "header", "aside", "main"):
        child.tag = "div"
    elif child.tag == "abbr":
        unwrap(parent, child)
    elif child.tag == "time" and has(parent, "timeline-head"):
        child.set("class", "timeline-date")
