"""The book's fonts: those inside Typst, and those of pinned wheels; what this machine has besides doesn't count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import typst

#: Wheels with fonts: Noto Serif SC and Noto Sans SC for Chinese, Source Sans 3 for labels and tables.
WHEELS = ("pylopdf_fonts_zh_cn", "fontpkg_source_sans_3")
#: In the order of the template; Libertinus Serif comes with Typst.
FAMILIES = ("Libertinus Serif", "Source Sans 3", "Noto Serif SC", "Noto Sans SC", "DejaVu Sans Mono")


def folders() -> list[str]:
    """Return the folders of the wheels that hold fonts."""
    found = [find_spec(name) for name in WHEELS]
    return [str(Path(spec.origin).parent) for spec in found if spec and spec.origin]


def missing(signs: Iterable[str]) -> set[str]:
    """Return the characters that none of the fonts has; Typst itself is asked."""
    wanted = sorted(sign for sign in set(signs) if sign.isprintable() and not sign.isspace())
    return _search(wanted) if wanted else set()


def _search(signs: list[str]) -> set[str]:
    if _all_there(signs):
        return set()
    if len(signs) == 1:
        return set(signs)
    half = len(signs) // 2
    return _search(signs[:half]) | _search(signs[half:])


def _all_there(signs: list[str]) -> bool:
    families = ", ".join(f'"{name}"' for name in FAMILIES)
    words = " ".join(f"\\u{{{ord(sign):x}}}" for sign in signs)
    text = f'#set document(title: "x")\n#set text(font: ({families}), fallback: false)\n#"{words}"'
    try:
        typst.compile(
            text.encode(), font_paths=folders(), ignore_system_fonts=True, pdf_standards=["a-2u"], timestamp=0
        )
    except typst.TypstError as error:
        if not re.search("displayed|glyph|font|text", str(error)):
            raise
        return False
    return True
