"""Legal hold: what may be neither taken down nor removed."""

from __future__ import annotations

from collections.abc import Iterable

from archiver.errors import InputError
from archiver.flow.outside import Outside
from archiver.flow.targets import Target
from archiver.model.custody import CustodyAct, CustodyEntry, forbidden_by


async def hold(target: Target, reason: str, by: str, outside: Outside) -> CustodyEntry:
    """Put a source, or an article with all that it cites, under a hold; looks go on.

    Raises:
        InputError: the target has no source yet.
    """
    return await _keep(CustodyAct.HOLD, target, reason, by, outside)


async def release(target: Target, reason: str, by: str, outside: Outside) -> CustodyEntry:
    """End the hold of a source or an article.

    Raises:
        InputError: it is under no hold of its own.
    """
    holds = await outside.store.custody.holds()
    article = target.article
    of_target = [
        one
        for one in holds
        if (one.article_id == article.id if article else one.source_id == _source_id(target))
    ]
    if not of_target:
        message = "it is under no hold of its own; see: archiver hold --list"
        raise InputError(message)
    return await _keep(CustodyAct.RELEASE, target, reason, by, outside)


async def _keep(
    act: CustodyAct, target: Target, reason: str, by: str, outside: Outside
) -> CustodyEntry:
    article = target.article
    entry = CustodyEntry(
        id=outside.new_id(),
        act=act,
        at=outside.clock.now(),
        by=by,
        reason=reason,
        source_id=None if article else _source_id(target),
        article_id=article.id if article else None,
    )
    await outside.store.custody.keep(entry)
    return entry


def _source_id(target: Target) -> str:
    if not target.sources:
        message = "that citation has no source yet; name an article or a source"
        raise InputError(message)
    return target.sources[0].id


async def holds_on(target: Target, outside: Outside) -> list[CustodyEntry]:
    """Return the holds that forbid taking down or removing a target, each once."""
    found: list[CustodyEntry] = []
    for source in target.sources:
        found += await outside.store.custody.holding(source.id)
    if target.article is not None:
        holds = await outside.store.custody.holds()
        found += [one for one in holds if one.article_id == target.article.id]
    return list({one.id: one for one in found}.values())


def refuse_held(holds: Iterable[CustodyEntry]) -> None:
    """Refuse when there is a hold.

    Raises:
        InputError: there is.
    """
    for one in holds:
        raise InputError(forbidden_by(one))
