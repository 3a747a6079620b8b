"""A post as Bluesky's app view gives it.

Source: the lexicons app.bsky.feed.defs and app.bsky.embed.* (bluesky-social/atproto d6296a1,
2026-08-20); field shapes measured 2026-08-02 (apricot-cake/hologram) and replies recorded
2025-05-19 (christopherkenny/bskyr).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from archiver.model.post import Medium, Post
from archiver.platforms._bluesky_address import read_post_address
from archiver.platforms._json import Object, inner, objects, text, texts
from archiver.platforms._media import path_of
from archiver.platforms._moments import moment

# The pictures of the delivery network name the blob they were made from.
_CDN_CID = re.compile(r"/did:[^/]+/([a-z2-7]{20,})(?:@|$)")


def read_post(view: Object, home: str | None = None) -> Post | None:
    """Return the post of a view, or None when it has no address, no author or no text.

    ``home`` is the address of the author's own server, where the files are kept as uploaded.
    """
    record = inner(view, "record") or inner(view, "value")  # a quoted post calls it "value"
    address = read_post_address(text(view, "uri") or "")
    author = inner(view, "author")
    did, words = text(author, "did"), text(record, "text")
    if address is None or did is None or words is None:
        return None
    embed = _embed_of(view)
    return Post(
        id=address.key,
        text=words,
        author_id=did,
        author_name=text(author, "displayName") or None,
        handle=text(author, "handle"),
        created_at=moment(text(record, "createdAt")),
        language=next(iter(texts(record, "langs")), None),
        links=_links(record, embed),
        media=_media(embed, inner(record, "embed"), did, home),
        reply_to_id=_key(text(inner(inner(record, "reply"), "parent"), "uri")),
        quoted=_quoted(embed),
        revision=text(view, "cid"),
    )


def read_parent(thread: Object) -> Post | None:
    """Return the post that a thread's post answers, as far as it is shown."""
    parent = inner(thread, "parent")
    return read_post(inner(parent, "post")) or _stub(parent) if parent else None


def what_is_missing(post: Post) -> str:
    """Return, as the end of a sentence, that the quoted post is not shown; else nothing."""
    missing = post.quoted is not None and post.quoted.author_id is None
    return "; the post it quotes is not shown (deleted, blocked or detached)" if missing else ""


def hides_from_strangers(view: Object) -> bool:
    """Tell whether the author asks not to be shown to visitors who are not logged in.

    Source: the lexicon com.atproto.label.defs, ``!no-unauthenticated``: the web app shows a log-in
    instead, though the interface answers.
    """
    labels = objects(inner(view, "author"), "labels")
    wanted = [label for label in labels if label.get("val") == "!no-unauthenticated"]
    return any(label.get("neg") is not True for label in wanted)


def has_files(post: Post) -> bool:
    """Tell whether the author's own server has files of the post."""
    return any(medium.kind in ("photo", "video") for medium in post.media)


def _embed_of(view: Object) -> Object:
    """Return what the post embeds; a quoted post has a list of it."""
    return inner(view, "embed") or next(iter(objects(view, "embeds")), {})


def _key(uri: str | None) -> str | None:
    address = read_post_address(uri or "")
    return address.key if address else None


def _links(record: Object, embed: Object) -> tuple[str, ...]:
    features = [f for facet in objects(record, "facets") for f in objects(facet, "features")]
    found = [text(feature, "uri") for feature in features]
    cards = (inner(part, "external") for part in (embed, inner(embed, "media")))
    found.extend(text(card, "uri") for card in cards)
    return tuple(dict.fromkeys(link for link in found if link))


# --- quoted posts -------------------------------------------------------------------------------


def _quoted(embed: Object) -> Post | None:
    record = inner(embed, "record")
    if "record" in record and "uri" not in record:  # recordWithMedia holds a record in a record
        record = inner(record, "record")
    return (read_post(record) or _stub(record)) if record else None


def _stub(view: Object) -> Post | None:
    """Return a post of which only the identity is told: missing, blocked or detached."""
    address = read_post_address(text(view, "uri") or "")
    if address is None:
        return None  # a list, a feed or a starter pack
    return Post(address.key, "", None, None, None, None, is_cut=True)


# --- media --------------------------------------------------------------------------------------


def _media(embed: Object, stored: Object, did: str, home: str | None) -> tuple[Medium, ...]:
    if isinstance(embed.get("media"), Mapping):
        embed, stored = inner(embed, "media"), inner(stored, "media")
    if "playlist" in embed:
        return _video(embed, stored, did, home)
    # A gallery is a list of images under another name.
    name = "images" if "images" in embed else "items"
    kept = objects(stored, name)
    shown = objects(embed, name)
    blobs = [_blob(inner(entry, "image")) for entry in kept]
    blobs += [None] * (len(shown) - len(blobs))
    pairs = zip(shown, blobs[: len(shown)], strict=True)
    return tuple(medium for view, blob in pairs if (medium := _image(view, blob, did, home)))


def _image(view: Object, blob: str | None, did: str, home: str | None) -> Medium | None:
    url = text(view, "fullsize")
    if url is None:
        return None
    found = _CDN_CID.search(url)
    cid = blob or (found[1] if found else None)
    original = _original(home, did, cid)
    others = (original,) if original else ()
    return Medium(cid or path_of(url), "photo", url, text(view, "alt") or None, others=others)


def _video(embed: Object, stored: Object, did: str, home: str | None) -> tuple[Medium, ...]:
    playlist = text(embed, "playlist")
    cid = text(embed, "cid") or _blob(inner(stored, "video"))
    if playlist is None:
        return ()
    alt = text(embed, "alt") or None
    original = _original(home, did, cid)
    if original is not None:  # the file as uploaded; the playlist is made from it
        return (Medium(cid or path_of(playlist), "video", original, alt),)
    return (Medium(cid or path_of(playlist), "video", playlist, alt, is_stream=True),)


def _blob(blob: Object) -> str | None:
    return text(inner(blob, "ref"), "$link")


def _original(home: str | None, did: str, cid: str | None) -> str | None:
    if home is None or cid is None:
        return None
    return f"{home}/xrpc/com.atproto.sync.getBlob?{urlencode({'did': did, 'cid': cid})}"
