"""Compile pyproject.toml into the pinned requirements files, one per set-up step.

`make requirements` runs this after a dependency changed in pyproject.toml. The files hold versions and hashes only:
no address of a package registry, so that they serve behind any mirror.
"""

from __future__ import annotations

import subprocess
import sys

COMPILE = [
    sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--generate-hashes", "--universal",
    "--python-version", "3.11", "--no-header", "--no-annotate", "--no-emit-index-url",
]  # fmt: skip
GROUPS = ("test", "bench", "links")


def main() -> None:
    """Write requirements.txt, then one file per dependency group that agrees with it."""
    subprocess.run([*COMPILE, "--extra", "archive", "pyproject.toml", "-o", "requirements.txt"], check=True)
    for group in GROUPS:
        target = f"requirements-{group}.txt"
        subprocess.run([*COMPILE, "--group", group, "--constraints", "requirements.txt", "-o", target], check=True)


if __name__ == "__main__":
    main()
