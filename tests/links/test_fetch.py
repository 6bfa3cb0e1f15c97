"""Each kind of bad answer is told apart, without a hang, a crash, or a page that is there called gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from claimbook.links.fetch import Manners, fetch, session
from claimbook.links.kinds import Answer, Kind
from tests.links.faults import Faults

#: Nothing here waits so long but what is made to: a busy machine must not make a good answer late.
QUICK = Manners(deadline=10, pause=0, second_try=0, patience=1, most_bytes=200_000)


def look(address: str, *titles: str, manners: Manners = QUICK) -> Answer:
    async def ask() -> Answer:
        async with session(manners) as running:
            return await fetch(running, address, titles, manners)

    return asyncio.run(ask())


FINE = ["good", "no-head", "chunked", "gzipped", "pdf", "wrong-charset", "no-such-charset", "huge-title", "endless",
        "short", "unclosed", "cookie-wall", "refresh", "once-500", "once-503", "once-reset", "moved",
        "moved-then-found", "found", "gzip-bomb", "utf16", "ticker"]  # fmt: skip
KINDS = {
    "missing": Kind.NOT_FOUND, "gone": Kind.GONE, "500": Kind.SERVER_ERROR, "to-home": Kind.SENT_HOME,
    "to-home-for-good": Kind.SENT_HOME, "soft-en": Kind.SOFT_404, "soft-404": Kind.SOFT_404,
    "soft-heading": Kind.SOFT_404, "soft-fr": Kind.SOFT_404, "soft-zh": Kind.SOFT_404,
    "robots": Kind.REFUSED, "999": Kind.REFUSED, "429": Kind.TOO_MANY, "429-tomorrow": Kind.TOO_MANY, "451": Kind.LAW,
    "503": Kind.BUSY, "401": Kind.LOGIN, "other-login": Kind.LOGIN, "password": Kind.LOGIN, "wall": Kind.WALL,
    "other-home": Kind.SENT_AWAY, "empty": Kind.EMPTY, "204": Kind.EMPTY, "loop": Kind.LOOP, "silent": Kind.SLOW,
    "slow-head": Kind.SLOW, "slow-body": Kind.SLOW, "reset": Kind.CUT, "hang-up": Kind.CUT, "garbage": Kind.GARBAGE,
    "bad-header": Kind.GARBAGE, "header-bomb": Kind.GARBAGE, "many-headers": Kind.GARBAGE, "bad-gzip": Kind.GARBAGE,
    "to-404": Kind.SOFT_404, "parked": Kind.PARKED, "no-location": Kind.ODD_STATUS, "202": Kind.ODD_STATUS,
    "402": Kind.ODD_STATUS, "521": Kind.REFUSED, "brotli": Kind.GARBAGE, "maintenance": Kind.BUSY,
    "hundreds": Kind.SLOW, "refresh-loop": Kind.LOOP, "refresh-nowhere": Kind.GARBAGE, "bad-chunks": Kind.GARBAGE, "to-mail": Kind.GARBAGE, "nowhere": Kind.GARBAGE,
}  # fmt: skip


@pytest.mark.parametrize("path", FINE)
def test_a_page_that_is_there_is_fine(server: Faults, path: str) -> None:
    answer = look(f"{server.base}/{path}")
    assert answer.kind is Kind.FINE
    assert answer.status == 200


@pytest.mark.parametrize(("path", "kind"), KINDS.items())
def test_each_bad_answer_has_its_kind(server: Faults, path: str, kind: Kind) -> None:
    manners = replace(QUICK, deadline=0.3) if kind is Kind.SLOW else QUICK
    assert look(f"{server.base}/{path}", manners=manners).kind is kind


def test_a_closed_port_is_no_server(server: Faults) -> None:
    assert look(f"{server.closed}/page").kind is Kind.NO_SERVER


def test_a_bad_certificate_is_told(server: Faults) -> None:
    assert look(f"{server.secure}/good").kind is Kind.BAD_TLS


def test_plain_words_on_a_secure_port_and_the_other_way_round(server: Faults) -> None:
    assert look(server.base.replace("http:", "https:") + "/good").kind in (Kind.BAD_TLS, Kind.SLOW, Kind.CUT)
    assert look(server.secure.replace("https:", "http:") + "/good").kind.weight == "doubt"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:99999/",
        "http://exa mple.org/",
        "http://[::1/",
        "http:///nothing",
        "http://a..b/",
        "http://\ud800/",
    ],
)
def test_an_address_that_cannot_be_asked_for_is_doubt(address: str) -> None:
    assert look(address).kind.weight == "doubt" or look(address).kind is Kind.NO_HOST


def test_no_such_host_is_told_from_a_resolver_in_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def fail(number: int) -> Kind:
        async def resolve(*_: object, **__: object) -> None:
            raise socket.gaierror(number, "no")

        monkeypatch.setattr("aiohttp.resolver.ThreadedResolver.resolve", resolve)
        return look("http://archive-of-nothing.example/").kind

    assert fail(socket.EAI_NONAME) is Kind.NO_HOST
    assert fail(socket.EAI_AGAIN) is Kind.UNREACHED


def test_only_lasting_redirects_move_an_address(server: Faults) -> None:
    assert look(f"{server.base}/moved").moved == f"{server.base}/good"
    # What comes after a passing redirect is the server's own affair.
    assert look(f"{server.base}/moved-then-found").moved == f"{server.base}/found"
    assert look(f"{server.base}/found").moved == ""
    assert look(f"{server.base}/other-login").moved == ""


def test_a_server_in_trouble_is_asked_twice_and_no_more(server: Faults) -> None:
    for path, times in {"/429": 2, "/500": 2, "/reset": 2, "/missing": 1, "/robots": 1, "/429-tomorrow": 1}.items():
        server.asked.clear()
        look(server.base + path)
        assert server.asked[path] == times, path


def test_what_was_not_read_to_its_end_is_not_compared(server: Faults) -> None:
    assert look(f"{server.base}/good").text.startswith("~")
    assert look(f"{server.base}/short").text == look(f"{server.base}/endless").text == ""
    assert look(f"{server.base}/short").title == "Points in the county"


def test_the_same_page_has_the_same_mark_however_it_comes(server: Faults) -> None:
    marks = {
        look(f"{server.base}/{path}").text
        for path in ("good", "chunked", "gzipped", "once-500", "cookie-wall", "refresh")
    }
    assert len(marks) == 1


def test_what_is_no_page_is_known_by_its_media_type(server: Faults) -> None:
    assert look(f"{server.base}/pdf").text == "application/pdf"


def test_a_page_that_shows_the_cited_title_is_there_whatever_it_looks_like(server: Faults) -> None:
    assert look(f"{server.base}/soft-en").kind is Kind.SOFT_404
    assert look(f"{server.base}/soft-en", "{Page} not found: The County Times").kind is Kind.FINE


def test_requests_say_who_asks_and_give_no_cookie_to_another_host(server: Faults) -> None:
    server.heads.clear()
    look(f"{server.base}/cookie-wall")
    look(f"{server.elsewhere}/good")
    assert all("User-Agent: claimbook-links" in head for head in server.heads)
    assert [("seen=yes" in head) for head in server.heads] == [False, True, False]


def test_an_address_is_sent_as_it_was_typed(server: Faults) -> None:
    server.asked.clear()
    look(f"{server.base}/good?a=%7Eb%2fc&d=(e)")
    assert list(server.asked) == ["/good?a=%7Eb%2fc&d=(e)"]


def test_a_slow_server_holds_nothing_longer_than_the_deadline(server: Faults) -> None:
    answer = look(f"{server.base}/silent", manners=replace(QUICK, deadline=0.2))
    assert answer.kind is Kind.SLOW
    # Had it been waited for, this server would have spoken after a minute.
    assert server.asked["/silent"] >= 1
