"""Real daemons and workers against a site on loopback, for proofs that end, pause and starve them."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Protocol

from sqlalchemy import Connection, Select, func, or_, select, update

from archiver.model.source import SourceRef
from archiver.store import schema
from archiver.store.files import HomeFiles
from archiver.store.statements import in_parts
from archiver.store.store import SqlStore
from archiver.store.sweep import sweep
from archiver.store.tables import captures, jobs, observations, sources, turns
from tests.acceptance.world import ROOT, archiver, throw_away_of
from tests.postgres import Server
from tests.proof.zygote import Forked, Zygote
from tests.strangers import asked_for, upstream

DOMAINS = 5000
"""So many that work goes on though the turns of a killed process hold up the sites it was at."""


class Site:
    """Many hosts on one port, strangers all: plain texts, and a small page among every ``pages``.

    One among every ``changing`` says something else each time it is asked for.
    """

    def __init__(self, pages: int = 0, delay_s: float = 0.0, changing: int = 0) -> None:
        self._pages = pages
        self._delay_s = delay_s
        self._changing = changing
        self._served = 0
        self.port = 0
        self.is_asked = asyncio.Event()

    async def __aenter__(self) -> Site:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def url(self, number: int) -> str:
        kind = "page" if self._pages and number % self._pages == 0 else "text"
        return f"http://s{number % DOMAINS}.example/{kind}/{number}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path = await anext(asked_for(reader, writer))
            self.is_asked.set()
            await asyncio.sleep(self._delay_s)
            body, kind = self._body(path)
            writer.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (OSError, EOFError, ValueError):
            pass
        finally:
            writer.close()

    def _body(self, path: str) -> tuple[bytes, str]:
        words = f"The minutes of meeting {path} say that the bridge was closed on {len(path)} May."
        number = path.rpartition("/")[2]
        if self._changing and number.isdigit() and int(number) % self._changing == 0:
            self._served += 1
            words += f" Vote {self._served} was held, and {self._served % 97} were against it."
        if path.startswith("/page/"):
            page = f"<!doctype html><title>{path}</title><article><p>{words} {words}</p></article>"
            return page.encode(), "text/html; charset=utf-8"
        return f"{words}\n".encode(), "application/octet-stream"


class Running:
    """One process of ours, its log read as it comes.

    ``acknowledged`` gets the captures that the log tells of, ``actions`` counts its records.
    """

    def __init__(
        self,
        command: str,
        env: dict[str, str],
        acknowledged: set[str],
        zygote: Zygote | None = None,
    ) -> None:
        self._command = command
        self._env = env
        self._zygote = zygote
        self.acknowledged = acknowledged
        self.actions: Counter[str] = Counter()
        self.process: asyncio.subprocess.Process | Forked | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self.log = Path(env["TMPDIR"]) / f"{command}.log"  # the home's own disk may be full

    async def start(self) -> None:
        if self._zygote is not None:
            self.process, errors = await self._zygote.start(self._command)
            self._reading = asyncio.create_task(self._read(errors))
            return
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "archiver", self._command,
            env=self._env, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
        assert process.stderr is not None
        self.process = process
        self._reading = asyncio.create_task(self._read(process.stderr))

    async def _read(self, errors: asyncio.StreamReader) -> None:
        with self.log.open("ab") as log:
            async for line in errors:
                log.write(line)
                log.flush()
                try:
                    self._take(json.loads(line))
                except ValueError:
                    continue
        self._news.set()

    def _take(self, record: dict[str, Any]) -> None:
        self.actions[str(record.get("action"))] += 1
        if record.get("action") == "look" and record.get("capture"):
            self.acknowledged.add(record["capture"])
        self._news.set()

    async def until(self, is_so: Callable[[Counter[str]], bool], within_s: float = 120) -> None:
        """Wait until what the log told so far fulfils a condition, or the process ends."""
        async with asyncio.timeout(within_s):
            while not is_so(self.actions) and self.process and self.process.returncode is None:
                self._news.clear()
                await self._news.wait()

    def must_live(self) -> None:
        """Complain when the process ended though nobody asked it to."""
        if self.process is not None and self.process.returncode is not None:
            log = self.log.read_text()
            code = self.process.returncode
            raise RuntimeError(f"{self._command} ended by itself ({code}): {log[-2000:]}")

    async def end(self, number: int) -> int:
        """Send a signal, wait for the end and return the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        await self.process.wait()
        if self._reading is not None:
            await self._reading
        if isinstance(self.process, Forked):
            await self.process.close()
        return self.process.returncode or 0


def environment(home: Path, database: str, site: Site, **settings: str) -> dict[str, str]:
    """The environment of a daemon for which only the site is there; ``settings`` as ``daemon__tick_s``."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("ARCHIVER_")}
    throw_away_of(home).mkdir(exist_ok=True)
    given = {
        "store__database": database,
        "net__resolvers": "[]",
        "net__rdap": "",
        "net__control_urls": "[]",
        "net__spacing_s": "0",
        "net__upstream_proxy": upstream(site.port),
        "archives__enabled": "false",
        "daemon__tick_s": "0.5",
        "daemon__sweep_s": "2",
        "daemon__lease_s": "8",
        "daemon__disk_floor_mib": "100",
        "daemon__listen": "",
    }
    own = {f"ARCHIVER_{name.upper()}": value for name, value in (given | settings).items()}
    return (
        env
        | own
        | {
            "ARCHIVER_HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(throw_away_of(home)),
        }
    )


async def register(home: Path, database: str, site: Site, many: int) -> None:
    """Follow so many pages of the site, all due now."""
    if database:
        await asyncio.to_thread(schema.upgrade, database)
    store = await SqlStore.open(home, database or None)
    now = datetime.now(UTC)
    refs = [SourceRef("web", site.url(n), site.url(n)) for n in range(many)]
    for at in range(0, many, 200):
        await asyncio.gather(
            *(store.sources.register(ref, None, now) for ref in refs[at : at + 200])
        )
    await store.close()


async def bring_work(store: SqlStore, least: int) -> int:
    """Make sources due again, when fewer than ``least`` are; return how many."""
    now = datetime.now(UTC)
    due = select(func.count()).where(
        or_(sources.c.job_id.is_not(None), sources.c.next_due_at <= now)
    )
    missing = least - await store.database.read(partial(scalar, query=due))
    if missing <= 0:
        return 0
    is_idle = sources.c.job_id.is_(None) & (sources.c.next_due_at > now)
    idle = select(sources.c.id).where(is_idle).order_by(func.random()).limit(2 * missing)
    await store.database.write(
        lambda c: c.execute(
            update(sources).where(sources.c.id.in_(idle), is_idle).values(next_due_at=now)
        )
    )
    return missing


async def lost_of(acknowledged: set[str], store: SqlStore) -> int:
    """Count the captures that the log told of and the database does not know."""
    lost = len(acknowledged)
    for part in in_parts(sorted(acknowledged)):
        query = select(func.count()).where(captures.c.id.in_(part))
        lost -= await store.database.read(partial(scalar, query=query))
    return lost


async def unnamed_looks(store: SqlStore) -> int:
    """Count the looks that are not named by exactly one job: every look of a proof is a job's."""
    whole = (
        select(observations.c.id)
        .join(jobs, jobs.c.observation_id == observations.c.id)
        .group_by(observations.c.id)
        .having(func.count() == 1)
    )
    query = select(func.count()).where(observations.c.id.not_in(whole))
    return await store.database.read(partial(scalar, query=query))


async def sites_in_turn(store: SqlStore) -> int:
    """Count the sites whose turn somebody took before asking them."""
    return await store.database.read(partial(scalar, query=select(func.count()).select_from(turns)))


async def damaged_files(home: Path, store: SqlStore) -> int:
    """Count the rows without their file, or whose file has other bytes; sweep as a start does."""
    files = HomeFiles(home)
    try:
        return len((await sweep(files, store, thorough=True)).damaged)
    finally:
        files.close()


class Outcome(Protocol):
    """What came of a proof: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def is_well(self) -> bool:
        """Tell whether all is as it must be."""


def report(*outcomes: Outcome) -> int:
    """Print what came of it; return the exit code."""
    for one in outcomes:
        print(json.dumps(asdict(one) | {"is_well": one.is_well}, indent=2))
    return 0 if all(one.is_well for one in outcomes) else 1


@contextmanager
def database_of(engine: str) -> Iterator[str]:
    """Yield the address of a new database that commits durably; empty for the home's own file."""
    if engine == "sqlite":
        yield ""
        return
    server = Server({"fsync": "on"})
    try:
        yield server.url(server.create())
    finally:
        server.stop()


def arguments(about: str | None, counted: str, many: int) -> argparse.ArgumentParser:
    """Return the options that all proofs have; ``counted`` is what is done ``many`` times."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument(f"--{counted}", type=int, default=many)
    parser.add_argument("--seed", type=int, default=1)
    return parser


def add_queue(parser: argparse.ArgumentParser) -> None:
    """Let a proof run on either queue; messages need PostgreSQL."""
    parser.add_argument("--queue", choices=["embedded", "procrastinate"], default="embedded")


async def upgrade(env: dict[str, str]) -> None:
    """Make what the queue of an environment needs in its database."""
    ran = await archiver("db", "upgrade", env=env)
    assert ran.code == 0, ran.err


def scalar(connection: Connection, query: Select[int]) -> int:
    """Return the number a query asks for."""
    return connection.execute(query).scalar_one()
