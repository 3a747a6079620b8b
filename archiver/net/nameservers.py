"""Asking name servers for the records of a name: what each of them says, kept as one document.

The guard asks the system's resolver where to dial; here two are asked what *is*, so that one
resolver's filter or fault does not count as a name that is gone. Only the servers that the
settings name are spoken to, and nothing that they answer is dialled.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from archiver.errors import AddressError, SettingsError
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.net.limits import registrable_domain
from archiver.net.policy import GuardPolicy
from archiver.net.targets import refuse_name
from archiver.net.urls import Address, read_address
from archiver.ports import Clock

SYSTEM = "system"
"""The word, among the resolvers, for those of the system."""

_PORT = 53
_TRY_S = 2.0  # for one question at one server; a resolver that is near answers in milliseconds
_TRIES = 2  # UDP loses packets
_SYSTEM_SERVERS = 3  # resolv.conf(5): the system itself asks no more of them


Wanted = tuple[str, str]
"""A name and the type of its records."""


@dataclass(frozen=True, slots=True)
class Server:
    """A name server's address and port."""

    ip: str
    port: int = _PORT

    @property
    def written(self) -> str:
        """The server as a setting: an IPv6 address in brackets."""
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


def parse_server(text: str) -> Server:
    """Read ``9.9.9.10``, ``127.0.0.1:5353``, ``2620:fe::10`` or ``[2620:fe::10]:53``.

    Raises:
        SettingsError: it is none of these; names are not looked up to look names up.
    """
    host, port = text.strip(), str(_PORT)
    if host.startswith("["):
        host, _, rest = host[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    try:
        server = Server(str(ip_address(host)), int(port))
    except ValueError as error:
        raise SettingsError(
            f"net.resolvers: {text!r} is no IP address, with or without port"
        ) from error
    if not 0 < server.port < 65536:
        raise SettingsError(f"net.resolvers: {text!r} has no port that there is")
    return server


def system_servers(path: Path = Path("/etc/resolv.conf")) -> tuple[Server, ...]:
    """Return the name servers of the system, first choice first; none where it names none."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    named = (line.split() for line in lines)
    texts = [words[1] for words in named if len(words) > 1 and words[0] == "nameserver"]
    return tuple(_readable(texts))[:_SYSTEM_SERVERS]


def _readable(texts: Iterable[str]) -> Iterator[Server]:
    for text in texts:
        try:
            yield Server(str(ip_address(text)))
        except ValueError:
            continue


@dataclass(frozen=True, slots=True)
class Resolver:
    """One resolver under the name it has in the settings, with its servers in turn."""

    name: str
    servers: tuple[Server, ...]


class NameServers:
    """Answers ``Ask.DNS``: the records of an address's name, as each resolver tells them.

    ``resolvers`` are the settings' words: ``system``, or an address with or without port. The
    function ``system`` tells the system's servers. ``try_s`` is the time for one question at one
    server, in seconds.

    Raises:
        SettingsError: one of them is neither.
    """

    def __init__(
        self,
        resolvers: Sequence[str],
        policy: GuardPolicy,
        clock: Clock,
        *,
        system: Callable[[], tuple[Server, ...]] = system_servers,
        try_s: float = _TRY_S,
    ) -> None:
        self._given = [
            Resolver(text, () if text == SYSTEM else (parse_server(text),)) for text in resolvers
        ]
        self._policy = policy
        self._clock = clock
        self._system = system
        self._try_s = try_s

    async def ask(self, question: Question) -> Answer:
        """Ask every resolver at once for the name of the question's address.

        The body of the answer is JSON: ``name``, ``domain`` (the part that somebody registered)
        and ``resolvers``. Each of these has its ``resolver`` and ``server``, and ``answers``, one
        for the name's A and AAAA and the domain's NS records: ``name``, ``type``, ``rcode``,
        ``extended`` (code and text of RFC 8914), ``records`` (owner, type, value) in the order of
        their chain, or an ``error`` where nothing came.
        """
        try:
            address = read_address(question.url)
        except AddressError as error:
            return self._refused(question, f"address: {error}")
        why = self._refusal(address)
        if why is not None:
            return self._refused(question, why)
        resolvers = await asyncio.to_thread(self._resolvers)
        if not resolvers:
            return self._refused(question, "there is no resolver to ask; see net.resolvers")
        at, domain = self._clock.now(), registrable_domain(address.host)
        wanted = ((address.host, "A"), (address.host, "AAAA"), (domain, "NS"))
        told = await asyncio.gather(*(self._consult(one, wanted) for one in resolvers))
        document = {"name": address.host, "domain": domain, "resolvers": told}
        return Answer(
            question=question,
            outcome=Outcome.ANSWERED,
            at=at,
            url=question.url,
            headers=(("Content-Type", "application/json"),),
            body=json.dumps(document, indent=1).encode(),
        )

    def _refusal(self, address: Address) -> str | None:
        why = refuse_host(address.host, self._policy)
        if why is None and self._policy.upstream is not None:
            return "names are looked up by the upstream proxy"
        return why

    def _resolvers(self) -> list[Resolver]:
        """Return whom to ask: the system's servers as they are now, no server twice."""
        found: list[Resolver] = []
        seen: set[Server] = set()
        for one in self._given:
            servers = one.servers or self._system()
            fresh = tuple(server for server in servers if server not in seen)
            seen.update(fresh)
            if fresh:
                found.append(Resolver(one.name, fresh))
        return found

    def _refused(self, question: Question, why: str) -> Answer:
        now = self._clock.now()
        return Answer(question, Outcome.REFUSED, now, question.url, error=f"dns: {why}")

    async def _consult(self, resolver: Resolver, wanted: Sequence[Wanted]) -> dict[str, Any]:
        """Ask one resolver everything, at the first of its servers that answers at all."""
        told: dict[str, Any] = {"resolver": resolver.name, "answers": []}
        try:
            async with asyncio.timeout(_TRIES * self._try_s * _SYSTEM_SERVERS):
                for server in resolver.servers:
                    answers = await asyncio.gather(*(self._ask(server, *one) for one in wanted))
                    told["server"], told["answers"] = server.written, answers
                    if any("error" not in answer for answer in answers):
                        break
        except TimeoutError:
            told["answers"] = told["answers"] or [{"error": "no answer in time"}]
        return told

    async def _ask(self, server: Server, name: str, kind: str) -> dict[str, Any]:
        # The library takes a fifth of a second to import, which most runs need not spend.
        from archiver.net.records import NoRecordsError, ask_server  # noqa: PLC0415

        told: dict[str, Any] = {"name": name, "type": kind}
        error = ""
        for _ in range(_TRIES):
            try:
                return told | await ask_server(server.ip, server.port, name, kind, self._try_s)
            except NoRecordsError as fault:
                error = str(fault)
        return told | {"error": error}


def refuse_host(host: str, policy: GuardPolicy) -> str | None:
    """Say why there is nothing to ask of a host, or nothing that others should hear of."""
    if _is_ip(host):
        return f"{host} is an address, not a name"
    if any(mapping.host == host for mapping in policy.host_map):
        return f"{host} is sent elsewhere by the operator"
    local = refuse_name(host)
    if local is not None:
        return local
    if host.endswith(".invalid"):
        return "names under .invalid do not exist, by RFC 6761"
    return None


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
