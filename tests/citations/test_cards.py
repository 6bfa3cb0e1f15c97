"""What a reader does with citations in a real browser: looks at cards, filters the sources, copies a record."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.citations.conftest import DATA, build_here, write_site

pytestmark = pytest.mark.browser

LONG = "\n\n".join(["Words and words."] * 40)
# Without the script that the theme would fetch from another host.
THEME = {"name": "mkdocs", "highlightjs": False}
KEPT = """@online{kept2021, title = {Kept}, date = {2021}, langid = {french}, url = {https://example.org/a},
  archiveurl = {https://archive.example/a}, archivedate = {2022-03-01}}"""
PAGES = {
    "refs.bib": (DATA / "refs.bib").read_text(encoding="utf-8") + KEPT,
    "style.csl": (DATA / "author-date.csl").read_text(encoding="utf-8"),
    "index.md": f"# Home\n\nFirst [@doe:2019, p. 12]. Second [@smith2020].\n\n| Last |\n|---|\n| [@kept2021, 00:12:30] |\n\n[A link](all.md)\n\n{LONG}\n",
    "all.md": "# All\n\n\\full_bibliography\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site of somebody's, in a plain theme."""
    root = tmp_path_factory.mktemp("cards")
    config = write_site(root, PAGES, {"bib_file": "refs.bib", "csl_file": "style.csl"}, theme=THEME)
    built = build_here(config)
    assert built.code == 0
    return built.folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Serve the site on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[object]:
    """Open a page in a browser that has never been there; `page.asked` are the requests made since."""
    contexts: list[BrowserContext] = []

    def opened(path: str = "", **options: object) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(error.stack or ""))
        page.goto(path if "://" in path else address + path, wait_until="load")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.asked, page.faults = asked, faults
        return page

    yield opened
    for context in contexts:
        # The theme's own script has its faults.
        faults = [fault for page in context.pages for fault in page.faults if "citations.js" in fault]
        context.close()
        assert faults == []


def card(page: Page) -> object:
    return page.locator("#citation-card")


def test_pointer_shows_the_card_with_reference_and_place(open_page: object) -> None:
    page = open_page()
    page.get_by_text("Doe and Roe 2019, p. 12").hover()
    expect(card(page)).to_be_visible()
    expect(card(page)).to_contain_text("Doe, Jane, Roe, Rick. 2019. Lists and scores. Journal of Ledgers.")
    expect(card(page)).to_contain_text("Cited here: p. 12")
    page.mouse.move(5, 5)
    expect(card(page)).to_be_hidden()
    page.get_by_text("Smith 2020").first.hover()
    expect(card(page)).to_contain_text("Counting cameras")
    expect(card(page)).to_contain_text("in English")
    expect(card(page)).not_to_contain_text("Cited here")
    assert page.asked == []


def test_card_has_kind_language_and_archived_copy_and_moves_nothing(open_page: object) -> None:
    page = open_page(viewport={"width": 500, "height": 400})
    mark = page.get_by_role("link", name="Kept 2021")
    mark.scroll_into_view_if_needed()
    before = page.evaluate(PLACES)
    mark.hover()
    expect(card(page)).to_contain_text("in French")
    expect(card(page)).to_contain_text("Cited here: 00:12:30")
    copy = card(page).get_by_role("link", name="archived copy of 1 March 2022")
    expect(copy).to_have_attribute("href", "https://archive.example/a")
    expect(card(page)).to_be_in_viewport(ratio=1)
    expect(card(page)).to_have_role("note")
    expect(card(page)).to_have_accessible_name("Source")
    assert page.evaluate(PLACES) == before


#: Where everything on a page stands, but for the card and for what is in the list of references, which a browser lays
#: out when it comes near; and how large the page is.
PLACES = """() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight,
  ...[...document.body.querySelectorAll("*")].filter(element => !element.closest("#citation-card, .references > *"))
    .map(element => JSON.stringify(element.getBoundingClientRect()))]"""


def test_card_stays_while_the_pointer_is_in_it(open_page: object) -> None:
    page = open_page()
    page.get_by_text("Doe and Roe 2019, p. 12").hover()
    card(page).hover()
    page.wait_for_timeout(400)
    expect(card(page)).to_be_visible()


def test_keyboard_shows_the_card_and_goes_into_it(open_page: object) -> None:
    page = open_page()
    page.locator("h1").click()
    link = page.get_by_text("Doe and Roe 2019, p. 12")
    _tab_to(page, link)
    expect(card(page)).to_be_visible()
    assert link.get_attribute("aria-describedby") == "citation-card"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#citation-card') !== null")
    expect(card(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#ref-doe(%3A|:)2019$"))


def _tab_to(page: Page, link: object) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("the keyboard doesn't reach the citation")


def test_escape_closes_the_card(open_page: object) -> None:
    page = open_page()
    page.get_by_text("Smith 2020").first.hover()
    expect(card(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()


def test_first_tap_shows_the_card_and_the_second_follows(open_page: object) -> None:
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    link = page.get_by_text("Doe and Roe 2019, p. 12")
    link.tap()
    expect(card(page)).to_be_visible()
    assert "#" not in page.url
    box = card(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.locator("h1").tap()
    expect(card(page)).to_be_hidden()
    link.tap()
    link.tap()
    expect(page).to_have_url(re.compile(r"#ref-doe(%3A|:)2019$"))


def test_link_leads_to_the_reference_and_its_letter_back(open_page: object) -> None:
    page = open_page()
    page.get_by_text("Smith 2020").first.click()
    reference = page.locator('[id="ref-smith2020"]')
    expect(reference).to_be_in_viewport()
    back = reference.locator('[role="doc-backlink"]')
    expect(back).to_have_accessible_name("Back to citation 1 of this source, under “Home”")
    back.click()
    expect(page.get_by_text("Smith 2020").first).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_everything_is_there_without_scripts(open_page: object, folder: Path, scheme: str) -> None:
    start = folder.as_uri() + "/index.html" if scheme == "file" else ""
    page = open_page(start, java_script_enabled=False)
    page.get_by_text("Smith 2020").first.click()
    expect(page.locator('[id="ref-smith2020"]')).to_be_in_viewport()
    page = open_page(f"{folder.as_uri()}/all/index.html" if scheme == "file" else "all/", java_script_enabled=False)
    expect(page.locator(".sources .reference")).to_have_count(9)
    expect(page.locator(".sources-filter")).to_be_hidden()


def test_cards_work_from_the_file_system(open_page: object, folder: Path) -> None:
    page = open_page(folder.as_uri() + "/index.html")
    page.get_by_text("Smith 2020").first.hover()
    expect(card(page)).to_contain_text("Counting cameras")


def test_sources_are_filtered_by_word_kind_language_and_year(open_page: object) -> None:
    page = open_page("all/")
    shown = page.locator(".sources .reference:visible")
    count = page.locator(".sources-count")
    expect(count).to_have_text("9 of 9 shown")
    page.get_by_label("Find").fill("muller")  # without its accent
    expect(shown).to_have_count(1)
    expect(count).to_have_text("1 of 9 shown")
    page.get_by_label("Find").fill("")
    page.get_by_label("Kind").select_option("article")
    expect(shown).to_have_count(2)
    page.get_by_label("Year").select_option("2018")
    expect(shown).to_have_count(1)
    page.get_by_label("Kind").select_option("")
    page.get_by_label("Year").select_option("")
    page.get_by_label("Language").select_option("French")
    expect(shown).to_have_count(2)
    assert page.asked == []


def test_index_is_filtered_too_and_leads_to_the_entry(open_page: object, tmp_path: Path) -> None:
    options = {"bib_file": "refs.bib", "csl_file": "style.csl", "full_bib_pages": ["s", "d"]}
    page = open_page(build_here(write_site(tmp_path, PAGES, options, theme=THEME)).folder.as_uri() + "/all/index.html")
    shown, count = page.locator(".sources-index li:visible"), page.locator(".sources-count")
    expect(count).to_have_text("9 of 9 shown")
    page.get_by_label("Kind").select_option("article")
    expect(shown).to_have_count(2)
    page.get_by_label("Year").select_option("2018")
    expect(count).to_have_text("1 of 9 shown")
    expect(page.locator(".sources-index h2:visible")).to_have_count(1)
    page.get_by_label("Kind").select_option("")
    page.get_by_label("Year").select_option("")
    page.get_by_label("Language").select_option("French")
    expect(shown).to_have_count(2)
    page.get_by_label("Language").select_option("")
    page.get_by_label("Find").fill("smith cameras")
    expect(shown).to_have_count(1)


def test_any_link_may_have_a_card_of_its_own(open_page: object, tmp_path: Path) -> None:
    text = '# Home\n\n<a href="all/" data-card="What it <means>.">A term</a>\n'
    config = write_site(tmp_path, PAGES | {"index.md": text}, {"bib_file": "refs.bib"}, theme=THEME)
    page = open_page(build_here(config).folder.as_uri() + "/index.html")
    page.get_by_text("A term").hover()
    expect(card(page)).to_have_text("What it <means>.")
    expect(card(page)).to_have_attribute("aria-label", "Meaning")
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()


def test_link_to_a_source_finds_it_though_it_is_filtered_out(open_page: object, address: str) -> None:
    page = open_page("all/")
    page.get_by_label("Find").fill("no such words")
    expect(page.locator(".sources .reference:visible")).to_have_count(0)
    page.goto(f"{address}all/#ref-doe.2018/b")
    expect(page.locator('[id="ref-doe.2018/b"]')).to_be_in_viewport()
    page.goto(f"{address}all/#%")  # an address that is none does no harm


def test_record_is_copied(open_page: object) -> None:
    page = open_page("all/", permissions=["clipboard-read", "clipboard-write"])
    entry = page.locator('[id="ref-smith2020"]')
    entry.get_by_text("BibTeX", exact=True).click()
    button = entry.get_by_role("button", name="Copy BibTeX")
    button.click()
    expect(entry.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@book{smith2020,")


def test_numbered_notes_have_cards_too(open_page: object, tmp_path: Path) -> None:
    config = write_site(tmp_path, PAGES, {"bib_file": "refs.bib"}, markdown_extensions=["footnotes"])
    page = open_page(build_here(config).folder.as_uri() + "/index.html")
    page.locator(".citation a").first.hover()
    expect(card(page).locator(".citation-card-text")).to_have_text(
        "Doe, Jane, and Rick Roe. 2019. “Lists and Scores.” Journal of Ledgers 3: 1–20. https://doi.org/10.1000/ab_c, p. 12."
    )
    expect(card(page).locator(".reference-facts")).to_have_text("article")
    page.locator(".footnote-ref").nth(1).hover()
    expect(card(page)).to_contain_text("Counting Cameras")
    expect(card(page)).not_to_contain_text("↩")
