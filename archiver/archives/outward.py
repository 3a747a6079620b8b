"""Which addresses an outside archive may learn: those that anybody may ask for.

An archive publishes what it is asked to save, and its logs keep what it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qsl, urlsplit

from publicsuffixlist import PublicSuffixList

from archiver.errors import AddressError
from archiver.platforms._address import host_of, http_address

# Names of a query by which a secret is passed on. Source: OAuth 2.0 (RFC 6749), signed links of
# object stores, session names of PHP, Java and ASP, 2026-11.
_SECRET = re.compile(
    r"(?:\w+[_-])?token|auth|authorization|pass(?:word|wd)?|pwd|(?:client[_-])?secret"
    r"|api[_-]?key|access[_-]?key|credentials?|x-(?:amz|goog)-[\w-]+|sig|signature|jwt"
    r"|(?:php|j|asp)?sess(?:ion)?(?:[_-]?id)?|asp\.net_sessionid",
    re.I,
)
_IN_PATH = re.compile(r";jsessionid=", re.I)


def is_for_others(url: str, inner_hosts: Collection[str] = ()) -> bool:
    """Tell whether an address may be named to an outside archive.

    Not one with a user name, a password or a secret in its query, nor one of an inner network: an
    IP address that is not public, a name without a public ending, one of the ``inner_hosts``.
    """
    try:
        host, parts = host_of(url).rstrip("."), urlsplit(http_address(url))
    except (AddressError, ValueError):
        return False
    named = parse_qsl(f"{parts.query}&{parts.fragment}", keep_blank_values=True)
    if any(_SECRET.fullmatch(name) for name, _ in named) or _IN_PATH.search(parts.path):
        return False
    return host not in inner_hosts and _is_public(host)


def _is_public(host: str) -> bool:
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return _has_public_ending(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_global and not address.is_multicast


def _has_public_ending(host: str) -> bool:
    """Tell whether a name has an ending that is given out to the public.

    ``example`` is for documentation, and no inner network has it; ``home.arpa`` is listed but is
    for homes. Source: RFC 2606 and RFC 8375.
    """
    ending = host.rpartition(".")[2]
    if ending == host or host.endswith(".home.arpa"):
        return False
    return ending == "example" or _suffixes().publicsuffix(host) is not None


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
