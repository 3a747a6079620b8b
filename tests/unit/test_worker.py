"""Who of the processes on a database is no more."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from archiver.wiring.worker import is_dead, is_of_other_kernel, worker_name

# Round a command: in a /proc that hides the processes of others, as ProtectProc=invisible has it,
# without the rights and the group (0) that see them all the same; proc(5), hidepid.
HIDING = (
    "mount -t proc -o hidepid=invisible proc /proc && "
    'exec setpriv --regid 65534 --clear-groups --bounding-set -sys_ptrace,-kill "$@"'
)
TELL = "import sys; from archiver.wiring.worker import is_dead; print(is_dead(sys.argv[1]))"


def named(*, boot: str = "", pid: int | None = None, start: str = "") -> str:
    """Return this process's name with some of its parts changed."""
    host, own_boot, own_pid, own_start, space = worker_name().split("/")
    return "/".join((host, boot or own_boot, str(pid or own_pid), start or own_start, space))


def can_hide() -> bool:
    if os.geteuid() != 0:
        return False
    tried = ["unshare", "--mount", "sh", "-c", HIDING, "sh", "true"]
    return subprocess.run(tried, check=False, capture_output=True).returncode == 0


def test_a_process_that_runs_is_not_dead_although_it_was_shown_another_boot():
    shown = named(boot="as-a-container-shows-it")

    assert not is_dead(shown)
    assert not is_of_other_kernel(shown)


def test_a_number_that_another_process_has_by_now_is_of_the_dead():
    assert is_dead(named(start="1"))
    assert is_of_other_kernel(named(boot="before-the-restart", start="1"))


def test_a_process_that_ended_is_dead():
    with subprocess.Popen(["true"]) as ended:
        ended.wait()

    assert is_dead(named(pid=ended.pid))


@pytest.mark.skipif(not can_hide(), reason="needs root, to mount a /proc that hides processes")
def test_a_process_of_another_user_that_is_kept_out_of_sight_is_not_taken_for_dead():
    with subprocess.Popen(["sleep", "60"], user=65534) as other:
        asked = ["unshare", "--mount", "sh", "-c", HIDING, "sh", sys.executable, "-c", TELL]
        try:
            told = [
                subprocess.run(
                    [*asked, named(pid=pid)], check=True, capture_output=True, text=True
                ).stdout.strip()
                for pid in (other.pid, 2**22 - 1)
            ]
        finally:
            other.kill()

    assert told == ["False", "True"]
