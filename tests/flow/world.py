"""A small world for flow tests: a real archive, and pages that change when told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archiver.flow.outside import Outside
from archiver.model.capture import CaptureOutcome, Recording
from archiver.model.inquiry import Answer, Ask, Headers, Question
from archiver.ports import CaptureOrder
from archiver.settings import load
from archiver.wiring import Archive
from tests.fakes import FrozenClock, answered

AT = datetime(2026, 3, 2, tzinfo=UTC)
SENTENCE = "The gates were open at noon, and nobody closed them again before the tide turned. "


class NoBrowser:
    """Records nothing: what is about articles needs no pictures."""

    async def record(self, order: CaptureOrder) -> Recording:
        why = "no browser here"
        return Recording(
            CaptureOutcome.FAILED, why, order.page_url, None, None, "", "", (), (), AT, AT
        )


class Web:
    """Answers by address; what is not served is 404. ``asked`` keeps the questions.

    ``by_road`` holds what one road alone is answered.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.by_road: dict[tuple[Ask, str], Answer] = {}
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        answer = self.by_road.get((question.ask, question.url))
        if question.ask not in (
            Ask.SIBLING,
            Ask.DNS,
            Ask.REGISTRY,
        ):  # nothing is beside a page by itself
            answer = answer or self.answers.get(question.url)
        answer = answer or answered(question.url, 404, b"nothing here")
        return replace(answer, question=question)

    def serve(
        self,
        url: str,
        body: str | bytes,
        content_type: str = "text/html; charset=utf-8",
        *,
        status: int = 200,
        headers: Headers = (),
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.answers[url] = answered(url, status, data, content_type, headers=headers)

    def redirect(self, url: str, to: str, body: str) -> None:
        """Answer an address with what stands at another one."""
        self.answers[url] = replace(answered(to, 200, body.encode()), question=Question(url))

    def serve_failure(self, answer: Answer) -> None:
        self.answers[answer.question.url] = answer

    def asked_for(self, url: str) -> list[Question]:
        return [question for question in self.asked if question.url == url]


def article(*cited: str, more: str = "", title: str = "Gates") -> str:
    """Return an article that cites addresses, one a paragraph, each with words of its own."""
    paragraphs = "".join(
        f'<p>{SENTENCE} So <a href="{url}">said witness {n} of it</a> to us. {SENTENCE}</p>'
        for n, url in enumerate(cited)
    )
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}"
        f"<p>{SENTENCE * 3}{more}</p></article></body></html>"
    )


@asynccontextmanager
async def world(home: Path) -> AsyncIterator[tuple[Archive, Outside, Web, FrozenClock]]:
    """Open an archive whose outside is a web of our own, at a time of our own."""
    clock, web = FrozenClock(AT), Web()
    async with Archive(settings=load(home), clock=clock) as archive:
        outside = replace(archive.outside, fetcher=web, recorder=NoBrowser(), clock=clock)
        yield archive, outside, web, clock
