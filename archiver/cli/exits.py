"""Exit codes, one table for every command.

0 done, everything intact · 1 done, something changed or gone · 2 the caller's mistake · 3 done,
nothing changed but something could not be told · 4 something outside failed · 5 our own fault.
"""

from __future__ import annotations

from collections.abc import Iterable

from archiver.errors import InputError
from archiver.flow.add import Taken
from archiver.flow.audit import Audit
from archiver.model.capture import CaptureOutcome, Gate
from archiver.model.verdict import FindingKind

DONE, CHANGED, MISTAKE, UNTOLD, OUTSIDE = 0, 1, 2, 3, 4

OF_FINDING = {
    FindingKind.INTACT: DONE,
    FindingKind.CHANGED: CHANGED,
    FindingKind.GONE: CHANGED,
    FindingKind.RESTRICTED: CHANGED,
    FindingKind.SUSPECT: UNTOLD,
    FindingKind.UNKNOWN: UNTOLD,
}


def worst(codes: Iterable[int]) -> int:
    """Return the code of several results together: a mistake, then the worst news, then doubt."""
    found = set(codes)
    return next((code for code in (MISTAKE, CHANGED, OUTSIDE, UNTOLD) if code in found), DONE)


def after_audit(audit: Audit) -> int:
    """Return 1 when anything changed, else 4 for a look that failed, else 3, else 0.

    An article that lost all its citations is 3: nothing could be told of what it cited.
    """
    codes = {OF_FINDING[one.finding.kind] for one in audit.audited}
    if audit.failed:
        codes.add(OUTSIDE)
    if audit.lost:
        codes.add(UNTOLD)
    return worst(codes)


def after_reading(damaged: int) -> int:
    """Return 1 when files are not as they were kept, else 0."""
    return CHANGED if damaged else DONE


def after_captures(taken: Iterable[Taken]) -> int:
    """Return 4 when a capture failed, 3 when one may not stand as evidence, else 0.

    What was taken down is not captured: to ask for it is the caller's mistake.
    """
    codes = {_of_capture(one) for one in taken}
    return next((code for code in (MISTAKE, OUTSIDE, UNTOLD) if code in codes), DONE)


def _of_capture(taken: Taken) -> int:
    if isinstance(taken.error, InputError):
        return MISTAKE
    if taken.error is not None or taken.attended is None:
        return OUTSIDE
    kept = taken.attended.capture
    if kept is None:
        return DONE
    if kept.outcome is CaptureOutcome.FAILED:
        return OUTSIDE
    return DONE if kept.gate is Gate.ACCEPTED else UNTOLD
