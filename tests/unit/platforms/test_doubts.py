"""What more is asked when a page that came is doubtful, and what is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.inquiry import Answer, Ask, Hop, Outcome, PageText, Question, Reading, Wall
from archiver.model.signals import Signal
from archiver.platforms import web
from archiver.platforms._doubts import Reads, settle
from archiver.platforms._page import page_text
from tests.answers import (
    AT,
    OFFLINE,
    ONLINE,
    Reply,
    drive,
    drive_always,
    failed,
    html,
    names,
    registered,
    unverified,
)
from tests.answers.pages import ARTICLE, CLOUDFLARE_CHALLENGE, NOT_FOUND, SHELL, titled

URL = "https://news.example/2020/01/08/tower"
OPEN_URL = URL.replace("https:", "http:")
MADE_UP = "https://news.example/2020/01/08/qwertyuiopasdfghjklzxcvbn"
HOME = "https://news.example/"
READS = Reads(web.read_answer, "text/html")
GREETING = titled(
    "The News", "<p>" + "Welcome to our new home, where all is bright and clean. " * 8
)
SORRY = titled(
    "The News", "<p>We looked everywhere, but what you look for has moved or never was. " * 4
)


@dataclass
class Settled:
    reading: Reading
    asked: list[Ask] = field(default_factory=list)


def at(url: str, reply: Reply, *hops: str) -> Answer:
    answer = reply.to(Question(url))
    return replace(answer, hops=tuple(Hop(hop, 302, (), AT) for hop in (*hops, answer.url)))


def settled(
    answer: Answer,
    *replies: Reply,
    shown: str | None = None,
    rendered: str | None = None,
    **changes: Any,
) -> Settled:
    """Settle what an answer reads as, with ``changes`` made to the reading of it first."""
    reading = web.read_answer(answer, answer.question.url)
    if rendered is not None:
        reading = web.read_answer(html(rendered).to(Question(URL, ask=Ask.RENDER)), URL)
    reading = replace(reading, **changes)
    before = web.read_answer(html(shown).to(Question(URL)), URL) if shown else None
    driven = drive(settle(answer.question.url, answer, reading, before, READS), replies)
    return Settled(driven.result, [question.ask for question in driven.questions])


def soft(body: str, *replies: Reply, **more: Any) -> Settled:
    """Settle a page that was read as "not found" with a success."""
    page = page_text(body.encode(), URL)
    return settled(at(URL, html(body)), *replies, signal=Signal.SOFT_404, page=page, **more)


# --- Our own network


@pytest.mark.parametrize(
    "answer",
    [
        at(OPEN_URL, html(NOT_FOUND, 404)),
        at(OPEN_URL, html(titled("Gone"), 410)),
        at(OPEN_URL, html(CLOUDFLARE_CHALLENGE, 403)),
        at(OPEN_URL, html(titled("Gateway"), 504)),
        at(OPEN_URL, html(NOT_FOUND, 404, url="https://portal.example/"), OPEN_URL),
        at(URL, unverified(html(NOT_FOUND, 404))),
    ],
)
def test_a_bad_answer_that_anybody_could_write_is_checked_at_the_control(answer: Answer) -> None:
    down = settled(answer, OFFLINE)
    up = settled(answer, ONLINE)

    assert (down.reading.signal, down.reading.wall) == (Signal.OFFLINE, Wall.LOCAL)
    assert up.asked == [Ask.CONTROL]
    assert up.reading == web.read_answer(answer, answer.question.url)


@pytest.mark.parametrize(
    "answer",
    [
        at(URL, html(NOT_FOUND, 404)),
        at(URL, html(CLOUDFLARE_CHALLENGE, 403)),
        at(OPEN_URL, html(NOT_FOUND, 404, url=URL), OPEN_URL),
        at(OPEN_URL, html(NOT_FOUND, 404, url=URL.replace("//", "//www.")), OPEN_URL),
        at(OPEN_URL, html(ARTICLE)),
    ],
)
def test_an_answer_that_nobody_could_forge_or_that_is_good_needs_no_control(answer: Answer) -> None:
    assert settled(answer).asked == []


def test_a_filter_s_page_is_checked_even_over_tls() -> None:
    filtered = settled(at(URL, html(ARTICLE)), OFFLINE, signal=Signal.WALL, wall=Wall.LOCAL)
    only_here = settled(at(URL, html(ARTICLE)), ONLINE, signal=Signal.WALL, wall=Wall.LOCAL)

    assert filtered.reading.signal is Signal.OFFLINE
    assert (only_here.reading.signal, only_here.reading.wall) == (Signal.WALL, Wall.LOCAL)


def test_a_first_look_that_is_led_to_another_host_without_tls_is_checked() -> None:
    portal = at(OPEN_URL, html(GREETING, url="https://portal.example/"), OPEN_URL)

    assert settled(portal, OFFLINE).reading.signal is Signal.OFFLINE
    assert settled(portal, ONLINE, html(SORRY, url=MADE_UP)).reading.signal is Signal.PRESENT


def test_a_short_link_without_tls_that_leads_where_it_did_is_not_checked() -> None:
    there = at(OPEN_URL, html(ARTICLE, url="https://story.example/a/b/c/d/e/"), OPEN_URL)

    assert settled(there, shown=ARTICLE).asked == []


def test_without_a_control_to_ask_the_reading_stays() -> None:
    found = settled(at(OPEN_URL, html(NOT_FOUND, 404)), failed(Outcome.REFUSED))

    assert found.reading.signal is Signal.NOT_FOUND


def test_a_portal_in_the_page_s_place_is_offline_and_no_sibling_is_asked() -> None:
    found = settled(at(OPEN_URL, html(GREETING)), OFFLINE, shown=ARTICLE)

    assert found.asked == [Ask.CONTROL]
    assert found.reading.signal is Signal.OFFLINE


# --- Its name

UNTOLD = failed(Outcome.REFUSED)


def test_a_parked_page_on_parking_servers_is_parked_for_sure() -> None:
    parked = names("NOERROR", "NOERROR", NS=["ns1.sedoparking.com"])

    found = settled(at(URL, html(GREETING)), parked, UNTOLD, signal=Signal.PARKED)

    assert found.asked == [Ask.DNS, Ask.REGISTRY]
    assert (found.reading.signal, found.reading.confirmed) == (Signal.PARKED, True)
    assert "Sedo" in found.reading.reason


@pytest.mark.parametrize(
    "told", [names("NOERROR", NS=["ns1.own.example"]), failed(Outcome.REFUSED)]
)
def test_a_parked_page_on_other_servers_stays_a_guess(told: Reply) -> None:
    found = settled(at(URL, html(GREETING)), told, UNTOLD, signal=Signal.PARKED)

    assert (found.reading.signal, found.reading.confirmed) == (Signal.PARKED, False)


def test_another_page_on_parking_servers_is_parked_by_one_voice() -> None:
    parked = names("NOERROR", "NOERROR", NS=["ns1.bodis.com"])

    found = settled(at(URL, html(GREETING)), parked, UNTOLD, shown=ARTICLE)

    assert (found.reading.signal, found.reading.confirmed) == (Signal.PARKED, False)


def test_a_parked_page_for_a_name_that_does_not_exist_is_our_resolver_s() -> None:
    rewritten = names("NXDOMAIN", "NOERROR", A=["192.0.2.9"])

    found = settled(at(OPEN_URL, html(GREETING)), ONLINE, rewritten, signal=Signal.PARKED)

    assert (found.reading.signal, found.reading.wall) == (Signal.UNREACHABLE, Wall.LOCAL)


# --- The made-up address beside it

NOT_PARKED = names("NOERROR", "NOERROR", NS=["ns1.own.example"])
HARD = html(NOT_FOUND, 404, url=MADE_UP)


def test_where_the_site_tells_what_is_absent_a_model_s_word_alone_does_not_count() -> None:
    found = soft(SORRY, HARD, not_found=0.8)

    assert found.asked == [Ask.SIBLING]
    assert found.reading.signal is Signal.PRESENT
    assert found.reading.page is not None
    assert (found.reading.confirmed, found.reading.not_found) == (False, 0.8)


@pytest.mark.parametrize(
    ("body", "shown", "not_found"),
    [(NOT_FOUND, None, 0.8), (SORRY, ARTICLE, 0.8), (SORRY, None, 0.95), (SORRY, None, None)],
    ids=["titled so", "unlike before", "plainly", "not by a measure"],
)
def test_stronger_words_stay_though_the_site_tells_what_is_absent(
    body: str, shown: str | None, not_found: float | None
) -> None:
    found = soft(body, HARD, shown=shown, not_found=not_found)

    assert (found.reading.signal, found.reading.confirmed) == (Signal.SOFT_404, False)


def test_words_that_are_served_for_anything_and_say_not_found_are_confirmed() -> None:
    found = soft(SORRY, html(SORRY, url=MADE_UP), not_found=0.8)

    assert (found.reading.signal, found.reading.confirmed) == (Signal.SOFT_404, True)


def test_a_page_that_is_served_for_anything_and_was_another_is_a_soft_404() -> None:
    served = at(URL, html(GREETING))

    found = settled(served, NOT_PARKED, UNTOLD, html(GREETING, url=MADE_UP), shown=ARTICLE)

    assert found.asked == [Ask.DNS, Ask.REGISTRY, Ask.SIBLING]
    assert (found.reading.signal, found.reading.confirmed) == (Signal.SOFT_404, True)


def test_a_page_that_reads_a_little_like_not_found_and_is_served_for_anything_is_suspect() -> None:
    found = settled(at(URL, html(SORRY)), html(SORRY, url=MADE_UP), not_found=0.6)

    assert (found.reading.signal, found.reading.confirmed) == (Signal.SOFT_404, False)


def test_another_page_that_a_made_up_address_does_not_show_is_only_another_page() -> None:
    found = settled(
        at(URL, html(GREETING)), NOT_PARKED, UNTOLD, html(SORRY, url=MADE_UP), shown=ARTICLE
    )

    assert found.reading.signal is Signal.PRESENT


@pytest.mark.parametrize(
    "sibling",
    [
        html(CLOUDFLARE_CHALLENGE, 403, url=MADE_UP),
        html(CLOUDFLARE_CHALLENGE, 404, url=MADE_UP),
        html("", 429, url=MADE_UP),
        html(titled("503"), 503, url=MADE_UP),
        html(titled("Log in"), url="https://news.example/login"),
        failed(Outcome.TIMEOUT),
        failed(Outcome.REFUSED),
        unverified(html(GREETING, url=MADE_UP)),
        Reply(200, GREETING.encode(), outcome=Outcome.TRUNCATED),
    ],
)
def test_a_wall_or_an_error_at_the_made_up_address_says_nothing(sibling: Reply) -> None:
    asked = settled(at(URL, html(GREETING)), NOT_PARKED, UNTOLD, sibling, shown=ARTICLE)

    assert asked.reading == web.read_answer(html(GREETING).to(Question(URL)), URL)


def test_a_page_that_scripts_draw_is_alike_everywhere_and_so_never_counts() -> None:
    drawn = settled(
        at(URL, html(SHELL)), html(SHELL, url=MADE_UP), rendered=GREETING, not_found=0.6
    )

    assert drawn.asked == [Ask.SIBLING]
    assert drawn.reading.signal is Signal.PRESENT


def test_few_words_that_say_nothing_of_absence_may_be_a_wall_and_never_count() -> None:
    few = titled("One moment", "<p>We look at your browser.</p>")

    found = settled(at(URL, html(few)), NOT_PARKED, UNTOLD, html(few, url=MADE_UP), shown=ARTICLE)

    assert found.reading.signal is Signal.PRESENT


def test_a_page_as_it_was_is_present_though_a_made_up_address_shows_the_same() -> None:
    found = settled(
        at(URL, html(ARTICLE)), html(ARTICLE, url=MADE_UP), shown=ARTICLE, not_found=0.6
    )

    assert found.reading.signal is Signal.PRESENT


@pytest.mark.parametrize(
    "end",
    [
        HOME,
        "https://www.news.example/2020/",
        "https://news.example/2020",
        "https://new.example/",
        "https://news.example/404.html",
    ],
)
def test_a_redirect_up_that_a_made_up_address_takes_too_is_a_soft_404(end: str) -> None:
    found = settled(at(URL, html(GREETING, url=end), URL), html(GREETING, url=end))

    assert found.asked == [Ask.SIBLING]
    assert (found.reading.signal, found.reading.confirmed) == (Signal.SOFT_404, True)
    assert found.reading.url == end


def test_a_redirect_that_a_made_up_address_does_not_take_is_where_the_page_moved() -> None:
    moved = settled(at(URL, html(ARTICLE, url=HOME), URL), html(SORRY, url=MADE_UP))
    hard = settled(at(URL, html(ARTICLE, url=HOME), URL), HARD)

    assert (moved.reading.signal, hard.reading.signal) == (Signal.PRESENT, Signal.PRESENT)


def test_a_redirect_to_what_was_shown_before_is_no_absence() -> None:
    always = settled(
        at(URL, html(GREETING, url=HOME), URL), html(GREETING, url=HOME), shown=GREETING
    )

    assert always.reading.signal is Signal.PRESENT


def test_a_redirect_to_another_form_of_the_address_is_no_redirect() -> None:
    slash = at(URL, html(ARTICLE, url=f"{URL}/"), URL)

    assert settled(slash).asked == []


def test_the_root_of_a_site_has_no_sibling() -> None:
    home = at(HOME, html(SORRY))

    assert settled(home, signal=Signal.SOFT_404).asked == []


@given(
    st.sampled_from(list(Signal)),
    st.sampled_from([None, *Wall]),
    st.none() | st.floats(0, 1),
    st.sampled_from([ARTICLE, GREETING, SHELL, "", NOT_FOUND]),
    st.lists(
        st.sampled_from(
            [
                ONLINE, OFFLINE, NOT_PARKED, HARD, html(GREETING), html(SHELL), Reply(200, b"\xff"),
                registered("2026-03-02"),
            ]
        ),
        min_size=4,
        max_size=4,
    ),
)  # fmt: skip
def test_four_questions_settle_anything(
    signal: Signal, wall: Wall | None, share: float | None, body: str, replies: Sequence[Reply]
) -> None:
    page = PageText("T", body[:300], None, None)
    reading = Reading(signal, "It is so.", wall=wall, not_found=share, page=page)
    shown = replace(reading, page=PageText("U", "what was there", None, None))
    answer = at(OPEN_URL, html(body or "x"))
    waiting = list(replies)

    found = drive_always(settle(OPEN_URL, answer, reading, shown, READS), lambda _: waiting.pop(0))

    assert found.reason.endswith(".")


# --- When its name was registered

ANEW = datetime(2026, 3, 2, 4, tzinfo=UTC)


def test_another_page_keeps_when_its_name_was_registered_and_is_no_other_signal_for_it() -> None:
    told = (NOT_PARKED, registered("2026-03-02"), html(SORRY, url=MADE_UP))

    found = settled(at(URL, html(GREETING)), *told, shown=ARTICLE)

    plain = web.read_answer(html(GREETING).to(Question(URL)), URL)
    assert found.reading == replace(plain, registered_at=ANEW)


def test_it_is_kept_too_when_the_page_is_parked_or_served_for_anything() -> None:
    parked = names("NOERROR", "NOERROR", NS=["ns1.bodis.com"])
    anew = registered("2026-03-02")
    page = at(URL, html(GREETING))

    of_parked = settled(page, NOT_PARKED, anew, signal=Signal.PARKED).reading
    by_records = settled(page, parked, anew, shown=ARTICLE).reading
    of_any = settled(page, NOT_PARKED, anew, html(GREETING, url=MADE_UP), shown=ARTICLE).reading

    assert (of_parked.signal, of_parked.registered_at) == (Signal.PARKED, ANEW)
    assert (by_records.signal, by_records.registered_at) == (Signal.PARKED, ANEW)
    assert (of_any.signal, of_any.registered_at) == (Signal.SOFT_404, ANEW)


def test_a_page_as_it_was_shown_is_not_asked_about_and_keeps_what_was_told_then() -> None:
    page = at(URL, html(GREETING))
    reading = web.read_answer(page, URL)
    shown = replace(reading, registered_at=ANEW)

    asked_before = drive(settle(URL, page, reading, shown, READS), [])
    never = drive(settle(URL, page, reading, reading, READS), [])

    assert asked_before.result.registered_at == ANEW
    assert never.result == reading


def test_no_registry_is_asked_when_the_name_s_records_blame_our_own_resolver() -> None:
    rewritten = names("NXDOMAIN", "NOERROR", A=["192.0.2.9"])

    found = settled(at(OPEN_URL, html(GREETING)), ONLINE, rewritten, shown=ARTICLE)

    assert found.asked == [Ask.CONTROL, Ask.DNS]


# --- The browser's opinion


def opinion(reading: Reading, reply: Reply) -> Reading:
    driven = drive(web.second_opinion(URL, reading), [reply])
    assert [question.ask for question in driven.questions] == [Ask.RENDER]
    return driven.result


def test_what_the_browser_shows_keeps_when_the_name_was_registered() -> None:
    assert opinion(replace(ABSENT, registered_at=ANEW), html(ARTICLE)).registered_at == ANEW


ABSENT = web.read_answer(html(NOT_FOUND, 404).to(Question(URL)), URL)


def test_a_page_that_the_browser_shows_is_there() -> None:
    found = opinion(ABSENT, html(ARTICLE))

    assert found.signal is Signal.PRESENT
    assert found.page is not None
    assert found.page.rendered
    assert found.reason.startswith(f"The browser shows {URL}, though by HTTP: ")


def test_the_same_absence_in_the_browser_is_said_twice() -> None:
    found = opinion(ABSENT, html(NOT_FOUND, 404))

    assert found == replace(ABSENT, reason=found.reason)
    assert found.reason.endswith("; the browser was shown not found.")


@pytest.mark.parametrize(
    "reply",
    [
        failed(Outcome.TIMEOUT),
        html(CLOUDFLARE_CHALLENGE, 403),
        html("", 503),
        unverified(html(ARTICLE)),
        html(titled("Log in to continue | The News", "<p>Hello.</p>")),
    ],
)
def test_whatever_else_the_browser_meets_changes_nothing_and_is_no_word_of_its(
    reply: Reply,
) -> None:
    assert opinion(ABSENT, reply) == replace(ABSENT, unheard=True)


def test_the_home_page_is_in_the_browser_what_it_was_by_http() -> None:
    sent_home = Reading(Signal.SOFT_404, "It leads home.", confirmed=True, url=HOME, page_url=URL)

    found = opinion(sent_home, html(GREETING, url=HOME))

    assert (found.signal, found.confirmed) == (Signal.SOFT_404, True)
    assert found.reason == "It leads home; the browser was shown the same page."


def test_the_same_words_in_the_browser_are_the_same_soft_404() -> None:
    page = web.read_answer(html(GREETING).to(Question(URL)), URL).page
    replaced = Reading(Signal.SOFT_404, "Served for anything.", url=URL, page=page)

    assert opinion(replaced, html(GREETING)).signal is Signal.SOFT_404
    assert opinion(replaced, html(ARTICLE)).signal is Signal.PRESENT
