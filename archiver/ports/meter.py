"""Counting what happens, for whoever watches the service."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Counts and measures. Labels are of closed lists: never an address, never a source."""

    def count(self, name: str, by: float = 1, **labels: str) -> None:
        """Add to a counter, such as ``captures_total``."""

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """Note how long something took, such as ``capture_seconds``."""

    def stands(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge, such as ``queue_depth``."""


class Silent:
    """A meter that nobody reads."""

    def count(self, name: str, by: float = 1, **labels: str) -> None:
        """Do nothing."""

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """Do nothing."""

    def stands(self, name: str, value: float, **labels: str) -> None:
        """Do nothing."""
