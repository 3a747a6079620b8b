"""What is said of content that was withdrawn: that it was, when and why, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from archiver.flow.outside import Outside
from archiver.model.custody import CustodyAct, CustodyEntry, withdrawn_by
from archiver.model.source import Source
from archiver.model.verdict import AsCited, Content, Finding, FindingKind, Quote

RULE = "withdrawn"


async def withdrawal(source_id: str, outside: Outside) -> CustodyEntry | None:
    """Return the newest takedown of a source, or None."""
    entries = await outside.store.custody.of(source_id)
    return next((one for one in reversed(entries) if one.act is CustodyAct.TAKEDOWN), None)


async def as_withdrawn(
    source: Source, as_cited: AsCited, finding: Finding, outside: Outside
) -> Finding:
    """Return the finding, unless what it compares was withdrawn: then nothing can be told.

    That is so of a source that is no longer looked at, and of a citation that relied on a look or
    copy from before the takedown. It is no deletion, and no damage.
    """
    takedown = await withdrawal(source.id, outside)
    if takedown is None:
        return finding
    relied_on = await _seen_at(as_cited, outside)
    is_seen_since = relied_on is None or relied_on > takedown.at
    if source.taken_down_at is None and is_seen_since:
        return finding
    return replace(
        finding,
        kind=FindingKind.UNKNOWN,
        content=Content.INCOMPARABLE,
        quote=Quote.UNDETERMINED,
        rule=RULE,
        reason=withdrawn_by(takedown),
        diff=None,
    )


async def _seen_at(as_cited: AsCited, outside: Outside) -> datetime | None:
    """Return when we saw what a citation relied on, or None where that is its printed words.

    An outside archive's copy is old by itself; what counts is when we took it over.
    """
    if as_cited.memento_id is not None:
        return (await outside.store.mementos.memento(as_cited.memento_id)).fetched_at
    return as_cited.at
