"""The daemon's health pages, asked of the running process."""

from __future__ import annotations

import asyncio
import json
import signal

import pytest

from tests.acceptance.test_daemon import logged, start
from tests.acceptance.world import environment, left_behind

pytestmark = pytest.mark.anyio


async def ask(port: object, path: str) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(str(port)))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    return int(head.split()[1]), body


async def test_a_running_daemon_tells_how_it_is_and_still_ends_at_sigterm(tmp_path):
    daemon = await start(environment(tmp_path))
    port = (await logged(daemon, "listen"))["port"]

    alive, ready, measured = [await ask(port, path) for path in ("/livez", "/readyz", "/metrics")]
    daemon.send_signal(signal.SIGTERM)
    await asyncio.wait_for(daemon.communicate(), 60)

    assert alive[0] == 200
    assert (ready[0], json.loads(ready[1])["ready"]) == (200, True)
    assert "archiver_database_write_seconds_count" in measured[1]
    assert daemon.returncode == 0
    assert left_behind(tmp_path) == []
