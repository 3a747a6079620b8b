"""When a page has come to rest: a rule over what the network did, with no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

# Loads that may stay open for as long as the page lives, or that nobody waits for. Kinds are the
# browser's resource types in lower case.
ENDLESS_KINDS = frozenset({"websocket", "eventsource", "ping", "media", "cspviolationreport"})
PATIENCE_S = 10.0  # an older request is a long poll, not content on its way
ENDLESS_PATIENCE_S = 3.0  # of a stream whose end nobody announced


@dataclass(slots=True)
class Quiet:
    """Counts what is under way; times are seconds of one monotonic clock.

    A page is at rest when nothing that counts was under way for ``window_s``. Counting stops for
    what never ends: event streams, sockets, media, and requests that outlast our patience.
    """

    window_s: float
    since: float
    _until: dict[str, float] = field(default_factory=dict)
    _begun: dict[str, float] = field(default_factory=dict)

    def begin(self, key: str, kind: str, at: float) -> None:
        """A request went out."""
        if kind in ENDLESS_KINDS:
            return
        self._begun[key] = at
        self._until[key] = at + PATIENCE_S
        self.since = at

    def end(self, key: str, at: float) -> None:
        """It came to an end, whichever."""
        self._begun.pop(key, None)
        if self._until.pop(key, None) is not None:
            self.since = at

    def expect_no_end(self, key: str) -> None:
        """It turned out to be a stream: soon nobody waits for it any more."""
        if key in self._until:
            self._until[key] = self._begun[key] + ENDLESS_PATIENCE_S

    def restart(self, at: float) -> None:
        """A new document begins: nobody waits for what the one before it asked."""
        self._begun.clear()
        self._until.clear()
        self.since = at

    def stir(self, at: float) -> None:
        """Something else happened that may lead to requests, such as the load event."""
        self.since = max(self.since, at)

    def remaining_s(self, now: float) -> float:
        """Return how long to wait if nothing else happens; 0 when the page is at rest."""
        waited_for = [until for until in self._until.values() if until > now]
        if waited_for:
            return min(waited_for) - now
        return max(0.0, self.since + self.window_s - now)
