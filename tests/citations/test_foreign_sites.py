"""Sites of other people that use mkdocs-bibtex: only the plugin's name is changed, and the reader gets all there was.

Each site is in the manner of a real one. All are built strictly; those marked so under ProperDocs, too.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

from claimbook.citations import guard, tokens
from tests.citations.conftest import DATA, Built, build_here, run_generator, write_site
from tests.citations.htmls import ids, links, text_of
from tests.conftest import ROOT

REFS = (DATA / "refs.bib").read_text(encoding="utf-8")
SMALL, NUMERIC, NOTE = (
    (DATA / f"{name}.csl").read_text(encoding="utf-8") for name in ("author-date", "numeric", "note")
)

SITES: dict[str, tuple[dict[str, str], dict[str, object], dict[str, object]]] = {
    # A name, the files, the plugin's options, the rest of mkdocs.yml.
    "default notes": (
        {
            "refs.bib": REFS,
            "index.md": "# Home\n\nAs shown[@smith2020] and [@smith2020; @doe:2019].\n\n## References\n\n\\bibliography\n",
            "other.md": "# Other\n\nNo command here [@law2018, art. 3].\n",
            "plain.md": "# Plain\n\nNothing cited.\n",
        },
        {"bib_file": "refs.bib"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "folder of files": (
        {
            "refs/a.bib": REFS,
            "refs/deep/b.bib": "@book{deep, title = {Deep}, year = {1999}, author = {D, E}}",
            "index.md": "# Home\n\n[@smith2020] [@deep]\n",
        },
        {"bib_dir": "refs"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "numeric style": (
        {"refs.bib": REFS, "styles/ieee.csl": NUMERIC, "index.md": "# Home\n\n[@smith2020, p. 3; @doe:2019] and @smith2020b.\n"},
        {"bib_file": "refs.bib", "csl_file": "styles/ieee.csl", "csl_file_encoding": "utf-8"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "note style": (
        {"refs.bib": REFS, "note.csl": NOTE, "index.md": "# Home\n\n[see @smith2020, p. 3]. Again [@smith2020, p. 3].\n"},
        {"bib_file": "refs.bib", "csl_file": "note.csl"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "author-date style": (
        {
            "refs.bib": REFS,
            "apa.csl": SMALL,
            "index.md": "# Home\n\n[@smith2020, p. 3] and [-@smith2020b].\n\n# References\n\n\\bibliography\n",
            "sub/page.md": "# Page\n\n@doe:2019 says so.\n",
            "refs.md": "# All references\n\n\\full_bibliography\n",
        },
        {"bib_file": "refs.bib", "csl_file": "apa.csl"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "no list by default": (
        {
            "refs.bib": REFS,
            "apa.csl": SMALL,
            "index.md": "# Home\n\n[@smith2020]\n",
            "with.md": "# With\n\n[@smith2020]\n\n## References\n\n\\bibliography\n\n## After\n",
        },
        {"bib_file": "refs.bib", "csl_file": "apa.csl", "bib_by_default": False},
        {"markdown_extensions": ["footnotes"]},
    ),
    "own footnotes mixed": (
        {"refs.bib": REFS, "index.md": "# Home\n\nOne[^1], two [@smith2020, p. 3], three[^note].\n\n[^1]: First [@doe:2019].\n[^note]:\n    Second.\n"},
        {"bib_file": "refs.bib"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "own commands": (
        {
            "refs.bib": REFS,
            "apa.csl": SMALL,
            "index.md": "# Home\n\n[@smith2020]\n\n<!-- bib -->\n\nend\n",
            "all.md": "# All\n\n[[full bib]]\n",
        },
        {"bib_file": "refs.bib", "csl_file": "apa.csl", "bib_command": "<!-- bib -->", "full_bib_command": "[[full bib]]"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "own names of notes": (
        {"refs.bib": REFS, "index.md": "# Home\n\n[@smith2020] [@doe:2019]\n"},
        {"bib_file": "refs.bib", "footnote_format": "note-{key}"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "no footnotes extension": (
        {"refs.bib": REFS, "index.md": "# Home\n\n[@smith2020]\n"},
        {"bib_file": "refs.bib"},
        {},
    ),
    "pymdownx": (
        {
            "refs.bib": REFS,
            "apa.csl": SMALL,
            "docs/part.txt": "From a snippet [@law2018].\n",
            "index.md": (
                '# Home\n\n--8<-- "docs/part.txt"\n\n=== "Tab [@smith2020]"\n\n    In a tab [@smith2020, p. 1].\n\n    ```py title="x"\n'
                "    @smith2020\n    x = '[@smith2020]'\n    ```\n\n"
                '=== "Other"\n\n    @doe:2019 and `[@doe:2019]`.\n\n??? note "Details [@smith2020b]"\n\n    Inside @smith2020b.\n\n'
                "Mail me@example.org, see https://example.org/@smith2020 and @someone.\n\n\\( x_{@smith2020} \\) and $[@smith2020]$\n\n"
                "$$\n[@smith2020]\n$$\n\n- [ ] task [@film2021, 00:12:30-00:13:05]\n\n~~gone [@smith2020]~~ ==marked [@smith2020]==\n"
            ),
        },
        {"bib_file": "refs.bib", "csl_file": "apa.csl"},
        {
            "markdown_extensions": [
                "footnotes", "admonition", "attr_list", "md_in_html", "pymdownx.superfences", "pymdownx.magiclink",
                "pymdownx.snippets", {"pymdownx.tabbed": {"alternate_style": True}}, {"pymdownx.arithmatex": {"generic": True}},
                "pymdownx.details", "pymdownx.tasklist", "pymdownx.tilde", "pymdownx.mark", "pymdownx.betterem", "pymdownx.highlight",
            ]
        },
    ),
    "admonitions, tables, definitions": (
        {
            "refs.bib": REFS,
            "index.md": (
                '# Home\n\n!!! warning "On [@smith2020]"\n    Text [@doe:2019, p. 3].\n\n| a | b |\n|---|---|\n| x [@smith2020] | @law2018 |\n\n'
                "Term [@smith2020b]\n:   Meaning [@smith2020].\n\nAbbr.\n\n*[Abbr]: Abbreviation\n"
            ),
        },
        {"bib_file": "refs.bib"},
        {"markdown_extensions": ["footnotes", "admonition", "tables", "def_list", "abbr"]},
    ),
    "template text": (
        {
            "refs.bib": REFS + "\n@book{braces, title = {{{NASA}} and {{config}}}, year = 2001}",
            "index.md": "---\ntitle: A & B <i>\nauthors: [a@b.c]\n---\n\n# {{ page.title }}\n\n{% raw %}{{ x }}{% endraw %} [@braces] {{ cite('@smith2020') }}\n",
        },
        {"bib_file": "refs.bib"},
        {"markdown_extensions": ["footnotes"]},
    ),
    "addresses without folders": (
        {
            "refs.bib": REFS,
            "apa.csl": SMALL,
            "index.md": "# Home\n\n[@smith2020]\n",
            "sub/page.md": "# Page\n\n[@smith2020]\n",
            "sub/all.md": "# All\n\n\\full_bibliography\n",
        },
        {"bib_file": "refs.bib", "csl_file": "apa.csl", "bib_by_default": False},
        {"use_directory_urls": False, "markdown_extensions": ["footnotes"]},
    ),
    "Zotero's export": (
        {
            "library.bib": (DATA / "zotero.bib").read_text(encoding="utf-8"),
            "apa.csl": SMALL,
            "index.md": "# Home\n\n[@chorzempa_chinas_2018, p. 3; @noauthor_undated_nodate] and @arendt_between_2006.\n",
            "all.md": "# All\n\n\\full_bibliography\n",
        },
        {"bib_file": "library.bib", "csl_file": "apa.csl", "enable_inline_citations": True},
        {"markdown_extensions": ["footnotes"]},
    ),
    "handles, not citations": (
        {"refs.bib": REFS, "index.md": "# Home\n\nThanks to @smith2020 and @octocat and @types/node. [@smith2020]\n"},
        {"bib_file": "refs.bib", "enable_inline_citations": False},
        {"markdown_extensions": ["footnotes"]},
    ),
    "Material, before the search": (
        {"refs.bib": REFS, "apa.csl": SMALL, "index.md": "# Home\n\n[@smith2020, p. 3]\n", "all.md": "# All\n\n\\full_bibliography\n"},
        {"bib_file": "refs.bib", "csl_file": "apa.csl"},
        {
            "theme": {"name": "material", "font": False, "features": ["navigation.instant", "content.footnote.tooltips"]},
            "markdown_extensions": ["footnotes"],
            "plugins_after": ["search"],
        },
    ),
    "non-Latin names": (
        {
            "refs.bib": "@book{王2020, author = {王, 伟}, title = {书}, year = 2020}\n@book{müller2020, author = {Müller, J.}, title = {B}, year = 2020}",
            "apa.csl": SMALL,
            "café/índice.md": "# Índice\n\n[@王2020; @müller2020]\n",
            "index.md": "# Home\n\n\\full_bibliography\n",
        },
        {"bib_file": "refs.bib", "csl_file": "apa.csl"},
        {"markdown_extensions": ["footnotes", {"toc": {"permalink": True}}]},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """Build a site of SITES, once."""
    done: dict[str, Built] = {}

    def get(name: str) -> Built:
        if name not in done:
            done[name] = build_here(_write(name, tmp_path_factory.mktemp("site")))
        return done[name]

    return get


def _write(name: str, root: Path, **more: object) -> Path:
    files, options, config = SITES[name]
    return write_site(root, files, options, **config, **more)


@pytest.mark.parametrize("name", SITES)
def test_strict_build_has_nothing_to_complain_of(name: str, built: Callable[[str], Built]) -> None:
    site = built(name)
    assert (site.code, [line for line in site.log.splitlines() if not line.startswith("INFO")]) == (0, [])


@pytest.mark.parametrize("name", SITES)
def test_finished_pages_hold_no_raw_mark_and_no_dead_link(name: str, built: Callable[[str], Built]) -> None:
    theirs = {"pymdownx": "[@smith2020]", "template text": "@smith2020", "handles, not citations": "@smith2020"}
    problems = [
        problem for problem in guard.check_site(built(name).folder)
        if "404.html" not in problem.path and not (name in theirs and theirs[name] in problem.message)
    ]  # fmt: skip
    assert [str(problem) for problem in problems if problem.code in ("G01", "G02", "G03", "G04")] == []


@pytest.mark.parametrize("name", SITES)
def test_ids_are_used_once_and_found(name: str, built: Callable[[str], Built]) -> None:
    site = built(name)
    for path in site.folder.rglob("*.html"):
        if path.name != "404.html":
            html = site.article(path.relative_to(site.folder).as_posix())
            assert len(set(ids(html))) == len(ids(html))
            assert {link.removeprefix("#") for link in links(html) if link.startswith("#")} - {""} <= set(ids(html))


def notes(html: str) -> list[str]:
    """Return the texts of a page's footnotes."""
    return [text_of(note).removesuffix("↩").strip("\xa0 ↩") for note in re.findall(r'<li id="fn:.*?</li>', html, re.S)]


def test_default_notes(built: Callable[[str], Built]) -> None:
    html = built("default notes").article()
    assert "As shown1 and 12." in text_of(html)
    assert notes(html) == [
        "Smith, John. 2020. Counting Cameras. Harbour Press.",
        "Doe, Jane, and Rick Roe. 2019. “Lists and Scores.” Journal of Ledgers 3: 1–20. https://doi.org/10.1000/ab_c.",
    ]
    assert notes(built("default notes").article("other/index.html")) == ["Law on Lists (2018), art. 3."]
    assert "footnote" not in built("default notes").article("plain/index.html")


def test_folder_of_files(built: Callable[[str], Built]) -> None:
    assert [note.split(".")[0] for note in notes(built("folder of files").article())] == ["Smith, John", "D, E"]


@pytest.mark.parametrize(("name", "expected"), [
    ("numeric style", ["J. Smith, “Counting cameras,” 2020, p. 3.", "J. Doe, R. Roe, “Lists and scores,” 2019.", "J. Smith, “Counting courts,” 2020."]),
    ("note style", ["See John Smith, Counting cameras, Harbour Press, 2020, p. 3.", "John Smith, Counting cameras, Harbour Press, 2020, p. 3."]),
])  # fmt: skip
def test_notes_in_a_style(name: str, expected: list[str], built: Callable[[str], Built]) -> None:
    assert notes(built(name).article()) == expected


def test_author_date_style(built: Callable[[str], Built]) -> None:
    site = built("author-date style")
    assert "(Smith 2020a, p. 3) and (2020b)." in text_of(site.article())
    assert "Doe and Roe (2019) says so." in text_of(site.article("sub/page/index.html"))
    assert "../sub/page/#cite-doe:2019-1" in links(site.article("refs/index.html"))
    assert 'class="references-title"' not in site.article()
    assert 'class="references-title"' in site.article("sub/page/index.html")


def test_no_list_by_default(built: Callable[[str], Built]) -> None:
    site = built("no list by default")
    assert "Harbour Press" not in site.article()
    html = site.article("with/index.html")
    assert html.index("Harbour Press") < html.index('id="after"')


def test_own_footnotes_mixed(built: Callable[[str], Built]) -> None:
    html = built("own footnotes mixed").article()
    assert "One1, two 3, three2." in text_of(html)
    assert [note.split()[0] for note in notes(html)] == ["First", "Second.", "Smith,", "Doe,"]


def test_own_commands(built: Callable[[str], Built]) -> None:
    html = built("own commands").article()
    assert html.index("Harbour Press") < html.index("end")
    assert "A page by nobody" in built("own commands").article("all/index.html")


def test_own_names_of_notes(built: Callable[[str], Built]) -> None:
    assert {"fn:note-smith2020", "fnref:note-smith2020", "fn:note-doe:2019"} <= set(
        ids(built("own names of notes").article())
    )


def test_no_footnotes_extension(built: Callable[[str], Built]) -> None:
    assert notes(built("no footnotes extension").article()) == ["Smith, John. 2020. Counting Cameras. Harbour Press."]


def test_pymdownx(built: Callable[[str], Built]) -> None:
    html = built("pymdownx").article()
    text = text_of(html)
    for expected in ("From a snippet (Law on lists 2018).", "In a tab (Smith 2020a, p. 1).", "Doe and Roe (2019) and [@doe:2019].",
                     "Inside Smith (2020b).", "x = '[@smith2020]'", "https://example.org/@smith2020", "@someone",
                     "x_{@smith2020}", "task (A Film 2021, 00:12:30–00:13:05)", "marked (Smith 2020a)"):  # fmt: skip
        assert expected in text
    assert html.count('class="citation"') == 9


def test_admonitions_tables_definitions(built: Callable[[str], Built]) -> None:
    html = built("admonitions, tables, definitions").article()
    assert [note.split(".")[0] for note in notes(html)] == [
        "Smith, John",
        "Doe, Jane, and Rick Roe",
        "Law on Lists (2018)",
        "Smith, John",
    ]


def test_template_text(built: Callable[[str], Built]) -> None:
    html = built("template text").article()
    assert "{{ page.title }}" in html
    assert "{% raw %}{{ x }}{% endraw %}" in html
    assert [note.split(".")[0] for note in notes(html)] == ["NASA and config", "Smith, John"]


def test_addresses_without_folders(built: Callable[[str], Built]) -> None:
    site = built("addresses without folders")
    assert "sub/all.html#ref-smith2020" in links(site.article("index.html"))
    assert "all.html#ref-smith2020" in links(site.article("sub/page.html"))
    assert {"../index.html#cite-smith2020-1", "page.html#cite-smith2020-1"} <= set(links(site.article("sub/all.html")))


def test_export_of_zotero(built: Callable[[str], Built]) -> None:
    site = built("Zotero's export")
    assert "(Chorzempa et al. 2018, p. 3; An undated page n.d.) and Arendt (2006)." in text_of(site.article())
    assert {"https://example.org/a?b=1&c=2 d_e", "https://doi.org/10.1000/xyz_1"} <= set(links(site.article()))
    assert "Zotero/storage" in site.article("all/index.html")  # in the record, as inert text


def test_handles_are_left_alone(built: Callable[[str], Built]) -> None:
    assert "Thanks to @smith2020 and @octocat and @types/node. 1" in text_of(built("handles, not citations").article())


@pytest.mark.parametrize("name", ["Material, before the search", "author-date style"])
def test_search_finds_the_words_of_citations(name: str, tmp_path: Path) -> None:
    # Listed before the search, or with a search before it.
    more = {} if "plugins_after" in SITES[name][2] else {"plugins": ["search"]}
    index = (build_here(_write(name, tmp_path, **more)).folder / "search" / "search_index.json").read_text(
        encoding="utf-8"
    )
    assert re.search(r"Smith 2020a?, p. 3", index)
    assert "data-citation" not in index


#: A plugin such as mkdocs-print-site: it keeps the pages' HTML before they are filled in, and writes one page of them all.
WHOLE_SITE = """
kept = []

def on_page_content(html, page, config, files):
    kept.append(html)

def on_post_build(config):
    from pathlib import Path
    Path(config.site_dir, "print.html").write_text("<article>" + "".join(kept) + "</article>", encoding="utf-8")
"""


@pytest.mark.parametrize("name", ["default notes", "author-date style", "no list by default"])
def test_page_that_another_plugin_makes_of_all_pages_is_filled_in(name: str, tmp_path: Path) -> None:
    site = build_here(_write(name, tmp_path, hooks=[_hook(tmp_path)]))
    assert site.code == 0
    whole = site.page("print.html")
    assert not tokens.left(whole)
    pages = list(site.folder.rglob("index.html"))
    assert (
        whole.count('class="citation"') == sum(path.read_text("utf-8").count('class="citation"') for path in pages) > 1
    )
    if name == "author-date style":
        assert whole.count('<ol class="reference-list">') == 1
        assert len(set(ids(whole))) == len(ids(whole))
        assert {link.removeprefix("#") for link in links(whole) if link.startswith("#")} <= set(ids(whole))


def _hook(folder: Path) -> str:
    folder.joinpath("whole_site.py").write_text(WHOLE_SITE, encoding="utf-8")
    return "whole_site.py"


def test_non_latin_names(built: Callable[[str], Built]) -> None:
    site = built("non-Latin names")
    assert "(王 2020; Müller 2020)" in text_of(site.article("café/índice/index.html"))
    assert "café/índice/#cite-王2020-1" in links(site.article())


# ------------------------------------------------------------------ a bibliography that is an address


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve a `.bib` file and a style on this machine."""
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "refs.bib").write_text(REFS, encoding="utf-8")
    (tmp_path / "served" / "style.csl").write_text(SMALL, encoding="utf-8")
    handler = partial(_Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_bibliography_and_style_may_be_addresses(address: str, tmp_path: Path) -> None:
    options = {"bib_file": f"{address}/refs.bib", "csl_file": f"{address}/style.csl"}
    site = build_here(write_site(tmp_path, {"index.md": "# Home\n\n[@smith2020]\n"}, options))
    assert site.code == 0
    assert "(Smith 2020)" in text_of(site.article())


# ------------------------------------------------------------------ what is wrong with the options

WRONG = {
    "no sources": ({}, "say where the sources are"),
    "missing file": ({"bib_file": "none.bib"}, "there is no file none.bib beside mkdocs.yml"),
    "missing style": ({"bib_file": "refs.bib", "csl_file": "none.csl"}, "there is no file none.csl"),
    "style that is none": ({"bib_file": "refs.bib", "csl_file": "refs.bib"}, "this is no CSL style"),
    "style in HTML": ({"bib_file": "refs.bib", "csl_file": "page.csl"}, "this is no CSL style"),
    "style that points at another": ({"bib_file": "refs.bib", "csl_file": "dependent.csl"}, "only points at http://www.zotero.org/styles/apa"),
    "style that pandoc refuses": ({"bib_file": "refs.bib", "csl_file": "empty.csl"}, "pandoc can't format citations in this style"),
    "format without the key": ({"bib_file": "refs.bib", "footnote_format": "{number}"}, "footnote_format must hold {key}"),
    "format with an unknown word": ({"bib_file": "refs.bib", "footnote_format": "{key}-{page}"}, "footnote_format must hold {key}"),
    "format with a lone brace": ({"bib_file": "refs.bib", "footnote_format": "{key}{"}, "footnote_format must hold {key}"),
    "wrong encoding": ({"bib_file": "refs.bib", "csl_file": "note.csl", "csl_file_encoding": "klingon"}, "the CSL style can't be read"),
}  # fmt: skip
WRONG_FILES = {
    "refs.bib": REFS,
    "note.csl": NOTE,
    "page.csl": "<html><style>x</style></html>",
    "empty.csl": '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0"><info><title>x</title><id>x</id></info></style>',
    "dependent.csl": (
        '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0"><info><title>x</title><id>x</id>'
        '<link href="http://www.zotero.org/styles/apa" rel="independent-parent"/></info></style>'
    ),
    "index.md": "# Home\n\n[@smith2020]\n",
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_option_is_said_in_one_sentence(what: str, tmp_path: Path) -> None:
    options, message = WRONG[what]
    site = build_here(write_site(tmp_path, WRONG_FILES, options))
    assert site.code == 1
    assert message in site.log
    assert "Traceback" not in site.log


# ------------------------------------------------------------------ what we tell those who come

GUIDE = (ROOT / "docs" / "about" / "coming-from-mkdocs-bibtex.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", GUIDE, re.S)


@pytest.mark.parametrize("example", EXAMPLES, ids=["one name", "every option"])
def test_example_of_the_guide_builds_as_it_stands(example: str, tmp_path: Path) -> None:
    files = {"refs.bib": REFS, "refs/a.bib": REFS, "style.csl": SMALL, "docs/index.md": "# Home\n\n[@smith2020]\n"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(example, encoding="utf-8")
    site = build_here(tmp_path / "mkdocs.yml")
    assert (site.code, [line for line in site.log.splitlines() if not line.startswith("INFO")]) == (0, [])
    assert "Smith, John. 2020" in text_of(site.article())


def test_guide_names_every_option_with_its_default() -> None:
    from claimbook.citations.plugin import CitationsConfig

    told = dict(re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? *\|", GUIDE, re.M))
    options = {name: option.default for name, option in CitationsConfig._schema}
    spoken = {name: str(value).lower() if isinstance(value, bool) else value or "" for name, value in options.items()}
    assert told == spoken | {"csl_file_encoding": "utf-8"}


def test_package_takes_its_templates_script_and_worker_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flit_core.buildapi import build_wheel

    monkeypatch.chdir(ROOT)
    with ZipFile(tmp_path / build_wheel(str(tmp_path))) as wheel:
        packed = set(wheel.namelist())
        metadata = wheel.read(next(name for name in packed if name.endswith("METADATA"))).decode()
    needed = [
        path
        for path in (ROOT / "claimbook" / "citations").rglob("*")
        if path.suffix in (".html", ".md", ".js", ".css", ".lua")
    ]
    assert {path.relative_to(ROOT).as_posix() for path in needed} <= packed
    assert "Provides-Extra: mkdocs" in metadata


# ------------------------------------------------------------------ the same under ProperDocs

UNDER_PROPERDOCS = ["default notes", "author-date style", "pymdownx", "addresses without folders", "Zotero's export"]


@pytest.mark.parametrize("name", UNDER_PROPERDOCS)
@pytest.mark.skipif(not find_spec("properdocs"), reason="ProperDocs isn't installed: make bench installs it")
def test_properdocs_makes_the_same_articles(name: str, tmp_path: Path) -> None:
    config = _write(name, tmp_path, theme="material")
    site, theirs = build_here(config), run_generator(config, generator="properdocs")
    assert (site.code, theirs.code) == (0, 0), theirs.log
    pages = sorted(
        path.relative_to(site.folder).as_posix() for path in site.folder.rglob("*.html") if path.name != "404.html"
    )
    assert {page: theirs.article(page) for page in pages} == {page: site.article(page) for page in pages}
