"""The Wayback Machine of the miniature web: an archive that others filled, with a door to save by.

Source: the documented end-points (availability, CDX, TimeMap, playback with ``id_``, Save Page Now
2), and replies recorded 2020 to 2024; read 2026-11-22.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from archiver.demo.calls import HTML, Call, Reply, Site, data, page, plain

HOST = "web.archive.org"
HOSTS = (HOST, "archive.org")
PLAYBACK = re.compile(r"/web/(?P<at>\d{4,14})(?P<flag>id_)?/(?P<url>.+)", re.S)
STAMP = "%Y%m%d%H%M%S"
WORKS_FOR = timedelta(seconds=20)  # one order, on the story's clock
RECENT = timedelta(minutes=30)


class Mood(StrEnum):
    """How the archive is today."""

    WELL = "well"
    LIMITED = "limited"
    FAILING = "failing"
    WALLED = "walled"
    """Its index answers with a web page in place of rows."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A capture the archive holds: the bytes as they were, and what the site answered."""

    url: str
    at: datetime
    body: bytes
    status: int = 200
    media_type: str = HTML
    location: str | None = None

    @property
    def stamp(self) -> str:
        """Its time in fourteen digits."""
        return f"{self.at.astimezone(UTC):{STAMP}}"

    @property
    def digest(self) -> str:
        """The digest of its bytes, in the index's form."""
        return hashlib.sha256(self.body).hexdigest()[:32].upper()


@dataclass(frozen=True, slots=True)
class Order:
    """An order to save, and when it was given."""

    url: str
    at: datetime
    snapshot: Snapshot | None


class WaybackSite:
    """Answers at both hosts. ``live`` fetches from the miniature web what is to be saved.

    ``excluded`` are addresses it shows to nobody, ``blocked`` those it does not save. ``mood`` may
    be changed at any time.
    """

    def __init__(
        self,
        snapshots: Iterable[Snapshot] = (),
        *,
        live: Callable[[str, datetime], Reply] | None = None,
        mood: Mood = Mood.WELL,
        excluded: Iterable[str] = (),
        blocked: Iterable[str] = (),
    ) -> None:
        self.snapshots = list(snapshots)
        self.live = live
        self.mood = mood
        self.excluded = {key_of(url) for url in excluded}
        self.blocked = {key_of(url) for url in blocked}
        self.orders: dict[str, Order] = {}

    def sites(self) -> dict[str, Site]:
        """Return both hosts with their site."""
        return dict.fromkeys(HOSTS, self)

    def __call__(self, call: Call) -> Reply:
        """Answer in the mood of the day."""
        if self.mood is Mood.LIMITED:
            return page("<!DOCTYPE html><title>429 Too Many Requests</title>", 429)
        if self.mood is Mood.FAILING:
            return page("<!DOCTYPE html><title>503 Service Unavailable</title>", 503)
        if call.host == "archive.org":
            return self._available(call) if call.path == "/wayback/available" else plain("", 404)
        return self._machine(call)

    def _machine(self, call: Call) -> Reply:
        if call.path == "/cdx/search/cdx":
            return self._index(call)
        if call.path.startswith("/web/timemap/link/"):
            return self._timemap(call.target.removeprefix("/web/timemap/link/"))
        if call.path == "/save" or call.path.startswith("/save/"):
            return self._save(call)
        found = PLAYBACK.fullmatch(call.target)
        return self._playback(found["at"], found["url"]) if found else plain("", 404)

    def _of(self, key: str, *, is_prefix: bool = False) -> list[Snapshot]:
        """Return what is held under a key, oldest first; keys have small letters only."""
        held = [
            one
            for one in self.snapshots
            if key_of(one.url) == key or (is_prefix and key_of(one.url).startswith(key))
        ]
        return sorted(held, key=lambda one: (key_of(one.url), one.at))

    # --- looking ---------------------------------------------------------------------------------

    def _index(self, call: Call) -> Reply:
        key = key_of(call.parameter("url") or "")
        if self.mood is Mood.WALLED:
            return page("<!DOCTYPE html><html><title>Internet Archive</title>Sorry.</html>")
        if key in self.excluded:
            error = (
                "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception."
                "AdministrativeAccessControlException: Blocked Site Error"
            )
            refused = plain("", 403)
            return refused.with_headers(("x-archive-wayback-runtime-error", error))
        held = self._of(key, is_prefix=call.parameter("matchType") == "prefix")
        first, last = call.parameter("from") or "", call.parameter("to") or "9"
        rows = [
            f"{key_of(one.url)} {one.stamp} {one.url} {one.media_type.partition(';')[0]} "
            f"{one.status} {one.digest} {len(one.body)}\n"
            for one in held
            if first <= one.stamp and one.stamp[: len(last)] <= last
            if str(one.status)[0] not in "1345" or "filter" not in call.query
        ]
        return Reply(200, "".join(rows).encode(), "text/plain; charset=utf-8")

    def _timemap(self, url: str) -> Reply:
        held = self._of(key_of(url))
        if not held:
            return plain("", 404)
        links = [f'<{url}>; rel="original"']
        links += [
            f'<https://{HOST}/web/{one.stamp}/{one.url}>; rel="memento"; '
            f'datetime="{format_datetime(one.at.astimezone(UTC), usegmt=True)}"'
            for one in held
        ]
        return Reply(200, ",\n".join(links).encode(), "application/link-format")

    def _available(self, call: Call) -> Reply:
        url = call.parameter("url") or ""
        stamp = (call.parameter("timestamp") or "").ljust(14, "0")
        held = [one for one in self._of(key_of(url)) if one.status == 200]
        if not held or key_of(url) in self.excluded:
            return data({"url": url, "archived_snapshots": {}})
        one = min(held, key=lambda one: abs(int(one.stamp) - int(stamp)))
        closest = {
            "status": "200",
            "available": True,
            "url": f"http://{HOST}/web/{one.stamp}/{one.url}",
            "timestamp": one.stamp,
        }
        return data({"url": url, "archived_snapshots": {"closest": closest}})

    def _playback(self, stamp: str, url: str) -> Reply:
        held = self._of(key_of(url))
        if key_of(url) in self.excluded:
            sorry = "<p>Sorry.</p><p>This URL has been excluded from the Wayback Machine.</p>"
            return page(f"<!DOCTYPE html><title>Wayback Machine</title>{sorry}")
        if not held:
            return page("<!DOCTYPE html><title>Wayback Machine</title><p>Not archived.</p>", 404)
        one = min(held, key=lambda one: abs(int(one.stamp) - int(stamp.ljust(14, "0"))))
        place = f"https://{HOST}/web/{one.stamp}id_/{one.url}"
        if one.stamp != stamp or one.url != url:
            sent = Reply(302, b"", "text/plain; charset=utf-8")
            reason = ("x-archive-redirect-reason", f"found capture at {one.stamp}")
            return sent.with_headers(("location", place), reason)
        return self._copy(one)

    def _copy(self, one: Snapshot) -> Reply:
        at = format_datetime(one.at.astimezone(UTC), usegmt=True)
        links = (
            f'<{one.url}>; rel="original", '
            f'<https://{HOST}/web/timemap/link/{one.url}>; rel="timemap"; '
            'type="application/link-format", '
            f'<https://{HOST}/web/{one.stamp}/{one.url}>; rel="memento"; datetime="{at}"'
        )
        copy = Reply(one.status, one.body, one.media_type).with_headers(
            ("memento-datetime", at),
            ("link", links),
            ("x-archive-orig-date", at),
            ("x-archive-orig-server", "a site of then"),
            ("x-archive-src", "miniature/web-00001.warc.gz"),
        )
        if one.location is None:
            return copy
        return copy.with_headers(("location", f"https://{HOST}/web/{one.stamp}id_/{one.location}"))

    # --- saving ----------------------------------------------------------------------------------

    def _save(self, call: Call) -> Reply:
        if call.path == "/save/status/user":
            working = [one for one in self.orders.values() if call.at - one.at < WORKS_FOR]
            return data({"available": 3 - len(working), "processing": len(working)})
        if call.path.startswith("/save/status/"):
            return self._status(call.path.removeprefix("/save/status/"), call.at)
        if call.method == "POST":
            return self._post(call)
        return self._get(call.target.removeprefix("/save/"), call.at)

    def _post(self, call: Call) -> Reply:
        if not call.headers.get("authorization", "").startswith("LOW "):
            return data({"message": "You need to be logged in to use Save Page Now."}, 401)
        given = parse_qs(call.body.decode())
        url = given.get("url", [""])[0]
        if key_of(url) in self.blocked:
            error = {"status": "error", "status_ext": "error:blocked-url", "message": "Blocked."}
            return data(error)
        recent = self._recent(url, call.at, given.get("if_not_archived_within", [""])[0])
        if recent is not None:
            said = "The same snapshot had been made 4 minutes ago. You can make new capture later."
            return data({"url": url, "job_id": None, "message": said})
        return data({"url": url, "job_id": self._order(url, call.at)})

    def _recent(self, url: str, at: datetime, within: str) -> Snapshot | None:
        span = timedelta(seconds=int(within)) if within.isdigit() else RECENT
        held = [one for one in self._of(key_of(url)) if at - one.at < span]
        return held[-1] if held else None

    def _order(self, url: str, at: datetime) -> str:
        job = f"spn2-{hashlib.sha256(f'{url}{at}'.encode()).hexdigest()[:40]}"
        reply = self.live(url, at) if self.live else None
        snapshot = None
        if reply is not None and reply.status == 200:
            rounded = at.replace(microsecond=0)
            snapshot = Snapshot(url, rounded, reply.body, media_type=reply.media_type)
        self.orders[job] = Order(url, at, snapshot)
        return job

    def _status(self, job: str, at: datetime) -> Reply:
        order = self.orders.get(job)
        if order is None:
            return data({"status": "error", "status_ext": "error:not-found-job"}, 404)
        if at - order.at < WORKS_FOR:
            return data({"status": "pending", "job_id": job, "resources": []})
        if order.snapshot is None:
            why = "error:not-found"
            return data({"status": "error", "job_id": job, "status_ext": why, "message": "404"})
        self._fill(order.snapshot)
        return data(
            {
                "status": "success",
                "job_id": job,
                "original_url": order.url,
                "timestamp": order.snapshot.stamp,
            }
        )

    def _get(self, url: str, at: datetime) -> Reply:
        order = self.orders[self._order(url, at)]
        if order.snapshot is None:
            return page("<!DOCTYPE html><title>Save Page Now</title><p>Failed.</p>", 520)
        self._fill(order.snapshot)
        place = f"/web/{order.snapshot.stamp}/{url}"
        return replace(page("<!DOCTYPE html><title>Saved</title>"), status=200).with_headers(
            ("content-location", place)
        )

    def _fill(self, snapshot: Snapshot) -> None:
        if snapshot not in self.snapshots:
            self.snapshots.append(snapshot)


def key_of(url: str) -> str:
    """Return the index's key: host turned round, no scheme, no ``www.``, all in small letters."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/") or "/"
    query = f"?{parts.query}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}){path}{query}".lower()
