"""What every platform module offers. No platform does input or output."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Question, Reading
from archiver.model.source import SourceRef


@dataclass(frozen=True, slots=True)
class Resolved:
    """What looking a citation up came to.

    ``source`` is None when nothing was accepted; ``note`` says in one sentence what was asked and
    why the answer was or was not taken. ``final`` is false when asking again later may help.
    """

    source: SourceRef | None
    note: str
    final: bool = True


Lookup = Generator[Question, Answer, Resolved]


class Platform(Protocol):
    """A kind of site we know how to ask."""

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""

    def recognise(self, url: str) -> SourceRef | None:
        """Return the source that ``url`` names, or None when it is not one of this platform."""

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return when the source was published, as far as its identity alone tells; aware UTC."""

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask for the source and say what the answers amount to.

        ``shown`` is what the newest look that showed it read, for identities that only a look can
        tell: the DID behind a handle, the origin of a copy.
        """

    def look_up(self, found: FoundCitation) -> Lookup:
        """Find the source of a citation that needs a look-up, by its codes and short links."""
