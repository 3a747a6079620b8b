"""Short links: where they lead, asked hop by hop, and never past the shorteners themselves.

The page behind them is not asked: what it redirects to in turn is an observation of its own, not
part of the identity of what was cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from archiver.errors import AddressError
from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.model.source import SourceRef
from archiver.platforms._address import host_of, http_address, same_site
from archiver.platforms._page import decoded, page_text, tree_of
from archiver.platforms._questions import is_unverified
from archiver.platforms._shorteners import PICTURES, is_shared_link, is_shortener
from archiver.platforms._unwrap import original
from archiver.platforms._walls import is_login_place, wall_in_headers
from archiver.platforms.protocol import Lookup, Resolved

MAX_HOPS = 8  # t.co, a tool's shortener, the publisher's own, and some to spare

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FACEBOOK = frozenset({"facebook.com", "www.facebook.com", "web.facebook.com"})
_SHORT_PATH = re.compile(r"/\w{3,10}")
_MAX_BYTES = 2**18  # of a page that redirects; t.co's has less than one kB, LinkedIn's a hundred

# A browser's User-Agent gets a page that redirects by itself, by a meta element or a script.
# Source: several clients of t.co, 2019-2026, and of apple.news, 2026; WHATWG HTML, 4.2.5.3.
_REFRESH = re.compile(r"""\s*[\d.]+\s*[;,]?\s*(?:url\s*=\s*)?["']?(?P<url>[^"'\s][^"']*)""", re.I)
_SCRIPT = re.compile(
    r"""\blocation(?:\.href)?\s*=\s*["'](?P<set>[^"']+)["']"""
    r"""|(?:\blocation\.(?:replace|assign)|\bredirectToUrl\w*)\(\s*["'](?P<called>[^"']+)["']"""
)
_MAX_WORDS = 40  # shown by a page whose script sends on; Apple's shows "Opening story"
_JS_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(/))", re.I)
# The button on LinkedIn's page between. Source: public readers of lnkd.in, read 2026-11-22.
_BUTTON = ".//a[@data-tracking-control-name='external_url_click'][@href]"


@dataclass(frozen=True, slots=True)
class Expanded:
    """Where an address leads; ``url`` is None when that could not be told.

    ``is_final`` is false when asking again later may help.
    """

    url: str | None
    note: str
    is_final: bool = True


def is_short_link(url: str) -> bool:
    """Tell whether an address, wrapped or not, does nothing but send on to another."""
    try:
        parts = urlsplit(http_address(original(url)))
    except AddressError:
        return False
    return _is_known(parts)


def _is_known(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    return (is_shortener(host) and len(parts.path) > 1) or is_shared_link(host, parts.path)


def expand(address: str) -> Generator[Question, Answer, Expanded]:
    """Follow an address through shorteners to the first that is none, without asking that one.

    Each hop is a question of its own, so that every answer is kept.
    """
    url = address
    asked: set[str] = set()
    for _ in range(MAX_HOPS):
        try:
            url = http_address(original(url))
        except AddressError as error:
            return Expanded(None, f"{address} leads to no address: {error}")
        is_known = is_short_link(url)
        if not is_known and not (asked and _looks_short(url)):
            return Expanded(url, f"{address} leads to {url}")
        if url in asked:
            return Expanded(None, f"{address} leads in a circle, back to {url}", is_final=False)
        asked.add(url)
        answer = yield Question(_asked(url), accept="text/html", follow=False, max_bytes=_MAX_BYTES)
        target = _target(answer, url)
        if target is None and is_known:
            # Short links have failed for days and come back, so one failure settles nothing.
            return Expanded(None, f"{_asked(url)} {_came_back(answer)}", is_final=False)
        if target is None or (not is_known and not _is_elsewhere(url, target)):
            return Expanded(url, f"{address} leads to {url}")
        url = target
    return Expanded(None, f"{address} redirects more than {MAX_HOPS} times", is_final=False)


def _looks_short(url: str) -> bool:
    """Tell whether an address a shortener led to looks like one of another, unknown shortener."""
    parts = urlsplit(url)
    return not parts.query and _SHORT_PATH.fullmatch(parts.path) is not None


def _is_elsewhere(url: str, target: str) -> bool:
    return _is_site_of(url, target) is False


def _is_site_of(url: str, target: str) -> bool | None:
    """Tell whether both are of one site; None where one is no address."""
    try:
        return same_site(url, target)
    except AddressError:
        return None


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
        return host_of(address) in PICTURES
    except AddressError:
        return False


def _asked(url: str) -> str:
    """Return the address to ask: picture codes are t.co codes, and t.co is sure to send on.

    Facebook sends visitors of its desktop site to a log-in, and those of its mobile one on.
    Source: 22 of 24 shared links followed there, 1 of 12 on the other, 2026-10-03.
    """
    parts = urlsplit(url)
    if parts.hostname in _FACEBOOK and parts.path.startswith("/share/"):
        return f"https://m.facebook.com{parts.path}"
    return f"https://t.co{parts.path}" if parts.hostname in PICTURES | {"t.co"} else url


def _target(answer: Answer, url: str) -> str | None:
    """Return where an answer sends on to, or None when it does not."""
    if answer.outcome not in (Outcome.ANSWERED, Outcome.TRUNCATED) or is_unverified(answer):
        return None
    written = answer.header("location") if answer.status in _REDIRECTS else None
    if answer.status == 200:
        written = _in_refresh(answer.header("refresh") or "") or _in_page(answer, url)
    target = _joined(url, written) if written else None
    return None if target is None or _is_turned_away(url, target) else target


def _in_refresh(content: str) -> str | None:
    found = _REFRESH.match(content)
    return found["url"].strip() if found else None


def _in_page(answer: Answer, url: str) -> str | None:
    if "html" not in answer.content_type:
        return None
    source = decoded(answer.body, answer.header("content-type"))
    tree = tree_of(source)
    for meta in tree.iter("meta") if tree is not None else ():
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            return _in_refresh(meta.get("content") or "")
    if tree is None or not is_short_link(url):
        return None
    button = tree.find(_BUTTON)
    return button.get("href") if button is not None else _in_script(source, url)


def _in_script(source: str, url: str) -> str | None:
    # A page with words to read is a page: its scripts lead to its own log-in, not to the target.
    seen = page_text(source.encode("utf-8", "replace"), url, rendered=True, main=False).visible
    if len(seen.split()) > _MAX_WORDS:
        return None
    # The first web address: Apple's page tries to open its own program before it.
    for found in _SCRIPT.finditer(source):
        written = _JS_ESCAPE.sub(_character, found["set"] or found["called"])
        target = _joined(url, written)
        if target is not None and _is_elsewhere(url, target):
            return target
    return None


def _character(escape: re.Match[str]) -> str:
    return escape[3] or chr(int(escape[1] or escape[2], 16))


def _is_turned_away(url: str, target: str) -> bool:
    """Tell whether we are sent to a door instead of to what the code stands for."""
    parts, is_home = urlsplit(url), urlsplit(target).path in ("", "/")
    if is_shared_link(parts.hostname or "", parts.path):
        return is_home or is_login_place(target)
    return is_home and _is_site_of(url, target) is True


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
