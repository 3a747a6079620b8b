"""Triggers that hold evidence as it was written.

They are made anew from the tables as they are, after every migration: Alembic's batch mode copies
a table and drops its triggers silently. What stands in the database is then compared with what
should, text by text, because a trigger of the right name proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, PrimaryKeyConstraint, Table, UniqueConstraint, inspect, text
from sqlalchemy.engine import Inspector

from archiver.errors import SchemaError
from archiver.store.tables import APPEND_ONLY, METADATA


@dataclass(frozen=True, slots=True)
class GuardedTable:
    """An append-only table as it is in this database."""

    name: str
    columns: tuple[str, ...]
    content: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]


def install(connection: Connection) -> None:
    """Make every trigger anew, in the caller's transaction."""
    tables = present_tables(connection)
    if connection.dialect.name == "sqlite":
        _install_sqlite(connection, tables)
    else:
        _install_postgresql(connection, tables)


def assert_triggers(connection: Connection) -> None:
    """Compare the triggers with what they should be.

    Raises:
        SchemaError: one is missing or was altered; ``archiver db upgrade`` makes them anew.
    """
    tables = declared_tables()
    if connection.dialect.name == "sqlite":
        wrong = _wrong_on_sqlite(connection, tables)
    else:
        wrong = _wrong_on_postgresql(connection, tables)
    if wrong:
        raise SchemaError(
            f"nothing protects the evidence in {', '.join(wrong)}: a trigger is missing or altered;"
            " run `archiver db upgrade` to make it anew"
        )


def declared_tables() -> list[GuardedTable]:
    """Return the tables as this version of the program declares them."""
    return [_declared(METADATA.tables[name], content) for name, content in APPEND_ONLY.items()]


def _declared(table: Table, content: tuple[str, ...]) -> GuardedTable:
    keys = [
        [column.name for column in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
    ]
    return _guarded(table.name, [column.name for column in table.columns], content, keys)


def present_tables(connection: Connection) -> list[GuardedTable]:
    """Return the tables as they are in the database, which may be at any revision."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    return [
        _present(inspector, name, content)
        for name, content in APPEND_ONLY.items()
        if name in present
    ]


def _present(inspector: Inspector, name: str, content: tuple[str, ...]) -> GuardedTable:
    columns = [column["name"] for column in inspector.get_columns(name)]
    keys = [inspector.get_pk_constraint(name)["constrained_columns"]]
    keys += [unique["column_names"] for unique in inspector.get_unique_constraints(name)]
    return _guarded(name, columns, content, keys)


def _guarded(
    name: str, columns: Sequence[str], content: Sequence[str], keys: Sequence[Sequence[str]]
) -> GuardedTable:
    return GuardedTable(
        name,
        tuple(sorted(columns)),
        tuple(sorted(column for column in content if column in columns)),
        tuple(sorted(tuple(key) for key in keys)),
    )


# SQLite


def _install_sqlite(connection: Connection, tables: list[GuardedTable]) -> None:
    for table in tables:
        for name, sql in _sqlite_triggers(table).items():
            connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{name}"')
            connection.exec_driver_sql(sql)


def _wrong_on_sqlite(connection: Connection, tables: list[GuardedTable]) -> list[str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    found = {row.name: row.sql for row in rows}
    return [
        table.name
        for table in tables
        if any(found.get(name) != sql for name, sql in _sqlite_triggers(table).items())
    ]


def _sqlite_triggers(table: GuardedTable) -> dict[str, str]:
    """Return the triggers of one table by name.

    The one on insert refuses ``INSERT OR REPLACE`` by itself: the delete trigger alone sees it only
    under ``recursive_triggers``, a setting of the connection that another program may not make.
    """
    held = " OR ".join(
        "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")"
        for key in table.unique
    )
    twin = f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {held})'  # noqa: S608 - our own names
    events = {
        "update": f"UPDATE %s WHEN NOT ({_sqlite_withdrawal(table)})",
        "delete": "DELETE %s",
        "replace": f"INSERT %s WHEN {twin}",
    }
    on = f'ON "{table.name}" FOR EACH ROW'
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
    return {
        f"{table.name}_{word}": f'CREATE TRIGGER "{table.name}_{word}" BEFORE {event % on} {refuse}'
        for word, event in events.items()
    }


def _sqlite_withdrawal(table: GuardedTable) -> str:
    kept = [c for c in table.columns if c not in table.content and c != "withdrawn_at"]
    terms = ["OLD.withdrawn_at IS NULL", "NEW.withdrawn_at IS NOT NULL"]
    terms += [f'NEW."{column}" IS NULL' for column in table.content]
    terms += [f'NEW."{column}" IS OLD."{column}"' for column in kept]
    return " AND ".join(terms)


# PostgreSQL

_FUNCTION = "archiver_append_only"
_FUNCTION_BODY = """
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
      AND to_jsonb(NEW) - TG_ARGV - 'withdrawn_at' = to_jsonb(OLD) - TG_ARGV - 'withdrawn_at'
      AND NOT EXISTS (
        SELECT 1 FROM unnest(TG_ARGV) AS content WHERE to_jsonb(NEW) ->> content IS NOT NULL)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
"""
_UPDATE_OR_DELETE = 1 | 2 | 8 | 16
"""Bits of pg_trigger.tgtype: row, before, delete, update.

Source: PostgreSQL 15, src/include/catalog/pg_trigger.h, read 2026-11-22.
"""
_TRUNCATE = 2 | 32
"""Bits of pg_trigger.tgtype: before, truncate."""


def _install_postgresql(connection: Connection, tables: list[GuardedTable]) -> None:
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $body${_FUNCTION_BODY}$body$".replace("%", "%%")
    )
    for table in tables:
        content = ", ".join(f"'{column}'" for column in table.content)
        for name, when, each in (
            (f"{table.name}_change", "UPDATE OR DELETE", "ROW"),
            (f"{table.name}_truncate", "TRUNCATE", "STATEMENT"),
        ):
            connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{name}" ON "{table.name}"')
            connection.exec_driver_sql(
                f'CREATE TRIGGER "{name}" BEFORE {when} ON "{table.name}"'
                f" FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}({content})"
            )
            # ALWAYS: also for a session that calls itself a replica.
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE ALWAYS TRIGGER "{name}"')


def _wrong_on_postgresql(connection: Connection, tables: list[GuardedTable]) -> list[str]:
    rows = connection.execute(
        text(
            "SELECT tgname, tgrelid::regclass::text AS relation, tgtype, tgargs"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE NOT tgisinternal AND tgenabled = 'A' AND tgqual IS NULL"
            " AND proname = :name AND prosrc = :body"
        ),
        {"name": _FUNCTION, "body": _FUNCTION_BODY},
    )
    found = {(row.relation, row.tgname, row.tgtype, bytes(row.tgargs)) for row in rows}
    return [table.name for table in tables if not _postgresql_triggers(table) <= found]


def _postgresql_triggers(table: GuardedTable) -> set[tuple[str, str, int, bytes]]:
    arguments = b"".join(column.encode() + b"\0" for column in table.content)
    return {
        (table.name, f"{table.name}_change", _UPDATE_OR_DELETE, arguments),
        (table.name, f"{table.name}_truncate", _TRUNCATE, arguments),
    }
