"""The sites of the pages that are cited, and the ways in which a page stops being there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from archiver.demo import layout
from archiver.demo.calls import (
    CSS,
    JAVASCRIPT,
    Call,
    Reply,
    Site,
    file,
    page,
    plain,
    redirect,
    written,
)
from archiver.demo.cast import SHORT_LINK, SHORT_LINK_TARGET
from archiver.demo.pages import Page
from archiver.demo.pictures import jpeg, png
from archiver.demo.script import Standing
from archiver.demo.stage import Stage

WALL_FOLDER = "/cdn-cgi/challenge-platform/"


# The files of every site, by path; pictures differ by host.
FILES: Mapping[str, Callable[[str], Reply]] = {
    "/assets/site.css": lambda _: file(written("site.css"), CSS),
    "/assets/site.js": lambda _: file(written("site.js"), JAVASCRIPT),
    "/assets/logo.svg": lambda _: file(written("logo.svg"), "image/svg+xml"),
    "/images/front.jpg": lambda host: file(jpeg(host, 640, 360), "image/jpeg"),
    "/images/chart.png": lambda host: file(png(host, 320, 200), "image/png"),
    "/favicon.ico": lambda host: file(png(host, 16, 16), "image/png"),
    "/robots.txt": lambda _: plain("User-agent: *\nDisallow: /private/", 200),
}


class PageSite:
    """A small site with one page of weight; ``extra`` are more pages, by path, as functions."""

    def __init__(self, stage: Stage, cited: Page, extra: Mapping[str, Site] | None = None) -> None:
        self._stage = stage
        self._cited = cited
        self._extra = extra or {}

    def __call__(self, call: Call) -> Reply:
        """Answer as the script has it at this moment."""
        standing = self._stage.page(self._cited, call.at)
        if standing is Standing.WALLED:
            return wall(call)
        drawn = FILES.get(call.path)
        return drawn(call.host) if drawn else self._pages(call, standing)

    def _pages(self, call: Call, standing: Standing) -> Reply:
        cited = self._cited
        if call.path in self._extra:
            return self._extra[call.path](call)
        if call.path == cited.path:
            return self._cited_page(call, standing)
        if call.path == cited.later_path and standing is Standing.MOVED:
            return self._article(call, standing)
        if call.path == "/login" and standing is Standing.LOGIN:
            return self._little(call, "Log in", LOGIN_FORM)
        sections = dict(layout.SECTIONS)
        if call.path in sections:
            link = f'<p>Read: <a href="{cited.path}">{cited.title}</a></p>'
            return self._little(call, f"{cited.site}: {sections[call.path]}", link)
        return self._not_found(call)

    def _cited_page(self, call: Call, standing: Standing) -> Reply:
        cited = self._cited
        match standing:
            case Standing.MOVED:
                return redirect(f"https://{cited.host}{cited.later_path}")
            case Standing.NOT_FOUND:
                return self._not_found(call)
            case Standing.GONE:
                return self._little(call, "Gone", "<p>This page was taken down.</p>", 410)
            case Standing.FAILING:
                sorry = "<p>We are working on it. Please come back later.</p>"
                failing = self._little(call, "Service unavailable", sorry, 503)
                return failing.with_headers(("retry-after", "3600"))
            case Standing.LOGIN:
                return redirect(f"https://{cited.host}/login?next={cited.path}", 302)
            case _:
                return self._article(call, standing)

    def _article(self, call: Call, standing: Standing) -> Reply:
        cited = self._cited
        is_altered = standing is Standing.ALTERED
        paragraphs = cited.altered_paragraphs if is_altered else cited.paragraphs
        return page(layout.cited_page(cited.site, cited.title, paragraphs, call.at))

    def _not_found(self, call: Call) -> Reply:
        sorry = "<p>There is no page at this address. It may have been removed.</p>"
        return self._little(call, "Page not found", sorry, 404)

    def _little(self, call: Call, title: str, markup: str, status: int = 200) -> Reply:
        return page(layout.plain_page(self._cited.site, title, markup, call.at), status)


LOGIN_FORM = """\
<p>Please log in to read on.</p>
<form method="post" action="/login"><input name="name"><input name="password" type="password">
<button>Log in</button></form>"""


def wall(call: Call) -> Reply:
    """Answer as a bot wall does to everything on its host.

    Source: the header ``cf-mitigated: challenge`` is documented by Cloudflare as the mark of every
    challenge page; title and script folder as in recorded ones; read 2026-11-22.
    """
    ray = hashlib.sha256(f"{call.host}{call.at.isoformat()}".encode()).hexdigest()[:16]
    marks = (("server", "cloudflare"), ("cf-ray", f"{ray}-AML"))
    if call.path.startswith(WALL_FOLDER):
        return file("window._cf_chl_opt = {};\n", JAVASCRIPT).with_headers(*marks)
    challenge = page(_challenge(call.host, ray), 403)
    return challenge.with_headers(
        ("cf-mitigated", "challenge"), ("cache-control", "private, no-store"), *marks
    )


def _challenge(host: str, ray: str) -> str:
    script = f"{WALL_FOLDER}h/g/orchestrate/chl_page/v1?ray={ray}"
    return f"""<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow"></head>
<body><h1>{host}</h1>
<p>Checking that you are a person. This takes a moment.</p>
<noscript><p>Enable JavaScript and cookies to continue</p></noscript>
<script src="{script}"></script>
</body></html>
"""


def shortener(call: Call) -> Reply:
    """Answer as a link shortener that knows one link."""
    if f"https://{call.host}{call.path}" == SHORT_LINK:
        return redirect(SHORT_LINK_TARGET)
    return plain("no such link", 404)


def control(call: Call) -> Reply:
    """Answer the question whether the network works at all."""
    if call.path == "/generate_204":
        return Reply(204, b"", "text/plain")
    return plain(f"h={call.host}\nts={call.at.timestamp():.3f}", 200)
