"""Two workers never look at one source at the same time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archiver.errors import ClaimError
from archiver.flow.claim import held
from archiver.platforms import recognise
from archiver.settings import load
from archiver.wiring import Archive

pytestmark = pytest.mark.anyio

AT = datetime(2026, 3, 2, tzinfo=UTC)


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
