"""Judge what is stored once more: what would today's rules say, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from archiver.errors import InputError
from archiver.flow.around import around
from archiver.flow.outside import Outside
from archiver.flow.progress import Progress, silent
from archiver.judge.verdicts import Explained, explain
from archiver.model.source import Source
from archiver.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A source whose verdict today's rules would change; nothing was written."""

    source: Source
    before: Verdict | None
    after: Verdict

    @property
    def is_other(self) -> bool:
        """True when the two say something else, their wording aside."""
        old, new = self.before, self.after
        if old is None:
            return True
        return (old.kind, old.rule, old.cause, old.since) != (
            new.kind,
            new.rule,
            new.cause,
            new.since,
        )


async def explained(source: Source, outside: Outside) -> Explained:
    """Return the verdict of a source by today's rules, with every rule tried.

    Raises:
        InputError: nobody has looked at it yet.
    """
    seen = await outside.store.features.of(source.id)
    if not seen:
        message = f"nobody has looked at {source.ref.name} yet: archiver audit {source.ref.name}"
        raise InputError(message)
    surroundings = await around(source, seen, outside)
    return await asyncio.to_thread(
        explain,
        seen,
        platform=source.ref.platform,
        around=surroundings,
        confirmation=outside.confirmation,
    )


async def rejudge(
    sources: Sequence[Source], outside: Outside, *, progress: Progress = silent
) -> list[Rejudged]:
    """Judge sources from their stored looks; return those of which something else would be said.

    Nothing is asked and nothing is written: the next look at a source brings its new verdict.
    """
    changed: list[Rejudged] = []
    for number, source in enumerate(sources):
        progress(source.ref.name, number, len(sources))
        before = await outside.store.looks.verdict(source.id)
        if before is None:
            continue
        result = Rejudged(source, before, (await explained(source, outside)).verdict)
        if result.is_other:
            changed.append(result)
    return changed
