"""The store as one thing: the database by noun."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import URL

from archiver.ports import (
    Articles,
    Captures,
    Claims,
    Custody,
    Deliveries,
    Features,
    Feeds,
    Looks,
    Mementos,
    Pins,
    Pushes,
    Services,
    Siblings,
    Sources,
)
from archiver.store.articles import SqlArticles
from archiver.store.captures import SqlCaptures
from archiver.store.claims import SqlClaims
from archiver.store.custody import SqlCustody
from archiver.store.database import Database, open_database
from archiver.store.deliveries import SqlDeliveries
from archiver.store.engine import parse_url, sqlite_url
from archiver.store.features import SqlFeatures
from archiver.store.feeds import SqlFeeds
from archiver.store.looks import SqlLooks
from archiver.store.mementos import SqlMementos
from archiver.store.pins import SqlPins
from archiver.store.pushes import SqlPushes
from archiver.store.refusal import refusals
from archiver.store.services import SqlServices
from archiver.store.siblings import SqlSiblings
from archiver.store.sources import SqlSources

DATABASE_FILE = "archiver.db"


def database_url(home: str | Path, url: str | None = None) -> URL:
    """Return the database's address: ``url``, by default the SQLite file of the home directory.

    Raises:
        SettingsError: the address is neither SQLite's nor PostgreSQL's.
    """
    return parse_url(url) if url else sqlite_url(Path(home).absolute() / DATABASE_FILE)


class SqlStore:
    """The port :class:`archiver.ports.Store` on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
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
        self._deliveries = SqlDeliveries(database)

    @classmethod
    async def open(cls, home: str | Path, url: str | None = None) -> SqlStore:
        """Open the database at ``url``, by default the SQLite file of the home directory.

        An SQLite file is made, and upgraded when an older version wrote it; a PostgreSQL database
        is only upgraded by ``archiver db upgrade``.

        Raises:
            SettingsError: the address is neither.
            SchemaError: a newer version wrote it, or it needs upgrading first.
            StoreError: it, or the home directory, cannot be opened.
        """
        with refusals(f"the home directory {home}"):
            await asyncio.to_thread(Path(home).mkdir, mode=0o700, parents=True, exist_ok=True)
        return cls(await open_database(database_url(home, url)))

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

    async def close(self) -> None:
        """Finish the writes that wait and close the database."""
        await self.database.close()

    @property
    def custody(self) -> Custody:
        """Who did what to evidence."""
        return self._custody

    @property
    def deliveries(self) -> Deliveries:
        """Who is told of what."""
        return self._deliveries
