"""A restore where there is too little room puts nothing in place, and goes on when there is more."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.model.worker import Incident, IncidentKind
from archiver.store.backup import back_up
from archiver.store.files import HomeFiles
from archiver.store.shelf import HomeShelf
from archiver.store.store import SqlStore, database_url
from tests.build import NOW
from tests.store.faulty import FaultyDisk

pytestmark = pytest.mark.netns

ROOT = Path(__file__).parents[2]
ROWS, LETTERS = 12, 500_000


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of nothing but a database, of 6 MB."""
    home, directory = tmp_path / "home", tmp_path / "backup"

    async def fill() -> None:
        store = await SqlStore.open(home)
        for number in range(ROWS):
            note = f"{number} ".ljust(LETTERS, "x")
            await store.workers.note(Incident(NOW, "w", IncidentKind.SLEPT, note))
        await store.close()

    asyncio.run(fill())
    files = HomeFiles(home)
    back_up(database_url(home), HomeShelf(files), directory, NOW, disk=FaultyDisk())
    files.close()
    return directory


def test_a_restore_never_calls_a_database_restored_that_did_not_fit(
    backup: Path, tmp_path: Path
) -> None:
    (copy,) = backup.glob("database/*.db")
    disk = tmp_path / "disk"
    disk.mkdir()
    sizes = [str(int(copy.stat().st_size * times)) for times in (0.5, 1.5, 1.9, 2.3, 2.6, 3.5)]

    ran = subprocess.run(
        ["unshare", "--mount", sys.executable, "-m", "tests.store.tight", backup, disk, *sizes],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert (ran.returncode, ran.stderr) == (0, "")
    whole = f"restored {ROWS}"
    assert json.loads(ran.stdout) == [["refused", whole]] * 3 + [[whole]] * 3
