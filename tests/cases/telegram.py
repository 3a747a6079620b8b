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
from tests.cases.readings import Case, Weight

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
    Case("living", Weight.RECORDED, [widget(message(TEXT))], Signal.PRESENT),
    Case("a picture only the app shows", Weight.DOCUMENTED, [widget(message(NOT_SUPPORTED))], Signal.PRESENT),
    Case("video", Weight.DOCUMENTED, [widget(message(VIDEO))], Signal.PRESENT),
    Case("not found, and not in the list", Weight.RECORDED, [GONE, AROUND], Signal.NOT_FOUND, True),
    Case("not found, the list ends before it", Weight.RECORDED, [GONE, history(ID - 2, ID - 1, newer=False)], Signal.NOT_FOUND, True),
    Case("not found, the list goes on", Weight.OWN_RULE, [GONE, history(ID - 2, ID - 1)], Signal.NOT_FOUND),
    Case("not found, the list begins after it", Weight.OWN_RULE, [GONE, history(ID + 2)], Signal.NOT_FOUND),
    Case("not found, the list is empty", Weight.RECORDED, [GONE, history(newer=False)], Signal.NOT_FOUND),
    Case("not found, yet in the list", Weight.OWN_RULE, [GONE, history(ID - 1, ID, ID + 1)], Signal.PRESENT),
    Case("not found, no public page", Weight.DOCUMENTED, [GONE, NO_PREVIEW], Signal.NOT_FOUND),
    Case("not found, the list limits us", Weight.OWN_RULE, [GONE, typed(b"", "text/plain", 429)], Signal.NOT_FOUND),
    Case("not found, the list is walled", Weight.OWN_RULE, [GONE, html("<title>Just a moment...</title>", 403)], Signal.NOT_FOUND),
    Case("not found, the list times out", Weight.OWN_RULE, [GONE, failed(Outcome.TIMEOUT), ONLINE], Signal.NOT_FOUND),
    Case("not found, then offline", Weight.OWN_RULE, [GONE, failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("not found, a stranger's list", Weight.OWN_RULE, [GONE, unverified(AROUND)], Signal.NOT_FOUND),
    Case("private", Weight.DOCUMENTED, [error("Channel is private")], Signal.PROTECTED),
    Case("other words", Weight.OWN_RULE, [error("This channel rests")], Signal.ABSENT_UNEXPLAINED),
    Case("another post", Weight.OWN_RULE, [widget(message(TEXT, number=ID + 1))], Signal.UNREADABLE),
    Case("another channel", Weight.OWN_RULE, [widget(message(TEXT, channel="Other"))], Signal.UNREADABLE),
    Case("no widget", Weight.OWN_RULE, [html("<title>Telegram</title><p>Hello.")], Signal.UNREADABLE),
    Case("data instead of a page", Weight.OWN_RULE, [data({"ok": True})], Signal.UNREADABLE),
    Case("nothing", Weight.OWN_RULE, [html("")], Signal.UNREADABLE),
    Case("404", Weight.OWN_RULE, [html("<title>Not found</title>", 404)], Signal.UNREADABLE),
    Case("broken off", Weight.OWN_RULE, [Reply(200, b"<div", (("content-type", "text/html"),), Outcome.TRUNCATED)], Signal.UNREADABLE),
    Case("challenge", Weight.DOCUMENTED, [html("<title>Just a moment...</title>", 403)], Signal.WALL),
    Case("refused", Weight.OWN_RULE, [typed(b"", "text/plain", 403)], Signal.WALL),
    Case("a stranger in between", Weight.OWN_RULE, [unverified(GONE)], Signal.WALL),
    Case("a log-in", Weight.OWN_RULE, [html("<p>x", url="https://web.telegram.org/login")], Signal.LOGIN),
    Case("legal reasons", Weight.DOCUMENTED, [typed(b"", "text/plain", 451)], Signal.WITHHELD),
    Case("asked too often", Weight.DOCUMENTED, [typed(b"", "text/plain", 429)], Signal.RATE_LIMITED),
    Case("server error", Weight.DOCUMENTED, [html("<title>502 Bad Gateway</title>", 502)], Signal.SERVER_ERROR),
    Case("time-out", Weight.OWN_RULE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE),
    Case("no such host", Weight.OWN_RULE, [failed(Outcome.NO_HOST), ONLINE], Signal.UNREACHABLE),
    Case("our network is down", Weight.OWN_RULE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("refused by the guard", Weight.OWN_RULE, [failed(Outcome.REFUSED)], Signal.REFUSED),
]  # fmt: skip
