"""Light looks a second of one process, guard and database included, beside a bare httpx loop.

::

    python -m tests.bench.looks --sources 1000 --rounds 5 [--kind file|page]

The site runs in a process of its own on loopback. First every source is captured, so that its next
look is a light one. Then rounds of both follow each other: all are due at once and the daemon's own
service looks at them; a bare loop asks the same site as often, as many at a time, with one client, and
keeps nothing. A ``file`` is looked at by its digest; a ``page`` is an article in HTML whose text is found
and compared, and its first round takes no pictures. Every host is a stranger's: its turn is taken in the
database, and it is left alone for as long as its answer took. The allocator and the collector of garbage
are set up as the daemon sets them up. Aim: half of the bare loop's looks a second, in the median round.

``*_cpu_ms`` is what one of them takes of the processor in this process, all its threads: on a machine
that does other work, too, it tells more than the clock on the wall.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from sqlalchemy import func, select, update

from archiver.cli.logs import set_up
from archiver.daemon.hands import Capacity
from archiver.daemon.heap import set_up_allocator, settle
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.service import Service
from archiver.daemon.start import Kind, service_of
from archiver.model.source import SourceRef
from archiver.settings import LogSettings, load
from archiver.store import schema
from archiver.store.tables import observations, sources, turns
from archiver.wiring import Archive
from tests.flow.bench import NoBrowser
from tests.postgres import Server
from tests.strangers import asked_for, upstream

AT_ONCE = 100
DOMAINS = 1000
"""So many sites have the sources: each is asked by one look at a time, as strangers are."""
AIM = 0.5
FILE, PAGE = "application/octet-stream", "text/html; charset=utf-8"
ARTICLE = (
    "<!doctype html><html><head><title>Of {path}</title></head><body><header><nav><a href='/'>Home</a>"
    "</nav></header><article><h1>Of {path}</h1><p>{words}</p><p>{words}</p></article></body></html>"
)
WORDS = "The bridge was closed on 3 May for repairs, the city said, and opened a week later. "


@dataclass(slots=True)
class Took:
    """What something took: by the clock on the wall, and of the processor."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def timed() -> Iterator[Took]:
    """Measure what is done within."""
    took, wall, cpu = Took(), time.perf_counter(), time.process_time()
    yield took
    took.wall_s, took.cpu_s = time.perf_counter() - wall, time.process_time() - cpu


async def serve() -> None:
    """Answer every request with something small of its path; print the port first."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for path in asked_for(reader, writer):
                kind, body = FILE, f"{path}: {WORDS * 20}"
                if path.startswith("/page/"):
                    kind, body = PAGE, ARTICLE.format(path=path, words=WORDS * 6)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
                writer.write(f"{head}\r\n\r\n{body}".encode())
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def a_site() -> Iterator[int]:
    """Run the site in a process of its own; give its port."""
    command = [sys.executable, "-m", "tests.bench.looks", "--serve"]
    site = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert site.stdout is not None
        yield int(site.stdout.readline())
    finally:
        site.kill()
        site.wait()


async def bare(port: int, number: int, kind: str) -> Took:
    """Ask with a plain httpx loop."""
    turns = asyncio.Semaphore(AT_ONCE)
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:

        async def ask(n: int) -> None:
            async with turns:
                answer = await client.get(f"http://127.0.0.1:{port}/{kind}/{n}")
                assert answer.status_code == 200

        with timed() as took:
            await asyncio.gather(*(ask(n) for n in range(number)))
    return took


def write_settings(home: Path, port: int, database: str) -> None:
    """Write the settings of an archive whose hosts are all that site, and strangers."""
    (home / "archiver.toml").write_text(
        f"[store]\ndatabase = {json.dumps(database)}\n"
        "[net]\nresolvers = []\nrdap = ''\ncontrol_urls = []\nspacing_s = 0\n"
        f"upstream_proxy = '{upstream(port)}'\n"
        "[archives]\nenabled = false\n[capture]\nat_once = 8\n"
    )


async def register(archive: Archive, number: int, kind: str = "file") -> None:
    """Follow so many addresses of the site."""
    outside = archive.outside
    for n in range(number):
        url = f"http://s{n % DOMAINS}.example/{kind}/{n}"
        await outside.store.sources.register(SourceRef("web", url, url), None, outside.clock.now())


async def looks(
    home: Path, port: int, database: str, options: argparse.Namespace
) -> tuple[Took, list[Took], list[Took]]:
    """Return what the first round took, and each round of light looks and of bare requests."""
    number, kind = options.sources, options.kind
    write_settings(home, port, database)
    light, plain = [], []
    async with Archive(home, settings=load(home), meter=PrometheusMeter()) as archive:
        await register(archive, number, kind)
        usual = service_of(archive, Kind.DAEMON)
        unseen = replace(archive.outside, recorder=NoBrowser())
        first = usual if kind == "file" else Service(unseen, capacity=Capacity(AT_ONCE, 8))
        captured = await make_round(archive, number, first)
        settle()
        for _ in range(options.rounds):
            light.append(await make_round(archive, number, usual))
            plain.append(await bare(port, number, kind))
    return captured, light, plain


def figures_of(
    captured: Took, light: list[Took], plain: list[Took], number: int
) -> dict[str, float]:
    """Return the median round's figures, and the least and the most of the rounds' ratios."""

    def middle(values: Iterable[float]) -> float:
        return statistics.median(values)

    ratios = [bare.wall_s / look.wall_s for look, bare in zip(light, plain, strict=True)]
    return {
        "first_round_per_s": number / captured.wall_s,
        "light_looks_per_s": middle(number / took.wall_s for took in light),
        "light_look_cpu_ms": middle(1000 * took.cpu_s / number for took in light),
        "bare_httpx_per_s": middle(number / took.wall_s for took in plain),
        "bare_httpx_cpu_ms": middle(1000 * took.cpu_s / number for took in plain),
        "cpu_ratio": middle(
            bare.cpu_s / look.cpu_s for look, bare in zip(light, plain, strict=True)
        ),
        "ratio": middle(ratios),
        "least_ratio": min(ratios),
        "most_ratio": max(ratios),
    }


async def make_round(archive: Archive, number: int, service: Service | None = None) -> Took:
    """Make every source due and look at all of them."""
    database = archive.outside.store.database  # type: ignore[attr-defined]
    now = archive.outside.clock.now()
    await database.write(lambda c: c.execute(update(sources).values(next_due_at=now)).rowcount)
    count = select(func.count()).select_from(observations)
    before = await database.read(lambda c: c.execute(count).scalar_one())
    service = service or service_of(archive, Kind.DAEMON)
    with timed() as took:
        while await service.tick():
            await service.idle()
    after = await database.read(lambda c: c.execute(count).scalar_one())
    assert after - before == number, (before, after)
    asked = select(func.count()).select_from(turns)
    strangers = await database.read(lambda c: c.execute(asked).scalar_one())
    assert strangers == min(number, DOMAINS), f"a turn was taken at {strangers} sites"
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--kind", choices=["file", "page"], default="file")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return 0
    set_up_allocator()
    with a_site() as port, tempfile.TemporaryDirectory(prefix="archiver-looks-") as home:
        server = Server({"fsync": "on"}) if options.database == "postgresql" else None
        database = server.url(server.create()) if server else ""
        if server:
            schema.upgrade(database)
        with (Path(home) / "log").open("w") as log:  # the daemon's, JSON lines
            set_up(LogSettings(format="json"), to=log)
            took = asyncio.run(looks(Path(home), port, database, options))
    figures = figures_of(*took, options.sources)
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0 if figures["ratio"] >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
