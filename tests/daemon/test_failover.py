"""A service whose connection to PostgreSQL breaks, as when another server takes over."""

from __future__ import annotations

from asyncio import gather
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.daemon.hands import FULL, Capacity
from archiver.daemon.health import FILE_FAILURES
from archiver.daemon.service import Service
from archiver.model.job import Lane
from tests import postgres
from tests.flow.world import world
from tests.store.test_lost_connections import make_due, through_relay, waiting

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def test_jobs_whose_take_was_not_heard_of_are_no_sign_that_files_are_gone(tmp_path: Path):
    database = postgres.server().create(postgres.migrated())
    async with (
        through_relay(database, tmp_path) as (store, cut),
        world(tmp_path / "home") as (_, usual, _web, _clock),
    ):
        await make_due(store)
        names = await waiting(store)
        service = Service(replace(usual, store=store), capacity=Capacity(10, 10))

        cut.set()
        waits = await gather(*(service._hands.attend(name, Lane.BROWSER) for name in names))

        assert waits == [FULL] * FILE_FAILURES
        assert not service.conditions.standing
