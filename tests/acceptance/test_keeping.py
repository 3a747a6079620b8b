"""Holding, taking down, backing up and restoring, from the command line."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import pytest

from archiver.cli.app import run
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from tests import build
from tests.acceptance.world import ROOT, Ran, archiver, ended_unread, environment
from tests.build import NOW
from tests.store.maker import make

T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """A home with one article, the source that it cites, and a capture of that source."""

    home: Path
    source: str
    article: str
    citation: str

    def __call__(self, *arguments: str, home: Path | None = None) -> Ran:
        """Run one command line in this process, where it takes a tenth of the time."""
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = run([*arguments, "--home", str(home or self.home)])
        return Ran(code, out.getvalue(), err.getvalue())

    def document(self, *arguments: str) -> Any:
        ran = self(*arguments, "--json")
        assert ran.code == 0, ran.err
        return ran.document

    def acts(self) -> list[str]:
        return [one["act"] for one in self.document("custody")]

    def files(self) -> set[str]:
        """Return the files of captures and bodies, by name."""
        return {
            str(path.relative_to(self.home))
            for kind in ("captures", "blobs")
            for path in (self.home / kind).rglob("*")
            if path.is_file()
        }

    def keep_again(self, *, at: float) -> None:
        """Let every body be one that came in, or came in again, at a time."""
        for name in self.files():
            if name.startswith("blobs/"):
                os.utime(self.home / name, (at, at))

    def with_store(self, work: Callable[[SqlStore], Awaitable[T]]) -> T:
        async def opened() -> T:
            store = await SqlStore.open(self.home)
            done = await work(store)
            await store.close()
            return done

        return asyncio.run(opened())


async def fill(home: Path) -> tuple[str, str, str]:
    store, files = await SqlStore.open(home), HomeFiles(home)
    ref = build.ref(await make(store, files))
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    for claim in await store.claims.standing():
        await store.claims.release(claim)
    await store.close()
    files.close()
    return ref.name, kept.article.id, kept.citations[0].id


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, str, str]]:
    """A home to copy, and the names of what is in it."""
    home = tmp_path_factory.mktemp("template") / "home"
    names = asyncio.run(fill(home))
    Kept(home, *names).keep_again(at=0)
    return home, names


@pytest.fixture
def kept(tmp_path: Path, filled: tuple[Path, tuple[str, str, str]]) -> Kept:
    shutil.copytree(filled[0], tmp_path / "home")
    return Kept(tmp_path / "home", *filled[1])


def test_what_an_article_ever_cited_is_held_until_it_is_released(kept: Kept) -> None:
    held = kept.document("hold", kept.article, "--reason", "litigation", "--by", "a clerk")
    anew = build.attempt(build.page())
    kept.with_store(lambda store: store.articles.resolve(kept.citation, anew))

    refused = kept("takedown", kept.source, "--reason", "order", "--yes")
    listed = kept.document("hold", "--list")
    released = kept("hold", "--release", kept.article, "--reason", "it is over")

    [hold] = [one["entry"] for one in listed]
    assert held == {
        "target": kept.article,
        "act": "hold",
        "reason": "litigation",
        "hold": hold,
        "standing": 1,
    }
    assert (refused.code, refused.out) == (2, "")
    assert "under a hold" in refused.err
    assert "a clerk (litigation)" in refused.err
    assert [(one["article"], one["reason"]) for one in listed] == [(kept.article, "litigation")]
    assert (released.code, released.out) == (0, f"released {kept.article}: it is over\n")
    assert kept.acts() == ["hold", "release"]
    assert len(kept.files()) == 2


def test_each_of_two_holds_is_listed_and_released_by_its_id(kept: Kept) -> None:
    first = kept.document("hold", kept.source, "--reason", "court order")["hold"]
    again = kept("hold", kept.source, "--reason", "another trial")
    listed = kept("hold", "--list")
    refused = kept("hold", "--release", kept.source, "--reason", "it is over")
    released = kept("hold", "--release", first, "--reason", "it is over")
    shown = kept("show", kept.source)

    [second] = [one["entry"] for one in kept.document("hold", "--list")]
    assert again.out.endswith("another trial; it was held already, now 2 holds stand there\n")
    assert [name in listed.out for name in (first, second)] == [True, True]
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert [name in refused.err for name in (first, second)] == [True, True]
    assert released.code == 0
    assert "1 hold still stands there" in released.out
    assert f"hold {second} on" in shown.out
    assert f"release of {first} on" in shown.out


def test_a_takedown_empties_at_once_and_says_what_is_left_to_remove(kept: Kept) -> None:
    kept.keep_again(at=time.time())
    unasked = kept("takedown", kept.source, "--reason", "order 12/26")
    taken = kept("takedown", kept.source, "--reason", "order 12/26", "--yes", "--json")
    left = kept.files()
    kept.keep_again(at=0)
    resumed = kept("takedown", "--resume", "--json")

    assert unasked.code == 2
    assert "say --yes" in unasked.err
    assert taken.code == 3
    [done] = taken.document["taken_down"]
    assert (done["reason"], done["captures"], done["waiting_bodies"]) == ("order 12/26", 1, 1)
    assert [name.split("/")[0] for name in left] == ["blobs"]
    assert (resumed.code, kept.files()) == (0, set())
    assert kept.acts() == ["takedown", "removed"]


def test_a_takedown_names_captures_in_quarantine_that_do_not_say_what_they_show(
    kept: Kept,
) -> None:
    (kept.home / "quarantine" / "01NAMELESS").mkdir(parents=True)

    taken = kept("takedown", kept.source, "--reason", "order", "--yes")

    assert taken.code == 0
    assert "remove them yourself: quarantine/01NAMELESS\n" in taken.out


def test_what_is_taken_down_is_watched_again_when_somebody_says_so(kept: Kept) -> None:
    taken = kept("takedown", kept.source, "--reason", "order", "--yes")
    again = kept("takedown", kept.source, "--watch-again", "--reason", "lifted")
    twice = kept("takedown", kept.source, "--watch-again", "--reason", "lifted")

    assert (taken.code, again.code, twice.code) == (0, 0, 2)
    assert again.out == f"{kept.source} is looked at again\n"
    assert "is looked at again already" in twice.err


def test_a_backup_is_restored_into_another_home_and_both_are_on_record(
    kept: Kept, tmp_path: Path
) -> None:
    copy, other = str(tmp_path / "copy"), tmp_path / "other"
    made = kept.document("backup", copy)
    restored = kept("restore", copy, "--json", home=other)
    over = kept("restore", copy, home=other)

    assert (made["capture_files"], made["bodies"], made["new_files"]) == (1, 1, 2)
    assert made["damaged"] == []
    assert (restored.code, restored.document["files"], restored.document["damaged"]) == (0, 2, [])
    assert Kept(other, "", "", "").files() == kept.files()
    assert (over.code, over.out) == (2, "")
    assert kept.acts() == ["backup"]
    recorded = kept("custody", "--json", home=other).document
    assert [one["act"] for one in recorded][-1] == "restore"


def test_a_restore_says_where_the_settings_are_and_doctor_until_they_are_looked_through(
    kept: Kept, tmp_path: Path
) -> None:
    copy, bare, other = str(tmp_path / "copy"), tmp_path / "bare", tmp_path / "other"
    without = kept.document("backup", copy)
    unset = kept("restore", copy, home=bare)
    (kept.home / "archiver.toml").write_text("[net]\nspacing_s = 5\n")
    made = kept.document("backup", copy)
    restored = kept("restore", copy, home=other)
    place = other / "archiver.toml.restored"

    def settings_check() -> Any:
        checks = kept("doctor", "--quick", "--json", home=other).document["checks"]
        return next(one for one in checks if one["check"] == "settings")

    beside = settings_check()
    place.rename(other / "archiver.toml")

    assert (without["settings"], made["settings"]) == (False, True)
    assert f"no archiver.toml in the backup, and none in {bare}" in unset.out
    assert restored.out.splitlines()[1].startswith(f"{place} holds the backup's settings")
    assert str(place) in beside["found"]
    assert not beside["well"]
    assert settings_check()["well"]


def test_the_backup_before_is_restored_when_it_is_asked_for(kept: Kept, tmp_path: Path) -> None:
    copy, other = str(tmp_path / "copy"), tmp_path / "other"
    first = kept.document("backup", copy)
    none = kept("restore", copy, "--previous", home=other)
    kept.document("hold", kept.article, "--reason", "litigation")
    kept.document("backup", copy)

    restored = kept("restore", copy, "--previous", home=other)

    assert (none.code, none.out) == (2, "")
    assert none.err.startswith(f"archiver: {copy} holds no backup before the newest")
    assert none.err.count("\n") == 1
    assert restored.code == 0
    assert restored.out.startswith(f"restored 2 files into {other}, as they were on ")
    assert first["made_at"] in restored.out
    assert json.loads(kept("hold", "--list", "--json", home=other).out) == []


def test_a_damaged_file_is_named_by_the_backup_and_its_code(kept: Kept, tmp_path: Path) -> None:
    [body] = [kept.home / one for one in kept.files() if one.startswith("blobs/")]
    body.chmod(0o600)
    body.write_bytes(b"something else")

    made = kept("backup", str(tmp_path / "copy"), "--json")

    assert made.code == 1
    assert [one["path"] for one in made.document["damaged"]] == [str(body.relative_to(kept.home))]


@pytest.mark.parametrize("command", [["backup", "DIR"], ["status", "--check"]])
def test_a_lost_file_is_told_by_the_code_though_nobody_reads_its_name(
    kept: Kept, tmp_path: Path, command: list[str]
) -> None:
    for name in kept.files():
        (kept.home / name).unlink()
    arguments = [one.replace("DIR", str(tmp_path / "copy")) for one in command]

    assert ended_unread(environment(kept.home), *arguments) == (1, "")


def run_with_nobody_at_standard_error(kept: Kept, *arguments: str, given: int | None = None) -> int:
    reads, writes = os.pipe()
    os.close(reads)
    ran = subprocess.run(
        [sys.executable, "-m", "archiver", *arguments], cwd=ROOT, env=environment(kept.home),
        stdin=given, stdout=subprocess.DEVNULL, stderr=writes, check=False,
    )  # fmt: skip
    os.close(writes)
    return ran.returncode


def test_a_takedown_is_made_though_nobody_reads_what_goes(kept: Kept) -> None:
    order = ("takedown", kept.source, "--reason", "order", "--yes")

    code = run_with_nobody_at_standard_error(kept, *order)

    assert (code, kept.acts()) == (0, ["takedown", "removed"])


def test_a_question_that_nobody_can_read_is_not_answered_with_yes(kept: Kept) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"y\n")
    order = ("takedown", kept.source, "--reason", "order")

    code = run_with_nobody_at_standard_error(kept, *order, given=terminal)

    os.close(terminal)
    os.close(keyboard)
    assert (code, kept.acts()) == (4, [])


def test_a_backup_is_told_though_the_terminal_of_its_progress_hangs_up(
    kept: Kept, tmp_path: Path
) -> None:
    screen, terminal = pty.openpty()
    copy = [sys.executable, "-m", "archiver", "backup", str(tmp_path / "copy")]
    with subprocess.Popen(
        copy, cwd=ROOT, env=environment(kept.home), stdout=subprocess.PIPE, stderr=terminal,
    ) as process:  # fmt: skip
        os.close(terminal)
        assert os.read(screen, 1)
        os.close(screen)
        out, _ = process.communicate(timeout=60)

    assert (process.returncode, out[:13]) == (0, b"backed up to ")


WRONG = {
    "hold nothing": (["hold", "x:1"], 2),
    "hold what": (["hold"], 2),
    "hold without a reason": (["hold", "SOURCE"], 2),
    "release what is not held": (["hold", "--release", "SOURCE", "--reason", "over"], 2),
    "take nothing down": (["takedown", "x:1", "--reason", "order", "--yes"], 2),
    "take down without a reason": (["takedown", "SOURCE", "--yes"], 2),
    "show acts on nothing": (["custody", "x:1"], 2),
    "back up into itself": (["backup", "HOME"], 2),
    "restore from nothing": (["restore", "HOME/nowhere"], 2),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_mistake_is_one_line_and_changes_nothing(kept: Kept, wrong: str) -> None:
    arguments, code = WRONG[wrong]
    named = [
        one.replace("SOURCE", kept.source).replace("HOME", str(kept.home)) for one in arguments
    ]
    before = kept.files()

    ran = kept(*named)

    assert (ran.code, ran.out) == (code, "")
    assert ran.err.splitlines()[-1].startswith("archiver: ")
    assert kept.files() == before
    assert kept.with_store(lambda store: store.custody.all()) == []


@pytest.mark.parametrize("named", ["home/backups/daily", "link/daily", "home/blobs", "home"])
def test_a_backup_is_not_made_inside_the_home(kept: Kept, tmp_path: Path, named: str) -> None:
    (tmp_path / "link").symlink_to(kept.home / "backups", target_is_directory=True)
    (tmp_path / "other").symlink_to(kept.home, target_is_directory=True)
    before = {one.name for one in kept.home.iterdir()}

    for home in (kept.home, tmp_path / "other"):
        ran = kept("backup", str(tmp_path / named), home=home)

        assert (ran.code, ran.out) == (2, "")
        assert "name a directory outside" in ran.err
        assert "backups" not in {one.name for one in kept.home.iterdir()} - before


def test_a_file_is_no_home(kept: Kept) -> None:
    ran = kept("custody", home=kept.home / "archiver.db")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("archiver: ")


@pytest.mark.anyio
async def test_the_record_of_an_empty_archive_is_empty(tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    await archiver("db", "upgrade", env=env)

    ran = await archiver("custody", "--json", env=env)

    assert (ran.code, json.loads(ran.out)) == (0, [])
