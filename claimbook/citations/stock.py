"""What we take from mkdocs-bibtex: its plugin class, its options, and how it fetches a bibliography from an address.

It imports `requests` for that last thing alone, which takes a tenth of a second in every build; here the import waits
until something is fetched.
"""

from __future__ import annotations

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec


def _import_later(name: str) -> None:
    spec = None if name in sys.modules else find_spec(name)
    if spec and spec.loader:
        spec.loader = LazyLoader(spec.loader)
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])


_import_later("requests")

from mkdocs_bibtex.config import BibTexConfig  # noqa: E402
from mkdocs_bibtex.plugin import BibTexPlugin  # noqa: E402
from mkdocs_bibtex.utils import tempfile_from_url  # noqa: E402

__all__ = ["BibTexConfig", "BibTexPlugin", "tempfile_from_url"]
