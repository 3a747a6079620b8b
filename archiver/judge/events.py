"""What changed between two looks, as events: facts to tell, each once.

Not being able to tell is no event of a citation: a wall in between neither ends nor begins
anything. A text that differs without a rule that classifies it is no event either.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from archiver.judge._standing import place_of
from archiver.judge.compare import NOTHING, compare
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.verdict import (
    Content,
    Event,
    EventKind,
    Finding,
    FindingKind,
    Verdict,
    VerdictKind,
)

NewId = Callable[[], str]


def events_of_look(
    before: Verdict | None,
    after: Verdict,
    *,
    seen: Reading | None,
    now: Reading,
    source_id: str,
    at: datetime,
    new_id: NewId,
) -> tuple[Event, ...]:
    """Return what one look changed about a source: its verdict, and an edit of a post.

    ``seen`` is the reading of the last look before that showed the source, None when there is none.
    """
    events = []
    if _is_news(before, after):
        word = _word(before) if before else None
        events.append(
            Event(
                new_id(), EventKind.VERDICT, at, source_id, None, word, _word(after), after.reason
            )
        )
    found = compare(seen, now) if now.post is not None else NOTHING
    if found.level is Content.EDITED:
        diff = found.diff
        reason = (
            f"The post was edited: {diff}" if diff else "The post was edited, and reads as before."
        )
        events.append(Event(new_id(), EventKind.EDIT, at, source_id, None, None, "edited", reason))
    return tuple(events)


def event_of_finding(
    told: FindingKind | None,
    after: Finding,
    *,
    source_id: str | None,
    at: datetime,
    new_id: NewId,
) -> Event | None:
    """Return what changed for a citation, or None.

    ``told`` is the kind its newest event said, None when there was no event: then only what is
    not intact is news.
    """
    if after.kind in (FindingKind.UNKNOWN, told):
        return None
    if told is None and after.kind is FindingKind.INTACT:
        return None
    return Event(
        id=new_id(),
        kind=EventKind.FINDING,
        at=at,
        source_id=source_id,
        citation_id=after.citation_id,
        before=told.value if told else None,
        after=after.kind.value,
        reason=after.reason,
    )


def _is_news(before: Verdict | None, after: Verdict) -> bool:
    if before is None:
        return after.kind is not VerdictKind.PRESENT
    return _word(before) != _word(after) or _place(before) != _place(after)


def _place(verdict: Verdict) -> str | None:
    """Return where it moved, without the query, in which sites put a session or the time."""
    return place_of(verdict.moved_to).partition("?")[0] if verdict.moved_to else None


def _word(verdict: Verdict) -> str:
    """Return the kind, with its cause where the cause is part of the news."""
    if verdict.kind not in (VerdictKind.GONE, VerdictKind.RESTRICTED) or not verdict.cause:
        return verdict.kind.value
    if verdict.cause != Signal.PRESENT:
        return f"{verdict.kind}: {verdict.cause}"
    # A page that is served is no cause: a stranger's under the old name, or one redirected to.
    return f"{verdict.kind}: {'hijacked' if verdict.rule.startswith('hijacked') else 'redirected'}"
