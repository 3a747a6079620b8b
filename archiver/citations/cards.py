"""What an embed of any platform but X prints of its post: words, author and day.

An embed code prints little, each platform in a layout of its own and in its reader's language. So
what is read rests on the links and marks that all languages share: the handle behind an ``@``, the
account's link before the permalink, the dash before a name.

Source: embed codes of the platforms as handed out by them, 2014 to 2026, read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from archiver.citations.dates import date_at
from archiver.citations.draft import Mark
from archiver.citations.frames import posted
from archiver.citations.plain import visible
from archiver.model.citation import Author


@dataclass(frozen=True, slots=True)
class Card:
    """What is printed; ``start`` and ``end`` are offsets of the words into the text."""

    start: int
    end: int
    author: Author
    posted_on: date | None


# "View this post on Instagram", in any language: a short line that names the platform.
_CHROME = re.compile(
    r"\b(?:Instagram|Facebook|Threads|Mastodon|TikTok|LinkedIn|Bluesky|Telegram|Reddit|YouTube)\b"
)
_CHROME_CHARS = 70
_ADDRESS = re.compile(r"\s*https?://\S+\s*\Z")
_SIGNED = re.compile(
    r"(?:—|―|–|&mdash;)\s*(?P<name>[^\n]{0,100}?)\s*\(\s*@(?P<handle>[\w.-]+)\s*\)", re.UNICODE
)
_IN_PARENTHESES = re.compile(r"\(\s*@(?P<handle>[\w.-]{1,60})\s*\)")
_AT = re.compile(r"@(?P<handle>\w[\w.-]*(?:@[\w.-]+\w)?)")
_SHARED_BY = re.compile(
    r"\s*(?:(?:An?|Ein|Une|Una|Un|Uma|Een|Et)\s)?\w+\s(?:shared|posted|geteilt|gepostet|partagée?"
    r"|compartid[ao]|compartilhad[ao]|partilhad[ao]|publicad[ao]|publiée?|condivis[ao]|gedeeld|delt)"
    r"\s(?:by|von|par|de|por|da|door|av|af)\s+",
    re.IGNORECASE,
)
_REDDITOR = re.compile(r"(?:u|user)/(?P<handle>[\w-]{1,40})")
_COMMENT = re.compile(r"https?://[^/?#]+/[^?#]*/comments/\w+/[^/?#]*/\w{4,11}/?(?:[?#]|\Z)")
# What Bluesky's embed code puts for a picture, a video, a card or a quoted post.
# Source: bluesky-social's embed page and oEmbed, 2024 to 2026.
_NOTE = re.compile(r"\[image or embed\]\s*\Z", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\[[^\[\]]{1,60}\]\s*")
_BLUESKY = re.compile(r"https?://bsky\.app(?:[/?#]|\Z)", re.IGNORECASE)
_ACCOUNT = re.compile(r"https?://(?:[\w-]+\.)*tiktok\.com/@(?P<handle>[\w.-]+)", re.IGNORECASE)
_DATE_CHARS = 60  # characters behind an author in which the day is looked for


def read_card(text: str, mark: Mark) -> Card:
    """Read the words, author and day that an embed prints."""
    if mark.is_placeholder:
        return Card(mark.start, mark.start, Author(), None)
    read = _READERS.get(mark.platform or "", _plain)
    return read(text, mark)


def card_address(mark: Mark) -> str | None:
    """Return the post's address: the embed code's own, else its last link to a post.

    Reddit's comes first: the code of a comment leads to the discussion, too.
    """
    if mark.address:
        return mark.address
    links = mark.links if mark.platform == "reddit" else mark.links[::-1]
    leading = (link.address for link in links if posted(link.address or ""))
    return next(leading, mark.links[0].address if mark.links else None)


def _plain(text: str, mark: Mark) -> Card:
    """Read an embed that prints words, if any, and a line that leads to the platform."""
    start, end = _words(text, mark.start, mark.end)
    handle = _AT.search(text, mark.start, mark.end)
    return Card(start, end, Author(None, handle["handle"] if handle else None), mark.posted_on)


def _words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch of a post's own words: no bare address, no line of the platform."""
    lines = [line for line in re.finditer(r"[^\n]+", text[start:end]) if not _is_chrome(line[0])]
    if not lines:
        return start, start
    first, last = lines[0], lines[-1]
    stretch = text[start + first.start() : start + last.end()]
    lead = len(stretch) - len(stretch.lstrip())
    return start + first.start() + lead, start + first.start() + len(stretch.rstrip())


def _is_chrome(line: str) -> bool:
    is_short = len(line.strip()) <= _CHROME_CHARS
    is_named = is_short and _CHROME.search(line) is not None
    return is_named or not line.strip() or _ADDRESS.match(line) is not None


def _last(pattern: re.Pattern[str], text: str, mark: Mark) -> re.Match[str] | None:
    return max(pattern.finditer(text, mark.start, mark.end), key=re.Match.start, default=None)


def _wordless(text: str, mark: Mark) -> Card:
    """Read an embed that prints nothing but "Post by @HANDLE" and a line of the platform."""
    handle = _AT.search(text, mark.start, mark.end)
    author = Author(None, handle["handle"] if handle else None)
    return Card(mark.start, mark.start, author, mark.posted_on)


def _instagram(text: str, mark: Mark) -> Card:
    """Read the caption, and "A post shared by NAME (@HANDLE)" in the reader's language."""
    signed = _last(_IN_PARENTHESES, text, mark)
    if signed is None:
        return _plain(text, mark)
    line = max(mark.start, text.rfind("\n", mark.start, signed.start()) + 1)
    shared = _SHARED_BY.match(text, line, signed.start())
    name = visible(text[shared.end() : signed.start()]) if shared else None
    start, end = _words(text, mark.start, line)
    return Card(start, end, Author(name or None, signed["handle"]), _day(text, signed.end(), mark))


def _facebook(text: str, mark: Mark) -> Card:
    """Read the words before "Posted by NAME on DATE", whose last two links are page and post."""
    if len(mark.links) < 2:
        return _plain(text, mark)
    account, post = mark.links[-2:]
    line = max(mark.start, text.rfind("\n", mark.start, account.start) + 1)
    start, end = _words(text, mark.start, line)
    name = visible(text[account.start : account.end])
    return Card(start, end, Author(name or None, None), _day(text, post.start, mark))


def _tiktok(text: str, mark: Mark) -> Card:
    """Read the words between the account's link and the sound's; the handle is in the address."""
    accounts = [link for link in mark.links if _is_account(text, link)]
    music = text.find("♬", mark.start, mark.end)
    start = accounts[0].end if accounts else mark.start
    owner = _ACCOUNT.match(mark.address or "") or _ACCOUNT.match(
        (accounts[0].address or "") if accounts else ""
    )
    words = _words(text, start, music if music >= start else mark.end)
    return Card(*words, Author(None, owner["handle"] if owner else None), mark.posted_on)


def _is_account(text: str, link: Mark) -> bool:
    return text.startswith("@", link.start) and bool(_ACCOUNT.match(link.address or ""))


def _signed(text: str, mark: Mark) -> Card:
    """Read Bluesky's layout: ``TEXT — NAME (@HANDLE) DATE``."""
    signed = _last(_SIGNED, text, mark)
    stop = _before_note(text, mark, signed.start() if signed else mark.end)
    if signed is None:
        return _plain(text, replace(mark, end=stop))
    start, end = _words(text, mark.start, stop)
    author = Author(visible(signed["name"]) or None, signed["handle"])
    return Card(start, end, author, _day(text, signed.end(), mark))


def _before_note(text: str, mark: Mark, stop: int) -> int:
    """Return where the words end before what Bluesky puts for media, a link in any language."""
    notes = (
        link.start
        for link in mark.links
        if link.end <= stop
        and _IN_BRACKETS.fullmatch(text, link.start, link.end)
        and _BLUESKY.match(link.address or "")
    )
    unlinked = _NOTE.search(text, mark.start, stop)
    return next(notes, unlinked.start() if unlinked else stop)


def _reddit(text: str, mark: Mark) -> Card:
    """Read the title, which is the first link, and who wrote it; a comment prints no words."""
    if not mark.links:
        return _plain(text, mark)
    title = mark.links[0]
    by = _REDDITOR.search(text, title.end, mark.end)
    end = title.start if _COMMENT.match(title.address or "") else title.end
    return Card(title.start, end, Author(None, by["handle"] if by else None), mark.posted_on)


def _day(text: str, start: int, mark: Mark) -> date | None:
    """Return the post's day: by its machine-readable time, else as printed behind ``start``."""
    if mark.posted_on:
        return mark.posted_on
    stop = min(mark.end, start + _DATE_CHARS)
    for word in re.finditer(r"\S+", text[start:stop]):
        printed = date_at(text, start + word.start())
        if printed and printed.day:
            return printed.day
    return None


_READERS: dict[str, Callable[[str, Mark], Card]] = {
    "instagram": _instagram,
    "facebook": _facebook,
    "tiktok": _tiktok,
    "bluesky": _signed,
    "reddit": _reddit,
    "mastodon": _wordless,
    "threads": _wordless,
}
