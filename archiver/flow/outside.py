"""Everything a flow step needs of the outside, in one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from archiver.flow.archives import Archives
from archiver.judge.timetable import Timetable
from archiver.judge.verdicts import CONFIRMATION, Confirmation
from archiver.model.observation import Vantage
from archiver.ports import Clock, Fetcher, Files, Logins, Meter, Recorder, Silent, Store


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports, filled, with the few values that every step passes on.

    ``provenance`` is what every capture tells of the door and the client: JSON values.
    ``worker`` names this process in claims. ``lease`` is how long a claim lives without a sign of
    life. ``new_id`` returns a fresh sortable identifier. ``archives`` are the outside
    archives that may be asked, ``logins`` the operator's. ``confirmation`` is how much it takes
    until an absence is believed. ``meter`` counts what happens.
    """

    store: Store
    files: Files
    fetcher: Fetcher
    recorder: Recorder
    clock: Clock
    timetable: Timetable
    vantage: Vantage
    provenance: Mapping[str, object]
    new_id: Callable[[], str]
    worker: str
    lease: timedelta
    archives: Archives = field(default_factory=Archives)
    logins: Logins | None = None
    confirmation: Confirmation = CONFIRMATION
    meter: Meter = field(default_factory=Silent)
