"""One table of exit codes for every command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.cli.exits import OF_FINDING, after_audit, after_captures
from archiver.errors import InputError, LaunchError
from archiver.flow.add import Taken
from archiver.flow.attend import Attended
from archiver.flow.audit import Audit, Audited
from archiver.flow.observe import Look
from archiver.model.capture import CaptureOutcome, Gate
from archiver.model.source import Source
from archiver.model.verdict import AsCited, AsCitedKind, Content, Finding, FindingKind, Quote
from tests.build import NOW, capture, observation, ref, verdict

SOURCE = Source("s1", ref(), NOW)


def audited(kind: FindingKind) -> Audited:
    finding = Finding(
        "c1", kind, None, Content.SAME, Quote.STANDS, "rule", "reason", AsCited(AsCitedKind.NONE)
    )
    return Audited(None, None, finding, None)


def taken(outcome: CaptureOutcome | None, gate: Gate = Gate.ACCEPTED) -> Taken:
    look = Look(SOURCE, observation("s1"), verdict(), ())
    kept = replace(capture("s1"), outcome=outcome, gate=gate) if outcome else None
    return Taken(SOURCE, Attended(look, kept))


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_has_an_exit_code(kind):
    assert kind in OF_FINDING


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        ([], 0),
        ([FindingKind.INTACT], 0),
        ([FindingKind.INTACT, FindingKind.CHANGED], 1),
        ([FindingKind.UNKNOWN, FindingKind.GONE], 1),
        ([FindingKind.RESTRICTED], 1),
        ([FindingKind.INTACT, FindingKind.UNKNOWN], 3),
        ([FindingKind.SUSPECT], 3),
    ],
)
def test_an_audit_leaves_with_its_worst_news(kinds, code):
    assert after_audit(Audit(None, tuple(map(audited, kinds)), 0, ())) == code


def test_a_look_that_failed_is_told_unless_something_changed():
    failed = (Taken(SOURCE, None, LaunchError("no browser")),)

    assert after_audit(Audit(None, (audited(FindingKind.UNKNOWN),), 0, failed)) == 4
    assert after_audit(Audit(None, (audited(FindingKind.CHANGED),), 0, failed)) == 1


def test_an_article_that_lost_all_its_citations_is_not_all_well():
    assert after_audit(Audit(None, (), 0, (), lost=2)) == 3


@pytest.mark.parametrize(
    ("all_taken", "code"),
    [
        ([], 0),
        ([taken(CaptureOutcome.COMPLETE)], 0),
        ([taken(CaptureOutcome.PARTIAL)], 0),
        ([taken(None)], 0),
        ([taken(CaptureOutcome.COMPLETE, Gate.REJECTED)], 3),
        ([taken(CaptureOutcome.COMPLETE), taken(CaptureOutcome.FAILED, Gate.REJECTED)], 4),
        ([Taken(SOURCE, None, LaunchError("no browser"))], 4),
        ([Taken(SOURCE, None, InputError("it was taken down"))], 2),
    ],
)
def test_captures_leave_with_their_worst_outcome(all_taken, code):
    assert after_captures(all_taken) == code
