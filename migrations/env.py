"""Runs migrations on the connection that ``archiver.store.schema`` hands over."""

from __future__ import annotations

from alembic import context

from archiver.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    # SQLite takes DDL back like anything else, once the driver leaves transactions alone.
    transactional_ddl=True,
)
context.run_migrations()
