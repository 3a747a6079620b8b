"""When a source is looked at again."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from archiver.settings.section import (
    LEAST_D,
    LEAST_H,
    LEAST_S,
    Count,
    Days,
    Hours,
    Seconds,
    Section,
    setting,
)


def _ascending(times: list[float]) -> list[float]:
    if any(later <= earlier for earlier, later in pairwise(times)):
        message = "each must be later than the one before"
        raise ValueError(message)
    return times


_Ascending = AfterValidator(_ascending)
DaysAfter = Annotated[list[Annotated[Days, Field(ge=LEAST_D)]], _Ascending]
HoursAfter = Annotated[list[Annotated[Hours, Field(ge=LEAST_H)]], _Ascending]
SecondsAfter = Annotated[list[Annotated[Seconds, Field(ge=LEAST_S)]], _Ascending]
"""Ages or times after something, each later than the one before."""


class ScheduleSettings(Section):
    """When a source is looked at again; archiver simulate shows what a change costs and gains."""

    floor_s: Seconds = setting(
        900.0,
        "Shortest time between two looks, seconds (15 min); only the look that learns a page's "
        "noise comes sooner.",
        ge=LEAST_S,
    )
    cap_s: Seconds = setting(
        2592000.0, "Longest time between two looks at a post, seconds (30 d).", ge=LEAST_S
    )
    share_of_age: float = setting(
        0.5,
        "Time to the next look as a share of the age at this one: half, so that ages grow by 1.5. "
        "Half of all removed posts are removed within days, the rest over months.",
        gt=0,
        le=5,
    )
    after_adding_d: DaysAfter = setting(
        [1.0, 7.0],
        "Days after adding at which what was old by then is looked at: it may be taken down "
        "because it is cited.",
    )
    after_edits_s: Seconds = setting(
        60.0, "Seconds from the end of a post's edit window to the look at its final text.", ge=0
    )
    news_h: HoursAfter = setting(
        [1.0, 6.0, 24.0, 48.0, 168.0, 720.0],
        "Ages of a news article at its looks, hours: most edits come in its first two days.",
    )
    news_every_d: Days = setting(30.0, "Then days between two looks at it.", ge=LEAST_D)
    pages_d: DaysAfter = setting(
        [1.0, 7.0, 30.0],
        "Days after adding at which any other page is looked at; then by share_of_age.",
    )
    page_floor_d: Days = setting(
        1.0,
        "Shortest time between two looks at a page, days, however often it changes.",
        ge=LEAST_D,
    )
    page_cap_d: Days = setting(
        90.0,
        "Longest time between two looks at a page, days: 5 to 26 in 100 are lost a year.",
        ge=LEAST_D,
    )
    noise_s: Seconds = setting(
        300.0,
        "Seconds from the first look that showed a page to the second: what differs between the "
        "two is the page's noise, and no change.",
        ge=LEAST_S,
    )
    rate_least: Count = setting(
        4, "Pairs of looks at a page before its own rate of change counts.", ge=1
    )
    look_price_d: Days = setting(
        2.0,
        "Days for which a look at a changing page must keep us up to date to be worth it. Pages "
        "that change oftener cannot be followed, and are looked at as usual.",
        ge=LEAST_D,
    )
    stretch: float = setting(
        1.25,
        "By how much the usual time may grow for a page that never changed, 1 (not at all) to 2. "
        "Such a page is lost as often as any: 2 saves a quarter of all looks at news, and finds "
        "what is lost a week later.",
        ge=1,
        le=2,
    )
    failures_s: SecondsAfter = setting(
        [900.0, 7200.0, 86400.0, 345600.0, 691200.0, 1036800.0, 1382400.0],
        "Seconds after the first of a run of failures at which it is tried again (15 min, 2 h, "
        "1 d, 4 d, 8 d): an outage is over, or three lie three days apart and count. What is in "
        "doubt then, for a look came late or a wall stood in the way, twice more (12 d, 16 d).",
    )
    tombstone_s: Seconds = setting(
        3600.0,
        "Seconds until a platform's word that it is gone is asked for again (1 h).",
        ge=LEAST_S,
    )
    stated_s: Seconds = setting(
        86400.0,
        "Seconds until a 410, a name that does not exist or a parked domain is looked at again "
        "(1 d).",
        ge=LEAST_S,
    )
    offline_s: Seconds = setting(
        900.0, "Seconds to the next look while our own network is down (15 min).", ge=LEAST_S
    )
    walled_s: Seconds = setting(
        3600.0,
        "Seconds after a wall or limit, doubled while it stands (1 h). It says nothing of the "
        "source, and asking oftener makes it higher.",
        ge=LEAST_S,
    )
    walled_cap_s: Seconds = setting(604800.0, "The longest of these, seconds (7 d).", ge=LEAST_S)
    retry_cap_s: Seconds = setting(
        604800.0,
        "Longest Retry-After that is obeyed, seconds (7 d): nobody can send us away for good.",
        ge=LEAST_S,
    )
    jitter: float = setting(
        0.2,
        "Share of a time by which sources come sooner or later than one another, always the same "
        "for each, so that what was added together is not asked for together.",
        ge=0,
        le=0.5,
    )
    pull_spread_s: Seconds = setting(
        60.0,
        "Seconds between the looks at an account's other sources when one was deleted: a deletion "
        "is often one of many.",
        ge=LEAST_S,
    )
    host_per_day: Count = setting(
        2000, "Most planned looks at one host in 24 hours; what is more comes later.", ge=1
    )
    host_spacing_s: Seconds = setting(5.0, "Seconds between two planned looks at one host.", ge=0)
    feed_s: float = setting(
        900.0,
        "Time between two looks at a feed or sitemap, seconds (15 min), where archiver watch "
        "--every says nothing else.",
        ge=60,
        le=31_622_400,
    )
