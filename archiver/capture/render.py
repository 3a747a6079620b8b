"""Answer a question with the page as the browser renders it: the DOM instead of the raw HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archiver.capture.raw import Raw
from archiver.errors import CrashError
from archiver.model.capture import CRASH, DEADLINE
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.net.decisions import Decision, Ruling

TLS_CODES = ("ERR_CERT_", "ERR_SSL_")
TIME_CODES = ("ERR_TIMED_OUT", "ERR_CONNECTION_TIMED_OUT", "no response in")


def answer_of(question: Question, raw: Raw, at: datetime) -> Answer:
    """Read what the worker saw as an answer: status and address of the main document, its DOM.

    What the browser could not load is an outcome with the browser's word for it as ``error``.

    Raises:
        CrashError: the browser broke down before it showed the page.
    """
    if raw.has_crashed and not raw.was_seen:
        raise CrashError(raw.problems[CRASH])
    told = "; ".join(raw.problems.values()) or None
    if raw.was_seen and (raw.failure is None or raw.failure.startswith("not a page")):
        return Answer(
            question=question,
            outcome=Outcome.ANSWERED,
            at=at,
            url=raw.final_url or question.url,
            status=raw.status,
            headers=raw.headers,
            body=raw.html.encode("utf-8", "replace"),
            error=raw.failure or told,
        )
    failure = raw.failure or told or "the page was not seen"
    outcome = _outcome(failure, raw)
    return Answer(question=question, outcome=outcome, at=at, url=question.url, error=failure)


def _outcome(failure: str, raw: Raw) -> Outcome:
    if DEADLINE in raw.problems or any(code in failure for code in TIME_CODES):
        return Outcome.TIMEOUT
    if failure.startswith("refused"):
        return Outcome.REFUSED
    if any(code in failure for code in TLS_CODES):
        return Outcome.TLS
    return _guard_outcome(raw.decisions) or Outcome.UNREACHABLE


def _guard_outcome(decisions: Sequence[Decision]) -> Outcome | None:
    """Ask the guard's log: the browser cannot tell a refused name from an unreachable one."""
    of_page = [d for d in decisions if not d.background]
    if not of_page or of_page[0].verdict is Ruling.ALLOWED:
        return None
    if of_page[0].verdict is Ruling.DENIED:
        return Outcome.REFUSED
    reason = of_page[0].reason
    if reason.startswith("no-host"):
        return Outcome.NO_HOST
    return Outcome.TIMEOUT if reason.startswith("timeout") else Outcome.UNREACHABLE
