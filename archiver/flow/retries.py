"""What becomes of a job whose look could not be made. Pure.

What a source answers is an observation, a refusal or a time-out of its site too, and never comes
here: this is about trouble of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from archiver.errors import ClaimError, LaunchError, TurnError


class Course(StrEnum):
    """What to do with a job after an error."""

    LEAVE = "leave"
    """Another worker has it: nothing of ours counts any more."""
    GIVE_BACK = "give_back"
    """It was not the job's fault: it counts no try."""
    RETRY = "retry"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a job is tried, and how long between two tries.

    The pause is drawn evenly from nothing to ``first`` doubled by every try, ``cap`` at most, so
    that jobs that failed together do not come back together.
    Source: M. Brooker, Exponential Backoff And Jitter, 2015: full jitter.
    """

    tries: int = 5
    first: timedelta = timedelta(seconds=30)
    cap: timedelta = timedelta(hours=6)

    def pause(self, failed: int, share: float) -> timedelta:
        """Return how long to wait after so many tries that failed; ``share`` is drawn from 0 to 1.

        A job given up makes its source due after such a pause, too.
        """
        longest: timedelta = self.first * (1 << min(max(failed - 1, 0), 20))
        return min(longest, self.cap) * share

    def respite(self, share: float) -> timedelta:
        """Return how long a job stays away that a machine could not do: another may take it then.

        It is never nothing, so that the same machine does not take it again at once.
        """
        return self.first * (1 + share) / 2

    def course(self, error: BaseException, failed: int) -> Course:
        """Return what to do after an error, the ``failed``-th of the job."""
        match error:
            case ClaimError():
                return Course.LEAVE
            case TurnError() | LaunchError():
                return Course.GIVE_BACK
            case _:
                return Course.RETRY if failed < self.tries else Course.GIVE_UP
