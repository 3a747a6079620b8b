"""One attempt to find out which source a citation means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archiver.model.citation import Certainty, Resolution, Road
from archiver.model.observation import KeptAnswer
from archiver.model.source import SourceRef


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt came to, with every answer and hop it rests on; never edited.

    ``road`` is the one that led to ``source``; without a source, the last one tried. ``note`` is
    one sentence for a person: what was asked and why it was or was not taken.
    """

    at: datetime
    resolution: Resolution
    source: SourceRef | None
    road: Road
    certainty: Certainty | None
    note: str
    answers: tuple[KeptAnswer, ...] = ()
