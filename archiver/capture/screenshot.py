"""Pictures of the page, straight from the browser.

Source: Chrome DevTools Protocol, Page.captureScreenshot. The encoder for speed makes PNGs a few
per cent larger, three to four times faster; a clip below the viewport is only right with
``captureBeyondViewport`` (measured with Chromium 156, 2026-11).
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Error

from archiver.capture.policy import CapturePolicy

MAX_WIDTH_PX = 4096  # a page wider than this is a trick or a map; memory grows with the area
PREVIEW_QUALITY = 70


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture. ``covers``: ``page``, ``top`` (cut at the height cap) or ``viewport``."""

    data: bytes
    media_type: str
    covers: str
    width: int
    height: int


async def picture_page(session: CDPSession, policy: CapturePolicy) -> Picture | None:
    """Take the whole page, or its top up to the cap; the viewport when that fails; else None."""
    try:
        async with asyncio.timeout(policy.screenshot_s):
            width, height = await _content_size(session, policy)
            kept = min(height, policy.max_height_px)
            clip = {"x": 0, "y": 0, "width": width, "height": kept, "scale": 1}
            data = await take(session, clip=clip, captureBeyondViewport=True)
            return Picture(data, "image/png", "top" if kept < height else "page", width, kept)
    except (Error, TimeoutError):
        return await _picture_viewport(session, policy)


async def picture_preview(session: CDPSession, policy: CapturePolicy) -> Picture | None:
    """Take the viewport, small, for pages and lists."""
    scale = policy.preview_width_px / policy.viewport_width
    width, height = policy.viewport_width, policy.viewport_height
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
    try:
        async with asyncio.timeout(policy.screenshot_s / 3):
            data = await take(session, clip=clip, format="jpeg", quality=PREVIEW_QUALITY)
    except (Error, TimeoutError):
        return None
    size = round(width * scale), round(height * scale)
    return Picture(data, "image/jpeg", "viewport", *size)


async def _picture_viewport(session: CDPSession, policy: CapturePolicy) -> Picture | None:
    try:
        async with asyncio.timeout(policy.screenshot_s / 3):
            data = await take(session)
    except (Error, TimeoutError):
        return None
    return Picture(data, "image/png", "viewport", policy.viewport_width, policy.viewport_height)


async def _content_size(session: CDPSession, policy: CapturePolicy) -> tuple[int, int]:
    metrics = await session.send("Page.getLayoutMetrics")
    size = metrics["cssContentSize"]
    width = min(max(int(size["width"]), policy.viewport_width), MAX_WIDTH_PX)
    return width, max(int(size["height"]), 1)


async def take(session: CDPSession, **options: Any) -> bytes:  # noqa: ANN401 - JSON
    """Take what the screen shows, or what the options say, as PNG."""
    wanted = {"format": "png", "optimizeForSpeed": True, **options}
    answer = await session.send("Page.captureScreenshot", wanted)
    return base64.b64decode(answer["data"])
