"""A service that is killed while it tells somebody: told again, under the same key."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from archiver.settings import Settings, load
from archiver.store.store import SqlStore
from archiver.wiring import Archive
from tests import build
from tests.net.site import Reader, Writer, response, serve
from tests.notify.receiver import Posted, receiver

pytestmark = pytest.mark.anyio

ANNOUNCE = """
import asyncio, sys
from pathlib import Path
from archiver.wiring import Archive

async def main():
    async with Archive(Path(sys.argv[1])) as archive:
        await archive.announce()

asyncio.run(main())
"""


def configure(home: Path, port: int) -> Settings:
    (home / "archiver.toml").write_text(
        f"""[net]
allow = ["127.0.0.0/8:{port}"]
[notify]
gather_s = 0
[[notify.targets]]
name = "desk"
kind = "webhook"
url = "http://127.0.0.1:{port}/hook"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""
    )
    return load(home)


async def test_what_was_sent_by_a_service_that_was_killed_is_sent_again_under_its_key(
    tmp_path: Path,
) -> None:
    store = await SqlStore.open(tmp_path)
    await store.looks.note([build.event(after="gone")])
    await store.close()
    first: list[Posted] = []

    async def kill(head: bytes, reader: Reader, writer: Writer) -> None:
        length = int(Posted(head, b"").field("content-length"))
        first.append(Posted(head, await reader.readexactly(length)))
        os.kill(service.pid, signal.SIGKILL)  # it has sent, and will never note that
        await service.wait()
        writer.write(response(status=200))

    async with serve(kill) as site:
        configure(tmp_path, site.port)
        service = await asyncio.create_subprocess_exec(
            sys.executable, "-c", ANNOUNCE, str(tmp_path)
        )
        assert await service.wait() == -signal.SIGKILL
    _let_leases_end(tmp_path)
    async with (
        receiver() as there,
        Archive(settings=configure(tmp_path, there.site.port)) as archive,
    ):
        done = await archive.announce()

    assert (done.told, len(first)) == (1, 1)
    assert there.ids == [first[0].field("webhook-id")]


def _let_leases_end(home: Path) -> None:
    """Set the database's clock ahead, as far as the claims of the dead can tell."""
    engine = create_engine(f"sqlite:///{home}/archiver.db")
    with engine.begin() as connection:
        changed = connection.execute(
            text("UPDATE deliveries SET lease_until = '2020-01-01T00:00:00.000000Z'")
        )
        assert changed.rowcount == 1
    engine.dispose()
