"""The archive's figures: numbers in CSV files beside their pages, drawn as SVG when the site is built.

`data` reads the numbers, `charts` draws the forms that `gallery` uses, `computed` counts the archive's own
records, `render` makes the block that a page shows, `checks` says what must be true of all of it.
"""

from __future__ import annotations

from .checks import CODES, check
from .computed import counted
from .render import fill, markers, standalone

__all__ = ["CODES", "check", "counted", "fill", "markers", "standalone"]
