"""The one HTTP client: carries questions out through the guard and brings answers back."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from archiver.errors import ArchiverError
from archiver.model.inquiry import Answer, Ask, Outcome, Question
from archiver.net.accounts import Accounts
from archiver.net.credentials import Credentials
from archiver.net.guard import Guard
from archiver.net.limits import Courtesy
from archiver.net.policy import MIB, ClientPolicy, Limits
from archiver.net.robots import Robots
from archiver.net.trust import Trust
from archiver.net.visit import Means, Permission, Visit
from archiver.ports import Clock

_CONTROL_DEADLINE_S = 15.0  # a network that works answers a control address in well under this
_WAITING_S = 3600.0  # a passage may stay open while we wait for our turns


class Client:
    """Implements :class:`archiver.ports.Fetcher` for ``Ask.HTTP`` and ``Ask.CONTROL``.

    Each question gets a passage of its own, so a name means one address in all its hops. Every
    request goes through a tunnel, plain http too: its bytes in the WARC are those the origin saw,
    secrets aside: of those the field's name stays.

    Raises:
        SettingsError: the extra CA file cannot be used.
    """

    def __init__(
        self,
        guard: Guard,
        policy: ClientPolicy,
        clock: Clock,
        credentials: Credentials | None = None,
        accounts: Accounts | None = None,
    ) -> None:
        self.policy = policy
        self._guard = guard
        self._clock = clock
        self._means = Means(
            policy=policy,
            clock=clock,
            courtesy=Courtesy(clock, policy.per_domain, policy.spacing, self._is_ours),
            trust=Trust(policy.extra_ca),
            credentials=credentials or Credentials(),
            accounts=accounts,
        )
        self._robots = Robots(policy.robots_token, self._visit)

    async def ask(self, question: Question) -> Answer:
        """Ask once and return what came back, a failure included.

        ``error`` starting with "tls:" beside ``ANSWERED`` tells that the certificate was bad and
        the page captured without verification.

        Raises:
            ArchiverError: the question wants a browser.
        """
        match question.ask:
            case Ask.HTTP:
                return await self._ask_site(question)
            case Ask.CONTROL:
                return await self._ask_control(question)
            case Ask.RENDER:
                raise ArchiverError("the HTTP client cannot render; compose it with a browser")
            case Ask.DNS | Ask.SIBLING:
                return self._unasked(question)

    async def fetch_media(self, url: str, max_bytes: int) -> Answer:
        """Fetch one file, byte for byte, at most that long."""
        return await self.ask(Question(url, max_bytes=max_bytes))

    async def _ask_site(self, question: Question) -> Answer:
        respect = self.policy.robots == "respect"
        return await self._visit(question, allow=self._robots.allow if respect else None)

    async def _ask_control(self, question: Question) -> Answer:
        """Ask the control addresses in turn until one answers with a success.

        Certificates must be good and redirects are not followed: a captive portal answers too.
        """
        answer = Answer(question, Outcome.REFUSED, self._clock.now(), question.url, error="control")
        for url in self.policy.control_urls:
            probe = Question(url, follow=False)
            answer = await self._visit(probe, strict=True, deadline_s=_CONTROL_DEADLINE_S)
            if answer.status is not None and 200 <= answer.status < 300:
                return replace(answer, question=question)
        if answer.outcome is Outcome.ANSWERED:
            error = f"control: answered {answer.status}"
            answer = replace(answer, outcome=Outcome.UNREACHABLE, error=error)
        return replace(answer, question=question)

    def _unasked(self, question: Question) -> Answer:
        return Answer(
            question, Outcome.REFUSED, self._clock.now(), question.url, error="no road for it"
        )

    async def _visit(
        self,
        question: Question,
        *,
        strict: bool = False,
        deadline_s: float | None = None,
        allow: Permission | None = None,
    ) -> Answer:
        deadline = deadline_s or self.policy.deadline_s
        passage = await self._guard.open(
            f"ask {question.url[:200]}", self._limits(question, deadline), browser_hosts=()
        )
        async with passage:
            passage.start()
            visit = Visit(
                question, self._means, passage, deadline_s=deadline, strict=strict, allow=allow
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
        """Whether a host is the operator's: mapped, or an address on this machine."""
        if self._guard.policy.mapping(host, port) is not None or host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False
