"""From looks to a verdict of the source: pure, so that it can be computed anew at any time.

One look never says *gone* by a 404, and a wall, a time-out or our own network never say it at all.
Looks that say nothing neither count for an absence nor interrupt one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from archiver.errors import ArchiverError
from archiver.judge._standing import Look, Standing, looks_of
from archiver.judge._wording import on_day
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.model.verdict import Verdict, VerdictKind

ABSENT_LOOKS = 3  # looks that found a 404; one is often an outage
ABSENT_SPACING = timedelta(days=3)  # between two of them, so six days from first to last
GONE_LOOKS = 2  # looks that found a 410, which says "likely permanent" (RFC 9110, 15.5.11)
GONE_SPACING = timedelta(days=1)  # between them; also between two tombstones of one voice each

TOMBSTONES = frozenset({Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED})


def judge(observations: Sequence[Observation]) -> Verdict:
    """Return what the observations of one source amount to; their order does not matter.

    The rule for 404s is InternetArchiveBot's: three failures in a row, each at least three days
    after the last one. Source: internetarchive/internetarchivebot at 8d0d979 and its sysadmin FAQ,
    2026-07. The day between two statements of a platform is our own choice.

    Raises:
        ArchiverError: there is no observation to judge.
    """
    looks = looks_of(observations)
    if not looks:
        raise ArchiverError("a verdict needs at least one observation")
    return _rule_for(looks[-1].standing)(looks)


Rule = Callable[[tuple[Look, ...]], Verdict]


def _rule_for(standing: Standing) -> Rule:
    match standing:
        case Standing.SERVED:
            return _served
        case Standing.ABSENT | Standing.UNEXPLAINED | Standing.AT_HOME | Standing.REPLACED:
            return _absent
        case Standing.RESTRICTED:
            return _restricted
        case Standing.UNREACHABLE | Standing.SILENT | Standing.ELSEWHERE:
            return _silent


# --- served -------------------------------------------------------------------------------------


def _served(looks: tuple[Look, ...]) -> Verdict:
    run = _trailing(looks, {Standing.SERVED})
    first, last = run[0], run[-1]
    origin = next(look for look in looks if look.standing is Standing.SERVED)
    if origin.place != last.place:
        return _moved(origin, [look for look in run if look.place == last.place])
    before = _said_before(looks, first)
    if before is not None and before.kind is VerdictKind.GONE:
        return _verdict(
            VerdictKind.PRESENT,
            "came_back",
            f"It came back: served again since {on_day(first.observation.at)}, after it was gone "
            f"since {on_day(before.since)}.",
            (first, last),
        )
    return _verdict(VerdictKind.PRESENT, "present", last.observation.reading.reason, (first, last))


def _moved(origin: Look, run: list[Look]) -> Verdict:
    last = run[-1]
    url = last.observation.reading.url
    return _verdict(
        VerdictKind.MOVED,
        "moved",
        f"Its address redirects to {url}, which shows what was there before.",
        (origin, run[0], last),
        since=run[0],
        moved_to=url,
    )


def _said_before(looks: tuple[Look, ...], first: Look) -> Verdict | None:
    """Return the verdict before a run began, by the looks that said something."""
    before = [look for look in looks[: looks.index(first)] if not look.says_nothing]
    return _rule_for(before[-1].standing)(tuple(before)) if before else None


# --- absent -------------------------------------------------------------------------------------

_ABSENCE = frozenset({Standing.ABSENT, Standing.UNEXPLAINED, Standing.AT_HOME, Standing.REPLACED})


def _absent(looks: tuple[Look, ...]) -> Verdict:
    run = _trailing(looks, _ABSENCE)
    for rule in (_stated, _stated_again, _gone_again, _absent_for_days):
        proof = rule(run)
        if proof is not None:
            return _gone(run, proof)
    return _suspect(run)


@dataclass(frozen=True, slots=True)
class _Proof:
    """Why an absence is final: the rule, its looks, and how to say it."""

    rule: str
    looks: tuple[Look, ...]
    how: str


def _stated(run: tuple[Look, ...]) -> _Proof | None:
    """Two voices of the platform said it in one look."""
    said = [
        look for look in run if look.signal in TOMBSTONES and look.observation.reading.confirmed
    ]
    if not said:
        return None
    return _Proof("tombstone_confirmed", (said[0], said[-1]), "two answers of the platform agree")


def _stated_again(run: tuple[Look, ...]) -> _Proof | None:
    """One voice of the platform said the same twice, at least a day apart."""
    for signal in sorted({look.signal for look in run} & TOMBSTONES):
        said = _spaced([look for look in run if look.signal is signal], GONE_SPACING)
        if len(said) >= GONE_LOOKS:
            return _Proof("tombstone_repeated", tuple(said), f"said on {_days(said)}")
    return None


def _gone_again(run: tuple[Look, ...]) -> _Proof | None:
    """The protocol said twice that it is gone; a stranger in between says nothing."""
    sure = [
        look for look in run if look.signal is Signal.GONE and look.observation.reading.confirmed
    ]
    said = _spaced(sure, GONE_SPACING)
    if len(said) < GONE_LOOKS:
        return None
    return _Proof("gone_repeated", tuple(said), f"HTTP 410 on {_days(said)}")


def _absent_for_days(run: tuple[Look, ...]) -> _Proof | None:
    """Absent at three looks, each three days after the last; only confirmed answers count."""
    sure = [
        look
        for look in run
        if look.standing is Standing.ABSENT and look.observation.reading.confirmed
    ]
    said = _spaced(sure, ABSENT_SPACING)
    if len(said) < ABSENT_LOOKS:
        return None
    return _Proof("absent_three_times", tuple(said), f"absent on {_days(said)}")


def _spaced(looks: Sequence[Look], spacing: timedelta) -> list[Look]:
    """Return as many looks as there are with that much time between any two, oldest first."""
    kept: list[Look] = []
    for look in looks:
        if not kept or look.observation.at - kept[-1].observation.at >= spacing:
            kept.append(look)
    return kept


def _days(looks: Sequence[Look]) -> str:
    return ", ".join(on_day(look.observation.at) for look in looks)


def _gone(run: tuple[Look, ...], proof: _Proof) -> Verdict:
    cause = proof.looks[-1]
    return _verdict(
        VerdictKind.GONE,
        proof.rule,
        f"{cause.observation.reading.reason} It is gone: {proof.how}.",
        (*proof.looks, run[-1]),
        since=run[0],
        cause=cause.signal,
    )


def _suspect(run: tuple[Look, ...]) -> Verdict:
    last = run[-1]
    rule, why = _suspicion(last)
    return _verdict(
        VerdictKind.SUSPECT,
        rule,
        f"{last.observation.reading.reason} {why}",
        run,
        cause=last.signal,
    )


def _suspicion(last: Look) -> tuple[str, str]:
    url = last.observation.reading.url
    if last.standing is Standing.AT_HOME:
        return (
            "redirected_home",
            f"It redirects to {url}, as lost pages do; that proves nothing yet.",
        )
    if last.standing is Standing.REPLACED:
        return (
            "redirected_elsewhere",
            f"It redirects to {url}, which is unlike what was there before.",
        )
    if last.standing is Standing.UNEXPLAINED:
        return "absent_unexplained", "Several causes share this answer; it never proves a deletion."
    if last.signal in TOMBSTONES:
        return f"{last.signal}_once", "Only one answer says so; a second look has to say the same."
    if last.observation.reading.confirmed:
        return f"{last.signal}_once", "This may be an outage; it counts when it lasts."
    return f"{last.signal}_unconfirmed", "Nothing else confirms it, so it proves no deletion."


# --- restricted, silent -------------------------------------------------------------------------


def _restricted(looks: tuple[Look, ...]) -> Verdict:
    run = _trailing(looks, {Standing.RESTRICTED})
    same = [run[-1]]
    for look in reversed(run[:-1]):
        if look.signal is not run[-1].signal:
            break
        same.insert(0, look)
    last = same[-1]
    return _verdict(
        VerdictKind.RESTRICTED,
        str(last.signal),
        f"{last.observation.reading.reason} It exists, but is not shown to us.",
        (same[0], last),
        cause=last.signal,
    )


def _silent(looks: tuple[Look, ...]) -> Verdict:
    last = looks[-1]
    unreachable = last.standing is Standing.UNREACHABLE
    run: list[Look] = []
    for look in reversed(looks):
        if not look.says_nothing or (look.standing is Standing.UNREACHABLE) is not unreachable:
            break
        run.insert(0, look)
    rule = "redirected_incomparable" if last.standing is Standing.ELSEWHERE else str(last.signal)
    return _verdict(
        VerdictKind.UNREACHABLE if unreachable else VerdictKind.UNKNOWN,
        rule,
        f"{last.observation.reading.reason} This says nothing of the source; {_last_known(looks)}.",
        run,
        cause=last.signal,
    )


def _last_known(looks: tuple[Look, ...]) -> str:
    known = [look for look in looks if not look.says_nothing]
    if not known:
        return "it was never seen"
    verdict = _rule_for(known[-1].standing)(tuple(known))
    return f"last known: {verdict.kind}, on {on_day(known[-1].observation.at)}"


# --- parts --------------------------------------------------------------------------------------


def _trailing(looks: tuple[Look, ...], standings: Collection[Standing]) -> tuple[Look, ...]:
    """Return the last looks of these standings, oldest first, past those that say nothing."""
    run: list[Look] = []
    for look in reversed(looks):
        if look.standing in standings:
            run.append(look)
        elif not look.says_nothing:
            break
    return tuple(reversed(run))


def _verdict(
    kind: VerdictKind,
    rule: str,
    reason: str,
    looks: Sequence[Look],
    *,
    since: Look | None = None,
    cause: Signal | None = None,
    moved_to: str | None = None,
) -> Verdict:
    ids = dict.fromkeys(look.observation.id for look in looks)
    return Verdict(
        kind=kind,
        rule=rule,
        reason=reason,
        since=(since or looks[0]).observation.at,
        rests_on=tuple(ids),
        cause=cause and cause.value,
        moved_to=moved_to,
    )
