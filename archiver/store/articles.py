"""Articles and their versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    func,
    insert,
    select,
    update,
)

from archiver.errors import NotFoundError
from archiver.model.article import Article, ArticleText, ArticleVersion
from archiver.model.attempt import Attempt
from archiver.model.citation import Citation, FoundCitation, Resolution
from archiver.model.feed import ExpectedArticle
from archiver.model.source import SourceRef
from archiver.model.wording import same_words
from archiver.ports import Claim, KeptArticle
from archiver.store.citing import (
    attempts_of,
    citation_of,
    citations_of_article,
    in_newest_version,
    keep_citations,
    places,
    resolve_citation,
    to_citation,
    was_tried,
)
from archiver.store.claims import assert_held
from archiver.store.database import Database
from archiver.store.expected import expect_articles, to_article
from archiver.store.identity import find_known, identity_of
from archiver.store.ids import new_id
from archiver.store.offsets import shifted
from archiver.store.sources import register_sources
from archiver.store.statements import insert_unless_there
from archiver.store.tables import article_versions, articles, citation_places, citations


class SqlArticles:
    """The port :class:`archiver.ports.Articles` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self,
        text: ArticleText,
        found: Sequence[FoundCitation],
        own: SourceRef | None,
        at: datetime,
        article_id: str | None = None,
        *,
        claim: Claim | None = None,
    ) -> KeptArticle:
        """Store an article with its citations, or a new version of a known one.

        A text that is the newest version's already gains the citations it did not have: a link
        may have got another target, or be found by a better extraction. A removed article is
        followed again.
        """

        def change(connection: Connection) -> KeptArticle:
            if claim is not None:
                assert_held(connection, claim, claim.source_id)
            return _keep(connection, text, found, own, at, article_id)

        return await self._database.write(change)

    async def article(self, name: str) -> Article:
        """Return an article by ID or address, a removed one too."""
        return await self._database.read(partial(_article, name=name))

    async def all(self) -> list[Article]:
        """Return all articles that were not removed, oldest first."""
        query = select(articles).where(articles.c.removed_at.is_(None)).order_by(articles.c.id)
        return await self._articles(query)

    async def owned(self, source_id: str) -> list[Article]:
        """Return the articles whose own address a source is, none removed."""
        of_source = {"source": source_id}
        return await self._database.read(
            lambda c: [to_article(row) for row in c.execute(_OWNED, of_source)]
        )

    async def due(self, at: datetime, limit: int) -> list[Article]:
        """Return articles whose ``read_due_at`` has come, longest due first, none removed."""
        query = (
            select(articles)
            .where(articles.c.removed_at.is_(None), articles.c.read_due_at <= at)
            .order_by(articles.c.read_due_at, articles.c.id)
            .limit(limit)
        )
        return await self._articles(query)

    async def _articles(self, query: Select[Any]) -> list[Article]:
        return await self._database.read(lambda c: [to_article(row) for row in c.execute(query)])

    async def version(self, article_id: str) -> ArticleVersion:
        """Return the newest version."""
        return await self._database.read(partial(_newest_version, article_id=article_id))

    async def versions(self, article_id: str) -> list[ArticleVersion]:
        """Return all versions, oldest first."""
        query = (
            select(article_versions)
            .where(article_versions.c.article_id == article_id)
            .order_by(article_versions.c.seq)
        )
        return await self._database.read(lambda c: [_to_version(row) for row in c.execute(query)])

    async def places(self, article_id: str) -> Mapping[str, int]:
        """Return how many citations stand in each version of an article, by version ID."""
        query = (
            select(citation_places.c.version_id, func.count())
            .join(article_versions, article_versions.c.id == citation_places.c.version_id)
            .where(article_versions.c.article_id == article_id)
            .group_by(citation_places.c.version_id)
        )
        return await self._database.read(lambda c: {row[0]: row[1] for row in c.execute(query)})

    async def citations(self, article_id: str) -> list[Citation]:
        """Return the citations of the newest version, in reading order."""
        return await self._database.read(partial(citations_of_article, article_id=article_id))

    async def citation(self, citation_id: str) -> Citation:
        """Return one citation, where it last stood."""
        return await self._database.read(partial(citation_of, citation_id=citation_id))

    async def citations_of(self, source_id: str) -> list[Citation]:
        """Return every living citation of a source, in any article."""
        return await self._database.read(partial(_of_source, source_id=source_id))

    async def _living(self, which: ColumnElement[bool], limit: int | None = None) -> list[Citation]:
        ordered = _living_citations(which).limit(limit)
        return await self._database.read(lambda c: [to_citation(row) for row in c.execute(ordered)])

    async def resolve(self, citation_id: str, attempt: Attempt) -> Citation:
        """Set what a citation means by an attempt, and append the attempt."""
        return await self._database.write(
            partial(resolve_citation, citation_id=citation_id, attempt=attempt)
        )

    async def unresolved(self) -> list[Citation]:
        """Return every living citation whose source is still to be looked up, oldest first."""
        never = (citations.c.resolution == Resolution.UNRESOLVED.value) & ~was_tried()
        needed = citations.c.resolution == Resolution.NEEDS_LOOKUP.value
        return await self._living(citations.c.source_id.is_(None) & (needed | never))

    async def untried(self, limit: int) -> list[Citation]:
        """Return living citations that need a look-up and had none yet, oldest first."""
        needed = citations.c.resolution == Resolution.NEEDS_LOOKUP.value
        return await self._living(needed & ~was_tried(), limit)

    async def attempts(self, citation_id: str) -> list[Attempt]:
        """Return every attempt to find out what a citation means, oldest first."""
        return await self._database.read(partial(attempts_of, citation_id=citation_id))

    async def expect(self, articles: Sequence[ExpectedArticle], at: datetime) -> list[Article]:
        """Register articles by address, due to be read at once; return those that were new."""
        return await self._database.write(partial(expect_articles, expected=articles, at=at))

    async def postpone(self, article_id: str, due_at: datetime | None, note: str | None) -> None:
        """Set when an article is read next, and why it was not read now."""
        await self._set(article_id, {"read_due_at": due_at, "note": note})

    async def remove(self, article_id: str, at: datetime) -> None:
        """Stop following an article: its row becomes a tombstone, evidence stays."""
        await self._set(article_id, {"removed_at": at})

    async def _set(self, article_id: str, values: dict[str, Any]) -> None:
        changed = update(articles).where(articles.c.id == article_id).values(**values)
        if not await self._database.write(lambda c: c.execute(changed).rowcount):
            raise NotFoundError(f"no article goes by {article_id!r}")


def _living_citations(which: ColumnElement[bool]) -> Select[Any]:
    living = places().where(which, articles.c.removed_at.is_(None), in_newest_version())
    return living.order_by(citations.c.id)


# Made once: every look asks for both, and making one takes longer than running it.
_OF_SOURCE = _living_citations(citations.c.source_id == bindparam("source"))
_OWNED = (
    select(articles)
    .where(articles.c.source_id == bindparam("source"), articles.c.removed_at.is_(None))
    .order_by(articles.c.id)
)


def _of_source(connection: Connection, source_id: str) -> list[Citation]:
    return [to_citation(row) for row in connection.execute(_OF_SOURCE, {"source": source_id})]


def _keep(
    connection: Connection,
    text: ArticleText,
    found: Sequence[FoundCitation],
    own: SourceRef | None,
    at: datetime,
    article_id: str | None,
) -> KeptArticle:
    source_ids = register_sources(connection, [own, *(one.source for one in found)], at)
    own_id = source_ids[own.name] if own else None
    article = _keep_article(connection, text, own_id, at, article_id)
    version, is_new = _keep_version(connection, article.id, text, at)
    if version.text_sha256 != text.text_sha256:
        found = shifted(found, text.text, version.text)
    keep_citations(connection, version, found, source_ids, at)
    kept = tuple(citations_of_article(connection, article.id))
    return KeptArticle(article, version, kept, is_new)


def _keep_article(
    connection: Connection,
    text: ArticleText,
    source_id: str | None,
    at: datetime,
    article_id: str | None,
) -> Article:
    """Insert the article or bring its row up to date; hold the row until the commit."""
    seen = {
        "title": text.title,
        "language": text.language,
        "published_on": text.published_on,
        "source_id": source_id,
    }
    if article_id is None and text.url:
        by_address = find_known(connection, [text.url]).get(text.url)
        article_id = by_address.id if by_address is not None else None
    if article_id is not None:
        known = articles.c.id == article_id
    else:
        identity = identity_of(text.url) if text.url else text.text_sha256
        known = articles.c.identity_sha256 == identity
        new = {"id": new_id(), "identity_sha256": identity, "url": text.url, "added_at": at}
        insert_unless_there(connection, articles, "identity_sha256", new)
    newer = {name: value for name, value in seen.items() if value is not None}
    read = {"removed_at": None, "read_due_at": None, "note": None}
    if not connection.execute(update(articles).where(known).values(**read, **newer)).rowcount:
        raise NotFoundError(f"no article goes by {article_id!r}")
    return to_article(connection.execute(select(articles).where(known)).one())


def _keep_version(
    connection: Connection, article_id: str, text: ArticleText, at: datetime
) -> tuple[ArticleVersion, bool]:
    newest = connection.execute(_newest(article_id)).one_or_none()
    if newest is not None and _is_version(newest, text):
        return _to_version(newest), False
    version = ArticleVersion(
        new_id(), article_id, text.text, text.text_sha256, at, text.fetched_from
    )
    connection.execute(
        insert(article_versions).values(
            id=version.id,
            article_id=article_id,
            title=text.title,
            text=text.text,
            text_sha256=version.text_sha256,
            seen_at=at,
            fetched_from=version.fetched_from,
        )
    )
    return version, True


def _is_version(row: Row[Any], text: ArticleText) -> bool:
    """Tell whether a version is of that text, white space aside."""
    if row.text_sha256 == text.text_sha256:
        return True
    return row.text is not None and same_words(row.text, text.text)


# Queries


def _newest(article_id: str) -> Select[Any]:
    return (
        select(article_versions)
        .where(article_versions.c.article_id == article_id)
        .order_by(article_versions.c.seq.desc())
        .limit(1)
    )


def _article(connection: Connection, name: str) -> Article:
    row = connection.execute(select(articles).where(articles.c.id == name)).first()
    row = row or find_known(connection, [name]).get(name)
    if row is None:
        raise NotFoundError(f"no article goes by {name!r}")
    return to_article(row)


def _newest_version(connection: Connection, article_id: str) -> ArticleVersion:
    row = connection.execute(_newest(article_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"no article goes by {article_id!r}")
    return _to_version(row)


def _to_version(row: Row[Any]) -> ArticleVersion:
    return ArticleVersion(
        id=row.id,
        article_id=row.article_id,
        text=row.text or "",
        text_sha256=row.text_sha256,
        seen_at=row.seen_at,
        fetched_from=row.fetched_from,
    )
