"""What a person names on a command line, as articles, citations and sources."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.errors import InputError, NotFoundError
from archiver.flow.outside import Outside
from archiver.flow.resolve import register as register_source
from archiver.model.article import Article
from archiver.model.citation import Citation
from archiver.model.source import Source
from archiver.platforms import recognise


@dataclass(frozen=True, slots=True)
class Target:
    """What a name stands for.

    ``citations`` are those to audit; ``sources`` those to look at, each once. For an article its
    own address comes first among the sources and has no citation.
    """

    article: Article | None
    citations: tuple[Citation, ...]
    sources: tuple[Source, ...]


async def find_target(name: str, outside: Outside, *, register: bool = False) -> Target:
    """Return what ``name`` stands for: an article, a citation, a source, or any address.

    An ID or address of an article stands for all it cites. An address nobody cites is a source of
    its own when ``register`` allows it to be stored.

    Raises:
        NotFoundError: nothing goes by that name.
        AddressError: it looks like an address and is none.
    """
    known = await _known(name, outside)
    if known is not None:
        return known
    if "://" not in name:
        message = f"no article, citation or source is called {name}; see: archiver status"
        raise NotFoundError(message)
    ref = recognise(name)
    if register:
        source = await register_source(ref, outside)
    else:
        source = await outside.store.sources.source(ref.name)
    return await _of_source(source, outside)


async def _known(name: str, outside: Outside) -> Target | None:
    store = outside.store
    try:
        return await _of_article(await store.articles.article(name), outside)
    except NotFoundError:
        pass
    try:
        citation = await store.articles.citation(name)
    except NotFoundError:
        pass
    else:
        sources = [await store.sources.source(citation.source_id)] if citation.source_id else []
        return Target(None, (citation,), tuple(sources))
    try:
        return await _of_source(await store.sources.source(name), outside)
    except NotFoundError:
        return None


def followed(target: Target) -> Target:
    """Return the target, unless it is an article that is no longer followed.

    Raises:
        InputError: it was removed.
    """
    if target.article is not None and target.article.removed_at is not None:
        when = target.article.removed_at.date()
        message = f"article {target.article.id} was removed on {when}; add it again to follow it"
        raise InputError(message)
    return target


async def _of_article(article: Article, outside: Outside) -> Target:
    citations = await outside.store.articles.citations(article.id)
    ids = [article.source_id, *(citation.source_id for citation in citations)]
    distinct = dict.fromkeys(one for one in ids if one is not None)
    sources = await outside.store.sources.several(list(distinct))
    return Target(article, tuple(citations), tuple(sources))


async def _of_source(source: Source, outside: Outside) -> Target:
    citations = await outside.store.articles.citations_of(source.id)
    return Target(None, tuple(citations), (source,))
