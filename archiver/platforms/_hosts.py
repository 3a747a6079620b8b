"""Addresses taken apart by the hosts a platform is known under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from archiver.errors import AddressError
from archiver.platforms._address import http_address


@dataclass(frozen=True, slots=True)
class Parts:
    """An address on a known host: what stands before its name, the path, the query.

    ``path`` starts with one slash, has no empty segments and no slash at its end; escapes are
    decoded. ``query`` holds the first value of each name.
    """

    name: str
    sub: str
    path: str
    query: Mapping[str, str]


def parts_at(url: str, names: Iterable[str]) -> Parts | None:
    """Take an address apart when its host is one of ``names`` or below it, else return None."""
    try:
        split = urlsplit(http_address(url))
    except AddressError:
        return None
    host = (split.hostname or "").rstrip(".")
    name = next((n for n in names if host == n or host.endswith(f".{n}")), None)
    if name is None:
        return None
    segments = [unquote(segment) for segment in split.path.split("/") if segment]
    query = {key: values[0] for key, values in parse_qs(split.query).items()}
    return Parts(name, host.removesuffix(name).rstrip("."), "/" + "/".join(segments), query)
