"""Jobs, turns at domains, workers and what happens to them, deliveries, custody."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op
from publicsuffixlist import PublicSuffixList

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")
MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")

AT_ONCE = 500


def upgrade() -> None:
    _extend_sources()
    _index_what_is_counted()
    _create_jobs()
    _create_workers()
    _create_deliveries()
    _create_custody()
    _create_uploads()


def _extend_sources() -> None:
    for name in ("domain", "job_id", "verdict"):
        op.add_column("sources", sa.Column(name, sa.Text()))
    _index_sources()
    op.add_column("sources", sa.Column("taken_down_at", MOMENT))
    op.execute(
        "UPDATE sources SET verdict = (SELECT kind FROM verdicts WHERE seq ="
        " (SELECT max(seq) FROM verdicts WHERE source_id = sources.id))"
    )
    _fill_domains()


def _index_sources() -> None:
    op.drop_index("ix_sources_next_due_at", "sources")
    op.drop_index("ix_sources_host_next_due_at", "sources")
    op.create_index("ix_sources_verdict", "sources", ["verdict"])
    op.create_index("ix_sources_host", "sources", ["host", "next_due_at", "paused", "removed_at"])
    idle = "NOT paused AND removed_at IS NULL AND job_id IS NULL AND next_due_at IS NOT NULL"
    due = ["next_due_at", "job_id", "removed_at", "paused"]
    _partial("ix_sources_due", "sources", due, idle)
    _partial("ix_sources_removed", "sources", ["verdict", "removed_at"], "removed_at IS NOT NULL")
    _partial("ix_sources_in_hand", "sources", ["job_id", "removed_at"], "job_id IS NOT NULL")
    _partial("ix_sources_paused", "sources", ["paused", "removed_at"], "paused = 1", "paused")
    _partial("ix_sources_worker", "sources", ["worker"], "worker IS NOT NULL")


def _index_what_is_counted() -> None:
    op.drop_index("ix_articles_read_due_at", "articles")
    waiting = "read_due_at IS NOT NULL AND removed_at IS NULL"
    _partial("ix_articles_waiting", "articles", ["read_due_at", "removed_at"], waiting)
    op.drop_index("ix_verdicts_source_id", "verdicts")
    op.create_index("ix_verdicts_source_id_seq", "verdicts", ["source_id", "seq"])
    op.drop_index("ix_verdicts_first_gone", "verdicts")
    absent = "first_gone IS NOT NULL"
    _partial("ix_verdicts_first_gone", "verdicts", ["first_gone", "kind", "source_id"], absent)
    _partial("ix_verdicts_absent", "verdicts", ["source_id", "first_gone", "kind"], absent)


def _fill_domains() -> None:
    sources = sa.table("sources", sa.column("id"), sa.column("url"), sa.column("domain"))
    found = op.get_bind().execute(sa.select(sources.c.id, sources.c.url)).all()
    suffixes = PublicSuffixList()
    rows = [{"one": row.id, "name": _domain(row.url, suffixes)} for row in found]
    filled = sources.update().where(sources.c.id == sa.bindparam("one"))
    for start in range(0, len(rows), AT_ONCE):
        op.get_bind().execute(
            filled.values(domain=sa.bindparam("name")), rows[start : start + AT_ONCE]
        )


def _domain(url: str, suffixes: PublicSuffixList) -> str | None:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    if ":" in host or host.replace(".", "").isdigit():
        return host
    found: str | None = suffixes.privatesuffix(host)
    return found or host or None


def _partial(
    name: str, table: str, columns: list[str], sqlite: str, postgresql: str | None = None
) -> None:
    op.create_index(
        name,
        table,
        columns,
        sqlite_where=sa.text(sqlite),
        postgresql_where=sa.text(postgresql or sqlite),
    )


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("is_urgent", FLAG, nullable=False),
        sa.Column("is_asked", FLAG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("fence", NUMBER),
        sa.Column("started_at", MOMENT),
        sa.Column("tries", NUMBER, nullable=False),
        sa.Column("deaths", NUMBER, nullable=False),
        sa.Column("observation_id", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("finished_at", MOMENT),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_jobs_source_id_sources"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("source_id", "slot", name="uq_jobs_source_id_slot"),
        sqlite_strict=True,
    )
    queued, running = "state = 'queued'", "state = 'running'"
    urgent = "state = 'queued' AND is_urgent"
    _partial("ix_jobs_ready", "jobs", ["lane", "domain", "not_before"], queued)
    _partial("ix_jobs_urgent", "jobs", ["lane", "domain", "not_before"], urgent)
    _partial("ix_jobs_running", "jobs", ["source_id"], running)
    _partial("ix_jobs_quarantined", "jobs", ["not_before"], "state = 'quarantined'")
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"])
    if op.get_bind().dialect.name == "postgresql":
        # Its rows change at every job: what is dead in its indexes must go soon.
        op.execute("ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.01)")
        # Counts read the index alone where no page was changed since.
        op.execute("ALTER TABLE sources SET (autovacuum_vacuum_scale_factor = 0.01)")
    op.create_table(
        "turns",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("lease_until", MOMENT),
        sa.Column("next_at", MOMENT),
        sa.PrimaryKeyConstraint("domain", name="pk_turns"),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE turns SET (autovacuum_vacuum_scale_factor = 0.01)")


def _create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("in_hand", NUMBER, nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
        sqlite_strict=True,
    )
    op.create_table(
        "incidents",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_incidents"),
        sqlite_strict=True,
    )


def _create_deliveries() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("notifier", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("tries", NUMBER, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("acknowledged_at", MOMENT),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("message_id", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("repetition", NUMBER, nullable=False),
        sa.Column("tried_since", MOMENT),
        sa.Column("worker", sa.Text()),
        sa.Column("lease_until", MOMENT),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_deliveries_event_id_events"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("event_id", "notifier", name="uq_deliveries_event_id_notifier"),
        sqlite_strict=True,
    )
    op.create_index("ix_deliveries_next_try_at", "deliveries", ["next_try_at"])
    op.create_index("ix_deliveries_message_id", "deliveries", ["message_id"])


def _create_custody() -> None:
    op.create_table(
        "custody",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("source_id", sa.Text()),
        sa.Column("article_id", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_custody_source_id_sources"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_custody_article_id_articles"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_custody"),
        sa.UniqueConstraint("id", name="uq_custody_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_custody_source_id", "custody", ["source_id"])
    op.create_index("ix_custody_article_id", "custody", ["article_id"])


def _create_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("capture_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("given_up_at", MOMENT),
        sa.Column("set_aside_at", MOMENT),
        sa.PrimaryKeyConstraint("capture_id", name="pk_uploads"),
        sqlite_strict=True,
    )
    _partial("ix_uploads_begun_at", "uploads", ["begun_at"], "set_aside_at IS NULL")
