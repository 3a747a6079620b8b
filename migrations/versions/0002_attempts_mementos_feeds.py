"""Attempts to resolve, mementos, pushes, services, feeds, and articles still to be read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")

ROADS = {
    "address": ("certain", "resolution_note IS NULL"),
    "person": ("certain", "resolution_note LIKE 'named by a person: %'"),
    "code": ("checked", "resolution_note NOT LIKE 'named by a person: %'"),
}
"""How a source was found before it was written down: an address printed got no note, a person's
word a note that begins so, and a look-up the note of its platform."""


def upgrade() -> None:
    op.add_column("articles", sa.Column("read_due_at", MOMENT))
    op.add_column("articles", sa.Column("note", sa.Text()))
    op.create_index("ix_articles_read_due_at", "articles", ["read_due_at"])
    op.add_column("article_versions", sa.Column("fetched_from", sa.Text()))
    op.add_column("citations", sa.Column("road", sa.Text()))
    op.add_column("citations", sa.Column("certainty", sa.Text()))
    for road, (certainty, noted) in ROADS.items():
        op.execute(
            f"UPDATE citations SET road = '{road}', certainty = '{certainty}'"  # noqa: S608
            f" WHERE source_id IS NOT NULL AND resolution = 'resolved' AND {noted}"
        )
    _create_attempts()
    _create_mementos()
    _refer_pins_to_mementos()
    _create_pushes()
    _create_services()
    _create_feeds()


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("citation_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("road", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text()),
        sa.Column("source", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("answers", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["citation_id"], ["citations.id"], name="fk_attempts_citation_id_citations"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_attempts"),
        sqlite_strict=True,
    )
    op.create_index("ix_attempts_citation_id", "attempts", ["citation_id"])


def _create_mementos() -> None:
    op.create_table(
        "mementos",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("identity_sha256", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("archive", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("original", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("confirmed", FLAG, nullable=False),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("reading", sa.Text()),
        sa.Column("answers", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_mementos_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_mementos"),
        sa.UniqueConstraint("id", name="uq_mementos_id"),
        sa.UniqueConstraint("identity_sha256", name="uq_mementos_identity_sha256"),
        sqlite_strict=True,
    )
    op.create_index("ix_mementos_source_id_at", "mementos", ["source_id", "at"])


def _refer_pins_to_mementos() -> None:
    name = "fk_pins_memento_id_mementos"
    if op.get_bind().dialect.name == "sqlite":
        # In place: Alembic's batch mode would write every pin anew into a copy of the table.
        op.execute(
            f"ALTER TABLE pins ADD COLUMN memento_id TEXT CONSTRAINT {name}"
            " REFERENCES mementos (id)"
        )
    else:
        op.add_column("pins", sa.Column("memento_id", sa.Text()))
        op.create_foreign_key(name, "pins", "mementos", ["memento_id"], ["id"])
    op.create_index("ix_pins_memento_id", "pins", ["memento_id"])


def _create_pushes() -> None:
    op.create_table(
        "pushes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("capture_id", sa.Text(), nullable=False),
        sa.Column("archive", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("tries", NUMBER, nullable=False),
        sa.Column("job", sa.Text()),
        sa.Column("memento_url", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name="fk_pushes_capture_id_captures"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_pushes_source_id_sources"),
        sa.PrimaryKeyConstraint("id", name="pk_pushes"),
        sqlite_strict=True,
    )
    op.create_index("ix_pushes_capture_id", "pushes", ["capture_id"])
    op.create_index("ix_pushes_next_try_at", "pushes", ["next_try_at"])
    op.create_index("ix_pushes_source_id", "pushes", ["source_id"])


def _create_services() -> None:
    op.create_table(
        "services",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("is_paused", FLAG, nullable=False),
        sa.Column("paused_until", MOMENT),
        sa.Column("failures", NUMBER, nullable=False),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("name", name="pk_services"),
        sqlite_strict=True,
    )


def _create_feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url_sha256", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("next_due_at", MOMENT),
        sa.Column("title", sa.Text()),
        sa.Column("looked_at", MOMENT),
        sa.Column("etag", sa.Text()),
        sa.Column("modified", sa.Text()),
        sa.Column("failures", NUMBER, nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("every", NUMBER),
        sa.Column("from_now", FLAG, nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url_sha256", name="uq_feeds_url_sha256"),
        sqlite_strict=True,
    )
    op.create_index("ix_feeds_next_due_at", "feeds", ["next_due_at"])
    op.create_table(
        "announcements",
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("url_sha256", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_announcements_feed_id_feeds"),
        sa.PrimaryKeyConstraint("feed_id", "url_sha256", name="pk_announcements"),
        sqlite_strict=True,
    )
