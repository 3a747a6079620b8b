"""Citations: their places in an article's versions, and what they were found to mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    func,
    insert,
    select,
    update,
)

from archiver.errors import NotFoundError
from archiver.model.article import ArticleVersion
from archiver.model.attempt import Attempt
from archiver.model.citation import (
    Author,
    Certainty,
    Citation,
    CitationKind,
    FoundCitation,
    Resolution,
    Road,
)
from archiver.model.custody import WITHDRAWN
from archiver.model.observation import KeptAnswer
from archiver.model.source import SourceRef
from archiver.store.bodies import list_bodies
from archiver.store.codec import from_json, to_json
from archiver.store.ids import new_id
from archiver.store.matching import KnownCitation, match
from archiver.store.sources import register_source
from archiver.store.tables import (
    article_versions,
    articles,
    attempts,
    citation_places,
    citations,
    sources,
)


def keep_citations(
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
    added, filled, places = [], [], []
    for index, one in enumerate(found):
        source_id = source_ids[one.source.name] if one.source else None
        citation_id = matched.get(index)
        if citation_id is None:
            citation_id = new_id()
            added.append(_new_row(citation_id, version.article_id, one, source_id, at))
        elif source_id is not None:
            filled.append((citation_id, source_id))
        if citation_id not in placed:
            places.append(_place_row(version.id, citation_id, one))
    if added:
        connection.execute(insert(citations), added)
    _fill_gaps(connection, filled, known)
    if places:
        connection.execute(insert(citation_places), places)


def _known(connection: Connection, article_id: str) -> list[KnownCitation]:
    """Return all citations the article ever had, each where it last stood, newest version first."""
    query = (
        places()
        .add_columns(sources.c.platform, sources.c.key)
        .outerjoin(sources, sources.c.id == citations.c.source_id)
        .where(citation_places.c.seq.in_(_last_places(article_id)))
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


PRINTED = {"road": Road.ADDRESS.value, "certainty": Certainty.CERTAIN.value}
"""How a citation that is found with its source came to have it."""
UNFOUND: dict[str, str | None] = {"road": None, "certainty": None}


def _new_row(
    citation_id: str, article_id: str, found: FoundCitation, source_id: str | None, at: datetime
) -> dict[str, Any]:
    return {
        "id": citation_id,
        "article_id": article_id,
        "source_id": source_id,
        "resolution": found.resolution.value,
        "added_at": at,
        **(UNFOUND if source_id is None else PRINTED),
    }


def _fill_gaps(
    connection: Connection, printed: Sequence[tuple[str, str]], known: Sequence[KnownCitation]
) -> None:
    """Give known citations the source that is now printed; what was resolved stays."""
    gaps = {one.id for one in known if one.source_name is None}
    for citation_id, source_id in printed:
        if citation_id in gaps:
            connection.execute(
                update(citations)
                .where(citations.c.id == citation_id, citations.c.source_id.is_(None))
                .values(source_id=source_id, resolution=Resolution.RESOLVED.value, **PRINTED)
            )


def _place_row(version_id: str, citation_id: str, found: FoundCitation) -> dict[str, Any]:
    return {
        "version_id": version_id,
        "citation_id": citation_id,
        "position": found.position,
        "found": to_json(found),
    }


def resolve_citation(connection: Connection, citation_id: str, attempt: Attempt) -> Citation:
    """Set what a citation means by an attempt, and append the attempt.

    An attempt that found nothing takes no source away from a citation that has one.
    """
    source_id = (
        register_source(connection, attempt.source, None, attempt.at).id
        if attempt.source is not None
        else None
    )
    which = citations.c.id == citation_id
    if source_id is None:
        which &= citations.c.source_id.is_(None)
    connection.execute(
        update(citations)
        .where(which)
        .values(
            source_id=source_id,
            resolution=attempt.resolution.value,
            resolution_note=attempt.note,
            road=attempt.road.value,
            certainty=attempt.certainty.value if attempt.certainty else None,
        )
    )
    citation = citation_of(connection, citation_id)  # refuses one that is not there
    row = _attempt_row(citation_id, attempt)
    connection.execute(insert(attempts), [row])
    list_bodies(connection, [(citation_id, row["answers"])])
    return citation


def hold_citation(connection: Connection, citation_id: str) -> str | None:
    """Hold a citation's row until this transaction ends; return the ID of its source, if any.

    Nobody adds a pin or an event of it meanwhile.
    """
    row = select(citations.c.source_id).where(citations.c.id == citation_id).with_for_update()
    return connection.execute(row).scalar_one_or_none()


def _attempt_row(citation_id: str, attempt: Attempt) -> dict[str, Any]:
    return {
        "citation_id": citation_id,
        "at": attempt.at,
        "resolution": attempt.resolution.value,
        "road": attempt.road.value,
        "certainty": attempt.certainty.value if attempt.certainty else None,
        "source": to_json(attempt.source),
        "note": attempt.note,
        "answers": to_json(attempt.answers),
    }


def attempts_of(connection: Connection, citation_id: str) -> list[Attempt]:
    """Return every attempt to find out what a citation means, oldest first."""
    query = select(attempts).where(attempts.c.citation_id == citation_id).order_by(attempts.c.seq)
    return [_to_attempt(row) for row in connection.execute(query)]


def was_tried() -> ColumnElement[bool]:
    """Keep those citations for which an attempt was made."""
    return select(attempts.c.seq).where(attempts.c.citation_id == citations.c.id).exists()


def _to_attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        at=row.at,
        resolution=Resolution(row.resolution),
        source=None if row.source is None else from_json(SourceRef, row.source),
        road=Road(row.road),
        certainty=None if row.certainty is None else Certainty(row.certainty),
        note=WITHDRAWN if row.note is None else row.note,
        answers=tuple(from_json(KeptAnswer, answer) for answer in row.answers or ()),
    )


# Queries


def places() -> Select[Any]:
    """Citations joined with their places, a row for every version they stand in."""
    return (
        select(citations, citation_places.c.found, citation_places.c.position)
        .join(citation_places, citation_places.c.citation_id == citations.c.id)
        .join(article_versions, article_versions.c.id == citation_places.c.version_id)
        .join(articles, articles.c.id == citations.c.article_id)
    )


def in_newest_version() -> ColumnElement[bool]:
    """Keep those rows of :func:`places` that are of the article's newest version."""
    newer = article_versions.alias("newer")
    newest = select(func.max(newer.c.seq)).where(newer.c.article_id == citations.c.article_id)
    return article_versions.c.seq == newest.scalar_subquery()


def _newest_version_id(article_id: str) -> ScalarSelect[str]:
    """Return the newest version of one article: asked once, not for every citation of it."""
    of_article = select(article_versions.c.id).where(article_versions.c.article_id == article_id)
    return of_article.order_by(article_versions.c.seq.desc()).limit(1).scalar_subquery()


def _last_places(article_id: str) -> Select[Any]:
    """Return the last place of every citation an article ever had, all at once."""
    return (
        select(func.max(citation_places.c.seq))
        .join(citations, citations.c.id == citation_places.c.citation_id)
        .where(citations.c.article_id == article_id)
        .group_by(citation_places.c.citation_id)
    )


def _in_last_place() -> ColumnElement[bool]:
    later = citation_places.alias("later")
    last = select(func.max(later.c.seq)).where(later.c.citation_id == citations.c.id)
    return citation_places.c.seq == last.scalar_subquery()


def _placed(version_id: str) -> Select[Any]:
    return select(citation_places.c.citation_id).where(citation_places.c.version_id == version_id)


def citations_of_article(connection: Connection, article_id: str) -> list[Citation]:
    """Return the citations of an article's newest version, in reading order."""
    query = (
        places()
        .where(citation_places.c.version_id == _newest_version_id(article_id))
        .order_by(citation_places.c.position, citation_places.c.seq)
    )
    return [to_citation(row) for row in connection.execute(query)]


def citation_of(connection: Connection, citation_id: str) -> Citation:
    """Return one citation, where it last stood.

    Raises:
        NotFoundError: there is none.
    """
    query = places().where(citations.c.id == citation_id, _in_last_place())
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(f"no citation goes by {citation_id!r}")
    return to_citation(row)


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


def to_citation(row: Row[Any]) -> Citation:
    """Read a row of :func:`places`."""
    return Citation(
        id=row.id,
        article_id=row.article_id,
        found=_to_found(row),
        resolution=Resolution(row.resolution),
        source_id=row.source_id,
        added_at=row.added_at,
        resolution_note=row.resolution_note,
        road=None if row.road is None else Road(row.road),
        certainty=None if row.certainty is None else Certainty(row.certainty),
    )
