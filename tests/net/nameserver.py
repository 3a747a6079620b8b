"""A name server on loopback, over UDP and TCP, that says what a test tells it to."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from typing_extensions import override

Say = Callable[[dns.message.Message, bool], bytes | None]
"""Takes a question and whether it came over TCP; returns the wire to send, None for silence."""


@dataclass
class NameServer:
    """Where it listens, and the questions it was asked: (name, type, over TCP)."""

    port: int = 0
    asked: list[tuple[str, str, bool]] = field(default_factory=list)

    @property
    def setting(self) -> str:
        return f"127.0.0.1:{self.port}"


def saying(
    *records: str, rcode: str = "NOERROR", extended: int | None = None, big: bool = False
) -> Callable[[dns.message.Message, bool], bytes]:
    """Answer each question with those records (``name type value``) that are of it.

    A name gets its aliases along. ``big`` answers do not fit into UDP.
    """

    def say(query: dns.message.Message, is_tcp: bool) -> bytes:
        reply = dns.message.make_response(query)
        reply.set_rcode(dns.rcode.from_text(rcode))
        name = query.question[0].name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        reply.answer = list(_chosen(records, name, kind))
        if extended is not None:
            option = dns.edns.EDEOption(dns.edns.EDECode.make(extended), "by order of the house")
            reply.use_edns(0, payload=1232, options=[option])
        if big and not is_tcp:
            reply.answer = []
            reply.flags |= dns.flags.TC
        wire = reply.to_wire(max_size=65535)
        assert wire is not None
        return wire

    return say


def _chosen(records: tuple[str, ...], name: str, kind: str) -> list[dns.rrset.RRset]:
    found = []
    for record in records:
        owner, type_, value = record.split(" ", 2)
        if owner == name and type_ in (kind, "CNAME"):
            found.append(dns.rrset.from_text(f"{owner}.", 60, "IN", type_, value))
            if type_ == "CNAME" and value.rstrip(".") != name:
                rest = tuple(other for other in records if other != record)
                found += _chosen(rest, value.rstrip("."), kind)
    return found


def silent(query: dns.message.Message, is_tcp: bool) -> None:
    """Say nothing."""


def bytes_of(wire: bytes) -> Say:
    """Answer with these bytes, whatever is asked."""
    return lambda query, is_tcp: wire


@asynccontextmanager
async def serve_names(
    say: Say, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[NameServer]:
    """Serve until the end of the block, on one port for both transports."""
    server = NameServer()

    def answer(wire: bytes, is_tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        server.asked.append((name, dns.rdatatype.to_text(question.rdtype), is_tcp))
        return say(query, is_tcp)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            reply = answer(await reader.readexactly(length), True)
            if reply is not None:
                writer.write(struct.pack("!H", len(reply)) + reply)
                await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    tcp = await asyncio.start_server(meet, host, port)
    server.port = tcp.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Udp(answer), local_addr=(host, server.port)
    )
    try:
        yield server
    finally:
        transport.close()
        tcp.close()
        await tcp.wait_closed()
        await asyncio.sleep(0)


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, answer: Callable[[bytes, bool], bytes | None]) -> None:
        self._answer = answer

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._answer(data, False)
        if reply is not None:
            self._transport.sendto(reply, addr)
