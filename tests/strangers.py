"""Sites on loopback that are asked with the courtesy that strangers get.

Hosts that the operator maps, and addresses of this machine, are his own: nobody waits for a turn at
them, and the table of turns is not asked. So these sites stand behind an upstream proxy, and are it
themselves: each of their hosts is somebody's, and no name is looked up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

TUNNEL = b"HTTP/1.1 200 Connection established\r\n\r\n"


async def asked_for(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> AsyncIterator[str]:
    """Yield the path of each request on a connection; open the tunnels that are asked for.

    Raises:
        EOFError: the connection has ended.
    """
    while True:
        method, target, _ = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)
        if method == b"CONNECT":
            writer.write(TUNNEL)
        else:  # in a tunnel, or asked directly, it is the path; else the whole address
            yield urlsplit(target.decode("ascii")).path


def upstream(port: int) -> str:
    """Return the setting ``net.upstream_proxy`` behind which all hosts are the site's."""
    return f"http://127.0.0.1:{port}"
