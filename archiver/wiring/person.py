"""Who does what the record tells of."""

from __future__ import annotations

from archiver.settings import caller


def who(by: str | None = None) -> str:
    """Return the name that was given, or that of the system user."""
    return (by or "").strip() or caller()
