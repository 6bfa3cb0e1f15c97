"""Questions to the built site: each test's name is what holds for every page."""

from __future__ import annotations

import gzip
import posixpath
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest

from claimbook.citations.guard import RULES, check_site
from claimbook.citations.guard_page import Page, read_page, read_tag
from claimbook.citations.problems import Problem
from tests.conftest import ROOT, build

# Material gives both the site's own title.
NAMED_LIKE_THE_SITE = ("index.html", "404.html")
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(scope="module")
def problems(site: Path, base: str) -> list[Problem]:
    """Return what the guard finds, once for all questions."""
    return check_site(site, base)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Return the site's pages by path."""
    files = sorted(site.rglob("*.html"))
    return {file.relative_to(site).as_posix(): read_page(file.name, file.read_text(encoding="utf-8")) for file in files}


def of(codes: str, problems: list[Problem]) -> list[str]:
    """Return the problems with one of these codes, as they are printed."""
    return [str(problem) for problem in problems if problem.code in codes.split()]


def test_every_page_can_be_read_whole(problems: list[Problem]) -> None:
    assert of("G00", problems) == []


def test_no_citation_mark_is_left_raw(problems: list[Problem]) -> None:
    assert of("G01", problems) == []


def test_every_inside_link_and_fragment_resolves(problems: list[Problem]) -> None:
    assert of("G02 G03", problems) == []


def test_ids_are_unique_on_their_page(problems: list[Problem]) -> None:
    assert of("G04", problems) == []


def test_every_page_has_one_h1_and_skips_no_heading_level(problems: list[Problem]) -> None:
    assert of("G05 G06", problems) == []


def test_every_page_names_its_language(problems: list[Problem]) -> None:
    assert of("G07", problems) == []


def test_every_picture_has_an_alternative_text(problems: list[Problem]) -> None:
    assert of("G08", problems) == []


def test_nothing_is_loaded_from_another_host(problems: list[Problem]) -> None:
    assert of("G09", problems) == []


def test_every_mail_and_telephone_link_is_well_formed(problems: list[Problem]) -> None:
    assert of("G10", problems) == []


def test_every_page_has_a_title_of_its_own(problems: list[Problem], pages: dict[str, Page]) -> None:
    assert of("G11", problems) == []
    own = {path: page for path, page in pages.items() if path not in NAMED_LIKE_THE_SITE and not page.redirects}
    titles = Counter(page.titles[0] for page in own.values())
    assert [title for title, count in titles.items() if count > 1] == []


def test_no_rule_of_the_guard_is_left_unasked() -> None:
    asked = re.findall(r'of\("(G[^"]+)"', Path(__file__).read_text(encoding="utf-8"))
    assert sorted(code for codes in asked for code in codes.split()) == sorted(RULES)


def test_every_page_describes_itself(pages: dict[str, Page]) -> None:
    assert [path for path, page in pages.items() if not page.redirects and not description(page)] == []


def test_sitemap_lists_every_page_and_nothing_else(site: Path, base: str, pages: dict[str, Page]) -> None:
    expected = {address(path) for path, page in pages.items() if path != "404.html" and not page.redirects}
    assert sorted(places_in_sitemap(site, base)) == sorted(expected)


def test_compressed_sitemap_is_the_same(site: Path) -> None:
    assert gzip.decompress((site / "sitemap.xml.gz").read_bytes()) == (site / "sitemap.xml").read_bytes()


def test_missing_page_has_a_page_that_says_so(site: Path) -> None:
    assert (site / "404.html").is_file()


@pytest.mark.parametrize("place", ["essays/", "film/", "timeline/", "glossary/"])
def test_claims_and_what_touches_them_lead_to_each_other(pages: dict[str, Page], place: str) -> None:
    led = [(path, target) for path, page in pages.items() for target in targets(path, page)]
    there = {(path, target) for path, target in led if is_claim(path) and target.startswith(place)}
    back = {(target, path) for path, target in led if is_claim(target) and path.startswith(place)}
    assert there
    assert there == back


def test_every_claim_is_named_at_its_sources(pages: dict[str, Page]) -> None:
    parts = [path for path in pages if re.fullmatch(r"bibliography/\w+/index\.html", path)]
    assert {claim for claim in pages if is_claim(claim)} <= set().union(*(targets(path, pages[path]) for path in parts))


def test_two_builds_give_the_same_bytes(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if request.config.getoption("--site"):
        pytest.skip("a finished site was given, so that there is nothing to build")
    copy = tmp_path / "elsewhere" / "a copy"
    copy_working_tree(copy)
    build(ROOT, tmp_path / "one", TZ="UTC", PYTHONHASHSEED="0")
    # The second knows no other letters than ASCII, so that a file opened without saying its encoding shows.
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    build(copy, tmp_path / "two", TZ="Pacific/Kiritimati", PYTHONHASHSEED="4294967295", **ascii_only)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []


def is_claim(path: str) -> bool:
    """Whether a path is that of a claim's page."""
    return bool(re.fullmatch(r"claims/c-\d{4}/index\.html", path))


def targets(path: str, page: Page) -> set[str]:
    """Return the site's pages to which the article of a page leads; the navigation is left out."""
    start, end = page.text.find("<article"), page.text.find("</article>")
    inside = [urlsplit(link.url) for link in page.links if start < link.at < end]
    ways = [posixpath.join(posixpath.dirname(path), url.path) for url in inside if url.path and not url.netloc]
    return {posixpath.join(posixpath.normpath(way), "index.html") for way in ways if way.endswith("/")}


def description(page: Page) -> str:
    """Return what a page's meta description says."""
    tags = (read_tag("meta", raw).attributes for raw in re.findall(r"<meta\b([^>]*)>", page.text))
    return next((tag.get("content", "").strip() for tag in tags if tag.get("name") == "description"), "")


def address(path: str) -> str:
    """Return a page's address below the site's."""
    return quote(re.sub(r"(^|/)index\.html$", r"\1", path))


def places_in_sitemap(site: Path, base: str) -> Iterator[str]:
    """Yield the addresses in the sitemap, below the site's."""
    for location in ElementTree.parse(site / "sitemap.xml").iter(LOCATION):
        assert (location.text or "").startswith(base)
        yield urlsplit(location.text or "").path.removeprefix(urlsplit(base).path)


def copy_working_tree(target: Path) -> None:
    """Copy what a commit of everything would hold: no caches, nothing built."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("this is no git repository, so that nothing says which files belong to it")
    for name in filter(None, run.stdout.split("\0")):
        if (ROOT / name).is_file():  # a file may be deleted but not yet committed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of a folder's files by path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
