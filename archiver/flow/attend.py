"""Attend to one source: look, and capture when there is something to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from archiver.flow import account
from archiver.flow.capture import capture
from archiver.flow.claim import held
from archiver.flow.follow import Followed
from archiver.flow.observe import UNANSWERED, Look, observe
from archiver.flow.outside import Outside
from archiver.flow.pin import pin_citations
from archiver.flow.push import want_push
from archiver.flow.reread import read_again
from archiver.flow.rescue import rescue_if_lost
from archiver.model.capture import Capture
from archiver.model.citation import Citation
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.ports import Claim


class Take(StrEnum):
    """When a look is followed by a capture."""

    ALWAYS = "always"
    """The caller asked for a capture."""
    NEWS = "news"
    """The newest capture shows another signal or content, or none shows the source yet."""


@dataclass(frozen=True, slots=True)
class Attended:
    """What attending came to; ``capture`` is None when there was nothing new to keep.

    ``read_again`` are the articles at that address that got a new version.
    """

    look: Look
    capture: Capture | None
    read_again: tuple[Followed, ...] = ()


async def attend(
    source: Source,
    outside: Outside,
    *,
    take: Take = Take.NEWS,
    patience: timedelta = timedelta(0),
) -> Attended:
    """Look at a source, capture it if need be, and pin what its citations rely on.

    1. Claim the source, so that nobody else looks at the same time.
    2. Look once, by the platform's log-in if one stands, and commit the observation.
    3. Read the article again whose own address it is, from what the look brought.
    4. Capture when asked to, or when the look brought news.
    5. When it is not there as it was cited, take over what outside archives hold of it.
    6. Pin what each citation of it relied on.

    Raises:
        ClaimError: another worker is at it, or took it over.
        LaunchError: the browser could not be started; the look is kept.
        StoreError: disk or database refused.
    """
    async with held(source, outside, patience=patience) as claim:
        look = await look_at(source, claim, outside)
        news = await read_again(look, claim, outside)
        taken: Capture | None = None
        if take is Take.ALWAYS or await is_worth_a_capture(look, outside):
            taken = await capture(look, claim, outside)
        await draw_on(look, taken, outside)
        return Attended(look, taken, tuple(news))


async def look_at(source: Source, claim: Claim, outside: Outside) -> Look:
    """Look once, by the platform's log-in if one stands, and commit the observation."""
    await account.prepare(source.ref.platform, outside)
    look = await observe(source, claim, outside)
    if (out := account.logged_out(look, outside)) is not None:
        await account.pause(source.ref.platform, out, outside)
    return look


async def draw_on(look: Look, taken: Capture | None, outside: Outside) -> list[Citation]:
    """Do what rests on a look and its capture: hand on, take over, pin; return the citations."""
    if outside.archives.push.always:
        await want_push(look, taken, outside)
    await rescue_if_lost(look, outside)
    return await pin_citations(look.source, outside)


async def is_worth_a_capture(look: Look, outside: Outside) -> bool:
    """Say whether what was seen is not what the newest capture shows.

    It is compared with the look that has a capture, not with the look before: a capture that
    failed, or a process that died before it, must not hide the news from the next look.
    """
    now = look.observation.reading
    if now.signal in UNANSWERED or now.signal is Signal.RATE_LIMITED:
        return False  # one that asks to be left alone is not visited at once by a browser
    held = await outside.store.captures.holding(look.source.id)
    if held is None or held.observation_id is None or held.has_crashed:
        return True
    if now.signal is Signal.PRESENT and not held.has_accepted:
        return True
    return (held.signal, held.fingerprint) != (now.signal, now.fingerprint)
