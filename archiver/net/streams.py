"""Ending streams at once."""

from __future__ import annotations

import asyncio


def abort(writer: asyncio.StreamWriter) -> None:
    """Drop a connection with whatever it has not sent; a closed one is left as it is.

    ``transport.abort`` itself fails on a transport that was closed with data left to send and has
    sent it since (Python 3.11-3.13).
    """
    transport = writer.transport
    if not transport.is_closing() or transport.get_write_buffer_size():
        transport.abort()
