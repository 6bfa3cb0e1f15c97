"""Whatever a bibliography or a page holds ends up as inert text, and nothing makes the build fail."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown import Markdown

from claimbook.citations import styles
from claimbook.citations.extension import CitationsExtension
from claimbook.citations.formatting import clean
from claimbook.citations.guard_prose import raw_marks
from claimbook.citations.render import aside, facts, safe_address, spoken_date
from claimbook.citations.site import Site
from tests.citations.conftest import CACHE, DATA, EXTENSIONS, make_pages, make_site, read
from tests.citations.htmls import ids, is_well_formed, links, text_of

SMALL = "author-date.csl"
VALUES = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "closed tag": "</li></ol></section><script>alert(1)</script>",
    "quotes": 'a" onmouseover="alert(1)" x=\'y',
    "script address": "javascript:alert(1)",
    "LaTeX link": r"\href{javascript:alert(1)}{click}",
    "LaTeX address": r"\url{javascript:alert(1)}",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#60;b&#62; &nosuch;",
    "template": "{{ config }} {% raw %} {{7*7}} {# x #} ${7*7} #{7*7} <%= 7 %>",
    "citation": "[@smith2020] @smith2020 [^1] \\bibliography",
    "place holders": '<span data-citation="0"></span> <div data-references="site"></div>',
    "Markdown": "*a* _b_ `c` [d](javascript:alert(1)) ![e](x) # f",
    "control characters": "a\x02klzzwxh:0001\x03b \x00\x1e\x1f\x7f wzxhzdk:0",
    "right to left": "\u202eevil\u202c שלום عليكم \u200f\u2066x\u2069",
    "odd Unicode": "\ufeff\u200b\u0301a\u0301 \U0001f3a5 𝕏 \u2028 \ufffd",
    "long": "word " * 2000,
    "long word": "x" * 20_000,
    "maths": "$x < y$ and $\\frac{a}{b}$ and $$z$$",
    "LaTeX": r"\input{/etc/passwd} \write18{ls} \def\x{\x}\x \verb|a| \newcommand{\y}{\y\y}",
    "percent": "100% of it",
    "hash and tilde": "a # b ~ c ^ d _ e",
    "CDATA": "<![CDATA[<script>alert(1)</script>]]> <!-- x -->",
    "style": '<span style="position:fixed;inset:0">x</span><style>*{display:none}</style>',
}
FIELDS = ("title", "author", "journaltitle", "publisher", "url", "doi", "note", "date", "langid", "keywords", "verification",
          "verificationdate", "archiveurl", "archivedate", "urldate", "urlstatus")  # fmt: skip


def entry(key: str, fields: dict[str, str]) -> str:
    """Return an entry whose values keep the braces that BibTeX needs balanced."""
    values = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@article{{{key},\n{values}}}\n"


def hostile_works() -> str:
    """Return one work for each value, in its title and author; and one for each field with the worst value in it."""
    by_value = [
        entry(f"v{index}", {"title": value, "author": f"{{{value}}}", "date": "2020"})
        for index, value in enumerate(VALUES.values())
    ]
    worst = VALUES["closed tag"] + VALUES["quotes"]
    by_field = [entry(f"f{index}", {"title": "T", "date": "2020", name: worst}) for index, name in enumerate(FIELDS)]
    by_address = [
        entry(
            f"a{index}", {"title": "T", "date": "2020", "url": address, "archiveurl": address, "urldate": "2020-13-45"}
        )
        for index, address in enumerate(
            ("javascript:alert(1)", "data:text/html,x", "http://[", "//x", "\"onclick='x'", "http://a b")
        )
    ]
    return "".join((*by_value, *by_field, *by_address, entry("smith2020", {"title": "Smith's", "date": "2020"})))


@pytest.fixture(scope="module", params=[SMALL, ""])
def pages(request: pytest.FixtureRequest) -> dict[str, str]:
    library = read(hostile_works())
    site = make_site(library, request.param)
    text = "\n\n".join(f"[see @{key}, p. 3] and @{key}" for key in library.entries)
    return make_pages(site, {"": text, "all/": "\\full_bibliography"})


class Acting(HTMLParser):
    """Finds what a browser would act upon."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "img", "iframe", "object", "svg", "base", "meta", "link"):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or (name == "style" and re.search(r"position|display|url", value or "")):
                self.found.append(f"{tag} {name}={value}")
            if (
                name in ("href", "src", "action")
                and re.match(r"\s*[^/#?]*:", value or "")
                and not re.match("https?://", value)
            ):
                self.found.append(f"{tag} {name}={value}")


@pytest.mark.parametrize("page", ["", "all/"])
def test_nothing_acts(pages: dict[str, str], page: str) -> None:
    assert Acting(pages[page]).found == []
    is_well_formed(pages[page])
    assert len(set(ids(pages[page]))) == len(ids(pages[page]))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", pages[page])
    assert not re.search(r"<(?:span|div)[^>]* data-(?:citation|note|author|references)=", pages[page])


def test_values_are_shown_as_they_are(pages: dict[str, str]) -> None:
    text = text_of(pages["all/"])
    assert "<script>alert(1)</script>" in text
    assert "שלום" in text
    assert "49" not in text  # nobody calculated {{7*7}}


def test_every_link_is_a_web_address(pages: dict[str, str]) -> None:
    outside = re.findall(r'<a [^>]*?href="([a-z]+:[^"]*)"', pages["all/"])
    assert outside
    assert [link for link in outside if not re.fullmatch(r"https?://[\w!#$%&'()*+,/:;=?@\[\].~-]+", link, re.A)] == []


def test_affixes_that_a_writer_types_are_cleaned() -> None:
    texts = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<b onclick="x">b</b>', "`<script>`", "&lt;i&gt;",
             "a\\\nb", "a  \nb", "<!-- x -->", "$x$", "[l](javascript:x)", '"q"', "'", "{#id .c}", "^a^ ~b~", "| c |", "----",
             "x\n    y", "1. z", "# h", "<br>", "<div>d</div>", "&#x202e;", "[^1]", "***", "\\"]  # fmt: skip
    for style in (SMALL, ""):
        site = make_site(style=style)
        html = make_pages(
            site, {"": "\n\n".join(f"{index} [{text} @smith2020, {text}] end" for index, text in enumerate(texts))}
        )[""]
        assert Acting(html).found == []
        is_well_formed(html)
        # Each mark is in its own place, whatever stands in the others.
        for index in range(len(texts)):
            assert re.search(rf"<p>{index} .*?(?:Smith|footnote-ref|@smith2020).*? ?end", html, re.S), texts[index]


STRANGE_KEYS = ["a'b", "a&b", "a=b", "a#b", "a%41", "a+b", "a(b)", "a*b", "a!b", "a;b", "a`b", "a..b", ":a", "-a", "1", "Ünï",
                "中文2020", "a/b/c", "a@b", "a[b]", "a?b=c&d", "%", "a$b", "a|b", "a^b", "a\\b", "á", "cite-a-1", "ref-a"]  # fmt: skip


def test_strange_keys_give_valid_ids_and_working_links() -> None:
    library = read(
        "".join(entry(key, {"title": f"Title {index}", "date": "2020"}) for index, key in enumerate(STRANGE_KEYS))
    )
    site = make_site(library, SMALL)
    text = " ".join(f"[@{{{key}}}, p. 1]" for key in library.entries)
    pages = make_pages(site, {"a/": text, "all/": "\\full_bibliography"})
    shown = [key for key in library.entries if key not in site.formatted.unreadable]
    assert len(shown) > 20
    for page, html in pages.items():
        is_well_formed(html)
        assert len(set(ids(html))) == len(ids(html))
        assert not [name for name in ids(html) if re.search(r"\s", name)]
        assert {link.removeprefix("#") for link in links(html) if link.startswith("#")} <= set(ids(html)), page
        for link in links(html):
            if link.startswith("../"):
                path, _, fragment = link.removeprefix("../").partition("#")
                assert fragment in ids(pages[path])
    # What pandoc can't read is named, and the place where it is cited says so.
    assert {problem.code for problem in site.problems} == {"C08"}
    for key in site.formatted.unreadable:
        assert f"(unreadable source: {key})" in text_of(pages["a/"])


@pytest.mark.parametrize(
    "text", ["2020-13-45", "2020-02-31", "0000-00-00", "not a date", "", "2020", "2020-05", "20-5-1", "2020-5-1"]
)
def test_date_that_is_none_is_said_as_it_is(text: str) -> None:
    assert spoken_date(text)[:4] == text[:4] or spoken_date(text).endswith(text[:4])


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:x", "//x", "http://", "http://[", "http://a b", 'http://a"b', "ftp://x"]
)
def test_address_that_is_none_is_no_link(text: str) -> None:
    assert safe_address(text) == ""


def test_facts_are_made_of_any_entry() -> None:
    for key, work in read(hostile_works()).entries.items():
        assert facts(work).year in ("", "2020"), key


@pytest.mark.parametrize("text", [*VALUES.values(), "*a", "**", "_a_b_", "`", "\\*a\\*"])
def test_words_around_a_key_are_inert(text: str) -> None:
    assert Acting(str(aside(text))).found == []
    assert Acting(clean(text)).found == []


# ------------------------------------------------------------------ a thousand random pages, half with each kind of marks

WORDS = ["[@smith2020]", "[@smith2020, p. 3]", "@smith2020", "@doe:2019 [p. 4]", "[see @law2018; @nope]", "[-@film2021, 00:12:30]",
         "[@", "[", "]", "@", "](", "[^1]", "[^1]: note\n", "\n\n", "\n", "\n\n    ", "`", "```\n", "~~~\n", "<!--", "-->", "<a href='", "'>",
         "</a>", "<div>", "</div>", "<div markdown=1>", "<pre>", "*", "**", "_", "\\", "|", "\n|---|---|\n", "# ", "\n# ", "> ", "- ",
         "1. ", "!!! note\n    ", ": ", "\\bibliography", "word", "é", "\x02", "\x03", "\u202e", "&amp;", "&#64;",
         "{: .x }", "$x$", "[text](url)", "[ref]: url\n", "![a](b)", "*[HTML]: Hyper\n", "<span data-citation='0'></span>",
         '<span data-citation="1"></span>', "///Footnotes Go Here///", "[TOC]", "{", "}", ";"]  # fmt: skip


@pytest.mark.parametrize("style", [SMALL, ""])
def test_random_pages_make_no_crash(style: str) -> None:
    chance = random.Random(f"pages {style}")
    csl = DATA / style if style else None
    site = Site(read((DATA / "refs.bib").read_text(encoding="utf-8")), styles.load(csl, cache=CACHE), cache=CACHE)
    texts = {f"{index}/": " ".join(chance.choices(WORDS, k=chance.randint(0, 25))) for index in range(300)}
    texts |= {f"{index}/": texts[f"{index}/"] + "\n\n\\full_bibliography" for index in (7, 70)}
    texts |= {f"{index}/": "".join(chance.choices(WORDS, k=chance.randint(0, 25))) for index in range(300, 500)}
    parsed = {}
    for page, text in texts.items():
        site.begin(page, page, lambda text=text: text)
        extensions = [*EXTENSIONS, *(["fenced_code"] if chance.random() < 0.5 else ["pymdownx.superfences"])]
        parsed[page] = Markdown(extensions=[*extensions, CitationsExtension(site)]).convert(text)
    site.gather(parsed)
    for page, html in parsed.items():
        site.preview(html)
        filled = site.fill(html, page)
        assert len(re.findall(r'id="ref-smith2020"', filled)) <= 1, texts[page]
        assert {"C01"} >= {problem.code for problem in site.problems}


# ------------------------------------------------------------------ what must hold of any page

CODE = st.text(alphabet="[]@;,. -smith2020b\\n`~<>&", min_size=1, max_size=60).filter(lambda code: code.strip("\n`~ "))
CITING = st.sampled_from(
    ["[@smith2020]", "[see @law2018, art. 5; @smith2020b]", "[-@film2021, 00:12:30]", "@smith2020b", "[@doe:2019]"]
)
IN_CODE = [
    ("```\n{}\n```", lambda code: "```" not in code),
    ("~~~ text\n{}\n~~~", lambda code: "~~~" not in code),
    ("Text:\n\n    {}", lambda code: "\n" not in code and code == code.strip()),
    ("Text ``x {} x`` text", lambda code: "`" not in code and "\n" not in code),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.data())
def test_code_is_unchanged_and_no_mark_is_left_raw(data: st.DataObject) -> None:
    form, fits = data.draw(st.sampled_from(IN_CODE))
    code, cited = data.draw(CODE.filter(fits)), data.draw(st.lists(CITING, min_size=1, max_size=4))
    text = f"Words {' and '.join(cited)}.\n\n{form.format(code)}\n\nMore {cited[0]}.\n"
    with_ours = make_pages(make_site(style=SMALL), {"": text}, ["fenced_code"])[""]
    without = Markdown(extensions=["fenced_code"]).convert(text)
    assert blocks_of_code(with_ours) == blocks_of_code(without)
    prose = re.sub(r"<code\b.*?</code>", "", with_ours, flags=re.S)
    assert list(raw_marks(prose, set())) == []
    assert len(re.findall(r'class="citation"', prose)) == len(cited) + 1


def blocks_of_code(html: str) -> list[str]:
    """Return the code in a page, with its tags."""
    return re.findall(r"<code\b.*?</code>", html, re.S)
