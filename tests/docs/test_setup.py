"""Where something is missing and cannot be installed, the message gives the command to type."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ["sh", "dirname", "cat", "cut", "sort", "paste", "ls", "id", "sha256sum"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of its own, and beside it the few programs it finds: neither apt-get nor fonts."""
    shutil.copytree(ROOT / ".ci", tmp_path / "checkout/.ci")
    (tmp_path / "checkout/archiver").symlink_to(ROOT / "archiver")
    (tmp_path / "bin").mkdir()
    for name in PROGRAMS:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    return tmp_path / "checkout"


def set_up(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    searched = {"PATH": str(checkout.parent / "bin")}
    return subprocess.run(
        [".ci/setup", "run"],
        check=False,
        cwd=checkout,
        env=searched | environment,
        capture_output=True,
        text=True,
    )


def test_a_system_without_apt_is_told_what_to_install(checkout: Path) -> None:
    (checkout / ".venv").symlink_to(sys.prefix)

    done = set_up(checkout, ARCHIVER_CAPTURE__BROWSER="/bin/sh")

    assert done.returncode == 1
    assert "no apt-get" in done.stderr
    assert "fontconfig fonts-noto-color-emoji fonts-noto-core libnss3-tools" in done.stderr


def test_a_linked_environment_is_left_as_it_is(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (checkout / ".venv").symlink_to(tmp_path / "theirs")

    set_up(checkout, ARCHIVER_CAPTURE__BROWSER="/bin/sh")

    assert list((tmp_path / "theirs").iterdir()) == []


def test_a_python_that_is_too_old_or_absent_is_named_before_anything_is_made(
    checkout: Path,
) -> None:
    done = set_up(checkout, PYTHON="python2.7")

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed. Type:" in done.stderr
    assert not (checkout / ".venv").exists()
