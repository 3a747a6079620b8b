"""Short links: where they lead, asked hop by hop, and never past the shorteners themselves.

The page behind them is not asked: what it redirects to in turn is an observation of its own, not
part of the identity of what was cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from archiver.errors import AddressError
from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.model.source import SourceRef
from archiver.platforms._address import host_of, http_address, same_site
from archiver.platforms._page import decoded
from archiver.platforms._questions import is_unverified
from archiver.platforms._unwrap import original
from archiver.platforms._walls import wall_in_headers
from archiver.platforms.protocol import Lookup, Resolved

MAX_HOPS = 8  # t.co, a tool's shortener, the publisher's own, and some to spare

_PICTURES = frozenset({"pic.twitter.com", "pic.x.com"})
# Hosts that do nothing but send on. Source: the chains in recorded t.co links (oEmbed file of
# 2020, CLEF CheckThat! 2020), and the publishers' own "about our short links" pages.
_SHORTENERS = _PICTURES | frozenset(
    {
        "t.co", "bit.ly", "bitly.com", "j.mp", "ow.ly", "dlvr.it", "trib.al", "buff.ly", "goo.gl",
        "tinyurl.com", "is.gd", "v.gd", "ift.tt", "fb.me", "lnkd.in", "wp.me", "shar.es", "tiny.cc",
        "rb.gy", "cutt.ly", "t.ly", "spr.ly", "ebx.sh", "nyti.ms", "wapo.st", "bbc.in", "reut.rs",
        "cnn.it", "on.cnn.com", "on.wsj.com", "on.ft.com", "econ.st", "politi.co", "apne.ws",
        "bloom.bg", "huff.to", "n.pr", "theatln.tc", "tcrn.ch", "fxn.ws", "abcn.ws", "nbcnews.to",
        "cnb.cx", "usat.ly", "lat.ms", "ti.me", "bzfd.it", "ind.pn", "dailym.ai", "aje.io",
        "amzn.to", "hubs.ly", "hubs.la", "mailchi.mp", "flip.it", "st.news", "gu.com", "on.rt.com",
    }
)  # fmt: skip

# A browser's User-Agent gets a page that redirects by itself. Source: several clients, 2019-2026.
_REFRESH = re.compile(
    r"""<meta\b[^>]{0,200}?http-equiv\s*=\s*["']?refresh["']?[^>]{0,200}?content\s*=\s*"""
    r"""(?:"\s*\d+\s*;\s*url=([^">]+)"|'\s*\d+\s*;\s*url=([^'>]+)')""",
    re.I,
)
_SHORT_PATH = re.compile(r"/\w{3,10}")
_MAX_BYTES = 2**16  # of a page that redirects; t.co's has less than one kB


@dataclass(frozen=True, slots=True)
class Expanded:
    """Where an address leads; ``url`` is None when that could not be told.

    ``is_final`` is false when asking again later may help.
    """

    url: str | None
    note: str
    is_final: bool = True


def is_short_link(url: str) -> bool:
    """Tell whether an address, wrapped or not, is on a host that only sends on to others."""
    try:
        return host_of(original(url)).removeprefix("www.").rstrip(".") in _SHORTENERS
    except AddressError:
        return False


def expand(address: str) -> Generator[Question, Answer, Expanded]:
    """Follow an address through shorteners to the first that is none, without asking that one."""
    url = address
    for hop in range(MAX_HOPS):
        try:
            url = http_address(original(url))
        except AddressError as error:
            return Expanded(None, f"{address} leads to no address: {error}")
        is_known = is_short_link(url)
        if not is_known and not (hop and _looks_short(url)):
            return Expanded(url, f"{address} leads to {url}")
        answer = yield Question(_asked(url), accept="text/html", follow=False, max_bytes=_MAX_BYTES)
        target = _target(answer, url)
        if target is None and is_known:
            # Short links have failed for days and come back, so one failure settles nothing.
            return Expanded(None, f"{_asked(url)} {_came_back(answer)}", is_final=False)
        if target is None or (not is_known and not _is_elsewhere(url, target)):
            return Expanded(url, f"{address} leads to {url}")
        url = target
    return Expanded(None, f"{address} redirects more than {MAX_HOPS} times")


def _looks_short(url: str) -> bool:
    """Tell whether an address a shortener led to looks like one of another, unknown shortener."""
    parts = urlsplit(url)
    return not parts.query and _SHORT_PATH.fullmatch(parts.path) is not None


def _is_elsewhere(url: str, target: str) -> bool:
    try:
        return not same_site(url, target)
    except AddressError:
        return False


def follow_link(found: FoundCitation, recognise: Callable[[str], SourceRef]) -> Lookup:
    """Resolve a plain link: expand it and recognise what it leads to. No author vouches for it."""
    notes = []
    is_final = True
    for address in found.addresses or ((found.url,) if found.url else ()):
        expanded = yield from expand(address)
        if expanded.url is not None:
            return Resolved(recognise(expanded.url), expanded.note)
        notes.append(expanded.note)
        is_final = is_final and expanded.is_final
    return Resolved(None, "; ".join(notes) or "there is no address to ask", is_final)


def pictures_first(addresses: tuple[str, ...]) -> list[str]:
    """Return the addresses, picture codes first: they lead to the post, others to what it cites."""
    return sorted(addresses, key=lambda address: not _is_picture(address))


def _is_picture(address: str) -> bool:
    try:
        return host_of(address) in _PICTURES
    except AddressError:
        return False


def _asked(url: str) -> str:
    """Return the address to ask: picture codes are t.co codes, and t.co is sure to send on."""
    parts = urlsplit(url)
    return f"https://t.co{parts.path}" if parts.hostname in _PICTURES | {"t.co"} else url


def _target(answer: Answer, url: str) -> str | None:
    """Return where an answer sends on to, or None when it does not."""
    if answer.outcome is not Outcome.ANSWERED or is_unverified(answer):
        return None
    target = None
    if answer.status in (301, 302, 303, 307, 308):
        target = answer.header("location")
    elif answer.status == 200 and "html" in answer.content_type:
        found = _REFRESH.search(decoded(answer.body, answer.header("content-type")))
        target = unescape(found[1] or found[2]).strip() if found else None
    return _joined(url, target) if target else None


def _joined(url: str, target: str) -> str | None:
    try:
        return urljoin(url, target)
    except ValueError:
        return None


def _came_back(answer: Answer) -> str:
    if answer.status is None:
        return f"does not answer ({answer.error or answer.outcome.value})"
    wall = wall_in_headers(answer.status, answer.headers, len(answer.body))
    return f"is behind {wall}" if wall else f"answered HTTP {answer.status} and leads nowhere"
