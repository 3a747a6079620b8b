"""Whatever step of a capture fails: what was acknowledged is there, and no row lacks its file.

One capture is made again and again, each time in a new home; the first time its first step fails,
then its second, until it comes through. After each failure the home is swept and looked at.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from archiver.errors import DiskFullError, StoreError
from archiver.model.capture import Artifact, ArtifactKind, Capture
from archiver.store import schema
from archiver.store.disk import disk_refusals, make_directories
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore, database_url
from archiver.store.sweep import Swept, sweep
from tests import build
from tests.build import NOW
from tests.store.faulty import FaultyDisk, PowerCut, bad_sector, cut, full

pytestmark = pytest.mark.anyio

BODY = b"the body of an answer"
BODY_SHA256 = hashlib.sha256(BODY).hexdigest()
BODIES = {"page.warc.gz": b"WARC/1.1 " * 100, "page.png": b"\x89PNG", "media/1.jpg": b"\xff\xd8"}


async def make(store: SqlStore, files: HomeFiles, disk: FaultyDisk, name: str) -> Capture:
    """Make a whole capture with its look, and return it: the acknowledgement."""
    source = await store.sources.register(build.ref(name), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    blob = await files.keep_blob(f"the answer of {name}".encode())
    answer = build.kept_answer(body_sha256=blob)
    disk.step("commit the look")
    look = build.observation(source.id, answers=(answer,))
    await store.looks.keep(claim, look, build.verdict(), [], NOW)
    disk.step("the look is committed")
    staging = await files.stage(name)
    careless = recorded(disk, Path(staging) / "page.warc.gz")
    staged = [careless] + [
        await files.add(name, ArtifactKind.MEDIA, path, body, "application/octet-stream")
        for path, body in BODIES.items()
        if path != careless.path
    ]
    published = await files.publish(name, staged)
    capture = build.capture(source.id, id=name, artifacts=published)
    disk.step("commit the capture")
    await store.captures.keep(claim, capture, [])
    disk.step("the capture is committed")
    return capture


def recorded(disk: FaultyDisk, path: Path) -> Artifact:
    """Write a file as a recorder that forgot to sync it."""
    body = BODIES[path.name]
    with disk_refusals("recording"):
        disk.write(path, body)
    return build.artifact(path=path.name, bytes=len(body), sha256=hashlib.sha256(body).hexdigest())


async def attempt(store: SqlStore, files: HomeFiles, disk: FaultyDisk, name: str) -> Capture | None:
    with suppress(StoreError, PowerCut):
        return await make(store, files, disk, name)
    return None


async def assert_in_order(store: SqlStore, files: HomeFiles, acknowledged: list[Capture]) -> None:
    again = await sweep(files, store, thorough=True)
    assert replace(again, stray=()) == Swept((), (), ())
    rested_on = {str(Path(one.path).parent) for each in acknowledged for one in each.artifacts}
    assert rested_on.isdisjoint(again.stray)
    for capture in acknowledged:
        assert await store.captures.capture(capture.id) == capture
        for artifact, body in zip(capture.artifacts, BODIES.values(), strict=True):
            assert files.path(artifact.path).read_bytes() == body
    staged = [path.name for path in files.staging.iterdir() if not path.name.endswith(".lock")]
    assert staged == []


async def fail_once(
    home: Path,
    disk: FaultyDisk,
    after: Callable[[HomeFiles, FaultyDisk], None],
    *,
    thorough: bool,
) -> bool:
    """Make captures before, on and after a failure; tell whether there was one."""
    store = await SqlStore.open(home)
    before, files = HomeFiles(home, FaultyDisk()), HomeFiles(home, disk)
    acknowledged = [await make(store, before, FaultyDisk(), "01BEFORE")]
    before.close()
    made = await attempt(store, files, disk, "01FAILING")
    files.close()
    after(files, disk)
    living = HomeFiles(home, FaultyDisk())
    assert (await sweep(living, store, thorough=thorough)).damaged == ()
    acknowledged += [made] if made else []
    acknowledged.append(await make(store, living, FaultyDisk(), "01AFTER"))
    await assert_in_order(store, living, acknowledged)
    living.close()
    await store.close()
    return made is None


@pytest.fixture
def empty_home(tmp_path: Path) -> Path:
    home = tmp_path / "empty"
    home.mkdir()
    schema.upgrade(database_url(home))
    return home


def nothing(files: HomeFiles, disk: FaultyDisk) -> None:
    """The process was killed: what it wrote is there, synced or not."""


def lose_power(files: HomeFiles, disk: FaultyDisk) -> None:
    """The machine went down: what was not synced is gone, markers and locks too."""
    disk.lose_power()
    for pattern in ("*.owner", "*.lock"):
        for path in files.staging.glob(pattern):
            path.unlink()


CASES = [
    pytest.param(bad_sector, nothing, False, id="bad sector"),
    pytest.param(full, nothing, False, id="full disk"),
    pytest.param(cut, nothing, False, id="killed"),
    pytest.param(cut, lose_power, True, id="power cut"),
]


@pytest.mark.parametrize(("fail", "after", "thorough"), CASES)
async def test_a_capture_that_fails_at_any_step_costs_nothing_that_was_acknowledged(
    tmp_path: Path, empty_home: Path, fail, after, thorough: bool
) -> None:
    hit: list[str] = []
    failed = True
    while failed:
        disk = FaultyDisk(len(hit) + 1, fail)
        home = tmp_path / str(len(hit))
        shutil.copytree(empty_home, home)
        failed = await fail_once(home, disk, after, thorough=thorough)
        hit.append(disk.steps[-1])
        shutil.rmtree(home)

    assert {"mkdir", "write", "fsync", "rename"} <= set(hit)
    assert hit[-1] == "the capture is committed"


def keep_body(files: HomeFiles) -> bool:
    """Keep a body; tell whether the process came to the end of it."""
    try:
        files.blobs.keep(BODY)
    except PowerCut:
        return False
    return True


async def test_a_directory_that_a_killed_process_made_outlasts_a_power_cut(tmp_path: Path) -> None:
    hit: list[str] = []
    is_killed = True
    while is_killed:
        home = tmp_path / str(len(hit))
        home.mkdir()
        disk = FaultyDisk(len(hit) + 1, cut)
        is_killed = not keep_body(HomeFiles(home, disk))
        hit.append(disk.steps[-1])

        keep_body(HomeFiles(home, disk))
        disk.lose_power()

        assert await HomeFiles(home).blob(BODY_SHA256) == BODY

    assert {"mkdir", "write", "fsync", "rename"} <= set(hit)


def test_the_root_of_a_machine_begun_just_now_is_left_alone(monkeypatch) -> None:
    monkeypatch.setattr("archiver.store.disk.YOUNG_S", float("inf"))

    make_directories(FaultyDisk(), Path("/"))


async def test_a_database_without_room_is_told_from_one_that_is_gone(tmp_path: Path) -> None:
    store = await SqlStore.open(tmp_path)

    def grow(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # that is: no page more
        connection.exec_driver_sql("CREATE TABLE large AS SELECT zeroblob(10000000) AS body")

    with pytest.raises(DiskFullError, match="database or disk is full"):
        await store.database.write(grow)

    await store.close()


async def test_a_full_disk_is_named_as_such(tmp_path: Path) -> None:
    files = HomeFiles(tmp_path, FaultyDisk(4, full))

    with pytest.raises(DiskFullError, match=r"the disk is full: .* make room"):
        await files.keep_blob(b"body")


async def test_a_sweep_that_fails_can_be_run_again(store: SqlStore, tmp_path: Path) -> None:
    files = HomeFiles(tmp_path)
    for number in range(3):
        await files.stage(f"01S{number}")
    files.close()

    first = await sweep(HomeFiles(tmp_path, FaultyDisk(2, bad_sector)), store)

    assert first.removed == ("01S0", "01S2")
    assert len(first.refused) == 1
    assert "the sweep failed" in first.refused[0]
    assert (await sweep(HomeFiles(tmp_path), store)).removed == ("01S1",)
