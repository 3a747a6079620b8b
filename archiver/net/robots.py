"""robots.txt, for an operator who wants it respected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from archiver.model.inquiry import Answer, Outcome, Question

_NOTHING = ["User-agent: *", "Disallow: /"]
_MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least so much must be read


class Robots:
    """Asks each site's robots.txt once in its life, through the ``ask`` it is given."""

    def __init__(self, token: str, ask: Callable[[Question], Awaitable[Answer]]) -> None:
        self._token = token
        self._ask = ask
        self._rules: dict[str, RobotFileParser] = {}

    async def allow(self, url: str) -> bool:
        """Whether the site lets us ask for an address."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            answer = await self._ask(Question(f"{site}/robots.txt", max_bytes=_MAX_BYTES))
            self._rules[site] = read_robots(answer)
        return self._rules[site].can_fetch(self._token, url)


def read_robots(answer: Answer) -> RobotFileParser:
    """Return the rules an answer means.

    No file (4xx) allows everything; a site that cannot say (5xx, no answer) allows nothing.
    Source: RFC 9309, 2.3.1, September 2022.
    """
    rules = RobotFileParser()
    rules.parse(_lines(answer))
    return rules


def _lines(answer: Answer) -> list[str]:
    answered = answer.outcome in {Outcome.ANSWERED, Outcome.TRUNCATED}
    status = answer.status if answered and answer.status is not None else 503
    if 200 <= status < 300:
        return answer.body.decode("utf-8", "replace").splitlines()
    return [] if 400 <= status < 500 else _NOTHING
