"""Redirectors and AMP caches whose addresses spell out the page they lead to.

A wrapper is taken away only where it adds nothing of its own: a translation, a picture search or
a reader's view shows something else and is left alone. So is a site's own AMP form: whether
``/amp`` at the end of a path names the same article is the site's affair.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urljoin, urlsplit

_GOOGLE = r"(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})"


@dataclass(frozen=True, slots=True)
class _Redirector:
    """Hosts and paths (matched whole) whose query names the target, under one of these names."""

    hosts: re.Pattern[str]
    paths: re.Pattern[str]
    names: tuple[str, ...]


def _by(hosts: str, paths: str, *names: str) -> _Redirector:
    return _Redirector(re.compile(hosts), re.compile(paths), names)


# Source: the wrapped links themselves as public issues and the redirection rules of link-cleaning
#   extensions quote them (facts only), read 2026-11-22; Microsoft's and Proofpoint's own help pages
#   for the mail filters.
_REDIRECTORS = (
    _by(r"(?:[\w-]+\.)*(?:facebook|messenger|workplace)\.com", r"/l\.php|/flx/warn/?", "u"),
    _by(r"l\.instagram\.com|l\.threads\.(?:net|com)", r"/", "u"),
    _by(r"l\.wl\.co", r"/l", "u"),
    _by(_GOOGLE, r"/url", "q", "url"),
    _by(r"(?:(?:www|m)\.)?youtube\.com", r"/redirect", "q"),
    _by(r"out\.reddit\.com", r"/.*", "url"),
    _by(r"t\.umblr\.com", r"/redirect", "z"),
    _by(r"(?:[\w-]+\.)*linkedin\.com", r"/safety/go/?|/redir/[\w-]+", "url"),
    _by(r"steamcommunity\.com", r"/linkfilter/?", "url", "u"),
    _by(r"(?:[\w-]+\.)+safelinks\.protection\.outlook\.com", r"/.*", "url"),
    _by(r"statics\.teams\.cdn\.office\.net", r"/evergreen-assets/safelinks/.*", "url"),
    _by(r"urldefense\.proofpoint\.com", r"/v1/url", "u"),
    _by(r"(?:www\.)?slack-redir\.net", r"/link", "url"),
    _by(r"(?:(?:www|m)\.)?vk\.(?:com|ru)", r"/away(?:\.php)?", "to"),
    _by(r"(?:(?:www|m)\.)?ok\.ru", r"/dk", "st.link"),
    _by(r"(?:(?:www|html|lite|links)\.)?duckduckgo\.com", r"/l/?", "uddg"),
    _by(r"(?:www\.)?bing\.com", r"/news/apiclick\.aspx|/alink/link", "url"),
    _by(r"(?:www\.)?(?:bitly\.com|bit\.ly)", r"/a/warning", "url"),
    _by(r"(?:exit|gate)\.sc", r"/", "url"),
    _by(r"(?:\w+\.)?(?:twitter|x)\.com", r"/(?:i/)?safety/unsafe_link_warning", "unsafe_link"),
    _by(r"publish\.(?:twitter|x)\.com", r"/|/oembed(?:\.json)?", "query", "url"),
    _by(r"medium\.com", r"/r/?", "url"),
    _by(r"go\.(?:skimresources|redirectingat)\.com", r"/", "url"),
    _by(r"redirect\.viglink\.com", r"/", "u"),
    _by(r"click\.linksynergy\.com", r"/(?:deeplink|link|fs-bin/click)", "murl"),
    _by(r"(?:www\.)?curseforge\.com", r"/linkout", "remoteUrl"),
)  # fmt: skip

# Redirectors whose whole query is the target.
_WHOLE_QUERY = re.compile(
    r"(?:(?:www\.)?(?:href\.li|anonym\.to|nullrefer\.com|anon\.to)/"
    r"|(?:www\.)?deviantart\.com/users/outgoing|(?:www\.)?pixiv\.net/jump\.php)"
)
_AMP_HOSTS = re.compile(r"(?:[\w-]+\.)?cdn\.ampproject\.org|(?:[\w-]+\.)?bing-amp\.com")
# Kinds of what the cache serves: a document, and a document for the viewer, signed or preloaded.
# Source: Google's page on the format of AMP cache addresses; amp.dev, read 2026-11-22.
_AMP_PATH = re.compile(r"/(?:c|v|wp|mbv3)/(?P<tls>s/)?(?P<rest>[^/]+\.[^/]+(?:/.*)?)")
_GOOGLE_AMP = re.compile(r"/amp/(?P<tls>s/)?(?P<rest>[^/]+\.[^/]+(?:/.*)?)")
_VIEWER = re.compile(r"amp_|usqp$|aoh$")  # parameters the viewer adds for itself

_YAHOO = re.compile(r"/.*/RU=(?P<url>[^/]+)/RK=.*")
_AWS_MAIL = re.compile(r"/[A-Z]L?\d/(?P<url>https?(?::|%3A)[^/]+)(?:/.*)?", re.I)
_DISQUS_HASH = re.compile(r":[\w-]{20,}$")
_ESCAPED = re.compile(r"https?%3A%2F%2F", re.I)


def target_in(address: str) -> str | None:
    """Return what a normalised address leads to by its own words, or None; it may be no address."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    for redirector in _REDIRECTORS:
        if redirector.hosts.fullmatch(host) and redirector.paths.fullmatch(parts.path):
            return _named(parts, redirector.names)
    if _WHOLE_QUERY.fullmatch(f"{host}{parts.path}") and parts.query:
        return _unescaped(parts.query)
    for hosts, reader in _READERS:
        if hosts.fullmatch(host):
            return reader(parts)
    return None


def _named(parts: SplitResult, names: tuple[str, ...]) -> str | None:
    given = parse_qs(parts.query)
    found = next((given[name][0] for name in names if name in given), None)
    return _unescaped(found) if found else None


def _unescaped(target: str) -> str:
    """Take away a second escaping, which some tools add to the first."""
    return unquote(target) if _ESCAPED.match(target) else target


# --- those with a form of their own -------------------------------------------------------------


def _amp_cache(parts: SplitResult) -> str | None:
    return _amp(_AMP_PATH.fullmatch(parts.path), parts.query)


def _google(parts: SplitResult) -> str | None:
    return _amp(_GOOGLE_AMP.fullmatch(parts.path), parts.query)


def _amp(found: re.Match[str] | None, query: str) -> str | None:
    if found is None:
        return None
    kept = "&".join(pair for pair in query.split("&") if pair and not _VIEWER.match(_name(pair)))
    scheme = "https" if found["tls"] else "http"
    return f"{scheme}://{found['rest']}{'?' if kept else ''}{kept}"


def _name(pair: str) -> str:
    return pair.partition("=")[0]


def _youtube(parts: SplitResult) -> str | None:
    """Return the page an attribution link shares; YouTube names its own without a host."""
    given = parse_qs(parts.query).get("u", [""])[0]
    is_link = parts.path == "/attribution_link" and given
    return urljoin("https://www.youtube.com/", given) if is_link else None


def _google_news(parts: SplitResult) -> str | None:
    """Return the page behind a Google News item that holds it (those until mid-2024 do).

    Source: the articles' base64 names, a protocol buffer whose field 4 is the address, as several
    public decoders read it, 2024.
    """
    found = re.fullmatch(r"/(?:rss/|__i/rss/rd/)?articles/(CBMi[\w-]+).*", parts.path)
    raw = _base64(found[1]) if found else b""
    at = raw.find(b"http", 4, 8)
    if not raw.startswith(b"\x08\x13\x22") or at < 0:
        return None
    length, shift = 0, 0
    for byte in raw[3:at]:
        length, shift = length | (byte & 0x7F) << shift, shift + 7
    return raw[at : at + length].decode("utf-8", "replace")


def _bing(parts: SplitResult) -> str | None:
    """Return the target of ``/ck/a``: after two characters, the address in base64."""
    given = parse_qs(parts.query).get("u", [""])[0]
    if parts.path != "/ck/a" or not given.startswith("a1"):
        return None
    return _base64(given[2:]).decode("utf-8", "replace")


def _base64(written: str) -> bytes:
    try:
        return urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except ValueError:
        return b""


def _proofpoint_v2(parts: SplitResult) -> str | None:
    """Return the target of version 2: ``-`` stands for ``%`` and ``_`` for ``/``."""
    given = parse_qs(parts.query).get("u", [""])[0]
    if parts.path != "/v2/url" or not given:
        return None
    return unquote(given.replace("-", "%").replace("_", "/"))


def _proofpoint_v3(parts: SplitResult) -> str | None:
    """Return the target of version 3: asterisks stand for characters listed behind it in base64.

    ``**`` and a sign stand for a run of them: ``A`` for two, and so on in base64's order. A
    target whose list does not fit its asterisks cannot be told.
    """
    whole = parts.geturl().partition("/v3/__")[2]
    target, mark, listed = whole.rpartition("__;")
    if not mark:
        return None
    try:
        signs = list(_base64(listed.partition("!!")[0]).decode("utf-8"))
    except UnicodeDecodeError:
        return None
    lengths = [_run(found) for found in _RUN.findall(target)]
    if sum(lengths) != len(signs):
        return None
    given = iter(signs)
    return _RUN.sub(lambda found: "".join(next(given) for _ in range(_run(found[0]))), target)


_RUN = re.compile(r"\*\*[\w-]|\*", re.ASCII)
_RUN_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _run(asterisks: str) -> int:
    return 1 if asterisks == "*" else _RUN_SIGNS.index(asterisks[-1]) + 2


def _yahoo(parts: SplitResult) -> str | None:
    found = _YAHOO.fullmatch(parts.path)
    return unquote(found["url"]) if found else None


def _aws_mail(parts: SplitResult) -> str | None:
    found = _AWS_MAIL.fullmatch(parts.path)
    return unquote(found["url"]) if found else None


def _disqus(parts: SplitResult) -> str | None:
    given = parse_qs(parts.query).get("url", [""])[0]
    return _DISQUS_HASH.sub("", given) if parts.path == "/url" and given else None


_Reader = Callable[[SplitResult], str | None]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_AMP_HOSTS, _amp_cache),
    (re.compile(_GOOGLE), _google),
    (re.compile(r"(?:(?:www|m)\.)?youtube\.com"), _youtube),
    (re.compile(r"news\.google\.com"), _google_news),
    (re.compile(r"(?:www\.)?bing\.com"), _bing),
    (re.compile(r"urldefense\.proofpoint\.com"), _proofpoint_v2),
    (re.compile(r"urldefense\.(?:com|us)"), _proofpoint_v3),
    (re.compile(r"r\.search\.yahoo\.com"), _yahoo),
    (re.compile(r"(?:[\w-]+\.)+awstrack\.me"), _aws_mail),
    (re.compile(r"disq\.us"), _disqus),
)
