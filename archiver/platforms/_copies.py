"""The forms in which archives write the address of a copy they keep.

Source: Wikipedia's help pages on the Wayback Machine, archive.today and WebCite and its list of
web archives; the URL forms of OpenWayback and pywb; RFC 7089 (TimeGate, TimeMap); read 2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from archiver.errors import AddressError
from archiver.platforms._address import http_address


@dataclass(frozen=True, slots=True)
class Copy:
    """An archived copy: the archive's name, what it is a copy of, and its time when told."""

    archive: str
    original: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Archive:
    """An archive's name, its hosts, and what stands before the original in its addresses.

    The group ``ts`` of ``prefix`` is the time. ``parameter`` holds the original where the query
    does, ``date`` the time beside it.
    """

    name: str
    hosts: re.Pattern[str]
    prefix: re.Pattern[str] | None = None
    parameter: str | None = None
    date: str | None = None


# A time of 1 to 14 digits, an asterisk for a list of times, and flags such as id_, if_, im_, js_,
# cs_, oe_, mp_, fw_: which rewriting the reader wants. All flags are two letters and a low line.
_TS = r"(?:(?P<ts>\d{1,14})(?:-\d{1,14})?\*?|\*)(?:[a-z]{2}_)*"
_WAYBACK = (
    rf"/(?:web/|wayback/|memento/)?(?:collections/)?{_TS}/"
    rf"|/(?:web/)?(?:timemap/(?:link|json|cdx)/|timegate/|changes/|diff/\d+/(?P<newer>\d{{1,14}})/)"
    r"|/(?:save/(?:_embed/)?|screenshot/)"
    r"|/web/(?=https?:|https?%3A|www\.)"
)


def _archive(name: str, hosts: str, prefix: str | None = None, **where: str) -> _Archive:
    compiled = re.compile(prefix, re.ASCII | re.I) if prefix else None
    return _Archive(name, re.compile(rf"(?:www\.)?(?:{hosts})"), compiled, **where)


_TODAY = (
    r"archive\.(?:today|is|ph|li|vn|fo|md)"
    r"|archiveiya74codqgiixo33q62qlrqtkgmcitqx5u2oeqnmn5bpcbiyd\.onion"
)
_ARCHIVES = (
    _archive(
        "wayback",
        r"(?:(?:web|wayback|replay|liveweb|web-beta|classic-web|api\.wayback)\.)?archive\.org"
        r"|replay\.web\.archive\.org|waybackmachine\.org",
        _WAYBACK,
    ),
    _archive("wayback", r"archive\.org", r"/wayback/available/?", parameter="url"),
    _archive(
        "archive.today",
        _TODAY,
        r"/(?P<ts>\d{4}(?:[.\d-]{0,13}))/|/(?:newest|oldest|timegate|timemap)/|/o/\w{4,8}/"
        r"|/(?=https?:)",
    ),
    _archive("archive.today", _TODAY, r"/(?:submit/?)?", parameter="url"),
    _archive("archive.today", _TODAY, r"/search/?", parameter="q"),
    _archive("webcite", r"webcitation\.org", r"/(?P<code>\w{9})", parameter="url"),
    _archive(
        "webcite",
        r"webcitation\.org",
        r"/(?:query|archive|mainframe)(?:\.php)?",
        parameter="url",
        date="date",
    ),
    _archive("arquivo.pt", r"arquivo\.pt", rf"/(?:wayback|noFrame/replay)/{_TS}/"),
    _archive(
        "ukwa",
        r"webarchive\.org\.uk",
        rf"/(?:wayback/)?(?:[a-z]{{2}}/)?(?:archive/)?{_TS}/",
    ),
    _archive(
        "ukgwa",
        r"webarchive\.nationalarchives\.gov\.uk|webarchive\.parliament\.uk"
        r"|webarchive\.proni\.gov\.uk",
        rf"/(?:ukgwa/)?(?:{_TS}|\+)/",
    ),
    _archive("loc", r"webarchive\.loc\.gov", rf"/(?:[\w-]+/)?{_TS}/"),
    _archive("vefsafn", r"(?:wayback\.)?vefsafn\.is", rf"/(?:wayback|is|en)/{_TS}/"),
    _archive("archive-it", r"(?:wayback\.)?archive-it\.org", rf"/(?:all|org-\d+|\d+)/{_TS}/"),
    _archive("nla", r"webarchive\.nla\.gov\.au", rf"/(?:awa|gov|tep)/{_TS}/"),
    _archive("bac-lac", r"webarchive\.bac-lac\.gc\.ca", rf"/wayback/{_TS}/"),
    _archive("bibalex", r"web\.(?:archive|petabox)\.bibalex\.org", rf"/web/{_TS}/"),
    _archive(
        "stanford", r"(?:sul-)?swap(?:-prod)?\.stanford\.edu", rf"/(?:was/)?{_TS}/"
    ),
    _archive("webharvest", r"webharvest\.gov", rf"/[\w-]+/{_TS}/"),
    _archive(
        "conifer",
        r"conifer\.rhizome\.org|webrecorder\.io",
        rf"/[\w.-]+/[\w.-]+/(?:[\w.-]+/)?{_TS}/",
    ),
    _archive("memento", r"timetravel\.mementoweb\.org", rf"/(?:memento|list|reconstruct)/{_TS}/"),
    _archive("ghostarchive", r"ghostarchive\.org", rf"/archive/{_TS}/"),
    _archive(
        "megalodon",
        r"megalodon\.jp",
        r"/(?:ref/)?(?P<ts>\d{4}-\d{4}-\d{4}-\d{2})/",
    ),
)  # fmt: skip
# A video kept by Ghostarchive, named by YouTube's own ID.
_GHOST_VIDEO = re.compile(r"/varchive/(?:youtube/(?P<ts>\d{8})/)?(?P<id>[\w-]{11})/?", re.ASCII)
# Google's cache (until 2024): the operator, a code of twelve, the address, the words searched for.
_GOOGLE_CACHE = re.compile(r"cache:(?:[\w-]{12}:)?(?P<url>\S+)", re.ASCII)

_SCHEME = re.compile(r"(https?):/*", re.I)
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z][a-z0-9-]+(?::\d+)?(?:[/?#]|$)", re.I)
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime(1991, 8, 6, tzinfo=UTC)  # the first web page; no copy of any is older
_LAST_YEAR = 2100


def copy_in(address: str) -> Copy | None:
    """Return the copy that a normalised address names, or None when it spells out no original."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    special = _special(host, parts.path, parts.query)
    if special is not None:
        return special
    for archive in _ARCHIVES:
        if archive.hosts.fullmatch(host) is not None:
            found = _of(archive, address, parts.path, parts.query)
            if found is not None:
                return found
    return None


def _of(archive: _Archive, address: str, path: str, query: str) -> Copy | None:
    if archive.prefix is None:
        return None
    if archive.parameter is None:
        found = archive.prefix.match(path)
        rest = _after(address, found.end()) if found else None
        written = None
    else:
        found = archive.prefix.fullmatch(path)
        given = parse_qs(query)
        rest = given.get(archive.parameter, [""])[0] if found else None
        written = given.get(archive.date, [None])[0] if archive.date else None
    # An asterisk at the end asks for a list of pages, not for a copy of one.
    url = _original(rest) if rest and not rest.endswith("*") else None
    if found is None or url is None:
        return None
    return Copy(archive.name, url, _time_of(found, written))


def _after(address: str, length: int) -> str:
    """Return what stands behind that many characters of the path, query and fragment included."""
    start = address.index("/", address.index("//") + 2)
    return address[start + length :]


def _original(text: str) -> str | None:
    """Return the address an archive wrote down, mended: ``http:/`` collapsed, scheme left out."""
    if re.match(r"https?%3A", text, re.I):
        text = unquote(text)
    scheme = _SCHEME.match(text)
    if scheme is not None:
        text = f"{scheme[1].lower()}://{text[scheme.end() :]}"
    elif _BARE_HOST.match(text):
        text = f"http://{text}"
    try:
        return http_address(text)
    except AddressError:
        return None


def _special(host: str, path: str, query: str) -> Copy | None:
    if host.removeprefix("www.") == "ghostarchive.org":
        found = _GHOST_VIDEO.fullmatch(path)
        if found is not None:
            video = f"https://www.youtube.com/watch?v={found['id']}"
            return Copy("ghostarchive", video, _time(found["ts"] or ""))
    if host == "webcache.googleusercontent.com":
        cached = _GOOGLE_CACHE.match(parse_qs(query).get("q", [""])[0])
        url = _original(cached["url"]) if cached else None
        return Copy("google-cache", url, None) if url else None
    return None


# --- times --------------------------------------------------------------------------------------


def _time_of(found: re.Match[str], written: str | None) -> datetime | None:
    groups = found.groupdict()
    if groups.get("code"):
        return _webcite_time(groups["code"])
    return _time(groups.get("ts") or groups.get("newer") or written or "")


def _time(written: str) -> datetime | None:
    """Return the time written in digits; None when it does not even name a day.

    An archive takes fewer digits than 14 for "near this time", so a part of a day is zero here.
    """
    digits = re.sub(r"\D", "", written, flags=re.ASCII)
    if len(digits) < 8 or not 1991 <= int(digits[:4]) <= _LAST_YEAR:
        return None
    whole = digits[: len(digits) // 2 * 2].ljust(14, "0")[:14]
    try:
        at = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at >= _FIRST else None


def _webcite_time(code: str) -> datetime | None:
    """Return the time in WebCite's code: microseconds since 1970, in base 62.

    Source: Wikipedia's help page on WebCite and its module for archive links, read 2026-11-22.
    """
    number = 0
    for sign in code:
        place = _BASE62.find(sign)
        if place < 0:
            return None
        number = number * 62 + place
    at = _UNIX + timedelta(microseconds=number)
    return at if at >= _FIRST and at.year <= _LAST_YEAR else None
