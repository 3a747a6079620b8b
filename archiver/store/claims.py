"""Claims: the right to look at one source, with a lease and a fence on its row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    or_,
    select,
    tuple_,
    update,
)

from archiver.errors import ClaimError, NotFoundError
from archiver.ports import Claim
from archiver.store.clock import database_time
from archiver.store.database import Database
from archiver.store.statements import in_parts
from archiver.store.tables import jobs, sources


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
        prolong = update(sources).where(held(claim)).values(lease_until=database_time(lease))
        return await self._database.write(lambda c: c.execute(prolong).rowcount == 1)

    async def extend_all(self, claims: Sequence[Claim], lease: timedelta) -> list[Claim]:
        """Prolong several leases in one go; return the claims that were lost."""
        return await self._database.write(partial(_extend_all, claims=claims, lease=lease))

    async def standing(self) -> list[Claim]:
        """Return every claim that was not given back, whether its lease lives or not."""
        of_claim = and_(jobs.c.id == sources.c.job_id, jobs.c.fence == sources.c.fence)
        query = (
            select(sources.c.id, sources.c.worker, sources.c.fence, jobs.c.id)
            .join(jobs, of_claim, isouter=True)
            .where(sources.c.worker.is_not(None))
            .order_by(sources.c.id)
        )
        return await self._database.read(
            lambda connection: [Claim(*row) for row in connection.execute(query)]
        )

    async def release(self, claim: Claim) -> None:
        """Give the source back; nothing happens when the claim was lost already."""
        free = update(sources).where(held(claim)).values(worker=None, lease_until=None)
        await self._database.write(lambda connection: connection.execute(free).rowcount)


# Made once: every look asks for it.
_HOLD = (
    select(sources.c.id, sources.c.worker, sources.c.fence, sources.c.job_id)
    .where(sources.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(sources.c.id)
    .with_for_update()
)


def hold_all(connection: Connection, source_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Hold the rows of sources until this transaction ends; return who claims them, by source.

    In one order everywhere: in another one two such transactions could wait for each other.
    """
    found: dict[str, Row[Any]] = {}
    for part in in_parts(sorted(set(source_ids))):
        found.update({row.id: row for row in connection.execute(_HOLD, {"ids": part})})
    return found


def assert_held(connection: Connection, claim: Claim, source_id: str) -> None:
    """Hold the claimed row until this transaction ends, so that nobody claims it meanwhile.

    Raises:
        ClaimError: another worker claimed the source, or the claim is of another one.
    """
    if claim.source_id != source_id:
        raise ClaimError(f"the claim is of source {claim.source_id}, the work of {source_id}")
    still = select(sources.c.id).where(held(claim)).with_for_update()
    if connection.execute(still).one_or_none() is None:
        raise ClaimError(f"source {source_id} was claimed by another worker; nothing was stored")


def held(claim: Claim) -> ColumnElement[bool]:
    """Return the condition that a source is held by a claim, its lease alive or not."""
    return and_(
        sources.c.id == claim.source_id,
        sources.c.worker == claim.worker,
        sources.c.fence == claim.fence,
    )


def is_free() -> ColumnElement[bool]:
    """Return the condition that no living lease is on a source."""
    return or_(sources.c.lease_until.is_(None), sources.c.lease_until <= database_time())


def _extend_all(connection: Connection, claims: Sequence[Claim], lease: timedelta) -> list[Claim]:
    kept: set[tuple[str, int]] = set()
    fields = tuple_(sources.c.id, sources.c.worker, sources.c.fence)
    # In one order everywhere, so that two transactions on PostgreSQL never wait for each other.
    for part in in_parts(sorted(claims, key=lambda claim: claim.source_id)):
        prolong = (
            update(sources)
            .where(
                sources.c.id.in_([claim.source_id for claim in part]),
                fields.in_([(claim.source_id, claim.worker, claim.fence) for claim in part]),
            )
            .values(lease_until=database_time(lease))
            .returning(sources.c.id, sources.c.fence)
        )
        kept.update((row.id, row.fence) for row in connection.execute(prolong))
    return [claim for claim in claims if (claim.source_id, claim.fence) not in kept]


def _claim(connection: Connection, source_id: str, worker: str, lease: timedelta) -> Claim | None:
    taken = (
        update(sources)
        .where(sources.c.id == source_id, is_free(), sources.c.taken_down_at.is_(None))
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
