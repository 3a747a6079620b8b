"""Lists of links as archives write them: TimeMaps and ``Link`` headers.

Source: RFC 6690 (link format), RFC 7089 (rel values ``original``, ``memento`` and its like, the
``datetime`` attribute); quoted values may hold commas and semicolons. Read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_VALUE = r'"(?:[^"\\]|\\.)*"|[^\s;,"]+'
_LINK = re.compile(rf"<([^<>]*)>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:{_VALUE}))?)*)")
_ATTRIBUTE = re.compile(rf";\s*([\w*-]+)(?:\s*=\s*({_VALUE}))?")
MAX_LINKS = 20_000


@dataclass(frozen=True, slots=True)
class Link:
    """One link. ``attributes`` have names in lower case; the first of each counts."""

    url: str
    attributes: Mapping[str, str]

    @property
    def relations(self) -> frozenset[str]:
        """The words of ``rel``, in lower case."""
        return frozenset(self.attributes.get("rel", "").lower().split())

    @property
    def at(self) -> datetime | None:
        """The moment of ``datetime``, aware UTC."""
        return read_http_date(self.attributes.get("datetime", ""))


def read_links(text: str) -> list[Link]:
    """Return the links of a list, in its order; what is no link is passed over."""
    links = []
    for found in _LINK.finditer(text):
        attributes: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(found[2]):
            attributes.setdefault(name.lower(), _unquoted(value))
        links.append(Link(found[1].strip(), attributes))
        if len(links) == MAX_LINKS:
            break
    return links


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value


def read_http_date(text: str) -> datetime | None:
    """Return the moment of an HTTP date, aware UTC, or None when it is none."""
    try:
        at = parsedate_to_datetime(text)
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (ValueError, IndexError, OverflowError):  # the last: a day beyond the calendar's end
        return None
