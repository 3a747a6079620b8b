"""Memory that the C allocator holds free: handed back to the system now and then.

Answers of many sizes pass through many threads. What they leave free lies between what is in use,
in an arena for each thread, and stays with the process: over a day of looks that is what grows, not
what is in use.
Source: glibc, malloc_trim(3): from 2.8 on it frees whole pages of every arena; read 2026-11-29.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from functools import cache


async def give_back() -> None:
    """Hand back what is free; nothing happens where the C library knows no such thing."""
    trim = _trim()
    if trim is not None:
        await asyncio.to_thread(trim, 0)


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return None
    trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    return trim
