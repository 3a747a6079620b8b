"""What a client of the guard may ask for: one strict parser of targets, and the rules for names.

Two engines read the same address differently, so nothing here is forgiving: what is not plainly a
host and a port is refused. The check of names only makes refusals early and clear; the boundary
is the address that is dialled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from archiver.errors import AddressError
from archiver.net.addresses import IPAddress

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")  # WHATWG URL, "ends in a number"
_PORT = re.compile(r"[0-9]{1,5}")
_PATH = re.compile(r"[/?][\x21\x22\x24-\x7e]*")
_ABSOLUTE = "http://"

_LOCAL_SUFFIXES = (
    "localhost",  # RFC 6761, 6.3
    "local",  # RFC 6762
    "localdomain",
    "internal",  # reserved by ICANN for private use, 2024-07-29
    "intranet",
    "lan",
    "corp",
    "home",
    "home.arpa",  # RFC 8375
    "private",
    "onion",  # RFC 7686
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a connection is to go.

    ``host`` is an ASCII name in lower case without final dot, or an address as
    :mod:`ipaddress` writes it, without brackets; ``ip`` is that address, else None.
    """

    host: str
    port: int
    ip: IPAddress | None = None

    @property
    def authority(self) -> str:
        """The target as ``host:port``, an IPv6 address in brackets."""
        host = f"[{self.host}]" if isinstance(self.ip, IPv6Address) else self.host
        return f"{host}:{self.port}"


def parse_host(text: str) -> tuple[str, IPAddress | None]:
    """Read a host: a name, a dotted IPv4 address, or an IPv6 address in brackets.

    Raises:
        AddressError: anything else: zone IDs, bracketed names, the older spellings of IPv4
            (``127.1``, ``0x7f.1``, ``2130706433``), percent signs, empty or long labels.
    """
    if text.startswith("["):
        return _parse_bracketed(text)
    name = text.lower().removesuffix(".")
    labels = name.split(".")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        return _parse_ipv4(name)
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressError("the host is not a plain ASCII name")
    return name, None


def _parse_bracketed(text: str) -> tuple[str, IPAddress]:
    inner = text[1:-1]
    if not text.endswith("]") or "%" in inner:
        raise AddressError("brackets may hold a plain IPv6 address only")
    try:
        address = IPv6Address(inner)
    except ValueError as error:
        raise AddressError("brackets may hold a plain IPv6 address only") from error
    return str(address), address


def _parse_ipv4(name: str) -> tuple[str, IPAddress]:
    try:
        address = IPv4Address(name)
    except ValueError as error:
        raise AddressError("the host ends in a number but is not a dotted IPv4 address") from error
    return str(address), address


def parse_authority(text: str, default_port: int | None = None) -> Target:
    """Read ``host:port``; the port may be missing only when there is a default.

    Raises:
        AddressError: it is not exactly that (userinfo, blanks, controls, non-ASCII …).
    """
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        if default_port is None:
            raise AddressError("the target has no port")
        host, port = text, str(default_port)
    name, ip = parse_host(host)
    if not _PORT.fullmatch(port) or not 0 < int(port) < 65536:
        raise AddressError("the port is not a number from 1 to 65535")
    return Target(name, int(port), ip)


def parse_absolute(text: str) -> tuple[Target, str]:
    """Read ``http://host[:port]/path`` and return its target and the path with query.

    Raises:
        AddressError: another scheme, userinfo, a backslash, blanks, controls, non-ASCII.
    """
    if not text.lower().startswith(_ABSOLUTE):
        raise AddressError("only absolute http addresses are forwarded")
    rest = text[len(_ABSOLUTE) :]
    end = next((at for at, letter in enumerate(rest) if letter in "/?#"), len(rest))
    path = rest[end:] or "/"
    if not _PATH.fullmatch(path):
        raise AddressError("the path has characters that must be encoded")
    if path.startswith("?"):
        path = "/" + path
    return parse_authority(rest[:end], default_port=80), path


def refuse_name(host: str) -> str | None:
    """Return why a name is never asked of the resolver, or None.

    Names that mean this machine or this network by convention: RFC 6761 and kin, and single labels.
    What clouds and container engines call their own services (``metadata.google.internal``) is
    among them.
    """
    if "." not in host:
        return f"{host[:63]} is a single label"
    for suffix in _LOCAL_SUFFIXES:
        if host == suffix or host.endswith("." + suffix):
            return f"names under .{suffix} are local"
    return None
