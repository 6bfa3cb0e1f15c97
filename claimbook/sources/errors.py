"""What can go wrong on the way from an identifier to an entry."""

from __future__ import annotations


class SourceError(Exception):
    """Why no entry was written, in one sentence that says what to do."""
