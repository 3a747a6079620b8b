"""What every outside archive offers, and the nouns they share."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from archiver.model.inquiry import Answer, Question

Result = TypeVar("Result")
Asking = Generator[Question, Answer, Result]
"""Questions to an archive one by one; it is sent each answer and returns what it found."""


class TroubleKind(StrEnum):
    """Why an archive did not say what was asked."""

    LIMITED = "limited"
    """Asked too often: it is left alone for a while."""
    DOWN = "down"
    """No answer, or a failure of its own: it is left alone, longer with each time."""
    EXCLUDED = "excluded"
    """It does not show this address to anybody; others it does."""
    UNREADABLE = "unreadable"
    """An answer of a shape nobody knows, for this address."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong, as one sentence. ``pause`` is how long the archive itself asks for."""

    kind: TroubleKind
    reason: str
    pause: timedelta | None = None

    @property
    def is_passing(self) -> bool:
        """Whether asking again later may help."""
        return self.kind is not TroubleKind.EXCLUDED

    @property
    def is_of_archive(self) -> bool:
        """Whether the archive as a whole is to be left alone for a while."""
        return self.kind in (TroubleKind.LIMITED, TroubleKind.DOWN)


@dataclass(frozen=True, slots=True)
class Held:
    """A capture that an archive says it holds.

    ``url`` is its address for a person, ``raw_url`` that of the bytes as they were captured.
    ``original`` is the address captured, ``at`` when, ``status`` what the site answered then; None
    where the index does not say.
    """

    archive: str
    url: str
    raw_url: str
    original: str
    at: datetime
    status: int | None = None
    media_type: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What an archive holds, in no order. ``is_whole`` is false when there was more than we took.

    ``trouble`` stands beside what was found before it.
    """

    held: tuple[Held, ...] = ()
    trouble: Trouble | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Copy:
    """A capture as fetched. ``answer`` is what the original site answered then, as far as told.

    ``held`` has the address and the time of what really came: a request for a time leads to the
    nearest capture there is.
    """

    held: Held
    answer: Answer


class OutsideArchive(Protocol):
    """An archive of others that may be asked what it holds."""

    @property
    def name(self) -> str:
        """The word in a memento and in the settings: ``wayback``."""

    @property
    def title(self) -> str:
        """Its name for a person."""

    def holds(self, wanted: Sequence[Wanted], near: date | None) -> Asking[Listing]:
        """Say what it holds of any of the addresses, however they are spelled."""

    def fetch(self, held: Held) -> Asking[Copy | Trouble]:
        """Fetch one capture with the bytes as they were."""

    def holding_at(self, url: str) -> Held | None:
        """Return the capture that an address of this archive names, or None when it names none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One address to ask for. ``is_prefix`` asks for all that begin with it."""

    url: str
    is_prefix: bool = False
