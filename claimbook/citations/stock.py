"""What we take from mkdocs-bibtex: its plugin class, its options, and how it fetches a bibliography from an address.

It imports `requests` for that last thing alone, which is half of what the plugin adds to the start of a build (90 of
190 ms, where plain MkDocs builds 200 pages in 6 s), and `validators` to know an address. Here both imports wait until
something is fetched.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


_waiting = [name for name in ("requests", "validators") if name not in sys.modules]
sys.modules |= {name: _Later(name) for name in _waiting}

from mkdocs_bibtex.config import BibTexConfig  # noqa: E402
from mkdocs_bibtex.plugin import BibTexPlugin  # noqa: E402
from mkdocs_bibtex.utils import tempfile_from_url  # noqa: E402

for _name in _waiting:
    # Whoever imports it from here on gets the real one.
    if isinstance(sys.modules.get(_name), _Later):
        del sys.modules[_name]

__all__ = ["BibTexConfig", "BibTexPlugin", "tempfile_from_url"]
