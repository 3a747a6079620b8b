"""Dialling a pinned address, and making sure that it is the one that answered."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from ipaddress import ip_address

from archiver.net.decisions import Refusal, Ruling
from archiver.net.heads import connect_head
from archiver.net.policy import Limits, Upstream
from archiver.net.routes import Endpoint, Route
from archiver.net.streams import abort
from archiver.net.targets import Target

_BUFFER = 128 * 1024  # bytes a stream may hold before its sender has to wait
_NO_ANSWER = Refusal(Ruling.FAILED, "timeout: nothing answered in time", 504)


@dataclass(frozen=True, slots=True)
class Link:
    """An open connection to an origin, or through an upstream proxy (then ``ip`` is None)."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ip: str | None


async def dial(route: Route, target: Target, limits: Limits, *, tunnel: bool) -> Link | Refusal:
    """Connect to the first address of a route that answers.

    ``tunnel`` asks an upstream proxy for a tunnel; without it the proxy gets the request itself.
    """
    try:
        async with asyncio.timeout(limits.connect_s):
            if route.upstream is not None:
                return await _dial_upstream(route.upstream, target, tunnel=tunnel)
            return await _dial_pinned(route.endpoints, limits.connect_s)
    except TimeoutError:
        return _NO_ANSWER


async def _dial_pinned(endpoints: tuple[Endpoint, ...], connect_s: float) -> Link | Refusal:
    """Try the checked addresses in turn, each with its share of the time."""
    outcome = _NO_ANSWER
    for endpoint in endpoints:
        try:
            async with asyncio.timeout(connect_s / len(endpoints)):
                return await _dial_endpoint(endpoint)
        except TimeoutError:
            outcome = _NO_ANSWER
        except OSError as error:
            outcome = Refusal(Ruling.FAILED, f"unreachable: {_word(error)}", 502)
    return outcome


async def _dial_endpoint(endpoint: Endpoint) -> Link:
    ip, port = endpoint
    reader, writer = await asyncio.open_connection(str(ip), port, limit=_BUFFER)
    peer = writer.get_extra_info("peername")
    if peer is None or ip_address(peer[0]) != ip or peer[1] != port:
        abort(writer)
        raise ConnectionError("the peer is not the address that was dialled")
    return Link(reader, writer, str(ip))


async def _dial_upstream(upstream: Upstream, target: Target, *, tunnel: bool) -> Link | Refusal:
    try:
        reader, writer = await asyncio.open_connection(upstream.host, upstream.port, limit=_BUFFER)
    except OSError as error:
        return Refusal(Ruling.FAILED, f"upstream: {_word(error)}", 502)
    opened = False
    try:
        if tunnel:
            writer.write(connect_head(target, upstream))
            await _expect_tunnel(reader)
        opened = True
    except (OSError, EOFError, asyncio.LimitOverrunError) as error:
        return Refusal(Ruling.FAILED, f"upstream: {_word(error)}", 502)
    finally:
        if not opened:
            abort(writer)
    return Link(reader, writer, None)


async def _expect_tunnel(reader: asyncio.StreamReader) -> None:
    line = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0]
    status = line.split(b" ")[1:2]
    if not line.startswith(b"HTTP/1.") or status != [b"200"]:
        raise ConnectionError(f"it answered {line[:40].decode('ascii', 'replace')}")


def _word(error: Exception) -> str:
    """Return one printable line without the address, which the log names already."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error) or type(error).__name__
