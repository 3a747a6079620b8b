from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from archiver.errors import NotFoundError, StoreError
from archiver.model.capture import (
    CRASH,
    ArtifactKind,
    Capture,
    CaptureOutcome,
    Gate,
    HeldPayload,
    WarcRecord,
)
from archiver.ports import Claim, Holding
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days
from tests.withdrawn import withdraw_observation

pytestmark = pytest.mark.anyio


async def claimed(store: SqlStore) -> Claim:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    return claim


async def kept(store: SqlStore, claim: Claim, *records: WarcRecord, **changes: Any) -> Capture:
    capture = build.capture(claim.source_id, **changes)
    await store.captures.keep(claim, capture, records)
    return capture


async def test_a_capture_comes_back_as_it_was_kept(store: SqlStore) -> None:
    claim = await claimed(store)
    capture = build.capture(
        claim.source_id,
        url="https://a.example/\ud83d",
        outcome=CaptureOutcome.PARTIAL,
        gate=Gate.REJECTED,
        reason="a challenge",
        final_url=None,
        http_status=None,
        title=None,
        observation_id="01LOOK",
        artifacts=tuple(
            build.artifact(kind, path=f"captures/ab/cd/1/{number}.bin", note=note)
            for number, (kind, note) in enumerate(
                [(ArtifactKind.WARC, None), (ArtifactKind.SCREENSHOT, "truncated")] * 6
            )
        ),
        provenance={"guard": [{"host": "a.example", "allowed": True}], "none": None, "s": 1.5},
    )

    await store.captures.keep(claim, capture, [build.record()])

    assert await store.captures.capture(capture.id) == capture
    assert await store.captures.of(claim.source_id) == [capture]


async def test_a_capture_without_files_and_records_can_be_kept(store: SqlStore) -> None:
    claim = await claimed(store)

    capture = await kept(store, claim, artifacts=(), records=0, outcome=CaptureOutcome.FAILED)

    assert await store.captures.of(claim.source_id) == [capture]


async def test_captures_come_oldest_first_each_with_its_own_files(store: SqlStore) -> None:
    claim, other = await claimed(store), await claimed(store)
    made = [
        await kept(store, claim, at=NOW + days(day), artifacts=(build.artifact(path=f"{day}"),))
        for day in (2, 0, 1)
    ]
    await kept(store, other)

    assert await store.captures.of(claim.source_id) == [made[1], made[2], made[0]]


async def test_the_same_capture_cannot_be_kept_twice(store: SqlStore) -> None:
    claim = await claimed(store)
    capture = await kept(store, claim)

    with pytest.raises(StoreError):
        await kept(store, claim, id=capture.id, title="another")

    assert await store.captures.capture(capture.id) == capture


async def test_a_capture_that_is_not_there_is_said_to_be_unknown(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="no capture goes by 'nothing'"):
        await store.captures.capture("nothing")


async def test_a_payload_is_held_by_the_first_capture_that_has_it_in_full(store: SqlStore) -> None:
    claim = await claimed(store)
    first, second = build.record(), build.record()
    capture = await kept(store, claim, first, at=NOW + days(1))
    await kept(store, claim, second)

    held = await store.captures.held(claim.source_id)

    digest = first.payload_sha256 or ""
    assert held == {digest: HeldPayload(digest, first.url, first.record_id, NOW, capture.id)}


@pytest.mark.parametrize(
    "record",
    [
        build.record(type="revisit", refers_to="urn:uuid:0"),
        build.record(type="request"),
        build.record(type="resource"),
        build.record(status=404),
        build.record(status=206),
        build.record(status=None),
        build.record(payload_sha256=None),
    ],
    ids=lambda record: f"{record.type}-{record.status}",
)
async def test_only_whole_responses_are_held(store: SqlStore, record: WarcRecord) -> None:
    claim = await claimed(store)

    await kept(store, claim, record)

    assert await store.captures.held(claim.source_id) == {}


async def test_payloads_of_rejected_captures_and_other_sources_are_not_held(
    store: SqlStore,
) -> None:
    claim, other = await claimed(store), await claimed(store)
    await kept(store, claim, build.record(), gate=Gate.REJECTED)
    await kept(store, other, build.record())

    assert await store.captures.held(claim.source_id) == {}


async def test_many_records_are_kept_with_one_capture(store: SqlStore) -> None:
    claim = await claimed(store)
    records = [build.record(payload_sha256=f"{number:064x}") for number in range(3000)]

    await kept(store, claim, *records)

    assert len(await store.captures.held(claim.source_id)) == 3000


async def test_of_very_many_payloads_those_that_were_kept_last_are_held(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.store.captures.MOST_HELD", 3)
    claim = await claimed(store)
    digests = [f"{number:064x}" for number in range(5)]
    for number in range(0, 4, 2):
        pair = digests[number : number + 2]
        await kept(store, claim, *(build.record(payload_sha256=digest) for digest in pair))
    await kept(store, claim, build.record(payload_sha256=digests[4]))

    assert set(await store.captures.held(claim.source_id)) == set(digests[2:])


async def test_the_record_of_a_capture_is_that_of_its_last_address(store: SqlStore) -> None:
    claim = await claimed(store)
    first = build.record(url="https://a.example/", status=301)
    request = build.record(url="https://a.example/new", type="request")
    last = build.record(url="https://a.example/new")
    picture = build.record(url="https://a.example/p.png")
    capture = await kept(
        store, claim, first, picture, request, last,
        url="https://a.example/", final_url="https://a.example/new",
    )  # fmt: skip

    assert await store.captures.record_of(capture) == last


async def test_a_capture_without_its_own_address_has_no_record(store: SqlStore) -> None:
    claim = await claimed(store)
    capture = await kept(store, claim, build.record(), final_url=None, url="https://b.example/")

    assert await store.captures.record_of(capture) is None


async def test_captures_come_to_what_the_look_of_the_newest_with_files_showed(
    store: SqlStore,
) -> None:
    claim = await claimed(store)
    look = build.observation(claim.source_id)
    await store.looks.keep(claim, look, build.verdict(), [], None)
    await kept(store, claim, gate=Gate.ACCEPTED, observation_id="01LOST")
    await kept(store, claim, at=NOW + days(1), gate=Gate.REJECTED, observation_id=look.id)
    await kept(store, claim, at=NOW + days(2), artifacts=(), observation_id=None)

    held = await store.captures.holding(claim.source_id)

    reading = look.reading
    assert held == Holding(
        has_accepted=True,
        observation_id=look.id,
        signal=reading.signal,
        fingerprint=reading.fingerprint,
    )


async def test_a_withdrawn_look_of_a_capture_has_no_fingerprint(store: SqlStore) -> None:
    claim = await claimed(store)
    look = build.observation(claim.source_id)
    await store.looks.keep(claim, look, build.verdict(), [], None)
    await kept(store, claim, gate=Gate.REJECTED, observation_id=look.id)
    await withdraw_observation(store.database, look.id, NOW)

    held = await store.captures.holding(claim.source_id)

    expected = Holding(
        has_accepted=False,
        observation_id=look.id,
        signal=look.reading.signal,
        fingerprint=None,
    )
    assert held == expected


@pytest.mark.parametrize(
    ("outcome", "limit", "kind", "has_crashed"),
    [
        (CaptureOutcome.FAILED, CRASH, ArtifactKind.WARC, True),
        (CaptureOutcome.PARTIAL, CRASH, ArtifactKind.POST, True),
        (CaptureOutcome.PARTIAL, CRASH, ArtifactKind.SCREENSHOT, False),
        (CaptureOutcome.PARTIAL, "time", ArtifactKind.POST, False),
    ],
)
async def test_a_breakdown_before_there_was_a_picture_is_told(
    store: SqlStore, outcome: CaptureOutcome, limit: str, kind: ArtifactKind, has_crashed: bool
) -> None:
    claim = await claimed(store)
    files, provenance = (build.artifact(kind),), {"limits": [limit]}
    await kept(store, claim, outcome=outcome, artifacts=files, provenance=provenance)

    held = await store.captures.holding(claim.source_id)

    assert held is not None
    assert held.has_crashed is has_crashed


async def test_captures_without_files_come_to_nothing(store: SqlStore) -> None:
    claim = await claimed(store)
    await kept(store, claim, artifacts=())

    assert await store.captures.holding(claim.source_id) is None
