"""The door out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from archiver.settings.section import LEAST_S, Count, Mebibytes, Patience, Seconds, Section, setting

Port = Annotated[int, Field(ge=1, le=65_535)]


class NetSettings(Section):
    """The door out, and the client behind it."""

    allow: list[str] = setting(
        [],
        "CIDR:port that may be asked although private, such as 10.1.0.0/16:443 for an intranet. "
        "Written into every capture's provenance.",
    )
    deny: list[str] = setting(
        [], "CIDRs never to be asked, beside private and reserved ones, such as 203.0.113.0/24."
    )
    ports: list[Port] = setting(
        [80, 443, 8080, 8443],
        "Ports that may be asked at public addresses; others are refused, mail and shell among "
        "them. An allow rule opens its own.",
    )
    nat64: str = setting(
        "",
        "IPv6 /96 prefix, where the network reaches IPv4 by translation only, so that translated "
        "addresses are judged by what they mean; empty is none.",
    )
    host_map: dict[str, str] = setting(
        {},
        "host:port to address:port, as curl's --connect-to: the name stays in TLS and Host. What "
        "is sent to a loopback, private or link-local address counts as a machine of your own: "
        "per_host, the pauses and Retry-After do not hold for it. Written into every capture's "
        "provenance.",
    )
    extra_ca: str = setting(
        "", "Path of a PEM file with one more authority to trust; empty is none."
    )
    upstream_proxy: str = setting(
        "", "http://user:password@host:port that the guard itself leaves through; empty is none."
    )
    control_urls: list[str] = setting(
        ["https://www.gstatic.com/generate_204", "https://www.cloudflare.com/cdn-cgi/trace"],
        "Asked only when a source does not answer, or answers badly without TLS: is it them, or "
        "our own network? Two of different owners, made for machines to ask.",
    )
    resolvers: list[str] = setting(
        ["system", "1.1.1.1"],
        "Name servers asked whether a name is gone or parked, when a page is: system is the "
        "system's own, others are IP or IP:port. A name counts as gone when two say so, so name "
        "two of different owners; with an empty list none is asked.",
    )
    rdap: str = setting(
        "https://rdap.org/domain/",
        "Asked when a name was registered (RDAP), when its page is parked or another than before: "
        "the name is put after it. rdap.org sends on to each name's registry; empty asks nobody.",
    )
    robots: Literal["ignore", "respect"] = setting(
        "ignore",
        "robots.txt speaks to crawlers; a citation is looked up because a person cited it.",
    )
    tls_invalid: Literal["capture", "refuse"] = setting(
        "capture",
        "An expired certificate does not unsay a page: it is captured, and the capture says so.",
    )
    timeout_s: Patience = setting(
        60.0,
        "Seconds for one answer in all; reads that drip never time out by themselves.",
        ge=LEAST_S,
    )
    max_body_mib: Mebibytes = setting(
        50, "Largest body the client takes, MiB as sent; what is cut is marked.", gt=0
    )
    max_capture_mib: Mebibytes = setting(200, "Most that one capture may download, MiB.", gt=0)
    max_connections: Count = setting(256, "Most connections of one capture.", gt=0)
    per_host: Count = setting(
        1,
        "Requests at once to one registrable domain. A page in the browser is one, with what it "
        "loads and its capture's media. Of all workers on one database one asks it at a time.",
        gt=0,
    )
    spacing_s: Seconds = setting(
        0.5, "Least seconds between two requests of ours to one registrable domain.", ge=0
    )
    delay_factor: float = setting(
        1.0,
        "A site is left alone after an answer, or a visit of the browser, for so many times what "
        "its newest answer took: a slow one is asked seldomer.",
        ge=0,
        le=1000,
    )
    delay_cap_s: Seconds = setting(30.0, "Longest that this makes us wait, seconds.", ge=0)
