"""A small HTTP/1.1 server on loopback, plain and TLS, for the miniature web.

It owns every connection from the moment it is accepted, the TLS handshake included, so that it can
close all of them when it stops. It must not be offered to anybody but this machine.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Mapping
from functools import partial

from archiver.demo.calls import Site
from archiver.demo.conversation import Conversation
from archiver.ports import Clock

LOOPBACK = "127.0.0.1"
HANDSHAKE_S = 5.0  # real time
GOODBYE_S = 1.0  # real time for the caller's half of the TLS goodbye

log = logging.getLogger(__name__)


class Server:
    """Listens on two ports of loopback, one plain, one TLS, and lets ``site`` answer."""

    def __init__(self, site: Site, clock: Clock, contexts: Mapping[str, ssl.SSLContext]) -> None:
        self._site = site
        self._clock = clock
        self._contexts = contexts
        self._hosts_by_context = {id(context): host for host, context in contexts.items()}
        self._listeners: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> tuple[int, int]:
        """Open both ports and return them: plain, TLS. Needs a running event loop."""
        front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        front.set_alpn_protocols(["http/1.1"])
        front.sni_callback = self._choose_certificate
        return self._listen(None), self._listen(front)

    async def stop(self) -> None:
        """Close both ports and end every conversation; returns when nothing of it is left."""
        loop = asyncio.get_running_loop()
        while self._listeners:
            listener = self._listeners.pop()
            loop.remove_reader(listener)
            listener.close()
        pending = list(self._tasks)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    def _listen(self, front: ssl.SSLContext | None) -> int:
        listener = socket.create_server((LOOPBACK, 0), backlog=256)
        listener.settimeout(0)
        self._listeners.append(listener)
        asyncio.get_running_loop().add_reader(listener, self._accept, listener, front)
        port: int = listener.getsockname()[1]
        return port

    def _accept(self, listener: socket.socket, front: ssl.SSLContext | None) -> None:
        try:
            connection, _ = listener.accept()
        except (BlockingIOError, ConnectionError):  # the caller gave up before we came to it
            return
        connection.settimeout(0)
        # asyncio leaves this out for sockets that do not name their protocol: 40 ms a reply.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = asyncio.get_running_loop().create_task(self._serve(connection, front))
        self._tasks.add(task)
        # A task that is cancelled before its first step closes nothing by itself.
        task.add_done_callback(partial(self._forget, connection))

    def _forget(self, connection: socket.socket, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        connection.close()

    async def _serve(self, connection: socket.socket, front: ssl.SSLContext | None) -> None:
        try:
            reader, writer = await _open(connection, front)
        except (OSError, TimeoutError):
            log.debug("no handshake", exc_info=True)  # a caller that does not trust us, or a scan
            return
        try:
            host = self._certified_host(writer)
            await Conversation(reader, writer, self._site, self._clock, host).run()
        except (OSError, TimeoutError):
            log.debug("the caller went away", exc_info=True)
        finally:
            await _close(writer)

    def _choose_certificate(
        self, tls: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext
    ) -> int | None:
        context = self._contexts.get((name or "").lower())
        if context is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        tls.context = context
        return None

    def _certified_host(self, writer: asyncio.StreamWriter) -> str | None:
        tls: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
        return self._hosts_by_context[id(tls.context)] if tls is not None else None


async def _open(
    connection: socket.socket, front: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Turn an accepted socket into streams, after the handshake when there is one."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(
        lambda: protocol,
        connection,
        ssl=front,
        ssl_handshake_timeout=HANDSHAKE_S if front else None,
        ssl_shutdown_timeout=GOODBYE_S if front else None,
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def _close(writer: asyncio.StreamWriter) -> None:
    """Say goodbye, or just go when we are being stopped or the caller does not answer."""
    writer.close()
    try:
        async with asyncio.timeout(GOODBYE_S):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        log.debug("no goodbye", exc_info=True)
    finally:
        writer.transport.abort()
