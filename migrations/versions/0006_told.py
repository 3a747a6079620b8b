"""What an event of a finding rests on: its rule, how much it matters, and the pins there were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name, kind in (("rule", sa.Text()), ("severity", sa.Text()), ("pins", NUMBER)):
        op.add_column("events", sa.Column(name, kind))
