"""Content that was taken down is gone from everywhere, and is called nothing else than that."""

from __future__ import annotations

import asyncio
import gzip
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from archiver.errors import ClaimError, InputError, NotFoundError, StoreError
from archiver.flow.add import Added, add, attend_all
from archiver.flow.attend import Take, attend
from archiver.flow.audit import audit, known
from archiver.flow.outside import Outside
from archiver.flow.read import fetch, find
from archiver.flow.takedown import (
    IN_HAND,
    TakenDown,
    doomed,
    finish,
    finish_all,
    take_down,
    unfinished,
)
from archiver.flow.targets import find_target
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.source import Source
from archiver.model.verdict import FindingKind
from archiver.ports import SetAside
from archiver.settings import load
from archiver.store.files import HomeFiles
from archiver.wiring import Archive, restore_backup
from tests.fakes import FrozenClock
from tests.flow.bench import NoBrowser
from tests.flow.world import Web, article, world

pytestmark = pytest.mark.anyio

ARTICLE = "https://paper.example/gates"
PAGE, OTHER = "https://harbour.example/log", "https://harbour.example/second"
SECRET = "Zyxgrammaton"  # a word that stands nowhere else
WORDS = f"The keeper of the log wrote {SECRET} that nobody had closed the gates at noon. " * 8


@dataclass
class Bench:
    archive: Archive
    outside: Outside
    web: Web
    clock: FrozenClock
    home: Path
    added: Added

    def source(self, url: str) -> Source:
        return next(one for one in self.added.sources if one.ref.url == url)

    async def take_down(self, name: str, *, keep_watching: bool = False) -> TakenDown:
        target = await find_target(name, self.outside)
        return await take_down(
            target, "order 12/26", "a clerk", self.outside, keep_watching=keep_watching
        )

    async def follow(self) -> Added:
        extraction = find(await fetch(ARTICLE, self.outside.fetcher))
        return await add(extraction, self.outside)


def page(words: str) -> str:
    return f"<html><head><title>Log</title></head><body><article><p>{words}</p></article></body></html>"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def serve(web: Web) -> None:
    web.serve(PAGE, page(WORDS))
    web.serve(OTHER, page(WORDS))
    web.serve(ARTICLE, article(PAGE, OTHER, more="Bystanders agreed with Quilldramen."))


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[tuple[Archive, Outside, Web, FrozenClock]]:
    async with world(home) as (archive, outside, web, clock):
        serve(web)
        yield archive, replace(outside, recorder=NoBrowser()), web, clock


async def followed(home: Path) -> Added:
    async with opened(home) as (_, outside, _, _):
        added = await add(find(await fetch(ARTICLE, outside.fetcher)), outside)
    let_time_pass(home)
    return added


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Added]:
    """A home to copy, in which the article is followed: that takes longer than the tests."""
    home = tmp_path_factory.mktemp("template") / "home"
    return home, asyncio.run(followed(home))


@pytest.fixture
async def bench(tmp_path: Path, template: tuple[Path, Added]) -> AsyncIterator[Bench]:
    home, added = template
    shutil.copytree(home, tmp_path / "home")
    async with opened(tmp_path / "home") as (archive, outside, web, clock):
        yield Bench(archive, outside, web, clock, tmp_path / "home", added)


def let_time_pass(home: Path) -> None:
    """Let every body have been kept long ago, so that no look can be about to rest on it."""
    for blob in home.glob("blobs/*/*/*"):
        os.utime(blob, (0, 0))


def anywhere(home: Path, word: str) -> list[str]:
    """Return the files that hold a word, blobs unpacked."""
    found = []
    for path in home.rglob("*"):
        if path.is_file():
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            if word.encode() in data:
                found.append(path.relative_to(home).as_posix())
    return found


async def test_nothing_of_it_is_left_in_any_file(bench: Bench) -> None:
    assert anywhere(bench.home, SECRET)

    first = await bench.take_down(PAGE)
    second = await bench.take_down(OTHER)

    assert (first.shared, second.shared) == (1, 0)
    assert second.is_finished
    assert anywhere(bench.home, SECRET) == []
    assert len(await bench.outside.store.looks.of(bench.source(PAGE).id)) == 1


async def test_what_was_taken_down_is_not_taken_down_again(bench: Bench) -> None:
    first = await bench.take_down(PAGE)
    target = await find_target(PAGE, bench.outside)

    for again in (bench.take_down(PAGE), doomed(target, bench.outside)):
        with pytest.raises(InputError, match=r"was taken down on .*--resume"):
            await again

    entries = await bench.outside.store.custody.of(bench.source(PAGE).id)
    assert [one.id for one in entries if one.act is CustodyAct.TAKEDOWN] == [first.entry.id]


async def test_a_person_is_shown_only_what_is_still_there(bench: Bench) -> None:
    target = await find_target(PAGE, bench.outside)
    before = await doomed(target, bench.outside)
    await bench.take_down(PAGE, keep_watching=True)

    after = await doomed(target, bench.outside)

    assert (before.looks, before.captures) == (1, 1)
    assert (after.looks, after.captures, after.files) == (0, 0, 0)


async def test_what_another_source_was_answered_with_stays(bench: Bench) -> None:
    done = await bench.take_down(PAGE)

    assert done.shared == 1
    now = await bench.archive.status(check=True)
    assert now.damaged == ()
    (finding,) = [
        one.finding
        for one in (await known(await find_target(ARTICLE, bench.outside), bench.outside)).audited
        if one.source is not None and one.source.ref.url == OTHER
    ]
    assert finding.kind is FindingKind.INTACT


async def test_an_audit_says_that_it_was_withdrawn_and_looks_at_it_no_more(bench: Bench) -> None:
    await bench.take_down(PAGE)
    asked = len(bench.web.asked_for(PAGE))

    result = await audit(await find_target(ARTICLE, bench.outside), bench.outside)

    found = {one.source.ref.url: one.finding for one in result.audited if one.source is not None}
    assert (found[PAGE].kind, found[PAGE].rule) == (FindingKind.UNKNOWN, "withdrawn")
    assert found[PAGE].reason == "its content was withdrawn on 2026-03-02 (order 12/26)"
    assert len(bench.web.asked_for(PAGE)) == asked
    assert result.failed == ()


async def test_an_article_that_cites_it_does_not_bring_it_back(bench: Bench) -> None:
    await bench.take_down(PAGE)

    await bench.follow()

    source = await bench.outside.store.sources.source(f"web:{PAGE}")
    assert (source.removed_at, source.taken_down_at, source.next_due_at) == (
        bench.clock.now(),
        bench.clock.now(),
        None,
    )


async def test_it_is_not_captured_when_somebody_asks_for_it(bench: Bench) -> None:
    await bench.take_down(PAGE)
    source = await bench.outside.store.sources.source(f"web:{PAGE}")

    (taken,) = await attend_all([source], bench.outside, take=Take.ALWAYS)

    assert isinstance(taken.error, InputError)
    with pytest.raises(ClaimError, match="taken down"):
        await attend(bench.source(PAGE), bench.outside)


async def test_a_source_that_is_kept_watching_is_seen_from_then_on(bench: Bench) -> None:
    await bench.take_down(PAGE, keep_watching=True)
    bench.clock.advance(timedelta(days=1))
    bench.web.serve(PAGE, page("The keeper wrote something else. " * 8))

    result = await audit(await find_target(PAGE, bench.outside), bench.outside)

    (found,) = result.audited
    assert found.finding.rule == "withdrawn"
    looks = await bench.outside.store.looks.of(bench.source(PAGE).id)
    assert [bool(look.answers) for look in looks] == [False, True]


async def test_a_body_is_left_when_it_was_kept_again_while_rows_were_gone_through(
    bench: Bench,
) -> None:
    quiet: list[timedelta] = []

    class Slow(HomeFiles):
        @override
        async def forget_blob(self, sha256: str, unless_within: timedelta) -> bool:
            quiet.append(unless_within)
            bench.clock.advance(timedelta(hours=2))
            return False

    slow = replace(bench.outside, files=Slow(bench.home))
    entry = (await bench.take_down(PAGE)).entry

    await finish(replace(entry, detail={"blobs": ["a" * 64, "b" * 64]}), slow)

    assert quiet == [IN_HAND, IN_HAND + timedelta(hours=2)]


async def test_a_takedown_that_died_before_the_files_is_finished_later(bench: Bench) -> None:
    class Dying(HomeFiles):
        @override
        async def forget_capture(self, capture_id: str) -> bool:
            raise StoreError("the disk refused")

    dying = replace(bench.outside, files=Dying(bench.home))
    await bench.take_down(OTHER)
    with pytest.raises(StoreError):
        await take_down(await find_target(PAGE, bench.outside), "order", "a clerk", dying)
    assert anywhere(bench.home, SECRET)
    assert len(await unfinished(bench.outside)) == 1
    assert "files are left" in (await bench.archive.status()).withdrawn[-1]

    (done,) = await finish_all(bench.outside)

    assert (done.captures, done.blobs) == (1, 1)
    assert await unfinished(bench.outside) == []
    assert anywhere(bench.home, SECRET) == []


async def test_a_body_kept_again_a_moment_ago_waits(bench: Bench) -> None:
    await bench.take_down(OTHER)
    await bench.outside.files.keep_blob(page(WORDS).encode())

    done = await bench.take_down(PAGE)

    assert (done.blobs, done.waiting) == (0, 1)
    assert [one.id for one in await unfinished(bench.outside)] == [done.entry.id]


async def test_a_body_that_came_in_anew_after_its_removal_waits_too(bench: Bench) -> None:
    await bench.take_down(OTHER)
    done = await bench.take_down(PAGE, keep_watching=True)
    sha256 = await bench.outside.files.keep_blob(page(WORDS).encode())

    again = await finish(done.entry, bench.outside)

    assert (done.waiting, again.waiting) == (0, 1)
    assert await bench.outside.files.blob(sha256) == page(WORDS).encode()


async def test_the_record_says_what_all_runs_removed(bench: Bench) -> None:
    await bench.take_down(OTHER)
    await bench.outside.files.keep_blob(page(WORDS).encode())
    await set_aside(bench, "01LATE")
    first = await bench.take_down(PAGE)
    [left] = await unfinished(bench.outside)
    let_time_pass(bench.home)
    (second,) = await finish_all(bench.outside)

    assert left == first.entry
    assert [(one.captures, one.blobs, one.waiting) for one in (first, second)] == [
        (1, 0, 1),
        (1, 1, 0),
    ]
    acts = [one.entry for one in await bench.archive.custody(PAGE)]
    assert [one.detail for one in acts[1:]] == [
        {
            "takedown": first.entry.id,
            "removed": {"captures": 1, "blobs": blobs},
            "shared": 0,
            "waiting": waiting,
            "quarantine": aside,
        }
        for blobs, waiting, aside in ((0, 1, ["01LATE"]), (1, 0, []))
    ]
    assert await unfinished(bench.outside) == []


async def set_aside(bench: Bench, name: str) -> None:
    """Set a capture of the page aside, begun when the one was that is kept."""
    await set_aside_of(bench, name, PAGE)


async def set_aside_of(bench: Bench, name: str, url: str) -> None:
    (kept,) = await bench.outside.store.captures.of(bench.source(url).id)
    files = HomeFiles(bench.home)
    late = await files.stage(name)
    Path(late, "manifest.json").write_text(
        f'{{"url": "{url}", "started_at": "{kept.started_at.isoformat()}"}}'
    )
    await files.quarantine(name)


async def test_a_capture_set_aside_goes_too(bench: Bench) -> None:
    await set_aside(bench, "01LATE")

    done = await bench.take_down(PAGE)

    assert done.quarantined == 1
    assert await bench.outside.files.aside() == []


async def test_a_capture_set_aside_that_does_not_say_what_it_shows_is_told(bench: Bench) -> None:
    files = HomeFiles(bench.home)
    await files.stage("01NAMELESS")
    await files.quarantine("01NAMELESS")
    damaged = bench.home / "quarantine" / f"{'a' * 64}.gz"  # it goes by its digest
    damaged.write_bytes(b"")

    done = await bench.take_down(PAGE)

    assert (done.nameless, done.quarantined) == (("01NAMELESS",), 0)
    assert len(await files.aside()) == 2


async def test_what_is_in_quarantine_is_gone_through_once_and_last_for_all_takedowns(
    bench: Bench,
) -> None:
    asked: list[str] = []

    class Asked(HomeFiles):
        @override
        async def aside(self) -> list[SetAside]:
            asked.append("aside")
            return await super().aside()

        @override
        async def forget_blob(self, sha256: str, unless_within: timedelta) -> bool:
            asked.append("blob")
            return await super().forget_blob(sha256, unless_within)

    await bench.outside.files.keep_blob(page(WORDS).encode())
    await bench.take_down(OTHER)
    await bench.take_down(PAGE)
    await set_aside_of(bench, "01LATE", OTHER)
    assert len(await unfinished(bench.outside)) == 1

    await finish_all(replace(bench.outside, files=Asked(bench.home)))

    assert asked == ["blob", "aside"]
    assert await bench.outside.files.aside() == []


async def test_a_capture_that_a_paused_worker_finishes_too_late_goes_too(bench: Bench) -> None:
    source = bench.source(PAGE)
    claims = bench.outside.store.claims
    claim = await claims.claim(source.id, "paused", timedelta(0))
    assert claim is not None
    (kept,) = await bench.outside.store.captures.of(source.id)
    await bench.take_down(PAGE)
    files = HomeFiles(bench.home)
    late = await files.stage("01LATE")
    Path(late, "manifest.json").write_text(
        f'{{"url": "{PAGE}", "started_at": "{bench.clock.now().isoformat()}"}}'
    )
    with pytest.raises(ClaimError):
        await bench.outside.store.captures.keep(claim, replace(kept, id="01LATE"), ())
    await files.quarantine("01LATE")

    await finish_all(bench.outside)

    assert await files.aside() == []


async def test_an_articles_own_text_goes_and_what_it_cites_stays(bench: Bench) -> None:
    article_id = bench.added.kept.article.id
    assert anywhere(bench.home, "Quilldramen")

    done = await bench.take_down(article_id)

    assert anywhere(bench.home, "Quilldramen") == []
    assert done.entry.source_id == bench.added.kept.article.source_id
    assert (await bench.outside.store.looks.of(bench.source(PAGE).id))[0].answers
    versions = await bench.outside.store.articles.versions(article_id)
    assert [one.text for one in versions] == [""]
    assert (await bench.archive.known(article_id)).article is not None


@pytest.mark.parametrize("held", [PAGE, ARTICLE])
async def test_what_is_held_is_neither_taken_down_nor_removed(bench: Bench, held: str) -> None:
    await bench.archive.hold(held, "a trial", by="the editor")

    for refused in (
        bench.take_down(PAGE),
        bench.archive.doomed(PAGE),
        bench.archive.remove(PAGE),
        bench.archive.remove(ARTICLE),
        bench.take_down(ARTICLE),
        bench.archive.doomed(ARTICLE),
    ):
        with pytest.raises(InputError, match=r"under a hold since 2026-03-02 by the editor"):
            await refused

    assert anywhere(bench.home, SECRET)
    await bench.archive.hold(held, "the trial ended", released=True)
    assert (await bench.take_down(PAGE)).is_finished


@pytest.mark.parametrize("held", [PAGE, ARTICLE])
async def test_what_two_hold_stays_until_both_released_it(bench: Bench, held: str) -> None:
    first = await bench.archive.hold(held, "court order", by="one clerk")
    second = await bench.archive.hold(held, "another trial", by="the other")

    for refused in (
        bench.archive.hold(held, "it is over", released=True),
        bench.take_down(PAGE),
        bench.archive.doomed(PAGE),
        bench.archive.remove(PAGE),
    ):
        with pytest.raises(InputError, match="under 2 holds") as told:
            await refused
        for hold in (first, second):
            said = f"{hold.id} since 2026-03-02 by {hold.by} ({hold.reason})"
            assert str(told.value).count(said) == 1

    await bench.archive.hold(first.id, "the first is over", released=True)
    with pytest.raises(InputError, match=rf"the other \(another trial\).*--release {second.id}"):
        await bench.take_down(PAGE)
    assert anywhere(bench.home, SECRET)
    with pytest.raises(NotFoundError, match="no hold that stands"):
        await bench.archive.hold(first.id, "the first is over", released=True)

    await bench.archive.hold(held, "the second is over, too", released=True)
    assert (await bench.take_down(PAGE)).is_finished


async def test_a_hold_on_an_article_outlasts_a_version_that_cites_less(bench: Bench) -> None:
    await bench.archive.hold(ARTICLE, "a trial")
    bench.web.serve(ARTICLE, article(OTHER))
    await bench.follow()

    with pytest.raises(InputError, match="under a hold"):
        await bench.take_down(PAGE)


async def test_a_hold_that_is_not_there_cannot_be_released(bench: Bench) -> None:
    with pytest.raises(InputError, match="under no hold"):
        await bench.archive.hold(PAGE, "nothing", released=True)


async def test_a_takedown_waits_for_nobody_who_died(bench: Bench) -> None:
    source = bench.source(PAGE)
    await bench.outside.store.claims.claim(source.id, "dead", timedelta(0))

    assert (await bench.take_down(PAGE)).is_finished


async def test_the_record_says_who_did_what(bench: Bench) -> None:
    done = await bench.take_down(PAGE)

    acts: list[CustodyEntry] = [one.entry for one in await bench.archive.custody(PAGE)]

    assert [one.act for one in acts] == [CustodyAct.TAKEDOWN, CustodyAct.REMOVED]
    assert {one.by for one in acts} == {"a clerk"}
    assert acts[0] == done.entry
    assert acts[0].detail["rows"]


async def test_what_would_go_is_told_before(bench: Bench) -> None:
    would = await doomed(await find_target(PAGE, bench.outside), bench.outside)

    assert (would.looks, would.captures, would.files) == (1, 1, 1)
    assert [one.article_id for one in would.cited_by] == [bench.added.kept.article.id]


async def test_a_source_can_be_looked_at_again(bench: Bench) -> None:
    await bench.take_down(PAGE)

    await bench.archive.watch_again(PAGE, "the order was lifted")

    source = await bench.outside.store.sources.source(f"web:{PAGE}")
    assert (source.taken_down_at, source.next_due_at) == (None, bench.clock.now())


async def test_a_backup_holds_what_was_taken_down_until_the_next_one(
    bench: Bench, tmp_path: Path
) -> None:
    await bench.archive.back_up(tmp_path / "backup")
    assert anywhere(tmp_path / "backup", SECRET)
    for url in (OTHER, PAGE):
        await bench.take_down(url)

    await bench.archive.back_up(tmp_path / "backup")

    assert anywhere(tmp_path / "backup", SECRET) == []


async def test_a_restored_archive_says_what_it_said_before(bench: Bench, tmp_path: Path) -> None:
    await bench.take_down(PAGE)
    before = [one.finding for one in (await bench.archive.known(ARTICLE)).audited]
    await bench.archive.back_up(tmp_path / "backup")
    settings = load(tmp_path / "new")

    await restore_backup(tmp_path / "backup", settings, clock=bench.clock)

    async with Archive(settings=settings, clock=bench.clock) as restored:
        after = await restored.known(ARTICLE)
        acts = [one.entry.act for one in await restored.custody()]
    assert [one.finding for one in after.audited] == before
    assert acts == [CustodyAct.TAKEDOWN, CustodyAct.REMOVED, CustodyAct.RESTORE]
