"""Results kept on disk, found again by what they were made from."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any


def digest(*parts: Any) -> str:
    """Return a name for a result made from `parts` (anything JSON can hold)."""
    return sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")).hexdigest()[:24]


class Cache:
    """A store of JSON values in one file; without a file it lasts as long as the object.

    What a run neither reads nor writes is dropped when it saves, so the file follows the site and never grows old.
    A file that can't be read or written, that was changed by hand or made by another version of this package costs
    time, never correctness: its first line holds a sum over the rest and over the package's own code.
    """

    def __init__(self, path: Path | None = None):
        self._path = path
        self._values: dict[str, Any] = {}
        self._used: set[str] = set()
        self._changed = False
        if path:
            with contextlib.suppress(OSError, ValueError):
                content = path.read_bytes()
                head, _, rest = content.partition(b"\n")
                if head == _head(rest):
                    self._values = json.loads(content)["values"]

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

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """Return a value, made and kept where there is none."""
        value = self.get(name)
        if value is None:
            value = make()
            self.put(name, value)
        return value

    def save(self) -> None:
        """Write what this run used, whole or not at all."""
        if not self._path or not (self._changed or len(self._used) < len(self._values)):
            return
        self._values = {name: self._values[name] for name in sorted(self._used)}
        rest = f'"values": {json.dumps(self._values, ensure_ascii=False)}}}\n'.encode(errors="surrogatepass")
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError, ValueError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(_head(rest) + b"\n" + rest)
            os.replace(unfinished, self._path)
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        self._changed = False


def _head(rest: bytes) -> bytes:
    total = sha256(_code())
    total.update(rest)
    return b'{"sum": "%s",' % total.hexdigest()[:24].encode()


@cache
def _code() -> bytes:
    """Return a sum over the code of this package: what other code made may differ."""
    files = sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in (".py", ".lua"))
    return sha256(b"".join(file.read_bytes() for file in files)).digest()
