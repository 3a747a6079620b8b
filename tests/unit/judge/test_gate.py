from __future__ import annotations

import pytest

from archiver.judge.gate import asks_to_log_in, gate
from archiver.model.capture import Gate
from archiver.model.signals import Signal
from tests.answers.pages import ARTICLE, CLOUDFLARE_CHALLENGE, NOT_FOUND, SHELL
from tests.build import reading
from tests.unit.judge.looks import OTHER, STORY, text

URL = "https://news.example/a"


def test_a_page_that_shows_its_source_is_accepted():
    assert gate(
        Signal.PRESENT,
        url=URL,
        final_url=URL,
        http_status=200,
        title="The tower",
        rendered_html=ARTICLE,
    ) == (Gate.ACCEPTED, None)


def test_a_file_without_a_rendering_is_accepted():
    assert gate(Signal.PRESENT, url=URL, http_status=200) == (Gate.ACCEPTED, None)


def test_a_capture_without_a_look_is_judged_by_what_it_shows():
    assert gate(None, url=URL, title="The tower", rendered_html=ARTICLE)[0] is Gate.ACCEPTED


@pytest.mark.parametrize("signal", [s for s in Signal if s is not Signal.PRESENT])
def test_what_the_look_did_not_show_is_rejected(signal):
    verdict, reason = gate(
        signal, url=URL, final_url=URL, http_status=200, title="The tower", rendered_html=ARTICLE
    )

    assert verdict is Gate.REJECTED
    assert reason


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (
            {"rendered_html": CLOUDFLARE_CHALLENGE, "title": "Just a moment..."},
            "challenge: a page titled “Just a moment...”",
        ),
        (
            {"rendered_html": CLOUDFLARE_CHALLENGE, "title": None},
            "challenge: a page titled “Just a moment...”",
        ),
        (
            {"rendered_html": ARTICLE, "final_url": "https://news.example/login?next=/a"},
            "login: redirected to https://news.example/login?next=/a",
        ),
        (
            {"rendered_html": NOT_FOUND, "title": "Page not found | The News"},
            (
                "error page: a page that reads like “not found”: it is titled "
                "“Page not found | The News”, it is headed “Page not found | The News”"
            ),
        ),
        (
            {"rendered_html": ARTICLE, "title": "403 Forbidden"},
            "challenge: a page titled “403 Forbidden”",
        ),
        ({"rendered_html": SHELL, "title": "News"}, "error page: the browser shows nothing"),
        ({"rendered_html": ARTICLE, "http_status": 404}, "error page: HTTP 404"),
        ({"http_status": 503}, "error page: HTTP 503"),
        (
            {"rendered_html": "<p>Members only</p><input type=password>"},
            "login: a page of few words that asks for a password",
        ),
        (
            {"rendered_html": "<p>Wait</p><div class='cf-turnstile'></div>"},
            "challenge: a page of few words with a captcha",
        ),
        (
            {"rendered_html": "<h1>Site under maintenance</h1>"},
            "error page: a page headed “Site under maintenance”",
        ),
        (
            {"rendered_html": "<h1>404 – Page not found</h1>"},
            (
                "error page: a page that reads like “not found”: it is headed "
                "“404 – Page not found”, it says “404 – Page not found”"
            ),
        ),
    ],
)
def test_a_wall_is_not_evidence_of_a_page(shown, reason):
    assert gate(Signal.PRESENT, url=URL, **shown) == (Gate.REJECTED, reason)


def test_a_parked_domain_is_not_evidence_of_a_page():
    shown = "<title>news.example</title><h1>This domain is for sale!</h1>"

    verdict, reason = gate(Signal.PRESENT, url=URL, rendered_html=shown)

    assert verdict is Gate.REJECTED
    assert reason is not None
    assert reason.startswith("parked: ")


def test_a_long_page_about_an_error_is_evidence():
    prose = "<p>" + "The code says that somebody is known and may not enter. " * 30 + "</p>"

    assert gate(Signal.PRESENT, url=URL, title="403 Forbidden - Handbook", rendered_html=prose) == (
        Gate.ACCEPTED,
        None,
    )


@pytest.mark.parametrize(
    "place",
    ["https://news.example/", "https://www.news.example/de", "https://news.example/404.html"],
)
def test_a_look_that_was_sent_to_a_home_page_or_an_error_page_shows_no_source(place):
    seen = reading(post=None, page=text(), url=place)

    verdict, reason = gate(Signal.PRESENT, url=URL, rendered_html=ARTICLE, reading=seen)

    assert verdict is Gate.REJECTED
    assert reason == f"redirected to a home page or an error page: {place}"


def test_a_browser_that_ended_at_the_same_words_in_a_script_without_spaces_saw_the_source():
    words = "守塔人数了午夜前离开港口的船只,一共十二艘,港务局次日发布了公告。"
    seen = reading(post=None, page=text(words), url=URL)
    drawn = f"<p>{words.replace('次日', '当晚')}</p>"

    assert gate(
        Signal.PRESENT,
        url=URL,
        final_url="https://news.example/zh/gates",
        rendered_html=drawn,
        reading=seen,
    ) == (Gate.ACCEPTED, None)


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (URL, "http://www.news.example/a/"),
        (URL, "https://news.example/story"),
        ("https://news.example/", "https://news.example/home"),
        (URL, None),
    ],
)
def test_a_look_that_saw_its_source_where_it_is_is_evidence(asked, place):
    seen = reading(post=None, page=text(), url=place)

    assert gate(Signal.PRESENT, url=asked, rendered_html=ARTICLE, reading=seen)[0] is Gate.ACCEPTED


@pytest.mark.parametrize(
    "final", ["https://news.example/loginform", "https://news.example/soft404"]
)
def test_a_browser_that_ended_at_something_else_saw_no_source(final):
    seen = reading(post=None, page=text(), url=URL)

    assert gate(
        Signal.PRESENT, url=URL, final_url=final, rendered_html=f"<p>{OTHER}</p>", reading=seen
    ) == (Gate.REJECTED, f"the browser ended at {final}, which shows something else")


@pytest.mark.parametrize(
    ("final", "shown"),
    [
        ("https://news.example/a-rewritten", STORY),
        ("https://news.example/", STORY),
        ("http://www.news.example/a/", OTHER),
        ("https://news.example/story", OTHER),
        (None, OTHER),
    ],
)
def test_a_browser_that_ended_where_the_look_did_or_at_the_same_words_saw_the_source(final, shown):
    seen = reading(post=None, page=text(), url="https://news.example/story")

    assert gate(
        Signal.PRESENT, url=URL, final_url=final, rendered_html=f"<p>{shown}</p>", reading=seen
    ) == (Gate.ACCEPTED, None)


def test_a_browser_that_ended_at_a_home_page_saw_no_source_when_nothing_can_be_compared():
    verdict, reason = gate(
        Signal.PRESENT, url=URL, final_url="https://news.example/", rendered_html=ARTICLE
    )

    assert verdict is Gate.REJECTED
    assert reason == "redirected to a home page or an error page: https://news.example/"


PICTURE = "<html><body><img src=a.jpg></body></html>"


def test_a_page_without_a_word_is_evidence_only_of_a_file_that_the_look_saw():
    a_file = reading(post=None, content_sha256="ab" * 32)
    a_page = reading(post=None, page=text(""))

    assert gate(Signal.PRESENT, url=URL, rendered_html=PICTURE, reading=a_file)[0] is Gate.ACCEPTED
    for seen in (None, a_page):
        assert gate(Signal.PRESENT, url=URL, rendered_html=PICTURE, reading=seen) == (
            Gate.REJECTED,
            "error page: shows no words",
        )


def test_the_data_of_a_post_is_evidence_whatever_the_picture_shows():
    verdict, reason = gate(Signal.PRESENT, url=URL, rendered_html=SHELL, has_data=True)

    assert verdict is Gate.ACCEPTED
    assert reason == (
        "the post's data is the evidence, not its picture (error page: the browser shows nothing)"
    )


def test_data_of_a_post_that_was_not_served_is_no_evidence():
    assert gate(Signal.WITHHELD, url=URL, has_data=True)[0] is Gate.REJECTED


@pytest.mark.parametrize(
    ("final_url", "title", "html", "asks"),
    [
        ("https://a.example/login?next=1", None, "", True),
        ("https://a.example/1", "Log in", "<h1>Log in</h1><form>", True),
        ("https://a.example/1", "A", "<form>Name <input type=password></form>", True),
        ("https://consent.a.example/m?continue=1", None, "", False),
        ("https://a.example/consent/?next=1", None, "", False),
        ("https://a.example/1", "A video", "<h1>This video requires payment</h1>", False),
        ("https://a.example/1", "Just a moment...", "<h1>Just a moment</h1>", False),
        ("https://a.example/1", None, "", False),
        (None, None, "", False),
    ],
)
def test_only_a_page_for_logging_in_speaks_of_the_session(final_url, title, html, asks):
    said = asks_to_log_in("https://a.example/1", final_url=final_url, title=title, html=html)

    assert (said is not None) is asks
