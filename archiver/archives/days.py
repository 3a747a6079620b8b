"""What an archive's index holds of one author from one day, by the IDs that day could give.

Source: a day spans 3.6e14 IDs of X, so that the first digits of an ID are a key to search an index
by (method published as "Reverse TweetedAt", WS-DL blog, 2026-03-18).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from archiver.archives.places import X_HOSTS
from archiver.archives.protocol import Held, Wanted
from archiver.platforms._snowflake import day_of, first_id, last_id
from archiver.platforms._x_address import read_post_address

_DROPPED = {19: 15}  # digits of an ID left out of its prefix: a day then has two prefixes at most
_DROPPED_OF_OLDER = 14  # shorter IDs need more digits, or their prefixes match years of others


def prefixes(day: date) -> tuple[str, ...]:
    """Return the beginnings that every ID of a UTC day has; none before November 2010."""
    first, last = first_id(day), last_id(day)
    if first is None or last is None:
        return ()
    step = 10 ** _DROPPED.get(len(str(first)), _DROPPED_OF_OLDER)
    return tuple(str(number) for number in range(first // step, last // step + 1))


def wanted_of_day(handle: str, day: date) -> tuple[Wanted, ...]:
    """Return what to ask an index for, to find an author's posts of a day."""
    return tuple(
        Wanted(f"https://{host}/{handle}/status/{prefix}", is_prefix=True)
        for host in X_HOSTS
        for prefix in prefixes(day)
    )


def posts_of_day(listed: Sequence[Held], handle: str, day: date) -> dict[str, list[Held]]:
    """Return the captures of that author's posts of that day, by ID, nearest to the day first."""
    found: dict[str, list[Held]] = {}
    for one in sorted(listed, key=lambda one: one.at):
        post = read_post_address(one.original)
        if post is None or day_of(post.id) != day or one.status not in (None, 200):
            continue
        if (post.handle or "").lower() == handle.lstrip("@").lower():
            found.setdefault(post.id, []).append(one)
    return found
