"""The address that another address stands for: inside an archive's, a redirector's or a cache's.

A citation of an archived copy is a citation of the original; a link handed on by a redirector or
served out of an AMP cache is a link to the page itself. Nothing is asked: only what the address
itself spells out is taken, and only when it is an http(s) address.
"""

from __future__ import annotations

from collections.abc import Callable

from archiver.errors import AddressError
from archiver.model.citation import CitedMemento
from archiver.platforms._address import http_address, without_needless_escapes
from archiver.platforms._copies import Copy, copy_in
from archiver.platforms._wrappers import target_in

MAX_LAYERS = 8  # of wrapping; three is the most seen (a mail filter round a redirector round AMP)


def archived(url: str) -> tuple[str, CitedMemento] | None:
    """Return the original inside an archive's address, with the copy; None when it holds none.

    The original is bare: archives, redirectors and caches inside it are taken away, too. The copy
    is the outermost, the one the article shows its readers. An address that names its original by
    a code alone (``perma.cc/CODE``, ``archive.today/CODE``) holds none.
    """
    address = unwrapped(url)
    copy = _copy(address)
    if copy is None:
        return None
    return original(copy.original), CitedMemento(copy.archive, address, copy.at)


def unwrapped(url: str) -> str:
    """Return what redirectors and AMP caches lead to, as far as the address says it.

    An address without a wrapper, one wrapped deeper than ``MAX_LAYERS``, and what is no http(s)
    address come back as they are.
    """
    return _inmost(url, _target)


def original(url: str) -> str:
    """Return the address itself, with no archive, redirector or cache round it, as above."""
    return _inmost(url, _inner)


def _inmost(url: str, step: Callable[[str], str | None]) -> str:
    layer = url
    for _ in range(MAX_LAYERS + 1):
        inner = step(layer)
        if inner is None:
            return layer
        layer = without_needless_escapes(inner)
    return url


def _inner(url: str) -> str | None:
    target = _target(url)
    if target is not None:
        return target
    copy = _copy(url)
    return copy.original if copy else None


def _target(url: str) -> str | None:
    try:
        found = target_in(http_address(url))
        return http_address(found) if found else None
    except AddressError:
        return None


def _copy(url: str) -> Copy | None:
    try:
        return copy_in(http_address(url))
    except AddressError:
        return None
