"""What name servers say of an address's name: does it exist, and is it parked?

The body of an answer to ``Ask.DNS`` is a JSON document of what each resolver said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from archiver.model.inquiry import Answer, Outcome, Reading, Wall
from archiver.model.signals import Signal
from archiver.platforms._json import Object, number, objects, read_object, text

# Extended errors by which a resolver says that it, not the name's owner, holds the answer back.
# Source: RFC 8914, sections 4.5 and 4.16 to 4.18.
_FILTERS = {4: "forged", 15: "blocked", 16: "censored", 17: "filtered"}
_ENOUGH = 2  # resolvers that must agree before a name counts as gone
_LONGEST_CHAIN = 16  # aliases followed; resolvers themselves give up about there

# Name servers, and names that aliases lead to, of services that show nothing but parked and
# offered domains, each with all names below it. The idea of telling them by NS, CNAME and A is that
# of Zirngibl et al., "Domain Parking: Largely Present, Rarely Considered!" (TMA 2022); the names
# are those that the services tell their customers to set, as these repeat them in public (read
# 2026-11-29). What registrars also put before real sites of their customers (domaincontrol.com,
# dns-parking.com, namebrightdns.com, registrar-servers.com) is left out.
_SERVICES = {
    "above.com": "Above.com",
    "afternic.com": "Afternic",
    "bodis.com": "Bodis",
    "brandbucket.com": "BrandBucket",
    "buydomains.com": "BuyDomains",
    "cashparking.com": "GoDaddy CashParking",
    "dan.com": "Dan.com",
    "domainmarket.com": "DomainMarket",
    "domainparkingserver.net": "Skenzo",
    "eftydns.com": "Efty",
    "expired.uniregistry-dns.com": "Uniregistry",
    "hugedomains.com": "HugeDomains",
    "nameshift.com": "Nameshift",
    "parkingcrew.net": "ParkingCrew",
    "parkingpage.namecheap.com": "Namecheap parking",
    "parking.namecheap.com": "Namecheap parking",
    "parklogic.com": "ParkLogic",
    "rookdns.com": "RookMedia",
    "sedo.com": "Sedo",
    "sedoparking.com": "Sedo",
    "squadhelp.com": "Atom",
    "this-domain-for-sale.com": "BuyDomains",
    "undeveloped.com": "Dan.com",
    "uniregistrymarket.link": "Uniregistry",
    "voodoo.com": "Voodoo",
    "ztomy.com": "Skenzo",
}
# Networks that belong to such services, from the registries of addresses: rented machines in
# clouds, where some of them stand too, change hands and are left out.
_NETWORKS: tuple[tuple[IPv4Network | IPv6Network, str], ...] = (
    (ip_network("91.195.240.0/23"), "Sedo"),
    (ip_network("185.53.176.0/22"), "ParkingCrew"),
    (ip_network("199.59.240.0/22"), "Bodis"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What one resolver said. ``rcode`` is None when it did not answer; ``error`` says why.

    ``aliases``, ``addresses`` and ``servers`` (of the registered domain) are lower case and
    without final dots. ``filters`` are its own words for holding an answer back.
    """

    resolver: str
    rcode: str | None
    error: str = ""
    filters: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()

    @property
    def is_absent(self) -> bool:
        """Whether it says that the name, or the last of its aliases, does not exist."""
        return self.rcode == "NXDOMAIN"

    @property
    def is_there(self) -> bool:
        """Whether it says that the name exists, with or without an address."""
        return self.rcode == "NOERROR"

    @property
    def words(self) -> str:
        """What it said, for a person."""
        said = self.rcode or self.error or "nothing"
        of_alias = f" of its alias {self.aliases[-1]}" if self.is_absent and self.aliases else ""
        return f"{self.resolver} says {said}{of_alias}"


@dataclass(frozen=True, slots=True)
class Names:
    """What all resolvers said of one name."""

    name: str
    told: tuple[Told, ...]

    @property
    def words(self) -> str:
        """What each said, for a person."""
        return "; ".join(one.words for one in self.told)


def read_names(answer: Answer) -> Names | None:
    """Return what the resolvers said, or None when none was asked or it cannot be read."""
    if answer.outcome is not Outcome.ANSWERED or answer.content_type != "application/json":
        return None
    document = read_object(answer.body) or {}
    name = _plain(text(document, "name") or "")
    told = tuple(_told(one, name) for one in objects(document, "resolvers"))
    return Names(name, told) if name and told else None


def _told(resolver: Object, name: str) -> Told:
    answers = objects(resolver, "answers")
    of_name = [one for one in answers if text(one, "type") in ("A", "AAAA")]
    records = [record for one in of_name for record in _records(one)]
    others = [record for one in answers if one not in of_name for record in _records(one)]
    return Told(
        resolver=text(resolver, "resolver") or "a resolver",
        rcode=_rcode([text(one, "rcode") for one in of_name]),
        error=next(filter(None, (text(one, "error") for one in answers)), ""),
        filters=tuple(dict.fromkeys(word for one in answers for word in _filters(one))),
        aliases=_chain(name, records),
        addresses=tuple(value for _, kind, value in records if kind in ("A", "AAAA")),
        servers=tuple(value for _, kind, value in others if kind == "NS"),
    )


def _rcode(rcodes: Sequence[str | None]) -> str | None:
    """Return what counts of the two questions for a name's addresses.

    A name exists when either says so: some servers deny the kind of record they do not have
    (RFC 4074, section 4.2). It is absent when both say so.
    """
    if "NOERROR" in rcodes:
        return "NOERROR"
    if len(rcodes) > 1 and all(rcode == "NXDOMAIN" for rcode in rcodes):
        return "NXDOMAIN"
    return next((rcode for rcode in rcodes if rcode not in (None, "NXDOMAIN")), None)


def _records(answer: Object) -> list[tuple[str, str, str]]:
    """Return owner, type and value of each record."""
    records = objects(answer, "records")
    parts = [[text(one, part) or "" for part in ("owner", "type", "value")] for one in records]
    return [(_plain(owner), kind, _plain(value)) for owner, kind, value in parts]


def _filters(answer: Object) -> list[str]:
    codes = (number(one, "code") for one in objects(answer, "extended"))
    return [_FILTERS[code] for code in codes if code is not None and code in _FILTERS]


def _chain(name: str, records: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    """Follow the aliases of a name, to their end or round once."""
    leads_to = {owner: value for owner, kind, value in records if kind == "CNAME"}
    chain: list[str] = []
    while (name := leads_to.get(name, "")) and name not in chain and len(chain) < _LONGEST_CHAIN:
        chain.append(name)
    return tuple(chain)


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


def read_absence(answer: Answer, what: str, error: str) -> Reading:
    """Return what a name that did not resolve comes to, after the resolvers were asked.

    ``what`` was asked, and ``error`` is what the client was told. The name counts as gone for sure
    when two resolvers say so; a filter, or two that contradict one another, is our own side's.
    """
    names = read_names(answer)
    if names is None:
        why = f"The name of {what} does not exist ({error}), while our network works"
        return Reading(Signal.NO_HOST, f"{why}; no other resolver was asked.")
    local = _our_side(names)
    if local is not None:
        return local
    if all(one.is_absent for one in names.told):
        reason = f"The name of {what} does not exist ({names.words}), while our network works."
        return Reading(Signal.NO_HOST, reason, confirmed=len(names.told) >= _ENOUGH)
    return Reading(
        Signal.UNREACHABLE,
        f"The name of {what} was not resolved ({error}), and is not known to be gone"
        f" ({names.words}).",
    )


def read_presence(answer: Answer) -> Reading | None:
    """Return what speaks against a page that came, by its name: our own side; None when nothing."""
    names = read_names(answer)
    if names is None:
        return None
    if any(one.is_absent for one in names.told):
        reason = f"A page came for {names.name}, a name that does not exist ({names.words})."
        return Reading(Signal.UNREACHABLE, reason, wall=Wall.LOCAL)
    return _our_side(names)


def _our_side(names: Names) -> Reading | None:
    """Return that a resolver filters the name, or denies it while another knows its address."""
    for one in names.told:
        if one.filters:
            reason = f"{one.resolver} holds {names.name} back: {', '.join(one.filters)}."
            return Reading(Signal.UNREACHABLE, f"The resolver {reason}", wall=Wall.LOCAL)
    absent = any(one.is_absent for one in names.told)
    if absent and any(one.is_there and one.addresses for one in names.told):
        reason = f"Resolvers contradict one another about {names.name}: {names.words}."
        return Reading(Signal.UNREACHABLE, reason, wall=Wall.LOCAL)
    return None


def parking_service(answer: Answer) -> str | None:
    """Return which parking service a name is handed to, and by what; None when to none."""
    names = read_names(answer)
    if names is None or _service_of(names.name) is not None:
        return None  # a page of the service's own
    for one in names.told:
        for kind, found in (("name server", one.servers), ("alias", one.aliases)):
            service = next(filter(None, map(_service_of, found)), None)
            if service is not None:
                return f"{service}, by its {kind}"
        service = next(filter(None, map(_service_at, one.addresses)), None)
        if service is not None:
            return f"{service}, by its address"
    return None


def _service_of(name: str) -> str | None:
    labels = name.split(".")[-_LONGEST_CHAIN:]
    ends = (".".join(labels[n:]) for n in range(len(labels)))
    return next((_SERVICES[end] for end in ends if end in _SERVICES), None)


def _service_at(text: str) -> str | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return next((service for network, service in _NETWORKS if address in network), None)
