"""Where a target may be dialled: names resolved once, every address judged, then pinned."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from archiver.net.addresses import IPAddress, classify
from archiver.net.decisions import Refusal, Ruling
from archiver.net.policy import GuardPolicy, Limits, Upstream
from archiver.net.resolve import Resolver
from archiver.net.targets import Target, refuse_name

Endpoint = tuple[IPAddress, int]
_UPSTREAM = "through the upstream proxy"
Resolution = list[IPAddress] | Refusal


@dataclass(frozen=True, slots=True)
class Route:
    """The addresses that may be dialled for a target, best first, or the upstream that will.

    ``reason`` says why it may be.
    """

    endpoints: tuple[Endpoint, ...]
    reason: str
    upstream: Upstream | None = None
    mapped: bool = False


def denied(reason: str, *, background: bool = False) -> Refusal:
    """Return a refusal by a rule of ours."""
    return Refusal(Ruling.DENIED, reason, 403, background)


class Router:
    """Finds routes for one passage. A name is resolved at most once in its life.

    ``own`` are this host's addresses and ``is_guard`` tells the guard's own listeners, which are
    never dialled, whatever is allowed.
    """

    def __init__(
        self,
        policy: GuardPolicy,
        limits: Limits,
        resolver: Resolver,
        own: frozenset[IPAddress],
        is_guard: Callable[[Endpoint], bool],
    ) -> None:
        self._policy = policy
        self._limits = limits
        self._resolver = resolver
        self._own = own
        self._is_guard = is_guard
        self._resolutions: dict[str, asyncio.Task[Resolution]] = {}

    async def route(self, target: Target) -> Route | Refusal:
        """Return where to dial, or why not.

        1. The operator's host map wins.
        2. The browser's own hosts and closed ports are refused.
        3. An address is judged as it stands, a name by its addresses: one denied address refuses
           the whole name, since a mixed answer is an attack.
        4. Names that are local by convention need every address covered by an allow rule.
        """
        mapped = self._policy.mapping(target.host, target.port)
        if mapped is not None and mapped.ip is not None:
            where = (mapped.ip, mapped.port)
            return self._unless_guard([where], "mapped by the operator", mapped=True)
        if target.host in self._policy.browser_hosts:
            return denied("background: the browser's own call", background=True)
        if not self._policy.opens(target.port):
            return denied(f"port: {target.port} is not open")
        if target.ip is not None:
            return self._judge([target.ip], target.port)
        return await self._route_name(target)

    async def close(self) -> None:
        """Stop waiting for the resolver."""
        tasks = list(self._resolutions.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _route_name(self, target: Target) -> Route | Refusal:
        local = refuse_name(target.host)
        if local is not None and not self._policy.allow:
            return denied(f"name: {local}")
        if local is None and self._policy.upstream is not None:
            return Route((), _UPSTREAM, upstream=self._policy.upstream)
        resolution = await self._resolve_once(target.host)
        if isinstance(resolution, Refusal):
            return resolution if local is None else denied(f"name: {local}")
        if local is not None and not self._all_allowed(resolution, target.port):
            return denied(f"name: {local}")
        return self._judge(resolution, target.port)

    def _judge(self, addresses: Iterable[IPAddress], port: int) -> Route | Refusal:
        endpoints = [(address, port) for address in addresses]
        for address, _ in endpoints:
            reason = self._refuse_address(address, port)
            if reason is not None:
                return denied(reason)
        if self._all_allowed((address for address, _ in endpoints), port):
            return self._unless_guard(endpoints, "allowed by the operator")
        if self._policy.upstream is not None:
            return Route(tuple(endpoints), _UPSTREAM, upstream=self._policy.upstream)
        return self._unless_guard(endpoints, "public")

    def _refuse_address(self, address: IPAddress, port: int) -> str | None:
        if self._policy.allows(address, port):
            return None
        standing = classify(
            address, own=self._own, deny=self._policy.deny, nat64=self._policy.nat64
        )
        if not standing.allowed:
            return f"address: {standing.reason}"
        return None if port in self._policy.ports else f"port: {port} is not open"

    def _all_allowed(self, addresses: Iterable[IPAddress], port: int) -> bool:
        return all(self._policy.allows(address, port) for address in addresses)

    def _unless_guard(
        self, endpoints: Iterable[Endpoint], reason: str, *, mapped: bool = False
    ) -> Route | Refusal:
        pinned = tuple(endpoints)
        if any(self._is_guard(endpoint) for endpoint in pinned):
            return denied("guard: the guard does not call itself")
        return Route(pinned, reason, mapped=mapped)

    async def _resolve_once(self, host: str) -> Resolution:
        """Share one lookup, and its failure, among all who ask; it outlives each of them."""
        if host not in self._resolutions:
            self._resolutions[host] = asyncio.create_task(self._resolve(host))
        return await asyncio.shield(self._resolutions[host])

    async def _resolve(self, host: str) -> Resolution:
        try:
            answers = await self._bounded(self._resolver(host))
            addresses = [ip_address(answer) for answer in answers]
        except TimeoutError:
            return Refusal(Ruling.FAILED, "resolver: no answer in time", 504)
        except socket.gaierror as error:
            return _no_addresses(error)
        except (OSError, ValueError) as error:
            return Refusal(Ruling.FAILED, f"resolver: {type(error).__name__}", 502)
        if len(addresses) > self._limits.addresses:
            return denied(f"address: {len(addresses)} answers, more than a site needs")
        if not addresses:
            return Refusal(Ruling.FAILED, "resolver: the name has no address", 502)
        return addresses

    async def _bounded(self, lookup: Awaitable[list[str]]) -> list[str]:
        async with asyncio.timeout(self._limits.resolve_s):
            return await lookup


def _no_addresses(error: socket.gaierror) -> Refusal:
    """Tell a name that does not exist from a resolver that does not work.

    Source: RFC 3493, 6.1: EAI_NONAME "the name does not resolve", EAI_AGAIN a failure that may
    pass. A name without addresses (EAI_NODATA) does exist, so it is no missing name.
    """
    if error.errno == socket.EAI_NONAME:
        return Refusal(Ruling.FAILED, "no-host", 502)
    text = (error.strerror or "lookup failed").replace("\n", " ")
    return Refusal(Ruling.FAILED, f"resolver: {text}", 502)
