"""X's public end-points, answering as the real ones do.

Source of the shapes: replies measured by several maintained projects in 2026 and recorded oEmbed
replies of 2020; collected 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from json import JSONDecodeError
from urllib.parse import urlsplit

from archiver.demo.calls import (
    CSS,
    JAVASCRIPT,
    Call,
    Reply,
    Site,
    data,
    file,
    page,
    plain,
    redirect,
    written,
)
from archiver.demo.pictures import jpeg, png
from archiver.demo.post_forms import (
    graphql,
    is_shown,
    oembed,
    photo_page,
    structured,
    tombstone,
)
from archiver.demo.script import Standing
from archiver.demo.stage import Seen, Stage

STATUS_PATH = re.compile(r"^/(?:i/web|i|\w{1,15})/status(?:es)?/(\d{2,20})(?:/|$)")
OLD_MEDIA = re.compile(r"^/media/(\w{15})\.(jpg|png)(?::(\w+))?$")
AVATAR = re.compile(r"^/profile_images/(\d+)/(\w{1,15})_(?:normal|400x400)\.jpg$")
X_HOSTS = ("twitter.com", "www.twitter.com", "mobile.twitter.com", "x.com", "www.x.com")
MEDIA_SHARES = {  # of the original's width, by the name of the size
    "orig": 1.0,
    "4096x4096": 1.0,
    "large": 1.0,
    "medium": 0.8,
    "900x900": 0.8,
    "small": 0.6,
    "360x360": 0.4,
    "thumb": 0.16,
}
WIDGET_FILES = {
    "/widgets.js": "widgets.js",
    "/embed/embed.js": "tweet.js",
    "/embed/embed.css": "tweet.css",
}
NEVER_EXISTED = """<!DOCTYPE html>
<html><head><title>Not Found</title></head><body><p>Not found.</p></body></html>
"""
HIDDEN = frozenset({Standing.AGE_RESTRICTED, Standing.EMPTY_TOMBSTONE})
ANY_ORIGIN = ("access-control-allow-origin", "*")


def x_sites(stage: Stage) -> dict[str, Site]:
    """Return every host of X that is played, with its site."""
    endpoints = Endpoints(stage)
    media = Media(stage)
    return {
        "cdn.syndication.twimg.com": endpoints.tweet_result,
        "publish.twitter.com": endpoints.oembed,
        "publish.x.com": endpoints.oembed,
        "api.x.com": endpoints.api,
        "t.co": endpoints.short_link,
        "pic.twitter.com": endpoints.picture_link,
        "pic.x.com": endpoints.picture_link,
        "platform.twitter.com": widget_site,
        "abs.twimg.com": assets_site,
        "pbs.twimg.com": media,
        **dict.fromkeys(X_HOSTS, status_site),
    }


class Endpoints:
    """The end-points that know the posts."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._targets = _short_links(stage)

    def tweet_result(self, call: Call) -> Reply:
        """Answer for a post as structured data, a tombstone, or one of the empty ways."""
        if call.path != "/tweet-result":
            return page(NEVER_EXISTED, 404)
        status = call.parameter("id") or ""
        if not re.fullmatch(r"\d{1,20}", status) or not call.parameter("token"):
            return data({"error": "Bad request."}, 400).with_headers(ANY_ORIGIN)
        reply = _result(self._stage.post(status, call.at), call)
        return reply.with_headers(ANY_ORIGIN, ("cache-control", "max-age=60"))

    def oembed(self, call: Call) -> Reply:
        """Answer with the embed code of a public post."""
        asked = call.parameter("url") or ""
        found = STATUS_PATH.match(urlsplit(asked).path)
        if call.path != "/oembed" or not found:
            return page(NEVER_EXISTED, 404)
        seen = self._stage.post(found[1], call.at)
        if seen is None:
            return data({"error": "Not Found"}, 404)
        if seen.standing in {Standing.PROTECTED, Standing.SUSPENDED}:
            sorry = "Sorry, you are not authorized to see this status."
            return data({"error": sorry, "request": call.target}, 403)
        if seen.standing in {Standing.WALLED, Standing.LIMITED}:
            return _refused(seen.standing)
        # A 404 is documented for deleted posts alone; one that is only hidden has an embed code.
        is_public = is_shown(seen.standing) or seen.standing in HIDDEN
        return data(oembed(seen.post, asked)) if is_public else page("", 404)

    def short_link(self, call: Call) -> Reply:
        """Send on as t.co does: a redirect for programs, a page that redirects for browsers."""
        target = self._targets.get(call.path.removeprefix("/"))
        if target is None:
            return page(NEVER_EXISTED, 404)
        if "Mozilla/" in call.headers.get("user-agent", ""):
            return page(_refresh(target))
        return redirect(target)

    def picture_link(self, call: Call) -> Reply:
        """Send on to the page of the picture; only codes of pictures are known here."""
        target = self._targets.get(call.path.removeprefix("/"), "")
        return redirect(target) if "/photo/" in target else page(NEVER_EXISTED, 404)

    def api(self, call: Call) -> Reply:
        """Answer the script of the status page."""
        if call.method == "OPTIONS":
            allow = ("access-control-allow-headers", "x-guest-token")
            return plain("", 200).with_headers(ANY_ORIGIN, allow)
        if call.path == "/1.1/guest/activate.json" and call.method == "POST":
            token = str(round(call.at.timestamp() * 1000) << 20)
            return data({"guest_token": token}).with_headers(ANY_ORIGIN)
        if not call.path.endswith("/TweetResultByRestId"):
            return plain("", 404)
        seen = self._stage.post(_wanted(call.parameter("variables")), call.at)
        reply = graphql(seen, call.at) if seen else {"data": {"tweetResult": {}}}
        return data(reply).with_headers(ANY_ORIGIN)


class Media:
    """Pictures of posts and faces of their authors; they outlive the posts."""

    def __init__(self, stage: Stage) -> None:
        pictures = (post.picture for post in stage.posts.values() if post.picture)
        self._pictures = {picture.key: picture for picture in pictures}
        self._faces = {(post.user_id, handle) for handle, post in stage.posts.items()}

    def __call__(self, call: Call) -> Reply:
        """Answer with a picture at the size asked for, in either form of address."""
        if (face := AVATAR.match(call.path)) and (face[1], face[2]) in self._faces:
            return file(jpeg(face[2], 48, 48), "image/jpeg")
        old = OLD_MEDIA.match(call.path)
        key = old[1] if old else call.path.removeprefix("/media/")
        form = old[2] if old else call.parameter("format") or "jpg"
        name = (old[3] if old else call.parameter("name")) or "medium"
        return self._picture(key, form, name)

    def _picture(self, key: str, form: str, name: str) -> Reply:
        picture, share = self._pictures.get(key), MEDIA_SHARES.get(name)
        if picture is None or share is None or form not in {"jpg", "png"}:
            return plain("", 404)
        width, height = round(picture.width * share), round(picture.height * share)
        if form == "png":
            return file(png(key, width // 2, height // 2), "image/png")
        return file(jpeg(key, width, height), "image/jpeg")


def widget_site(call: Call) -> Reply:
    """Answer with the embed script and the frame it makes."""
    if call.path == "/embed/Tweet.html":
        return page(written("tweet.html"))
    name = WIDGET_FILES.get(call.path)
    return (
        file(written(name), CSS if name.endswith(".css") else JAVASCRIPT)
        if name
        else plain("", 404)
    )


def assets_site(call: Call) -> Reply:
    """Answer with the status page's script."""
    if call.path == "/responsive-web/client-web/main.js":
        return file(written("status.js"), JAVASCRIPT).with_headers(ANY_ORIGIN)
    return _icon() if call.path == "/favicon.ico" else plain("", 404)


def _icon() -> Reply:
    return file(png("x", 16, 16), "image/png")


def status_site(call: Call) -> Reply:
    """Answer with the same shell whatever is asked; the older host sends on to the newer one."""
    if call.host != "x.com":
        return redirect(f"https://x.com{call.target}", 302)
    if call.path == "/favicon.ico":
        return _icon()
    if call.path == "/robots.txt":
        return plain("", 404)
    cookies = (
        ("set-cookie", "guest_id=v1%3A1; Max-Age=34214400; Path=/; Domain=.x.com; Secure"),
        ("set-cookie", "night_mode=2; Path=/; Domain=.x.com; Secure"),
    )
    return page(written("status.html")).with_headers(*cookies)


def _result(seen: Seen | None, call: Call) -> Reply:
    if seen is None or seen.standing is Standing.NOT_FOUND:
        return page(NEVER_EXISTED, 404)
    if seen.standing in {Standing.WALLED, Standing.LIMITED}:
        return _refused(seen.standing)
    if seen.standing is Standing.EMPTY:
        return data({})
    shown = structured(seen, call.at) if is_shown(seen.standing) else tombstone(seen.standing)
    return data(shown)


def _refused(standing: Standing) -> Reply:
    if standing is Standing.LIMITED:
        return plain("Rate limit exceeded", 429).with_headers(("retry-after", "900"))
    return page("<!DOCTYPE html><title>Access denied</title><p>Access denied.</p>", 403)


def _short_links(stage: Stage) -> Mapping[str, str]:
    """Map every code to its target. Codes keep leading there whatever becomes of the post."""
    targets: dict[str, str] = {}
    for post in stage.posts.values():
        targets |= {link.code: link.target for link in post.links}
        if post.picture:
            targets[post.picture.code] = photo_page(post)
    return targets


def _refresh(target: str) -> str:
    """Source: the page that t.co shows to browsers, described by several clients; 2019 to 2026."""
    url = escape(target)
    script = json.dumps(target).replace("/", "\\/")
    return (
        f'<head><noscript><META http-equiv="refresh" content="0;URL={url}"></noscript>'
        f"<title>{url}</title></head>"
        f"<script>window.opener = null; location.replace({script})</script>"
    )


def _wanted(variables: str | None) -> str:
    try:
        wanted = json.loads(variables or "")
    except JSONDecodeError:
        return ""
    return str(wanted.get("tweetId", "")) if isinstance(wanted, dict) else ""
