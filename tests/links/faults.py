"""A server on this machine that answers badly, in every way that a link checker has to live with."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("certificate.pem")
WORDS = (
    "The county built its own list of points and deductions and sent officials from house to house to fill it in. "
    "Residents began with a thousand points each and could gain or lose some for what the town thought worth noting. "
    "Later orders from the capital said that such lists must not take away any right that a law has given."
)
OTHER_WORDS = (
    "Buy cheap lamps, chairs and tables in our winter sale, with free delivery to every door in the whole country. "
    "Our gift cards never lose their worth, and a second lamp costs half if you order it before the end of the month. "
    "Subscribe to our letter to hear first of new offers, or call our friendly team at any hour of the day."
)


def page(title: str, text: str = WORDS, head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body><h1>{title}</h1><p>{text}</p></body></html>".encode()


def reply(status: str, body: bytes = b"", *headers: str, media: str = "text/html; charset=utf-8") -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {media}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


GOOD = page("Points in the county")
LOST = "There is nothing at this address. Try our search, or go back to the first page."


class Faults:
    """The server. `base` is its address, `asked` counts the requests by path, `stop` ends what it keeps open."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.heads: list[str] = []
        self.stop = threading.Event()
        self._plain = socket.create_server(("127.0.0.1", 0))
        self._secure = socket.create_server(("127.0.0.1", 0))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.closed = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.port = self._plain.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.elsewhere = f"http://localhost:{self.port}"
        self.secure = f"https://127.0.0.1:{self._secure.getsockname()[1]}"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        for server, tls in ((self._plain, None), (self._secure, context)):
            threading.Thread(target=self._serve, args=(server, tls), daemon=True).start()

    def close(self) -> None:
        self.stop.set()
        for server in (self._plain, self._secure):
            # Wakes the thread that waits in accept().
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()

    def _serve(self, server: socket.socket, tls: ssl.SSLContext | None) -> None:
        with suppress(OSError):
            while not self.stop.is_set():
                connection, _ = server.accept()
                threading.Thread(target=self._answer, args=(connection, tls), daemon=True).start()

    def _answer(self, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
        # Whoever asks may hang up in the middle of anything.
        with suppress(OSError, ValueError, IndexError), connection:
            client = tls.wrap_socket(connection, server_side=True) if tls else connection
            head = client.recv(65536).decode("latin-1")
            path = head.split(" ")[1]
            self.asked[path] += 1
            self.heads.append(head)
            act = getattr(
                self, "on_" + path.strip("/").split("/")[0].split("?")[0].replace("-", "_").replace(".", "_"), None
            )
            client.sendall(act(client, path, head) or b"" if act else reply("404 Not Found", page("Not here", LOST)))

    # -------------------------------------------------------------- what is well

    def on_good(self, *_: object) -> bytes:
        return reply("200 OK", GOOD)

    def on_(self, *_: object) -> bytes:
        return reply("200 OK", page("Welcome to our county", "News, weather and sports."))

    def on_no_head(self, client: object, path: str, head: str) -> bytes:
        return reply("405 Method Not Allowed") if head.startswith("HEAD") else reply("200 OK", GOOD)

    def on_chunked(self, client: socket.socket, *_: object) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n")
        for start in range(0, len(GOOD), 100):
            part = GOOD[start : start + 100]
            client.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        client.sendall(b"0\r\n\r\n")

    def on_gzipped(self, *_: object) -> bytes:
        return reply("200 OK", gzip.compress(GOOD), "Content-Encoding: gzip")

    def on_pdf(self, *_: object) -> bytes:
        return reply("200 OK", b"%PDF-1.7\n%nothing more", media="application/pdf")

    def on_wrong_charset(self, *_: object) -> bytes:
        return reply("200 OK", page("新闻 县城的积分").decode().encode("gb18030"), media="text/html; charset=utf-8")

    def on_no_such_charset(self, *_: object) -> bytes:
        return reply("200 OK", GOOD, media="text/html; charset=klingon")

    def on_huge_title(self, *_: object) -> bytes:
        return reply("200 OK", page("Points " * 200_000))

    def on_endless(self, client: socket.socket, *_: object) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + GOOD)
        while not self.stop.is_set():
            client.sendall(b"<p>and so on</p>" * 4096)

    def on_short(self, *_: object) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n" + GOOD

    def on_unclosed(self, *_: object) -> bytes:
        return reply(
            "200 OK",
            b"<title>Points in the county<h1><p><b>"
            + b"<div><i>" * 20_000
            + WORDS.encode()
            + b"<![CDATA[ <!-- &#xffffffff;",
        )

    def on_cookie_wall(self, client: object, path: str, head: str) -> bytes:
        if "cookie: seen=yes" in head.lower():
            return reply("200 OK", GOOD)
        refresh = '<meta http-equiv="refresh" content="0; url=/cookie-wall">'
        return reply("200 OK", page("One moment", "Sending you on.", refresh), "Set-Cookie: seen=yes; Path=/")

    def on_refresh(self, *_: object) -> bytes:
        return reply(
            "200 OK", page("One moment", "Sending you on.", '<meta http-equiv="refresh" content="1;URL=\'/good\'">')
        )

    def on_utf16(self, *_: object) -> bytes:
        return reply("200 OK", GOOD.decode().encode("utf-16"), media="text/html")

    def on_ticker(self, *_: object) -> bytes:
        return reply("200 OK", page("Points in the county", WORDS, '<meta http-equiv="refresh" content="300">'))

    def on_once_500(self, client: object, path: str, head: str) -> bytes:
        return reply("500 Internal Server Error") if self.asked[path] == 1 else reply("200 OK", GOOD)

    def on_once_503(self, client: object, path: str, head: str) -> bytes:
        return (
            reply("503 Service Unavailable", b"", "Retry-After: 0") if self.asked[path] == 1 else reply("200 OK", GOOD)
        )

    def on_once_reset(self, client: socket.socket, path: str, head: str) -> bytes | None:
        return self.on_reset(client) if self.asked[path] == 1 else reply("200 OK", GOOD)

    # -------------------------------------------------------------- redirects

    def on_moved(self, *_: object) -> bytes:
        return reply("301 Moved Permanently", b"", "Location: /good")

    def on_moved_then_found(self, *_: object) -> bytes:
        return reply("308 Permanent Redirect", b"", "Location: /found")

    def on_found(self, *_: object) -> bytes:
        return reply("302 Found", b"", "Location: /good")

    def on_loop(self, *_: object) -> bytes:
        return reply("302 Found", b"", "Location: /loop")

    def on_to_home(self, *_: object) -> bytes:
        return reply("302 Found", b"", "Location: /")

    def on_to_home_for_good(self, *_: object) -> bytes:
        return reply("301 Moved Permanently", b"", "Location: /index.html")

    on_index_html = on_

    def on_other_home(self, *_: object) -> bytes:
        return reply("301 Moved Permanently", b"", f"Location: {self.elsewhere}/")

    def on_other_login(self, *_: object) -> bytes:
        return reply("302 Found", b"", f"Location: {self.elsewhere}/login?next=/article")

    def on_login(self, *_: object) -> bytes:
        return reply("200 OK", page("Sign in", '<input name="who"><input type="password" name="word">'))

    def on_password(self, *_: object) -> bytes:
        return self.on_login()

    def on_to_mail(self, *_: object) -> bytes:
        return reply("302 Found", b"", "Location: mailto:somebody@example.org")

    def on_nowhere(self, *_: object) -> bytes:
        return reply("301 Moved Permanently", b"", "Location: http://[not an address/")

    # -------------------------------------------------------------- gone

    def on_gone(self, *_: object) -> bytes:
        return reply("410 Gone", page("Gone", LOST))

    def on_500(self, *_: object) -> bytes:
        return reply("500 Internal Server Error", page("Oh no", "A thousand monkeys are on their way."))

    def on_soft_en(self, *_: object) -> bytes:
        return reply("200 OK", page("Page not found | The County Times", LOST))

    def on_soft_404(self, *_: object) -> bytes:
        return reply("200 OK", page("404", LOST))

    def on_soft_heading(self, *_: object) -> bytes:
        return reply(
            "200 OK",
            b"<title>The County Times</title><h1>Sorry, the page you requested could not be found.</h1><p>Try our search.",
        )

    def on_soft_fr(self, *_: object) -> bytes:
        return reply("200 OK", page("Erreur 404 – Page introuvable", "La page demandée n’existe plus."))

    def on_soft_zh(self, *_: object) -> bytes:
        return reply("200 OK", page("您访问的页面不存在", "请返回首页。"))

    def on_to_404(self, *_: object) -> bytes:
        return reply("302 Found", b"", "Location: /error/404.html")

    def on_error(self, *_: object) -> bytes:
        return reply("200 OK", page("The County Times", OTHER_WORDS))

    def on_parked(self, *_: object) -> bytes:
        return reply("200 OK", page("county-times.test", "This domain is for sale."))

    # -------------------------------------------------------------- nothing known

    def on_no_location(self, *_: object) -> bytes:
        return reply("301 Moved Permanently")

    def on_202(self, *_: object) -> bytes:
        return reply("202 Accepted", page("", "Challenge."))

    def on_402(self, *_: object) -> bytes:
        return reply("402 Payment Required")

    def on_521(self, *_: object) -> bytes:
        return reply("521 Web Server Is Down")

    def on_brotli(self, *_: object) -> bytes:
        return reply("200 OK", b"\x0b\x02\x80", "Content-Encoding: br")

    def on_maintenance(self, *_: object) -> bytes:
        return reply("200 OK", page("The County Times", "We are under maintenance. Please come back tomorrow."))

    def on_hundreds(self, client: socket.socket, *_: object) -> None:
        while not self.stop.wait(0.01):
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_refresh_nowhere(self, *_: object) -> bytes:
        return reply("200 OK", page("One moment", "…", '<meta http-equiv="refresh" content="0;url=http://[nowhere/">'))

    def on_refresh_loop(self, *_: object) -> bytes:
        return reply(
            "200 OK",
            page("One moment", "…", '<meta http-equiv="refresh" content="0;url=/refresh-loop?again">'),
            "Set-Cookie: a=b",
        )

    def on_robots(self, *_: object) -> bytes:
        return reply("403 Forbidden", page("Forbidden", "Go away."))

    def on_999(self, *_: object) -> bytes:
        return reply("999 Request denied")

    def on_429(self, *_: object) -> bytes:
        return reply("429 Too Many Requests", b"", "Retry-After: 0")

    def on_429_tomorrow(self, *_: object) -> bytes:
        return reply("429 Too Many Requests", b"", "Retry-After: 86400")

    def on_451(self, *_: object) -> bytes:
        return reply("451 Unavailable For Legal Reasons")

    def on_503(self, *_: object) -> bytes:
        return reply("503 Service Unavailable", b"", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT")

    def on_401(self, *_: object) -> bytes:
        return reply("401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="x"')

    def on_wall(self, *_: object) -> bytes:
        return reply("200 OK", page("Just a moment...", "Verify that you are human by completing the action below."))

    def on_empty(self, *_: object) -> bytes:
        return reply("200 OK")

    def on_204(self, *_: object) -> bytes:
        return b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"

    def on_silent(self, *_: object) -> None:
        self.stop.wait(60)

    def on_slow_head(self, client: socket.socket, *_: object) -> None:
        self._drip(client, b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 10_000)

    def on_slow_body(self, client: socket.socket, *_: object) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
        self._drip(client, b"<p>" * 30_000)

    def _drip(self, client: socket.socket, text: bytes) -> None:
        for sign in text:
            client.sendall(bytes([sign]))
            if self.stop.wait(0.05):
                return

    def on_reset(self, client: socket.socket, *_: object) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

    def on_hang_up(self, *_: object) -> None:
        """Say nothing and hang up."""

    def on_garbage(self, *_: object) -> bytes:
        return b"\x00\x01SSH-2.0-nothing\r\nfor you\r\n\r\n"

    def on_bad_header(self, *_: object) -> bytes:
        return b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: -7\r\n\r\n"

    def on_header_bomb(self, client: socket.socket, *_: object) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not self.stop.is_set():
            client.sendall(b"a" * 65536)

    def on_many_headers(self, client: socket.socket, *_: object) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n")
        while not self.stop.is_set():
            client.sendall(b"X-Many: yes\r\n" * 4096)

    def on_bad_gzip(self, *_: object) -> bytes:
        return reply("200 OK", b"this is no gzip at all" * 10, "Content-Encoding: gzip")

    def on_half_gzip(self, *_: object) -> bytes:
        return reply("200 OK", gzip.compress(GOOD)[:40], "Content-Encoding: gzip")

    def on_bad_chunks(self, *_: object) -> bytes:
        return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\nzz\r\nnot a number\r\n"

    def on_gzip_bomb(self, *_: object) -> bytes:
        return reply("200 OK", _BOMB, "Content-Encoding: gzip")


_BOMB = gzip.compress(GOOD + b" " * 50_000_000, 6)
Handler = Callable[..., bytes | None]


@contextmanager
def faults() -> Iterator[Faults]:
    """Yield a running server, and end it."""
    running = Faults()
    try:
        yield running
    finally:
        running.close()
