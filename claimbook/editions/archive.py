"""Zip files whose bytes hang on nothing but their content: fixed order, fixed times, fixed rights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

#: The first time that a zip file can say.
_FIRST = 315532800


def pack(files: Mapping[str, bytes], target: Path, time: int) -> Path:
    """Write files into a zip in the order given, all with one time (seconds, UTC); returns its path."""
    moment = datetime.fromtimestamp(max(time, _FIRST), UTC)
    with ZipFile(target, "w") as packed:
        for name, content in files.items():
            entry = ZipInfo(name, moment.timetuple()[:6])
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            packed.writestr(entry, content, compresslevel=6)
    return target
