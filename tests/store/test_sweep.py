from __future__ import annotations

import asyncio
import dataclasses
import errno
import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs
from typing_extensions import override

from archiver.model.capture import ArtifactKind, Capture
from archiver.store.disk import Disk
from archiver.store.files import HomeFiles
from archiver.store.places import blob_place
from archiver.store.store import SqlStore
from archiver.store.sweep import (
    GIVEN_UP_AFTER,
    LEFT_FOR,
    Cleared,
    Damage,
    Swept,
    clear,
    sweep,
)
from archiver.wiring import Archive
from tests import build
from tests.build import NOW
from tests.withdrawn import withdraw_attempts, withdraw_capture, withdraw_memento

pytestmark = pytest.mark.anyio

NOTHING = Swept((), (), ())
DATABASE = [f"archiver.db{end}" for end in ("", "-wal", "-shm", ".upgrade-lock")]
DAY_S = 86400


@pytest.fixture
def files(tmp_path: Path) -> HomeFiles:
    return HomeFiles(tmp_path)


async def publish(files: HomeFiles, source_id: str, capture_id: str | None = None) -> Capture:
    """Stage and publish a capture of one file; nothing is committed."""
    capture_id = capture_id or build.fresh("01C")
    staging = Path(await files.stage(capture_id))
    (staging / "page.txt").write_bytes(b"words")
    sha256 = hashlib.sha256(b"words").hexdigest()
    staged = build.artifact(ArtifactKind.TEXT, path="page.txt", bytes=5, sha256=sha256)
    published = await files.publish(capture_id, [staged])
    return build.capture(source_id, id=capture_id, artifacts=published)


async def commit(files: HomeFiles, store: SqlStore) -> Capture:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    capture = await publish(files, source.id)
    await store.captures.keep(claim, capture, [])
    return capture


@pytest.mark.parametrize("thorough", [False, True])
async def test_a_home_in_order_is_left_alone(
    files: HomeFiles, store: SqlStore, thorough: bool
) -> None:
    capture = await commit(files, store)
    files.close()

    assert await sweep(HomeFiles(files.home), store, thorough=thorough) == NOTHING
    assert files.published(capture.id).is_dir()


async def test_an_empty_home_is_in_order(files: HomeFiles, store: SqlStore) -> None:
    assert await sweep(files, store, thorough=True) == NOTHING


async def test_a_staging_directory_of_a_dead_process_is_removed(
    files: HomeFiles, store: SqlStore
) -> None:
    staging = Path(await files.stage("01DEAD"))
    (staging / "page.warc.gz.part").write_bytes(b"half")
    files.close()

    assert await sweep(HomeFiles(files.home), store) == Swept(("01DEAD",), (), ())
    assert not files.staged("01DEAD").exists()
    assert list(files.staging.iterdir()) == []


@pytest.mark.parametrize("thorough", [False, True])
async def test_a_finished_capture_without_a_row_is_set_aside_and_not_deleted(
    files: HomeFiles, store: SqlStore, thorough: bool
) -> None:
    await publish(files, "source", "01ORPHAN")
    files.close()

    swept = await sweep(HomeFiles(files.home), store, thorough=thorough)

    assert swept == Swept((), ("01ORPHAN",), ())
    assert (files.home / "quarantine" / "01ORPHAN" / "page.txt").read_bytes() == b"words"
    assert await sweep(HomeFiles(files.home), store, thorough=thorough) == NOTHING


class Hurried(Disk):
    """A disk on which a body is kept again before its removal, which ends before a given step."""

    def __init__(self, keep: Callable[[], object], last: str) -> None:
        self._keep, self._last = keep, last
        self._moved = False

    @override
    def rename(self, old: Path, new: Path) -> None:
        if self._moved and self._last == "rename":
            raise KeyboardInterrupt
        self._keep()
        super().rename(old, new)
        self._moved = True

    @override
    def remove(self, path: Path) -> None:
        if self._last == "remove":
            raise KeyboardInterrupt
        super().remove(path)


@pytest.mark.parametrize("last", ["rename", "remove"])
async def test_a_body_whose_remover_died_is_put_back(
    files: HomeFiles, store: SqlStore, last: str
) -> None:
    sha256 = await files.keep_blob(b"words")
    [place] = files.home.glob("blobs/*/*/*")
    os.utime(place, (0, 0))
    remover = HomeFiles(
        files.home, Hurried(lambda: os.utime(place) if last == "rename" else None, last)
    )
    with pytest.raises(KeyboardInterrupt):
        remover.blobs.forget(sha256, timedelta(hours=1))
    assert not await files.forget_blob(sha256, timedelta(hours=1))
    remover.close()

    await sweep(files, store)

    assert await files.blob(sha256) == b"words"
    assert await files.forget_blob(sha256, timedelta(hours=1)) is (last == "remove")
    assert [path.suffix for path in files.staging.iterdir()] == [".lock"]


async def test_the_probe_of_a_killed_process_is_removed(files: HomeFiles, store: SqlStore) -> None:
    prober = HomeFiles(files.home, Hurried(lambda: None, "remove"))
    with pytest.raises(KeyboardInterrupt):
        prober._probe()
    prober.close()

    await sweep(files, store)

    assert {path.name for path in files.home.iterdir()} <= {*DATABASE, "staging"}
    assert list(files.staging.iterdir()) == []


async def test_a_thorough_sweep_names_an_orphan_whose_marker_is_lost(
    files: HomeFiles, store: SqlStore
) -> None:
    await commit(files, store)
    orphan = (await publish(files, "source", "01ORPHAN")).artifacts[0].path
    files.close()
    (files.staging / "01ORPHAN.owner").unlink()

    assert await sweep(HomeFiles(files.home), store) == NOTHING
    swept = await sweep(HomeFiles(files.home), store, thorough=True)
    assert swept == replace(NOTHING, stray=(str(Path(orphan).parent),))
    assert (files.home / orphan).exists()


async def test_what_a_database_of_another_archive_does_not_know_is_left_and_not_named(
    files: HomeFiles, store: SqlStore, tmp_path: Path
) -> None:
    await commit(files, store)
    await files.keep_blob(b"words")
    for place in files.home.glob("blobs/??/??/*"):
        os.utime(place, (NOW.timestamp() - DAY_S, NOW.timestamp() - DAY_S))
    await sweep(files, store)
    empty = await SqlStore.open(tmp_path / "empty")
    other = await SqlStore.open(tmp_path / "other")
    await commit(HomeFiles(tmp_path / "other"), other)

    assert await sweep(files, empty, thorough=True) == NOTHING
    swept = await sweep(files, other, thorough=True)
    assert (swept.quarantined, swept.stray, len(swept.damaged)) == ((), (), 1)
    assert len(list(files.home.glob("captures/??/??/*"))) == 1
    await empty.close()
    await other.close()


@pytest.mark.parametrize("thorough", [False, True])
async def test_what_a_living_process_has_in_hand_is_left_alone(
    files: HomeFiles, store: SqlStore, thorough: bool
) -> None:
    await files.stage("01STAGED")
    await publish(files, "source", "01PUBLISHED")

    assert await sweep(HomeFiles(files.home), store, thorough=thorough) == NOTHING
    assert await sweep(files, store, thorough=thorough) == NOTHING
    assert files.staged("01STAGED").is_dir()
    assert files.published("01PUBLISHED").is_dir()


async def test_what_a_living_process_gave_up_is_set_aside_after_a_while(
    files: HomeFiles, store: SqlStore
) -> None:
    capture = await publish(files, build.fresh("source"))
    await files.leave(capture.id)
    at_once = await sweep(files, store, thorough=True)
    _make_older(files, capture.id, LEFT_FOR)

    later = await sweep(files, store)

    assert at_once == NOTHING
    assert later == Swept((), (capture.id,), ())
    assert not files.published(capture.id).exists()
    assert [path.suffix for path in files.staging.iterdir()] == [".lock"]


async def test_what_was_given_up_and_committed_all_the_same_stays(
    files: HomeFiles, store: SqlStore
) -> None:
    capture = await commit(files, store)
    await files.leave(capture.id)
    _make_older(files, capture.id, LEFT_FOR)

    assert await sweep(files, store) == NOTHING
    assert files.published(capture.id).is_dir()


async def test_what_was_set_aside_and_has_a_row_gets_its_place_again(
    files: HomeFiles, store: SqlStore
) -> None:
    capture = await commit(files, store)
    await publish(files, "source", "01ORPHAN")
    for capture_id in (capture.id, "01ORPHAN"):
        files.set_aside(capture_id)
    await files.keep_blob(b"words")
    files.close()
    again = HomeFiles(files.home)

    cleared = await clear(again, store)

    assert cleared == Cleared(returned=(capture.id,))
    assert [path.name for path in (files.home / "quarantine").iterdir()] == ["01ORPHAN"]
    assert await sweep(again, store, thorough=True) == NOTHING


async def test_what_was_taken_down_is_not_given_its_place_again(
    files: HomeFiles, store: SqlStore
) -> None:
    capture = await commit(files, store)
    files.set_aside(capture.id)
    await withdraw_capture(store.database, capture.id, NOW)

    assert await clear(files, store) == Cleared()
    assert not files.published(capture.id).exists()


async def test_what_is_taken_down_just_before_it_would_get_its_place_again_does_not(
    files: HomeFiles, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = await commit(files, store)
    files.set_aside(capture.id)
    write = store.database.write

    async def withdraw_first(change: Callable[[Connection], object]) -> object:
        monkeypatch.undo()
        await withdraw_capture(store.database, capture.id, NOW)
        return await write(change)

    monkeypatch.setattr(store.database, "write", withdraw_first)

    assert await clear(files, store) == Cleared()
    assert not files.published(capture.id).exists()


async def test_two_sweeps_at_once_give_a_capture_its_place_again(
    files: HomeFiles, store: SqlStore
) -> None:
    captures = [await commit(files, store) for _ in range(20)]
    for capture in captures:
        files.set_aside(capture.id)

    both = await asyncio.gather(*(clear(HomeFiles(files.home), store) for _ in range(2)))

    assert sorted(both[0].returned + both[1].returned) == sorted(one.id for one in captures)
    assert await sweep(files, store, thorough=True) == NOTHING


class Refusing(Disk):
    """A disk that refuses to remove or move whatever has a name."""

    def __init__(self, name: str) -> None:
        self._name = name

    @override
    def rename(self, old: Path, new: Path) -> None:
        if old.name == self._name:
            raise OSError(errno.EIO, "Input/output error")
        super().rename(old, new)

    @override
    def remove(self, path: Path) -> None:
        if path.name == self._name:
            raise OSError(errno.EIO, "Input/output error")
        super().remove(path)


@pytest.mark.parametrize("kind", ["removed", "quarantined", "returned"])
async def test_what_the_disk_refuses_of_one_capture_keeps_no_other_waiting(
    files: HomeFiles, store: SqlStore, kind: str
) -> None:
    for number in range(3):
        await files.stage(f"01S{number}")
        await publish(files, "source", f"01P{number}")
    kept = sorted([(await commit(files, store)).id for _ in range(3)])
    for capture_id in kept:
        files.set_aside(capture_id)
    files.close()
    all_of_them = {
        "removed": ("01S0", "01S1", "01S2"),
        "quarantined": ("01P0", "01P1", "01P2"),
        "returned": tuple(kept),
    }
    refused, *others = all_of_them[kind]

    first = await clear(HomeFiles(files.home, Refusing(refused)), store)
    later = await clear(HomeFiles(files.home), store)

    [reason] = first.refused
    assert refused in reason
    assert dataclasses.replace(first, refused=()) == Cleared(**{**all_of_them, kind: tuple(others)})
    assert later == Cleared(**{kind: (refused,)})
    assert await sweep(files, store, thorough=True) == NOTHING


@pytest.mark.parametrize("is_whole_home", [False, True])
async def test_an_archive_opens_though_its_home_cannot_be_put_in_order(
    files: HomeFiles, store: SqlStore, is_whole_home: bool
) -> None:
    await publish(files, "source", "01ORPHAN")
    files.close()
    if is_whole_home:
        (files.staging / "loop.lock").symlink_to("loop.lock")  # no owner can be told from it
    else:
        (files.home / "quarantine").write_text("no directory")

    with capture_logs() as logs:
        async with Archive(files.home) as archive:
            assert (await archive.status()).damaged is None

    [told] = [line for line in logs if line["event"] == "not_cleared"]
    assert told["log_level"] == "warning"
    assert "the disk refused: " in told["reason"]
    assert files.published("01ORPHAN").is_dir()
    assert (files.staging / "01ORPHAN.owner").exists()


def _make_older(files: HomeFiles, capture_id: str, by: timedelta) -> None:
    marker = files.staging / f"{capture_id}.owner"
    at = marker.stat().st_mtime - by.total_seconds()
    os.utime(marker, (at, at))


async def test_a_killed_process_is_a_dead_one(store: SqlStore, files: HomeFiles) -> None:
    program = (
        "import asyncio, sys\n"
        "from archiver.store.files import HomeFiles\n"
        "files = HomeFiles(sys.argv[1])\n"
        "asyncio.run(files.stage('01KILLED'))\n"
        "print('staged', flush=True)\n"
        "sys.stdin.read()\n"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        str(files.home),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"staged\n"

    while_it_lives = await sweep(files, store)
    child.kill()
    await child.wait()
    after = await sweep(files, store)

    assert while_it_lives == NOTHING
    assert after == Swept(("01KILLED",), (), ())


async def test_markers_of_committed_captures_are_tidied_while_their_maker_lives(
    files: HomeFiles, store: SqlStore
) -> None:
    capture = await commit(files, store)

    await sweep(files, store)

    assert not (files.staging / f"{capture.id}.owner").exists()
    files.close()
    assert await sweep(HomeFiles(files.home), store, thorough=True) == NOTHING


@pytest.mark.parametrize(
    ("spoil", "thorough", "trouble"),
    [
        (lambda path: path.unlink(), False, "is missing"),
        (lambda path: path.write_bytes(b"word"), False, "has 4 bytes, not 5"),
        (lambda path: path.write_bytes(b"wards"), True, "has other bytes"),
    ],
    ids=["missing", "truncated", "changed"],
)
async def test_a_row_whose_file_is_not_right_is_reported_as_damaged(
    files: HomeFiles, store: SqlStore, spoil, thorough: bool, trouble: str
) -> None:
    capture = await commit(files, store)
    path = capture.artifacts[0].path
    spoil(Path(files.where(path)))

    [damage] = (await sweep(files, store, thorough=thorough)).damaged

    assert (damage.of, damage.path) == (capture.id, path)
    assert trouble in damage.trouble


@pytest.mark.parametrize("thorough", [False, True])
async def test_a_sweep_reports_a_lost_blob(
    files: HomeFiles, store: SqlStore, *, thorough: bool
) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    sha256 = await files.keep_blob(b"kept")
    kept = build.observation(source.id, answers=(build.kept_answer(body_sha256=sha256),))
    lost = build.observation(source.id, answers=(build.kept_answer(body_sha256="00" * 32),))
    for observation in (kept, lost):
        await store.looks.keep(claim, observation, build.verdict(), [], None)

    [damage] = (await sweep(files, store, thorough=thorough)).damaged

    assert isinstance(damage, Damage)
    assert (damage.of, damage.path) == (lost.id, f"blobs/{'00' * 32}")


async def test_a_body_kept_by_a_clock_that_was_ahead_is_as_if_kept_when_that_is_noticed(
    files: HomeFiles,
) -> None:
    sha256 = await files.keep_blob(b"words")
    place, now = files.home / blob_place(sha256), time.time()
    os.utime(place, (now + 400 * DAY_S, now + 400 * DAY_S))

    assert not await files.forget_blob(sha256, GIVEN_UP_AFTER)
    assert place.stat().st_mtime < now + DAY_S
    os.utime(place, (now - DAY_S, now - DAY_S))
    assert await files.forget_blob(sha256, GIVEN_UP_AFTER)


async def test_a_thorough_sweep_names_bodies_of_looks_that_were_broken_off(
    files: HomeFiles, store: SqlStore
) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    kept, broken_off, in_hand = [await files.keep_blob(body) for body in (b"a", b"b", b"c")]
    look = build.observation(source.id, answers=(build.kept_answer(body_sha256=kept),))
    await store.looks.keep(claim, look, build.verdict(), [], None)
    for sha256 in (kept, broken_off):
        place = files.home / blob_place(sha256)
        old = place.stat().st_mtime - GIVEN_UP_AFTER.total_seconds() - 1
        os.utime(place, (old, old))

    assert (await sweep(files, store)).stray == ()
    assert await sweep(files, store, thorough=True) == replace(
        NOTHING, stray=(blob_place(broken_off),)
    )
    assert {path.stem for path in files.home.glob("blobs/??/??/*")} == {kept, broken_off, in_hand}


async def test_a_thorough_sweep_reports_lost_answers_of_attempts_and_mementos(
    files: HomeFiles, store: SqlStore
) -> None:
    ref = build.ref()
    article = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    [citation] = article.citations
    memento = build.memento((await store.sources.source(ref.name)).id)
    kept = build.kept_answer(body_sha256=await files.keep_blob(b"kept"))
    lost = [build.kept_answer(body_sha256=digit * 64) for digit in "12"]
    attempt = build.attempt(ref, answers=(kept, lost[0], build.kept_answer(body_sha256=None)))
    await store.articles.resolve(citation.id, attempt)
    await store.mementos.keep(dataclasses.replace(memento, answers=(kept, lost[1])))

    damaged = (await sweep(files, store, thorough=True)).damaged

    assert [(one.of, one.path) for one in damaged] == [
        (citation.id, f"blobs/{'1' * 64}"),
        (memento.id, f"blobs/{'2' * 64}"),
    ]


async def test_what_was_withdrawn_is_not_missed(files: HomeFiles, store: SqlStore) -> None:
    ref = build.ref()
    article = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    memento = build.memento((await store.sources.source(ref.name)).id)
    await store.articles.resolve(article.citations[0].id, build.attempt(ref))
    await store.mementos.keep(memento)

    await withdraw_attempts(store.database, article.citations[0].id, NOW)
    await withdraw_memento(store.database, memento.id, NOW)

    assert await sweep(files, store, thorough=True) == NOTHING


async def test_two_sweeps_at_once_do_not_trip_over_each_other(
    files: HomeFiles, store: SqlStore
) -> None:
    for number in range(20):
        await files.stage(f"01S{number}")
        await publish(files, "source", f"01P{number}")
    files.close()

    both = await asyncio.gather(*(sweep(HomeFiles(files.home), store) for _ in range(2)))

    assert sorted(both[0].removed + both[1].removed) == sorted(f"01S{n}" for n in range(20))
    assert sorted(both[0].quarantined + both[1].quarantined) == sorted(f"01P{n}" for n in range(20))
