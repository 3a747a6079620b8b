"""How pages are captured, as one frozen value that goes into every capture's provenance."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

MIB = 1024 * 1024
SOFTWARE = "citation-archiver/0.1"


@dataclass(frozen=True, slots=True)
class CapturePolicy:
    """What a page is told, how long it gets, how much is kept. Seconds and bytes.

    ``user_agent`` says who asks; ``{major}`` becomes the browser's own major version. ``hide`` are
    CSS selectors of what is hidden before the screenshot; nothing by default, because what is
    hidden was there. ``hide_overlays`` adds a second picture without boxes that ask for consent.
    ``tls_invalid``: ``capture`` loads a page whose certificate is not valid and
    says so in outcome and reason; ``refuse`` does not load it.

    Source of the limits: Scoop (60 s a capture), Browsertrix (90 s a page), and own measurements
    on two cores, 2026-11.
    """

    user_agent: str = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/{major}.0.0.0 Safari/537.36 CitationArchiver/0.1"
    )
    locale: str = "en-US"
    time_zone: str = "UTC"
    viewport_width: int = 1280
    viewport_height: int = 1024
    hide: tuple[str, ...] = ()
    hide_overlays: bool = True
    max_height_px: int = 16384
    preview_width_px: int = 640
    load_s: float = 30
    quiet_s: float = 0.75
    settle_s: float = 10
    screenshot_s: float = 15
    deadline_s: float = 90
    read_bytes: int = 8 * MIB  # above this a body is streamed: reading it whole costs memory twice
    body_s: float = 20
    max_body_bytes: int = 64 * MIB
    max_total_bytes: int = 200 * MIB
    streams: bool = False
    """Whether video that is served in pieces is fetched by yt-dlp."""
    stream_s: float = 120
    medium_bytes: int = 100 * MIB
    media_bytes: int = 300 * MIB
    """Of one medium, and of all media of a capture; none of it counts as the page's."""
    media_count: int = 40
    media_s: float = 300
    media_at_once: int = 3
    """All media of a capture: how many, in what time, how many under way."""
    max_memory_bytes: int = 2048 * MIB
    max_pages: int = 5
    max_dialogs: int = 10
    tls_invalid: Literal["capture", "refuse"] = "capture"
    robots: Literal["ignore", "respect"] = "ignore"
    """What the client was told; it is asked before the browser is."""
    extra_ca: Path | None = None
    sandbox: bool | None = None
    """Chromium's own sandbox; None uses it wherever it works: not as root."""
    idle_s: float = 60
    """How long a started browser waits for the next order; a daemon's may be hours away."""
    per_worker: int = 50
    """Captures after which a worker is replaced: its driver keeps a little of every page."""
    browsers: int = 3
    """Captures at one time; one more browser waits, started, for the next."""

    def agent(self, version: str) -> str:
        """Return the User-Agent for a browser of that version."""
        return self.user_agent.replace("{major}", version.partition(".")[0])

    def provenance(self) -> dict[str, object]:
        """Return it as JSON values, an extra CA by the digest of its bytes."""
        told = asdict(self)
        told["hide"] = list(self.hide)
        told["extra_ca"] = (
            hashlib.sha256(self.extra_ca.read_bytes()).hexdigest() if self.extra_ca else None
        )
        return told

    def warcinfo(self, browser_version: str) -> dict[str, str]:
        """Return the fields of ``warcinfo``, which tell a reader what the records are."""
        return {
            "software": SOFTWARE,
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "http-header-user-agent": self.agent(browser_version),
            "robots": self.robots,
            "browser": f"Chromium {browser_version}",
            "description": (
                "Records of the browser are reconstructions: bodies as the browser decoded them, "
                "heads in HTTP/1.1 syntax with the real protocol in WARC-Protocol, fields that no "
                "longer describe the body under x-orig- names. Records without WARC-Resource-Type "
                "were made by an HTTP client and hold the bytes of the wire; of a chunked body the "
                "framing was removed and Transfer-Encoding renamed."
            ),
        }
