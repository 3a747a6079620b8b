"""What waits is written together, and each caller learns what came of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from archiver.errors import StoreError
from archiver.store.together import Together

pytestmark = pytest.mark.anyio


class Writer:
    """Writes when told to; ``batches`` are what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_write = asyncio.Event()

    async def write(self, batch: Sequence[str]) -> list[Exception | None]:
        self.batches.append(list(batch))
        await self.may_write.wait()
        if "fatal" in batch:
            raise StoreError("the whole transaction was undone")
        return [StoreError(one) if one == "refused" else None for one in batch]


async def started(writer: Writer, *names: str) -> list[asyncio.Task[None]]:
    """Begin to write things, the first of them alone."""
    together = Together(writer.write)
    tasks = [asyncio.create_task(together.add(name)) for name in names[:1]]
    while not writer.batches:
        await asyncio.sleep(0)
    tasks += [asyncio.create_task(together.add(name)) for name in names[1:]]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_while_one_batch_is_written_makes_the_next():
    writer = Writer()
    tasks = await started(writer, "a", "b", "c")

    writer.may_write.set()
    await asyncio.gather(*tasks)

    assert writer.batches == [["a"], ["b", "c"]]


async def test_one_that_is_refused_harms_no_other():
    writer = Writer()
    tasks = await started(writer, "a", "refused", "c")

    writer.may_write.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)

    assert [str(one) if one else None for one in told] == [None, "refused", None]


async def test_a_batch_that_is_undone_is_tried_one_by_one():
    writer = Writer()
    tasks = await started(writer, "a", "b", "fatal", "d")

    writer.may_write.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)

    assert [isinstance(one, StoreError) for one in told] == [False, False, True, False]
    assert writer.batches == [["a"], ["b", "fatal", "d"], ["b"], ["fatal"], ["d"]]


async def test_what_is_cancelled_while_it_waits_is_never_written():
    writer = Writer()
    tasks = await started(writer, "a", "b", "c")

    tasks[1].cancel()
    await asyncio.sleep(0)
    writer.may_write.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert writer.batches == [["a"], ["c"]]
