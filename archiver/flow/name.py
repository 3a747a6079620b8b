"""Let a person name the source that a citation means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archiver.citations.resolve import Resolved
from archiver.citations.resolve import resolve as read_address
from archiver.errors import UnreachableError
from archiver.flow.inquire import drive
from archiver.flow.keep import keep_answer
from archiver.flow.outside import Outside
from archiver.flow.rescue import take
from archiver.flow.resolve import register
from archiver.model.attempt import Attempt
from archiver.model.citation import Certainty, Citation, Resolution, Road
from archiver.model.inquiry import Answer
from archiver.model.source import SourceRef
from archiver.platforms import platform, recognise


async def resolve_by_hand(citation: Citation, url: str, outside: Outside) -> Citation:
    """Set the source a person names, read as an address in an article is.

    1. A short link or a code is followed hop by hop; every answer is kept with the attempt.
    2. The address of an archived copy names the original, and the copy is taken over.

    Raises:
        AddressError: ``url`` is no http(s) address.
        UnreachableError: a short link leads nowhere now; the attempt is kept, the citation stays.
    """
    named = read_address(url, recognise)
    ref, note, answers = named.source, f"named by a person: {url}", tuple[Answer, ...]()
    if ref is None:
        ref, way, answers = await _follow(citation, named, outside)
        note = f"{note}; {way}"
    if ref is None:
        kept = await _attempt(None, note, answers, outside)
        await outside.store.articles.resolve(citation.id, kept)
        raise UnreachableError(f"{note}; name the address that it leads to")
    source = await register(ref, outside)
    if named.memento is not None:
        why = "a person named this copy"
        copy = await take(named.memento.url, source, outside, why=why)
        kept_copy = f"is kept as {copy.id}" if copy is not None else "could not be taken over"
        note = f"{note}; the archived copy {kept_copy}"
    attempt = await _attempt(ref, note, answers, outside)
    return await outside.store.articles.resolve(citation.id, attempt)


async def _follow(
    citation: Citation, named: Resolved, outside: Outside
) -> tuple[SourceRef | None, str, tuple[Answer, ...]]:
    """Return what a short link or code leads to, what was asked for it, and every answer."""
    found = replace(citation.found, addresses=(named.url,), url=named.url, source=None)
    # As a plain link whatever it is: the person vouches for it, not the words around it.
    inquired = await drive(platform("web").look_up(found), outside.fetcher)
    return inquired.result.source, inquired.result.note, inquired.answers


async def _attempt(
    ref: SourceRef | None, note: str, answers: Sequence[Answer], outside: Outside
) -> Attempt:
    return Attempt(
        at=outside.clock.now(),
        resolution=Resolution.RESOLVED if ref is not None else Resolution.UNRESOLVED,
        source=ref,
        road=Road.PERSON,
        certainty=Certainty.CERTAIN if ref is not None else None,
        note=note,
        answers=tuple([await keep_answer(answer, outside.files) for answer in answers]),
    )
