"""The name before a handle: ``— NAME (@HANDLE)``, with the dash, or with the dash lost.

Names hold emoji, parentheses, upright bars, mathematical letters and dashes of their own, so the
search goes left from the handle, over no more than a name can be long.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from archiver.citations.addresses import ends_in_address, printed_addresses
from archiver.citations.plain import visible

# A handle of X, or a domain, which is a handle of Bluesky.
_DOMAIN = r"(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z0-9-]{2,63}"
HANDLE = re.compile(
    rf"[(（]\s{{0,3}}[@＠](?P<handle>[A-Za-z0-9_]{{1,20}}|(?P<domain>{_DOMAIN}))\s{{0,3}}[)）]"
)

# An em dash separates by itself; the shorter dashes are hyphens, too, and need space around them.
_EM_DASH = re.compile(r"[—―]+|&mdash;|&#8212;")
_SHORT_DASH = re.compile(r"(?<!\S)[–−-]{1,3}(?=\s)")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_SENTENCE_END = re.compile(r"(?:[.!?…][\"”’»)]*\s|[。！？]|\n)\s*")
# A mark, a hashtag, the number of a thread's part ("1/2"), or a face made of marks.
_ENDS_A_POST = re.compile(
    r"(?:[.!?…。！？:;\"”’»)\]]|[#@]\w+|(?<!\S)\d{1,3}/\d{0,3}|[:;=][-']?[(DPp/|])\s*\Z"
)
_INITIAL = re.compile(
    r"(?:^|[\s.(])(?:[^\W\d_]|Dr|Mr|Mrs|Ms|Prof|Gen|Maj|Col|Lt|Capt|Sen|Rep|Gov|St|Jr|Sr|No)\.\s*\Z"
)
_BYLINE = re.compile(r"(?:^|[\s—])(?:by|por|par|von)\s+(?:[^\s.]+\s+){1,4}\Z", re.IGNORECASE)

_NAME_CHARS = 60  # code points; display names have at most 50, and emoji take several each
_WINDOW = 100  # code points left of the handle that are looked at


@dataclass(frozen=True, slots=True)
class Name:
    """Who signs. ``words_end`` is the offset where the post's words end.

    ``name`` is None when nothing says for sure where it begins.
    """

    name: str | None
    words_end: int
    has_dash: bool
    follows_code: bool


def name_before(text: str, free: int, end: int) -> Name | None:
    """Read the name that ends at ``end``; nothing before ``free`` belongs to it.

    Returns None for a byline, and for a name that has no dash and no words before it.
    """
    floor = max(free, end - _WINDOW)
    gaps = list(_BLANK_LINE.finditer(text, floor, end))
    if gaps:
        floor = gaps[-1].end()
    window = text[floor:end]
    if _BYLINE.search(window):
        return None
    return _after_dash(window, floor) or _after_sentence(window, floor)


def line_before(text: str, free: int, end: int) -> Name:
    """Read the last line before ``end`` as the name, for a text that is known to be a post."""
    floor = max(free, text.rfind("\n", free, end) + 1)
    name = visible(text[floor:end])
    return Name(name or None, floor, has_dash=False, follows_code=False)


def _after_dash(window: str, floor: int) -> Name | None:
    code_end = _code_end(window)
    strong = [dash for dash in _EM_DASH.finditer(window, code_end) if _may_separate(window, dash)]
    short = [dash for dash in _SHORT_DASH.finditer(window, code_end) if _may_separate(window, dash)]
    dash = _separator(window, strong) or _separator(window, short)
    if dash is None:
        return None
    if strong and not _ends_a_post(window[: dash.start()]):
        dash = _shorter_separator(window, dash, short) or dash
    name = visible(window[dash.end() :])
    return Name(
        name or None,
        floor + dash.start(),
        has_dash=True,
        follows_code=ends_in_address(window[: dash.start()]),
    )


def _shorter_separator(
    window: str, strong: re.Match[str], short: list[re.Match[str]]
) -> re.Match[str] | None:
    """Return the short dash behind an em dash that stands inside the words, where a post ends."""
    for dash in reversed(short):
        between = window[strong.end() : dash.start()].strip()
        is_name_behind = not window[dash.end() :].strip()[:1].islower()
        if dash.start() > strong.end() and (
            _ends_a_post(between) or (between[:1].islower() and is_name_behind)
        ):
            return dash
    return None


def _may_separate(window: str, dash: re.Match[str]) -> bool:
    """Tell whether a name may follow a dash: it is short, and no end of a sentence with more."""
    behind = window[dash.end() :].strip()
    is_clause = behind[:1].islower() and _last_sentence_end(behind) > 0
    return len(behind) <= _NAME_CHARS and not is_clause


def _code_end(window: str) -> int:
    """Return where the last address ends: no name holds one."""
    return max((printed.end for printed in printed_addresses(window)), default=0)


def _separator(window: str, dashes: list[re.Match[str]]) -> re.Match[str] | None:
    """Return the dash before the name: the last one, unless the name holds dashes itself.

    The name does when an earlier dash stands where a post ends (after a code, a mark, an emoji)
    and what lies between reads like part of a name.
    """
    if not dashes:
        return None
    last = dashes[-1]
    for dash in dashes[:-1]:
        between = window[dash.end() : last.start()]
        if _ends_a_post(window[: dash.start()]) and _may_be_name(between):
            return dash
    return last


def _ends_a_post(words: str) -> bool:
    words = words.rstrip()
    if not words or ends_in_address(words) or _ENDS_A_POST.search(words):
        return True
    return unicodedata.category(words[-1]) in ("So", "Sk", "Mn")


def _may_be_name(words: str) -> bool:
    words = words.strip()
    return bool(words) and not words[0].islower() and not _ends_a_post(words)


def _after_sentence(window: str, floor: int) -> Name | None:
    """Read a name whose dash was lost: it begins after a code or after a sentence.

    Where neither stands before it, the words end at the handle and nobody knows the name.
    """
    code_end = _code_end(window)
    split = code_end + _last_sentence_end(window[code_end:])
    name = visible(window[split:])
    if not window[:split].strip() and len(name) <= _NAME_CHARS:
        return None  # nothing but a name: somebody's byline
    follows_code = split == code_end > 0
    if not name or len(name) > _NAME_CHARS or (name[0].islower() and not follows_code):
        return Name(None, floor + len(window), has_dash=False, follows_code=False)
    return Name(name, floor + split, has_dash=False, follows_code=follows_code)


def _last_sentence_end(window: str) -> int:
    ends = [stop.end() for stop in _SENTENCE_END.finditer(window)]
    return max((end for end in ends if not _INITIAL.search(window[:end])), default=0)
