"""From verdict, content and quote to a finding of one citation: a closed table, one rule a row.

``intact`` is never said plainly of an article that is older than our first look: then it is
"unchanged since our first look, 6 years after it was cited", or "still the words printed".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from archiver.judge._parts import NOTHING_BESIDE, Parts
from archiver.judge._standing import Look, Standing, looks_of
from archiver.judge._wording import on_day, span
from archiver.judge.compare import beside, compare
from archiver.judge.copies import compare_with_copy, is_comparable
from archiver.judge.quotes import QuoteCheck, check_quote, printed_words
from archiver.model.capture import Capture, Gate
from archiver.model.citation import Certainty, Citation
from archiver.model.inquiry import Reading
from archiver.model.memento import Memento
from archiver.model.observation import Observation
from archiver.model.seen import seen_of
from archiver.model.signals import Signal
from archiver.model.verdict import (
    AsCited,
    AsCitedKind,
    Content,
    Finding,
    FindingKind,
    Quote,
    Verdict,
    VerdictKind,
)

PROMPT = timedelta(days=1)  # a first look within a day of citing needs no caveat
ARCHIVES = {"wayback": "Wayback"}
"""Names of outside archives for a person, where they are not the names we use."""


def choose_as_cited(
    citation: Citation,
    captures: Sequence[Capture],
    observations: Sequence[Observation],
    cited_on: date | None,
    mementos: Sequence[Memento] = (),
) -> AsCited:
    """Choose what stands for the source as the article relied on it.

    The archived copy that the citation itself names; else our own first accepted capture whose
    look showed the source, with content to compare, or an outside archive's copy that is nearer to
    the cited day and can be compared with that look; else the words the article prints; else
    nothing. The lag is the time from the day it was cited to the day it was seen, negative for a
    copy from before it.
    """
    shown = [memento for memento in mementos if _shows_source(memento.reading)]
    named = next((memento for memento in shown if is_cited_copy(citation, memento)), None)
    if named is not None:
        return _of_memento(named, cited_on)
    own = _first_capture(captures, observations, cited_on)
    copy = _nearest(_comparable(shown, own, observations), cited_on)
    if own is not None and (copy is None or not is_nearer(copy, own)):
        return own
    if copy is not None:
        return copy
    if printed_words(citation.found) is not None:
        return AsCited(AsCitedKind.PRINTED)
    return AsCited(AsCitedKind.NONE)


def is_nearer(one: AsCited, other: AsCited) -> bool:
    """Tell whether one was seen nearer to the cited day; never, when that day is unknown."""
    if one.lag is None or other.lag is None:
        return False
    return abs(one.lag) < abs(other.lag)


def is_cited_copy(citation: Citation, memento: Memento) -> bool:
    """Tell whether a memento is the archived copy that a citation names in place of the original.

    A copy that was asked for by a time may have come as the one nearest to it.
    """
    cited = citation.found.memento
    if cited is None or cited.archive != memento.archive:
        return False
    return cited.url == memento.url or (
        cited.at is not None and abs(memento.at - cited.at) <= PROMPT
    )


def _first_capture(
    captures: Sequence[Capture], observations: Sequence[Observation], cited_on: date | None
) -> AsCited | None:
    showed = {look.seen.id for look in looks_of(map(seen_of, observations)) if _shows(look)}
    proofs = [
        capture
        for capture in captures
        if capture.gate is Gate.ACCEPTED and capture.observation_id in showed
    ]
    if not proofs:
        return None
    first = min(proofs, key=lambda capture: (capture.started_at, capture.id))
    return AsCited(
        kind=AsCitedKind.CAPTURE,
        at=first.started_at,
        lag=_lag(first.started_at, cited_on),
        capture_id=first.id,
        observation_id=first.observation_id,
    )


def _comparable(
    mementos: Sequence[Memento], own: AsCited | None, observations: Sequence[Observation]
) -> list[Memento]:
    """Return the copies that may take the place of our own capture; all, when there is none.

    One that can be compared with nothing would hide what changed since our first look.
    """
    ours = next((o.reading for o in observations if own and o.id == own.observation_id), None)
    return [one for one in mementos if ours is None or is_comparable(one.reading, ours)]


def _nearest(mementos: Sequence[Memento], cited_on: date | None) -> AsCited | None:
    """Return the copy nearest to the cited day; the oldest, when that day is unknown."""
    copies = [_of_memento(one, cited_on) for one in sorted(mementos, key=lambda one: one.at)]
    return min(copies, key=lambda one: abs(one.lag or timedelta()), default=None)


def _of_memento(memento: Memento, cited_on: date | None) -> AsCited:
    return AsCited(
        kind=AsCitedKind.MEMENTO,
        at=memento.at,
        lag=_lag(memento.at, cited_on),
        memento_id=memento.id,
    )


def _shows_source(reading: Reading) -> bool:
    return reading.signal is Signal.PRESENT and reading.fingerprint is not None


def _shows(look: Look) -> bool:
    """Tell whether a look showed the source itself: no home page, no answer that broke off."""
    return look.standing is Standing.SERVED and look.seen.has_content


def _lag(seen_at: datetime, cited_on: date | None) -> timedelta | None:
    return seen_at.astimezone(UTC).date() - cited_on if cited_on is not None else None


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything a row of the table looks at."""

    as_cited: AsCited
    content: Content
    check: QuoteCheck
    earlier: QuoteCheck
    """The same check on what is pinned: words that never stood there did not change."""
    copy: Memento | None = None
    """The outside archive's copy that is pinned, if it is one."""
    beside: Parts = NOTHING_BESIDE
    """What differs beside the words of a post; of an archived copy it is not told."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row of the table says: kind, rule, and the reason in one sentence."""

    kind: FindingKind
    rule: str
    reason: str


def find(
    citation: Citation,
    verdict: Verdict | None,
    as_cited: AsCited,
    *,
    relied_on: Reading | None,
    now: Reading | None,
    copy: Memento | None = None,
) -> Finding:
    """Say what the state of the source means for a citation.

    ``relied_on`` is the reading ``as_cited`` points at, ``now`` that of the newest look; None when
    there is none. ``copy`` is the memento it points at: its reading is then what was relied on.
    """
    relied_on = copy.reading if copy is not None else relied_on
    check = check_quote(citation.found, now, relied_on)
    compared = compare_with_copy if copy is not None else compare
    content, diff = compared(relied_on, now) if now is not None else (Content.INCOMPARABLE, None)
    others = beside(relied_on, now) if copy is None else NOTHING_BESIDE
    case = _Case(as_cited, content, check, check_quote(citation.found, relied_on), copy, others)
    row = (
        _accepted(verdict, as_cited)
        or _with_copy(_by_verdict(verdict, now), case)
        or _by_content(case)
    )
    return Finding(
        citation_id=citation.id,
        kind=row.kind,
        verdict=verdict,
        content=content,
        quote=check.quote,
        rule=row.rule,
        reason=row.reason,
        as_cited=as_cited,
        diff=diff if diff is not None else check.diff,
    )


def doubted(citation: Citation, finding: Finding) -> Finding:
    """Return the finding of a citation whose source is only likely, said with that doubt.

    Words that are not there may be the sign of another post, not of a change.
    """
    if citation.certainty is not Certainty.LIKELY:
        return finding
    if finding.kind is FindingKind.CHANGED and finding.quote in (Quote.ALTERED, Quote.MISSING):
        reason = (
            "The words printed in the article are not its words, and it was taken only because "
            "no other post of that author and day was found: it may not be the one meant; name "
            f"that with: archiver resolve {citation.id} URL"
        )
        return replace(finding, kind=FindingKind.UNKNOWN, rule="source_not_certain", reason=reason)
    doubt = "Whether it is the post the article means could not be checked by its words."
    return replace(finding, reason=f"{finding.reason} {doubt}")


def _accepted(verdict: Verdict | None, pin: AsCited) -> _Row | None:
    """Return the row of an absence that a person saw and accepted; one that began later is news."""
    if verdict is None or verdict.kind not in (VerdictKind.GONE, VerdictKind.RESTRICTED):
        return None
    if pin.note is None or pin.at is None or pin.at < verdict.since:
        return None
    what = "gone" if verdict.kind is VerdictKind.GONE else "not shown to us"
    reason = (
        f"It is {what} since {on_day(verdict.since)}, and a person accepted that on "
        f"{on_day(pin.at)} (“{pin.note}”). {verdict.reason}"
    )
    return _Row(FindingKind.INTACT, "accepted", reason)


def _by_verdict(verdict: Verdict | None, now: Reading | None) -> _Row | None:
    """Return the row of a source that cannot be read now; None when it can."""
    if verdict is None:
        return _Row(FindingKind.UNKNOWN, "not_looked", "Nobody has looked at the source yet.")
    match verdict.kind:
        case VerdictKind.GONE:
            return _Row(FindingKind.GONE, verdict.rule, verdict.reason)
        case VerdictKind.SUSPECT:
            return _Row(FindingKind.SUSPECT, verdict.rule, verdict.reason)
        case VerdictKind.RESTRICTED:
            return _Row(FindingKind.RESTRICTED, verdict.rule, verdict.reason)
        case VerdictKind.UNREACHABLE | VerdictKind.UNKNOWN:
            return _Row(FindingKind.UNKNOWN, verdict.rule, verdict.reason)
        case VerdictKind.PRESENT | VerdictKind.MOVED:
            return None if now is not None and now.signal is Signal.PRESENT else _unread(now)


def _with_copy(row: _Row | None, case: _Case) -> _Row | None:
    """Add to a source that cannot be read what the outside archive's copy of it shows."""
    if row is None or case.copy is None:
        return row
    what = {
        Quote.STANDS: "shows the words printed in the article",
        Quote.ALTERED: "shows the words printed in the article in another form",
        Quote.MISSING: "does not show the words printed in the article",
        Quote.UNDETERMINED: "shows what it was",
    }[case.earlier.quote]
    name = _pinned(case)
    return replace(row, reason=f"{row.reason} {name[:1].upper()}{name[1:]} {what}.")


def _unread(now: Reading | None) -> _Row:
    if now is None:
        return _Row(
            FindingKind.UNKNOWN, "not_read", "There is no reading of the source to compare."
        )
    reason = f"The last look could not read it, so nothing is said of now: {now.reason}"
    return _Row(FindingKind.UNKNOWN, f"last_look_{now.signal}", reason)


def _by_content(case: _Case) -> _Row:
    match case.content:
        case Content.EDITED:
            return _edited(case)
        case Content.MAJOR | Content.REPLACED:
            reason = f"What is there now is not what {_pinned(case)} showed."
            return _Row(FindingKind.CHANGED, f"content_{case.content}", reason)
        case Content.SAME:
            return _by_words(case) or _unchanged(case)
        case Content.MINOR:
            return _by_words(case) or _Row(
                FindingKind.INTACT, "content_minor", _since(case, "the same but for small things")
            )
        case Content.DIFFERS:
            return _by_words(case) or _differs(case)
        case Content.INCOMPARABLE:
            return _by_words(case) or _nothing_to_compare(case)


def _by_words(case: _Case) -> _Row | None:
    """Return the row of printed words that decide; None when they say nothing."""
    match case.check.quote:
        case Quote.ALTERED | Quote.MISSING:
            return _lost_words(case)
        case Quote.STANDS if case.check.is_amid_more and case.content is not Content.SAME:
            return _amid_more(case)
        case Quote.STANDS if case.content is not Content.SAME:
            return _Row(FindingKind.INTACT, "words_stand", _still_printed(case))
        case Quote.STANDS | Quote.UNDETERMINED:
            return None


def _amid_more(case: _Case) -> _Row:
    """Return the row of a post that says more than the words printed of it."""
    reason = "The post says more than the words printed in the article, which stand in it"
    was_all = case.earlier.quote is Quote.STANDS and not case.earlier.is_amid_more
    if was_all:
        reason = f"{reason}; {_pinned(case)} showed those words alone."
        return _Row(FindingKind.CHANGED, "words_added", reason)
    reason = f"{reason}: nothing tells whether it did so when it was cited."
    return _Row(FindingKind.UNKNOWN, "words_amid_more", reason)


def _edited(case: _Case) -> _Row:
    words = {
        Quote.STANDS: _standing_words(case.check, "still stand in it"),
        Quote.ALTERED: "the words printed in the article read differently now",
        Quote.MISSING: "the words printed in the article are no longer in it",
        Quote.UNDETERMINED: case.check.reason,
    }[case.check.quote]
    reason = f"The platform says that the post was edited since {_pinned(case)}; {words}."
    return _Row(FindingKind.CHANGED, "edited", reason)


def _lost_words(case: _Case) -> _Row | None:
    rule = f"words_{case.check.quote}"
    lost = "read differently" if case.check.quote is Quote.ALTERED else "are not there"
    if case.earlier.quote is not case.check.quote:
        return _Row(FindingKind.CHANGED, rule, f"The words printed in the article {lost} now.")
    if case.as_cited.note is not None and case.content is Content.SAME:
        return None
    reason = (
        f"The words printed in the article {lost}, and did so in {_pinned(case)} already: "
        "changed before it, or printed otherwise."
    )
    return _Row(FindingKind.CHANGED, f"{rule}_before_first_look", reason)


def _unchanged(case: _Case) -> _Row:
    if case.beside.told:
        words = _since(case, "its words are unchanged").removesuffix(".")
        return _Row(FindingKind.INTACT, "words_unchanged", f"{words}; but {case.beside.told}.")
    return _Row(FindingKind.INTACT, "unchanged", _since(case, "unchanged"))


def _differs(case: _Case) -> _Row:
    told = case.beside.told
    what = f"Its text differs from {_pinned(case)}" + (f", {told}" if told else "")
    if told and case.beside.has_same_words:
        what = f"Its words are those of {_pinned(case)}, but {told}"
    reason = f"{what}, and no rule says whether that matters; {case.check.reason}."
    return _Row(FindingKind.UNKNOWN, "differs_unclassified", reason)


def _nothing_to_compare(case: _Case) -> _Row:
    reason = f"It is there, but nothing tells whether it is what was cited: {case.check.reason}."
    return _Row(FindingKind.UNKNOWN, "nothing_to_compare", reason)


def _still_printed(case: _Case) -> str:
    other = ", though other parts of the page differ" if case.content is Content.DIFFERS else ""
    other = f", though {case.beside.told}" if case.beside.told else other
    return f"Still the words printed in the article{other}."


def _since(case: _Case, what: str) -> str:
    """Say since when it is known to be so: never more than our own looks can prove."""
    pin = case.as_cited
    what = what.capitalize()
    words = ""
    if case.check.quote is Quote.STANDS:
        words = "; still the words printed in the article"
    if case.check.is_amid_more:
        words = f"; {_standing_words(case.check, 'stand in it')}"
    if pin.note is not None and pin.at is not None:
        return f"{what} since a person accepted it as it was on {on_day(pin.at)}{words}."
    if case.copy is not None:
        return f"{what} since {_pinned(case)}{_aside(pin.lag)}{words}."
    if pin.lag is not None and pin.lag <= PROMPT:
        return f"{what} since it was cited{words}."
    if pin.lag is not None:
        return f"{what} since our first look, {span(pin.lag)} after it was cited{words}."
    when = f" on {on_day(pin.at)}" if pin.at is not None else ""
    return f"{what} since our first look{when}; the day it was cited is unknown{words}."


def _aside(lag: timedelta | None) -> str:
    """Say how far a copy is from the cited day, which it may be before."""
    if lag is None:
        return "; the day it was cited is unknown"
    if not lag:
        return ", the day it was cited"
    return f", {span(abs(lag))} {'after' if lag > timedelta() else 'before'} it was cited"


def _standing_words(check: QuoteCheck, how: str) -> str:
    others = ", with other words round them" if check.is_amid_more else ""
    return f"the words printed in the article {how}{others}"


def _pinned(case: _Case) -> str:
    """Name what is compared with, as the end of a sentence."""
    as_cited = case.as_cited
    if case.copy is not None and as_cited.note is None:
        title = ARCHIVES.get(case.copy.archive, case.copy.archive)
        return f"an outside archive's copy of {on_day(case.copy.at)} ({title})"
    if as_cited.at is None:
        return "what the article relied on"
    if as_cited.note is not None:
        return f"what a person accepted on {on_day(as_cited.at)}"
    return f"our first look on {on_day(as_cited.at)}"
