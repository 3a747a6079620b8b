"""How outside services and sites stand."""

from __future__ import annotations

from typing import Protocol

from archiver.model.observation import KeptAnswer
from archiver.model.service import ServiceState


class Services(Protocol):
    """How outside archives and log-ins stand."""

    async def state(self, name: str) -> ServiceState | None:
        """Return the state of one, or None while nothing was ever noted of it."""

    async def keep(self, state: ServiceState) -> None:
        """Set the state of one."""

    async def keep_first(self, state: ServiceState) -> ServiceState:
        """Set the state of one that has none; return the state that it has then."""

    async def all(self) -> list[ServiceState]:
        """Return the state of all that have one, by name."""


class Siblings(Protocol):
    """What sites answered, by host and directory, when asked for a made-up name."""

    async def keep(self, host: str, directory: str, answer: KeptAnswer) -> None:
        """Set what a directory answered last."""

    async def newest(self, host: str, directory: str) -> KeptAnswer | None:
        """Return what a directory answered last, or None when it was never asked."""
