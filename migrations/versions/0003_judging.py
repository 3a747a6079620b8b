"""Features of looks, brackets of absences, hosts and authors of sources, places of quoted words."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")

AT_ONCE = 500


def upgrade() -> None:
    op.add_column("sources", sa.Column("host", sa.Text()))
    op.add_column("sources", sa.Column("author", sa.Text()))
    op.create_index("ix_sources_host_next_due_at", "sources", ["host", "next_due_at"])
    op.create_index("ix_sources_author", "sources", ["author"])
    _fill_hosts()
    op.add_column("verdicts", sa.Column("last_seen", MOMENT))
    op.add_column("verdicts", sa.Column("first_gone", MOMENT))
    op.add_column("verdicts", sa.Column("wall", sa.Text()))
    op.create_index("ix_verdicts_first_gone", "verdicts", ["first_gone"])
    op.add_column("pins", sa.Column("selectors", sa.Text()))
    _create_features()
    _create_siblings()


def _fill_hosts() -> None:
    sources = sa.table("sources", sa.column("id"), sa.column("url"), sa.column("host"))
    found = op.get_bind().execute(sa.select(sources.c.id, sources.c.url)).all()
    rows = [{"one": row.id, "name": _host(row.url)} for row in found]
    filled = sources.update().where(sources.c.id == sa.bindparam("one"))
    for start in range(0, len(rows), AT_ONCE):
        op.get_bind().execute(
            filled.values(host=sa.bindparam("name")), rows[start : start + AT_ONCE]
        )


def _host(url: str) -> str | None:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


def _create_features() -> None:
    op.create_table(
        "features",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("observation_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("ended_sha256", sa.Text()),
        sa.Column("seen", sa.Text()),
        sa.Column("page", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["observation_id"],
            ["observations.id"],
            name="fk_features_observation_id_observations",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_features_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_features"),
        sa.UniqueConstraint(
            "observation_id", "extractor", name="uq_features_observation_id_extractor"
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_features_ended_sha256", "features", ["ended_sha256"])
    op.create_index("ix_features_source_id_at", "features", ["source_id", "at"])


def _create_siblings() -> None:
    op.create_table(
        "siblings",
        sa.Column("place_sha256", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("directory", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place_sha256", name="pk_siblings"),
        sqlite_strict=True,
    )
