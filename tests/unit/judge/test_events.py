from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from archiver.judge.events import Pinned, event_of_finding, events_of_look, severity_of_finding
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.verdict import (
    AsCited,
    AsCitedKind,
    Content,
    Event,
    EventKind,
    Finding,
    FindingKind,
    Quote,
    Severity,
    Verdict,
    VerdictKind,
)
from tests.build import NOW, event, page_text, post, reading, verdict

V, F = VerdictKind, FindingKind
MINOR, MAJOR = Severity.MINOR, Severity.MAJOR
ONCE = Pinned(1, 1)
POST = post(edit_ids=("1214000000000000001",))
EDITED = post(id="9", text="What we heard", edit_ids=("1214000000000000001", "9"))


def after_look(
    before: Verdict | None, after: Verdict, seen: Reading | None = None, now: Reading | None = None
) -> tuple[Event, ...]:
    numbers = count(1)
    return events_of_look(
        before,
        after,
        seen=seen,
        now=now or reading(Signal.WALL),
        source_id="s1",
        at=NOW,
        new_id=lambda: f"e{next(numbers)}",
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, verdict(), None),
        (None, verdict(V.SUSPECT), (None, "suspect")),
        (verdict(), verdict(), None),
        (verdict(), verdict(V.SUSPECT), ("present", "suspect")),
        (verdict(V.SUSPECT), verdict(V.GONE, cause="deleted"), ("suspect", "gone: deleted")),
        (
            verdict(V.SUSPECT),
            verdict(V.GONE, rule="hijacked_repeated", cause="present"),
            ("suspect", "gone: hijacked"),
        ),
        (verdict(V.SUSPECT), verdict(V.GONE, cause="present"), ("suspect", "gone: redirected")),
        (verdict(V.GONE, cause="deleted"), verdict(rule="came_back"), ("gone: deleted", "present")),
        (
            verdict(V.GONE, cause="deleted"),
            verdict(V.GONE, cause="suspended"),
            ("gone: deleted", "gone: suspended"),
        ),
        (verdict(V.RESTRICTED, cause="protected"), verdict(V.RESTRICTED, cause="protected"), None),
        (verdict(V.UNKNOWN, cause="wall"), verdict(V.UNKNOWN, cause="login"), None),
        (verdict(V.MOVED, moved_to="a"), verdict(V.MOVED, moved_to="b"), ("moved", "moved")),
        (verdict(rule="present"), verdict(rule="came_back"), None),
    ],
)
def test_a_verdict_is_told_when_it_says_something_else(before, after, told):
    events = after_look(before, after)

    assert [(event.before, event.after) for event in events] == ([told] if told else [])


def test_an_event_of_a_verdict_is_whole():
    after = verdict(V.GONE, cause="deleted", reason="X says so.")

    assert after_look(verdict(), after) == (
        Event("e1", EventKind.VERDICT, NOW, "s1", None, "present", "gone: deleted", "X says so."),
    )


def test_an_edit_is_told_with_its_words():
    (event,) = after_look(verdict(), verdict(), reading(post=POST), reading(post=EDITED))

    assert (event.kind, event.after) == (EventKind.EDIT, "edited")
    assert event.reason == "The post was edited: What we [-saw 🛩 مراقب-]{+heard+}"


def test_an_edit_without_other_words_is_told():
    same_words = post(id="9", edit_ids=EDITED.edit_ids)

    (event,) = after_look(verdict(), verdict(), reading(post=POST), reading(post=same_words))

    assert event.reason == "The post was edited, and reads as before."


def test_a_text_that_differs_is_not_told():
    then = reading(post=None, page=page_text("One thing", None))
    now = reading(post=None, page=page_text("Another thing", None))

    assert after_look(verdict(), verdict(), then, now) == ()


def found_out(kind: FindingKind, **changes: Any) -> Finding:
    made = Finding(
        "c7", kind, None, Content.SAME, Quote.STANDS, "rule", "Because.", AsCited(AsCitedKind.NONE)
    )
    return replace(made, **changes)


def was_told(after: str | None, **changes: Any) -> Event | None:
    if after is None:
        return None
    made = {"kind": EventKind.FINDING, "after": after, "pins": 1, "severity": MAJOR}
    return event(**{**made, **changes})


def finding_event(told: Event | None, after: Finding, pinned: Pinned = ONCE) -> Event | None:
    return event_of_finding(told, after, pinned, source_id="s1", at=NOW, new_id=lambda: "e1")


@pytest.mark.parametrize(
    ("told", "after", "is_news"),
    [
        (None, F.INTACT, False),
        (None, F.CHANGED, True),
        (None, F.UNKNOWN, False),
        ("intact", F.GONE, True),
        ("gone", F.GONE, False),
        ("gone", F.UNKNOWN, False),
        ("gone", F.INTACT, True),
        ("suspect", F.GONE, True),
        ("changed", F.CHANGED, False),
        ("settled", F.INTACT, False),
        ("settled", F.UNKNOWN, False),
        ("settled", F.CHANGED, True),
    ],
)
def test_a_finding_is_told_when_it_is_news(told, after, is_news):
    made = finding_event(was_told(told), found_out(after, content=Content.MAJOR))

    expected = Event(
        "e1", EventKind.FINDING, NOW, "s1", "c7", told, after.value, "Because.", "rule",
        severity_of_finding(found_out(after, content=Content.MAJOR)), 1,
    )  # fmt: skip
    assert made == (expected if is_news else None)


@pytest.mark.parametrize(
    ("kind", "content", "quote", "material", "severity"),
    [
        (F.CHANGED, Content.MINOR, Quote.STANDS, None, MINOR),
        (F.CHANGED, Content.MAJOR, Quote.STANDS, None, MAJOR),
        (F.CHANGED, Content.REPLACED, Quote.UNDETERMINED, None, MAJOR),
        (F.CHANGED, Content.MINOR, Quote.MISSING, None, MAJOR),
        (F.CHANGED, Content.MINOR, Quote.ALTERED, False, MINOR),
        (F.CHANGED, Content.MINOR, Quote.ALTERED, True, MAJOR),
        (F.GONE, Content.INCOMPARABLE, Quote.UNDETERMINED, None, MAJOR),
        (F.SUSPECT, Content.INCOMPARABLE, Quote.UNDETERMINED, None, MINOR),
    ],
)
def test_a_change_matters_by_what_it_does_to_the_words(kind, content, quote, material, severity):
    finding = found_out(kind, content=content, quote=quote, material=material)

    assert severity_of_finding(finding) is severity


@pytest.mark.parametrize(
    ("told", "now", "is_news"),
    [(MINOR, Content.MAJOR, True), (MINOR, Content.MINOR, False), (MAJOR, Content.MINOR, False),
     (None, Content.MAJOR, False)],
)  # fmt: skip
def test_a_change_that_comes_to_matter_more_is_news_again(told, now, is_news):
    made = finding_event(was_told("changed", severity=told), found_out(F.CHANGED, content=now))

    assert (made is not None) is is_news


ACCEPTED = AsCited(AsCitedKind.NONE, note="seen")


@pytest.mark.parametrize(
    ("after", "pinned", "said"),
    [
        (found_out(F.INTACT), Pinned(1, 1), "intact"),
        (found_out(F.INTACT, as_cited=ACCEPTED), Pinned(2, 1), "settled"),
        (found_out(F.INTACT, as_cited=ACCEPTED), Pinned(1, 1), "intact"),
        (found_out(F.CHANGED, as_cited=ACCEPTED), Pinned(2, 1), "changed"),
        (found_out(F.CHANGED, as_cited=ACCEPTED), Pinned(1, 1), None),
        (found_out(F.INTACT, quote=Quote.UNDETERMINED), Pinned(2, 1, is_lost=True), "settled"),
        (found_out(F.INTACT, quote=Quote.UNDETERMINED), Pinned(2, 1), "intact"),
        (found_out(F.INTACT, quote=Quote.STANDS), Pinned(2, 1, is_lost=True), "intact"),
    ],
)
def test_nothing_is_as_cited_again_because_it_was_accepted_or_its_pin_was_lost(after, pinned, said):
    made = finding_event(was_told("changed", pins=1), after, pinned)

    assert (made.after if made is not None else None) == said
