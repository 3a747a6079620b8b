"""Saying a driver's refusal in the product's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from archiver.errors import DiskFullError, StoreError, is_full


@contextmanager
def refusals(name: str = "the database") -> Iterator[None]:
    """Turn what the database or its directory refuses into a :class:`StoreError`, in one line."""
    try:
        yield
    except SQLAlchemyError as error:
        raise as_refusal(error, name) from error
    except OSError as error:
        refusal = DiskFullError if is_full(error) else StoreError
        raise refusal(f"{name} cannot be reached: {error}") from error


def as_refusal(error: SQLAlchemyError, name: str = "the database") -> Exception:
    """Return the refusal that says what the driver said, in one line.

    A value that could not even be sent, such as a naive time, is our own fault and comes through.
    """
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        return error.orig if isinstance(error.orig, Exception) else error
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    message = f"{name} refused: {lines[0] if lines else type(error).__name__}"
    refusal = DiskFullError if _lacks_room(getattr(error, "orig", None)) else StoreError
    return refusal(message)


def _lacks_room(driver: object) -> bool:
    """Tell whether a driver says that room is what lacks: SQLITE_FULL, or disk_full.

    Source: https://www.sqlite.org/rescode.html; PostgreSQL 15 manual, appendix A; 2026-11-29.
    """
    code = getattr(driver, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL or getattr(driver, "sqlstate", None) == "53100"
