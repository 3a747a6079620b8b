"""A report as a value: what every format is written from."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.cli.reports.compared import NOTHING, Compared
from archiver.flow.audit import Audit, Audited
from archiver.flow.evidence import NO_PROOF, Proof
from archiver.model.verdict import FindingKind

ORDER = (
    FindingKind.GONE,
    FindingKind.CHANGED,
    FindingKind.RESTRICTED,
    FindingKind.SUSPECT,
    FindingKind.UNKNOWN,
    FindingKind.INTACT,
)
"""Findings, the worst news first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One citation in a report: the finding, what differs, and the proof of both sides.

    ``words_at`` is an address at which a browser shows the quoted words, where they stand.
    """

    one: Audited
    compared: Compared = NOTHING
    proof: Proof = NO_PROOF
    words_at: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """An audit with what differs and the proof of it, one entry a citation."""

    audit: Audit
    entries: tuple[Entry, ...]

    @property
    def counts(self) -> dict[FindingKind, int]:
        """How many of each finding, the worst first; those there are none of left out."""
        kinds = [entry.one.finding.kind for entry in self.entries]
        return {kind: kinds.count(kind) for kind in ORDER if kind in kinds}
