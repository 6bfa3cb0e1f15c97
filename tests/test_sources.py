"""`new source`: from an identifier to an entry, against a server on this machine that answers well, slowly, wrongly."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claimbook import checks
from claimbook import sources as desk
from claimbook.citations import bibfile, library, pandoc
from claimbook.sources import entry as entries
from claimbook.sources import identifiers, record, webpage
from claimbook.sources.record import Name, Record

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 11, 23)
HERE = Path(__file__).parent / "sources"

Answer = tuple[int, dict[str, str], bytes]


class Server:
    """Answers as told: a path has a status, headers and a body, or a function that does as it likes."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, dict(self.headers)))
                answer = server.answers.get(self.path, (404, {}, b"none"))
                if callable(answer):
                    answer(self)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def page(self, path: str, head: str, **headers: str) -> str:
        """Answer with a page; returns its address."""
        body = f"<!doctype html><html>{head}<body>Text</body></html>".encode()
        self.answers[path] = (200, {"Content-Type": "text/html; charset=utf-8", **headers}, body)
        return self.address + path

    def work(self, doi: str, **fields: Any) -> None:
        """Answer for a DOI with a record in CSL-JSON."""
        kind = {"Content-Type": "application/vnd.citationstyles.csl+json"}
        self.answers[f"/doi/{doi}"] = (200, kind, json.dumps(fields).encode())

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running = Server()
    yield running
    running.close()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with a handful of sources."""
    shutil.copytree(HERE / "bibliography", tmp_path / "bibliography")
    (tmp_path / "docs" / "method").mkdir(parents=True)
    shutil.copy(ROOT / "docs/method/vocabulary.yml", tmp_path / "docs/method/vocabulary.yml")
    return tmp_path


def services(server: Server, seconds: float = 10) -> desk.Services:
    return desk.Services(f"{server.address}/doi", server.address, seconds)


def add(archive: Path, server: Server, typed: str, seconds: float = 10, **wish: Any) -> desk.Added:
    return desk.add(desk.Wish(typed, **wish), archive, services(server, seconds), TODAY)


def refusal(archive: Path, server: Server, typed: str, seconds: float = 10, **wish: Any) -> str:
    """Return what is said where nothing is written, and see that nothing was."""
    before = {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()}
    with pytest.raises(desk.SourceError) as error:
        add(archive, server, typed, seconds, **wish)
    assert {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()} == before
    assert "\n" not in str(error.value)
    return str(error.value)


ARTICLE = {
    "type": "journal-article",
    "title": ["Watching the Watchers: Cameras in China and <i>Beyond</i>"],
    "author": [{"given": "Ana", "family": "Núñez"}, {"given": "Wei", "family": "Li"}, {"literal": "The Camera Group"}],
    "container-title": "Journal of Streets &amp; Squares",
    "issue": "2",
    "volume": "7",
    "page": "11-29",
    "issued": {"date-parts": [[2023, 4, 9]]},
    "language": "en",
    "publisher": "Press",
}


# ------------------------------------------------------------------ what is written


def test_a_doi_becomes_an_entry_in_its_place(
    archive: Path, server: Server, golden: Callable[[Path, str], None]
) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    added = add(archive, server, "https://doi.org/10.1234/abc.5")
    golden(HERE / "article.txt", "\n".join(added.lines()).replace("127.0.0.1", "HOST"))
    text = (archive / "bibliography/scholarship.bib").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("@")] == [
        "@article{arora2019benign,", "@article{nunez2023watching,", "@book{zhou2020cities,",
    ]  # fmt: skip
    assert text.splitlines()[added.line - 1] == "@article{nunez2023watching,"
    assert text.startswith("% Scholarship")


def test_the_new_entry_passes_the_archives_own_checks(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    added = add(archive, server, "doi:10.1234/abc.5")
    read = library.read(library.find(archive / "bibliography"), archive)
    assert read.problems == ()
    (archive / "docs/index.md").write_text("# A title\n", encoding="utf-8")
    (archive / "bibliography/listing-runs.txt").write_text("", encoding="utf-8")
    assert [str(problem) for problem in checks.run(checks.load(archive)) if added.key in problem.message] == []


def test_what_the_checks_will_miss_is_named_at_once(archive: Path, server: Server) -> None:
    server.work("10.1234/bare", type="journal-article", title="Bare")
    added = add(archive, server, "10.1234/bare")
    said = "\n".join(added.lines())
    (archive / "docs/index.md").write_text("# A title\n", encoding="utf-8")
    (archive / "bibliography/listing-runs.txt").write_text("", encoding="utf-8")
    codes = {problem.code for problem in checks.run(checks.load(archive)) if added.key in problem.message}
    assert codes == {"B04", "C05"}
    for field in ("author", "date", "langid", "journaltitle", "volume", "pages"):
        assert f"  {field} = " in said


def test_nothing_claims_that_a_person_read_it(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    assert "verification = {record},\n  verificationdate = {2026-11-23}," in add(archive, server, "10.1234/abc.5").text


def test_an_arxiv_number_is_asked_for_as_its_doi(archive: Path, server: Server) -> None:
    server.work("10.48550/arXiv.2101.00001", type="article", title="A Preprint", issued={"date-parts": [["2021"]]})
    added = add(archive, server, "arXiv:2101.00001v3")
    assert added.text.startswith("@online{")
    assert "doi = {10.48550/arXiv.2101.00001}" in added.text


def test_an_isbn_becomes_a_book(archive: Path, server: Server, golden: Callable[[Path, str], None]) -> None:
    book = {
        "title": "The Street", "subtitle": "A History of Lamps", "authors": [{"name": "Marie van der Lamp"}],
        "publishers": [{"name": "Lamp & Post"}], "publish_places": [{"name": "Dublin"}], "publish_date": "May 3, 2011",
    }  # fmt: skip
    answer = json.dumps({"ISBN:9780306406157": book}).encode()
    place = "/api/books?bibkeys=ISBN:9780306406157&jscmd=data&format=json"
    server.answers[place] = (200, {"Content-Type": "application/json"}, answer)
    added = add(archive, server, "0-306-40615-2")
    golden(HERE / "book.txt", "\n".join(added.lines()))


def test_a_page_becomes_an_entry(archive: Path, server: Server, golden: Callable[[Path, str], None]) -> None:
    address = server.page(
        "/2024/street-lamps.html?page=2",
        """<head><title>Street Lamps That See | The Lantern</title>
        <meta property="og:site_name" content="The Lantern"><meta property="og:locale" content="fr_FR">
        <script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "Page"},
        {"@type": "NewsArticle", "headline": "Street Lamps That See", "datePublished": "2024-02-03T10:00:00Z",
        "author": [{"@type": "Person", "name": "By Ana de la Cruz"}, {"@type": "Organization", "name": "AFP"}]}]}</script>
        </head>""",
    )
    added = add(archive, server, f"{address}&utm_source=mail#top")
    golden(
        HERE / "page.txt", "\n".join(added.lines()).replace(server.address, "http://HOST").replace("127.0.0.1", "HOST")
    )


def test_a_page_that_names_its_doi_gets_the_registered_record(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    address = server.page(
        "/article", '<head><title>x</title><meta name="citation_doi" content="doi:10.1234/abc.5"></head>'
    )
    text = add(archive, server, address).text
    assert "journaltitle = {Journal of Streets \\& Squares}" in text
    assert f"url = {{{address}}}" in text


def test_a_page_whose_doi_has_no_record_is_taken_at_its_word(archive: Path, server: Server) -> None:
    head = (
        '<head><meta name="citation_title" content="Own Words"><meta name="citation_doi" content="10.1234/none"></head>'
    )
    added = add(archive, server, server.page("/article", head))
    assert "title = {Own Words}" in added.text
    assert "doi = {10.1234/none}" in added.text
    assert any("10.1234/none is registered" in line for line in added.lines())


def test_highwire_marks_make_an_article(archive: Path, server: Server) -> None:
    marks = {
        "citation_title": "Lamps of Lille", "citation_journal_title": "Street", "citation_volume": "3",
        "citation_firstpage": "5", "citation_lastpage": "9", "citation_publication_date": "2020/05", "citation_language": "fr",
    }  # fmt: skip
    head = "".join(f'<meta name="{name}" content="{value}">' for name, value in marks.items())
    head += '<meta name="citation_author" content="Doe, Jane"><meta name="citation_author" content="Jean Dupont">'
    text = add(archive, server, server.page("/a", f"<head>{head}</head>")).text
    assert text.startswith("@article{doe2020lille,\n  author = {Doe, Jane and Dupont, Jean},\n")
    assert "pages = {5--9},\n  date = {2020-05}," in text


def test_a_publisher_who_lets_no_program_in_is_passed_by_the_doi_in_the_address(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    server.answers["/journal/10.1234/abc.5/full"] = (403, {}, b"")
    added = add(archive, server, f"{server.address}/journal/10.1234/abc.5/full")
    assert added.key == "nunez2023watching"
    assert "doi = {10.1234/abc.5}" in added.text
    assert any("record of the DOI in its address, 10.1234/abc.5" in line for line in added.lines())
    server.answers["/journal/10.1234/none"] = (403, {}, b"")
    assert "lets no program in (403)" in refusal(archive, server, f"{server.address}/journal/10.1234/none")


@pytest.mark.parametrize("seconds", ["soon", "0", "-1", "nan", "inf", ""])
def test_a_time_that_is_none_is_told(seconds: str) -> None:
    with pytest.raises(desk.SourceError, match="should be a number of seconds"):
        desk.Services.from_environment({"CLAIMBOOK_TIMEOUT": seconds})


def test_a_dry_run_writes_nothing(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    before = (archive / "bibliography/scholarship.bib").read_bytes()
    added = add(archive, server, "10.1234/abc.5", dry=True)
    assert "would be added" in next(added.lines())
    assert (archive / "bibliography/scholarship.bib").read_bytes() == before


def test_keyword_and_file_are_the_writers_to_choose(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    added = add(archive, server, "10.1234/abc.5", keyword="press", dry=True)
    assert (added.path, "keywords = {press}" in added.text) == ("bibliography/press.bib", True)
    for name in ("press", "press.bib", "bibliography/press.bib"):
        assert add(archive, server, "10.1234/abc.5", to=name, dry=True).path == "bibliography/press.bib"
    assert "Did you mean" in refusal(archive, server, "10.1234/abc.5", keyword="pres")
    assert "bibliography/press.bib" in refusal(archive, server, "10.1234/abc.5", to="../press.bib")


def test_a_file_keeps_its_line_ends_and_its_mode(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    path = archive / "bibliography/scholarship.bib"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    path.chmod(0o640)
    add(archive, server, "10.1234/abc.5")
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in path.parent.iterdir()) == ["press.bib", "scholarship.bib"]


def test_the_last_key_goes_to_the_end_of_the_file(archive: Path, server: Server) -> None:
    server.work(
        "10.1234/z", type="book", title="Last Things", author=[{"family": "Zz"}], issued={"date-parts": [[2024]]}
    )
    add(archive, server, "10.1234/z")
    text = (archive / "bibliography/scholarship.bib").read_text(encoding="utf-8")
    assert "}\n\n@book{zz2024last,\n" in text
    assert text.endswith("}\n")


def test_keys_of_one_author_and_year_differ(archive: Path, server: Server) -> None:
    for number in range(3):
        own = {
            "title": f"Lamps {number * 'and on '}",
            "author": [{"family": "Doe"}],
            "issued": {"date-parts": [[2020]]},
        }
        server.work(f"10.1234/{number}", type="book", **own)
    keys = [add(archive, server, f"10.1234/{number}", anyway=True).key for number in range(3)]
    assert keys == ["doe2020lamps", "doe2020lampsb", "doe2020lampsc"]


def test_known_names_of_an_english_title_stay_large(archive: Path, server: Server) -> None:
    server.work("10.1234/t", type="book", title="GDPR and Cameras of China in an Unchinaly Book", language="en")
    assert "title = {{GDPR} and Cameras of {China} in an Unchinaly Book}" in add(archive, server, "10.1234/t").text


def test_the_question_is_polite(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    add(archive, server, "10.1234/abc.5", dry=True)
    wish, own = desk.Wish("10.1234/abc.5", dry=True), services(server)
    desk.add(wish, archive, desk.Services(own.doi, own.isbn, own.seconds, "us@example.org"), TODAY)
    first, second = (headers["User-Agent"] for _, headers in server.asked)
    assert first.startswith("claimbook/")
    assert "@" not in first
    assert "mailto:us@example.org" in second
    assert len(server.asked) == 2


def test_a_work_without_latin_letters_gets_a_key_that_asks_for_a_better_one(archive: Path, server: Server) -> None:
    server.work("10.1234/zh", type="dataset", title="中国的摄像头", author=[{"family": "蔡", "given": "佳"}])
    added = add(archive, server, "10.1234/zh")
    assert (added.key, added.record.get("langid")) == ("anonndsource", "zh")
    assert "author = {蔡, 佳}" in added.text
    assert any("makeshift" in line for line in added.lines())


# ------------------------------------------------------------------ what is there already


def test_a_source_recorded_already_is_not_asked_for(archive: Path, server: Server) -> None:
    for typed in ("10.5210/FM.v24i4.9840", "https://doi.org/10.5210/fm.v24i4.9840", "https://www.lantern.example/lamps/",
                  "9789819921881"):  # fmt: skip
        assert "recorded already" in refusal(archive, server, typed)
    assert server.asked == []


def test_a_page_of_a_work_recorded_by_its_doi_is_no_new_source(archive: Path, server: Server) -> None:
    server.work("10.5210/fm.v24i4.9840", **ARTICLE)
    address = server.page("/x", '<head><meta name="citation_doi" content="10.5210/fm.v24i4.9840"></head>')
    assert "[@arora2019benign]" in refusal(archive, server, address)


def test_a_title_nearly_the_same_stops_unless_told_otherwise(archive: Path, server: Server) -> None:
    twin = {
        "type": "journal-article",
        "title": "Benign dataveillance — examining novel data-driven governance systems!",
    }
    server.work("10.1234/twin", **twin)
    assert "arora2019benign" in refusal(archive, server, "10.1234/twin")
    assert add(archive, server, "10.1234/twin", anyway=True, dry=True).key


def test_the_same_title_by_another_author_in_another_year_is_another_work(archive: Path, server: Server) -> None:
    work = {
        "title": "Benign Dataveillance? Examining Novel Data-Driven Governance Systems",
        "issued": {"date-parts": [[1999]]},
    }
    server.work("10.1234/other", type="book", author=[{"family": "Doe"}], **work)
    assert add(archive, server, "10.1234/other", dry=True).key == "doe1999benign"


def test_a_file_that_can_not_be_read_is_mended_first(archive: Path, server: Server) -> None:
    path = archive / "bibliography/scholarship.bib"
    path.write_text(path.read_text(encoding="utf-8") + "\n@book{x,\n  title = {Open\n", encoding="utf-8")
    server.work("10.1234/abc.5", **ARTICLE)
    assert "mend this first, nothing was written: bibliography/scholarship.bib:" in refusal(
        archive, server, "10.1234/abc.5"
    )


# ------------------------------------------------------------------ answers that are none


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, for ever."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.over.wait(0.02):  # type: ignore[attr-defined]
        try:
            handler.wfile.write(b" ")
        except OSError:
            return


HOSTILE: dict[str, tuple[Answer, str]] = {
    "gone": ((410, {}, b""), "is registered: compare it"),
    "no such": ((404, {}, b""), "is registered: compare it"),
    "forbidden": ((403, {}, b""), "lets no program in (403)"),
    "too many": ((429, {"Retry-After": "60"}, b""), "asks us to wait"),
    "broken": ((503, {}, b""), "out of order (503)"),
    "not acceptable": ((406, {}, b""), "refused the question (406)"),
    "no json": ((200, {"Content-Type": "text/html"}, b"<html>"), "with text/html, not with a record"),
    "cut json": ((200, {}, b'{"title": "A'), "not with a record"),
    "no object": ((200, {}, b"[1]"), "a list or a word"),
    "deep json": ((200, {}, b"[" * 200_000), "not with a record"),
    "no utf-8": ((200, {}, b'{"title": "\xff\xfe"}'), "not with a record"),
    "empty": ((200, {}, b""), "not with a record"),
    "no title": ((200, {}, b'{"type": "book", "title": []}'), "has no title"),
    "odd title": ((200, {}, b'{"type": "book", "title": {"a": 1}}'), "has no title"),
    "blank title": ((200, {}, b'{"title": "\\u0000 \\u202e \\n"}'), "has no title"),
    "huge": ((200, {}, b" " * 3_000_000), "more than 2 MB"),
    "loop": ((302, {"Location": "/doi/10.1234/x"}, b""), "without end"),
    "no place": ((302, {}, b""), "doesn't say where"),
    "to a file": ((302, {"Location": "file:///etc/passwd"}, b""), "no web address"),
    "to ftp": ((302, {"Location": "ftp://127.0.0.1/x"}, b""), "no web address"),
    "packed": ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"), "packed"),
    "short": ((200, {"Content-Length": "500"}, b"{}"), "broke off"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_each_bad_answer_is_one_clear_line(case: str, archive: Path, server: Server) -> None:
    server.answers["/doi/10.1234/x"], words = HOSTILE[case]
    assert words in refusal(archive, server, "10.1234/x")


def test_a_chain_of_redirects_ends(archive: Path, server: Server) -> None:
    server.answers["/doi/10.1234/x"] = (302, {"Location": "/1"}, b"")
    for number in range(1, 30):
        server.answers[f"/{number}"] = (302, {"Location": f"/{number + 1}"}, b"")
    assert "without end" in refusal(archive, server, "10.1234/x")
    assert len(server.asked) < 10


def test_a_server_that_says_nothing_does_not_hold_us(archive: Path, server: Server) -> None:
    server.answers["/doi/10.1234/x"] = lambda handler: server.over.wait(20) and None
    assert "didn't answer" in refusal(archive, server, "10.1234/x", seconds=0.3)


def test_a_server_that_drips_does_not_hold_us(archive: Path, server: Server) -> None:
    server._server.over = server.over  # type: ignore[attr-defined]
    server.answers["/doi/10.1234/x"] = drips
    assert "within 0.3 seconds" in refusal(archive, server, "10.1234/x", seconds=0.3)


def test_a_server_that_speaks_no_http_is_told(archive: Path, server: Server) -> None:
    server.answers["/doi/10.1234/x"] = lambda handler: handler.wfile.write(b"220 mail ready\r\n\r\n") and None
    assert "no HTTP" in refusal(archive, server, "10.1234/x")


def test_a_closed_port_is_told(archive: Path, server: Server) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "is there a network?" in refusal(archive, server, f"http://127.0.0.1:{port}/page")


def test_no_network_is_told(archive: Path, server: Server) -> None:
    own = desk.Services("http://no-such-host.invalid/doi", "", 10)
    with pytest.raises(desk.SourceError, match="no network, or no such host"):
        desk.add(desk.Wish("10.1234/x"), archive, own, TODAY)


PAGES = {
    "obstacle": ("<head><title>Just a moment...</title></head>", {}, "in place of the page"),
    "soft 404": ("<head><title>Page not found – The Lantern</title></head>", {}, "in place of the page"),
    "no title": ("<head></head>", {}, "without a title"),
    "pdf": ("", {"Content-Type": "application/pdf"}, "gives a PDF"),
    "picture": ("", {"Content-Type": "image/png"}, "gives a file (image/png)"),
}


@pytest.mark.parametrize("case", PAGES)
def test_a_page_that_is_none_is_told(case: str, archive: Path, server: Server) -> None:
    head, headers, words = PAGES[case]
    assert words in refusal(archive, server, server.page("/p", head, **headers))


def test_a_page_too_long_is_read_as_far_as_its_head(archive: Path, server: Server) -> None:
    address = server.page("/p", "<head><title>A Long Page on Lamps</title></head>" + "x" * 3_000_000)
    assert "title = {A Long Page on Lamps}" in add(archive, server, address).text


# ------------------------------------------------------------------ values that mean harm

NASTY = (
    'A } title = {x}, \\input{/etc/passwd} <script>alert(1)</script>%\n\r\x00\u202e\u200f@book{evil, $x_1^2$ ~ # & "'
)


def test_hostile_values_become_plain_text(archive: Path, server: Server) -> None:
    names = [{"given": "A and B, {", "family": "Doe\n\\end}"}]
    own = {"title": NASTY, "author": names, "publisher": "}\n@book{evil,", "volume": ["}"], "page": {"a": 1}}
    server.work("10.1234/x", type="book", **own)
    added = add(archive, server, "10.1234/x")
    read = library.read(library.find(archive / "bibliography"), archive)
    assert read.problems == ()
    assert set(read.entries) == {"arora2019benign", "zhou2020cities", "lantern2020lamps", added.key}
    assert "\u202e" not in added.text
    assert "alert" not in added.text
    work = json.loads(pandoc.run(["--from=biblatex", "--to=csljson"], added.text))[0]
    assert work["title"].startswith("A } title = {x}, \\input{/etc/passwd} % @book{evil, $x_1^2$ ~ # & ")
    assert work["publisher"] == "} @book{evil,"


_TEXT = st.text(max_size=60)


@given(title=_TEXT, family=_TEXT, given=_TEXT, publisher=_TEXT, address=_TEXT)
@example(title="\\", family="{", given="and", publisher="}", address="}")
@example(title="a%", family="others", given="", publisher="@x{", address="\u202e{}")
@settings(max_examples=150, deadline=None)
def test_whatever_a_server_sends_is_one_entry(
    title: str, family: str, given: str, publisher: str, address: str
) -> None:
    shown = record.clean(title) or "x"
    name = Name(record.clean(family) or "x", record.clean(given))
    values = {
        "title": shown,
        "publisher": record.clean(publisher),
        "url": identifiers.address(f"https://a.example/{address}"),
    }
    work = Record("a server", "online", (name,), (), values)
    known = library.Library({})
    key = entries.key(work, known)
    text = entries.write(work, key, "press", TODAY, known)
    read = bibfile.read(text.encode(), "x.bib")
    assert read.problems == ()
    assert [entry.key for entry in read.entries] == [key]
    assert read.entries[0].fields["url"] == values["url"]


@given(_TEXT)
@settings(max_examples=300, deadline=None)
def test_cleaned_text_is_one_line_of_seen_signs(text: str) -> None:
    shown = record.clean(text)
    assert shown == " ".join(shown.split())
    assert shown == "" or shown.isprintable() or "\u3000" in shown


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_page_makes_the_reader_stumble(text: str) -> None:
    webpage.head(f'<html><head><script type="application/ld+json">{text}</script>{text}')


# ------------------------------------------------------------------ what was typed


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("10.1177/1461444819826402", "doi", "10.1177/1461444819826402"),
        (" DOI: 10.1177/1461444819826402. ", "doi", "10.1177/1461444819826402"),
        ("https://dx.doi.org/10.1177/1461444819826402?x=1", "doi", "10.1177/1461444819826402"),
        ("doi.org/10.1000/a(b)c", "doi", "10.1000/a(b)c"),
        ("https://arxiv.org/abs/2101.00001v2", "doi", "10.48550/arXiv.2101.00001"),
        ("https://arxiv.org/pdf/2101.00001.pdf", "doi", "10.48550/arXiv.2101.00001"),
        ("arXiv:cs/0501001", "doi", "10.48550/arXiv.cs/0501001"),
        ("ISBN 978-981-99-2188-1", "isbn", "9789819921881"),
        ("080442957X", "isbn", "9780804429573"),
        ("HTTPS://Example.org/Ä b?utm_source=x&q={1}#f", "url", "https://example.org/%C3%84%20b?q=%7B1%7D"),
        ("https://münchen.example/", "url", "https://xn--mnchen-3ya.example/"),
        ("https://example.org/a%20b~c", "url", "https://example.org/a%20b~c"),
    ],
)
def test_what_was_typed_is_understood(typed: str, kind: str, value: str) -> None:
    assert identifiers.identify(typed) == identifiers.Identifier(kind, value)


@pytest.mark.parametrize("typed", ["", "kostka", "10.1177", "ftp://example.org/x", "https://", "https://[x", "http://a b/",
                                   "9789819921882", "www.example.org", "https://e.org:99999/"])  # fmt: skip
def test_what_names_no_source_is_told(typed: str, archive: Path, server: Server) -> None:
    assert refusal(archive, server, typed)
    assert server.asked == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"date-parts": [[2019, 4, 31]]}, "2019-04"), ({"date-parts": [[None]]}, ""), ({"date-parts": "x"}, ""),
        ({"date-parts": [["2019", "4"]]}, "2019-04"), ("2019/04/05", "2019-04-05"), ("2019-04-05T10:00:00Z", "2019-04-05"),
        ("5 April 2019", "2019-04-05"), ("April 5th, 2019", "2019-04-05"), ("April 2019", "2019-04"), ("c. 1999", "1999"),
        ("20190405123", ""), (True, ""), (None, ""), ({"raw": "2020"}, "2020"), ("2019-13-01", "2019"), ("1986-00", "1986"),
    ],
)  # fmt: skip
def test_dates_say_no_more_than_is_known(value: Any, expected: str) -> None:
    assert record.date_of(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Doe, Jane", Name("Doe", "Jane")), ("By Jane van der Doe", Name("van der Doe", "Jane")),
        ("蔡佳", Name("蔡佳")), ("AFP", Name("AFP", body=True)), ("Reuters Staff", Name("Reuters Staff", body=True)),
        ("https://facebook.com/x", None), ("", None), ("Jane Doe", Name("Doe", "Jane")),
    ],
)  # fmt: skip
def test_names_are_told_from_bodies(text: str, expected: Name | None) -> None:
    assert record.name(text) == expected


# ------------------------------------------------------------------ the command


def command(archive: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"PATH": "", "PYTHONPATH": str(ROOT), "no_proxy": "127.0.0.1", "PYTHONUTF8": "1", **environment}
    line = [sys.executable, "-m", "claimbook", "--root", str(archive), "new", *words]
    return subprocess.run(line, env=own, capture_output=True, text=True, check=False, cwd=archive, encoding="utf-8")


def test_the_command_writes_and_says_what_to_do(archive: Path, server: Server) -> None:
    server.work("10.1234/abc.5", **ARTICLE)
    run = command(archive, "source", "10.1234/abc.5", CLAIMBOOK_DOI_SERVICE=f"{server.address}/doi")
    assert (run.returncode, run.stderr) == (0, "")
    assert "Then cite it: [@nunez2023watching]" in run.stdout
    again = command(archive, "source", "10.1234/abc.5", CLAIMBOOK_DOI_SERVICE=f"{server.address}/doi")
    assert again.returncode == 1
    assert again.stderr.startswith("new source: it is recorded already")
    assert again.stderr.count("\n") == 1


def test_a_command_that_fails_says_so_in_one_line(archive: Path) -> None:
    for words, environment in (
        (["source", "nothing"], {}),
        (["source", "10.1/x"], {}),
        (["source", "10.1234/x"], {"CLAIMBOOK_DOI_SERVICE": "http://127.0.0.1:1"}),
        (["source", "10.1234/x"], {"CLAIMBOOK_TIMEOUT": "soon"}),
        (["source", "10.1234/x"], {"CLAIMBOOK_DOI_SERVICE": "nonsense"}),
    ):
        run = command(archive, *words, **environment)
        assert run.returncode == 1
        assert (run.stdout, run.stderr.count("\n")) == ("", 1)
        assert run.stderr.startswith("new source: ")
