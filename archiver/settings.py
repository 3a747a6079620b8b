"""Every setting, once: its name, default, unit and reason.

Read in this order, later ones win: the defaults below (which ``config/archiver.toml`` repeats for
people), ``archiver.toml`` in the home directory, the environment (``ARCHIVER_NET__ALLOW='[…]'``),
the command line. Nothing else in the product reads the environment.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from typing_extensions import override

from archiver.errors import SettingsError

_WITH_SECRETS = ("files.secret_key", "credentials", "notify")
"""Sections whose values an error does not repeat."""
_PASSWORD = re.compile(r"(://[^/@:\s]*):[^/@\s]+@")  # of an address, with the user before it


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _setting(default: Any, reason: str, **bounds: Any) -> Any:  # noqa: ANN401 - a field of any type
    return Field(default, description=reason, **bounds)


def _ascending(times: list[float]) -> list[float]:
    if any(later <= earlier for earlier, later in pairwise(times)):
        message = "each must be later than the one before"
        raise ValueError(message)
    return times


def _known_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        message = "is no time zone of the IANA database"
        raise ValueError(message)
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class StoreSettings(_Section):
    """Where rows are kept."""

    database: str = _setting(
        "",
        "Database address; empty is SQLite in the home directory. PostgreSQL: "
        "postgresql+psycopg://user@host/name, for more than one machine.",
    )
    queue: Literal["embedded", "procrastinate"] = _setting(
        "embedded",
        "How workers hear of jobs: embedded, they ask the database; procrastinate, messages in "
        "PostgreSQL wake them, for many machines. Then: archiver db upgrade.",
    )

    @model_validator(mode="after")
    def _messages_need_a_server(self) -> Self:
        if self.queue == "procrastinate" and not self.database.startswith("postgresql"):
            message = "queue: procrastinate needs database to be PostgreSQL"
            raise ValueError(message)
        return self

    @property
    def is_server(self) -> bool:
        """Tell whether the database is a server that many machines share."""
        return self.database.startswith("postgres")


class FilesSettings(_Section):
    """Where captures and answers are kept: the home directory, or a store that machines share."""

    url: str = _setting(
        "",
        "s3://bucket or s3://bucket/prefix of an S3-compatible store, for more than one machine; "
        "empty is the home directory. Every file is read back before it counts.",
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?)?$",
    )
    endpoint: str = _setting(
        "",
        "Address of the store, such as https://objects.example.org:9000; empty is Amazon's of the "
        "region. It is the operator's own, as the database is: net.allow need not name it.",
        pattern=r"^(https?://[^/\s@]+/?)?$",
    )
    region: str = _setting("us-east-1", "Region of the bucket; most stores but Amazon's ignore it.")
    access_key: str = _setting(
        "",
        "Name of the key; empty: the environment (AWS_ACCESS_KEY_ID …) or the machine's own role.",
    )
    secret_key: SecretStr = _setting(SecretStr(""), "Secret of the key.")
    allow_http: bool = _setting(
        default=False, reason="Let an http:// endpoint be asked: evidence and its key go in clear."
    )
    path_style: bool = _setting(
        default=True,
        reason="The bucket is the first part of the path; false: of the host, for stores that "
        "want that.",
    )
    cache_mib: int = _setting(
        1024, "Most that copies fetched for people may take on this machine, MiB.", ge=1
    )


class NetSettings(_Section):
    """The door out, and the client behind it."""

    allow: list[str] = _setting(
        [],
        "CIDR:port that may be asked although private, such as 10.1.0.0/16:443 for an intranet. "
        "Written into every capture's provenance.",
    )
    deny: list[str] = _setting(
        [], "CIDRs never to be asked, beside private and reserved ones, such as 203.0.113.0/24."
    )
    ports: list[int] = _setting(
        [80, 443, 8080, 8443],
        "Ports that may be asked at public addresses; others are refused, mail and shell among "
        "them. An allow rule opens its own.",
    )
    nat64: str = _setting(
        "",
        "IPv6 /96 prefix, where the network reaches IPv4 by translation only, so that translated "
        "addresses are judged by what they mean; empty is none.",
    )
    host_map: dict[str, str] = _setting(
        {},
        "host:port to address:port, as curl's --connect-to: the name stays in TLS and Host. "
        "Written into every capture's provenance.",
    )
    extra_ca: str = _setting(
        "", "Path of a PEM file with one more authority to trust; empty is none."
    )
    upstream_proxy: str = _setting(
        "", "http://user:password@host:port that the guard itself leaves through; empty is none."
    )
    control_urls: list[str] = _setting(
        ["https://www.gstatic.com/generate_204", "https://www.cloudflare.com/cdn-cgi/trace"],
        "Asked only when a source does not answer, or answers badly without TLS: is it them, or "
        "our own network? Two of different owners, made for machines to ask.",
    )
    resolvers: list[str] = _setting(
        ["system", "1.1.1.1"],
        "Name servers asked whether a name is gone or parked, when a page is: system is the "
        "system's own, others are IP or IP:port. A name counts as gone when two say so, so name "
        "two of different owners; with an empty list none is asked.",
    )
    rdap: str = _setting(
        "https://rdap.org/domain/",
        "Asked when a name was registered (RDAP), when its page is parked or another than before: "
        "the name is put after it. rdap.org sends on to each name's registry; empty asks nobody.",
    )
    robots: Literal["ignore", "respect"] = _setting(
        "ignore",
        "robots.txt speaks to crawlers; a citation is looked up because a person cited it.",
    )
    tls_invalid: Literal["capture", "refuse"] = _setting(
        "capture",
        "An expired certificate does not unsay a page: it is captured, and the capture says so.",
    )
    timeout_s: float = _setting(
        60.0, "Seconds for one answer in all; reads that drip never time out by themselves.", gt=0
    )
    max_body_mib: int = _setting(
        50, "Largest body the client takes, MiB as sent; what is cut is marked.", gt=0
    )
    max_capture_mib: int = _setting(200, "Most that one capture may download, MiB.", gt=0)
    max_connections: int = _setting(256, "Most connections of one capture.", gt=0)
    per_host: int = _setting(
        1,
        "Requests at once to one registrable domain. Of all workers on one database one asks it at "
        "a time.",
        gt=0,
    )
    spacing_s: float = _setting(
        0.5, "Least seconds between two requests of ours to one registrable domain.", ge=0
    )
    delay_factor: float = _setting(
        1.0,
        "A site is left alone after an answer for so many times what the answer took: a slow one "
        "is asked seldomer.",
        ge=0,
    )
    delay_cap_s: float = _setting(30.0, "Longest that this makes us wait, seconds.", ge=0)


class CaptureSettings(_Section):
    """What is recorded, and how long we wait for it."""

    browser: str = _setting(
        "", "Path of a Chromium binary; empty looks for Playwright's own, then Debian's."
    )
    user_agent: str = _setting(
        "",
        "Empty is the honest one: Chromium's, with our name and version at the end. A site that "
        "refuses it has refused an archive, and the capture says so.",
    )
    locale: str = _setting(
        "en-US",
        "Language a page is asked in; part of what a page shows.",
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
    )
    time_zone: TimeZone = _setting("UTC", "Time zone pages print times in, as in Europe/Berlin.")
    viewport_width: int = _setting(1280, "CSS pixels.", ge=320, le=3840)
    viewport_height: int = _setting(1024, "CSS pixels.", ge=240, le=2160)
    hide: list[str] = _setting(
        [],
        "CSS selectors hidden before the screenshot, such as cookie banners; none by default: "
        "the picture shows what was there. Written into provenance.",
    )
    hide_overlays: bool = _setting(
        default=True,
        reason="A second picture without the boxes that ask for consent, where there are any: what "
        "they cover is what was cited. They are set aside, never answered; the untouched picture "
        "comes first and stays.",
    )
    streams: bool = _setting(
        default=False,
        reason="Video that is served in pieces only is fetched by yt-dlp, an extra to install "
        "(video); off, the capture says that it was not taken.",
    )
    stream_s: float = _setting(120.0, "Longest time for one such video, seconds.", gt=0)
    medium_mib: int = _setting(100, "Largest picture, video or sound of a post, MiB.", gt=0)
    media_mib: int = _setting(300, "Most that all media of one capture may take, MiB.", gt=0)
    media_count: int = _setting(
        40, "Most media of one capture that are asked for; what is left out is named.", gt=0
    )
    media_s: float = _setting(
        300.0, "Longest time for all media of one capture, seconds; then it is partial.", gt=0
    )
    quiet_ms: int = _setting(750, "A page is at rest after so many milliseconds of quiet.", gt=0)
    settle_s: float = _setting(10.0, "Longest wait for quiet, seconds; then it is partial.", gt=0)
    load_s: float = _setting(30.0, "Longest wait for the page itself, seconds.", gt=0)
    deadline_s: float = _setting(90.0, "Hard end of one capture, seconds; then it is killed.", gt=0)
    max_height_px: int = _setting(
        16384, "Tallest screenshot, CSS pixels; a taller page is cut and says so.", gt=0
    )
    per_worker: int = _setting(
        50,
        "Captures after which a capture process is replaced: its driver keeps a little of every "
        "page.",
        ge=1,
    )
    at_once: int = _setting(
        3,
        "Captures at the same time; each waits half its time for quiet, so three keep two cores "
        "busy. Half a gigabyte each, and one browser more is kept ready.",
        ge=1,
        le=64,
    )


Ladder = Annotated[list[PositiveFloat], AfterValidator(_ascending)]
"""Ages or times after something, each later than the one before."""


class ScheduleSettings(_Section):
    """When a source is looked at again; archiver simulate shows what a change costs and gains."""

    floor_s: float = _setting(
        900.0,
        "Shortest time between two looks, seconds (15 min); only the look that learns a page's "
        "noise comes sooner.",
        gt=0,
    )
    cap_s: float = _setting(
        2592000.0, "Longest time between two looks at a post, seconds (30 d).", gt=0
    )
    share_of_age: float = _setting(
        0.5,
        "Time to the next look as a share of the age at this one: half, so that ages grow by 1.5. "
        "Half of all removed posts are removed within days, the rest over months.",
        gt=0,
        le=5,
    )
    after_adding_d: Ladder = _setting(
        [1.0, 7.0],
        "Days after adding at which what was old by then is looked at: it may be taken down "
        "because it is cited.",
    )
    after_edits_s: float = _setting(
        60.0, "Seconds from the end of a post's edit window to the look at its final text.", ge=0
    )
    news_h: Ladder = _setting(
        [1.0, 6.0, 24.0, 48.0, 168.0, 720.0],
        "Ages of a news article at its looks, hours: most edits come in its first two days.",
    )
    news_every_d: float = _setting(30.0, "Then days between two looks at it.", gt=0)
    pages_d: Ladder = _setting(
        [1.0, 7.0, 30.0],
        "Days after adding at which any other page is looked at; then by share_of_age.",
    )
    page_floor_d: float = _setting(
        1.0,
        "Shortest time between two looks at a page, days, however often it changes.",
        gt=0,
    )
    page_cap_d: float = _setting(
        90.0,
        "Longest time between two looks at a page, days: 5 to 26 in 100 are lost a year.",
        gt=0,
    )
    noise_s: float = _setting(
        300.0,
        "Seconds from the first look that showed a page to the second: what differs between the "
        "two is the page's noise, and no change.",
        gt=0,
    )
    rate_least: int = _setting(
        4, "Pairs of looks at a page before its own rate of change counts.", ge=1
    )
    look_price_d: float = _setting(
        2.0,
        "Days for which a look at a changing page must keep us up to date to be worth it. Pages "
        "that change oftener cannot be followed, and are looked at as usual.",
        gt=0,
    )
    stretch: float = _setting(
        1.25,
        "By how much the usual time may grow for a page that never changed, 1 (not at all) to 2. "
        "Such a page is lost as often as any: 2 saves a quarter of all looks at news, and finds "
        "what is lost a week later.",
        ge=1,
        le=2,
    )
    failures_s: Ladder = _setting(
        [900.0, 7200.0, 86400.0, 345600.0, 691200.0, 1036800.0, 1382400.0],
        "Seconds after the first of a run of failures at which it is tried again (15 min, 2 h, "
        "1 d, 4 d, 8 d): an outage is over, or three lie three days apart and count. What is in "
        "doubt then, for a look came late or a wall stood in the way, twice more (12 d, 16 d).",
    )
    tombstone_s: float = _setting(
        3600.0, "Seconds until a platform's word that it is gone is asked for again (1 h).", gt=0
    )
    stated_s: float = _setting(
        86400.0,
        "Seconds until a 410, a name that does not exist or a parked domain is looked at again "
        "(1 d).",
        gt=0,
    )
    offline_s: float = _setting(
        900.0, "Seconds to the next look while our own network is down (15 min).", gt=0
    )
    walled_s: float = _setting(
        3600.0,
        "Seconds after a wall or limit, doubled while it stands (1 h). It says nothing of the "
        "source, and asking oftener makes it higher.",
        gt=0,
    )
    walled_cap_s: float = _setting(604800.0, "The longest of these, seconds (7 d).", gt=0)
    retry_cap_s: float = _setting(
        604800.0,
        "Longest Retry-After that is obeyed, seconds (7 d): nobody can send us away for good.",
        gt=0,
    )
    jitter: float = _setting(
        0.2,
        "Share of a time by which sources come sooner or later than one another, always the same "
        "for each, so that what was added together is not asked for together.",
        ge=0,
        le=0.5,
    )
    pull_spread_s: float = _setting(
        60.0,
        "Seconds between the looks at an account's other sources when one was deleted: a deletion "
        "is often one of many.",
        gt=0,
    )
    host_per_day: int = _setting(
        2000, "Most planned looks at one host in 24 hours; what is more comes later.", ge=1
    )
    host_spacing_s: float = _setting(5.0, "Seconds between two planned looks at one host.", ge=0)
    feed_s: float = _setting(
        900.0,
        "Time between two looks at a feed or sitemap, seconds (15 min), where archiver watch "
        "--every says nothing else.",
        ge=60,
    )


class JudgeSettings(_Section):
    """What it takes to say that a source is gone."""

    failures: int = _setting(
        3,
        "Looks at which a page was not there (404, soft 404, redirect home) until it counts as "
        "gone; any success starts the count anew. InternetArchiveBot's rule.",
        ge=2,
    )
    spacing_s: float = _setting(
        259200.0, "Least time between two of them, seconds (3 d): outages are shorter.", gt=0
    )
    by_browser: bool = _setting(
        default=True,
        reason="One of them must be seen by the browser or from another place, too: some servers "
        "tell a plain client 404 and show people the page.",
    )
    statements: int = _setting(
        2,
        "Looks that must state it (410, no such host, parked name, the platform's own words) until "
        "it counts as gone.",
        ge=1,
    )
    stated_spacing_s: float = _setting(
        86400.0, "Least time between two statements, seconds (1 d).", gt=0
    )
    tombstone_spacing_s: float = _setting(
        3600.0,
        "Least time between two looks at which two answers of a platform agree that it is gone, "
        "seconds (1 h).",
        gt=0,
    )
    incident_addresses: int = _setting(
        3,
        "So many addresses of one host that turn bad together are an incident of the host: those "
        "looks do not count.",
        ge=2,
    )
    incident_window_s: float = _setting(
        21600.0, "What together means, seconds (6 h), so that later looks count.", gt=0
    )
    sink_addresses: int = _setting(
        3,
        "A place where the redirects of so many unrelated cited addresses of one host end is where "
        "lost pages go.",
        ge=2,
    )
    sibling_days: int = _setting(
        30,
        "Days for which it is remembered what a site answers in a directory where there is nothing "
        "(a made-up name is asked once), so that pages that only read like an error can be told.",
        ge=1,
        le=366,
    )


class DaemonSettings(_Section):
    """The background service."""

    tick_s: float = _setting(5.0, "Seconds between two looks at what is due.", gt=0)
    looks_at_once: int = _setting(
        100,
        "Looks by plain requests at the same time, each at another site; captures have "
        "capture.at_once.",
        ge=1,
        le=1000,
    )
    tries: int = _setting(
        5,
        "How often a look is tried that fails by trouble of our own (database, disk, browser), "
        "before its source is left for hours. What a site answers is never such trouble.",
        ge=1,
    )
    retry_s: float = _setting(
        30.0, "Longest pause before the second try, seconds; doubled by every further one.", gt=0
    )
    retry_cap_s: float = _setting(21600.0, "Longest pause before any try, seconds (6 h).", gt=0)
    disk_floor_mib: int = _setting(
        2048,
        "Free space on the home's disk below which nothing is captured or looked at, MiB; a "
        "twentieth of the disk counts where that is more. Reading goes on.",
        ge=0,
    )
    sweep_s: float = _setting(
        30.0, "Seconds between two searches for what dead workers left in hand.", gt=0
    )
    errands_s: float = _setting(
        15.0, "Seconds between two looks for due feeds, articles to be read and look-ups.", gt=0
    )
    notify_s: float = _setting(5.0, "Seconds between two looks for what is to be told.", gt=0)
    checkpoint_s: float = _setting(
        600.0, "Seconds between two tidyings of the database (10 min).", gt=0
    )
    scrub_s: float = _setting(
        3600.0, "Seconds between two readings of a share of all files (1 h).", gt=0
    )
    scrub_days: float = _setting(
        30.0,
        "Days in which about all kept files are read again and compared, digest by digest.",
        gt=0,
    )
    lease_s: float = _setting(
        90.0, "Seconds a claim lives without a sign of life, so that a dead worker frees it.", gt=1
    )
    grace_s: float = _setting(
        25.0, "Seconds that captures in hand may take to finish after SIGTERM.", ge=0
    )
    listen: str = _setting(
        "127.0.0.1:8474",
        "host:port where /livez, /readyz and /metrics are served; empty serves nothing. They ask "
        "for no password, so another address than loopback wants a firewall.",
        pattern=r"^$|^(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}$",
    )
    hosts: list[str] = _setting(
        [],
        "Names by which they may be asked there beside localhost, such as the name of a container: "
        "a page that makes a name of its own lead here (DNS rebinding) is refused.",
    )
    deaths: int = _setting(
        2, "Workers that may die of a job until it is left alone: it may be what kills them.", ge=1
    )
    quarantine_h: float = _setting(
        24.0,
        "Hours such a job is left alone; twice as long after each further death, a month at most.",
        gt=0,
    )


class CredentialSettings(_Section):
    """Tokens of your own. Each is sent to its own service alone and never shown or kept."""

    x: SecretStr = _setting(
        SecretStr(""), "Bearer token of an X developer account, for its API; empty is none."
    )
    reddit: SecretStr = _setting(
        SecretStr(""), "Bearer token for Reddit's API (oauth.reddit.com); empty is none."
    )
    wayback: SecretStr = _setting(
        SecretStr(""), "key:secret of an archive.org account, for Save Page Now; empty is none."
    )


class ArchivesSettings(_Section):
    """Outside archives: asked for copies, and, when told to, given addresses to save."""

    enabled: bool = _setting(
        default=True,
        reason="Ask outside archives for what we never saw as it was cited. They learn which "
        "address, and nothing of the article.",
    )
    ask: list[Literal["wayback", "archive.today"]] = _setting(
        ["wayback"],
        "Which, in this order. archive.today is read through its TimeMap and never submitted to.",
    )
    index_spacing_s: float = _setting(
        2.5,
        "Seconds between two questions to an index: the Internet Archive allows 30 a minute, and "
        "four fifths of that are polite.",
        ge=0,
    )
    most_copies: int = _setting(
        4, "Copies of one source fetched, nearest first, until one shows it.", ge=1, le=16
    )
    max_pause_s: float = _setting(
        21600.0, "Longest that a failing archive is left alone, seconds (6 h).", gt=0
    )
    push_wayback: bool = _setting(
        default=False, reason="Have the Wayback Machine save the address of every accepted capture."
    )
    push_per_minute: int = _setting(
        6, "Addresses sent in a minute; about 7 were taken from one account in 2026.", ge=1
    )
    push_per_day: int = _setting(
        200,
        "Addresses sent in a day by one process; sources name 200 without a key and up to 100,000 "
        "with one.",
        ge=1,
    )
    push_at_once: int = _setting(2, "Orders the archive works on at a time; it takes 3.", ge=1)
    push_not_within_s: float = _setting(
        86400.0,
        "An address that the archive saved in so many seconds before is not saved again (1 d).",
        ge=0,
    )


class AccountSettings(_Section):
    """Log-ins of your own, for what is shown to nobody else. Their cookies are never kept."""

    cookies: dict[str, str] = _setting(
        {},
        "Platform to path of a cookies file in Netscape's format, such as "
        '{"x" = "/etc/archiver/x.txt"}; sent to that platform alone. Captures say so.',
    )
    profiles: dict[str, str] = _setting(
        {}, "Platform to path of a Chromium user data directory whose log-in is used; it is copied."
    )


TargetName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class TargetSettings(_Section):
    """Who is told of what: a [[notify.targets]] table for each."""

    name: TargetName = Field(
        description="What it is called in commands and records: small letters, digits, - and _."
    )
    kind: Literal["apprise", "webhook"] = Field(
        description="webhook is a signed POST of JSON; apprise is mail, Slack, Matrix and others."
    )
    url: SecretStr = Field(
        description="Where to: an http(s) address, or one of Apprise's (mailto://…). Never shown."
    )
    secret: SecretStr = _setting(
        SecretStr(""),
        "A webhook's: whsec_ and base64 of 24 to 64 random bytes, which sign every message.",
    )
    tell: list[
        Literal[
            "gone", "changed", "suspect", "restricted", "moved", "restored", "edited",
            "unreachable", "unknown",
        ]
    ] = _setting(
        ["gone", "changed", "restricted", "restored"],
        "Which news. What takes back something told (it is there again) is told in any case.",
        min_length=1,
    )  # fmt: skip
    severity: Literal["minor", "major"] = _setting(
        "minor",
        "Least that is told. Minor are changes that leave the words quoted and most of the page, "
        "moves, edits, and what is not certain.",
    )
    articles: list[str] = _setting(
        ["*"], "Articles by ID or address; * is everything that is followed.", min_length=1
    )
    platforms: list[str] = _setting(
        ["*"], "Platforms of the sources, such as x or web; * is all.", min_length=1
    )
    when: Literal["at_once", "daily", "weekly"] = _setting(
        "at_once", "At once, or gathered in one message a day or a week."
    )
    hour: int = _setting(8, "Hour of that message, in the time zone.", ge=0, le=23)
    weekday: Weekday = _setting("monday", "Day of a weekly message.")
    time_zone: TimeZone = _setting("UTC", "Time zone of the hour, as in Europe/Berlin.")
    looks: int = _setting(
        1,
        "Told only when so many looks in a row say so; dropped when it is back before.",
        ge=1,
        le=100,
    )
    repeat_h: float = _setting(
        0.0, "Hours until it is told again, unless archiver ack was said; 0 is never.", ge=0
    )
    repeats: int = _setting(3, "Most repetitions of one news.", ge=0, le=100)


def _differently_named(targets: list[TargetSettings]) -> list[TargetSettings]:
    names = [target.name for target in targets]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        message = f"two targets are called {twice}; give each a name of its own"
        raise ValueError(message)
    return targets


class NotifySettings(_Section):
    """Who is told when a source is lost or changed."""

    gather_s: float = _setting(
        60.0,
        "Seconds that news to be told at once waits for more of the same source: a deletion is "
        "news of the source and of every citation, and one message.",
        ge=0,
    )
    timeout_s: float = _setting(30.0, "Seconds for one message to be taken.", gt=0, le=240)
    retry_s: float = _setting(
        30.0,
        "First wait after a message was not taken, seconds; doubled at each, and a random part of "
        "it is waited, so that many do not come back together.",
        gt=0,
    )
    retry_cap_s: float = _setting(3600.0, "Longest of these waits, seconds (1 h).", gt=0)
    give_up_h: float = _setting(24.0, "Hours after the first try at which it is given up.", gt=0)
    feed_base: str = _setting(
        "",
        "Address at which others reach the feeds directory, such as https://archive.example/feeds; "
        "written into the Atom feeds as their own address; empty is none.",
        pattern=r"^(https?://\S+)?$",
    )
    targets: Annotated[list[TargetSettings], AfterValidator(_differently_named)] = _setting(
        [], "Who is told: one [[notify.targets]] table each, or a JSON list in the environment."
    )


class LogSettings(_Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = _setting("info", "Least level written.")
    format: Literal["auto", "text", "json"] = _setting(
        "auto", "auto is text on a terminal, JSON lines elsewhere."
    )


class Settings(BaseSettings):
    """All settings. ``home`` is the one directory that holds everything."""

    model_config = SettingsConfigDict(
        env_prefix="ARCHIVER_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    home: Path = Field(description="The directory that holds everything.")
    store: StoreSettings = StoreSettings()
    files: FilesSettings = FilesSettings()
    net: NetSettings = NetSettings()
    capture: CaptureSettings = CaptureSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    judge: JudgeSettings = JudgeSettings()
    daemon: DaemonSettings = DaemonSettings()
    credentials: CredentialSettings = CredentialSettings()
    archives: ArchivesSettings = ArchivesSettings()
    accounts: AccountSettings = AccountSettings()
    notify: NotifySettings = NotifySettings()
    log: LogSettings = LogSettings()

    @override
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the file in the home directory below the environment; read no ``.env``."""
        given = init_settings()
        file = Path(str(given["home"])) / "archiver.toml"
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file))

    @property
    def database_url(self) -> str:
        """The database's address, the embedded one by default."""
        return self.store.database or f"sqlite:///{self.home / 'archiver.db'}"

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for a server's."""
        kind, _, path = self.database_url.partition(":///")
        return Path(path) if kind.startswith("sqlite") else None


def default_home() -> Path:
    """Return the home directory: ``ARCHIVER_HOME``, else the XDG data directory's ``archiver``."""
    named = os.environ.get("ARCHIVER_HOME")
    if named:
        return Path(named).expanduser().absolute()
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data).expanduser().absolute() / "archiver"


@dataclass(frozen=True, slots=True)
class Supervisor:
    """What a service manager told this process: where to report, and how often to show life."""

    notify_socket: str = ""
    watchdog_s: float = 0.0


def supervisor() -> Supervisor:
    """Return what systemd, or who speaks as it does, wants to be told."""
    period = os.environ.get("WATCHDOG_USEC", "")
    is_ours = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    watchdog_s = int(period) / 1e6 if period.isdigit() and is_ours else 0.0
    return Supervisor(os.environ.get("NOTIFY_SOCKET", ""), watchdog_s)


def load(home: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read all settings.

    Raises:
        SettingsError: a setting has a value that cannot be, or a name nobody knows.
    """
    chosen = home.expanduser().absolute() if home else default_home()
    if chosen.exists() and not chosen.is_dir():
        message = f"{chosen} is no directory; name one with --home or ARCHIVER_HOME"
        raise SettingsError(message)
    _refuse_unknown_variables()
    try:
        return Settings(home=chosen, **(overrides or {}))
    except ValidationError as error:
        raise SettingsError(_in_words(error, chosen)) from error
    except ValueError as error:  # a file that is no TOML, an environment value that is no JSON
        message = f"settings cannot be read ({chosen / 'archiver.toml'} or environment): {error}"
        raise SettingsError(message) from error


def _refuse_unknown_variables() -> None:
    """Refuse ``ARCHIVER_…`` names that mean nothing: a misspelt setting must not do nothing.

    Raises:
        SettingsError: one is set.
    """
    known = {f"ARCHIVER_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith("ARCHIVER_") and name.partition("__")[0].upper() not in known:
            message = f"{name} is no setting; see: archiver settings"
            raise SettingsError(message)


def _in_words(error: ValidationError, home: Path) -> str:
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    setting = [part for part in first["loc"] if isinstance(part, str)][:2]
    variable = "ARCHIVER_" + "__".join(setting).upper()
    given = "" if name.startswith(_WITH_SECRETS) else f" (given: {first['input']!r})"
    return (
        f"setting {name}: {first['msg']}{given}; mend it in {home / 'archiver.toml'} or {variable}"
    )


def as_toml(settings: Settings) -> str:
    """Return the settings as ``archiver.toml``: every one, its reason above it."""
    lines = [
        "# Every setting at its value, with unit and reason. Put what you change into",
        "# archiver.toml in the home directory, or into the environment: [net] allow is",
        "# ARCHIVER_NET__ALLOW='[\"10.1.0.0/16:443\"]'.",
    ]
    for name in Settings.model_fields:
        section = getattr(settings, name)
        if isinstance(section, _Section):
            lines += ["", *_comment(type(section).__doc__ or ""), f"[{name}]"]
            lines += _section_lines(name, section)
    return "\n".join(lines) + "\n"


def _section_lines(name: str, section: _Section) -> list[str]:
    lines: list[str] = []
    tables: list[str] = []
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        lines += ["", *_comment(field.description or "")]
        if (kind := _kind_of_table(field)) is None:
            lines.append(f"{key} = {_toml_value(value)}")
        elif value:
            for one in value:
                tables += ["", f"[[{name}.{key}]]", *_section_lines("", one)]
        else:
            lines += ["#", *_comment("Each has:"), *_as_comments(kind), f"{key} = []"]
    return lines + tables


def _kind_of_table(field: FieldInfo) -> type[_Section] | None:
    """Return of what a setting is a list, when it is a list of tables."""
    inner = next(iter(get_args(field.annotation)), None)
    return inner if isinstance(inner, type) and issubclass(inner, _Section) else None


def _as_comments(kind: type[_Section]) -> list[str]:
    """Return what a table of a list holds: names, defaults and reasons."""
    lines: list[str] = []
    for key, field in kind.model_fields.items():
        value = "…" if field.is_required() else _toml_value(field.default)
        text = f"{key} = {value}: {field.description}"
        lines += textwrap.wrap(text, 96, initial_indent="#   ", subsequent_indent="#     ")
    return lines


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 96, initial_indent="# ", subsequent_indent="# ")


def _toml_value(value: object) -> str:
    """Return a TOML literal; JSON's are the same for text, numbers, booleans and lists."""
    if isinstance(value, SecretStr):
        return '""  # set, not shown' if value.get_secret_value() else '""'
    if isinstance(value, dict):
        pairs = (f"{json.dumps(k)} = {_toml_value(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, str) and _PASSWORD.search(value):
        hidden = json.dumps(_PASSWORD.sub(r"\1:@", value), ensure_ascii=False)
        return f"{hidden}  # the password is set, not shown"
    return json.dumps(value, ensure_ascii=False)


def as_table(settings: Settings) -> str:
    """Return the settings as the Markdown table of the README."""
    rows = ["| setting | default | what and why |", "|---|---|---|"]
    for name in Settings.model_fields:
        section = getattr(settings, name)
        if isinstance(section, _Section):
            rows += _rows(f"{name}.", type(section))
    return "\n".join(rows) + "\n"


def _rows(prefix: str, kind: type[_Section]) -> list[str]:
    rows: list[str] = []
    for key, field in kind.model_fields.items():
        default = "" if field.is_required() else f"`{_toml_value(field.default)}`"
        rows.append(f"| `{prefix}{key}` | {default} | {field.description} |")
        if (of_table := _kind_of_table(field)) is not None:
            rows += _rows(f"{prefix}{key}.", of_table)
    return rows
