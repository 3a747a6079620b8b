"""Claims: the right to look at one source, with a lease and a fence on its row."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from archiver.errors import ClaimError, NotFoundError
from archiver.ports import Claim
from archiver.store.clock import database_time
from archiver.store.database import Database
from archiver.store.tables import sources


class SqlClaims:
    """The port :class:`archiver.ports.Claims` on the database.

    A lease that lives is exclusive, also against the worker that holds it. One that has run out
    still counts until somebody else claims the source: late work is lost only to other work.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, source_id: str, worker: str, lease: timedelta) -> Claim | None:
        """Take the source, or return None when a living lease is on it.

        Raises:
            NotFoundError: there is no such source.
            ClaimError: its content was taken down.
        """
        return await self._database.write(
            partial(_claim, source_id=source_id, worker=worker, lease=lease)
        )

    async def extend(self, claim: Claim, lease: timedelta) -> bool:
        """Prolong the lease; false when it was lost."""
        prolong = update(sources).where(_held(claim)).values(lease_until=database_time(lease))
        return await self._database.write(lambda c: c.execute(prolong).rowcount == 1)

    async def standing(self) -> list[Claim]:
        """Return every claim that was not given back, whether its lease lives or not."""
        columns = (sources.c.id, sources.c.worker, sources.c.fence)
        query = select(*columns).where(sources.c.worker.is_not(None)).order_by(sources.c.id)
        return await self._database.read(
            lambda connection: [Claim(*row) for row in connection.execute(query)]
        )

    async def release(self, claim: Claim) -> None:
        """Give the source back; nothing happens when the claim was lost already."""
        free = update(sources).where(_held(claim)).values(worker=None, lease_until=None)
        await self._database.write(lambda connection: connection.execute(free).rowcount)


def assert_held(connection: Connection, claim: Claim, source_id: str) -> None:
    """Hold the claimed row until this transaction ends, so that nobody claims it meanwhile.

    Raises:
        ClaimError: another worker claimed the source, or the claim is of another one.
    """
    if claim.source_id != source_id:
        raise ClaimError(f"the claim is of source {claim.source_id}, the work of {source_id}")
    held = select(sources.c.id).where(_held(claim)).with_for_update()
    if connection.execute(held).one_or_none() is None:
        raise ClaimError(f"source {source_id} was claimed by another worker; nothing was stored")


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(
        sources.c.id == claim.source_id,
        sources.c.worker == claim.worker,
        sources.c.fence == claim.fence,
    )


def _claim(connection: Connection, source_id: str, worker: str, lease: timedelta) -> Claim | None:
    free = or_(sources.c.lease_until.is_(None), sources.c.lease_until <= database_time())
    taken = (
        update(sources)
        .where(sources.c.id == source_id, free, sources.c.taken_down_at.is_(None))
        .values(worker=worker, fence=sources.c.fence + 1, lease_until=database_time(lease))
        .returning(sources.c.fence)
    )
    fence = connection.execute(taken).scalar_one_or_none()
    if fence is not None:
        return Claim(source_id, worker, fence)
    known = select(sources.c.taken_down_at).where(sources.c.id == source_id)
    row = connection.execute(known).one_or_none()
    if row is None:
        raise NotFoundError(f"no source goes by {source_id!r}")
    if row.taken_down_at is not None:
        raise ClaimError(f"the content of source {source_id} was taken down: it is not looked at")
    return None
