"""The list of all sources on several pages: works whose keys begin alike stand together.

A key never changes, and so neither does the address of its entry, whatever becomes of author, year and title.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

#: Where works stand whose keys begin like no part's name.
REST = "other"
#: What a part may be called: the beginning of a key and, as it is, a part of an address.
NAME = re.compile(r"[a-z0-9]+")


def part(key: str, beginnings: Collection[str]) -> str:
    """Return the longest of these beginnings that a key has, whatever its case, or REST."""
    found = (each for each in beginnings if each != REST and key.casefold().startswith(each))
    return max(found, key=len, default=REST)


def divide(keys: Iterable[str], beginnings: Collection[str]) -> dict[str, list[str]]:
    """Return the keys of each part that has any, the parts in the order of the alphabet, REST last."""
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(part(key, beginnings), []).append(key)
    return dict(sorted(found.items(), key=lambda each: (each[0] == REST, each[0])))
