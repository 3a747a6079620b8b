"""Web addresses: strict reading, the canonical form that identifies a source, and same-site.

Parsing is ada-url's, that is the WHATWG URL standard a browser follows, so that the address we
compare is the address Chromium will ask for. Nothing here is a security boundary: the guard is.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import ada_url
from publicsuffixlist import PublicSuffixList

from archiver.errors import AddressError
from archiver.platforms._trackers import is_tracker

MAX_CHARS = 4096  # characters, as written and as normalised; servers refuse longer request lines

_HTTP = re.compile(r"https?://(?P<authority>[^/?#\\]*)", re.IGNORECASE | re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Not where a sign left in front of it would make another escape of what comes out.
_ESCAPE = re.compile(r"(?<!%)(?<!%[0-9A-Fa-f])%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@lru_cache(maxsize=512)  # every platform reads the address it is asked about anew
def http_address(text: str) -> str:
    """Return the normalised form (WHATWG ``href``) of an absolute http or https address.

    Space around it is ignored. Forms that a browser would mend and another reader would read
    differently (no ``//``, no host, user info, a backslash or control characters) are refused.

    Raises:
        AddressError: it is none; the message says why in one line.
    """
    text = text.strip()
    if len(text) > MAX_CHARS:
        raise AddressError(f"address longer than {MAX_CHARS} characters: {_shown(text)}")
    form = _HTTP.match(text)
    if form is None:
        raise AddressError(f"not an http(s) address: {_shown(text)}")
    if _CONTROL.search(text) or text[form.end() : form.end() + 1] == "\\":
        raise AddressError(f"control character or backslash in the address: {_shown(text)}")
    if "@" in form["authority"]:
        raise AddressError("user name or password in the address; leave them out")
    if not form["authority"] or form["authority"].startswith(":"):
        raise AddressError(f"no host in the address: {_shown(text)}")
    return _normalised(text)


@lru_cache(maxsize=1024)  # one address is read by every platform that is asked whether it knows it
def without_user(text: str) -> str:
    """Return an address without the user name and password that it may carry.

    They are somebody's secret, and no part of what is cited.
    """
    form = _HTTP.match(text.strip())
    if form is None or "@" not in form["authority"]:
        return text
    start, end = form.span("authority")
    return f"{text.strip()[:start]}{form['authority'].rpartition('@')[2]}{text.strip()[end:]}"


def _normalised(text: str) -> str:
    try:
        href = ada_url.URL(text).href
    except (ValueError, UnicodeError):
        raise AddressError(f"not a valid address: {_shown(text)}") from None
    if len(href) > MAX_CHARS:
        raise AddressError(f"address longer than {MAX_CHARS} characters: {_shown(text)}")
    return href


def canonical(url: str) -> str:
    """Return the canonical form of an address as cited: the identity of a ``web`` source.

    Two addresses share it only when any server must give the same page for both: scheme and host
    in lower case, default port gone, hex digits of escapes in upper case and escapes of letters,
    digits and ``-._~`` undone (RFC 3986, 6.2.2.1 and 6.2.2.2), tracking parameters gone, fragment
    gone. http and https, ``www.``, ``m.`` or neither, a trailing slash, and the order of the query
    stay as they are: they may be different pages.

    A fragment is the browser's own affair and names a place in the same page, except ``#/…`` and
    ``#!…``, by which applications of one page name their pages; those two are kept. A text
    fragment (``#:~:text=``) is always dropped.

    Raises:
        AddressError: see :func:`http_address`.
    """
    address, _, fragment = http_address(url).partition("#")
    path, mark, query = address.partition("?")
    kept = _without_trackers(query, address) if query else ""
    if query and not kept:
        mark = ""
    route = fragment.partition(":~:")[0]
    if route.startswith(("/", "!")):
        kept = f"{kept}#{route}"
    return without_needless_escapes(f"{path}{mark}{kept}")


def plain(url: str) -> str:
    """Return the canonical form of an address, and anything else as it is."""
    try:
        return canonical(url)
    except AddressError:
        return url


def fold(url: str) -> str:
    """Return what two addresses of one article share: all but whether it is http or https."""
    return plain(url).partition("://")[2] or url


def without_needless_escapes(address: str) -> str:
    """Return an address with plain letters, digits and ``-._~`` unescaped, hex in upper case."""
    return _ESCAPE.sub(_plainest, address)


def _without_trackers(query: str, address: str) -> str:
    host = ada_url.URL(address).hostname
    pairs = query.split("&")
    return "&".join(pair for pair in pairs if not is_tracker(pair.partition("=")[0], host))


def _plainest(escape: re.Match[str]) -> str:
    sign = chr(int(escape[0][1:], 16))
    return sign if _UNRESERVED.fullmatch(sign) else escape[0].upper()


def host_of(url: str) -> str:
    """Return the host in lower case, international names in ASCII, IPv6 in brackets, no port.

    Raises:
        AddressError: see :func:`http_address`.
    """
    return ada_url.URL(http_address(url)).hostname


def same_site(a: str, b: str) -> bool:
    """Tell whether two addresses belong to one registrable domain (or are the same host).

    Hosting domains of the public suffix list's private part (``github.io``) count as suffixes:
    two of their tenants are two sites.

    Raises:
        AddressError: see :func:`http_address`.
    """
    return _site(a) == _site(b)


def _site(url: str) -> str:
    parsed = ada_url.URL(http_address(url))
    host = parsed.hostname.rstrip(".")
    if parsed.host_type is not ada_url.HostType.DEFAULT:
        return host
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _shown(text: str) -> str:
    cut = text if len(text) <= 80 else f"{text[:79]}…"
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", cut) or "(empty)"
