"""The words a record may use: docs/method/vocabulary.yml, the only list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .fields import Fields, Text, read_yaml


@dataclass(frozen=True)
class Word:
    """A word of a record: the `label` that a reader sees, what it `means`, the `shape` drawn beside it."""

    key: str
    label: str
    means: str
    shape: str = ""
    stray: tuple[Text, ...] = field(default=(), compare=False)
    """Names that no word has: most often the rest of a meaning with a comma in it, typed between { and }."""


class VocabularyError(ValueError):
    """A list of words that can't be read; its text has the file, the line and the mend."""


Vocabulary = Mapping[str, Mapping[str, Word]]


def read(path: Path) -> dict[str, dict[str, Word]]:
    """Return the lists of words by name. Raises VocabularyError for a file that isn't lists of words and meanings.

    It is a file of the archive's makers, not of its writers: a fault in it stops the work, with its line.
    """
    lists, faults = read_yaml(path.read_text(encoding="utf-8"))
    for line, sentence in faults:
        raise VocabularyError(f"{path}:{line}: {sentence}")
    if not isinstance(lists, Fields):
        raise VocabularyError(f"{path}:1: this file should be lists of words, each below its name and a colon.")
    result: dict[str, dict[str, Word]] = {}
    for name, words in lists.items():
        if not isinstance(words, Fields):
            raise VocabularyError(
                f'{path}:{lists.lines[name]}: "{name}" should be words, each with its label and meaning.'
            )
        result[name] = {key: _word(path, key, value, words.lines[key]) for key, value in words.items()}
    return result


def _word(path: Path, key: str, value: object, line: int) -> Word:
    if not isinstance(value, Fields) or not value.get("label") or not value.get("means"):
        raise VocabularyError(f'{path}:{line}: the word "{key}" needs a label and what it means.')
    stray = tuple(Text(name, value.lines[name]) for name in value if name not in ("label", "means", "shape"))
    return Word(key, str(value["label"]), str(value["means"]), str(value.get("shape", "")), stray)
