"""What the archive adds to Markdown for readers: names for the cells of wide tables, the language of Chinese words."""

from __future__ import annotations

import pytest
from markdown import markdown

from claimbook.reading import WIDE, ReadingExtension


def page(text: str) -> str:
    return markdown(text, extensions=["attr_list", "tables", "toc", ReadingExtension()])


def table(columns: int) -> str:
    heads = [f"*head* {number}" for number in range(columns)]
    rows = [heads, ["---"] * columns, ["cell"] * columns]
    return page("\n".join(f"| {' | '.join(row)} |" for row in rows))


def test_cell_of_a_wide_table_names_its_column() -> None:
    html = table(WIDE)
    assert '<table class="wide-table">' in html
    assert [f'<td data-label="head {number}">cell</td>' in html for number in range(WIDE)] == [True] * WIDE


def test_narrow_table_is_left_as_it_is() -> None:
    assert "class" not in table(WIDE - 1)
    assert "data-label" not in table(WIDE - 1)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *list* (名单, míngdān)", '(<span lang="zh-Hans">名单</span>, míngdān)'),
        ("*信用*和**社会信用**", '<em><span lang="zh-Hans">信用</span></em><span lang="zh-Hans">和</span><strong>'),
        ("一，二 and 三", '<span lang="zh-Hans">一，二</span> and <span lang="zh-Hans">三</span>'),
        ("# 天网\n", '<h1 id="_1"><span lang="zh-Hans">天网</span></h1>'),
        ("[天网](a.md)", '<a href="a.md"><span lang="zh-Hans">天网</span></a>'),
    ],
)
def test_chinese_words_say_that_they_are_chinese(text: str, html: str) -> None:
    assert html in page(text)


@pytest.mark.parametrize("text", ["`天网`", "*資訊*{ lang=zh-Hant }", "credit, crédit, Kredit", "    天网"])
def test_code_and_words_with_a_language_of_their_own_are_left_alone(text: str) -> None:
    assert "zh-Hans" not in page(text)
