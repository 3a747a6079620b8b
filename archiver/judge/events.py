"""What changed between two looks, as events: facts to tell, each once.

Not being able to tell is no event of a citation: a wall in between neither ends nor begins
anything. A text that differs without a rule that classifies it is no event either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from archiver.judge._standing import place_of
from archiver.judge.compare import NOTHING, compare
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.verdict import (
    SETTLED,
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

NewId = Callable[[], str]

_WELL = frozenset({FindingKind.INTACT.value, SETTLED})


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


@dataclass(frozen=True, slots=True)
class Pinned:
    """How often a citation was pinned, by now and when it was told of last.

    ``is_lost`` tells whether the pin that was told of is no more.
    """

    times: int = 0
    before: int = 0
    is_lost: bool = False


def event_of_finding(
    told: Event | None,
    after: Finding,
    pinned: Pinned,
    *,
    source_id: str | None,
    at: datetime,
    new_id: NewId,
) -> Event | None:
    """Return what changed for a citation, or None.

    ``told`` is its newest event, None when there was none: then only what is not intact is news.
    A change is news once more when it matters more than what was told, and when a person had
    accepted what was told. It is settled, not as it was cited again, when nothing but the pin says
    so: a person accepted what there is, or what was told of cannot be compared with any more.
    """
    if not may_be_news(told, after):
        return None
    is_accepted = (
        told is not None and after.as_cited.note is not None and pinned.times > pinned.before
    )
    severity = severity_of_finding(after)
    said = after.kind.value
    if after.kind is FindingKind.INTACT:
        is_lost = pinned.is_lost and after.quote is not Quote.STANDS
        said = SETTLED if is_accepted or is_lost else said
    elif told is not None and told.after == said and not is_accepted and not _rises(told, severity):
        return None
    return Event(
        id=new_id(),
        kind=EventKind.FINDING,
        at=at,
        source_id=source_id,
        citation_id=after.citation_id,
        before=told.after if told is not None else None,
        after=said,
        reason=after.reason,
        rule=after.rule,
        severity=severity,
        pins=pinned.times,
    )


def may_be_news(told: Event | None, after: Finding) -> bool:
    """Whether a finding can be news at all, whatever the citation is pinned to."""
    if after.kind is FindingKind.INTACT:
        return told is not None and told.after not in _WELL
    return after.kind is not FindingKind.UNKNOWN


def severity_of_finding(finding: Finding) -> Severity:
    """Return how much a finding matters to what was cited."""
    match finding.kind:
        case FindingKind.CHANGED:
            is_major = finding.material or finding.quote is Quote.MISSING
            is_major = is_major or finding.content in (Content.MAJOR, Content.REPLACED)
            return Severity.MAJOR if is_major else Severity.MINOR
        case FindingKind.GONE | FindingKind.RESTRICTED | FindingKind.INTACT:
            return Severity.MAJOR
        case FindingKind.SUSPECT | FindingKind.UNKNOWN:
            return Severity.MINOR


def _rises(told: Event, severity: Severity) -> bool:
    return told.severity is Severity.MINOR and severity is Severity.MAJOR


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
