"""How far an address alone tells which source is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archiver.citations.addresses import is_x_code
from archiver.model.citation import CitedMemento, Resolution
from archiver.model.source import SourceRef
from archiver.platforms._address import http_address, without_user
from archiver.platforms._short import is_short_link
from archiver.platforms._unwrap import archived

Recognise = Callable[[str], SourceRef]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an address names. ``source`` is None when it has to be asked for first.

    ``memento`` is set when the address is an archived copy's; the rest is the original's.
    """

    platform: str
    source: SourceRef | None
    url: str
    resolution: Resolution
    memento: CitedMemento | None = None


def resolve(address: str, recognise: Recognise) -> Resolved:
    """Say which source an address names, without asking anybody.

    Raises:
        AddressError: it is no address that can be cited.
    """
    address = without_user(address)
    original, memento = archived(address) or (address, None)
    if is_x_code(original) or is_short_link(original):
        platform = "x" if "://pic." in original.lower() else "web"
        url = http_address(original)
        return Resolved(platform, None, url, Resolution.NEEDS_LOOKUP, memento)
    source = recognise(original)
    return Resolved(source.platform, source, source.url, Resolution.RESOLVED, memento)
