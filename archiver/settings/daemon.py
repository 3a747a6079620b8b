"""How the service works, and what it writes to standard error."""

from __future__ import annotations

from typing import Literal

from archiver.settings.section import (
    LEAST_D,
    LEAST_H,
    LEAST_S,
    Count,
    Days,
    Every,
    Mebibytes,
    Patience,
    Seconds,
    Section,
    setting,
)


class DaemonSettings(Section):
    """The background service."""

    tick_s: Every = setting(
        5.0,
        "Seconds between two looks at what is due; free memory is handed back to the system as "
        "often, and when nothing is in hand.",
    )
    looks_at_once: int = setting(
        100,
        "Looks by plain requests at the same time, each at another site; captures have "
        "capture.at_once.",
        ge=1,
        le=1000,
    )
    tries: Count = setting(
        5,
        "How often a look is tried that fails by trouble of our own (database, disk, a browser "
        "that breaks down), before its source is left for hours. What a site answers is never "
        "such trouble.",
        ge=1,
    )
    retry_s: Patience = setting(
        30.0,
        "Longest pause before the second try, seconds; doubled by every further one.",
        ge=LEAST_S,
    )
    retry_cap_s: Seconds = setting(
        21600.0, "Longest pause before any try, seconds (6 h).", ge=LEAST_S
    )
    disk_floor_mib: Mebibytes = setting(
        2048,
        "Free space on the home's disk below which nothing is captured or looked at, MiB; a "
        "twentieth of the disk counts where that is more. Reading goes on.",
        ge=0,
    )
    sweep_s: Every = setting(
        30.0, "Seconds between two searches for what dead workers left in hand."
    )
    errands_s: Every = setting(
        15.0, "Seconds between two looks for due feeds, articles to be read and look-ups."
    )
    notify_s: Every = setting(5.0, "Seconds between two looks for what is to be told.")
    checkpoint_s: Every = setting(600.0, "Seconds between two tidyings of the database (10 min).")
    scrub_s: Every = setting(3600.0, "Seconds between two readings of a share of all files (1 h).")
    scrub_days: Days = setting(
        30.0,
        "Days in which about all kept files are read again and compared, digest by digest.",
        ge=LEAST_D,
    )
    lease_s: Seconds = setting(
        90.0, "Seconds a claim lives without a sign of life, so that a dead worker frees it.", gt=1
    )
    grace_s: Seconds = setting(
        25.0, "Seconds that captures in hand may take to finish after SIGTERM.", ge=0
    )
    listen: str = setting(
        "127.0.0.1:8474",
        "host:port where /livez, /readyz, /metrics and /feeds are served; empty serves nothing. "
        "They ask for no password, so another address than loopback wants a firewall.",
        pattern=r"^$|^(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}$",
    )
    hosts: list[str] = setting(
        [],
        "Names by which they may be asked there beside localhost, such as the name of a container: "
        "a page that makes a name of its own lead here (DNS rebinding) is refused.",
    )
    deaths: Count = setting(
        2, "Workers that may die of a job until it is left alone: it may be what kills them.", ge=1
    )
    quarantine_h: float = setting(
        24.0,
        "Hours such a job is left alone; twice as long after each further death, a month at most.",
        ge=LEAST_H,
        le=720,
    )


class LogSettings(Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = setting("info", "Least level written.")
    format: Literal["auto", "text", "json"] = setting(
        "auto", "auto is text on a terminal, JSON lines elsewhere."
    )
