"""What a watch page on YouTube says of its video, by the data its player is given.

Source: the player response as yt-dlp 81ecd58 (2026-08-20) and NewPipe read it, and wordings in
public issues, 2016 to 2026. Wordings are English (``hl=en``) and matched in any case.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archiver.model.inquiry import Answer, Outcome
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.platforms._api import wall_of
from archiver.platforms._json import EMPTY, Object, inner, objects, text, texts
from archiver.platforms._moments import moment
from archiver.platforms._page import clean, decoded
from archiver.platforms._questions import is_unverified
from archiver.platforms._walls import is_login_redirect
from archiver.platforms._youtube_address import read_video_address, video_url

_PLAYER = re.compile(r"\bytInitialPlayerResponse\s*=\s*(?=\{)")
_IN_PLACE = re.compile(r"/(?:embed|v|vi|vi_webp|shorts)/([\w-]{11})(?![\w-])", re.ASCII)
_MAX_WORDS = 300  # characters of what the page says, quoted in a reason


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says: a signal, the end of a sentence, and the player's data."""

    signal: Signal
    reason: str
    player: Object = field(default_factory=dict)


# The first that is found in the words of the page counts.
_WORDS: tuple[tuple[re.Pattern[str], Signal], ...] = tuple(
    (re.compile(pattern, re.I), signal)
    for pattern, signal in (
        (r"not a bot|unusual traffic|automated queries", Signal.WALL),
        (r"confirm your age|age[- ]restricted|inappropriate for some users", Signal.AGE_RESTRICTED),
        (r"\bprivate video\b|video is private", Signal.PROTECTED),
        (r"members[- ]only|join this channel", Signal.PROTECTED),
        (
            r"blocked it from display on this (?:website|site|application)",
            Signal.ABSENT_UNEXPLAINED,
        ),
        (r"\bcountry\b|\bin your (?:region|location)\b|country domain", Signal.WITHHELD),
        (r"removed by the (?:uploader|user|owner)|deleted by (?:the|its) owner", Signal.DELETED),
        (
            r"account (?:\w+ ){0,5}(?:has been|was) terminated|multiple third-party",
            Signal.SUSPENDED,
        ),
        (r"account (?:\w+ ){0,5}(?:has been|was) closed|closed their youtube", Signal.ACCOUNT_GONE),
        (r"removed for violating|violat\w+ youtube['’]s", Signal.REMOVED),
        (r"(?:copyright|trademark) claim|contains content from|legal complaint", Signal.REMOVED),
        (r"\bpayment\b|\bpurchase|\brent\b|premium", Signal.LOGIN),
    )
)
_PLAIN_ABSENCE = re.compile(
    r"(?:this )?video (?:is )?(?:unavailable|isn['’]t available anymore|no longer available"
    r"|does not exist|has been removed)\.?(?: this video (?:is )?(?:unavailable"
    r"|isn['’]t available anymore|is no longer available|does not exist)\.?)?",
    re.I,
)
_CHECKED = frozenset({"AGE_CHECK_REQUIRED", "AGE_VERIFICATION_REQUIRED", "CONTENT_CHECK_REQUIRED"})
_SERVED = frozenset({"OK", "LIVE_STREAM_OFFLINE"})  # the second: announced, or over


def read_watch_page(answer: Answer, video_id: str) -> Said:
    """Return what the watch page says of the video with that ID."""
    said = _in_the_way(answer) or _read_player(_player_of(answer), video_id)
    if said.player and read_video_address(answer.url) != video_id:
        return Said(Signal.UNREADABLE, "the watch page redirects to another page")
    return said


def _in_the_way(answer: Answer) -> Said | None:
    if answer.outcome is not Outcome.ANSWERED:
        error = answer.error or answer.outcome.value
        return Said(Signal.UNREACHABLE, f"the watch page does not answer ({error})")
    if is_unverified(answer):
        return Said(Signal.WALL, "the watch page came under a bad certificate")
    wall = wall_of(answer)
    if wall is not None:
        return Said(Signal.WALL, f"the watch page is behind {wall}")
    return _by_place(answer) or _by_status(answer.status or 0)


def _by_place(answer: Answer) -> Said | None:
    if "/sorry/" in urlsplit(answer.url).path:
        return Said(Signal.WALL, "the watch page redirects to Google's question for robots")
    if is_login_redirect(answer.question.url, answer.url):
        return Said(Signal.LOGIN, "the watch page redirects to a consent or log-in page")
    return None


def _by_status(status: int) -> Said | None:
    if status == 200:
        return None
    if status == 451:
        return Said(Signal.WITHHELD, "YouTube withholds it from where we ask (HTTP 451)")
    if status == 429:
        return Said(Signal.RATE_LIMITED, "the watch page was asked for too often (HTTP 429)")
    if status >= 500:
        return Said(Signal.SERVER_ERROR, f"the watch page failed (HTTP {status})")
    return Said(Signal.WALL, f"the watch page refused us (HTTP {status})")


def _player_of(answer: Answer) -> Object:
    html = decoded(answer.body, answer.header("content-type"))
    found = _PLAYER.search(html)
    if found is None:
        return EMPTY
    try:
        value, _ = json.JSONDecoder().raw_decode(html, found.end())
    except (ValueError, RecursionError):
        return EMPTY
    return value if isinstance(value, dict) else EMPTY


def _read_player(player: Object, video_id: str) -> Said:
    playability = inner(player, "playabilityStatus")
    status = text(playability, "status")
    if status is None:
        return Said(Signal.UNREADABLE, "the watch page holds no data of its player")
    named = text(inner(player, "videoDetails"), "videoId")
    if named is not None and named != video_id:
        return Said(Signal.UNREADABLE, "the watch page shows another video")
    if status in _SERVED:
        if named is None:
            return Said(Signal.UNREADABLE, "the watch page does not say which video it shows")
        if not text(inner(player, "videoDetails"), "title"):
            return Said(Signal.UNREADABLE, "the watch page shows a video without a title")
        return Said(Signal.PRESENT, "YouTube shows the video", player)
    words = _words(playability)
    shown = (
        f"YouTube says: “{words[:_MAX_WORDS]}” ({status})" if words else f"YouTube says {status}"
    )
    return Said(_meaning(status, words), shown, player)


def _meaning(status: str, words: str) -> Signal:
    if status in _CHECKED:
        return Signal.AGE_RESTRICTED
    signal = next((signal for pattern, signal in _WORDS if pattern.search(words)), None)
    if signal is not None:
        return signal
    if status == "LOGIN_REQUIRED":
        return Signal.LOGIN
    if status == "ERROR" and _PLAIN_ABSENCE.fullmatch(words):
        return Signal.NOT_FOUND
    return Signal.ABSENT_UNEXPLAINED


def _words(playability: Object) -> str:
    """Return all that the page says instead of playing, each sentence once."""
    screen = inner(inner(playability, "errorScreen"), "playerErrorMessageRenderer")
    found = [
        text(playability, "reason"),
        *texts(playability, "messages"),
        _label(inner(screen, "reason")),
        _label(inner(screen, "subreason")),
    ]
    plain = (" ".join(words.split()) for words in found if words)
    return " ".join(dict.fromkeys(words for words in plain if words))


def _label(value: Object) -> str | None:
    runs = [text(run, "text") or "" for run in objects(value, "runs")]
    return text(value, "simpleText") or "".join(runs) or None


# --- the video ----------------------------------------------------------------------------------


def read_video(player: Object, video_id: str) -> Post:
    """Return the video as a post: its description is its text."""
    details = inner(player, "videoDetails")
    about = inner(inner(player, "microformat"), "playerMicroformatRenderer")
    profile = text(about, "ownerProfileUrl") or ""
    return Post(
        id=video_id,
        text=(text(details, "shortDescription") or "").strip(),
        author_id=text(details, "channelId"),
        author_name=text(details, "author"),
        handle=_handle(profile),
        created_at=moment(text(about, "publishDate")),
        media=media_of(video_id),
        title=text(details, "title"),
    )


def read_oembed_video(reply: Object, video_id: str) -> Post | None:
    """Return what oEmbed tells of a video: its title and channel, never the description."""
    title = text(reply, "title")
    if title is None:
        return None
    return Post(
        id=video_id,
        text="",
        author_id=None,
        author_name=text(reply, "author_name"),
        handle=_handle(text(reply, "author_url") or ""),
        created_at=None,
        media=media_of(video_id),
        is_cut=True,
        title=title,
    )


def names(reply: Object, video_id: str) -> bool:
    """Tell whether oEmbed's data bear the ID of the video: in its player, or in its picture."""
    places = (text(reply, "html") or "", text(reply, "thumbnail_url") or "")
    found = [match[1] for place in places for match in _IN_PLACE.finditer(place)]
    return set(found) == {video_id}


def media_of(video_id: str) -> tuple[Medium, ...]:
    """Return the picture of a video, and the video as a stream that only a downloader can take.

    Source: the names of the pictures at i.ytimg.com, as yt-dlp tries them, largest first.
    """
    folder = f"https://i.ytimg.com/vi/{video_id}"
    others = tuple(f"{folder}/{name}.jpg" for name in ("sddefault", "hqdefault", "0"))
    picture = Medium(f"vi/{video_id}", "photo", f"{folder}/maxresdefault.jpg", others=others)
    return (picture, Medium(video_id, "video", video_url(video_id), is_stream=True))


def _handle(profile: str) -> str | None:
    try:
        last = urlsplit(profile).path.rpartition("/")[2]
    except ValueError:
        return None
    return clean(last[1:]) if last.startswith("@") and len(last) > 1 else None
