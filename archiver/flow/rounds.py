"""Make the round: attend to what is due, and judge what rests on it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from archiver.errors import ClaimError
from archiver.flow.attend import Attended, attend
from archiver.flow.audit import Histories, judge_citation, note_change
from archiver.flow.outside import Outside
from archiver.model.citation import Citation
from archiver.model.source import Source
from archiver.ports import Claim

MOST_AT_ONCE = 500  # due sources read in one go; the rest is due at the next


async def look_after(source: Source, outside: Outside) -> Attended | None:
    """Attend to one due source and note every finding of it that changed.

    1. Look, and capture what is new.
    2. Judge each citation of the source; a finding that changed makes its event.

    Returns None when another worker has the source.
    """
    try:
        attended = await attend(source, outside)
    except ClaimError:
        return None
    await note_findings(await outside.store.articles.citations_of(source.id), outside)
    return attended


async def note_findings(
    citations: Sequence[Citation], outside: Outside, claim: Claim | None = None
) -> None:
    """Judge each citation of a source; a finding that changed makes its event.

    Raises:
        ClaimError: the claim was lost; no finding counts.
    """
    known: Histories = {}
    for citation in citations:
        audited = await judge_citation(citation, outside, known)
        await note_change(citation, audited, outside, claim)


async def look_after_due(outside: Outside, *, at_once: int) -> list[Attended]:
    """Look after everything that is due now, ``at_once`` at a time.

    Raises:
        ArchiverError: one could not be looked after; the others were.
    """
    due = await outside.store.sources.due(outside.clock.now(), MOST_AT_ONCE)
    hands = asyncio.Semaphore(at_once)

    async def one(source: Source) -> Attended | None:
        async with hands:
            return await look_after(source, outside)

    results = await asyncio.gather(*(one(source) for source in due), return_exceptions=True)
    failed = [result for result in results if isinstance(result, BaseException)]
    if failed:
        raise failed[0]
    return [result for result in results if isinstance(result, Attended)]
