"""`claimbook new source`: from an identifier to a tidy entry in bibliography/, for a person to read and complete.

`identifiers` says what was typed, `fetch` asks the network for it, `registries` and `webpage` read the answers,
`record` cleans them, `entry` writes BibLaTeX, `add` puts it into its file. Whatever goes wrong is a SourceError, whose
text is one sentence for the person who typed the command; nothing is written then.
"""

from __future__ import annotations

from .add import Added, Wish, add
from .errors import SourceError
from .services import Services

__all__ = ["Added", "Services", "SourceError", "Wish", "add"]
