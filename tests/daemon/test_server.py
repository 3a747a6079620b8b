"""The pages for whoever runs the service, asked over a real socket."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.pulse import KEPT_S, LAG_S, Check, Pulse
from archiver.daemon.server import CONNECTIONS, HealthServer
from archiver.daemon.ticks import Ticks
from archiver.errors import SettingsError, StoreError
from archiver.model.worker import Condition

pytestmark = pytest.mark.anyio


class Time:
    """Seconds that go on when told to."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


class Tried:
    """A probe that counts how often it was tried out."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.times = 0

    async def __call__(self) -> str:
        self.times += 1
        if self.error is not None:
            raise self.error
        return "works"


def served(
    probes: Mapping[str, Any] | None = None,
    *,
    conditions: Callable[[], Mapping[Condition, str]] = dict,
    now: Callable[[], float] | None = None,
    listen: str = "127.0.0.1:0",
    **more: Any,
) -> HealthServer:
    health = Pulse(probes or {}, conditions, now)
    return HealthServer(listen, health, PrometheusMeter(is_strict=True), **more)


async def ask(
    server: HealthServer, path: str, *, host: str = "localhost", method: str = "GET"
) -> tuple[int, str, str]:
    """Return status, head and body."""
    reply = await say(
        server, f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    head, _, body = reply.partition("\r\n\r\n")
    return int(head.split()[1]), head, body


async def say(server: HealthServer, request: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(request.encode())
        return (await reader.read()).decode()
    except ConnectionResetError:
        return "hung up"
    finally:
        writer.transport.abort()


async def test_a_service_whose_probes_are_well_is_ready_and_says_what_it_tried():
    async with served({"database": Tried(), "browser": Tried()}) as server:
        status, _, body = await ask(server, "/readyz")

    assert status == 200
    assert json.loads(body) == {
        "ready": True,
        "checks": [
            {"check": "database", "well": True, "found": "works"},
            {"check": "browser", "well": True, "found": "works"},
        ],
        "conditions": {},
    }


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (StoreError("the disk is full:\nmake room"), "the disk is full: make room"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        (KeyError("slip"), "KeyError: 'slip'"),
    ],
)
async def test_a_service_with_a_probe_that_fails_is_not_ready_and_says_why(error, found):
    async with served({"database": Tried(), "storage": Tried(error)}) as server:
        status, _, body = await ask(server, "/readyz")

    assert status == 503
    assert json.loads(body)["checks"][1] == {"check": "storage", "well": False, "found": found}


async def test_a_service_that_stops_is_not_ready_though_all_is_well():
    async with served({"a": Tried()}, conditions=lambda: {Condition.STOPPING: "told to"}) as server:
        status, _, body = await ask(server, "/readyz")

    assert status == 503
    assert json.loads(body)["conditions"] == {"stopping": "told to"}


async def test_a_probe_is_not_tried_again_until_what_it_found_is_old():
    time, probe = Time(), Tried()
    async with served({"database": probe}, now=time) as server:
        await asyncio.gather(*(ask(server, "/readyz") for _ in range(8)))
        assert probe.times == 1

        time.at += KEPT_S
        await ask(server, "/readyz")
        assert probe.times == 2


async def test_a_probe_that_hangs_is_told_of_and_not_started_again():
    times: list[None] = []

    async def hangs() -> str:
        times.append(None)
        await asyncio.Event().wait()
        return "never"

    health = Pulse({"storage": hangs}, within_s=0.01)
    found = [await health.checks() for _ in range(2)]
    await health.end()

    assert found == [[Check("storage", is_well=False, found="no answer in 0.01 s")]] * 2
    assert len(times) == 1


async def test_a_service_whose_loop_is_late_is_not_alive_until_it_is_on_time_again():
    time = Time()
    health = Pulse({}, now=time)
    async with HealthServer("127.0.0.1:0", health, PrometheusMeter()) as server:
        assert (await ask(server, "/livez"))[0] == 200

        time.at += LAG_S + 1
        assert (await ask(server, "/livez"))[0] == 503

        time.at -= LAG_S
        health.note()
        assert (await ask(server, "/livez"))[0] == 200


async def test_a_service_whose_ticks_hang_is_not_alive_and_says_since_when():
    time = Time()
    ticks = Ticks(timedelta(seconds=5), now=time)
    health = Pulse({}, ticks=ticks)
    async with HealthServer("127.0.0.1:0", health, PrometheusMeter()) as server:
        ticks.note()
        time.at += 124
        assert (await ask(server, "/livez"))[0] == 200
        assert json.loads((await ask(server, "/readyz"))[2])["checks"] == [
            {"check": "ticks", "well": True, "found": "last tick 124 s ago"}
        ]

        time.at += 1
        status, _, body = await ask(server, "/livez")
        assert status == 503
        assert json.loads(body)["found"].endswith("last tick 125 s ago: the ticks hang")
        assert (await ask(server, "/readyz"))[0] == 503

        ticks.rest()
        assert (await ask(server, "/livez"))[0] == 200


async def test_metrics_are_read_with_the_gauges_set_that_somebody_must_look_for():
    meter = PrometheusMeter(is_strict=True)

    async def gauges() -> None:
        meter.stands("disk_free", 7)

    async with HealthServer("127.0.0.1:0", Pulse({}), meter, gauges=gauges) as server:
        status, head, body = await ask(server, "/metrics")

    assert status == 200
    assert "text/plain; version=0.0.4" in head
    assert "archiver_disk_free 7.0" in body
    assert "archiver_loop_lag_seconds" in body


HOSTS = {
    "localhost": 200,
    "LOCALHOST:8474": 200,
    "127.0.0.1:8474": 200,
    "[::1]:8474": 200,
    "10.2.3.4": 200,
    "archiver.example": 200,
    "evil.example": 403,
    "evil.example:8474": 403,
    "localhost.evil.example": 403,
    "127.0.0.1.nip.io": 403,
    "localhost:99999": 403,
    "user@localhost": 403,
    "": 403,
}


async def test_only_who_names_the_host_as_it_is_called_is_answered():
    async with served(hosts=["archiver.example"]) as server:
        answers = {host: (await ask(server, "/livez", host=host))[0] for host in HOSTS}

    assert answers == HOSTS


async def test_two_names_of_the_host_are_none():
    async with served() as server:
        reply = await say(
            server, "GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
        )

    assert reply.split()[1] in {"400", "403"}


async def test_nothing_but_reading_is_let_in():
    methods = ("POST", "PUT", "DELETE", "OPTIONS", "TRACE")
    async with served() as server:
        answers = [await ask(server, "/readyz", method=method) for method in methods]

    assert [status for status, _, _ in answers] == [405] * len(methods)
    assert all("allow: GET, HEAD" in head for _, head, _ in answers)


async def test_a_head_is_answered_without_a_body_and_no_answer_names_the_program():
    async with served() as server:
        status, head, body = await ask(server, "/livez", method="HEAD")

    assert (status, body) == (200, "")
    assert "server:" not in head.lower()
    assert "uvicorn" not in head.lower()


async def test_there_is_nothing_else_to_be_had():
    paths = ("/", "/docs", "/openapi.json", "/metrics/../livez", "/%00")
    async with served() as server:
        answers = [(await ask(server, path))[0] for path in paths]

    assert answers == [404] * len(paths)


async def test_a_head_that_is_too_long_is_refused():
    async with served() as server:
        padding = "X-Padding: " + "x" * 400_000
        reply = await say(server, f"GET /livez HTTP/1.1\r\nHost: localhost\r\n{padding}\r\n\r\n")

    assert reply == "hung up" or reply.split()[1] in {"400", "431"}


async def test_clients_that_say_nothing_cannot_take_every_place_for_good():
    async with served() as server:
        held = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(CONNECTIONS)]
        assert (await ask(server, "/livez"))[0] == 503
        for _, writer in held:
            writer.transport.abort()
        while (await ask(server, "/livez"))[0] != 200:
            pass


async def test_signals_stay_with_whoever_handles_them():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    async with served() as server:
        await ask(server, "/livez")
        during = {number: signal.getsignal(number) for number in before}

    assert during == before


async def test_a_taken_address_is_told_once_and_the_service_goes_on():
    async with served() as first:
        with capture_logs() as logs:
            async with served(listen=f"127.0.0.1:{first.port}") as second:
                assert second.port == 0

    assert [one["log_level"] for one in logs] == ["warning"]
    assert "daemon.listen" in logs[0]["event"]


class Pauses:
    """Pauses that end when a test says so, and are counted."""

    def __init__(self) -> None:
        self.begun = asyncio.Queue[float]()
        self._go_on = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.begun.put_nowait(seconds)
        await self._go_on.acquire()

    async def end_one(self) -> None:
        await self.begun.get()
        self.go_on()

    def go_on(self) -> None:
        self._go_on.release()


async def test_a_taken_address_is_served_once_it_is_free():
    pauses = Pauses()
    async with served() as first:
        second = await served(listen=f"127.0.0.1:{first.port}", pause=pauses).__aenter__()
        await pauses.end_one()
        await pauses.begun.get()  # it was tried once more, and is still taken
    with capture_logs() as logs:
        pauses.go_on()
        while second.port == 0:
            await asyncio.sleep(0)

    assert (await ask(second, "/livez"))[0] == 200
    assert [one["event"] for one in logs] == ["health pages are served"]
    await second.__aexit__(None, None, None)


NAMELESS = ".".join(["nowhere"] * 40)
"""A name longer than names are, so that nobody has to be asked to find out that it leads nowhere."""


@pytest.mark.parametrize("listen", ["192.0.2.1:8474", f"{NAMELESS}:8474"])
async def test_an_address_that_is_not_up_yet_is_told_once_and_tried_again(listen):
    pauses, before = Pauses(), asyncio.all_tasks()
    with capture_logs() as logs:
        async with served(listen=listen, pause=pauses) as server:
            for _ in range(3):
                await pauses.end_one()

    assert server.port == 0
    assert [(one["log_level"], one["listen"]) for one in logs] == [("warning", listen)]
    assert asyncio.all_tasks() - before == set()


@pytest.mark.parametrize("listen", ["127.0.0.1:70000", f"{'a' * 64}.example:8474"])
async def test_an_address_that_can_never_be_is_a_mistake_in_the_settings(listen):
    with pytest.raises(SettingsError, match=r"daemon\.listen"):
        async with served(listen=listen):
            pass


async def test_an_empty_address_serves_nothing():
    async with served(listen="") as server:
        assert server.port == 0


async def test_other_pages_can_stand_beside_them_behind_the_same_door():
    async def feed(_: Request) -> PlainTextResponse:
        return PlainTextResponse("news")

    async with served(more=[Route("/feed", feed)]) as server:
        assert (await ask(server, "/feed"))[2] == "news"
        assert (await ask(server, "/feed", host="evil.example"))[0] == 403


async def test_nothing_is_left_of_it_and_nobody_who_still_reads_is_waited_for():
    before = asyncio.all_tasks()
    async with served() as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /livez HTTP/1.1\r\n")
        await ask(server, "/livez")
    writer.transport.abort()

    assert asyncio.all_tasks() - before == set()
