"""Answers as JSON documents, in the shapes that the README lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from archiver.cli.reports import wording
from archiver.cli.reports.compared import Compared
from archiver.cli.reports.entry import Entry, Report
from archiver.flow.add import Taken
from archiver.flow.evidence import SideProof
from archiver.flow.sides import Side, Sides
from archiver.judge.selectors import fragment_of
from archiver.model.article import ArticleVersion
from archiver.model.attempt import Attempt
from archiver.model.capture import ArtifactKind, Capture
from archiver.model.citation import Citation
from archiver.model.feed import Feed
from archiver.model.memento import Memento, Push
from archiver.model.observation import KeptAnswer
from archiver.model.verdict import AsCited
from archiver.wiring import Located

Document = dict[str, object]

Locate = Callable[[str], str | None]
"""From an artifact's path to where it is kept; None where the files are not kept at all."""


def moment(at: datetime | None) -> str | None:
    """Return ISO 8601 with a Z, or None."""
    return at.isoformat().replace("+00:00", "Z") if at is not None else None


def capture_document(captured: Located) -> Document:
    """Return one capture, with where its files are kept."""
    kept = captured.capture
    return {
        "capture": kept.id,
        "source": captured.source.ref.name,
        "url": kept.url,
        "final_url": kept.final_url,
        "outcome": kept.outcome.value,
        "gate": kept.gate.value,
        "reason": kept.reason,
        "withdrawn": kept.is_withdrawn,
        "http_status": kept.http_status,
        "warc": captured.warc,
        "screenshot": captured.screenshot,
        "cleaned": captured.cleaned,
        "media": list(captured.media),
        "text": captured.text,
        "records": kept.records,
        "bytes": kept.bytes,
        "started_at": moment(kept.started_at),
        "finished_at": moment(kept.finished_at),
    }


def audit_document(report: Report, locate: Locate) -> Document:
    """Return an audit: the findings and how many of each."""
    audit = report.audit
    kinds = Counter(entry.one.finding.kind.value for entry in report.entries)
    return {
        "article": audit.article.id if audit.article else None,
        "findings": [finding_document(entry, locate) for entry in report.entries],
        "summary": dict(sorted(kinds.items())),
        "lost_citations": audit.lost,
    }


def finding_document(entry: Entry, locate: Locate) -> Document:
    """Return one citation's finding, with what differs and the proof of both sides."""
    one = entry.one
    finding = one.finding
    verdict = finding.verdict
    return {
        "citation": one.citation.id if one.citation else None,
        "source": one.source.ref.name if one.source else None,
        "url": one.source.ref.url if one.source else None,
        "finding": finding.kind.value,
        "headline": wording.headline(entry),
        "verdict": verdict.kind.value if verdict else None,
        "rule": finding.rule,
        "reason": finding.reason,
        "since": moment(verdict.since) if verdict else None,
        "bracket": _bracket(one.sides),
        "blocked_by": verdict.wall if verdict else None,
        "as_cited": as_cited_document(finding.as_cited, one.memento),
        "latest": _latest(one.latest, locate),
        "content": finding.content.value,
        "cosine": finding.cosine,
        "containment": finding.containment,
        "quote": finding.quote.value,
        "words_at": entry.words_at,
        "similarity": finding.similarity,
        "material": finding.material,
        "diff": finding.diff,
        "quote_diff": one.sides.quote_diff,
        **_compared(entry.compared),
        "evidence": {
            "as_cited": _side(one.sides.then, entry.proof.then, locate),
            "now": _side(one.sides.now, entry.proof.now, locate),
        },
    }


def _bracket(sides: Sides) -> Document:
    return {
        "last_seen": moment(sides.bracket.before),
        "first_gone": moment(sides.bracket.after),
        "last_present": moment(sides.last_present),
    }


def _compared(compared: Compared) -> Document:
    return {
        "changes": [
            {
                "before": change.before,
                "after": change.after,
                "material": [kind.value for kind in change.material],
            }
            for change in compared.changes
        ],
        "moved": compared.moved,
        "links": {"lost": list(compared.links_lost), "new": list(compared.links_new)},
        "headers": [
            {"name": change.name, "before": change.before, "after": change.after}
            for change in compared.headers
        ],
    }


def _side(side: Side | None, proof: SideProof, locate: Locate) -> Document | None:
    if side is None:
        return None
    capture, look = side.capture, side.observation
    return {
        "at": moment(side.at),
        "observation": look.id if look else None,
        "signal": side.reading.signal.value if side.reading else None,
        "software": look.vantage.software if look else None,
        "user_agent": look.vantage.user_agent if look else None,
        "memento": memento_document(side.memento) if side.memento else None,
        "capture": capture.id if capture else None,
        "captured_at": moment(capture.started_at) if capture else None,
        "gate": capture.gate.value if capture else None,
        "warc_record": proof.record.record_id if proof.record else None,
        "artifacts": [
            {
                "kind": artifact.kind.value,
                "path": locate(artifact.path),
                "bytes": artifact.bytes,
                "sha256": artifact.sha256,
            }
            for artifact in (capture.artifacts if capture else ())
        ],
    }


def as_cited_document(as_cited: AsCited, memento: Memento | None = None) -> Document:
    """Return what a citation relied on; ``lag_days`` is negative for what is older than it."""
    lag = as_cited.lag
    return {
        "kind": as_cited.kind.value,
        "capture": as_cited.capture_id,
        "memento": memento_document(memento) if memento is not None else None,
        "at": moment(as_cited.at),
        "lag_days": None if lag is None else lag.days,
        "selectors": [
            {
                "type": "TextQuoteSelector",
                "exact": one.exact,
                "prefix": one.prefix,
                "suffix": one.suffix,
                "fragment": fragment_of(one),
            }
            for one in as_cited.selectors
        ],
    }


def memento_document(memento: Memento) -> Document:
    """Return an outside archive's copy."""
    return {
        "memento": memento.id,
        "archive": memento.archive,
        "url": memento.url,
        "original": memento.original,
        "at": moment(memento.at),
        "fetched_at": moment(memento.fetched_at),
        "signal": memento.reading.signal.value,
        "note": memento.note,
    }


def push_document(push: Push) -> Document:
    """Return how an address that was handed on stands."""
    return {
        "url": push.url,
        "archive": push.archive,
        "capture": push.capture_id,
        "state": push.state.value,
        "memento_url": push.memento_url,
        "next_try_at": moment(push.next_try_at),
        "note": push.note,
    }


def _latest(latest: Capture | None, locate: Locate) -> Document | None:
    if latest is None:
        return None
    kept = {one.kind: locate(one.path) for one in reversed(latest.files)}
    return {
        "capture": latest.id,
        "at": moment(latest.started_at),
        "outcome": latest.outcome.value,
        "gate": latest.gate.value,
        "warc": kept.get(ArtifactKind.WARC),
        "screenshot": kept.get(ArtifactKind.SCREENSHOT),
    }


def citation_document(citation: Citation, source: str | None) -> Document:
    """Return one citation as it stands."""
    found = citation.found
    return {
        "citation": citation.id,
        "article": citation.article_id,
        "position": found.position,
        "kind": found.kind.value,
        "source": source,
        "addresses": list(found.addresses),
        "author": {"name": found.author.name, "handle": found.author.handle},
        "posted_on": found.posted_on.isoformat() if found.posted_on else None,
        "text": found.text,
        "resolution": citation.resolution.value,
        "note": citation.resolution_note,
        "road": citation.road.value if citation.road else None,
        "certainty": citation.certainty.value if citation.certainty else None,
    }


def failed_document(taken: Iterable[Taken]) -> list[Document]:
    """Return what could not be tried at all, with the reason."""
    return [
        {"source": one.source.ref.name, "error": str(one.error)}
        for one in taken
        if one.error is not None
    ]


def not_captured_document(taken: Iterable[Taken]) -> list[Document]:
    """Return what was looked at alone, with the signal: nothing new was there to keep.

    Its newest capture shows what was seen, be it a daemon's of a moment ago; or it did not answer.
    """
    looks = [one.attended.look for one in taken if one.attended and one.attended.capture is None]
    return [
        {"source": look.source.ref.name, "signal": look.observation.reading.signal.value}
        for look in looks
    ]


def feed_document(feed: Feed) -> Document:
    """Return one feed as it stands."""
    return {
        "feed": feed.id,
        "url": feed.url,
        "title": feed.title,
        "added_at": moment(feed.added_at),
        "looked_at": moment(feed.looked_at),
        "next_due_at": moment(feed.next_due_at),
        "every_s": feed.every.total_seconds() if feed.every is not None else None,
        "failures": feed.failures,
        "note": feed.note,
    }


def version_document(version: ArticleVersion, citations: int) -> Document:
    """Return one version of an article, without its text."""
    return {
        "version": version.id,
        "seen_at": moment(version.seen_at),
        "text_sha256": version.text_sha256,
        "characters": len(version.text),
        "fetched_from": version.fetched_from,
        "citations": citations,
    }


def attempt_document(attempt: Attempt) -> Document:
    """Return one attempt to find out what a citation means, with what was answered."""
    return {
        "at": moment(attempt.at),
        "resolution": attempt.resolution.value,
        "source": attempt.source.name if attempt.source else None,
        "road": attempt.road.value,
        "certainty": attempt.certainty.value if attempt.certainty else None,
        "note": attempt.note,
        "answers": [answer_document(answer) for answer in attempt.answers],
    }


def answer_document(answer: KeptAnswer) -> Document:
    """Return one kept answer, without headers; its body is a blob of that digest."""
    return {
        "url": answer.url,
        "final_url": answer.final_url,
        "outcome": answer.outcome.value,
        "status": answer.status,
        "body_sha256": answer.body_sha256,
        "bytes": answer.body_bytes,
        "error": answer.error,
        "hops": [{"url": hop.url, "status": hop.status} for hop in answer.hops],
    }
