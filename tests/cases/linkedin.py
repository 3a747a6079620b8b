"""LinkedIn: addresses and what they name; answers and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import OFFLINE, ONLINE, Reply, data, failed, html, typed, unverified
from tests.answers.linkedin import (
    AUTHWALL,
    GONE,
    ID,
    KEY,
    PUBLIC,
    SIGN_UP,
    SLUG,
    URL,
    cards,
    embed,
    page,
    posting,
    tags,
)
from tests.cases.facts import Fact
from tests.cases.readings import Case

LI = "https://www.linkedin.com"

# address, key, address of the source
NAMED = [
    (URL, KEY, URL),
    (f"http://linkedin.com/feed/update/urn:li:activity:{ID}", KEY, URL),
    (f"{LI}/feed/update/urn%3Ali%3Aactivity%3A{ID}/?utm_source=share", KEY, URL),
    (f"{LI}/feed/update/activity:{ID}", KEY, URL),
    (f"{LI}/embed/feed/update/urn:li:activity:{ID}?collapsed=1", KEY, URL),
    (f"https://de.linkedin.com/feed/update/urn:li:activity:{ID}/", KEY, URL),
    (f"{LI}/feed/update/urn:li:share:{ID}/", f"share:{ID}", f"{LI}/feed/update/urn:li:share:{ID}/"),
    (f"{LI}/embed/feed/update/urn:li:ugcPost:{ID}", f"ugcPost:{ID}", f"{LI}/feed/update/urn:li:ugcPost:{ID}/"),
    (f"{LI}/feed/update/urn:li:ugcpost:{ID}", f"ugcPost:{ID}", f"{LI}/feed/update/urn:li:ugcPost:{ID}/"),
    (f"{LI}/video/live/urn:li:ugcPost:{ID}/", f"ugcPost:{ID}", f"{LI}/feed/update/urn:li:ugcPost:{ID}/"),
    (SLUG, KEY, SLUG),
    (f"{SLUG}/?utm_source=share&rcm=ACoAAC", KEY, SLUG),
    (f"{LI}/posts/towersight_a-share-{ID}-bO_n", f"share:{ID}", f"{LI}/posts/towersight_a-share-{ID}-bO_n"),
    (f"{LI}/posts/towersight_a-ugcPost-{ID}-MyES", f"ugcPost:{ID}", f"{LI}/posts/towersight_a-ugcPost-{ID}-MyES"),
    (f"{LI}/posts/activity-{ID}", KEY, f"{LI}/posts/activity-{ID}"),
    (f"{LI}/posts/m%C3%BCller_turm-activity-{ID}-_bo9", KEY, f"{LI}/posts/m%C3%BCller_turm-activity-{ID}-_bo9"),
]  # fmt: skip

NOT_NAMED = [
    f"{LI}/",
    f"{LI}/feed/",
    f"{LI}/in/towersight/",
    f"{LI}/company/towersight/posts/",
    f"{LI}/pulse/what-tower-saw-tower-sight-x7abc/",
    f"{LI}/feed/update/",
    f"{LI}/feed/update/urn:li:activity:abc",
    f"{LI}/feed/update/urn:li:groupPost:12-{ID}",
    f"{LI}/feed/update/urn:li:activity:{ID}?commentUrn=urn%3Ali%3Acomment%3A(activity%3A1%2C2)",
    f"{LI}/feed/hashtag/tower/",
    f"{LI}/search/results/content/?keywords=tower",
    f"{LI}/posts/towersight_what-the-tower-saw",
    f"{LI}/jobs/view/{ID}/",
    "https://lnkd.in/gmtbQDG5",
    f"https://docs.linkedin.com/feed/update/urn:li:activity:{ID}",
    f"https://notlinkedin.com/feed/update/urn:li:activity:{ID}",
    f"https://linkedin.com.evil.example/feed/update/urn:li:activity:{ID}",
    "https://",
]

OTHER_ID = "7468765250281046017"
OTHER = f"{LI}/embed/feed/update/urn:li:activity:{OTHER_ID}"
OTHER_TYPE = f"{LI}/posts/towersight_what-the-tower-saw-ugcPost-{OTHER_ID}-5CCd"
LIVING, PAGE = embed(), page(posting())
BOT = typed(b"", "text/html", 999)
WALLED = html("<title>Just a moment...</title>", 403)
NOT_FOUND = html("<title>Page not found | LinkedIn</title>", 404)
SHELL = html("<title>LinkedIn</title><script>x()</script>")

READ = [
    Case("living", Fact.DOCUMENTED, [LIVING], Signal.PRESENT),
    Case("living, markup of the public page", Fact.DOCUMENTED, [PUBLIC], Signal.PRESENT),
    Case("living, data of the public page", Fact.RECORDED, [BOT, PAGE], Signal.PRESENT),
    Case("living, tags alone", Fact.RECORDED, [BOT, tags()], Signal.PRESENT),
    Case("living, drawn only", Fact.ONE_VOICE, [SHELL, AUTHWALL, LIVING], Signal.PRESENT),
    Case("cannot be displayed", Fact.ONE_VOICE, [GONE, AUTHWALL], Signal.ABSENT_UNEXPLAINED),
    Case("cannot be displayed, yet on its page", Fact.ONE_VOICE, [GONE, PAGE], Signal.PRESENT),
    Case("404 twice", Fact.ANYWHERE, [NOT_FOUND, NOT_FOUND], Signal.ABSENT_UNEXPLAINED),
    Case("404, then limited", Fact.ANYWHERE, [NOT_FOUND, typed(b"", "text/plain", 429)], Signal.ABSENT_UNEXPLAINED),
    Case("999 everywhere", Fact.DOCUMENTED, [BOT, BOT, failed(Outcome.TIMEOUT)], Signal.WALL),
    Case("a wall for log-ins", Fact.DOCUMENTED, [AUTHWALL, AUTHWALL, AUTHWALL], Signal.LOGIN),
    Case("a form to sign up", Fact.DOCUMENTED, [SIGN_UP, SIGN_UP, SIGN_UP], Signal.LOGIN),
    Case("tags of no post", Fact.ANYWHERE, [tags(f"{LI}/company/towersight"), SHELL, SHELL], Signal.UNREADABLE),
    Case("sent to the author's page, with other posts", Fact.ANYWHERE, [SHELL, replace(PUBLIC, url=f"{LI}/company/towersight"), SHELL], Signal.UNREADABLE),
    Case("the page of another post", Fact.ANYWHERE, [BOT, tags(SLUG.replace(ID, "7468765250281046017")), BOT], Signal.WALL),
    Case("the page names its other number", Fact.ANYWHERE, [BOT, tags(SLUG.replace(f"activity-{ID}", "share-7468765250281046017"))], Signal.PRESENT),
    Case("sent to the embed of another post", Fact.ANYWHERE, [replace(LIVING, url=OTHER), SHELL, SHELL], Signal.UNREADABLE),
    Case("sent to another post, with tags of ours", Fact.ANYWHERE, [BOT, replace(tags(), url=OTHER), BOT], Signal.WALL),
    Case("sent to a number of another type", Fact.ANYWHERE, [BOT, replace(PAGE, url=OTHER_TYPE, body=PAGE.body.replace(SLUG.encode(), OTHER_TYPE.encode())), BOT], Signal.WALL),
    Case("sent to a number of another type, with tags of ours", Fact.ANYWHERE, [BOT, replace(tags(), url=OTHER_TYPE)], Signal.PRESENT),
    Case("sent to a number of another type, with data of ours", Fact.ANYWHERE, [BOT, replace(PAGE, url=OTHER_TYPE)], Signal.PRESENT),
    Case("data of another post alone", Fact.ANYWHERE, [BOT, page(posting(**{"@id": OTHER})), BOT], Signal.WALL),
    Case("the card of another post alone", Fact.ANYWHERE, [cards((OTHER_ID, "12 towers")), SHELL, SHELL], Signal.UNREADABLE),
    Case("shells", Fact.ANYWHERE, [SHELL, SHELL, SHELL], Signal.UNREADABLE),
    Case("words without an author", Fact.ANYWHERE, [embed(author=False), SHELL, SHELL], Signal.UNREADABLE),
    Case("data instead of pages", Fact.ANYWHERE, [data({}), data({}), html("")], Signal.UNREADABLE),
    Case("broken off", Fact.ANYWHERE, [Reply(200, LIVING.body, LIVING.headers, Outcome.TRUNCATED), AUTHWALL, AUTHWALL], Signal.LOGIN),
    Case("challenge", Fact.DOCUMENTED, [WALLED, WALLED, WALLED], Signal.WALL),
    Case("a stranger in between", Fact.ANYWHERE, [unverified(GONE), unverified(PAGE), unverified(LIVING)], Signal.WALL),
    Case("legal reasons", Fact.DOCUMENTED, [typed(b"", "text/plain", 451), AUTHWALL], Signal.WITHHELD),
    Case("asked too often", Fact.DOCUMENTED, [typed(b"", "text/plain", 429)], Signal.RATE_LIMITED),
    Case("server error", Fact.DOCUMENTED, [typed(b"", "text/plain", 500), typed(b"", "text/plain", 500), typed(b"", "text/plain", 500)], Signal.SERVER_ERROR),
    Case("time-out", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE),
    Case("our network is down", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("refused by the guard", Fact.ANYWHERE, [failed(Outcome.REFUSED)], Signal.REFUSED),
]  # fmt: skip
