"""Outside archives."""

from __future__ import annotations

from typing import Literal

from archiver.settings.section import LEAST_S, Count, Seconds, Section, setting


class ArchivesSettings(Section):
    """Outside archives: asked for copies, and, when told to, given addresses to save."""

    enabled: bool = setting(
        default=True,
        reason="Ask outside archives for what we never saw as it was cited. They learn which "
        "address, and nothing of the article.",
    )
    ask: list[Literal["wayback", "archive.today"]] = setting(
        ["wayback"],
        "Which, in this order. archive.today is read through its TimeMap and never submitted to.",
    )
    index_spacing_s: Seconds = setting(
        2.5,
        "Seconds between two questions to an index: the Internet Archive allows 30 a minute, and "
        "four fifths of that are polite.",
        ge=0,
    )
    most_copies: int = setting(
        4, "Copies of one source fetched, nearest first, until one shows it.", ge=1, le=16
    )
    max_pause_s: Seconds = setting(
        21600.0, "Longest that a failing archive is left alone, seconds (6 h).", ge=LEAST_S
    )
    push_wayback: bool = setting(
        default=False, reason="Have the Wayback Machine save the address of every accepted capture."
    )
    push_per_minute: Count = setting(
        6, "Addresses sent in a minute; about 7 were taken from one account in 2026.", ge=1
    )
    push_per_day: Count = setting(
        200,
        "Addresses sent in a day by one process; sources name 200 without a key and up to 100,000 "
        "with one.",
        ge=1,
    )
    push_at_once: Count = setting(2, "Orders the archive works on at a time; it takes 3.", ge=1)
    push_not_within_s: Seconds = setting(
        86400.0,
        "An address that the archive saved in so many seconds before is not saved again (1 d).",
        ge=0,
    )
