"""The store as one thing: the database by noun."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import URL

from archiver.ports import (
    Articles,
    Calendar,
    Captures,
    Claims,
    Custody,
    Deliveries,
    Features,
    Feeds,
    Looks,
    Mementos,
    Meter,
    Overview,
    Pins,
    Pushes,
    Quarantine,
    Queue,
    Services,
    Siblings,
    Sources,
    Turns,
    Workers,
)
from archiver.store.articles import SqlArticles
from archiver.store.calendar import SqlCalendar
from archiver.store.captures import SqlCaptures
from archiver.store.claims import SqlClaims
from archiver.store.clock import Ahead
from archiver.store.custody import SqlCustody
from archiver.store.database import Database, open_database
from archiver.store.deliveries import SqlDeliveries
from archiver.store.engine import parse_url, sqlite_url
from archiver.store.features import SqlFeatures
from archiver.store.feeds import SqlFeeds
from archiver.store.home import prepare
from archiver.store.jobs import Send
from archiver.store.looks import SqlLooks
from archiver.store.mementos import SqlMementos
from archiver.store.overview import SqlOverview
from archiver.store.pins import SqlPins
from archiver.store.probe import probe, revision
from archiver.store.pushes import SqlPushes
from archiver.store.queue import SqlQueue
from archiver.store.services import SqlServices
from archiver.store.siblings import SqlSiblings
from archiver.store.sources import SqlSources
from archiver.store.turns import SqlTurns
from archiver.store.workers import SqlWorkers

DATABASE_FILE = "archiver.db"


def database_url(home: str | Path, url: str | None = None) -> URL:
    """Return the database's address: ``url``, by default the SQLite file of the home directory.

    Raises:
        SettingsError: the address is neither SQLite's nor PostgreSQL's.
    """
    return parse_url(url) if url else sqlite_url(Path(home).absolute() / DATABASE_FILE)


class SqlStore:
    """The port :class:`archiver.ports.Store` on SQLite or PostgreSQL."""

    def __init__(
        self, database: Database, quarantine: Quarantine | None = None, send: Send | None = None
    ) -> None:
        self.database = database
        self._articles = SqlArticles(database)
        self._sources = SqlSources(database)
        self._claims = SqlClaims(database)
        self._looks = SqlLooks(database)
        self._features = SqlFeatures(database)
        self._captures = SqlCaptures(database)
        self._pins = SqlPins(database)
        self._mementos = SqlMementos(database)
        self._pushes = SqlPushes(database)
        self._services = SqlServices(database)
        self._feeds = SqlFeeds(database)
        self._siblings = SqlSiblings(database)
        self._custody = SqlCustody(database)
        self._queue = SqlQueue(database, quarantine or Quarantine(), send)
        self._overview = SqlOverview(database)
        self._turns = SqlTurns(database)
        self._workers = SqlWorkers(database)
        self._calendar = SqlCalendar(database)
        self._deliveries = SqlDeliveries(database)

    @property
    def is_embedded(self) -> bool:
        """Tell whether it is a file of this machine."""
        return self.database.is_embedded

    @property
    def is_read_only(self) -> bool:
        """Tell whether it can only be read; a write is refused."""
        return self.database.is_read_only

    @classmethod
    async def open(
        cls,
        home: str | Path,
        url: str | None = None,
        *,
        begins: bool = True,
        quarantine: Quarantine | None = None,
        clock_ahead: Ahead | None = None,
        send: Send | None = None,
        meter: Meter | None = None,
    ) -> SqlStore:
        """Open the database at ``url``, by default the SQLite file of the home directory.

        An SQLite file is made, and upgraded when an older version wrote it; a PostgreSQL database
        is only upgraded by ``archiver db upgrade``. Without ``begins`` there must be an archive
        already. ``clock_ahead`` moves the clock that leases are
        measured with, for tests. ``send`` sends word of jobs, in the transaction that queues them.

        Raises:
            SettingsError: the address is neither.
            InputError: there is no archive, and none may begin.
            SchemaError: a newer version wrote it, or it needs upgrading first.
            StoreError: it, or the home directory, cannot be opened.
        """
        address = database_url(home, url)
        await asyncio.to_thread(prepare, Path(home), address, begins=begins)
        database = await open_database(address, clock_ahead, meter)
        return cls(database, quarantine, send)

    @property
    def articles(self) -> Articles:
        """Articles, versions, citations."""
        return self._articles

    @property
    def sources(self) -> Sources:
        """The cited things."""
        return self._sources

    @property
    def claims(self) -> Claims:
        """Who looks at what."""
        return self._claims

    @property
    def looks(self) -> Looks:
        """Observations, verdicts, events."""
        return self._looks

    @property
    def features(self) -> Features:
        """What judging needs of looks."""
        return self._features

    @property
    def captures(self) -> Captures:
        """Captures and their records."""
        return self._captures

    @property
    def pins(self) -> Pins:
        """What was relied on."""
        return self._pins

    @property
    def mementos(self) -> Mementos:
        """What outside archives hold."""
        return self._mementos

    @property
    def pushes(self) -> Pushes:
        """What outside archives are to save."""
        return self._pushes

    @property
    def services(self) -> Services:
        """How outside archives and log-ins stand."""
        return self._services

    @property
    def feeds(self) -> Feeds:
        """What announces articles."""
        return self._feeds

    @property
    def siblings(self) -> Siblings:
        """What sites answer where there is nothing."""
        return self._siblings

    @property
    def calendar(self) -> Calendar:
        """What a wrong clock wrote."""
        return self._calendar

    async def probe(self) -> None:
        """Write, take back and commit, to try it out.

        Raises:
            StoreError: the database refused.
        """
        await probe(self.database)

    async def revision(self) -> str:
        """Return the schema's revision as it is now.

        Raises:
            StoreError: the database refused.
        """
        return await revision(self.database)

    @property
    def overview(self) -> Overview:
        """The whole archive in a few numbers."""
        return self._overview

    async def close(self) -> None:
        """Finish the writes that wait and close the database."""
        await self.database.close()

    @property
    def custody(self) -> Custody:
        """Who did what to evidence."""
        return self._custody

    @property
    def queue(self) -> Queue:
        """What is to be looked at."""
        return self._queue

    @property
    def turns(self) -> Turns:
        """Whose turn it is at a domain."""
        return self._turns

    @property
    def workers(self) -> Workers:
        """What processes tell of themselves."""
        return self._workers

    @property
    def deliveries(self) -> Deliveries:
        """Who is told of what."""
        return self._deliveries
