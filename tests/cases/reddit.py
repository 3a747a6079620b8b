"""Reddit: addresses and what they name; replies and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import OFFLINE, ONLINE, Reply, data, failed, html, typed, unverified
from tests.answers.reddit import (
    COMMENT,
    COMMENT_ID,
    ID,
    NO_TOKEN,
    POST,
    banner,
    comment,
    comment_page,
    gate,
    listing,
    oembed,
    oembed_404,
    post_page,
    submission,
)
from tests.cases.facts import CHALLENGE, Case, Fact

R = "https://www.reddit.com/r/towers/comments"

# address, key, address a person would open
NAMED = [
    (f"{R}/{ID}", POST, f"{R}/{ID}/"),
    (f"{R}/{ID}/the_tower_falls/", POST, f"{R}/{ID}/"),
    (f"{R}/{ID}/the_tower_falls/?utm_source=share&rdt=1", POST, f"{R}/{ID}/"),
    (f"{R}/{ID}/ako_vu%C4%8Di%C4%87/", POST, f"{R}/{ID}/"),
    (f"{R}/{ID.upper()}/the_tower_falls/", POST, f"{R}/{ID}/"),
    (f"https://old.reddit.com/r/towers/comments/{ID}/_/", POST, f"{R}/{ID}/"),
    (f"https://new.reddit.com/r/towers/comments/{ID}/", POST, f"{R}/{ID}/"),
    (f"https://np.reddit.com/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
    (f"https://m.reddit.com/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
    (f"https://i.reddit.com/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
    (f"https://amp.reddit.com/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
    (f"https://reddit.com/r/towers/comments/{ID}/x.json", POST, f"{R}/{ID}/"),
    (f"https://www.reddit.com//r/towers//comments/{ID}/x/.json", POST, f"{R}/{ID}/"),
    (f"https://www.redditmedia.com/r/towers/comments/{ID}/x/?ref_source=embed", POST, f"{R}/{ID}/"),
    (f"https://embed.reddit.com/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
    (f"https://www.reddit.com/comments/{ID}", POST, f"https://www.reddit.com/comments/{ID}/"),
    (f"https://www.reddit.com/gallery/{ID}", POST, f"https://www.reddit.com/comments/{ID}/"),
    (f"https://www.reddit.com/tb/{ID}", POST, f"https://www.reddit.com/comments/{ID}/"),
    (f"https://www.reddit.com/by_id/{POST}", POST, f"https://www.reddit.com/comments/{ID}/"),
    (f"https://redd.it/{ID}", POST, f"https://www.reddit.com/comments/{ID}/"),
    (f"https://www.redd.it/{ID}/", POST, f"https://www.reddit.com/comments/{ID}/"),
    (f"https://www.reddit.com/user/Tower/comments/{ID}/x/", POST, f"https://www.reddit.com/user/Tower/comments/{ID}/"),
    (f"https://www.reddit.com/u/Tower/comments/{ID}/x/", POST, f"https://www.reddit.com/user/Tower/comments/{ID}/"),
    (f"https://www.reddit.com/r/u_Tower/comments/{ID}/x/", POST, f"https://www.reddit.com/r/u_Tower/comments/{ID}/"),
    (f"{R}/{ID}/the_tower_falls/{COMMENT_ID}/?context=3", COMMENT, f"{R}/{ID}/comment/{COMMENT_ID}/"),
    (f"{R}/{ID}/comment/{COMMENT_ID}/", COMMENT, f"{R}/{ID}/comment/{COMMENT_ID}/"),
    (f"https://www.reddit.com/comments/{ID}/_/{COMMENT_ID}", COMMENT, f"https://www.reddit.com/comments/{ID}/comment/{COMMENT_ID}/"),
    (f"https://vxreddit.com/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
    (f"https://www.rxddit.com/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
    (f"https://redlib.example.org/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
    (f"https://libreddit.example.org/r/towers/comments/{ID}/x/", POST, f"{R}/{ID}/"),
]  # fmt: skip

NOT_NAMED = [
    "https://www.reddit.com/",
    "https://www.reddit.com/r/towers",
    "https://www.reddit.com/r/towers/",
    "https://www.reddit.com/r/towers/new/",
    "https://www.reddit.com/r/towers/wiki/index",
    "https://www.reddit.com/r/towers/s/AbCdEfGhIj",
    "https://www.reddit.com/u/Tower/s/AbCdEfGhIj",
    "https://www.reddit.com/user/Tower",
    "https://www.reddit.com/user/Tower/comments/",
    "https://www.reddit.com/user/Tower/m/towers",
    "https://www.reddit.com/r/towers/comments/",
    "https://www.reddit.com/r/towers/comments/the_tower_falls",
    "https://www.reddit.com/search/?q=tower",
    f"https://www.reddit.com/r/towers/duplicates/{ID}/",
    "https://www.reddit.com/live/1abcdefghijk",
    "https://www.reddit.com/media?url=https%3A%2F%2Fi.redd.it%2Fabc.jpg",
    "https://i.redd.it/abc123.jpg",
    "https://v.redd.it/abc123",
    "https://preview.redd.it/abc123.jpg",
    "https://redd.it/",
    f"https://notreddit.com/r/towers/comments/{ID}/",
    f"https://reddit.com.evil.example/r/towers/comments/{ID}/",
    f"https://news.example/r/towers/comments/{ID}/",
    f"https://news.example/?u={R}/{ID}/",
    "reddit.com",
]

NONE = Signal.ABSENT_UNEXPLAINED
BY_AUTHOR = "Sorry, this post was deleted by the person who originally posted it."
BY_MODERATORS = "Sorry, this post has been removed by the moderators of r/towers."
BY_REDDIT = "Sorry, this post was removed by Reddit’s Legal Operations team."
BY_FILTERS = "Sorry, this post was removed by Reddit's spam filters."
BLOCKED = gate("You've been blocked by network security.", 403)
PARDNER = html(
    "<title>Too Many Requests</title><h1>whoa there, pardner!</h1><p>please wait</p>", 200
)
VERIFY = html(
    "<title>Reddit - Please wait for verification</title><form><input type='hidden' name='solution'></form>"
)
TEXT = '<div slot="text-body"><div class="md"><p>{}</p></div></div>'


def changed(reply: Reply, what: bytes, to: bytes) -> Reply:
    return replace(reply, body=reply.body.replace(what, to))


def page(
    fact: Fact, name: str, reply: Reply, signal: Signal, *more: Reply, sure: bool = False
) -> Case:
    """Return a case in which no token is set, so that only the page is heard."""
    return name, fact, [NO_TOKEN, reply, *more], signal, sure


# At a post.
READ: list[Case] = [
    page(Fact.RECORDED, "living", post_page(), Signal.PRESENT),
    page(Fact.ONE_VOICE, "living, its account gone", post_page(author="[deleted]"), Signal.PRESENT),
    page(Fact.ONE_VOICE, "living, attributes elsewhere", post_page(post_title=None, author=None), Signal.PRESENT),
    page(Fact.ANYWHERE, "living, its author says it was removed", post_page(TEXT.format(BY_MODERATORS + " So they say.")), Signal.PRESENT),
    page(Fact.MISNAMED, "living, titled [removed]", post_page(post_title="[removed]"), Signal.PRESENT),
    page(Fact.MISNAMED, "living, titled [deleted], a picture alone", post_page("", post_title="[deleted]"), Signal.PRESENT),
    page(Fact.MISNAMED, "living, titled like a banner", post_page(post_title=BY_AUTHOR), Signal.PRESENT),
    page(Fact.MISNAMED, "living, titled like a banner, a picture alone", changed(post_page("", post_title=BY_AUTHOR), b"The tower falls</h1>", BY_AUTHOR.encode() + b"</h1>"), Signal.PRESENT),
    page(Fact.MISNAMED, "living, a flair like a banner", post_page(f"<shreddit-post-flair>{BY_MODERATORS}</shreddit-post-flair>"), Signal.PRESENT),
    page(Fact.MISNAMED, "its account gone, titled [removed]", post_page(post_title="[removed]", author="[deleted]"), Signal.PRESENT),
    page(Fact.MISNAMED, "[deleted] by a living author", post_page(TEXT.format("[deleted]")), NONE, oembed()),
    page(Fact.MISNAMED, "[removed] by a living author, oEmbed 404", post_page(TEXT.format("[removed]")), NONE, oembed_404()),
    page(Fact.ANYWHERE, "removed, its author named", post_page(f"<p>{BY_MODERATORS}</p>"), Signal.REMOVED, oembed()),
    ("by data: living, titled [deleted]", Fact.MISNAMED, [listing(submission(title="[deleted]"))], Signal.PRESENT, False),
    ("by data: [deleted] by a living author", Fact.MISNAMED, [listing(submission(selftext="[deleted]")), post_page(TEXT.format("[deleted]"))], NONE, False),
    page(Fact.ANYWHERE, "living, broken off behind it", Reply(200, post_page().body, (("content-type", "text/html"),), Outcome.TRUNCATED), Signal.PRESENT),
    page(Fact.DOCUMENTED, "deleted by its author", banner(BY_AUTHOR), Signal.DELETED, oembed()),
    page(Fact.DOCUMENTED, "deleted, oEmbed too", banner(BY_AUTHOR), Signal.DELETED, oembed_404(), sure=True),
    page(Fact.ANYWHERE, "deleted, oEmbed silent", banner(BY_AUTHOR), Signal.DELETED, failed(Outcome.TIMEOUT)),
    page(Fact.RECORDED, "deleted, by its text", post_page(TEXT.format("[deleted]"), author="[deleted]"), Signal.DELETED, oembed()),
    page(Fact.ONE_VOICE, "deleted, by its title", post_page("", post_title="[deleted by user]", author="[deleted]"), Signal.DELETED, oembed()),
    page(Fact.DOCUMENTED, "removed by moderators", banner(BY_MODERATORS), Signal.REMOVED, oembed()),
    page(Fact.DOCUMENTED, "removed by Reddit", banner(BY_REDDIT), Signal.REMOVED, oembed()),
    page(Fact.DOCUMENTED, "removed by filters", banner(BY_FILTERS), Signal.REMOVED, oembed()),
    page(Fact.ONE_VOICE, "removed, by its text", post_page(TEXT.format("[ Removed by moderator ]"), author="[deleted]"), Signal.REMOVED, oembed()),
    page(Fact.DOCUMENTED, "awaiting approval", banner("Post is awaiting moderator approval."), NONE, oembed()),
    page(Fact.DOCUMENTED, "awaiting approval, oEmbed 404", banner("Post is awaiting moderator approval."), NONE, oembed_404()),
    page(Fact.DOCUMENTED, "community banned", gate("r/towers has been banned from Reddit"), Signal.REMOVED, oembed_404(), sure=True),
    page(Fact.DOCUMENTED, "community banned, in more words", gate("This community has been banned</h1><p>It was banned for violating Reddit's rules.</p><h1>"), Signal.REMOVED, failed(Outcome.TIMEOUT)),
    page(Fact.MISNAMED, "community banned, oEmbed serves", gate("r/towers has been banned from Reddit"), NONE, oembed()),
    page(Fact.MISNAMED, "another community banned", gate("r/masts has been banned from Reddit"), Signal.UNREADABLE),
    page(Fact.MISNAMED, "a community for the banned", gate("For everyone who has been banned from r/masts"), Signal.UNREADABLE),
    page(Fact.MISNAMED, "mature content, for the banned", gate("Mature Content</h1><p>r/towers has been banned from r/masts.</p><h1>"), Signal.AGE_RESTRICTED),
    page(Fact.MISNAMED, "deleted, at another address", replace(banner(BY_AUTHOR), url=f"{R}/other1/"), NONE, oembed()),
    page(Fact.MISNAMED, "no such page, at another address", replace(gate("Page not found", 404), url="https://www.reddit.com/r/towers/"), NONE, oembed_404()),
    page(Fact.MISNAMED, "living, at another site", replace(post_page(), url="https://parked.example/"), Signal.UNREADABLE),
    page(Fact.MISNAMED, "deleted, at no address", replace(banner(BY_AUTHOR), url="about:blank"), Signal.UNREADABLE),
    page(Fact.DOCUMENTED, "community private", gate("r/towers is a private community", 403), Signal.PROTECTED),
    page(Fact.ONE_VOICE, "community quarantined", gate("This community is quarantined"), Signal.AGE_RESTRICTED),
    page(Fact.ONE_VOICE, "mature content", gate("Mature Content"), Signal.AGE_RESTRICTED),
    page(Fact.ONE_VOICE, "no such page", gate("Page not found", 404), Signal.NOT_FOUND, oembed_404(), sure=True),
    page(Fact.MISNAMED, "no such page, oEmbed serves", gate("Page not found"), NONE, oembed()),
    page(Fact.ANYWHERE, "404 and nothing said", html("", 404), Signal.NOT_FOUND, typed(b"", "text/plain", 403)),
    page(Fact.MISNAMED, "another post", post_page(id="t3_other1"), NONE, oembed()),
    page(Fact.ANYWHERE, "no title", changed(post_page("", post_title=None), b'slot="title"', b""), Signal.UNREADABLE),
    page(Fact.RECORDED, "blocked by network security", BLOCKED, Signal.WALL),
    page(Fact.RECORDED, "whoa there, pardner", PARDNER, Signal.WALL),
    page(Fact.ONE_VOICE, "question for robots", VERIFY, Signal.WALL),
    page(Fact.ANYWHERE, "challenge", CHALLENGE, Signal.WALL),
    page(Fact.ANYWHERE, "refused", html("<p>No.</p>", 403), Signal.WALL),
    page(Fact.ANYWHERE, "a stranger in between", unverified(post_page()), Signal.WALL),
    page(Fact.DOCUMENTED, "withheld", html("<p>Unavailable.</p>", 451), Signal.WITHHELD),
    page(Fact.DOCUMENTED, "asked too often", gate("whoa there, pardner!", 429), Signal.RATE_LIMITED),
    page(Fact.ANYWHERE, "log-in", html("<p>Log in</p>", url="https://www.reddit.com/login/?dest=x"), Signal.LOGIN),
    page(Fact.ANYWHERE, "server error", html("<p>Our CDN was unable to reach our servers</p>", 503), Signal.SERVER_ERROR),
    page(Fact.ANYWHERE, "no post", html("<title>Reddit</title><p>Hello</p>"), Signal.UNREADABLE),
    page(Fact.ANYWHERE, "nothing", html(""), Signal.UNREADABLE),
    page(Fact.ANYWHERE, "absent, broken off", Reply(200, banner(BY_AUTHOR).body, (("content-type", "text/html"),), Outcome.TRUNCATED), Signal.UNREADABLE),
    page(Fact.ANYWHERE, "time-out", failed(Outcome.TIMEOUT), Signal.UNREACHABLE, ONLINE),
    page(Fact.ANYWHERE, "no such host", failed(Outcome.NO_HOST), Signal.UNREACHABLE, ONLINE),
    page(Fact.ANYWHERE, "our network is down", failed(Outcome.TIMEOUT), Signal.OFFLINE, OFFLINE),
    page(Fact.ANYWHERE, "refused by the guard", failed(Outcome.REFUSED), Signal.REFUSED),
    page(Fact.ANYWHERE, "redirects without end", failed(Outcome.TOO_MANY_REDIRECTS), Signal.WALL),
    # With a token.
    ("by data: living", Fact.RECORDED, [listing(submission())], Signal.PRESENT, False),
    ("by data: living, its account gone", Fact.RECORDED, [listing(submission(author="[deleted]"))], Signal.PRESENT, False),
    ("by data: deleted, page agrees", Fact.DOCUMENTED, [listing(submission(removed_by_category="deleted")), banner(BY_AUTHOR)], Signal.DELETED, True),
    ("by data: deleted, page walled", Fact.DOCUMENTED, [listing(submission(removed_by_category="author")), BLOCKED], Signal.DELETED, False),
    ("by data: deleted, page silent", Fact.ANYWHERE, [listing(submission(removed_by_category="deleted")), failed(Outcome.TIMEOUT), ONLINE], Signal.DELETED, False),
    ("by data: deleted, page shows it", Fact.MISNAMED, [listing(submission(removed_by_category="deleted")), post_page()], NONE, False),
    ("by data: removed, page agrees", Fact.DOCUMENTED, [listing(submission(removed_by_category="moderator")), banner(BY_MODERATORS)], Signal.REMOVED, True),
    ("by data: removed, by its text", Fact.RECORDED, [listing(submission(selftext="[removed]", author="[deleted]")), BLOCKED], Signal.REMOVED, False),
    ("by data: removed for reasons nobody knows", Fact.ANYWHERE, [listing(submission(removed_by_category="new_ops")), banner(BY_MODERATORS)], NONE, False),
    ("by data: both without a reason", Fact.ANYWHERE, [listing(submission(removed_by_category="automod_filtered")), banner("Post is awaiting moderator approval.")], NONE, False),
    ("by data: unknown, no such page", Fact.ONE_VOICE, [listing(), gate("Page not found", 404)], Signal.NOT_FOUND, True),
    ("by data: unknown, community private", Fact.DOCUMENTED, [listing(), gate("r/towers is a private community", 403)], Signal.PROTECTED, False),
    ("by data: unknown, page walled", Fact.ANYWHERE, [listing(), BLOCKED], Signal.NOT_FOUND, False),
    ("by data: another post", Fact.MISNAMED, [listing(submission(name="t3_x")), post_page()], Signal.PRESENT, False),
    ("by data: no text", Fact.ANYWHERE, [listing(submission(selftext=None)), post_page()], Signal.PRESENT, False),
    ("by data: token refused", Fact.DOCUMENTED, [data({"message": "Unauthorized", "error": 401}, 401), post_page()], Signal.PRESENT, False),
    ("by data: another shape", Fact.ANYWHERE, [data({"kind": "wikipage"}), post_page()], Signal.PRESENT, False),
    ("by data: asked too often", Fact.DOCUMENTED, [typed(b"", "text/plain", 429), post_page()], Signal.PRESENT, False),
]  # fmt: skip

# At a comment.
READ_COMMENT: list[Case] = [
    page(Fact.RECORDED, "living", comment_page(), Signal.PRESENT),
    page(Fact.ONE_VOICE, "living, body without a name", comment_page('<div slot="comment"><p>Yes.</p></div>'), Signal.PRESENT),
    page(Fact.ONE_VOICE, "living, its account gone", comment_page(author="[deleted]"), Signal.PRESENT),
    page(Fact.DOCUMENTED, "deleted by its author", comment_page("<p></p>", meta="<p>Comment deleted by user</p>", author="[deleted]"), Signal.DELETED, oembed()),
    page(Fact.ONE_VOICE, "removed by a moderator", comment_page('<div slot="comment"><p>Comment removed by moderator</p></div>', author="[deleted]"), Signal.REMOVED, oembed()),
    page(Fact.RECORDED, "deleted, by its text", comment_page('<div slot="comment"><p>[deleted]</p></div>', author="[deleted]"), Signal.DELETED, oembed_404(), sure=True),
    page(Fact.MISNAMED, "[removed] by a living author", comment_page('<div slot="comment"><p>[removed]</p></div>'), NONE, oembed()),
    page(Fact.MISNAMED, "living, a flair like a banner", comment_page(meta="<p>[deleted]</p>"), Signal.PRESENT),
    page(Fact.MISNAMED, "without words, a flair like a banner", comment_page("<p></p>", meta="<p>[deleted]</p>"), NONE, oembed()),
    page(Fact.ONE_VOICE, "without words", comment_page("<p></p>", author="[deleted]"), NONE, oembed()),
    page(Fact.ANYWHERE, "not on the page", changed(comment_page(), COMMENT.encode(), b"t1_other1"), NONE, oembed()),
    ("by data: living", Fact.RECORDED, [listing(comment())], Signal.PRESENT, False),
    ("by data: deleted", Fact.RECORDED, [listing(comment(author="[deleted]", body="[deleted]")), BLOCKED], Signal.DELETED, False),
    ("by data: removed", Fact.DOCUMENTED, [listing(comment(author="[deleted]", body="[removed]")), BLOCKED], Signal.REMOVED, False),
]  # fmt: skip
