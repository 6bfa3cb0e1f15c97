"""Downloads that other programs read back: the same keys, titles, names, dates and addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import pytest

from claimbook.citations import coins, exports, pandoc
from claimbook.citations.convert import convert
from claimbook.citations.library import Library
from tests.citations.conftest import CACHE, DATA, read

MORE = r"""
@string{press = "Harbour Press"}
@xdata{shared, publisher = press, location = {Paris}}
@book{names, author = {de la Cruz, María and Smith, Jr., John and {World Bank} and {Ministry of Food, Office of Lists} and Plato
  and others}, title = {The {NASA} Story: \emph{A Life} of H\textsubscript{2}O \& 50\% <more>}, date = {2019-05-06}, xdata = {shared}}
@article{range, author = {M{\"u}ller, J{\"u}rgen}, title = {A -- B --- C ``q'' 'r'}, journaltitle = {Journal}, date = {2019/2020},
  doi = {10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2}, url = {https://example.org/~x?a=1&b=2\#c}}
@online{month, author = {{UNESCO}}, title = {{中文} title}, url = {https://example.org/%20a_b}, date = {2020-03}, langid = {french}}
@report{circa, institution = {OECD}, title = {Report}, date = {2020~}, type = {techreport}, number = {7}}
@dataset{season, author = {D, S}, title = {Dataset}, date = {2020-21}}
@thesis{thesis, author = {T, H}, title = {Thesis}, type = {phdthesis}, institution = {University}, date = {2010-12}}
@misc{undated, title = {Undated}, abstract = {one

two  - three}, note = {line
ER  - two}}
@online{site, author = {{World Bank Group}}, title = {A page}, publisher = {The Site}, url = {https://example.org/}, date = {2021}}
@inproceedings{talk, author = {T, H}, title = {A talk}, booktitle = {Proceedings of Lists}, location = {Lyon}, date = {2018}}
@legislation{law, title = {Law}, date = {2018}, number = {3}}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return read(
        (DATA / "refs.bib").read_text(encoding="utf-8") + (DATA / "zotero.bib").read_text(encoding="utf-8") + MORE
    )


@pytest.fixture(scope="module")
def works(library: Library) -> Mapping[str, Any]:
    found, problems = convert(list(library.entries.values()), library, CACHE)
    assert problems == []
    return found


@pytest.fixture(scope="module")
def files(library: Library, works: Mapping[str, Any]) -> dict[str, str]:
    return exports.downloads(library, works)


@pytest.fixture(scope="module")
def read_back(files: dict[str, str]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """What pandoc reads in each file, by key."""
    formats = {"references.bib": "biblatex", "references.json": "csljson", "references.ris": "ris"}
    texts = {name: pandoc.run([f"--from={kind}", "--to=csljson"], files[name]) for name, kind in formats.items()}
    return {name: {work["id"]: work for work in json.loads(text)} for name, text in texts.items()}


FILES = ["references.bib", "references.json", "references.ris"]


@pytest.mark.parametrize("name", FILES)
def test_every_work_is_there(name: str, read_back: dict[str, dict[str, Any]], library: Library) -> None:
    assert sorted(read_back[name]) == sorted(library.entries)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("value", ["title", "names", "dates", "DOI", "URL", "container-title", "volume", "page"])
def test_value_is_read_back(
    name: str, value: str, read_back: dict[str, dict[str, Any]], works: Mapping[str, Any]
) -> None:
    ask = {"names": _names, "dates": _dates, "container-title": _inside}.get(
        value, lambda work: _plain(work.get(value, ""))
    )
    assert {key: ask(work) for key, work in read_back[name].items()} == {key: ask(work) for key, work in works.items()}


def _plain(text: object) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", str(text)).split()).replace("–", "-")


def _inside(work: Mapping[str, Any]) -> str:
    """Return what a work stands in; of a web page its site, which RIS has no other name for."""
    site = work.get("publisher", "") if work.get("type") == "webpage" else ""
    return _plain(work.get("container-title") or site)


def _names(work: Mapping[str, Any]) -> list[str]:
    """Return the words of each name in an order that says nothing of which program splits it how; a film's director is
    its author in RIS."""
    people = [person for role in ("author", "director", "editor") for person in work.get(role, ())]
    names = [" ".join(str(part).strip(", ") for part in person.values()) for person in people]
    return [" ".join(sorted(re.findall(r"[^\s,]+", name))) for name in names if name != "others"]


def _dates(work: Mapping[str, Any]) -> list[str]:
    return [date[:4] if work["id"] == "season" else date for date in coins.iso_dates(work)]


def test_json_is_as_the_schema_asks(files: dict[str, str]) -> None:
    works = {work["id"]: work for work in json.loads(files["references.json"])}
    assert all(work["type"] for work in works.values())
    assert works["undated"]["type"] == "document"
    assert len(works["names"]["author"]) == 5
    assert works["season"]["issued"] == {"date-parts": [[2020]], "season": 1}
    assert [work["id"] for work in json.loads(files["references.json"])] == sorted(works)


def _records(ris: str) -> Iterator[list[tuple[str, str]]]:
    for record in ris.split("ER  - \n")[:-1]:
        yield [(line[:2], line[6:]) for line in record.strip("\n").split("\n")]


def test_ris_has_one_tag_a_line_and_nothing_else(files: dict[str, str], works: Mapping[str, Any]) -> None:
    records = list(_records(files["references.ris"]))
    assert len(records) == len(works)
    for line in files["references.ris"].split("\n"):
        assert re.fullmatch(r"(?:[A-Z][A-Z0-9]  - .*)?", line)
    assert all(record[0][0] == "TY" for record in records)


def test_ris_says_what_zotero_looks_for(files: dict[str, str]) -> None:
    records = {dict(record)["ID"]: record for record in _records(files["references.ris"])}
    names = [value for tag, value in records["names"] if tag == "AU"]
    # A comma at the end: one whole name, not "Bank, World". Zotero knows no suffixes.
    assert names == [
        "Cruz, María de la",
        "Smith, John Jr.",
        "World Bank,",
        "Ministry of Food, Office of Lists",
        "Plato",
    ]
    assert ("DA", "2019/05/06/") in records["names"]
    assert ("DA", "2019///") in records["range"]
    assert ("T2", "Journal of Ledgers") in records["doe:2019"]
    assert ("ED", "World Bank,") in records["Chapter2001"]
    assert [value for tag, value in records["doe:2019"] if tag in ("SP", "EP")] == ["1", "20"]
    assert ("AU", "Le Belzic, Sébastien") in records["film2021"]
    assert ("TY", "MPCT") in records["film2021"]
    assert ("T2", "The Site") in records["site"]
    assert ("SN", "7") in records["circa"]
    assert {("C3", "Proceedings of lists"), ("C1", "Lyon")} <= set(records["talk"])
    assert [value for tag, value in records["chorzempa_chinas_2018"] if tag == "KW"][:2] == ["china", "social credit"]


def test_bibtex_stands_alone(files: dict[str, str], library: Library) -> None:
    again = read(files["references.bib"])
    assert again.problems == ()
    assert {key: dict(entry.fields) for key, entry in again.entries.items()} == {
        key: dict(entry.fields) for key, entry in library.entries.items()
    }
    assert "@string" not in files["references.bib"]


def test_files_are_the_same_each_time(files: dict[str, str], library: Library, works: Mapping[str, Any]) -> None:
    turned = Library(dict(reversed(library.entries.items())), shared=library.shared)
    assert exports.downloads(turned, dict(reversed(works.items()))) == files


# ------------------------------------------------------------------ COinS

REQUIRED = {"ctx_ver", "rft_val_fmt"}


def test_coins_say_who_what_and_when(works: Mapping[str, Any]) -> None:
    for key, work in works.items():
        pairs = parse_qsl(coins.coins(work), strict_parsing=True)
        names = {name for name, _ in pairs}
        assert names >= REQUIRED, key
        assert names & {"rft.title", "rft.atitle", "rft.btitle"}, key
        assert ("rft.date" in names) == bool(coins.iso_dates(work)), key


def test_coins_of_an_article(works: Mapping[str, Any]) -> None:
    pairs = parse_qsl(coins.coins(works["doe:2019"]))
    assert ("rft.jtitle", "Journal of Ledgers") in pairs
    assert ("rft_id", "info:doi/10.1000/ab_c") in pairs
    assert [value for name, value in pairs if name == "rft.au"] == ["Doe, Jane", "Roe, Rick"]


def test_coins_of_a_film_name_its_director(works: Mapping[str, Any]) -> None:
    assert ("rft.creator", "Le Belzic, Sébastien") in parse_qsl(coins.coins(works["film2021"]))


def test_coins_keep_names_whole_and_the_site_of_a_page(works: Mapping[str, Any]) -> None:
    page = parse_qsl(coins.coins(works["site"]))
    assert ("rft.creator", "World Bank Group,") in page
    assert ("rft.source", "The Site") in page
    assert ("rft_id", "https://example.org/") in page


def test_coins_of_a_thesis_and_of_a_talk(works: Mapping[str, Any]) -> None:
    thesis, talk = (dict(parse_qsl(coins.coins(works[key]))) for key in ("thesis", "talk"))
    assert (thesis["rft.title"], thesis["rft.inst"]) == ("Thesis", "University")
    assert (talk["rft.atitle"], talk["rft.btitle"]) == ("A talk", "Proceedings of lists")


def test_coins_name_nobody_called_others(works: Mapping[str, Any]) -> None:
    people = [value for name, value in parse_qsl(coins.coins(works["names"])) if name == "rft.au"]
    assert people[-1] == "Plato"
