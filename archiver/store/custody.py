"""Custody: the append-only record of who did what to evidence, and why."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from sqlalchemy import Select, func, select

from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.ports import Claim
from archiver.store.database import Database
from archiver.store.entries import held_by, holds_on, keep_entry, standing_holds, to_entry
from archiver.store.inventory import rested_on
from archiver.store.tables import custody
from archiver.store.takedown import refuse_held, take_down, watch_again

_IS_TAKEDOWN = custody.c.act == CustodyAct.TAKEDOWN.value


class SqlCustody:
    """The port :class:`archiver.ports.Custody` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, entry: CustodyEntry) -> None:
        """Append an entry; a hold names the takedowns that were before it.

        Raises:
            InputError: the hold that a release names does not stand any more.
        """
        await self._database.write(partial(keep_entry, entry=entry))

    async def all(self) -> list[CustodyEntry]:
        """Return every entry, oldest first."""
        return await self._entries(select(custody))

    async def of(self, source_id: str) -> list[CustodyEntry]:
        """Return the entries of a source, oldest first."""
        return await self._entries(select(custody).where(custody.c.source_id == source_id))

    async def of_article(self, article_id: str) -> list[CustodyEntry]:
        """Return the entries of an article, oldest first."""
        return await self._entries(select(custody).where(custody.c.article_id == article_id))

    async def takedowns(self) -> list[tuple[int, CustodyEntry]]:
        """Return every takedown with its number, in the order they were written."""
        query = select(custody).where(_IS_TAKEDOWN).order_by(custody.c.seq)
        return await self._database.read(
            lambda c: [(row.seq, to_entry(row)) for row in c.execute(query)]
        )

    async def takedown_count(self) -> int:
        """Return how many takedowns there are."""
        query = select(func.count()).select_from(custody).where(_IS_TAKEDOWN)
        return await self._database.read(lambda c: c.scalar(query) or 0)

    async def holds(self) -> list[CustodyEntry]:
        """Return the holds that were not released, oldest first."""
        return await self._database.read(standing_holds)

    async def held(self) -> list[str]:
        """Return the IDs of sources under a hold, their own or that of an article citing them."""
        return await self._database.read(lambda c: sorted(held_by(c)))

    async def holding(self, source_id: str) -> list[CustodyEntry]:
        """Return the holds that a source is under, its own first."""
        return await self._database.read(partial(holds_on, source_id=source_id))

    async def refuse_held(self, source_id: str | None, article_id: str | None) -> None:
        """Refuse to take a source and an article's text down while a hold forbids it.

        Raises:
            InputError: one does.
        """
        asked = partial(refuse_held, source_id=source_id, article_id=article_id)
        await self._database.read(asked)

    async def take_down(
        self, entry: CustodyEntry, claim: Claim | None, *, keep_watching: bool
    ) -> CustodyEntry:
        """Empty all content of the entry's source and article, and append the entry, at once."""
        kept = await self._database.write(
            partial(take_down, entry=entry, claim=claim, keep_watching=keep_watching)
        )
        await self._database.purge()
        return kept

    async def watch_again(self, entry: CustodyEntry) -> None:
        """Let a source that was taken down be looked at again; append the entry."""
        await self._database.write(partial(watch_again, entry=entry))

    async def rested_on(self, digests: Collection[str]) -> set[str]:
        """Return those of some bodies that anything still rests on."""
        return await rested_on(self._database, digests)

    async def _entries(self, query: Select[Any]) -> list[CustodyEntry]:
        ordered = query.order_by(custody.c.seq)
        return await self._database.read(
            lambda connection: [to_entry(row) for row in connection.execute(ordered)]
        )
