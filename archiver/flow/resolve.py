"""Find out which source a citation means."""

from __future__ import annotations

from archiver.flow.inquire import drive
from archiver.flow.keep import keep_answer
from archiver.flow.outside import Outside
from archiver.model.attempt import Attempt
from archiver.model.citation import Certainty, Citation, Resolution, Road
from archiver.model.source import Source, SourceRef
from archiver.platforms import platform, recognise


async def resolve(citation: Citation, outside: Outside) -> Citation:
    """Look a citation's codes and short links up, and keep what they came to.

    1. Ask the platform the citation speaks of (``web`` when it names none).
    2. Keep the source it accepted; or keep the note that says why nothing was accepted.

    A look-up that may succeed later stays ``needs_lookup``; one that cannot is ``unresolved``.
    """
    if citation.resolution is not Resolution.NEEDS_LOOKUP:
        return citation
    asked = platform(citation.found.platform or "web")
    inquired = await drive(asked.look_up(citation.found), outside.fetcher)
    resolved = inquired.result
    if resolved.source is not None:
        state = Resolution.RESOLVED
        await register(resolved.source, outside)
    else:
        state = Resolution.UNRESOLVED if resolved.final else Resolution.NEEDS_LOOKUP
    attempt = Attempt(
        at=outside.clock.now(),
        resolution=state,
        source=resolved.source,
        road=Road.CODE,
        certainty=Certainty.CHECKED if resolved.source is not None else None,
        note=resolved.note,
        answers=tuple([await keep_answer(answer, outside.files) for answer in inquired.answers]),
    )
    return await outside.store.articles.resolve(citation.id, attempt)


async def resolve_by_hand(citation: Citation, url: str, outside: Outside) -> Citation:
    """Set the source a person names.

    Raises:
        AddressError: ``url`` is no http(s) address.
    """
    named = recognise(url)
    await register(named, outside)
    attempt = Attempt(
        at=outside.clock.now(),
        resolution=Resolution.RESOLVED,
        source=named,
        road=Road.PERSON,
        certainty=Certainty.CERTAIN,
        note=f"named by a person: {url}",
    )
    return await outside.store.articles.resolve(citation.id, attempt)


async def register(ref: SourceRef, outside: Outside) -> Source:
    """Register a source with the time it was published, as far as its identity tells."""
    posted_at = platform(ref.platform).posted_at(ref)
    return await outside.store.sources.register(ref, posted_at, outside.clock.now())
