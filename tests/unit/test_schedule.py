"""From settings to the timetable."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest
from pydantic import ValidationError

from archiver.judge.timetable import Timetable
from archiver.settings import ScheduleSettings
from archiver.wiring.schedule import timetable_of


def test_the_default_settings_are_the_default_timetable():
    assert timetable_of(ScheduleSettings()) == Timetable()


def test_every_value_of_the_timetable_is_a_setting():
    """Each setting but that of feeds is changed alone, and changes the timetable alone."""
    untouched = {one.name for one in fields(Timetable)}
    for name, field in ScheduleSettings.model_fields.items():
        if name == "feed_s":
            continue
        default = field.default
        other = [*default, default[-1] * 1.5] if isinstance(default, list) else default * 1.5
        table = timetable_of(ScheduleSettings.model_validate({name: other}))
        changed = {
            one.name
            for one in fields(Timetable)
            if getattr(table, one.name) != getattr(Timetable(), one.name)
        }
        assert len(changed) == 1, name
        untouched -= changed

    assert untouched == set()


def test_units_are_what_the_names_say():
    table = timetable_of(
        ScheduleSettings.model_validate(
            {"floor_s": 60, "news_h": [2], "pages_d": [3], "page_cap_d": 4}
        )
    )

    assert table.floor == timedelta(minutes=1)
    assert table.news == (timedelta(hours=2),)
    assert table.pages == (timedelta(days=3),)
    assert table.page_cap == timedelta(days=4)


@pytest.mark.parametrize(
    "given", [{"news_h": [2, 1]}, {"pages_d": [1, 1]}, {"failures_s": [0]}, {"stretch": 3}]
)
def test_what_cannot_be_is_refused(given):
    with pytest.raises(ValidationError):
        ScheduleSettings.model_validate(given)
