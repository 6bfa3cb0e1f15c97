"""Results kept on disk, found again by what they were made from."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any


def digest(*parts: Any) -> str:
    """Return a name for a result made from `parts` (anything JSON can hold)."""
    return sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:24]


class Cache:
    """A store of JSON values in one file; without a file it lasts as long as the object.

    What a run neither reads nor writes is dropped when it saves, so the file follows the site and never grows old.
    A file that can't be read or written costs time, never correctness.
    """

    def __init__(self, path: Path | None = None):
        self._path = path
        self._values: dict[str, Any] = {}
        self._used: set[str] = set()
        self._changed = False
        if path:
            with contextlib.suppress(OSError, ValueError):
                stored = json.loads(path.read_text(encoding="utf-8"))
                self._values = stored if isinstance(stored, dict) else {}

    def get(self, name: str) -> Any:
        """Return a value, or None where there is none."""
        value = self._values.get(name)
        if value is not None:
            self._used.add(name)
        return value

    def put(self, name: str, value: Any) -> None:
        """Keep a value."""
        self._values[name] = value
        self._used.add(name)
        self._changed = True

    def save(self) -> None:
        """Write what this run used, whole or not at all."""
        if not self._path or not (self._changed or len(self._used) < len(self._values)):
            return
        self._values = {name: self._values[name] for name in sorted(self._used)}
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self._path.parent, delete=False) as file:
                json.dump(self._values, file, ensure_ascii=False)
            os.replace(file.name, self._path)
        self._changed = False
