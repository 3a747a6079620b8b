"""What the daemon does now and then beside looking at due sources."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from archiver.flow import takedown as takedowns
from archiver.flow.outside import Outside
from archiver.flow.push import push_due
from archiver.flow.reextract import reextract
from archiver.flow.rescue import rescue_waiting
from archiver.flow.resolve import resolve_due
from archiver.flow.seldom import Errand, Seldom
from archiver.flow.waiting import look_up_new, read_due
from archiver.flow.watch import watch_due

REEXTRACT_EVERY = timedelta(hours=1)
"""How often the daemon looks for kept pages that another extractor read."""

FINISH_EVERY = timedelta(minutes=10)
"""How often the daemon removes what takedowns had to leave for a while."""

LOOK_UP_EVERY = timedelta(minutes=10)
"""How often the daemon looks for citations whose source may be found by now."""


def errands_of(outside: Outside, feed_interval: timedelta) -> tuple[Errand, ...]:
    """Return what finds something and keeps it: nothing to do when there is no room for more."""
    return (
        partial(watch_due, outside, feed_interval),
        partial(read_due, outside),
        partial(look_up_new, outside),
        partial(push_due, outside),
        partial(rescue_waiting, outside),
        Seldom(partial(reextract, outside), REEXTRACT_EVERY, outside.clock),
        Seldom(partial(resolve_due, outside), LOOK_UP_EVERY, outside.clock),
    )


def chores_of(outside: Outside) -> tuple[Errand, ...]:
    """Return what frees room, or needs next to none."""
    return (Seldom(partial(takedowns.finish_all, outside), FINISH_EVERY, outside.clock),)
