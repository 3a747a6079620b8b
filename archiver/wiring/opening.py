"""Opening an archive: its parts are built from the settings and put together."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from ulid import ULID

import archiver
from archiver.capture.locate import Browser, find_browser
from archiver.capture.pool import BrowserRecorder
from archiver.flow.launches import Launches
from archiver.flow.outside import Outside
from archiver.model.observation import Vantage
from archiver.net.accounts import Accounts
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.presence import Neighbours
from archiver.ports import Clock, Meter
from archiver.settings import Settings
from archiver.store.bucket_files import BucketFiles
from archiver.store.disk import Disk
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from archiver.wiring import policies
from archiver.wiring.browser import BothRoads, LazyRecorder
from archiver.wiring.files import clear_at_start, open_files
from archiver.wiring.messages import sender
from archiver.wiring.mounts import full_disk_named, warn_of_network_disk
from archiver.wiring.probes import Probe, Probes
from archiver.wiring.roads import AllRoads
from archiver.wiring.schedule import timetable_of
from archiver.wiring.telling import Telling
from archiver.wiring.upkeep import Upkeep
from archiver.wiring.worker import free_dead_claims, of_quarantine, worker_name


@dataclass(frozen=True, slots=True)
class Parts:
    """What an open archive is made of."""

    store: SqlStore
    files: HomeFiles | BucketFiles
    recorder: LazyRecorder
    outside: Outside
    upkeep: Upkeep
    telling: Telling
    probes: Mapping[str, Probe]


@dataclass(frozen=True, slots=True)
class _Door:
    """The way out: the guard, the operator's log-ins, and the client that goes through both."""

    guard: Guard
    accounts: Accounts
    client: Client


@dataclass(frozen=True, slots=True)
class Opening:
    """What an archive is opened with; a disk is given by tests.

    Without ``begins`` there must be one in the home directory already.
    """

    settings: Settings
    clock: Clock
    meter: Meter
    launches: Launches
    disk: Disk | None = None
    begins: bool = True

    async def open(self, stack: AsyncExitStack) -> Parts:
        """Open all parts; the stack closes them, also those opened before one that failed.

        Raises:
            SettingsError: the settings do not go together.
            InputError: there is no archive, and none may begin.
            SchemaError: the database was written by a newer version.
            StoreError: the directory or the database cannot be opened.
        """
        settings = self.settings
        store, files = await self._kept(stack)
        door = self._door(store)
        stack.push_async_callback(door.client.close)
        recorder = await stack.enter_async_context(
            LazyRecorder(
                lambda: self._browser(door), self.launches, door.client.visit, door.client.heed
            )
        )
        upkeep = Upkeep(settings, files, store, self.meter)
        return Parts(
            store=store,
            files=files,
            recorder=recorder,
            outside=self._outside(store, files, door, recorder),
            upkeep=upkeep,
            telling=Telling(settings, door.guard, door.client, self.clock),
            probes=Probes(store, files, door.guard, recorder, upkeep.room, self._program).all,
        )

    async def _kept(self, stack: AsyncExitStack) -> tuple[SqlStore, HomeFiles | BucketFiles]:
        """Open the database and the files, and put in order what a crash left."""
        settings = self.settings
        warn_of_network_disk(settings)
        with full_disk_named(settings):
            store = await SqlStore.open(
                settings.home,
                settings.store.database or None,
                begins=self.begins,
                quarantine=of_quarantine(settings),
                send=sender(settings),
                meter=self.meter,
            )
        stack.push_async_callback(store.close)
        files = open_files(settings, store, self.disk)
        stack.callback(files.close)
        if not store.is_read_only:
            self.meter.count("orphan_total", len(await clear_at_start(files, store)))
            is_server = settings.store.is_server
            await free_dead_claims(store, self.clock.now(), is_server=is_server)
        return store, files

    def _door(self, store: SqlStore) -> _Door:
        settings, clock = self.settings, self.clock
        guard = Guard(policies.of_guard(settings), clock, tally=self.meter)
        accounts = policies.of_accounts(settings, clock)
        policy = policies.of_client(settings)
        neighbours = Neighbours(store.turns, worker_name(), timedelta(seconds=policy.deadline_s))
        credentials = policies.of_credentials(settings)
        return _Door(
            guard, accounts, Client(guard, policy, clock, credentials, accounts, neighbours)
        )

    def _program(self) -> Browser:
        return find_browser(self.settings.capture.browser or None)

    def _browser(self, door: _Door) -> BrowserRecorder:
        path = str(self._program().path)
        policy = policies.of_capture(self.settings)
        return BrowserRecorder(
            door.guard, door.client, policy, self.clock, path, door.accounts, self.meter
        )

    def _outside(
        self,
        store: SqlStore,
        files: HomeFiles | BucketFiles,
        door: _Door,
        recorder: LazyRecorder,
    ) -> Outside:
        settings, clock = self.settings, self.clock
        return Outside(
            store=store,
            files=files,
            fetcher=AllRoads(
                BothRoads(door.client, recorder, clock),
                store.siblings,
                files,
                clock,
                timedelta(days=settings.judge.sibling_days),
            ),
            recorder=recorder,
            clock=clock,
            timetable=timetable_of(settings.schedule),
            vantage=_vantage(settings),
            provenance=policies.provenance(settings),
            new_id=lambda: str(ULID()),
            worker=worker_name(),
            lease=timedelta(seconds=settings.daemon.lease_s),
            archives=policies.of_archives(settings),
            logins=door.accounts,
            confirmation=policies.of_confirmation(settings),
            meter=self.meter,
        )


def _vantage(settings: Settings) -> Vantage:
    return Vantage(
        user_agent=policies.of_client(settings).user_agent,
        locale=settings.capture.locale,
        time_zone=settings.capture.time_zone,
        software=f"citation-archiver {archiver.__version__}",
        proxy=bool(settings.net.upstream_proxy),
    )
