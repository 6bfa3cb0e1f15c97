"""Formatting in families gives what one run of pandoc over all works would give: letters, names, references."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from claimbook.citations import formatting, pandoc, styles
from claimbook.citations.cache import Cache
from claimbook.citations.formatting import Formatter
from claimbook.citations.library import Library
from claimbook.citations.marks import Item, Mark
from claimbook.citations.styles import Style
from tests.citations.conftest import CACHE, read

# Names that look alike in some of their parts, spelled in every way that bibliographies know.
PEOPLE = [
    "Smith, John", "Smith, Jane", "John Smith", "Smith, J.", "SMITH, John", "Smith, Jr., John", "van Smith, John",
    r"M{\"u}ller, J{\"u}rgen", "Müller, Jürgen", "Muller, Jürgen", r"Fran{\c{c}}ois, A", r"Fran\c{c}ois, A", "François, B",
    r"{\O}rsted, H", "Ørsted, H", r"{\L}ukasz, A", "Łukasz, A", r"Gau{\ss}, C", "Gauß, C", "Gauss, C", "de la Cruz, María",
    "Cruz, María", "family=Smith, given=Ann", "Wang, Wei", "Wang, Fei", "Wang, Wei-Ling", "王伟", "Li", "{Li}",
    "{World Bank}", "{{World Bank}}", "{World Bank Group}", "{Ministry of Food and Agriculture}", "{UNESCO}", "UNESCO",
]  # fmt: skip
BODIES = ["World Bank", "{World Bank}", "UNESCO", "{Ministry of Food and Agriculture}", "Harbour Press"]
TITLES = ["Lists", "Scores", "The {NASA} Lists", r"Caf\'e", "Café", "lists", "“Lists”", "Lists and Scores"]
TYPES = ["book", "article", "online", "report", "incollection", "misc", "movie", "thesis", "proceedings", "collection"]
ROLES = ["author", "editor", "translator", "bookauthor", "director"]

names = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3).map(" and ".join)
people = st.one_of(
    names.map(lambda text: {"author": text}),
    names.map(lambda text: {"editor": text}),
    st.sampled_from(ROLES).flatmap(lambda role: names.map(lambda text: {role: text})),
    st.tuples(names, names).map(lambda pair: {"author": pair[0], "editor": pair[1]}),
    names.map(lambda text: {"author": f"{text} and others"}),
    st.sampled_from(BODIES).map(lambda text: {"publisher": text}),
    st.sampled_from(BODIES).map(lambda text: {"institution": text}),
    st.sampled_from(BODIES).map(lambda text: {"organization": text}),
    st.just({}),
)
works = st.fixed_dictionaries({
    "type": st.sampled_from(TYPES), "people": people,
    "title": st.sampled_from(TITLES) | st.integers(0, 999).map("Work {}".format),
    "date": st.sampled_from(["2019", "2020", "2020-05", ""]), "book": st.sampled_from(["", "Scores", "Lists"]),
})  # fmt: skip
CHICAGO = styles.load(author_date=True, cache=CACHE)


def corpus(drawn: list[dict[str, object]]) -> Library:
    """Return works with keys in an order of their own."""
    keys = [f"w{index:02d}" for index in range(len(drawn))]
    random.Random(len(keys)).shuffle(keys)
    entries = []
    for key, work in zip(keys, drawn, strict=True):
        fields = {"title": work["title"], "date": work["date"], "booktitle": work["book"], **work["people"]}
        values = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        entries.append(f"@{work['type']}{{{key},\n{values}}}")
    return read("\n".join(entries))


def marks_of(library: Library, seed: int) -> list[Mark]:
    """Return marks of every kind: alone, in pairs, with places, bare, without the author."""
    chance = random.Random(seed)
    keys = sorted(library.entries)
    single = [Mark((Item(key),)) for key in keys] + [Mark((Item(key),), narrative=True) for key in keys]
    pairs = [Mark((Item(chance.choice(keys), "see", ", p. 3"), Item(chance.choice(keys)))) for _ in keys]
    return [*single, *pairs, *(Mark((Item(key, suffix=", 12", author=False),)) for key in keys)]


def in_one_run(library: Library, marks: list[Mark], style: Style) -> tuple[dict[str, str], dict[Mark, str]]:
    """Return what pandoc makes of a document that cites all works in the order of their keys, and then all marks."""
    with tempfile.TemporaryDirectory() as name:
        bib, csl = Path(name, "all.bib"), Path(name, "style.csl")
        bib.write_text("\n".join(entry.raw for entry in library.entries.values()), encoding="utf-8")
        csl.write_text(style.text, encoding="utf-8")
        paragraphs = [_cite(Mark(tuple(Item(key) for key in sorted(library.entries)))), *map(_cite, marks)]
        document = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": paragraphs}
        command = ["--from=json", "--to=html", "--wrap=none", "--citeproc", f"--bibliography={bib}", f"--csl={csl}",
                   "--metadata=link-citations=true", "--metadata=link-bibliography=true"]  # fmt: skip
        html = pandoc.run(command, json.dumps(document))
    body, _, references = html.partition('<div id="refs"')
    lines = [formatting.clean(line.removeprefix("<p>").removesuffix("</p>")) for line in body.strip().split("\n")[1:]]
    return dict(formatting._references(references)), dict(zip(marks, lines, strict=True))


def _cite(mark: Mark) -> dict[str, object]:
    citations = [
        {"citationId": item.key, "citationPrefix": _words(item.prefix), "citationSuffix": _words(item.suffix),
         "citationMode": {"t": _mode(mark, item)}, "citationNoteNum": 0, "citationHash": 0}
        for item in mark.items
    ]  # fmt: skip
    return {"t": "Para", "c": [{"t": "Cite", "c": [citations, [{"t": "Str", "c": ""}]]}]}


def _mode(mark: Mark, item: Item) -> str:
    if mark.narrative:
        return "AuthorInText"
    return "NormalCitation" if item.author else "SuppressAuthor"


def _words(text: str) -> list[dict[str, str]]:
    found = [({"t": "Space"}, {"t": "Str", "c": word}) for word in text.split()]
    return [piece for pair in found for piece in pair][1:]


def differences(library: Library, style: Style, seed: int = 0) -> Iterator[str]:
    """Yield where families and one run disagree."""
    marks = list(dict.fromkeys(marks_of(library, seed)))
    ours = Formatter(library, style, Cache()).format(marks, library.entries)
    references, texts = in_one_run(library, marks, style)
    for key, text in references.items():
        if ours.references[key] != text:
            yield f"{key}: {ours.references[key]} is not {text}"
    for mark, text in texts.items():
        if ours.marks[mark] != text:
            yield f"{mark}: {ours.marks[mark]} is not {text}"


@settings(max_examples=12, deadline=None)
@given(st.lists(works, min_size=12, max_size=40), st.integers(0, 100))
def test_families_give_what_one_run_gives(drawn: list[dict[str, object]], seed: int) -> None:
    assert list(differences(corpus(drawn), CHICAGO, seed)) == []
