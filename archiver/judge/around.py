"""What the looks at other sources tell of one source's looks, and when another road is needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archiver.judge._rules import ABSENCE, CONFIRMATION, Confirmation, spaced
from archiver.judge._standing import Around, Look, Standing, looks_of, place_of
from archiver.model.inquiry import Ask
from archiver.model.seen import Seen
from archiver.model.signals import Signal


def turned_absent(seen: Sequence[Seen]) -> Seen | None:
    """Return the first look of the absence that lasts now, or None while there is none."""
    newest = max(seen, key=lambda one: (one.at, one.id), default=None)
    if newest is None or _is_plainly_there(newest):
        return None
    run = _absent_run(looks_of(seen))
    return run[0].seen if run else None


def _is_plainly_there(seen: Seen) -> bool:
    """Tell whether a look showed the thing at its own address: no other look is needed."""
    is_as_ever = seen.not_found is None and seen.registered_at is None
    return seen.signal is Signal.PRESENT and is_as_ever and seen.url == seen.asked


def ended_at(seen: Seen) -> str | None:
    """Return the place where a redirect ended; None at its own address, and where it is unknown."""
    if seen.is_post or seen.asked is None or seen.url in (None, seen.asked):
        return None
    place = place_of(seen.url or seen.asked)
    return None if place == place_of(seen.asked) else place


def doubtful_ends(seen: Sequence[Seen]) -> tuple[str, ...]:
    """Return the places where redirects ended of which it matters whether they are sinks.

    Not where the page was that had been served at its own address before.
    """
    if all(ended_at(one) is None for one in seen):
        return ()
    places: dict[str, None] = {}
    was_served = False
    for look in looks_of(seen):
        place = ended_at(look.seen)
        is_served = look.standing is Standing.SERVED
        if place is not None and not (is_served and was_served):
            places[place] = None
        was_served = was_served or (is_served and place is None)
    return tuple(places)


def around_of(
    seen: Sequence[Seen],
    others: Sequence[datetime],
    sinks: Sequence[str],
    confirmation: Confirmation = CONFIRMATION,
) -> Around:
    """Return what surrounds a source's looks.

    ``others`` are the times at which other addresses of its host turned absent; ``sinks`` the
    places where redirects of several of them end. When enough of them turned absent within the
    window round the time this one did, its looks within that window are held.
    """
    first = turned_absent(seen)
    if first is None:
        return Around(sinks=frozenset(sinks))
    window = confirmation.incident_window
    together = [at for at in others if abs(at - first.at) <= window]
    if len(together) + 1 < confirmation.incident_addresses:
        return Around(sinks=frozenset(sinks))
    held = {one.id for one in seen if first.at <= one.at <= first.at + window}
    return Around(sinks=frozenset(sinks), held=frozenset(held))


def needs_another_road(
    seen: Sequence[Seen],
    around: Around,
    confirmation: Confirmation = CONFIRMATION,
) -> bool:
    """Tell whether the newest look is a page's failure that a browser should see, too.

    Asked of a page that was absent before, at least one spacing ago, and by the plain request
    alone: the browser is asked when its word counts, not at every passing error. Of a page that a
    browser has shown before, it is asked at once: the plain request may not be let in. It is not
    asked of a page that another serves under a name registered anew: it would be shown the same.
    """
    if not confirmation.by_browser:
        return False
    looks = looks_of(seen, around)
    run = [look for look in _absent_run(looks) if look.standing in _COUNTED and look.counts]
    if not run or run[-1] is not looks[-1] or run[-1].is_hijacked:
        return False
    if Ask.RENDER in run[-1].seen.roads:
        return False
    if any(one.signal is Signal.PRESENT and Ask.RENDER in one.roads for one in seen):
        return True
    is_due = len(spaced(run, confirmation.spacing)) > 1
    return is_due and not any(Ask.RENDER in look.seen.roads for look in run)


_COUNTED = (Standing.ABSENT, Standing.AT_HOME)


def _absent_run(looks: Sequence[Look]) -> list[Look]:
    run: list[Look] = []
    for look in reversed(looks):
        if look.standing in ABSENCE:
            run.insert(0, look)
        elif not look.says_nothing:
            break
    return run
