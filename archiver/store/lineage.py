"""Whether one database goes on from another, as an archive's later state does from an earlier one.

Evidence is only ever added, so the newest row of each of its tables is in every later state: with
the same content, or emptied by a takedown. An empty database, another archive's and an earlier
state of the same one all lack it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, func, inspect, select

from archiver.model.custody import CustodyAct
from archiver.store.tables import APPEND_ONLY, METADATA, custody


def missing_table(old: Connection, new: Connection) -> str | None:
    """Name a table whose newest row of ``old`` is not in ``new``; None when ``new`` continues it.

    ``old`` may be of an earlier revision: tables and columns that it lacks say nothing.
    """
    present = set(inspect(old).get_table_names())
    for name, content in APPEND_ONLY.items():
        if name in present and not _goes_on(old, new, name, content):
            return name
    return None


def _goes_on(old: Connection, new: Connection, name: str, content: Collection[str]) -> bool:
    then = _newest(old, name)
    if then is None:
        return True
    table = METADATA.tables[name]
    found = new.execute(select(table).where(table.c.seq == then["seq"])).mappings().first()
    return found is not None and _is_same(then, found, content)


def _newest(old: Connection, name: str) -> RowMapping | None:
    table = METADATA.tables[name]
    present = {column["name"] for column in inspect(old).get_columns(name)}
    columns = [column for column in table.columns if column.name in present]
    query = select(*columns).order_by(table.c.seq.desc()).limit(1)
    return old.execute(query).mappings().first()


def _is_same(then: RowMapping, now: RowMapping, content: Collection[str]) -> bool:
    withdrawn = then.get("withdrawn_at") is None and now["withdrawn_at"] is not None
    emptied = {*content, "withdrawn_at"} if withdrawn else set()
    return all(then[name] == now[name] for name in then if name not in emptied)


def takedowns(rows: Connection) -> int:
    """Count the takedowns that a database knows of; one of an early revision knows of none."""
    if custody.name not in inspect(rows).get_table_names():
        return 0
    query = select(func.count()).where(custody.c.act == CustodyAct.TAKEDOWN.value)
    return rows.scalar(query) or 0
