"""Attend to one source: look, and capture when there is something to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from archiver.flow.capture import capture
from archiver.flow.claim import held
from archiver.flow.observe import UNANSWERED, Look, observe
from archiver.flow.outside import Outside
from archiver.flow.pin import pin_citations
from archiver.model.capture import Capture, Gate
from archiver.model.signals import Signal
from archiver.model.source import Source


class Take(StrEnum):
    """When a look is followed by a capture."""

    ALWAYS = "always"
    """The caller asked for a capture."""
    NEWS = "news"
    """The signal or the content is new, or no accepted capture shows the source yet."""


@dataclass(frozen=True, slots=True)
class Attended:
    """What attending came to; ``capture`` is None when there was nothing new to keep."""

    look: Look
    capture: Capture | None


async def attend(
    source: Source,
    outside: Outside,
    *,
    take: Take = Take.NEWS,
    patience: timedelta = timedelta(0),
) -> Attended:
    """Look at a source, capture it if need be, and pin what its citations rely on.

    1. Claim the source, so that nobody else looks at the same time.
    2. Look once and commit the observation.
    3. Capture when asked to, or when the look brought news.
    4. Pin the first capture as what each citation of it relied on.

    Raises:
        ClaimError: another worker is at it, or took it over.
        CaptureError: the browser could not be started; the look is kept.
        StoreError: disk or database refused.
    """
    async with held(source, outside, patience=patience) as claim:
        look = await observe(source, claim, outside)
        taken: Capture | None = None
        if take is Take.ALWAYS or await _is_worth_a_capture(look, outside):
            taken = await capture(look, claim, outside)
        await pin_citations(source, outside)
        return Attended(look, taken)


async def _is_worth_a_capture(look: Look, outside: Outside) -> bool:
    signal = look.observation.reading.signal
    if signal in UNANSWERED:
        return False
    if look.is_news:
        return True
    if signal is not Signal.PRESENT:
        return False
    captures = await outside.store.captures.of(look.source.id)
    return not any(kept.gate is Gate.ACCEPTED for kept in captures)
