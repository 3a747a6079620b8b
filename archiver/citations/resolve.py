"""How far an address alone tells which source is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archiver.citations.addresses import is_x_code
from archiver.model.citation import Resolution
from archiver.model.source import SourceRef
from archiver.platforms._address import http_address
from archiver.platforms._short import is_short_link

Recognise = Callable[[str], SourceRef]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an address names. ``source`` is None when it has to be asked for first."""

    platform: str
    source: SourceRef | None
    url: str
    resolution: Resolution


def resolve(address: str, recognise: Recognise) -> Resolved:
    """Say which source an address names, without asking anybody.

    Raises:
        AddressError: it is no address that can be cited.
    """
    if is_x_code(address) or is_short_link(address):
        platform = "x" if "://pic." in address.lower() else "web"
        return Resolved(platform, None, http_address(address), Resolution.NEEDS_LOOKUP)
    source = recognise(address)
    return Resolved(source.platform, source, source.url, Resolution.RESOLVED)
