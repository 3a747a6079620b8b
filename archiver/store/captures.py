"""Captures and the index of their WARC records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, insert, select

from archiver.errors import NotFoundError
from archiver.model.capture import (
    Artifact,
    ArtifactKind,
    Capture,
    CaptureOutcome,
    Gate,
    HeldPayload,
    WarcRecord,
)
from archiver.model.signals import Signal
from archiver.ports import Claim, Holding
from archiver.store.claims import assert_held
from archiver.store.codec import to_json
from archiver.store.database import Database
from archiver.store.tables import artifacts, captures, observations, records
from archiver.store.uploads import close_upload

_RECORD_FIELDS = tuple(field.name for field in fields(WarcRecord))
_WITHDRAWN = "(withdrawn)"
MOST_HELD = 5000
"""Payloads that a capture is told of; what is left out is stored once more."""


class SqlCaptures:
    """The port :class:`archiver.ports.Captures` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, claim: Claim, capture: Capture, records: Sequence[WarcRecord]) -> None:
        """Commit a capture whose files are published already; this is the acknowledgement."""

        def change(connection: Connection) -> None:
            assert_held(connection, claim, capture.source_id)
            close_upload(connection, capture.id)
            _append(connection, capture, records)

        await self._database.write(change)

    async def of(self, source_id: str) -> list[Capture]:
        """Return all captures of a source, oldest first."""
        query = select(captures).where(captures.c.source_id == source_id)
        return await self._database.read(lambda connection: _captures(connection, query))

    async def holding(self, source_id: str) -> Holding | None:
        """Return what the captures of a source with files come to, or None without any."""
        return await self._database.read(partial(_holding, source_id=source_id))

    async def capture(self, capture_id: str) -> Capture:
        """Return one capture."""
        query = select(captures).where(captures.c.id == capture_id)
        found = await self._database.read(lambda connection: _captures(connection, query))
        if not found:
            raise NotFoundError(f"no capture goes by {capture_id!r}")
        return found[0]

    async def record_of(self, capture: Capture) -> WarcRecord | None:
        """Return the WARC record that holds a capture's main document, or None."""
        addresses = [url for url in (capture.final_url, capture.url) if url]
        query = (
            select(records)
            .where(
                records.c.capture_id == capture.id,
                records.c.url.in_(addresses),
                records.c.type.in_(("response", "revisit", "resource")),
                records.c.withdrawn_at.is_(None),
            )
            .order_by(records.c.position)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        best = min(rows, key=lambda row: addresses.index(row.url), default=None)
        return None if best is None else _to_record(best)

    async def held(self, source_id: str) -> dict[str, HeldPayload]:
        """Return the payloads that accepted captures of the source hold in full, by digest.

        Of several that hold the same payload, the first; of more than :data:`MOST_HELD`, those
        that were kept last. A page that is new at each visit must not make each order longer.
        """
        query = (
            select(
                records.c.payload_sha256,
                records.c.url,
                records.c.record_id,
                records.c.at,
                records.c.capture_id,
            )
            .join(captures, captures.c.id == records.c.capture_id)
            .where(
                captures.c.source_id == source_id,
                captures.c.gate == Gate.ACCEPTED.value,
                captures.c.withdrawn_at.is_(None),
                records.c.withdrawn_at.is_(None),
                records.c.type == "response",
                records.c.status == 200,
                records.c.payload_sha256.is_not(None),
            )
            # The first comes last, and stays in the dictionary.
            .order_by(captures.c.seq.desc(), records.c.position.desc())
            .limit(MOST_HELD)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return {row.payload_sha256: HeldPayload(*row) for row in rows}


_has_files = exists().where(artifacts.c.capture_id == captures.c.id)
_WITH_FILES = (
    select(
        captures.c.id,
        captures.c.outcome,
        captures.c.observation_id,
        observations.c.signal,
        observations.c.fingerprint,
        observations.c.withdrawn_at,
    )
    .join(observations, observations.c.id == captures.c.observation_id, isouter=True)
    .where(captures.c.source_id == bindparam("source"), _has_files)
    .order_by(captures.c.started_at.desc(), captures.c.seq.desc())
    .limit(1)
)
_ACCEPTED = (
    select(captures.c.seq)
    .where(
        captures.c.source_id == bindparam("source"),
        captures.c.gate == Gate.ACCEPTED.value,
        _has_files,
    )
    .limit(1)
)


def _holding(connection: Connection, source_id: str) -> Holding | None:
    of_source = {"source": source_id}
    newest = connection.execute(_WITH_FILES, of_source).one_or_none()
    if newest is None:
        return None
    return Holding(
        has_accepted=connection.execute(_ACCEPTED, of_source).one_or_none() is not None,
        observation_id=newest.observation_id,
        signal=None if newest.signal is None else Signal(newest.signal),
        fingerprint=newest.fingerprint if newest.withdrawn_at is None else None,
        has_crashed=_has_crashed(connection, newest.id, newest.outcome),
    )


def _has_crashed(connection: Connection, capture_id: str, outcome: str) -> bool:
    if outcome == CaptureOutcome.COMPLETE.value:
        return False  # the usual case, which reads nothing more
    query = select(captures).where(captures.c.id == capture_id)
    return _captures(connection, query)[0].has_crashed


def _append(connection: Connection, capture: Capture, index: Sequence[WarcRecord]) -> None:
    connection.execute(insert(captures), _capture_row(capture))
    files = [_artifact_row(capture, *numbered) for numbered in enumerate(capture.artifacts)]
    if files:
        connection.execute(insert(artifacts), files)
    rows = [_record_row(capture, *numbered) for numbered in enumerate(index)]
    if rows:
        connection.execute(insert(records), rows)


def _capture_row(capture: Capture) -> dict[str, Any]:
    return {
        "id": capture.id,
        "source_id": capture.source_id,
        "observation_id": capture.observation_id,
        "url": capture.url,
        "final_url": capture.final_url,
        "title": capture.title,
        "outcome": capture.outcome.value,
        "gate": capture.gate.value,
        "reason": capture.reason,
        "http_status": capture.http_status,
        "started_at": capture.started_at,
        "finished_at": capture.finished_at,
        "records": capture.records,
        "bytes": capture.bytes,
        "provenance": to_json(capture.provenance),
    }


def _artifact_row(capture: Capture, position: int, artifact: Artifact) -> dict[str, Any]:
    return {
        "capture_id": capture.id,
        "position": position,
        "kind": artifact.kind.value,
        "path": artifact.path,
        "bytes": artifact.bytes,
        "sha256": artifact.sha256,
        "media_type": artifact.media_type,
        "note": artifact.note,
    }


def _record_row(capture: Capture, position: int, record: WarcRecord) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in _RECORD_FIELDS}
    return {"capture_id": capture.id, "position": position, **values}


def _captures(connection: Connection, query: Select[Any]) -> list[Capture]:
    rows = connection.execute(query.order_by(captures.c.started_at, captures.c.seq)).all()
    files = connection.execute(
        select(artifacts)
        .where(artifacts.c.capture_id.in_(query.with_only_columns(captures.c.id)))
        .order_by(artifacts.c.capture_id, artifacts.c.position)
    )
    by_capture = {
        capture_id: tuple(to_artifact(row) for row in group)
        for capture_id, group in groupby(files, key=lambda row: row.capture_id)
    }
    return [_to_capture(row, by_capture.get(row.id, ())) for row in rows]


def _to_capture(row: Row[Any], files: tuple[Artifact, ...]) -> Capture:
    return Capture(
        id=row.id,
        source_id=row.source_id,
        url=_WITHDRAWN if row.url is None else row.url,
        final_url=row.final_url,
        outcome=CaptureOutcome(row.outcome),
        gate=Gate(row.gate),
        reason=row.reason,
        http_status=row.http_status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        artifacts=files,
        records=row.records,
        bytes=row.bytes,
        observation_id=row.observation_id,
        title=row.title,
        provenance=row.provenance or {},
        is_withdrawn=row.withdrawn_at is not None,
    )


def to_artifact(row: Row[Any]) -> Artifact:
    """Read a row of ``artifacts``."""
    return Artifact(
        kind=ArtifactKind(row.kind),
        path=row.path,
        bytes=row.bytes,
        sha256=row.sha256,
        media_type=row.media_type,
        note=row.note,
    )


def _to_record(row: Row[Any]) -> WarcRecord:
    return WarcRecord(**{name: getattr(row, name) for name in _RECORD_FIELDS})
