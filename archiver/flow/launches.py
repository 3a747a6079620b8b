"""Whether browsers start and stay, and how long to leave it after they did not."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from urllib.parse import urlsplit

from archiver.ports import Clock

MOST_FAILURES = 5
WINDOW = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)


class Launches:
    """Counts failures to start a browser: after five in five minutes it is left alone for a time.

    Then one is tried; the pause doubles by each that fails, and is over when one works. One that
    breaks down before it shows anything counts as a failure, too, but once a page until one works:
    some pages break every browser, and must not keep others from one. After a pause that is so only
    for the first few: browsers may break at every page there is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: deque[timedelta] = deque(maxlen=MOST_FAILURES)
        self._paused_until: timedelta | None = None
        self._pause = FIRST_PAUSE
        self._broken_at: set[str] = set()
        self._known_since_pause = 0
        self.reason: str | None = None
        """Why the last one failed; None when it worked."""

    @property
    def are_failing(self) -> bool:
        """Tell whether browsers keep failing, paused or not."""
        return self._paused_until is not None

    @property
    def may_try(self) -> bool:
        """Tell whether a browser may be started now."""
        return self._paused_until is None or self._clock.steady() >= self._paused_until

    def worked(self) -> None:
        """Note that one started, and stayed until it showed something."""
        self._failures.clear()
        self._broken_at.clear()
        self._known_since_pause = 0
        self._paused_until, self._pause, self.reason = None, FIRST_PAUSE, None

    def failed(self, reason: str) -> None:
        """Note that one did not start."""
        now, self.reason = self._clock.steady(), reason
        self._failures.append(now)
        if self._paused_until is not None and now < self._paused_until:
            return  # begun before the pause, or beside the one that was tried
        if self._paused_until is not None:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._paused_until, self._known_since_pause = now + self._pause, 0
        elif len(self._failures) == MOST_FAILURES and now - self._failures[0] <= WINDOW:
            self._paused_until = now + self._pause

    def crashed(self, url: str, reason: str) -> None:
        """Note that one broke down at a page before it showed anything.

        While browsers fail, all pages of a host count once: a site that breaks every browser does
        not make the pause longer and longer for the others. It leaves them a few tries after each
        pause; when none of these works, the pause begins anew, and is longer.
        """
        host = urlsplit(url).hostname or ""
        is_known = (host if self.are_failing else url) in self._broken_at
        self._broken_at |= {url, host}
        if is_known and self.are_failing and self.may_try:
            self._known_since_pause += 1
            is_known = self._known_since_pause < MOST_FAILURES
        if not is_known:
            self.failed(reason)
