"""A look, a capture when there is something to keep, a pin that stays true."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from archiver.daemon.measures import CAPTURE_REASONS
from archiver.daemon.metrics import PrometheusMeter
from archiver.errors import InputError, LaunchError
from archiver.flow.add import attend_all
from archiver.flow.attend import Take, attend
from archiver.flow.audit import audit
from archiver.flow.capture import reason_kind
from archiver.flow.name import resolve_by_hand
from archiver.flow.outside import Outside
from archiver.flow.pin import accept
from archiver.flow.read import Supplied, find
from archiver.flow.targets import find_target
from archiver.model.capture import CRASH, CaptureOutcome, Gate, Recording, WarcRecord
from archiver.model.inquiry import Outcome
from archiver.model.source import Source
from archiver.model.verdict import AsCitedKind, FindingKind
from archiver.platforms import platform, recognise
from archiver.ports import CaptureOrder
from archiver.settings import load
from archiver.wiring import Archive
from tests import build
from tests.answers.x import HANDLE, ID, photo, tweet
from tests.fakes import ScriptedFetcher, answered, unanswered

pytestmark = pytest.mark.anyio

AT = datetime(2026, 3, 2, tzinfo=UTC)
URL = "https://ministry.example/statement"
OTHER = "https://other.example/statement"
POST = f"https://x.com/{HANDLE}/status/{ID}"
JSON = "application/json"
WORDS = "<p>" + "The gates were open at noon and nobody closed them again. " * 20


class Recorder:
    """Records a page without a browser; ``broken`` is one that does not start."""

    broken = False
    crashes = False
    records: tuple[WarcRecord, ...] = ()

    async def record(self, order: CaptureOrder) -> Recording:
        if self.broken:
            raise LaunchError("no browser")
        if self.crashes:
            ended = CaptureOutcome.FAILED
            return Recording(
                ended, "crash", None, None, None, "", "", (), self.records, AT, AT, (CRASH,)
            )
        outcome = CaptureOutcome.COMPLETE
        return Recording(outcome, None, order.page_url, 200, "Gates", WORDS, WORDS, (), (), AT, AT)


def page(url: str, words: str) -> Any:
    body = f"<html><head><title>Gates</title></head><body><article>{words}</article></body></html>"
    return answered(url, 200, body.encode())


async def follow(archive: Archive, text: str):
    found = find(Supplied(text.encode(), media_type="text/plain"))
    kept = await archive.outside.store.articles.keep(found.article, found.citations, None, AT)
    return kept.citations[0]


async def captured_and_changed(archive: Archive, recorder: Recorder) -> tuple[Source, Outside]:
    """Return a source that was captured, and an outside in which its page says more since."""
    fetcher = ScriptedFetcher({URL: page(URL, WORDS)})
    outside = replace(archive.outside, fetcher=fetcher, recorder=recorder)
    await follow(archive, f"They said so ({URL}).\n")
    source = (await find_target(URL, outside)).sources[0]
    await attend(source, outside)
    return source, replace(outside, fetcher=ScriptedFetcher({URL: page(URL, WORDS + "Or two.")}))


async def test_a_capture_that_failed_is_made_up_for_at_the_next_look(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        recorder = Recorder()
        source, changed = await captured_and_changed(archive, recorder)
        recorder.broken = True
        with pytest.raises(LaunchError):
            await attend(source, changed)
        recorder.broken = False

        made_up_for = await attend(source, changed)
        nothing_new = await attend(source, changed)

        assert made_up_for.capture is not None
        assert nothing_new.capture is None


async def test_news_whose_browser_broke_down_is_no_less_news_at_the_next_look(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        recorder = Recorder()
        source, changed = await captured_and_changed(archive, recorder)
        recorder.crashes = True
        lost = await attend(source, changed)
        recorder.crashes = False

        made_up_for = await attend(source, changed)
        nothing_new = await attend(source, changed)

        assert lost.capture is not None
        assert lost.capture.has_crashed
        assert made_up_for.capture is not None
        assert nothing_new.capture is None


async def test_a_post_without_a_picture_is_evidence_and_is_captured_again(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        recorder = Recorder()
        recorder.crashes, recorder.records = True, (build.record(),)
        outside = replace(archive.outside, fetcher=shown_on_x(photo()), recorder=recorder)
        await follow(archive, f"They said so ({POST}).\n")
        source = (await find_target(POST, outside)).sources[0]
        lost = (await attend(source, outside)).capture
        recorder.crashes = False

        made_up_for = (await attend(source, outside)).capture
        nothing_new = (await attend(source, outside)).capture

        assert lost is not None
        assert (lost.outcome, lost.gate) == (CaptureOutcome.PARTIAL, Gate.ACCEPTED)
        assert lost.has_crashed
        assert made_up_for is not None
        assert nothing_new is None


async def test_a_site_that_asks_to_be_left_alone_is_not_captured(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        too_often = answered(URL, 429, b"Too many requests", headers=(("Retry-After", "60"),))
        fetcher = ScriptedFetcher({URL: too_often})
        outside = replace(archive.outside, fetcher=fetcher, recorder=Recorder())
        await follow(archive, f"They said so ({URL}).\n")
        source = (await find_target(URL, outside)).sources[0]

        attended = await attend(source, outside)

        assert attended.capture is None


async def test_looks_and_captures_are_counted_by_words_of_closed_lists(tmp_path):
    meter = PrometheusMeter(is_strict=True)
    async with Archive(settings=load(tmp_path), meter=meter) as archive:
        fetcher = ScriptedFetcher({URL: page(URL, WORDS)})
        outside = replace(archive.outside, fetcher=fetcher, recorder=Recorder())
        await follow(archive, f"They said so ({URL}).\n")

        await attend((await find_target(URL, outside)).sources[0], outside)

    counted = meter.page().decode()
    assert 'observations_total{platform="web",signal="present"} 1.0' in counted
    assert 'captures_total{gate="accepted",outcome="complete",reason="none"} 1.0' in counted
    assert 'capture_seconds_count{outcome="complete"} 1.0' in counted
    assert "ministry" not in counted


async def test_a_capture_of_what_gave_no_answer_is_counted_and_took_no_time(tmp_path):
    meter = PrometheusMeter(is_strict=True)
    async with Archive(settings=load(tmp_path), meter=meter) as archive:
        away = unanswered(URL, Outcome.TIMEOUT)
        control = answered("https://control.example/", 204, b"")
        fetcher = ScriptedFetcher({URL: away, "control:": control})
        outside = replace(archive.outside, fetcher=fetcher, recorder=Recorder())
        await follow(archive, f"They said so ({URL}).\n")

        await attend((await find_target(URL, outside)).sources[0], outside, take=Take.ALWAYS)

    counted = meter.page().decode()
    assert 'captures_total{gate="rejected",outcome="failed",reason="no_answer"} 1.0' in counted
    assert "capture_seconds_count{" not in counted


@pytest.mark.parametrize(
    ("changed", "counted"),
    [
        ({"reason": None}, "none"),
        ({"reason": "error page: HTTP 404"}, "error_page"),
        ({"reason": "rate_limit: redirected to https://example.org/secret"}, "rate_limit"),
        ({"reason": "the browser ended at https://example.org/secret"}, "other"),
        ({"reason": "secret: a page's own words"}, "other"),
        ({"reason": "30 s were over", "outcome": CaptureOutcome.PARTIAL}, "cut_short"),
        (
            {
                "reason": "the browser broke down",
                "outcome": CaptureOutcome.FAILED,
                "provenance": {"limits": [CRASH]},
            },
            "crash",
        ),
    ],
)
def test_a_capture_s_reason_is_counted_by_its_kind_and_never_in_its_words(changed, counted):
    kept = replace(build.capture("s1"), gate=Gate.REJECTED, **changed)

    assert reason_kind(kept) == counted
    assert reason_kind(kept) in CAPTURE_REASONS


def shown_on_x(*pictures: dict[str, Any]) -> ScriptedFetcher:
    reply = json.dumps(tweet(mediaDetails=list(pictures)))
    return ScriptedFetcher({asked_of_x(): answered(asked_of_x(), 200, reply.encode(), JSON)})


def asked_of_x() -> str:
    """Return the address at which the structured source is asked for the post."""
    found = recognise(POST)
    return next(platform("x").inquire(found)).url


async def test_a_post_whose_picture_was_withdrawn_is_captured_and_its_words_are_intact(tmp_path):
    gone = photo(ext_media_availability={"status": "Unavailable"})
    async with Archive(settings=load(tmp_path)) as archive:
        outside = replace(archive.outside, recorder=Recorder())
        showing = replace(outside, fetcher=shown_on_x(photo()))
        withdrawn = replace(outside, fetcher=shown_on_x(gone))
        citation = await follow(archive, f"They said so ({POST}).\n")
        source = (await find_target(POST, outside)).sources[0]
        await attend(source, showing)

        unchanged = await attend(source, showing)
        taken = await attend(source, withdrawn)
        again = await attend(source, withdrawn)

        audited = await audit(await find_target(citation.id, withdrawn), withdrawn)
        finding = audited.audited[0].finding
        assert taken.capture is not None
        assert (unchanged.capture, again.capture) == (None, None)
        assert (finding.kind, finding.rule) == (FindingKind.INTACT, "words_unchanged")
        assert finding.reason.endswith("its photo ENxabcDEF is no longer shown.")


async def test_a_pin_does_not_outlive_its_source(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        fetcher = ScriptedFetcher({URL: page(URL, WORDS), OTHER: page(OTHER, WORDS)})
        outside = replace(archive.outside, fetcher=fetcher, recorder=Recorder())
        citation = await follow(archive, f"They said so ({URL}).\n")
        await attend((await find_target(URL, outside)).sources[0], outside)

        named = await resolve_by_hand(citation, OTHER, outside)
        other = await outside.store.sources.source(f"web:{OTHER}")
        taken = (await attend(other, outside)).capture

        newest = await outside.store.pins.newest(named.id)
        assert taken is not None
        assert newest is not None
        assert (newest.kind, newest.capture_id) == (AsCitedKind.CAPTURE, taken.id)


async def test_what_was_not_captured_cannot_be_accepted_and_what_was_is_intact(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        recorder = Recorder()
        fetcher = ScriptedFetcher({URL: page(URL, WORDS)})
        outside = replace(archive.outside, fetcher=fetcher, recorder=recorder)
        citation = await follow(archive, f"They said so ({URL}).\n")
        source = (await find_target(URL, outside)).sources[0]
        await attend(source, outside)
        changed = replace(outside, fetcher=ScriptedFetcher({URL: page(URL, WORDS + "Or two.")}))
        recorder.broken = True
        with pytest.raises(LaunchError):
            await attend(source, changed)
        with pytest.raises(InputError, match="archiver capture"):
            await accept(citation, "seen", "me", changed)
        with pytest.raises(InputError, match="note"):
            await accept(citation, "  ", "me", changed)
        recorder.broken = False
        before = await audit(await find_target(citation.id, changed), changed)

        await accept(citation, "a second sentence, harmless", "me", changed)

        after = await audit(await find_target(citation.id, changed), changed)
        assert before.audited[0].finding.kind is FindingKind.CHANGED
        assert after.audited[0].finding.kind is FindingKind.INTACT
        assert len(await outside.store.pins.history(citation.id)) == 2


async def test_a_removed_article_is_not_audited(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        citation = await follow(archive, f"They said so ({URL}).\n")
        await archive.remove(citation.article_id)

        with pytest.raises(InputError, match="was removed on"):
            await archive.audit(citation.article_id)


class Faulty:
    """Answers for one address; every other one meets a fault of our own."""

    async def ask(self, question):
        if question.url != URL:
            raise OverflowError("date value out of range")
        return page(URL, WORDS)


async def test_a_fault_of_our_own_at_one_source_does_not_stop_the_others(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        outside = replace(archive.outside, fetcher=Faulty(), recorder=Recorder())
        sources = [
            (await find_target(url, outside, register=True)).sources[0] for url in (OTHER, URL)
        ]
        failed, done = await attend_all(sources, outside)

    assert done.error is None
    assert done.attended is not None
    assert failed.attended is None
    assert "OverflowError: date value out of range" in str(failed.error)


async def test_being_cancelled_ends_attending(tmp_path):
    class Cancelled:
        async def ask(self, question):
            raise asyncio.CancelledError

    async with Archive(settings=load(tmp_path)) as archive:
        outside = replace(archive.outside, fetcher=Cancelled(), recorder=Recorder())
        (source,) = (await find_target(URL, outside, register=True)).sources

        with pytest.raises(asyncio.CancelledError):
            await attend_all([source], outside)
