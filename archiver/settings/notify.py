"""Who is told of what."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from archiver.settings.section import (
    LEAST_H,
    LEAST_S,
    Count,
    Hours,
    Patience,
    Seconds,
    Section,
    setting,
)
from archiver.settings.zones import TimeZone

TargetName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class TargetSettings(Section):
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
    secret: SecretStr = setting(
        SecretStr(""),
        "A webhook's: whsec_ and base64 of 24 to 64 random bytes, which sign every message.",
    )
    tell: list[
        Literal[
            "gone", "changed", "suspect", "restricted", "moved", "restored", "edited",
            "unreachable", "unknown", "settled",
        ]
    ] = setting(
        ["gone", "changed", "restricted", "restored"],
        "Which news. What takes back something told (it is there again) is told in any case. "
        "settled: a person accepted a change, or what it was compared with was taken down.",
        min_length=1,
    )  # fmt: skip
    severity: Literal["minor", "major"] = setting(
        "minor",
        "Least that is told. Minor are changes that leave the words quoted and most of the page, "
        "moves, edits, and what is not certain.",
    )
    articles: list[str] = setting(
        ["*"], "Articles by ID or address; * is everything that is followed.", min_length=1
    )
    platforms: list[str] = setting(
        ["*"], "Platforms of the sources, such as x or web; * is all.", min_length=1
    )
    when: Literal["at_once", "daily", "weekly"] = setting(
        "at_once", "At once, or gathered in one message a day or a week."
    )
    hour: int = setting(8, "Hour of that message, in the time zone.", ge=0, le=23)
    weekday: Weekday = setting("monday", "Day of a weekly message.")
    time_zone: TimeZone = setting("UTC", "Time zone of the hour, as in Europe/Berlin.")
    looks: int = setting(
        1,
        "Told only when so many looks in a row say so; dropped when it is back before.",
        ge=1,
        le=100,
    )
    repeat_h: Hours = setting(
        0.0, "Hours until it is told again, unless archiver ack was said; 0 is never.", ge=0
    )
    repeats: Count = setting(
        0, "Most repetitions of one news; 0 is no limit: until archiver ack was said.", ge=0
    )


def _differently_named(targets: list[TargetSettings]) -> list[TargetSettings]:
    names = [target.name for target in targets]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        message = f"two targets are called {twice}; give each a name of its own"
        raise ValueError(message)
    return targets


class NotifySettings(Section):
    """Who is told when a source is lost or changed."""

    gather_s: Seconds = setting(
        60.0,
        "Seconds that news to be told at once waits for more of the same source: a deletion is "
        "news of the source and of every citation, and one message.",
        ge=0,
    )
    timeout_s: float = setting(30.0, "Seconds for one message to be taken.", ge=LEAST_S, le=240)
    retry_s: Patience = setting(
        30.0,
        "First wait after a message was not taken, seconds; doubled at each, and a random part of "
        "it is waited, so that many do not come back together.",
        ge=LEAST_S,
    )
    retry_cap_s: Seconds = setting(3600.0, "Longest of these waits, seconds (1 h).", ge=LEAST_S)
    give_up_h: Hours = setting(
        24.0, "Hours after the first try at which it is given up.", ge=LEAST_H
    )
    feed_base: str = setting(
        "",
        "Address at which others reach the feeds directory, such as https://archive.example/feeds; "
        "written into the Atom feeds as their own address; empty is none.",
        pattern=r"^(https?://\S+)?$",
    )
    targets: Annotated[list[TargetSettings], AfterValidator(_differently_named)] = setting(
        [], "Who is told: one [[notify.targets]] table each, or a JSON list in the environment."
    )
