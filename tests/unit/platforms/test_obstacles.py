from __future__ import annotations

import pytest

from archiver.model.inquiry import Answer, Ask, Outcome, Question, Reading
from archiver.model.signals import Signal
from archiver.platforms._obstacles import Road, heavier, obstacle, walk
from tests.answers import ONLINE, Reply, drive, failed, html, typed

URL = "https://posts.example/1"


def reads(signal: Signal, reason: str = "It is said.") -> Road:
    return Road(Question(URL), "the page", lambda _: Reading(signal, reason))


def answered(reply: Reply) -> Answer:
    return reply.to(Question(URL))


@pytest.mark.parametrize(
    ("reply", "signal"),
    [
        (html("<p>x", 403, ("cf-mitigated", "challenge")), Signal.WALL),
        (html("<title>Just a moment...</title>"), Signal.WALL),
        (html("<p>x", url="https://posts.example/login?next=1"), Signal.LOGIN),
        (typed(b"", "", 401), Signal.LOGIN),
        (typed(b"", "", 402), Signal.WALL),
        (typed(b"", "", 407), Signal.LOGIN),
        (typed(b"", "", 429), Signal.RATE_LIMITED),
        (typed(b"", "", 451), Signal.WITHHELD),
        (html("<title>Attention Required! | Cloudflare</title>", 451), Signal.WITHHELD),
        (html("x", 451, ("Server", "AkamaiGHost"), ("Cache-Control", "no-cache")), Signal.WITHHELD),
        (html("<p>x", 451, url="https://posts.example/login?next=1"), Signal.WITHHELD),
        (typed(b"", "", 999), Signal.WALL),
        (typed(b"", "", 503), Signal.SERVER_ERROR),
        (typed(b"", "", 204), Signal.UNREADABLE),
        (typed(b"", "", 302), Signal.UNREADABLE),
    ],
)
def test_what_stands_before_an_answer_is_named(reply, signal):
    found = obstacle(answered(reply), "The page")

    assert found is not None
    assert found.signal is signal
    assert found.reason.startswith("The page ")


@pytest.mark.parametrize("status", [200, 404, 410])
def test_an_answer_of_the_platforms_own_is_left_to_it(status):
    assert obstacle(answered(html("<p>x", status)), "The page") is None


def test_the_first_road_that_shows_the_post_ends_the_walk():
    driven = drive(walk([reads(Signal.PRESENT), reads(Signal.WALL)]), [html("<p>x")])

    assert driven.result.signal is Signal.PRESENT


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (Signal.WALL, Signal.ABSENT_UNEXPLAINED, Signal.ABSENT_UNEXPLAINED),
        (Signal.ABSENT_UNEXPLAINED, Signal.WALL, Signal.ABSENT_UNEXPLAINED),
        (Signal.LOGIN, Signal.UNREADABLE, Signal.LOGIN),
        (Signal.ABSENT_UNEXPLAINED, Signal.PROTECTED, Signal.PROTECTED),
        (Signal.SERVER_ERROR, Signal.PRESENT, Signal.PRESENT),
    ],
)
def test_the_weightier_word_counts(first, second, said):
    driven = drive(walk([reads(first), reads(second)]), [html("<p>x"), html("<p>x")])

    assert driven.result.signal is said
    assert not driven.result.confirmed


def test_a_resort_is_not_asked_when_something_was_said():
    resort = Road(Question(URL), "x", lambda _: Reading(Signal.PRESENT, "."), is_resort=True)

    driven = drive(walk([reads(Signal.ABSENT_UNEXPLAINED), resort]), [html("<p>x")])

    assert driven.result.signal is Signal.ABSENT_UNEXPLAINED


def test_nobody_is_asked_again_who_was_asked_too_often():
    driven = drive(walk([reads(Signal.RATE_LIMITED), reads(Signal.PRESENT)]), [html("<p>x")])

    assert driven.result.signal is Signal.RATE_LIMITED


def test_a_browser_that_fails_does_not_ask_the_control():
    road = Road(Question(URL, ask=Ask.RENDER), "The page", lambda _: Reading(Signal.PRESENT, "."))

    driven = drive(walk([road]), [failed(Outcome.TIMEOUT, "60 s passed")])

    assert driven.result.signal is Signal.UNREADABLE
    assert driven.result.reason == "The page was not shown by the browser (60 s passed)."


def test_a_platform_without_a_name_is_unreachable_and_not_gone():
    driven = drive(walk([reads(Signal.PRESENT)]), [failed(Outcome.NO_HOST), ONLINE])

    assert (driven.result.signal, driven.result.confirmed) == (Signal.UNREACHABLE, False)


def test_no_road_says_nothing():
    assert drive(walk([]), []).result.signal is Signal.UNREADABLE


def test_the_same_reason_is_said_once():
    twice = Reading(Signal.WALL, "It is behind a wall.")

    assert heavier(twice, twice).reason == "It is behind a wall."
