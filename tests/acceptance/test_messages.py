"""Messages bring jobs to processes on one PostgreSQL: a daemon queues, and whoever is free takes."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.acceptance.world import archiver, left_behind
from tests.proof.running import Running, Site, environment, register

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

SOURCES = 30
GRACE_S = 2.0
HELD = """
    SELECT (SELECT count(*) FROM jobs WHERE state = 'running')
        + (SELECT count(*) FROM sources WHERE lease_until IS NOT NULL)
        + (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing')
"""
OPEN = "SELECT count(*) FROM sources WHERE job_id IS NOT NULL OR id NOT IN (SELECT source_id FROM captures)"


async def test_a_daemon_and_a_worker_share_jobs_and_what_a_killed_one_had_is_not_lost(
    tmp_path: Path,
):
    server = postgres.server()
    name = server.create()
    database = server.url(name)
    async with Site(delay_s=0.2) as site:
        env = environment(tmp_path, database, site, store__queue="procrastinate")
        upgraded = await archiver("db", "upgrade", env=env)
        await register(tmp_path, database, site, SOURCES)
        worker, daemon = (Running(one, env, set()) for one in ("worker", "daemon"))
        await worker.start()
        await worker.until(lambda actions: actions["started"] > 0)  # before the first job comes
        await daemon.start()
        for one in (worker, daemon):
            await one.until(lambda actions: actions["look"] > 0)
        await worker.end(signal.SIGKILL)
        with psycopg.connect(server.conninfo(name), autocommit=True) as connection:
            await until_none(connection, OPEN)
            captured = connection.execute(
                "SELECT count(*), count(DISTINCT source_id) FROM captures"
            ).fetchone()
            doubled = connection.execute(
                "SELECT count(*) - count(DISTINCT observation_id) FROM jobs WHERE state = 'done'"
            ).fetchone()
        code = await daemon.end(signal.SIGTERM)

    assert (upgraded.code, code) == (0, 0)
    assert (captured, doubled) == ((SOURCES, SOURCES), (0,))
    assert left_behind(tmp_path) == []


async def test_a_stop_does_not_wait_for_a_look_that_takes_longer_than_the_grace(tmp_path: Path):
    server = postgres.server()
    name = server.create()
    database = server.url(name)
    async with Site(delay_s=600) as site:
        env = environment(
            tmp_path, database, site, store__queue="procrastinate", daemon__grace_s=f"{GRACE_S}"
        )
        await archiver("db", "upgrade", env=env)
        await register(tmp_path, database, site, SOURCES)
        daemon = Running("daemon", env, set())
        await daemon.start()
        await asyncio.wait_for(site.is_asked.wait(), 60)
        async with asyncio.timeout(60):  # the look takes ten minutes
            code = await daemon.end(signal.SIGTERM)
        with psycopg.connect(server.conninfo(name)) as connection:
            held = connection.execute(HELD).fetchone()

    assert (code, held) == (0, (0,))
    assert left_behind(tmp_path) == []


async def test_a_worker_without_the_queues_tables_says_what_makes_them(tmp_path: Path):
    server = postgres.server()
    database = server.url(server.create(postgres.migrated()))
    async with Site() as site:
        env = environment(tmp_path, database, site, store__queue="procrastinate")
        ran = await archiver("worker", env=env)
        asked = await archiver("doctor", "--json", env=env)

    assert "the queue's tables are missing" in asked.out
    assert "internal error" not in asked.err
    assert ran.code == 2
    assert "the queue's tables are missing; run: archiver db upgrade" in ran.err


async def until_none(connection: psycopg.Connection, query: str) -> None:
    async with asyncio.timeout(120):
        while (await asyncio.to_thread(connection.execute, query)).fetchone() != (0,):
            pass
