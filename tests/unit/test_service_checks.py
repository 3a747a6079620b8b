"""What doctor says of the service, of times and counts given to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from archiver.errors import SettingsError, StoreError
from archiver.model.job import Job, Lane
from archiver.model.source import Source
from archiver.model.worker import Incident, IncidentKind, WorkerState
from archiver.ports import Depth, SourceCounts
from archiver.settings import load
from archiver.store.soundness import Soundness
from archiver.wiring.checks import Check
from archiver.wiring.mounts import (
    full_disk_named,
    kind_of,
    refuse_network_disk,
    warn_of_network_disk,
)
from archiver.wiring.service_checks import check_clock, judged
from archiver.wiring.telling import service_of
from archiver.wiring.working import Seen, Working
from tests import build
from tests.build import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOUNTS = """\
22 28 0:21 / /proc rw,nosuid shared:5 - proc proc rw
28 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
90 28 0:50 / /srv/my\\040share rw shared:9 - nfs4 server:/export rw,vers=4.2
91 28 0:51 / /srv/home rw - cifs //server/home rw
92 91 8:2 / /srv/home/local rw - xfs /dev/sdb rw
"""


def sound(**changed: object) -> Soundness:
    values: dict[str, object] = {
        "now": NOW, "latest_look": NOW, "latest_due": NOW + 30 * DAY, "untold_since": None,
        "late_deliveries": 0,
    }  # fmt: skip
    return Soundness(**(values | changed))  # type: ignore[arg-type]


def work(
    *seen: Seen,
    queued: int = 0,
    oldest: timedelta = timedelta(0),
    quarantined: tuple[tuple[Job, str], ...] = (),
    incidents: tuple[Incident, ...] = (),
    due: int = 0,
) -> Working:
    depth = Depth({Lane.LIGHT: queued}, {}, len(quarantined), oldest)
    return Working(NOW, seen, depth, quarantined, incidents, SourceCounts(due, 0, due, None))


def daemon(*, is_alive: bool = True, **conditions: str) -> Seen:
    state = WorkerState("host/boot/7/1", "daemon", "0.1.0", NOW, NOW - HOUR, 2, conditions)
    return Seen(state, is_alive=is_alive)


def helper() -> Seen:
    state = WorkerState("other/boot/7/1", "worker", "0.1.0", NOW, NOW, 0)
    return Seen(state, is_alive=True)


def checks(soundness: Soundness, working: Working, tmp_path: Path) -> dict[str, Check]:
    return {one.name: one for one in judged(soundness, working, load(tmp_path), NOW)}


def test_a_service_that_does_what_it_should_is_well(tmp_path):
    found = checks(sound(), work(daemon(), queued=3), tmp_path)

    assert [name for name, one in found.items() if not one.is_well] == []
    assert found["workers"].found == "daemon host/7 (2 in hand)"


def test_what_is_due_is_the_work_of_a_daemon_that_is_there(tmp_path):
    found = checks(sound(due_since=NOW), work(daemon(), due=7), tmp_path)

    assert found["workers"].is_well


def test_an_empty_archive_that_nobody_serves_is_well(tmp_path):
    nothing = sound(latest_look=None, latest_due=None)

    found = checks(nothing, work(), tmp_path)

    assert all(one.is_well for one in found.values())


QUARANTINED = (
    Job(
        "job", Source("source", build.page("https://example.org/poison"), NOW), NOW, "example.org", Lane.BROWSER,
        is_urgent=False, is_asked=False, tries=0, deaths=2,
    ),
    "2 workers died of it",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "soundness", "working", "said", "mend"),
    [
        ("database clock", sound(now=NOW + HOUR), work(), "3600.0 s", "NTP"),
        ("times", sound(latest_look=NOW + DAY), work(), "a clock was wrong", "clock right"),
        ("times", sound(latest_due=NOW + 900 * DAY), work(), "due only", "archiver capture"),
        ("workers", sound(), work(queued=1), "none, and work waits", "archiver daemon"),
        ("workers", sound(due_since=NOW - DAY), work(due=7), "7 sources are due", "daemon"),
        ("workers", sound(due_since=NOW - DAY), work(helper(), due=7), "no daemon", "daemon"),
        ("workers", sound(), work(daemon(is_alive=False)), "no sign of life: host/7", "died"),
        ("queue", sound(), work(daemon(), oldest=3 * HOUR), "waited 3.0 h", "archiver worker"),
        (
            "quarantine",
            sound(),
            work(daemon(), quarantined=(QUARANTINED,)),
            "2 workers died of it",
            "archiver resume web:https://example.org/poison",
        ),
        ("telling", sound(untold_since=NOW - DAY), work(daemon()), "wait to be told", "notify"),
        ("telling", sound(late_deliveries=4), work(daemon()), "4 messages", "notify"),
        ("telling", sound(unnamed={"hook": 3}), work(), "3 news wait for hook", "drop hook"),
        ("conditions", sound(), work(daemon(disk_low="1 GiB")), "disk_low (1 GiB)", "by itself"),
    ],
)
def test_what_is_wrong_is_named_with_what_mends_it(name, soundness, working, said, mend, tmp_path):
    found = checks(soundness, working, tmp_path)

    assert [one for one, check in found.items() if not check.is_well] == [name]
    assert said in found[name].found
    assert mend in (found[name].mend or "")


def test_what_nobody_is_told_of_is_no_fault_without_a_daemon(tmp_path):
    found = checks(sound(untold_since=NOW - DAY, late_deliveries=3), work(), tmp_path)

    assert found["telling"].is_well


TARGETS = """\
[[notify.targets]]
name = "desk"
url = "https://desk.example/hook"
kind = "webhook"
"""


@pytest.mark.parametrize(
    ("what", "said"),
    [("failed", "given up lately: 3 to desk"), ("stopped", "desk is left alone: answered 410")],
)
def test_a_target_that_is_not_told_is_named_with_or_without_a_daemon(what, said, tmp_path):
    (tmp_path / "archiver.toml").write_text(TARGETS)
    (target,) = load(tmp_path).notify.targets
    wrong = {"failed": {"desk": 3}, "stopped": {service_of(target): "answered 410"}}

    found = checks(sound(**{what: wrong[what]}), work(), tmp_path)["telling"]

    assert not found.is_well
    assert said in found.found
    assert "archiver notify" in (found.mend or "")


def test_a_target_that_the_settings_do_not_name_is_not_missed(tmp_path):
    gone = sound(failed={"nobody": 9}, stopped={"notify:nobody:1": "answered 410"})

    assert checks(gone, work(daemon()), tmp_path)["telling"].is_well


def test_the_newest_incidents_are_told(tmp_path):
    slept = Incident(NOW, "host/boot/7/1", IncidentKind.SLEPT, "3 slots late")

    found = checks(sound(), work(daemon(), incidents=(slept,)), tmp_path)

    assert found["incidents"].found.endswith("UTC slept: 3 slots late")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/archiver", "ext4"),
        ("/srv/my share/archiver", "nfs4"),
        ("/srv/home/archiver", "cifs"),
        ("/srv/home/local/archiver", "xfs"),
        ("/srv/homes", "ext4"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_its_longest_mount(path, kind):
    assert kind_of(Path(path), MOUNTS) == kind


def mounted(place: Path, kind: str) -> Path:
    """Return a table of mounts by which a directory lies on a file system of that kind."""
    table = place / "mountinfo"
    table.write_text(f"90 28 0:50 / {place} rw shared:9 - {kind} server:/export rw\n")
    return table


def test_a_service_refuses_a_network_s_disk_and_a_command_warns_of_it(tmp_path):
    settings = load(tmp_path)
    nfs = mounted(tmp_path, "nfs4")

    with pytest.raises(SettingsError, match=r"is on nfs4, .*; move --home to a disk of this"):
        refuse_network_disk(settings, nfs)
    with capture_logs() as logs:
        warn_of_network_disk(settings, nfs)

    assert [one["log_level"] for one in logs] == ["warning"]


def test_a_disk_of_this_machine_and_a_server_s_database_are_let_be(tmp_path):
    server = {"store": {"database": "postgresql://archiver@db.example/archive"}}

    with capture_logs() as logs:
        refuse_network_disk(load(tmp_path), mounted(tmp_path, "ext4"))
        refuse_network_disk(load(tmp_path, server), mounted(tmp_path, "nfs4"))
        warn_of_network_disk(load(tmp_path), tmp_path / "there is no such table")

    assert logs == []


def test_a_database_that_cannot_be_opened_is_not_blamed_on_a_disk_with_room(tmp_path):
    with (
        pytest.raises(StoreError, match=r"^disk I/O error$"),
        full_disk_named(load(tmp_path)),
    ):
        raise StoreError("disk I/O error")


def test_the_kernel_can_be_asked_for_its_clock():
    assert check_clock().name == "clock"
