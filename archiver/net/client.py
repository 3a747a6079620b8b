"""The one HTTP client: carries questions out through the guard and brings answers back."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from archiver.errors import AddressError, ArchiverError
from archiver.model.inquiry import Answer, Ask, Headers, Outcome, Question
from archiver.net.accounts import Accounts
from archiver.net.addresses import is_nearby
from archiver.net.credentials import Credentials
from archiver.net.guard import Guard
from archiver.net.limits import Courtesy
from archiver.net.nameservers import NameServers
from archiver.net.policy import MIB, ClientPolicy, Limits
from archiver.net.presence import Neighbours
from archiver.net.registry import ACCEPT, MAX_BYTES, Registry
from archiver.net.robots import Robots
from archiver.net.trust import Trust
from archiver.net.urls import read_address
from archiver.net.visit import Means, Permission, Visit
from archiver.ports import Clock

_CONTROL_DEADLINE_S = 15.0  # a network that works answers a control address in well under this
_REGISTRY_DEADLINE_S = 30.0  # a bootstrap and a registry after it; nothing hangs on the answer
_TRACE = re.compile(rb"(?:fl|h)=[!-~]", re.ASCII)
_WAITING_S = 3600.0  # a passage may stay open while we wait for our turns


def answers_as_known(answer: Answer) -> bool:
    """Tell whether a control address answered what it is known to answer, not just anything.

    Source: Chromium's and Android's connectivity checks for ``generate_204``: the status and no
    body; ``/cdn-cgi/trace`` is lines of ``key=value`` with the host and the machine among them
    (seen 2026-11-29). Of an operator's own address a success is all that is known.
    """
    status, path = answer.status, urlsplit(answer.question.url).path
    if answer.outcome is not Outcome.ANSWERED or status is None:
        return False
    if path.endswith("/generate_204"):
        return status == 204 and not answer.body
    if path.endswith("/cdn-cgi/trace"):
        lines = answer.body.splitlines()
        return status == 200 and any(_TRACE.match(line) for line in lines)
    return 200 <= status < 300


class Client:
    """Implements :class:`archiver.ports.Fetcher` for all but ``Ask.RENDER`` and ``SIBLING``.

    Each question gets a passage of its own, so a name means one address in all its hops. Every
    request goes through a tunnel, plain http too: its bytes in the WARC are those the origin saw,
    secrets aside: of those the field's name stays.

    Raises:
        SettingsError: the extra CA file cannot be used; a resolver or the registry's service is no
            address.
    """

    def __init__(
        self,
        guard: Guard,
        policy: ClientPolicy,
        clock: Clock,
        credentials: Credentials | None = None,
        accounts: Accounts | None = None,
        neighbours: Neighbours | None = None,
    ) -> None:
        self.policy = policy
        self._guard = guard
        self._clock = clock
        self._means = Means(
            policy=policy,
            clock=clock,
            courtesy=Courtesy(clock, policy.manners, self._is_ours, neighbours),
            trust=Trust(policy.extra_ca),
            credentials=credentials or Credentials(),
            accounts=accounts,
        )
        self._robots = Robots(policy.robots_token, self._visit)
        self._names = NameServers(policy.resolvers, guard.policy, clock)
        self._registry = Registry(policy.rdap, guard.policy)

    async def ask(self, question: Question) -> Answer:
        """Ask once and return what came back, a failure included.

        ``error`` starting with "tls:" beside ``ANSWERED`` tells that the certificate was bad and
        the page captured without verification.

        Raises:
            ArchiverError: the question wants a browser, or an address made up.
            TurnError: it is not our turn at its site; nothing was asked.
        """
        match question.ask:
            case Ask.HTTP:
                return await self._ask_site(question)
            case Ask.CONTROL:
                return await self._ask_control(question)
            case Ask.RENDER:
                raise ArchiverError("the HTTP client cannot render; compose it with a browser")
            case Ask.DNS:
                return await self._names.ask(question)
            case Ask.REGISTRY:
                return await self._ask_registry(question)
            case Ask.SIBLING:
                raise ArchiverError("the HTTP client makes no address up; compose it with a road")

    @asynccontextmanager
    async def visit(self, url: str) -> AsyncIterator[None]:
        """Wait for our turn at an address's site, and hold it while a browser of ours is at it.

        Raises:
            TurnError: another process is at it, or it wants to be left alone.
        """
        try:
            address = read_address(url)
        except AddressError:  # whoever asks it says what is wrong with it
            yield
            return
        async with self._means.courtesy.visit(address.host, address.port):
            yield

    async def heed(self, url: str, status: int | None, headers: Headers) -> None:
        """Obey what a site answered a browser of ours with, if it wants to be left alone.

        Raises:
            StoreError: the other processes could not be told.
        """
        with contextlib.suppress(AddressError):  # what is no web address has no site
            address = read_address(url)
            await self._means.courtesy.heed(address.host, address.port, status or 0, headers)

    async def close(self) -> None:
        """Give back the turns that other processes may be waiting for."""
        await self._means.courtesy.close()

    async def hand_over(self, question: Question, deadline_s: float) -> Answer:
        """Send something to an address of the operator's own choice, and return what came back.

        Only under a good certificate, with no log-in of a platform, and whatever robots.txt says:
        nobody is visited.
        """
        means = replace(self._means, accounts=None)
        return await self._visit(question, strict=True, deadline_s=deadline_s, means=means)

    async def _ask_site(self, question: Question) -> Answer:
        respect = self.policy.robots == "respect"
        return await self._visit(question, allow=self._robots.allow if respect else None)

    async def _ask_control(self, question: Question) -> Answer:
        """Ask the control addresses in turn until one answers as it is known to.

        Certificates must be good and redirects are not followed: a captive portal answers too.
        """
        answer = Answer(question, Outcome.REFUSED, self._clock.now(), question.url, error="control")
        for url in self.policy.control_urls:
            probe = Question(url, follow=False)
            answer = await self._visit(probe, strict=True, deadline_s=_CONTROL_DEADLINE_S)
            if answers_as_known(answer):
                return replace(answer, question=question)
        if answer.outcome is Outcome.ANSWERED:
            error = f"control: answered {answer.status}"
            answer = replace(answer, outcome=Outcome.UNREACHABLE, error=error)
        return replace(answer, question=question)

    async def _ask_registry(self, question: Question) -> Answer:
        """Ask the registry of the address's name, under a good certificate only."""
        try:
            url = self._registry.address_for(question.url)
        except AddressError as error:
            now, why = self._clock.now(), f"registry: {error}"
            return Answer(question, Outcome.REFUSED, now, question.url, error=why)
        asked = Question(url, accept=ACCEPT, max_bytes=MAX_BYTES)
        answer = await self._visit(asked, strict=True, deadline_s=_REGISTRY_DEADLINE_S)
        return replace(answer, question=question)

    async def _visit(
        self,
        question: Question,
        *,
        strict: bool = False,
        deadline_s: float | None = None,
        allow: Permission | None = None,
        means: Means | None = None,
    ) -> Answer:
        deadline = deadline_s or self.policy.deadline_s
        passage = await self._guard.open(
            f"ask {question.url[:200]}", self._limits(question, deadline), browser_hosts=()
        )
        async with passage:
            passage.start()
            visit = Visit(
                question,
                means or self._means,
                passage,
                deadline_s=deadline,
                strict=strict,
                allow=allow,
            )
            return await visit.run()

    def _limits(self, question: Question, deadline_s: float) -> Limits:
        """Set the guard's limits beyond our own, so that ours decide and are named."""
        body = question.max_bytes or self.policy.max_bytes
        return replace(
            self._guard.policy.limits,
            idle_s=deadline_s + 5,
            connection_s=deadline_s + 5,
            seconds=_WAITING_S,
            bytes_in=2 * body + 4 * MIB,
        )

    def _is_ours(self, host: str, port: int) -> bool:
        """Whether a host is the operator's: mapped to a machine near by, or on this machine.

        A name that is mapped to a public address is somebody's site, found by another way.
        """
        mapped = self._guard.policy.mapping(host, port)
        if mapped is not None and mapped.ip is not None:
            return is_nearby(mapped.ip)
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False
