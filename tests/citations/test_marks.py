"""The syntax, and the quick reading of sources against the Markdown parser's own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

from claimbook.citations import tokens
from claimbook.citations.extension import CitationsExtension
from claimbook.citations.marks import Item, Mark, parse, prose, scan
from tests.citations.conftest import make_site

WHOLE_KEYS = [
    "smith2020", "smith2020b", "doe:2019", "doe.2018/b", "DBLP:conf/icml/Doe20", "müller2020", "王2020", "a_b-c", "_x",
    "2020a", "a+b", "a#b", "a&b", "a%b", "a$b", "a?b", "a~b",
]  # fmt: skip


@pytest.mark.parametrize("key", WHOLE_KEYS)
def test_key_is_whole(key: str) -> None:
    assert parse(f"@{key}") == Mark((Item(key),))
    assert [found.mark.keys for found in scan(f"as @{key} says")] == [(key,)]


@pytest.mark.parametrize("after", [".", ",", ";", ":", "!", "?", ")", "…", " ", "'s"])
def test_sign_after_a_bare_key_is_not_part_of_it(after: str) -> None:
    (found,) = scan(f"as @smith2020{after}")
    assert found.mark == Mark((Item("smith2020"),), narrative=True)


def test_anything_without_spaces_is_a_key_in_braces() -> None:
    assert parse("@{https://example.org/a_(b)}, p. 3") == Mark((Item("https://example.org/a_(b)", suffix=", p. 3"),))


@pytest.mark.parametrize(
    ("inside", "items"),
    [
        ("@a", [Item("a")]),
        ("-@a", [Item("a", author=False)]),
        ("@a, p. 12", [Item("a", suffix=", p. 12")]),
        ("@a p. 12", [Item("a", suffix=" p. 12")]),
        ("@a, 12", [Item("a", suffix=", 12")]),
        ("see @a, p. 3; @b", [Item("a", "see", ", p. 3"), Item("b")]),
        ("see also -@a; cf. @b, ch. 2", [Item("a", "see also", author=False), Item("b", "cf.", ", ch. 2")]),
        ("@a; and others", [Item("a", suffix="; and others")]),
        ("so; see @a", [Item("a", "so; see")]),
        ("write me@x.org; @a", [Item("a", "write me@x.org;")]),
        ("@a, p. 3 [sic; no], 4; @b", [Item("a", suffix=", p. 3 [sic; no], 4"), Item("b")]),
        ("in [@x; @y] of @a", [Item("a", "in [@x; @y] of")]),
        ("@a;@a, 4", [Item("a"), Item("a", suffix=", 4")]),
        ("@a,\np. 12", [Item("a", suffix=",\np. 12")]),
        ("*see* @a, *passim*", [Item("a", "*see*", ", *passim*")]),
    ],
)
def test_brackets_are_parsed(inside: str, items: list[Item]) -> None:
    assert parse(inside) == Mark(tuple(items))


@pytest.mark.parametrize("inside", ["", "a", "me@example.org", "a; b", r"\@a", "@", "@ a", "@{a b}", "x@y; z@w"])
def test_brackets_without_a_key_are_no_citation(inside: str) -> None:
    assert parse(inside) is None


@pytest.mark.parametrize(
    ("suffix", "locator"),
    [
        (", p. 12", "p. 12"),
        (" p. 12", "p. 12"),
        (", {p. 12}", "p. 12"),
        (", {ch. 1} and {2}", "{ch. 1} and {2}"),
        ("", ""),
    ],
)
def test_locator_is_the_suffix_without_what_sets_it_off(suffix: str, locator: str) -> None:
    assert Item("a", suffix=suffix).locator == locator


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("@a [p. 4] says", ", p. 4"), ("@a\n[p. 4] says", ", p. 4"), ("@a[p. 4]", ", p. 4"), ("@a says [p. 4]", ""),
        ("@a [^1]", ""), ("@a [text](url)", ""), ("@a [text][ref]", ""), ("@a [@b]", ""),
    ],
)  # fmt: skip
def test_bare_word_takes_the_place_in_the_brackets_after_it(text: str, suffix: str) -> None:
    first = next(iter(scan(text)))
    assert first.mark == Mark((Item("a", suffix=suffix),), narrative=True)


@pytest.mark.parametrize(
    "text",
    [
        "`[@a]`", "``x ` [@a]``", "    [@a]\n", "\t[@a]", "```\n[@a]\n```", "~~~~ {.py}\n[@a]\n~~~\n~~~~", "> ```\n> [@a]\n> ```",
        "<!-- [@a] -->", "[a @b](c)", "![a @b](c)", "[a](b@c)", '<a title="[@a]">', "<a href='x'>[@a]</a>",
        r"\[@a]", r"\@a", "me@a.org", "<me@a>", "https://x.org/@a", "x/@a", "---\na: '[@a]'\n---\n", "[^1]", "- `[@a]`",
    ],
)  # fmt: skip
def test_what_is_no_prose_is_not_scanned(text: str) -> None:
    assert list(scan(text)) == []


def test_lines_and_raw_text_are_those_of_the_source() -> None:
    text = "---\ntitle: x\n---\n\n```\n[@no]\n```\n\nOne [@a] and\n@b [p. 1].\n\n<!--\n\n-->\n[see @c,\np. 3; @d]\n"
    found = [(place.line, place.raw, place.mark.keys) for place in scan(text)]
    assert found == [(9, "[@a]", ("a",)), (10, "@b [p. 1]", ("b",)), (15, "[see @c,\np. 3; @d]", ("c", "d"))]


def test_bare_words_are_left_out_where_they_mean_nothing() -> None:
    assert [found.mark.keys for found in scan("@a and [@b]", narrative=False)] == [("b",)]


@given(st.text(alphabet="ab @[]`~\\<>!-\n\t()#'\";,.:{}|*_", max_size=120))
def test_prose_keeps_every_line_and_column(text: str) -> None:
    assert [len(line) for line in prose(text).split("\n")] == [len(line) for line in text.split("\n")]
    assert all(1 <= found.line <= text.count("\n") + 1 for found in scan(text))


REPEATED = [
    "[", "[@", "[a@", "[[a]", "@a [b", "<a ", "<a href>", "[@a ", "@a", "@{a", "[a] @ ", "<!--", "<x '", "`", "```\n", "[x](",
    "\\", "@", "[@a:", "---\n", "    x\n", "]", "~~~\n", "> ```\n", "[@a][", "[@a](", "<", "\n\n", "[^", "![",
]  # fmt: skip


@pytest.mark.parametrize("piece", REPEATED)
def test_a_sign_thirty_thousand_times_is_read_to_the_end(piece: str) -> None:
    # Where time grows as the square of the text's length, this takes minutes.
    text = piece * (30_000 // len(piece)) + "@\n\n[@lee2020]"
    assert {found.line for found in scan(text)} <= set(range(1, text.count("\n") + 2))


# ------------------------------------------------------------------ the same marks as the parser

PIECES = st.sampled_from([
    "Words", "words [@a]", "[see @b, p. 3; @a]", "@a said", "@b [p. 4] said", "[-@a, 3]", "(@a)", "“@a”", "**@a**",
    "`[@a]`", "``@a ` @b``", "[link @a](x.md)", "[@a](x.md)", "![pic @a](y.png)", "me@a.org", "<me@a.org>",
    r"\[@a]", r"\@a", "<!-- [@a] -->", '<img alt="[@a]">', "<a href='x'>@a</a>", "<b>[@a]</b>", "[@a, p. 3 [sic]]",
    "[@a][@b]", "[text]", "[x [@a] y]", "*[@a]*", "https://x.org/@a", "[@a; see b@c.de]",
])  # fmt: skip
PARAGRAPHS = st.lists(PIECES, min_size=1, max_size=5).map(" ".join)
BLOCKS = st.one_of(
    PARAGRAPHS,
    PARAGRAPHS.map("# {}".format),
    PARAGRAPHS.map("> {}".format),
    PARAGRAPHS.map("- {}".format),
    PARAGRAPHS.map("1. {}".format),
    PARAGRAPHS.map("```\n{}\n```".format),
    PARAGRAPHS.map("~~~ text\n{}\n~~~".format),
    PARAGRAPHS.map("<!--\n{}\n-->".format),
    PARAGRAPHS.map("<div>\n{}\n</div>".format),
)
SITE = make_site("@book{a, title={A}}\n@book{b, title={B}}")


@settings(max_examples=120, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=5).map("\n\n".join))
def test_scan_finds_what_the_parser_finds(text: str) -> None:
    SITE.forget()
    html = Markdown(extensions=["fenced_code", CitationsExtension(SITE)]).convert(text)
    parsed = [SITE.cited[number].mark.keys for number, _, _ in tokens.marked(html)]
    scanned = [found.mark.keys for found in scan(text)]
    # Raw HTML blocks are the parser's to leave alone; the quick reading takes them for text.
    if "<div>" not in text:
        assert scanned == parsed
    assert all(keys in scanned for keys in parsed)
