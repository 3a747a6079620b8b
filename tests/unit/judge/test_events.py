from __future__ import annotations

from itertools import count

import pytest

from archiver.judge.events import event_of_finding, events_of_look
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
    Verdict,
    VerdictKind,
)
from tests.build import NOW, page_text, post, reading, verdict

V, F = VerdictKind, FindingKind
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


def found_out(kind: FindingKind) -> Finding:
    return Finding(
        "c7", kind, None, Content.SAME, Quote.STANDS, "rule", "Because.", AsCited(AsCitedKind.NONE)
    )


@pytest.mark.parametrize(
    ("told", "after", "is_news"),
    [
        (None, F.INTACT, False),
        (None, F.CHANGED, True),
        (None, F.UNKNOWN, False),
        (F.INTACT, F.GONE, True),
        (F.GONE, F.GONE, False),
        (F.GONE, F.UNKNOWN, False),
        (F.GONE, F.INTACT, True),
        (F.SUSPECT, F.GONE, True),
    ],
)
def test_a_finding_is_told_when_it_is_news(told, after, is_news):
    event = event_of_finding(told, found_out(after), source_id="s1", at=NOW, new_id=lambda: "e1")

    before = told.value if told else None
    expected = Event("e1", EventKind.FINDING, NOW, "s1", "c7", before, after.value, "Because.")
    assert event == (expected if is_news else None)
