"""Reading all files again skips none, whatever breaks off, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from archiver.errors import FilesError, StoreError
from archiver.model.capture import Artifact
from archiver.store.files import HomeFiles
from archiver.store.scrub import Scrubbed, Scrubber
from archiver.store.store import SqlStore
from tests import build
from tests.contract.conftest import Ahead
from tests.store.maker import make

pytestmark = pytest.mark.anyio


async def spoilt(home: Path, store: SqlStore, captures: int = 8) -> list[str]:
    """Keep files, and let each have other bytes; return where they are."""
    files = HomeFiles(home)
    for _ in range(captures):
        await make(store, files)
    for number in range(12):
        sha256 = await files.keep_blob(f"nothing here {number}".encode())
        await store.siblings.keep(
            f"site{number}.example", "/", build.kept_answer(body_sha256=sha256)
        )
    files.close()
    kept = [*home.glob("captures/??/??/*/page.warc.gz"), *home.glob("blobs/??/??/*")]
    for place in kept:
        place.write_bytes(b"spoilt")
    return sorted(place.relative_to(home).as_posix() for place in kept)


class Notes:
    """Takes down what it is told, but for one time when it refuses."""

    def __init__(self, home: Path, refuses_at: int = 0) -> None:
        self.found: list[str] = []
        self._home = home
        self._left = refuses_at

    async def __call__(self, scrubbed: Scrubbed) -> None:
        self._left -= 1
        if self._left == 0:
            raise StoreError("the database refused")
        self.found += [self._place(one.path) for one in scrubbed.damaged]

    def _place(self, path: str) -> str:
        kind, _, sha256 = path.partition("/")
        if kind != "blobs":
            return path
        (place,) = self._home.glob(f"blobs/??/??/{sha256}*")
        return place.relative_to(self._home).as_posix()


@pytest.mark.parametrize("at", [1, 4, 6, 9])
async def test_what_broke_off_is_gone_on_with_by_the_next_process_and_nothing_is_skipped(
    store: SqlStore, tmp_path: Path, at: int
) -> None:
    kept, notes = await spoilt(tmp_path, store), Notes(tmp_path, refuses_at=at)
    broke_off = 0

    for _ in range(5):
        files = HomeFiles(tmp_path)
        try:
            await Scrubber(files, store, share=0.25).scrub(notes)
        except StoreError:
            broke_off += 1
        files.close()

    assert broke_off == 1
    assert sorted(set(notes.found)) == kept


class Away(HomeFiles):
    """Files of which some captures do not answer: those that are named, or all."""

    is_away = True
    only: tuple[str, ...] = ()

    @override
    async def troubles(self, artifacts: Sequence[Artifact], *, thorough: bool) -> list[str | None]:
        named = not self.only or any(one.path in self.only for one in artifacts)
        if self.is_away and named:
            raise FilesError("the store does not answer")
        return await super().troubles(artifacts, thorough=thorough)


async def test_files_that_do_not_answer_come_with_the_next_call_and_keep_no_others_waiting(
    store: SqlStore, tmp_path: Path
) -> None:
    kept, notes, files = await spoilt(tmp_path, store), Notes(tmp_path), Away(tmp_path)
    scrubber = Scrubber(files, store, share=0.5)

    with pytest.raises(FilesError, match="does not answer"):
        await scrubber.scrub(notes)
    meanwhile = len(notes.found)
    files.is_away = False
    for _ in range(2):
        await scrubber.scrub(notes)

    assert meanwhile > 0
    assert sorted(set(notes.found)) == kept
    files.close()


async def test_one_that_never_answers_does_not_keep_the_round_waiting_for_ever(
    moved: SqlStore, ahead: Ahead, tmp_path: Path
) -> None:
    kept, notes, files = await spoilt(tmp_path, moved), Notes(tmp_path), Away(tmp_path)
    captures = [one for one in kept if one.startswith("captures/")]
    first, _, *others = sorted(captures, key=lambda one: Path(one).parent.name)  # as they came
    files.only = (first,)
    scrubber = Scrubber(files, moved, share=0.25)

    for then in (timedelta(hours=1), timedelta(days=2), timedelta(0)):
        with pytest.raises(FilesError, match="does not answer"):
            await scrubber.scrub(notes)
        ahead.move(then)
    for _ in range(3):
        await scrubber.scrub(notes)

    assert {one for one in notes.found if one.startswith("captures/")} == set(others)
    files.close()


async def test_files_that_are_added_push_none_out_of_the_round(
    store: SqlStore, tmp_path: Path
) -> None:
    kept, notes, files = await spoilt(tmp_path, store), Notes(tmp_path), HomeFiles(tmp_path)
    scrubber = Scrubber(files, store, share=0.25)

    await scrubber.scrub(notes)
    await scrubber.scrub(notes)
    for _ in range(8):
        await make(store, files)
    await scrubber.scrub(notes)
    await scrubber.scrub(notes)

    assert sorted(notes.found) == kept
    files.close()
