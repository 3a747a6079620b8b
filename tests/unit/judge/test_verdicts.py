from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ArchiverError
from archiver.judge._standing import Around, Standing, place_of, standing_of
from archiver.judge.verdicts import TOMBSTONES, explain, judge
from archiver.model.inquiry import Wall
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.model.verdict import Verdict, VerdictKind
from tests.build import post
from tests.unit.judge.looks import OTHER, STORY, URL, by_browser, look, moved_file, on, served, text

S, V = Signal, VerdictKind
NOTHING = (
    S.WALL,
    S.LOGIN,
    S.RATE_LIMITED,
    S.SERVER_ERROR,
    S.UNREACHABLE,
    S.OFFLINE,
    S.REFUSED,
    S.UNREADABLE,
)
RESTRICTED = (S.PROTECTED, S.AGE_RESTRICTED, S.WITHHELD)
HOME = "https://news.example/"


def judged(*observations: Observation) -> tuple[VerdictKind, str]:
    verdict = judge(observations)
    return verdict.kind, verdict.rule


# --- every signal has a rule --------------------------------------------------------------------


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_has_a_rule(signal):
    verdict = judge([look(0, signal)])

    assert verdict.since == on(0)
    assert verdict.rests_on == (f"0-{signal}",)
    assert verdict.reason.startswith(f"It is {signal}.")
    assert isinstance(standing_of(signal), Standing)


@pytest.mark.parametrize(
    ("signal", "kind", "rule"),
    [
        (S.PRESENT, V.PRESENT, "present"),
        (S.DELETED, V.SUSPECT, "deleted_once"),
        (S.ACCOUNT_GONE, V.SUSPECT, "account_gone_once"),
        (S.SUSPENDED, V.SUSPECT, "suspended_once"),
        (S.REMOVED, V.SUSPECT, "removed_once"),
        (S.PROTECTED, V.RESTRICTED, "protected"),
        (S.AGE_RESTRICTED, V.RESTRICTED, "age_restricted"),
        (S.WITHHELD, V.RESTRICTED, "withheld"),
        (S.ABSENT_UNEXPLAINED, V.SUSPECT, "absent_unexplained"),
        (S.NOT_FOUND, V.SUSPECT, "not_found_once"),
        (S.GONE, V.SUSPECT, "gone_once"),
        (S.NO_HOST, V.SUSPECT, "no_host_once"),
        (S.SOFT_404, V.SUSPECT, "soft_404"),
        (S.PARKED, V.SUSPECT, "parked"),
        (S.WALL, V.UNKNOWN, "wall"),
        (S.LOGIN, V.UNKNOWN, "login"),
        (S.RATE_LIMITED, V.UNKNOWN, "rate_limited"),
        (S.SERVER_ERROR, V.UNREACHABLE, "server_error"),
        (S.UNREACHABLE, V.UNREACHABLE, "unreachable"),
        (S.OFFLINE, V.UNKNOWN, "local"),
        (S.REFUSED, V.UNKNOWN, "refused"),
        (S.UNREADABLE, V.UNKNOWN, "unreadable"),
    ],
)
def test_what_one_confirmed_look_amounts_to(signal, kind, rule):
    assert judged(look(0, signal)) == (kind, rule)


def test_nothing_cannot_be_judged():
    with pytest.raises(ArchiverError, match="at least one observation"):
        judge([])


def test_the_order_in_which_looks_are_given_does_not_matter():
    looks = [served(0), look(1, S.NOT_FOUND), look(4, S.NOT_FOUND), look(8, S.NOT_FOUND)]

    assert judge(looks[::-1]) == judge(looks)


# --- 404 ----------------------------------------------------------------------------------------


def test_one_404_is_not_a_deletion():
    verdict = judge([served(0), look(1, S.NOT_FOUND)])

    assert (verdict.kind, verdict.rule, verdict.cause) == (V.SUSPECT, "not_found_once", "not_found")


def test_three_404s_three_days_apart_each_are_an_absence_that_lasts():
    looks = [served(0), look(1, S.NOT_FOUND), look(4, S.NOT_FOUND)]
    verdict = judge([*looks, by_browser(look(7, S.NOT_FOUND))])

    assert verdict == Verdict(
        kind=V.GONE,
        rule="absent_three_times",
        reason="It is not_found. It is gone: absent on 23 November 2026, 26 November 2026, 29 November 2026.",
        since=on(1),
        rests_on=("1-not_found", "4-not_found", "7-not_found"),
        cause="not_found",
        last_seen=on(0),
        first_gone=on(1),
    )


def test_404s_of_a_page_need_one_look_by_a_browser_or_from_another_place():
    looks = [look(day, S.NOT_FOUND) for day in (0, 4, 8)]
    elsewhere = replace(looks[2], vantage=replace(looks[2].vantage, proxy=True))

    assert judged(*looks) == (V.SUSPECT, "not_found_once")
    assert judge([*looks[:2], by_browser(looks[2])]).kind is V.GONE
    assert judge([*looks[:2], elsewhere]).kind is V.GONE
    assert judge(looks, platform="mastodon").kind is V.GONE


@pytest.mark.parametrize("second", [*NOTHING])
def test_looks_that_say_nothing_neither_count_nor_interrupt(second):
    first = by_browser(look(0, S.NOT_FOUND))
    looks = [first, look(3, second), look(6, S.NOT_FOUND), look(9, second)]

    assert judge(looks).kind in (V.UNKNOWN, V.UNREACHABLE, V.SUSPECT)
    assert judge([*looks, look(10, S.NOT_FOUND)]).kind is V.GONE


def test_many_404s_within_six_days_are_not_enough():
    looks = [by_browser(look(day / 4, S.NOT_FOUND)) for day in range(24)]

    assert judge(looks).kind is V.SUSPECT
    assert judge([*looks, look(6, S.NOT_FOUND)]).kind is V.GONE


def test_being_served_in_between_starts_the_count_anew():
    looks = [
        look(0, S.NOT_FOUND),
        look(3, S.NOT_FOUND),
        served(4),
        look(6, S.NOT_FOUND),
        look(9, S.NOT_FOUND),
    ]

    verdict = judge(looks)

    assert (verdict.kind, verdict.since) == (V.SUSPECT, on(6))


@pytest.mark.parametrize("signal", RESTRICTED)
def test_being_hidden_in_between_starts_the_count_anew(signal):
    looks = [look(0, S.NOT_FOUND), look(3, S.NOT_FOUND), look(4, signal), look(7, S.NOT_FOUND)]

    assert judge(looks).kind is V.SUSPECT


def test_unconfirmed_404s_never_add_up():
    looks = [look(day * 5, S.NOT_FOUND, confirmed=False) for day in range(20)]

    assert judged(*looks) == (V.SUSPECT, "not_found_unconfirmed")


def test_an_empty_answer_never_adds_up():
    looks = [look(day * 5, S.ABSENT_UNEXPLAINED) for day in range(20)]

    assert judged(*looks) == (V.SUSPECT, "absent_unexplained")


def test_an_empty_answer_does_not_count_among_404s():
    first = by_browser(look(0, S.NOT_FOUND))
    looks = [first, look(3, S.ABSENT_UNEXPLAINED), look(6, S.NOT_FOUND)]

    assert judge(looks).kind is V.SUSPECT
    assert judge([*looks, look(9, S.NOT_FOUND)]).kind is V.GONE


def test_a_missing_host_is_gone_when_two_looks_a_day_apart_say_so():
    assert judged(look(0, S.NO_HOST), look(0.9, S.NO_HOST)) == (V.SUSPECT, "no_host_once")
    assert judged(look(0, S.NO_HOST), look(1, S.NO_HOST)) == (V.GONE, "no_host_repeated")


def test_a_missing_host_that_one_resolver_alone_tells_never_adds_up():
    looks = [look(day * 5, S.NO_HOST, confirmed=False) for day in range(9)]

    assert judged(*looks) == (V.SUSPECT, "no_host_unconfirmed")


# --- 410 and tombstones -------------------------------------------------------------------------


def test_a_410_counts_when_it_is_said_again_a_day_later():
    assert judged(look(0, S.GONE), look(0.9, S.GONE)) == (V.SUSPECT, "gone_once")
    assert judged(look(0, S.GONE), look(0.5, S.WALL), look(1, S.GONE)) == (V.GONE, "gone_repeated")


def test_410s_that_nothing_confirms_never_add_up():
    looks = [look(day * 2, S.GONE, confirmed=False) for day in range(9)]

    assert judged(*looks) == (V.SUSPECT, "gone_unconfirmed")
    assert judged(*looks, look(20, S.GONE)) == (V.SUSPECT, "gone_once")


@pytest.mark.parametrize("signal", sorted(TOMBSTONES))
def test_two_voices_have_to_say_it_again_an_hour_later(signal):
    looks = [served(0), look(1, signal), look(1 + 0.9 / 24, signal)]
    verdict = judge([*looks, look(1 + 1 / 24, signal)])

    assert judged(*looks) == (V.SUSPECT, f"{signal}_once")
    assert (verdict.kind, verdict.rule, verdict.cause) == (V.GONE, "tombstone_confirmed", signal)
    assert (verdict.since, verdict.last_seen, verdict.first_gone) == (on(1), on(0), on(1))


def test_two_voices_and_later_one_of_them_have_said_it_twice():
    looks = [look(0, S.DELETED), look(1 / 24, S.DELETED, confirmed=False)]

    assert judged(*looks) == (V.GONE, "tombstone_confirmed")


@pytest.mark.parametrize("signal", sorted(TOMBSTONES))
def test_one_voice_has_to_say_it_again_a_day_later(signal):
    once = look(0, signal, confirmed=False)

    assert judged(once) == (V.SUSPECT, f"{signal}_once")
    assert judged(once, look(0.5, signal, confirmed=False)) == (V.SUSPECT, f"{signal}_once")
    assert judged(once, look(1, signal, confirmed=False)) == (V.GONE, "tombstone_repeated")


def test_two_different_unconfirmed_tombstones_do_not_say_the_same():
    looks = [look(0, S.DELETED, confirmed=False), look(2, S.SUSPENDED, confirmed=False)]

    assert judged(*looks) == (V.SUSPECT, "suspended_once")


def test_an_absence_stays_gone_when_it_is_said_in_other_words():
    looks = [
        look(0, S.DELETED),
        look(1, S.DELETED),
        look(5, S.NOT_FOUND),
        look(9, S.ABSENT_UNEXPLAINED, confirmed=False),
    ]
    verdict = judge(looks)

    assert (verdict.kind, verdict.since, verdict.cause) == (V.GONE, on(0), "deleted")


# --- coming back, hiding ------------------------------------------------------------------------


def test_what_is_served_again_after_it_was_gone_came_back():
    looks = [served(0), look(1, S.DELETED), look(2, S.DELETED), served(5), served(9)]
    verdict = judge(looks)

    assert (verdict.kind, verdict.rule, verdict.since) == (V.PRESENT, "came_back", on(5))
    assert "came back" in verdict.reason
    assert verdict.rests_on == ("5-present", "9-present")


def test_what_is_served_again_after_a_suspicion_is_just_present():
    verdict = judge([served(0), look(1, S.NOT_FOUND), served(2)])

    assert (verdict.rule, verdict.since) == ("present", on(2))


def test_a_wall_in_between_does_not_start_presence_anew():
    verdict = judge([served(0), look(1, S.WALL), served(2)])

    assert (verdict.kind, verdict.since, verdict.rests_on) == (
        V.PRESENT,
        on(0),
        ("0-present", "2-present"),
    )


def test_a_restriction_begins_with_the_first_look_that_said_so():
    looks = [
        served(0),
        look(1, S.PROTECTED),
        look(2, S.WITHHELD),
        look(3, S.WALL),
        look(4, S.WITHHELD),
    ]
    verdict = judge(looks)

    assert (verdict.kind, verdict.rule, verdict.since, verdict.cause) == (
        V.RESTRICTED,
        "withheld",
        on(2),
        "withheld",
    )


# --- not being able to tell ---------------------------------------------------------------------


def test_a_wall_says_nothing_and_the_verdict_says_what_was_known():
    verdict = judge([served(0), look(1, S.WALL), look(2, S.LOGIN)])

    assert (verdict.kind, verdict.rule, verdict.since, verdict.cause) == (
        V.UNKNOWN,
        "login",
        on(1),
        "login",
    )
    assert verdict.reason.endswith("last known: present, on 22 November 2026.")
    assert verdict.rests_on == ("1-wall", "2-login")


def test_a_source_that_was_never_seen_is_called_so():
    assert judge([look(0, S.WALL)]).reason.endswith("it was never seen.")


def test_failures_are_counted_apart_from_walls():
    verdict = judge([served(0), look(1, S.WALL), look(2, S.UNREACHABLE), look(3, S.SERVER_ERROR)])

    assert (verdict.kind, verdict.since, verdict.rests_on) == (
        V.UNREACHABLE, on(2), ("2-unreachable", "3-server_error"),
    )  # fmt: skip


# --- redirects ----------------------------------------------------------------------------------


def test_the_same_content_at_another_address_has_moved():
    verdict = judge(
        [
            served(0),
            served(1, "https://news.example/archive/tower"),
            served(2, "https://news.example/archive/tower"),
        ]
    )

    assert (verdict.kind, verdict.rule, verdict.since) == (V.MOVED, "moved", on(1))
    assert verdict.moved_to == "https://news.example/archive/tower"
    assert verdict.rests_on == ("0-present", "1-present", "2-present")


def test_a_moved_file_is_known_by_its_bytes():
    then = moved_file(0, URL, "aa")

    assert judge([then, moved_file(1, "https://cdn.example/files/tower.pdf", "aa")]).kind is V.MOVED
    assert judged(then, moved_file(1, "https://cdn.example/files/tower.pdf", "bb")) == (
        V.SUSPECT,
        "redirected_elsewhere",
    )


def test_moving_back_is_being_present():
    looks = [served(0), served(1, "https://news.example/archive/tower"), served(2)]

    assert judge(looks).kind is V.PRESENT


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/2020/01/08/tower/",
        "https://www.news.example/2020/01/08/tower",
        f"{URL}#top",
    ],
)
def test_scheme_www_and_a_final_slash_are_no_move(url):
    assert judge([served(0), served(1, url)]).kind is V.PRESENT


def test_an_address_that_redirected_from_the_start_has_not_moved():
    looks = [served(0, "https://news.example/story/7"), served(1, "https://news.example/story/7")]

    assert judged(*looks) == (V.PRESENT, "present")


def test_a_redirect_that_was_given_up_is_no_move():
    looks = [served(0, "https://news.example/story/7"), served(1)]

    assert judged(*looks) == (V.PRESENT, "present")


def test_a_look_whose_content_was_withdrawn_makes_no_move():
    withdrawn = replace(look(0, S.PRESENT), answers=())
    away = served(2, "https://news.example/archive/tower")

    assert judged(withdrawn, served(1)) == (V.PRESENT, "present")
    assert judged(withdrawn, served(1), away) == (V.MOVED, "moved")


@pytest.mark.parametrize(
    "url",
    [
        HOME,
        "https://news.example/index.html",
        "https://other.example/",
        "https://news.example/en/",
        "https://news.example/404.html",
        "https://news.example/en-GB/home",
    ],
)
def test_a_redirect_home_that_lasts_is_an_absence_of_what_was_served_before(url):
    away = [served(day, url, OTHER) for day in (1, 5, 9)]
    verdict = judge([served(0), *away[:2]])

    assert (verdict.kind, verdict.rule) == (V.SUSPECT, "redirected_home")
    assert url in verdict.reason
    assert judged(served(0), *away[:2], by_browser(away[2])) == (V.GONE, "absent_three_times")


def test_a_redirect_home_is_never_more_than_a_suspicion_where_nothing_was_served_before():
    looks = [by_browser(served(day, HOME, OTHER)) for day in (1, 5, 9, 13)]

    assert judged(*looks) == (V.SUSPECT, "redirected_home")


def test_a_redirect_to_a_section_above_is_an_absence_when_it_is_another_page():
    section = "https://news.example/2020/01"
    looks = [served(0), *[by_browser(served(day, section, OTHER)) for day in (1, 5, 9)]]

    assert judged(*looks[:2]) == (V.SUSPECT, "redirected_away")
    assert judge(looks).kind is V.GONE
    assert judge([served(0), served(1, section)]).kind is V.MOVED


def test_a_sink_of_unrelated_addresses_is_an_absence():
    sink = "https://news.example/archive/notice"
    around = Around(sinks=frozenset({place_of(sink)}))
    looks = [by_browser(served(day, sink, OTHER)) for day in (1, 5, 9)]

    assert judge([served(0), looks[0]]).rule == "redirected_elsewhere"
    assert judge([served(0), looks[0]], around=around).rule == "redirected_away"
    assert judge([served(0), *looks], around=around).kind is V.GONE


def test_names_of_one_page_that_always_redirected_to_it_are_never_gone():
    page = "https://news.example/archive/tower"
    around = Around(sinks=frozenset({place_of(page)}))
    looks = [by_browser(served(day, page)) for day in (0, 4, 8, 12)]

    assert judge(looks, around=around).kind is V.SUSPECT


def test_a_redirect_home_at_the_first_look_is_a_suspicion():
    assert judged(served(0, HOME, OTHER)) == (V.SUSPECT, "redirected_home")


def test_a_home_page_that_redirects_to_another_home_page_is_served():
    first = replace(served(0, "https://www.example.org/en/"))
    home = replace(first, answers=(replace(first.answers[0], url="https://example.org/"),))

    assert judge([home]).kind is V.PRESENT


def test_a_search_on_the_home_page_is_no_home_page():
    assert judge([served(0), served(1, "https://news.example/?story=tower")]).kind is V.MOVED


@pytest.mark.parametrize("name", ["index.php", "en/index.php", "default.aspx", "main.jsp"])
def test_a_program_whose_query_names_a_page_is_no_home_page(name):
    url = f"https://news.example/{name}?id=4711"
    looks = [by_browser(served(day, url, OTHER)) for day in (1, 5, 9)]

    assert judged(served(0), *looks) == (V.SUSPECT, "redirected_elsewhere")


def test_a_redirect_to_something_else_is_a_suspicion():
    assert judged(served(0), served(1, "https://watches.example/shop/sale", OTHER)) == (
        V.SUSPECT,
        "redirected_elsewhere",
    )


def test_a_redirect_that_cannot_be_compared_says_nothing():
    looks = [served(0), served(1, "https://news.example/archive/tower", rendered=True)]

    assert judged(*looks) == (V.UNKNOWN, "redirected_incomparable")


def test_a_look_read_otherwise_does_not_hide_one_that_can_be_compared():
    away = "https://news.example/archive/tower"
    looks = [served(0), served(1, rendered=True)]

    assert judged(*looks, served(2, away)) == (V.MOVED, "moved")
    assert judged(*looks, served(2, away, OTHER)) == (V.SUSPECT, "redirected_elsewhere")


def test_a_redirect_home_does_not_interrupt_404s():
    looks = [look(0, S.NOT_FOUND), served(2, HOME), look(3, S.NOT_FOUND)]
    looks.append(by_browser(look(6, S.NOT_FOUND)))

    assert judge(looks).kind is V.GONE


def test_a_post_under_a_new_handle_has_not_moved():
    then = look(0, S.PRESENT, url="https://x.com/old/status/1", post=post())
    now = look(1, S.PRESENT, url="https://x.com/new/status/1", post=post())

    assert judge([then, now]).kind is V.PRESENT


def test_a_place_that_is_no_address_is_compared_as_it_is():
    then, now = served(0), served(1, "about:blank", STORY)

    assert judge([then, now]).kind in (V.MOVED, V.SUSPECT)


def test_a_look_without_answers_is_judged_by_its_signal():
    assert judge([replace(served(0, HOME), answers=())]).kind is V.PRESENT


# --- for all sequences --------------------------------------------------------------------------

DAYS = st.floats(0, 400, allow_nan=False).map(lambda day: round(day, 3))
SILENT = st.lists(st.tuples(DAYS, st.sampled_from(NOTHING), st.booleans()), min_size=1, max_size=12)
ANY = st.lists(
    st.tuples(DAYS, st.sampled_from(list(Signal)), st.booleans()), min_size=1, max_size=12
)


def looks_of(rows: list[tuple[float, Signal, bool]]) -> list[Observation]:
    return [
        replace(look(day, signal, confirmed=confirmed), id=str(number))
        for number, (day, signal, confirmed) in enumerate(rows)
    ]


@given(SILENT)
def test_no_row_of_walls_and_failures_is_ever_gone(rows):
    assert judge(looks_of(rows)).kind in (V.UNKNOWN, V.UNREACHABLE)


@given(ANY)
def test_gone_rests_on_a_statement_or_on_three_absences(rows):
    verdict = judge(looks_of(rows))

    if verdict.kind is V.GONE:
        assert verdict.rule in (
            "tombstone_confirmed",
            "tombstone_repeated",
            "gone_repeated",
            "no_host_repeated",
            "parked_repeated",
            "absent_three_times",
        )
        assert len(verdict.rests_on) >= 2
        assert verdict.cause not in (None, *NOTHING, S.PRESENT, S.ABSENT_UNEXPLAINED)


@given(st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=30))
def test_empty_answers_alone_are_never_gone(rows):
    looks = looks_of([(day, S.ABSENT_UNEXPLAINED, confirmed) for day, confirmed in rows])

    assert judge(looks).kind is V.SUSPECT


@given(
    st.lists(
        st.tuples(DAYS, st.sampled_from(list(Signal)), st.just(False)), min_size=1, max_size=12
    )
)
def test_unconfirmed_looks_need_the_platforms_own_words_twice(rows):
    verdict = judge(looks_of(rows))

    if verdict.kind is V.GONE:
        assert verdict.rule in ("tombstone_repeated", "gone_repeated")


@given(ANY, st.lists(DAYS, max_size=4))
def test_our_own_network_being_down_changes_no_verdict(rows, offline):
    looks = looks_of(rows)
    down = [replace(look(day, S.OFFLINE), id=f"down{n}") for n, day in enumerate(offline)]

    if any(seen.reading.signal is not S.OFFLINE for seen in looks):
        assert judge([*looks, *down]) == judge(looks)


@given(ANY)
def test_a_verdict_names_known_looks_and_a_known_time(rows):
    looks = looks_of(rows)
    verdict = judge(looks)

    assert set(verdict.rests_on) <= {seen.id for seen in looks}
    assert verdict.since in {seen.at for seen in looks}
    assert verdict.reason.endswith(".")


# --- pages that say of themselves that there is nothing -----------------------------------------


@pytest.mark.parametrize(("signal", "rule"), [(S.SOFT_404, "soft_404"), (S.PARKED, "parked")])
def test_a_page_that_says_so_counts_when_it_is_unlike_the_page_before(signal, rule):
    looks = [look(day, signal, confirmed=False, page=text(OTHER), url=URL) for day in (1, 5, 9)]

    assert judged(served(0), looks[0]) == (V.SUSPECT, rule)
    assert judge([served(0), *looks[:2], by_browser(looks[2])]).kind is V.GONE


@pytest.mark.parametrize("signal", [S.SOFT_404, S.PARKED])
def test_a_page_that_reads_as_it_did_before_is_the_thing_itself(signal):
    verdict = judge([served(0), look(1, signal, page=text(), url=URL)])

    assert (verdict.kind, verdict.since) == (V.PRESENT, on(0))


@pytest.mark.parametrize("signal", [S.SOFT_404, S.PARKED])
def test_without_a_page_before_or_a_second_voice_it_never_adds_up(signal):
    looks = [
        by_browser(look(day * 5, signal, confirmed=False, page=text(OTHER))) for day in range(9)
    ]

    assert judge(looks).kind is V.SUSPECT


def test_a_soft_404_that_a_sibling_confirms_counts_without_a_page_before():
    looks = [by_browser(look(day, S.SOFT_404, page=text(OTHER))) for day in (0, 4, 8)]

    assert judged(*looks) == (V.GONE, "absent_three_times")


def test_a_parked_name_that_its_records_confirm_is_gone_after_two_looks():
    looks = [look(day, S.PARKED, page=text(OTHER)) for day in (0, 1)]

    assert judged(*looks) == (V.GONE, "parked_repeated")


def test_a_page_that_half_reads_like_not_found_is_judged_by_what_was_there_before():
    half = look(1, S.PRESENT, page=text(OTHER), url=URL, not_found=0.6)

    assert judged(served(0), half) == (V.SUSPECT, "soft_404")
    assert judged(half) == (V.PRESENT, "present")


@pytest.mark.parametrize("signal", [S.NOT_FOUND, S.GONE])
def test_a_status_of_absence_with_the_page_as_it_was_never_adds_up(signal):
    looks = [by_browser(look(day, signal, page=text(), url=URL)) for day in (1, 5, 9, 13)]
    others = [by_browser(look(day, signal, page=text(OTHER), url=URL)) for day in (1, 5, 9)]

    assert judged(served(0), *looks) == (V.SUSPECT, f"{signal}_with_page")
    assert judge([served(0), *others]).kind is V.GONE


# --- our own side -------------------------------------------------------------------------------


@pytest.mark.parametrize("signal", [S.UNREACHABLE, S.WALL, S.NOT_FOUND])
def test_a_filter_of_our_own_says_nothing_whatever_the_answer_is(signal):
    looks = [by_browser(look(day, signal, wall=Wall.LOCAL)) for day in (1, 5, 9)]
    verdict = judge([served(0), *looks])

    assert (verdict.kind, verdict.rule, verdict.wall) == (V.UNKNOWN, "local", "local")
    assert verdict.since == on(1)
    assert judge([served(0), *looks, look(10, S.NOT_FOUND)]).rule == "not_found_once"


# --- incidents of the host ----------------------------------------------------------------------


def test_a_look_at_which_other_addresses_turned_bad_too_does_not_count():
    looks = [look(0, S.NOT_FOUND), look(4, S.NOT_FOUND), by_browser(look(8, S.NOT_FOUND))]
    around = Around(held=frozenset({looks[0].id}))

    assert judge(looks[:1], around=around).rule == "host_incident"
    assert judge(looks[:2], around=around).rule == "not_found_once"
    assert judge(looks, around=around).kind is V.SUSPECT
    assert judge([*looks, look(11, S.NOT_FOUND)], around=around).kind is V.GONE


# --- explaining ---------------------------------------------------------------------------------


def test_an_incident_of_the_host_holds_no_look_that_showed_the_source():
    around = Around(held=frozenset({"0-present"}))

    assert judge([served(0)], around=around).kind is V.PRESENT


def test_an_explanation_names_every_rule_tried_until_one_held():
    explained = explain([served(0), look(1, S.NOT_FOUND), look(5, S.NOT_FOUND)])
    tried = {step.rule: step for step in explained.steps}

    assert [step.held for step in explained.steps] == [*[False] * 15, True]
    assert explained.steps[0].rule == "local"
    assert tried["three_failures"].why == "2 of 3 failures, at least 3 days apart"
    assert tried["three_failures"].looks == ("1-not_found", "5-not_found")
    assert tried["absent"].held
    assert explained.verdict == judge([served(0), look(1, S.NOT_FOUND), look(5, S.NOT_FOUND)])


@given(ANY)
def test_some_rule_holds_for_every_row_of_looks(rows):
    explained = explain(looks_of(rows))

    assert explained.steps[-1].held
    assert explained.verdict == judge(looks_of(rows))
    assert not any(step.held for step in explained.steps[:-1])
