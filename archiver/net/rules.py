"""What an operator may allow on purpose: networks with a port, and names sent elsewhere.

Both come from the settings, never from a request, and are written into every capture's provenance.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Network, ip_network

from archiver.errors import AddressError, SettingsError
from archiver.net.addresses import IPAddress, IPNetwork
from archiver.net.targets import Target, parse_authority


@dataclass(frozen=True, slots=True)
class AllowRule:
    """A network that may be dialled although the table denies it. ``port`` None is any port."""

    network: IPNetwork
    port: int | None

    @classmethod
    def parse(cls, text: str) -> AllowRule:
        """Read ``127.0.0.0/8:8080``, ``[::1]/128:9000`` or ``127.0.0.0/8:*``.

        Raises:
            SettingsError: it is none of these.
        """
        cidr, _, port = text.strip().rpartition(":")
        try:
            network = ip_network(cidr.replace("[", "").replace("]", ""))
            number = None if port == "*" else int(port)
        except ValueError as error:
            raise SettingsError(f"net.allow: {text!r} is not CIDR:port ({error})") from error
        if "/" not in cidr or (number is not None and not 0 < number < 65536):
            raise SettingsError(f"net.allow: {text!r} is not CIDR:port")
        return cls(network, number)

    def covers(self, ip: IPAddress, port: int) -> bool:
        """Whether this rule allows that address at that port."""
        same = ip.version == self.network.version and ip in self.network
        return same and self.port in {None, port}

    @property
    def written(self) -> str:
        """The rule as a setting."""
        network = str(self.network)
        if isinstance(self.network, IPv6Network):
            network = f"[{self.network.network_address}]/{self.network.prefixlen}"
        return f"{network}:{'*' if self.port is None else self.port}"


@dataclass(frozen=True, slots=True)
class HostMapping:
    """A name and port whose connections go to one address instead.

    Only the dialled address changes: the name stays in TLS and in ``Host``, as with curl's
    ``--connect-to``.
    """

    host: str
    port: int
    to: Target

    @classmethod
    def parse(cls, name: str, to: str) -> HostMapping:
        """Read ``x.com:443`` and ``127.0.0.1:9443`` (an IPv6 address in brackets).

        Raises:
            SettingsError: one is not host:port, or the second is not an address.
        """
        try:
            source, target = parse_authority(name.strip()), parse_authority(to.strip())
        except AddressError as error:
            raise SettingsError(f"net.host_map: {name!r} to {to!r}: {error}") from error
        if target.ip is None:
            raise SettingsError(f"net.host_map: {to!r} must be an IP address and a port")
        return cls(source.host, source.port, target)
