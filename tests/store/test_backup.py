"""A backup holds all that rows name, and whoever altered it gains nothing."""

from __future__ import annotations

import asyncio
import errno
import gzip
import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from typing_extensions import override

from archiver.errors import (
    ArchiverError,
    ClaimError,
    DiskFullError,
    FilesError,
    InputError,
    SchemaError,
    StoreError,
)
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.service import ServiceState
from archiver.model.worker import Incident, IncidentKind
from archiver.store.backup import back_up, named_files, rows_of
from archiver.store.engine import parse_url
from archiver.store.files import HomeFiles, file_sha256
from archiver.store.manifest import (
    MANIFEST,
    MOST_LISTED,
    Manifest,
    loose_in,
    read_manifest,
    read_previous,
)
from archiver.store.places import aside_place, blob_place
from archiver.store.restore import Restored, restore
from archiver.store.shelf import HomeShelf, trouble_with
from archiver.store.store import SqlStore, database_url
from archiver.store.sweep import Swept, sweep
from tests import postgres
from tests.build import NOW
from tests.store.faulty import FaultyDisk, PowerCut, cut
from tests.store.filled import read_all
from tests.store.maker import make

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def one_capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds one capture, to copy: making one takes longer than most tests."""
    home = tmp_path_factory.mktemp("template") / "home"
    asyncio.run(capture(home))
    return home


@pytest.fixture
def home(tmp_path: Path, one_capture: Path) -> Path:
    shutil.copytree(one_capture, tmp_path / "home")
    return tmp_path / "home"


async def capture(home: Path) -> str:
    store, files = await SqlStore.open(home), HomeFiles(home)
    made = await make(store, files)
    await store.close()
    files.close()
    return made


def backed_up(home: Path, directory: Path, disk: FaultyDisk | None = None) -> Manifest:
    shelf = HomeShelf(HomeFiles(home))
    disk = disk or FaultyDisk()  # it does not wait for the medium
    url, settings = database_url(home), home / "archiver.toml"
    return back_up(url, shelf, directory, NOW, settings=settings, disk=disk).manifest


def restored(directory: Path, home: Path, *, previous: bool = False) -> Restored:
    files = HomeFiles(home, FaultyDisk())
    return restore(directory, files, HomeShelf(files), database_url(home), previous=previous)


def interrupted(directory: Path, home: Path, url: URL, step: int) -> None:
    """Begin a restore that loses power at a step."""
    files = HomeFiles(home, FaultyDisk(step, cut))
    with pytest.raises(PowerCut):
        restore(directory, files, HomeShelf(files), url)


def half_restored(directory: Path, home: Path) -> None:
    """Begin a restore that loses power when its first file was brought."""
    files = HomeFiles(home, Early())
    with pytest.raises(PowerCut):
        restore(directory, files, HomeShelf(files), database_url(home))


class Early(FaultyDisk):
    """A disk that loses power at the first file that gets its name in ``captures`` or ``blobs``."""

    @override
    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        if new.parent.parent.parent.name in {"captures", "blobs"}:
            raise PowerCut


def assert_whole(directory: Path) -> Manifest:
    """Hold a backup to its manifest: what it names is there, byte for byte."""
    manifest = read_manifest(directory)
    copy = directory / manifest.database
    assert file_sha256(copy) == manifest.database_sha256
    with rows_of(copy) as rows:
        for named in named_files(rows):
            assert trouble_with(directory / named.path, named) is None
    if manifest.settings is not None:
        assert file_sha256(directory / manifest.settings.path) == manifest.settings.sha256
    return manifest


async def test_what_was_backed_up_is_restored(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")

    done = restored(tmp_path / "backup", tmp_path / "new")

    assert (done.files, done.damaged) == (2, ())
    store = await SqlStore.open(tmp_path / "new")
    assert await sweep(HomeFiles(tmp_path / "new"), store, thorough=True) == Swept((), (), ())
    await store.close()


async def test_nobody_else_may_read_an_archive_or_a_backup(tmp_path: Path) -> None:
    home, directory = tmp_path / "home", tmp_path / "backup"
    for folder in (home, directory):
        folder.mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        store, files = await SqlStore.open(home), HomeFiles(home)
        await make(store, files)
        backed_up(home, directory)
        backed_up(home, directory)
        readable = [
            path.relative_to(tmp_path)
            for top in (home, directory)
            for path in sorted(top.iterdir())
            if path.stat().st_mode & 0o077
        ]
        copies = [path.stat().st_mode & 0o077 for path in (directory / "database").iterdir()]
    finally:
        os.umask(before)
    await store.close()
    files.close()

    assert (home / "archiver.db").exists()
    assert (directory / MANIFEST).exists()
    assert readable == []
    assert set(copies) == {0}


DESK = '[[notify.targets]]\nname = "desk"\nkind = "webhook"\nurl = "https://desk.example/k3y"\n'


async def test_settings_are_restored_beside_their_place_where_only_their_user_reads_them(
    home: Path, tmp_path: Path
) -> None:
    (home / "archiver.toml").write_text(DESK)
    (home / "archiver.toml").chmod(0o644)
    settings = backed_up(home, tmp_path / "backup").settings
    assert settings is not None

    done = restored(tmp_path / "backup", tmp_path / "new")

    place = tmp_path / "new" / "archiver.toml.restored"
    assert (done.settings, place.read_text()) == (place, DESK)
    assert not (tmp_path / "new" / "archiver.toml").exists()
    for kept in (place, tmp_path / "backup" / settings.path):
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.stat().st_nlink == 1  # what is edited in the home stays as it was here


async def test_each_backup_has_the_settings_of_its_time(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    for text in ("", "[net]\n", DESK):
        (home / "archiver.toml").write_text(text)
        backed_up(home, tmp_path / "backup")

    before = restored(tmp_path / "backup", tmp_path / "before", previous=True)
    newest = restored(tmp_path / "backup", tmp_path / "newest")

    assert before.settings is not None
    assert newest.settings is not None
    assert (before.settings.read_text(), newest.settings.read_text()) == ("[net]\n", DESK)
    assert len(list((tmp_path / "backup" / "database").glob("*.toml"))) == 2


async def test_settings_that_a_home_has_stay_in_force(home: Path, tmp_path: Path) -> None:
    (home / "archiver.toml").write_text(DESK)
    backed_up(home, tmp_path / "backup")
    for name, own in (("same", DESK), ("other", "[net]\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "archiver.toml").write_text(own)

    same = restored(tmp_path / "backup", tmp_path / "same").settings
    other = restored(tmp_path / "backup", tmp_path / "other").settings

    assert (same, other) == (None, tmp_path / "other" / "archiver.toml.restored")
    assert (tmp_path / "other" / "archiver.toml").read_text() == "[net]\n"


async def test_a_backup_without_settings_is_restored(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    document = json.loads((tmp_path / "backup" / MANIFEST).read_text())
    del document["settings"]  # as versions wrote it that left them out
    (tmp_path / "backup" / MANIFEST).write_text(json.dumps(document))

    done = restored(tmp_path / "backup", tmp_path / "new")

    assert (done.files, done.damaged, done.settings) == (2, (), None)


async def test_settings_that_were_altered_are_told_and_not_restored(
    home: Path, tmp_path: Path
) -> None:
    (home / "archiver.toml").write_text(DESK)
    settings = backed_up(home, tmp_path / "backup").settings
    assert settings is not None
    (tmp_path / "backup" / settings.path).write_text(DESK.replace("desk", "thief"))

    done = restored(tmp_path / "backup", tmp_path / "new")

    assert (done.files, done.settings) == (2, None)
    assert [(one.of, one.path) for one in done.damaged] == [("settings", settings.path)]
    assert not list((tmp_path / "new").glob("*.toml*"))


async def test_the_next_backup_takes_only_what_is_new(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    await capture(home)

    shelf = HomeShelf(HomeFiles(home))
    again = back_up(database_url(home), shelf, tmp_path / "backup", NOW)

    assert again.new_files == 2
    assert assert_whole(tmp_path / "backup").captures.files == 2


async def test_the_copy_of_the_database_before_is_kept_and_no_more(
    home: Path, tmp_path: Path
) -> None:
    _, second, third = (backed_up(home, tmp_path / "backup") for _ in range(3))

    kept = {f"database/{path.name}" for path in (tmp_path / "backup" / "database").iterdir()}

    assert kept == {second.database, second.database.replace(".db", ".json"), third.database}
    assert assert_whole(tmp_path / "backup") == third
    assert read_previous(tmp_path / "backup") == second


async def test_the_backup_before_the_newest_is_restored(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    before = read_all(database_url(home))["captures"]
    await capture(home)
    backed_up(home, tmp_path / "backup")

    done = restored(tmp_path / "backup", tmp_path / "new", previous=True)

    assert (done.files, done.damaged) == (2, ())
    assert read_all(database_url(tmp_path / "new"))["captures"] == before
    assert restored(tmp_path / "backup", tmp_path / "newest").files == 4


async def test_the_backup_before_is_restored_where_the_newest_is_damaged(
    home: Path, tmp_path: Path
) -> None:
    backed_up(home, tmp_path / "backup")
    newest = backed_up(home, tmp_path / "backup")
    (tmp_path / "backup" / newest.database).write_bytes(b"harmed")
    (tmp_path / "backup" / MANIFEST).write_bytes(b"harmed")

    with pytest.raises(StoreError, match="no manifest"):
        restored(tmp_path / "backup", tmp_path / "new")
    done = restored(tmp_path / "backup", tmp_path / "new", previous=True)

    assert (done.files, done.damaged) == (2, ())


async def test_the_backup_before_is_restored_where_the_newest_says_nothing_any_more(
    home: Path, tmp_path: Path
) -> None:
    backed_up(home, tmp_path / "backup")
    backed_up(home, tmp_path / "backup")
    (tmp_path / "backup" / MANIFEST).unlink()

    done = restored(tmp_path / "backup", tmp_path / "new", previous=True)

    assert (done.files, done.damaged) == (2, ())


async def test_an_older_copy_is_kept_where_the_one_that_counted_is_gone(
    home: Path, tmp_path: Path
) -> None:
    older = backed_up(home, tmp_path / "backup")
    counted = backed_up(home, tmp_path / "backup")
    (tmp_path / "backup" / counted.database).unlink()

    newest = backed_up(home, tmp_path / "backup")

    kept = {f"database/{one.name}" for one in (tmp_path / "backup" / "database").glob("*.db")}
    assert kept == {older.database, newest.database}


class Full(HomeShelf):
    """A shelf from which nothing fits into the backup."""

    @override
    def bring(self, path: str, place: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def fill_up(home: Path, directory: Path) -> None:
    """Make a backup that fails on a full disk, after its copy of the database."""
    with pytest.raises(DiskFullError, match="the disk is full: the backup failed"):
        back_up(database_url(home), Full(HomeFiles(home)), directory, NOW, disk=FaultyDisk())


@pytest.mark.parametrize("finished", [0, 1, 2])
async def test_backups_that_fail_leave_no_copy_each(
    home: Path, tmp_path: Path, finished: int
) -> None:
    before = [backed_up(home, tmp_path / "backup") for _ in range(finished)]
    await capture(home)

    for _ in range(3):
        fill_up(home, tmp_path / "backup")

    kept = {f"database/{one.name}" for one in (tmp_path / "backup" / "database").glob("*.db")}
    assert {one.database for one in before} < kept
    assert len(kept) == max(finished, 1) + 1  # the last that failed
    if finished:
        assert assert_whole(tmp_path / "backup") == before[-1]
    if finished > 1:
        assert read_previous(tmp_path / "backup") == before[0]
    backed_up(home, tmp_path / "backup")
    assert assert_whole(tmp_path / "backup").captures.files == 2


async def test_a_disk_that_refuses_files_is_told_as_the_disk(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")

    class Fsyncless(FaultyDisk):
        """A disk that loses what it was to keep of the names in the backup."""

        @override
        def fsync(self, path: Path) -> None:
            if path.parent.parent.name in {"captures", "blobs"}:
                raise OSError(errno.EIO, "Input/output error")
            super().fsync(path)

    with pytest.raises(FilesError, match="the disk refused: the backup failed"):
        backed_up(home, tmp_path / "other", Fsyncless())
    files = HomeFiles(tmp_path / "new", Fsyncless())
    with pytest.raises(FilesError, match="the disk refused: restoring failed"):
        restore(tmp_path / "backup", files, HomeShelf(files), database_url(tmp_path / "new"))


async def test_a_first_backup_has_none_before_it(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")

    with pytest.raises(InputError, match=r"no backup before the newest: .*without --previous"):
        restored(tmp_path / "backup", tmp_path / "new", previous=True)

    assert not (tmp_path / "new").exists()


async def test_a_manifest_put_beside_another_copy_restores_nothing(
    home: Path, tmp_path: Path
) -> None:
    backed_up(home, tmp_path / "backup")
    newest = backed_up(home, tmp_path / "backup")
    (place,) = (tmp_path / "backup" / "database").glob("*.json")
    shutil.copy(tmp_path / "backup" / MANIFEST, place)

    with pytest.raises(StoreError, match=f"of another copy, {newest.database}"):
        restored(tmp_path / "backup", tmp_path / "new", previous=True)


async def test_an_unfinished_backup_does_not_take_the_place_of_the_one_before(
    home: Path, tmp_path: Path
) -> None:
    first = backed_up(home, tmp_path / "backup")
    steps = FaultyDisk()
    shutil.copytree(tmp_path / "backup", tmp_path / "trial")
    backed_up(home, tmp_path / "trial", steps)
    last = len(steps.steps) - 1 - steps.steps[::-1].index("write")  # the new manifest
    with pytest.raises(PowerCut):
        backed_up(home, tmp_path / "backup", FaultyDisk(last, cut))

    backed_up(home, tmp_path / "backup")

    assert read_previous(tmp_path / "backup") == first


async def test_a_restore_does_not_go_on_with_another_backup(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    await capture(home)
    backed_up(home, tmp_path / "backup")
    steps = FaultyDisk()
    files = HomeFiles(tmp_path / "whole", steps)
    restore(tmp_path / "backup", files, HomeShelf(files), database_url(tmp_path / "whole"))
    new = tmp_path / "new"  # its database is filled, and the last step is missing
    interrupted(tmp_path / "backup", new, database_url(new), len(steps.steps) - 1)

    with pytest.raises(InputError, match="another backup"):
        restored(tmp_path / "backup", new, previous=True)

    assert restored(tmp_path / "backup", new).files == 4


async def test_a_home_that_does_not_continue_a_backup_leaves_it_as_it_was(
    home: Path, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier"
    shutil.copytree(home, earlier)
    await capture(home)
    before = backed_up(home, tmp_path / "backup")
    await capture(tmp_path / "other")
    await (await SqlStore.open(tmp_path / "empty")).close()

    for wrong in (earlier, tmp_path / "other", tmp_path / "empty"):
        with pytest.raises(InputError, match=rf"{wrong}/archiver.db .*{before.database}"):
            backed_up(wrong, tmp_path / "backup")

    assert assert_whole(tmp_path / "backup") == before
    assert len(list((tmp_path / "backup" / "database").iterdir())) == 1
    backed_up(home, tmp_path / "backup")


async def test_a_restored_home_continues_its_backup(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    restored(tmp_path / "backup", tmp_path / "new")
    await capture(tmp_path / "new")

    manifest = backed_up(tmp_path / "new", tmp_path / "backup")

    assert manifest.captures.files == 2


async def test_an_earlier_copy_that_cannot_be_read_is_not_removed(
    home: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "backup" / backed_up(home, tmp_path / "backup").database
    copy.write_bytes(b"harmed" * 1000)

    with pytest.raises(StoreError, match="another directory"):
        backed_up(home, tmp_path / "backup")

    assert copy.is_file()


async def test_files_on_another_file_system_are_copied(home: Path, tmp_path: Path) -> None:
    other = Path("/dev/shm") / f"archiver-test-{os.getpid()}"
    try:
        backed_up(home, other / "backup")

        assert assert_whole(other / "backup").damaged == ()
    finally:
        shutil.rmtree(other, ignore_errors=True)


async def test_a_backup_that_was_interrupted_anywhere_leaves_the_one_before(
    home: Path, tmp_path: Path
) -> None:
    directory, finished = tmp_path / "backup", False
    backed_up(home, directory)
    await capture(home)
    (home / "archiver.toml").write_text(DESK)
    step = 0
    while not finished:
        step += 1
        work = tmp_path / "work"
        shutil.copytree(directory, work)
        disk = FaultyDisk(step, cut)
        with suppress(PowerCut):
            backed_up(home, work, disk)
            finished = True
        if not finished:
            disk.lose_power()

        manifest = assert_whole(work)

        assert manifest.captures.files in ({2} if finished else {1, 2})
        assert (manifest.settings is None) is (manifest.captures.files == 1)
        if manifest.captures.files == 2:
            assert read_previous(work).captures.files == 1
        backed_up(home, work)
        assert assert_whole(work).captures.files == 2
        shutil.rmtree(work)
    assert step > 10


async def test_what_a_killed_backup_did_not_sync_is_synced_by_the_next(
    home: Path, tmp_path: Path
) -> None:
    directory, step, finished = tmp_path / "backup", 0, False
    while not finished:
        step += 1
        disk = FaultyDisk(step, cut)
        with suppress(PowerCut):
            backed_up(home, directory, disk)
            finished = True
        after = disk.next_process()
        backed_up(home, directory, after)

        after.lose_power()

        assert assert_whole(directory).captures.files == 1
        shutil.rmtree(directory)
    assert step > 10


async def test_what_a_killed_restore_did_not_sync_is_synced_by_the_next(
    home: Path, tmp_path: Path
) -> None:
    (home / "quarantine").mkdir()
    (home / "quarantine" / "page.txt").write_text("words")
    backed_up(home, tmp_path / "backup")
    new, step, finished = tmp_path / "new", 0, False
    while not finished:
        step += 1
        disk = FaultyDisk(step, cut)
        files = HomeFiles(new, disk)
        try:
            restore(tmp_path / "backup", files, HomeShelf(files), database_url(new))
            finished = True
        except PowerCut:
            disk = disk.next_process()
            if not (new / "archiver.db").exists() or (new / "restoring").exists():
                files = HomeFiles(new, disk)
                restore(tmp_path / "backup", files, HomeShelf(files), database_url(new))

        disk.lose_power()

        assert (new / "quarantine" / "page.txt").read_text() == "words"
        with rows_of(new / "archiver.db") as rows:
            assert [one for one in named_files(rows) if trouble_with(new / one.path, one)] == []
        shutil.rmtree(new)
    assert step > 10


async def test_a_damaged_file_is_told_and_the_rest_is_taken(home: Path, tmp_path: Path) -> None:
    await capture(home)
    harmed = min(home.glob("captures/*/*/*/*"))
    harmed.write_bytes(b"x")

    manifest = backed_up(home, tmp_path / "backup")

    assert [one.path for one in manifest.damaged] == [harmed.relative_to(home).as_posix()]
    assert (manifest.captures.files, manifest.blobs.files) == (1, 2)


async def test_a_file_damaged_in_the_backup_is_taken_anew(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    (harmed,) = (tmp_path / "backup").glob("captures/*/*/*/*")
    harmed.unlink()  # it may be the very file of the home, by another name
    harmed.write_bytes(b"x")

    backed_up(home, tmp_path / "backup")

    assert_whole(tmp_path / "backup")


async def test_what_is_in_quarantine_comes_along(home: Path, tmp_path: Path) -> None:
    (home / "quarantine" / "01Q").mkdir(parents=True)
    (home / "quarantine" / "01Q" / "page.txt").write_text("words")
    backed_up(home, tmp_path / "backup")

    restored(tmp_path / "backup", tmp_path / "new")

    assert (tmp_path / "new" / "quarantine" / "01Q" / "page.txt").read_text() == "words"


async def test_a_body_that_is_set_aside_anew_after_a_takedown_removed_it_stays_in_the_backup(
    home: Path, tmp_path: Path
) -> None:
    store, files, body = await SqlStore.open(home), HomeFiles(home), b"the same error page" * 50
    sha256 = await files.keep_blob(body)

    async def spoil() -> str:
        (home / blob_place(sha256)).write_bytes(b"x")
        await files.keep_blob(body)
        [aside] = await files.aside()
        return aside.name

    name = await spoil()
    await files.forget_aside(name)
    detail = {"takedown": "T", "quarantine": [name, "01GONE"]}
    removed = CustodyEntry(
        id="01R", act=CustodyAct.REMOVED, at=NOW, by="x", reason="court", detail=detail
    )
    await store.custody.keep(removed)
    assert await spoil() == name
    await store.close()
    files.close()

    manifest = backed_up(home, tmp_path / "backup")

    assert [one.path for one in manifest.quarantine] == [aside_place(name)]
    assert restored(tmp_path / "backup", tmp_path / "new").damaged == ()


def in_quarantine(home: Path, count: int) -> list[str]:
    """Put files into quarantine; return where they are, one by a name that is no UTF-8."""
    places = [home / "quarantine" / "01Q" / f"{number}.txt" for number in range(count - 1)]
    places.append(home / "quarantine" / "01Q" / os.fsdecode(b"\xff.txt"))
    places[0].parent.mkdir(parents=True)
    for place in places:
        place.write_text(place.stem, errors="surrogateescape")
    return sorted(place.relative_to(home).as_posix() for place in places)


async def test_however_much_is_in_quarantine_or_damaged_the_backup_can_be_read(
    home: Path, tmp_path: Path
) -> None:
    kept, directory = in_quarantine(home, MOST_LISTED), tmp_path / "backup"
    min(home.glob("captures/*/*/*/*")).unlink()
    made = backed_up(home, directory)
    (home / "quarantine" / "01Q" / "0.txt").unlink()
    backed_up(home, directory)

    for previous in (True, False):
        new = tmp_path / f"new {previous}"
        done = restored(directory, new, previous=previous)

        found = [one.relative_to(new).as_posix() for one in new.glob("quarantine/*/*")]
        assert sorted(found) == [one for one in kept if previous or "/0." not in one]
        assert [one.of for one in done.damaged] == [one.of for one in made.damaged]
    assert (len(made.quarantine), len(made.damaged)) == (MOST_LISTED, 1)
    assert read_previous(directory).listed is not None
    assert read_manifest(directory).listed is None  # there is room for all in it


async def test_a_list_that_was_altered_is_told_and_the_rest_is_restored(
    home: Path, tmp_path: Path
) -> None:
    in_quarantine(home, MOST_LISTED + 1)
    backed_up(home, tmp_path / "backup")
    (listed,) = tmp_path.glob("backup/database/*.list")
    listed.write_bytes(listed.read_bytes().replace(b"quarantine/01Q", b"quarantine/../"))

    done = restored(tmp_path / "backup", tmp_path / "new")

    assert [(one.of, one.path) for one in done.damaged] == [
        ("quarantine", f"database/{listed.name}")
    ]
    assert done.files == 2


@pytest.mark.parametrize(
    "line",
    [b"5\n", b"{\n", b'{"quarantine": {"path": "quarantine/../x", "bytes": 1, "sha256": ""}}'],
)
def test_a_list_that_nobody_wrote_names_nothing(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "list").write_bytes(b'{"damaged": {}}\n' + line)

    with pytest.raises(StoreError, match=r"list of the backup|no path"):
        list(loose_in(tmp_path / "list"))


async def test_a_manifest_that_nobody_could_read_leaves_the_one_before(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backed_up(home, tmp_path / "backup")
    await capture(home)
    monkeypatch.setattr("archiver.store.manifest.LARGEST_BYTES", 100)

    with pytest.raises(StoreError, match="too large to be read"):
        backed_up(home, tmp_path / "backup")

    monkeypatch.undo()
    assert assert_whole(tmp_path / "backup") == before


async def test_a_directory_of_something_else_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "letters.txt").touch()

    with pytest.raises(InputError, match=r"letters\.txt"):
        backed_up(home, tmp_path / "backup")


async def test_two_backups_do_not_go_into_one_directory(home: Path, tmp_path: Path) -> None:
    directory = tmp_path / "backup"
    caught: list[ArchiverError] = []

    class Second(FaultyDisk):
        @override
        def rename(self, old: Path, new: Path) -> None:
            super().rename(old, new)
            with pytest.raises(ClaimError) as refused:
                backed_up(home, directory)
            caught.append(refused.value)

    backed_up(home, directory, Second())

    assert caught


async def test_two_restores_do_not_go_into_one_home(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    new = tmp_path / "new"
    caught: list[ArchiverError] = []

    class Second(FaultyDisk):
        @override
        def rename(self, old: Path, new_place: Path) -> None:
            super().rename(old, new_place)
            with pytest.raises(ClaimError, match="another restore") as refused:
                restored(tmp_path / "backup", new)
            caught.append(refused.value)

    files = HomeFiles(new, Second())
    done = restore(tmp_path / "backup", files, HomeShelf(files), database_url(new))

    assert (done.files, done.damaged) == (2, ())
    assert len(caught) == 3  # at the capture's file, at the body and at the database
    assert read_all(database_url(new))["captures"] == read_all(database_url(home))["captures"]
    with pytest.raises(InputError, match="already"):
        restored(tmp_path / "backup", new)


async def test_a_restore_that_was_interrupted_goes_on(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    half_restored(tmp_path / "backup", tmp_path / "new")

    done = restored(tmp_path / "backup", tmp_path / "new")

    assert (done.files, done.damaged) == (2, ())


async def test_a_home_that_is_half_restored_is_not_opened(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    half_restored(tmp_path / "backup", tmp_path / "new")

    with pytest.raises(InputError, match="run the same one again"):
        await SqlStore.open(tmp_path / "new")

    assert not (tmp_path / "new" / "archiver.db").exists()


async def test_a_restore_goes_on_wherever_it_stopped_at_the_end(home: Path, tmp_path: Path) -> None:
    (home / "archiver.toml").write_text(DESK)
    backed_up(home, tmp_path / "backup")
    steps = FaultyDisk()
    files = HomeFiles(tmp_path / "whole", steps)
    restore(tmp_path / "backup", files, HomeShelf(files), database_url(tmp_path / "whole"))

    for back in range(1, 14):  # from the last step to the one before the settings are there
        new = tmp_path / f"new{back}"
        step = len(steps.steps) - back
        interrupted(tmp_path / "backup", new, database_url(new), step)
        assert (new / "restoring").exists()

        done = restored(tmp_path / "backup", new)

        assert (done.files, done.damaged) == (2, ())
        assert (new / "archiver.toml.restored").read_text() == DESK
        assert read_all(database_url(new))["captures"] == read_all(database_url(home))["captures"]
        await (await SqlStore.open(new)).close()


async def test_an_empty_archive_in_a_half_restored_home_gives_way(
    home: Path, tmp_path: Path
) -> None:
    backed_up(home, tmp_path / "backup")
    new = tmp_path / "new"
    store = await SqlStore.open(new)
    await store.workers.note(Incident(NOW, "a daemon", IncidentKind.SLEPT, "note"))
    await store.close()
    (new / "restoring").mkdir()

    restored(tmp_path / "backup", new)

    assert read_all(database_url(new))["captures"] == read_all(database_url(home))["captures"]


async def test_another_archive_in_a_half_restored_home_is_left_alone(
    home: Path, tmp_path: Path
) -> None:
    backed_up(home, tmp_path / "backup")
    await capture(tmp_path / "new")
    (tmp_path / "new" / "restoring").mkdir()
    before = read_all(database_url(tmp_path / "new"))

    with pytest.raises(InputError, match="already"):
        restored(tmp_path / "backup", tmp_path / "new")

    assert read_all(database_url(tmp_path / "new")) == before


async def test_nothing_is_restored_over_what_is_there(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "notes.txt").touch()

    with pytest.raises(InputError, match=r"notes\.txt"):
        restored(tmp_path / "backup", tmp_path / "new")


def alter_manifest(directory: Path, **changes: Any) -> None:
    document = json.loads((directory / MANIFEST).read_text())
    (directory / MANIFEST).write_text(json.dumps({**document, **changes}))


@pytest.mark.parametrize(
    ("changes", "refusal", "message"),
    [
        ({"database": "../home/archiver.db"}, StoreError, "cannot name"),
        ({"database": "/etc/passwd"}, StoreError, "cannot name"),
        ({"database_sha256": "0" * 64}, StoreError, "not what the manifest says"),
        ({"database_bytes": 5}, StoreError, "not of the size"),
        ({"revision": "9999"}, SchemaError, "newer version"),
        ({"format": 3}, InputError, "form 3"),
        ({"captures": 7}, StoreError, "no manifest"),
        (
            {"quarantine": [{"path": "quarantine/../x", "bytes": 1, "sha256": "0"}]},
            StoreError,
            "no path",
        ),
        (
            {"settings": {"path": "database/../../x", "bytes": 1, "sha256": "0"}},
            StoreError,
            "no path of the settings",
        ),
        (
            {"listed": {"path": "database/../../x", "bytes": 1, "sha256": "0"}},
            StoreError,
            "no path of the list",
        ),
    ],
)
async def test_a_manifest_that_does_not_fit_restores_nothing(
    home: Path, tmp_path: Path, changes: dict[str, Any], refusal: type[Exception], message: str
) -> None:
    backed_up(home, tmp_path / "backup")
    alter_manifest(tmp_path / "backup", **changes)

    with pytest.raises(refusal, match=message):
        restored(tmp_path / "backup", tmp_path / "new")

    assert not (tmp_path / "new").exists()


def alter_rows(directory: Path, statement: str) -> None:
    """Change the copy of the database as somebody would who knows how, manifest and all."""
    copy = directory / read_manifest(directory).database
    with closing(sqlite3.connect(copy)) as altered:
        for (name,) in altered.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            altered.execute(f'DROP TRIGGER "{name}"')
        altered.execute(statement)
        altered.commit()
    alter_manifest(directory, database_sha256=file_sha256(copy), database_bytes=copy.stat().st_size)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../secret", "captures/../../secret", "archiver.toml", "captures/x"]
)
async def test_no_row_reads_or_writes_outside(home: Path, tmp_path: Path, path: str) -> None:
    backed_up(home, tmp_path / "backup")
    alter_rows(tmp_path / "backup", f"UPDATE artifacts SET path = '{path}'")

    with pytest.raises(StoreError, match="no path of a file of capture"):
        restored(tmp_path / "backup", tmp_path / "new")

    assert not (tmp_path / "new" / "archiver.db").exists()


@pytest.mark.parametrize("answers", ["7", "[7]", '[{"body_sha256": "../../x", "body_bytes": 1}]'])
async def test_answers_that_nobody_wrote_restore_nothing(
    home: Path, tmp_path: Path, answers: str
) -> None:
    backed_up(home, tmp_path / "backup")
    alter_rows(tmp_path / "backup", f"UPDATE observations SET answers = '{answers}'")

    with pytest.raises(StoreError):
        restored(tmp_path / "backup", tmp_path / "new")


async def test_a_link_in_a_backup_is_not_followed(home: Path, tmp_path: Path) -> None:
    backed_up(home, tmp_path / "backup")
    (tmp_path / "secret").write_bytes(b"s" * 50_000)
    (file,) = (tmp_path / "backup").glob("captures/*/*/*/*")
    file.unlink()
    file.symlink_to(tmp_path / "secret")
    blobs = tmp_path / "backup" / "blobs"
    blobs.rename(tmp_path / "elsewhere")
    blobs.symlink_to(tmp_path / "elsewhere")

    done = restored(tmp_path / "backup", tmp_path / "new")

    assert {one.trouble.split(":")[0] for one in done.damaged} == {
        "cannot be read",
        "lies behind a link",
    }
    assert not list((tmp_path / "new").glob("*/*/*/*.gz"))


async def test_a_body_that_unpacks_to_more_than_its_row_says_is_left_out(
    home: Path, tmp_path: Path
) -> None:
    backed_up(home, tmp_path / "backup")
    zeros = b"\0" * 50_000_000
    bomb = hashlib.sha256(zeros).hexdigest()
    alter_rows(
        tmp_path / "backup",
        f"UPDATE observations SET answers = json_set(answers, '$[0].body_sha256', '{bomb}')",
    )
    place = tmp_path / "backup" / "blobs" / bomb[:2] / bomb[2:4] / f"{bomb}.gz"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(gzip.compress(zeros, 1))

    done = restored(tmp_path / "backup", tmp_path / "new")

    (one,) = done.damaged
    assert one.path == place.relative_to(tmp_path / "backup").as_posix()


@pytest.mark.postgres
async def test_an_archive_on_postgresql_is_backed_up_and_restored(tmp_path: Path) -> None:
    server = postgres.server()
    old, new = (parse_url(server.url(server.create(postgres.migrated()))) for _ in range(2))
    store = await SqlStore.open(tmp_path / "home", old.render_as_string(hide_password=False))
    files = HomeFiles(tmp_path / "home")
    await make(store, files)
    await store.close()
    files.close()
    settings = tmp_path / "home" / "archiver.toml"
    settings.write_text(DESK)
    shelf, disk = HomeShelf(files), FaultyDisk()
    back_up(old, shelf, tmp_path / "backup", NOW, settings=settings, disk=disk)
    there = HomeFiles(tmp_path / "new", FaultyDisk())

    done = restore(tmp_path / "backup", there, HomeShelf(there), new)

    assert (done.files, done.damaged) == (2, ())
    assert (tmp_path / "new" / "archiver.toml.restored").read_text() == DESK
    assert [row["id"] for row in read_all(new)["captures"]] == [
        row["id"] for row in read_all(old)["captures"]
    ]
    with pytest.raises(InputError, match="already"):
        restore(tmp_path / "backup", HomeFiles(tmp_path / "newer"), HomeShelf(there), new)


@pytest.mark.postgres
async def test_a_restore_into_postgresql_goes_on_after_its_rows_were_stored(
    home: Path, tmp_path: Path
) -> None:
    server = postgres.server()
    first, new = (parse_url(server.url(server.create(postgres.migrated()))) for _ in range(2))
    backed_up(home, tmp_path / "backup")
    steps = FaultyDisk()
    whole = HomeFiles(tmp_path / "whole", steps)
    restore(tmp_path / "backup", whole, HomeShelf(whole), first)
    interrupted(tmp_path / "backup", tmp_path / "new", new, len(steps.steps) - 1)
    assert (tmp_path / "new" / "restoring").exists()
    there = HomeFiles(tmp_path / "new", FaultyDisk())

    done = restore(tmp_path / "backup", there, HomeShelf(there), new)

    assert (done.files, done.damaged) == (2, ())
    assert read_all(new)["captures"] == read_all(database_url(home))["captures"]


@pytest.mark.postgres
async def test_a_restore_into_postgresql_goes_on_where_a_process_told_of_itself_meanwhile(
    home: Path, tmp_path: Path
) -> None:
    server = postgres.server()
    new = parse_url(server.url(server.create(postgres.migrated())))
    before = await SqlStore.open(home)
    await before.workers.note(Incident(NOW, "before", IncidentKind.SLEPT, "note"))
    await before.close()
    backed_up(home, tmp_path / "backup")
    files = HomeFiles(tmp_path / "new", Early())
    with pytest.raises(PowerCut):
        restore(tmp_path / "backup", files, HomeShelf(files), new)
    elsewhere = await SqlStore.open(
        tmp_path / "elsewhere", new.render_as_string(hide_password=False)
    )
    await elsewhere.workers.note(Incident(NOW, "a worker", IncidentKind.SLEPT, "note"))
    await elsewhere.services.keep(ServiceState("scrub:artifacts", NOW))
    there = HomeFiles(tmp_path / "new", FaultyDisk())

    done = restore(tmp_path / "backup", there, HomeShelf(there), new)

    assert (done.files, done.damaged) == (2, ())
    tables = read_all(new)
    assert tables["captures"] == read_all(database_url(home))["captures"]
    assert [row["worker"] for row in tables["incidents"]] == ["before"]
    assert tables["services"] == []
    await elsewhere.workers.note(Incident(NOW, "a worker", IncidentKind.SLEPT, "note"))
    await elsewhere.close()
    assert len(read_all(new)["incidents"]) == 2
