"""Read an article: fetch it, or take the bytes of a file."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.citations import Extraction, extract
from archiver.errors import UnreachableError
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.platforms import recognise
from archiver.ports import Fetcher

ARTICLE_TYPES = "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.8,text/markdown;q=0.8"


@dataclass(frozen=True, slots=True)
class Supplied:
    """The bytes of an article and what is known of them. ``name`` is a file name."""

    body: bytes
    url: str | None = None
    media_type: str | None = None
    name: str | None = None


async def fetch(url: str, fetcher: Fetcher) -> Supplied:
    """Fetch an article.

    Raises:
        AddressError: it is no http(s) address; nothing is asked.
        UnreachableError: no article came back; the message says what was tried and what came.
    """
    recognise(url)
    answer = await fetcher.ask(Question(url, accept=ARTICLE_TYPES))
    if answer.outcome is not Outcome.ANSWERED or answer.status != 200:
        raise UnreachableError(_what_came_back(url, answer))
    return Supplied(answer.body, answer.url, answer.header("content-type"), None)


def find(supplied: Supplied) -> Extraction:
    """Find the citations of an article.

    Raises:
        InputError: the bytes are no article (empty, binary, too large, undecodable).
    """
    return extract(
        supplied.body,
        url=supplied.url,
        media_type=supplied.media_type,
        name=supplied.name,
        recognise=recognise,
    )


def _what_came_back(url: str, answer: Answer) -> str:
    road = " -> ".join(f"{hop.url} ({hop.status})" for hop in answer.hops) or answer.url
    came = f"HTTP {answer.status}" if answer.status is not None else answer.outcome.value
    detail = f": {answer.error}" if answer.error else ""
    return f"{url} did not give an article: tried GET {road}, came back {came}{detail}"
