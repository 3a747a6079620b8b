"""Memory that is free goes back to the system."""

from __future__ import annotations

import ctypes

import pytest

from archiver.daemon import heap
from tests.bench.memory import resident

MANY, EACH = 40_000, 1000
MIB = 2**20

pytestmark = pytest.mark.anyio


async def test_what_lies_free_between_used_blocks_goes_back_to_the_system():
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        pytest.skip("this C library gives nothing back")
    library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    blocks = [library.malloc(EACH) for _ in range(MANY)]
    for block in blocks:
        ctypes.memset(block, 1, EACH)
    for block in blocks[:-1]:  # the last keeps what is below it from going by itself
        library.free(block)
    before = resident()

    await heap.give_back()

    assert before - resident() > 20 * MIB
    library.free(blocks[-1])


async def test_a_c_library_without_it_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    heap._trim.cache_clear()
    try:
        await heap.give_back()
    finally:
        heap._trim.cache_clear()
