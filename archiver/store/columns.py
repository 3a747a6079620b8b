"""Column types that mean the same on SQLite and on PostgreSQL.

SQLite tables are STRICT, so every type is TEXT or INTEGER there.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Dialect, Integer, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from archiver.store.codec import JsonValue

# PostgreSQL refuses NUL in text and neither database takes a lone surrogate, yet both stand in
# pages and articles. Such a text is kept as this noncharacter and the hex of its bytes.
_ESCAPE = "\ufdd0"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MICROSECOND = timedelta(microseconds=1)

Number = BigInteger().with_variant(Integer, "sqlite")
"""A whole number up to 63 bits."""


def pack_text(text: str) -> str:
    """Return a text that both databases store; :func:`unpack_text` gives ``text`` back exactly."""
    if text.isascii() and "\0" not in text:  # most are, and Python knows it without looking
        return text
    if text.startswith(_ESCAPE) or _UNSTORABLE.search(text):
        return _ESCAPE + text.encode("utf-8", "surrogatepass").hex()
    return text


def unpack_text(stored: str) -> str:
    """Return what :func:`pack_text` was given."""
    if stored.startswith(_ESCAPE):
        return bytes.fromhex(stored[1:]).decode("utf-8", "surrogatepass")
    return stored


class Words(TypeDecorator[str]):
    """Any text, kept code point by code point."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make it storable."""
        return None if value is None else pack_text(value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Give back what was stored."""
        return None if value is None else unpack_text(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Json(TypeDecorator[JsonValue]):
    """A JSON document as text, so that both databases keep exactly what was written."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str | None:
        """Write the document; None is SQL's NULL."""
        if value is None:
            return None
        return pack_text(_ENCODER.encode(value))

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:
        """Read the document."""
        return None if value is None else json.loads(unpack_text(value))


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, to the microsecond.

    On SQLite it is text of fixed width (``2026-11-22T15:39:00.000000Z``), which sorts as time does.
    """

    impl = Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Pick the database's own type where it has one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(Text())

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse a naive time: nobody could tell later which zone it was in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; times are aware UTC")
        value = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return value
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    @override
    def process_result_value(
        self, value: datetime | str | None, dialect: Dialect
    ) -> datetime | None:
        """Return it aware, in UTC."""
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return None if value is None else value.astimezone(UTC)


class Day(TypeDecorator[date]):
    """A calendar day; ISO text on SQLite."""

    impl = Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Pick the database's own type where it has one."""
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else Text())

    @override
    def process_bind_param(self, value: date | None, dialect: Dialect) -> date | str | None:
        """Write the day."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.isoformat()

    @override
    def process_result_value(self, value: date | str | None, dialect: Dialect) -> date | None:
        """Read the day."""
        return date.fromisoformat(value) if isinstance(value, str) else value


class Span(TypeDecorator[timedelta]):
    """A length of time, in whole microseconds."""

    impl = Number
    cache_ok = True

    @override
    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """Write microseconds."""
        return None if value is None else value // _MICROSECOND

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """Read microseconds."""
        return None if value is None else value * _MICROSECOND


class Flag(TypeDecorator[bool]):
    """True or false; 1 or 0 on SQLite."""

    impl = Integer
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Pick the database's own type where it has one."""
        return dialect.type_descriptor(Boolean() if dialect.name == "postgresql" else Integer())

    @override
    def process_bind_param(self, value: bool | None, dialect: Dialect) -> bool | int | None:
        """Write the flag."""
        if value is None or dialect.name == "postgresql":
            return value
        return int(value)

    @override
    def process_result_value(self, value: int | bool | None, dialect: Dialect) -> bool | None:
        """Read the flag."""
        return None if value is None else bool(value)
