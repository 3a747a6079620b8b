"""Bring a capture to its end: add what the client fetched to the WARC, close it, say how it went.

The worker leaves its WARC as ``.part``; only here, where every record is known to be whole, does
it get its name.
"""

from __future__ import annotations

import asyncio
import mimetypes
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from archiver.capture.content import decode_body, decode_text
from archiver.capture.login import seen_by
from archiver.capture.media import TS_PACKET, Fetched, stream_type
from archiver.capture.policy import SOFTWARE, CapturePolicy
from archiver.capture.raw import Raw
from archiver.capture.staging import read_artifact, write_file
from archiver.capture.warc import HttpEntry, WarcFile
from archiver.model.capture import (
    CRASH,
    Artifact,
    ArtifactKind,
    CaptureOutcome,
    Recording,
    WarcRecord,
)
from archiver.model.inquiry import Exchange
from archiver.net.decisions import Decision, Ruling
from archiver.ports import CaptureOrder, Clock

WARC_NAME = "capture.warc.gz"
SAVED_TYPES = ("image/", "video/", "audio/", "application/pdf")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a capture went, in the model's words."""

    outcome: CaptureOutcome
    reason: str | None
    limits: tuple[str, ...]


async def finish(
    order: CaptureOrder,
    raw: Raw,
    media: Sequence[Fetched],
    policy: CapturePolicy,
    begun: datetime,
    clock: Clock,
) -> Recording:
    """Close the files and return the recording.

    Raises:
        OSError: the disk refused; nothing in staging may be relied on.
    """
    folder = Path(order.staging)
    exchanges = [
        *order.exchanges,
        *(one for got in media for answer in got.answers for one in answer.exchanges),
    ]
    records = await asyncio.to_thread(
        _close_warc, folder, order, raw, exchanges, policy, clock.now()
    )
    files = await asyncio.to_thread(_write_files, folder, order, media)
    warc = await asyncio.to_thread(
        read_artifact, folder / WARC_NAME, ArtifactKind.WARC, "application/warc"
    )
    ended = _how_it_went(order, raw, media)
    page = _page_of(order, raw)
    return Recording(
        outcome=ended.outcome,
        reason=ended.reason,
        final_url=page.final_url,
        http_status=page.status,
        title=page.title,
        text=page.text,
        rendered_html=page.html,
        artifacts=(warc, *raw.artifacts, *files),
        records=tuple(records),
        started_at=begun,
        finished_at=clock.now(),
        limits=ended.limits,
        provenance={
            **_provenance(raw, policy),
            "media": [one.provenance() for one in media],
        },
        headers=page.headers,
    )


def _close_warc(
    folder: Path,
    order: CaptureOrder,
    raw: Raw,
    exchanges: Sequence[Exchange],
    policy: CapturePolicy,
    now: datetime,
) -> list[WarcRecord]:
    warc = WarcFile(folder / WARC_NAME, page_id=order.capture_id)
    if raw.warc_bytes:
        warc.reopen(keep_bytes=raw.warc_bytes)
    else:
        warc.create(policy.warcinfo(raw.version), now)
    records = list(raw.records)
    for exchange in exchanges:
        records += warc.add_exchange(HttpEntry.from_exchange(exchange))
    warc.close()
    return records


def _write_files(folder: Path, order: CaptureOrder, media: Sequence[Fetched]) -> list[Artifact]:
    files: list[Artifact] = []
    for got in media:
        if (taken := got.taken) is not None:
            name = len(files) + 1
            files.append(_save(folder, name, taken.body, taken.content_type, got.note))
        for path in got.streamed.files:
            files.append(_adopt(folder, len(files) + 1, path, got.note))
    for left in folder.glob("stream-*"):
        shutil.rmtree(left)
    if order.page_url is None and order.exchanges:
        files += _files_of_exchange(folder, order.exchanges[-1], len(files) + 1)
    return files


def _files_of_exchange(folder: Path, exchange: Exchange, number: int) -> Iterator[Artifact]:
    """Give a document that is no page its text, or its bytes as they are opened by a program."""
    media_type = HttpEntry.from_exchange(exchange).media_type or ""
    text = decode_text(exchange)
    if text is not None:
        kind, name = ArtifactKind.TEXT, "text/plain; charset=utf-8"
        yield write_file(folder, "text.txt", text.encode("utf-8"), kind, name)
    elif media_type.startswith(SAVED_TYPES) and (body := decode_body(exchange)) is not None:
        yield _save(folder, number, body, media_type, exchange.url)


def _save(folder: Path, number: int, body: bytes, media_type: str, note: str) -> Artifact:
    extension = mimetypes.guess_extension(media_type) or ".bin"
    media_type = media_type or "application/octet-stream"
    name = f"media-{number}{extension}"
    return write_file(folder, name, body, ArtifactKind.MEDIA, media_type, note)


def _adopt(folder: Path, number: int, path: Path, note: str) -> Artifact:
    """Take a file that another program wrote: durable first, then under its own name."""
    with path.open("rb") as stream:
        media_type, extension = stream_type(stream.read(2 * TS_PACKET))
        os.fsync(stream.fileno())
    name = folder / f"media-{number}{extension}"
    path.rename(name)
    return replace(read_artifact(name, ArtifactKind.MEDIA, media_type), note=note)


def _page_of(order: CaptureOrder, raw: Raw) -> Raw:
    """Return what was seen; of a capture without a page, what the last exchange tells."""
    if order.page_url is not None or not order.exchanges:
        return raw
    last = HttpEntry.from_exchange(order.exchanges[-1])
    text = decode_text(order.exchanges[-1]) or ""
    return Raw(final_url=last.url, status=last.status, text=text)


def _how_it_went(order: CaptureOrder, raw: Raw, media: Sequence[Fetched]) -> Ended:
    problems = dict(raw.problems)
    for name in raw.limits:
        problems.setdefault(f"guard.{name}", f"the guard's limit {name} was reached")
    problems.update(_missing(media))
    failure = _failure(order, raw)
    reasons = [failure] if failure else list(problems.values())
    return Ended(_outcome(failure, problems), "; ".join(reasons) or None, tuple(problems))


def _missing(media: Sequence[Fetched]) -> dict[str, str]:
    """Name what of the media could not be had by its bound, the first of each by its words."""
    told: dict[str, list[str]] = {}
    for got in media:
        if got.problem is not None:
            told.setdefault(got.limit, []).append(got.problem)
    return {limit: _first_of(problems) for limit, problems in told.items()}


def _first_of(problems: Sequence[str]) -> str:
    return problems[0] + (f" and {len(problems) - 1} more" if len(problems) > 1 else "")


def _outcome(failure: str | None, problems: Mapping[str, str]) -> CaptureOutcome:
    if failure:
        return CaptureOutcome.FAILED
    return CaptureOutcome.PARTIAL if problems else CaptureOutcome.COMPLETE


def _failure(order: CaptureOrder, raw: Raw) -> str | None:
    """Say why the recording shows nothing, or None when it shows something."""
    if order.page_url is None:
        return None if order.exchanges else "there was nothing to record"
    if raw.failure is not None:
        return _with_refusal(raw.failure, raw.decisions)
    if not raw.was_seen:
        told = raw.problems.get(CRASH) or next(iter(raw.problems.values()), None)
        return told or "the page was not seen"
    return None


def _with_refusal(failure: str, decisions: Sequence[Decision]) -> str:
    """Add the guard's reason to an error that the browser can only call a failed tunnel."""
    refused = [d for d in decisions if d.verdict is not Ruling.ALLOWED and not d.background]
    if "TUNNEL" not in failure or not refused:
        return failure
    return f"{failure} ({refused[0].host}: {refused[0].reason})"


def _provenance(raw: Raw, policy: CapturePolicy) -> dict[str, object]:
    return {
        "software": SOFTWARE,
        "browser": f"Chromium {raw.version}" if raw.version else None,
        "playwright": version("playwright"),
        "warcio": version("warcio"),
        "python": platform.python_version(),
        "user_agent": policy.agent(raw.version) if raw.version else None,
        "policy": policy.provenance(),
        "problems": dict(raw.problems),
        "page": dict(raw.told),
        "account": None if raw.account is None else seen_by(raw.account, raw.told),
        "guard": [_decision(one) for one in raw.decisions],
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {**asdict(decision), "at": decision.at.isoformat(), "verdict": decision.verdict.value}
