"""Rules of looks at which the source was not there: what makes a suspicion, and what makes *gone*.

Every rule reads the run of absences that ends now; being served, or hidden, ends a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from archiver.judge._rules import (
    ABSENCE,
    TOMBSTONES,
    Looks,
    NotSo,
    days,
    spaced,
    verdict_of,
)
from archiver.judge._standing import Look, Standing
from archiver.model.inquiry import Ask
from archiver.model.signals import Signal
from archiver.model.verdict import Verdict, VerdictKind

_COUNTED = frozenset({Standing.ABSENT, Standing.AT_HOME})
_SOFT = frozenset({Signal.SOFT_404, Signal.PRESENT})


def gone(given: Looks) -> Verdict | NotSo:
    """Return the first rule of an absence that is proven."""
    for rule in (tombstone, http_410, no_host, parked, hijacked, three_failures):
        verdict = rule(given)
        if isinstance(verdict, Verdict):
            return verdict
    return NotSo("nothing proves that it is gone")


def tombstone(given: Looks) -> Verdict | NotSo:
    """The platform said that it is gone, and why; and said so again.

    Two voices that agree in one look have to last an hour; one voice alone, a day.
    """
    limits = given.confirmation
    run = _run(given)
    said = [look for look in run if look.signal in TOMBSTONES]
    if not said:
        return NotSo("no platform says that it is gone", _ids(run))
    agreed = [look for look in said if look.seen.confirmed]
    # Once two voices agreed, a later look that says it by one voice says it again.
    later = [look for look in said if agreed and look.seen.at > agreed[0].seen.at]
    twice = spaced([*agreed[:1], *later], limits.tombstone_spacing)
    if len(twice) >= limits.statements:
        return _gone(run, twice, "tombstone_confirmed", f"two answers agree, on {days(twice)}")
    for signal in sorted({look.signal for look in said}):
        again = spaced([look for look in said if look.signal is signal], limits.stated_spacing)
        if len(again) >= limits.statements:
            return _gone(run, again, "tombstone_repeated", f"said on {days(again)}")
    wait = limits.tombstone_spacing if agreed else limits.stated_spacing
    return NotSo(f"said once; it has to be said again after {_span(wait)}", _ids(said))


def http_410(given: Looks) -> Verdict | NotSo:
    """The server said twice that it is gone, likely for good (RFC 9110, 15.5.11)."""
    return _stated(given, Signal.GONE, "gone_repeated", "HTTP 410")


def no_host(given: Looks) -> Verdict | NotSo:
    """Two resolvers said twice that the name does not exist."""
    return _stated(given, Signal.NO_HOST, "no_host_repeated", "no such host")


def parked(given: Looks) -> Verdict | NotSo:
    """The name was for sale, parked or given up, twice."""
    return _stated(given, Signal.PARKED, "parked_repeated", "parked")


def hijacked(given: Looks) -> Verdict | NotSo:
    """Somebody who registered its name anew served a page unlike it, twice."""
    run = _run(given)
    taken = [look for look in run if look.is_hijacked]
    if not taken:
        return NotSo("nothing says that its name was registered anew", _ids(run))
    twice = _twice(taken, given)
    if isinstance(twice, NotSo):
        return twice
    cause = twice[-1]
    return verdict_of(
        VerdictKind.GONE,
        "hijacked_repeated",
        f"{_as_hijacked(cause)} It is gone: another's page on {days(twice)}.",
        (*twice, run[-1]),
        since=run[0].seen.at,
        cause=cause.signal,
    )


def _stated(given: Looks, signal: Signal, rule: str, what: str) -> Verdict | NotSo:
    run = _run(given)
    said = [look for look in run if look.signal is signal and look.standing is Standing.ABSENT]
    if not said:
        return NotSo(f"not said: {what}", _ids(run))
    twice = _twice(said, given)
    if isinstance(twice, NotSo):
        return twice
    return _gone(run, twice, rule, f"{what} on {days(twice)}")


def _twice(said: Sequence[Look], given: Looks) -> list[Look] | NotSo:
    """Return looks far enough apart that state an absence, as many as it takes, or why not."""
    limits = given.confirmation
    twice = spaced(_counting(said, given), limits.stated_spacing)
    if len(twice) >= limits.statements:
        return twice
    why = (
        f"{len(twice)} of {limits.statements} looks, at least {_span(limits.stated_spacing)} apart"
    )
    return NotSo(why, _ids(said))


def three_failures(given: Looks) -> Verdict | NotSo:
    """It was not there at several looks, days apart, one of them by another road."""
    limits = given.confirmation
    run = _run(given)
    sure = _counting([look for look in run if look.standing in _COUNTED], given)
    counted = spaced(sure, limits.spacing)
    spacing = f"at least {_span(limits.spacing)} apart"
    if len(counted) < limits.failures:
        return NotSo(f"{len(counted)} of {limits.failures} failures, {spacing}", _ids(run))
    if not _is_seen_twice(sure, given):
        why = f"{len(counted)} failures {spacing}, but none by a browser or from another place"
        return NotSo(why, _ids(run))
    return _gone(run, counted, "absent_three_times", f"absent on {days(counted)}")


def _is_seen_twice(sure: Sequence[Look], given: Looks) -> bool:
    """Tell whether the failures of a page were seen by a full request and by another road."""
    if not given.is_page or not given.confirmation.by_browser:
        return True
    plain = any(Ask.HTTP in look.seen.roads for look in sure)
    browser = any(Ask.RENDER in look.seen.roads for look in sure)
    # A name that does not exist opens in no browser: the resolvers were asked instead.
    names = any(look.signal is Signal.NO_HOST for look in sure)
    places = {look.seen.proxy for look in sure}
    return (plain and browser) or names or len(places) > 1


def _counting(looks: Iterable[Look], given: Looks) -> list[Look]:
    """Return the looks that count: confirmed by more than themselves, no incident of the host."""
    return [look for look in looks if look.counts and look.seen.id not in given.around.held]


def host_incident(given: Looks) -> Verdict | NotSo:
    """Several addresses of the host turned bad together: held until a later look says the same."""
    last = given.last
    if last.seen.id not in given.around.held or last.standing not in ABSENCE:
        return NotSo("other addresses of its host did not turn bad with it", (last.seen.id,))
    reason = (
        f"{last.seen.reason} Other addresses of its host turned bad at the same time: this look "
        "does not count."
    )
    run = _run(given)
    return verdict_of(VerdictKind.SUSPECT, "host_incident", reason, run, cause=last.signal)


def hijacked_once(given: Looks) -> Verdict | NotSo:
    """Somebody who registered its name anew serves a page unlike it, for the first time."""
    last = given.last
    if not last.is_hijacked:
        return NotSo("nothing says that its name was registered anew", (last.seen.id,))
    reason = f"{_as_hijacked(last)} It counts when it lasts."
    return verdict_of(VerdictKind.SUSPECT, "hijacked", reason, _run(given), cause=last.signal)


def redirected(given: Looks) -> Verdict | NotSo:
    """It leads to a home page, a section, an error page, a sink, or to something else."""
    last = given.last
    if last.standing not in (Standing.AT_HOME, Standing.REPLACED):
        return NotSo("it leads nowhere else", (last.seen.id,))
    url = last.seen.url
    if last.standing is Standing.REPLACED:
        why = f"It redirects to {url}, which is unlike what was there before."
        return _suspect(given, "redirected_elsewhere", why)
    what = f" ({last.note})" if last.note else ""
    why = f"It redirects to {url}{what}, as lost pages do; that proves nothing yet."
    return _suspect(given, "redirected_away" if last.note else "redirected_home", why)


def parked_once(given: Looks) -> Verdict | NotSo:
    """Its name looks parked, for sale or given up, for the first time."""
    if given.last.standing is not Standing.ABSENT or given.last.signal is not Signal.PARKED:
        return NotSo("nothing says that its name is parked", (given.last.seen.id,))
    return _suspect(given, "parked", _beside(given.last))


def soft_404(given: Looks) -> Verdict | NotSo:
    """It is served with a success, and says that there is nothing."""
    last = given.last
    if last.standing is not Standing.ABSENT or last.signal not in _SOFT:
        return NotSo("it does not read like “not found”", (last.seen.id,))
    return _suspect(given, "soft_404", _beside(last))


def absent(given: Looks) -> Verdict | NotSo:
    """It was not there, and nothing proves yet that it is gone."""
    last = given.last
    if last.standing is Standing.UNEXPLAINED:
        why = "Several causes share this answer; it never proves a deletion."
        return _suspect(given, "absent_unexplained", why)
    if last.standing is not Standing.ABSENT:
        return NotSo("it was there", (last.seen.id,))
    if last.signal in TOMBSTONES:
        why = "Only one look says so; a second one has to say the same."
        return _suspect(given, f"{last.signal}_once", why)
    if last.counts:
        why = "This may be an outage; it counts when it lasts."
        return _suspect(given, f"{last.signal}_once", why)
    if last.note:
        why = f"But {last.note}, so it proves no deletion."
        return _suspect(given, f"{last.signal}_with_page", why)
    why = "Nothing else confirms it, so it proves no deletion."
    return _suspect(given, f"{last.signal}_unconfirmed", why)


def _suspect(given: Looks, rule: str, why: str) -> Verdict:
    last = given.last
    reason = f"{last.seen.reason} {why}"
    return verdict_of(VerdictKind.SUSPECT, rule, reason, _run(given), cause=last.signal)


def _as_hijacked(last: Look) -> str:
    """Say whose page it is before what was served: by its signal alone the source is there."""
    note = f"{last.note[:1].upper()}{last.note[1:]}"
    return f"{note}, and what is there now is unlike what was there before: {last.seen.reason}"


def _beside(last: Look) -> str:
    """Say what confirms a page that says of itself that there is nothing."""
    if last.note:
        what = last.note
    elif last.counts:
        what = "a second answer agrees"
    else:
        return "There is nothing from before to compare it with, so it proves no deletion."
    return f"{what[:1].upper()}{what[1:]}; it counts when it lasts."


# --- parts --------------------------------------------------------------------------------------


def _run(given: Looks) -> tuple[Look, ...]:
    return given.trailing(ABSENCE)


def _ids(looks: Iterable[Look]) -> tuple[str, ...]:
    return tuple(look.seen.id for look in looks)


def _span(duration: timedelta) -> str:
    hours = round(duration.total_seconds() / 3600)
    count, unit = (hours // 24, "day") if hours and hours % 24 == 0 else (hours, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _gone(run: Sequence[Look], proof: Sequence[Look], rule: str, how: str) -> Verdict:
    cause = proof[-1]
    return verdict_of(
        VerdictKind.GONE,
        rule,
        f"{cause.seen.reason} It is gone: {how}.",
        (*proof, run[-1]),
        since=run[0].seen.at,
        cause=cause.signal,
    )
