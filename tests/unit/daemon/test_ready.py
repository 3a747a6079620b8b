"""The service manager's socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.daemon.ready import Readiness
from archiver.settings import Supervisor, supervisor


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket as a service manager has it, and how it is named to the service."""
    named = str(tmp_path / "n") if request.param == "path" else f"@archiver-test-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(named.replace("@", "\0", 1) if named.startswith("@") else named)
        line.settimeout(10)
        yield line, named


def test_every_state_is_told(manager: tuple[socket.socket, str]) -> None:
    line, named = manager
    readiness = Readiness(Supervisor(named, 30.0))

    readiness.opening()
    readiness.ready("looking")
    readiness.status("3 looks in hand")
    readiness.feed()
    readiness.stopping()

    told = [line.recv(1000).decode() for _ in range(5)]
    assert told[0] == "EXTEND_TIMEOUT_USEC=90000000\nSTATUS=opening the archive"
    assert told[1:] == [
        "READY=1\nSTATUS=looking",
        "STATUS=3 looks in hand",
        "WATCHDOG=1",
        "STOPPING=1",
    ]
    assert readiness.feed_every_s == 15


@pytest.mark.parametrize("named", ["", "relative", "/no/such/socket", "@nobody-listens-here"])
def test_without_a_manager_nothing_happens(named: str) -> None:
    readiness = Readiness(Supervisor(named))

    readiness.ready("looking")

    assert readiness.feed_every_s is None


def test_the_environment_names_the_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/n")
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    ours = supervisor()

    monkeypatch.setenv("WATCHDOG_PID", "1")

    assert ours == Supervisor("/run/n", 30.0)
    assert supervisor() == Supervisor("/run/n", 0.0)
