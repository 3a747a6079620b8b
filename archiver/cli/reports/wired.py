"""From an audit to a report: the one place that says by what both sides are compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archiver.cli.reports.compared import Changes, compare_sides
from archiver.cli.reports.entry import Entry, Report
from archiver.flow.audit import Audit, Audited
from archiver.flow.evidence import NO_PROOF, Proof
from archiver.judge.compare import compare
from archiver.judge.drift import changes_of
from archiver.judge.noise import Noise
from archiver.judge.pictures import three_panel
from archiver.judge.selectors import address_of, selector_of
from archiver.model.citation import CitationKind
from archiver.model.comparison import Change
from archiver.model.inquiry import Reading
from archiver.model.verdict import Content, Quote
from archiver.wiring import Archive

Panel = Callable[[bytes, bytes], bytes]
"""From two screenshots (PNG) to one picture (PNG): as cited, now, what differs.

Raises ValueError for pictures that cannot be laid beside one another.
"""


def _panel(then: bytes, now: bytes) -> bytes:
    panel = three_panel(then, now)
    if panel is None:
        raise ValueError("the pictures cannot be laid side by side")
    return panel


def _told(then: Reading, now: Reading, noise: Noise) -> Sequence[Change]:
    """Return the sentences by which the finding was made: a report shows no other differences."""
    found = compare(then, now, noise=noise)
    if then.post is None or now.post is None:
        return found.changes
    is_other = found.level in (Content.EDITED, Content.DIFFERS)
    return changes_of(then.post.words, now.post.words) if is_other else ()


def _words_shown(url: str, words: str, text: str) -> str | None:
    selector = selector_of(words, text)
    return address_of(url, selector) if selector is not None else None


WordsAt = Callable[[str, str, str], str | None]
"""From an address, quoted words and the text they stand in to an address that shows the words."""


@dataclass(frozen=True, slots=True)
class Tools:
    """By what both sides are compared. Without ``panel`` two previews stand side by side."""

    changes: Changes = _told
    panel: Panel | None = _panel
    words_at: WordsAt | None = _words_shown


TOOLS = Tools()


def report_of(audit: Audit, proofs: Sequence[Proof] = (), tools: Tools = TOOLS) -> Report:
    """Compare both sides of each citation. ``proofs`` are in the order of the audit, or none."""
    of_each = proofs or [NO_PROOF] * len(audit.audited)
    entries = (
        Entry(
            one,
            compare_sides(one.sides, proof, tools.changes),
            proof,
            _words_at(one, tools.words_at) if tools.words_at is not None else None,
        )
        for one, proof in zip(audit.audited, of_each, strict=True)
    )
    return Report(audit, tuple(entries))


def _words_at(one: Audited, words_at: WordsAt) -> str | None:
    """Return where a page shows the quoted words, while they stand in it."""
    now = one.sides.now
    page = now.reading.page if now is not None and now.reading is not None else None
    if one.finding.quote is not Quote.STANDS or page is None or one.citation is None:
        return None
    if one.source is None:
        return None
    found = one.citation.found
    quotes = (found.text,) if found.kind is CitationKind.EMBED else found.context.quotes
    places = (words_at(one.source.ref.url, words, page.visible) for words in quotes)
    return next((place for place in places if place is not None), None)


async def full_report(audit: Audit, archive: Archive, tools: Tools = TOOLS) -> Report:
    """Fetch the proof of both sides of each citation from the archive, and compare them."""
    return report_of(audit, [await archive.proof(one) for one in audit.audited], tools)
