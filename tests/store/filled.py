"""Rows for every table of a database, made from the tables' own columns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import URL, Column, Connection, Table, insert, select

from archiver.store.columns import Day, Flag, Json, Moment, Number, Span
from archiver.store.engine import write_engine
from archiver.store.tables import METADATA
from tests.build import NOW

ODD = "tower \U0001f6e9 مراقب \x00 \ud83d end"
"""What both databases would refuse or change if it were stored as it is."""


def fill(url: URL, rows: int = 3) -> None:
    """Put some rows into every table; a row points at those of its own number."""
    engine = write_engine(url)
    try:
        with engine.begin() as connection:
            for table in METADATA.sorted_tables:
                connection.execute(insert(table), [_row(table, n) for n in range(1, rows + 1)])
    finally:
        engine.dispose()


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    if column.name == "seq":
        return number * 10  # with gaps, as rows have that were taken back
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return _value(key.column, number)
    if column.nullable and number == 3:
        return None
    for kind, make in _MAKERS.items():
        if isinstance(column.type, kind):
            return make(number)
    return f"{column.table.name}.{column.name} {number} {ODD}"


_MAKERS: dict[type[Any], Any] = {
    Flag: lambda number: number % 2 == 0,
    Span: lambda number: timedelta(days=-number, microseconds=7),
    Moment: lambda number: NOW + timedelta(days=number, microseconds=number),
    Day: lambda number: NOW.date() + timedelta(days=number),
    Json: lambda number: {"b": [number, None, 0.1, 2**53 + number, ODD], "a": {"é": True}},
    type(Number): lambda number: 2**40 + number,
}


def all_rows(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, in one order."""
    return {
        table.name: [
            dict(row)
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in METADATA.sorted_tables
    }


def read_all(url: URL) -> dict[str, list[dict[str, Any]]]:
    engine = write_engine(url)
    try:
        with engine.begin() as connection:
            return all_rows(connection)
    finally:
        engine.dispose()
