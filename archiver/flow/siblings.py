"""Ask what a site answers where there is nothing, and remember it: once a directory and month."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from archiver.errors import StoreError
from archiver.flow.keep import keep_answer
from archiver.flow.patience import CLOCK_ERROR
from archiver.model.inquiry import Answer, Ask, Outcome, Question
from archiver.model.observation import KeptAnswer
from archiver.platforms._sibling import Place, place_of, sibling_of
from archiver.ports import Clock, Fetcher, Files, Siblings

_PASSING = frozenset({403, 408, 425, 429})
"""Statuses that say how we were met, not what the site does with names it does not have."""


@dataclass(frozen=True, slots=True)
class SiblingRoad:
    """Answers ``Ask.SIBLING``: a made-up name beside the address, by what is remembered or asked.

    ``keep_for`` is how long an answer counts. ``letters`` makes up a name that nobody has used.
    """

    fetcher: Fetcher
    kept: Siblings
    files: Files
    clock: Clock
    keep_for: timedelta
    letters: Callable[[], str]
    _turns: dict[Place, asyncio.Lock] = field(default_factory=dict)

    async def ask(self, question: Question) -> Answer:
        """Return what the made-up address answered, now or within ``keep_for``; never raises.

        ``url`` is where the made-up address led in the end. An address without a sibling is
        refused. Looks at one directory wait for one another, so that it is asked once.
        """
        place = place_of(question.url)
        if place is None:
            refusal = "sibling: an address without a directory of its own has none"
            now = self.clock.now()
            return Answer(question, Outcome.REFUSED, now, question.url, error=refusal)
        turn = self._turns.setdefault(place, asyncio.Lock())
        try:
            async with turn:
                return await self._known(question, place) or await self._asked(question, place)
        finally:
            if not turn.locked():
                self._turns.pop(place, None)

    async def _known(self, question: Question, place: Place) -> Answer | None:
        kept = await self.kept.newest(place.host, place.directory)
        if kept is None:
            return None
        age = self.clock.now() - kept.at
        if age >= self.keep_for or age < -CLOCK_ERROR:
            return None
        try:
            body = await self.files.blob(kept.body_sha256) if kept.body_sha256 else b""
        except StoreError:
            return None  # its bytes are damaged or gone: asked anew
        return _answer(question, kept, body)

    async def _asked(self, question: Question, place: Place) -> Answer:
        made_up = sibling_of(question.url, self.letters()) or question.url
        answer = await self.fetcher.ask(replace(question, url=made_up, ask=Ask.HTTP))
        answer = replace(answer, question=question)
        if _lasts(answer):
            kept = await keep_answer(answer, self.files)
            await self.kept.keep(place.host, place.directory, kept)
        return answer


def _lasts(answer: Answer) -> bool:
    status = answer.status
    if answer.outcome is not Outcome.ANSWERED or answer.error or status is None:
        return False
    return status < 500 and status not in _PASSING


def _answer(question: Question, kept: KeptAnswer, body: bytes) -> Answer:
    return Answer(
        question=question,
        outcome=kept.outcome,
        at=kept.at,
        url=kept.final_url,
        status=kept.status,
        headers=kept.headers,
        body=body,
        hops=kept.hops,
        ip=kept.ip,
        error=kept.error,
    )
