from __future__ import annotations

import pytest

from archiver.platforms._document import read_document
from archiver.platforms._thin import Instead, instead_of_page
from archiver.platforms._titles import is_error_title, is_not_found_title
from archiver.platforms._walls import (
    MAX_WALL_CHARS,
    is_login_redirect,
    wall_in_headers,
    wall_in_page,
)


def instead(html: str, asked: str = "https://news.example/a") -> Instead | None:
    return instead_of_page(read_document(html.encode(), asked, rendered=True, main=False), asked)


MARKED = [
    "<script>window._cf_chl_opt = {}</script>",
    '<a href="/?__cf_chl_jschl_tk__=abc">x</a>',
    '<script src="/cdn-cgi/challenge-platform/h/g/orchestrate/jsch/v1"></script>',
    '<div class="cf-browser-verification cf-im-under-attack"></div>',
    '<form id="challenge-form" action="/x"></form>',
    '<span class="cf-error-code">1009</span>',
    "<p>Sucuri WebSite Firewall</p>",
    '<script src="https://ct.captcha-delivery.com/c.js"></script>',
    '<div id="px-captcha"></div>',
    '<iframe src="/_Incapsula_Resource?CWUDNSAI=1"></iframe>',
    '<script src="/_fs-ch-1T1wmsGaOgGaSxcX/script.js"></script>',
    "Reference #18.2d351ab8.1557333295.a4e16ab",
    '<script src="https://check.ddos-guard.net/check.js"></script>',
]
TITLES = [
    "Just a moment...",
    "Attention Required! | Cloudflare",
    "Access denied | www.news.example used Cloudflare to restrict access",
    "Please Wait... | Cloudflare",
    "DDOS-GUARD",
    "Pardon Our Interruption",
    "Access to this page has been denied.",
]


@pytest.mark.parametrize("marker", MARKED)
def test_a_small_page_with_a_marker_is_a_wall(marker):
    assert wall_in_page(f"<html><title>News</title>{marker}</html>", "News") is not None


@pytest.mark.parametrize(
    "watcher",
    [
        "<script>window._pxAppId = 'PX1'</script>",
        '<script src="/_Incapsula_Resource?SWJIYLWA=719d"></script>',
        "<script>window.KPSDK={}</script>",
    ],
)
def test_a_script_that_watches_is_a_wall_only_where_there_is_nothing_else(watcher):
    assert wall_in_page(f"{watcher}<p>Please wait.</p>", "News") is not None
    assert wall_in_page(f"{watcher}<p>{'A short notice. ' * 10}</p>", "News") is None


def test_a_title_of_a_wall_over_many_words_leaves_the_marks_to_decide():
    assert wall_in_page(f"<p>{'word ' * 500}</p>", "Just a moment...") is None


@pytest.mark.parametrize("title", TITLES)
def test_a_small_page_with_the_title_of_a_wall_is_one(title):
    assert wall_in_page(f"<title>{title}</title>", title) == f"a page titled “{title}”"


@pytest.mark.parametrize("marker", MARKED)
def test_a_marker_in_a_page_of_many_words_proves_nothing(marker):
    assert wall_in_page(f"{marker}<p>{'word ' * 500}</p>", "News") is None


@pytest.mark.parametrize("marker", MARKED)
def test_a_marker_in_a_large_page_proves_nothing(marker):
    assert wall_in_page(f"{marker}<!--{'x' * MAX_WALL_CHARS}-->", "News") is None


@pytest.mark.parametrize(
    "title", ["Just a moment", "Just a moment... with Anna", "Why Cloudflare?", ""]
)
def test_a_title_that_merely_resembles_one_proves_nothing(title):
    assert wall_in_page("<p>Short.</p>", title) is None


def test_the_first_of_several_headers_counts():
    twice = (("Server", "AkamaiGHost"), ("server", "nginx"), ("cache-control", "no-store"))

    assert wall_in_headers(403, twice, 300) == "a refusal by Akamai"


def test_a_refusal_of_a_network_is_small_and_an_error():
    akamai = (("server", "AkamaiGHost"), ("cache-control", "no-cache"))

    assert wall_in_headers(200, akamai, 300) is None
    assert wall_in_headers(403, akamai, 5_000) is None
    assert wall_in_headers(403, (("server", "awselb/2.0"),), 5_000) is None


def test_a_log_in_page_that_was_asked_for_is_what_it_is():
    shown = "<h1>Log in</h1><input type=password>"

    assert instead(shown, "https://news.example/login") is None
    assert instead(shown, "https://news.example/a") is not None


@pytest.mark.parametrize(
    "heading", ["Login nights at the harbour", "Are you a robot lover?", "The 404 page", "Offline"]
)
def test_a_heading_that_merely_resembles_one_proves_nothing(heading):
    assert instead(f"<title>{heading}</title><h1>{heading}</h1><p>Short.</p>") is None


@pytest.mark.parametrize(
    "final",
    [
        "https://news.example/login",
        "https://news.example/LogIn?next=/a",
        "https://news.example/accounts/login/",
        "https://news.example/wp-login.php",
        "https://news.example/user-signin.aspx",
        "https://www.linkedin.com/authwall?trk=x",
        "https://www.facebook.com/checkpoint/1",
        "https://consent.youtube.com/m?continue=x",
        "https://login.microsoftonline.com/common/oauth2",
    ],
)
def test_a_redirect_to_a_log_in_is_one(final):
    assert is_login_redirect("https://news.example/a", final)
    assert not is_login_redirect(final, final)


@pytest.mark.parametrize(
    "final",
    [
        "https://news.example/informed-consent",
        "https://news.example/checkpoints",
        "https://news.example/blog/how-to-login-safely",
        "https://news.example/",
        "https://catalogin.example/a",
        "chrome-error://chromewebdata/",
    ],
)
def test_other_redirects_are_not(final):
    assert not is_login_redirect("https://news.example/a", final)


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 Not Found",
        "Error 404",
        "HTTP 404 - Not Found",
        "404: Page not found",
        "Page not found",
        "Page Not Found | The News",
        "The News - Page not found",
        "The News|Page not found",
        "The page could not be found.",
        "Page doesn’t exist",
        "Seite nicht gefunden – Die Zeitung",
        "Página no encontrada",
        "Страница не найдена",
        "  Not \n found ",
    ],
)
def test_a_title_of_nothing_else_says_not_found(title):
    assert is_not_found_title(title)
    assert is_error_title(title)


@pytest.mark.parametrize(
    "title",
    [
        None,
        "",
        "The 404 page and its history",
        "HTTP 404 - Wikipedia",
        "404 | A magazine",
        "Forbidden | A film",
        "Access denied - A novel",
        "404 ways to cook",
        "Missing: a person not found in days",
        "Lost and found",
    ],
)
def test_titles_of_real_pages_do_not(title):
    assert not is_error_title(title)


@pytest.mark.parametrize(
    "title",
    ["403 Forbidden", "Access Denied", "503 Service Temporarily Unavailable", "502 - Bad Gateway"],
)
def test_other_errors_are_errors_and_not_absences(title):
    assert is_error_title(title)
    assert not is_not_found_title(title)
