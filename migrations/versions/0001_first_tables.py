"""Articles, citations, sources, and the evidence about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
DAY = sa.Text().with_variant(sa.Date(), "postgresql")
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_sha256", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("posted_at", MOMENT),
        sa.Column("next_due_at", MOMENT),
        sa.Column("paused", FLAG, nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.Column("worker", sa.Text()),
        sa.Column("fence", NUMBER, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("name_sha256", name="uq_sources_name_sha256"),
        sqlite_strict=True,
    )
    op.create_index("ix_sources_next_due_at", "sources", ["next_due_at"])
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("identity_sha256", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("published_on", DAY),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("source_id", sa.Text()),
        sa.Column("removed_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_articles_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("identity_sha256", name="uq_articles_identity_sha256"),
        sqlite_strict=True,
    )
    op.create_index("ix_articles_source_id", "articles", ["source_id"])
    op.create_table(
        "captures",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("observation_id", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("final_url", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("http_status", NUMBER),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.Column("records", NUMBER, nullable=False),
        sa.Column("bytes", NUMBER, nullable=False),
        sa.Column("provenance", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_captures_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_captures"),
        sa.UniqueConstraint("id", name="uq_captures_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_captures_observation_id", "captures", ["observation_id"])
    op.create_index("ix_captures_source_id", "captures", ["source_id"])
    op.create_table(
        "observations",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("confirmed", FLAG, nullable=False),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("reading", sa.Text()),
        sa.Column("answers", sa.Text()),
        sa.Column("vantage", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_observations_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_observations"),
        sa.UniqueConstraint("id", name="uq_observations_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_observations_source_id_at", "observations", ["source_id", "at"])
    op.create_table(
        "article_versions",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_versions_article_id_articles"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_article_versions"),
        sa.UniqueConstraint("id", name="uq_article_versions_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_article_versions_article_id", "article_versions", ["article_id"])
    op.create_table(
        "artifacts",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("capture_id", sa.Text(), nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("bytes", NUMBER, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name="fk_artifacts_capture_id_captures"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_artifacts"),
        sa.UniqueConstraint("capture_id", "position", name="uq_artifacts_capture_id_position"),
        sqlite_strict=True,
    )
    op.create_table(
        "citations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text()),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("resolution_note", sa.Text()),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_citations_article_id_articles"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_citations_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_citations"),
        sqlite_strict=True,
    )
    op.create_index("ix_citations_article_id", "citations", ["article_id"])
    op.create_index("ix_citations_source_id", "citations", ["source_id"])
    op.create_table(
        "records",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("capture_id", sa.Text(), nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("status", NUMBER),
        sa.Column("media_type", sa.Text()),
        sa.Column("payload_sha256", sa.Text()),
        sa.Column("offset", NUMBER, nullable=False),
        sa.Column("length", NUMBER, nullable=False),
        sa.Column("refers_to", sa.Text()),
        sa.Column("page_id", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name="fk_records_capture_id_captures"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_records"),
        sa.UniqueConstraint("capture_id", "position", name="uq_records_capture_id_position"),
        sqlite_strict=True,
    )
    op.create_table(
        "verdicts",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("observation_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("rests_on", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text()),
        sa.Column("moved_to", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observations.id"], name="fk_verdicts_observation_id_observations"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_verdicts_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_verdicts"),
        sqlite_strict=True,
    )
    op.create_index("ix_verdicts_observation_id", "verdicts", ["observation_id"])
    op.create_index("ix_verdicts_source_id", "verdicts", ["source_id"])
    op.create_table(
        "citation_places",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("citation_id", sa.Text(), nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("found", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["citation_id"], ["citations.id"], name="fk_citation_places_citation_id_citations"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["article_versions.id"],
            name="fk_citation_places_version_id_article_versions",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_citation_places"),
        sa.UniqueConstraint(
            "version_id", "citation_id", name="uq_citation_places_version_id_citation_id"
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_citation_places_citation_id", "citation_places", ["citation_id"])
    op.create_table(
        "events",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source_id", sa.Text()),
        sa.Column("citation_id", sa.Text()),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["citation_id"], ["citations.id"], name="fk_events_citation_id_citations"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_events_source_id_sources"),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_events_citation_id", "events", ["citation_id"])
    op.create_index("ix_events_source_id", "events", ["source_id"])
    op.create_table(
        "pins",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("citation_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seen_at", MOMENT),
        sa.Column("lag", NUMBER),
        sa.Column("capture_id", sa.Text()),
        sa.Column("observation_id", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name="fk_pins_capture_id_captures"
        ),
        sa.ForeignKeyConstraint(
            ["citation_id"], ["citations.id"], name="fk_pins_citation_id_citations"
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observations.id"], name="fk_pins_observation_id_observations"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_pins"),
        sqlite_strict=True,
    )
    op.create_index("ix_pins_capture_id", "pins", ["capture_id"])
    op.create_index("ix_pins_citation_id", "pins", ["citation_id"])
    op.create_index("ix_pins_observation_id", "pins", ["observation_id"])
