"""What the guard and the client may do, as frozen values with units and sources.

The settings are mapped onto these; every capture's provenance holds what they said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from ipaddress import IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from archiver.errors import SettingsError
from archiver.net.addresses import IPAddress, IPNetwork
from archiver.net.limits import MANNERS, Manners
from archiver.net.rules import AllowRule, HostMapping
from archiver.net.targets import Target

MIB = 1024 * 1024

# What Chromium asks on its own account, even when told not to. Source: seen at a proxy of our own
# with Chromium 156 (update, accounts, time), the rest from Chromium's source tree (component
# updater, optimization guide, variations, Safe Browsing, GCM, spell check), 2026-11-22.
BROWSER_HOSTS = frozenset({
    "accounts.google.com",
    "android.clients.google.com",
    "clients1.google.com",
    "clients2.google.com",
    "clients4.google.com",
    "clientservices.googleapis.com",
    "content-autofill.googleapis.com",
    "edgedl.me.gvt1.com",
    "mtalk.google.com",
    "optimizationguide-pa.googleapis.com",
    "redirector.gvt1.com",
    "safebrowsing.googleapis.com",
    "safebrowsingohttpgateway.googleapis.com",
    "update.googleapis.com",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What one passage may use. Times in seconds, sizes in bytes.

    Source: measured and compared with Scoop, Browsertrix and Gotenberg, 2026-11-22: they allow
    60-90 s and 200 MB for a page; a name server that has not answered in 5 s rarely does.
    """

    resolve_s: float = 5
    addresses: int = 16
    """Answers a name may have; more is an attack, not a site."""
    connect_s: float = 10
    """For all addresses of a name together."""
    head_s: float = 20
    """From the client's connection to the end of its request head."""
    idle_s: float = 20
    """Without a byte in either direction."""
    connection_s: float = 90
    seconds: float = 120
    """From :meth:`Passage.start` to the end of everything."""
    connections: int = 256
    """At one time."""
    requests: int = 2000
    """Asked of the guard in all, refused ones included."""
    bytes_in: int = 200 * MIB
    bytes_out: int = 4 * MIB
    head_bytes: int = 64 * 1024
    head_fields: int = 200


@dataclass(frozen=True, slots=True)
class Upstream:
    """A proxy of the operator's that all traffic goes through. Credentials stay out of reports."""

    host: str
    port: int
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> Upstream:
        """Read ``http://user:pass@host:port``.

        Raises:
            SettingsError: it is not that.
        """
        parts = urlsplit(text)
        try:
            port = parts.port
        except ValueError as error:
            raise SettingsError(f"net.upstream: {error}") from error
        if parts.scheme != "http" or not parts.hostname or port is None:
            raise SettingsError("net.upstream must read http://user:pass@host:port")
        return cls(
            parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or "")
        )

    @property
    def address(self) -> str:
        """The proxy's address without credentials."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """Where the guard lets connections go.

    ``ports`` are those open at public addresses; an allow rule opens its own. ``nat64`` is the
    site's /96 prefix when the network reaches IPv4 by translation only. ``browser_hosts`` are
    refused and marked as the browser's own doing.
    """

    allow: tuple[AllowRule, ...] = ()
    host_map: tuple[HostMapping, ...] = ()
    deny: tuple[IPNetwork, ...] = ()
    ports: tuple[int, ...] = (80, 443, 8080, 8443)
    upstream: Upstream | None = None
    nat64: IPv6Network | None = None
    browser_hosts: frozenset[str] = BROWSER_HOSTS
    limits: Limits = Limits()

    @classmethod
    def build(
        cls,
        *,
        allow: Sequence[str] = (),
        host_map: Mapping[str, str] | None = None,
        deny: Sequence[str] = (),
        ports: Sequence[int] | None = None,
        upstream: str | None = None,
        nat64: str | None = None,
        limits: Limits | None = None,
    ) -> GuardPolicy:
        """Make a policy of settings as they are written.

        Raises:
            SettingsError: one cannot be read; the message names it.
        """
        return cls(
            allow=tuple(AllowRule.parse(text) for text in allow),
            host_map=tuple(HostMapping.parse(name, to) for name, to in (host_map or {}).items()),
            deny=tuple(_network("net.deny", text) for text in deny),
            ports=cls().ports if ports is None else tuple(ports),
            upstream=Upstream.parse(upstream) if upstream else None,
            nat64=_nat64(nat64) if nat64 else None,
            limits=limits or Limits(),
        )

    def mapping(self, host: str, port: int) -> Target | None:
        """Return where the operator sends that name instead, or None."""
        found = (m.to for m in self.host_map if (m.host, m.port) == (host, port))
        return next(found, None)

    def allows(self, ip: IPAddress, port: int) -> bool:
        """Whether an allow rule covers that address at that port."""
        return any(rule.covers(ip, port) for rule in self.allow)

    def opens(self, port: int) -> bool:
        """Whether anything at all may be reached at that port."""
        return port in self.ports or any(rule.port in {None, port} for rule in self.allow)

    def provenance(self) -> dict[str, object]:
        """Return what a capture must tell of this policy, fit for JSON, without credentials."""
        return {
            "allow": [rule.written for rule in self.allow],
            "host_map": {f"{m.host}:{m.port}": m.to.authority for m in self.host_map},
            "deny": [str(network) for network in self.deny],
            "ports": list(self.ports),
            "upstream": self.upstream.address if self.upstream else None,
            "nat64": str(self.nat64) if self.nat64 else None,
            "limits": asdict(self.limits),
        }


def _network(setting: str, text: str) -> IPNetwork:
    try:
        return ip_network(text)
    except ValueError as error:
        raise SettingsError(f"{setting}: {error}") from error


def _nat64(text: str) -> IPv6Network:
    network = _network("net.nat64", text)
    if not isinstance(network, IPv6Network) or network.prefixlen != 96:
        raise SettingsError("net.nat64 must be an IPv6 prefix of 96 bits")
    return network


@dataclass(frozen=True, slots=True)
class ClientPolicy:
    """How the client asks. Sizes in bytes, times in seconds where the name says ``_s``.

    ``user_agent`` is honest by default: a site that would refuse an archive shall be able to, and
    what a disguise was shown proves less. ``tls_invalid`` "capture" asks once more without
    verification when a certificate is bad, and says so in the answer. ``robots`` is ignored by
    default: one address, asked on a person's order to hold evidence, is no crawl; "respect" makes
    the client ask for robots.txt first. ``accept_encoding`` names what warcio can decode without
    another library.
    """

    user_agent: str = "Mozilla/5.0 (compatible; citation-archiver/0.1)"
    accept_language: str = "en-US,en;q=0.9"
    accept_encoding: str = "gzip, deflate"
    deadline_s: float = 60
    """For a whole answer, redirects included; waiting for our own turn is not counted."""
    max_redirects: int = 10
    max_bytes: int = 50 * MIB
    """Of a body on the wire, when the question does not say."""
    max_decoded_bytes: int = 32 * MIB
    max_ratio: int = 200
    """Decoded to coded, looked at past the first MiB."""
    tls_invalid: Literal["capture", "refuse"] = "capture"
    extra_ca: Path | None = None
    robots: Literal["ignore", "respect"] = "ignore"
    robots_token: str = "citation-archiver"  # noqa: S105 - the name robots.txt knows us by
    manners: Manners = MANNERS
    """How many requests one registrable domain gets at a time, and how far apart."""
    control_urls: tuple[str, ...] = (
        "https://www.gstatic.com/generate_204",
        "https://www.cloudflare.com/cdn-cgi/trace",
    )
    """Two of different owners, both made for machines to ask and over TLS, so that neither one
    owner's outage nor a captive portal can speak for the whole network."""
    resolvers: tuple[str, ...] = ()
    """Asked whether a name exists: ``system``, or IP addresses with or without port."""
    rdap: str = ""
    """Asked when a name was registered: an address that the name is put after; empty is nobody."""

    def provenance(self) -> dict[str, object]:
        """Return what a capture must tell of this policy, fit for JSON."""
        return {
            "user_agent": self.user_agent,
            "accept_language": self.accept_language,
            "accept_encoding": self.accept_encoding,
            "tls_invalid": self.tls_invalid,
            "extra_ca_sha256": self.extra_ca_sha256,
            "robots": self.robots,
            "deadline_s": self.deadline_s,
            "max_redirects": self.max_redirects,
            "max_bytes": self.max_bytes,
            "max_decoded_bytes": self.max_decoded_bytes,
            "max_ratio": self.max_ratio,
        }

    @property
    def extra_ca_sha256(self) -> str | None:
        """Hex digest of the extra CA file's bytes, or None when there is none.

        Raises:
            SettingsError: the file cannot be read.
        """
        if self.extra_ca is None:
            return None
        try:
            return hashlib.sha256(self.extra_ca.read_bytes()).hexdigest()
        except OSError as error:
            raise SettingsError(f"net.extra_ca: {error}") from error
