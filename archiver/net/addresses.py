"""Which IP addresses may be dialled: one explicit table, the same on every Python.

``ipaddress.is_global`` is no basis: it differs from 3.9 to 3.13 and calls Azure's and Oracle's
metadata services, all multicast and most IPv6 forms that carry an IPv4 address global.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries and IPv6 Global Unicast Address
Space (2000::/3 is all that is given out), read 2026-11-22; the cloud services' own documentation
for 168.63.129.16 (Azure) and 192.0.0.192 (Oracle).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from pathlib import Path

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

DENIED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "cloud metadata"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/96", "IPv4-compatible"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("100::/64", "discard"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "unique local"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)

_NETWORKS = tuple((ip_network(cidr), name) for cidr, name in DENIED)
_NETWORKS_BY_VERSION = {
    version: tuple((network, name) for network, name in _NETWORKS if network.version == version)
    for version in (4, 6)
}
_NEARBY = tuple(
    network
    for network, name in _NETWORKS
    if name in {"loopback", "private", "link-local", "unique local"}
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_ISATAP = (0x00005EFE, 0x02005EFE)  # bits 64-95 of an address that carries IPv4 (RFC 5214, 6.1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an address may be dialled, with the reason in a few words."""

    allowed: bool
    reason: str


def classify(
    ip: IPAddress | str,
    *,
    own: Iterable[IPAddress] = (),
    deny: Iterable[IPNetwork] = (),
    nat64: IPv6Network | None = None,
) -> Standing:
    """Judge one address by the table.

    ``own`` are the addresses of this host's interfaces, ``deny`` the operator's own networks to
    keep out of. ``nat64`` is the site's /96 translation prefix: an address in it is judged by the
    IPv4 address it carries.

    Raises:
        ValueError: the text is not an address.
    """
    address = ip_address(ip) if isinstance(ip, str) else ip
    if nat64 is not None and isinstance(address, IPv6Address) and address in nat64:
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    listed = _NETWORKS_BY_VERSION[address.version]
    for network, name in (*listed, *((n, "denied by the operator") for n in deny)):
        if address in network:
            return Standing(allowed=False, reason=f"{address} lies in {network} ({name})")
    if address in own:
        return Standing(allowed=False, reason=f"{address} is this host's own")
    if isinstance(address, IPv6Address):
        return _judge_unlisted_ipv6(address)
    return Standing(allowed=True, reason="public")


def _judge_unlisted_ipv6(address: IPv6Address) -> Standing:
    if address.scope_id is not None:
        return Standing(allowed=False, reason="an address with a zone")
    if address not in _GLOBAL_UNICAST:
        return Standing(allowed=False, reason=f"{address} is not global unicast")
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return Standing(allowed=False, reason=f"{address} carries an IPv4 address (ISATAP)")
    return Standing(allowed=True, reason="public")


def is_nearby(address: IPAddress) -> bool:
    """Tell whether an address is a loopback, private or link-local one: a machine of one's own."""
    return address.is_loopback or any(address in network for network in _NEARBY)


def own_addresses(proc: Path = Path("/proc/net")) -> frozenset[IPAddress]:
    """Return the addresses of this host's interfaces, as the kernel lists them now.

    Empty on a system without Linux's ``/proc/net``: the table still holds there.
    """
    return frozenset(_own_ipv4(proc / "fib_trie") | _own_ipv6(proc / "if_inet6"))


def _own_ipv4(path: Path) -> set[IPAddress]:
    """Read ``fib_trie``: an own address is a leaf line followed by ``/32 host LOCAL``."""
    found: set[IPAddress] = set()
    leaf = ""
    for line in _lines(path):
        words = line.split()
        if words[:1] == ["|--"] and len(words) == 2:
            leaf = words[1]
        elif words == ["/32", "host", "LOCAL"]:
            found.add(IPv4Address(leaf))
    return found


def _own_ipv6(path: Path) -> set[IPAddress]:
    """Read ``if_inet6``: the first column is the address in 32 hex digits."""
    return {IPv6Address(int(line.split()[0], 16)) for line in _lines(path) if line.strip()}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
