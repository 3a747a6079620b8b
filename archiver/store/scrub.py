"""Reading kept files again, a share at a time, and comparing them with their digests."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, func, select

from archiver.errors import FilesError
from archiver.model.service import ServiceState
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
from archiver.store.sweep import Damage, still_named
from archiver.store.tables import artifacts


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What reading a share of all files found.

    ``unlisted`` are bodies that the list lacked that takedowns go by, whether they are well or not;
    they were added to it unless the home is read-only.
    """

    damaged: tuple[Damage, ...] = ()
    unlisted: tuple[Rests, ...] = ()


Rows = Sequence[Row[Any]]
Told = Callable[[Scrubbed], Awaitable[None]]
"""Hears what the reading of a page of rows found."""
SERVICE = "scrub:"
"""With the name of a table: under which the place is kept that its rows were read up to."""

GIVEN_UP_AFTER = timedelta(days=2)
"""Longer than a store is away as a rule, and far shorter than a round."""


async def _unheard(_found: Scrubbed) -> None:
    """Take no notice."""


class Scrubber:
    """Goes through all files again and again, a share at each call.

    How far it came is kept in the database, for each table of its own, and moves on only after
    what was read and told: what breaks off is gone on with, by another process, too. Several on
    one database share the work, or do some of it twice.
    """

    def __init__(
        self,
        files: HomeFiles | BucketFiles,
        store: SqlStore,
        share: float,
        meter: Meter | None = None,
    ) -> None:
        self._files = files
        self._store = store
        self._share = min(share, 1.0)
        self._meter = meter or Silent()

    async def scrub(self, told: Told = _unheard) -> Scrubbed:
        """Read the next share of all files, and return what is not as it was kept, or not listed.

        ``told`` hears of it page by page. Where it refuses, or the store does not answer, the same
        page comes again with the next call. One with a file that never answers is left for the next
        round after two days.

        Raises:
            StoreError: the database refused, or the store does not answer.
        """
        damaged: list[Damage] = []
        unlisted: list[Rests] = []
        away: FilesError | None = None
        for query, key, read in self._readings():
            try:
                async with aclosing(self._share_of(query, key)) as pages:
                    async for rows in pages:
                        try:
                            found = await read(rows)
                        except FilesError as error:
                            if not await self._is_given_up(key):
                                raise
                            away = away or error
                            continue
                        if found != Scrubbed():
                            await told(found)
                        damaged += found.damaged
                        unlisted += found.unlisted
            except FilesError as error:  # of one object: those of other tables may be there
                away = away or error
        if away is not None:
            raise away
        return Scrubbed(tuple(damaged), tuple(unlisted))

    def _readings(
        self,
    ) -> Iterator[tuple[Select[Any], Column[Any], Callable[[Rows], Awaitable[Scrubbed]]]]:
        """Give what is gone through, by which key, and how a page of it is read."""
        yield _KEPT_FILES, artifacts.c.seq, self._read_files
        for one in RESTS_ON_ANSWERS:
            yield one.rows(), one.table.c[one.key], self._read_bodies

    async def _read_files(self, rows: Rows) -> Scrubbed:
        kept = [(row.capture_id, to_artifact(row)) for row in rows]
        self._meter.count("scrubbed_total", len(kept))
        troubles = await self._files.troubles([one for _, one in kept], thorough=True)
        damaged = [
            Damage(capture_id, artifact.path, trouble)
            for (capture_id, artifact), trouble in zip(kept, troubles, strict=True)
            if trouble
        ]
        return Scrubbed(await still_named(self._store, damaged))

    async def _read_bodies(self, rows: Rows) -> Scrubbed:
        damaged: list[Damage] = []
        for row in rows:
            damaged += await self._damaged_blobs(row.of, answers_in(row))
        # Last: one that was listed once is not told a second time.
        unlisted = await list_again(self._store.database, rests_in(rows))
        return Scrubbed(await still_named(self._store, damaged), tuple(unlisted))

    async def _damaged_blobs(self, name: str, answers: Sequence[Any]) -> list[Damage]:
        digests = {one["body_sha256"] for one in answers} - {None}
        self._meter.count("scrubbed_total", len(digests))
        return [
            Damage(name, f"blobs/{sha256}", trouble)
            for sha256 in digests
            if (trouble := await self._files.blob_trouble(sha256))
        ]

    async def _share_of(self, query: Select[Any], key: Column[Any]) -> AsyncGenerator[Rows]:
        """Give the rows of the next share of a query, page by page; ``key`` is what orders them.

        The place moves on when the next page is asked for.
        """
        database, service = self._store.database, _service(key)
        newest = await database.read(lambda c: c.execute(select(func.max(key))).scalar())
        if newest is None:
            return
        state = await self._store.services.state(service)
        kept = state.reason if state is not None else None
        is_digest = isinstance(key.type, Words)
        place = _prefix if is_digest else int
        last = _PREFIXES if is_digest else newest
        begin = min(_number(kept, is_digest=is_digest), last)
        after = (kept if is_digest else begin) if kept is not None else place(0)
        end = begin + math.ceil(last * self._share)
        for low, high in ((after, end), (place(0), end - last)):
            part = query.where(key > low, key <= place(max(high, 0))).limit(PAGE)
            page = part
            while rows := await database.read(partial(_all, query=page)):
                yield rows
                await self._keep(service, rows[-1].key)
                page = part.where(key > rows[-1].key)
        await self._keep(service, place(end if end < last else end - last))

    async def _is_given_up(self, key: Column[Any]) -> bool:
        """Note that the page at the place cannot be read; tell whether it is so for long enough."""
        at, service = await self._store.workers.now(), _service(key)
        known = await self._store.services.state(service) or ServiceState(service, at)
        failing = replace(known, failures=known.failures + 1)
        if not known.failures:
            failing = replace(failing, changed_at=at)
        if at - failing.changed_at >= GIVEN_UP_AFTER:
            return True
        await self._store.services.keep(failing)
        return False

    async def _keep(self, service: str, place: str | int) -> None:
        at = await self._store.workers.now()
        await self._store.services.keep(ServiceState(service, at, reason=str(place)))


_KEPT_FILES = (
    select(artifacts, artifacts.c.seq.label("key"))
    .where(artifacts.c.withdrawn_at.is_(None))
    .order_by(artifacts.c.seq)
)
_PREFIXES = 16**8
"""What the first eight digits of a digest count to."""


def _service(key: Column[Any]) -> str:
    return f"{SERVICE}{key.table.name}"


def _prefix(number: int) -> str:
    """Return the place before all digests that begin with a number, or after all there are."""
    return f"{number:08x}" if number < _PREFIXES else "g"


def _number(kept: str | None, *, is_digest: bool) -> int:
    """Return the number of a place as it was kept."""
    if kept is None:
        return 0
    return int(kept[: len(_prefix(0))], 16) if is_digest else int(kept)


def _all(connection: Connection, query: Select[Any]) -> Rows:
    return connection.execute(query).all()
