"""The theme's own markup, put right where the HTML standard says otherwise, and without the space its templates leave.

Each mend is named with what the Nu checker says of it; a theme that writes better is left alone.
"""

from __future__ import annotations

import re

#: Parts in which space means something.
_KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2\s*>)", re.S | re.I)
_GAPS = re.compile(r"[ \t]*\n\s*")
#: “Attribute autocomplete is only allowed when the input type is …”: on the boxes that open menu and search.
_BOX = re.compile(r'(<input class="md-toggle[^>]*?) autocomplete="off"')
#: “Bad value “” for attribute tabindex”: on labels of the menu.
_TABINDEX = re.compile(r'(<label\b[^>]*?) tabindex=""')
#: “The value of the for attribute must be the ID of a non-hidden form control”: a page without contents has no box for them.
_CONTENTS = re.compile(r'(<label\b[^>]*?) for="__toc"')


def mended(html: str) -> str:
    """Return a finished page with the theme's markup mended."""
    html = _TABINDEX.sub(r"\1", _BOX.sub(r"\1", html))
    return html if 'id="__toc"' in html else _CONTENTS.sub(r"\1", html)


def tightened(html: str) -> str:
    """Return a finished page with one line's end where there were many; what is shown stays as it is."""
    parts = _KEPT.split(html)
    # Every third part is the name of the element in the second, which is left as it stands.
    texts = (_GAPS.sub("\n", part) if number % 3 == 0 else part for number, part in enumerate(parts) if number % 3 != 2)
    return "".join(texts)
