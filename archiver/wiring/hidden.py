"""What is never written down: the secrets of the settings, and what of them is one by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, SecretStr

from archiver.settings import Settings

_LEAST = 4  # characters; a shorter one stands in too many words
_PART_LEAST = 8  # of what is taken for a secret by its looks
_AT_RANDOM = re.compile(r"[a-z][0-9]+[a-z]|[0-9][a-z]+[0-9]|[a-z0-9]{20}", re.IGNORECASE)
"""Letters and digits in turn, or many in a row: so tokens look, and words of addresses do not."""
_WORD_OR_NUMBER = re.compile(r"[a-z]+|[0-9]+", re.IGNORECASE)
_NAMES_A_SECRET = re.compile(r"(auth|key|pass|password|secret|sig|signature|token)=", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_PORT = re.compile(r":[0-9]{1,5}$")


def secrets_of(settings: Settings) -> list[str]:
    """Return every secret value, to be left out of what is written; longest first.

    Of an address its path is one by itself only where it looks like a token: a word of it stands in
    the addresses of sources, too, and these are to be read in log and records.
    """
    parts = {part for value in _values(settings) for part in _parts(value)}
    return sorted((part for part in parts if len(part) >= _LEAST), key=len, reverse=True)


def _values(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for _, one in value:
            yield from _values(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _values(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _values(one)


def _parts(secret: str) -> Iterator[str]:
    """Give a secret and what of it is one by itself: the words of a pair, parts of an address."""
    yield secret
    scheme, is_address, rest = secret.partition("://")
    if not is_address:
        yield from secret.split(":")
        return
    before, _, query = rest.partition("?")
    authority, slash, path = before.rstrip("/").partition("/")
    user, _, host = authority.rpartition("@")
    name, _, password = user.partition(":")
    yield password
    if scheme.lower() not in {"http", "https"}:
        yield from _of_authority(authority, host)
    if path:
        yield f"{host}/{path}"
    tokens = [part for part in path.split("/") if _is_token(part)]
    yield from tokens
    if tokens:
        yield slash + path
    if _is_token(name):
        yield name
    yield from _of_query(query)


def _of_authority(authority: str, host: str) -> Iterator[str]:
    """Give the secrets where another scheme has a token for a host: Telegram's is ID:secret."""
    if authority != host:
        yield authority
    place = _PORT.sub("", host)
    if _HOST.fullmatch(place):
        return
    _, is_pair, password = place.partition(":")
    if is_pair:
        yield place
        yield password
    elif _is_token(place) or not (len(place) < _PART_LEAST or _WORD_OR_NUMBER.fullmatch(place)):
        yield place


def _of_query(query: str) -> Iterator[str]:
    for pair in query.split("&"):
        value = pair.partition("=")[2]
        if _is_token(value):
            yield value
        elif value and _NAMES_A_SECRET.search(pair):
            yield pair


def _is_token(part: str) -> bool:
    return len(part) >= _PART_LEAST and _AT_RANDOM.search(part) is not None
