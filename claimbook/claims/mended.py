"""The mended sentence: a statement with the fewest words changed, as `{--taken out--}` and `{++put in++}`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECE = re.compile(r"\{--(?P<out>.*?)--\}|\{\+\+(?P<put>.*?)\+\+\}", re.S)
_MARK = re.compile(r"\{--|--\}|\{\+\+|\+\+\}")


@dataclass(frozen=True)
class Piece:
    """A run of words: `kind` is kept, out or put."""

    kind: str
    words: str


def pieces(text: str) -> list[Piece]:
    """Return the sentence in pieces, in order. A mark without its partner stays among the words."""
    result: list[Piece] = []
    position = 0
    for match in _PIECE.finditer(text):
        if match.start() > position:
            result.append(Piece("kept", text[position : match.start()]))
        kind = "out" if match["out"] is not None else "put"
        result.append(Piece(kind, match[kind]))
        position = match.end()
    if position < len(text):
        result.append(Piece("kept", text[position:]))
    return result


def faults(text: str) -> list[str]:
    """Return what is wrong with the marks of a mended sentence, each as a clause about it."""
    parts = pieces(text)
    found = []
    for piece in parts:
        stray = _MARK.search(piece.words)
        if stray:
            found.append(f'holds "{stray[0]}" without its partner; write {{--taken out--}} and {{++put in++}}')
        elif piece.kind != "kept" and not piece.words.strip():
            found.append("holds a mark with no word in it")
    if not found and all(piece.kind == "kept" for piece in parts):
        found.append("marks no change; write {--taken out--} and {++put in++}")
    return found


def before(text: str) -> str:
    """Return the sentence as it was: what was taken out is back, what was put in is gone."""
    return _tidy("".join(piece.words for piece in pieces(text) if piece.kind != "put"))


def after(text: str) -> str:
    """Return the sentence as mended, in plain words."""
    return _tidy("".join(piece.words for piece in pieces(text) if piece.kind != "out"))


def _tidy(words: str) -> str:
    return re.sub(r"\s+([,.;:?!])", r"\1", " ".join(words.split()))
