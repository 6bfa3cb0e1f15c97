"""One style sheet out of several, without its comments: fewer requests before a page shows, and fewer bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_COMMENT = re.compile(r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/""", re.S)
_INDENT = re.compile(r"\s*\n\s*")


def joined(sheets: Iterable[str]) -> str:
    """Return style sheets as one, in their order. They load nothing: an address in one would point elsewhere now."""
    whole = "\n".join(_COMMENT.sub(lambda match: match["text"] or "", sheet) for sheet in sheets)
    return _INDENT.sub("\n", whole).strip() + "\n"
