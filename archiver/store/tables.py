"""Every table, as the newest migration leaves it.

Two kinds: what is followed (articles, citations, sources) changes as we go; what is evidence
(``APPEND_ONLY``) is written once. Triggers refuse update, delete and replace of evidence; the one
change they let through is a withdrawal: ``withdrawn_at`` set, and the content columns emptied.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, UniqueConstraint, text
from sqlalchemy.schema import SchemaItem

from archiver.store.columns import Day, Flag, Json, Moment, Number, Span, Words

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Without names of our own, a later migration could not drop a constraint on SQLite."""

METADATA = MetaData(naming_convention=NAMES)


def _table(name: str, *parts: SchemaItem, is_its_key: bool = False) -> Table:
    """Declare a table; one that ``is_its_key`` SQLite keeps as the index of its key alone."""
    return Table(name, METADATA, *parts, sqlite_strict=True, sqlite_with_rowid=not is_its_key)


def _sequence() -> Column[int]:
    """Return the order in which rows were written, which no clock can change."""
    return Column("seq", Number, primary_key=True, autoincrement=True)


def _withdrawn() -> Column[object]:
    return Column("withdrawn_at", Moment)


IDLE = "NOT paused AND removed_at IS NULL AND job_id IS NULL AND next_due_at IS NOT NULL"
"""Which sources may come due. A query has to say it word for word to be answered by the index."""


def _partial(name: str, *columns: Column[Any], sqlite: str, postgresql: str | None = None) -> None:
    """Index the rows that a condition holds for, which each database writes in its own way."""
    Index(
        name,
        *columns,
        sqlite_where=text(sqlite),
        postgresql_where=text(postgresql or sqlite),
    )


# SQLite reads a row for every column that its index does not hold, those of the condition of a
# partial index among them: so they are columns of it, too, where rows are counted.

sources = _table(
    "sources",
    Column("id", Words, primary_key=True),
    # The digest of the name: an address can be longer than PostgreSQL lets an index entry be.
    Column("name_sha256", Words, nullable=False, unique=True),
    Column("platform", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("posted_at", Moment),
    Column("next_due_at", Moment),
    Column("paused", Flag, nullable=False),
    Column("removed_at", Moment),
    # Its content was taken down, and it is not looked at again by itself: nothing follows it anew.
    Column("taken_down_at", Moment),
    # Its name without "www.", to find what happens to several addresses of one host at once.
    Column("host", Words),
    # Platform and account, as told by a look: who posted it.
    Column("author", Words, index=True),
    # The claim: who looks at it now. The fence only ever grows.
    Column("worker", Words),
    Column("fence", Number, nullable=False),
    Column("lease_until", Moment),
    # The registrable domain, whose turn a look needs.
    Column("domain", Words),
    # The job that a look at it waits for.
    Column("job_id", Words),
    # The newest verdict, so that a million sources are counted by an index.
    Column("verdict", Words, index=True),
    Index("ix_sources_host", "host", "next_due_at", "paused", "removed_at"),
)
# What a tick claims: due, and nothing waits for it yet. What is paused would lie in front for ever.
_partial(
    "ix_sources_due",
    sources.c.next_due_at,
    sources.c.job_id,
    sources.c.removed_at,
    sources.c.paused,
    sqlite=IDLE,
)
# All but these are followed, so that few rows are counted beside the index on verdicts.
_partial(
    "ix_sources_removed",
    sources.c.verdict,
    sources.c.removed_at,
    sqlite="removed_at IS NOT NULL",
)
_partial(
    "ix_sources_in_hand",
    sources.c.job_id,
    sources.c.removed_at,
    sqlite="job_id IS NOT NULL",
)
_partial(
    "ix_sources_paused",
    sources.c.paused,
    sources.c.removed_at,
    sqlite="paused = 1",
    postgresql="paused",
)
# What is claimed: a start looks for claims of the dead.
_CLAIMED = text("worker IS NOT NULL")
Index(
    "ix_sources_worker",
    sources.c.worker,
    sqlite_where=_CLAIMED,
    postgresql_where=_CLAIMED,
)

articles = _table(
    "articles",
    Column("id", Words, primary_key=True),
    # The digest of the address, or of the text when there is no address.
    Column("identity_sha256", Words, nullable=False, unique=True),
    Column("title", Words),
    Column("url", Words),
    Column("language", Words),
    Column("published_on", Day),
    Column("added_at", Moment, nullable=False),
    Column("source_id", ForeignKey("sources.id"), index=True),
    Column("removed_at", Moment),
    Column("read_due_at", Moment),
    Column("note", Words),
)
_partial(
    "ix_articles_waiting",
    articles.c.read_due_at,
    articles.c.removed_at,
    sqlite="read_due_at IS NOT NULL AND removed_at IS NULL",
)

article_versions = _table(
    "article_versions",
    _sequence(),
    Column("id", Words, nullable=False, unique=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("title", Words),
    Column("text", Words),
    Column("text_sha256", Words, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("fetched_from", Words),
    _withdrawn(),
)

citations = _table(
    "citations",
    Column("id", Words, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("source_id", ForeignKey("sources.id"), index=True),
    Column("resolution", Words, nullable=False),
    Column("resolution_note", Words),
    Column("added_at", Moment, nullable=False),
    Column("road", Words),
    Column("certainty", Words),
)

attempts = _table(
    "attempts",
    _sequence(),
    Column("citation_id", ForeignKey("citations.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("resolution", Words, nullable=False),
    Column("road", Words, nullable=False),
    Column("certainty", Words),
    Column("source", Json),
    Column("note", Words),
    Column("answers", Json),
    _withdrawn(),
)

citation_places = _table(
    "citation_places",
    _sequence(),
    Column("version_id", ForeignKey("article_versions.id"), nullable=False),
    Column("citation_id", ForeignKey("citations.id"), nullable=False, index=True),
    Column("position", Number, nullable=False),
    Column("found", Json),
    _withdrawn(),
    UniqueConstraint("version_id", "citation_id"),
)

observations = _table(
    "observations",
    _sequence(),
    Column("id", Words, nullable=False, unique=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("signal", Words, nullable=False),
    Column("confirmed", Flag, nullable=False),
    Column("fingerprint", Words),
    Column("reading", Json),
    Column("answers", Json),
    Column("vantage", Json, nullable=False),
    _withdrawn(),
    Index(None, "source_id", "at"),
)

verdicts = _table(
    "verdicts",
    _sequence(),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("observation_id", ForeignKey("observations.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("kind", Words, nullable=False),
    Column("rule", Words, nullable=False),
    Column("reason", Words),
    Column("since", Moment, nullable=False),
    Column("rests_on", Json, nullable=False),
    Column("cause", Words),
    Column("moved_to", Words),
    Column("last_seen", Moment),
    Column("first_gone", Moment),
    Column("wall", Words),
    _withdrawn(),
    # The newest of a source is at the end of its stretch.
    Index(None, "source_id", "seq"),
)
# What turned absent: by time, and by source where a host is asked about for all time.
_partial(
    "ix_verdicts_first_gone",
    verdicts.c.first_gone,
    verdicts.c.kind,
    verdicts.c.source_id,
    sqlite="first_gone IS NOT NULL",
)
_partial(
    "ix_verdicts_absent",
    verdicts.c.source_id,
    verdicts.c.first_gone,
    verdicts.c.kind,
    sqlite="first_gone IS NOT NULL",
)

# What judging needs of a look, by the extractor that read its page: small rows, beside the large
# ones that are evidence. Another extractor's reading of the same bytes is one more row.
features = _table(
    "features",
    _sequence(),
    Column("observation_id", ForeignKey("observations.id"), nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("extractor", Words, nullable=False),
    # The digest of where a redirect ended; none where it was served at its own address.
    Column("ended_sha256", Words, index=True),
    Column("seen", Json),
    Column("page", Json),
    _withdrawn(),
    UniqueConstraint("observation_id", "extractor"),
    Index(None, "source_id", "at"),
)

events = _table(
    "events",
    _sequence(),
    Column("id", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("source_id", ForeignKey("sources.id"), index=True),
    Column("citation_id", ForeignKey("citations.id"), index=True),
    Column("before", Words),
    Column("after", Words, nullable=False),
    Column("reason", Words),
    _withdrawn(),
    Column("rule", Words),
    Column("severity", Words),
    Column("pins", Number),
)

captures = _table(
    "captures",
    _sequence(),
    Column("id", Words, nullable=False, unique=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False, index=True),
    Column("observation_id", Words, index=True),
    Column("url", Words),
    Column("final_url", Words),
    Column("title", Words),
    Column("outcome", Words, nullable=False),
    Column("gate", Words, nullable=False),
    Column("reason", Words),
    Column("http_status", Number),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=False),
    Column("records", Number, nullable=False),
    Column("bytes", Number, nullable=False),
    Column("provenance", Json),
    _withdrawn(),
)

artifacts = _table(
    "artifacts",
    _sequence(),
    Column("capture_id", ForeignKey("captures.id"), nullable=False),
    Column("position", Number, nullable=False),
    Column("kind", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("bytes", Number, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("note", Words),
    _withdrawn(),
    UniqueConstraint("capture_id", "position"),
)

records = _table(
    "records",
    _sequence(),
    Column("capture_id", ForeignKey("captures.id"), nullable=False),
    Column("position", Number, nullable=False),
    Column("record_id", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("url", Words),
    Column("at", Moment, nullable=False),
    Column("status", Number),
    Column("media_type", Words),
    Column("payload_sha256", Words),
    Column("offset", Number, nullable=False),
    Column("length", Number, nullable=False),
    Column("refers_to", Words),
    Column("page_id", Words),
    _withdrawn(),
    UniqueConstraint("capture_id", "position"),
)

pins = _table(
    "pins",
    _sequence(),
    Column("citation_id", ForeignKey("citations.id"), nullable=False, index=True),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Words, nullable=False),
    Column("seen_at", Moment),
    Column("lag", Span),
    Column("capture_id", ForeignKey("captures.id"), index=True),
    Column("observation_id", ForeignKey("observations.id"), index=True),
    Column("note", Words),
    Column("memento_id", ForeignKey("mementos.id"), index=True),
    # Where the quoted words stand in what is pinned: W3C selectors and text fragments.
    Column("selectors", Json),
    _withdrawn(),
)

mementos = _table(
    "mementos",
    _sequence(),
    Column("id", Words, nullable=False, unique=True),
    # The digest of source, archive, address and time: an address can be long.
    Column("identity_sha256", Words, nullable=False, unique=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("archive", Words, nullable=False),
    Column("url", Words),
    Column("original", Words),
    Column("at", Moment, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("signal", Words, nullable=False),
    Column("confirmed", Flag, nullable=False),
    Column("fingerprint", Words),
    Column("reading", Json),
    Column("answers", Json),
    Column("note", Words),
    _withdrawn(),
    Index(None, "source_id", "at"),
)

pushes = _table(
    "pushes",
    Column("id", Words, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False, index=True),
    Column("capture_id", ForeignKey("captures.id"), nullable=False, index=True),
    Column("archive", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("next_try_at", Moment, index=True),
    Column("tries", Number, nullable=False),
    Column("job", Words),
    Column("memento_url", Words),
    Column("note", Words),
)

services = _table(
    "services",
    Column("name", Words, primary_key=True),
    Column("changed_at", Moment, nullable=False),
    Column("is_paused", Flag, nullable=False),
    Column("paused_until", Moment),
    Column("failures", Number, nullable=False),
    Column("reason", Words),
)

feeds = _table(
    "feeds",
    Column("id", Words, primary_key=True),
    Column("url_sha256", Words, nullable=False, unique=True),
    Column("url", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("next_due_at", Moment, index=True),
    Column("title", Words),
    Column("looked_at", Moment),
    Column("etag", Words),
    Column("modified", Words),
    Column("failures", Number, nullable=False),
    Column("note", Words),
    Column("every", Span),
    Column("from_now", Flag, nullable=False),
    Column("removed_at", Moment),
)

announcements = _table(
    "announcements",
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("url_sha256", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("first_at", Moment, nullable=False),
)

siblings = _table(
    "siblings",
    # The digest of host and directory: an address can be long.
    Column("place_sha256", Words, primary_key=True),
    Column("host", Words, nullable=False),
    Column("directory", Words, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("answer", Json, nullable=False),
)

# Who has answers with which bodies, by the first 60 bits of a body's digest; nothing is taken off.
# A copy of what the answers of observations, attempts, mementos and siblings say, for a takedown.
bodies = _table(
    "bodies",
    Column("digest_start", Number, primary_key=True, autoincrement=False),
    # A source, a citation, or the place of a sibling.
    Column("owner", Words, primary_key=True),
    is_its_key=True,
)

jobs = _table(
    "jobs",
    Column("id", Words, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    # When it was due, by our clock. All other times here are the database's.
    Column("slot", Moment, nullable=False),
    Column("domain", Words, nullable=False),
    Column("lane", Words, nullable=False),
    Column("is_urgent", Flag, nullable=False),
    Column("is_asked", Flag, nullable=False),
    Column("state", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("worker", Words),
    # The fence of the source's claim that it runs under.
    Column("fence", Number),
    Column("started_at", Moment),
    Column("tries", Number, nullable=False),
    Column("deaths", Number, nullable=False),
    # The look that was committed for it: no slot has two.
    Column("observation_id", Words),
    Column("note", Words),
    Column("finished_at", Moment),
    UniqueConstraint("source_id", "slot"),
)
QUEUED = "state = 'queued'"
"""Which jobs wait; said word for word in queries, as every condition of an index is."""
URGENT = "state = 'queued' AND is_urgent"
RUNNING = "state = 'running'"
QUARANTINED = "state = 'quarantined'"
_QUEUED = text(QUEUED)
Index(
    "ix_jobs_ready",
    jobs.c.lane,
    jobs.c.domain,
    jobs.c.not_before,
    sqlite_where=_QUEUED,
    postgresql_where=_QUEUED,
)
_URGENT = text(URGENT)
Index(
    "ix_jobs_urgent",
    jobs.c.lane,
    jobs.c.domain,
    jobs.c.not_before,
    sqlite_where=_URGENT,
    postgresql_where=_URGENT,
)
_RUNNING = text(RUNNING)
Index(
    "ix_jobs_running",
    jobs.c.source_id,
    sqlite_where=_RUNNING,
    postgresql_where=_RUNNING,
)
_QUARANTINED = text(QUARANTINED)
Index(
    "ix_jobs_quarantined",
    jobs.c.not_before,
    sqlite_where=_QUARANTINED,
    postgresql_where=_QUARANTINED,
)
Index("ix_jobs_finished_at", jobs.c.finished_at)

# Whose turn it is at a registrable domain, and from when on it may be asked again.
turns = _table(
    "turns",
    Column("domain", Words, primary_key=True),
    Column("worker", Words),
    Column("lease_until", Moment),
    Column("next_at", Moment),
)

workers = _table(
    "workers",
    Column("name", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("in_hand", Number, nullable=False),
    Column("conditions", Json, nullable=False),
)

incidents = _table(
    "incidents",
    _sequence(),
    Column("at", Moment, nullable=False),
    Column("worker", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("note", Words, nullable=False),
)

outbox = _table(
    "outbox",
    _sequence(),
    Column("event_id", Words, nullable=False, unique=True),
)

deliveries = _table(
    "deliveries",
    Column("id", Words, primary_key=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("notifier", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("next_try_at", Moment, index=True),
    Column("tries", Number, nullable=False),
    Column("sent_at", Moment),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", Words),
    Column("message_id", Words, index=True),
    Column("note", Words),
    Column("repetition", Number, nullable=False),
    Column("tried_since", Moment),
    Column("worker", Words),
    Column("lease_until", Moment),
    UniqueConstraint("event_id", "notifier"),
)

custody = _table(
    "custody",
    _sequence(),
    Column("id", Words, nullable=False, unique=True),
    Column("act", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("reason", Words),
    Column("source_id", ForeignKey("sources.id"), index=True),
    Column("article_id", ForeignKey("articles.id"), index=True),
    Column("detail", Json, nullable=False),
    _withdrawn(),
)

# Captures whose files are on their way to an object store, until their row is committed. One that
# was given up stays here: what comes late for it is refused.
uploads = _table(
    "uploads",
    Column("capture_id", Words, primary_key=True),
    # Who uploads, for people: the machine, and the token of the owner in its home directory.
    Column("owner", Words, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("given_up_at", Moment),
    Column("set_aside_at", Moment),
    # What it shows, and when it was begun to be made, as its manifest says: that may not arrive.
    Column("url", Words),
    Column("started_at", Moment),
    # The last sign of life of who sends, while that takes long.
    Column("alive_at", Moment),
    # When it was looked for once more: a file may arrive after the others were set aside.
    Column("looked_again_at", Moment),
)
_IN_HAND = text("set_aside_at IS NULL")
Index(
    "ix_uploads_begun_at",
    uploads.c.begun_at,
    sqlite_where=_IN_HAND,
    postgresql_where=_IN_HAND,
)
_TO_LOOK = text("given_up_at IS NOT NULL AND looked_again_at IS NULL")
Index(
    "ix_uploads_given_up_at",
    uploads.c.given_up_at,
    sqlite_where=_TO_LOOK,
    postgresql_where=_TO_LOOK,
)

APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "article_versions": ("title", "text"),
    "citation_places": ("found",),
    "attempts": ("note", "answers"),
    "observations": ("reading", "answers"),
    "verdicts": ("reason", "moved_to"),
    "features": ("seen", "page"),
    "events": ("reason",),
    "captures": ("url", "final_url", "title", "reason", "provenance"),
    "artifacts": ("note",),
    "records": ("url",),
    "pins": ("note", "selectors"),
    "mementos": ("url", "original", "reading", "answers", "note"),
    "custody": ("reason",),
}
"""Tables that are only ever added to, and the columns that a withdrawal empties."""
