"""A stand-in for the Wayback Machine on this machine, which can also behave badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, dict[str, str], bytes]
JOB = "spn2-0123456789abcdef"


def reply(said: object, status: int = 200, **headers: str) -> Reply:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, body


def held(address: str, stamp: str, status: str = "200") -> Reply:
    url = f"http://web.archive.org/web/{stamp}/{address}"
    return reply(
        {
            "url": address,
            "archived_snapshots": {"closest": {"available": True, "url": url, "timestamp": stamp, "status": status}},
        }
    )


NONE = reply({"url": "x", "archived_snapshots": {}})
STARTED = reply({"url": "x", "job_id": JOB})
PENDING = reply({"status": "pending", "job_id": JOB, "resources": []})


def saved(address: str, stamp: str = "20261103101112", **more: object) -> Reply:
    return reply(
        {
            "status": "success",
            "job_id": JOB,
            "original_url": address,
            "timestamp": stamp,
            "http_status": 200,
            "duration_sec": 6.2,
        }
        | more
    )


def failed(code: str, message: str = "No.") -> Reply:
    return reply(
        {"status": "error", "exception": "x", "status_ext": code, "job_id": JOB, "message": message, "resources": []}
    )


class Machine:
    """Its `answers` are lists by question (available, save, status), given one after another, the last for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Reply]] = {"available": [NONE], "save": [STARTED], "status": [PENDING]}
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []

    def answer(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))).decode()
        question = "status" if parts.path.startswith("/save/status/") else parts.path.rsplit("/", 1)[-1]
        if (question == "save") != (method == "POST"):
            question = "wrong method"
        self.asked.append((question, parse_qs(parts.query or body), handler.headers.get("Authorization", "")))
        replies = self.answers[question]
        status, headers, said = replies.pop(0) if len(replies) > 1 else replies[0]
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(said)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(said)

    def questions(self) -> list[str]:
        return [question for question, _, _ in self.asked]


@contextmanager
def machine() -> Iterator[tuple[Machine, str]]:
    """Yield a running stand-in and its address."""
    standing = Machine()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            standing.answer(self, "GET")

        def do_POST(self) -> None:
            standing.answer(self, "POST")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield standing, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
