from __future__ import annotations

import asyncio
import socket

import pytest

from archiver.net.resolve import resolve

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_names_under_invalid_do_not_exist() -> None:
    with pytest.raises(socket.gaierror) as caught:
        await resolve("gone.invalid")

    assert caught.value.errno == socket.EAI_NONAME


async def test_the_hosts_file_is_asked_for_names_that_are_local() -> None:
    assert "127.0.0.1" in await resolve("localhost")


async def test_a_name_that_cannot_be_asked_is_a_failure_of_the_resolver() -> None:
    with pytest.raises(OSError, match=r"."):
        await resolve("a" * 64 + ".localhost")


async def test_a_lookup_nobody_waits_for_any_more_harms_nobody() -> None:
    waiting = asyncio.create_task(resolve("localhost"))
    await asyncio.sleep(0)

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
