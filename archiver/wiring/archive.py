"""The product as one object: open it on a home directory, call it, close it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from archiver.citations import Extraction
from archiver.errors import InputError
from archiver.flow import add as adding
from archiver.flow import audit as auditing
from archiver.flow import record as recording
from archiver.flow import takedown as takedowns
from archiver.flow.add import Added, Taken
from archiver.flow.announce import Announced
from archiver.flow.attend import Take
from archiver.flow.audit import Audit, Audited
from archiver.flow.bulk import Listed, add_listed
from archiver.flow.evidence import Proof, proof_of
from archiver.flow.follow import known_article, sources_of
from archiver.flow.launches import Launches
from archiver.flow.name import resolve_by_hand
from archiver.flow.outside import Outside
from archiver.flow.pin import accept
from archiver.flow.progress import Progress, silent
from archiver.flow.push import push_now
from archiver.flow.read import Supplied, fetch, find
from archiver.flow.rejudge import Rejudged, explained, rejudge
from archiver.flow.repair import Copy, KeptPage, kept_page, public_copy
from archiver.flow.rescue import Rescued, rescue_by_hand
from archiver.flow.resolve import resolve
from archiver.flow.seldom import Errand
from archiver.flow.takedown import Doomed, TakenDown
from archiver.flow.targets import find_target, followed
from archiver.flow.watch import Watched, follow_feed
from archiver.judge.verdicts import Explained
from archiver.model.article import Article
from archiver.model.capture import Artifact
from archiver.model.citation import Citation
from archiver.model.custody import CustodyEntry
from archiver.model.feed import ExpectedArticle, Feed
from archiver.model.job import Job
from archiver.model.memento import Push
from archiver.model.reread import Reread
from archiver.model.service import ServiceState
from archiver.model.source import Source
from archiver.model.verdict import AsCited
from archiver.ports import Clock, Meter, Silent
from archiver.settings import Settings, load
from archiver.store.backup import BackedUp
from archiver.store.damage import standing_damage
from archiver.store.disk import Disk
from archiver.store.sweep import sweep
from archiver.wiring import following, keeping, logins, views
from archiver.wiring.captures import Captured, Located, located, located_of, on_this_machine
from archiver.wiring.clock import SystemClock
from archiver.wiring.errands import chores_of, errands_of
from archiver.wiring.hidden import secrets_of
from archiver.wiring.keeping import Acted
from archiver.wiring.opening import Opening, Parts
from archiver.wiring.person import who
from archiver.wiring.probes import Probe
from archiver.wiring.supply import supply
from archiver.wiring.telling import Telling
from archiver.wiring.upkeep import Upkeep, reread
from archiver.wiring.views import ArticleDossier, Dossier, Status
from archiver.wiring.working import Working, working

NOT_OPEN = "the archive is not open; use: async with Archive(home) as archive"


class Archive:
    """An archive in its home directory.

    ::

        async with Archive("evidence") as archive:
            captured = await archive.capture("https://example.org/")
            print(captured.warc, captured.screenshot, captured.text)

    ``home`` is made when it is not there, unless ``begins`` is false: then there must be an archive
    in it. Without ``home``, ``ARCHIVER_HOME`` or the default counts. The embedded database upgrades
    itself when it is opened.

    Raises (on entering):
        SettingsError: a setting has a value that cannot be.
        InputError: there is no archive, and none may begin.
        SchemaError: the database was written by a newer version.
        StoreError: the directory or the database cannot be opened.
    """

    def __init__(
        self,
        home: Path | str | None = None,
        *,
        settings: Settings | None = None,
        clock: Clock | None = None,
        disk: Disk | None = None,
        meter: Meter | None = None,
        begins: bool = True,
    ) -> None:
        self._begins = begins
        self._meter = meter or Silent()
        self.settings = settings or load(Path(home) if home is not None else None)
        self._clock = clock or SystemClock()
        self._disk = disk
        self._stack = AsyncExitStack()
        self.launches = Launches(self._clock)
        self._parts: Parts | None = None
        self._outside: Outside | None = None

    async def __aenter__(self) -> Archive:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def _open(self) -> None:
        opening = Opening(
            self.settings, self._clock, self._meter, self.launches, self._disk, self._begins
        )
        self._parts = await opening.open(self._stack)
        self._outside = self._parts.outside

    @property
    def outside(self) -> Outside:
        """The filled ports, for the daemon and for tests."""
        if self._outside is None:
            raise InputError(NOT_OPEN)
        return self._outside

    @property
    def _open_parts(self) -> Parts:
        if self._parts is None:
            raise InputError(NOT_OPEN)
        return self._parts

    @property
    def upkeep(self) -> Upkeep:
        """What keeps it in order."""
        return self._open_parts.upkeep

    @property
    def probes(self) -> Mapping[str, Probe]:
        """What is tried out to tell whether the service can work, by name."""
        return self._open_parts.probes

    @property
    def telling(self) -> Telling:
        """Who is told of what, and the feeds."""
        return self._open_parts.telling

    async def announce(self) -> Announced:
        """Tell everybody what is to be told now, as the daemon's ``notify`` jobs do one by one."""
        return await self.telling.announce(self.outside)

    async def write_feeds(self) -> int:
        """Write the feeds that have something new; the daemon's ``feed`` job."""
        return await self.telling.write_feeds(self.outside)

    def warm(self) -> None:
        """Start a browser in the background, for work that is sure to need one."""
        self._open_parts.recorder.warm()

    async def local(self, artifact: Artifact) -> str:
        """Return the absolute path of an artifact on this machine, fetched when need be.

        Raises:
            StoreError: it is missing or damaged, or the store does not answer.
        """
        return await self.outside.files.local(artifact.path, artifact.sha256)

    def where(self, path: str) -> str:
        """Say where an artifact's path is kept: an absolute path, or an address in the store."""
        return self.outside.files.where(path)

    async def extract(self, article: str) -> Extraction:
        """Return what an article (address, file or ``-``) cites; nothing is stored."""
        return await asyncio.to_thread(find, await self._supply(article, None))

    async def add(
        self,
        article: str,
        *,
        url: str | None = None,
        later: bool = False,
        progress: Progress = silent,
    ) -> Added:
        """Follow an article and capture all it cites, itself too; ``url`` is where it stands.

        With ``later`` nothing is captured now: the daemon does it.
        """
        if not later:
            self.upkeep.refuse_when_full()
        extraction = await asyncio.to_thread(find, await self._supply(article, url))
        known = await known_article(article, self.outside) if "://" in article else None
        return await adding.add(
            extraction,
            self.outside,
            article=known,
            later=later,
            at_once=self.settings.capture.at_once,
            progress=progress,
        )

    async def expect(self, listed: Sequence[ExpectedArticle]) -> list[Article]:
        """Register articles, to be read by :meth:`read_listed` or the daemon; return new ones."""
        return await self.outside.store.articles.expect(listed, self._clock.now())

    def read_listed(
        self, listed: Sequence[ExpectedArticle], *, progress: Progress = silent
    ) -> AsyncIterator[Listed]:
        """Read and capture registered articles one after the other.

        Raises:
            StoreError: at once, when the disk has come to its floor.
        """
        self.upkeep.refuse_when_full()
        at_once = self.settings.capture.at_once
        return add_listed(listed, self.outside, at_once=at_once, progress=progress)

    async def watch(
        self, url: str, *, every: timedelta | None = None, from_now: bool = False
    ) -> Watched:
        """Follow a feed or sitemap and look at it once; the daemon reads what it announces."""
        return await follow_feed(
            url, self.outside, every=self.feed_interval, own_every=every, from_now=from_now
        )

    async def feeds(self) -> list[Feed]:
        """Return the feeds that are followed, oldest first."""
        return await self.outside.store.feeds.all()

    async def unwatch(self, name: str) -> Feed:
        """Stop following a feed, named by its address or identifier; its articles stay.

        Raises:
            NotFoundError: no feed goes by that name.
        """
        return await following.unwatch(name, self.outside)

    @property
    def feed_interval(self) -> timedelta:
        """The time between two looks at a feed that has none of its own."""
        return timedelta(seconds=self.settings.schedule.feed_s)

    @property
    def errands(self) -> tuple[Errand, ...]:
        """What the daemon does now and then beside looking; it keeps what it finds."""
        return errands_of(self.outside, self.feed_interval)

    @property
    def chores(self) -> tuple[Errand, ...]:
        """What the daemon does now and then even when there is no room for more."""
        return (*chores_of(self.outside), self.write_feeds)

    async def _supply(self, article: str, url: str | None) -> Supplied:
        if "://" in article:
            return await fetch(article, self.outside.fetcher)
        return supply(article, url)

    async def capture(self, url: str) -> Captured:
        """Capture one address or other single target now.

        Raises:
            ArchiverError: it could not be tried at all. A page that fails, or that may not stand
                as evidence, is a capture that says so.
        """
        taken = (await self.capture_all([url]))[0]
        if taken.error is not None:
            raise taken.error
        return await on_this_machine(self.captured([taken])[0], self.outside.files)

    async def capture_all(
        self, targets: Sequence[str], *, progress: Progress = silent
    ) -> list[Taken]:
        """Capture every source that the targets stand for, now."""
        self.upkeep.refuse_when_full()
        return await self._attend(await self._to_capture(targets), progress)

    async def capture_later(self, targets: Sequence[str]) -> tuple[list[Job], list[Taken]]:
        """Leave it to the service to capture what the targets stand for, before what is scheduled.

        Returns what was ordered, and what could not be, with its error.

        Raises:
            NotFoundError: nothing goes by a target's name, or it is not followed any more.
        """
        queue, now = self.outside.store.queue, self._clock.now()
        ordered: list[Job] = []
        refused: list[Taken] = []
        for source in await self._to_capture(targets):
            try:
                ordered.append(await queue.order(source, now))
            except InputError as error:
                refused.append(Taken(source, None, error))
        return ordered, refused

    async def _to_capture(self, targets: Sequence[str]) -> list[Source]:
        found = [await find_target(name, self.outside, register=True) for name in targets]
        sources = {source.id: source for one in found for source in followed(one).sources}
        return list(sources.values())

    async def _attend(self, sources: Sequence[Source], progress: Progress) -> list[Taken]:
        return await adding.attend_all(
            sources,
            self.outside,
            take=Take.ALWAYS,
            at_once=self.settings.capture.at_once,
            progress=progress,
        )

    def captured(self, taken: Sequence[Taken]) -> list[Located]:
        """Return the captures among what was attended to, with where their files are kept."""
        return located_of(taken, self.where)

    async def audit(
        self, target: str, *, recent: timedelta | None = None, progress: Progress = silent
    ) -> Audit:
        """Look now (or take a look not older than ``recent``) and judge what was cited."""
        self.upkeep.refuse_when_full()
        return await auditing.audit(
            followed(await find_target(target, self.outside)),
            self.outside,
            recent=recent,
            at_once=self.settings.capture.at_once,
            progress=progress,
        )

    async def known(self, target: str) -> Audit:
        """Judge from what is stored; nothing is looked at."""
        return await auditing.known(await find_target(target, self.outside), self.outside)

    async def proof(self, audited: Audited) -> Proof:
        """Return the WARC records and links of both sides of a citation."""
        return await proof_of(audited.sides, self.outside)

    async def public_copy(self, audited: Audited) -> Copy | None:
        """Return an archived copy of a citation's source that everybody can open, or None."""
        return await public_copy(audited, self.outside)

    async def kept_page(self, known: Audit) -> KeptPage | None:
        """Return the HTML of an audited article as a look kept it, or None."""
        if known.article is None:
            return None
        return await kept_page(known.article, known.version, self.outside)

    async def resolve(
        self, citation: str, url: str | None = None, *, progress: Progress = silent
    ) -> tuple[Citation, list[Taken]]:
        """Name a citation's source, or try the roads to it again, and capture what was found."""
        self.upkeep.refuse_when_full()
        known = await self.outside.store.articles.citation(citation)
        if url is not None:
            found = await resolve_by_hand(known, url, self.outside)
        else:
            found = await resolve(known, self.outside, again=True)
        sources = await sources_of([found], None, self.outside)
        return found, await self._attend(sources, progress)

    async def rescue(self, target: str) -> list[Rescued]:
        """Ask the outside archives for copies of a target's sources, near the day of citing."""
        self.upkeep.refuse_when_full()
        return await rescue_by_hand(await find_target(target, self.outside), self.outside)

    async def push(self, taken: Sequence[Taken]) -> list[Push]:
        """Hand the addresses of good captures to the outside archive that saves."""
        looked = [
            (one.attended.look, one.attended.capture) for one in taken if one.attended is not None
        ]
        return await push_now(looked, self.outside)

    async def accept(self, citation: str, note: str) -> AsCited:
        """Let what is there now count as cited; ``note`` says why, the system user who."""
        known = await self.outside.store.articles.citation(citation)
        return await accept(known, note, who(), self.outside)

    async def accounts(self) -> list[ServiceState]:
        """Return how each of the operator's log-ins stands."""
        return await logins.states(self.settings.accounts, self.outside)

    async def resume_account(self, platform: str) -> None:
        """Let a log-in be used again.

        Raises:
            InputError: there is none for that platform.
        """
        await logins.resume(platform, self.outside)

    async def record(self, url: str) -> dict[str, Any]:
        """Return all that the inquiry of an address is answered, as JSON values, for tests.

        Raises:
            AddressError: it is no address of anything.
        """
        secrets = secrets_of(self.settings)
        return await recording.record(url, self.outside.fetcher, self._clock, secrets)

    async def pause(self, target: str, *, paused: bool) -> list[str]:
        """Stop looking at a target's sources by itself, or go on; return their names."""
        return await following.pause(target, self.outside, paused=paused)

    async def pardon(self, target: str) -> list[str]:
        """Let a target's sources out of quarantine; return the names of those that were in it."""
        return await following.pardon(target, self.outside)

    async def working(self) -> Working:
        """Say who works on the database and how much waits."""
        return await working(self._open_parts.store)

    async def remove(self, target: str) -> str:
        """Stop following an article or a source; its evidence stays.

        Raises:
            InputError: a citation cannot be removed by itself, or a hold is on it.
        """
        return await following.remove(target, self.outside)

    async def rejudge(self, *, progress: Progress = silent) -> list[Rejudged]:
        """Judge every source from its stored looks; return those whose verdict would change."""
        sources = await self.outside.store.sources.all()
        return await rejudge(sources, self.outside, progress=progress)

    async def explain(self, name: str) -> tuple[Source, Explained]:
        """Return a source, or a citation's, with its verdict and every rule tried.

        Raises:
            InputError: it is an article, or nobody has looked at it yet.
        """
        found = await find_target(name, self.outside)
        if found.article is not None or not found.sources:
            message = f"{name} has no source of its own; name a source or a citation that has one"
            raise InputError(message)
        return found.sources[0], await explained(found.sources[0], self.outside)

    async def back_up(self, directory: Path, *, progress: Progress = silent) -> BackedUp:
        """Copy the database and every file that it names into a directory."""
        files = self._open_parts.files
        return await keeping.back_up(directory, self.settings, files, self.outside, progress)

    async def hold(
        self, target: str, reason: str, *, by: str | None = None, released: bool = False
    ) -> CustodyEntry:
        """Put a source or an article under a hold, or end one; a hold is named by its ID, too."""
        return await keeping.hold(target, reason, by, self.outside, released=released)

    async def holds(self) -> list[Acted]:
        """Return the holds that stand."""
        return await keeping.named(await self.outside.store.custody.holds(), self.outside)

    async def doomed(self, target: str) -> Doomed:
        """Say what a takedown of a target would empty."""
        return await keeping.doomed(target, self.outside)

    async def take_down(
        self, target: str, reason: str, *, by: str | None = None, keep_watching: bool = False
    ) -> TakenDown:
        """Empty the content of a source, or of an article's own text; rows and digests stay."""
        return await keeping.take_down(
            target, reason, by, self.outside, keep_watching=keep_watching
        )

    async def finish_takedowns(self) -> list[TakenDown]:
        """Remove the files that takedowns left: after a crash, or because they were in use."""
        return await takedowns.finish_all(self.outside)

    async def watch_again(self, target: str, reason: str, *, by: str | None = None) -> CustodyEntry:
        """Look again at a source that was taken down."""
        return await keeping.watch_again(target, reason, by, self.outside)

    async def custody(self, target: str | None = None) -> list[Acted]:
        """Return who did what to evidence, oldest first."""
        return await keeping.record_of(target, self.outside)

    async def status(
        self, *, articles: int | None = None, check: bool = False, thorough: bool = False
    ) -> Status:
        """Count what is followed, due and found, and name so many of the newest articles.

        ``check`` looks at every file that was kept and says which are not as they were;
        ``thorough`` reads all of them for that.
        """
        found = await self._read_again(thorough=thorough) if check or thorough else None
        home = self.settings.home
        return await views.status(
            self.outside, home, self.telling.is_past, articles=articles, found=found
        )

    async def _read_again(self, *, thorough: bool) -> Reread:
        """Name files that are not there or of another size, and those a scrub found damaged.

        What holds other bytes is found by a ``thorough`` reading alone.
        """
        files, store = self._open_parts.files, self._open_parts.store
        swept = await sweep(files, store, thorough=thorough)
        found = reread(swept.damaged, swept.unlisted)
        stray = tuple(self.where(one) for one in swept.stray)
        standing = await standing_damage(files, store)
        damaged = tuple(dict.fromkeys([*found.damaged, *standing]))
        return replace(found, damaged=damaged, stray=stray)

    async def show(self, target: str, *, looks: int | None = None) -> Dossier | ArticleDossier:
        """Return what is known of a source or a citation, or the versions of an article.

        ``looks`` is how many of the newest looks at a source; None is all.
        """
        found = await find_target(target, self.outside)
        of_article = await views.article_dossier(found, self.outside)
        return of_article or await views.dossier(
            found, self.outside, partial(located, where=self.where), looks
        )
