"""Do one queued job: look, capture what is new, judge what rests on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from archiver.errors import CaptureError, ClaimError
from archiver.flow.attend import draw_on, is_worth_a_capture, look_at
from archiver.flow.capture import capture
from archiver.flow.observe import Look
from archiver.flow.outside import Outside
from archiver.flow.reread import read_again
from archiver.flow.rounds import note_findings
from archiver.model.capture import Capture
from archiver.ports import Taken

Place = Callable[[], AbstractAsyncContextManager[bool]]
"""A place at a browser: waits for it, and gives false when there is none to be had."""


class Work:
    """One job under way.

    ``look`` is there once it is committed; from then on the job has served, whatever follows.
    ``is_put_off`` tells that a capture is wanted and was not taken, ``trouble`` why, if by an
    error; a browser that broke down before there was a picture is one, too; its capture is kept.
    """

    def __init__(self, taken: Taken, outside: Outside, place: Place) -> None:
        self.taken = taken
        self.look: Look | None = None
        self.capture: Capture | None = None
        self.is_put_off = False
        self.trouble: Exception | None = None
        self._outside = outside
        self._place = place

    async def do(self) -> None:
        """Do it.

        1. Look once and commit the observation under the job.
        2. Read the article again whose own address it is.
        3. Capture when somebody asked for it, or when the look brought news, once there is a place
           at a browser.
        4. Do what rests on both, and judge each citation of the source.

        An error after the look is kept in ``trouble``: the look counts all the same.

        Raises:
            ClaimError: another worker has the source; nothing of this counts.
            TurnError: its site is not ours to ask now.
            ArchiverError: the look could not be made, or not be kept.
        """
        source = self.taken.job.source
        self.look = await look_at(source, self.taken.claim, self._outside)
        try:
            await read_again(self.look, self.taken.claim, self._outside)
            await self._capture(self.look)
            citations = await draw_on(self.look, self.capture, self._outside)
            await note_findings(citations, self._outside, self.taken.claim)
        except ClaimError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the look is committed
            self.trouble = error
        else:
            if self.capture is not None and self.capture.has_crashed:
                self.trouble = CaptureError(self.capture.reason or "the browser broke down")

    async def _capture(self, look: Look) -> None:
        if not self.taken.job.is_asked and not await is_worth_a_capture(look, self._outside):
            return
        self.is_put_off = True
        async with self._place() as is_mine:
            if is_mine:
                self.capture = await capture(look, self.taken.claim, self._outside)
                self.is_put_off = False
