from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.errors import StoreError
from archiver.model.capture import Artifact, ArtifactKind
from archiver.store.files import HomeFiles
from tests import build

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


@pytest.fixture
def files(tmp_path: Path) -> HomeFiles:
    return HomeFiles(tmp_path)


def put(staging: str, name: str, data: bytes) -> Artifact:
    """Write a file into a staging directory and return its artifact."""
    path = Path(staging) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    return build.artifact(ArtifactKind.MEDIA, path=name, bytes=len(data), sha256=sha256)


def read(files: HomeFiles, artifact: Artifact) -> bytes:
    return files.path(artifact.path).read_bytes()


def listed(directory: str) -> list[str]:
    """Return the names in a directory; none when there is no such directory."""
    path = Path(directory)
    return sorted(one.name for one in path.iterdir()) if path.is_dir() else []


async def test_a_staging_directory_is_new_and_empty(files: HomeFiles) -> None:
    staging = await files.stage("01C")

    assert staging == str(files.home / "staging" / "01C")
    assert listed(staging) == []


async def test_a_capture_cannot_be_begun_twice(files: HomeFiles) -> None:
    staging = await files.stage("01C")

    with pytest.raises(StoreError, match="begun before"):
        await files.stage("01C")

    await files.publish("01C", [put(staging, "a", b"a")])
    with pytest.raises(StoreError, match="begun before"):
        await files.stage("01C")


async def test_published_files_are_where_their_paths_say(files: HomeFiles) -> None:
    staging = await files.stage("01C")
    staged = [put(staging, "page.warc.gz", b"warc"), put(staging, "media/1.jpg", b"jpeg")]

    published = await files.publish("01C", staged)

    assert [read(files, one) for one in published] == [b"warc", b"jpeg"]
    assert all(one.path.startswith("captures/") for one in published)
    assert [one.sha256 for one in published] == [one.sha256 for one in staged]
    assert listed(str(files.staging / "01C")) == []


async def test_a_file_added_to_a_staging_directory_is_published_with_it(files: HomeFiles) -> None:
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
    assert read(files, published) == b"{}"


async def test_a_file_is_never_added_over_another_or_elsewhere(files: HomeFiles) -> None:
    await files.stage("01C")
    await files.add("01C", ArtifactKind.TEXT, "page.txt", b"first", "text/plain")

    for name in ("page.txt", "../page.txt"):
        with pytest.raises(StoreError):
            await files.add("01C", ArtifactKind.TEXT, name, b"second", "text/plain")

    assert (files.staged("01C") / "page.txt").read_bytes() == b"first"


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
    files: HomeFiles, spoil, trouble: str
) -> None:
    staging = await files.stage("01C")
    artifact = put(staging, "page.png", b"picture")
    spoil(files.staged("01C") / "page.png")

    with pytest.raises(StoreError, match=trouble):
        await files.publish("01C", [artifact])

    assert files.staged("01C").is_dir()


async def test_an_artifact_outside_the_staging_directory_is_refused(files: HomeFiles) -> None:
    staging = await files.stage("01C")
    (files.home / "secret").write_bytes(b"a")
    artifact = put(staging, "a", b"a")

    for path in ("../../secret", "/etc/passwd", "", "a/../../x", "a\0b"):
        with pytest.raises(StoreError, match="no path of a file of ours"):
            await files.publish("01C", [build.artifact(path=path, sha256=artifact.sha256, bytes=1)])
        with pytest.raises(StoreError):
            files.absolute(path)


@pytest.mark.parametrize("published", [True, False])
async def test_a_quarantined_capture_is_moved_whole(files: HomeFiles, published: bool) -> None:
    staging = await files.stage("01C")
    artifact = put(staging, "a", b"evidence")
    if published:
        await files.publish("01C", [artifact])

    await files.quarantine("01C")
    await files.quarantine("01C")

    assert (files.home / "quarantine" / "01C" / "a").read_bytes() == b"evidence"
    assert not files.published("01C").exists()
    assert not files.staged("01C").exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>" + b"words " * 40_000, hashlib.shake_256(b"noise").digest(200_000)],
    ids=["empty", "text", "noise"],
)
async def test_a_blob_comes_back_byte_for_byte_and_is_stored_once(
    files: HomeFiles, body: bytes
) -> None:
    sha256 = await files.keep_blob(body)
    before = sorted(files.home.rglob("*.gz"))

    assert await files.keep_blob(body) == sha256 == hashlib.sha256(body).hexdigest()
    assert await files.blob(sha256) == body
    assert sorted(files.home.rglob("*.gz")) == before
    assert len(before) == 1
    assert before[0].stat().st_size <= len(body) + 64


async def test_a_damaged_blob_is_not_given_out(files: HomeFiles) -> None:
    sha256 = await files.keep_blob(b"the words of the page")
    [place] = files.home.rglob("*.gz")
    data = place.read_bytes()

    for damaged in (b"", data[:-5], data[:12] + b"\0\0\0" + data[15:], b"no gzip at all"):
        place.write_bytes(damaged)
        with pytest.raises(StoreError, match="damaged"):
            await files.blob(sha256)


async def test_keeping_a_damaged_blob_again_heals_it_and_keeps_the_damaged_bytes(
    files: HomeFiles,
) -> None:
    sha256 = await files.keep_blob(b"the words of the page")
    [place] = files.home.rglob("*.gz")
    place.write_bytes(b"torn")

    await files.keep_blob(b"the words of the page")

    assert await files.blob(sha256) == b"the words of the page"
    [aside] = (files.home / "quarantine").iterdir()
    assert aside.read_bytes() == b"torn"


@pytest.mark.parametrize("sha256", ["ab" * 32, "", "../../archiver.db", "AB" * 32, "a" * 63])
async def test_a_blob_that_is_not_there_is_an_error(files: HomeFiles, sha256: str) -> None:
    with pytest.raises(StoreError):
        await files.blob(sha256)


@pytest.mark.parametrize("capture_id", ["", "..", "a/b", "a" * 65, "a\n"])
async def test_a_capture_id_that_is_no_name_is_refused(files: HomeFiles, capture_id: str) -> None:
    with pytest.raises(StoreError, match="cannot name a file"):
        await files.stage(capture_id)


async def test_a_blob_kept_once_can_be_forgotten_at_once(files: HomeFiles) -> None:
    sha256 = await files.keep_blob(b"words")

    assert await files.forget_blob(sha256, HOUR)

    with pytest.raises(StoreError):
        await files.blob(sha256)
    assert await files.forget_blob(sha256, HOUR)


async def test_a_blob_kept_again_just_now_is_not_forgotten(files: HomeFiles) -> None:
    sha256 = await files.keep_blob(b"words")
    await files.keep_blob(b"words")

    assert not await files.forget_blob(sha256, HOUR)

    assert await files.blob(sha256) == b"words"
    assert await files.forget_blob(sha256, timedelta(hours=-1))


async def test_a_capture_can_be_forgotten(files: HomeFiles) -> None:
    staging = await files.stage("01C")
    await files.publish("01C", [put(staging, "a", b"a")])

    assert await files.forget_capture("01C")

    assert not files.published("01C").exists()
    assert not await files.forget_capture("01C")


async def test_what_is_set_aside_is_listed_and_can_be_forgotten(files: HomeFiles) -> None:
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
async def test_only_what_is_set_aside_can_be_forgotten_by_name(files: HomeFiles, name: str) -> None:
    with pytest.raises(StoreError, match="cannot name"):
        await files.forget_aside(name)
