"""Rules of looks that showed the source, or could not look at it: never a strike."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.judge._absences import gone
from archiver.judge._rules import ABSENCE, Looks, NotSo, verdict_of
from archiver.judge._standing import Look, Standing, place_of
from archiver.judge._wording import on_day
from archiver.model.inquiry import Wall
from archiver.model.signals import Signal
from archiver.model.verdict import Verdict, VerdictKind

_WALLS = {
    Signal.WALL: Wall.FORBIDDEN,
    Signal.LOGIN: Wall.LOGIN,
    Signal.RATE_LIMITED: Wall.RATE_LIMIT,
    Signal.WITHHELD: Wall.LEGAL,
    Signal.OFFLINE: Wall.LOCAL,
}
"""The wall of a signal whose reading names none."""


def wall_of(signal: Signal, wall: Wall | None) -> str | None:
    """Return what stood in the way of a look, or None."""
    named = wall or _WALLS.get(signal)
    return named.value if named is not None else None


def local(given: Looks) -> Verdict | NotSo:
    """Our own network, resolver or a filter of ours was in the way, and nothing else was seen."""
    last = given.last
    if not _is_ours(last):
        return NotSo("our own network worked", (last.seen.id,))
    run: list[Look] = []
    for look in reversed(given.all):
        if not _is_ours(look):
            break
        run.insert(0, look)
    return _silent(given, run, "local", VerdictKind.UNKNOWN)


def _is_ours(look: Look) -> bool:
    return look.signal is Signal.OFFLINE or look.seen.wall is Wall.LOCAL


def blocked(given: Looks) -> Verdict | NotSo:
    """A challenge, a refusal, a log-in, a limit, or an answer nobody understands."""
    last = given.last
    if last.standing not in (Standing.SILENT, Standing.ELSEWHERE):
        return NotSo("nothing stood in the way", (last.seen.id,))
    rule = str(last.signal)
    if last.standing is Standing.ELSEWHERE:
        rule = "redirected_incomparable"
    return _silent(given, _run(given.all, VerdictKind.UNKNOWN), rule, VerdictKind.UNKNOWN)


def unreachable(given: Looks) -> Verdict | NotSo:
    """Nothing came back, or a failure of the server's own."""
    if given.last.standing is not Standing.UNREACHABLE:
        return NotSo("it answered", (given.last.seen.id,))
    run = _run(given.all, VerdictKind.UNREACHABLE)
    return _silent(given, run, str(given.last.signal), VerdictKind.UNREACHABLE)


def restricted(given: Looks) -> Verdict | NotSo:
    """It exists, and is shown to others than us."""
    last = given.last
    if last.standing is not Standing.RESTRICTED:
        return NotSo("nobody says that it is kept for others", (last.seen.id,))
    run = given.trailing({Standing.RESTRICTED})
    first = last
    for look in reversed(run):
        if look.signal is not last.signal:
            break
        first = look
    return verdict_of(
        VerdictKind.RESTRICTED,
        str(last.signal),
        f"{last.seen.reason} It exists, but is not shown to us.",
        (first, last),
        cause=last.signal,
        wall=wall_of(last.signal, last.seen.wall),
    )


def present(given: Looks) -> Verdict | NotSo:
    """It was served, at its address, where it moved, or again after it was gone."""
    if given.last.standing is not Standing.SERVED:
        return NotSo("it was not served", (given.last.seen.id,))
    run = given.trailing({Standing.SERVED})
    first, last = run[0], run[-1]
    origin = _origin(given)
    if origin is not None and origin.place != last.place and not _is_where_asked(last):
        return _moved(origin, [look for look in run if _bare(look) == _bare(last)])
    gone_since = _gone_before(given, first)
    if gone_since is not None:
        return verdict_of(
            VerdictKind.PRESENT,
            "came_back",
            f"It came back: served again since {on_day(first.seen.at)}, after it was gone "
            f"since {on_day(gone_since.since)}.",
            (first, last),
        )
    return verdict_of(VerdictKind.PRESENT, "present", _why_present(last), (first, last))


def _origin(given: Looks) -> Look | None:
    """Return the first look that showed the source of which the place is known.

    It is not known of a look whose content was withdrawn.
    """
    served = (look for look in given.all if look.standing is Standing.SERVED)
    return next((look for look in served if look.place is not None), None)


def _is_where_asked(look: Look) -> bool:
    """Tell whether it was shown at the very address that was asked for: no redirect, no move."""
    return look.seen.asked is not None and look.place == place_of(look.seen.asked)


def _bare(look: Look) -> str | None:
    """Return a place without its query, in which sites put a session or the time."""
    return look.place.partition("?")[0] if look.place is not None else None


def _why_present(last: Look) -> str:
    if last.note:
        return f"{last.seen.reason} But {last.note}, so it is the thing itself."
    return last.seen.reason


def _moved(origin: Look, run: Sequence[Look]) -> Verdict:
    last = run[-1]
    return verdict_of(
        VerdictKind.MOVED,
        "moved",
        f"Its address redirects to {last.seen.url}, which shows what was there before.",
        (origin, run[0], last),
        since=run[0].seen.at,
        moved_to=last.seen.url,
    )


def _gone_before(given: Looks, first: Look) -> Verdict | None:
    """Return the verdict of *gone* that stood before a run of being served began."""
    before = given.that_speak(first)
    if before is None or before.last.standing not in ABSENCE:
        return None
    verdict = gone(before)
    return verdict if isinstance(verdict, Verdict) else None


def _run(looks: Sequence[Look], kind: VerdictKind) -> list[Look]:
    """Return the last looks that said nothing, failures apart from walls."""
    wants_failures = kind is VerdictKind.UNREACHABLE
    run: list[Look] = []
    for look in reversed(looks):
        if not look.says_nothing or (look.standing is Standing.UNREACHABLE) is not wants_failures:
            break
        run.insert(0, look)
    return run


def _silent(given: Looks, run: Sequence[Look], rule: str, kind: VerdictKind) -> Verdict:
    last = given.last
    reason = f"{last.seen.reason} This says nothing of the source; {_last_known(given)}."
    wall = wall_of(last.signal, last.seen.wall)
    return verdict_of(kind, rule, reason, run, cause=last.signal, wall=wall)


def _last_known(given: Looks) -> str:
    known = given.that_speak()
    if known is None:
        return "it was never seen"
    return f"last known: {_kind_of(known)}, on {on_day(known.last.seen.at)}"


def _kind_of(known: Looks) -> VerdictKind:
    for rule in (restricted, present, gone):
        verdict = rule(known)
        if isinstance(verdict, Verdict):
            return verdict.kind
    return VerdictKind.SUSPECT
