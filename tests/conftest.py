"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, the only loop the product runs on."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """Undo what a command set up: its standard error is closed when its test is over."""
    yield
    structlog.reset_defaults()
