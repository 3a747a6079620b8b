from __future__ import annotations

import random
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

import pytest

from archiver.net.addresses import DENIED, classify, own_addresses
from tests.net.ranges import is_closed

PUBLIC = [
    "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255",
    "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255",
    "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0",
    "223.255.255.255", "2000::1", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1",
    "2606:4700::1111", "2620:4f:8001::1", "2a00:1450:4001::200e", "3ffe:ffff::1",
]  # fmt: skip

DENIED_ADDRESSES = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.1.1", "198.18.0.1", "203.0.113.5", "224.0.0.251", "239.255.255.250",
    "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:100.64.0.1",
    "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
    "100:0:0:1::1", "2001:0:7f00:1::1", "2001:db8::1", "2002:7f00:1::1", "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:a00:1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1", "8000::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_next_to_closed_ranges_are_allowed(address: str) -> None:
    assert classify(address).allowed


@pytest.mark.parametrize("address", DENIED_ADDRESSES)
def test_addresses_that_lead_inside_are_denied_with_a_reason(address: str) -> None:
    standing = classify(address)

    assert not standing.allowed
    assert standing.reason


@pytest.mark.parametrize(("cidr", "name"), DENIED)
def test_each_network_of_the_table_is_denied_to_its_edges(cidr: str, name: str) -> None:
    network = ip_network(cidr)

    for address in (network.network_address, network.broadcast_address):
        assert name in classify(address).reason


def samples(random_count: int) -> list[IPv4Address | IPv6Address]:
    """Return random addresses of both kinds, and the neighbours of every edge of the table."""
    dice = random.Random(20261122)
    found: list[IPv4Address | IPv6Address] = []
    for cidr, _ in DENIED:
        network = ip_network(cidr)
        edges = (int(network.network_address), int(network.broadcast_address))
        kind = type(network.network_address)
        found += [kind(e + step) for e in edges for step in (-1, 0, 1) if 0 <= e + step < 2**32]
    for _ in range(random_count // 4):
        found.append(IPv4Address(dice.getrandbits(32)))
        found.append(IPv6Address(dice.getrandbits(128)))
        found.append(IPv6Address((1 << 125) | dice.getrandbits(125)))
        found.append(IPv6Address((0x2001 << 112) | dice.getrandbits(dice.choice([80, 96, 112]))))
    return found


def test_the_table_agrees_with_ranges_written_another_way() -> None:
    for address in samples(random_count=120_000):
        closed = is_closed(int(address), address.version)
        assert classify(address).allowed is not closed, address


def test_this_hosts_own_addresses_are_denied_even_when_public() -> None:
    own = {ip_address("93.184.215.14")}

    assert not classify("93.184.215.14", own=own).allowed
    assert classify("93.184.215.15", own=own).allowed


def test_an_operator_can_close_more_networks() -> None:
    standing = classify("93.184.215.14", deny=[ip_network("93.184.0.0/16")])

    assert standing.reason.endswith("(denied by the operator)")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("64:ff9b::808:808", True), ("64:ff9b::7f00:1", False), ("64:ff9b::a00:1", False)],
)
def test_behind_address_translation_the_carried_address_decides(
    address: str, allowed: bool
) -> None:
    assert classify(address, nat64=IPv6Network("64:ff9b::/96")).allowed is allowed


def test_own_addresses_are_read_from_the_kernels_tables(tmp_path: Path) -> None:
    (tmp_path / "fib_trie").write_text(
        "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n"
        "        |-- 10.0.0.0\n              /8 link UNICAST\n"
        "           |-- 10.1.2.3\n              /32 host LOCAL\n"
        "           |-- 10.255.255.255\n              /32 link BROADCAST\n"
    )
    (tmp_path / "if_inet6").write_text("fe800000000000000000000000000001 02 40 20 80     eth0\n")

    assert own_addresses(tmp_path) == {ip_address("10.1.2.3"), ip_address("fe80::1")}


def test_without_kernel_tables_there_are_no_own_addresses(tmp_path: Path) -> None:
    assert own_addresses(tmp_path) == frozenset()


def test_this_machines_loopback_is_among_its_own_addresses() -> None:
    assert ip_address("127.0.0.1") in own_addresses()
