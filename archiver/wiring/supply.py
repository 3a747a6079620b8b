"""An article from a file or from standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from archiver.errors import InputError
from archiver.flow.read import Supplied

MAX_BYTES = 50_000_000  # as extraction takes at most; more is not even read


def supply(name: str, url: str | None = None) -> Supplied:
    """Return the bytes of a file, or of standard input for ``-``.

    Raises:
        InputError: there is no such file, it cannot be read, or it is too large.
    """
    body = read_bytes(name)
    return Supplied(body, url) if name == "-" else Supplied(body, url, name=Path(name).name)


def read_bytes(name: str) -> bytes:
    """Return what is in a file, or comes on standard input for ``-``.

    Raises:
        InputError: there is no such file, it cannot be read, or it is too large.
    """
    if name == "-":
        return _within_bounds(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    try:
        with Path(name).open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}; give an http(s) address, a file or -"
        raise InputError(message) from error
    return _within_bounds(body, name)


def _within_bounds(body: bytes, name: str) -> bytes:
    if len(body) > MAX_BYTES:
        message = f"{name} is larger than {MAX_BYTES // 1_000_000} MB; an article is text"
        raise InputError(message)
    return body
