"""Whom an event is told, when, and what of earlier news it takes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from archiver.judge.rules import (
    Decided,
    Digest,
    Fact,
    Patience,
    Rule,
    after_failing,
    after_telling,
    decide,
    key_of,
    released,
    severity_of,
    word_of,
)
from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.news import Heard, Told, Word
from archiver.model.verdict import (
    Event,
    EventKind,
    Severity,
)
from tests import build
from tests.build import NOW

USUAL = frozenset({Word.GONE, Word.CHANGED, Word.RESTRICTED, Word.RESTORED})
RULE = Rule("desk", USUAL)
LATER = NOW + timedelta(hours=5)


def fact(after: str, *, looks: int = 1, before: str | None = "present", **changes) -> Fact:
    event = build.event(after=after, before=before, **changes)
    return Fact(event, Severity.MAJOR, "x", frozenset({"01ARTICLE"}), looks)


def decided(rule: Rule, of: Fact, *earlier: tuple[Delivery, Event]) -> Decided:
    return decide(rule, of, earlier, NOW, lambda: build.fresh("01D"))


def earlier(after: str, state: DeliveryState, **changes) -> tuple[Delivery, Event]:
    event = build.event(after=after)
    sent_at = NOW if state is DeliveryState.SENT else None
    due_at = NOW if state in (DeliveryState.HELD, DeliveryState.PENDING) else None
    made = build.delivery(event.id, state=state, sent_at=sent_at, next_try_at=due_at)
    return replace(made, **changes), event


SENT, PENDING, HELD, DROPPED, FAILED = (
    DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.HELD, DeliveryState.DROPPED,
    DeliveryState.FAILED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "after", "word"),
    [
        (EventKind.VERDICT, "gone: deleted", Word.GONE),
        (EventKind.VERDICT, "present", Word.RESTORED),
        (EventKind.VERDICT, "restricted: protected", Word.RESTRICTED),
        (EventKind.VERDICT, "moved", Word.MOVED),
        (EventKind.VERDICT, "unreachable", Word.UNREACHABLE),
        (EventKind.FINDING, "intact", Word.RESTORED),
        (EventKind.FINDING, "changed", Word.CHANGED),
        (EventKind.FINDING, "settled", Word.SETTLED),
        (EventKind.FINDING, "suspect", Word.SUSPECT),
        (EventKind.EDIT, "edited", Word.EDITED),
    ],
)
def test_an_event_is_news_of_one_word(kind, after, word):
    assert word_of(build.event(kind=kind, after=after)) is word


@pytest.mark.parametrize(
    ("rule", "is_told"),
    [
        (RULE, True),
        (replace(RULE, words=frozenset({Word.CHANGED})), False),
        (replace(RULE, platforms=frozenset({"x", "web"})), True),
        (replace(RULE, platforms=frozenset({"web"})), False),
        (replace(RULE, articles=frozenset({"01ARTICLE"})), True),
        (replace(RULE, articles=frozenset({"01OTHER"})), False),
        (replace(RULE, severity=Severity.MAJOR), True),
    ],
)
def test_a_rule_says_which_news_of_what_it_wants(rule, is_told):
    assert (decided(rule, fact("gone: deleted")).added is not None) is is_told


@pytest.mark.parametrize(
    ("spelt", "is_told"),
    [
        ("https://news.example/one?id=1", True),
        ("http://news.example/one?id=1", True),
        ("HTTP://NEWS.example:80/%6Fne?utm_source=feed&id=1#top", True),
        ("https://news.example/one?id=2", False),
        ("https://news.example/one", False),
        ("01ARTICLE", True),
        ("01article", False),
    ],
)
def test_an_article_is_known_by_every_spelling_of_its_address(spelt, is_told):
    names = frozenset({"01ARTICLE", "https://news.example/one?id=1"})
    rule = replace(RULE, articles=frozenset({spelt, "01OTHER"}))

    added = decided(rule, replace(fact("gone"), articles=names)).added

    assert (added is not None) is is_told


def test_what_is_minor_is_not_told_where_major_is_wanted():
    minor = replace(fact("changed"), severity=Severity.MINOR)

    assert decided(replace(RULE, severity=Severity.MAJOR), minor).added is None
    assert decided(RULE, minor).added is not None


@pytest.mark.parametrize(
    ("after", "kept", "severity"),
    [
        ("changed", Severity.MINOR, Severity.MINOR),
        ("changed", Severity.MAJOR, Severity.MAJOR),
        ("changed", None, Severity.MAJOR),
        ("gone", None, Severity.MAJOR),
        ("suspect", None, Severity.MINOR),
        ("settled", Severity.MAJOR, Severity.MINOR),
    ],
)
def test_an_event_matters_as_what_it_tells(after, kept, severity):
    event = build.event(kind=EventKind.FINDING, after=after, severity=kept)

    assert severity_of(event) is severity


def test_news_told_at_once_waits_for_more_of_the_same_source():
    rule = replace(RULE, gather=timedelta(minutes=1))

    added = decided(rule, fact("gone: deleted")).added

    assert added is not None
    assert (added.state, added.next_try_at) == (PENDING, NOW + timedelta(minutes=1))
    assert added.key == key_of(added.event_id, "desk", 0)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((), "gone: deleted", True),
        ((("gone", SENT),), "gone: suspended", False),
        ((("gone", PENDING),), "gone: suspended", False),
        ((("gone: deleted", SENT),), "gone: suspended", True),
        ((("gone: deleted", SENT),), "gone: not_found", False),
        ((("gone: not_found", SENT),), "gone: hijacked", True),
        ((("gone: deleted", PENDING),), "gone: suspended", True),
        ((("gone: deleted", SENT), ("gone: suspended", SENT)), "gone: suspended", False),
        ((("gone", SENT),), "present", True),
        ((("gone", SENT), ("present", SENT)), "gone", True),
        ((("gone", SENT), ("present", SENT)), "present", False),
        ((("gone", PENDING),), "present", False),
        ((("gone", HELD),), "present", False),
        ((("gone", DROPPED),), "present", False),
        ((("gone", PENDING),), "restricted: protected", True),
        ((("gone", DROPPED),), "gone", True),
    ],
)
def test_each_news_is_told_once_and_taken_back_once(before, after, told):
    known = [earlier(word, state) for word, state in before]

    assert (decided(RULE, fact(after, before="gone"), *known).added is not None) is told


TRIED = {"message_id": "msg_tried"}
"""Of a delivery that a message was begun with: whether it arrived is not known."""


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        ((("gone", FAILED),), "gone", True),
        ((("gone", DROPPED),), "gone", True),
        ((("gone", SENT), ("gone", FAILED)), "gone", False),
        ((("gone", SENT), ("present", FAILED)), "gone", True),
        ((("gone", SENT), ("present", FAILED)), "present", True),
        ((("gone", SENT), ("present", FAILED)), "moved", True),
        ((("gone", FAILED),), "present", True),
        ((("gone", DROPPED),), "present", True),
        ((("gone", DeliveryState.ACKNOWLEDGED),), "gone", False),
    ],
)
def test_what_may_never_have_arrived_is_told_again_and_taken_back(before, after, is_told):
    known = [earlier(word, state, **TRIED) for word, state in before]

    assert (decided(RULE, fact(after, before="gone"), *known).added is not None) is is_told


def test_what_was_told_and_could_not_be_repeated_is_not_told_anew():
    known = earlier("gone", FAILED, sent_at=NOW, **TRIED)

    assert decided(RULE, fact("gone"), known).added is None


@pytest.mark.parametrize("state", [PENDING, HELD])
def test_opposite_news_drops_what_was_not_told_yet(state):
    known = earlier("gone: deleted", state)

    ((was, now),) = decided(RULE, fact("present", before="gone: deleted"), known).changed

    assert was == known[0]
    assert (now.state, now.next_try_at) == (DROPPED, None)
    assert now.note == "gone no longer held before it was told: now restored"


def test_another_cause_drops_the_one_that_was_not_told_yet_and_is_told_to_whom_it_was():
    found = fact("gone: suspended", before="gone: deleted")
    rule = replace(RULE, words=frozenset({Word.RESTORED}))

    waiting = decided(RULE, found, earlier("gone: deleted", PENDING))
    told = decided(rule, found, earlier("gone: deleted", SENT, next_try_at=LATER))

    ((_, dropped),), ((_, quiet),) = waiting.changed, told.changed
    assert (dropped.state, dropped.note) == (DROPPED, "what was found since is told instead")
    assert (quiet.state, quiet.next_try_at) == (SENT, None)
    assert None not in (waiting.added, told.added)


@pytest.mark.parametrize(
    ("was", "now", "before", "is_told"),
    [
        (Severity.MINOR, Severity.MAJOR, "changed", True),
        (Severity.MINOR, Severity.MAJOR, "gone", True),
        (Severity.MINOR, Severity.MINOR, "gone", False),
        (Severity.MAJOR, Severity.MAJOR, "gone", False),
        (Severity.MAJOR, Severity.MAJOR, "changed", True),  # of what a person had accepted
    ],
)
def test_a_change_is_told_again_when_it_matters_more_or_is_another(was, now, before, is_told):
    known = earlier("changed", SENT)
    known = known[0], replace(known[1], severity=was)
    found = fact("changed", before=before, kind=EventKind.FINDING, severity=now)

    assert (decided(RULE, found, known).added is not None) is is_told


@pytest.mark.parametrize("told", ["changed", "gone"])
def test_what_a_person_settled_is_told_to_nobody_and_ends_what_was_told(told):
    known = [earlier(told, PENDING), earlier(told, SENT, next_try_at=LATER)]
    settled = fact("settled", before=told, kind=EventKind.FINDING)

    made = decided(RULE, settled, *known)

    assert made.added is None
    assert [now.next_try_at for _, now in made.changed] == [None, None]
    assert decided(replace(RULE, words=frozenset({Word.SETTLED})), settled, *known).added


def test_opposite_news_ends_the_repetition_of_what_was_told():
    known = earlier("gone", SENT, next_try_at=LATER)

    ((_, now),) = decided(RULE, fact("present", before="gone"), known).changed

    assert (now.state, now.next_try_at) == (SENT, None)


def test_that_it_is_back_is_told_to_whom_its_loss_was_told_whatever_the_rule_wants():
    rule = replace(RULE, words=frozenset({Word.GONE}))

    assert decided(rule, fact("present", before="gone"), earlier("gone", SENT)).added is not None
    assert decided(rule, fact("present", before="gone")).added is None


def test_that_it_is_back_is_told_where_only_that_is_wanted():
    rule = replace(RULE, words=frozenset({Word.RESTORED}))

    assert decided(rule, fact("present", before="gone")).added is not None
    assert decided(rule, fact("present", before="unreachable")).added is None


@pytest.mark.parametrize("after", ["unknown", "unreachable"])
def test_what_tells_nothing_takes_nothing_back(after):
    made = decided(RULE, fact(after, before="gone"), earlier("gone", PENDING))

    assert made == Decided()


def test_a_wall_between_two_looks_does_not_tell_the_same_twice():
    wide = replace(RULE, words=USUAL | {Word.UNKNOWN})
    known = [earlier("gone", SENT), earlier("unknown", SENT)]

    assert decided(wide, fact("gone", before="unknown"), *known).added is None


def test_news_for_others_is_no_news_for_oneself():
    theirs = earlier("gone", SENT, notifier="another")

    assert decided(RULE, fact("gone"), theirs).added is not None


def test_every_edit_is_news_of_its_own():
    rule = replace(RULE, words=frozenset({Word.EDITED}))
    edit = fact("edited", before=None, kind=EventKind.EDIT)
    told = earlier("edited", SENT)

    assert decided(rule, edit, (told[0], replace(told[1], kind=EventKind.EDIT))).added is not None


def test_news_that_wants_more_looks_is_held_and_says_so():
    rule = replace(RULE, looks=3)

    added = decided(rule, fact("gone")).added

    assert added is not None
    assert (added.state, added.note) == (HELD, "1 of 3 looks say so")
    assert released(added, rule, 2, LATER).state is HELD
    assert (released(added, rule, 3, LATER).state, released(added, rule, 3, LATER).next_try_at) == (
        PENDING,
        LATER,
    )


def test_what_was_held_goes_into_the_next_digest_after_its_looks():
    rule = replace(RULE, looks=2, digest=Digest(8, UTC))
    held = decided(rule, fact("gone")).added
    assert held is not None

    assert released(held, rule, 2, NOW).next_try_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("digest", "now", "due_at"),
    [
        (Digest(8, UTC), "2026-11-22T07:59", "2026-11-22T08:00"),
        (Digest(8, UTC), "2026-11-22T08:00", "2026-11-23T08:00"),
        (Digest(8, BERLIN), "2026-11-22T06:00", "2026-11-22T07:00"),
        (Digest(8, BERLIN), "2026-07-22T05:00", "2026-07-22T06:00"),
        (Digest(8, BERLIN), "2026-10-24T07:00", "2026-10-25T07:00"),  # the clock goes back
        (Digest(2, BERLIN), "2026-03-28T12:00", "2026-03-29T01:00"),  # this hour does not exist
        (Digest(8, UTC, 0), "2026-11-22T09:00", "2026-11-23T08:00"),
        (Digest(8, UTC, 0), "2026-11-23T08:00", "2026-11-30T08:00"),
        (Digest(0, ZoneInfo("Pacific/Auckland"), 0), "2026-11-22T10:00", "2026-11-22T11:00"),
    ],
)
def test_a_digest_is_due_at_its_hour_in_its_own_zone(digest, now, due_at):
    found = digest.next_after(datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert found == datetime.fromisoformat(due_at).replace(tzinfo=UTC)


def test_what_was_told_is_repeated_a_bounded_number_of_times_under_new_keys():
    rule = replace(RULE, repeat=timedelta(hours=6), repeats=2)
    first = decided(rule, fact("gone")).added
    assert first is not None

    second = after_telling(first, rule, NOW)
    third = after_telling(second, rule, NOW + timedelta(hours=6))
    last = after_telling(third, rule, NOW + timedelta(hours=12))

    assert second.next_try_at == NOW + timedelta(hours=6)
    assert len({first.key, second.key, third.key}) == 3
    assert (last.state, last.next_try_at) == (SENT, None)


def test_without_a_limit_it_is_repeated_until_somebody_takes_note():
    rule = replace(RULE, repeat=timedelta(hours=6), repeats=0)
    told = decided(rule, fact("gone")).added
    assert told is not None

    for _ in range(50):
        told = after_telling(told, rule, NOW)

    assert (told.repetition, told.next_try_at) == (50, NOW + timedelta(hours=6))


def test_a_failure_is_tried_again_after_a_random_part_of_a_growing_wait():
    patience = Patience(timedelta(seconds=30), timedelta(hours=1), timedelta(days=1))
    failed, told = build.delivery("01E"), Told(Heard.LATER, "answered 500")
    waits = []
    for _ in range(9):
        failed = after_failing(failed, told, NOW, patience, 0.5)
        assert failed.next_try_at is not None
        waits.append((failed.next_try_at - NOW).total_seconds())

    assert waits == [15, 30, 60, 120, 240, 480, 960, 1800, 1800]
    assert (failed.state, failed.tries, failed.note) == (PENDING, 9, "answered 500")


def test_a_notifier_that_asks_for_a_wait_gets_it_and_no_more_than_all_patience():
    one, patience = build.delivery("01E"), Patience()

    asked = after_failing(one, Told(Heard.LATER, "429", 900), NOW, patience, 0.1)
    for_ever = after_failing(one, Told(Heard.LATER, "429", 10**7), NOW, patience, 0.1)

    assert asked.next_try_at == NOW + timedelta(minutes=15)
    assert for_ever.next_try_at == NOW + timedelta(days=1)


def test_what_failed_for_too_long_is_given_up():
    tried = replace(build.delivery("01E"), tries=7, tried_since=NOW - timedelta(days=1))

    done = after_failing(tried, Told(Heard.LATER, "answered 503"), NOW, Patience(), 1.0)

    assert (done.state, done.next_try_at) == (DeliveryState.FAILED, None)
    assert done.note == "given up after 8 tries: answered 503"
