"""From the settings of ``[schedule]`` to the timetable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from archiver.judge.budget import Budget
from archiver.judge.timetable import Timetable
from archiver.settings import ScheduleSettings


def timetable_of(schedule: ScheduleSettings) -> Timetable:
    """Return the timetable that the settings describe."""
    return Timetable(
        floor=_seconds(schedule.floor_s),
        cap=_seconds(schedule.cap_s),
        share=schedule.share_of_age,
        after_adding=_days(schedule.after_adding_d),
        after_edits=_seconds(schedule.after_edits_s),
        news=tuple(timedelta(hours=age) for age in schedule.news_h),
        news_every=timedelta(days=schedule.news_every_d),
        pages=_days(schedule.pages_d),
        page_floor=timedelta(days=schedule.page_floor_d),
        page_cap=timedelta(days=schedule.page_cap_d),
        noise=_seconds(schedule.noise_s),
        rate_least=schedule.rate_least,
        look_price=timedelta(days=schedule.look_price_d),
        stretch=schedule.stretch,
        failures=tuple(_seconds(time) for time in schedule.failures_s),
        tombstone=_seconds(schedule.tombstone_s),
        stated=_seconds(schedule.stated_s),
        offline=_seconds(schedule.offline_s),
        walled=_seconds(schedule.walled_s),
        walled_cap=_seconds(schedule.walled_cap_s),
        retry_cap=_seconds(schedule.retry_cap_s),
        jitter=schedule.jitter,
        pull_spread=_seconds(schedule.pull_spread_s),
        budget=Budget(schedule.host_per_day, _seconds(schedule.host_spacing_s)),
    )


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def _days(numbers: Iterable[float]) -> tuple[timedelta, ...]:
    return tuple(timedelta(days=number) for number in numbers)
