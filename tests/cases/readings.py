"""One row of a case table of answers: what comes back, what is made of it, and who says so."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.model.signals import Signal
from tests.answers import Reply
from tests.cases.facts import Fact


@dataclass(frozen=True)
class Case:
    name: str
    fact: Fact
    replies: list[Reply]
    signal: Signal
    confirmed: bool = False
