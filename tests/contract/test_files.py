from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.errors import DamagedError, FilesError, StoreError
from archiver.model.capture import Artifact, ArtifactKind
from archiver.store.store import SqlStore
from tests import build, s3
from tests.contract.files import AnyFiles, InBucket, OnDisk, Place

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
LONG_AGO = timedelta(hours=-1)  # a time so short that all was kept before it


@pytest.fixture(params=["disk", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, sqlite: SqlStore) -> Place:
    if request.param == "disk":
        return OnDisk(tmp_path)
    return InBucket(tmp_path, s3.access(), sqlite)


@pytest.fixture
def files(place: Place) -> AnyFiles:
    return place.files


def put(staging: str, name: str, data: bytes) -> Artifact:
    """Write a file into a staging directory and return its artifact."""
    path = Path(staging) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    return build.artifact(ArtifactKind.MEDIA, path=name, bytes=len(data), sha256=sha256)


async def read(files: AnyFiles, artifact: Artifact) -> bytes:
    return Path(await files.local(artifact.path, artifact.sha256)).read_bytes()


def listed(directory: str) -> list[str]:
    """Return the names in a directory; none when there is no such directory."""
    path = Path(directory)
    return sorted(one.name for one in path.iterdir()) if path.is_dir() else []


async def test_a_staging_directory_is_new_and_empty(files: AnyFiles) -> None:
    staging = await files.stage("01C")

    assert Path(staging).is_absolute()
    assert Path(staging).name == "01C"
    assert listed(staging) == []


async def test_a_capture_cannot_be_begun_twice(files: AnyFiles) -> None:
    staging = await files.stage("01C")

    with pytest.raises(StoreError, match="begun before"):
        await files.stage("01C")

    await files.publish("01C", [put(staging, "a", b"a")])
    with pytest.raises(StoreError, match="begun before"):
        await files.stage("01C")


async def test_published_files_are_where_their_paths_say(files: AnyFiles) -> None:
    staging = await files.stage("01C")
    staged = [put(staging, "page.warc.gz", b"warc"), put(staging, "media/1.jpg", b"jpeg")]

    published = await files.publish("01C", staged)

    assert [await read(files, one) for one in published] == [b"warc", b"jpeg"]
    assert all(one.path.startswith("captures/") for one in published)
    assert [one.sha256 for one in published] == [one.sha256 for one in staged]
    assert listed(staging) == []


async def test_a_file_added_to_a_staging_directory_is_published_with_it(files: AnyFiles) -> None:
    await files.stage("01C")

    added = await files.add("01C", ArtifactKind.POST, "post.json", b"{}", "application/json")
    [published] = await files.publish("01C", [added])

    assert added == build.artifact(
        ArtifactKind.POST,
        path="post.json",
        bytes=2,
        sha256=hashlib.sha256(b"{}").hexdigest(),
        media_type="application/json",
    )
    assert published.path.endswith("/01C/post.json")
    assert await read(files, published) == b"{}"


async def test_a_file_is_never_added_over_another_or_elsewhere(files: AnyFiles) -> None:
    staging = await files.stage("01C")
    await files.add("01C", ArtifactKind.TEXT, "page.txt", b"first", "text/plain")

    for name in ("page.txt", "../page.txt"):
        with pytest.raises(StoreError):
            await files.add("01C", ArtifactKind.TEXT, name, b"second", "text/plain")

    assert (Path(staging) / "page.txt").read_bytes() == b"first"


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b"shorte"), "has 6 bytes, not 7"),
        (lambda path: path.write_bytes(b"changed"), "has other bytes"),
    ],
    ids=["missing", "truncated", "changed"],
)
async def test_a_file_that_is_not_what_its_artifact_says_is_not_published(
    place: Place, spoil, trouble: str
) -> None:
    staging = Path(await place.files.stage("01C"))
    artifact = put(str(staging), "page.png", b"picture")
    spoil(staging / "page.png")

    with pytest.raises(FilesError, match=trouble):
        await place.files.publish("01C", [artifact])

    assert staging.is_dir()
    assert await place.names("captures") == []


async def test_an_artifact_outside_the_staging_directory_is_refused(
    place: Place, tmp_path: Path
) -> None:
    files = place.files
    staging = await files.stage("01C")
    (tmp_path / "secret").write_bytes(b"a")
    artifact = put(staging, "a", b"a")

    for path in ("../../secret", "/etc/passwd", "", "a/../../x", "a\0b"):
        with pytest.raises(StoreError, match="no path of a file of ours"):
            await files.publish("01C", [build.artifact(path=path, sha256=artifact.sha256, bytes=1)])
        with pytest.raises(StoreError):
            files.where(path)
        with pytest.raises(StoreError):
            await files.local(path)


async def test_a_quarantined_capture_is_moved_whole(place: Place) -> None:
    await place.files.publish("01C", [put(await place.files.stage("01C"), "a", b"evidence")])

    await place.files.quarantine("01C")
    await place.files.quarantine("01C")

    assert await place.stored("quarantine/01C/a") == b"evidence"
    assert await place.names("captures") == []


async def test_a_capture_that_was_not_published_is_quarantined_where_it_was_made(
    place: Place,
) -> None:
    staging = await place.files.stage("01C")
    put(staging, "a", b"evidence")

    await place.files.quarantine("01C")

    assert (place.home.home / "quarantine" / "01C" / "a").read_bytes() == b"evidence"
    assert not Path(staging).exists()


async def test_what_was_staged_of_a_capture_that_is_given_up_is_gone(files: AnyFiles) -> None:
    staging = await files.stage("01C")
    put(staging, "page.warc.gz.part", b"half")
    put(staging, "media/1.jpg", b"picture")

    await files.leave("01C")

    assert not Path(staging).exists()
    with pytest.raises(StoreError):
        await files.publish("01C", [build.artifact(path="page.warc.gz.part")])


async def test_what_was_published_of_a_capture_that_is_given_up_stays(place: Place) -> None:
    artifact = put(await place.files.stage("01C"), "page.txt", b"words")
    (published,) = await place.files.publish("01C", [artifact])

    await place.files.leave("01C")

    assert await place.stored(published.path) == b"words"


async def test_a_local_copy_is_what_was_kept(place: Place) -> None:
    artifact = put(await place.files.stage("01C"), "a", b"evidence")
    [kept] = await place.files.publish("01C", [artifact])

    paths = {await place.files.local(kept.path, kept.sha256) for _ in range(2)}
    paths.add(await place.files.local(kept.path))

    assert [Path(path).read_bytes() for path in paths] == [b"evidence"]
    assert place.files.where(kept.path).endswith(f"/{kept.path}")


async def test_what_differs_from_its_artifact_is_told(place: Place) -> None:
    staging = await place.files.stage("01C")
    staged = [put(staging, name, b"words") for name in ("whole", "lost", "cut", "changed")]
    kept = await place.files.publish("01C", staged)
    for one, data in zip(kept[1:], (None, b"word", b"wards"), strict=True):
        await place.spoil(one.path, data)

    quick = await place.files.troubles(kept, thorough=False)
    thorough = await place.files.troubles(kept, thorough=True)

    assert quick == [None, "is missing", "has 4 bytes, not 5", None]
    assert thorough[:3] == quick[:3]
    assert thorough[3] == f"has other bytes than those of {kept[3].sha256}"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>" + b"words " * 40_000, hashlib.shake_256(b"noise").digest(200_000)],
    ids=["empty", "text", "noise"],
)
async def test_a_blob_comes_back_byte_for_byte_and_is_stored_once(
    place: Place, body: bytes
) -> None:
    sha256 = await place.files.keep_blob(body)
    before = await place.names("blobs")

    assert await place.files.keep_blob(body) == sha256 == hashlib.sha256(body).hexdigest()
    assert await place.files.blob(sha256) == body
    assert await place.names("blobs") == before
    [kept] = before
    assert len(await place.stored(kept) or b"") <= len(body) + 64


async def test_many_who_keep_one_blob_at_once_keep_it_once(place: Place) -> None:
    body = b"the words of the page" * 1000
    places = [place.another() for _ in range(8)]

    kept = await asyncio.gather(*(one.keep_blob(body) for one in places))

    assert set(kept) == {hashlib.sha256(body).hexdigest()}
    assert len(await place.names("blobs")) == 1
    assert await place.names("quarantine") == []
    for one in places:
        one.close()


async def test_a_damaged_blob_is_not_given_out(place: Place) -> None:
    sha256 = await place.files.keep_blob(b"the words of the page")
    [path] = await place.names("blobs")
    data = await place.stored(path) or b""

    for damaged in (b"", data[:-5], data[:12] + b"\0\0\0" + data[15:], b"no gzip at all"):
        await place.spoil(path, damaged)
        with pytest.raises(DamagedError, match="damaged"):
            await place.files.blob(sha256)


async def test_keeping_a_damaged_blob_again_heals_it_and_keeps_the_damaged_bytes(
    place: Place,
) -> None:
    sha256 = await place.files.keep_blob(b"the words of the page")
    [path] = await place.names("blobs")
    await place.spoil(path, b"torn")

    await place.files.keep_blob(b"the words of the page")

    assert await place.files.blob(sha256) == b"the words of the page"
    [aside] = await place.names("quarantine")
    assert await place.stored(aside) == b"torn"


@pytest.mark.parametrize("sha256", ["ab" * 32, "", "../../archiver.db", "AB" * 32, "a" * 63])
async def test_a_blob_that_is_not_there_is_an_error(files: AnyFiles, sha256: str) -> None:
    with pytest.raises(DamagedError if sha256 == "ab" * 32 else StoreError):
        await files.blob(sha256)


@pytest.mark.parametrize("capture_id", ["", "..", "a/b", "a" * 65, "a\n"])
async def test_a_capture_id_that_is_no_name_is_refused(files: AnyFiles, capture_id: str) -> None:
    with pytest.raises(StoreError, match="cannot name a file"):
        await files.stage(capture_id)


async def test_a_blob_kept_long_ago_can_be_forgotten(files: AnyFiles) -> None:
    sha256 = await files.keep_blob(b"words")

    assert await files.forget_blob(sha256, LONG_AGO)

    with pytest.raises(StoreError):
        await files.blob(sha256)
    assert await files.forget_blob(sha256, HOUR)


async def test_a_blob_kept_just_now_is_not_forgotten(files: AnyFiles) -> None:
    sha256 = await files.keep_blob(b"words")
    first = await files.forget_blob(sha256, HOUR)
    await files.keep_blob(b"words")
    again = await files.forget_blob(sha256, HOUR)
    await files.forget_blob(sha256, LONG_AGO)
    await files.keep_blob(b"words")
    anew = await files.forget_blob(sha256, HOUR)

    assert (first, again, anew) == (False, False, False)
    assert await files.blob(sha256) == b"words"


async def test_a_capture_can_be_forgotten(place: Place) -> None:
    files = place.files
    [kept] = await files.publish("01C", [put(await files.stage("01C"), "a", b"a")])
    copy = Path(await files.local(kept.path, kept.sha256))

    assert await files.forget_capture("01C")

    assert await place.names("captures") == []
    assert not copy.exists()
    assert not await files.forget_capture("01C")


async def test_what_was_published_and_set_aside_can_be_forgotten(place: Place) -> None:
    files = place.files
    await files.publish("01C", [put(await files.stage("01C"), "a", b"a")])
    await files.quarantine("01C")

    assert [one.name for one in await files.aside()] == ["01C"]
    assert await files.forget_aside("01C")

    assert await place.names("quarantine") == []
    assert not await files.forget_aside("01C")


async def test_what_is_set_aside_is_listed_and_can_be_forgotten(files: AnyFiles) -> None:
    staging = await files.stage("01C")
    put(staging, "manifest.json", b'{"url": "https://a.example/", "started_at": "2026-03-02"}')
    await files.quarantine("01C")
    await files.stage("01D")
    await files.quarantine("01D")

    found = await files.aside()

    assert [(one.name, one.what, one.url) for one in found] == [
        ("01C", "01C", "https://a.example/"),
        ("01D", "01D", None),
    ]
    assert await files.forget_aside("01C")
    assert [one.name for one in await files.aside()] == ["01D"]


@pytest.mark.parametrize("name", ["../captures", "..", "", "a/b", ".x"])
async def test_only_what_is_set_aside_can_be_forgotten_by_name(files: AnyFiles, name: str) -> None:
    with pytest.raises(StoreError, match="cannot name"):
        await files.forget_aside(name)


async def test_blobs_that_are_not_there_are_named(files: AnyFiles) -> None:
    kept = await files.keep_blob(b"kept")

    assert await files.lost_blobs([kept, "00" * 32]) == {"00" * 32}


async def test_blobs_are_listed_by_how_they_begin_and_tell_when_they_were_kept(
    place: Place,
) -> None:
    sha256 = await place.files.keep_blob(b"body")
    missing = "0" * 64

    under = [await place.files.blobs_under(start) for start in (sha256[:2], missing[:2])]
    kept = [
        await place.files.was_blob_kept(one, within)
        for one in (sha256, missing)
        for within in (timedelta(hours=1), -timedelta(hours=1))
    ]

    assert under == [[sha256], []]
    assert kept == [True, False, False, False]
