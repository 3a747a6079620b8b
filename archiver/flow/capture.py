"""Take proof of a source: record, judge whether it may stand, publish, commit."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from archiver.errors import ClaimError, GivenUpError, StoreError
from archiver.flow import account
from archiver.flow.observe import UNANSWERED, Look
from archiver.flow.outside import Outside
from archiver.judge.gate import asks_to_log_in, gate, kind_of
from archiver.model.capture import (
    CRASH,
    NO_ANSWER,
    Artifact,
    ArtifactKind,
    Capture,
    CaptureOutcome,
    Gate,
    Recording,
    WarcRecord,
)
from archiver.model.inquiry import Ask, Exchange, Reading
from archiver.model.post import Medium, Post
from archiver.ports import CaptureOrder, Claim, Meter

MANIFEST_VERSION = 1

log = logging.getLogger(__name__)


async def capture(look: Look, claim: Claim, outside: Outside) -> Capture:
    """Capture a source that was just looked at.

    1. Say what to record: the page to render, the exchanges of the look, the media of the post.
    2. Record it into a staging directory.
    3. Judge whether the recording may stand as evidence of the source.
    4. Add the post's data and the manifest.
    5. Publish: the directory reaches its lasting place, durably.
    6. Commit the row and the index of the WARC; this is the acknowledgement.

    A source that gave no answer at all leaves a failed capture without files. What fails before
    it is published leaves nothing behind: a full disk is not kept full by it.

    Raises:
        LaunchError: the browser could not be started.
        ClaimError: another worker took the source over; the files were set aside.
        GivenUpError: it took too long and was given up; the files were set aside.
        StoreError: disk or database refused; nothing was acknowledged.
    """
    capture_id, begun = outside.new_id(), outside.clock.now()
    if look.observation.reading.signal in UNANSWERED:
        return await _keep_unanswered(capture_id, look, claim, outside)
    staging = await outside.files.stage(capture_id)
    try:
        kept, records = await _make(capture_id, staging, look, outside)
    except BaseException:
        await _leave(capture_id, outside)
        raise
    try:
        await outside.store.captures.keep(claim, kept, records)
    except (
        ClaimError,
        GivenUpError,
    ):  # certain: no row. After any other error there may be one; the sweep looks
        await outside.files.quarantine(capture_id)
        outside.meter.count("orphan_total")
        raise
    except StoreError:
        await _leave(capture_id, outside)
        raise
    _count(kept, outside.clock.now() - begun, outside.meter)
    return kept


async def _make(
    capture_id: str, staging: str, look: Look, outside: Outside
) -> tuple[Capture, Sequence[WarcRecord]]:
    """Record, judge, describe and publish; return what is to be committed."""
    order = await _order(capture_id, staging, look, outside)
    recording = _with_data(await outside.recorder.record(order), look)
    verdict, reason = await asyncio.to_thread(_gate, look, order, recording)
    out = _logged_out(recording, order)
    if out is not None:
        platform = look.source.ref.platform
        verdict, reason = Gate.REJECTED, await account.pause(platform, out, outside)
    kept = _describe(order, look, recording, (verdict, reason), outside.provenance)
    artifacts = list(recording.artifacts)
    artifacts += await _add_data(kept, look, outside)
    published = await outside.files.publish(capture_id, artifacts)
    kept = replace(kept, artifacts=published, bytes=sum(a.bytes for a in published))
    return kept, recording.records


async def _leave(capture_id: str, outside: Outside) -> None:
    """Give a capture up; the error that it met is the one to tell, not what this meets."""
    try:
        await outside.files.leave(capture_id)
    except StoreError as error:  # the sweep after this process tries again
        log.warning("could not clear up: %s", error, extra={"capture": capture_id})


def _count(kept: Capture, took: timedelta, meter: Meter) -> None:
    outcome = kept.outcome.value
    meter.count("captures_total", outcome=outcome, gate=kept.gate.value, reason=reason_kind(kept))
    meter.count("stored_bytes_total", kept.bytes)
    meter.took("capture_seconds", took.total_seconds(), outcome=outcome)


def reason_kind(kept: Capture) -> str:
    """Name a capture's reason by a closed list: what a page or an address says is never in it."""
    if kept.reason is None:
        return "none"
    if kept.has_crashed:
        return CRASH
    if kept.gate is Gate.REJECTED and (kind := kind_of(kept.reason)) is not None:
        return kind
    return "cut_short" if kept.outcome is CaptureOutcome.PARTIAL else "other"


def _logged_out(recording: Recording, order: CaptureOrder) -> str | None:
    """Say how a page tells that the log-in it was seen by does not stand, or None when it does."""
    seen_by = recording.provenance.get("account")
    if not isinstance(seen_by, Mapping):
        return None
    asks = asks_to_log_in(
        order.page_url or order.url,
        final_url=recording.final_url,
        title=recording.title,
        html=recording.rendered_html,
    )
    if asks is not None:
        return f"the page asks to log in ({asks})"
    return "the session is no longer there" if seen_by.get("logged_in") is False else None


def _with_data(recording: Recording, look: Look) -> Recording:
    """Call a recording partial when the page failed but the post's own data is in the WARC."""
    is_told = look.observation.reading.post is not None
    if recording.outcome is CaptureOutcome.FAILED and is_told and recording.records:
        return replace(recording, outcome=CaptureOutcome.PARTIAL)
    return recording


def _gate(look: Look, order: CaptureOrder, recording: Recording) -> tuple[Gate, str | None]:
    if recording.outcome is CaptureOutcome.FAILED:
        return Gate.REJECTED, recording.reason
    reading = look.observation.reading
    return gate(
        reading.signal,
        url=order.page_url or order.url,
        final_url=recording.final_url,
        http_status=recording.http_status,
        title=recording.title,
        rendered_html=recording.rendered_html,
        has_data=reading.post is not None,
        reading=reading,
    )


async def _order(capture_id: str, staging: str, look: Look, outside: Outside) -> CaptureOrder:
    source = look.source
    return CaptureOrder(
        capture_id=capture_id,
        staging=staging,
        url=source.ref.url,
        page_url=_page_to_render(
            look, seen_by_account=account.is_used(source.ref.platform, outside)
        ),
        exchanges=_exchanges(look),
        media=_media(look.observation.reading),
        held=await outside.store.captures.held(source.id),
    )


def _media(reading: Reading) -> tuple[Medium, ...]:
    """Return the media to fetch: those of the post with all their addresses, then bare ones."""
    of_post = _media_of(reading.post) if reading.post is not None else []
    by_url = {medium.url: medium for medium in of_post}
    return tuple(by_url.get(url) or Medium(url, "file", url) for url in reading.media)


def _media_of(post: Post) -> list[Medium]:
    around = [other for other in (post.quoted, post.parent) if other is not None]
    return [*post.media, *(medium for other in around for medium in _media_of(other))]


def _page_to_render(look: Look, *, seen_by_account: bool) -> str | None:
    """Return the address whose rendering shows the source, or None for a plain file.

    An account sees the platform's own page; what shows a post to everybody is made without one.
    """
    reading = look.observation.reading
    if reading.page_url is not None and not seen_by_account:
        return reading.page_url
    is_file = reading.content_sha256 is not None
    return None if is_file else look.source.ref.url


def _exchanges(look: Look) -> tuple[Exchange, ...]:
    """Return the raw exchanges of the look; a control question is not about the source."""
    return tuple(
        exchange
        for answer in look.answers
        if answer.question.ask is Ask.HTTP
        for exchange in answer.exchanges
    )


def _describe(
    order: CaptureOrder,
    look: Look,
    recording: Recording,
    gated: tuple[Gate, str | None],
    provenance: Mapping[str, object],
) -> Capture:
    verdict, reason = gated
    return Capture(
        id=order.capture_id,
        source_id=look.source.id,
        url=look.source.ref.url,
        final_url=recording.final_url or look.observation.reading.url,
        outcome=recording.outcome,
        gate=verdict,
        reason=reason or recording.reason,
        http_status=recording.http_status,
        started_at=recording.started_at,
        finished_at=recording.finished_at,
        artifacts=recording.artifacts,
        records=len(recording.records),
        bytes=sum(artifact.bytes for artifact in recording.artifacts),
        observation_id=look.observation.id,
        title=recording.title,
        provenance={**provenance, **recording.provenance, "limits": list(recording.limits)},
    )


async def _add_data(kept: Capture, look: Look, outside: Outside) -> list[Artifact]:
    """Write the post's data and, last, the manifest that covers every other file."""
    added: list[Artifact] = []
    if (post := look.observation.reading.post) is not None:
        told = _post_document(post)
        if account.is_used(look.source.ref.platform, outside):
            told["seen_by"] = f"an account of the operator's at {look.source.ref.platform}"
        body = json.dumps(told, ensure_ascii=False, indent=2).encode()
        added.append(
            await outside.files.add(
                kept.id, ArtifactKind.POST, "post.json", body, "application/json"
            )
        )
    manifest = _manifest(replace(kept, artifacts=(*kept.artifacts, *added)))
    added.append(
        await outside.files.add(
            kept.id, ArtifactKind.MANIFEST, "manifest.json", manifest, "application/json"
        )
    )
    return added


def _manifest(kept: Capture) -> bytes:
    """Return canonical JSON (sorted keys, no spaces): equal captures have equal manifests."""
    document = {
        "version": MANIFEST_VERSION,
        "capture": kept.id,
        "observation": kept.observation_id,
        "url": kept.url,
        "final_url": kept.final_url,
        "outcome": kept.outcome.value,
        "gate": kept.gate.value,
        "reason": kept.reason,
        "http_status": kept.http_status,
        "started_at": kept.started_at.isoformat(),
        "finished_at": kept.finished_at.isoformat(),
        "files": [
            {"name": a.path, "bytes": a.bytes, "sha256": a.sha256, "media_type": a.media_type}
            for a in kept.artifacts
        ],
        "provenance": kept.provenance,
    }
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    ).encode()


def _post_document(post: Post) -> dict[str, object]:
    return {
        "id": post.id,
        "title": post.title,
        "text": post.text,
        "author": {"id": post.author_id, "name": post.author_name, "handle": post.handle},
        "created_at": post.created_at.isoformat() if post.created_at else None,
        "language": post.language,
        "links": list(post.links),
        "media": [
            {
                "key": m.key,
                "kind": m.kind,
                "url": m.url,
                "others": list(m.others),
                "alt": m.alt,
                "available": m.available,
                "is_stream": m.is_stream,
            }
            for m in post.media
        ],
        "edit_ids": list(post.edit_ids),
        "revision": post.revision,
        "edited_at": post.edited_at.isoformat() if post.edited_at else None,
        "is_edited": post.is_edited,
        "is_cut": post.is_cut,
        "is_withheld": post.is_withheld,
        "reply_to_id": post.reply_to_id,
        "quoted": _post_document(post.quoted) if post.quoted else None,
        "parent": _post_document(post.parent) if post.parent else None,
    }


async def _keep_unanswered(capture_id: str, look: Look, claim: Claim, outside: Outside) -> Capture:
    reading: Reading = look.observation.reading
    kept = Capture(
        id=capture_id,
        source_id=look.source.id,
        url=look.source.ref.url,
        final_url=reading.url,
        outcome=CaptureOutcome.FAILED,
        gate=Gate.REJECTED,
        reason=f"{reading.signal.value}: {reading.reason}",
        http_status=None,
        started_at=look.observation.at,
        finished_at=outside.clock.now(),
        artifacts=(),
        records=0,
        bytes=0,
        observation_id=look.observation.id,
    )
    await outside.store.captures.keep(claim, kept, ())
    outcome, verdict = kept.outcome.value, kept.gate.value
    outside.meter.count("captures_total", outcome=outcome, gate=verdict, reason=NO_ANSWER)
    return kept
