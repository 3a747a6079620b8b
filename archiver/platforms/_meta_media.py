"""A post as the data of Instagram and Threads has it: both names for the same fields are read.

Older data (``shortcode_media``, in embeds) names edges; newer data (``media``, in pages of both)
names fields of the mobile interface. Source: yt-dlp (2026-10) for Instagram; the readers of
Threads' pages, 2023 to 2026. Nothing of it is documented.
"""

from __future__ import annotations

from collections.abc import Iterator

from archiver.model.post import Medium, Post
from archiver.platforms._json import Object, inner, number, objects, text
from archiver.platforms._markup import Markup, link_target, objects_in, path_key
from archiver.platforms._moments import moment_of_unix

_CODES = ("shortcode", "code")
_KNOWN = frozenset({"edge_media_to_caption", "caption", "text_post_app_info", "taken_at"})


def find_media(values: Iterator[object], code: str) -> Object | None:
    """Return the data of the post with that code; a page holds those of other posts, too."""
    for value in values:
        for entry in objects_in(value):
            if code in (entry.get(name) for name in _CODES) and not _KNOWN.isdisjoint(entry):
                return entry
    return None


def media_of_page(markup: Markup, code: str) -> Object | None:
    """Return the data of the post with that code in a page's scripts."""
    return find_media(markup.data(), code)


def read_media(entry: Object, code: str, *, with_quoted: bool = True) -> Post:
    """Return a post from its data; ``code`` is what names it in addresses."""
    user = inner(entry, "owner") or inner(entry, "user")
    info = inner(entry, "text_post_app_info")
    link = text(inner(info, "link_preview_attachment"), "url")
    return Post(
        id=code,
        text=_caption(entry),
        author_id=text(user, "id") or text(user, "pk"),
        author_name=text(user, "full_name"),
        handle=text(user, "username"),
        created_at=moment_of_unix(number(entry, "taken_at_timestamp") or number(entry, "taken_at")),
        links=(link_target(link),) if link else (),
        media=tuple(_all_media(entry)),
        is_edited=entry.get("caption_is_edited") is True,
        quoted=_quoted(info) if with_quoted else None,
    )


def _caption(entry: Object) -> str:
    for edge in objects(inner(entry, "edge_media_to_caption"), "edges"):
        return (text(inner(edge, "node"), "text") or "").strip()
    return (text(inner(entry, "caption"), "text") or text(entry, "caption") or "").strip()


def _quoted(info: Object) -> Post | None:
    quoted = inner(inner(info, "share_info"), "quoted_post")
    code = text(quoted, "code")
    return read_media(quoted, code, with_quoted=False) if code else None


def _all_media(entry: Object) -> Iterator[Medium]:
    edges = objects(inner(entry, "edge_sidecar_to_children"), "edges")
    children = [inner(edge, "node") for edge in edges] or objects(entry, "carousel_media")
    for child in children or [entry]:
        medium = _medium(child)
        if medium is not None:
            yield medium


def _medium(entry: Object) -> Medium | None:
    pictures, videos = _pictures(entry), _videos(entry)
    alt = text(entry, "accessibility_caption")
    if videos:
        # The picture of a video is the same file as long as the video is.
        key = path_key((pictures or videos)[0])
        return Medium(key, "video", videos[0], alt, others=tuple(videos[1:]))
    if pictures:
        return Medium(path_key(pictures[0]), "photo", pictures[0], alt, others=tuple(pictures[1:]))
    return None


def _pictures(entry: Object) -> list[str]:
    sized = objects(inner(entry, "image_versions2"), "candidates")
    sized.sort(key=lambda candidate: -(number(candidate, "width") or 0))
    urls = [text(entry, "display_url"), *(text(candidate, "url") for candidate in sized)]
    return [url for url in urls if url]


def _videos(entry: Object) -> list[str]:
    urls = [text(entry, "video_url"), *(text(v, "url") for v in objects(entry, "video_versions"))]
    return list(dict.fromkeys(url for url in urls if url))


def media_urls(post: Post) -> tuple[str, ...]:
    """Return the media of a post and of the one it quotes."""
    media = (*post.media, *(post.quoted.media if post.quoted else ()))
    return tuple(dict.fromkeys(medium.url for medium in media))
