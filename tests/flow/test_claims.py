"""Two workers never look at one source at the same time."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.errors import ClaimError
from archiver.flow.claim import held
from archiver.platforms import recognise
from archiver.settings import load
from archiver.wiring import Archive

pytestmark = pytest.mark.anyio

AT = datetime(2026, 3, 2, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
DIE = """
from archiver.platforms import recognise
async def main():
    async with Archive(sys.argv[1]) as archive:
        outside = archive.outside
        at = outside.clock.now()
        source = await outside.store.sources.register(recognise("https://a.example/"), None, at)
        await outside.store.claims.claim(source.id, outside.worker, outside.lease)
        os._exit(9)
asyncio.run(main())
"""


async def test_a_source_in_one_hand_is_refused_to_another(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        ours = archive.outside
        theirs = replace(ours, worker="another")
        source = await ours.store.sources.register(recognise("https://a.example/"), None, AT)

        async with held(source, ours):
            with pytest.raises(ClaimError, match=r"another worker is at web:https://a\.example/"):
                async with held(source, theirs):
                    pass

        async with held(source, theirs) as claim:
            assert claim.worker == "another"


async def test_a_source_is_given_back_when_the_work_fails(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        outside = archive.outside
        source = await outside.store.sources.register(recognise("https://a.example/"), None, AT)

        with pytest.raises(RuntimeError):
            async with held(source, outside):
                raise RuntimeError

        async with held(source, replace(outside, worker="another")) as claim:
            assert claim.fence > 1


async def test_a_claim_outlives_its_lease_while_there_are_signs_of_life(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        ours = replace(archive.outside, lease=timedelta(milliseconds=400))
        theirs = replace(ours, worker="another")
        source = await ours.store.sources.register(recognise("https://a.example/"), None, AT)

        async with held(source, ours):
            with pytest.raises(ClaimError):
                async with held(source, theirs, patience=timedelta(seconds=1)):
                    pass


async def test_a_claim_of_a_process_that_died_is_given_back_at_the_next_start(tmp_path):
    dead = "import asyncio, os, sys; from archiver import Archive\n" + DIE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", dead, str(tmp_path), env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert await process.wait() == 9

    async with Archive(settings=load(tmp_path)) as archive:
        source = await archive.outside.store.sources.source("web:https://a.example/")

        async with held(source, archive.outside) as claim:
            assert claim.fence > 1


async def test_a_claim_of_another_machine_is_left_to_its_lease(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        store = archive.outside.store
        source = await store.sources.register(recognise("https://a.example/"), None, AT)
        await store.claims.claim(source.id, "elsewhere/boot/1/1", timedelta(minutes=1))

    async with Archive(settings=load(tmp_path)) as archive:
        with pytest.raises(ClaimError):
            async with held(source, archive.outside):
                pass
