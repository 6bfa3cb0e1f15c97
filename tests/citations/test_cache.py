"""Results are kept between builds, found again only for exactly what they were made from, and never do harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import socket
from urllib.request import urlopen

import pytest

from claimbook.citations import cache as caches
from claimbook.citations import pandoc
from claimbook.citations.cache import Cache
from tests.citations.conftest import DATA, Built, build_here, write_site
from tests.citations.htmls import text_of

PAGES = {
    "index.md": "# A\n\n[@smith2020, p. 1] and @doe:2019.\n",
    "all.md": "# All\n\n\\full_bibliography\n",
    "style.csl": (DATA / "author-date.csl").read_text(encoding="utf-8"),
    "refs.bib": (DATA / "refs.bib").read_text(encoding="utf-8"),
}
OPTIONS = {"bib_file": "refs.bib", "csl_file": "style.csl", "downloads": "downloads"}
Site = Callable[[], Built]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Build a small site, again and again."""
    config = write_site(tmp_path, PAGES, OPTIONS)
    return lambda: build_here(config)


def no_pandoc(*_: object) -> str:
    raise AssertionError("pandoc was started")


def contents(built: Built) -> dict[str, bytes]:
    """Return every file of a built site but those that hold the time of the build."""
    files = (path for path in built.folder.rglob("*") if path.is_file() and not path.name.startswith("sitemap"))
    return {path.relative_to(built.folder).as_posix(): path.read_bytes() for path in files}


def test_second_build_starts_no_pandoc_and_gives_the_same_bytes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first = contents(site())
    monkeypatch.setattr(pandoc, "run", no_pandoc)
    monkeypatch.setattr(pandoc, "run_each", lambda arguments, texts: [no_pandoc() for _ in texts])
    built = site()
    assert built.code == 0
    # MkDocs writes the time of the build into the front page.
    second = {name: text for name, text in contents(built).items() if name != "index.html"}
    assert second == {name: text for name, text in first.items() if name != "index.html"}


@pytest.mark.parametrize("style", ["author-date.csl", "note.csl", "numeric.csl", ""])
def test_second_build_starts_no_pandoc_in_any_style(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    csl = {"style.csl": (DATA / style).read_text(encoding="utf-8")} if style else {}
    options = {"bib_file": "refs.bib"} | ({"csl_file": "style.csl"} if style else {})
    config = write_site(tmp_path, PAGES | csl, options)
    build_here(config)
    monkeypatch.setattr(pandoc, "run", no_pandoc)
    monkeypatch.setattr(pandoc, "run_each", lambda arguments, texts: [no_pandoc() for _ in texts])
    assert build_here(config).code == 0


def test_only_what_changed_is_formatted_again(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site()
    given: list[str] = []
    run = pandoc.run
    monkeypatch.setattr(pandoc, "run", lambda arguments, text="": given.append(text) or run(arguments, text))
    (tmp_path / "docs" / "index.md").write_text("# A\n\n[@smith2020, p. 2].\n", encoding="utf-8")
    assert "(Smith 2020a, p. 2)" in text_of(site().article())
    (text,) = given
    (job,) = json.loads(text)["jobs"]
    assert (job["keys"], len(job["marks"])) == (["smith2020", "smith2020b"], 1)


HOOKS = """
from mkdocs.plugins import event_priority

@event_priority(50)
def on_files(files, config):
    config.plugins["citations"].made_later = ["[@law2018, art. 9]"]

@event_priority(50)
def on_page_markdown(markdown, **_):
    return markdown.replace("LATER", "[@law2018, art. 9]")
"""


def test_what_another_plugin_writes_is_formatted_with_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = PAGES | {"index.md": "# A\n\n[@smith2020, p. 1] LATER\n", "hooks.py": HOOKS}
    config = write_site(tmp_path, pages, {"bib_file": "refs.bib", "csl_file": "style.csl"}, hooks=["hooks.py"])
    started: list[str] = []
    run_each = pandoc.run_each
    monkeypatch.setattr(pandoc, "run_each", lambda how, texts: started.append(how[0]) or run_each(how, texts))
    assert "(Law on lists 2018, art. 9)" in text_of(build_here(config).article())
    assert started.count("lua") == 1


def test_changed_source_is_noticed(site: Site, tmp_path: Path) -> None:
    site()
    bib = tmp_path / "refs.bib"
    bib.write_text(PAGES["refs.bib"].replace("Counting Cameras", "Counting Lamps"), encoding="utf-8")
    built = site()
    assert "Counting lamps" in built.article()
    assert "Counting lamps" in built.article("all/index.html")
    assert "Counting Lamps" in (built.folder / "downloads" / "references.bib").read_text(encoding="utf-8")
    assert "ounting lamps" in (built.folder / "downloads" / "references.json").read_text(encoding="utf-8")


def test_changed_style_is_noticed(site: Site, tmp_path: Path) -> None:
    site()
    (tmp_path / "style.csl").write_text(PAGES["style.csl"].replace('prefix="("', 'prefix="‹"'), encoding="utf-8")
    assert "‹Smith 2020a, p. 1)" in text_of(site().article())


def test_new_work_changes_the_letters_of_those_it_looks_like(site: Site, tmp_path: Path) -> None:
    site()
    new = "@book{smith2020aa, author = {Smith, John}, title = {A First}, date = {2020}}"
    (tmp_path / "refs.bib").write_text(PAGES["refs.bib"] + new, encoding="utf-8")
    built = site()
    assert "2020c" in built.article("all/index.html")


SPOILED = {
    "empty": "", "no JSON": "{", "other JSON": "[1, 2]", "no text": "\x00\xff", "nothing in it": '{"sum": "x",\n"values": {}}\n',
    "values of the wrong kind": "WRONG", "cut short": "CUT",
}  # fmt: skip


@pytest.mark.parametrize("how", SPOILED)
def test_spoiled_cache_does_no_harm(how: str, site: Site, tmp_path: Path) -> None:
    first = text_of(site().article())
    cache = tmp_path / ".cache" / "citations.json"
    text = cache.read_text(encoding="utf-8")
    values = json.loads(text)["values"]
    spoiled = {"WRONG": json.dumps({"sum": "", "values": dict.fromkeys(values, 7)}), "CUT": text[: len(text) // 2]}
    cache.write_text(spoiled.get(SPOILED[how], SPOILED[how]), encoding="utf-8", errors="surrogateescape")
    built = site()
    assert built.code == 0
    assert text_of(built.article()) == first


def test_cache_made_by_other_code_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Cache(tmp_path / "cache.json")
    store.put("a", "one")
    store.save()
    assert Cache(tmp_path / "cache.json").get("a") == "one"
    monkeypatch.setattr(caches, "_code", lambda: b"another version")
    assert Cache(tmp_path / "cache.json").get("a") is None


@pytest.mark.parametrize("obstacle", ["file", "read-only"])
def test_cache_that_cannot_be_written_does_no_harm(obstacle: str, site: Site, tmp_path: Path) -> None:
    folder = tmp_path / ".cache"
    if obstacle == "file":
        folder.write_text("in the way", encoding="utf-8")
    else:
        folder.mkdir(mode=0o500)
    try:
        assert site().code == 0
    finally:
        if obstacle != "file":
            folder.chmod(0o700)


def test_what_a_build_no_longer_uses_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cache.json"
    store = Cache(path)
    store.put("a", 1)
    store.put("b", "é")
    store.save()
    store = Cache(path)
    assert store.get("b") == "é"
    store.save()
    assert json.loads(path.read_text(encoding="utf-8"))["values"] == {"b": "é"}
    assert os.listdir(path.parent) == ["cache.json"]


# ------------------------------------------------------------------ while serving


# MkDocs keeps a plugin with `on_startup` from one build of a process to the next, and reads the configuration anew.


def test_edit_while_serving_is_seen(tmp_path: Path) -> None:
    config = write_site(tmp_path, PAGES | {"bib/a.bib": PAGES["refs.bib"]}, {"bib_dir": "bib", "csl_file": "style.csl"})
    assert "(Smith 2020a, p. 1)" in text_of(build_here(config).article())
    (tmp_path / "docs" / "index.md").write_text("# A\n\n[@law2018] [@new2021]\n", encoding="utf-8")
    built = build_here(config, strict=False)
    assert "(Law on lists 2018)" in text_of(built.article())
    assert "(unknown source: new2021)" in text_of(built.article())
    # A file of sources that is added is noticed like one that is edited.
    (tmp_path / "bib" / "b.bib").write_text("@book{new2021, title = {New}, date = {2021}}", encoding="utf-8")
    built = build_here(config, strict=False)
    assert (built.code, built.log.count("C01")) == (0, 0)
    assert "(New 2021)" in text_of(built.article())
    entries = built.article("all/index.html").split("<li id=")
    assert [
        "reference-uses" in entry for entry in entries if entry.startswith(('"ref-new2021', '"ref-smith2020"'))
    ] == [True, False]
    # An option that is edited is noticed too.
    write_site(tmp_path, {}, {"bib_dir": "bib", "csl_file": "style.csl", "bib_by_default": False})
    assert "<section" not in build_here(config).article()


def test_quick_preview_parses_only_what_was_saved_and_forgets_nothing(tmp_path: Path) -> None:
    pages = PAGES | {"b.md": "# B\n\n[@smith2020b]\n"}
    config = write_site(tmp_path, pages, {"bib_file": "refs.bib", "csl_file": "style.csl"})

    def build() -> Built:
        return build_here(config, strict=False, quick=True)

    build()
    other = tmp_path / "site" / "index.html"
    made = other.stat().st_mtime_ns
    (tmp_path / "docs" / "b.md").write_text("# B\n\nNow [@smith2020b] [@nobody] [@law2018].\n", encoding="utf-8")
    built = build()
    text = text_of(built.article("b/index.html"))
    assert "Now (Smith 2020b) (unknown source: nobody) (Law on lists 2018)" in text
    assert built.log.count("C01") == 1
    assert other.stat().st_mtime_ns == made
    # What was mended is no problem any more, and a source that is edited shows wherever it is cited.
    (tmp_path / "docs" / "b.md").write_text("# B\n\nNow [@smith2020b] [@law2018].\n", encoding="utf-8")
    assert "C01" not in build().log
    assert "Counting cameras" in text_of(Built(built.folder, 0, "").article())
    (tmp_path / "refs.bib").write_text(PAGES["refs.bib"].replace("Cameras", "Lamps"), encoding="utf-8")
    assert "Counting lamps" in text_of(build().article())


def test_server_watches_sources_style_and_folder(tmp_path: Path) -> None:
    from mkdocs.config import load_config

    config = write_site(tmp_path, PAGES | {"bib/a.bib": PAGES["refs.bib"]}, {"bib_dir": "bib", "csl_file": "style.csl"})
    loaded = load_config(str(config))
    plugin = loaded.plugins["citations"]
    plugin.on_startup(command="serve", dirty=False)
    plugin.on_config(loaded)
    watched: list[str] = []
    server = type("Server", (), {"watch": lambda _, path: watched.append(path)})()
    assert plugin.on_serve(server, config=loaded, builder=None) is server
    assert {Path(path).name for path in watched} == {"bib", "a.bib", "style.csl"}


def test_live_preview_shows_an_edited_source(tmp_path: Path) -> None:
    config = write_site(tmp_path, PAGES, {"bib_file": "refs.bib", "csl_file": "style.csl"})
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "-f", str(config), "-a", address]
    server = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    try:
        assert shows(f"http://{address}/", "Counting cameras", server)
        text = PAGES["refs.bib"].replace("Counting Cameras", "Counting Lamps")
        (tmp_path / "refs.bib").write_text(text, encoding="utf-8")
        assert shows(f"http://{address}/", "Counting lamps", server)
    finally:
        server.terminate()
        server.wait(timeout=30)


def shows(address: str, words: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether a page comes to hold these words; it may take a while on a busy machine."""
    for _ in range(600):
        with suppress(OSError), urlopen(address, timeout=30) as answer:
            if words in answer.read().decode():
                return True
        if server.poll() is not None:
            return False
        time.sleep(0.2)
    return False
