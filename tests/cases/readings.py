"""One row of a case table of answers: what comes back, what is made of it, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from archiver.model.signals import Signal
from tests.answers import Reply


class Weight(Enum):
    """How far the fact behind a case can be trusted."""

    RECORDED = "measured in saved answers, with place and date"
    DOCUMENTED = "documented, or in the source of maintained programs"
    ONE_VOICE = "one issue, note or comment"
    OWN_RULE = "no fact of the platform: how we treat any answer of this kind"


@dataclass(frozen=True)
class Case:
    name: str
    weight: Weight
    replies: list[Reply]
    signal: Signal
    confirmed: bool = False
