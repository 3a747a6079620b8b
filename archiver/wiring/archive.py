"""The product as one object: open it on a home directory, call it, close it."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from ulid import ULID

import archiver
from archiver.capture.locate import find_browser
from archiver.capture.pool import BrowserRecorder
from archiver.citations import Extraction
from archiver.errors import InputError, NotFoundError
from archiver.flow import account
from archiver.flow import add as adding
from archiver.flow import audit as auditing
from archiver.flow import hold as holding
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
from archiver.flow.push import push_due, push_now
from archiver.flow.read import Supplied, fetch, find
from archiver.flow.reextract import reextract
from archiver.flow.rejudge import Rejudged, explained, rejudge
from archiver.flow.remove import remove_article
from archiver.flow.repair import Copy, KeptPage, kept_page, public_copy
from archiver.flow.rescue import Rescued, rescue_by_hand, rescue_waiting
from archiver.flow.resolve import resolve, resolve_due
from archiver.flow.seldom import Seldom
from archiver.flow.takedown import Doomed, TakenDown
from archiver.flow.targets import Target, find_target, followed
from archiver.flow.waiting import look_up_new, read_due
from archiver.flow.watch import Watched, follow_feed, watch_due
from archiver.judge.verdicts import Explained
from archiver.model.article import Article
from archiver.model.capture import Artifact, ArtifactKind, Capture
from archiver.model.citation import Citation
from archiver.model.custody import CustodyEntry
from archiver.model.feed import ExpectedArticle, Feed
from archiver.model.job import Job
from archiver.model.memento import Push
from archiver.model.observation import Vantage
from archiver.model.service import ServiceState
from archiver.model.source import Source
from archiver.model.verdict import AsCited
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.presence import Neighbours
from archiver.ports import Clock, Meter, Silent
from archiver.settings import Settings, load
from archiver.store.backup import BackedUp
from archiver.store.bucket_files import BucketFiles
from archiver.store.disk import Disk
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from archiver.store.sweep import sweep
from archiver.wiring import keeping, policies, views
from archiver.wiring.browser import BothRoads, LazyRecorder
from archiver.wiring.clock import SystemClock
from archiver.wiring.files import clear_at_start, open_files
from archiver.wiring.keeping import Acted
from archiver.wiring.messages import sender
from archiver.wiring.probes import Probe, Probes
from archiver.wiring.roads import AllRoads
from archiver.wiring.schedule import timetable_of
from archiver.wiring.supply import supply
from archiver.wiring.telling import Telling
from archiver.wiring.upkeep import Upkeep
from archiver.wiring.views import ArticleDossier, Captured, Dossier, Located, Status
from archiver.wiring.worker import free_dead_claims, of_quarantine, worker_name
from archiver.wiring.working import Working, working

Errand = Callable[[], Awaitable[object]]
"""Something the daemon does once a tick."""

REEXTRACT_EVERY = timedelta(hours=1)
"""How often the daemon looks for kept pages that another extractor read."""

FINISH_EVERY = timedelta(minutes=10)
"""How often the daemon removes what takedowns had to leave for a while."""

LOOK_UP_EVERY = timedelta(minutes=10)
"""How often the daemon looks for citations whose source may be found by now."""


class Archive:
    """An archive in its home directory.

    ::

        async with Archive("evidence") as archive:
            captured = await archive.capture("https://example.org/")
            print(captured.warc, captured.screenshot, captured.text)

    ``home`` is made when it is not there; without one, ``ARCHIVER_HOME`` or the default counts.
    The embedded database upgrades itself when it is opened.

    Raises (on entering):
        SettingsError: a setting has a value that cannot be.
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
    ) -> None:
        self._meter = meter or Silent()
        self.settings = settings or load(Path(home) if home is not None else None)
        self._clock = clock or SystemClock()
        self._disk = disk
        self._stack = AsyncExitStack()
        self._outside: Outside | None = None
        self._recorder: LazyRecorder | None = None
        self.launches = Launches(self._clock)
        self._upkeep: Upkeep | None = None
        self._swept: tuple[HomeFiles | BucketFiles, SqlStore] | None = None
        self._probes: Mapping[str, Probe] = {}
        self._telling: Telling | None = None

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
        settings, clock = self.settings, self._clock
        store = await SqlStore.open(
            settings.home,
            settings.store.database or None,
            quarantine=of_quarantine(settings),
            send=sender(settings),
            meter=self._meter,
        )
        self._stack.push_async_callback(store.close)
        files = open_files(settings, store, self._disk)
        self._stack.callback(files.close)
        await clear_at_start(files, store)
        await free_dead_claims(store, clock.now())
        self._swept = (files, store)
        self._upkeep = Upkeep(settings, files, store)
        guard = Guard(policies.of_guard(settings), clock, tally=self._meter)
        accounts = policies.of_accounts(settings, clock)
        policy = policies.of_client(settings)
        worker = worker_name()
        patience = timedelta(seconds=policy.deadline_s)
        neighbours = Neighbours(store.turns, worker, patience)
        client = Client(
            guard, policy, clock, policies.of_credentials(settings), accounts, neighbours
        )
        self._stack.push_async_callback(client.close)

        self._telling = Telling(settings, guard, client, clock)

        def build() -> BrowserRecorder:
            path = find_browser(settings.capture.browser or None).path
            policy = policies.of_capture(settings)
            return BrowserRecorder(guard, client, policy, clock, str(path), accounts, self._meter)

        self._recorder = await self._stack.enter_async_context(
            LazyRecorder(build, self.launches, client.visit)
        )
        self._probes = Probes(settings.home, store, files, guard, self._recorder).all
        self._outside = Outside(
            store=store,
            files=files,
            fetcher=AllRoads(
                BothRoads(client, self._recorder, clock),
                store.siblings,
                files,
                clock,
                timedelta(days=settings.judge.sibling_days),
            ),
            recorder=self._recorder,
            clock=clock,
            timetable=timetable_of(settings.schedule),
            vantage=_vantage(settings),
            provenance=policies.provenance(settings),
            new_id=lambda: str(ULID()),
            worker=worker,
            lease=timedelta(seconds=settings.daemon.lease_s),
            archives=policies.of_archives(settings),
            logins=accounts,
            confirmation=policies.of_confirmation(settings),
            meter=self._meter,
        )

    @property
    def outside(self) -> Outside:
        """The filled ports, for the daemon and for tests."""
        if self._outside is None:
            message = "the archive is not open; use: async with Archive(home) as archive"
            raise InputError(message)
        return self._outside

    @property
    def upkeep(self) -> Upkeep:
        """What keeps it in order."""
        assert self._upkeep is not None  # noqa: S101 - set with the ports
        return self._upkeep

    @property
    def probes(self) -> Mapping[str, Probe]:
        """What is tried out to tell whether the service can work, by name."""
        return self._probes

    @property
    def telling(self) -> Telling:
        """Who is told of what, and the feeds."""
        if self._telling is None:
            message = "the archive is not open; use: async with Archive(home) as archive"
            raise InputError(message)
        return self._telling

    async def announce(self) -> Announced:
        """Tell what is to be told now; the daemon's ``notify`` job."""
        return await self.telling.announce(self.outside)

    async def write_feeds(self) -> int:
        """Write the feeds that have something new; the daemon's ``feed`` job."""
        return await self.telling.write_feeds(self.outside)

    def warm(self) -> None:
        """Start a browser in the background, for work that is sure to need one."""
        if self._recorder is not None:
            self._recorder.warm()

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
        """Read and capture registered articles one after the other."""
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
        found = next((feed for feed in await self.feeds() if name in (feed.id, feed.url)), None)
        if found is None:
            message = f"no feed is called {name}; see: archiver watch --list"
            raise NotFoundError(message)
        await self.outside.store.feeds.remove(found.id, self._clock.now())
        return found

    @property
    def feed_interval(self) -> timedelta:
        """The time between two looks at a feed that has none of its own."""
        return timedelta(seconds=self.settings.schedule.feed_s)

    @property
    def errands(self) -> tuple[Errand, ...]:
        """What the daemon does at every tick beside looking at due sources."""
        return (
            partial(watch_due, self.outside, self.feed_interval),
            partial(read_due, self.outside),
            partial(look_up_new, self.outside),
            partial(push_due, self.outside),
            partial(rescue_waiting, self.outside),
            Seldom(partial(takedowns.finish_all, self.outside), FINISH_EVERY, self._clock),
            Seldom(partial(reextract, self.outside), REEXTRACT_EVERY, self._clock),
            Seldom(partial(resolve_due, self.outside), LOOK_UP_EVERY, self._clock),
        )

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
        return await self._on_this_machine(self.captured([taken])[0])

    async def capture_all(
        self, targets: Sequence[str], *, progress: Progress = silent
    ) -> list[Taken]:
        """Capture every source that the targets stand for, now."""
        self.upkeep.refuse_when_full()
        return await self._attend(await self._to_capture(targets), progress)

    async def capture_later(self, targets: Sequence[str]) -> list[Job]:
        """Leave it to the service to capture what the targets stand for, before what is scheduled.

        Raises:
            NotFoundError: nothing goes by a target's name, or it is not followed any more.
        """
        queue, now = self.outside.store.queue, self._clock.now()
        return [await queue.order(source, now) for source in await self._to_capture(targets)]

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
        return [
            self._located(one.source, one.attended.capture)
            for one in taken
            if one.attended is not None and one.attended.capture is not None
        ]

    def _located(self, source: Source, kept: Capture) -> Located:
        return views.located(source, kept, self.where)

    async def _on_this_machine(self, located: Located) -> Captured:
        kept = located.capture
        paths = {one.path: Path(await self.local(one)) for one in kept.artifacts}

        def path(kind: ArtifactKind) -> Path | None:
            artifact = kept.artifact(kind)
            return paths[artifact.path] if artifact else None

        return Captured(
            located.source,
            kept,
            path(ArtifactKind.WARC),
            path(ArtifactKind.SCREENSHOT),
            path(ArtifactKind.TEXT),
            path(ArtifactKind.CLEANED),
            tuple(paths[one.path] for one in kept.artifacts if one.kind is ArtifactKind.MEDIA),
        )

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
        known = await self.outside.store.articles.citation(citation)
        if url is not None:
            found = await resolve_by_hand(known, url, self.outside)
        else:
            found = await resolve(known, self.outside, again=True)
        sources = await sources_of([found], None, self.outside)
        return found, await self._attend(sources, progress)

    async def rescue(self, target: str) -> list[Rescued]:
        """Ask the outside archives for copies of a target's sources, near the day of citing."""
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
        return await accept(known, note, getpass.getuser(), self.outside)

    async def accounts(self) -> list[ServiceState]:
        """Return how each of the operator's log-ins stands."""
        given = self.settings.accounts
        states = {one.name: one for one in await self.outside.store.services.all()}
        names = [account.service_name(name) for name in sorted({*given.cookies, *given.profiles})]
        now = self._clock.now()
        return [states.get(name) or ServiceState(name, changed_at=now) for name in names]

    async def resume_account(self, platform: str) -> None:
        """Let a log-in be used again.

        Raises:
            InputError: there is none for that platform.
        """
        if self.outside.logins is None or platform not in self.outside.logins:
            message = f"there is no account for {platform}; see: archiver settings"
            raise InputError(message)
        await account.resume(platform, self.outside)

    async def record(self, url: str) -> dict[str, Any]:
        """Return all that the inquiry of an address is answered, as JSON values, for tests.

        Raises:
            AddressError: it is no address of anything.
        """
        secrets = policies.secrets(self.settings)
        return await recording.record(url, self.outside.fetcher, self._clock, secrets)

    async def pause(self, target: str, *, paused: bool) -> list[str]:
        """Stop looking at a target's sources by itself, or go on; return their names."""
        found = await find_target(target, self.outside)
        for source in found.sources:
            await self.outside.store.sources.pause(source.id, paused=paused)
        return [source.ref.name for source in found.sources]

    async def pardon(self, target: str) -> list[str]:
        """Let a target's sources out of quarantine; return the names of those that were in it."""
        found = await find_target(target, self.outside)
        queue = self.outside.store.queue
        return [one.ref.name for one in found.sources if await queue.pardon(one.id)]

    async def working(self) -> Working:
        """Say who works on the database and how much waits."""
        assert self._swept is not None  # noqa: S101 - set with the ports
        return await working(self._swept[1])

    async def remove(self, target: str) -> str:
        """Stop following an article or a source; its evidence stays.

        Raises:
            InputError: a citation cannot be removed by itself, or a hold is on it.
        """
        found: Target = await find_target(target, self.outside)
        holding.refuse_held(await holding.holds_on(found, self.outside))
        now = self._clock.now()
        if found.article is not None:
            await remove_article(found.article, found.sources, self.outside)
            return found.article.id
        if not found.sources or any(one.id == target for one in found.citations):
            message = f"{target} is a citation; remove its article or its source"
            raise InputError(message)
        await self.outside.store.sources.remove(found.sources[0].id, now)
        return found.sources[0].ref.name

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
        assert self._swept is not None  # noqa: S101 - set with the ports
        files, _ = self._swept
        return await keeping.back_up(directory, self.settings, files, self.outside, progress)

    async def hold(
        self, target: str, reason: str, *, by: str | None = None, released: bool = False
    ) -> CustodyEntry:
        """Forbid taking down or removing a source or an article, or allow it again."""
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

    async def status(self, *, articles: int | None = None, check: bool = False) -> Status:
        """Count what is followed, due and found, and name so many of the newest articles.

        ``check`` looks at every file that was kept and says which are not as they were.
        """
        damaged = await self._damaged() if check else None
        home = self.settings.home
        return await views.status(self.outside, home, articles=articles, damaged=damaged)

    async def _damaged(self) -> tuple[str, ...]:
        assert self._swept is not None  # noqa: S101 - set with the ports
        swept = await sweep(*self._swept)
        return tuple(f"{one.of}: {one.path} {one.trouble}" for one in swept.damaged)

    async def show(self, target: str, *, looks: int | None = None) -> Dossier | ArticleDossier:
        """Return what is known of a source or a citation, or the versions of an article.

        ``looks`` is how many of the newest looks at a source; None is all.
        """
        found = await find_target(target, self.outside)
        of_article = await views.article_dossier(found, self.outside)
        return of_article or await views.dossier(found, self.outside, self._located, looks)


def _vantage(settings: Settings) -> Vantage:
    return Vantage(
        user_agent=policies.of_client(settings).user_agent,
        locale=settings.capture.locale,
        time_zone=settings.capture.time_zone,
        software=f"citation-archiver {archiver.__version__}",
        proxy=bool(settings.net.upstream_proxy),
    )
