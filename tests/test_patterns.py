"""Regular expressions that mean the same in every Python 3.11: its first ones lose matches of some (gh-106052)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from re import _constants as signs
from re import _parser as parser
from typing import Any

import pytest

import claimbook

MODULES = [each.name for each in pkgutil.walk_packages(claimbook.__path__, "claimbook.") if "__main__" not in each.name]


@pytest.mark.parametrize("name", MODULES)
def test_no_pattern_repeats_alternatives_possessively(name: str) -> None:
    module = importlib.import_module(name)
    patterns = {key: value for key, value in vars(module).items() if isinstance(value, re.Pattern)}
    lost = [key for key, value in patterns.items() if any(_lossy(parser.parse(value.pattern, value.flags & ~re.U)))]
    assert lost == [], "write (?>(?:a|b)*) and not (?:a|b)*+"


def test_such_a_pattern_is_found() -> None:
    assert any(_lossy(parser.parse(r"x(y(?:ab?c)*+)")))
    assert not any(_lossy(parser.parse(r"x(y(?>(?:ab?c)*)[a-c]*+\s++)")))


def _lossy(parsed: Iterable[Any]) -> Iterator[bool]:
    """Yield whether a part, or a part of one, may be tried in more than one way and is repeated possessively."""
    for sign, value in parsed:
        if sign is signs.POSSESSIVE_REPEAT:
            yield any(inner not in (signs.IN, signs.LITERAL, signs.NOT_LITERAL, signs.ANY) for inner, _ in value[2])
        for part in _parts(value):
            yield from _lossy(part)


def _parts(value: Any) -> Iterator[Any]:
    for each in value if isinstance(value, (tuple, list)) else (value,):
        if isinstance(each, parser.SubPattern):
            yield each
        elif isinstance(each, (tuple, list)):
            yield from _parts(each)
