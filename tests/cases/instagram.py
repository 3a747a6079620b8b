"""Instagram: addresses and what they name; answers and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import OFFLINE, ONLINE, Reply, data, failed, html, typed, unverified
from tests.answers.instagram import (
    CODE,
    LOGIN,
    LOGIN_TITLE,
    SHELL,
    URL,
    broken,
    drawn,
    embed,
    media,
    page,
    product,
    tags,
)
from tests.cases.facts import Fact
from tests.cases.readings import Case

IG = "https://www.instagram.com"

# address, code
NAMED = [
    (URL, CODE),
    (f"http://instagram.com/p/{CODE}", CODE),
    (f"{IG}/reel/{CODE}/?igsh=abc", CODE),
    (f"{IG}/reels/{CODE}/", CODE),
    (f"{IG}/tv/{CODE}/", CODE),
    (f"{IG}/towersight/p/{CODE}/", CODE),
    (f"{IG}/tower.sight_/reel/{CODE}/", CODE),
    (f"{URL}embed/captioned/", CODE),
    (f"{URL}?img_index=2", CODE),
    (f"https://m.instagram.com/p/{CODE}/", CODE),
    (f"https://instagr.am/p/{CODE}/", CODE),
    (f"https://ddinstagram.com/p/{CODE}", CODE),
    (f"https://d.ddinstagram.com/reel/{CODE}", CODE),
    (f"https://www.kkinstagram.com/reel/{CODE}/", CODE),
    (f"https://instagramez.com/p/{CODE}/", CODE),
    (f"{IG}/p/{CODE}{'s' * 28}/", CODE),
    (f"{IG}/p/chunk8-JURW/", "chunk8-JURW"),
    (f"{IG}/p/aye83DjauH/", "aye83DjauH"),
    (f"{IG}/p/fBwFP/", "fBwFP"),
]

NOT_NAMED = [
    f"{IG}/",
    f"{IG}/towersight/",
    f"{IG}/p/",
    f"{IG}/p/abc/",
    f"{IG}/p/{CODE}x/",
    f"{IG}/p/{CODE}%20x/",
    f"{IG}/p/{'a' * 50}/",
    f"{IG}/explore/tags/tower/",
    f"{IG}/stories/towersight/2913440072144448240/",
    f"{IG}/reels/audio/2913440072144448240/",
    f"{URL}c/17901295314156468/",
    f"{IG}/share/p/{CODE}/",
    f"{IG}/share/{CODE}/",
    f"{IG}/accounts/login/",
    f"https://notinstagram.com/p/{CODE}/",
    f"https://instagram.com.evil.example/p/{CODE}/",
    f"https://news.example/?u={URL}",
    "https://",
]

OTHER = "Chunk8-jurx"
OTHER_EMBED = f"{IG}/p/{OTHER}/embed/captioned/"
LIVING, GONE = embed(media()), broken()
WALLED = html("<title>Just a moment...</title>", 403)
LIMITED = typed(b"", "text/plain", 429)
NOT_FOUND = html("<title>Page not found • Instagram</title>", 404)

READ = [
    Case("living", Fact.DOCUMENTED, [LIVING], Signal.PRESENT),
    Case("living, without data", Fact.DOCUMENTED, [drawn()], Signal.PRESENT),
    Case("living, data of a page", Fact.DOCUMENTED, [page(product())], Signal.PRESENT),
    Case("broken without scripts, drawn", Fact.ONE_VOICE, [GONE, drawn()], Signal.PRESENT),
    Case("a shell, drawn", Fact.ONE_VOICE, [SHELL, LIVING], Signal.PRESENT),
    Case("broken, the page has data", Fact.DOCUMENTED, [GONE, GONE, page(product())], Signal.PRESENT),
    Case("broken, the page has tags", Fact.DOCUMENTED, [GONE, GONE, tags()], Signal.PRESENT),
    Case("broken, and a log-in", Fact.DOCUMENTED, [GONE, GONE, LOGIN], Signal.ABSENT_UNEXPLAINED),
    Case("broken, by its class alone", Fact.DOCUMENTED, [broken("?"), broken("?"), LOGIN], Signal.ABSENT_UNEXPLAINED),
    Case("broken, the browser fails", Fact.ANYWHERE, [GONE, failed(Outcome.TIMEOUT), LOGIN], Signal.ABSENT_UNEXPLAINED),
    Case("broken, and limited", Fact.DOCUMENTED, [GONE, GONE, LIMITED], Signal.ABSENT_UNEXPLAINED),
    Case("tags of another post", Fact.ANYWHERE, [GONE, GONE, tags("Chunk8-jurx")], Signal.ABSENT_UNEXPLAINED),
    Case("data of another post", Fact.ANYWHERE, [embed(media(shortcode="Chunk8-jurx")), SHELL, LOGIN], Signal.LOGIN),
    Case("the drawn embed of another post", Fact.ANYWHERE, [replace(drawn(), url=OTHER_EMBED), SHELL, LOGIN], Signal.LOGIN),
    Case("an embed that draws another post", Fact.ANYWHERE, [drawn(leads_to=f"{IG}/p/{OTHER}/?utm_source=ig_embed"), SHELL, LOGIN], Signal.LOGIN),
    Case("a drawn embed that leads to its post", Fact.DOCUMENTED, [drawn(leads_to=f"{IG}/reel/{CODE}/?utm_source=ig_embed")], Signal.PRESENT),
    Case("sent to another post, with tags of ours", Fact.ANYWHERE, [GONE, GONE, replace(tags(), url=f"{IG}/p/{OTHER}/")], Signal.ABSENT_UNEXPLAINED),
    Case("sent to its author's address, with tags", Fact.DOCUMENTED, [GONE, GONE, replace(tags(), url=f"{IG}/towersight/p/{CODE}/")], Signal.PRESENT),
    Case("isn't available", Fact.DOCUMENTED, [SHELL, SHELL, html("<title>Instagram</title><h2>Sorry, this page isn't available.</h2>")], Signal.ABSENT_UNEXPLAINED),
    Case("404 everywhere", Fact.ANYWHERE, [NOT_FOUND, NOT_FOUND, NOT_FOUND], Signal.ABSENT_UNEXPLAINED),
    Case("log-in everywhere", Fact.DOCUMENTED, [LOGIN, LOGIN, LOGIN], Signal.LOGIN),
    Case("log-in by its title", Fact.DOCUMENTED, [LOGIN_TITLE, LOGIN_TITLE, LOGIN_TITLE], Signal.LOGIN),
    Case("shells everywhere", Fact.ONE_VOICE, [SHELL, SHELL, SHELL], Signal.UNREADABLE),
    Case("data instead of pages", Fact.ANYWHERE, [data({}), html(""), data({})], Signal.UNREADABLE),
    Case("broken data", Fact.ANYWHERE, [html('<script>{"contextJSON":"{\\"a\\":","b":"contextJSON":7}</script>'), SHELL, SHELL], Signal.UNREADABLE),
    Case("broken off", Fact.ANYWHERE, [Reply(200, LIVING.body, LIVING.headers, Outcome.TRUNCATED), SHELL, LOGIN], Signal.LOGIN),
    Case("challenge", Fact.DOCUMENTED, [WALLED, WALLED, WALLED], Signal.WALL),
    Case("a stranger in between", Fact.ANYWHERE, [unverified(GONE), unverified(GONE), unverified(GONE)], Signal.WALL),
    Case("legal reasons", Fact.DOCUMENTED, [typed(b"", "text/plain", 451), SHELL, LOGIN], Signal.WITHHELD),
    Case("asked too often", Fact.DOCUMENTED, [LIMITED], Signal.RATE_LIMITED),
    Case("server error", Fact.DOCUMENTED, [typed(b"", "text/plain", 500), typed(b"", "text/plain", 500), typed(b"", "text/plain", 500)], Signal.SERVER_ERROR),
    Case("time-out", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE),
    Case("our network is down", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("refused by the guard", Fact.ANYWHERE, [failed(Outcome.REFUSED)], Signal.REFUSED),
]  # fmt: skip
