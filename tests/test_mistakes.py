"""The mistakes that a new contributor makes, what the check says of each, and the mend that its words call for.

`mistakes/expected.txt` is meant to be read as prose: can a newcomer mend each at once, from the message alone?
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from claimbook import checks
from claimbook.citations.problems import Problem

HERE = Path(__file__).parent / "mistakes"
ROOT = Path(__file__).parent.parent
PAGE = "docs/film/lamps.md"
CLAIM = "docs/claims/c-0001.md"
PRESS = "bibliography/press.bib"
LONG = " ".join(["word"] * 26)


@dataclass(frozen=True)
class Edit:
    """In a file, what stood there and what is written in its place; without `old`, a whole new file."""

    path: str
    old: str
    new: str

    def do(self, root: Path) -> None:
        file = root / self.path
        if not self.old:
            file.write_text(self.new, encoding="utf-8")
            return
        text = file.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, self
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Mistake:
    """What is done wrong, where (`at`, a line) and by which rule it is told, and what the message asks for."""

    name: str
    wrong: Edit
    code: str
    at: int
    mend: tuple[Edit, ...]


def slip(name: str, path: str, right: str, wrong: str, code: str, at: int, mended: str = "") -> Mistake:
    """Return a mistake in one place; its mend is what stood there before, or `mended`."""
    return Mistake(name, Edit(path, right, wrong), code, at, (Edit(path, wrong, mended or right),))


TWIN = """
@online{walker2022lamps,
  author = {Writer, Wes},
  title = {Other lamps},
  date = {2022},
  url = {https://example.org/other},
  langid = {english},
  keywords = {press},
  verification = {text},
  verificationdate = {2026-11},
}
"""
LAST = "  verification = {text},\n  verificationdate = {2026-11},\n}\n"
NEW_PAGE = "# Poles\n\nA pole carries a lamp [@walker2022lamps].\n"

MISTAKES = [
    slip("an unknown key", PAGE, "[@walker2022lamps]", "[@walker2022lamp]", "C01", 10),
    slip("a typo in a claim's finding", CLAIM, "finding: supported\nreasons", "finding: suported\nreasons", "R05", 14),
    slip("a missing locator", PAGE, "[@lee2020streets, p. 12]", "[@lee2020streets]", "C06", 10),
    slip("a tab in YAML", CLAIM, "  - source: town2021order", "\t- source: town2021order", "R01", 22),
    slip("a key used twice", PRESS, LAST, LAST + TWIN, "C03", 25, LAST + TWIN.replace("walker2022lamps", "writer2022lamps")),
    slip("an unclosed brace", PRESS, "title = {Lamps that see},", "title = {Lamps that see,", "C08", 16),
    slip(
        "a quotation too long", CLAIM, "    says: The Gazette", f'    quote: "{LONG}"\n    says: The Gazette', "R13", 21,
        f'    quote: "{LONG[:-5]}"\n    says: The Gazette',
    ),
    slip("an id apart from its file name", CLAIM, "id: c-0001", "id: c-0010", "R06", 2),
    Mistake(
        "a page in no menu", Edit("docs/film/poles.md", "", NEW_PAGE), "P11", 1,
        (Edit("mkdocs.yml", "      - film/lamps.md\n", "      - film/lamps.md\n      - film/poles.md\n"),),
    ),
    slip("an event with an impossible date", "docs/timeline/events.yml", '"2021-01-15"', '"2021-02-30"', "T01", 2),
    slip(
        "a term without a source", "docs/glossary/terms.yml",
        "A decision of the town.\n  sources: [town2021order]", "A decision of the town, in writing.", "W02", 4,
        "A decision of the town, in writing.\n  sources: [town2021order]",
    ),
    slip(
        "a number without a source", "docs/figures/two-lists.csv",
        "90,,,cameras,count,Portville,gazette2021count,", "90,,,cameras,count,Portville,,", "F03", 3,
    ),
    slip("a dead link", PAGE, "(../timeline/index.md)", "(../timeline.md)", "P04", 12),
]  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A small archive in which nothing is wrong."""
    shutil.copytree(HERE / "base", tmp_path, dirs_exist_ok=True)
    (tmp_path / "docs/method").mkdir(exist_ok=True)  # git keeps no empty folder
    shutil.copy(ROOT / "docs/method/vocabulary.yml", tmp_path / "docs/method/vocabulary.yml")
    (tmp_path / "bibliography/listing-runs.txt").write_text("# none\n", encoding="utf-8")
    return tmp_path


def complaints(root: Path) -> list[Problem]:
    return sorted(set(checks.run(checks.load(root))))


def test_nothing_is_wrong_before_the_mistakes(archive: Path) -> None:
    assert complaints(archive) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_once_at_its_line_and_mended_in_the_first_try(mistake: Mistake, archive: Path) -> None:
    mistake.wrong.do(archive)
    # An entry that can't be read is missed where it is cited; the message sends the reader to the fault itself.
    found = [problem for problem in complaints(archive) if "mend it there" not in problem.message]
    assert [(problem.path, problem.line, problem.code) for problem in found] == [
        (mistake.wrong.path, mistake.at, mistake.code)
    ]
    for mend in mistake.mend:
        mend.do(archive)
    assert complaints(archive) == []


def test_what_is_said_reads_as_help(
    archive: Path, tmp_path_factory: pytest.TempPathFactory, golden: Callable[[Path, str], None]
) -> None:
    said = []
    for number, mistake in enumerate(MISTAKES, 1):
        copy = tmp_path_factory.mktemp("one")
        shutil.copytree(archive, copy, dirs_exist_ok=True)
        mistake.wrong.do(copy)
        said.append(f"{number}. {mistake.name}\n" + "".join(f"{problem}\n" for problem in complaints(copy)))
    golden(HERE / "expected.txt", "\n".join(said))


def test_all_of_them_are_told_in_one_run(archive: Path) -> None:
    for mistake in MISTAKES:
        if mistake.name != "an unclosed brace":  # it hides the entry whose key is used twice
            mistake.wrong.do(archive)
    codes = {problem.code for problem in complaints(archive)}
    assert codes >= {mistake.code for mistake in MISTAKES} - {"C08"}
