"""Builds values of the model for tests; every field has a default."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from archiver.model.article import ArticleText
from archiver.model.attempt import Attempt
from archiver.model.capture import (
    Artifact,
    ArtifactKind,
    Capture,
    CaptureOutcome,
    Gate,
    WarcRecord,
)
from archiver.model.citation import (
    Author,
    Certainty,
    CitationKind,
    FoundCitation,
    Resolution,
    Road,
)
from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.inquiry import Ask, Hop, Outcome, PageText, Reading
from archiver.model.memento import Memento, Push, PushState
from archiver.model.news import Cited, Message, News, Word
from archiver.model.observation import Glimpse, KeptAnswer, Observation, Vantage
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.model.verdict import (
    AsCited,
    AsCitedKind,
    Event,
    EventKind,
    Severity,
    Verdict,
    VerdictKind,
)

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
_numbers = count(1)


def fresh(prefix: str) -> str:
    """Return a name that no other call of this process returns."""
    return f"{prefix}{next(_numbers):06d}"


def days(number: float) -> timedelta:
    return timedelta(days=number)


def ref(key: str | None = None, platform: str = "x", url: str | None = None) -> SourceRef:
    key = key or fresh("12140000")
    return SourceRef(platform, key, url or f"https://x.example/i/status/{key}")


def page(address: str = "https://news.example/a") -> SourceRef:
    return SourceRef("web", address, address)


def article(**changes: Any) -> ArticleText:
    """Return an article's text; without an address unless one is given."""
    text = ArticleText(
        title="What the tower saw",
        url=None,
        language="en",
        text="First paragraph.\nSecond paragraph, with a post.\n",
        published_on=date(2020, 1, 14),
    )
    return replace(text, **changes)


def found(source: SourceRef | None = None, **changes: Any) -> FoundCitation:
    """Return a citation as found: resolved when a source is given, else in need of a look-up."""
    citation = FoundCitation(
        position=1,
        kind=CitationKind.EMBED,
        platform="x",
        source=source,
        url=source.url if source else None,
        addresses=("https://pic.twitter.com/y2MZyT187R",),
        author=Author("The Tower – مراقب", "towersight"),
        posted_on=date(2020, 1, 13),
        text="What we saw pic.twitter.com/y2MZyT187R",
        start=17,
        end=46,
        resolution=Resolution.RESOLVED if source else Resolution.NEEDS_LOOKUP,
    )
    return replace(citation, **changes)


def post(**changes: Any) -> Post:
    made = Post(
        id="1214000000000000001",
        text="What we saw 🛩 مراقب",
        author_id="7",
        author_name="The Tower",
        handle="towersight",
        created_at=datetime(2020, 1, 13, 8, 0, tzinfo=UTC),
        media=(Medium("EOabc", "photo", "https://img.example/EOabc.jpg"),),
    )
    return replace(made, **changes)


def reading(signal: Signal = Signal.PRESENT, **changes: Any) -> Reading:
    made = Reading(
        signal=signal,
        reason="the platform served it",
        confirmed=True,
        post=post() if signal is Signal.PRESENT else None,
    )
    return replace(made, **changes)


def page_text(visible: str = "All that is visible.", main: str | None = "visible") -> PageText:
    return PageText(title="A page", visible=visible, main=main, language="en")


def kept_answer(at: datetime = NOW, **changes: Any) -> KeptAnswer:
    headers = (("Content-Type", "application/json"), ("X-Odd", "a\xffb"))
    made = KeptAnswer(
        url="https://x.example/i/status/1",
        final_url="https://x.example/i/status/1",
        ask=Ask.HTTP,
        outcome=Outcome.ANSWERED,
        at=at,
        status=200,
        headers=headers,
        body_sha256="ab" * 32,
        body_bytes=1234,
        hops=(Hop("https://x.example/i/status/1", 200, headers, at, "192.0.2.1"),),
        ip="192.0.2.1",
    )
    return replace(made, **changes)


def vantage() -> Vantage:
    return Vantage("archiver/0.1", "en-GB", "UTC", "citation-archiver 0.1.0")


def observation(source_id: str, at: datetime = NOW, **changes: Any) -> Observation:
    made = Observation(
        id=fresh("01OBSERVATION"),
        source_id=source_id,
        at=at,
        reading=reading(),
        answers=(kept_answer(at),),
        vantage=vantage(),
    )
    return replace(made, **changes)


def glimpse(look: Observation) -> Glimpse:
    """Return a look in a line."""
    now = look.reading
    return Glimpse(look.id, look.at, now.signal, now.fingerprint, now.page is not None)


def verdict(kind: VerdictKind = VerdictKind.PRESENT, **changes: Any) -> Verdict:
    made = Verdict(kind, "served", "the platform served it", since=NOW, rests_on=())
    return replace(made, **changes)


def event(**changes: Any) -> Event:
    made = Event(
        id=fresh("01EVENT"),
        kind=EventKind.VERDICT,
        at=NOW,
        source_id=None,
        citation_id=None,
        before="present",
        after="gone",
        reason="the platform says that its author deleted it",
    )
    return replace(made, **changes)


def artifact(kind: ArtifactKind = ArtifactKind.WARC, **changes: Any) -> Artifact:
    made = Artifact(
        kind=kind,
        path="captures/ab/cd/1/page.warc.gz",
        bytes=4096,
        sha256="cd" * 32,
        media_type="application/warc",
    )
    return replace(made, **changes)


def capture(source_id: str, at: datetime = NOW, **changes: Any) -> Capture:
    made = Capture(
        id=fresh("01CAPTURE"),
        source_id=source_id,
        url="https://x.example/i/status/1",
        final_url="https://x.example/i/status/1",
        outcome=CaptureOutcome.COMPLETE,
        gate=Gate.ACCEPTED,
        reason=None,
        http_status=200,
        started_at=at,
        finished_at=at + timedelta(seconds=3),
        artifacts=(artifact(),),
        records=1,
        bytes=4096,
        title="A post",
        provenance={"browser": "Chromium 156", "flags": ["--headless"], "limits": {}},
    )
    return replace(made, **changes)


def record(**changes: Any) -> WarcRecord:
    made = WarcRecord(
        record_id=fresh("urn:uuid:00000000-0000-0000-0000-000000"),
        type="response",
        url="https://img.example/EOabc.jpg",
        at=NOW,
        status=200,
        media_type="image/jpeg",
        payload_sha256="ef" * 32,
        offset=512,
        length=2048,
    )
    return replace(made, **changes)


def as_cited(**changes: Any) -> AsCited:
    return replace(AsCited(AsCitedKind.PRINTED, at=NOW, lag=days(-3), note="printed"), **changes)


def attempt(source: SourceRef | None = None, **changes: Any) -> Attempt:
    """Return an attempt that found the source given, or nothing."""
    made = Attempt(
        at=NOW,
        resolution=Resolution.RESOLVED if source else Resolution.UNRESOLVED,
        source=source,
        road=Road.CODE,
        certainty=Certainty.CHECKED if source else None,
        note="asked t.co",
        answers=(kept_answer(),),
    )
    return replace(made, **changes)


def memento(source_id: str, at: datetime = NOW, **changes: Any) -> Memento:
    made = Memento(
        id=fresh("01MEMENTO"),
        source_id=source_id,
        archive="wayback",
        url="https://web.archive.example/web/20200113000000id_/https://x.example/i/status/1",
        original="https://x.example/i/status/1",
        at=at,
        fetched_at=NOW,
        reading=reading(),
        answers=(kept_answer(),),
        note="nearest to the day it was cited",
    )
    return replace(made, **changes)


def push(source_id: str, capture_id: str, **changes: Any) -> Push:
    made = Push(
        id=fresh("01PUSH"),
        source_id=source_id,
        capture_id=capture_id,
        archive="wayback",
        url="https://x.example/i/status/1",
        state=PushState.WAITING,
        added_at=NOW,
        next_try_at=NOW,
    )
    return replace(made, **changes)


def delivery(event_id: str, **changes: Any) -> Delivery:
    made = Delivery(
        id=fresh("01DELIVERY"),
        event_id=event_id,
        notifier="desk",
        state=DeliveryState.PENDING,
        key=fresh("msg_"),
        added_at=NOW,
        next_try_at=NOW,
    )
    return replace(made, **changes)


def news(word: Word = Word.GONE, **changes: Any) -> News:
    """Return news of a finding in an article, with all that can be told."""
    finding = event(
        id=fresh("01EVENT"),
        kind=EventKind.FINDING,
        after=word.value,
        source_id="01SOURCE",
        citation_id="01CITATION",
    )
    made = News(
        event=finding,
        word=word,
        severity=Severity.MAJOR,
        source="x:1214",
        url="https://x.example/i/status/1214",
        cited=(Cited("01ARTICLE", "What the tower saw", "https://news.example/a", 3, "We saw it"),),
        cause="deleted" if word is Word.GONE else None,
        since=NOW,
        last_seen=NOW - days(1) if word is Word.GONE else None,
        rule="tombstone",
        looks=2,
        capture_id="01CAPTURE",
    )
    return replace(made, **changes)


def message(*told: News, **changes: Any) -> Message:
    return replace(Message(fresh("msg_"), NOW, told or (news(),)), **changes)
