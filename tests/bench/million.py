"""Fill a database with a large archive, by statements that the database itself carries out.

Sources are skewed over hosts as links are: a tenth is at one platform, the rest at hosts of which
a few are cited very often. Every source has the same number of looks, made in turns, so that rows
lie on the disk in the order of time. Texts are short: what is asked here reads none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text

from archiver.model.inquiry import Reading
from archiver.model.seen import Seen
from archiver.model.signals import Signal
from archiver.store.codec import to_json
from tests import build

NOW = datetime(2026, 11, 29, tzinfo=UTC)
"""The time at which the made archive is looked at."""
DAY = 86_400
LOOK_EVERY = 20 * DAY
PER_ARTICLE = 10
PLATFORM_HOST = "x.com"
DUE_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Size:
    """How much: sources, looks at each, articles with ``PER_ARTICLE`` citations each."""

    sources: int
    looks: int
    articles: int

    @property
    def hosts(self) -> int:
        """Hosts beside the platform's, one for twenty sources."""
        return max(self.sources // 20, 2)


def fill(engine: Engine, size: Size) -> None:
    """Write an archive into an empty database of the newest revision."""
    with engine.connect() as connection:
        dialect = _Sqlite() if engine.dialect.name == "sqlite" else _Postgresql()
        dialect.loosen(connection)
        for statement in _statements(dialect, size):
            with connection.begin():
                connection.execute(text(statement.replace(":", "\\:")))
        dialect.finish(connection)


class _Sqlite:
    def loosen(self, connection: Connection) -> None:
        """Write without syncing: what is made here is thrown away."""
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000"):
            self._outside(connection, f"PRAGMA {pragma}")

    def finish(self, connection: Connection) -> None:
        """Empty the log. No ANALYZE: an archive grows without one, and its plans must hold."""
        self._outside(connection, "PRAGMA wal_checkpoint(TRUNCATE)")

    def _outside(self, connection: Connection, statement: str) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(statement)

    def series(self, last: int) -> str:
        return (
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            f" WHERE i < {last}) SELECT i FROM n) AS n"
        )

    def name(self, prefix: str, number: str, width: int = 25) -> str:
        return f"printf('{prefix}%0{width}d', {number})"

    def time(self, seconds: str) -> str:
        return f"strftime('%Y-%m-%dT%H:%M:%S.000000Z', {seconds}, 'unixepoch')"

    def hex(self, number: str) -> str:
        return f"printf('%08x', {number})"

    def flag(self, condition: str) -> str:
        return f"({condition})"


class _Postgresql:
    def loosen(self, connection: Connection) -> None:
        """Check no foreign keys: what is made here keeps them by itself."""
        with connection.begin():
            connection.exec_driver_sql("SET session_replication_role = replica")
            connection.exec_driver_sql("SET synchronous_commit = off")
            connection.exec_driver_sql("SET statement_timeout = 0")

    def finish(self, connection: Connection) -> None:
        """Do what autovacuum does in time."""
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        alone.exec_driver_sql("VACUUM (ANALYZE)")

    def series(self, last: int) -> str:
        return f"generate_series(1::bigint, {last}) AS n(i)"

    def name(self, prefix: str, number: str, width: int = 25) -> str:
        return f"'{prefix}' || lpad(({number})::text, {width}, '0')"

    def time(self, seconds: str) -> str:
        return f"to_timestamp({seconds})"

    def hex(self, number: str) -> str:
        return f"lpad(to_hex({number}), 8, '0')"

    def flag(self, condition: str) -> str:
        return f"({condition})"


def _random(multiplier: int, of: str = "i") -> str:
    """Return an expression between 0 and 2**32 that looks random, of the number ``i``."""
    return f"(({of} * {multiplier}) % 4294967296)"


_MULTIPLIERS = (2654435761, 1597334677, 3812015801, 747796405)
_PLACE, _DUE, _STATE, _AUTHOR = (_random(one) for one in _MULTIPLIERS)


def body_of(number: int) -> str:
    """Return the digest of a look's body. Looks are numbered from 1 on, those of a turn in a row.

    No two are the same: it is the most that the list of bodies can come to.
    """
    first, second = (number * one % 2**32 for one in _MULTIPLIERS[:2])
    return f"{first:08x}{second:08x}{number:048}"


def _share(expression: str, share: float) -> str:
    return f"{expression} < {int(share * 2**32)}"


_ENDS = (
    (0.80, "present"), (0.85, "moved"), (0.86, "suspect"), (0.94, "gone"), (0.96, "restricted"),
    (0.98, "unreachable"), (1.0, "unknown"),
)  # fmt: skip
_WHENS = " ".join(f"WHEN {_share(_STATE, end)} THEN '{kind}'" for end, kind in _ENDS)
_KIND = f"CASE {_WHENS} END"
_IS_ABSENT = f"({_STATE} >= {int(0.85 * 2**32)} AND {_STATE} < {int(0.94 * 2**32)})"
_SIGNAL = f"CASE WHEN {_IS_ABSENT} THEN 'not_found' ELSE 'present' END"
_ON_PLATFORM = "i % 10 = 0"


def _statements(sql: _Sqlite | _Postgresql, size: Size) -> list[str]:
    made = [_sources(sql, size)]
    for number in range(size.looks):
        made += [_observations(sql, size, number), _bodies(sql, size, number)]
        made.append(_verdicts(sql, size, number))
        if number >= size.looks - 2:
            made.append(_features(sql, size, number))
    return [*made, *_articles(sql, size), *_events(sql, size)]


def _sources(sql: _Sqlite | _Postgresql, size: Size) -> str:
    now = int(NOW.timestamp())
    u = f"({_PLACE} / 4294967296.0)"
    host = (
        f"CASE WHEN {_ON_PLATFORM} THEN '{PLATFORM_HOST}' ELSE "
        f"'site' || CAST({size.hosts} * {u} * {u} * {u} AS integer) || '.example' END"
    )
    due = (
        f"{now} + CASE WHEN {_share(_DUE, DUE_SHARE)} THEN -({_DUE} % 20000) - 1"
        f" ELSE {_DUE} % {60 * DAY} END"
    )
    return f"""
        INSERT INTO sources (id, name_sha256, platform, key, url, host, domain, author, added_at,
            next_due_at, paused, removed_at, verdict, fence)
        SELECT {sql.name("S", "i")}, {sql.name("", "i", 64)},
            CASE WHEN {_ON_PLATFORM} THEN 'x' ELSE 'web' END, {sql.name("", "i", 19)},
            'https://' || ({host}) || '/' || i, {host}, {host},
            CASE WHEN {_ON_PLATFORM} THEN 'x:' || ({_AUTHOR} % {max(size.sources // 300, 1)}) END,
            {sql.time(f"{now} - {size.looks} * {LOOK_EVERY} - 1000")}, {sql.time(due)},
            {sql.flag("i % 100 = 1")},
            CASE WHEN i % 100 = 2 THEN {sql.time(str(now))} END, {_KIND}, 0
        FROM {sql.series(size.sources)}"""


def _look_time(sql: _Sqlite | _Postgresql, size: Size, number: int) -> str:
    now = int(NOW.timestamp())
    back = (size.looks - number) * LOOK_EVERY
    return sql.time(f"{now} - {back} + i * {LOOK_EVERY} / {size.sources}")


def _observations(sql: _Sqlite | _Postgresql, size: Size, number: int) -> str:
    is_last = number == size.looks - 1
    here = to_json(Reading(Signal.PRESENT, "It is served.", content_sha256="ab" * 32))
    digest = "".join(
        f"' || {part} || '"
        for part in (*map(sql.hex, _body(size, number)), sql.name("", _look(size, number), 48))
    )
    answers = _json(to_json((build.kept_answer(body_sha256=_HERE),))).replace(_HERE, digest)
    return f"""
        INSERT INTO observations (id, source_id, at, signal, confirmed, fingerprint, reading,
            answers, vantage)
        SELECT {sql.name(f"O{number:03}", "i", 22)}, {sql.name("S", "i")},
            {_look_time(sql, size, number)}, {_SIGNAL if is_last else "'present'"},
            {sql.flag("1 = 0")}, {sql.name("", "i", 64)}, '{_json(here)}', '{answers}',
            '{_json(to_json(build.vantage()))}'
        FROM {sql.series(size.sources)}"""


_HERE = "(the digest)"


def _look(size: Size, number: int) -> str:
    return f"(i + {number * size.sources})"


def _body(size: Size, number: int) -> list[str]:
    """Return expressions of the first and the second 32 bits of a body's digest."""
    return [_random(one, _look(size, number)) for one in _MULTIPLIERS[:2]]


def _bodies(sql: _Sqlite | _Postgresql, size: Size, number: int) -> str:
    first, second = _body(size, number)
    return f"""
        INSERT INTO bodies (digest_start, owner)
        SELECT {first} * {2**28} + {second} / 16 AS start, {sql.name("S", "i")}
        FROM {sql.series(size.sources)} ORDER BY start"""


def _verdicts(sql: _Sqlite | _Postgresql, size: Size, number: int) -> str:
    at = _look_time(sql, size, number)
    is_last = number == size.looks - 1
    return f"""
        INSERT INTO verdicts (source_id, observation_id, at, kind, rule, reason, since, rests_on,
            last_seen, first_gone)
        SELECT {sql.name("S", "i")}, {sql.name(f"O{number:03}", "i", 22)}, {at},
            {_KIND if is_last else "'present'"}, 'served', 'It is served at its own address.',
            {at}, '[]', {at}, {f"CASE WHEN {_IS_ABSENT} THEN {at} END" if is_last else "NULL"}
        FROM {sql.series(size.sources)}"""


def _features(sql: _Sqlite | _Postgresql, size: Size, number: int) -> str:
    one = Seen("O", NOW, Signal.PRESENT, "It is served.", asked="https://site.example/a")
    seen = _json(to_json(one))
    return f"""
        INSERT INTO features (observation_id, source_id, at, extractor, seen)
        SELECT {sql.name(f"O{number:03}", "i", 22)}, {sql.name("S", "i")},
            {_look_time(sql, size, number)}, 'bench', '{seen}'
        FROM {sql.series(size.sources)}"""


def _articles(sql: _Sqlite | _Postgresql, size: Size) -> list[str]:
    now, count = int(NOW.timestamp()), size.articles * PER_ARTICLE
    source = sql.name("S", f"1 + ({_PLACE} % {size.sources})")
    found = _json(to_json(build.found()))
    article = f"1 + (i - 1) / {PER_ARTICLE}"
    return [
        f"""INSERT INTO articles (id, identity_sha256, title, url, added_at, read_due_at)
            SELECT {sql.name("A", "i")}, {sql.name("", "i", 64)}, 'An article',
                'https://news.example/' || i, {sql.time(f"{now} - {DAY} + i % {DAY}")},
                CASE WHEN i % 200 = 0 THEN {sql.time(str(now))} END
            FROM {sql.series(size.articles)}""",
        f"""INSERT INTO article_versions (id, article_id, title, text, text_sha256, seen_at)
            SELECT {sql.name("V", "i")}, {sql.name("A", "i")}, 'An article', 'Its text.',
                {sql.name("", "i", 64)}, {sql.time(str(now))}
            FROM {sql.series(size.articles)}""",
        f"""INSERT INTO citations (id, article_id, source_id, resolution, added_at)
            SELECT {sql.name("C", "i")}, {sql.name("A", article)},
                CASE WHEN i % 50 <> 0 THEN {source} END, 'resolved', {sql.time(str(now))}
            FROM {sql.series(count)}""",
        f"""INSERT INTO citation_places (version_id, citation_id, position, found)
            SELECT {sql.name("V", article)}, {sql.name("C", "i")}, i % {PER_ARTICLE}, '{found}'
            FROM {sql.series(count)}""",
    ]


def _events(sql: _Sqlite | _Postgresql, size: Size) -> list[str]:
    """Return two findings of each citation, and a verdict of every fifth source."""
    now, count = int(NOW.timestamp()), size.articles * PER_ARTICLE
    findings = [
        f"""INSERT INTO events (id, kind, at, citation_id, after, reason)
            SELECT {sql.name(f"E{turn}", "i", 24)}, 'finding', {sql.time(f"{now} - {ago}")},
                {sql.name("C", "i")}, CASE WHEN i % 7 = {turn} THEN 'changed' ELSE 'intact' END,
                'It stands.'
            FROM {sql.series(count)} WHERE i % 50 <> 0"""
        for turn, ago in enumerate((20 * DAY, DAY))
    ]
    verdicts = f"""
        INSERT INTO events (id, kind, at, source_id, before, after, reason)
        SELECT {sql.name("E9", "i", 24)}, 'verdict', {sql.time(f"{now} - i % {DAY}")},
            {sql.name("S", "i * 5")}, 'present', 'gone', 'It is gone.'
        FROM {sql.series(size.sources // 5)}"""
    return [*findings, verdicts]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("'", "''")
