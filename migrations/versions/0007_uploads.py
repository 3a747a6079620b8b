"""Whose a capture on its way to a store is, that its sender lives, and that it was looked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("uploads", sa.Column("url", sa.Text()))
    for name in ("started_at", "alive_at", "looked_again_at"):
        op.add_column("uploads", sa.Column(name, MOMENT))
    to_look = sa.text("given_up_at IS NOT NULL AND looked_again_at IS NULL")
    op.create_index(
        "ix_uploads_given_up_at",
        "uploads",
        ["given_up_at"],
        sqlite_where=to_look,
        postgresql_where=to_look,
    )
