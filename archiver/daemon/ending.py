"""The end of the service: asked for by signals, and heard of whatever hangs."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import structlog

STOPS = (signal.SIGTERM, signal.SIGINT)
AFTER_GRACE_S = 1.5
"""How long after the grace an end in order may take. Threads of a database that stands still, and
code that keeps the loop, take as long as they like, and an end in order waits for both. Nothing
ends a process while one of its threads waits in the kernel for a disk that hangs and cannot be
interrupted: it is gone once the disk answers."""
DYING_S = 0.5
"""Of this, how long what was broken off may take to die: the last words come after it."""
TOLD_WITHIN_S = 0.1  # for the last line of the log: whoever reads it may stand still, too
BY_SIGNAL = 128
"""Added to a signal's number it is the exit code of what ended by it, as shells have it."""

Leave = Callable[[int], object]
"""Ends the process at once with an exit code, whatever its threads wait for."""


class Ending:
    """The end, asked for by a signal: the first in order, the second at once.

    ``grace`` is how long what is in hand may take then; when the end takes longer by more than
    what is needed to close, the process is left as it is. ``awaits`` says what the end waits for.

    A thread hears the signals, and tells the loop: a loop that is kept from going on, by code that
    spins or waits for a file, hears nothing.
    """

    def __init__(self, leave: Leave | None) -> None:
        self.grace = timedelta(0)
        self.awaits = "the archive to open"
        self._leave = leave
        self._event = asyncio.Event()
        self._stop: Callable[[], None] | None = None
        self._loop = asyncio.get_running_loop()
        heard, self._told_by = os.pipe()
        os.set_blocking(self._told_by, False)
        threading.Thread(target=self._hear, args=(heard,), daemon=True).start()
        signal.set_wakeup_fd(self._told_by)  # written to at once, whatever the main thread is at
        for number in STOPS:
            signal.signal(number, _next_at_once)

    @property
    def is_asked(self) -> bool:
        """Tell whether the loop knows that it is to end."""
        return self._event.is_set()

    def close(self) -> None:
        """Let signals do what they do by themselves; only threads are to end yet."""
        self.awaits = "threads to end"
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(-1)
        os.close(self._told_by)

    def ask(self, stop: Callable[[], None]) -> None:
        """Say what ends the work from now on."""
        self._stop = stop
        if self.is_asked:
            stop()

    async def wait(self, seconds: float) -> None:
        """Come back after so long, or when the end is asked for."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return

    def _hear(self, heard: int) -> None:
        """Hear signals until closed; in a thread."""
        is_asked = False
        with open(heard, "rb", buffering=0) as signals:
            while told := signals.read(1):
                number = told[0]
                if number not in STOPS:
                    continue
                if not is_asked:
                    is_asked = True
                    self._end()
                elif self._leave is not None:  # the main thread did not get to the first yet
                    self._leave(BY_SIGNAL + number)

    def _end(self) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._told)
        if self._leave is not None:
            self._leave_in_time(self._leave)

    def _told(self) -> None:
        self._event.set()
        if self._stop is not None:
            self._stop()

    def _leave_in_time(self, leave: Leave) -> None:
        """See to it that the process ends, from a thread: the loop, too, ends by waiting."""

        def go() -> None:
            awaited = self.awaits if self.is_asked else "the loop, which does not go on"
            telling = threading.Thread(target=_tell_left, args=(awaited,), daemon=True)
            with suppress(RuntimeError):  # there may be no more threads
                telling.start()
                telling.join(TOLD_WITHIN_S)
            leave(0)

        longest_s = self.grace.total_seconds() + AFTER_GRACE_S
        timer = threading.Timer(longest_s, go)
        timer.daemon = True
        timer.start()


def _next_at_once(*_: object) -> None:
    """Let the next signal end the process: browsers die with us, the kernel sees to it."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)


def _tell_left(awaited: str) -> None:
    why = "the end takes too long; the process is left as it is"
    structlog.get_logger("archiver.daemon").warning(why, action="left", awaited=awaited)
