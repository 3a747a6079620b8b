"""No number of the settings is so large, or so small, that it breaks what is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from annotated_types import Le
from pydantic.fields import FieldInfo

from archiver.errors import SettingsError
from archiver.flow.patience import backed_off
from archiver.flow.retries import Retries
from archiver.judge.rules import Patience, after_failing, after_telling
from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.news import Heard, Told
from archiver.ports import Quarantine
from archiver.settings import Settings, TargetSettings, load
from archiver.settings.section import Section
from archiver.wiring import policies
from archiver.wiring.schedule import timetable_of
from archiver.wiring.telling import rule_of

NOW = datetime(2026, 11, 29, tzinfo=UTC)
TARGET = {"name": "desk", "kind": "webhook", "url": "https://desk.example/"}


def numbers() -> Iterator[tuple[str, str, FieldInfo]]:
    """Yield every number and list of numbers: its section, its name and what is said of it."""
    kinds = {name: field.annotation for name, field in Settings.model_fields.items()}
    for section, kind in [*kinds.items(), ("target", TargetSettings)]:
        if isinstance(kind, type) and issubclass(kind, Section):
            for name, field in kind.model_fields.items():
                if _is_number(field.annotation) or _of_numbers(field) is not None:
                    yield section, name, field


def _is_number(kind: object) -> bool:
    return kind in {int, float}


def _of_numbers(field: FieldInfo) -> Any:
    inner = next(iter(get_args(field.annotation)), None)
    is_list = get_origin(field.annotation) is list
    return inner if is_list and _is_number(next(iter(get_args(inner)), inner)) else None


def given(section: str, name: str, value: object) -> dict[str, Any]:
    if section == "target":
        return {"notify": {"targets": [{**TARGET, name: value}]}}
    return {section: {name: value}}


@pytest.mark.parametrize(
    ("section", "name", "field"), [pytest.param(*one, id=".".join(one[:2])) for one in numbers()]
)
def test_what_is_no_number_to_reckon_with_is_refused(
    tmp_path: Path, section: str, name: str, field: FieldInfo
) -> None:
    for value in (float("inf"), float("nan"), 1e300, 10**300):
        wrong = value if _is_number(field.annotation) else [value]
        with pytest.raises(SettingsError) as refused:
            load(tmp_path, given(section, name, wrong))
        assert name in str(refused.value)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["tick_s", "sweep_s", "errands_s", "notify_s", "checkpoint_s", "scrub_s"]
)
def test_rounds_that_leave_no_room_for_other_work_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=rf"daemon\.{name}: .* greater than or equal to 0\.05"):
        load(tmp_path, given("daemon", name, 1e-9))


UNITS = {"s": "seconds", "ms": "milliseconds", "h": "hours", "d": "days", "days": "days"}


@pytest.mark.parametrize(
    ("section", "name", "field"),
    [
        pytest.param(*one, id=".".join(one[:2]))
        for one in numbers()
        if one[1].rpartition("_")[2] in UNITS
    ],
)
def test_a_duration_that_may_not_be_nothing_never_is(
    tmp_path: Path, section: str, name: str, field: FieldInfo
) -> None:
    def is_taken(value: float) -> bool:
        with suppress(SettingsError):
            load(tmp_path, given(section, name, value if _is_number(field.annotation) else [value]))
            return True
        return False

    unit = timedelta(**{UNITS[name.rpartition("_")[2]]: 1})
    too_short = 0.4 * (timedelta(microseconds=1) / unit)

    assert too_short * unit == timedelta(0)
    assert is_taken(0) or not is_taken(too_short)


def at_their_most(tmp_path: Path) -> Settings:
    """Return settings in which every number is as large as it may be."""
    sections: dict[str, Any] = {}
    for section, name, field in numbers():
        if _is_number(field.annotation):
            most = next(bound.le for bound in field.metadata if isinstance(bound, Le))
            sections.setdefault(section, {})[name] = most
    target = sections.pop("target")
    sections["notify"]["targets"] = [{**TARGET, **target}]
    return load(tmp_path, sections)


def test_the_largest_numbers_still_make_dates(tmp_path: Path) -> None:
    settings = at_their_most(tmp_path)
    daemon, notify = settings.daemon, settings.notify
    rule = rule_of(notify.targets[0], timedelta(seconds=notify.gather_s))
    patience = Patience(
        timedelta(seconds=notify.retry_s),
        timedelta(seconds=notify.retry_cap_s),
        timedelta(hours=notify.give_up_h),
    )
    retries = Retries(
        daemon.tries, timedelta(seconds=daemon.retry_s), timedelta(seconds=daemon.retry_cap_s)
    )
    feed, longest = timedelta(seconds=settings.schedule.feed_s), timedelta(days=366)
    quarantine = Quarantine(1, timedelta(hours=daemon.quarantine_h))
    delivery = Delivery("d", "e", "desk", DeliveryState.PENDING, "k", NOW, NOW, tries=99)

    timetable_of(settings.schedule)
    for policy in (
        policies.of_guard,
        policies.of_client,
        policies.of_capture,
        policies.of_archives,
    ):
        policy(settings)
    told = after_telling(delivery, rule, NOW)
    failed = after_failing(delivery, Told(Heard.REFUSED), NOW, patience, 1.0)

    assert told.next_try_at is not None
    assert told.next_try_at > NOW
    assert failed.next_try_at is not None
    assert failed.next_try_at > NOW
    assert NOW + retries.pause(99, 1.0) > NOW
    assert NOW + backed_off(feed, 99, longest) > NOW
    assert NOW + (quarantine.after(99) or timedelta(0)) > NOW
