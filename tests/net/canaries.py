"""A network in which every address is this machine, and canaries that see who is dialled.

For scripts run under ``unshare --net`` as root: whatever is dialled there, by whatever mistake, is
a connection that a canary sees together with the address it was meant for.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from tests.net.ranges import is_closed

OWN_PUBLIC = "198.41.0.4"


@dataclass
class Canaries:
    """Who was dialled: each connection's own address is the one its client meant."""

    dialled: Counter[str] = field(default_factory=Counter)
    location: str = ""

    def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.dialled[writer.get_extra_info("sockname")[0]] += 1
        moved = f"HTTP/1.1 302 Found\r\nLocation: {self.location}\r\n" if self.location else ""
        head = moved or "HTTP/1.1 200 OK\r\n"
        writer.write(f"{head}Content-Length: 6\r\n\r\ninside".encode("utf-8", "surrogatepass"))
        writer.close()

    @property
    def hits(self) -> dict[str, int]:
        """Connections to closed addresses, and to this machine's own public one."""
        return {ip: n for ip, n in self.dialled.items() if _is_inside(ip)}


def _is_inside(ip: str) -> bool:
    address = ip_address(ip)
    return ip == OWN_PUBLIC or is_closed(int(address), address.version)


def build_network() -> None:
    """Make every address local to this network namespace."""
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
        f"ip address add {OWN_PUBLIC}/32 dev lo",
    ):
        subprocess.run(command.split(), check=True)


@asynccontextmanager
async def canaries(ports: Iterable[int]) -> AsyncIterator[Canaries]:
    """Listen at every address, IPv4 and IPv6, on these ports."""
    watch = Canaries()
    servers = [
        await asyncio.start_server(watch.answer, host, port)
        for port in ports
        for host in ("0.0.0.0", "::")
    ]
    yield watch
    for server in servers:
        server.close()
