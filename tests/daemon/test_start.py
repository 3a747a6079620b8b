"""Starting the service: what it waits for, and what it refuses."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from archiver.daemon.conditions import Conditions
from archiver.daemon.heap import give_back
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.ready import Readiness
from archiver.daemon.report import Report
from archiver.daemon.start import Kind, look_at_targets, serve, service_of, tell
from archiver.errors import StoreError
from archiver.flow.seldom import Seldom
from archiver.model.worker import SILENT_FOR, WorkerState
from archiver.platforms import recognise
from archiver.ports import Meter, Plan
from archiver.settings import Settings, Supervisor, load
from archiver.wiring import Archive
from archiver.wiring.neighbours import forget_dead, refuse_other_hosts
from archiver.wiring.worker import worker_name
from tests import build
from tests.fakes import FrozenClock
from tests.flow.world import AT, world
from tests.net.site import Reader, Writer, until_closed
from tests.net.site import serve as serve_site
from tests.notify.receiver import receiver

pytestmark = pytest.mark.anyio

NOBODY = "postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2"


def told(name: str) -> WorkerState:
    return WorkerState(name, "daemon", "0.1", AT, AT, 0)


async def test_a_database_server_that_is_not_up_is_waited_for_until_the_end_is_asked_for(
    tmp_path: Path, monkeypatch
):
    tried = asyncio.Event()
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "manager"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "manager"))

    def make(_: Meter) -> Archive:
        tried.set()
        return Archive(settings=load(tmp_path, {"store": {"database": NOBODY}}))

    serving = asyncio.create_task(serve(make, Kind.DAEMON))
    await tried.wait()
    os.kill(os.getpid(), signal.SIGTERM)

    assert await asyncio.wait_for(serving, 30) == 0
    with manager:
        assert manager.recv(1000).startswith(b"EXTEND_TIMEOUT_USEC=")


async def test_what_is_set_aside_at_the_start_is_counted_and_told(tmp_path: Path):
    async with Archive(settings=load(tmp_path)) as archive:
        for capture_id in ("01ONE", "01TWO"):
            await archive.outside.files.stage(capture_id)
            await archive.outside.files.publish(capture_id, [])
    meter = PrometheusMeter()

    with capture_logs() as logs:
        async with Archive(settings=load(tmp_path), meter=meter):
            pass

    [said] = [one for one in logs if one.get("action") == "set_aside"]
    assert (said["log_level"], said["captures"]) == ("warning", ["01ONE", "01TWO"])
    assert b"archiver_orphan_total 2.0" in meter.page()


async def test_a_database_that_takes_a_call_and_answers_nothing_is_left(tmp_path: Path):
    left: queue.SimpleQueue[int] = queue.SimpleQueue()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        silent = f"postgresql+psycopg://nobody@127.0.0.1:{port}/none?connect_timeout=60"
        settings = load(tmp_path, {"store": {"database": silent}, "daemon": {"grace_s": 0}})
        serving = asyncio.create_task(
            serve(lambda _: Archive(settings=settings), Kind.DAEMON, left.put)
        )
        call, _ = await asyncio.to_thread(listener.accept)
        with call, capture_logs() as logs:
            os.kill(os.getpid(), signal.SIGTERM)
            code = await asyncio.to_thread(left.get, timeout=30)
            hangs = not serving.done()

    assert (code, hangs) == (0, True)
    assert [(one["action"], one["awaited"]) for one in logs] == [("left", "the archive to open")]
    assert await asyncio.wait_for(serving, 30) == 0


async def test_a_file_that_cannot_be_opened_is_told_at_once(tmp_path: Path):
    (tmp_path / "archiver.db").mkdir()

    with pytest.raises(StoreError):
        await serve(lambda _: Archive(tmp_path), Kind.DAEMON)


@pytest.mark.parametrize(
    ("name", "database", "is_refused"),
    [
        ("elsewhere/another-boot/7/1", "", True),
        ("elsewhere/another-boot/7/1", "postgresql+psycopg://a@b/c", False),
        (worker_name(), "", False),
        ("a-container/" + worker_name().split("/")[1] + "/7/1", "", False),
        (worker_name().split("/")[0] + "/before-the-restart/7/1", "", False),
    ],
    ids=["elsewhere", "elsewhere on a server", "here", "in a container", "before a restart"],
)
async def test_a_file_that_another_machine_uses_is_refused(
    tmp_path: Path, name: str, database: str, *, is_refused: bool
):
    async with world(tmp_path) as (archive, outside, _web, _clock):
        await outside.store.workers.tell(told(name))
        settings = archive.settings.model_copy(
            update={"store": archive.settings.store.model_copy(update={"database": database})}
        )
        assert isinstance(settings, Settings)

        if is_refused:
            with pytest.raises(
                StoreError, match="on elsewhere: an SQLite file is for one"
            ) as told_of:
                await refuse_other_hosts(settings, outside)
            assert told_of.value.exit_code == 4  # which a service manager tries again
        else:
            await refuse_other_hosts(settings, outside)


async def test_rows_of_processes_of_this_machine_that_are_no_more_are_taken_away(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        host, boot, _, _, space = worker_name().split("/")
        dead = (f"{host}/{boot}/1/0/{space}", f"{host}/an-earlier-boot/1/0")
        others = {"elsewhere/boot/1/0", f"{host}/the-boot-of-a-clone/1/0/{space}", worker_name()}
        for name in (*dead, *others):
            await outside.store.workers.tell(told(name))
        silent_since = (await outside.store.workers.now() - SILENT_FOR).isoformat()
        with closing(sqlite3.connect(tmp_path / "archiver.db")) as database, database:
            aged = "UPDATE workers SET seen_at = ? WHERE name LIKE '%/an-earlier-boot/%'"
            database.execute(aged, (silent_since,))

        await forget_dead(outside.store)

        assert {one.name for one in await outside.store.workers.all()} == others


async def test_who_counts_processes_by_other_numbers_is_not_taken_for_dead(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        host, boot, *_rest = worker_name().split("/")
        others = {f"{host}/{boot}/1/0/another-container", f"{host}/{boot}/1/0"}
        for name in others:
            await outside.store.workers.tell(told(name))

        await forget_dead(outside.store)

        assert {one.name for one in await outside.store.workers.all()} == others


async def test_a_process_elsewhere_that_is_silent_for_a_day_is_forgotten(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        for name in ("long-gone/boot/1/0", "a-while-ago/boot/1/0", worker_name()):
            await outside.store.workers.tell(told(name))
        seen_at = (await outside.store.workers.all())[0].seen_at
        with closing(sqlite3.connect(tmp_path / "archiver.db")) as database, database:
            for name, hours in (("long-gone", 25), ("a-while-ago", 23)):
                aged = (seen_at - timedelta(hours=hours)).isoformat()
                database.execute(
                    "UPDATE workers SET seen_at = ? WHERE name LIKE ?", (aged, f"{name}%")
                )
        report = Report(outside, Conditions(outside), Readiness(Supervisor()), "daemon", lambda: 0)

        await report.forget_silent()

        left = [one.name for one in await outside.store.workers.all()]
        assert left == [worker_name(), "a-while-ago/boot/1/0"]


async def test_metrics_count_the_processes_that_status_calls_alive(tmp_path: Path):
    async with world(tmp_path) as (archive, usual, _web, _clock):
        meter = PrometheusMeter()
        outside = replace(usual, meter=meter, worker=worker_name())
        host, boot, _pid, _start, space = worker_name().split("/")
        for name in (f"{host}/{boot}/1/0/{space}", "elsewhere/boot/1/0", "silent/boot/1/0"):
            await outside.store.workers.tell(told(name))
        silent_since = (await outside.store.workers.now() - SILENT_FOR).isoformat()
        with closing(sqlite3.connect(tmp_path / "archiver.db")) as database, database:
            aged = "UPDATE workers SET seen_at = ? WHERE name LIKE 'silent%'"
            database.execute(aged, (silent_since,))
        report = Report(outside, Conditions(outside), Readiness(Supervisor()), "daemon", lambda: 0)

        await report.tell_all(with_queue=True)

        alive = {one.name for one in (await archive.working()).alive}
        assert alive == {"elsewhere/boot/1/0", worker_name()}
        assert b"archiver_workers 2.0" in meter.page()


async def test_a_worker_queues_nothing_and_takes_what_others_queued(tmp_path: Path):
    async with world(tmp_path) as (archive, outside, _web, clock):
        for number in range(2):
            ref = recognise(f"https://site{number}.example/a")
            await outside.store.sources.register(ref, None, clock.now())
        await outside.store.queue.enqueue_due(clock.now(), 1)
        archive._outside = outside

        worker = service_of(archive, Kind.WORKER)
        taken = await worker.tick()
        await worker.idle()

        assert taken == 1
        assert [one.kind for one in await outside.store.workers.all()] == ["worker"]
        assert len(await outside.store.sources.due(clock.now(), 9)) == 1


@pytest.mark.parametrize("kind", list(Kind))
async def test_free_memory_is_handed_back_with_each_tick(tmp_path: Path, kind: Kind):
    settings = load(tmp_path, {"daemon": {"tick_s": 7, "listen": ""}})
    async with Archive(settings=settings) as archive:
        every, works = service_of(archive, kind)._jobs()["tick"]

    memory = works["memory"]
    assert isinstance(memory, Seldom)
    assert (every, memory.work) == (timedelta(seconds=7), give_back)


async def test_a_target_that_cannot_be_used_is_told_at_the_start(tmp_path: Path):
    odd = {"name": "bus", "kind": "apprise", "url": "nosuchkind://secretword@host/topic"}
    settings = load(tmp_path, {"notify": {"targets": [odd]}, "daemon": {"listen": ""}})
    async with Archive(settings=settings) as archive:
        with capture_logs() as logs:
            await look_at_targets(archive)

    [said] = [one for one in logs if one.get("action") == "targets"]
    assert (said["log_level"], said["target"]) == ("warning", "bus")
    assert said["error"]
    assert "secretword" not in str(said)


async def test_what_waits_for_the_old_hour_of_a_digest_waits_for_the_new_one_from_the_start_on(
    tmp_path: Path,
):
    desk = {"name": "desk", "kind": "apprise", "url": "json://127.0.0.1:1/", "when": "daily"}
    clock = FrozenClock()
    settings = load(tmp_path, {"notify": {"targets": [{**desk, "hour": 20}]}})
    async with Archive(settings=settings, clock=clock) as archive:
        store, event = archive.outside.store, build.event()
        await store.looks.note([event])
        old = build.delivery(event.id, next_try_at=clock.now() + timedelta(hours=1))
        await store.deliveries.plan(Plan(event.id, (old,)))

        await look_at_targets(archive)

        (waiting,) = await store.deliveries.newest(9)
    assert waiting.next_try_at == clock.now().replace(hour=20, minute=0, second=0, microsecond=0)


async def test_a_target_that_names_an_article_nobody_knows_is_told_at_the_start(tmp_path: Path):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    articles = ["http://news.example/a#top", "https://news.example/mispelt", "01NONE"]
    desk = {"name": "desk", "kind": "webhook", "url": "http://127.0.0.1:1/", "secret": secret}
    targets = [{**desk, "articles": articles}, {**desk, "name": "all"}]
    settings = load(tmp_path, {"notify": {"targets": targets}, "daemon": {"listen": ""}})
    async with Archive(settings=settings) as archive:
        text = build.article(url="https://news.example/a")
        await archive.outside.store.articles.keep(text, [], None, AT)
        with capture_logs() as logs:
            await look_at_targets(archive)

    said = [one for one in logs if one.get("action") == "targets"]
    assert [one["target"] for one in said] == ["desk", "desk"]
    assert articles[1] in said[0]["error"]
    assert articles[2] in said[1]["error"]


async def test_what_waits_for_a_target_that_is_not_named_is_told_at_the_start(tmp_path: Path):
    async with Archive(settings=load(tmp_path, {"daemon": {"listen": ""}})) as archive:
        store, event = archive.outside.store, build.event()
        await store.looks.note([event])
        await store.deliveries.plan(Plan(event.id, (build.delivery(event.id),)))
        with capture_logs() as logs:
            await look_at_targets(archive)

    [said] = [one for one in logs if one.get("action") == "targets"]
    assert (said["target"], said["error"][:19]) == ("desk", "1 news wait for it,")


async def test_a_message_that_is_not_taken_is_told_to_whoever_reads_the_log(tmp_path: Path):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    closed = {"name": "desk", "kind": "webhook", "url": "http://127.0.0.1:1/", "secret": secret}
    settings = load(tmp_path, {"notify": {"targets": [closed], "gather_s": 0}})
    async with Archive(settings=settings) as archive:
        store = archive.outside.store
        source = await store.sources.register(recognise("https://a.example/"), None, AT)
        await store.looks.note([build.event(source_id=source.id, after="gone: deleted")])
        with capture_logs() as logs:
            await archive.telling.plan(archive.outside)
            await tell(archive, "desk")

    [said] = [one for one in logs if one.get("action") == "notify"]
    assert (said["log_level"], said["target"], said["failed"]) == ("warning", "desk", 1)


async def test_a_target_that_does_not_answer_keeps_no_other_waiting(tmp_path: Path):
    async def silent(_head: bytes, reader: Reader, _writer: Writer) -> None:
        await until_closed(reader)

    async with serve_site(silent, host="127.0.0.2") as slow, receiver() as quick:
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        hook = {"kind": "webhook", "secret": secret}
        targets = [
            {**hook, "name": "slow", "url": slow.url(host="127.0.0.2")},
            {**hook, "name": "quick", "url": quick.url()},
        ]
        allow = [slow.allow, quick.site.allow]
        given = {"notify": {"targets": targets, "gather_s": 0}, "net": {"allow": allow}}
        async with Archive(settings=load(tmp_path, given)) as archive:
            _, works = service_of(archive, Kind.DAEMON)._jobs()["notify"]
            await lose(archive)
            await works["notify"]()
            telling = asyncio.ensure_future(works["notify slow"]())
            await slow.arrived.get()
            await works["notify quick"]()
            await lose(archive)
            await works["notify"]()
            await works["notify quick"]()

            assert not telling.done()
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    assert len(quick.posted) == 2


async def lose(archive: Archive) -> None:
    """Note that one more source is gone."""
    store = archive.outside.store
    source = await store.sources.register(build.ref(), None, AT)
    await store.looks.note([build.event(source_id=source.id, after="gone: deleted")])
