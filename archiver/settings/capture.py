"""What is recorded."""

from __future__ import annotations

from archiver.settings.section import LEAST_S, Count, Mebibytes, Patience, Section, setting
from archiver.settings.zones import TimeZone


class CaptureSettings(Section):
    """What is recorded, and how long we wait for it."""

    browser: str = setting(
        "", "Path of a Chromium binary; empty looks for Playwright's own, then Debian's."
    )
    user_agent: str = setting(
        "",
        "Empty is the honest one: Chromium's, with our name and version at the end. A site that "
        "refuses it has refused an archive, and the capture says so.",
    )
    locale: str = setting(
        "en-US",
        "Language a page is asked in; part of what a page shows.",
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
    )
    time_zone: TimeZone = setting("UTC", "Time zone pages print times in, as in Europe/Berlin.")
    viewport_width: int = setting(1280, "CSS pixels.", ge=320, le=3840)
    viewport_height: int = setting(1024, "CSS pixels.", ge=240, le=2160)
    hide: list[str] = setting(
        [],
        "CSS selectors hidden before the screenshot, such as cookie banners; none by default: "
        "the picture shows what was there. Written into provenance.",
    )
    hide_overlays: bool = setting(
        default=True,
        reason="A second picture without the boxes that ask for consent, where there are any: what "
        "they cover is what was cited. They are set aside, never answered; the untouched picture "
        "comes first and stays.",
    )
    streams: bool = setting(
        default=False,
        reason="Video that is served in pieces only is fetched by yt-dlp, an extra to install "
        "(video); off, the capture says that it was not taken.",
    )
    stream_s: Patience = setting(120.0, "Longest time for one such video, seconds.", ge=LEAST_S)
    medium_mib: Mebibytes = setting(100, "Largest picture, video or sound of a post, MiB.", gt=0)
    media_mib: Mebibytes = setting(300, "Most that all media of one capture may take, MiB.", gt=0)
    media_count: Count = setting(
        40, "Most media of one capture that are asked for; what is left out is named.", gt=0
    )
    media_s: Patience = setting(
        300.0, "Longest time for all media of one capture, seconds; then it is partial.", ge=LEAST_S
    )
    quiet_ms: int = setting(
        750, "A page is at rest after so many milliseconds of quiet.", gt=0, le=86_400_000
    )
    settle_s: Patience = setting(
        10.0, "Longest wait for quiet, seconds; then it is partial.", ge=LEAST_S
    )
    load_s: Patience = setting(30.0, "Longest wait for the page itself, seconds.", ge=LEAST_S)
    deadline_s: Patience = setting(
        90.0, "Hard end of one capture, seconds; then it is killed.", ge=LEAST_S
    )
    max_height_px: Count = setting(
        16384, "Tallest screenshot, CSS pixels; a taller page is cut and says so.", gt=0
    )
    per_worker: Count = setting(
        50,
        "Captures after which a capture process is replaced: its driver keeps a little of every "
        "page.",
        ge=1,
    )
    at_once: int = setting(
        3,
        "Captures at the same time; each waits half its time for quiet, so three keep two cores "
        "busy. Half a gigabyte each, and one browser more is kept ready.",
        ge=1,
        le=64,
    )
