"""The database by noun."""

from __future__ import annotations

from typing import Protocol

from archiver.ports.evidence import Captures, Features, Looks, Mementos, Pins, Pushes
from archiver.ports.follow import Articles, Claims, Feeds, Sources
from archiver.ports.overview import Overview
from archiver.ports.queue import Calendar, Queue, Turns, Workers
from archiver.ports.standing import Services, Siblings
from archiver.ports.tell import Custody, Deliveries


class Store(Protocol):
    """The database by noun."""

    @property
    def articles(self) -> Articles:
        """Articles, versions, citations."""

    @property
    def sources(self) -> Sources:
        """The cited things."""

    @property
    def claims(self) -> Claims:
        """Who looks at what."""

    @property
    def looks(self) -> Looks:
        """Observations, verdicts, events."""

    @property
    def features(self) -> Features:
        """What judging needs of looks."""

    @property
    def captures(self) -> Captures:
        """Captures and their records."""

    @property
    def pins(self) -> Pins:
        """What was relied on."""

    @property
    def mementos(self) -> Mementos:
        """What outside archives hold."""

    @property
    def pushes(self) -> Pushes:
        """What outside archives are to save."""

    @property
    def services(self) -> Services:
        """How outside archives and log-ins stand."""

    @property
    def feeds(self) -> Feeds:
        """What announces articles."""

    @property
    def siblings(self) -> Siblings:
        """What sites answer where there is nothing."""

    @property
    def overview(self) -> Overview:
        """The whole archive in a few numbers."""

    @property
    def custody(self) -> Custody:
        """Who did what to evidence."""

    @property
    def queue(self) -> Queue:
        """What is to be looked at."""

    @property
    def turns(self) -> Turns:
        """Whose turn it is at a domain."""

    @property
    def calendar(self) -> Calendar:
        """What a wrong clock wrote."""

    @property
    def workers(self) -> Workers:
        """What processes tell of themselves."""

    @property
    def deliveries(self) -> Deliveries:
        """Who is told of what."""
