"""The archive watches nobody: what a browser asks for, keeps and refuses while a reader walks through the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

pytestmark = pytest.mark.browser

WALK = (
    "", "film/", "film/identity-card/", "film/people/", "claims/", "claims/c-0012/", "claims/c-0001/", "claims/listing-walk/",
    "claims/at-a-glance/", "claims/corrections/", "essays/", "essays/faces/", "essays/counting-cameras/", "timeline/",
    "glossary/", "figures/", "figures/cameras-in-nice/", "bibliography/", "teaching/cards/", "downloads/",
    "method/how-findings-are-reached/", "about/privacy/", "no/such/page/",
)  # fmt: skip
INDEX = "search/search_index.json"
THEME = "assets/javascripts/bundle."
#: What a page may keep in the browser: light or dark, which Material notes under this name at the first visit already.
KEPT = "__palette"
KEEPS = """async () => [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await indexedDB.databases()).map(each => each.name),
  ...(await caches.keys()), ...(await navigator.serviceWorker.getRegistrations()).map(each => each.scope), document.cookie,
].filter(Boolean)"""


@dataclass
class Walk:
    """A reader's way through the site, with all that was asked for and all that the policy refused."""

    page: Page
    server: str
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Keep every request and every breach of a policy, from the browser itself and from what it prints."""
        self.page.context.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.refused.append(str(error)))
        self.page.context.expose_binding("breach", lambda _, text: self.refused.append(text))
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', e => window.breach(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"
        )

    def _heard(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or (message.type == "error" and "404" not in message.text):
            self.refused.append(message.text)

    @property
    def elsewhere(self) -> list[str]:
        """What was asked of any other place than the site."""
        return [address for address in self.asked if not address.startswith((self.server, "data:", "blob:"))]


@pytest.fixture
def walk(browser: Browser, server: str) -> Iterator[Walk]:
    """A reader's first visit, at a desk."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    walking = Walk(context.new_page(), server)
    walking.watch()
    yield walking
    context.close()


def test_a_walk_asks_no_other_host_keeps_nothing_and_breaks_no_policy(walk: Walk) -> None:
    page = walk.page
    for path in WALK:
        page.goto(walk.server + path, wait_until="load")
        _touch(page)
    page.goto(f"{walk.server}essays/", wait_until="load")
    _search(page, "camera")
    page.locator(".md-search-result__link").first.click()
    expect(page.locator("article mark").first).to_have_text(re.compile("camera", re.I))
    assert walk.elsewhere == []
    assert walk.refused == []
    assert page.context.cookies() == []
    page.locator("label[for^=__palette]:visible").first.click()
    assert [name for name in page.evaluate(KEEPS) if not name.endswith(KEPT)] == []


def test_the_policy_stops_what_it_should(walk: Walk) -> None:
    walk.page.goto(walk.server, wait_until="load")
    walk.page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      const image = new Image();
      image.src = "https://elsewhere.invalid/pixel.png";
      document.body.append(image);
    }""")
    walk.page.wait_for_timeout(200)
    assert walk.page.evaluate("window.ran") is None
    assert {text.split()[0] for text in walk.refused if text.startswith(("script-src", "img-src"))} == {
        "script-src-elem", "img-src"}  # fmt: skip


def test_the_themes_script_waits_for_a_sign_of_a_reader(walk: Walk) -> None:
    page = walk.page
    page.goto(f"{walk.server}essays/faces/", wait_until="networkidle")
    assert [address for address in walk.asked if THEME in address] == []
    assert page.evaluate(KEEPS) == []
    page.mouse.wheel(0, 3000)
    expect(page.locator(".md-sidebar--secondary .md-nav__link--active").first).to_be_visible()
    assert len([address for address in walk.asked if THEME in address]) == 1


@pytest.mark.parametrize("first", ["colours", "key"])
def test_what_a_reader_does_before_the_themes_script_has_come_isnt_lost(walk: Walk, first: str) -> None:
    page = walk.page
    page.goto(f"{walk.server}essays/", wait_until="load")
    if first == "colours":  # a click alone, as from a finger
        page.locator("label[for^=__palette]:visible").first.evaluate("label => label.click()")
        page.evaluate("dispatchEvent(new PointerEvent('pointerover'))")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    else:
        page.keyboard.press("/")
        expect(page.locator("input.md-search__input")).to_be_focused()


@pytest.mark.parametrize("path", ["", "claims/c-0012/", "bibliography/"])
def test_the_searchs_index_is_fetched_when_a_reader_turns_to_the_search(walk: Walk, path: str) -> None:
    walk.page.goto(walk.server + path, wait_until="networkidle")
    assert [address for address in walk.asked if INDEX in address or "/workers/" in address] == []
    _search(walk.page, "camera")
    assert len([address for address in walk.asked if INDEX in address]) == 1
    assert walk.refused == []


def test_an_address_with_a_question_searches_at_once(walk: Walk) -> None:
    walk.page.goto(f"{walk.server}?q=camera", wait_until="load")
    walk.page.locator(".md-search-result__link").first.wait_for()
    assert walk.refused == []


def test_a_first_view_asks_for_what_its_weight_counts(walk: Walk, site: Path) -> None:
    from claimbook.pages.weight import first_view

    walk.page.goto(f"{walk.server}essays/faces/", wait_until="networkidle")
    asked = {address.removeprefix(walk.server) for address in walk.asked if address.startswith("http")}
    counted = {name.removesuffix("index.html") for name in first_view(site, "essays/faces/index.html")}
    assert asked - {"assets/images/favicon.png", "favicon.ico"} <= counted


def test_a_source_is_copied_from_its_own_file(walk: Walk) -> None:
    walk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    walk.page.goto(f"{walk.server}bibliography/l/#ref-lechenet2020palmares", wait_until="load")
    button = walk.page.locator("#ref-lechenet2020palmares .reference-copy")
    button.click()
    expect(button).to_have_text("Copied")
    assert "{lechenet2020palmares," in walk.page.evaluate("navigator.clipboard.readText()")


def _touch(page: Page) -> None:
    """Use what a page offers: a citation's card, a filter, a folded part."""
    citation = page.locator("article a.citation-link").first
    if citation.count():
        citation.focus()
    box = page.locator("article form input[type=search]:visible").first
    if box.count():
        box.fill("camera")
    folded = page.locator("article details > summary:visible").first
    if folded.count():
        folded.click()


def _search(page: Page, words: str) -> None:
    """Type into the search and wait for a result."""
    page.locator("input.md-search__input").click()
    page.keyboard.type(words)
    page.locator(".md-search-result__link").first.wait_for()
