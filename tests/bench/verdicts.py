"""What judging everything again costs: verdicts from the digests and features that are stored.

    python -m tests.bench.verdicts [--sources N] [--looks N]

Sources of our own making in a real SQLite database: most are there, some fail, some redirect to
another page or read like "not found", so that features have to be compared. The times are of one
process: reading the rows, decoding them, and judging; as ``archiver judge --again`` does it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from archiver.flow.rejudge import rejudge
from archiver.judge.features import features_of, packed
from archiver.model.inquiry import Ask, PageText
from archiver.model.seen import Seen
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.ports import Digest
from archiver.settings import load
from archiver.store.codec import to_json
from archiver.store.looks import digest_row_of
from archiver.store.store import SqlStore
from archiver.store.tables import features, observations, sources, verdicts
from archiver.wiring import Archive
from tests.build import NOW, days, observation, reading

WORDS = [f"word{number}" for number in range(4000)]
KINDS = ("there", "there", "there", "there", "there", "missing", "moved", "soft", "walled")


def page(rng: random.Random) -> PageText:
    """A page of 600 words."""
    text = " ".join(rng.choices(WORDS, k=600))
    return PageText("A title", text, text, "en", extractor="bench")


def looks_of(rng: random.Random, kind: str, count: int, name: str, kept: list[str]) -> list[Seen]:
    """The looks at one source, the last of them in the standing that the kind names."""
    url = f"https://site{rng.randrange(5000)}.example/{name}"
    own, other = rng.sample(kept, 2)
    seen = [
        Seen(
            id=f"{name}-{number}",
            at=NOW + days(number * 4),
            signal=Signal.PRESENT,
            reason="It is served.",
            asked=url,
            url=url,
            roads=(Ask.HTTP,),
            features=own,
        )
        for number in range(count)
    ]
    bad = {
        "missing": {"signal": Signal.NOT_FOUND, "confirmed": True, "features": None},
        "moved": {"url": f"{url}/moved", "features": own},
        "soft": {"signal": Signal.SOFT_404, "features": other},
        "walled": {"signal": Signal.WALL, "features": None},
    }.get(kind)
    return seen if bad is None else [*seen[:-1], replace(seen[-1], **bad)]  # type: ignore[arg-type]


def rows(count: int, looks: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Rows of ``sources`` and, for each, of ``features``."""
    rng = random.Random(7)
    bare = observation("s", NOW, reading=reading(post=None))
    kept = [packed(features_of(page(rng))) for _ in range(200)]
    for number in range(count):
        name = f"s{number:07}"
        made = looks_of(rng, rng.choice(KINDS), looks, name, kept)
        ref = SourceRef("web", made[0].asked or "", made[0].asked or "")
        source = {
            "id": name,
            "name_sha256": name,
            "platform": ref.platform,
            "key": ref.key,
            "url": ref.url,
            "host": ref.host,
            "added_at": NOW,
            "paused": False,
            "fence": 0,
        }
        yield (
            source,
            [
                {
                    "observation_id": one.id,
                    "source_id": name,
                    "at": one.at,
                    "extractor": "bench",
                    "seen": digest_row_of(bare, Digest(one))["seen"],
                }
                for one in made
            ],
        )


async def fill(store: SqlStore, count: int, looks: int) -> None:
    """Write the rows; observations are bare, for judging does not read them."""
    part: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for row in rows(count, looks):
        part.append(row)
        if len(part) == 500:
            await write(store, part)
            part = []
    if part:
        await write(store, part)


async def write(store: SqlStore, part: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    bare = observation("s", NOW, reading=reading(post=None))
    digests = [digest for _, of_source in part for digest in of_source]

    def change(connection: Any) -> None:
        connection.execute(insert(sources), [source for source, _ in part])
        connection.execute(
            insert(observations),
            [
                {
                    "id": digest["observation_id"],
                    "source_id": digest["source_id"],
                    "at": digest["at"],
                    "signal": "present",
                    "confirmed": False,
                    "reading": to_json(bare.reading),
                    "answers": [],
                    "vantage": to_json(bare.vantage),
                }
                for digest in digests
            ],
        )
        connection.execute(insert(features), digests)
        connection.execute(
            insert(verdicts),
            [
                {
                    "source_id": of_source[-1]["source_id"],
                    "observation_id": of_source[-1]["observation_id"],
                    "at": NOW,
                    "kind": "present",
                    "rule": "present",
                    "since": NOW,
                    "rests_on": [],
                }
                for _, of_source in part
            ],
        )

    await store.database.write(change)


async def main(count: int, looks: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        async with Archive(settings=load(Path(home))) as archive:
            store = archive.outside.store
            assert isinstance(store, SqlStore)
            began = time.perf_counter()
            await fill(store, count, looks)
            print(f"written: {count:,} sources with {looks} looks each in {since(began):.1f} s")
            every = await store.sources.all()
            began, cpu = time.perf_counter(), used()
            changed = await rejudge(every, archive.outside)
            took = since(began)
            print(
                f"judged again: {count:,} verdicts in {took:.1f} s ({used() - cpu:.1f} s of"
                f" processor time), {took / count * 1e6:.0f} µs each; {len(changed):,} would change"
            )


def since(began: float) -> float:
    return time.perf_counter() - began


def used() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--sources", type=int, default=100_000)
    arguments.add_argument("--looks", type=int, default=5)
    given = arguments.parse_args()
    asyncio.run(main(given.sources, given.looks))
