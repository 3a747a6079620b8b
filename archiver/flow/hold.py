"""Legal hold: what may be neither taken down nor removed."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.errors import InputError, NotFoundError
from archiver.flow.outside import Outside
from archiver.flow.targets import Target, find_target
from archiver.model.custody import CustodyAct, CustodyEntry, forbidden_by, under


async def hold(target: Target, reason: str, by: str, outside: Outside) -> CustodyEntry:
    """Put a source, or an article with all that it cites, under a hold; looks go on.

    What is held already is held once more: the other hold has its own reason, and its own end.

    Raises:
        InputError: the target has no source yet.
    """
    article = target.article
    entry = CustodyEntry(
        id=outside.new_id(),
        act=CustodyAct.HOLD,
        at=outside.clock.now(),
        by=by,
        reason=reason,
        source_id=None if article else _source_id(target),
        article_id=article.id if article else None,
    )
    await outside.store.custody.keep(entry)
    return entry


async def release(name: str, reason: str, by: str, outside: Outside) -> CustodyEntry:
    """End one hold: that with this ID, or the only one of a source or an article.

    Raises:
        NotFoundError: nothing goes by that name.
        InputError: the source or article is under no hold of its own, or under several, or the hold
            was released meanwhile.
    """
    ended = await _named(name, outside)
    entry = CustodyEntry(
        id=outside.new_id(),
        act=CustodyAct.RELEASE,
        at=outside.clock.now(),
        by=by,
        reason=reason,
        source_id=ended.source_id,
        article_id=ended.article_id,
        detail={"hold": ended.id},
    )
    await outside.store.custody.keep(entry)
    return entry


async def _named(name: str, outside: Outside) -> CustodyEntry:
    holds = await outside.store.custody.holds()
    for one in holds:
        if one.id == name:
            return one
    try:
        target = await find_target(name, outside)
    except NotFoundError as error:
        message = (
            f"no hold that stands, article, citation or source is called {name}; see: archiver"
            " hold --list"
        )
        raise NotFoundError(message) from error
    article = target.article
    own = [
        one
        for one in holds
        if (one.article_id == article.id if article else one.source_id == _source_id(target))
    ]
    if not own:
        message = "it is under no hold of its own; see: archiver hold --list"
        raise InputError(message)
    if len(own) > 1:
        message = f"{under(own)}; name the one that ends: archiver hold --release ID --reason …"
        raise InputError(message)
    return own[0]


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


def refuse_held(holds: Sequence[CustodyEntry]) -> None:
    """Refuse when there is a hold.

    Raises:
        InputError: there is.
    """
    if holds:
        raise InputError(forbidden_by(holds))
