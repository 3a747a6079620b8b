"""What stands in the way is named, recorded, and over by itself."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typing_extensions import override

from archiver.daemon import health
from archiver.daemon.hands import Capacity
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.rota import Duties
from archiver.daemon.service import Service, Surroundings
from archiver.errors import DamagedError, DiskFullError, FilesError, LaunchError, StoreError
from archiver.flow.launches import FIRST_PAUSE, MOST_FAILURES, Launches
from archiver.flow.outside import Outside
from archiver.flow.retries import Retries
from archiver.model.feed import ExpectedArticle
from archiver.model.inquiry import Answer, Question
from archiver.model.reread import Reread
from archiver.model.room import MIB, Room
from archiver.model.worker import Condition, IncidentKind
from archiver.platforms import recognise
from archiver.store.disk import Disk
from archiver.store.files import HomeFiles
from tests.daemon.outage import Outage
from tests.flow.world import Web, article, world

pytestmark = pytest.mark.anyio

URL = "https://site.example/a"
GIB = 1024 * MIB


async def due(outside: Outside, url: str = URL) -> str:
    now = outside.clock.now()
    return (await outside.store.sources.register(recognise(url), None, now)).id


async def told(outside: Outside) -> list[str]:
    """What was recorded, oldest first."""
    return [one.note for one in reversed(await outside.store.workers.incidents(50))]


@pytest.mark.parametrize(
    ("free", "total", "floor", "is_low"),
    [
        (3 * GIB, 20 * GIB, 2 * GIB, False),
        (1 * GIB, 20 * GIB, 2 * GIB, True),
        (3 * GIB, 100 * GIB, 2 * GIB, True),  # a twentieth is five
        (6 * GIB, 100 * GIB, 2 * GIB, False),
        (0, 100 * GIB, 0, False),
    ],
)
def test_the_floor_is_what_was_set_or_a_twentieth(free: int, total: int, floor: int, is_low: bool):
    assert Room(free, total, floor).is_low is is_low


async def test_at_the_disk_s_floor_nothing_is_looked_at_until_there_is_room(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, _clock):
        source = await due(outside)
        rooms = [Room(GIB, 20 * GIB, 2 * GIB)]
        service = Service(outside, around=Surroundings(room=lambda: rooms[0]))

        refused = await service.tick()
        [state] = await outside.store.workers.all()
        asked = list(web.asked)
        rooms[0] = Room(3 * GIB, 20 * GIB, 2 * GIB)
        taken = await service.tick()
        await service.idle()

        assert (refused, taken, asked) == (0, 1, [])
        assert "make room" in state.conditions["disk_low"]
        assert len(await outside.store.looks.of(source)) == 1
        assert [note.partition(":")[0] for note in await told(outside)] == [
            "disk_low began",
            "disk_low ended",
        ]


class Full(Disk):
    """A disk of which nobody says how full it is, until a write fails."""

    def __init__(self) -> None:
        self.is_full = True

    @override
    def write(self, path: Path, data: bytes) -> None:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(path, data)


async def test_a_disk_that_is_full_is_named_whatever_its_floor_says(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        source, disk = await due(outside), Full()
        service = Service(
            replace(outside, files=HomeFiles(tmp_path / "full", disk)),
            retries=Retries(tries=99, first=timedelta(0)),
        )

        await service.tick()
        await service.idle()
        why = service.conditions.standing[Condition.DISK_LOW]
        refused = await service.tick()
        disk.is_full = False
        clock.advance(health.FIRST_PAUSE)
        tried = await service.tick()
        await service.idle()
        await service.tick()

        assert why.startswith("the disk is full: ")
        assert (refused, tried) == (0, 1)
        assert len(await outside.store.looks.of(source)) == 1
        assert [note.partition(":")[0] for note in await told(outside)] == [
            "disk_low began",
            "disk_low ended",
        ]


@pytest.mark.parametrize(
    ("stands", "error", "is_told"),
    [
        (None, DiskFullError("the database refused: database or disk is full"), False),
        (
            Condition.DISK_LOW,
            DiskFullError("the database refused: database or disk is full"),
            False,
        ),
        (Condition.FILES_GONE, FilesError("files/ab cannot be read"), False),
        (Condition.FILES_GONE, StoreError("the database refused: UNIQUE constraint failed"), True),
        (Condition.DATABASE_GONE, DamagedError("files/ab is not what was kept"), True),
        (None, FilesError("files/ab cannot be read"), True),
    ],
)
async def test_a_duty_that_fails_by_what_a_state_tells_of_is_not_told_beside_it(
    tmp_path: Path, stands: Condition | None, error: StoreError, is_told: bool
):
    async with world(tmp_path) as (_, outside, _web, _clock):

        async def notify() -> None:
            raise error

        service = Service(outside, duties=Duties(notify={"notify": notify}))
        if stands is not None:
            service.conditions.begin(stands, "as before")
        running = asyncio.create_task(service.run())
        with capture_logs() as logs:
            await service.beat()
            service.stop()
            await running

        failed = [one["action"] for one in logs if one["event"] == "errand failed"]
        began = [one["condition"] for one in logs if one["event"] == "condition began"]
        assert ("notify" in failed) is is_told
        if isinstance(error, DiskFullError) and stands is None:
            assert Condition.DISK_LOW in began


async def test_a_stop_that_was_asked_for_is_no_incident(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        service = Service(outside, duties=Duties(enqueues=False))

        service.stop()
        await service.run()

        assert await told(outside) == []


async def test_at_the_disk_s_floor_chores_are_done_and_errands_left(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        done = []
        is_done = asyncio.Event()

        async def errand() -> None:
            done.append("errand")

        async def chore() -> None:
            done.append("chore")
            is_done.set()

        service = Service(
            outside,
            duties=Duties(enqueues=False, errands=[errand], chores=[chore]),
            around=Surroundings(room=lambda: Room(GIB, 20 * GIB, 2 * GIB)),
        )
        running = asyncio.create_task(service.run())
        await asyncio.wait_for(is_done.wait(), 30)
        service.stop()
        await running

        assert done == ["chore"]


async def test_commands_make_no_evidence_that_could_not_be_kept(tmp_path: Path):
    async with world(tmp_path) as (archive, _outside, web, _clock):
        archive.upkeep.room = lambda: Room(GIB, 20 * GIB, 2 * GIB)  # type: ignore[method-assign]

        for refused in (
            archive.capture_all([URL]),
            archive.audit(URL),
            archive.add(URL),
            archive.resolve("a citation"),
            archive.rescue(URL),
        ):
            with pytest.raises(StoreError, match=r"less than the floor of 2048 MiB; make room"):
                await refused
        with pytest.raises(StoreError, match=r"less than the floor"):
            archive.read_listed([ExpectedArticle(URL)])

        assert web.asked == []


class Refusing(Web):
    """A web behind which something of ours refuses, until it is mended."""

    def __init__(self, refusal: Callable[[], Exception]) -> None:
        super().__init__()
        self.refusal = refusal
        self.is_broken = True

    @override
    async def ask(self, question: Question) -> Answer:
        if self.is_broken:
            raise self.refusal()
        return await super().ask(question)


@pytest.mark.parametrize(
    "refusal",
    [
        partial(FilesError, "the disk refused: making a blob failed"),
        partial(DamagedError, "what was just written is damaged"),
        partial(OSError, errno.EIO, "Input/output error"),
    ],
)
async def test_a_file_store_that_refuses_is_tried_by_one_job_at_a_time(
    tmp_path: Path, refusal: Callable[[], Exception]
):
    async with world(tmp_path) as (_, usual, _web, clock):
        web = Refusing(refusal)
        outside = replace(usual, fetcher=web)
        for number in range(4):
            web.serve(f"https://site{number}.example/a", article("https://cited.example/"))
            await due(outside, f"https://site{number}.example/a")
        retries = Retries(tries=99, first=timedelta(0))
        service = Service(outside, capacity=Capacity(4, 4), retries=retries)

        await service.tick()
        await service.idle()
        stands = service.conditions.has(Condition.FILES_GONE)
        paused = await service.tick()
        web.is_broken = False
        clock.advance(timedelta(minutes=1))
        tried = await service.tick()
        await service.idle()

        assert (stands, paused, tried) == (True, 0, 1)
        assert not service.conditions.standing
        assert sum((await outside.store.queue.depth()).queued.values()) == 0


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (partial(StoreError, "the connection was lost during a commit"), "database"),
        (partial(OSError, errno.EMFILE, "Too many open files"), "fault"),
        (BrokenPipeError, "fault"),
        (TimeoutError, "fault"),
    ],
)
async def test_what_refuses_beside_the_files_says_nothing_of_them(
    tmp_path: Path, refusal: Callable[[], Exception], kind: str
):
    async with world(tmp_path) as (_, usual, _web, _clock):
        meter = PrometheusMeter(is_strict=True)
        outside = replace(usual, fetcher=Refusing(refusal), meter=meter)
        for number in range(health.FILE_FAILURES):
            await due(outside, f"https://site{number}.example/a")
        service = Service(outside, capacity=Capacity(4, 4), retries=Retries(tries=1))

        await service.tick()
        await service.idle()

        assert not service.conditions.standing
        failed = f'archiver_work_errors_total{{kind="{kind}"}} {health.FILE_FAILURES}.0'
        assert failed.encode() in meter.page()


async def test_browsers_that_do_not_start_are_left_alone_and_tried_again(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        await due(outside)
        launches = Launches(clock)
        for _ in range(MOST_FAILURES):
            launches.failed(str(LaunchError("no such file")))
        service = Service(outside, around=Surroundings(launches=launches))

        refused = await service.tick()
        stands = dict(service.conditions.standing)
        clock.advance(FIRST_PAUSE)
        tried = await service.tick()
        await service.idle()
        launches.worked()
        await service.tick()

        assert (refused, tried) == (0, 1)
        assert stands == {Condition.BROWSER_FAILING: "no such file"}
        assert not service.conditions.standing


async def test_after_the_clock_was_set_back_nothing_waits_for_the_wrong_time(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        source = await due(outside)
        service = Service(outside)
        clock.set_by(timedelta(days=400))
        await service.tick()
        await service.idle()
        clock.set_by(-timedelta(days=400))

        await service.tick()
        while service.conditions.has(Condition.CLOCK_JUMPED):
            await asyncio.sleep(0)
        await service.tick()

        due_at = (await outside.store.sources.source(source)).next_due_at
        assert due_at is not None
        assert due_at - clock.now() <= timedelta(hours=1)
        notes = await told(outside)
        assert "the clock was set forward by 34560000 s" in notes
        assert "the clock was set back by 34560000 s" in notes


async def test_of_all_processes_that_see_the_clock_set_back_one_daemon_puts_times_right(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, outside, _web, clock):
        daemons = [Service(outside) for _ in range(2)]
        worker = Service(outside, duties=Duties(enqueues=False))
        clock.set_by(-timedelta(hours=1))

        for service in (worker, *daemons):
            await service.tick()
        is_worker_at_it = worker.conditions.has(Condition.CLOCK_JUMPED)
        for service in daemons:
            while service.conditions.has(Condition.CLOCK_JUMPED):
                await asyncio.sleep(0)
            await service.conditions.tell()
        await worker.conditions.tell()

        kinds = [one.kind for one in await outside.store.workers.incidents(99)]
        assert not is_worker_at_it
        assert kinds.count(IncidentKind.CLOCK_BACK) == 3
        assert kinds.count(IncidentKind.PUT_RIGHT) == 1


async def test_a_clock_that_was_wrong_before_the_start_is_noticed(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        source = await due(outside)
        clock.set_by(timedelta(days=400))
        before = Service(outside)
        await before.tick()
        await before.idle()
        clock.set_by(-timedelta(days=400))

        service = Service(outside)
        running = asyncio.create_task(service.run())
        while True:
            due_at = (await outside.store.sources.source(source)).next_due_at
            if due_at is not None and due_at - clock.now() <= timedelta(hours=1):
                break
        service.stop()
        await running

        assert any("the clock was wrong then" in note for note in await told(outside))


async def test_after_a_sleep_what_came_due_meanwhile_is_run_once(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        source = await due(outside)
        service = Service(outside)
        await service.tick()
        await service.idle()
        await outside.store.sources.schedule(source, clock.now() + timedelta(hours=1))

        clock.advance(timedelta(days=30))
        await service.tick()
        await service.idle()
        await service.tick()

        assert len(await outside.store.looks.of(source)) == 2
        assert "stood still for 2592000 s; 1 looks came due meanwhile, each runs once" in (
            await told(outside)
        )


async def test_what_a_scrub_finds_is_recorded(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):

        async def scrub(tell: Callable[[Reread], Awaitable[None]]) -> None:
            await tell(Reread(damaged=("01J: captures/a/b/page.png is missing",)))

        service = Service(outside, duties=Duties(scrub=scrub))
        running = asyncio.create_task(service.run())
        while not await told(outside):
            await service.tick()
        service.stop()
        await running

        assert "01J: captures/a/b/page.png is missing" in await told(outside)


async def test_however_much_a_scrub_finds_all_of_it_is_recorded_or_it_is_not_told(tmp_path: Path):
    many = tuple(f"{number}: captures/a/b/page.png is missing" for number in range(1000))
    came: list[str] = []

    async def scrub(tell: Callable[[Reread], Awaitable[None]]) -> None:
        try:
            await tell(Reread(damaged=many))
            came.append("told")
        except StoreError:
            came.append("refused")

    async with world(tmp_path) as (_, real, _web, _clock):
        outage = Outage()
        service = Service(outage.over(real), duties=Duties(scrub=scrub))
        for is_on in (True, False):
            outage.is_on = is_on
            await service.beat()
            while len(came) == (0 if is_on else 1):
                await asyncio.sleep(0)
        await service.tick()

        assert came == ["refused", "told"]
        assert set(await real.store.workers.notes(IncidentKind.DAMAGED)) == set(many)
        conditions = await real.store.workers.notes(IncidentKind.CONDITION)
        assert [one.partition(":")[0] for one in reversed(conditions)] == [
            "database_gone began",
            "database_gone ended",
        ]


async def test_a_kept_file_that_was_only_unlisted_is_counted_and_told_but_is_no_damage(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, usual, _web, _clock):
        meter, read = PrometheusMeter(is_strict=True), asyncio.Event()

        async def scrub(tell: Callable[[Reread], Awaitable[None]]) -> None:
            await tell(Reread(unlisted=("site.example: blobs/00",)))
            read.set()

        outside = replace(usual, meter=meter)
        service = Service(outside, duties=Duties(scrub=scrub))
        with capture_logs() as lines:
            running = asyncio.create_task(service.run())
            await read.wait()
            await service.tick()
            service.stop()
            await running

        [line] = [one for one in lines if one.get("found")]
        assert (line["log_level"], line["found"]) == ("warning", "site.example: blobs/00")
        assert b"archiver_unlisted_total 1.0" in meter.page()
        assert b"archiver_scrub_mismatch_total 0.0" in meter.page()
        assert await outside.store.workers.notes(IncidentKind.DAMAGED) == []


async def test_incidents_of_an_outage_are_written_after_it(tmp_path: Path):
    async with world(tmp_path) as (_, real, _web, _clock):
        outage = Outage()
        service = Service(outage.over(real))
        outage.is_on = True
        await service.tick()
        stands = service.conditions.has(Condition.DATABASE_GONE)

        outage.is_on = False
        await service.tick()

        assert stands
        assert [note.partition(":")[0] for note in await told(real)] == [
            "database_gone began",
            "database_gone ended",
        ]
