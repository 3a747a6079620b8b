"""A store that breaks off, hangs, lies or refuses: nothing is acknowledged that is not there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from typing_extensions import override

from archiver.errors import DamagedError, FilesError, GivenUpError, StoreError
from archiver.model.capture import Artifact, ArtifactKind
from archiver.ports import SetAside
from archiver.store.bucket import Access, Bucket
from archiver.store.bucket_files import BucketFiles
from archiver.store.clock import database_time
from archiver.store.store import SqlStore
from archiver.store.sweep import clear, give_up
from archiver.store.tables import uploads as rows
from tests import build, s3
from tests.build import NOW
from tests.contract.files import bucket_files

pytestmark = pytest.mark.anyio

PAGE = "https://a.example/page"
WORDS = b"the words of the page"
HASTE = replace(s3.QUICK, total=timedelta(seconds=0.3))
"""For a store that never answers: whoever waits for it has to wait this long, twice."""


@pytest.fixture
async def proxy() -> AsyncIterator[s3.Proxy]:
    async with s3.proxy() as made:
        yield made


@pytest.fixture
def access(proxy: s3.Proxy) -> Access:
    return s3.access(port=proxy.port)


@pytest.fixture
async def files(tmp_path: Path, access: Access, store: SqlStore) -> AsyncIterator[BucketFiles]:
    made = bucket_files(tmp_path, access, store)
    yield made
    made.close()


@pytest.fixture
async def other(tmp_path: Path, access: Access, store: SqlStore) -> AsyncIterator[BucketFiles]:
    """Another machine, which has a good line to the same store."""
    made = bucket_files(tmp_path / "other", s3.access(access.bucket), store)
    yield made
    made.close()


async def publish(files: BucketFiles, body: bytes = WORDS) -> Artifact:
    capture_id = build.fresh("01C")
    await files.stage(capture_id)
    added = await files.add(capture_id, ArtifactKind.WARC, "page.warc.gz", body, "x/y")
    [published] = await files.publish(capture_id, [added])
    return published


@pytest.mark.parametrize(
    "do",
    [s3.reset, s3.lose_answer, s3.fail, s3.cut_answer],
    ids=["reset", "answer lost", "503", "answer cut"],
)
@pytest.mark.parametrize("method", ["PUT", "GET"])
async def test_what_fails_in_passing_is_tried_again(
    proxy: s3.Proxy, files: BucketFiles, method: str, do
) -> None:
    proxy.on(method, "/captures/", do, times=2)

    kept = await publish(files)

    assert proxy.faults[0].times == 0
    assert await files.bucket.read(kept.path) == WORDS


@pytest.mark.parametrize(
    ("method", "do", "said"),
    [
        ("PUT", s3.reset, "failed"),
        ("GET", s3.reset, "failed"),
        ("PUT", s3.lose_answer, "failed"),
        ("PUT", s3.fail, "503"),
        ("GET", s3.cut_answer, "failed"),
        ("PUT", s3.forbid, "files.access_key"),
        ("GET", s3.forbid, "files.access_key"),
        ("PUT", s3.spoil_stored, "is not what was sent"),
    ],
)
async def test_what_fails_for_good_is_not_acknowledged(
    proxy: s3.Proxy, files: BucketFiles, store: SqlStore, method: str, do, said: str
) -> None:
    fault = proxy.on(method, "/captures/", do)

    with pytest.raises(FilesError, match=said) as raised:
        await publish(files)

    assert "\n" not in str(raised.value)
    assert list(files.here.staging.glob("01C*/")) == []
    fault.times = 0
    [given_up] = (await give_up(files, timedelta(0))).quarantined
    assert await files.bucket.list("captures/") == []
    aside = await files.bucket.list(f"quarantine/{given_up}/")
    assert len(aside) == (do in {s3.lose_answer, s3.spoil_stored} or method == "GET")


async def test_a_capture_that_cannot_be_set_aside_keeps_no_other_waiting(
    proxy: s3.Proxy, files: BucketFiles, store: SqlStore
) -> None:
    stuck, other = await publish(files), await publish(files)
    stuck_id, other_id = (one.path.split("/")[3] for one in (stuck, other))
    proxy.on("PUT", f"/quarantine/{stuck_id}/", s3.forbid)
    doomed = f"doomed/{stuck.sha256}/1"
    await files.bucket.create(doomed, WORDS)
    await files.bucket.create(f"doomed/{'ab' * 32}/2", WORDS)
    proxy.on("GET", f"/{doomed}", s3.forbid)

    cleared = await give_up(files, timedelta(hours=-1))

    assert cleared.quarantined == (other_id,)
    assert [one.partition(":")[0] for one in cleared.refused] == [f"capture {stuck_id}", doomed]
    assert [one.key for one in await files.bucket.list("doomed/")] == [doomed]


async def make(files: BucketFiles) -> tuple[str, list[Artifact]]:
    """Make a capture of a page, with a manifest that says which."""
    capture_id = build.fresh("01C")
    await files.stage(capture_id)
    manifest = json.dumps({"url": PAGE, "started_at": NOW.isoformat()}).encode()
    return capture_id, [
        await files.add(capture_id, ArtifactKind.WARC, "page.warc.gz", WORDS, "x/y"),
        await files.add(capture_id, ArtifactKind.TEXT, "page.txt", WORDS, "text/plain"),
        await files.add(capture_id, ArtifactKind.MANIFEST, "manifest.json", manifest, "x/y"),
    ]


async def test_a_capture_that_breaks_off_before_its_manifest_says_what_it_shows(
    proxy: s3.Proxy, files: BucketFiles, other: BucketFiles
) -> None:
    capture_id, artifacts = await make(files)
    proxy.on("PUT", "/page.txt", s3.forbid)
    with pytest.raises(FilesError):
        await files.publish(capture_id, artifacts)

    await give_up(other, timedelta(0))

    assert await other.aside() == [SetAside(capture_id, capture_id, PAGE, NOW)]
    assert len(await other.bucket.list(f"quarantine/{capture_id}/")) == 1


async def test_what_is_half_set_aside_and_what_follows_say_what_they_show(
    proxy: s3.Proxy, files: BucketFiles, other: BucketFiles
) -> None:
    async def forget_what_is_there(request: s3.Request) -> None:
        seen.append(await other.aside())
        assert await other.forget_aside(capture_id)
        request.writer.write(await request.passed_on())

    seen: list[list[SetAside]] = []
    capture_id, artifacts = await make(files)
    await files.publish(capture_id, artifacts)
    proxy.on("PUT", f"/quarantine/{capture_id}/page.warc.gz", forget_what_is_there)

    await give_up(files, timedelta(0))
    seen.append(await other.aside())

    assert seen == [[SetAside(capture_id, capture_id, PAGE, NOW)]] * 2


async def test_nothing_more_is_sent_of_a_capture_that_was_given_up(
    proxy: s3.Proxy, files: BucketFiles, other: BucketFiles
) -> None:
    async def give_up_first(request: s3.Request) -> None:
        await give_up(other, timedelta(0))
        request.writer.write(await request.passed_on())

    capture_id, artifacts = await make(files)
    proxy.on("PUT", "/page.warc.gz", give_up_first, times=1)

    with pytest.raises(GivenUpError):
        await files.publish(capture_id, artifacts)

    assert [one for one in proxy.seen if one[0] == "PUT" and "page.txt" in one[1]] == []
    assert await other.bucket.list("captures/") == []
    assert await other.bucket.read(f"quarantine/{capture_id}/page.warc.gz") == WORDS


async def test_a_file_that_takes_long_is_sent_with_signs_of_life(
    proxy: s3.Proxy, files: BucketFiles, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take_long(request: s3.Request) -> None:
        long_ago = update(rows).values(begun_at=database_time(timedelta(hours=-2)))
        await store.database.write(lambda connection: connection.execute(long_ago).rowcount)
        while await files.uploads.overdue(timedelta(hours=1)):
            await asyncio.sleep(0)
        request.writer.write(await request.passed_on())

    monkeypatch.setattr("archiver.store.bucket_files.SIGN_EVERY", timedelta(0))
    capture_id, artifacts = await make(files)
    proxy.on("PUT", "/page.warc.gz", take_long, times=1)

    await files.publish(capture_id, artifacts)

    assert (await give_up(files)).quarantined == ()


@pytest.mark.parametrize("method", ["PUT", "GET"])
async def test_a_store_that_never_answers_is_given_up(
    proxy: s3.Proxy, access: Access, store: SqlStore, tmp_path: Path, method: str
) -> None:
    proxy.on(method, "/captures/", s3.hang)
    files = bucket_files(tmp_path, replace(access, patience=HASTE), store)

    with pytest.raises(StoreError, match="does not answer"):
        await publish(files)

    files.close()


async def test_one_request_that_hangs_is_sent_again(
    proxy: s3.Proxy, access: Access, store: SqlStore, tmp_path: Path
) -> None:
    proxy.on("PUT", "/captures/", s3.hang, times=1)
    files = bucket_files(tmp_path, replace(access, patience=HASTE), store)

    kept = await publish(files)

    assert await files.bucket.read(kept.path) == WORDS
    files.close()


async def test_a_store_without_put_if_absent_is_asked_first(
    proxy: s3.Proxy, files: BucketFiles
) -> None:
    proxy.on("PUT", "/", s3.know_no_conditions)
    kept = await publish(files)

    assert await files.bucket.create(kept.path, b"other words") is False
    assert await files.bucket.create("captures/ab/cd/new", b"other words") is True

    assert await files.bucket.read(kept.path) == WORDS


async def test_a_name_that_is_taken_is_never_written_over(files: BucketFiles) -> None:
    [taken] = {one.path for one in [await publish(files)]}

    assert await files.bucket.create(taken, b"other words") is False
    assert await files.bucket.read(taken) == WORDS


async def test_a_blob_that_was_not_stored_is_not_acknowledged(
    proxy: s3.Proxy, files: BucketFiles
) -> None:
    proxy.on("PUT", "/blobs/", s3.spoil_stored)

    with pytest.raises(DamagedError):
        await files.keep_blob(WORDS)

    proxy.faults.clear()
    sha256 = await files.keep_blob(WORDS)
    assert await files.blob(sha256) == WORDS


async def test_a_removal_that_is_sent_twice_spares_what_was_kept_in_between(
    proxy: s3.Proxy, files: BucketFiles, other: BucketFiles
) -> None:
    async def keep_in_between(request: s3.Request) -> None:
        await request.passed_on()
        await other.keep_blob(WORDS)
        request.writer.write(await request.passed_on())

    sha256 = await kept_long_ago(files, proxy)
    proxy.on("DELETE", "/blobs/", keep_in_between)

    is_gone = await files.forget_blob(sha256, timedelta(hours=1))

    assert not is_gone
    assert await files.blob(sha256) == WORDS


async def test_a_removal_that_fails_half_way_loses_nothing_that_was_kept_again(
    proxy: s3.Proxy, files: BucketFiles, other: BucketFiles, store: SqlStore
) -> None:
    async def keep_before(request: s3.Request) -> None:
        await other.keep_blob(WORDS)
        request.writer.write(await request.passed_on())
        proxy.on("HEAD", "/again/", s3.fail)

    sha256 = await kept_long_ago(files, proxy)
    proxy.on("DELETE", "/blobs/", keep_before, times=1)
    with pytest.raises(FilesError):
        await files.forget_blob(sha256, timedelta(hours=1))
    assert not await other.forget_blob(sha256, timedelta(hours=1))

    await clear(other, store)

    assert await other.blob(sha256) == WORDS


async def test_a_removal_that_was_broken_off_can_be_made_again_when_it_is_over(
    proxy: s3.Proxy, files: BucketFiles, other: BucketFiles
) -> None:
    sha256 = await kept_long_ago(files, proxy)
    proxy.on("DELETE", "/doomed/", s3.fail)
    with pytest.raises(FilesError):
        await files.forget_blob(sha256, timedelta(hours=-1))

    [doomed] = await other.set_apart()

    proxy.on("HEAD", f"/again/{sha256[:2]}/", s3.date_back)
    await files.put_back(doomed, timedelta(hours=1))  # nobody kept it again: left to its remover
    assert await other.lost_blobs([sha256]) == {sha256}
    await other.put_back(doomed, timedelta(hours=-1))
    assert await other.blob(sha256) == WORDS

    assert await other.forget_blob(sha256, timedelta(hours=-1))
    assert await other.bucket.list("doomed/") == []


async def test_two_who_remove_a_body_at_once_lose_none_that_was_kept_after_one_looked(
    proxy: s3.Proxy, files: BucketFiles, other: BucketFiles
) -> None:
    removed: list[bool] = []

    async def remove_meanwhile(request: s3.Request) -> None:
        removed.append(await files.forget_blob(sha256, timedelta(hours=1)))
        request.writer.write(await request.passed_on())

    async def keep_after_the_look(request: s3.Request) -> None:
        answer = s3.dated_back(await request.passed_on())
        await other.keep_blob(WORDS)
        request.writer.write(answer)

    sha256 = await kept_long_ago(files, proxy, times=2)
    proxy.on("HEAD", f"/again/{sha256[:2]}/", keep_after_the_look, times=1)
    proxy.on("PUT", "/doomed/", remove_meanwhile, times=1)

    removed.append(await files.forget_blob(sha256, timedelta(hours=1)))

    assert removed == [False, False]
    assert await other.blob(sha256) == WORDS


async def kept_long_ago(files: BucketFiles, proxy: s3.Proxy, times: int = 1) -> str:
    """Keep a body and let the store say so often that it did so long ago, of body and mark."""
    sha256 = await files.keep_blob(WORDS)
    for kind in ("blobs", "again"):
        proxy.on("HEAD", f"/{kind}/{sha256[:2]}/", s3.date_back, times)
    return sha256


async def test_a_probe_that_cannot_be_read_back_leaves_nothing(
    proxy: s3.Proxy, files: BucketFiles
) -> None:
    proxy.on("GET", "/probe/", s3.fail)

    with pytest.raises(FilesError, match="probe"):
        await files.probe()

    assert await files.bucket.list("probe/") == []


async def test_what_a_probe_left_goes_with_a_later_sweep(
    proxy: s3.Proxy, files: BucketFiles, other: BucketFiles
) -> None:
    proxy.on("DELETE", "/probe/", s3.fail)
    with pytest.raises(FilesError):
        await files.probe()

    await give_up(other)
    assert len(await other.bucket.list("probe/")) == 1  # it may be going on
    await give_up(other, timedelta(hours=-1))

    assert await other.bucket.list("probe/") == []


async def test_a_listing_is_granted_more_time_for_all_that_arrives(access: Access) -> None:
    granted: list[int] = []

    class Granting(Bucket):
        @override
        def _grant(self, within: asyncio.Timeout, size: int) -> None:
            granted.append(size)
            super()._grant(within, size)

    bucket = Granting(access)
    await asyncio.gather(*(bucket.create(f"quarantine/{number}", b"") for number in range(101)))

    found = await bucket.list("quarantine/")

    assert (len(found), granted) == (101, [0, 0])


async def test_a_copy_that_arrives_damaged_is_not_given_out(
    proxy: s3.Proxy, files: BucketFiles
) -> None:
    kept = await publish(files)
    await files.bucket.replace(kept.path, b"x" * len(WORDS))

    with pytest.raises(DamagedError, match="other bytes"):
        await files.local(kept.path, kept.sha256)

    assert [one for one in files.cache.rglob("*") if one.is_file()] == []


async def test_a_damaged_copy_is_fetched_again(files: BucketFiles) -> None:
    kept = await publish(files)
    copy = Path(await files.local(kept.path, kept.sha256))
    copy.write_bytes(b"x")

    assert Path(await files.local(kept.path, kept.sha256)).read_bytes() == WORDS


async def test_what_a_late_attempt_wrote_into_a_copy_is_not_given_out(
    files: BucketFiles, access: Access
) -> None:
    class Late(Bucket):
        @override
        async def download(self, key: str, path: Path) -> str | None:
            found = await super().download(key, path)
            with path.open("ab") as late:
                late.write(b"a piece that an attempt before had in hand")
            return found

    kept = await publish(files)
    files.bucket = Late(access)

    with pytest.raises(FilesError, match="did not arrive"):
        await files.local(kept.path, kept.sha256)

    assert [one for one in files.cache.rglob("*") if one.is_file()] == []


async def test_large_files_arrive_whole(files: BucketFiles) -> None:
    body = bytes(range(256)) * 4096 * 20  # 20 MiB: more than one piece to read back

    kept, _ = await asyncio.gather(publish(files, body), publish(files, body))

    assert await files.bucket.sha256(kept.path) == kept.sha256
    assert Path(await files.local(kept.path, kept.sha256)).stat().st_size == len(body)


async def test_a_publication_that_is_cancelled_leaves_nothing_staged(
    proxy: s3.Proxy, files: BucketFiles
) -> None:
    waits = asyncio.Event()

    async def hang_and_tell(request: s3.Request) -> None:
        waits.set()
        await s3.hang(request)

    proxy.on("PUT", "/captures/", hang_and_tell)
    publishing = asyncio.create_task(publish(files))
    await waits.wait()
    publishing.cancel()
    await asyncio.wait([publishing])

    assert publishing.cancelled()
    assert list(files.here.staging.glob("01C*/")) == []
    assert len(await files.uploads.overdue(timedelta(0))) == 1


async def test_a_file_too_many_on_a_full_disk_is_said_in_one_line(
    files: BucketFiles, tmp_path: Path
) -> None:
    kept = await publish(files)
    (tmp_path / "cache").write_bytes(b"")  # no directory can be made there

    with pytest.raises(StoreError, match="the disk refused"):
        await files.local(kept.path, kept.sha256)
