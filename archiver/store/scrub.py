"""Reading kept files again, a share at a time, and comparing them with their digests."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from archiver.ports import Meter, Silent
from archiver.store.bucket_files import BucketFiles
from archiver.store.captures import to_artifact
from archiver.store.files import HomeFiles
from archiver.store.inventory import PAGE, RESTS_ON_ANSWERS
from archiver.store.store import SqlStore
from archiver.store.sweep import Damage
from archiver.store.tables import artifacts


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

    async def scrub(self) -> list[Damage]:
        """Read the next share of all files, and return what is not as it was kept.

        Raises:
            StoreError: the database refused, or the store does not answer.
        """
        start, self._place = self._place, (self._place + self._share) % 1.0
        damaged: list[Damage] = []
        async for rows in self._share_of(artifacts, start):
            kept = [(row.capture_id, to_artifact(row)) for row in rows]
            self._meter.count("scrubbed_total", len(kept))
            troubles = await self._files.troubles([one for _, one in kept], thorough=True)
            damaged += [
                Damage(capture_id, artifact.path, trouble)
                for (capture_id, artifact), trouble in zip(kept, troubles, strict=True)
                if trouble
            ]
        for table, of in RESTS_ON_ANSWERS:
            async for rows in self._share_of(table, start):
                for row in rows:
                    damaged += await self._damaged_blobs(getattr(row, of), row.answers)
        return damaged

    async def _damaged_blobs(self, name: str, answers: Sequence[Any]) -> list[Damage]:
        digests = {one["body_sha256"] for one in answers} - {None}
        self._meter.count("scrubbed_total", len(digests))
        return [
            Damage(name, f"blobs/{sha256}", trouble)
            for sha256 in digests
            if (trouble := await self._files.blob_trouble(sha256))
        ]

    async def _share_of(self, table: Table, start: float) -> AsyncIterator[Sequence[Row[Any]]]:
        """Give the rows of a share of a table that were not withdrawn, page by page."""
        last = await self._store.database.read(partial(_last, table=table))
        begin, count = int(last * start), math.ceil(last * self._share)
        for low, high in ((begin, begin + count), (0, begin + count - last)):
            after = low
            while rows := await self._store.database.read(
                partial(_page, table=table, after=after, until=high)
            ):
                yield rows
                after = rows[-1].seq


def _last(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.max(table.c.seq))).scalar() or 0


def _page(connection: Connection, table: Table, after: int, until: int) -> Sequence[Row[Any]]:
    return connection.execute(
        select(table)
        .where(table.c.seq > after, table.c.seq <= until, table.c.withdrawn_at.is_(None))
        .order_by(table.c.seq)
        .limit(PAGE)
    ).all()
