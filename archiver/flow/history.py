"""The looks at one source, read once for all that is judged of it, and whole only where compared.

A source may have a thousand looks of tens of kilobytes. What is judged needs a line of each, and
the two or three whole that are set side by side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from archiver.errors import NotFoundError
from archiver.flow.outside import Outside
from archiver.judge.noise import NO_NOISE, Noise, near_pairs, noise_between
from archiver.model.capture import Capture
from archiver.model.memento import Memento
from archiver.model.observation import Glimpse, Observation
from archiver.model.seen import Seen
from archiver.model.verdict import Verdict

Reader = Callable[[str], Awaitable[Observation]]
"""Reads one look whole, by its ID."""


@dataclass(slots=True)
class History:
    """What is known of one source. ``glimpses`` and ``captures`` are oldest first.

    What is read on the way is kept for the next citation of the same source.
    """

    glimpses: Sequence[Glimpse]
    captures: Sequence[Capture]
    verdict: Verdict | None
    read: Reader
    _looks: dict[str, Observation | None] = field(default_factory=dict)
    _noise: Noise | None = None
    _seen: list[Seen] | None = None
    _mementos: list[Memento] | None = None

    async def look(self, observation_id: str | None) -> Observation | None:
        """Return one look at the source, whole, or None where it is none of them."""
        if observation_id is None:
            return None
        if observation_id not in self._looks:
            self._looks[observation_id] = await self._own(observation_id)
        return self._looks[observation_id]

    async def _own(self, observation_id: str) -> Observation | None:
        if all(one.id != observation_id for one in self.glimpses):
            return None
        try:
            return await self.read(observation_id)
        except NotFoundError:
            return None

    async def newest(self) -> Observation | None:
        """Return the newest look, or None before the first."""
        return await self.look(self.glimpses[-1].id) if self.glimpses else None

    async def noise(self) -> Noise:
        """Return what of the page differs by itself, as its first two looks near enough taught."""
        if self._noise is None:
            self._noise = await self._learned()
        return self._noise

    async def _learned(self) -> Noise:
        for first, second in near_pairs(self.glimpses):
            then, now = await self.look(first.id), await self.look(second.id)
            if then is None or now is None:
                continue
            learned = await asyncio.to_thread(noise_between, then, now)
            if learned is not None:
                return learned
        return NO_NOISE

    async def seen(self, source_id: str, outside: Outside) -> list[Seen]:
        """Return the digests of all looks, oldest first."""
        if self._seen is None:
            self._seen = await outside.store.features.of(source_id)
        return self._seen

    async def mementos(self, source_id: str, outside: Outside) -> list[Memento]:
        """Return what outside archives hold of the source."""
        if self._mementos is None:
            self._mementos = await outside.store.mementos.of(source_id)
        return self._mementos


async def history_of(source_id: str, outside: Outside) -> History:
    """Return the history of a source as it is stored now."""
    store = outside.store
    return History(
        glimpses=await store.looks.glimpses(source_id),
        captures=await store.captures.of(source_id),
        verdict=await store.looks.verdict(source_id),
        read=store.looks.observation,
    )
