"""Reading an article without an archive: nothing is opened, nothing is stored."""

from __future__ import annotations

from pathlib import Path

from archiver.citations import Extraction
from archiver.flow.read import fetch, find
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.settings import Settings, load
from archiver.wiring import policies
from archiver.wiring.clock import SystemClock
from archiver.wiring.supply import supply


def client_of(settings: Settings) -> Client:
    """Return a client behind a door of its own."""
    clock = SystemClock()
    return Client(Guard(policies.of_guard(settings), clock), policies.of_client(settings), clock)


async def read_only(article: str, home: Path | None) -> Extraction:
    """Return what an article (address, file or ``-``) cites.

    Raises:
        AddressError: it is no http(s) address.
        InputError: the file is no article.
        UnreachableError: the address does not answer.
    """
    if "://" not in article:
        return find(supply(article))
    return find(await fetch(article, client_of(load(home))))
