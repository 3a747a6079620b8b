"""Posts on LinkedIn, by the page that embeds them and their public page.

Keys are ``TYPE:ID``, as cited: ``activity``, ``share`` or ``ugcPost``. One post has several of
them with different numbers, and no address tells which belong together. Articles (``/pulse/``),
profiles and comments (``commentUrn``) stay addresses of the open web.

Logged out, LinkedIn answers alike for what was deleted and for what members only may see; so an
absence here is never explained and never confirmed. HTTP 999 and ``/authwall`` are walls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, urlsplit

import lxml.html

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Reading
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import _times
from archiver.platforms._hosts import Parts, parts_at
from archiver.platforms._json import Object, inner, objects, text, texts
from archiver.platforms._markup import (
    Markup,
    has_class,
    linked_data,
    path_key,
    read_markup,
    shown_text,
)
from archiver.platforms._moments import moment
from archiver.platforms._obstacles import Road, page_question, render_question, walk
from archiver.platforms._short import follow_link
from archiver.platforms.protocol import Lookup

NAME = "linkedin"

_HOSTS = ("linkedin.com",)
_SUBS = re.compile(r"|www|m|touch|mobile|[a-z]{2}", re.ASCII)
_TYPES = {"activity": "activity", "share": "share", "ugcpost": "ugcPost"}
_KIND = r"(?P<type>activity|share|ugcPost)"
_ID = r"(?P<id>\d{10,20})"
_PATHS = (
    re.compile(rf"/(?:embed/)?feed/update/(?:urn:li:)?{_KIND}:{_ID}", re.I | re.ASCII),
    re.compile(rf"/(?:video/live|video/event)/urn:li:{_KIND}:{_ID}", re.I | re.ASCII),
    re.compile(rf"/posts/(?:[^/]*[-_])?{_KIND}-{_ID}(?:-[\w-]{{0,12}})?", re.I | re.ASCII),
)
_COMMENT = frozenset({"commentUrn", "replyUrn", "dashCommentUrn"})

# Source: the markup of public posts as read by yt-dlp, Readability-like tools and scrapers, 2022
#   to 2026; JSON-LD as in a saved public post of 2026-06-05.
_TEXT_IDS = ("main-feed-activity-card__commentary",)
_TEXT_CLASSES = ("attributed-text-segment-list__content", "share-update-card__update-text")
_ACTORS = ("share-update-card__actor-text-link", "base-main-card__title")
_ACTOR_CONTROL = re.compile(r"feed-actor-name|actor[-_]name", re.I)
_RESHARES = frozenset({"share-update-card--reshare", "feed-reshare-content"})
_POSTINGS = frozenset({"SocialMediaPosting", "DiscussionForumPosting"})
# A post's own files; pictures of linked pages, people and covers of videos have other forms.
# Source: a reader of embeds and public posts (sharextract), 2026-09.
_FILE = re.compile(
    r"/dms/image/(?:sync/)?(?:v2/)?(?P<picture>[\w-]{8,60})/feedshare-"
    r"|/playlist/vid/(?:v2/)?(?P<video>[\w-]{8,60})/"
)
_COMMENTS = re.compile(r"\s*\|\s*[\d,.]+ comments? on LinkedIn\s*$", re.I)
_WALL_TITLE = re.compile(
    r"(?:sign up|sign in|log ?in|join)\b.*linkedin.*|linkedin:? log ?in.*", re.I
)
_ABSENT = re.compile(
    r"this post (?:cannot|can['’]t) be displayed|(?:this )?page (?:not found|doesn['’]t exist)"
    r"|post not found",
    re.I,
)


@dataclass(frozen=True, slots=True)
class LinkedIn:
    """Posts at ``https://www.linkedin.com/feed/update/urn:li:TYPE:ID/``."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when it is not one of this platform.

        The address of a public post is kept as that of the source: the bare one asks visitors to
        log in.
        """
        parts = parts_at(url, _HOSTS)
        key = _key_in(parts)
        if parts is None or key is None or not _COMMENT.isdisjoint(parts.query):
            return None
        path = (
            quote(parts.path) if parts.path.startswith("/posts/") else f"/feed/update/urn:li:{key}/"
        )
        return SourceRef(NAME, key, f"https://www.linkedin.com{path}")

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return the time inside the ID: mostly of the publishing, hours before at times."""
        return _times.in_linkedin_id(ref.key.rpartition(":")[2])

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask for the embedding page, then the public page, then the embed as a browser draws it.

        The drawing is left out when one of the others said something of the post.
        """
        embed = f"https://www.linkedin.com/embed/feed/update/urn:li:{ref.key}"

        def reader(what: str) -> Callable[[Answer], Reading]:
            return lambda answer: _read(answer, ref, what)

        roads = (
            Road(page_question(embed), "LinkedIn's embed", reader("LinkedIn's embed")),
            Road(page_question(ref.url), "LinkedIn's page", reader("LinkedIn's page")),
            Road(
                render_question(embed),
                "LinkedIn's embed, drawn,",
                reader("LinkedIn's embed"),
                is_resort=True,
            ),
        )
        return replace((yield from walk(roads)), page_url=embed)

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def _key_in(parts: Parts | None) -> str | None:
    """Return the key of the post that an address names, whatever its query asks for."""
    if parts is None or not _SUBS.fullmatch(parts.sub):
        return None
    found = next((found for p in _PATHS if (found := p.fullmatch(parts.path))), None)
    return f"{_TYPES[found['type'].lower()]}:{int(found['id'])}" if found else None


def _read(answer: Answer, ref: SourceRef, what: str) -> Reading:
    markup = read_markup(answer)
    if markup is None:
        return Reading(Signal.UNREADABLE, f"{what} answered with nothing to read.")
    if _is_another(markup, answer, ref.key):
        return Reading(Signal.UNREADABLE, f"{what} shows another post or none.")
    post = _post(markup, ref) if answer.status == 200 else None
    if post is not None:
        part = ", in part" if post.is_cut else ""
        urls = tuple(dict.fromkeys(medium.url for medium in post.media))
        return Reading(Signal.PRESENT, f"{what} shows it{part}.", post=post, media=urls)
    if _WALL_TITLE.fullmatch(markup.title):
        return Reading(Signal.LOGIN, f"{what} asks for a log-in.")
    if answer.status in (404, 410) or _ABSENT.search(shown_text(markup.tree)):
        reason = (
            f"{what} says that there is nothing to display, as it does of what was deleted and of "
            "what members only may see."
        )
        return Reading(Signal.ABSENT_UNEXPLAINED, reason)
    return Reading(Signal.UNREADABLE, f"{what} shows visitors nothing of it.")


def _is_another(markup: Markup, answer: Answer, key: str) -> bool:
    """Tell whether we were sent elsewhere, or the page says that it is of another post.

    Lost posts may lead to pages that show other posts. A number of another type tells nothing:
    one post has several. Whoever is sent to one must find the number asked for in the page.
    """
    final = _key_at(answer.url)
    tags = [markup.meta("lnkd:url"), markup.meta("og:url")]
    links = [e.get("href") for e in markup.tree.iter("link") if e.get("rel") == "canonical"]
    named = {_key_at(url) for url in (*tags, *links) if url}
    if final is None or _is_other(final, key):
        return True
    if key not in named and any(_is_other(k, key) for k in named if k is not None):
        return True
    in_data = {k for posting in linked_data(markup, _POSTINGS) for k in _keys_of(posting)}
    return final != key and key not in named | in_data


def _key_at(url: str) -> str | None:
    return _key_in(parts_at(url, _HOSTS))


def _is_other(named: str, key: str) -> bool:
    """Tell whether two keys are two posts; those of two types may be one."""
    return named != key and named.partition(":")[0] == key.partition(":")[0]


def _post(markup: Markup, ref: SourceRef) -> Post | None:
    posting = _posting(markup, ref.key)
    if posting is not None:
        return _of_data(posting, ref.key)
    return _of_markup(markup, ref.key) or _of_tags(markup, ref)


def _posting(markup: Markup, key: str) -> Object | None:
    """Return the linked data of the post: what names it, else the first that names no other."""
    found = [p for p in linked_data(markup, _POSTINGS) if text(p, "articleBody") or text(p, "text")]
    ours = (p for p in found if key in _keys_of(p))
    silent = (p for p in found if not any(_is_other(k, key) for k in _keys_of(p)))
    return next(ours, None) or next(silent, None)


def _keys_of(posting: Object) -> set[str]:
    """Return the keys of the addresses by which linked data says what it is of."""
    page = inner(posting, "mainEntityOfPage")
    names = [text(posting, name) for name in ("@id", "url", "mainEntityOfPage")]
    keys = (_key_at(url) for url in (*names, text(page, "@id")) if url)
    return {key for key in keys if key is not None}


def _of_data(posting: Object, key: str) -> Post:
    """Return a post from the page's linked data, which has its whole text."""
    author = inner(posting, "author")
    pictures = [Medium(k, "photo", url) for url in _urls(posting, "image") if (k := _picture(url))]
    videos = [Medium(_key(url), "video", url) for url in _urls(posting, "video")]
    return Post(
        id=key,
        text=(text(posting, "articleBody") or text(posting, "text") or "").strip(),
        author_id=None,
        author_name=text(author, "name"),
        handle=_handle(text(author, "url")),
        created_at=moment(text(posting, "datePublished")),
        media=(*pictures, *videos),
    )


def _urls(posting: Object, name: str) -> list[str]:
    """Return the addresses of files, which may be one or several, texts or objects."""
    entries = [inner(posting, name), *objects(posting, name)]
    named = [text(entry, "contentUrl") or text(entry, "url") for entry in entries]
    return [url for url in (text(posting, name), *texts(posting, name), *named) if url]


def _of_markup(markup: Markup, key: str) -> Post | None:
    """Return a post as it is drawn; its links are in its words, as the linked data has them."""
    bodies = [e for e in _bodies(markup.tree) if not _is_in_other(e, key)]
    body = next((e for e in bodies if not _is_reshared(e)), None)
    reshared = next((e for e in bodies if _is_reshared(e)), None)
    author = _author(markup, key)
    if author is None or (body is None and reshared is None):
        return None
    return Post(
        id=key,
        text=shown_text(body, keep_breaks=True) if body is not None else "",
        author_id=None,
        author_name=shown_text(author) or None,
        handle=_handle(author.get("href")),
        created_at=None,
        media=(*_pictures(markup, key), *_videos(markup, key)),
        quoted=_quoted(reshared, key) if reshared is not None else None,
    )


def _bodies(tree: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    found = [e for e in tree.iter() if e.get("data-test-id") in _TEXT_IDS]
    return found or [e for name in _TEXT_CLASSES for e in tree.find_class(name)]


def _is_reshared(element: lxml.html.HtmlElement) -> bool:
    return any(has_class(above, _RESHARES) for above in element.iterancestors())


def _is_in_other(element: lxml.html.HtmlElement, key: str) -> bool:
    """Tell whether an element stands in the card of another post, as shown below the one."""
    names = (above.get("data-activity-urn") or "" for above in element.iterancestors())
    return any(_is_other(name.removeprefix("urn:li:"), key) for name in names if name)


def _author(markup: Markup, key: str) -> lxml.html.HtmlElement | None:
    links = [e for e in markup.tree.iter("a") if not (_is_reshared(e) or _is_in_other(e, key))]
    named = next((e for e in links if has_class(e, _ACTORS)), None)
    return named if named is not None else next((e for e in links if _is_actor(e)), None)


def _is_actor(link: lxml.html.HtmlElement) -> bool:
    return _ACTOR_CONTROL.search(link.get("data-tracking-control-name") or "") is not None


def _pictures(markup: Markup, key: str) -> list[Medium]:
    """Return the post's own pictures; the embed shows the first few of many."""
    found: dict[str, Medium] = {}
    for picture in markup.tree.iter("img"):
        url = picture.get("data-delayed-url") or picture.get("src") or ""
        name = _picture(url)
        if name is not None and not (_is_reshared(picture) or _is_in_other(picture, key)):
            found.setdefault(name, Medium(name, "photo", url, alt=picture.get("alt") or None))
    return list(found.values())


def _picture(url: str) -> str | None:
    """Return the identity of a post's own picture; its size, times and signature differ."""
    found = _FILE.search(url)
    return found["picture"] if found else None


def _videos(markup: Markup, key: str) -> list[Medium]:
    players = [e for e in markup.tree.iter("video") if not _is_in_other(e, key)]
    found = [urls for e in players if (urls := _sources(e.get("data-sources")))]
    return [Medium(_key(u[0]), "video", u[0], others=tuple(u[1:])) for u in found]


def _sources(value: str | None) -> list[str]:
    """Return the addresses of a video's files, best bitrate first."""
    try:
        entries = json.loads(value or "[]")
    except (ValueError, RecursionError):
        return []
    known = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    files = [(_bitrate(e.get("data-bitrate")), e.get("src")) for e in known]
    return [url for _, url in sorted(files, key=lambda f: -f[0]) if isinstance(url, str)]


def _bitrate(value: object) -> int:
    return value if isinstance(value, int) else 0


def _quoted(body: lxml.html.HtmlElement, key: str) -> Post:
    """Return the post that is shared: its number is not told, so it goes by who shares it."""
    words = shown_text(body, keep_breaks=True)
    return Post(f"{key}/reshared", words, None, None, None, None, is_cut=True)


def _of_tags(markup: Markup, ref: SourceRef) -> Post | None:
    """Return what the tags tell, when they name this post; a log-in's tags name no post."""
    words = markup.meta("og:description")
    named = (markup.meta(name) or "" for name in ("lnkd:url", "og:url"))
    if not words or not any(_key_at(url) for url in named):
        return None
    return Post(ref.key, _COMMENTS.sub("", words), None, None, None, None, is_cut=True)


def _handle(url: str | None) -> str | None:
    try:
        name = urlsplit(url or "").path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return None
    return name or None


def _key(url: str) -> str:
    found = _FILE.search(url)
    return (found and found["video"]) or path_key(url)
