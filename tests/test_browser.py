"""What a reader does, in a real browser: opens pages on a phone and a desk, searches, follows a citation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)

PAGES = {"front": "", "film": "film/", "bibliography": "bibliography/"}
SIZES = {"phone": (360, 800), "desk": (1280, 900)}
CITATION = 'article a[role="doc-biblioref"], article a.footnote-ref'
SEARCH_BOX = '[role="search"] input, [role="dialog"] input'
# What axe-core finds in the stock theme, why, and since when; whoever mends one deletes its line.
AXE_KNOWN = {
    "aria-dialog-name": "Material's search is a dialog without a name (2026-11-22)",
    "color-contrast": "the footer's copyright line is too pale (2026-11-22)",
    "landmark-unique": "navigation landmarks share a label (2026-11-22)",
    "link-in-text-block": "links in sentences differ from text by colour alone (2026-11-22)",
}
RESULTS = '[role="search"] a[href], [role="dialog"] a[href], .md-search__output a[href]'


@dataclass
class Visit:
    """A page open in a browser, and everything that went wrong on it."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Keep what the browser's console and its network panel would show in red."""
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.faults.append(f"failed: {request.url}"))
        self.page.on("response", lambda response: self._answered(response.status, response.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.faults.append(f"{kind}: {text}")

    def _answered(self, status: int, url: str) -> None:
        if status >= 400:
            self.faults.append(f"{status}: {url}")


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[[str, str], Visit]]:
    """Open pages of the site, to be used up by one test."""
    visits: list[Visit] = []

    def go(path: str, size: str) -> Visit:
        visits.append(_open(browser, server + path, size))
        return visits[-1]

    yield go
    for opened in visits:
        opened.page.context.close()


@pytest.fixture(scope="module", params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """Return the name of a screen's size: each test is asked of all."""
    return request.param


@pytest.fixture(scope="module", params=PAGES)
def opened(request: pytest.FixtureRequest, browser: Browser, server: str, size: str) -> Iterator[Visit]:
    """Return one of the pages, open, for questions that leave it as it is."""
    opened = _open(browser, server + PAGES[request.param], size)
    yield opened
    opened.page.context.close()


def test_page_opens_without_a_fault(opened: Visit) -> None:
    expect(opened.page.locator("h1")).to_be_visible()
    assert opened.faults == []


def test_page_is_no_wider_than_the_screen(opened: Visit, size: str) -> None:
    assert opened.page.evaluate("document.scrollingElement.scrollWidth") <= SIZES[size][0]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_new(visit: Callable[[str, str], Visit], path: str, size: str) -> None:
    page = visit(path, size).page
    # axe takes half a minute for a thousand sources; two dozen say the same.
    page.evaluate("document.querySelectorAll('li:nth-child(n+25), tr:nth-child(n+25)').forEach(e => e.remove())")
    assert [fault for fault in violations(page) if fault.partition(":")[0] not in AXE_KNOWN] == []
    page.emulate_media(color_scheme="dark")
    assert [fault for fault in violations(page) if fault.partition(":")[0] not in AXE_KNOWN] == []


def test_missing_page_says_so_and_leads_back(visit: Callable[[str, str], Visit], server: str) -> None:
    opened = visit("no/such/page/", "desk")
    expect(opened.page.locator("h1")).to_be_visible()
    # The console repeats that the page is missing; what the page itself needs must be there.
    assert {fault for fault in opened.faults if not fault.startswith("error: Failed to load")} == {
        f"404: {server}no/such/page/"
    }
    opened.page.locator("header a[href]").first.click()
    expect(opened.page).to_have_url(server)


def test_search_finds_a_page_by_keyboard(visit: Callable[[str, str], Visit], server: str, size: str) -> None:
    opened = visit(PAGES["film"], size)
    page = opened.page
    word = max(re.findall(r"\w+", page.locator("h1").inner_text()), key=len)
    page.goto(server + PAGES["bibliography"], wait_until="networkidle")
    _open_search(page)
    page.keyboard.type(word)
    page.locator(RESULTS).filter(has_text=re.compile(re.escape(word), re.IGNORECASE)).first.wait_for()
    chosen = _walk_to_another_page(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(chosen)))
    expect(page.locator("article")).to_contain_text(word, ignore_case=True)
    assert opened.faults == []


def test_citation_leads_to_its_reference_and_back(
    visit: Callable[[str, str], Visit], citing_page: str, size: str
) -> None:
    page = visit(citing_page, size).page
    citation = page.locator(CITATION).first
    fragment = urlsplit(citation.get_attribute("href") or "").fragment
    citation.click()
    reference = page.locator(f'[id="{fragment}"]')
    expect(reference).to_be_in_viewport()
    assert urlsplit(page.url).fragment == fragment
    back = reference.locator('a[role="doc-backlink"], a.footnote-backref').first
    assert back.get_attribute("aria-label") or back.get_attribute("title")
    back.click()
    expect(citation).to_be_in_viewport()


@pytest.fixture(scope="module")
def citing_page(site: Path) -> str:
    """Return the first page about the film that cites a source."""
    mark = re.compile(r'role="doc-biblioref"|class="footnote-ref"')
    files = sorted((site / "film").rglob("index.html"))
    citing = [file for file in files if mark.search(file.read_text(encoding="utf-8"))]
    assert citing, "no page under film/ cites a source"
    return f"{citing[0].parent.relative_to(site).as_posix()}/"


def violations(page: Page) -> list[str]:
    """Return what axe-core finds against accessibility on a page, one line for each place."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def _open(browser: Browser, address: str, size: str) -> Visit:
    """Open a page in a browser that has never been there and can reach no other host."""
    width, height = SIZES[size]
    phone = {"has_touch": True, "is_mobile": True} if size == "phone" else {}
    viewport = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, service_workers="block", **phone)
    context.route("**/*", _only_this_machine)
    opened = Visit(context.new_page())
    opened.watch()
    opened.page.goto(address, wait_until="networkidle")
    return opened


def _open_search(page: Page) -> None:
    """Press the key for the search box until it has the cursor: right after loading nobody listens yet."""
    for _ in range(100):
        page.keyboard.press("/")
        if page.evaluate("selector => document.activeElement.matches(selector)", SEARCH_BOX):
            return
        page.wait_for_timeout(100)
    pytest.fail("the key / doesn't lead to the search box")


def _walk_to_another_page(page: Page) -> str:
    """Go down the search results by keyboard to one on another page, and return that page's address."""
    here = page.url.partition("?")[0]
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        reached = page.evaluate("document.activeElement.href || ''").partition("?")[0].partition("#")[0]
        if reached not in ("", here):
            return reached
    pytest.fail("the arrow keys reach no search result on another page")


def _only_this_machine(route: Route) -> None:
    """Let a request through only to this machine; a refused one shows as a fault of its page."""
    address = urlsplit(route.request.url)
    if address.scheme in ("data", "blob") or address.hostname == "127.0.0.1":
        route.continue_()
    else:
        route.abort()
