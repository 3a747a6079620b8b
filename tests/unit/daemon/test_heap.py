"""Memory that is free goes back to the system, and a single arena keeps any."""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
import weakref

import pytest

from archiver.daemon import heap
from tests.bench.memory import resident

MANY, EACH = 40_000, 1000
MIB = 2**20
ARENAS_OF_THREADS = """
import ctypes, threading
from archiver.daemon.heap import set_up_allocator
set_up_allocator()
library, all_there = ctypes.CDLL(None), threading.Barrier(8)
def hold(): library.malloc(1000); all_there.wait()
threads = [threading.Thread(target=hold) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
library.malloc_stats()
"""
LARGE_BLOCKS = """
import ctypes
from archiver.daemon.heap import LARGE_BYTES, set_up_allocator
set_up_allocator()
library = ctypes.CDLL(None)
library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]
class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]
library.mallinfo2.restype = Info
for _ in range(9):
    library.free(library.malloc(8 * LARGE_BYTES))
before = library.mallinfo2().hblks
library.malloc(2 * LARGE_BYTES)
print(before, library.mallinfo2().hblks)
"""

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this C library keeps no arenas"
    ),
]


async def test_what_lies_free_between_used_blocks_goes_back_to_the_system():
    library = ctypes.CDLL(None)
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


async def test_garbage_in_cycles_does_not_wait_for_its_turn():
    one = Ring()
    one.itself, seen = one, weakref.ref(one)
    del one

    await heap.give_back()

    assert seen() is None


def test_what_was_there_at_the_start_is_left_out_of_every_collection():
    try:
        heap.settle()

        assert len(gc.get_objects()) < gc.get_freeze_count() / 100
    finally:
        gc.unfreeze()


class Ring:
    """Something that holds on to itself."""

    itself: Ring


def test_all_threads_share_an_arena():
    told = subprocess.run(
        [sys.executable, "-c", ARENAS_OF_THREADS], check=True, capture_output=True, text=True
    )

    assert told.stderr.count("Arena ") == heap.ARENAS


def test_large_blocks_are_mapped_alone_however_many_were_freed():
    told = subprocess.run(
        [sys.executable, "-c", LARGE_BLOCKS], check=True, capture_output=True, text=True
    )

    before, after = told.stdout.split()
    assert int(after) - int(before) == 1


async def test_a_c_library_that_knows_of_neither_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())

    heap.set_up_allocator()
    await heap.give_back()
