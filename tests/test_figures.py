"""The figures: one folder of small files per rule, and the pictures held against their numbers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as etree

import pytest

from claimbook.citations import library as libraries
from claimbook.citations.cache import Cache
from claimbook.citations.library import Library
from claimbook.figures import CODES, check, computed, data, fill, markers, render, standalone, vega
from claimbook.figures.charts import KIND_SHAPES, SERIES_SHAPES
from claimbook.figures.gallery import FIGURES
from tests.conftest import ROOT

FOLDERS = sorted(path for path in (ROOT / "tests" / "figures").iterdir() if path.is_dir())
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
SVG = f"{{{vega.SVG}}}"


LIBRARY = libraries.read(libraries.find(ROOT / "bibliography"), ROOT)


@pytest.fixture(scope="module")
def library() -> Library:
    return LIBRARY


def load(name: str) -> render.Figure:
    return render.load(ROOT, name, LIBRARY)


@pytest.fixture(scope="module")
def blocks(library: Library) -> dict[str, str]:
    return markers(ROOT, library)


def drawn() -> list[object]:
    """Every figure in every layout, for parametrize."""
    return [pytest.param(name, layout, id=f"{name}-{layout.name}") for name in FIGURES for layout in vega.LAYOUTS]


# ------------------------------------------------------------------ rules


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_gets_the_expected_complaints(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", "".join(f"{problem}\n" for problem in complaints(folder / "in")))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_shows_its_own_rule_and_no_other(folder: Path) -> None:
    assert {problem.code for problem in complaints(folder / "in")} == {folder.name}


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_rule_is_one_sentence(code: str) -> None:
    assert CODES[code].endswith(".")
    assert "\n" not in CODES[code]


def test_archive_keeps_the_rules(library: Library) -> None:
    assert not [str(problem) for problem in sorted(check(ROOT, library))]


def test_archive_without_figures_has_no_complaints(tmp_path: Path, library: Library) -> None:
    assert not list(check(tmp_path, library))


def complaints(root: Path) -> list[object]:
    return sorted(check(root, libraries.read(libraries.find(root / "bibliography"), root)))


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize(("name", "layout"), drawn())
def test_every_number_is_drawn_once_and_is_that_of_the_csv(name: str, layout: vega.Layout) -> None:
    root, rows = picture(name, layout)
    marks = [(int(mark.get("data-row", "")), mark.get("data-value")) for mark in root.iter() if mark.get("data-row")]
    assert sorted(marks) == [(row.line, row.typed) for row in rows]


@pytest.mark.parametrize(("name", "layout"), drawn())
def test_marks_stand_where_the_axis_says(name: str, layout: vega.Layout) -> None:
    """Read the drawing as a reader does: from the ticks, with nothing known of how it was made."""
    root, rows = picture(name, layout)
    by_line = {row.line: row for row in rows}
    checked = 0
    for plot in plots(root):
        down = any(tick.get("text-anchor") == "end" for tick in plot.iter(f"{SVG}text"))
        scale = ticks(root, plot, down)
        for mark in (mark for mark in plot.iter() if mark.get("data-row")):
            row = by_line[int(mark.get("data-row", ""))]
            at = place(root, mark)[1 if down else 0] + length(mark)
            if row.value > scale.end:
                assert at > scale.pixel(scale.stops[-1][0]), "an arrow stands at the edge"
            else:
                assert at == pytest.approx(scale.pixel(row.value), abs=0.75), row.label
                checked += 1
    assert checked >= len(rows) - 2, "almost every number stands on its scale"


@pytest.mark.parametrize(("name", "layout"), drawn())
def test_every_printed_number_is_in_the_csv(name: str, layout: vega.Layout) -> None:
    root, rows = picture(name, layout)
    plotted = {text for plot in plots(root) for text in plot.iter(f"{SVG}text")}
    words = [text.text or "" for text in root.iter(f"{SVG}text") if text not in plotted]
    shown = {row.shown for row in rows} | {f"{row.shown}, off the scale" for row in rows}
    prose = " ".join(f"{row.label} {row.group} {row.unit} {row.scope}" for row in rows)
    known = set(prose.split()) | {each for shape in data.KINDS.values() for each in shape.label.split()}
    strange = [text for text in words if text not in shown and not set(text.split()) <= known | HEADINGS]
    assert not strange


HEADINGS = {"Blocked", "purchases", "People", "on", "the", "court’s", "list"}


@pytest.mark.parametrize("name", FIGURES)
def test_table_has_every_number_with_its_source(name: str, blocks: dict[str, str]) -> None:
    rows = load(name).table.rows
    lines = [line for line in blocks[name].split("\n") if line.startswith("| ")][2:]
    assert len(lines) == len(rows)
    once = re.search(r"The same for every row:.*", blocks[name])
    for row, line in zip(rows, lines, strict=True):
        assert f"| {row.shown}" in line
        said = line + (once[0] if once else "")
        assert row.date in said
        assert render._plain(row.scope) in said
        assert all(f"@{key}" in said for key in row.sources if key != data.ARCHIVE)


@cache
def picture(name: str, layout: vega.Layout) -> tuple[etree.Element, tuple[data.Row, ...]]:
    figure = load(name)
    return etree.fromstring(render.picture(figure, layout)), figure.table.rows


def plots(root: etree.Element) -> list[etree.Element]:
    """The groups that have axes: the smallest that hold both tick labels and marks of rows."""
    found = []
    for group in root.iter(f"{SVG}g"):
        holds = any(each.get("data-row") for each in group.iter()) and list(group.iter(f"{SVG}text"))
        inner = [g for g in group if g.tag == f"{SVG}g" and any(each.get("data-row") for each in g.iter())]
        if holds and not any(list(g.iter(f"{SVG}text")) for g in inner):
            found.append(group)
    return found


class Scale:
    """What the ticks of an axis say: numbers and where they stand."""

    def __init__(self, stops: list[tuple[float, float]]):
        self.stops = sorted(stops)
        # An axis may run on a little behind its last tick.
        self.end = self.stops[-1][0] * 1.5

    def pixel(self, value: float) -> float:
        """Where a value stands, by the first and the last tick."""
        (low, start), (high, end) = self.stops[0], self.stops[-1]
        return start + (value - low) / (high - low) * (end - start)


def ticks(root: etree.Element, plot: etree.Element, down: bool) -> Scale:
    labels = [text for text in plot.iter(f"{SVG}text") if (text.get("text-anchor") == "end") == down]
    stops = [(float((text.text or "").replace(",", "")), place(root, text)[1 if down else 0]) for text in labels]
    # Vega sets tick labels half a pixel off, so that lines are sharp; those at the left stand on a base line.
    base = min(stops)[0]
    assert base == 0, "every scale begins at zero"
    return Scale([(number, at - (VERTICAL if down else HORIZONTAL)) for number, at in stops])


HORIZONTAL, VERTICAL = 0.5, 4.5


def place(root: etree.Element, element: etree.Element) -> tuple[float, float]:
    """Where an element stands in its drawing: the sum of all moves above it."""
    parents = {child: parent for parent in root.iter() for child in parent}
    x = y = 0.0
    at: etree.Element | None = element
    while at is not None:
        move = re.match(r"translate\(([^,]+),([^)]+)\)", at.get("transform", ""))
        if move:
            x, y = x + float(move[1]), y + float(move[2])
        at = parents.get(at)
    return x, y


def length(mark: etree.Element) -> float:
    """How long a bar is; nothing for a symbol."""
    bar = re.match(r"M0,[\d.]+h([\d.]+)v", mark.get("d", ""))
    return float(bar[1]) if bar else 0.0


# ------------------------------------------------------------------ what a page gets


class Elements(HTMLParser):
    """Every start tag of some HTML."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def test_every_figure_has_a_block(blocks: dict[str, str]) -> None:
    assert list(blocks) == list(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_picture_is_named_and_told(name: str, blocks: dict[str, str]) -> None:
    figure = load(name)
    pictures = [attrs for tag, attrs in Elements(blocks[name]).found if tag == "svg"]
    assert len(pictures) == len(vega.LAYOUTS)
    for attrs in pictures:
        assert attrs["role"] == "img"
        assert f'<title id="{attrs["aria-labelledby"]}">{figure.title}' in blocks[name]
        assert f'<desc id="{attrs["aria-describedby"]}">' in blocks[name]
    assert blocks[name].count("All ") >= 2, "the description sends the reader to the table"
    assert "<details" in blocks[name]
    assert f"]({name}.csv)" in blocks[name]


def test_ids_are_unique_over_all_figures(blocks: dict[str, str]) -> None:
    ids = [attrs["id"] for block in blocks.values() for _, attrs in Elements(block).found if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", FIGURES)
def test_picture_brings_no_style_font_or_script(name: str, blocks: dict[str, str]) -> None:
    for tag, attrs in Elements(blocks[name]).found:
        assert tag not in ("style", "script", "image", "use", "foreignobject")
        assert not attrs.keys() & {"style", "font-family", "onclick", "href"}, (tag, attrs)
    for svg in re.findall(r"<svg.*?</svg>", blocks[name], re.S):
        assert "\n\n" not in svg, "an empty line would end the block in Markdown"


@pytest.mark.parametrize("name", FIGURES)
def test_kinds_differ_without_colour(name: str) -> None:
    shapes = [KIND_SHAPES[kind] for kind in {row.kind for row in load(name).table.rows}]
    assert len({(shape.form, shape.filled) for shape in shapes}) == len(shapes)
    assert len({(shape.filled, shape.dashed) for shape in shapes if name in BARS}) == len(shapes) * (name in BARS)


#: Figures of bars, whose kinds have no form of their own.
BARS = {"shanghai-by-edition", "two-lists", "findings", "sources"}


def test_series_differ_without_colour() -> None:
    assert len({(shape.form, shape.filled) for shape in SERIES_SHAPES}) == len(SERIES_SHAPES)


def test_fill_puts_blocks_for_markers_and_leaves_the_rest() -> None:
    text = "# A\n\n<!-- figure: two-lists -->\n\n`<!-- figure: two-lists -->`\n\n<!-- figure: none -->\n"
    filled = fill(text, {"two-lists": "\nBLOCK [csv](two-lists.csv)\n"}, "../figures/")
    assert "\nBLOCK [csv](../figures/two-lists.csv)\n" in filled
    assert "`<!-- figure: two-lists -->`" in filled
    assert "<!-- figure: none -->" in filled


def test_cell_text_is_not_taken_for_markdown() -> None:
    assert render._plain("a|b *c* <d> [@e] _f_") == "a&#124;b &#42;c&#42; &#60;d&#62; &#91;&#64;e&#93; &#95;f&#95;"


@pytest.mark.parametrize("name", FIGURES)
def test_standalone_picture_needs_nothing_else(name: str) -> None:
    svg = standalone(ROOT, LIBRARY, name)
    assert "var(" not in svg
    assert vega.INK not in svg
    assert etree.fromstring(svg).get("font-family") == "sans-serif"


# ------------------------------------------------------------------ the same twice


def test_same_numbers_give_the_same_bytes(blocks: dict[str, str], library: Library) -> None:
    assert markers(ROOT, library) == blocks


def test_another_machine_gives_the_same_bytes(tmp_path: Path) -> None:
    """Other fonts, another time zone, another hash seed, another folder."""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text("<?xml version='1.0'?><fontconfig></fontconfig>", encoding="utf-8")
    code = (
        "from claimbook.figures import render, vega; from pathlib import Path; import sys;"
        f"figure = render.load(Path({str(ROOT)!r}), 'phone-payments', None);"
        "sys.stdout.buffer.write(''.join(render.pictures(figure)).encode())"
    )
    outputs = []
    for settings in (
        {},
        {"FONTCONFIG_FILE": str(fonts), "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7", "LC_ALL": "C"},
    ):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True
        )
        outputs.append(run.stdout)
    assert outputs[0] == outputs[1]
    assert outputs[0].startswith(b"<svg")


def test_cached_picture_is_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "figures.json")
    figure = load("two-lists")
    first = render.pictures(figure, cache)
    monkeypatch.setattr(render, "picture", lambda *_: pytest.fail("drawn again"))
    assert render.pictures(figure, cache) == first


def test_changed_number_is_drawn_anew(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "figures.json")
    figure = load("two-lists")
    first = render.pictures(figure, cache)
    row = replace(figure.table.rows[0], value=1.0, typed="1")
    changed = replace(figure, table=replace(figure.table, rows=(row, *figure.table.rows[1:])))
    assert render.pictures(changed, cache) != first


# ------------------------------------------------------------------ reading and counting


def test_shown_number_keeps_what_its_source_leaves_open() -> None:
    cells = ["Label", "", "2020-02", "1257", "", "about", "cameras", "count", "the city", "a2020b", ""]
    table = data.parse(data.to_csv([cells, [*cells[:3], "41", "57", "", *cells[6:]]]), "a.csv")
    assert [row.shown for row in table.rows] == ["about 1,257", "41 to 57"]
    assert not table.problems


def test_lines_are_counted_over_quoted_line_ends(tmp_path: Path) -> None:
    header = ",".join(data.COLUMNS)
    row = 'A,,2020,1,,,cameras,count,"all\nof it",a2020b,'
    (tmp_path / "a.csv").write_text(f"\ufeff{header}\n{row}\n\n{row.replace(',1,', ',x,')}\n", encoding="utf-8")
    table = data.read(tmp_path / "a.csv", "a.csv")
    assert [row.line for row in table.rows] == [3]
    assert [(problem.line, problem.code) for problem in table.problems] == [(6, "F06")]


@pytest.mark.parametrize(("date", "year"), [("2019", 2019.5), ("2019-01", 2019.08), ("2019-12-31", 2020.0)])
def test_date_is_a_place_on_the_time_axis(date: str, year: float) -> None:
    row = replace(load("two-lists").table.rows[0], date=date)
    assert row.year == pytest.approx(year, abs=0.01)


def test_counted_numbers_need_no_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "figures" / "F09" / "in", tmp_path, dirs_exist_ok=True)
    sources = libraries.read(libraries.find(tmp_path / "bibliography"), tmp_path)
    (tmp_path / "docs" / "figures" / "findings.csv").unlink()
    assert not list(check(tmp_path, sources))
    rows = render.load(tmp_path, "findings", sources).table.rows
    assert [row.typed for row in rows] == ["1", "1", "0", "1"]
    published = computed.counted(tmp_path, sources)["findings"]
    assert data.parse(published, "").rows == rows


# ------------------------------------------------------------------ as seen

PAGE = """<!doctype html><html lang="en"><title>Figures</title>
<style>body { margin: 16px; font-family: sans-serif } %s</style>
<body class="md-typeset"><figure class="figure"><div class="figure-picture">%s</div></figure>"""
LOOK = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg')) {
    if (getComputedStyle(svg).display === 'none') continue;
    const edge = svg.getBoundingClientRect(), scale = edge.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll('text')].map(text => [text, text.getBoundingClientRect()]);
    for (const [text, box] of texts) {
      const across = box.left < edge.left - 1 || box.right > edge.right + 1;
      const down = box.top < edge.top - 1 || box.bottom > edge.bottom + 1;
      if (across || down) found.push(`cut off: ${text.textContent}`);
      const size = parseFloat(getComputedStyle(text).fontSize) * scale;
      if (size < 11) found.push(`too small: ${text.textContent}`);
    }
    texts.forEach(([first, a], index) => texts.slice(index + 1).forEach(([second, b]) => {
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4)
        found.push(`on top of each other: ${first.textContent} | ${second.textContent}`);
    }));
    found.push(svg.getAttribute('class'));
  }
  return found;
}"""


@cache
def both(name: str) -> list[str]:
    return render.pictures(load(name))


@pytest.mark.browser
@pytest.mark.parametrize(("width", "seen"), [(320, "narrow"), (360, "narrow"), (768, "wide"), (1280, "wide")])
def test_words_are_whole_legible_and_apart(browser: object, width: int, seen: str) -> None:
    style = (ROOT / "overrides" / "assets" / "archive.css").read_text(encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    for name in FIGURES:
        page.set_content(PAGE % (style, "\n".join(both(name))))
        assert page.evaluate(LOOK) == [f"figure-{seen}"], name
    page.close()


@pytest.mark.browser
def test_paper_has_the_wide_picture(browser: object) -> None:
    style = (ROOT / "overrides" / "assets" / "archive.css").read_text(encoding="utf-8")
    page = browser.new_page(viewport={"width": 500, "height": 900})
    page.emulate_media(media="print")
    page.set_content(PAGE % (style, "\n".join(both("cash-by-age"))))
    shown = "e => getComputedStyle(e).display"
    assert page.eval_on_selector(".figure-wide", shown) == "block"
    assert page.eval_on_selector(".figure-narrow", shown) == "none"
    page.close()
