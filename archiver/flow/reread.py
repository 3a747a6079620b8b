"""Read a followed article again from what a look at it brought."""

from __future__ import annotations

import asyncio

from archiver.citations import Extraction
from archiver.errors import HeldBackError, InputError, UnreachableError
from archiver.flow.follow import Followed, follow
from archiver.flow.observe import Look
from archiver.flow.outside import Outside
from archiver.flow.read import SHOWN, find, supplied_by
from archiver.flow.shown import first_shown
from archiver.model.article import Article, ArticleVersion
from archiver.model.inquiry import Answer, Ask, Outcome
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import VerdictKind
from archiver.model.wording import same_words
from archiver.ports import Claim

SETTLED = frozenset({VerdictKind.PRESENT, VerdictKind.MOVED})
"""Verdicts under which an address shows the article: a front page in its place is none."""


async def read_again(look: Look, claim: Claim, outside: Outside) -> list[Followed]:
    """Keep what a look at an article's own address shows as a new version, if it is one.

    1. Only a look that showed the page counts; its own answer is read, nothing is asked again.
    2. Other words than those of the newest version are a new version, with its citations.
    3. A text that somebody supplied stands until its address shows other words than it did at
       our first look there: the page may never have been what was supplied.

    Returns the articles that got a new version.

    Raises:
        ClaimError: another worker has the source; what it sees counts, and this is not kept.
    """
    answer = _shown(look)
    if answer is None:
        return []
    news = []
    for article in await outside.store.articles.owned(look.source.id):
        followed = await _read_again(article, answer, look, claim, outside)
        if followed is not None and followed.kept.is_new_version:
            news.append(followed)
    return news


def _shown(look: Look) -> Answer | None:
    """Return the answer that holds the page as a client without scripts gets it.

    None when the look did not show the page, or one that is not what was there before.
    """
    if look.observation.reading.signal is not Signal.PRESENT or look.verdict.kind not in SETTLED:
        return None
    return next((one for one in look.answers if _is_page(one, look.source)), None)


def _is_page(answer: Answer, source: Source) -> bool:
    return (
        answer.question.ask is Ask.HTTP
        and answer.question.url == source.ref.url
        and answer.outcome is Outcome.ANSWERED
        and answer.status in SHOWN
    )


async def _read_again(
    article: Article, answer: Answer, look: Look, claim: Claim, outside: Outside
) -> Followed | None:
    versions = await outside.store.articles.versions(article.id)
    if not versions:
        return None
    try:
        extraction = await asyncio.to_thread(find, supplied_by(answer))
        if not await _is_other(versions[-1], extraction, look.source, outside):
            await _clear(article, outside)
            return None
        return await follow(extraction, outside, article=article, searches=0, claim=claim)
    except HeldBackError:
        return None  # noted at the article, and looked at again
    except (InputError, UnreachableError) as error:
        note = f"its address no longer shows an article that can be read: {error}"
        await outside.store.articles.postpone(article.id, article.read_due_at, note)
        return None


async def _clear(article: Article, outside: Outside) -> None:
    """Take away what was noted of a page that is as it was again."""
    if article.note is not None and article.read_due_at is None:
        await outside.store.articles.postpone(article.id, None, None)


async def _is_other(
    newest: ArticleVersion, extraction: Extraction, source: Source, outside: Outside
) -> bool:
    """Tell whether the page shows other words than the newest version, and than it used to."""
    words = extraction.article.text
    if not words.strip() or same_words(newest.text, words):
        return False
    if newest.fetched_from is not None:
        return True
    first = await first_shown(source, outside)
    return first is not None and not same_words(first.article.text, words)
