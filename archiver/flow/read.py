"""Read an article: fetch it, or take the bytes of a file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archiver.citations import Extraction, extract
from archiver.errors import UnreachableError
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.model.signals import Signal
from archiver.platforms import recognise
from archiver.platforms.web import read_article
from archiver.ports import Fetcher

ARTICLE_TYPES = (
    "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.8,text/markdown;q=0.8,"
    "application/pdf;q=0.8,"
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document;q=0.8"
)


@dataclass(frozen=True, slots=True)
class Supplied:
    """The bytes of an article and what is known of them. ``name`` is a file name.

    ``fetched_from`` is the address they came from, None when somebody supplied them.
    """

    body: bytes
    url: str | None = None
    media_type: str | None = None
    name: str | None = None
    fetched_from: str | None = None


async def fetch(url: str, fetcher: Fetcher) -> Supplied:
    """Fetch an article.

    Raises:
        AddressError: it is no http(s) address; nothing is asked.
        UnreachableError: no article came back; the message says what was tried and what came.
    """
    return supplied_by(await ask(url, fetcher))


async def ask(url: str, fetcher: Fetcher) -> Answer:
    """Ask for an article and return what came back, whatever it is.

    Raises:
        AddressError: it is no http(s) address; nothing is asked.
    """
    recognise(url)
    return await fetcher.ask(Question(url, accept=ARTICLE_TYPES))


def supplied_by(answer: Answer) -> Supplied:
    """Return the article that came back.

    A wall, a challenge, a log-in, consent or pay wall, an error page and an empty page are none,
    whatever their status.

    Raises:
        UnreachableError: none did; the message says what was tried and what came.
    """
    if answer.outcome is not Outcome.ANSWERED or answer.status not in SHOWN:
        raise UnreachableError(what_came_back(answer))
    reading = read_article(answer, answer.question.url)
    if reading.signal is not Signal.PRESENT:
        raise UnreachableError(f"{reading.reason.rstrip('.')}; that is not the article")
    return Supplied(answer.body, answer.url, answer.header("content-type"), fetched_from=answer.url)


SHOWN = frozenset({200, 203})
"""Statuses under which a page is shown; 203 is a proxy's copy. Source: RFC 9110, section 15.3."""


def find(supplied: Supplied) -> Extraction:
    """Find the citations of an article.

    Raises:
        InputError: the bytes are no article (empty, binary, too large, undecodable).
    """
    extraction = extract(
        supplied.body,
        url=supplied.url,
        media_type=supplied.media_type,
        name=supplied.name,
        recognise=recognise,
    )
    article = replace(extraction.article, fetched_from=supplied.fetched_from)
    return replace(extraction, article=article)


def what_came_back(answer: Answer) -> str:
    """Say in one sentence what was asked for in vain, and what came."""
    url = answer.question.url
    road = " -> ".join(f"{hop.url} ({hop.status})" for hop in answer.hops) or answer.url
    came = f"HTTP {answer.status}" if answer.status is not None else answer.outcome.value
    detail = f": {answer.error}" if answer.error else ""
    return f"{url} did not give what was asked for: tried GET {road}, came back {came}{detail}"
