"""Answers written by us, in the shapes that were measured, and the driver that hands them out."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from archiver.model.inquiry import Answer, Headers, Outcome, Question

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """What comes back, whatever is asked. ``url`` is where redirects ended, if anywhere else."""

    status: int | None = 200
    body: bytes = b""
    headers: Headers = ()
    outcome: Outcome = Outcome.ANSWERED
    url: str | None = None
    error: str | None = None

    def to(self, question: Question) -> Answer:
        return Answer(
            question=question,
            outcome=self.outcome,
            at=AT,
            url=self.url or question.url,
            status=self.status,
            headers=self.headers,
            body=self.body,
            error=self.error,
        )


def html(body: str, status: int = 200, *headers: tuple[str, str], url: str | None = None) -> Reply:
    return Reply(status, body.encode(), (("Content-Type", HTML), *headers), url=url)


def data(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), (("content-type", JSON),))


def typed(body: bytes, content_type: str, status: int = 200) -> Reply:
    return Reply(status, body, (("content-type", content_type),))


def redirect(to: str, status: int = 301) -> Reply:
    return Reply(status, b"", (("location", to),))


def failed(outcome: Outcome, error: str = "it broke") -> Reply:
    return Reply(None, outcome=outcome, error=error)


def unverified(reply: Reply) -> Reply:
    """Return a reply that came under a bad certificate."""
    return replace(reply, error="tls: certificate has expired")


ONLINE = Reply(204)
OFFLINE = failed(Outcome.UNREACHABLE, "no route to host")


def names(
    *rcodes: str, name: str = "news.example", extended: int = 0, **records: list[str]
) -> Reply:
    """What resolvers say of a name, one for each code, all with the same records by type."""

    def answer(kind: str, rcode: str) -> dict[str, Any]:
        held = [
            {"owner": name, "type": one, "value": value}
            for one in ((kind,) if kind == "NS" else (kind, "CNAME"))
            for value in records.get(one, [])
        ]
        held = held if rcode == "NOERROR" else []
        why = [{"code": extended, "text": ""}] if extended else []
        return {"name": name, "type": kind, "rcode": rcode, "extended": why, "records": held}

    told = [
        {
            "resolver": f"192.0.2.{n}",
            "server": f"192.0.2.{n}:53",
            "answers": [answer(kind, rcode) for kind in ("A", "AAAA", "NS")],
        }
        for n, rcode in enumerate(rcodes)
    ]
    document = {"name": name, "domain": name, "resolvers": told}
    return Reply(None, json.dumps(document).encode(), (("Content-Type", "application/json"),))


def registered(day: str, name: str = "news.example", action: str = "registration") -> Reply:
    """What a registry says of a name: when it was registered, and renewed since."""
    renewed = {"eventAction": "last changed", "eventDate": "2026-11-20T08:00:00Z"}
    event = {"eventAction": action, "eventDate": f"{day}T04:00:00Z"}
    return data({"objectClassName": "domain", "ldhName": name, "events": [renewed, event]})


NO_NAME = names("NXDOMAIN", "NXDOMAIN")


@dataclass(frozen=True)
class Driven(Generic[T]):
    result: T
    questions: list[Question] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        return [question.url for question in self.questions]


def drive(inquiry: Generator[Question, Answer, T], replies: Sequence[Reply]) -> Driven[T]:
    """Hand the replies out in order; too few and too many are both mistakes of the test."""
    waiting = list(replies)
    questions: list[Question] = []
    try:
        question = next(inquiry)
        while True:
            questions.append(question)
            assert waiting, f"no reply is left for {question}"
            question = inquiry.send(waiting.pop(0).to(question))
    except StopIteration as end:
        assert not waiting, f"{len(waiting)} replies were not asked for"
        return Driven(end.value, questions)


def unasked(question: Question) -> Reply:
    """Refuse what there is no road for."""
    return failed(Outcome.REFUSED, f"no road for {question.ask}")


def drive_always(
    inquiry: Generator[Question, Answer, T], reply_to: Callable[[Question], Reply]
) -> T:
    """Answer whatever is asked, until the inquiry ends."""
    try:
        question = next(inquiry)
        while True:
            question = inquiry.send(reply_to(question).to(question))
    except StopIteration as end:
        result: T = end.value
        return result
