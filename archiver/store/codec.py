"""Model values to JSON and back, for the columns that hold a value whole.

Rows live for years and are read by later versions: a key nobody knows is passed over, and a key
that is missing takes the field's default. So a new field of such a value must have a default.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

from archiver.errors import StoreError

T = TypeVar("T")

JsonValue = Any
"""What ``json`` reads and writes: a str, int, float, bool, None, list or dict of these."""
Wanted = Any
"""A type as an annotation writes it, ``tuple[str, ...] | None`` included."""
Read = Callable[[JsonValue], Any]
Write = Callable[[Any], JsonValue]


def to_json(value: object) -> JsonValue:
    """Return a value of the model as plain JSON types.

    Raises:
        TypeError: the value holds something that has no form in JSON, or a naive time.
    """
    kind: Any = type(value)
    return value if kind in _PLAIN else _writer(kind)(value)


_PLAIN = frozenset({str, int, float, bool, types.NoneType})
"""Types that are JSON already: most of what is written, so they are asked for first."""


@cache
def _writer(kind: type[Any]) -> Write:
    """Return the function that writes one type; built once per type."""
    if is_dataclass(kind):
        return _dataclass_writer(tuple(field.name for field in fields(kind)))
    if issubclass(kind, tuple | list):
        return lambda items: [to_json(item) for item in items]
    if issubclass(kind, Mapping):
        return lambda items: {str(key): to_json(item) for key, item in items.items()}
    return _scalar_to_json


def _dataclass_writer(names: tuple[str, ...]) -> Write:
    def write(value: object) -> JsonValue:
        written = {}
        for name in names:
            item = getattr(value, name)
            kind: Any = type(item)
            written[name] = item if kind in _PLAIN else _writer(kind)(item)
        return written

    return write


def _scalar_to_json(value: object) -> JsonValue:
    if isinstance(value, datetime):
        return _time_to_json(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _time_to_json(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError(f"{value!r} has no time zone; times are aware UTC")
    return value.astimezone(UTC).isoformat()


def from_json(wanted: type[T], data: JsonValue) -> T:
    """Return the value of type ``wanted`` that :func:`to_json` wrote.

    Raises:
        StoreError: the row does not hold such a value.
    """
    try:
        value: T = _reader(cast(Wanted, wanted))(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"a stored {wanted.__name__} cannot be read: {error!r}") from error
    return value


@cache
def _reader(wanted: Wanted) -> Read:
    """Return the function that reads one type; built once per type."""
    origin: object = typing.get_origin(wanted)
    if origin in (typing.Union, types.UnionType):
        return _optional_reader(wanted)
    if origin is tuple:
        return _tuple_reader(typing.get_args(wanted))
    if is_dataclass(wanted) and isinstance(wanted, type):
        return _dataclass_reader(wanted)
    return _SCALARS.get(wanted) or _scalar_reader(wanted)


def _scalar_reader(wanted: Wanted) -> Read:
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return wanted
    raise TypeError(f"{wanted!r} is no type the codec knows")


def _optional_reader(wanted: Wanted) -> Read:
    (inner,) = (arg for arg in typing.get_args(wanted) if arg is not types.NoneType)
    read = _reader(inner)
    return lambda data: None if data is None else read(data)


def _tuple_reader(args: tuple[Any, ...]) -> Read:
    if args[-1] is Ellipsis:
        read = _reader(args[0])
        return lambda data: tuple(read(item) for item in data)
    readers = tuple(_reader(arg) for arg in args)
    return lambda data: tuple(read(item) for read, item in zip(readers, data, strict=True))


def _dataclass_reader(wanted: type[Any]) -> Read:
    plan: dict[str, Read] = {}  # filled below: a class may hold itself

    def read(data: JsonValue) -> JsonValue:
        if not plan:
            plan.update(_plan(wanted))
        known = {name: reader(data[name]) for name, reader in plan.items() if name in data}
        return wanted(**known)

    return read


def _plan(wanted: type[Any]) -> dict[str, Read]:
    hints = typing.get_type_hints(wanted)
    return {field.name: _reader(hints[field.name]) for field in fields(wanted)}


def _exactly(kind: type[Any]) -> Read:
    def read(data: JsonValue) -> JsonValue:
        if type(data) is not kind:
            raise TypeError(f"expected {kind.__name__}, found {type(data).__name__}")
        return data

    return read


_SCALARS: dict[Any, Read] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    float: float,
    datetime: lambda data: datetime.fromisoformat(data).astimezone(UTC),
    date: date.fromisoformat,
    timedelta: lambda data: timedelta(microseconds=data),
}
