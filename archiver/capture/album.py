"""All pictures of one visit: the page untouched first, then, if need be, with boxes set aside."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from playwright.async_api import CDPSession, Error

from archiver.capture import overlays
from archiver.capture.frames import draw, places_below
from archiver.capture.policy import CapturePolicy
from archiver.capture.recorder import Tap
from archiver.capture.screenshot import Picture, picture_page, picture_preview
from archiver.capture.world import World

MAX_FRAMES = 100  # a page of more is made of advertisements


@dataclass(slots=True)
class Album:
    """What was pictured. ``cleaned`` is the page without the boxes that ``overlays`` tells of.

    ``blank_frames`` counts frames, by screens, that ``picture`` does not show.
    """

    preview: Picture | None = None
    picture: Picture | None = None
    cleaned: Picture | None = None
    overlays: overlays.Told = field(default_factory=list)
    blank_frames: int = 0

    async def fill(self, session: CDPSession, tap: Tap, policy: CapturePolicy) -> None:
        """Picture the screen and the page, then the page without consent boxes if there are any."""
        if self.preview is None:
            self.preview = await picture_preview(session, policy)
        taken = await picture_page(session, policy)
        self.picture, self.blank_frames = await _with_frames(taken, session, tap, policy)
        if policy.hide_overlays and self.picture is not None:
            await self._clean(session, tap, policy)

    async def _clean(self, session: CDPSession, tap: Tap, policy: CapturePolicy) -> None:
        try:
            async with asyncio.timeout(policy.screenshot_s):
                world = await World.open(session)
                self.overlays = await overlays.set_aside(world)
                if self.overlays:
                    taken = await picture_page(session, policy)
                    self.cleaned, _ = await _with_frames(taken, session, tap, policy)
                await overlays.put_back(world)
        except (Error, TimeoutError):  # it went away or hangs: the untouched picture stands
            return

    def problems(self, policy: CapturePolicy) -> dict[str, str]:
        """Say what the untouched picture does not show, by the limit that was hit."""
        if self.picture is None:
            return {"screenshot_s": "no screenshot could be taken"}
        if self.picture.covers == "viewport":
            return {"screenshot_s": "only the viewport could be pictured"}
        if self.picture.covers == "top":
            return {"max_height_px": f"the screenshot ends at {policy.max_height_px} pixels"}
        return {}


async def _with_frames(
    picture: Picture | None, session: CDPSession, tap: Tap, policy: CapturePolicy
) -> tuple[Picture | None, int]:
    """Put frames into a picture that the browser leaves blank; return how many stay so."""
    if picture is None or picture.covers == "viewport":
        return picture, 0
    places = await places_below(tap.far_frames[:MAX_FRAMES], picture, policy)
    if not places:
        return picture, 0
    try:
        drawn = await draw(session, picture, places, policy)
    except Error:
        return picture, len(places)
    return drawn.picture, drawn.blank
