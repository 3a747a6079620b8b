from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import AddressError, NotFoundError
from archiver.model.citation import Author, CitationKind
from archiver.model.inquiry import Ask, Outcome, Question, Reading, Wall
from archiver.model.signals import Signal
from archiver.platforms import PLATFORMS, _barriers, _thin, platform, recognise, web
from tests.answers import (
    NO_NAME,
    OFFLINE,
    ONLINE,
    Reply,
    drive,
    drive_always,
    failed,
    html,
    redirect,
    typed,
    unasked,
)
from tests.answers.pages import ARTICLE, NOT_FOUND, SHELL, article, titled
from tests.build import found, page
from tests.cases.facts import signals_named_in
from tests.cases.web import NAMED, NOT_NAMED, READ, URL

WEB = platform("web")
REF = page(URL)


def look(*replies: Reply) -> Reading:
    """Look with these replies; beyond them our network works, and there is no road to ask more."""
    waiting = list(replies)

    def reply_to(question: Question) -> Reply:
        if not waiting and question.ask in (Ask.CONTROL, Ask.SIBLING, Ask.DNS, Ask.REGISTRY):
            return ONLINE if question.ask is Ask.CONTROL else unasked(question)
        return waiting.pop(0)

    reading = drive_always(WEB.inquire(REF), reply_to)
    assert not waiting
    return reading


@pytest.mark.parametrize(("address", "key"), NAMED)
def test_an_address_is_named_by_its_canonical_form(address, key):
    assert recognise(address).name == f"web:{key}"


@pytest.mark.parametrize("text", NOT_NAMED)
def test_what_is_no_web_address_is_refused(text):
    assert WEB.recognise(text) is None
    with pytest.raises(AddressError):
        recognise(text)


def test_the_open_web_comes_last_and_takes_everything():
    names = [known.name for known in PLATFORMS]

    assert names[-1] == "web"
    assert len(names) == len(set(names))


def test_an_unknown_platform_is_not_found():
    with pytest.raises(NotFoundError, match="no platform is called 'myspace'"):
        platform("myspace")


def test_an_address_does_not_tell_the_day_of_publication():
    assert WEB.posted_at(REF) is None


@pytest.mark.parametrize(
    ("name", "fact", "replies", "signal", "confirmed"), READ, ids=[row[0] for row in READ]
)
def test_every_reply_makes_its_own_signal(name, fact, replies, signal, confirmed):
    reading = look(*replies)

    assert (reading.signal, reading.confirmed) == (signal, confirmed)
    assert reading.reason.endswith(".")


def test_every_signal_that_a_page_can_give_is_in_the_table():
    assert signals_named_in(web, _thin, _barriers) == {row[3] for row in READ}


def test_a_page_is_read_as_title_visible_and_main_text():
    reading = look(html(ARTICLE, url="https://news.example/story"))

    assert reading.page is not None
    assert reading.page.title == "What the tower saw - The News"
    assert reading.page.visible.startswith(
        "What the tower saw - The News\nThe tower at the northern"
    )
    assert reading.page.main is not None
    assert (reading.page.language, reading.page.rendered) == ("en-GB", False)
    assert (reading.url, reading.page_url) == ("https://news.example/story", URL)


def test_the_page_is_asked_for_as_a_browser_does():
    (question,) = drive(WEB.inquire(REF), [html(ARTICLE)]).questions

    assert (question.url, question.ask, question.follow) == (URL, Ask.HTTP, True)
    assert question.accept.startswith("text/html,")


def test_a_page_drawn_by_scripts_is_read_as_the_browser_draws_it():
    driven = drive(WEB.inquire(REF), [html(SHELL), html(ARTICLE)])

    assert [question.ask for question in driven.questions] == [Ask.HTTP, Ask.RENDER]
    assert driven.result.page is not None
    assert driven.result.page.rendered


def test_a_rendering_is_utf_8_whatever_the_page_declares():
    declared = titled("Tower", "<p>مراقب</p>").replace("utf-8", "windows-1252")

    reading = look(html(SHELL), Reply(200, declared.encode(), (("content-type", "text/html"),)))

    assert reading.page is not None
    assert "مراقب" in reading.page.visible


def test_what_is_no_text_is_known_by_its_bytes():
    reading = look(typed(b"%PDF-1.7", "application/pdf"))

    assert reading.content_sha256 == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert reading.page_url is None


@pytest.mark.parametrize("content_type", ["application/pdf", "text/html", "text/plain"])
def test_what_broke_off_is_present_and_not_compared(content_type):
    cut = Reply(200, ARTICLE[:600].encode(), (("content-type", content_type),), Outcome.TRUNCATED)

    reading = look(cut)

    assert (reading.signal, reading.fingerprint) == (Signal.PRESENT, None)
    assert reading.reason.endswith("broke off: it is not compared.")


@pytest.mark.parametrize(
    ("reply", "signal", "wall"),
    [
        (html("", 429, ("cf-mitigated", "challenge")), Signal.WALL, Wall.CHALLENGE),
        (html(titled("403 Forbidden"), 403), Signal.WALL, Wall.FORBIDDEN),
        (html(titled("Sign in"), 401), Signal.LOGIN, Wall.LOGIN),
        (html(titled("Subscribe"), 402), Signal.LOGIN, Wall.PAYWALL),
        (html("", 429), Signal.RATE_LIMITED, Wall.RATE_LIMIT),
        (html("", 451), Signal.WITHHELD, Wall.LEGAL),
        (html("", 200, ("rimon", "RWC_BLOCK")), Signal.WALL, Wall.LOCAL),
        (html("", 511), Signal.WALL, Wall.LOCAL),
        (html("", 403, ("x-datadome", "protected")), Signal.WALL, Wall.CHALLENGE),
        (html("", 429, ("x-kpsdk-ct", "a")), Signal.WALL, Wall.CHALLENGE),
        (html("", 403, ("x-sucuri-block", "XSS")), Signal.WALL, Wall.FORBIDDEN),
        (html("", 429, ("server", "awselb/2.0")), Signal.RATE_LIMITED, Wall.RATE_LIMIT),
        (
            html("", 403, ("server-timing", "cdn-cache; desc=HIT, edge; dur=1, ak_p; desc=1")),
            Signal.WALL,
            Wall.FORBIDDEN,
        ),
        (
            html(titled("Web Page Blocked!", "<p>Your policy.</p>")),
            Signal.WALL,
            Wall.LOCAL,
        ),
        (
            html(ARTICLE, url="https://unblock.federalregister.gov/"),
            Signal.WALL,
            Wall.CHALLENGE,
        ),
        (html(ARTICLE, url="https://consent.news.example/m"), Signal.LOGIN, Wall.CONSENT),
        (
            html(titled("Bevor Sie fortfahren", "<p>Cookies.</p>")),
            Signal.LOGIN,
            Wall.CONSENT,
        ),
        (
            html("<title>News</title><div id='onetrust-consent-sdk'></div>"),
            Signal.LOGIN,
            Wall.CONSENT,
        ),
        (
            html(titled("This article is for subscribers only", "<p>€ 1.</p>"), 403),
            Signal.LOGIN,
            Wall.PAYWALL,
        ),
    ],
)
def test_what_says_nothing_names_its_wall(reply, signal, wall):
    reading = look(reply)

    assert (reading.signal, reading.wall, reading.page) == (signal, wall, None)


PAID = (
    '<script type="application/ld+json">'
    '{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
)


def test_a_page_that_is_paid_for_is_served_and_may_be_a_teaser():
    reading = look(html(article(PAID)))

    assert (reading.signal, reading.wall) == (Signal.PRESENT, Wall.PAYWALL)
    assert reading.page is not None
    assert reading.reason.endswith("marked as paid for, and may be only how it begins.")


def test_the_beginning_of_a_page_with_a_prompt_to_subscribe_is_a_wall():
    reading = look(html(article(f"{PAID}<h2>Subscribe to continue reading</h2>")))

    assert (reading.signal, reading.wall) == (Signal.LOGIN, Wall.PAYWALL)


def test_a_soft_404_keeps_its_page_for_whoever_compares():
    reading = look(html(NOT_FOUND))

    assert reading.page is not None
    assert reading.not_found is not None
    assert reading.not_found >= 0.7
    assert "“Page not found | The News”" in reading.reason


def test_a_page_that_may_be_one_is_served_with_a_doubt():
    doubtful = titled(
        "The News", "<p>There is no such page here.</p>" + "<p>Our offices are open.</p>" * 6
    )

    reading = look(html(doubtful))

    assert reading.signal is Signal.PRESENT
    assert reading.not_found is not None
    assert 0.5 <= reading.not_found < 0.7


def test_a_parked_page_keeps_its_page():
    reading = look(html(titled("This domain is for sale", "<p>Make an offer.</p>")))

    assert reading.signal is Signal.PARKED
    assert reading.page is not None


def test_an_absence_that_comes_with_a_whole_page_keeps_it():
    whole = look(html(article(), 404))
    plain = look(html(NOT_FOUND, 404))

    assert (whole.signal, plain.signal) == (Signal.NOT_FOUND, Signal.NOT_FOUND)
    assert whole.page is not None
    assert plain.page is None


def test_a_wall_counts_before_an_absence():
    both = titled("This content is not available in your region", "<h2>Page not found</h2>")

    assert look(html(both)).wall is Wall.LEGAL


def test_the_control_decides_between_them_and_us_and_two_resolvers_confirm():
    driven = drive(WEB.inquire(REF), [failed(Outcome.NO_HOST, "no-host"), Reply(204), NO_NAME])

    assert [question.ask for question in driven.questions] == [Ask.HTTP, Ask.CONTROL, Ask.DNS]
    assert driven.questions[2].url == URL
    assert driven.result.reason == (
        f"The name of {URL} does not exist (192.0.2.0 says NXDOMAIN; 192.0.2.1 says NXDOMAIN),"
        " while our network works."
    )


def test_a_redirect_to_a_name_that_does_not_exist_is_never_sure():
    lost = replace(failed(Outcome.NO_HOST, "no-host"), url="https://lost.example/")

    driven = drive(WEB.inquire(REF), [lost, ONLINE, NO_NAME])

    assert driven.questions[2].url == "https://lost.example/"
    assert (driven.result.signal, driven.result.confirmed) == (Signal.NO_HOST, False)
    assert driven.result.reason.startswith(
        f"The name of https://lost.example/, where {URL} leads, does not exist"
    )


def test_our_own_network_being_down_is_a_wall_of_our_own():
    reading = look(failed(Outcome.TIMEOUT), OFFLINE)

    assert (reading.signal, reading.wall) == (Signal.OFFLINE, Wall.LOCAL)


def test_a_page_over_tls_is_asked_nothing_more_about():
    driven = drive(WEB.inquire(REF, look(html(ARTICLE))), [html(ARTICLE)])

    assert [question.ask for question in driven.questions] == [Ask.HTTP]


def test_an_absence_over_tls_is_asked_nothing_more_about():
    driven = drive(WEB.inquire(REF), [html(NOT_FOUND, 404)])

    assert [question.ask for question in driven.questions] == [Ask.HTTP]


def test_a_short_link_is_expanded_and_recognised():
    citation = found(
        kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",), author=Author()
    )
    status = "https://twitter.com/towersight/status/1214956636730744833"

    driven = drive(WEB.look_up(citation), [redirect(status)])

    assert driven.result.source is not None
    assert driven.result.source.name == "x:1214956636730744833"
    assert driven.result.note == f"https://t.co/AAAAAAAAAA leads to {status}"


def test_an_unknown_shortener_behind_a_known_one_is_followed():
    citation = found(
        kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",), author=Author()
    )
    hops = [redirect("https://sho.example/Xy7"), redirect("https://news.example/a-long-story")]

    driven = drive(WEB.look_up(citation), hops)

    assert driven.result.source is not None
    assert driven.result.source.key == "https://news.example/a-long-story"


@pytest.mark.parametrize(
    "reply",
    [
        html(ARTICLE),
        redirect("https://www.news.example/about/"),
        redirect("mailto:a"),
        failed(Outcome.TIMEOUT),
    ],
)
def test_a_short_address_that_is_a_page_of_its_own_stays(reply):
    citation = found(
        kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",), author=Author()
    )

    driven = drive(WEB.look_up(citation), [redirect("https://news.example/about"), reply])

    assert driven.result.source is not None
    assert driven.result.source.key == "https://news.example/about"


def test_a_link_without_codes_is_looked_up_by_its_own_address():
    citation = found(
        kind=CitationKind.LINK, addresses=(), url="https://news.example/a", author=Author()
    )

    result = drive(WEB.look_up(citation), []).result

    assert result.source is not None
    assert result.source.key == "https://news.example/a"


@pytest.mark.parametrize(
    ("addresses", "replies", "note", "final"),
    [
        ((), [], "there is no address to ask", True),
        (("mailto:a@b.example",), [], "leads to no address", True),
        (("https://t.co/AAAAAAAAAA",), [typed(b"", "text/html", 404)], "answered HTTP 404", False),
        (("https://bit.ly/a1",), [redirect("https://bit.ly/a1")], "in a circle", False),
        (
            ("https://www.bit.ly/a1",),
            [redirect("//user:pw@evil.example/")],
            "leads to no address",
            True,
        ),
    ],
)
def test_a_link_that_leads_nowhere_is_not_resolved(addresses, replies, note, final):
    citation = found(kind=CitationKind.LINK, addresses=addresses, url=None, author=Author())

    result = drive(WEB.look_up(citation), replies).result

    assert (result.source, result.final) == (None, final)
    assert note in result.note


BODIES = st.binary(max_size=400) | st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<div hidden>",
            "</div>",
            "<script>",
            "<title>",
            "word ",
            "&amp;",
            "<!--",
            "\x00",
        ]
    ),
    max_size=40,
).map(lambda parts: "".join(parts).encode())


@given(
    BODIES,
    st.sampled_from([200, 202, 301, 403, 404, 410, 500, 999]),
    st.sampled_from(["", "text/html", "text/html; charset=utf-16", "text/plain", "image/png"]),
)
def test_no_bytes_stop_the_reading(body, status, content_type):
    reply = typed(body, content_type, status)

    reading = drive_always(WEB.inquire(REF), lambda _: reply)

    absent = {Signal.SOFT_404, Signal.PARKED, Signal.NOT_FOUND, Signal.GONE}
    assert reading.fingerprint is None or reading.signal in {Signal.PRESENT, *absent}


def test_a_short_page_with_a_box_to_log_in_at_its_foot_is_the_page():
    box = "<form action=/login><input name=user><input type=password><button>Log in</button></form>"
    notice = "<p>" + "The ferry does not sail on Sundays before the first of May. " * 6 + "</p>"
    alone = "<p>By logging in you agree to our terms.</p>"

    assert look(html(titled("Ferry times", notice + box))).signal is Signal.PRESENT
    assert look(html(titled("Members", alone + box))).wall is Wall.LOGIN


@pytest.mark.parametrize(
    ("error", "wall"), [("robots: not allowed", Wall.ROBOTS), ("private address", None)]
)
def test_a_page_that_was_not_asked_for_says_whose_rule_it_was(error, wall):
    reading = look(failed(Outcome.REFUSED, error))

    assert (reading.signal, reading.wall) == (Signal.REFUSED, wall)
