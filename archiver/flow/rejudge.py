"""Judge what is stored once more: what would today's rules say, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from archiver.errors import InputError
from archiver.flow.around import EVER, Hosts, around
from archiver.flow.outside import Outside
from archiver.flow.progress import Progress, silent
from archiver.judge.around import turned_absent
from archiver.judge.verdicts import Around, Explained, explain, judge
from archiver.model.seen import Seen
from archiver.model.source import Source
from archiver.model.verdict import Verdict

IN_ONE_GO = 500  # sources read and judged at a time


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
    return await asyncio.to_thread(_explained, source, seen, surroundings, outside)


async def rejudge(
    sources: Sequence[Source], outside: Outside, *, progress: Progress = silent
) -> list[Rejudged]:
    """Judge sources from their stored looks; return those of which something else would be said.

    Nothing is asked and nothing is written: the next look at a source brings its new verdict.
    """
    changed: list[Rejudged] = []
    known: Hosts = {}
    for start in range(0, len(sources), IN_ONE_GO):
        part = sources[start : start + IN_ONE_GO]
        progress(part[0].ref.name, start, len(sources))
        changed += await _rejudged(part, outside, known)
    return changed


async def _rejudged(sources: Sequence[Source], outside: Outside, known: Hosts) -> list[Rejudged]:
    ids = [source.id for source in sources]
    looks = await outside.store.features.several(ids)
    absent = [one for one in sources if one.id in looks and turned_absent(looks[one.id])]
    hosts = {host for one in absent if (host := one.ref.host) is not None} - known.keys()
    known.update(await outside.store.features.turned_bad(sorted(hosts), *EVER))
    before = await outside.store.looks.verdicts(ids)
    tasks = [
        (source, looks[source.id], await around(source, looks[source.id], outside, known))
        for source in sources
        if source.id in looks
    ]
    verdicts = await asyncio.to_thread(_all_judged, tasks, outside)
    rejudged = (
        Rejudged(source, before.get(source.id), verdict)
        for (source, _, _), verdict in zip(tasks, verdicts, strict=True)
    )
    return [one for one in rejudged if one.is_other]


def _all_judged(
    tasks: Sequence[tuple[Source, Sequence[Seen], Around]], outside: Outside
) -> list[Verdict]:
    return [
        judge(
            seen,
            platform=source.ref.platform,
            around=surroundings,
            confirmation=outside.confirmation,
        )
        for source, seen, surroundings in tasks
    ]


def _explained(
    source: Source, seen: Sequence[Seen], surroundings: Around, outside: Outside
) -> Explained:
    return explain(
        seen,
        platform=source.ref.platform,
        around=surroundings,
        confirmation=outside.confirmation,
    )
