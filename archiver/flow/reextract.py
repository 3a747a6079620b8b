"""Read kept pages again when the extractor has changed: main texts of two are never compared.

What was on the wire is kept by its hash, so the text of a look years ago can be taken out of the
same bytes by today's extractor. The look itself stays as it is.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from archiver.errors import StoreError
from archiver.flow.observe import digest_of
from archiver.flow.outside import Outside
from archiver.model.inquiry import Ask, PageText
from archiver.model.observation import KeptAnswer, Observation
from archiver.platforms._page import extractor_name, page_text, plain_text
from archiver.ports import Digest

IN_ONE_GO = 50  # looks; a large page takes a tenth of a second


async def reextract(outside: Outside) -> list[Observation]:
    """Read pinned looks again that another extractor read; return those that were.

    A look whose bytes are lost, or that has no page, keeps what it has and is not asked again.
    """
    read: list[Observation] = []
    while outdated := await outside.store.features.outdated(extractor_name(), IN_ONE_GO):
        read += [seen for seen in outdated if await _read_again(seen, outside)]
    return read


async def as_read_now(seen: Observation, outside: Outside) -> Observation:
    """Return a look with its page as today's extractor reads it, where it was read again."""
    page = seen.reading.page
    if page is None or page.extractor == extractor_name():
        return seen
    again = await outside.store.features.page(seen.id, extractor_name())
    return seen if again is None else replace(seen, reading=replace(seen.reading, page=again))


async def _read_again(seen: Observation, outside: Outside) -> bool:
    again = await _page(seen, outside)
    if again is None:
        kept = Digest(await asyncio.to_thread(digest_of, seen))
        await outside.store.features.keep(seen, kept, extractor_name(), None)
        return False
    anew = replace(seen, reading=replace(seen.reading, page=again))
    digest = Digest(await asyncio.to_thread(digest_of, anew))
    await outside.store.features.keep(seen, digest, extractor_name(), again)
    return True


async def _page(seen: Observation, outside: Outside) -> PageText | None:
    page = seen.reading.page
    kept = next((one for one in reversed(seen.answers) if page and _holds(one, page)), None)
    if page is None or kept is None or kept.body_sha256 is None:
        return None
    try:
        body = await outside.files.blob(kept.body_sha256)
    except StoreError:
        return None  # the sweep reports a lost blob
    return await asyncio.to_thread(_read, body, kept, rendered=page.rendered)


def _holds(kept: KeptAnswer, page: PageText) -> bool:
    """Tell whether an answer is the one whose bytes the page was read from."""
    wanted = Ask.RENDER if page.rendered else Ask.HTTP
    return kept.ask is wanted and kept.body_sha256 is not None and kept.status in (200, 203)


def _read(body: bytes, kept: KeptAnswer, *, rendered: bool) -> PageText:
    named = next((value for key, value in kept.headers if key.lower() == "content-type"), None)
    if named is not None and named.partition(";")[0].strip().lower() == "text/plain":
        return plain_text(body, named)
    return page_text(body, kept.final_url, named, rendered=rendered)
