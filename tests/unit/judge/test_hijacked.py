"""Names that were registered anew: what is served there is another's page, not the source changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.around import around_of, needs_another_road, turned_absent
from archiver.judge.findings import find
from archiver.judge.verdicts import Around, explain, judge
from archiver.model.observation import Observation
from archiver.model.seen import seen_of
from archiver.model.signals import Signal
from archiver.model.verdict import AsCited, AsCitedKind, FindingKind, VerdictKind
from tests.build import days, post
from tests.unit.judge.looks import OTHER, STORY, URL, by_browser, look, moved_file, on, served
from tests.unit.judge.test_findings import LINK

S, V = Signal, VerdictKind
THIRD = (
    "Our casino opens at nine. Spin the wheel for a bonus on your first deposit, play the slots "
    "all night, and win the jackpot that nobody has won since the spring."
)


def taken(
    day: float, since: float | None, words: str = OTHER, *, url: str = URL, rendered: bool = False
) -> Observation:
    """Return a look at a page under a name that was registered on day ``since``."""
    seen = served(day, url, words, rendered=rendered)
    at = on(since) if since is not None else None
    return replace(seen, reading=replace(seen.reading, registered_at=at))


def judged(*looks: Observation) -> tuple[VerdictKind, str]:
    verdict = judge(looks)
    return verdict.kind, verdict.rule


def test_another_page_under_a_name_registered_since_is_a_suspicion_at_first() -> None:
    verdict = judge([served(0), taken(9, since=5)])

    assert (verdict.kind, verdict.rule, verdict.cause) == (V.SUSPECT, "hijacked", "present")
    assert verdict.reason == (
        "Its name was registered anew on 27 November 2026, after it was seen, and what is there "
        "now is unlike what was there before: It is present. It counts when it lasts."
    )
    assert (verdict.last_seen, verdict.first_gone) == (on(0), on(9))


def test_two_such_looks_a_day_apart_are_gone() -> None:
    looks = [served(0), taken(9, since=5), taken(9.9, since=5)]
    verdict = judge([*looks, taken(10, since=5)])

    assert judged(*looks) == (V.SUSPECT, "hijacked")
    assert (verdict.kind, verdict.rule, verdict.cause) == (V.GONE, "hijacked_repeated", "present")
    assert verdict.reason.startswith("Its name was registered anew on 27 November 2026")
    assert verdict.reason.endswith("gone: another's page on 1 December 2026, 2 December 2026.")
    assert (verdict.since, verdict.rests_on) == (on(9), ("9-present", "10-present"))


def test_the_stranger_may_write_other_pages_later() -> None:
    looks = [served(0), taken(9, since=5), taken(20, since=5, words=THIRD)]

    assert judged(*looks) == (V.GONE, "hijacked_repeated")


def test_a_page_that_the_stranger_serves_for_anything_counts_by_its_name_too() -> None:
    looks = [taken(day, since=5) for day in (9, 10)]
    for_anything = [replace(one, reading=replace(one.reading, signal=S.SOFT_404)) for one in looks]

    assert judged(served(0), for_anything[0]) == (V.SUSPECT, "hijacked")
    assert judge([served(0), *for_anything]).rule == "hijacked_repeated"


def test_a_redirect_of_the_stranger_counts_by_its_name() -> None:
    away = [taken(day, since=5, url="https://watches.example/sale") for day in (9, 10)]

    assert judged(served(0), *away) == (V.GONE, "hijacked_repeated")


@pytest.mark.parametrize(
    ("why", "looks"),
    [
        ("registered before it was ever seen", [served(0), taken(9, since=-1)]),
        ("registered when it was seen", [served(0), taken(9, since=0)]),
        ("nobody knows when", [served(0), taken(9, since=None)]),
        ("it reads as it did", [served(0), taken(9, since=5, words=STORY)]),
        ("it cannot be compared", [served(0), taken(9, since=5, rendered=True)]),
        ("it was never seen before", [taken(9, since=5)]),
        ("it was never served before", [look(0, S.NOT_FOUND), taken(9, since=5)]),
        ("a file", [moved_file(0, URL, "aa"), taken(9, since=5)]),
    ],
)  # fmt: skip
def test_without_all_of_it_the_page_stays_what_it_was(why: str, looks: list[Observation]) -> None:
    assert judged(*looks) == (V.PRESENT, "present"), why


def test_a_post_has_no_name_of_its_own() -> None:
    then, now = (look(day, S.PRESENT, url=URL, post=post()) for day in (0, 9))
    now = replace(now, reading=replace(now.reading, registered_at=on(5)))

    assert judged(then, now) == (V.PRESENT, "present")


def test_whoever_showed_the_page_as_it_was_may_write_another() -> None:
    looks = [served(0), taken(9, since=5, words=STORY), taken(400, since=5)]

    assert judged(*looks) == (V.PRESENT, "present")


def test_a_look_that_was_read_otherwise_does_not_hide_the_one_before() -> None:
    looks = [served(0), served(1, rendered=True), taken(9, since=5), taken(10, since=5)]

    assert judged(*looks) == (V.GONE, "hijacked_repeated")


def test_a_look_that_did_not_learn_of_the_name_hides_nothing_later() -> None:
    looks = [served(0), served(9, words=OTHER), taken(10, since=5), taken(11, since=5)]

    assert judged(*looks) == (V.GONE, "hijacked_repeated")


def test_the_old_page_again_came_back() -> None:
    looks = [served(0), taken(9, since=5), taken(10, since=5), taken(20, since=15, words=STORY)]
    verdict = judge(looks)

    assert (verdict.kind, verdict.rule, verdict.since) == (V.PRESENT, "came_back", on(20))


def test_it_counts_among_other_absences() -> None:
    looks = [served(0), look(1, S.NOT_FOUND), look(4, S.NOT_FOUND), by_browser(taken(9, since=5))]

    assert judged(*looks) == (V.GONE, "absent_three_times")


def test_a_look_at_which_the_whole_host_changed_hands_does_not_count_and_later_ones_do() -> None:
    looks = [served(0), taken(9, since=5), taken(10, since=5), taken(11, since=5)]
    seen = [seen_of(one) for one in looks]
    around = around_of(seen[:2], [on(9), on(9.1)], ())

    assert around == Around(held=frozenset({"9-present"}))
    assert judge(looks[:2], around=around).rule == "host_incident"
    assert judge(looks[:3], around=around).rule == "hijacked"
    assert judge(looks, around=around).rule == "hijacked_repeated"


def test_the_browser_is_not_asked_for_what_the_plain_request_was_served() -> None:
    looks = [served(0), taken(9, since=5), taken(20, since=5)]
    seen = [seen_of(one) for one in looks]
    turned = turned_absent(seen)

    assert turned is not None
    assert turned.id == "9-present"
    assert not needs_another_road(seen, Around())


def test_the_finding_is_that_the_source_is_gone_and_never_that_it_changed() -> None:
    looks = [served(0), taken(9, since=5), taken(10, since=5)]
    pin = AsCited(AsCitedKind.CAPTURE, on(0), days(0), "c1", looks[0].id)
    then, now = looks[0].reading, looks[-1].reading

    once = find(LINK, judge(looks[:2]), pin, relied_on=then, now=now)
    twice = find(LINK, judge(looks), pin, relied_on=then, now=now)

    assert (once.kind, once.rule) == (FindingKind.SUSPECT, "hijacked")
    assert (twice.kind, twice.rule) == (FindingKind.GONE, "hijacked_repeated")


def test_an_explanation_says_how_many_looks_are_wanting() -> None:
    steps = {step.rule: step for step in explain([served(0), taken(9, since=5)]).steps}

    assert steps["hijacked"].why == "1 of 2 looks, at least 1 day apart"
    assert steps["hijacked"].looks == ("9-present",)
    assert steps["hijacked_once"].held


# --- for all sequences --------------------------------------------------------------------------

DAYS = st.floats(0, 400, allow_nan=False).map(lambda day: round(day, 3))
PAGES = st.builds(
    served,
    DAYS,
    url=st.sampled_from([URL, "https://news.example/", "https://other.example/a"]),
    words=st.sampled_from([STORY, OTHER, THIRD]),
    rendered=st.booleans(),
)
SIGNALS = st.builds(look, DAYS, st.sampled_from(list(Signal)), confirmed=st.booleans())
ROWS = st.lists(PAGES | SIGNALS, min_size=1, max_size=10).map(
    lambda row: [replace(one, id=str(number)) for number, one in enumerate(row)]
)


def registering(looks: list[Observation], at: datetime | None) -> list[Observation]:
    return [replace(one, reading=replace(one.reading, registered_at=at)) for one in looks]


@given(ROWS)
def test_without_a_newer_registration_nothing_changes(looks: list[Observation]) -> None:
    explained = explain(looks)
    old = registering(looks, on(0))  # no look is older

    assert judge(old) == explained.verdict
    assert not explained.verdict.rule.startswith("hijacked")


@given(ROWS, DAYS)
def test_a_hijacked_page_was_seen_before_its_name_was_registered(
    looks: list[Observation], day: float
) -> None:
    verdict = judge(registering(looks, on(day)))

    if verdict.rule.startswith("hijacked"):
        showed = [one.at for one in looks if one.reading.page is not None]
        assert min(showed) < on(day)
        assert verdict.kind is (V.GONE if verdict.rule == "hijacked_repeated" else V.SUSPECT)
