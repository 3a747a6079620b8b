"""Which addresses name a post, a photo or a video on Facebook, and how each is keyed.

- ``PAGE/POST``: the name (lower case) or number of the page or person as cited, and the story's
  number or ``pfbid…`` as cited. A name and a number may be one page, a number and a pfbid one
  post; no address tells, so they stay different sources.
- ``photo:ID`` and ``video:ID``: numbers are unique over all of Facebook, so the page in front of
  them does not count. A reel is a video: ``/reel/ID`` and ``/watch?v=ID`` show the same.
- ``group:GROUP/ID``: a post in a group.

An address with ``comment_id`` means a comment, which is another thing; it stays an address of the
open web, as do profiles, albums, events, searches and ``/share/CODE``, which needs a look-up.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from archiver.model.source import SourceRef
from archiver.platforms._hosts import Parts, parts_at

NAME = "facebook"

# The last ones are mirrors that people paste to make a post readable elsewhere.
# Source: the patterns of yt-dlp (2026-10), facebed/facebed and of chat bots, 2023 to 2026.
_HOSTS = (
    "facebook.com", "fb.com", "facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion",
    "facebookez.com", "facebed.com",
)  # fmt: skip
_SUBS = re.compile(r"|www|web|m|mbasic|touch|mobile|free|[a-z]{2}-[a-z]{2}", re.ASCII)

_NUMBER = r"\d{1,20}"  # Facebook's first pages have one digit
_POST = rf"(?P<post>pfbid\w{{4,120}}|{_NUMBER})"
_PAGE = r"(?P<page>[^/]{1,100})"
_PAGE_POST = re.compile(rf"/{_PAGE}/posts/(?:[^/]+/)?{_POST}", re.ASCII)
_VIDEO = re.compile(
    rf"/(?:reel|{_PAGE}/videos(?:/[^/]+)?|video/embed|watch/live)/(?P<id>{_NUMBER})", re.ASCII
)
_PHOTO = re.compile(rf"/{_PAGE}/photos(?:/[^/]+)?/(?P<id>{_NUMBER})(?:/.*)?", re.ASCII)
_GROUP = re.compile(
    r"/groups/(?P<group>[\w.-]{1,100})(?:/(?:permalink|posts)/(?P<post>\d{1,20}))?(?:/.*)?",
    re.ASCII,
)
_STORY = frozenset({"/permalink.php", "/story.php"})
_PHOTO_QUERY = frozenset({"/photo", "/photo.php"})
_VIDEO_QUERY = frozenset(
    {"/watch", "/watch/live", "/video.php", "/video/video.php", "/video/embed"}
)
_PLUGINS = frozenset({"/plugins/post.php", "/plugins/video.php"})
_COMMENT = frozenset({"comment_id", "reply_comment_id"})
_NO_PAGES = frozenset(
    {
        "ads", "business", "dialog", "events", "gaming", "groups", "hashtag", "help", "l.php",
        "login", "marketplace", "media", "notes", "pages", "people", "permalink.php", "photo",
        "photo.php", "photos", "plugins", "profile.php", "reel", "search", "share", "sharer",
        "stories", "story.php", "video", "videos", "watch",
    }
)  # fmt: skip


def read_address(url: str, *, depth: int = 1) -> SourceRef | None:
    """Return what an address on Facebook names, or None when it names no post of any kind."""
    parts = parts_at(url, _HOSTS)
    if parts is None or not _is_site(parts) or not _COMMENT.isdisjoint(parts.query):
        return None
    if parts.path in _PLUGINS:
        return read_address(parts.query.get("href", ""), depth=0) if depth else None
    return _story(parts) or _group(parts) or _video(parts) or _photo(parts)


def _is_site(parts: Parts) -> bool:
    # Mirrors put options in front of their name.
    is_own = parts.name == "fb.com" or parts.name.startswith("facebook")
    return not is_own or _SUBS.fullmatch(parts.sub) is not None


def _story(parts: Parts) -> SourceRef | None:
    if parts.path in _STORY:
        page, post = parts.query.get("id", ""), parts.query.get("story_fbid", "")
        is_one = re.fullmatch(_NUMBER, page, re.ASCII) and re.fullmatch(_POST, post, re.ASCII)
        return _post(page, post) if is_one else None
    found = _PAGE_POST.fullmatch(parts.path)
    return _post(found["page"], found["post"]) if found and _is_page(found["page"]) else None


def _is_page(name: str) -> bool:
    return name.lower() not in _NO_PAGES


def _post(page: str, post: str) -> SourceRef:
    page = page.lower()
    if page.isdigit():
        url = f"https://www.facebook.com/permalink.php?story_fbid={post}&id={page}"
    else:
        url = f"https://www.facebook.com/{quote(page, safe='')}/posts/{post}"
    return SourceRef(NAME, f"{page}/{post}", url)


def _group(parts: Parts) -> SourceRef | None:
    found = _GROUP.fullmatch(parts.path)
    if found is None:
        return None
    asked = parts.query.get("multi_permalinks") or (
        parts.query.get("id") if parts.query.get("view") == "permalink" else None
    )
    post = found["post"] or asked or ""
    if not re.fullmatch(_NUMBER, post, re.ASCII):
        return None
    group = found["group"].lower()
    url = f"https://www.facebook.com/groups/{group}/posts/{post}"
    return SourceRef(NAME, f"group:{group}/{post}", url)


def _video(parts: Parts) -> SourceRef | None:
    found = _VIDEO.fullmatch(parts.path)
    number = found["id"] if found else ""
    if parts.path in _VIDEO_QUERY:
        number = parts.query.get("v") or parts.query.get("video_id") or ""
    if not re.fullmatch(_NUMBER, number, re.ASCII):
        return None
    return SourceRef(NAME, f"video:{number}", f"https://www.facebook.com/watch/?v={number}")


def _photo(parts: Parts) -> SourceRef | None:
    found = _PHOTO.fullmatch(parts.path)
    number = found["id"] if found else ""
    if parts.path in _PHOTO_QUERY:
        number = parts.query.get("fbid", "")
    if not re.fullmatch(_NUMBER, number, re.ASCII):
        return None
    return SourceRef(NAME, f"photo:{number}", f"https://www.facebook.com/photo/?fbid={number}")


def is_same(url: str, key: str) -> bool | None:
    """Tell whether an address names the thing of that key; None when it may be its other name.

    A story's number and its ``pfbid…`` say nothing of one another, nor do a page's name and
    number. An address that names no post at all does not name this one.
    """
    named = read_address(url)
    if named is None:
        return False
    kind, page, post = _split(named.key)
    asked_kind, asked_page, asked = _split(key)
    if post == asked:
        return True
    one_form = post.isdigit() == asked.isdigit()
    return False if kind != asked_kind or one_form or _differ(page, asked_page) else None


def is_page_of(url: str, key: str) -> bool | None:
    """Tell whether an address leads to the page whose story a key names; None: untold."""
    parts = parts_at(url, _HOSTS)
    kind, page, _ = _split(key)
    if parts is None or kind != "story":
        return None
    name = parts.path.split("/")[1].lower()
    if not name or not _is_page(name):
        return None
    return False if _differ(name, page) else (True if name == page else None)


def _split(key: str) -> tuple[str, str, str]:
    """Return the kind of a thing, the page or group it is in, and its number or pfbid."""
    kind, colon, rest = key.rpartition(":")
    page, _, post = rest.rpartition("/")
    return (kind if colon else "story"), page, post


def _differ(page: str, other: str) -> bool:
    """Tell whether two pages are two; dots in a name do not count, as Facebook has it."""
    one, two = page.replace(".", ""), other.replace(".", "")
    return one != two and one.isdigit() == two.isdigit()


def plugin_url(ref: SourceRef) -> str:
    """Return the address of the plugin that shows it; English, for it is read by its words."""
    href = quote(ref.url, safe="")
    return (
        f"https://www.facebook.com/plugins/post.php?href={href}"
        "&show_text=true&width=500&locale=en_US"
    )
