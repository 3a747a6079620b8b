"""The platforms we know how to ask, as one explicit list; pure, no input or output."""

from __future__ import annotations

from archiver.errors import NotFoundError
from archiver.model.source import SourceRef
from archiver.platforms._address import http_address
from archiver.platforms.protocol import Platform
from archiver.platforms.web import Web
from archiver.platforms.x import X


def recognise(url: str) -> SourceRef:
    """Return the source that an address names, by the first platform that knows it.

    Raises:
        AddressError: it is no http(s) address.
    """
    address = http_address(url)
    found = (candidate.recognise(address) for candidate in PLATFORMS)
    return next(ref for ref in found if ref is not None)


PLATFORMS: tuple[Platform, ...] = (X(recognise), Web(recognise))
"""In the order in which they are asked; the last, ``web``, takes every address."""


def platform(name: str) -> Platform:
    """Return the platform of that name.

    Raises:
        NotFoundError: there is none; the source was written by a newer version.
    """
    for candidate in PLATFORMS:
        if candidate.name == name:
            return candidate
    raise NotFoundError(f"no platform is called {name!r}")
