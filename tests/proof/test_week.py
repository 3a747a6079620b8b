"""A small form of :mod:`tests.proof.week`, with much more trouble."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.proof.week import prove


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_no_slot_is_looked_at_twice_and_none_is_lost(database: str) -> None:
    result = prove(database, 150, 1, seed=1, tick=timedelta(hours=3), trouble=6)

    assert result.slots_doubled == result.slots_lost == 0
    assert result.acknowledged_lost == result.still_open == 0
    assert result.looks > 150
    assert min(result.workers_died, result.refused_after_pause, result.jobs_swept) > 0
