"""Addresses as the client asks them: read as browsers do (WHATWG URL), and stricter.

Browser and client must mean the same by an address, so the same standard reads it; what that
standard forgives by guessing (userinfo, backslashes, invisible letters) is refused instead.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import ada_url

from archiver.errors import AddressError
from archiver.net.targets import parse_host

_DEFAULT_PORTS = {"http:": 80, "https:": 443}
_WITH_AUTHORITY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?([/\\]{2})([^/?#]*)")
_MAX_LENGTH = 8192  # characters; browsers and servers rarely take more
_FORBIDDEN_IN_AUTHORITY = frozenset("\\@%")


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address, ready to be asked. ``url`` has no fragment; ``host`` has no brackets."""

    url: str
    secure: bool
    host: str
    port: int
    authority: str
    """Host and port as the ``Host`` field shows them."""
    target: bytes
    """Path and query as the request line shows them."""


def read_address(text: str, base: Address | None = None) -> Address:
    """Read an address, relative to ``base`` if there is one.

    Raises:
        AddressError: no http(s) address, or one that readers understand differently.
    """
    _refuse_tricks(text, absolute=base is None)
    try:
        parsed = ada_url.URL(text, base.url if base else None)
    except ValueError as error:
        raise AddressError("no address by the URL standard") from error
    if parsed.protocol not in _DEFAULT_PORTS:
        raise AddressError(f"the scheme {parsed.protocol[:20]} is not http or https")
    if parsed.username or parsed.password:
        raise AddressError("an address must not carry a user name or password")
    host, _ = parse_host(parsed.hostname)
    parsed.hash = ""
    parsed.hostname = parsed.hostname.removesuffix(".")
    return Address(
        url=parsed.href,
        secure=parsed.protocol == "https:",
        host=host,
        port=int(parsed.port) if parsed.port else _DEFAULT_PORTS[parsed.protocol],
        authority=parsed.host,
        target=(parsed.pathname + parsed.search).encode("ascii"),
    )


def read_location(field: str, base: Address) -> Address:
    """Read a ``Location`` field, as latin-1; bytes beyond ASCII are percent-encoded as they are.

    Raises:
        AddressError: as :func:`read_address`.
    """
    text = "".join(c if c.isascii() else f"%{ord(c):02X}" for c in field)
    return read_address(text.strip(" \t"), base)


def _refuse_tricks(text: str, *, absolute: bool) -> None:
    if len(text) > _MAX_LENGTH:
        raise AddressError(f"an address may have {_MAX_LENGTH} characters")
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise AddressError("an address must not hold control characters")
    authority = _WITH_AUTHORITY.match(text)
    if authority is None:
        if absolute:
            raise AddressError("not an absolute http(s) address")
        return
    if authority[1] != "//" or not authority[2]:
        raise AddressError("an address must have two slashes and a host")
    for letter in authority[2]:
        if letter in _FORBIDDEN_IN_AUTHORITY or unicodedata.category(letter) in {"Cf", "Zs"}:
            raise AddressError(f"the host must not hold U+{ord(letter):04X}")
