"""Order in an object store: what was never committed is set aside, by whatever machine."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.errors import GivenUpError, StoreError
from archiver.model.capture import ArtifactKind, Capture
from archiver.ports import Claim
from archiver.store.bucket import Access
from archiver.store.bucket_files import BucketFiles
from archiver.store.places import capture_place
from archiver.store.scrub import Scrubber
from archiver.store.store import SqlStore
from archiver.store.sweep import Cleared, Swept, clear, give_up, sweep
from tests import build, s3
from tests.build import NOW
from tests.contract.files import bucket_files
from tests.withdrawn import withdraw_capture

pytestmark = pytest.mark.anyio

NOTHING = Swept((), (), ())
AT_ONCE = timedelta(0)


@pytest.fixture
def access() -> Access:
    return s3.access()


@pytest.fixture
async def files(tmp_path: Path, access: Access, store: SqlStore) -> AsyncIterator[BucketFiles]:
    made = bucket_files(tmp_path, access, store)
    yield made
    made.close()


@pytest.fixture
async def other(tmp_path: Path, access: Access, store: SqlStore) -> AsyncIterator[BucketFiles]:
    """Another machine: another home directory, the same store and database."""
    made = bucket_files(tmp_path / "other", access, store)
    yield made
    made.close()


async def publish(files: BucketFiles, store: SqlStore) -> tuple[Claim, Capture]:
    """Bring a capture of one file as far as its commit."""
    source = await store.sources.register(build.ref(build.fresh("page")), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    capture_id = build.fresh("01C")
    await files.stage(capture_id)
    added = await files.add(capture_id, ArtifactKind.TEXT, "page.txt", b"words", "text/plain")
    published = await files.publish(capture_id, [added])
    return claim, build.capture(source.id, id=capture_id, artifacts=published)


async def commit(files: BucketFiles, store: SqlStore) -> Capture:
    claim, capture = await publish(files, store)
    await store.captures.keep(claim, capture, [])
    return capture


async def test_what_was_set_aside_here_gets_no_place_at_home(
    files: BucketFiles, store: SqlStore
) -> None:
    capture = await commit(files, store)
    aside = files.here.home / "quarantine" / capture.id
    aside.mkdir(parents=True)

    assert await clear(files, store) == Cleared()
    assert aside.is_dir()


async def test_a_store_in_order_is_left_alone(
    files: BucketFiles, other: BucketFiles, store: SqlStore
) -> None:
    capture = await commit(files, store)

    assert await give_up(other, AT_ONCE) == Cleared()
    assert await sweep(other, store, thorough=True) == NOTHING
    assert await files.bucket.read(capture.artifacts[0].path) == b"words"


async def test_what_is_in_hand_is_left_alone(
    files: BucketFiles, other: BucketFiles, store: SqlStore
) -> None:
    claim, capture = await publish(files, store)

    assert await sweep(other, store, thorough=True) == NOTHING
    await store.captures.keep(claim, capture, [])

    assert await files.troubles(capture.artifacts, thorough=True) == [None]


async def test_what_was_sent_or_left_leaves_nothing_in_staging_without_a_sweep(
    files: BucketFiles, store: SqlStore
) -> None:
    await commit(files, store)
    await files.stage("01LEFT")
    await files.leave("01LEFT")

    assert [path.suffix for path in files.here.staging.iterdir()] == [".lock"]


async def test_another_machine_sets_aside_what_its_maker_never_committed(
    files: BucketFiles, other: BucketFiles, store: SqlStore
) -> None:
    claim, capture = await publish(files, store)

    assert await give_up(other, AT_ONCE) == Cleared((), (capture.id,))

    assert await files.bucket.read(f"quarantine/{capture.id}/page.txt") == b"words"
    assert await files.bucket.list("captures/") == []
    assert await give_up(other, AT_ONCE) == Cleared()
    with pytest.raises(GivenUpError):
        await store.captures.keep(claim, capture, [])
    await files.quarantine(capture.id)  # as its maker does then
    assert await sweep(files, store, thorough=True) == NOTHING


async def test_a_file_that_arrives_after_the_others_were_set_aside_is_set_aside_too(
    files: BucketFiles, other: BucketFiles, store: SqlStore
) -> None:
    _, capture = await publish(files, store)
    await other.set_aside(capture.id)
    await files.bucket.create(f"{capture_place(capture.id)}/late.txt", b"late words")

    assert await give_up(other) == Cleared()  # the next one may arrive still
    assert await give_up(other, AT_ONCE) == Cleared((), (capture.id,))

    assert await files.bucket.read(f"quarantine/{capture.id}/late.txt") == b"late words"
    assert await files.bucket.list("captures/") == []
    assert await give_up(other, AT_ONCE) == Cleared()


async def test_a_sweep_that_was_broken_off_is_gone_on_with(
    files: BucketFiles, other: BucketFiles, store: SqlStore
) -> None:
    _, capture = await publish(files, store)
    await files.uploads.give_up(capture.id)

    assert (await sweep(other, store)).quarantined == (capture.id,)
    assert await files.bucket.list("captures/") == []


async def test_two_machines_that_sweep_at_once_do_not_trip_over_each_other(
    files: BucketFiles, other: BucketFiles, store: SqlStore
) -> None:
    made = {(await publish(files, store))[1].id for _ in range(10)}

    swept = await asyncio.gather(give_up(files, AT_ONCE), give_up(other, AT_ONCE))

    assert {*swept[0].quarantined, *swept[1].quarantined} == made
    assert await files.bucket.list("captures/") == []
    kept = {one.key.split("/")[1] for one in await files.bucket.list("quarantine/")}
    assert kept == made


async def test_objects_that_this_database_never_heard_of_are_left_alone(
    files: BucketFiles, store: SqlStore
) -> None:
    await files.bucket.create("captures/ab/cd/01ANOTHERS/page.txt", b"words")

    assert await sweep(files, store, thorough=True) == NOTHING
    assert await files.bucket.read("captures/ab/cd/01ANOTHERS/page.txt") == b"words"


@pytest.mark.parametrize(
    ("data", "thorough", "trouble"),
    [(None, False, "is missing"), (b"word", False, "has 4 bytes"), (b"wards", True, "other bytes")],
    ids=["missing", "truncated", "changed"],
)
async def test_a_row_whose_object_is_not_right_is_reported_as_damaged(
    files: BucketFiles, store: SqlStore, data: bytes | None, thorough: bool, trouble: str
) -> None:
    capture = await commit(files, store)
    path = capture.artifacts[0].path
    await files.bucket.delete(path)
    if data is not None:
        await files.bucket.create(path, data)

    [damage] = (await sweep(files, store, thorough=thorough)).damaged

    assert (damage.of, damage.path) == (capture.id, path)
    assert trouble in damage.trouble


async def test_a_store_that_is_away_is_no_damage(
    files: BucketFiles, store: SqlStore, tmp_path: Path
) -> None:
    await commit(files, store)
    away = bucket_files(tmp_path, s3.access("no-such-bucket"), store)

    with pytest.raises(StoreError, match="make the bucket"):
        await sweep(away, store)
    away.close()


async def test_a_lost_blob_is_damage_and_a_store_that_is_away_is_not(
    files: BucketFiles, store: SqlStore, tmp_path: Path
) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    lost = build.observation(source.id, answers=(build.kept_answer(body_sha256="00" * 32),))
    await store.looks.keep(claim, lost, build.verdict(), [], None)
    away = bucket_files(tmp_path, s3.access("no-such-bucket"), store)

    [damage] = (await sweep(files, store, thorough=True)).damaged
    with pytest.raises(StoreError, match="make the bucket"):
        await sweep(away, store, thorough=True)
    scrubbed = await Scrubber(files, store, 1.0).scrub()
    with pytest.raises(StoreError, match="make the bucket"):
        await Scrubber(away, store, 1.0).scrub()

    assert scrubbed.damaged == (damage,)
    assert (damage.of, damage.path) == (lost.id, f"blobs/{'00' * 32}")
    away.close()


async def test_copies_of_what_was_taken_down_go_with_the_next_sweep(
    files: BucketFiles, other: BucketFiles, store: SqlStore
) -> None:
    capture, stays = await commit(files, store), await commit(files, store)
    copies = [
        Path(await other.local(one.artifacts[0].path, one.artifacts[0].sha256))
        for one in (capture, stays)
    ]
    await withdraw_capture(store.database, capture.id, NOW)
    await files.forget_capture(capture.id)

    await sweep(other, store)

    assert [copy.exists() for copy in copies] == [False, True]


async def test_copies_on_this_machine_stay_within_bounds(files: BucketFiles) -> None:
    for number in range(5):
        await files.bucket.create(f"captures/ab/cd/01BIG/{number}", bytes(400_000))
        await files.local(f"captures/ab/cd/01BIG/{number}")

    await files.prune()

    kept = [path for path in files.cache.rglob("*") if path.is_file()]
    assert len(kept) == 2  # of one megabyte
    assert len(await files.bucket.list("captures/")) == 5


async def test_no_acknowledged_capture_is_lost_when_its_maker_is_killed(
    files: BucketFiles, access: Access, store: SqlStore, tmp_path: Path
) -> None:
    acknowledged: list[str] = []
    place = json.dumps({"bucket": access.bucket, "port": s3.server().port})
    for number in range(4):
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.store.maker", str(tmp_path), place),
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdout is not None
        lines = [await child.stdout.readline() for _ in range(3 + 2 * number)]
        child.kill()
        rest, _ = await child.communicate()
        acknowledged += [one.decode().strip() for one in [*lines, *rest.splitlines()] if one]

    await give_up(files, AT_ONCE)
    swept = await sweep(files, store, thorough=True)

    assert (swept.quarantined, swept.damaged) == ((), ())
    captures = [await store.captures.capture(one) for one in acknowledged if len(one) == 26]
    assert len(captures) >= 24
    for capture in captures:
        body = hashlib.shake_256(capture.id.encode()).digest(50_000)
        assert await files.bucket.read(capture.artifacts[0].path) == body
    rows = {
        one.id for source in await store.sources.all() for one in await store.captures.of(source.id)
    }
    sent = {one.key.split("/")[3] for one in await files.bucket.list("captures/")}
    assert sent == rows
