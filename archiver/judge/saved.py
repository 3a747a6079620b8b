"""Judge two saved pages: as cited, and now; no network, no database, one look.

What a look would ask in doubt (the browser, a sibling, the name's records) cannot be asked of a
file, so what would need it is said to be unknown, never gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from archiver.errors import AddressError
from archiver.judge.findings import find_quoted
from archiver.judge.verdicts import judge
from archiver.model.inquiry import Answer, Headers, Outcome, Question, Reading
from archiver.model.seen import Seen
from archiver.model.signals import Signal
from archiver.model.verdict import AsCited, AsCitedKind, Finding, Verdict
from archiver.platforms._address import canonical
from archiver.platforms.web import THIN, is_drawn_by_scripts, read_answer

THEN, NOW = datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 2, tzinfo=UTC)
"""When the two were seen is not known; that one is older than the other is."""
UNDRAWN = "The page is drawn by scripts, and a saved file shows nothing of it."
UNKNOWN_URL = "https://source.invalid/cited/page"  # RFC 6761: no such host will ever be


@dataclass(frozen=True, slots=True)
class Saved:
    """A page as it was saved; ``media_type`` is known of files that are no HTML."""

    body: bytes
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class SavedCase:
    """What is to be judged; all but ``now`` may be missing.

    ``headers`` and ``status`` came with ``now``; ``url`` is the address as cited, ``final_url``
    where redirects ended; ``quote`` are the words that the article quotes.
    """

    now: Saved
    baseline: Saved | None = None
    status: int = 200
    headers: Headers = ()
    url: str | None = None
    final_url: str | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class SavedJudgement:
    """What was judged, with the wall that was met and every signal that was read."""

    finding: Finding
    verdict: Verdict
    blocked_by: str | None
    quote_diff: str | None
    signals: tuple[str, ...]


def judge_saved(case: SavedCase) -> SavedJudgement:
    """Judge one case as one look would be judged that follows a look at the baseline.

    1. Read both pages as answers of the web.
    2. Judge the looks: one look never says gone.
    3. Compare the pages and look for the quoted words, where the page can be read.

    Raises:
        AddressError: an address is none, or that as cited no http(s) address.
    """
    asked = _asked(case)
    before = _baseline(case, asked)
    answer = _answer(case.now, asked, _final(case, asked), case.status, case.headers)
    now = read_answer(answer, asked)
    is_shown = now.signal is Signal.PRESENT
    if is_shown and is_drawn_by_scripts(answer, now.page) and _is_missed(before, case.quote):
        now = replace(now, signal=Signal.UNREADABLE, reason=UNDRAWN)
    looks = [_seen("baseline", THEN, asked, before)] if before is not None else []
    looks.append(_seen("now", NOW, asked, now))
    verdict = judge(looks)
    as_cited = AsCited(AsCitedKind.NONE)
    if before is not None:
        as_cited = AsCited(AsCitedKind.CAPTURE, lag=timedelta())
    finding, check = find_quoted(case.quote, verdict, as_cited, relied_on=before, now=now)
    return SavedJudgement(
        finding=finding,
        verdict=verdict,
        blocked_by=verdict.wall or (now.wall.value if now.wall is not None else None),
        quote_diff=check.diff,
        signals=_signals(now, verdict, finding),
    )


def _asked(case: SavedCase) -> str:
    """Return the address as cited; without one, an address that means nothing.

    Raises:
        AddressError: it is none.
    """
    return canonical(case.url) if case.url else UNKNOWN_URL


def _final(case: SavedCase, asked: str) -> str:
    """Return where redirects ended; a ``Location`` may leave out what stays the same.

    Raises:
        AddressError: it is no address.
    """
    try:
        final = urljoin(asked, case.final_url or "")
        urlsplit(final)
    except ValueError as error:
        raise AddressError(f"not an address: {case.final_url}") from error
    return final


def _baseline(case: SavedCase, asked: str) -> Reading | None:
    """Return what the baseline shows; somebody took it for the page, so no doubt counts."""
    if case.baseline is None:
        return None
    reading = read_answer(_answer(case.baseline, asked, asked, 200, ()), asked)
    if reading.signal in _WITH_PAGE and reading.page is not None:
        return replace(reading, signal=Signal.PRESENT)
    return reading


_WITH_PAGE = frozenset({Signal.SOFT_404, Signal.PARKED})


def _answer(saved: Saved, asked: str, final: str, status: int, headers: Headers) -> Answer:
    if saved.media_type is not None and not any(n.lower() == "content-type" for n, _ in headers):
        headers = (*headers, ("Content-Type", saved.media_type))
    return Answer(
        question=Question(asked),
        outcome=Outcome.ANSWERED,
        at=NOW,
        url=final,
        status=status,
        headers=headers,
        body=saved.body,
    )


def _is_missed(before: Reading | None, quote: str | None) -> bool:
    """Tell whether there should be more than a page shows that scripts may yet draw."""
    if before is None or before.page is None:
        return quote is not None
    return sum(map(str.isalnum, before.page.visible)) >= THIN


def _seen(name: str, at: datetime, asked: str, reading: Reading) -> Seen:
    return Seen(
        id=name,
        at=at,
        signal=reading.signal,
        reason=reading.reason,
        confirmed=reading.confirmed,
        asked=asked,
        url=reading.url,
        content_sha256=reading.content_sha256,
        wall=reading.wall,
        not_found=reading.not_found,
        page=reading.page,
    )


def _signals(now: Reading, verdict: Verdict, finding: Finding) -> tuple[str, ...]:
    """Return what was read, as words: signal, wall, how it reads, and the rules that held."""
    read = [now.signal.value]
    if now.wall is not None:
        read.append(f"wall: {now.wall.value}")
    if now.not_found is not None:
        read.append(f"reads like not found: {now.not_found:.2f}")
    read += [f"verdict: {verdict.rule}", f"finding: {finding.rule}"]
    return tuple(dict.fromkeys(read))
