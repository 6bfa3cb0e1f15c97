"""Error pages in disguise are known by their words, and articles that speak of such things aren't taken for them."""

from __future__ import annotations

import pytest

from claimbook.links.pages import Page, decode, is_closed, is_home, is_login, is_missing, is_parked, is_wall, read

MISSING = [
    "404 Not Found",
    "Page Not Found - BBC News",
    "Error 404 (Not Found)!!1",
    "404 - File or directory not found.",
    "Oops! That page can’t be found.",
    "Sorry, this page isn't available.",
    "The page you're looking for doesn't exist",
    "The page you are looking for could not be found",
    "We can't find that page",
    "Page introuvable - Le Monde",
    "La page que vous recherchez n'existe pas",
    "La page demandée est introuvable",
    "Erreur 404",
    "Cette page n'existe pas (404)",
    "Oups, cette page n’existe plus",
    "Contenu indisponible",
    "Article introuvable",
    "404 页面",
    "页面没有找到",
    "抱歉，您要访问的页面不存在",
    "很抱歉，您访问的页面不存在或已删除",
    "页面找不到了",
    "404错误页面",
    "找不到網頁",
    "該頁面不存在",
    "404-页面未找到",
    "This content isn't available right now",
    "Content no longer available",
    "Article not found",
    "This page has been removed",
    "Page not found | The County Times",
    "The County Times | 404",
    "HTTP 404",
    "HTTP Status 404 – Not Found",
    "Not Found",
    "Object not found!",
    "Seite nicht gefunden",
    "Nothing found",
    "Page Not Found (404)",
    "404 error",
    "Whoops! We couldn't find that page.",
    "页面不存在",
    "您访问的文章不存在",
    "This story is no longer available",
    "Page no longer exists",
    "Requested page not found",
    "This page doesn’t seem to exist.",
    "File not found",
    "Uh-oh! 404",
    "你访问的页面走丢了",
    "Cette page est introuvable",
    "Page supprimée",
    "La page n'est plus disponible",
]
THERE = [
    "Points in the county",
    "What is a 404 error page?",
    "Lost and found: the archives of the county",
    "404 Media",
    "China's social credit system: not found in law",
    "Not found guilty: a court in Beijing",
    "The page that changed China",
    "页面设计指南",
    "文章",
    "内容",
    "关于印发社会信用体系建设规划纲要的通知",
    "Contenu et méthode",
    "La page d'accueil",
    "Page 404 of the inquiry",
    "Nothing",
    "Missing children of the county",
    "This page",
    "Unavailable men",
    "",
    "The article",
    "Articles",
    "Lulu ne trouve pas de crédit",
    "Error and trial",
    "File",
    "410 villages without water",
    "404 euros par mois",
    "Documents introuvables : enquête sur les archives chinoises",
]


@pytest.mark.parametrize("title", MISSING)
def test_a_page_that_says_it_is_missing_is_missing(title: str) -> None:
    assert is_missing(Page(title=title, text="Go to the first page."))
    assert is_missing(Page(title="The County Times", heading=title))


@pytest.mark.parametrize("title", THERE)
def test_an_article_is_not_missing(title: str) -> None:
    assert not is_missing(Page(title=title, heading=title, text="Some words."))


def test_a_long_page_is_not_missing_whatever_its_title() -> None:
    assert not is_missing(Page(title="404", text="word " * 700))


@pytest.mark.parametrize(
    "text",
    [
        "error " * 30_000,
        "que vous " * 30_000,
        "the page you " * 30_000,
        "找不到" * 30_000,
        "404 " * 30_000,
        "_" * 300_000,
    ],
)
def test_no_title_takes_long_to_look_at(text: str) -> None:
    # It would never end, were there a pattern that tries every way to read this.
    is_missing(Page(title=text, heading=text, text=text))
    is_wall(Page(title=text))


def test_gates_closed_sites_and_names_for_sale_are_told_apart() -> None:
    assert is_wall(Page(title="Attention Required! | Cloudflare"))
    assert is_closed(Page(title="The County Times", text="The site is down for maintenance. Come back tomorrow."))
    assert is_parked(Page(title="county-times.cn", text="This domain name is for sale."))
    assert is_parked(Page(title="Welcome to nginx!", text="If you see this page, the web server is installed."))
    article = Page(title="Captcha and the county", text="word " * 200 + "This domain is for sale. Under maintenance.")
    assert not any(sign(article) for sign in (is_wall, is_closed, is_parked))


def test_an_address_can_say_that_a_page_is_missing_or_asks_for_a_login() -> None:
    asked = "https://archive.test/article"
    for path in ("/404", "/error/404.html", "/page-not-found/", "/notfound.php"):
        assert is_missing(Page(), f"https://archive.test{path}", asked)
    assert not is_missing(Page(), "https://archive.test/404", "https://archive.test/404")
    assert is_login(Page(), "https://sso.archive.test/x", asked)
    assert not is_login(Page(), "https://archive.test/authors", asked)


def test_a_first_page_is_known() -> None:
    assert all(
        is_home(f"https://a.test{path}")
        for path in ("", "/", "/index.html", "/en/", "/zh-cn/index.php", "/home", "/fr/accueil")
    )
    assert not any(is_home(f"https://a.test{path}") for path in ("/?id=3", "/a", "/index/a", "/english/"))


@pytest.mark.parametrize("name", ["utf-8", "utf-16", "gb18030", "big5", "latin-1"])
def test_a_charset_that_is_named_is_believed(name: str) -> None:
    text = "县里" if name in ("utf-8", "utf-16", "gb18030") else "縣裡" if name == "big5" else "été"
    assert decode(text.encode(name), name) == text
    assert decode(b"", "") == ""


def test_broken_html_is_read_as_far_as_it_goes() -> None:
    for text in (
        "<",
        "<!",
        "<![CDATA[",
        "<title",
        "<title>a",
        "</p></p>" * 9,
        "<a " * 999,
        "&#x110000;",
        "<script>" + "a" * 9,
        "\x00",
    ):
        read(text)
    assert read("<title>A &amp; B</title><body><h1>C</h1><script>d()</script><nav>e</nav><p>f").text == "C f"
