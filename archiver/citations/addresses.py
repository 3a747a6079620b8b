"""Web addresses as printed in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.errors import AddressError
from archiver.platforms._address import http_address
from archiver.platforms._at_uri import is_at_uri, page_of
from archiver.platforms._shorteners import is_shortener

# A code of X's shortener is exactly ten letters and digits, and what follows is often glued to it:
# a greedy match would swallow the next word. Shorter codes of the first years count when they end
# by themselves; a code cut by an ellipsis is none.
# Source: 12,033 t.co links of recorded oEmbed replies (2020), all of ten.
_CODE_CHARS = 10
_CODE = r"(?:[A-Za-z0-9]{10}|[A-Za-z0-9]{5,9}(?![A-Za-z0-9…]|\.\.\.))"
_PICTURE = rf"(?:https?://)?pic\.(?:twitter|x)\.com/{_CODE}"
_SHORT = rf"(?:https?://|(?<![\w.@/-]))t\.co/{_CODE}"
# Letters of scripts that are written without spaces, or with particles glued to words. They belong
# to an address where a part of it begins with them (/wiki/日本), unless that is a particle by which
# a sentence goes on (…/を参照), and where the address goes on behind them (/2020年/); otherwise
# behind Latin letters and digits they are the sentence's.
_UNSPACED = r"\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af"
_PARTICLE = (
    r"(?:[をはにがのとへもで的]|から|まで|より"
    r"|(?:에서|에|를|을|은|는|이|가|의|로|와|과|도)(?![\uac00-\ud7af]))"
)
_OWN_LETTERS = (
    rf"(?<=[/=?&#_.-])(?!{_PARTICLE})[{_UNSPACED}](?:(?!https?://)[{_UNSPACED}A-Za-z0-9])*"
    rf"|[{_UNSPACED}]{{1,40}}(?=[/_%=&-])"
)
# Quotes, brackets, long dashes and full-width marks end an address in prose.
_STOP = r"\s<>\"“”„«»‹›‘’…—―|\\^`{}\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef"
# A second address glued to it begins anew; behind a slash or "=" it is part of the first.
_REST = rf"(?:(?!(?<![/=?&#:%+_.@*~-])https?://)[^{_STOP}]|{_OWN_LETTERS})+"
_GENERAL = rf"https?://{_REST}"
_AT_URI = r"(?<![a-z0-9])at://[a-z0-9_.:%-]+(?:/[a-z0-9.-]+(?:/[a-z0-9_.:~-]+)?)?"
# Without a scheme: whose host it is decides. Behind "@", "/" or a letter it is part of something.
_LABELS = r"(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}[a-z]{2,24}"
_GLUED = r"[a-z0-9.-]{0,80}pic\.(?:twitter|x)\.com/"
_BARE = rf"(?<![a-z0-9_.@/:=%#&?~+-])(?!{_GLUED})(?P<host>{_LABELS})/{_REST}"
_PRINTED = re.compile(f"{_PICTURE}|{_SHORT}|{_GENERAL}|{_AT_URI}|{_BARE}", re.IGNORECASE)
# Platforms and archives whose addresses are printed without a scheme.
_KNOWN = re.compile(
    r"(?:(?:www|web|m|mobile|mbasic|old|new|np|amp|vm|vt|[a-z]{2}(?:-[a-z]{2})?)\.)?(?:(?:twitter|x|facebook|fb|instagram|tiktok|reddit|linkedin|youtube|vimeo"
    r"|dailymotion|pinterest|tumblr|vk|truthsocial|gettr|rumble)\.com|threads\.(?:net|com)|bsky\.app"
    r"|(?:t|telegram)\.me|youtu\.be|redd\.it|instagr\.am|fb\.watch|mastodon\.(?:social|online)"
    r"|archive\.(?:org|today|is|ph|vn|md|li|fo)|ghostarchive\.org|perma\.cc)",
    re.IGNORECASE,
)
_WWW = re.compile(r"www\.(?:[\w-]+\.)+[a-z]{2,24}", re.IGNORECASE)
_X_CODE = re.compile(rf"(?:{_PICTURE}|{_SHORT})\Z", re.IGNORECASE)
_CODE_AT_END = re.compile(rf"(?:{_PICTURE}|{_SHORT}|https?://{_REST})\s*\Z", re.IGNORECASE)
# Marks that end a sentence or a part of it, in any script whose addresses may hold them.
_TAIL = ".,;:!?'*_~–،؛؟۔।॥״׳։՝።፣፤၊။។៕·"
_BRACKETS = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Printed:
    """An address in a text. ``address`` is as written, with a scheme; offsets cover it."""

    address: str
    start: int
    end: int


def printed_addresses(text: str, start: int = 0, end: int | None = None) -> Iterator[Printed]:
    """Yield every web address printed in a stretch of text, in reading order.

    Read are ``http(s)://…`` and ``at://…``; without a scheme X's codes (``pic.twitter.com/…``,
    ``t.co/…``), also when they are glued to words, and addresses with a path whose host is a
    platform's or a shortener's, or begins with ``www.``. What the text cuts off with an ellipsis
    is no address.
    """
    stop = len(text) if end is None else end
    at = start
    while found := _PRINTED.search(text, at, stop):
        at = found.end()
        if found["host"] and not _is_known(found["host"].lower()):
            at = found.end("host")
            continue
        written = _written(found[0], text, at)
        if written and not (found["host"] and written.endswith("/") and written.count("/") == 1):
            yield Printed(_whole(written), found.start(), found.start() + len(written))


def _whole(written: str) -> str:
    return written if "://" in written[:8] else f"https://{written}"


def _is_known(host: str) -> bool:
    return is_shortener(host) or bool(_KNOWN.fullmatch(host) or _WWW.fullmatch(host))


def _written(matched: str, text: str, end: int) -> str | None:
    """Return the part of a match that is an address, or None when it is none or cut off."""
    is_cut_off = text.startswith(("…", "..."), end)
    is_whole = len(matched.rpartition("/")[2]) == _CODE_CHARS
    if is_x_code(matched) and (is_whole or not is_cut_off):
        return matched
    written = _without_tail(matched)
    is_cut_off |= matched[len(written) :].startswith("...")
    return None if is_cut_off or not _is_address(_whole(written)) else written


def is_x_code(written: str) -> bool:
    """Tell whether an address is a code of X's own shortener or picture host."""
    return _X_CODE.match(written) is not None


def ends_in_address(text: str) -> bool:
    """Tell whether a text ends in a printed address or code."""
    return _CODE_AT_END.search(text[-200:]) is not None


def _is_address(address: str) -> bool:
    try:
        http_address(page_of(address) if is_at_uri(address) else address)
    except AddressError:
        return False
    return True


def _without_tail(written: str) -> str:
    """Cut marks that belong to the sentence, and closing brackets that were opened before it."""
    surplus = {mark: written.count(mark) - written.count(_BRACKETS[mark]) for mark in _BRACKETS}
    end = len(written)
    while end:
        last = written[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TAIL:
            break
        end -= 1
    return written[:end]
