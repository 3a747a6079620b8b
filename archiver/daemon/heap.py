"""What the allocators keep to themselves: little, and what is free handed back now and then.

Answers of many sizes pass through many threads. glibc gives each thread an arena of its own, up to
eight a core, and what is free in one is of no use to another; a large block that is freed makes it
take blocks as large from these arenas from then on, where small ones soon lie between. Each grows
to the most that it ever held, and that is what grows over a day of looks, not what is in use.
Python collects garbage in cycles as a whole only when what is new is a quarter of what was left the
last time, and all that was imported is left each time: hours of looks lie between two collections,
and new objects lie between what waits. What was there at the start is therefore left out of them.

Source: glibc manual, "Malloc Tunable Parameters"; mallopt(3) and malloc_trim(3); Python manual,
``gc.freeze`` and ``gc.set_threshold``; all read 2026-11-29.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # malloc.h
LARGE_BYTES = 128 * 1024
"""Blocks of this size are always mapped alone, and go back when they are freed."""
ARENAS = 1
"""Threads seldom allocate at the same time: all but the database's and the hashes' hold the GIL."""


def set_up_allocator() -> None:
    """Let all threads share an arena without large blocks; of use before they are started."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl and macOS have none
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


def settle() -> None:
    """Look at what is there now never again for garbage; of use once all is imported and open."""
    gc.collect()
    gc.freeze()


async def give_back() -> None:
    """Collect what is garbage, and hand back to the system the pages that are free."""
    gc.collect()  # here, and in no thread: what is closed by it may belong to the loop
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        await asyncio.to_thread(trim, ctypes.c_size_t(0))
