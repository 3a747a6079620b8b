"""Telegram: addresses and what they name; answers and the signal they make."""

from __future__ import annotations

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import OFFLINE, ONLINE, Reply, data, failed, html, typed, unverified
from tests.answers.telegram import (
    ID,
    NO_PREVIEW,
    NOT_SUPPORTED,
    TEXT,
    VIDEO,
    error,
    history,
    message,
    widget,
)
from tests.cases.facts import Fact
from tests.cases.readings import Case

KEY = f"towersight/{ID}"

NAMED = [
    (f"https://t.me/TowerSight/{ID}", KEY),
    (f"http://t.me/towersight/{ID}", KEY),
    (f"https://www.t.me/TowerSight/{ID}/", KEY),
    (f"https://telegram.me/TowerSight/{ID}", KEY),
    (f"https://telegram.dog/TowerSight/{ID}", KEY),
    (f"https://t.me/s/TowerSight/{ID}", KEY),
    (f"https://TowerSight.t.me/{ID}", KEY),
    (f"https://towersight.t.me/s/{ID}", KEY),
    (f"https://t.me/TowerSight/{ID}?single", KEY),
    (f"https://t.me/TowerSight/{ID}?embed=1&mode=tme", KEY),
    (f"https://t.me/TowerSight/{ID}?t=31", KEY),
    (f"https://t.me/TowerSight/{ID}?thread=7", KEY),
    (f"https://t.me/TowerSight/7/{ID}", KEY),
    (f"https://t.me/TowerSight/000{ID}", KEY),
    (f"https://t.me/c/1234567890/{ID}", f"c/1234567890/{ID}"),
    (f"https://t.me/c/1234567890/7/{ID}", f"c/1234567890/{ID}"),
]

NOT_NAMED = [
    "https://t.me/",
    "https://t.me/TowerSight",
    "https://t.me/s/TowerSight",
    "https://t.me/s/TowerSight?before=47120",
    "https://towersight.t.me/",
    f"https://t.me/TowerSight/{ID}?comment=99",
    f"https://t.me/TowerSight/s/{ID}",
    "https://t.me/TowerSight/0",
    "https://t.me/TowerSight/abc",
    "https://t.me/TowerSight/12345678901",
    "https://t.me/joinchat/12345",
    "https://t.me/addstickers/12345",
    "https://t.me/+AbCdEf12345",
    "https://t.me/ab/12",
    "https://t.me/1towers/12",
    "https://t.me/share/url?url=https://t.me/TowerSight/1",
    f"https://nott.me/TowerSight/{ID}",
    f"https://t.me.evil.example/TowerSight/{ID}",
    f"https://web.telegram.org/k/#@TowerSight/{ID}",
    f"https://news.example/https://t.me/TowerSight/{ID}",
    f"https://t.me/TowerSight/{ID}/x",
    f"ftp://t.me/TowerSight/{ID}",
    "https://",
]

GONE = error("Post not found")
AROUND = history(ID - 2, ID - 1, ID + 3)

READ = [
    Case("living", Fact.RECORDED, [widget(message(TEXT))], Signal.PRESENT),
    Case("a picture only the app shows", Fact.DOCUMENTED, [widget(message(NOT_SUPPORTED))], Signal.PRESENT),
    Case("video", Fact.DOCUMENTED, [widget(message(VIDEO))], Signal.PRESENT),
    Case("not found, and not in the list", Fact.RECORDED, [GONE, AROUND], Signal.NOT_FOUND, True),
    Case("not found, the list ends before it", Fact.RECORDED, [GONE, history(ID - 2, ID - 1, newer=False)], Signal.NOT_FOUND, True),
    Case("not found, the list goes on", Fact.ANYWHERE, [GONE, history(ID - 2, ID - 1)], Signal.NOT_FOUND),
    Case("not found, the list begins after it", Fact.ANYWHERE, [GONE, history(ID + 2)], Signal.NOT_FOUND),
    Case("not found, the list is empty", Fact.RECORDED, [GONE, history(newer=False)], Signal.NOT_FOUND),
    Case("not found, yet in the list", Fact.ANYWHERE, [GONE, history(ID - 1, ID, ID + 1)], Signal.PRESENT),
    Case("not found, no public page", Fact.DOCUMENTED, [GONE, NO_PREVIEW], Signal.NOT_FOUND),
    Case("not found, the list limits us", Fact.ANYWHERE, [GONE, typed(b"", "text/plain", 429)], Signal.NOT_FOUND),
    Case("not found, the list is walled", Fact.ANYWHERE, [GONE, html("<title>Just a moment...</title>", 403)], Signal.NOT_FOUND),
    Case("not found, the list times out", Fact.ANYWHERE, [GONE, failed(Outcome.TIMEOUT), ONLINE], Signal.NOT_FOUND),
    Case("not found, the list is withheld", Fact.ANYWHERE, [GONE, typed(b"", "text/plain", 451)], Signal.WITHHELD),
    Case("not found, then offline", Fact.ANYWHERE, [GONE, failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("not found, a stranger's list", Fact.ANYWHERE, [GONE, unverified(AROUND)], Signal.NOT_FOUND),
    Case("private", Fact.DOCUMENTED, [error("Channel is private")], Signal.PROTECTED),
    # Said of a channel that was there, in its app (telegramdesktop/tdesktop issue 7757, 2020).
    Case("channel not found", Fact.ONE_VOICE, [error("Channel with username @TowerSight not found")], Signal.ABSENT_UNEXPLAINED),
    Case("other words", Fact.ANYWHERE, [error("This channel rests")], Signal.ABSENT_UNEXPLAINED),
    Case("another post", Fact.ANYWHERE, [widget(message(TEXT, number=ID + 1))], Signal.UNREADABLE),
    Case("another channel", Fact.ANYWHERE, [widget(message(TEXT, channel="Other"))], Signal.UNREADABLE),
    Case("no widget", Fact.ANYWHERE, [html("<title>Telegram</title><p>Hello.")], Signal.UNREADABLE),
    Case("data instead of a page", Fact.ANYWHERE, [data({"ok": True})], Signal.UNREADABLE),
    Case("nothing", Fact.ANYWHERE, [html("")], Signal.UNREADABLE),
    Case("404", Fact.ANYWHERE, [html("<title>Not found</title>", 404)], Signal.UNREADABLE),
    Case("broken off", Fact.ANYWHERE, [Reply(200, b"<div", (("content-type", "text/html"),), Outcome.TRUNCATED)], Signal.UNREADABLE),
    Case("challenge", Fact.DOCUMENTED, [html("<title>Just a moment...</title>", 403)], Signal.WALL),
    Case("refused", Fact.ANYWHERE, [typed(b"", "text/plain", 403)], Signal.WALL),
    Case("a stranger in between", Fact.ANYWHERE, [unverified(GONE)], Signal.WALL),
    Case("a log-in", Fact.ANYWHERE, [html("<p>x", url="https://web.telegram.org/login")], Signal.LOGIN),
    Case("legal reasons", Fact.DOCUMENTED, [typed(b"", "text/plain", 451)], Signal.WITHHELD),
    Case("asked too often", Fact.DOCUMENTED, [typed(b"", "text/plain", 429)], Signal.RATE_LIMITED),
    Case("server error", Fact.DOCUMENTED, [html("<title>502 Bad Gateway</title>", 502)], Signal.SERVER_ERROR),
    Case("time-out", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE),
    Case("no such host", Fact.ANYWHERE, [failed(Outcome.NO_HOST), ONLINE], Signal.UNREACHABLE),
    Case("our network is down", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("refused by the guard", Fact.ANYWHERE, [failed(Outcome.REFUSED)], Signal.REFUSED),
]  # fmt: skip
