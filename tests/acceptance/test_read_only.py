"""A home on a disk that was remounted read-only is read and backed up; one that is full is told."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from archiver.store.files import HomeFiles
from archiver.store.manifest import read_manifest
from archiver.store.store import SqlStore
from tests.acceptance.world import ROOT, environment
from tests.store.maker import make

pytestmark = pytest.mark.netns

MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
FULL = """mount -t tmpfs -o size=2m tmpfs "$0" && cp "$1" "$0" && shift
cat /dev/zero >"$0/all-there-is" 2>/dev/null; exec "$@\""""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory of homes: one left in order, one as a crash leaves it."""
    place = tmp_path_factory.mktemp("homes")

    async def fill() -> None:
        open_home = place / "open"
        store, files = await SqlStore.open(open_home), HomeFiles(open_home)
        await make(store, files)
        shutil.copytree(open_home, place / "crashed")
        await store.close()
        files.close()
        open_home.rename(place / "closed")

    asyncio.run(fill())
    return place


def on(
    home: Path, *arguments: str, mount: Sequence[str | Path] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a command with the home mounted, read-only at first, in a name space of its own."""
    script, *given = mount or (MOUNT,)
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, home, *given, sys.executable, "-m", "archiver",
         *arguments],
        cwd=ROOT, env=environment(home), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("left", ["closed", "crashed"])
def test_a_read_only_home_is_read_and_backed_up(homes: Path, tmp_path: Path, left: str) -> None:
    home, before = homes / left, sorted((homes / left).rglob("*"))

    status = on(home, "status", "--json")
    backup = on(home, "backup", str(tmp_path / "backup"))

    assert (status.returncode, backup.returncode) == (0, 0), status.stderr + backup.stderr
    assert json.loads(status.stdout)["sources"] == 1
    assert "not in the custody record" in backup.stderr
    assert read_manifest(tmp_path / "backup").captures.files == 1
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [("capture", "https://example.org/", "--later"), ("daemon",), ("db", "upgrade")],
    ids=" ".join,
)
def test_what_writes_says_that_the_home_is_read_only(
    homes: Path, arguments: tuple[str, ...]
) -> None:
    ran = on(homes / "closed", *arguments)

    assert ran.returncode == 4
    assert f"{homes / 'closed'} is read-only" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_log_that_cannot_be_read_is_never_passed_over(homes: Path, tmp_path: Path) -> None:
    shutil.copytree(homes / "crashed", tmp_path / "home")
    (tmp_path / "home" / "archiver.db-shm").unlink()

    ran = on(tmp_path / "home", "status")

    assert ran.returncode == 4
    assert "archiver.db-wal cannot be read in a read-only directory" in ran.stderr


def mends(ran: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return what doctor advises, by what it checked."""
    return {one["check"]: one["mend"] for one in json.loads(ran.stdout)["checks"] if one["mend"]}


def test_doctor_advises_what_helps_a_disk_that_is_full_or_read_only(
    homes: Path, tmp_path: Path
) -> None:
    database = homes / "closed" / "archiver.db"

    read_only = mends(on(homes / "closed", "doctor", "--quick", "--json"))
    full = mends(on(tmp_path, "doctor", "--quick", "--json", mount=(FULL, database)))

    assert "mount it again" in read_only["home"]
    assert "database" not in read_only
    assert {full["home"], full["database"]} == {"make room on its disk"}
