from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from archiver.store.store import SqlStore


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.open(tmp_path)
    yield opened
    await opened.close()
