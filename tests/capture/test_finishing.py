"""Captures without a page: what the client fetched, kept byte for byte."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.capture.content import decode_text
from archiver.capture.finish import finish
from archiver.capture.media import Fetched
from archiver.capture.policy import CapturePolicy
from archiver.capture.raw import Raw
from archiver.model.capture import ArtifactKind, CaptureOutcome
from archiver.model.inquiry import Answer, Exchange, Outcome, Question
from archiver.model.post import Medium
from archiver.ports import CaptureOrder
from tests.capture.archive import check, response

AT = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
REQUEST = b"GET /f HTTP/1.1\r\nHost: s.test\r\n\r\n"


class FrozenClock:
    def now(self) -> datetime:
        return AT

    def steady(self) -> timedelta:
        return timedelta(0)

    async def sleep(self, duration: object) -> None:
        raise AssertionError(duration)


def exchange(body: bytes, *headers: str, url: str = "http://s.test/f", **changes) -> Exchange:
    head = "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode("latin-1")
    return Exchange(url, REQUEST, head, body, AT, "192.0.2.1", **changes)


def finished(folder: Path, *exchanges: Exchange, media: tuple[Fetched, ...] = ()):
    asked = tuple(got.medium for got in media)
    order = CaptureOrder("c1", str(folder), "http://s.test/f", None, exchanges, asked, {})
    return asyncio.run(finish(order, Raw(), media, CapturePolicy(), AT, FrozenClock()))


def bare(url: str) -> Medium:
    return Medium(url, "file", url)


def answer(url: str, body: bytes, **changes) -> Answer:
    values = {
        "outcome": Outcome.ANSWERED, "at": AT, "url": url, "status": 200,
        "headers": (("Content-Type", "image/png"),), "body": body,
        "exchanges": (exchange(body, "Content-Type: image/png", url=url),),
    }  # fmt: skip
    return Answer(Question(url), **{**values, **changes})


def test_a_pdf_is_kept_byte_for_byte_and_as_a_file(tmp_path):
    recording = finished(tmp_path, exchange(b"%PDF-1.4", "Content-Type: application/pdf"))

    kept = response(tmp_path, "http://s.test/f")
    assert kept.body == b"%PDF-1.4"
    assert (recording.outcome, recording.http_status) == (CaptureOutcome.COMPLETE, 200)
    assert [(a.kind, a.path) for a in recording.artifacts] == [
        (ArtifactKind.WARC, "capture.warc.gz"), (ArtifactKind.MEDIA, "media-1.pdf"),
    ]  # fmt: skip
    assert (tmp_path / "media-1.pdf").read_bytes() == b"%PDF-1.4"


def test_a_text_is_kept_as_text_too(tmp_path):
    squeezed = gzip.compress("naïve".encode("latin-1"))
    recording = finished(
        tmp_path,
        exchange(
            squeezed, "Content-Type: text/plain; charset=iso-8859-1", "Content-Encoding: gzip"
        ),
    )

    assert recording.text == "naïve"
    assert (tmp_path / "text.txt").read_text("utf-8") == "naïve"
    assert response(tmp_path, "http://s.test/f").body == squeezed


def test_all_hops_are_in_the_warc_and_the_last_one_counts(tmp_path):
    moved = exchange(b"", "Location: /f", url="http://s.test/old")
    recording = finished(tmp_path, moved, exchange(b"{}", "Content-Type: application/json"))

    assert recording.final_url == "http://s.test/f"
    assert [r.type for r in recording.records] == ["response", "request"] * 2
    assert check(["warcio", "check"], tmp_path / "capture.warc.gz") == "right"


def test_media_are_files_and_records(tmp_path):
    picture = answer("http://m.test/big.png", b"\x89PNG big")
    recording = finished(
        tmp_path,
        exchange(b"{}", "Content-Type: application/json"),
        media=(Fetched(bare(picture.url), (picture,), picture),),
    )

    (file,) = [a for a in recording.artifacts if a.kind is ArtifactKind.MEDIA]
    assert (file.path, file.note) == ("media-1.png", "http://m.test/big.png")
    assert response(tmp_path, "http://m.test/big.png").body == b"\x89PNG big"


def test_media_that_did_not_come_make_the_capture_partial(tmp_path):
    missing = Fetched(bare("http://m.test/a.png"), problem="not fetched: a.png (timeout)")
    recording = finished(tmp_path, exchange(b"{}"), media=(missing, missing))

    assert (recording.outcome, recording.limits) == (CaptureOutcome.PARTIAL, ("media",))
    assert recording.reason == "not fetched: a.png (timeout) and 1 more"


def test_each_bound_that_left_media_out_is_a_limit(tmp_path):
    missing = Fetched(bare("http://m.test/a.png"), problem="not fetched: a.png (404)")
    beyond = Fetched(bare("http://m.test/b.png"), problem="7 of 9 not asked", limit="media_count")
    recording = finished(tmp_path, exchange(b"{}"), media=(missing, beyond))

    assert recording.limits == ("media", "media_count")
    assert recording.reason == "not fetched: a.png (404); 7 of 9 not asked"


def test_nothing_to_record_is_a_failure_with_a_file(tmp_path):
    recording = finished(tmp_path)

    assert (recording.outcome, recording.reason) == (
        CaptureOutcome.FAILED, "there was nothing to record",
    )  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["capture.warc.gz"]


@pytest.mark.parametrize(
    ("body", "headers", "text"),
    [
        ("é".encode(), ["Content-Type: text/plain"], "é"),
        (b"\xe9", ["Content-Type: text/plain; charset=latin-1"], "é"),
        (b"x", ["Content-Type: text/plain; charset=no-such"], "x"),
        (b"{}", ["Content-Type: application/json"], "{}"),
        (b"\x89PNG", ["Content-Type: image/png"], None),
        (b"x", [], None),
        (b"not gzip", ["Content-Type: text/plain", "Content-Encoding: gzip"], None),
        (b"x", ["Content-Type: text/plain", "Content-Encoding: br"], None),
        (
            gzip.compress(b"0" * (33 * 1024 * 1024)),
            ["Content-Type: text/plain", "Content-Encoding: gzip"],
            None,
        ),
    ],
)
def test_text_is_what_can_be_decoded_within_bounds(body, headers, text):
    assert decode_text(exchange(body, *headers)) == text
