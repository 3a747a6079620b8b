"""``archiver worker``: hands for a daemon elsewhere, on the same database."""

from __future__ import annotations

from typing import NoReturn

from archiver.cli.options import Home, command, serving


def worker(home: Home = None) -> NoReturn:
    """Take looks and captures that a daemon queued; SIGTERM finishes what is in hand."""
    serving(home, "worker")


app = command(worker)
