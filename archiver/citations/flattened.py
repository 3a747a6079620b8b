"""Posts of X and Bluesky that were flattened to words: ``TEXT — NAME (@HANDLE) DATE``.

Text copied out of a page keeps of an embed only its words. What is found rests on the
attribution: a handle in parentheses with a date after it, and a dash before the name.

Where the words begin: at the start of the paragraph (after a blank line), or of the line in a text
that sets one paragraph a line, or where the attribution before it ended, whichever is last. A dash
that begins its own paragraph takes the paragraph before it. Of a run too long for any post (an
article in one line) the last sentences that a post can hold are taken.

Source: layout of X's oEmbed blockquote (6,157 recorded, 2020), 1,604 flattened posts of fact checks
(CLEF CheckThat! task 2), and the skip links of BBC pages, read 2026-11-22.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from archiver.citations.dates import PrintedDate, date_at
from archiver.citations.plain import PlainText, plain_text
from archiver.citations.signature import HANDLE, Name, line_before, name_before
from archiver.model.citation import Author

_BEFORE_DATE = re.compile(r"[^\S\n]{0,3}[,،·|:]?[^\S\n]{0,3}\n?[^\S\n]{0,3}")
_ON = re.compile(r"[^\S\n]{1,3}on[^\S\n]{1,3}", re.IGNORECASE)
# The time of day that Bluesky prints behind the day.
_TIME = re.compile(
    r"[,،]?[^\S\n]{1,3}(?:at|um|à|a las|alle|às)?[^\S\n]{0,3}\d{1,2}[:.h]\d{2}(?!\d)"
    r"(?:[^\S\n]?[AaPp]\.?[Mm]\b\.?)?"
)
_LINE_END = re.compile(r"[^\S\n]*(?:\n|\Z)")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_NEW_LINE = re.compile(r"\n\s*")
_SENTENCE_END = re.compile(r"(?:[.!?…][\"”’»)]*\s|[。！？]|\n)\s*")
# What the page asks before it shows a post, and what it says behind one: no words of the post.
_CONSENT = (
    r"(?:Allow (?:Twitter|X) content\?\s*)?"
    r"(?:This article contains content provided by (?:Twitter|X)\b[^@]{0,600}?"
    r"(?=Accept and continue))?"
    r"(?:Accept and continue[\"”'’.]{0,3}\s*){0,2}"
)
_BEHIND_POST = re.compile(
    r"\s*(?:\b(?:Report|(?:Warning: )?(?:Third[- ]party|Twitter|X) content may contain adverts\.?"
    r"|View (?:original tweet|content) on (?:Twitter|X)"
    r"|(?:The )?BBC is not responsible for the content of external sites\.?)\s*)*\Z",
    re.IGNORECASE,
)
_BEFORE_POST = re.compile(rf"\s*{_CONSENT}", re.IGNORECASE)
_BEFORE_WORDS = re.compile(
    rf"[>\s]*(?:Skip (?:Twitter|X) post(?: \d+)? by @?\w+\s*)?{_CONSENT}", re.IGNORECASE
)
_FRAME = re.compile(
    r"(?P<open>Skip|End of) (?:Twitter|X) post(?: \d+)? by @(?P<handle>\w{1,20})", re.IGNORECASE
)

_ANY_POST = 1000  # code points; no embed prints more, reply handles and links included
_USUAL_POST = 300  # code points; the limit is 280, and a picture code comes on top


@dataclass(frozen=True, slots=True)
class FlatPost:
    """A flattened post; offsets are code points of the text it was found in.

    ``text[start:words_end]`` are its words as printed, codes included; ``text[start:end]`` covers
    the attribution through the date, too, and nothing after it. ``date_start`` is where the date
    begins, or ``end`` when none is printed.
    """

    start: int
    words_end: int
    date_start: int
    end: int
    author: Author
    posted_on: date | None
    platform: str = "x"


@dataclass(frozen=True, slots=True)
class Signature:
    """An attribution; ``start`` is where the words before it end."""

    start: int
    date_start: int
    end: int
    author: Author
    posted_on: date | None
    platform: str = "x"


def find_flattened(text: str, *, by_line: bool = False) -> list[FlatPost]:
    """Find every flattened post of a text, in reading order.

    ``by_line`` says that each line is a paragraph of its own. The work grows with the length of
    the text and no faster.
    """
    plain = plain_text(text)
    gaps = _NEW_LINE if by_line else _BLANK_LINE
    starts = [0, *(gap.end() for gap in gaps.finditer(plain.text))]
    posts = []
    free = 0
    for signature in _signatures(plain.text):
        start = _words_start(plain.text, starts, free, signature.start)
        posts.append(_post(plain, start, signature))
        free = signature.end
    return sorted([*posts, *_framed(text, posts)], key=lambda post: post.start)


def signed_block(block: str) -> FlatPost | None:
    """Read a text that is known to be one post, by its last attribution; the date may be missing.

    Returns None when there is no attribution in it.
    """
    plain = plain_text(block)
    start = len(plain.text) - len(plain.text.lstrip())
    last = None
    for handle in HANDLE.finditer(plain.text):
        name = name_before(plain.text, start, handle.start())
        name = name or line_before(plain.text, start, handle.start())
        last = _signature(handle, name, _date_behind(plain.text, handle.end()), plain.text)
    return _post(plain, start, last) if last else None


def _signatures(text: str) -> Iterator[Signature]:
    free = 0
    for handle in HANDLE.finditer(text):
        printed = _date_behind(text, handle.end())
        # Without a date it takes more to tell an attribution from a handle in prose: a code, a
        # dash, and the end of the line.
        if printed is None and not _LINE_END.match(text, handle.end()):
            continue
        name = name_before(text, free, handle.start())
        if name and _is_signed(text, handle, name, printed):
            signature = _signature(handle, name, printed, text)
            yield signature
            free = signature.end


def _is_signed(
    text: str, handle: re.Match[str], name: Name, printed: tuple[int, PrintedDate] | None
) -> bool:
    if printed is None:
        return name.has_dash and name.follows_code
    # Prose says "Jane Roe (@roe) on May 3" of what she did; and a domain needs a dash as well.
    return name.has_dash or not (handle["domain"] or _ON.match(text, handle.end()))


def _date_behind(text: str, end: int) -> tuple[int, PrintedDate] | None:
    """Return where the date behind a handle begins, and what it says."""
    gap = _ON.match(text, end) or _BEFORE_DATE.match(text, end)
    start = gap.end() if gap else end
    printed = date_at(text, start)
    return (start, printed) if printed else None


def _signature(
    handle: re.Match[str], name: Name, printed: tuple[int, PrintedDate] | None, text: str
) -> Signature:
    start, found = printed or (handle.end(), PrintedDate(handle.end(), None))
    author = Author(name.name, handle["handle"])
    time = _TIME.match(text, found.end) if printed and handle["domain"] else None
    end = time.end() if time else found.end
    platform = "bluesky" if handle["domain"] else "x"
    return Signature(name.words_end, start, end, author, found.day, platform)


def _words_start(text: str, starts: list[int], free: int, end: int) -> int:
    run = bisect_right(starts, end) - 1
    start = max(starts[run], free)
    if run and start == starts[run] and not text[start:end].strip():
        start = max(starts[run - 1], free)  # the dash has a paragraph of its own
    if end - start > _ANY_POST:
        start = _last_sentences(text, start, end)
    before = _BEFORE_WORDS.match(text, start, end)
    return before.end() if before else start


def _last_sentences(text: str, start: int, end: int) -> int:
    found = _SENTENCE_END.search(text, end - _USUAL_POST, end)
    return found.end() if found and text[found.end() : end].strip() else start


def _post(plain: PlainText, start: int, signature: Signature) -> FlatPost:
    words_end = start + len(plain.text[start : signature.start].rstrip())
    first = plain.start(start)
    return FlatPost(
        start=first,
        words_end=plain.end(words_end) if words_end > start else first,
        date_start=plain.start(signature.date_start),
        end=plain.end(signature.end),
        author=signature.author,
        posted_on=signature.posted_on,
        platform=signature.platform,
    )


def _framed(text: str, posts: list[FlatPost]) -> Iterator[FlatPost]:
    """Yield the posts between a page's skip links that have no attribution, or no words at all."""
    ends = [post.end for post in posts]
    for opened, closed in pairwise(_FRAME.finditer(text)):
        is_frame = (opened["open"].lower(), closed["open"].lower()) == ("skip", "end of")
        is_same = opened["handle"].casefold() == closed["handle"].casefold()
        next_post = bisect_right(ends, opened.end())
        is_signed = next_post < len(posts) and posts[next_post].start < closed.start()
        notice = _BEFORE_POST.match(text, opened.end(), closed.start())
        start = notice.end() if notice else opened.end()
        is_short = closed.start() - start <= _ANY_POST
        if is_frame and is_same and is_short and not is_signed:
            yield _between(text, start, closed.start(), opened["handle"])


def _between(text: str, start: int, stop: int, handle: str) -> FlatPost:
    words = _BEHIND_POST.sub("", text[start:stop])
    start = min(start + len(words) - len(words.lstrip()), stop)
    end = max(start, start + len(words.strip()))
    return FlatPost(start, end, end, end, Author(None, handle), None)
