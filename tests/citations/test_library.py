"""Reading `.bib` files: what they hold, and what is wrong with them, at its line and all in one run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.citations import bibfile, convert, library
from claimbook.citations.cache import Cache
from tests.citations.conftest import CACHE, DATA, read

GOOD = "\n@book{good, title = {Good}, year = 2001}\n"


def complaints(text: str | bytes) -> list[str]:
    """Return the faults of a file as `line message`."""
    content = text if isinstance(text, bytes) else text.encode()
    return [f"{problem.line} {problem.message}" for problem in bibfile.read(content, "refs.bib").problems]


BROKEN = {
    "closing brace of a value": (
        "@book{a,\n  title = {X,\n  year = 2000\n}",
        2,
        "title isn't closed before the next field",
    ),
    "closing brace of an entry": ("@book{a,\n  title = {X},\n  year = 2000\n", 3, "a closing brace is missing"),
    "closing brace of both": ("@book{a,\n  title = {X,\n  year = 2000\n", 2, "look for a missing brace"),
    "closing quotation mark": ('@book{a,\n  title = "X,\n  year = 2000\n}', 2, "look for a missing quotation mark"),
    "comma after a value": ("@book{a,\n  title = {X}\n  year = 2000\n}", 2, "a comma is missing after title"),
    "comma after the key": ("@book{a\n  title = {X},\n}", 1, "a comma is missing after the key"),
    "key": ("@book{title = {X}, year = 2000}", 1, "this entry has no key"),
    "key before its comma": ("@book{, title = {X}}", 1, "this entry has no key"),
    "value": ("@book{a,\n  title = ,\n  year = 2000}", 2, "title has no value"),
    "equals sign": ("@book{a,\n  title {X},\n}", 2, "`title` has no value"),
    "field name": ("@book{a,\n  = {X},\n}", 2, "a field was expected here"),
    "end of an @string": ('@string{j = "J"', 1, "this @string isn't closed"),
}


@pytest.mark.parametrize("missing", BROKEN)
def test_broken_entry_is_named_at_its_line_and_the_next_is_read(missing: str) -> None:
    text, line, message = BROKEN[missing]
    found = bibfile.read((text + GOOD).encode(), "refs.bib")
    assert [entry.key for entry in found.entries] == ["good"]
    (problem,) = found.problems
    assert (problem.path, problem.line, problem.code) == ("refs.bib", line, "C08")
    assert message in problem.message


def test_all_faults_are_named_in_one_run() -> None:
    text = "\n\n".join(broken for broken, _, _ in BROKEN.values()) + GOOD
    assert len(complaints(text)) == len(BROKEN)
    assert [entry.key for entry in bibfile.read(text.encode(), "refs.bib").entries] == ["good"]


def test_brace_too_many_is_named_and_nothing_is_lost_in_silence() -> None:
    found = bibfile.read(b"@book{a,\n  title = {X}},\n  year = 2000\n}\n" + GOOD.encode(), "refs.bib")
    assert [entry.key for entry in found.entries] == ["a", "good"]
    assert [(problem.line, problem.message) for problem in found.problems] == [
        (3, "the field year stands outside any entry: look for a brace too many above it.")
    ]


def test_field_given_twice_is_named_and_the_first_stays() -> None:
    found = read("@book{a, title = {One},\n title = {Two}}")
    assert found.entries["a"].get("title") == "One"
    assert [str(problem) for problem in found.problems] == [
        'refs.bib:2: C08 the entry "a" gives title twice; keep one.'
    ]


def test_key_of_a_broken_entry_is_not_called_unknown() -> None:
    found = read("@book{a, title = {X}\n year = 2000}")
    problem = library.unknown_key("docs/index.md", 3, "a", found)
    assert str(problem) == 'docs/index.md:3: C01 the entry "a" at refs.bib:1 can\'t be read; mend it there.'


FINE = {
    "parentheses": "@book(a, title = {X})",
    "spaces": "@ book {a , title = {X} }",
    "upper case": "@BOOK{a, TITLE = {X}}",
    "no comma at the end": "@book{a, title = {X}\n}",
    "comma at the end": "@book{a, title = {X},}",
    "number": "@book{a, title = X}",
    "quotation marks": '@book{a, title = "X"}',
    "quotation mark in braces": '@book{a, title = "X", note = "a {"} b"}',
    "comment after a field": "@book{a, title = {X}, % first\n  year = 2000 % last\n}",
    "text between entries": "From me@example.org, with love:\n@book{a, title = {X}}",
    "commented entry": "% @book{no,\n%  title = {X},\n% }\n@book{a, title = {X}}",
    "comment block": "@comment{@book{no, title = {X}}}\n@book{a, title = {X}}",
    "JabRef's comment": "@Comment{jabref-meta: databaseType:biblatex;}\n@book{a, title = {X}}",
    "preamble": '@preamble{"\\newcommand{\\x}{y}"}\n@book{a, title = {X}}',
    "entry in a value": "@book{a, title = {X}, note = {See @article{foo} there}}",
    "line in a value like an entry": "@book{a, title = {X}, abstract = {one\n@book{zz, is not}\ntwo}}",
    "escaped brace": "@book{a, title = {X}, note = {one \\{ two}}",
    "deep braces": "@book{a, title = {X}, note = {{{{{deep}}}}}}",
    "Windows line ends": "@book{a,\r\n title = {X},\r\n}\r\n",
    "old Mac line ends": "@book{a,\r title = {X},\r}\r",
    "byte order mark": "\ufeff@book{a, title = {X}}",
    "dotted field": "@book{a, title = {X}, date-added = {1}, bdsk-url-1 = {2}}",
}


@pytest.mark.parametrize("kind", FINE)
def test_unusual_entry_is_read_without_complaint(kind: str) -> None:
    found = read(FINE[kind])
    assert found.problems == ()
    assert [(key, entry.get("title")) for key, entry in found.entries.items()] == [("a", "X")]


def test_pandoc_reads_all_of_these_too() -> None:
    texts = [text.replace("{a", f"{{k{index}").replace("(a", f"(k{index}") for index, text in enumerate(FINE.values())]
    found = read("\n".join(texts))
    works, problems = convert.convert(list(found.entries.values()), found, Cache())
    assert problems == []
    assert {work["title"] for work in works.values()} == {"X"}


def test_lines_of_entries_and_fields_are_those_of_the_file() -> None:
    entry = read("\n\n@book{a,\n  title = {X\n  Y},\n\n  year = 2000,\n}").entries["a"]
    assert (entry.line, entry.place) == (3, "refs.bib:3")
    assert entry.field_lines == {"title": 4, "year": 7}


def test_strings_are_written_out() -> None:
    text = '@string{j = "Journal of {X}"}\n@STRING(p = {Press})\n@article{a, journal = j, publisher = "The " # p # {, Paris}}'
    entry = read(text).entries["a"]
    assert (entry.get("journal"), entry.get("publisher")) == ("Journal of X", "The Press, Paris")
    assert read(entry.raw).entries["a"].fields == entry.fields


def test_addresses_lose_the_backslashes_that_programs_put_into_them() -> None:
    text = r"@online{a, title = {A \& B}, url = {https://x.org/\~me/a{\_}b\%20c\&d\#e}, doi = {10.1/a\_b}}"
    entry = read(text).entries["a"]
    assert (entry.fields["url"], entry.fields["doi"]) == ("https://x.org/~me/a_b%20c&d#e", "10.1/a_b")
    assert (entry.fields["title"], read(entry.raw).entries["a"].fields) == (r"A \& B", entry.fields)


def test_strings_of_one_file_mean_nothing_in_another(tmp_path: Path) -> None:
    for name in "ab":
        text = f'@string{{j = "Journal {name}"}}\n@article{{{name}, title = {{T}}, journal = j}}'
        (tmp_path / f"{name}.bib").write_text(text, encoding="utf-8")
    found = library.read(library.find(tmp_path))
    works, _ = convert.convert(list(found.entries.values()), found, Cache())
    assert {key: work["container-title"] for key, work in works.items()} == {"a": "Journal a", "b": "Journal b"}


@pytest.mark.parametrize(("encoding", "line"), [("cp1252", 2), ("latin-1", 2), ("utf-16", 1)])
def test_file_that_is_not_utf8_is_named_and_read_all_the_same(encoding: str, line: int) -> None:
    content = "@book{a,\n  title = {Café},\n}\n".encode(encoding)
    found = bibfile.read(content, "refs.bib")
    assert [str(problem) for problem in found.problems] == [
        f"refs.bib:{line}: C08 this file isn't UTF-8; save it as UTF-8."
    ]
    assert [entry.get("title") for entry in found.entries] == ["Café"]


def test_file_that_is_missing_is_one_problem(tmp_path: Path) -> None:
    found = library.read([tmp_path / "none.bib"], tmp_path)
    assert [str(problem) for problem in found.problems] == [
        "none.bib:1: C08 this file can't be read: No such file or directory."
    ]


def test_key_used_twice_is_reported_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text("@book{x, title = {One}}\n@book{x, title = {Two}}\n", encoding="utf-8")
    (tmp_path / "b.bib").write_text("\n@book{x, title = {Three}}\n@book{y, title = {One}}\n", encoding="utf-8")
    (tmp_path / "c.bib").write_text("@book{y, title = {One}}\n", encoding="utf-8")
    found = library.read(library.find(tmp_path), tmp_path)
    assert [str(problem) for problem in found.problems] == [
        'a.bib:2: C03 the key "x" is used already at line 1; merge the two or rename this one.',
        'b.bib:2: C03 the key "x" is used already at a.bib:1; merge the two or rename this one.',
        'c.bib:1: C03 the key "y" is used already at b.bib:3 with the same values; merge the two or rename this one.',
    ]
    assert found.entries["x"].get("title") == "One"


def test_keys_that_differ_only_in_case_are_two_works() -> None:
    found = read("@book{Smith, title = {One}}\n@book{smith, title = {Two}}\n@book{Doe, title = {Three}}")
    assert len(found.entries) == 3
    assert (found.real_key("Smith"), found.real_key("SMITH"), found.real_key("doe"), found.real_key("no")) == (
        "Smith", "", "Doe", "",
    )  # fmt: skip


def test_entry_takes_fields_from_another_file(tmp_path: Path) -> None:
    child = "@incollection{child, author = {A, B}, title = {Child}, crossref = {parent}}"
    (tmp_path / "a.bib").write_text(child, encoding="utf-8")
    (tmp_path / "b.bib").write_text(
        "@collection{parent, title = {Parent}, editor = {E, F}, xdata = {shared}}\n"
        "@xdata{shared, publisher = {Press}, date = {2001}}",
        encoding="utf-8",
    )
    found = library.read(library.find(tmp_path))
    assert "shared" not in found.entries  # it is no work, and can't be cited
    works, problems = convert.convert([found.entries["child"]], found, CACHE)
    assert problems == []
    assert works["child"]["issued"] == {"date-parts": [[2001]]}


def test_works_that_lean_on_each_other_in_a_ring_do_no_harm() -> None:
    found = read("@book{a, title = {A}, crossref = {b}}\n@book{b, title = {B}, crossref = {a}}\n@book{c, xref = {c}}")
    assert [entry.key for entry in convert.parents(found.entries["a"], found)] == ["b"]
    assert convert.parents(found.entries["c"], found) == []


def test_what_pandoc_cannot_read_is_found_among_many() -> None:
    keys = [f"k{index}" for index in range(30)]
    keys[7], keys[22] = "k|7", "k^22"
    found = read("\n".join(f"@book{{{key},\n  title = {{T}}}}" for key in keys))
    works, problems = convert.convert(list(found.entries.values()), found, Cache())
    assert sorted(set(keys) - set(works)) == ["k^22", "k|7"]
    assert [(problem.line, problem.code) for problem in sorted(problems)] == [(15, "C08"), (45, "C08")]
    assert problems[0].message.startswith('pandoc can\'t read "k|7": unexpected')


def test_unchanged_file_comes_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_bytes((DATA / "refs.bib").read_bytes() + b"\n@book{broken, title = {X} year = 2}\n")
    cache = Cache(tmp_path / "cache.json")
    first = library.read([bib], tmp_path, cache)
    cache.save()
    monkeypatch.setattr(bibfile, "read", None)
    assert library.read([bib], tmp_path, Cache(tmp_path / "cache.json")) == first


PIECES = st.sampled_from([
    "@", "@book{", "@book(", "@string{", "@comment{", "@comment", "{", "}", "(", ")", ",", "=", '"', "#", "%", "\n", " ", "\\",
    "a", "key,", "title", "title = ", "title = {X}", "year = 2000", "X", "é", "\x00", "\x1e", "\r", "@book{k,\n title = {T}\n}\n",
])  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join) | st.text())
def test_no_file_makes_the_reader_fail(text: str) -> None:
    found = bibfile.read(text.encode("utf-8", "surrogatepass"), "refs.bib")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in found.problems)
    assert all(1 <= entry.line <= lines and entry.key for entry in found.entries)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_fault_in_one_entry_never_hides_what_follows(text: str) -> None:
    follows = "\n@misc{afterwards,\n  title = {Here},\n}\n"
    found = bibfile.read(f"{text}{follows}".encode(), "refs.bib")
    # Unless the text before it makes a comment of it, or a value, which then must be complained of.
    known = [entry.key for entry in found.entries]
    assert "afterwards" in known or "@comment{" in text or "@comment(" in text
