"""Put frames of other sites below the first screen into the picture of the whole page.

Chromium draws no frame that has a process of its own unless it is on the screen, whatever a
picture is asked to show. So the page is scrolled to each, the screen is taken, and the frame's
place in it goes into the whole picture; every other pixel of that stays. What floats over the page
is set aside meanwhile: it would cover the frames, at every stop anew.

Source: seen with Chromium 156, 2026-11, also with its trials of site isolation off.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from playwright.async_api import CDPSession, Error, Frame

from archiver.capture.png import Box, Raster, read_png, write_png
from archiver.capture.policy import CapturePolicy
from archiver.capture.screenshot import Picture, take
from archiver.capture.world import World

LEAST_PX = 5  # smaller frames count visitors and show nothing
MAX_SCREENS = 60
FRAME_S = 1.0  # for a frame to say that it has drawn; the screen is taken either way

# Scripts of one world: `kept` stays between them. Sticky boxes take the place they have on a page
# that is not scrolled, fixed ones are unseen; both get back the style they had.
SET_ASIDE = """(() => {
  globalThis.kept = [];
  const keep = (node, name, value) => {
    const style = node.style;
    kept.push([style, name, style.getPropertyValue(name), style.getPropertyPriority(name)]);
    style.setProperty(name, value, 'important');
  };
  const visit = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) visit(node.shadowRoot);
      if (!node.style) continue;
      const place = getComputedStyle(node).position;
      if (place === 'fixed') keep(node, 'visibility', 'hidden');
      if (place === 'sticky') {
        keep(node, 'position', 'relative');
        for (const side of ['top', 'bottom', 'left', 'right']) keep(node, side, 'auto');
      }
    }
  };
  visit(document);
})()"""
PUT_BACK = """(() => {
  for (const [style, name, value, priority] of (globalThis.kept || []).reverse()) {
    if (value) style.setProperty(name, value, priority); else style.removeProperty(name);
  }
  scrollTo({left: 0, top: 0, behavior: 'instant'});
})()"""
DRAWN = """new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(done));
  setTimeout(done, 500);
})"""
SCROLL_TO = """(async () => {
  scrollTo({left: %d, top: %d, behavior: 'instant'});
  await %s;
  return [scrollX, scrollY];
})()"""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a frame, at most one screen large; both boxes are of the page not scrolled."""

    frame: Frame
    box: Box
    part: Box

    def on_screen(self, box: Box) -> Box:
        """Return where the part is, when the frame stands at ``box`` now."""
        left, top = box.left - self.box.left, box.top - self.box.top
        return replace(self.part, left=self.part.left + left, top=self.part.top + top)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of the page, with how many parts of frames were put in and how many not."""

    picture: Picture
    drawn: int
    blank: int


async def places_below(
    frames: Sequence[Frame], picture: Picture, policy: CapturePolicy
) -> list[Place]:
    """Return where frames stand that the first screen does not show whole, topmost first.

    The page is not scrolled when this is asked.
    """
    boxes = await asyncio.gather(*(_box(frame) for frame in frames))
    whole = Box(0, 0, picture.width, picture.height)
    screen = Box(0, 0, policy.viewport_width, policy.viewport_height)
    places = [
        Place(frame, box, part)
        for frame, box in zip(frames, boxes, strict=True)
        if box is not None and box.within(screen) != box.within(whole)
        for part in _parts(box.within(whole), screen)
    ]
    return sorted(places, key=lambda place: (place.part.top, place.part.left))


async def draw(
    session: CDPSession, picture: Picture, places: Sequence[Place], policy: CapturePolicy
) -> Drawn:
    """Return the picture with the frames in it; as it was when that cannot be done."""
    world = await World.open(session)
    await world.ask(SET_ASIDE)
    try:
        async with asyncio.timeout(policy.screenshot_s):
            raster = await asyncio.to_thread(read_png, picture.data)
            drawn = await _visit(session, world, raster, list(places))
            data = await asyncio.to_thread(write_png, raster) if drawn else picture.data
    except (Error, TimeoutError, ValueError):  # it went away, hangs, or is no PNG as we read them
        return Drawn(picture, 0, len(places))
    finally:
        await world.ask(PUT_BACK)
    return Drawn(replace(picture, data=data), drawn, len(places) - drawn)


async def _visit(session: CDPSession, world: World, raster: Raster, waiting: list[Place]) -> int:
    """Go from screen to screen and copy what each shows; return how many parts were copied."""
    drawn = 0
    for _ in range(MAX_SCREENS):
        if not waiting:
            break
        part = waiting[0].part
        await world.ask(SCROLL_TO % (max(0, part.left), part.top, DRAWN))
        await asyncio.gather(*(_let_draw(place.frame) for place in waiting[:1]))
        screen = await asyncio.to_thread(read_png, await take(session))
        boxes = await asyncio.gather(*(_box(place.frame) for place in waiting))
        copied = [
            place
            for place, box in zip(waiting, boxes, strict=True)
            if box is not None and _copy(place.on_screen(box), place.part, screen, raster)
        ]
        drawn += len(copied)
        waiting = [place for place in waiting[1:] if place not in copied]
    return drawn


def _copy(seen: Box, to: Box, screen: Raster, raster: Raster) -> bool:
    """Copy a part that the screen shows whole; false when it does not."""
    if seen.within(Box(0, 0, screen.width, screen.height)) != seen:
        return False
    raster.paste(screen, seen, to.left, to.top)
    return True


def _parts(box: Box, screen: Box) -> list[Box]:
    """Cut a box into parts that a screen can show."""
    return [
        Box(left, top, min(screen.width, box.right - left), min(screen.height, box.bottom - top))
        for top in range(box.top, box.bottom, screen.height)
        for left in range(box.left, box.right, screen.width)
    ]


async def _box(frame: Frame) -> Box | None:
    """Return where a frame is on the screen now, or None when it shows nothing."""
    try:
        async with asyncio.timeout(FRAME_S):
            place = await (await frame.frame_element()).bounding_box()
    except (Error, TimeoutError):
        return None
    if place is None or min(place["width"], place["height"]) < LEAST_PX:
        return None
    return Box(*(round(place[name]) for name in ("x", "y", "width", "height")))


async def _let_draw(frame: Frame) -> None:
    """Let a frame draw that was not on the screen before; a busy one is taken as it is."""
    with contextlib.suppress(Error, TimeoutError):
        async with asyncio.timeout(FRAME_S):
            await frame.evaluate(DRAWN)
