"""Facebook: addresses and what they name; answers and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import OFFLINE, ONLINE, Reply, data, failed, html, typed, unverified
from tests.answers.facebook import (
    AVATAR,
    KEY,
    LIVING,
    LOGIN,
    LOGIN_PAGE,
    MESSAGE,
    NO_TAGS,
    PFBID,
    TIME,
    UNAVAILABLE,
    URL,
    VIDEO,
    absent,
    author,
    page,
    plugin,
    timed,
)
from tests.cases.facts import Fact
from tests.cases.readings import Case

FB = "https://www.facebook.com"
PLUGIN_HREF = f"{FB}/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2FTowerSight%2Fposts%2F{PFBID}&width=500"

# address, key, address of the source
NAMED = [
    (f"{FB}/TowerSight/posts/{PFBID}", KEY, URL),
    (f"http://facebook.com/towersight/posts/{PFBID}/?mibextid=abc&__tn__=R", KEY, URL),
    (f"https://m.facebook.com/TowerSight/posts/{PFBID}", KEY, URL),
    (f"https://web.facebook.com/TowerSight/posts/{PFBID}", KEY, URL),
    (f"https://mbasic.facebook.com/TowerSight/posts/{PFBID}", KEY, URL),
    (f"https://touch.facebook.com/TowerSight/posts/{PFBID}", KEY, URL),
    (f"https://de-de.facebook.com/TowerSight/posts/{PFBID}", KEY, URL),
    (f"https://fb.com/TowerSight/posts/{PFBID}", KEY, URL),
    (f"https://www.facebookez.com/TowerSight/posts/{PFBID}", KEY, URL),
    (f"https://facebed.com/TowerSight/posts/{PFBID}", KEY, URL),
    (PLUGIN_HREF, KEY, URL),
    (f"{FB}/TowerSight/posts/what-the-tower-saw/{PFBID}", KEY, URL),
    (f"{FB}/TowerSight/posts/1602283071267063", "towersight/1602283071267063", f"{FB}/towersight/posts/1602283071267063"),
    (f"{FB}/100064/posts/1602283071267063", "100064/1602283071267063", f"{FB}/permalink.php?story_fbid=1602283071267063&id=100064"),
    (f"{FB}/permalink.php?story_fbid={PFBID}&id=100064", f"100064/{PFBID}", f"{FB}/permalink.php?story_fbid={PFBID}&id=100064"),
    (f"https://m.facebook.com/story.php?id=100064&story_fbid={PFBID}&_rdr", f"100064/{PFBID}", f"{FB}/permalink.php?story_fbid={PFBID}&id=100064"),
    (f"{FB}/%D9%85%D8%B1-12/posts/1602283071267063", "مر-12/1602283071267063", f"{FB}/%D9%85%D8%B1-12/posts/1602283071267063"),
    (f"{FB}/photo.php?fbid=10158&set=a.1&type=3", "photo:10158", f"{FB}/photo/?fbid=10158"),
    (f"{FB}/photo/?fbid=10158", "photo:10158", f"{FB}/photo/?fbid=10158"),
    (f"{FB}/photo?fbid=10158", "photo:10158", f"{FB}/photo/?fbid=10158"),
    (f"{FB}/TowerSight/photos/a.12345/10158/?type=3", "photo:10158", f"{FB}/photo/?fbid=10158"),
    (f"{FB}/TowerSight/photos/10158", "photo:10158", f"{FB}/photo/?fbid=10158"),
    (f"{FB}/TowerSight/videos/3676516585958356/", "video:3676516585958356", f"{FB}/watch/?v=3676516585958356"),
    (f"{FB}/TowerSight/videos/the-tower/3676516585958356/", "video:3676516585958356", f"{FB}/watch/?v=3676516585958356"),
    (f"{FB}/TowerSight/videos/vb.100/3676516585958356/", "video:3676516585958356", f"{FB}/watch/?v=3676516585958356"),
    (f"{FB}/watch?v=3676516585958356", "video:3676516585958356", f"{FB}/watch/?v=3676516585958356"),
    (f"{FB}/watch/live/?v=3676516585958356", "video:3676516585958356", f"{FB}/watch/?v=3676516585958356"),
    (f"{FB}/video.php?v=3676516585958356", "video:3676516585958356", f"{FB}/watch/?v=3676516585958356"),
    (f"{FB}/reel/3676516585958356/?s=single", "video:3676516585958356", f"{FB}/watch/?v=3676516585958356"),
    (f"{FB}/groups/Towers/permalink/1234567890/", "group:towers/1234567890", f"{FB}/groups/towers/posts/1234567890"),
    (f"{FB}/groups/998877/posts/1234567890", "group:998877/1234567890", f"{FB}/groups/998877/posts/1234567890"),
    (f"{FB}/groups/998877?multi_permalinks=1234567890", "group:998877/1234567890", f"{FB}/groups/998877/posts/1234567890"),
    ("https://m.facebook.com/groups/998877?view=permalink&id=1234567890", "group:998877/1234567890", f"{FB}/groups/998877/posts/1234567890"),
]  # fmt: skip

NOT_NAMED = [
    f"{FB}/",
    f"{FB}/TowerSight",
    f"{FB}/TowerSight/posts",
    f"{FB}/TowerSight/posts/short",
    f"{FB}/TowerSight/posts/{PFBID}?comment_id=12",
    f"{FB}/TowerSight/posts/{PFBID}?reply_comment_id=12",
    f"{FB}/TowerSight/photos",
    f"{FB}/TowerSight/videos",
    f"{FB}/profile.php?id=100064",
    f"{FB}/people/Tower-Sight/100064",
    f"{FB}/hashtag/tower",
    f"{FB}/search/top?q=tower",
    f"{FB}/events/1234567890",
    f"{FB}/groups/998877",
    f"{FB}/groups/998877/about",
    f"{FB}/media/set/?set=a.12345",
    f"{FB}/permalink.php?story_fbid=abc&id=100064",
    f"{FB}/permalink.php?story_fbid={PFBID}",
    f"{FB}/watch/",
    f"{FB}/photo/",
    f"{FB}/share/p/17vKWnsFXX/",
    f"{FB}/share/v/1F6agFqkjq",
    "https://fb.watch/abcDEF123/",
    f"{FB}/plugins/post.php",
    f"{FB}/plugins/post.php?href=https%3A%2F%2Fnews.example%2F",
    f"{FB}/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fplugins%2Fpost.php%3Fhref%3Dx",
    f"{FB}/sharer/sharer.php?u=https%3A%2F%2Fnews.example%2F",
    f"{FB}/hashtag/posts/1234567890",
    f"https://developers.facebook.com/TowerSight/posts/{PFBID}",
    f"https://notfacebook.com/TowerSight/posts/{PFBID}",
    f"https://facebook.com.evil.example/TowerSight/posts/{PFBID}",
    "https://",
]

PAGE = page()
OTHER = "https://www.facebook.com/other/posts/9999999999"
NUMBERED = "https://www.facebook.com/towersight/posts/1234567890"
PLUGIN_OF_OTHER = (
    f"{FB}/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fother%2Fposts%2F9999999999"
)
WALLED = html("<title>Just a moment...</title>", 403)
REFUSED = typed(b"", "text/html", 400)

READ = [
    Case("living", Fact.RECORDED, [LIVING], Signal.PRESENT),
    Case("video", Fact.RECORDED, [plugin(AVATAR, VIDEO)], Signal.PRESENT),
    Case("not embedded, but with tags", Fact.RECORDED, [absent(), PAGE], Signal.PRESENT),
    Case("no longer available, and a log-in", Fact.RECORDED, [absent(), LOGIN], Signal.ABSENT_UNEXPLAINED),
    Case("no longer available, and no tags", Fact.RECORDED, [absent(), NO_TAGS], Signal.ABSENT_UNEXPLAINED),
    Case("no longer available, and the profile", Fact.ANYWHERE, [absent(), page(url="https://www.facebook.com/towersight")], Signal.ABSENT_UNEXPLAINED),
    Case("sent to another page's post", Fact.ANYWHERE, [absent(), replace(page(url=OTHER), url=OTHER)], Signal.ABSENT_UNEXPLAINED),
    Case("the tags of another page's post", Fact.ANYWHERE, [absent(), page(url=OTHER)], Signal.ABSENT_UNEXPLAINED),
    Case("sent to another post, with tags of ours", Fact.ANYWHERE, [absent(), replace(PAGE, url=OTHER)], Signal.ABSENT_UNEXPLAINED),
    Case("the tags name the post by its number", Fact.RECORDED, [absent(), page(url=NUMBERED)], Signal.PRESENT),
    Case("sent to a number, which may be any post", Fact.ANYWHERE, [absent(), replace(page(url=NUMBERED), url=NUMBERED)], Signal.ABSENT_UNEXPLAINED),
    Case("the plugin draws another page's post", Fact.ANYWHERE, [plugin(AVATAR, MESSAGE, timed(OTHER)), NO_TAGS, LOGIN], Signal.LOGIN),
    Case("the plugin draws the post of another page", Fact.ANYWHERE, [plugin(author("https://www.facebook.com/other?ref=x"), MESSAGE, TIME), NO_TAGS, LOGIN], Signal.LOGIN),
    Case("the plugin was sent to another post", Fact.ANYWHERE, [replace(LIVING, url=PLUGIN_OF_OTHER), NO_TAGS, LOGIN], Signal.LOGIN),
    Case("the plugin names the post by its number", Fact.RECORDED, [plugin(AVATAR, MESSAGE, timed(NUMBERED))], Signal.PRESENT),
    Case("the plugin names the post of a page with a new name", Fact.ANYWHERE, [plugin(author("https://www.facebook.com/renamed"), MESSAGE, timed(URL))], Signal.PRESENT),
    Case("no longer available, and isn't available", Fact.DOCUMENTED, [absent(), UNAVAILABLE], Signal.ABSENT_UNEXPLAINED),
    Case("no longer available, and limited", Fact.ANYWHERE, [absent(), typed(b"", "text/plain", 429)], Signal.ABSENT_UNEXPLAINED),
    Case("refused by its headers, drawn", Fact.RECORDED, [REFUSED, LOGIN, LIVING], Signal.PRESENT),
    Case("refused by its headers, drawn and gone", Fact.RECORDED, [REFUSED, LOGIN, absent()], Signal.ABSENT_UNEXPLAINED),
    Case("refused throughout", Fact.RECORDED, [REFUSED, REFUSED, failed(Outcome.TIMEOUT)], Signal.WALL),
    Case("log-in everywhere", Fact.DOCUMENTED, [LOGIN_PAGE, LOGIN, LOGIN], Signal.LOGIN),
    Case("log-in by its title", Fact.DOCUMENTED, [html("<title>Log into Facebook</title>"), LOGIN, LOGIN], Signal.LOGIN),
    Case("isn't available everywhere", Fact.DOCUMENTED, [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE], Signal.WALL),
    Case("unsupported browser", Fact.RECORDED, [html("<p>Update", url=f"{FB}/unsupportedbrowser"), NO_TAGS, NO_TAGS], Signal.WALL),
    Case("unknown shapes", Fact.ANYWHERE, [plugin("<p>Hello"), NO_TAGS, plugin("<p>Hello")], Signal.UNREADABLE),
    Case("404 with words", Fact.ANYWHERE, [html("<p>Not found", 404), html("<p>Not found", 404), html("<p>Not found", 404)], Signal.UNREADABLE),
    Case("data instead of pages", Fact.ANYWHERE, [data({}), data({}), html("")], Signal.UNREADABLE),
    Case("broken off", Fact.ANYWHERE, [Reply(200, LIVING.body, LIVING.headers, Outcome.TRUNCATED), LOGIN, LOGIN], Signal.LOGIN),
    Case("challenge", Fact.DOCUMENTED, [WALLED, WALLED, WALLED], Signal.WALL),
    Case("a stranger in between", Fact.ANYWHERE, [unverified(absent()), unverified(PAGE), unverified(LIVING)], Signal.WALL),
    Case("legal reasons", Fact.DOCUMENTED, [typed(b"", "text/plain", 451), LOGIN], Signal.WITHHELD),
    Case("asked too often", Fact.DOCUMENTED, [typed(b"", "text/plain", 429)], Signal.RATE_LIMITED),
    Case("server error", Fact.DOCUMENTED, [typed(b"", "text/plain", 500), typed(b"", "text/plain", 500), typed(b"", "text/plain", 500)], Signal.SERVER_ERROR),
    Case("time-out", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE),
    Case("our network is down", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("refused by the guard", Fact.ANYWHERE, [failed(Outcome.REFUSED)], Signal.REFUSED),
]  # fmt: skip
