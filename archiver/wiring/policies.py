"""Settings as the values that the adapters take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archiver.archives.archive_today import ArchiveToday
from archiver.archives.protocol import OutsideArchive
from archiver.archives.wayback import Wayback
from archiver.capture.locate import find_browser
from archiver.capture.policy import CapturePolicy
from archiver.capture.profile import read_profile
from archiver.flow.archives import Archives, PushPolicy
from archiver.judge.verdicts import Confirmation
from archiver.net.accounts import Accounts, Cookie, check_platforms
from archiver.net.credentials import Credentials
from archiver.net.limits import Manners
from archiver.net.policy import MIB, ClientPolicy, GuardPolicy, Limits
from archiver.ports import Clock
from archiver.settings import Settings


def of_guard(settings: Settings) -> GuardPolicy:
    """Return where connections may go.

    Raises:
        SettingsError: a rule cannot be read; the message names it.
    """
    net = settings.net
    limits = Limits(
        seconds=settings.capture.deadline_s + 30,
        connections=net.max_connections,
        bytes_in=net.max_capture_mib * MIB,
    )
    return GuardPolicy.build(
        allow=net.allow,
        host_map=net.host_map,
        deny=net.deny,
        ports=net.ports,
        nat64=net.nat64 or None,
        upstream=net.upstream_proxy or None,
        limits=limits,
    )


def of_client(settings: Settings) -> ClientPolicy:
    """Return how the client asks."""
    net, plain = settings.net, ClientPolicy()
    return replace(
        plain,
        user_agent=settings.capture.user_agent or plain.user_agent,
        accept_language=_accept_language(settings.capture.locale),
        deadline_s=net.timeout_s,
        max_bytes=net.max_body_mib * MIB,
        tls_invalid=net.tls_invalid,
        extra_ca=Path(net.extra_ca) if net.extra_ca else None,
        robots=net.robots,
        manners=Manners(
            per_domain=net.per_host,
            spacing=timedelta(seconds=net.spacing_s),
            factor=net.delay_factor,
            cap=timedelta(seconds=net.delay_cap_s),
            longest_wish=timedelta(seconds=settings.schedule.retry_cap_s),
        ),
        control_urls=tuple(net.control_urls),
        resolvers=tuple(net.resolvers),
        rdap=net.rdap,
    )


def of_credentials(settings: Settings) -> Credentials:
    """Return the operator's tokens.

    Raises:
        SettingsError: one cannot be sent; the message names it and does not show it.
    """
    section = settings.credentials
    names = type(section).model_fields
    return Credentials.of({name: getattr(section, name).get_secret_value() for name in names})


def of_accounts(settings: Settings, clock: Clock) -> Accounts:
    """Return the operator's log-ins; nothing of them is read before one is used.

    Raises:
        SettingsError: one is for a platform whose hosts are not known.
    """
    given = settings.accounts
    check_platforms([*given.cookies, *given.profiles])

    async def read(path: Path) -> Sequence[Cookie]:
        browser = find_browser(settings.capture.browser or None).path
        return await read_profile(str(browser), path)

    return Accounts(
        {name: Path(path).expanduser() for name, path in given.cookies.items()},
        {name: Path(path).expanduser() for name, path in given.profiles.items()},
        read,
        clock,
    )


def _accept_language(locale: str) -> str:
    language = locale.partition("-")[0]
    return f"{locale},{language};q=0.9" if language != locale else locale


def of_capture(settings: Settings) -> CapturePolicy:
    """Return how the browser records."""
    capture, net, plain = settings.capture, settings.net, CapturePolicy()
    return replace(
        plain,
        user_agent=capture.user_agent or plain.user_agent,
        locale=capture.locale,
        time_zone=capture.time_zone,
        viewport_width=capture.viewport_width,
        viewport_height=capture.viewport_height,
        hide=tuple(capture.hide),
        hide_overlays=capture.hide_overlays,
        streams=capture.streams,
        stream_s=capture.stream_s,
        medium_bytes=capture.medium_mib * MIB,
        media_bytes=capture.media_mib * MIB,
        media_count=capture.media_count,
        media_s=capture.media_s,
        quiet_s=capture.quiet_ms / 1000,
        settle_s=capture.settle_s,
        load_s=capture.load_s,
        deadline_s=capture.deadline_s,
        max_height_px=capture.max_height_px,
        max_total_bytes=net.max_capture_mib * MIB,
        tls_invalid=net.tls_invalid,
        robots=net.robots,
        extra_ca=Path(net.extra_ca) if net.extra_ca else None,
        per_worker=capture.per_worker,
        browsers=capture.at_once,
    )


_ARCHIVES: dict[str, OutsideArchive] = {"wayback": Wayback(), "archive.today": ArchiveToday()}


def _inner_hosts(settings: Settings) -> frozenset[str]:
    """Return the names sent elsewhere; none, where the archives themselves are among them.

    Then all of it is a stage, and nothing that is asked leaves it.
    """
    hosts = {mapping.host for mapping in of_guard(settings).host_map}
    return frozenset() if "web.archive.org" in hosts else frozenset(hosts)


def of_archives(settings: Settings) -> Archives:
    """Return which outside archives are asked, and how."""
    chosen = settings.archives
    asked = tuple(_ARCHIVES[name] for name in chosen.ask) if chosen.enabled else ()
    return Archives(
        asked=asked,
        enabled=chosen.enabled,
        inner_hosts=_inner_hosts(settings),
        index_spacing=timedelta(seconds=chosen.index_spacing_s),
        max_pause=timedelta(seconds=chosen.max_pause_s),
        most_copies=chosen.most_copies,
        push=PushPolicy(
            always=chosen.push_wayback,
            per_minute=chosen.push_per_minute,
            per_day=chosen.push_per_day,
            at_once=chosen.push_at_once,
            not_archived_within=timedelta(seconds=chosen.push_not_within_s),
        ),
    )


def provenance(settings: Settings) -> dict[str, object]:
    """Return what every capture tells of the door and the client, as JSON values."""
    return {
        "door": of_guard(settings).provenance(),
        "client": of_client(settings).provenance(),
    }


def of_confirmation(settings: Settings) -> Confirmation:
    """Return how much it takes until an absence is believed."""
    judge = settings.judge
    return Confirmation(
        failures=judge.failures,
        spacing=timedelta(seconds=judge.spacing_s),
        statements=judge.statements,
        stated_spacing=timedelta(seconds=judge.stated_spacing_s),
        tombstone_spacing=timedelta(seconds=judge.tombstone_spacing_s),
        by_browser=judge.by_browser,
        incident_addresses=judge.incident_addresses,
        incident_window=timedelta(seconds=judge.incident_window_s),
        sink_addresses=judge.sink_addresses,
    )
