"""The closed addresses a second time, written as ranges of numbers: a check on the table."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

CLOSED_V4 = [
    ("0.0.0.0", "0.255.255.255"),
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("168.63.129.16", "168.63.129.16"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.31.196.0", "192.31.196.255"),
    ("192.52.193.0", "192.52.193.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("192.175.48.0", "192.175.48.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "255.255.255.255"),
]
# What is closed within 2000::/3, the only space given out; everything else is closed as a whole.
CLOSED_GLOBAL_V6 = [
    ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
    ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
]


def is_closed(number: int, version: int) -> bool:
    if version == 4:
        return any(
            int(IPv4Address(first)) <= number <= int(IPv4Address(last)) for first, last in CLOSED_V4
        )
    if number >> 125 != 1:
        return True
    if (number >> 32) & 0xFDFFFFFF == 0x00005EFE:
        return True
    return any(
        int(IPv6Address(first)) <= number <= int(IPv6Address(last))
        for first, last in CLOSED_GLOBAL_V6
    )
