"""Pages that stand between us and a source: challenges, refusals, log-in walls.

A wall says nothing of the source, so it is looked for before anything else, on any status.

A marker alone proves nothing: real pages carry captcha widgets and the names of firewalls (a page
of 182,685 bytes with the words "DDoS-Guard" was once read as a challenge whose real page has 902
bytes). So markers count only in small documents that show few words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archiver.platforms._page import page_text

MAX_WALL_CHARS = 64 * 2**10  # of HTML; the largest of 18 saved challenge pages has 17 kB
MAX_WALL_WORDS = 400  # words shown; the wordiest of those pages shows 153
_SMALL_BYTES = 8 * 2**10  # error pages that Cloudflare writes itself
_TINY_BYTES = 2**10  # error pages that Akamai and Amazon's balancer write themselves

# Source for all signatures: Cloudflare's documentation of cf-mitigated; edgi-govdata-archiving's
#   web-monitoring-db, crawl4ai, FlareSolverr, cloudscraper and wafw00f, read 2026-08.
_TITLES = re.compile(
    r"just a moment\.\.\."
    r"|attention required! \| cloudflare"
    r"|please wait\.\.\. \| cloudflare"
    r"|access denied \| .{1,200} used cloudflare to restrict access"
    r"|ddos-guard"
    r"|sucuri website firewall - access denied"
    r"|pardon our interruption(?:\.\.\.)?"
    r"|access to this page has been denied\.?",
    re.I,
)
_MARKERS = (
    (re.compile(r"window\._cf_chl_opt\b|\b__cf_chl_\w*?tk_?_?="), "Cloudflare challenge"),
    # Not the whole folder: Cloudflare puts one of its scripts (…/scripts/jsd/) into ordinary pages.
    (re.compile(r"/cdn-cgi/challenge-platform/(?:h/\w+/)?orchestrate/"), "Cloudflare challenge"),
    (re.compile(r"cf-browser-verification|id=[\"']challenge-form[\"']"), "Cloudflare challenge"),
    (re.compile(r"class=[\"']cf-error-code[\"']>\s*10\d\d\b"), "Cloudflare refusal"),
    (re.compile(r"sucuri_cloudproxy_js|Sucuri WebSite Firewall"), "Sucuri challenge"),
    (re.compile(r"(?:geo|ct)\.captcha-delivery\.com"), "DataDome challenge"),
    (re.compile(r"captcha\.px-(?:cdn|cloud)\.net|\bid=[\"']px-captcha"), "HUMAN challenge"),
    (re.compile(r"<iframe[^>]{1,200}_Incapsula_Res|Incapsula incident ID"), "Imperva challenge"),
    (re.compile(r"/_fs-ch-\w"), "Fastly challenge"),
    (re.compile(r"Reference(?:\s|&#32;)*(?:#|&#35;)18\.[0-9a-f]+\.\d+\."), "Akamai refusal"),
    (re.compile(r"check\.ddos-guard\.net|/\.well-known/ddos-guard/"), "DDoS-Guard challenge"),
)  # fmt: skip
# These watch ordinary pages too; only where they are all there is, they are in the way.
_WATCHERS = (
    (re.compile(r"window\._pxAppId\s*="), "HUMAN challenge"),
    (re.compile(r"/_Incapsula_Resource\?"), "Imperva challenge"),
    (re.compile(r"\bKPSDK\b"), "Kasada challenge"),
)
MAX_WATCHED_WORDS = 20  # shown by a page that only watches; "Please wait" and the like
_TAGS = re.compile(r"<(script|style|svg)\b.*?(?:</\1\s*>|\Z)|<!--.*?-->|<[^>]*>", re.I | re.S)

# A redirect that ends there asks for a log-in or a consent. Whole path segments, so that an
# article about "informed-consent" is not one. Source: the redirects of Instagram, LinkedIn,
# Facebook, TikTok and YouTube's consent page, as described in public issues, 2023-2026.
_LOGIN_SEGMENT = re.compile(
    r"(?:wp-|user-?|member-?)?(?:log-?in|sign-?in|log-?on|authwall|consent|checkpoint|sso)"
    r"(?:\.(?:php|aspx?|html?|jsp|do))?",
    re.I,
)
_LOGIN_HOST = re.compile(r"(?:log-?in|sign-?in|consent|sso|accounts)\.", re.I)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the header rules look at; header names in lower case, the first of each counts."""

    status: int
    headers: dict[str, str]
    size: int

    def has(self, name: str, word: str) -> bool:
        """Tell whether a header holds a word, in any case."""
        return word in self.headers.get(name, "").lower()


def wall_in_headers(status: int, headers: Sequence[tuple[str, str]], size: int) -> str | None:
    """Return what stands in the way by status and headers, or None; ``size`` is of the body."""
    reply = Reply(status, {name.lower(): value for name, value in reversed(headers)}, size)
    return _challenge_header(reply) or _refusal_header(reply)


def _challenge_header(reply: Reply) -> str | None:
    # Documented to be on every challenge page, whatever its status (403, 503, 202, 429 seen).
    if reply.has("cf-mitigated", "challenge"):
        return "a Cloudflare challenge (cf-mitigated)"
    if reply.has("x-amzn-waf-action", "challenge") or reply.has("x-amzn-waf-action", "captcha"):
        return "an AWS WAF challenge (x-amzn-waf-action)"
    if reply.has("rimon", "rwc_block"):
        return "a filter of the network provider (rimon)"
    return None


def _refusal_header(reply: Reply) -> str | None:
    """Error pages that a delivery network wrote itself, without asking the site."""
    if reply.status < 400:
        return None
    if reply.has("server", "akamaighost") and reply.size < _TINY_BYTES and _is_uncached(reply):
        return "a refusal by Akamai"
    if reply.has("server", "awselb/") and reply.status == 403 and reply.size < _TINY_BYTES:
        return "a refusal by Amazon's load balancer"
    if reply.has("x-cache", "error from cloudfront") and reply.status == 403:
        return "a refusal by CloudFront"
    return None


def _is_uncached(reply: Reply) -> bool:
    return reply.has("cache-control", "no-cache") or reply.has("cache-control", "no-store")


def wall_in_page(html: str, title: str | None) -> str | None:
    """Return which wall an HTML document is, or None; works on raw and on rendered HTML."""
    named = _TITLES.fullmatch(title.strip()) if title else None
    if len(html) > MAX_WALL_CHARS:
        return f"a page titled “{title}”" if named and _shows_few_words(html) else None
    marker, watcher = _first(_MARKERS, html), _first(_WATCHERS, html)
    if named is None and marker is None and watcher is None:
        return None
    words = len(_TAGS.sub(" ", html).split())
    if named is not None and words <= MAX_WALL_WORDS:
        return f"a page titled “{title}”"
    marker = marker if words <= MAX_WALL_WORDS else None
    watcher = watcher if words <= MAX_WATCHED_WORDS else None
    known = marker or watcher
    return f"a page with the marks of a {known}" if known else None


def _shows_few_words(html: str) -> bool:
    # Parsed, not matched: in a large document a pattern for tags may take for ever.
    visible = page_text(html.encode("utf-8", "replace"), "", rendered=True, main=False).visible
    return len(visible.split()) <= MAX_WALL_WORDS


def _first(marks: Sequence[tuple[re.Pattern[str], str]], html: str) -> str | None:
    return next((name for pattern, name in marks if pattern.search(html)), None)


def is_login_redirect(asked: str, final: str) -> bool:
    """Tell whether a redirect ended at a page for logging in or giving consent."""
    return is_login_place(final) and not is_login_place(asked)


def is_login_place(url: str) -> bool:
    """Tell by its address alone whether a page is for logging in or giving consent."""
    parts = urlsplit(url)
    if _LOGIN_HOST.match(parts.hostname or ""):
        return True
    return any(_LOGIN_SEGMENT.fullmatch(segment) for segment in parts.path.split("/"))
