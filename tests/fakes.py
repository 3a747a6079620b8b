"""Doubles for the ports: what tests pass in place of the outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archiver.model.inquiry import Answer, Exchange, Headers, Hop, Outcome, Question
from archiver.model.news import Heard, Message, News, Told


class FrozenClock:
    """A clock that moves only when told to, or when somebody sleeps on it.

    ``set_by`` is what a person or NTP does to it: the time of day jumps, no time passes.
    """

    def __init__(self, at: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)) -> None:
        self._at = at
        self._passed = timedelta(0)
        self.slept: list[timedelta] = []

    def now(self) -> datetime:
        return self._at

    def steady(self) -> timedelta:
        return self._passed

    def advance(self, duration: timedelta) -> None:
        self._at += duration
        self._passed += duration

    def set_by(self, jump: timedelta) -> None:
        self._at += jump

    async def sleep(self, duration: timedelta) -> None:
        self.slept.append(duration)
        self.advance(duration)


class ScriptedFetcher:
    """Answers each address as scripted: one answer for good, or a list in turn, its last for good.

    A key may name the road (``render:https://…``) to tell it from the same address over HTTP. An
    address without script is a mistake of the test and raises; ``asked`` keeps the questions.
    """

    def __init__(self, answers: Mapping[str, Answer | Sequence[Answer]]) -> None:
        self._answers = {
            key: [value] if isinstance(value, Answer) else list(value)
            for key, value in answers.items()
        }
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        key = f"{question.ask}:{question.url}"
        answers = self._answers.get(key) or self._answers.get(question.url)
        if not answers:
            raise AssertionError(f"nothing is scripted for {key}")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return replace(answer, question=question)


def answered(
    url: str,
    status: int = 200,
    body: bytes = b"",
    content_type: str = "text/html; charset=utf-8",
    *,
    at: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC),
    headers: Headers = (),
) -> Answer:
    """Return a complete answer of one hop, with the bytes it would have had."""
    fields = (("Content-Type", content_type), ("Content-Length", str(len(body))), *headers)
    block = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return Answer(
        question=Question(url),
        outcome=Outcome.ANSWERED,
        at=at,
        url=url,
        status=status,
        headers=fields,
        body=body,
        hops=(Hop(url, status, fields, at, "192.0.2.1"),),
        ip="192.0.2.1",
        exchanges=(
            Exchange(
                url=url,
                request=b"GET / HTTP/1.1\r\n\r\n",
                head=f"HTTP/1.1 {status} Scripted\r\n{block}\r\n".encode("latin-1"),
                body=body,
                at=at,
                ip="192.0.2.1",
            ),
        ),
    )


def unanswered(
    url: str,
    outcome: Outcome,
    error: str = "scripted",
    *,
    at: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC),
) -> Answer:
    """Return a failure to ask."""
    return Answer(question=Question(url), outcome=outcome, at=at, url=url, error=error)


class Listener:
    """Takes messages as scripted, the last answer for good; ``heard`` keeps them.

    ``weight`` is how many bytes a news has.
    """

    weight = 1

    def __init__(self, *answers: Told) -> None:
        self._answers = list(answers) or [Told(Heard.TOLD)]
        self.heard: list[Message] = []

    async def tell(self, message: Message) -> Told:
        self.heard.append(message)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def bytes_of(self, _: News) -> int:
        return self.weight

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.heard]

    @property
    def words(self) -> list[list[str]]:
        return [[news.word.value for news in message.news] for message in self.heard]
