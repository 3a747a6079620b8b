"""Sessions of a PostgreSQL server whose process stands still in the middle of what it asks for.

Statements sent in one go (a pipeline, which is what executing one with many rows becomes) hold the
locks of those that were done while the server waits for the next. A process that is paused there,
or whose machine is, keeps them as long as it likes: a statement that is done has no time-out any
more, and that of an idle transaction begins when a pipeline ends and is over with the next message,
whatever that is: a request to flush leaves the session idle and without one. Only
``transaction_timeout`` of PostgreSQL 17 would end it.
Source: PostgreSQL 15 manual, 20.11 and 55.2.4, and tried with 15.18, 2026-11-29.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, text

from archiver.store.engine import APPLICATION_NAME, IDLE_IN_TRANSACTION_TIMEOUT_MS

LONGEST = timedelta(milliseconds=IDLE_IN_TRANSACTION_TIMEOUT_MS)
"""How long a session may wait for its client in the middle of something."""
# Another role's sessions show no state, so they are never met. Who only reads, as a backup over a
# slow line does, has no transaction ID, and holds nothing that anybody waits for. The server's own
# clock, never a moved one: that is what the sessions' times are of.
_END = text(
    "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user"
    " AND application_name = :name AND pid <> pg_backend_pid()"
    " AND state <> 'idle' AND wait_event_type = 'Client' AND backend_xid IS NOT NULL"
    " AND greatest(query_start, state_change) < clock_timestamp() - CAST(:longest AS interval)"
)


def end_stalled(connection: Connection) -> int:
    """End our sessions that stand so; what they had not committed is undone. Return how many."""
    values = {"name": APPLICATION_NAME, "longest": LONGEST}
    return int(connection.execute(_END, values).scalar_one())
