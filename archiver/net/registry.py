"""Where to ask when a name was registered: the registry's own service (RDAP), found by a bootstrap.

What a bootstrap is asked for is a registered domain and nothing more: it does not learn which
page is cited, nor names that are no public ones.
"""

from __future__ import annotations

from archiver.errors import AddressError, SettingsError
from archiver.net.limits import registered_domain
from archiver.net.nameservers import refuse_host
from archiver.net.policy import GuardPolicy
from archiver.net.urls import read_address

MAX_BYTES = 256 * 1024
"""Of an answer; those of registries have some kilobytes."""
ACCEPT = "application/rdap+json, application/json"
"""Source: RFC 7480, section 4.2."""


class Registry:
    """Makes the address that tells of another address's name.

    ``service`` is the setting: what a domain is put after, as in RFC 9082, section 3.1.3. A
    bootstrap redirects from there to the registry that RFC 9224 names. Empty asks nobody.

    Raises:
        SettingsError: it is no address.
    """

    def __init__(self, service: str, policy: GuardPolicy) -> None:
        try:
            self._service = read_address(service).url.rstrip("/") if service else ""
        except AddressError as error:
            raise SettingsError(f"net.rdap: {service!r}: {error}") from error
        self._policy = policy

    def address_for(self, url: str) -> str:
        """Return the address to ask about the name of ``url``.

        Raises:
            AddressError: there is nobody to ask, or no name that a registry keeps.
        """
        if not self._service:
            raise AddressError("there is no registry to ask; see net.rdap")
        host = read_address(url).host
        why = refuse_host(host, self._policy)
        if why is not None:
            raise AddressError(why)
        domain = registered_domain(host)
        if domain is None:
            raise AddressError(f"{host} is under no public suffix")
        return f"{self._service}/{domain}"
