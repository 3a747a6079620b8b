"""Articles, their versions and citations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from archiver.errors import NotFoundError
from archiver.model.article import Article, ArticleText, ArticleVersion
from archiver.model.citation import Author, Citation, CitationKind, FoundCitation, Resolution
from archiver.model.source import SourceRef
from archiver.ports import KeptArticle
from archiver.store.codec import from_json, to_json
from archiver.store.database import Database
from archiver.store.ids import new_id
from archiver.store.matching import KnownCitation, match
from archiver.store.sources import register_source, register_sources
from archiver.store.statements import insert_unless_there
from archiver.store.tables import article_versions, articles, citation_places, citations, sources


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
    ) -> KeptArticle:
        """Store an article with its citations, or a new version of a known one.

        A text that is the newest version's already gains the citations it did not have: a link
        may have got another target, or be found by a better extraction. A removed article is
        followed again.
        """
        return await self._database.write(partial(_keep, text=text, found=found, own=own, at=at))

    async def article(self, name: str) -> Article:
        """Return an article by ID or address, a removed one too."""
        return await self._database.read(partial(_article, name=name))

    async def all(self) -> list[Article]:
        """Return all articles that were not removed, oldest first."""
        query = select(articles).where(articles.c.removed_at.is_(None)).order_by(articles.c.id)
        return await self._database.read(lambda c: [_to_article(row) for row in c.execute(query)])

    async def version(self, article_id: str) -> ArticleVersion:
        """Return the newest version."""
        return await self._database.read(partial(_newest_version, article_id=article_id))

    async def citations(self, article_id: str) -> list[Citation]:
        """Return the citations of the newest version, in reading order."""
        return await self._database.read(partial(_citations, article_id=article_id))

    async def citation(self, citation_id: str) -> Citation:
        """Return one citation, where it last stood."""
        return await self._database.read(partial(_citation, citation_id=citation_id))

    async def citations_of(self, source_id: str) -> list[Citation]:
        """Return every living citation of a source, in any article."""
        query = _places().where(
            citations.c.source_id == source_id,
            articles.c.removed_at.is_(None),
            _in_newest_version(),
        )
        return await self._database.read(
            lambda c: [_to_citation(row) for row in c.execute(query.order_by(citations.c.id))]
        )

    async def resolve(
        self,
        citation_id: str,
        ref: SourceRef | None,
        resolution: Resolution,
        note: str,
        at: datetime,
    ) -> Citation:
        """Set what a citation means, registering the source; None keeps it without one."""

        def change(connection: Connection) -> Citation:
            source_id = register_source(connection, ref, None, at).id if ref else None
            _resolve(connection, citation_id, source_id, resolution, note)
            return _citation(connection, citation_id)

        return await self._database.write(change)

    async def remove(self, article_id: str, at: datetime) -> None:
        """Stop following an article: its row becomes a tombstone, evidence stays."""
        gone = update(articles).where(articles.c.id == article_id).values(removed_at=at)
        if not await self._database.write(lambda connection: connection.execute(gone).rowcount):
            raise NotFoundError(f"no article goes by {article_id!r}")


def _keep(
    connection: Connection,
    text: ArticleText,
    found: Sequence[FoundCitation],
    own: SourceRef | None,
    at: datetime,
) -> KeptArticle:
    source_ids = register_sources(connection, [own, *(one.source for one in found)], at)
    article = _keep_article(connection, text, source_ids[own.name] if own else None, at)
    version, is_new = _keep_version(connection, article.id, text, at)
    _keep_citations(connection, version, found, source_ids, at)
    return KeptArticle(article, version, tuple(_citations(connection, article.id)), is_new)


def _keep_article(
    connection: Connection, text: ArticleText, source_id: str | None, at: datetime
) -> Article:
    """Insert the article or bring its row up to date; hold the row until the commit."""
    identity = _identity(text.url) if text.url else text.text_sha256
    new = {"id": new_id(), "identity_sha256": identity, "added_at": at}
    insert_unless_there(connection, articles, "identity_sha256", new)
    seen = {
        "title": text.title,
        "url": text.url,
        "language": text.language,
        "published_on": text.published_on,
        "source_id": source_id,
    }
    known = articles.c.identity_sha256 == identity
    newer = {name: value for name, value in seen.items() if value is not None}
    connection.execute(update(articles).where(known).values(removed_at=None, **newer))
    return _to_article(connection.execute(select(articles).where(known)).one())


def _identity(url: str) -> str:
    return hashlib.sha256(f"url:{url}".encode("utf-8", "surrogatepass")).hexdigest()


def _keep_version(
    connection: Connection, article_id: str, text: ArticleText, at: datetime
) -> tuple[ArticleVersion, bool]:
    newest = connection.execute(_newest(article_id)).one_or_none()
    if newest is not None and newest.text_sha256 == text.text_sha256:
        return _to_version(newest), False
    version = ArticleVersion(new_id(), article_id, text.text, text.text_sha256, at)
    connection.execute(
        insert(article_versions).values(
            id=version.id,
            article_id=article_id,
            title=text.title,
            text=text.text,
            text_sha256=version.text_sha256,
            seen_at=at,
        )
    )
    return version, True


def _keep_citations(
    connection: Connection,
    version: ArticleVersion,
    found: Sequence[FoundCitation],
    source_ids: dict[str, str],
    at: datetime,
) -> None:
    """Give every found citation a place in the version, under its old ID where it has one."""
    known = _known(connection, version.article_id)
    placed = set(connection.scalars(_placed(version.id)))
    matched = match(found, known)
    for index, one in enumerate(found):
        source_id = source_ids[one.source.name] if one.source else None
        citation_id = matched.get(index)
        if citation_id is None:
            citation_id = _add(connection, version.article_id, one, source_id, at)
        elif source_id is not None:
            _fill_gap(connection, citation_id, source_id)
        if citation_id not in placed:
            _place(connection, version.id, citation_id, one)


def _known(connection: Connection, article_id: str) -> list[KnownCitation]:
    """Return all citations the article ever had, each where it last stood, newest version first."""
    query = (
        _places()
        .add_columns(sources.c.platform, sources.c.key)
        .outerjoin(sources, sources.c.id == citations.c.source_id)
        .where(citations.c.article_id == article_id, _in_last_place())
        .order_by(article_versions.c.seq.desc(), citation_places.c.position)
    )
    return [
        KnownCitation(
            row.id,
            None if row.found is None else _to_found(row),
            None if row.source_id is None else f"{row.platform}:{row.key}",
        )
        for row in connection.execute(query)
    ]


def _add(
    connection: Connection,
    article_id: str,
    found: FoundCitation,
    source_id: str | None,
    at: datetime,
) -> str:
    citation_id = new_id()
    connection.execute(
        insert(citations).values(
            id=citation_id,
            article_id=article_id,
            source_id=source_id,
            resolution=found.resolution.value,
            added_at=at,
        )
    )
    return citation_id


def _fill_gap(connection: Connection, citation_id: str, source_id: str) -> None:
    """Give a known citation the source that is now printed; what was resolved stays."""
    connection.execute(
        update(citations)
        .where(citations.c.id == citation_id, citations.c.source_id.is_(None))
        .values(source_id=source_id, resolution=Resolution.RESOLVED.value)
    )


def _place(connection: Connection, version_id: str, citation_id: str, found: FoundCitation) -> None:
    connection.execute(
        insert(citation_places).values(
            version_id=version_id,
            citation_id=citation_id,
            position=found.position,
            found=to_json(found),
        )
    )


def _resolve(
    connection: Connection,
    citation_id: str,
    source_id: str | None,
    resolution: Resolution,
    note: str,
) -> None:
    connection.execute(
        update(citations)
        .where(citations.c.id == citation_id)
        .values(source_id=source_id, resolution=resolution.value, resolution_note=note)
    )


# Queries


def _places() -> Select[Any]:
    """Citations joined with their places, a row for every version they stand in."""
    return (
        select(citations, citation_places.c.found, citation_places.c.position)
        .join(citation_places, citation_places.c.citation_id == citations.c.id)
        .join(article_versions, article_versions.c.id == citation_places.c.version_id)
        .join(articles, articles.c.id == citations.c.article_id)
    )


def _in_newest_version() -> ColumnElement[bool]:
    newer = article_versions.alias("newer")
    newest = select(func.max(newer.c.seq)).where(newer.c.article_id == citations.c.article_id)
    return article_versions.c.seq == newest.scalar_subquery()


def _in_last_place() -> ColumnElement[bool]:
    later = citation_places.alias("later")
    last = select(func.max(later.c.seq)).where(later.c.citation_id == citations.c.id)
    return citation_places.c.seq == last.scalar_subquery()


def _placed(version_id: str) -> Select[Any]:
    return select(citation_places.c.citation_id).where(citation_places.c.version_id == version_id)


def _newest(article_id: str) -> Select[Any]:
    return (
        select(article_versions)
        .where(article_versions.c.article_id == article_id)
        .order_by(article_versions.c.seq.desc())
        .limit(1)
    )


def _article(connection: Connection, name: str) -> Article:
    by_address = articles.c.identity_sha256 == _identity(name)
    row = connection.execute(select(articles).where((articles.c.id == name) | by_address)).first()
    if row is None:
        raise NotFoundError(f"no article goes by {name!r}")
    return _to_article(row)


def _newest_version(connection: Connection, article_id: str) -> ArticleVersion:
    row = connection.execute(_newest(article_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"no article goes by {article_id!r}")
    return _to_version(row)


def _citations(connection: Connection, article_id: str) -> list[Citation]:
    query = (
        _places()
        .where(citations.c.article_id == article_id, _in_newest_version())
        .order_by(citation_places.c.position, citation_places.c.seq)
    )
    return [_to_citation(row) for row in connection.execute(query)]


def _citation(connection: Connection, citation_id: str) -> Citation:
    query = _places().where(citations.c.id == citation_id, _in_last_place())
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(f"no citation goes by {citation_id!r}")
    return _to_citation(row)


def _to_article(row: Row[Any]) -> Article:
    return Article(
        id=row.id,
        title=row.title,
        url=row.url,
        language=row.language,
        added_at=row.added_at,
        source_id=row.source_id,
        removed_at=row.removed_at,
        published_on=row.published_on,
    )


def _to_version(row: Row[Any]) -> ArticleVersion:
    return ArticleVersion(
        id=row.id,
        article_id=row.article_id,
        text=row.text or "",
        text_sha256=row.text_sha256,
        seen_at=row.seen_at,
    )


def _to_found(row: Row[Any]) -> FoundCitation:
    if row.found is not None:
        return from_json(FoundCitation, row.found)
    return FoundCitation(
        position=row.position,
        kind=CitationKind.MENTION,
        platform=None,
        source=None,
        url=None,
        addresses=(),
        author=Author(),
        posted_on=None,
        text="",
        start=0,
        end=0,
        resolution=Resolution.UNRESOLVED,
    )


def _to_citation(row: Row[Any]) -> Citation:
    return Citation(
        id=row.id,
        article_id=row.article_id,
        found=_to_found(row),
        resolution=Resolution(row.resolution),
        source_id=row.source_id,
        added_at=row.added_at,
        resolution_note=row.resolution_note,
    )
