"""Reading kept files again, a share at a time, and comparing them with their digests."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, func, select

from archiver.ports import Meter, Silent
from archiver.store.bucket_files import BucketFiles
from archiver.store.captures import to_artifact
from archiver.store.columns import Words
from archiver.store.files import HomeFiles
from archiver.store.inventory import (
    PAGE,
    RESTS_ON_ANSWERS,
    Rests,
    answers_in,
    list_again,
    rests_in,
)
from archiver.store.store import SqlStore
from archiver.store.sweep import Damage
from archiver.store.tables import artifacts


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What reading a share of all files found.

    ``unlisted`` are bodies that the list lacked that takedowns go by, whether they are well or not;
    they were added to it unless the home is read-only.
    """

    damaged: tuple[Damage, ...] = ()
    unlisted: tuple[Rests, ...] = ()


class Scrubber:
    """Goes through all files again and again, a share at each call.

    It begins where ``draw`` says (0 to 1), so that restarts do not always read the same files.
    """

    def __init__(
        self,
        files: HomeFiles | BucketFiles,
        store: SqlStore,
        share: float,
        draw: Callable[[], float],
        meter: Meter | None = None,
    ) -> None:
        self._files = files
        self._store = store
        self._share = min(share, 1.0)
        self._place = draw()
        self._meter = meter or Silent()

    async def scrub(self) -> Scrubbed:
        """Read the next share of all files, and return what is not as it was kept, or not listed.

        Raises:
            StoreError: the database refused, or the store does not answer.
        """
        start, self._place = self._place, (self._place + self._share) % 1.0
        damaged: list[Damage] = []
        unlisted: list[Rests] = []
        async for rows in self._share_of(_KEPT_FILES, artifacts.c.seq, start):
            kept = [(row.capture_id, to_artifact(row)) for row in rows]
            self._meter.count("scrubbed_total", len(kept))
            troubles = await self._files.troubles([one for _, one in kept], thorough=True)
            damaged += [
                Damage(capture_id, artifact.path, trouble)
                for (capture_id, artifact), trouble in zip(kept, troubles, strict=True)
                if trouble
            ]
        for resting in RESTS_ON_ANSWERS:
            key = resting.table.c[resting.key]
            async for rows in self._share_of(resting.rows(), key, start):
                unlisted += await list_again(self._store.database, rests_in(rows))
                for row in rows:
                    damaged += await self._damaged_blobs(row.of, answers_in(row))
        return Scrubbed(tuple(damaged), tuple(unlisted))

    async def _damaged_blobs(self, name: str, answers: Sequence[Any]) -> list[Damage]:
        digests = {one["body_sha256"] for one in answers} - {None}
        self._meter.count("scrubbed_total", len(digests))
        return [
            Damage(name, f"blobs/{sha256}", trouble)
            for sha256 in digests
            if (trouble := await self._files.blob_trouble(sha256))
        ]

    async def _share_of(
        self, query: Select[Any], key: Column[Any], start: float
    ) -> AsyncIterator[Sequence[Row[Any]]]:
        """Give the rows of a share of a query, page by page; ``key`` is what orders them."""
        is_digest = isinstance(key.type, Words)
        last = _PREFIXES if is_digest else await self._store.database.read(partial(_last, key=key))
        place = _prefix if is_digest else int
        begin, count = int(last * start), math.ceil(last * self._share)
        for low, high in ((begin, begin + count), (0, begin + count - last)):
            part = query.where(key > place(low), key <= place(max(high, 0))).limit(PAGE)
            page = part
            while rows := await self._store.database.read(partial(_all, query=page)):
                yield rows
                page = part.where(key > rows[-1].key)


_KEPT_FILES = (
    select(artifacts, artifacts.c.seq.label("key"))
    .where(artifacts.c.withdrawn_at.is_(None))
    .order_by(artifacts.c.seq)
)
_PREFIXES = 16**8
"""What the first eight digits of a digest count to."""


def _prefix(number: int) -> str:
    """Return the place before all digests that begin with a number, or after all there are."""
    return f"{number:08x}" if number < _PREFIXES else "g"


def _last(connection: Connection, key: Column[Any]) -> int:
    return connection.execute(select(func.max(key))).scalar() or 0


def _all(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query).all()
