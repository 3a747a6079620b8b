"""YouTube: addresses and what they name; replies and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import OFFLINE, ONLINE, Reply, data, failed, html, typed, unverified
from tests.answers.youtube import ID, details, oembed, oembed_says, plays, refuses, watch
from tests.cases.facts import CHALLENGE, Case, Fact

NAMED = [
    f"https://www.youtube.com/watch?v={ID}",
    f"http://youtube.com/watch?v={ID}&t=42s",
    f"https://m.youtube.com/watch?v={ID}&feature=youtu.be",
    f"https://music.youtube.com/watch?v={ID}&list=RDAMVM",
    f"https://www.youtube.com/watch?list=PLabc&index=2&v={ID}",
    f"https://www.youtube.com/watch?app=desktop&amp;v={ID}",
    f"https://www.youtube.com/watch/?v={ID}",
    f"https://www.youtube.com/watch/{ID}",
    f"https://www.youtube.com/watch_popup?v={ID}",
    f"https://www.youtube.com/?v={ID}",
    f"https://www.youtube.com//watch?v={ID}",
    f"https://www.youtube.com/watch?v={ID}?t=3",
    f"https://www.youtube.com/watch?v={ID}%20",
    f"https://youtu.be/{ID}",
    f"https://youtu.be/{ID}?si=abc&t=10",
    f"https://youtu.be/{ID}/",
    f"https://youtu.be/watch?v={ID}",
    f"https://www.youtube.com/shorts/{ID}?feature=share",
    f"https://www.youtube.com/live/{ID}?si=abc",
    f"https://www.youtube.com/embed/{ID}?start=42",
    f"https://www.youtube-nocookie.com/embed/{ID}?rel=0",
    f"https://www.youtubekids.com/watch?v={ID}",
    f"https://youtube.googleapis.com/v/{ID}",
    f"https://www.youtube.com/v/{ID}&hl=en",
    f"https://www.youtube.com/e/{ID}",
    f"https://www.youtube.com/#!v={ID}",
    f"https://m.youtube.com/#/watch?v={ID}",
    f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{ID}%26feature%3Dshare",
    f"https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{ID}&gl=DE",
    f"https://yewtu.be/watch?v={ID}",
    f"https://invidious.nerdvpn.example/watch?v={ID}",
    f"https://piped.video/watch?v={ID}",
    f"https://piped.example.org/embed/{ID}",
]

NOT_NAMED = [
    "https://www.youtube.com/",
    "https://www.youtube.com/@TowerSight",
    "https://www.youtube.com/@TowerSight/videos",
    "https://www.youtube.com/channel/UCtowersightaaaaaaaaaaaa",
    "https://www.youtube.com/c/TowerSight",
    "https://www.youtube.com/user/TowerSight",
    "https://www.youtube.com/playlist?list=PLabcdefghijk",
    "https://www.youtube.com/results?search_query=tower",
    "https://www.youtube.com/feed/trending",
    "https://www.youtube.com/hashtag/tower",
    f"https://www.youtube.com/post/{ID}",
    "https://www.youtube.com/embed/videoseries?list=PLabc",
    "https://www.youtube.com/embed/live_stream?channel=UCabc",
    "https://www.youtube.com/watch",
    "https://www.youtube.com/watch?v=",
    "https://www.youtube.com/watch?v=short",
    f"https://www.youtube.com/watch?v={ID}x",
    f"https://www.youtube.com/watch?w={ID}",
    f"https://www.youtube.com/oembed?url=https://www.youtube.com/watch?v={ID}",
    "https://youtu.be/",
    f"https://youtu.be/{ID}extra",
    f"https://notyoutube.com/watch?v={ID}",
    f"https://youtube.com.evil.example/watch?v={ID}",
    f"https://notyoutu.be/{ID}",
    f"https://news.example/?u=https://www.youtube.com/watch?v={ID}",
    f"https://i.ytimg.com/vi/{ID}/hqdefault.jpg",
    "https://www.youtube.com/attribution_link?u=",
    "https://www.youtube.com/attribution_link?a=1",
    "https://www.youtube.com/attribution_link?u=http://[",
    "youtube.com",
]

NONE = Signal.ABSENT_UNEXPLAINED
TERMINATED = "This video is no longer available because the YouTube account associated with this video has been terminated."
CLOSED = "This video is no longer available because the YouTube account associated with this video has been closed."
CLOSED_BY_UPLOADER = (
    "This video is no longer available because the uploader has closed their YouTube account."
)
HATE = "This video has been removed for violating YouTube's policy on hate speech."
TERMS = "This video has been removed for violating YouTube's Terms of Service"
CLAIM = "This video is no longer available due to a copyright claim by Amalia Films."
BLOCKED = "This video contains content from Amalia Films, who has blocked it on copyright grounds"
BLOCKED_HERE = "This video contains content from Amalia Films, who has blocked it in your country on copyright grounds"
NOT_HERE = "The uploader has not made this video available in your country"
NOT_EMBEDDED = "This video contains content from Amalia Films, who has blocked it from display on this website or application"
ANOTHER = {
    "html": '<iframe src="https://www.youtube.com/embed/AAAAAAAAAAA"></iframe>',
    "thumbnail_url": "https://i.ytimg.com/vi/AAAAAAAAAAA/hqdefault.jpg",
}
BOT = "Sign in to confirm you’re not a bot"
MEMBERS = (
    "Join this channel to get access to members-only content like this video, and other perks."
)
PRIVATE = "This is a private video. Please sign in to verify that you may see it."
BY_UPLOADER = "This video has been removed by the uploader"

READ: list[Case] = [
    ("living", Fact.RECORDED, [oembed(), plays()], Signal.PRESENT, False),
    ("living, may not be embedded", Fact.ONE_VOICE, [oembed_says(401), plays()], Signal.PRESENT, False),
    ("living, oEmbed wrong", Fact.ANYWHERE, [oembed_says(404), plays()], Signal.PRESENT, False),
    ("announced", Fact.DOCUMENTED, [oembed(), plays("LIVE_STREAM_OFFLINE")], Signal.PRESENT, False),
    ("living, page asks for robots", Fact.RECORDED, [oembed(), refuses("LOGIN_REQUIRED", BOT)], Signal.PRESENT, False),
    ("living, page asks for consent", Fact.RECORDED, [oembed(), html("<p>?</p>", url="https://consent.youtube.com/m?continue=x")], Signal.PRESENT, False),
    ("living, page unreadable", Fact.ANYWHERE, [oembed(), html("<title>YouTube</title>")], Signal.PRESENT, False),
    ("living, page does not answer", Fact.ANYWHERE, [oembed(), failed(Outcome.TIMEOUT)], Signal.PRESENT, False),
    ("removed by its uploader", Fact.RECORDED, [oembed_says(404), refuses("ERROR", more=BY_UPLOADER)], Signal.DELETED, True),
    ("removed by its uploader, one voice", Fact.RECORDED, [oembed_says(403), refuses("ERROR", more=BY_UPLOADER)], Signal.DELETED, False),
    ("removed by its uploader, oEmbed serves", Fact.MISNAMED, [oembed(), refuses("ERROR", more=BY_UPLOADER)], NONE, False),
    ("removed by its uploader, oEmbed 401", Fact.MISNAMED, [oembed_says(401), refuses("ERROR", more=BY_UPLOADER)], NONE, False),
    ("removed by its uploader, oEmbed of another", Fact.MISNAMED, [oembed(**ANOTHER), refuses("ERROR", more=BY_UPLOADER)], NONE, False),
    ("no such video, oEmbed 401", Fact.MISNAMED, [oembed_says(401), refuses("ERROR")], NONE, False),
    ("not to be embedded, says the page too", Fact.MISNAMED, [oembed_says(401), refuses("ERROR", more=NOT_EMBEDDED)], NONE, False),
    ("not to be embedded, oEmbed 403", Fact.MISNAMED, [oembed_says(403), refuses("ERROR", more=NOT_EMBEDDED)], NONE, False),
    ("removed, at another address", Fact.MISNAMED, [oembed_says(404), replace(refuses("ERROR", more=BY_UPLOADER), url="https://www.youtube.com/watch?v=AAAAAAAAAAA")], Signal.NOT_FOUND, False),
    ("oEmbed of another video", Fact.MISNAMED, [oembed(**ANOTHER), html("<title>YouTube</title>")], Signal.UNREADABLE, False),
    ("oEmbed of no video", Fact.MISNAMED, [oembed(html="", thumbnail_url=None), html("<title>YouTube</title>")], Signal.UNREADABLE, False),
    ("oEmbed at another host", Fact.MISNAMED, [replace(oembed(), url="https://parked.example/"), html("<title>YouTube</title>")], Signal.UNREADABLE, False),
    ("served, without its ID", Fact.MISNAMED, [data({}), plays(videoDetails=details(videoId=None))], Signal.UNREADABLE, False),
    ("served, at another address", Fact.MISNAMED, [data({}), replace(plays(), url="https://www.youtube.com/")], Signal.UNREADABLE, False),
    ("account terminated", Fact.RECORDED, [oembed_says(404), refuses("ERROR", more=TERMINATED)], Signal.SUSPENDED, True),
    ("account closed", Fact.RECORDED, [oembed_says(404), refuses("ERROR", more=CLOSED)], Signal.ACCOUNT_GONE, True),
    ("account closed, other words", Fact.ONE_VOICE, [oembed_says(404), refuses("ERROR", more=CLOSED_BY_UPLOADER)], Signal.ACCOUNT_GONE, True),
    ("against a policy", Fact.RECORDED, [oembed_says(404), refuses("ERROR", HATE)], Signal.REMOVED, True),
    ("against the terms", Fact.ONE_VOICE, [oembed_says(404), refuses("ERROR", TERMS)], Signal.REMOVED, True),
    ("copyright claim", Fact.ONE_VOICE, [oembed_says(404), refuses("ERROR", more=CLAIM)], Signal.REMOVED, True),
    ("blocked everywhere", Fact.ONE_VOICE, [oembed_says(403), refuses("UNPLAYABLE", more=BLOCKED)], Signal.REMOVED, False),
    ("blocked here", Fact.ONE_VOICE, [oembed(), refuses("UNPLAYABLE", more=BLOCKED_HERE)], Signal.WITHHELD, False),
    ("not offered here", Fact.RECORDED, [oembed(), refuses("UNPLAYABLE", NOT_HERE)], Signal.WITHHELD, False),
    ("private", Fact.RECORDED, [oembed_says(403), refuses("LOGIN_REQUIRED", "Private video", PRIVATE)], Signal.PROTECTED, False),
    ("for members", Fact.ONE_VOICE, [oembed(), refuses("UNPLAYABLE", MEMBERS)], Signal.PROTECTED, False),
    ("age", Fact.RECORDED, [oembed(), refuses("LOGIN_REQUIRED", "Sign in to confirm your age", "This video may be inappropriate for some users.")], Signal.AGE_RESTRICTED, False),
    ("age, by status", Fact.DOCUMENTED, [oembed(), refuses("AGE_VERIFICATION_REQUIRED", "")], Signal.AGE_RESTRICTED, False),
    ("to be bought", Fact.ONE_VOICE, [oembed_says(401), refuses("UNPLAYABLE", "This video requires payment to watch.")], Signal.LOGIN, False),
    ("log-in for no reason told", Fact.ANYWHERE, [oembed_says(401), refuses("LOGIN_REQUIRED", "Sign in")], Signal.LOGIN, False),
    ("no such video", Fact.RECORDED, [oembed_says(404), refuses("ERROR", more="This video isn't available anymore")], Signal.NOT_FOUND, True),
    ("no such video, one sentence", Fact.RECORDED, [oembed_says(404), refuses("ERROR", "This video is unavailable")], Signal.NOT_FOUND, True),
    ("no such video, oEmbed refuses the address", Fact.ONE_VOICE, [oembed_says(400), refuses("ERROR")], Signal.NOT_FOUND, False),
    ("no such video, oEmbed serves", Fact.MISNAMED, [oembed(), refuses("ERROR")], NONE, False),
    ("error of other words", Fact.ANYWHERE, [oembed_says(404), refuses("ERROR", "Something went wrong")], NONE, False),
    ("unplayable for no reason told", Fact.ANYWHERE, [oembed(), refuses("UNPLAYABLE", "")], NONE, False),
    ("absent, page asks for robots", Fact.ONE_VOICE, [oembed_says(404), refuses("LOGIN_REQUIRED", BOT)], Signal.NOT_FOUND, False),
    ("private or refused, page asks for robots", Fact.ONE_VOICE, [oembed_says(403), refuses("LOGIN_REQUIRED", BOT)], Signal.WALL, False),
    ("not to be embedded, page asks for robots", Fact.ONE_VOICE, [oembed_says(401), refuses("LOGIN_REQUIRED", BOT)], Signal.WALL, False),
    ("both silent: robots", Fact.RECORDED, [CHALLENGE, html("<p>?</p>", 429)], Signal.RATE_LIMITED, False),
    ("both silent: Google's question", Fact.RECORDED, [typed(b"", "text/plain", 429), html("<p>?</p>", 200, url="https://www.google.com/sorry/index?continue=x")], Signal.WALL, False),
    ("both silent: consent", Fact.RECORDED, [typed(b"", "text/plain", 500), html("<p>?</p>", url="https://consent.youtube.com/m")], Signal.LOGIN, False),
    ("withheld", Fact.DOCUMENTED, [typed(b"", "text/plain", 451), html("<p>?</p>", 451)], Signal.WITHHELD, False),
    ("both silent: failure", Fact.ANYWHERE, [unverified(oembed()), html("<p>?</p>", 503)], Signal.SERVER_ERROR, False),
    ("both silent: refusal", Fact.ANYWHERE, [data({}), html("<p>?</p>", 403)], Signal.WALL, False),
    ("both silent: challenge", Fact.ANYWHERE, [data([]), CHALLENGE], Signal.WALL, False),
    ("both silent: a stranger", Fact.ANYWHERE, [data({}), unverified(plays())], Signal.WALL, False),
    ("both silent: no answer", Fact.ANYWHERE, [data({}), failed(Outcome.TIMEOUT)], Signal.UNREACHABLE, False),
    ("both silent: broken off", Fact.ANYWHERE, [data({}), Reply(200, b"<p>", (("content-type", "text/html"),), Outcome.TRUNCATED)], Signal.UNREACHABLE, False),
    ("oEmbed without a title", Fact.ANYWHERE, [data({"title": None}), html("<title>YouTube</title>")], Signal.UNREADABLE, False),
    ("another video", Fact.MISNAMED, [data({}), plays(videoDetails=details(videoId="AAAAAAAAAAA"))], Signal.UNREADABLE, False),
    ("no title", Fact.ANYWHERE, [data({}), plays(videoDetails={})], Signal.UNREADABLE, False),
    ("player cut off", Fact.ANYWHERE, [data({}), html("<script>ytInitialPlayerResponse = {\"a\": </script>")], Signal.UNREADABLE, False),
    ("player endlessly nested", Fact.ANYWHERE, [data({}), html("<script>ytInitialPlayerResponse = " + '{"a":' * 50_000 + "</script>")], Signal.UNREADABLE, False),
    ("no state of the player", Fact.ANYWHERE, [data({}), watch({"playabilityStatus": []})], Signal.UNREADABLE, False),
    ("time-out", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE, False),
    ("no such host", Fact.ANYWHERE, [failed(Outcome.NO_HOST), ONLINE], Signal.UNREACHABLE, False),
    ("our network is down", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE, False),
    ("refused by the guard", Fact.ANYWHERE, [failed(Outcome.REFUSED)], Signal.REFUSED, False),
]  # fmt: skip
