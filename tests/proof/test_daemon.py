"""Real daemons, killed, stopped and paused: the short forms of what ``make proof-daemon`` proves."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from pathlib import Path

import pytest

from tests.proof import kills, pauses, stops

pytestmark = [pytest.mark.browser, pytest.mark.postgres]


@pytest.mark.parametrize(("database", "many"), [("sqlite", 60), ("postgresql", 40)])
def test_whatever_is_killed_nothing_acknowledged_is_lost_and_nothing_done_twice(
    tmp_path: Path, database: str, many: int
) -> None:
    options = Namespace(
        database=database, queue="embedded", kills=many, captures=4 * many, pages=25, pause=0.3,
        seed=20261129,
    )  # fmt: skip

    counted = asyncio.run(kills.Proof(options, tmp_path).run())

    assert counted.is_well, counted
    assert sum(counted.kills.values()) == many


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_daemon_that_is_stopped_ends_in_order_and_leaves_nothing(
    tmp_path: Path, engine: str
) -> None:
    with stops.standing(engine, tmp_path) as (database, still):
        stopped = asyncio.run(stops.prove(tmp_path, database, still, 3, seed=1, backlog=2_000))

    assert stopped.exit_codes == {0: 3}
    assert (stopped.at_start, stopped.still) == (1, 1)
    assert stopped.looks > 0
    assert (stopped.left_behind, stopped.deaths, stopped.still_running) == (0, 0, 0)
    assert (stopped.acknowledged_lost, stopped.damaged) == (0, 0)


def test_a_daemon_paused_past_its_leases_commits_nothing_late(tmp_path: Path) -> None:
    paused = asyncio.run(pauses.prove(tmp_path, "", pauses=2, seed=1))

    assert paused.is_well, paused
