"""Hold a source while we work on it, with a sign of life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from archiver.errors import ClaimError
from archiver.flow.outside import Outside
from archiver.model.source import Source
from archiver.ports import Claim

SIGNS_PER_LEASE = 4  # a claim survives three lost signs of life


@asynccontextmanager
async def held(
    source: Source, outside: Outside, *, patience: timedelta = timedelta(0)
) -> AsyncIterator[Claim]:
    """Claim the source, prolong the claim while the body runs, and give it back.

    1. Take the claim; when another worker has it, wait up to ``patience`` for it.
    2. Prolong it in the background; a lost claim cancels nothing, the fence at commit decides.
    3. Give it back, also when the body failed.

    Raises:
        ClaimError: another worker works on the source.
    """
    claim = await _take(source, outside, patience)
    signs = asyncio.create_task(_show_life(claim, outside))
    try:
        yield claim
    finally:
        signs.cancel()
        await asyncio.gather(signs, return_exceptions=True)
        await outside.store.claims.release(claim)


async def _take(source: Source, outside: Outside, patience: timedelta) -> Claim:
    step = timedelta(seconds=0.25)
    waited = timedelta(0)
    while True:
        claim = await outside.store.claims.claim(source.id, outside.worker, outside.lease)
        if claim is not None:
            return claim
        if waited >= patience:
            message = f"another worker is at {source.ref.name}; try again when it is done"
            raise ClaimError(message)
        await asyncio.sleep(step.total_seconds())  # real time: the other worker is real
        waited += step


async def _show_life(claim: Claim, outside: Outside) -> None:
    pause = outside.lease.total_seconds() / SIGNS_PER_LEASE
    while True:
        await asyncio.sleep(pause)  # real time, like the lease in the database
        if not await outside.store.claims.extend(claim, outside.lease):
            return
