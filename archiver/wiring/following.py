"""What is followed, and what no longer is."""

from __future__ import annotations

from archiver.errors import InputError, NotFoundError
from archiver.flow import hold as holding
from archiver.flow.outside import Outside
from archiver.flow.remove import remove_article
from archiver.flow.targets import find_target
from archiver.model.feed import Feed


async def unwatch(name: str, outside: Outside) -> Feed:
    """Stop following a feed, named by its address or identifier.

    Raises:
        NotFoundError: no feed goes by that name.
    """
    feeds = outside.store.feeds
    found = next((feed for feed in await feeds.all() if name in (feed.id, feed.url)), None)
    if found is None:
        message = f"no feed is called {name}; see: archiver watch --list"
        raise NotFoundError(message)
    await feeds.remove(found.id, outside.clock.now())
    return found


async def pause(target: str, outside: Outside, *, paused: bool) -> list[str]:
    """Stop looking at a target's sources by itself, or go on; return their names."""
    found = await find_target(target, outside)
    for source in found.sources:
        await outside.store.sources.pause(source.id, paused=paused)
    return [source.ref.name for source in found.sources]


async def pardon(target: str, outside: Outside) -> list[str]:
    """Let a target's sources out of quarantine; return the names of those that were in it."""
    found = await find_target(target, outside)
    queue = outside.store.queue
    return [one.ref.name for one in found.sources if await queue.pardon(one.id)]


async def remove(target: str, outside: Outside) -> str:
    """Stop following an article or a source.

    Raises:
        InputError: a citation cannot be removed by itself, or a hold is on it.
    """
    found = await find_target(target, outside)
    holding.refuse_held(await holding.holds_on(found, outside))
    if found.article is not None:
        await remove_article(found.article, found.sources, outside)
        return found.article.id
    if not found.sources or any(one.id == target for one in found.citations):
        message = f"{target} is a citation; remove its article or its source"
        raise InputError(message)
    await outside.store.sources.remove(found.sources[0].id, outside.clock.now())
    return found.sources[0].ref.name
