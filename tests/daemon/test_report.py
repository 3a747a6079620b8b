"""What a service tells of itself: its gauges follow what is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.daemon.conditions import Conditions
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.ready import Readiness
from archiver.daemon.report import MEASURE_EVERY, Report
from archiver.model.job import Lane
from archiver.settings import Supervisor
from tests import build
from tests.flow.world import world

pytestmark = pytest.mark.anyio

LEASE = timedelta(minutes=1)


def depths(meter: PrometheusMeter) -> dict[tuple[str, str], float]:
    """Return the queue's depth by lane and state, as the page of metrics has it."""
    return {
        (sample.labels["lane"], sample.labels["state"]): sample.value
        for metric in meter.registry.collect()
        for sample in metric.samples
        if sample.name == "archiver_queue_depth"
    }


async def test_the_depth_of_a_lane_that_is_emptied_goes_back_to_none(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, clock):
        outside = replace(usual, meter=(meter := PrometheusMeter(is_strict=True)))
        queue = outside.store.queue
        report = Report(outside, Conditions(outside), Readiness(Supervisor()), "daemon", lambda: 0)

        async def measured() -> dict[tuple[str, str], float]:
            await report.tell_all(with_queue=True)
            await clock.sleep(MEASURE_EVERY)
            return {where: depth for where, depth in depths(meter).items() if depth}

        await outside.store.sources.register(build.page("https://a.example/"), None, clock.now())
        await queue.enqueue_due(clock.now(), 10)
        queued = await measured()
        (taken,) = await queue.take("w", LEASE, lane=Lane.BROWSER, limit=1)
        running = await measured()
        await queue.give_up(taken, clock.now() + LEASE, "it failed")
        done = await measured()

    assert queued == {("browser", "queued"): 1}
    assert running == {("browser", "running"): 1}
    assert done == {}
    assert len(depths(meter)) == 2 * len(Lane)
