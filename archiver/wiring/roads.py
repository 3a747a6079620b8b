"""Every road a question can take, as one fetcher."""

from __future__ import annotations

import secrets
import string
from datetime import timedelta

from archiver.flow.siblings import SiblingRoad
from archiver.model.inquiry import Answer, Ask, Question
from archiver.ports import Clock, Fetcher, Files, Siblings

_LETTERS = 25  # no site has such a name by chance. Source: Bar-Yossef et al., WWW 2004


class AllRoads:
    """Asks as the question says: by HTTP, through the browser, of names, or beside the address."""

    def __init__(
        self,
        roads: Fetcher,
        kept: Siblings,
        files: Files,
        clock: Clock,
        keep_for: timedelta,
    ) -> None:
        self._roads = roads
        self._siblings = SiblingRoad(roads, kept, files, clock, keep_for, made_up_name)

    async def ask(self, question: Question) -> Answer:
        """Ask once; see :class:`archiver.ports.Fetcher`."""
        if question.ask is Ask.SIBLING:
            return await self._siblings.ask(question)
        return await self._roads.ask(question)


def made_up_name() -> str:
    """Return letters that name nothing anywhere."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(_LETTERS))
