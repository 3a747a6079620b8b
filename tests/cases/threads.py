"""Threads: addresses and what they name; answers and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import OFFLINE, ONLINE, Reply, data, failed, html, typed, unverified
from tests.answers.threads import (
    CODE,
    GONE,
    LIMITED,
    LOGIN,
    LOGIN_IN_PLACE,
    SHELL,
    URL,
    USER,
    page,
    post,
    tags,
)
from tests.cases.facts import Fact
from tests.cases.readings import Case

BARE = f"https://www.threads.com/t/{CODE}"

# address, address of the source
NAMED = [
    (URL, URL),
    (f"https://www.threads.net/@{USER}/post/{CODE}", URL),
    (f"http://threads.net/@{USER}/post/{CODE}/?xmt=abc", URL),
    (f"{URL}/embed", URL),
    (f"{URL}/embed/", URL),
    (f"{URL}/media", URL),
    (f"https://www.threads.com/t/{CODE}", BARE),
    (f"https://www.threads.net/t/{CODE}/embed", BARE),
    (f"https://fixthreads.net/@{USER}/post/{CODE}", URL),
    (f"https://www.vxthreads.net/@{USER}/post/{CODE}", URL),
    (f"https://fzthreads.com/@{USER}/post/{CODE}", URL),
]

NOT_NAMED = [
    "https://www.threads.com/",
    f"https://www.threads.com/@{USER}",
    f"https://www.threads.com/@{USER}/replies",
    f"https://www.threads.com/@{USER}/post/",
    f"https://www.threads.com/@{USER}/post/short",
    f"https://www.threads.com/@{USER}/post/{CODE}x",
    "https://www.threads.com/search?q=tower",
    "https://www.threads.com/tag/tower",
    "https://www.threads.com/share/BASlIr-pCj/",
    "https://www.threads.com/login",
    f"https://notthreads.com/@{USER}/post/{CODE}",
    f"https://threads.com.evil.example/@{USER}/post/{CODE}",
    f"https://news.example/?u={URL}",
    "https://",
]

OTHER = f"https://www.threads.com/@{USER}/post/DHV7vTivqWE"
RENAMED = f"https://www.threads.com/@renamed/post/{CODE}"
LIVING = page(post())
WALLED = html("<title>Just a moment...</title>", 403)
NOT_FOUND = html("<title>Threads</title>", 404)

READ = [
    Case("living", Fact.DOCUMENTED, [LIVING], Signal.PRESENT),
    Case("living, drawn only", Fact.ONE_VOICE, [SHELL, LIVING], Signal.PRESENT),
    Case("tags alone", Fact.DOCUMENTED, [tags()], Signal.PRESENT),
    Case("a log-in, then living", Fact.DOCUMENTED, [LOGIN_IN_PLACE, LIVING], Signal.PRESENT),
    Case("data of others, and no post", Fact.ANYWHERE, [page(post(code="DHV7vTivqWE")), SHELL], Signal.UNREADABLE),
    Case("isn't available", Fact.ONE_VOICE, [GONE, GONE], Signal.ABSENT_UNEXPLAINED),
    Case("isn't available, then a log-in", Fact.ANYWHERE, [GONE, LOGIN], Signal.ABSENT_UNEXPLAINED),
    Case("isn't available, the browser fails", Fact.ANYWHERE, [GONE, failed(Outcome.TIMEOUT)], Signal.ABSENT_UNEXPLAINED),
    Case("404", Fact.ANYWHERE, [NOT_FOUND, NOT_FOUND], Signal.ABSENT_UNEXPLAINED),
    Case("not for everyone", Fact.ONE_VOICE, [LIMITED, LIMITED], Signal.WITHHELD),
    Case("a log-in in its place", Fact.DOCUMENTED, [LOGIN_IN_PLACE, LOGIN_IN_PLACE], Signal.LOGIN),
    Case("a log-in by redirect", Fact.DOCUMENTED, [LOGIN, LOGIN], Signal.LOGIN),
    Case("tags of another post", Fact.ANYWHERE, [tags(f"https://www.threads.com/@{USER}/post/DHV7vTivqWE"), SHELL], Signal.UNREADABLE),
    Case("sent to another post, with tags of ours", Fact.ANYWHERE, [replace(tags(), url=OTHER), SHELL], Signal.UNREADABLE),
    Case("sent to another post, which is not for everyone", Fact.ANYWHERE, [replace(LIMITED, url=OTHER), SHELL], Signal.UNREADABLE),
    Case("sent to the front page, which asks for a log-in", Fact.ANYWHERE, [replace(LOGIN_IN_PLACE, url="https://www.threads.com/"), SHELL], Signal.LOGIN),
    Case("sent to the front page", Fact.ANYWHERE, [replace(GONE, url="https://www.threads.com/"), SHELL], Signal.UNREADABLE),
    Case("sent to its author's new name, with tags", Fact.DOCUMENTED, [replace(tags(RENAMED), url=RENAMED)], Signal.PRESENT),
    Case("shells", Fact.ONE_VOICE, [SHELL, SHELL], Signal.UNREADABLE),
    Case("data instead of a page", Fact.ANYWHERE, [data({}), html("")], Signal.UNREADABLE),
    Case("broken off", Fact.ANYWHERE, [Reply(200, LIVING.body, LIVING.headers, Outcome.TRUNCATED), SHELL], Signal.UNREADABLE),
    Case("challenge", Fact.DOCUMENTED, [WALLED, WALLED], Signal.WALL),
    Case("a stranger in between", Fact.ANYWHERE, [unverified(GONE), unverified(GONE)], Signal.WALL),
    Case("legal reasons", Fact.DOCUMENTED, [typed(b"", "text/plain", 451), SHELL], Signal.WITHHELD),
    Case("asked too often", Fact.DOCUMENTED, [typed(b"", "text/plain", 429)], Signal.RATE_LIMITED),
    Case("server error", Fact.DOCUMENTED, [typed(b"", "text/plain", 500), typed(b"", "text/plain", 500)], Signal.SERVER_ERROR),
    Case("time-out", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE),
    Case("our network is down", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("refused by the guard", Fact.ANYWHERE, [failed(Outcome.REFUSED)], Signal.REFUSED),
]  # fmt: skip
