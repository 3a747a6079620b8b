"""Addresses of frames that show a post or a video, and the address of what they show.

Every service that a page can embed has an address of its own for the frame. What is cited is what
the frame shows, so the address a person would open is returned.

Source: the embed codes that the services hand out and their oEmbed replies, as documented by them
(YouTube, Vimeo, Dailymotion, TikTok, Meta for Instagram, Facebook and Threads, Telegram, Bluesky,
Mastodon, Reddit, LinkedIn, Spotify, SoundCloud, Twitch, VK), as known in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from archiver.errors import AddressError
from archiver.platforms._address import http_address

LONGEST = 200_000  # characters of a script or an attribute that are searched for a frame

_ID = r"[\w-]{11}(?![\w-])"
_WWW = r"(?:www\.|m\.|mobile\.)?"
# Bounded, or a script full of almost an address would take time growing with its square.
_QUERY = r"[^\s\"'<>#]{0,300}?[?&]"
_HANDED_ON = r"(?P<url>https?(?::|%3A)[^\s\"'<>&#]{1,2000})"


@dataclass(frozen=True, slots=True)
class Framed:
    """What a frame shows: the platform's name as an embed code tells it, and the address."""

    platform: str
    address: str


# (platform, pattern behind the scheme, address made of the pattern's groups)
_FRAMES: tuple[tuple[str, str, str], ...] = (
    ("x", rf"platform\.(?:twitter|x)\.com/embed/{_QUERY}id=(?P<id>\d{{2,20}})(?!\d)",
     "https://x.com/i/status/{id}"),
    ("youtube",
     (rf"{_WWW}youtube(?:-nocookie)?\.com/embed/videoseries\?(?:[^\s\"'<>#]{{0,300}}&"
     rf")?list=(?P<id>[\w-]+)"),
     "https://www.youtube.com/playlist?list={id}"),
    ("youtube", rf"{_WWW}youtube(?:-nocookie|\.googleapis)?\.com/(?:embed|v|e)/(?P<id>{_ID})",
     "https://www.youtube.com/watch?v={id}"),
    ("vimeo", rf"player\.vimeo\.com/video/(?P<id>\d{{3,15}}){_QUERY}h=(?P<hash>[0-9a-f]+)",
     "https://vimeo.com/{id}/{hash}"),
    ("vimeo", r"player\.vimeo\.com/video/(?P<id>\d{3,15})", "https://vimeo.com/{id}"),
    ("dailymotion", rf"{_WWW}dailymotion\.com/embed/video/(?P<id>\w{{5,20}})",
     "https://www.dailymotion.com/video/{id}"),
    ("dailymotion", rf"geo\.dailymotion\.com/player{_QUERY}video=(?P<id>\w{{5,20}})",
     "https://www.dailymotion.com/video/{id}"),
    ("instagram",
     (rf"{_WWW}instagram\.com/(?:[\w.]+/)?(?P<kind>p|reel|reels|tv)/(?P<id>[\w-]+)"
     rf"/embed\b"),
     "https://www.instagram.com/{kind}/{id}/"),
    ("facebook",
     (rf"{_WWW}facebook\.com/(?:v\d[\d.]*/)?plugins/(?:post|video|comment_embed)"
     rf"(?:\.php)?{_QUERY}href={_HANDED_ON}"),
     "{url}"),
    ("tiktok", rf"{_WWW}tiktok\.com/(?:embed(?:/v\d)?|player/v\d)/(?P<id>\d{{6,25}})",
     "https://www.tiktok.com/embed/v2/{id}"),
    ("telegram",
     (rf"(?:t|telegram)\.me/(?:s/)?(?P<channel>\w{{3,40}})/(?P<id>\d{{1,12}})"
     rf"{_QUERY}embed=1"),
     "https://t.me/{channel}/{id}"),
    ("threads", rf"{_WWW}threads\.(?:net|com)/(?P<path>(?:@[\w.]+/post|t)/[\w-]+)/embed\b",
     "https://www.threads.com/{path}"),
    ("bluesky", r"embed\.bsky\.app/embed/(?P<did>did:[\w:.%-]+)/app\.bsky\.feed\.post/(?P<id>\w+)",
     "https://bsky.app/profile/{did}/post/{id}"),
    ("reddit",
     (rf"(?:embed\.reddit|(?:www\.)?redditmedia|{_WWW}reddit)\.com/(?P<path>(?:r|"
     rf"user)/[\w-]+/comments/[\w%/-]+)"),
     "https://www.reddit.com/{path}"),
    ("linkedin",
     (rf"{_WWW}linkedin\.com/embed/feed/update/(?P<urn>urn(?::|%3A)li(?::|"
     rf"%3A)\w+(?::|%3A)\d+)"),
     "https://www.linkedin.com/feed/update/{urn}/"),
    ("mastodon",
     (r"(?P<host>[a-z0-9.-]+\.[a-z]{2,24})/(?P<path>(?:users/\w+/statuses|"
     r"@[\w.@-]+)/\d{6,24})/embed\b"),
     "https://{host}/{path}"),
    ("twitch",
     rf"clips\.twitch\.tv/embed{_QUERY}clip=(?P<id>[\w-]+)", ("https://clips.twitch.tv/"
     rf"{id}")),
    ("twitch",
     rf"player\.twitch\.tv/{_QUERY}video=v?(?P<id>\d+)", ("https://www.twitch.tv/"
     rf"videos/{id}")),
    ("spotify",
     (r"open\.spotify\.com/embed(?:-podcast)?/(?P<path>(?:track|episode|"
     r"show|album|playlist)/\w+)"),
     "https://open.spotify.com/{path}"),
    ("apple", r"embed\.podcasts\.apple\.com/(?P<path>[^\s\"'<>#?]+(?:\?i=\d+)?)",
     "https://podcasts.apple.com/{path}"),
    ("soundcloud", rf"w\.soundcloud\.com/player/?{_QUERY}url={_HANDED_ON}", "{url}"),
    ("youtube", rf"consent\.youtube\.com/{_QUERY}continue={_HANDED_ON}", "{url}"),
    ("web", rf"(?:cdn|i)\.embedly\.com/widgets/media\.html{_QUERY}url={_HANDED_ON}", "{url}"),
    ("web", rf"(?:cdn\.)?iframe\.ly/api/iframe{_QUERY}url={_HANDED_ON}", "{url}"),
    ("streamable", r"streamable\.com/[eos]/(?P<id>\w+)", "https://streamable.com/{id}"),
    ("rumble", r"rumble\.com/embed/(?P<id>\w+)", "https://rumble.com/embed/{id}/"),
    ("vk",
     (rf"(?:vk\.com|vkvideo\.ru)/video_ext\.php{_QUERY}oid=(?P<owner>-?\d+)"
     rf"&(?:amp;)?id=(?P<id>\d+)"),
     "https://vk.com/video{owner}_{id}"),
    ("ok", r"ok\.ru/videoembed/(?P<id>\d+)", "https://ok.ru/video/{id}"),
    ("rutube",
     r"rutube\.ru/(?:play/embed|video/embed)/(?P<id>\w+)", ("https://rutube.ru/"
     r"video/{id}/")),
    ("bilibili", rf"player\.bilibili\.com/player\.html{_QUERY}bvid=(?P<id>\w+)",
     "https://www.bilibili.com/video/{id}"),
    ("archive",
     r"(?:www\.)?archive\.org/embed/(?P<id>[\w.%-]+)", ("https://archive.org/"
     r"details/{id}")),
    ("documentcloud", r"embed\.documentcloud\.org/documents/(?P<id>\d+[\w-]*)",
     "https://www.documentcloud.org/documents/{id}"),
    ("scribd", rf"{_WWW}scribd\.com/embeds/(?P<id>\d+)", "https://www.scribd.com/document/{id}"),
)  # fmt: skip
# Pages of single posts, as a placeholder's attribute holds them.
_POSTS: tuple[tuple[str, str], ...] = (
    ("x", rf"{_WWW}(?:twitter|x)\.com/(?:\w{{1,20}}|i/web|i)/status(?:es)?/\d{{2,20}}"),
    ("youtube",
     (rf"(?:{_WWW}youtube\.com/(?:watch\?(?:[^\s\"'<>#]{{0,300}}&)?v=|shorts/|live/"
     rf")|youtu\.be/){_ID}")),
    ("vimeo", r"vimeo\.com/\d{3,15}"),
    ("dailymotion", rf"(?:{_WWW}dailymotion\.com/video|dai\.ly)/\w{{5,20}}"),
    ("instagram", rf"{_WWW}instagram\.com/(?:[\w.]+/)?(?:p|reel|reels|tv)/[\w-]+"),
    ("facebook",
     (rf"{_WWW}facebook\.com/(?:permalink\.php\?|photo(?:\.php)?/?\?|watch/"
     rf"?\?|[\w.-]+/(?:posts|videos|photos)/|reel/|groups/[\w.-]+/(?:posts|"
     rf"permalink)/)[\w%/?&=.:-]+")),
    ("tiktok", rf"{_WWW}tiktok\.com/@[\w.-]+/(?:video|photo)/\d+"),
    ("telegram", r"t\.me/(?:s/)?[A-Za-z]\w{3,40}/\d{1,12}"),
    ("threads", rf"{_WWW}threads\.(?:net|com)/(?:@[\w.]+/post|t)/[\w-]+"),
    ("bluesky", r"bsky\.app/profile/[\w.:%-]+/post/\w+"),
    ("reddit", rf"(?:{_WWW}|old\.|new\.)reddit\.com/(?:r|user)/[\w-]+/comments/[\w%/-]+"),
    ("linkedin", rf"{_WWW}linkedin\.com/(?:feed/update/urn:li:\w+:\d+|posts/[\w%-]+)"),
)  # fmt: skip
_SCHEME = r"(?:https?:)?//"
_HEAD = re.compile(_SCHEME, re.IGNORECASE)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_SCHEME + pattern, re.IGNORECASE | re.ASCII)


_FRAME_PATTERNS = [(name, _compiled(pattern), made) for name, pattern, made in _FRAMES]
_POST_PATTERNS = [(name, _compiled(pattern)) for name, pattern in _POSTS]

_Match = Callable[[re.Pattern[str], str], re.Match[str] | None]


def framed(address: str) -> Framed | None:
    """Return what a frame's address shows, or None when it is no embed that is known."""
    return _framed(address.strip(), re.Pattern.match)


def framed_in(markup: str) -> Framed | None:
    """Return the first frame whose address stands anywhere in a piece of markup or script."""
    if len(markup) > LONGEST or ("//" not in markup and "\\/\\/" not in markup):
        return None
    return _framed(unescape(markup.replace("\\/", "/")), re.Pattern.search)


def posted(address: str) -> Framed | None:
    """Return the post that an address is the page of, or None when it is no page of a post."""
    address = address.strip()
    for platform, pattern in _POST_PATTERNS if _HEAD.match(address) else ():
        if pattern.match(address):
            return _checked(platform, address)
    return None


def _framed(text: str, match: _Match) -> Framed | None:
    for platform, pattern, made in _FRAME_PATTERNS:
        found = match(pattern, text)
        if found:
            groups = {name: unquote(value) for name, value in found.groupdict().items() if value}
            return _checked(platform, made.format(**groups))
    return None


def _checked(platform: str, address: str) -> Framed | None:
    whole = f"https:{address}" if address.startswith("//") else address
    try:
        http_address(whole)
    except AddressError:
        return None
    return Framed(platform, whole)
