"""What it takes to say that a source is gone."""

from __future__ import annotations

from archiver.settings.section import LEAST_S, Count, Seconds, Section, setting


class JudgeSettings(Section):
    """What it takes to say that a source is gone."""

    failures: Count = setting(
        3,
        "Looks at which a page was not there (404, soft 404, redirect home) until it counts as "
        "gone; any success starts the count anew. InternetArchiveBot's rule.",
        ge=2,
    )
    spacing_s: Seconds = setting(
        259200.0, "Least time between two of them, seconds (3 d): outages are shorter.", ge=LEAST_S
    )
    by_browser: bool = setting(
        default=True,
        reason="One of them must be seen by the browser or from another place, too: some servers "
        "tell a plain client 404 and show people the page.",
    )
    statements: Count = setting(
        2,
        "Looks that must state it (410, no such host, parked name, the platform's own words) until "
        "it counts as gone.",
        ge=1,
    )
    stated_spacing_s: Seconds = setting(
        86400.0, "Least time between two statements, seconds (1 d).", ge=LEAST_S
    )
    tombstone_spacing_s: Seconds = setting(
        3600.0,
        "Least time between two looks at which two answers of a platform agree that it is gone, "
        "seconds (1 h).",
        ge=LEAST_S,
    )
    incident_addresses: Count = setting(
        3,
        "So many addresses of one host that turn bad together are an incident of the host: those "
        "looks do not count.",
        ge=2,
    )
    incident_window_s: Seconds = setting(
        21600.0, "What together means, seconds (6 h), so that later looks count.", ge=LEAST_S
    )
    sink_addresses: Count = setting(
        3,
        "A place where the redirects of so many unrelated cited addresses of one host end is where "
        "lost pages go.",
        ge=2,
    )
    sibling_days: int = setting(
        30,
        "Days for which it is remembered what a site answers in a directory where there is nothing "
        "(a made-up name is asked once), so that pages that only read like an error can be told.",
        ge=1,
        le=366,
    )
