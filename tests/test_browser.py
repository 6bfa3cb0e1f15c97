"""What a reader does, in a real browser: opens pages on a phone and a desk, searches, follows a citation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect

from claimbook.citations.library import find, read
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)

PAGES = {"front": "", "film": "film/", "bibliography": "bibliography/"}
#: One page of each kind there is.
KINDS = {
    "front": "",
    "film": "film/",
    "wide tables": "film/identity-card/",
    "ledger": "claims/",
    "claim": "claims/c-0012/",
    "listing walk": "claims/listing-walk/",
    "charts": "claims/at-a-glance/",
    "matrix": "claims/whose-system/",
    "family tree": "claims/camera-family-tree/",
    "coverage": "claims/coverage/",
    "corrections": "claims/corrections/",
    "list of essays": "essays/",
    "essay": "essays/counting-cameras/",
    "timeline": "timeline/",
    "years of the timeline": "timeline/2020/",
    "figure": "figures/cash-by-age/",
    "glossary": "glossary/",
    "bibliography": "bibliography/",
    "entries of sources": "bibliography/k/",
    "cards": "teaching/cards/",
    "marking grid": "teaching/marking-grid/",
    "decision tree": "teaching/decision-tree/",
    "downloads": "downloads/",
    "method": "method/how-findings-are-reached/",
    "about": "about/",
    "missing": "404.html",
}
SECTIONS = ["Film", "Claims", "Context", "Sources", "Teach", "Take away", "About"]
SIZES = {"phone": (360, 800), "desk": (1280, 900)}
CITATION = 'article a[role="doc-biblioref"], article a.footnote-ref'
SEARCH_BOX = '[role="search"] input, [role="dialog"] input'
RESULTS = '[role="search"] a[href], [role="dialog"] a[href], .md-search__output a[href]'
#: axe takes a minute for a thousand sources; the first few of each list and table say the same.
FIRST_FEW = (
    "article :is(li, tr):nth-child(n+5), article .glossary-term:nth-child(n+3), "
    "article > *:nth-child(n+25):not(.page-foot)"
)
#: The rules of axe-core that may answer otherwise on a desk, where tabs and side columns stand in the drawer's place.
LAYOUT_RULES = (
    "aria-hidden-focus", "bypass", "landmark-unique", "link-in-text-block", "region", "scrollable-region-focusable",
    "skip-link", "target-size",
)  # fmt: skip
#: How far things moved on a page without a reader's doing, as browsers add it up (Cumulative Layout Shift).
SHIFTS = """new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { if (!entry.hadRecentInput) sum += entry.value; }))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 50)));
})"""
#: What has the focus, where it shows: the theme hides the colours' radio buttons and draws their labels.
FOCUS = """() => {
  let at = document.activeElement;
  if (at.matches(".md-option")) at = at.nextElementSibling;
  const box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const inside = box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const lit = at.matches("input") && at.closest(".md-search");
  return { what: (at.getAttribute("aria-label") || at.textContent).trim().replace(/\\s+/g, " "), shows: inside && (ring || !!lit) };
}"""


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
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Visit]]:
    """Open pages of the site, to be used up by one test."""
    visits: list[Visit] = []

    def go(path: str, size: str, **options: object) -> Visit:
        visits.append(_open(browser, server + path, size, **options))
        return visits[-1]

    yield go
    for opened in visits:
        opened.page.context.close()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """Return the name of a screen's size: each test is asked of all."""
    return request.param


@pytest.fixture(scope="module")
def telephone(browser: Browser, server: str) -> Iterator[Visit]:
    """Return one page for all kinds in turn: a new browser for each would cost more than the questions."""
    opened = _open(browser, server, "phone")
    yield opened
    opened.page.context.close()


@pytest.fixture(scope="module", params=KINDS)
def opened(request: pytest.FixtureRequest, telephone: Visit, server: str) -> Visit:
    """Return a page of each kind, open on a telephone, for all questions about it in turn."""
    _resize(telephone.page, "phone")
    telephone.faults.clear()
    telephone.page.goto(server + KINDS[request.param], wait_until="networkidle")
    return telephone


# ---------------------------------------------------------------- every kind of page


def test_page_opens_without_a_fault(opened: Visit) -> None:
    expect(opened.page.locator("h1")).to_be_visible()
    assert opened.faults == []


def test_nothing_moves_while_a_page_opens(opened: Visit) -> None:
    assert opened.page.evaluate(SHIFTS) == 0


def test_page_says_where_it_stands(opened: Visit, server: str) -> None:
    """Under the seven sections, each page but the front page is in one of them."""
    _resize(opened.page, "desk")
    tabs = opened.page.get_by_role("navigation", name="Sections").get_by_role("link")
    assert [tab.inner_text() for tab in tabs.all()] == SECTIONS
    here = [tab for tab in tabs.all() if tab.get_attribute("aria-current")]
    in_no_section = (KINDS["front"], KINDS["missing"])
    assert len(here) == (0 if _path(opened.page, server) in in_no_section else 1)


@pytest.mark.parametrize("width", [320, 1280])
def test_page_is_no_wider_than_the_screen(opened: Visit, width: int) -> None:
    """320 pixels are also what a desk of 1280 has at 400 per cent; 200 per cent lies between."""
    opened.page.set_viewport_size({"width": width, "height": 800})
    # What slides in or out on the way needs a moment.
    opened.page.wait_for_function("width => document.scrollingElement.scrollWidth <= width", arg=width)


def test_lines_are_of_a_readers_length(opened: Visit) -> None:
    """A paragraph's line holds 60 to 75 characters; in a wide fallback font a few less."""
    _resize(opened.page, "desk")
    measure = """() => {
      const p = [...document.querySelectorAll("article > p:not([class])")].find(p => p.getClientRects().length && p.textContent.length > 300);
      if (!p) return null;
      return p.textContent.length / Math.max(1, Math.round(p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight)));
    }"""
    found = opened.page.evaluate(measure)
    assert found is None or 50 <= found <= 80


def test_axe_finds_nothing(opened: Visit) -> None:
    assert _violations_everywhere(opened.page, LAYOUT_RULES) == []


def test_dark_is_taken_from_the_readers_system(visit: Callable[..., Visit], size: str) -> None:
    page = visit("", size, color_scheme="dark").page
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_axe_finds_nothing_on_any_page(request: pytest.FixtureRequest, visit: Callable[..., Visit], site: Path) -> None:
    if not request.config.getoption("--every-page"):
        pytest.skip("one page of each kind was asked already; --every-page asks them all")
    page = visit("", "phone").page
    home, found = page.url, {}
    for file in sorted(site.rglob("*.html")):
        path = file.relative_to(site).as_posix().removesuffix("index.html")
        page.goto(home + path)
        if page.locator("h1").count():
            found[path] = _violations_everywhere(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("path", ["bibliography/", "essays/health-codes/", "timeline/2018/", "glossary/"])
def test_all_of_a_long_page_is_laid_out_soon(visit: Callable[..., Visit], path: str) -> None:
    """A picture of the whole page has all of it, though what lies far below isn't laid out at first."""
    page = visit(path, "phone").page
    left = """() => [...document.querySelectorAll("article *")].every(e => getComputedStyle(e).contentVisibility !== "auto")"""
    page.wait_for_function(left)


# ---------------------------------------------------------------- by keyboard, and by ear


def test_keyboard_goes_through_the_head_with_a_visible_focus(visit: Callable[..., Visit]) -> None:
    page = visit("claims/", "desk").page
    seen = _tab(page, 12)
    assert [step["what"] for step in seen if not step["shows"]] == []
    names = [step["what"] for step in seen]
    assert names[0] == "Skip to content"
    assert [name for name in names if name in SECTIONS] == SECTIONS


def test_menu_opens_by_keyboard_and_hides_its_links_until_then(visit: Callable[..., Visit], server: str) -> None:
    page = visit("claims/c-0012/", "phone").page
    seen = _tab(page, 12)
    assert [step["what"] for step in seen if not step["shows"]] == []
    assert "Menu" in [step["what"] for step in seen]
    menu = page.locator('header label[for="__drawer"]')
    menu.focus()
    page.keyboard.press("Enter")
    link = page.locator(".md-sidebar--primary").get_by_role("link", name="Coverage")
    expect(link).to_be_in_viewport()
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(server + "claims/coverage/")


def test_ledger_is_filtered_by_keyboard(visit: Callable[..., Visit], size: str) -> None:
    page = visit("claims/", size).page
    box = page.get_by_role("searchbox", name="Find")
    box.focus()
    page.keyboard.type("Nice")
    count = page.locator(".ledger-count")
    expect(count).not_to_have_text(re.compile(r"^(\d+) of \1 "))
    rows = page.locator(".ledger-table tbody tr:visible")
    assert 0 < rows.count() < _claims()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    expect(rows).to_have_count(_claims())


def test_tables_keep_their_meaning_on_a_telephone(visit: Callable[..., Visit]) -> None:
    """Laid out as cards they are still tables to a screen reader: asked of the browser's own tree."""
    page = visit("claims/", "phone").page
    roles = _roles(page)
    assert roles.count("table") == 1
    assert roles.count("rowheader") == _claims()
    assert roles.count("columnheader") == 7
    page.goto(page.url + "../film/identity-card/")
    assert _roles(page).count("columnheader") == page.locator("article thead th").count() > 0


def test_wide_tables_say_their_columns_on_a_telephone(visit: Callable[..., Visit]) -> None:
    page = visit("film/identity-card/", "phone").page
    cell = page.locator(".wide-table tbody td:nth-child(2)").first
    label = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"value"'
    regions = page.locator(".claims-scroll").all()
    assert all(region.get_attribute("aria-label") for region in regions)


def test_motion_stops_for_those_who_ask(visit: Callable[..., Visit]) -> None:
    page = visit("claims/", "desk", reduced_motion="reduce").page
    longest = """() => Math.max(...[...document.querySelectorAll("*")].flatMap(element => {
      const style = getComputedStyle(element);
      return [...style.transitionDuration.split(","), ...style.animationDuration.split(",")].map(parseFloat);
    }))"""
    assert page.evaluate(longest) <= 0.001


# ---------------------------------------------------------------- without scripts, on paper, at a wrong address


def test_everything_is_there_without_scripts(visit: Callable[..., Visit], server: str) -> None:
    page = visit("", "phone", java_script_enabled=False).page
    sources = len(read(find(ROOT / "bibliography"), ROOT).entries)
    events = len(yaml.safe_load((ROOT / "docs/timeline/events.yml").read_text(encoding="utf-8")))
    terms = len(yaml.safe_load((ROOT / "docs/glossary/terms.yml").read_text(encoding="utf-8")))
    for path, selector, number in (
        ("claims/", ".ledger-table tbody tr", _claims()),
        ("bibliography/", ".sources-index li", sources),
        ("timeline/", ".timeline-index li", events),
        ("glossary/", ".glossary-term", terms),
    ):
        page.goto(server + path)
        assert page.locator(f"{selector}:visible").count() == number, path
        assert page.locator(":is(.filter, .sources-filter):visible").count() == 0
    page.goto(server + "figures/cash-by-age/")
    assert page.locator(".figure svg:visible").count() == 1
    page.locator(".figure-data summary").click()
    expect(page.locator(".figure-data table")).to_be_visible()


def test_menu_is_reached_by_keyboard_without_scripts(visit: Callable[..., Visit], server: str) -> None:
    page = visit("essays/faces/", "phone", java_script_enabled=False).page
    seen = _tab(page, 2)
    assert {"what": "Menu", "shows": True} in seen
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Menu")).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(server)


def test_figures_lead_to_each_other_in_the_order_of_their_list(visit: Callable[..., Visit], server: str) -> None:
    page = visit("figures/", "desk").page
    listed = page.locator("article > ul a").evaluate_all("links => links.map(link => link.href)")
    page.goto(listed[0])
    walked = [page.url]
    while (after := page.locator(".page-turn a[rel=next]")).count():
        page.goto(str(after.evaluate("link => link.href")))
        walked.append(page.url)
    assert walked == listed


def test_paper_is_black_on_white_and_has_no_menus(visit: Callable[..., Visit]) -> None:
    page = visit("claims/whose-system/", "desk", color_scheme="dark").page
    page.emulate_media(media="print")
    assert _style(page.locator("article"), "color") == "rgb(0, 0, 0)"
    assert _style(page.locator("body"), "background-color") == "rgb(255, 255, 255)"
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.locator(".claims-matrix")).to_be_visible()
    expect(page.locator(".page-cite")).to_be_visible()


def test_missing_page_says_so_and_leads_back(visit: Callable[..., Visit], server: str) -> None:
    opened = visit("no/such/page/", "desk")
    expect(opened.page.locator("h1")).to_be_visible()
    # The console repeats that the page is missing; what the page itself needs must be there.
    assert {fault for fault in opened.faults if not fault.startswith("error: Failed to load")} == {
        f"404: {server}no/such/page/"
    }
    for link in opened.page.locator("article a[href]").all():
        address = str(link.evaluate("link => link.href"))
        assert opened.page.request.get(address).ok, address
    opened.page.locator("header a.archive-name").click()
    expect(opened.page).to_have_url(server)


# ---------------------------------------------------------------- search and citations


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


def violations(page: Page, *rules: str) -> list[str]:
    """Return what axe-core finds against accessibility on a page, one line for each place; some rules, or all."""
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def _violations_everywhere(page: Page, desk_rules: Sequence[str] = ()) -> list[str]:
    """Return what axe-core finds on a phone and a desk, in light and dark; on a desk some rules, or all.

    Dark differs in colours alone.
    """
    page.evaluate("selector => document.querySelectorAll(selector).forEach(element => element.remove())", FIRST_FEW)
    page.emulate_media(reduced_motion="reduce")  # or axe meets colours on their way from light to dark
    _resize(page, "phone")
    found = [f"phone: {fault}" for fault in violations(page)]
    _resize(page, "desk")
    found += [f"desk: {fault}" for fault in violations(page, *desk_rules)]
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    found += [f"dark: {fault}" for fault in violations(page, "color-contrast")]
    page.evaluate("document.body.dataset.mdColorScheme = 'default'")
    return found


def _resize(page: Page, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})


def _tab(page: Page, times: int) -> list[dict[str, object]]:
    """Press the tab key, and return what got the focus each time and whether that shows."""
    seen = []
    for _ in range(times):
        page.keyboard.press("Tab")
        page.wait_for_timeout(60)  # a sheet that slides in takes a moment
        seen.append(page.evaluate(FOCUS))
    return seen


def _roles(page: Page) -> list[str]:
    """Return the roles in the tree that the browser gives to screen readers."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return [node["role"]["value"] for node in tree["nodes"] if "role" in node and not node["ignored"]]


def _style(element: Locator, name: str) -> str:
    return element.evaluate("(element, name) => getComputedStyle(element).getPropertyValue(name)", name)


def _path(page: Page, server: str) -> str:
    return page.url.removeprefix(server)


def _claims() -> int:
    return len(list((ROOT / "docs" / "claims").glob("c-*.md")))


def _open(browser: Browser, address: str, size: str, **options: object) -> Visit:
    """Open a page in a browser that has never been there and can reach no other host."""
    width, height = SIZES[size]
    phone = {"has_touch": True, "is_mobile": True} if size == "phone" else {}
    viewport = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, service_workers="block", **{**phone, **options})
    context.route("**/*", _only_this_machine)
    opened = Visit(context.new_page())
    opened.watch()
    opened.page.goto(address, wait_until="networkidle")
    return opened


def _open_search(page: Page) -> None:
    """Press the key for the search box, once: the theme's script may still be on its way."""
    page.wait_for_load_state("load")  # on a busy machine the network may be idle before our own scripts have run
    page.keyboard.press("/")
    expect(page.locator(SEARCH_BOX)).to_be_focused()


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
