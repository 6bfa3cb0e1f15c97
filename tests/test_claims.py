"""The ledger of claims: a folder of invented records per rule, the real records, and what is made of them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook import claims
from claimbook.citations import library
from claimbook.citations.library import Library
from claimbook.citations.problems import Problem
from claimbook.claims import RULES, checks, evidence, exports, fields, mended, records, vocabulary
from claimbook.claims.render import Renderer
from tests.conftest import ROOT

CASES = ROOT / "tests" / "claims"
FOLDERS = sorted(path for path in CASES.iterdir() if re.fullmatch(r"R\d\d", path.name))
REAL = sorted(path for path in (ROOT / "docs" / "claims").glob("c-*.md") if "." not in path.stem)
DAY = date(2026, 11, 23)
PLACE = exports.Place("The archive", "https://example.org/")


@cache
def invented() -> Library:
    return library.read([CASES / "sources.bib"])


@cache
def real() -> tuple[claims.Ledger, Library]:
    return claims.load(ROOT), library.read(library.find(ROOT / "bibliography"), ROOT)


@cache
def real_problems() -> tuple[Problem, ...]:
    return tuple(claims.check(*real(), claims.this_day()))


@cache
def words() -> dict[str, dict[str, vocabulary.Word]]:
    """Return the archive's words without stray parts, of which R38 has a test of its own."""
    lists = vocabulary.read(ROOT / "docs" / "method" / "vocabulary.yml")
    return {name: {key: replace(word, stray=()) for key, word in known.items()} for name, known in lists.items()}


def ledger(folder: Path) -> claims.Ledger:
    files = sorted((folder / "in").glob("*.md"))
    own = folder / "in" / "docs" / "method" / "vocabulary.yml"
    known = vocabulary.read(own) if own.is_file() else words()
    return records.load_from([path for path in files if path.stem.startswith("c-")], files, known, folder)


def problems(folder: Path) -> list[Problem]:
    return sorted(claims.check(ledger(folder), invented(), DAY))


def record(**changes: str) -> records.Claim:
    """Return a good record with some of its lines replaced."""
    text = (CASES / "R07" / "in" / "c-0001.md").read_text(encoding="utf-8")
    for name, value in changes.items():
        text, count = re.subn(rf"^{name}: .*$", f"{name}: {value}", text, count=1, flags=re.MULTILINE)
        if not count:
            text = text.replace("weight:", f"{name}: {value}\nweight:", 1)
    return records.parse(text, "docs/claims/c-0001.md")


# ------------------------------------------------------------------ rules


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_gets_the_expected_complaints(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", "".join(f"{problem}\n" for problem in problems(folder)))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_shows_its_own_rule_and_no_other(folder: Path) -> None:
    assert {problem.code for problem in problems(folder)} == {folder.name}


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(RULES)


@pytest.mark.parametrize("code", RULES)
def test_rule_is_one_sentence(code: str) -> None:
    assert RULES[code].endswith(".")
    assert "\n" not in RULES[code]


def test_ten_mistakes_are_told_in_one_run_each_at_its_line(golden: Callable[[Path, str], None]) -> None:
    folder = CASES / "ten-mistakes"
    found = problems(folder)
    assert len(found) == 10
    assert len({problem.code for problem in found}) == 10
    golden(folder / "expected.txt", "".join(f"{problem}\n" for problem in found))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_real_record_passes(path: Path) -> None:
    shown = path.relative_to(ROOT).as_posix()
    assert [str(problem) for problem in real_problems() if problem.path == shown] == []


def test_pages_name_claims_that_exist() -> None:
    assert [str(problem) for problem in real_problems() if not problem.path.startswith("docs/claims/c-")] == []


def test_complaints_have_a_line_of_the_file_and_one_line_of_words() -> None:
    for folder in [*FOLDERS, CASES / "ten-mistakes"]:
        for problem in problems(folder):
            path = folder / problem.path if problem.code != "R38" else folder / "in" / problem.path
            text = path.read_text(encoding="utf-8")
            assert 1 <= problem.line <= text.count("\n") + 1, problem
            assert "\n" not in problem.message
            assert problem.message[-1] in ".?", problem


# ------------------------------------------------------------------ reading


def test_values_stay_as_typed() -> None:
    text = '---\nat: 00:12:41\nno: no\nnumber: 0047\nday: 2026-11-22\nquoted: "yes"\n---\n'
    typed = fields.read(text).fields
    assert dict(typed) == {
        "at": "00:12:41", "no": "no", "number": "0047", "day": "2026-11-22", "quoted": "yes",
    }  # fmt: skip
    assert typed["number"].line == 4


def test_byte_order_mark_and_windows_line_ends_are_read() -> None:
    document = fields.read("\ufeff---\r\ntitle: x\r\n---\r\n\r\n## What is said\r\n")
    assert (document.faults, document.fields["title"], document.body_line) == ((), "x", 4)


PIECES = [
    "---\n", "---", "title: ", "  - source: ", "- ", "\t", '"', "'", ": ", "{", "}", "[", "]", "@", "*", "&",
    "!", "|", "%", "#", "\n", "x", "é", "中", "{--", "--}", "## What is said\n", "\0", "\ufeff",
    "\r\n", "...\n", "? ", "<<: ",
]  # fmt: skip


@given(text=st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text())
def test_no_text_makes_reading_or_checking_fail(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\n{text}"):
        claim = records.parse(whole, "docs/claims/c-0001.md")
        one = records.Ledger((claim,), words())
        lines = whole.count("\n") + 1
        assert all(1 <= problem.line <= lines for problem in claims.check(one, invented(), DAY))


def test_template_shows_every_field_but_those_of_an_ended_record() -> None:
    text = (ROOT / "docs" / "claims" / "template.md").read_text(encoding="utf-8")
    shown = set(fields.read(text).fields)
    assert shown <= set(records.FIELDS)
    assert set(records.FIELDS) - shown <= {"superseded_by", "supersedes"}


def test_template_names_only_known_words() -> None:
    text = (ROOT / "docs" / "claims" / "template.md").read_text(encoding="utf-8")
    claim = records.parse(text, "docs/claims/c-0000.md")
    found = claims.check(records.Ledger((claim,), words()), invented(), DAY)
    assert {problem.code for problem in found} & {"R01", "R02", "R03", "R04", "R05", "R28", "R37"} == set()


# ------------------------------------------------------------------ new claims


def small_archive(root: Path, *names: str) -> None:
    for folder in ("claims", "method"):
        (root / "docs" / folder).mkdir(parents=True)
    for path in ("docs/claims/template.md", "docs/method/vocabulary.yml"):
        (root / path).write_text((ROOT / path).read_text(encoding="utf-8"), encoding="utf-8")
    good = (CASES / "R07" / "in" / "c-0001.md").read_text(encoding="utf-8")
    for name in names:
        text = good.replace("id: c-0001", f"id: {name}")
        (root / "docs" / "claims" / f"{name}.md").write_text(text, encoding="utf-8")


def test_new_claim_takes_the_next_free_number(tmp_path: Path) -> None:
    small_archive(tmp_path, "c-0001", "c-0007")
    path = claims.new_claim(tmp_path)
    assert path == tmp_path / "docs" / "claims" / "c-0008.md"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("---\nid: c-0008\n")
    assert claims.load(tmp_path).by_id["c-0008"].id == "c-0008"


def test_number_that_another_record_names_is_not_given_again(tmp_path: Path) -> None:
    small_archive(tmp_path, "c-0001")
    page = tmp_path / "docs" / "essay.md"
    page.write_text("---\nclaims: [c-0012]\n---\n\n# Essay\n", encoding="utf-8")
    assert claims.new_claim(tmp_path).stem == "c-0013"


def test_first_claim_of_an_archive_is_number_one(tmp_path: Path) -> None:
    small_archive(tmp_path)
    assert claims.new_claim(tmp_path).stem == "c-0001"


def test_translation_beside_a_record_is_no_record(tmp_path: Path) -> None:
    small_archive(tmp_path, "c-0001")
    (tmp_path / "docs" / "claims" / "c-0001.fr.md").write_text("# Une traduction\n", encoding="utf-8")
    assert [claim.stem for claim in claims.load(tmp_path).claims] == ["c-0001"]


def test_listing_has_a_line_for_each_claim() -> None:
    lines = list(claims.listing(real()[0]))
    assert len(lines) == len(REAL)
    assert any(line.startswith("docs/claims/c-0002.md: S02: not-rated: ") for line in lines)


# ------------------------------------------------------------------ origins, standard, confidence


def test_origins_are_counted_and_not_sources() -> None:
    rows = record().evidence
    again = [*rows, rows[0]]
    assert len(evidence.origins(again)) == 2


def test_authority_reaches_the_standard_alone() -> None:
    claim = record(authority="gazette2021count")
    assert evidence.reaches_standard(claim, "supports")
    assert not evidence.reaches_standard(claim, "contradicts")


def confidence_of(name: str, file: str) -> evidence.Confidence | None:
    return claims.confidence(ledger(CASES / name).by_id[file], invented())


def test_confidence_is_high_where_two_origins_agree_and_one_is_official_and_read() -> None:
    found = confidence_of("R07", "c-0001")
    assert found.level == "high"
    assert found.why == (
        "Two origins affirm it, and one of them was read in full in an official, primary or scholarly source."
    )


def test_confidence_is_not_high_where_an_origin_speaks_against() -> None:
    assert confidence_of("R20", "c-0001").level == "medium"


def test_confidence_is_medium_for_an_authority_alone() -> None:
    assert confidence_of("R18", "c-0003").level == "medium"


def test_confidence_is_low_for_one_origin_and_says_so() -> None:
    found = confidence_of("R18", "c-0001")
    assert (found.level, found.why) == ("low", "All that affirms it goes back to one origin.")


def test_what_is_not_rated_has_no_confidence() -> None:
    assert confidence_of("R12", "c-0002") is None


def test_confidence_of_every_real_claim_is_explained_in_one_sentence() -> None:
    book, sources = real()
    for claim in book.claims:
        found = claims.confidence(claim, sources)
        assert (found is None) == (claim.finding == "not-rated")
        assert found is None or (found.level in book.vocabulary["confidence"] and found.why.endswith("."))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two", 2),
        ("it's well-known", 2),
        ("1,000 people", 2),
        ("中文词典", 2),
        ("中文词", 2),
        ("« oui »", 1),
    ],
)
def test_words_of_a_quotation_are_counted(text: str, count: int) -> None:
    assert evidence.words(text) == count


# ------------------------------------------------------------------ the mended sentence


def test_mended_sentence_reads_as_before_and_after() -> None:
    text = "A {--says--} {++said++} b{++, in 2019++}"
    assert (mended.before(text), mended.after(text)) == ("A says b", "A said b, in 2019")


WORDS = st.text(alphabet="ab é,.", min_size=1, max_size=6).filter(str.strip)


@given(st.lists(st.tuples(st.sampled_from(["kept", "out", "put"]), WORDS), max_size=8))
def test_well_formed_marks_have_no_faults(parts: list[tuple[str, str]]) -> None:
    marks = {"kept": "{}", "out": "{{--{}--}}", "put": "{{++{}++}}"}
    text = "".join(marks[kind].format(piece) for kind, piece in parts)
    unchanged = all(kind == "kept" for kind, _ in parts)
    assert bool(mended.faults(text)) == unchanged


# ------------------------------------------------------------------ exports


def exported() -> dict[str, Any]:
    return json.loads(exports.as_json(*real(), PLACE, DAY))


def test_export_gives_back_every_record_as_typed() -> None:
    book = real()[0]
    found = {entry["record"]["id"]: entry for entry in exported()["claims"]}
    assert sorted(found) == sorted(claim.stem for claim in book.claims)
    for claim in book.claims:
        assert found[claim.stem]["record"] == records.plain(claim.fields)
        assert found[claim.stem]["sections"] == {str(part.heading): part.text for part in claim.sections}


def test_export_can_be_written_as_a_record_again() -> None:
    for entry in exported()["claims"]:
        head = json.dumps(entry["record"], ensure_ascii=False)
        body = "".join(f"## {name}\n\n{text}\n\n" for name, text in entry["sections"].items())
        claim = records.parse(f"---\n{head}\n---\n\n{body}", f"docs/claims/{entry['record']['id']}.md")
        assert claim.faults == ()
        assert records.plain(claim.fields) == entry["record"]
        assert {str(part.heading): part.text for part in claim.sections} == entry["sections"]


def test_export_fits_its_schema() -> None:
    assert list(faults(exported(), schema(), schema())) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole.pop("edition"),
        lambda whole: whole.update(edition="yesterday"),
        lambda whole: whole["claims"][0]["record"].update(finding="true"),
        lambda whole: whole["claims"][0]["record"].update(score=5),
        lambda whole: whole["claims"][0]["record"].update(reasons=["outdated"] * 4),
        lambda whole: whole["claims"][0]["record"]["said"].clear(),
        lambda whole: whole["claims"][0]["computed"].update(sources="three"),
        lambda whole: whole["claims"][0]["computed"].update(confidence={"level": "certain", "why": "x"}),
        lambda whole: whole["claims"][0]["sections"].pop("What is said"),
    ],
)
def test_schema_refuses_a_damaged_export(damage: Callable[[dict[str, Any]], object]) -> None:
    whole = exported()
    damage(whole)
    assert list(faults(whole, schema(), schema())) != []


def schema() -> dict[str, Any]:
    return json.loads(exports.SCHEMA.read_text(encoding="utf-8"))


def test_schema_has_the_words_of_the_vocabulary() -> None:
    defined = schema()["$defs"]
    for name in (
        "status",
        "in_film",
        "finding",
        "reasons",
        "bears",
        "owner",
        "about",
        "weight",
        "confidence",
    ):
        assert defined[name]["enum"] == list(words()[name]), name


def test_schema_has_the_fields_of_a_record() -> None:
    defined = schema()["$defs"]
    wanted = {
        "record": records.FIELDS,
        "said": records.SAID,
        "evidence": records.EVIDENCE,
        "change": records.CHANGE,
    }
    for name, known in wanted.items():
        assert set(defined[name]["properties"]) == set(known), name
        assert set(defined[name]["required"]) == {key for key, field in known.items() if field.needed}, name


def test_schema_uses_only_what_the_test_understands() -> None:
    keywords = {key for part in _schemas(schema()) for key in part}
    assert keywords <= UNDERSTOOD


UNDERSTOOD = {
    "$schema", "$defs", "$ref", "title", "description", "type", "enum", "required", "properties", "items",
    "additionalProperties", "minItems", "maxItems", "minLength", "pattern", "minimum",
}  # fmt: skip
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "null": type(None),
}  # fmt: skip


def _schemas(part: Any) -> Iterator[dict[str, Any]]:
    yield part
    for inner in [*part.get("properties", {}).values(), *part.get("$defs", {}).values()]:
        yield from _schemas(inner)
    if "items" in part:
        yield from _schemas(part["items"])


def faults(value: Any, part: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    """Yield what doesn't fit, for the keywords of JSON Schema that ours uses."""
    if "$ref" in part:
        yield from faults(value, whole["$defs"][part["$ref"].rpartition("/")[2]], whole)
    kinds = part.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, TYPES[kind]) for kind in kinds):
        yield f"{value!r} is no {kinds}"
        return
    if "enum" in part and value not in part["enum"]:
        yield f"{value!r} is not allowed"
    well_formed = not isinstance(value, str) or re.search(part.get("pattern", ""), value)
    if not well_formed or (isinstance(value, str) and len(value) < part.get("minLength", 0)):
        yield f"{value!r} is not well formed"
    if isinstance(value, int) and value < part.get("minimum", value):
        yield f"{value} is too small"
    if isinstance(value, list):
        if not part.get("minItems", 0) <= len(value) <= part.get("maxItems", len(value)):
            yield f"{len(value)} items"
        for item in value:
            yield from faults(item, part.get("items", {}), whole)
    if isinstance(value, dict):
        known = part.get("properties", {})
        yield from (f"{name} is missing" for name in part.get("required", ()) if name not in value)
        for name, inner in value.items():
            if name in known:
                yield from faults(inner, known[name], whole)
            elif part.get("additionalProperties") is False:
                yield f"{name} is unknown"


def test_table_has_a_line_for_each_claim_and_says_what_the_record_says() -> None:
    book, sources = real()
    rows = list(csv.DictReader(io.StringIO(exports.as_csv(book, sources, PLACE))))
    assert tuple(rows[0]) == exports.COLUMNS
    for row in rows:
        claim = book.by_id[row["id"]]
        assert (row["title"], row["finding"], row["owner"]) == (claim.title, claim.finding, claim.owner)
        assert row["reasons"].split("; ") == list(claim.reasons) or not claim.reasons
        assert row["url"] == f"https://example.org/claims/{claim.stem}/"


def test_cell_that_a_spreadsheet_would_calculate_is_text() -> None:
    book = records.Ledger((record(title="'=1+1'"),), words())
    (row,) = csv.DictReader(io.StringIO(exports.as_csv(book, invented(), PLACE)))
    assert row["title"] == "'=1+1"


def test_review_gives_the_finding_in_words_and_no_number() -> None:
    book = ledger(CASES / "R07")
    review = exports.review(book.by_id["c-0001"], book, invented(), PLACE)
    assert review["@type"] == "ClaimReview"
    assert review["reviewRating"]["alternateName"] == "Supported"
    assert not set(review["reviewRating"]) & {"ratingValue", "bestRating", "worstRating"}
    assert review["claimReviewed"] == "Portville has one camera for nine people"
    assert review["datePublished"] == "2026-11-22"
    assert review["itemReviewed"]["appearance"] == [
        {
            "@type": "CreativeWork",
            "name": "Portville's cameras",
            "url": "https://example.org/herald",
            "datePublished": "2021-03-02",
        }
    ]
    # Google's fact-check tools would read a name here as the place where the claim was made.
    assert "name" not in review["itemReviewed"]


def test_no_title_closes_the_script_element() -> None:
    review = exports.review(record(title='"</script><b>"'), ledger(CASES / "R07"), invented(), PLACE)
    assert "<" not in exports.script(review)
    assert json.loads(exports.script(review))["claimReviewed"] == "</script><b>"


def test_earlier_findings_are_told() -> None:
    book = ledger(CASES / "R30")
    assert exports.previous_findings(book.by_id["c-0001"]) == ["mixed"]


# ------------------------------------------------------------------ pages


def renderer(book: claims.Ledger, sources: Library) -> Renderer:
    return Renderer([ROOT / "overrides" / "claims"], book, sources, PLACE, DAY)


def link(path: str) -> str:
    return f"/{path}"


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_page_has_the_marks_before_the_prose_and_cites_every_source(path: Path) -> None:
    book, sources = real()
    claim = book.by_id[path.stem]
    page = renderer(book, sources).claim_page(claim, link)
    marks = [page.index(words) for words in ("# ", "In the film?", "Is it so?", "## What is said")]
    assert marks == sorted(marks)
    assert page.count("\n# ") == 0
    assert page.startswith(f"# {claim.title}".replace("'", "&#39;").replace('"', "&#34;"))
    for row in claim.evidence:
        assert f"[@{row.source}" in page
    for section in claim.sections:
        assert section.text in page
    assert re.search(r"\d+ sources?, <strong>\d+ origins?</strong>", page) or not claim.evidence


def test_findings_are_told_in_words_beside_a_hidden_shape() -> None:
    page = renderer(*real()).claim_page(real()[0].by_id["c-0014"], link)
    assert '<span class="claim-finding-word">Not established</span>' in page
    assert all('aria-hidden="true"' in svg for svg in re.findall(r"<svg[^>]*>", page))


def test_every_finding_has_a_shape_of_its_own() -> None:
    shapes = [word.shape for word in words()["finding"].values()]
    assert len(set(shapes)) == len(shapes) == 7
    template = renderer(*real())._environment.get_template("marks.html").module
    assert len({str(template.shape(name)) for name in shapes}) == 7


def test_changes_of_a_sentence_are_spoken() -> None:
    page = renderer(*real()).claim_page(real()[0].by_id["c-0014"], link)
    assert '<del><span class="spoken">(taken out:) </span>has<span class="spoken"> (end)</span></del>' in page


def test_changed_finding_stands_at_the_top_of_its_page() -> None:
    claim = ledger(CASES / "R30").by_id["c-0001"]
    page = renderer(ledger(CASES / "R30"), invented()).claim_page(claim, link)
    assert page.index("Finding changed on 19 November 2026") < page.index("claim-card")


def test_second_reading_on_the_same_day_is_no_correction() -> None:
    text = (CASES / "R30" / "in" / "c-0001.md").read_text(encoding="utf-8").replace("11-19", "11-20")
    claim = records.parse(text, "docs/claims/c-0001.md")
    page = renderer(records.Ledger((claim,), words()), invented()).claim_page(claim, link)
    assert "Finding changed" not in page
    assert "Weighed again." in page


def test_overdue_claim_says_so() -> None:
    claim = record(next_check='"2026-11-01"')
    page = renderer(records.Ledger((claim,), words()), invented()).claim_page(claim, link)
    assert "<strong>Overdue.</strong>" in page


def test_withdrawn_claim_keeps_its_page_and_says_why() -> None:
    book = ledger(CASES / "R32")
    page = renderer(book, invented()).claim_page(book.by_id["c-0001"], link)
    assert "<strong>Withdrawn.</strong> First weighed." in page


def test_page_lists_the_pages_that_touch_its_claim_and_they_list_it() -> None:
    book = ledger(CASES / "R36")
    mention = records.Mention("docs/essays/one.md", "An essay", book.mentions[0].claims)
    book = records.Ledger(book.claims, book.vocabulary, (mention,))
    page = renderer(book, invented()).claim_page(book.by_id["c-0001"], link)
    assert '<a href="/essays/one.md">An essay</a>' in page
    assert 'href="/claims/c-0001.md"' in renderer(book, invented()).touched("essays/one.md", link)
    assert renderer(book, invented()).touched("essays/other.md", link) == ""


PAGES = [
    *sorted((ROOT / "docs" / "claims").glob("[!ct]*.md")),
    ROOT / "docs" / "claims" / "camera-family-tree.md",
    ROOT / "docs" / "claims" / "corrections.md",
    ROOT / "docs" / "claims" / "coverage.md",
    ROOT / "docs" / "method" / "how-findings-are-reached.md",
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_markers_of_a_page_are_filled(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    filled = renderer(*real()).fill(text, path.parent, link)
    assert "<!-- claims:" in text
    assert "<!-- claims:" not in filled
    assert "Undefined" not in filled


def test_marker_that_nothing_answers_is_told() -> None:
    with pytest.raises(ValueError, match='no block of claims is called "ledgr"; there are: at-a-glance,'):
        renderer(*real()).fill("<!-- claims: ledgr -->\n", ROOT, link)


def test_ledger_has_a_row_for_every_claim() -> None:
    book, sources = real()
    html = renderer(book, sources).fill("<!-- claims: ledger -->", ROOT, link)
    assert html.count('<td class="ledger-id">') == len(book.claims)


def test_walk_names_each_statement_once_in_the_order_of_the_listing() -> None:
    parts = records.plain(fields.read_yaml((ROOT / "docs/claims/listing-walk.yml").read_text(encoding="utf-8"))[0])
    named = [name for part in parts for sentence in part["sentences"] for name in sentence["statements"]]
    # The headline comes before the programme line, which was counted first.
    assert named == ["S02", "S01", *list(records.statements())[2:]]


def test_family_tree_stands_on_known_sources_and_on_itself() -> None:
    figures = records.plain(fields.read_yaml((ROOT / "docs/claims/camera-family-tree.yml").read_text("utf-8"))[0])
    for figure in figures:
        names = [step["id"] for step in figure["steps"]]
        assert len(set(names)) == len(names)
        assert all(name in real()[0].by_id for name in figure["claims"])
        for step in figure["steps"]:
            assert step.get("from", names[0]) in names
            assert step["how"] in ("count", "names", "silent", "inferred")
            assert (step["how"] == "count") or "from" in step
            assert step["sources"]
            assert all(key in real()[1] for key in step["sources"]), step


def test_family_tree_shows_every_step_once_in_its_table() -> None:
    html = renderer(*real()).fill("<!-- claims: camera-family-tree -->", ROOT / "docs" / "claims", link)
    text = (ROOT / "docs/claims/camera-family-tree.yml").read_text("utf-8")
    figures = records.plain(fields.read_yaml(text)[0])
    assert html.count('<td markdown="span">[@') == sum(len(figure["steps"]) for figure in figures)


def test_front_page_takes_its_numbers_from_the_records() -> None:
    ledger, sources = real()
    html = renderer(ledger, sources).fill("<!-- claims: found -->", ROOT / "docs", link)
    listed = [claim for claim in ledger.claims if claim.statement]
    shown = dict(re.findall(r'\?finding=([^"]+)">[^<]+</a></th><td class="found-number">(\d+)<', html))
    labels = {quote(ledger.vocabulary["finding"][claim.finding].label) for claim in listed}
    assert set(shown) == labels
    assert sum(map(int, shown.values())) == len(listed)
    assert f"are {len(listed)} claims" in html
    assert f"{sum(len(claim.evidence) for claim in ledger.claims)} rows of evidence" in html


# ------------------------------------------------------------------ what the package leans on


def test_package_knows_no_site_generator() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import claimbook.claims, claimbook.claims.render"
    code += "; print([name for name in sys.modules if name.split('.')[0] in ('mkdocs', 'material')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_day_of_a_build_is_that_of_its_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1640995200")
    assert checks.build_day() == date(2022, 1, 1)
    assert checks.this_day() > date(2022, 1, 1)


# ------------------------------------------------------------------ the ledger in a browser


@pytest.mark.browser
def test_ledger_is_filtered_and_sorted(server: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{server}claims/?finding=Disputed")
    rows = page.locator(".ledger-table tbody tr:visible")
    disputed = sum(claim.finding == "disputed" for claim in real()[0].claims)
    assert rows.count() == disputed
    assert page.inner_text(".ledger-count") == f"{disputed} of {len(REAL)} claims"
    page.click(".ledger-filter button[type=reset]")
    page.wait_for_function(f"document.querySelector('.ledger-count').value.startsWith('{len(REAL)} ')")
    page.click(".ledger-table th >> text=Claim")
    assert rows.first.inner_text().startswith("c-0001")
    page.click(".ledger-table th >> text=Claim")
    assert page.get_attribute(".ledger-table thead th", "aria-sort") == "descending"
    page.close()


@pytest.mark.browser
def test_ledger_is_whole_without_scripts(server: str, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}claims/")
    assert page.locator(".ledger-table tbody tr:visible").count() == len(REAL)
    assert not page.locator(".ledger-filter").is_visible()
    context.close()
