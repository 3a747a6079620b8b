"""Asking the system's resolver, without its search list and without holding up anything else."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable

from archiver.net.targets import refuse_name

Resolver = Callable[[str], Awaitable[list[str]]]
"""Takes a host name; returns its A and AAAA addresses in dialling order.

Raises:
    socket.gaierror: as ``getaddrinfo`` does; ``EAI_NONAME`` alone means there is no such name.
"""


async def resolve(host: str) -> list[str]:
    """Ask the system's resolver.

    The name is asked as absolute (with its final dot): with a search list, a wildcard in the
    operator's own domain would answer for names that do not exist. That passes over the hosts file
    too; names that are local by convention, which only an operator's rule lets come so far, are
    asked as they are. Names under ``.invalid`` do not exist by definition (RFC 6761, 6.4).

    The lookup runs in a daemon thread of its own: a dead name server holds a thread for many
    seconds, which in a shared pool would stop everybody's lookups, and at exit the process.
    """
    if host.endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "no such name, by RFC 6761")
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[str]] = loop.create_future()
    name = host if refuse_name(host) else f"{host}."
    threading.Thread(target=_look_up, args=(name, loop, future), daemon=True).start()
    return await future


def _look_up(name: str, loop: asyncio.AbstractEventLoop, future: asyncio.Future[list[str]]) -> None:
    """Do the blocking call and hand the outcome to the loop, which may be gone by then."""
    addresses: list[str] = []
    failure: OSError | None = None
    try:
        found = socket.getaddrinfo(name.encode("ascii"), None, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    except OSError as error:
        failure = error
    try:
        loop.call_soon_threadsafe(_deliver, future, addresses, failure)
    except RuntimeError:  # the loop was closed: nobody waits any more
        return


def _deliver(
    future: asyncio.Future[list[str]], addresses: list[str], failure: OSError | None
) -> None:
    if future.done():  # the caller's own deadline came first
        return
    if failure is None:
        future.set_result(addresses)
    else:
        future.set_exception(failure)
