"""Who is told and where the feeds are, made of the settings and of the ports."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from archiver.errors import ArchiverError, InputError, NotFoundError, SettingsError
from archiver.flow import announce, feeds
from archiver.flow.announce import Announced, Announcing, Notifier
from archiver.flow.outside import Outside
from archiver.flow.patience import asked_to_wait
from archiver.flow.targets import find_target
from archiver.judge.rules import EVERY, Digest, Patience, Rule
from archiver.model.article import Article
from archiver.model.delivery import Delivery
from archiver.model.news import Heard, Told, Word
from archiver.model.service import ServiceState
from archiver.model.verdict import Severity
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.notify.apprise import AppriseTarget
from archiver.notify.atom import atom
from archiver.notify.shelf import Mark, Shelf
from archiver.notify.webhook import Webhook
from archiver.platforms import PLATFORMS
from archiver.ports import Clock, Teller
from archiver.settings import Settings, TargetSettings

FOLDER = "feeds"
ALL = "all"
LEASE_OVER = timedelta(minutes=2)  # beyond a message's time: for what comes before and after it
_SERVICE = "notify"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class TargetState:
    """A target as a person sees it, its address masked; ``stopped`` is why it is left alone."""

    name: str
    kind: str
    where: str
    tells: tuple[str, ...]
    when: str
    stopped: str | None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a person took note of: how many events and deliveries."""

    events: int
    deliveries: int


class Telling:
    """Announces, tries targets out, takes acknowledgements, and makes feeds.

    Raises:
        SettingsError: a target cannot be; the message names it and shows no secret.
    """

    def __init__(self, settings: Settings, guard: Guard, client: Client, clock: Clock) -> None:
        self._settings = settings.notify
        self._clock = clock
        self._shelf = Shelf(settings.home / FOLDER)
        extra_ca = Path(settings.net.extra_ca) if settings.net.extra_ca else None
        self._tellers = {
            one.name: _teller(one, settings, guard, client, clock, extra_ca)
            for one in settings.notify.targets
        }
        self._announcing = Announcing(
            notifiers={one.name: self._notifier(one) for one in settings.notify.targets},
            patience=Patience(
                timedelta(seconds=settings.notify.retry_s),
                timedelta(seconds=settings.notify.retry_cap_s),
                timedelta(hours=settings.notify.give_up_h),
            ),
            lease=timedelta(seconds=settings.notify.timeout_s) + LEASE_OVER,
            random=random.random,
        )

    def _notifier(self, target: TargetSettings) -> Notifier:
        rule = rule_of(target, timedelta(seconds=self._settings.gather_s))
        return Notifier(rule, self._tellers[target.name], service_of(target))

    async def announce(self, outside: Outside) -> Announced:
        """Plan what waits in the outbox and send what is due."""
        return await announce.announce(outside, self._announcing)

    @property
    def names(self) -> list[str]:
        """The names of all targets."""
        return sorted(self._announcing.notifiers)

    async def plan(self, outside: Outside) -> int:
        """Plan what waits in the outbox; let wait what is for a target that is not named."""
        planned = await announce.plan_all(outside, self._announcing)
        await announce.keep_for_others(outside, self._announcing)
        return planned

    async def reschedule(self, outside: Outside) -> None:
        """Let what waits for a digest wait for the hour that the settings name now."""
        await announce.reschedule(outside, self._announcing)

    async def send(self, name: str, outside: Outside) -> int:
        """Send what is due to one target; return how many messages were not taken."""
        _, failed = await announce.send_due(name, outside, self._announcing)
        return failed

    async def try_out(self, name: str, outside: Outside) -> list[tuple[str, Told]]:
        """Send a test message to one target, or to all when none is named.

        Raises:
            InputError: there is no such target, or none at all.
        """
        notifiers = self._announcing.notifiers
        if name and name not in notifiers:
            message = f"no target is called {name}; see: archiver notify list"
            raise InputError(message)
        if not notifiers:
            message = "the settings name nobody to tell; see notify.targets in: archiver settings"
            raise InputError(message)
        chosen = [name] if name else sorted(notifiers)
        return [(one, await announce.try_out(notifiers[one], outside)) for one in chosen]

    async def unnamed(self, outside: Outside) -> Mapping[str, int]:
        """Return how much was not told yet to each target that the settings do not name."""
        return await outside.store.deliveries.waiting_for_others(self.names)

    async def drop(self, name: str, outside: Outside) -> int:
        """Give up what waits for a target that the settings do not name; return how much.

        Raises:
            InputError: they name it, or nothing waits for it.
        """
        if name in self._announcing.notifiers:
            message = f"the settings name {name}; take it out of notify.targets first"
            raise InputError(message)
        dropped = await announce.give_up_all(name, outside, self._announcing)
        if not dropped:
            message = f"nothing waits for a target called {name}; see: archiver notify list"
            raise InputError(message)
        return dropped

    async def targets(self, outside: Outside) -> list[TargetState]:
        """Return who is told, and who is left alone."""
        states = {one.name: one for one in await outside.store.services.all()}
        return [
            TargetState(
                one.name,
                one.kind,
                masked(one.url.get_secret_value()),
                tuple(one.tell),
                one.when,
                self._stopped(states.get(service_of(one))),
            )
            for one in self._settings.targets
        ]

    def is_past(self, service: str) -> bool:
        """Tell whether a state is that of a target, or an address of one, named no more."""
        today = {service_of(one) for one in self._settings.targets}
        return service.startswith(f"{_SERVICE}:") and service not in today

    def _stopped(self, state: ServiceState | None) -> str | None:
        if state is None or state.is_open(self._clock.now()):
            return None
        return state.reason or "it stopped"

    async def check(self) -> list[tuple[str, Told]]:
        """Ask Apprise whether it can use the addresses meant for it; nothing is sent."""
        known = [
            (name, one) for name, one in self._tellers.items() if isinstance(one, AppriseTarget)
        ]
        told = await asyncio.gather(*(one.check() for _, one in known))
        return [(name, one) for (name, _), one in zip(known, told, strict=True)]

    async def unusable(self, outside: Outside) -> list[tuple[str, str]]:
        """Return the targets that cannot be told as things are, or not of all they name, and why.

        One may be there twice. Those that the settings do not name, and that news waits for, are
        among them.
        """
        stopped = [(one.name, one.stopped) for one in await self.targets(outside)]
        found = {
            name: one.note or "it cannot be used"
            for name, one in await self.check()
            if one.heard is not Heard.TOLD
        }
        shut = found | {name: why for name, why in stopped if why}
        unnamed = [
            (name, f"{count} news wait for it, and {announce.NOT_NAMED}")
            for name, count in (await self.unnamed(outside)).items()
        ]
        return [*shut.items(), *await self._astray(outside), *unnamed]

    async def _astray(self, outside: Outside) -> list[tuple[str, str]]:
        """Return the targets that name articles nobody knows."""
        named = [(one.name, one.articles) for one in self._settings.targets]
        return [
            (name, f"it is to be told of {article}, which is no known article; see: archiver add")
            for name, articles in named
            if EVERY not in articles
            for article in articles
            if not await _is_known(article, outside)
        ]

    async def newest(self, limit: int, outside: Outside) -> list[Delivery]:
        """Return the newest deliveries, newest first."""
        return await outside.store.deliveries.newest(limit)

    async def acknowledge(self, name: str, by: str, outside: Outside) -> Acknowledged:
        """Take note of an event, or of all news of a source or an article.

        Raises:
            NotFoundError: nothing goes by that name.
        """
        if self._announcing.notifiers:  # what waits is told once and not again
            await announce.plan_all(outside, self._announcing)
        store, now = outside.store.deliveries, self._clock.now()
        events = await _events_of(name, outside)
        done = [await store.acknowledge(event_id, by, now) for event_id in events]
        return Acknowledged(sum(count > 0 for count in done), sum(done))

    async def feed(self, article: str | None, outside: Outside) -> bytes:
        """Return the Atom feed of an article (ID or address), or of everything.

        Raises:
            NotFoundError: there is no such article.
        """
        if article is None:
            return await self._feed_of_all(outside)
        return await self._feed_of(await outside.store.articles.article(article), outside)

    async def write_feeds(self, outside: Outside) -> int:
        """Write the files of the feeds that have something new; return how many were written.

        Those that may tell what was taken down are written again without it.
        """
        mark = await asyncio.to_thread(self._shelf.mark)
        if mark is None:  # of old events the newest will do: there may be years of them
            last = await outside.store.deliveries.last_number()
            mark = Mark(max(last - feeds.NEAR, 0), 0)
        fresh = await feeds.fresh_events(mark.upto, mark.near, outside)
        down = await feeds.fresh_takedowns(mark.takedowns, mark.takedowns_upto, outside)
        if not fresh.events and not down.takedowns:
            return 0
        articles = {one.id: one for one in await feeds.touched(fresh.events, outside)}
        for name in await feeds.withdrawn_from(down.takedowns, outside):
            if await asyncio.to_thread(self._shelf.has, name):
                articles[name] = await outside.store.articles.article(name)
        written = 0
        for article in articles.values():
            written += await self._put(article.id, await self._feed_of(article, outside))
        written += await self._put(ALL, await self._feed_of_all(outside))
        known = Mark(fresh.upto, fresh.near, down.count, down.upto)
        await asyncio.to_thread(self._shelf.set_mark, known)
        return written

    async def _put(self, name: str, feed: bytes) -> bool:
        return await asyncio.to_thread(self._shelf.put, name, feed)

    async def _feed_of(self, article: Article, outside: Outside) -> bytes:
        news = await feeds.news_of_article(article, outside)
        title = f"What “{article.title or article.url or article.id}” cites"
        since, address = await feeds.titled_at(article, outside), self._address(article.id)
        return atom(article.id, title, news, updated=since, address=address)

    async def _feed_of_all(self, outside: Outside) -> bytes:
        news, (name, since) = await feeds.news_of_all(outside), await feeds.name_of_all(outside)
        title = "What cited sources became"
        return atom(name, title, news, updated=since, address=self._address(ALL))

    def _address(self, name: str) -> str | None:
        base = self._settings.feed_base.rstrip("/")
        return f"{base}/{name}.atom" if base else None


async def _is_known(article: str, outside: Outside) -> bool:
    try:
        await outside.store.articles.article(article)
    except NotFoundError:
        return False
    return True


async def _events_of(name: str, outside: Outside) -> list[str]:
    try:
        return [(await outside.store.deliveries.event(name)).id]
    except NotFoundError:
        pass
    found = await find_target(name, outside)
    cited = {None, *(citation.id for citation in found.citations)}
    events = []
    for source in found.sources:
        events += await outside.store.looks.events(source_id=source.id)
    for citation in found.citations:
        events += await outside.store.looks.events(citation_id=citation.id)
    return list(dict.fromkeys(event.id for event in events if event.citation_id in cited))


def rule_of(target: TargetSettings, gather: timedelta) -> Rule:
    """Return a target's rule.

    Raises:
        SettingsError: it names a platform that there is not.
    """
    known = {one.name for one in PLATFORMS}
    unknown = next((one for one in target.platforms if one != "*" and one not in known), None)
    if unknown is not None:
        message = f"{unknown} is no platform; there are {', '.join(sorted(known))}"
        raise SettingsError(f"notify.targets {target.name}: {message}")
    digest = None
    if target.when != "at_once":
        weekday = _DAYS.index(target.weekday) if target.when == "weekly" else None
        digest = Digest(target.hour, ZoneInfo(target.time_zone), weekday)
    return Rule(
        notifier=target.name,
        words=frozenset(Word(word) for word in target.tell),
        severity=Severity(target.severity),
        articles=frozenset(target.articles),
        platforms=frozenset(target.platforms),
        looks=target.looks,
        digest=digest,
        gather=gather,
        repeat=timedelta(hours=target.repeat_h) if target.repeat_h else None,
        repeats=target.repeats,
    )


def _teller(
    target: TargetSettings,
    settings: Settings,
    guard: Guard,
    client: Client,
    clock: Clock,
    extra_ca: Path | None,
) -> Teller:
    url, timeout_s = target.url.get_secret_value(), settings.notify.timeout_s
    try:
        if target.kind == "webhook":
            secret = target.secret.get_secret_value()
            return Webhook(url, secret, client, clock, asked_to_wait, timeout_s)
        if target.secret.get_secret_value():
            raise SettingsError("only a webhook has a secret; Apprise's are in its address")
        return AppriseTarget(url, guard, timeout_s, extra_ca)
    except ArchiverError as error:
        why = str(error).replace(url, "its address") if url else "url is empty"
        raise SettingsError(f"notify.targets {target.name}: {why}") from error


def service_of(target: TargetSettings) -> str:
    """Name a target's state: with another address it is another target."""
    digest = hashlib.sha256(target.url.get_secret_value().encode()).hexdigest()[:8]
    return f"{_SERVICE}:{target.name}:{digest}"


def masked(url: str) -> str:
    """Return an address without what may be a secret: its kind is all that is left."""
    return f"{url.partition(':')[0]}://…"
