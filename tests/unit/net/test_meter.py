from __future__ import annotations

from itertools import count

from archiver.net.decisions import Usage
from archiver.net.meter import Meter
from archiver.net.policy import Limits


def test_time_runs_from_the_start_and_stops_at_the_end() -> None:
    ticks = count(10.0)
    meter = Meter(Limits(), lambda: next(ticks), lambda: None)
    before = meter.usage

    meter.start()
    meter.stop()

    assert before == Usage()
    assert meter.usage.seconds == 1.0


def test_starting_forgets_what_went_before() -> None:
    meter = Meter(Limits(), lambda: 0.0, lambda: None)
    meter.count(bytes_in=5, bytes_out=6, connections=1)

    meter.start()
    meter.count(bytes_in=1)

    assert meter.usage == Usage(bytes_in=1)


def test_a_limit_cuts_once_and_is_named() -> None:
    cuts: list[str] = []
    limits = Limits(bytes_in=10, bytes_out=10, requests=1)
    meter = Meter(limits, lambda: 0.0, lambda: cuts.append("cut"))

    meter.count(bytes_in=10)
    meter.count_request()
    assert not meter.exhausted
    meter.count(bytes_in=1)
    meter.count(bytes_out=11)
    meter.count_request()

    assert (cuts, meter.hits) == (["cut"], ("bytes_in",))


def test_a_limit_of_one_connection_is_noted_once() -> None:
    meter = Meter(Limits(), lambda: 0.0, lambda: None)

    meter.note("connection_s")
    meter.note("connection_s")

    assert meter.hits == ("connection_s",)
    assert not meter.exhausted
