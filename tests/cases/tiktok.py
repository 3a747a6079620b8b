"""TikTok: addresses and what they name; answers and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import OFFLINE, ONLINE, data, failed, html, typed, unverified
from tests.answers.tiktok import ID, LOGIN, SHELL, USER, item, oembed, page, picture, refused
from tests.cases.facts import Fact
from tests.cases.readings import Case

PAGE = f"https://www.tiktok.com/@{USER}/video/{ID}"
BARE = f"https://www.tiktok.com/@_/video/{ID}"

# address, address of the source
NAMED = [
    (PAGE, PAGE),
    (f"http://tiktok.com/@{USER}/video/{ID}/", PAGE),
    (f"{PAGE}?is_copy_url=1&lang=en", PAGE),
    (f"https://m.tiktok.com/@{USER}/video/{ID}", PAGE),
    (f"https://www.tiktok.com/@{USER}/photo/{ID}", f"https://www.tiktok.com/@{USER}/photo/{ID}"),
    (f"https://www.tiktok.com/@/video/{ID}", BARE),
    (f"https://m.tiktok.com/v/{ID}.html?u_code=1", BARE),
    (f"https://www.tiktok.com/v/{ID}", BARE),
    (f"https://www.tiktok.com/embed/{ID}", BARE),
    (f"https://www.tiktok.com/embed/v2/{ID}?lang=en", BARE),
    (f"https://www.tiktok.com/player/v1/{ID}", BARE),
    (f"https://www.tiktokv.com/share/video/{ID}/", BARE),
    (f"https://www.tiktok.com/share/video/{ID}", BARE),
    (f"https://www.vxtiktok.com/@{USER}/video/{ID}", PAGE),
    (f"https://d.tnktok.com/@{USER}/video/{ID}", PAGE),
    (f"https://tiktxk.com/@{USER}/video/{ID}", PAGE),
    (f"https://tfxktok.com/@{USER}/video/{ID}", PAGE),
]

NOT_NAMED = [
    "https://www.tiktok.com/",
    f"https://www.tiktok.com/@{USER}",
    f"https://www.tiktok.com/@{USER}/live",
    f"https://www.tiktok.com/@{USER}/video/",
    f"https://www.tiktok.com/@{USER}/video/abc",
    f"https://www.tiktok.com/@{USER}/video/{ID}abc",
    f"https://www.tiktok.com/@{USER}/playlist/{ID}",
    "https://www.tiktok.com/tag/tower",
    "https://www.tiktok.com/search?q=tower",
    f"https://www.tiktok.com/music/Tower-{ID}",
    "https://vm.tiktok.com/ZMabcdefg/",
    f"https://vm.tiktok.com/v/{ID}",
    "https://vt.tiktok.com/ZSabcdefg/",
    "https://www.tiktok.com/t/ZTabcdefg/",
    f"https://nottiktok.com/@{USER}/video/{ID}",
    f"https://tiktok.com.evil.example/@{USER}/video/{ID}",
    f"https://news.example/?u={PAGE}",
    "https://",
]

OTHER = f"https://www.tiktok.com/@{USER}/video/6984138651336838403"
OTHER_CODE = '<blockquote class="tiktok-embed" data-video-id="6984138651336838403"></blockquote>'
LIVING, GONE = page(item()), page(code=10204, message="item doesn't exist")
WALLED = html("<title>Just a moment...</title>", 403)

READ = [
    Case("living", Fact.DOCUMENTED, [oembed(), LIVING], Signal.PRESENT),
    Case("living, oEmbed refuses", Fact.ONE_VOICE, [refused(), LIVING], Signal.PRESENT),
    Case("living, oEmbed is walled", Fact.ANYWHERE, [WALLED, LIVING], Signal.PRESENT),
    Case("living, drawn by scripts only", Fact.DOCUMENTED, [oembed(), SHELL, LIVING], Signal.PRESENT),
    Case("living, the page asks for a log-in", Fact.DOCUMENTED, [oembed(), LOGIN], Signal.PRESENT),
    Case("living, the page never comes", Fact.ANYWHERE, [oembed(), SHELL, failed(Outcome.TIMEOUT)], Signal.PRESENT),
    Case("pictures", Fact.DOCUMENTED, [oembed(), page(item(imagePost={"images": [picture("a")]}))], Signal.PRESENT),
    Case("pictures, page of their own", Fact.ONE_VOICE, [oembed(), page(item(), scope="webapp.photo-detail")], Signal.PRESENT),
    Case("oEmbed serves, the page says 10204", Fact.DOCUMENTED, [oembed(), GONE], Signal.PRESENT),
    Case("refused, and 10204", Fact.ONE_VOICE, [refused(), GONE], Signal.ABSENT_UNEXPLAINED),
    Case("404, and 10204", Fact.ANYWHERE, [refused(404), GONE], Signal.ABSENT_UNEXPLAINED),
    Case("404, and a wall", Fact.ANYWHERE, [refused(404), LOGIN], Signal.ABSENT_UNEXPLAINED),
    Case("refused, and a shell without data", Fact.DOCUMENTED, [refused(), SHELL, SHELL], Signal.WALL),
    Case("refused, and the browser shows it gone", Fact.ONE_VOICE, [refused(), SHELL, GONE], Signal.ABSENT_UNEXPLAINED),
    Case("refused, and a log-in", Fact.DOCUMENTED, [refused(), LOGIN], Signal.LOGIN),
    Case("private", Fact.DOCUMENTED, [refused(), page(code=10216)], Signal.PROTECTED),
    Case("private, oEmbed from a cache", Fact.ANYWHERE, [oembed(), page(code=10216)], Signal.PROTECTED),
    Case("private account", Fact.DOCUMENTED, [refused(), page(code=10222)], Signal.PROTECTED),
    Case("for visitors of age", Fact.DOCUMENTED, [refused(), page(item(video=None, isContentClassified=True))], Signal.AGE_RESTRICTED),
    Case("another code", Fact.ANYWHERE, [data({}), page(code=10999), page(code=10999)], Signal.UNREADABLE),
    Case("another post", Fact.ANYWHERE, [data({}), page(item(id="1")), page(item(id="1"))], Signal.UNREADABLE),
    Case("oEmbed for another post", Fact.ANYWHERE, [oembed(embed_product_id="1"), LOGIN], Signal.LOGIN),
    Case("oEmbed with the embed code of another post", Fact.ANYWHERE, [oembed(html=OTHER_CODE), LOGIN], Signal.LOGIN),
    Case("oEmbed that names no post", Fact.ANYWHERE, [oembed(embed_product_id=None, html=None), LOGIN], Signal.LOGIN),
    Case("oEmbed that names it in its embed code", Fact.DOCUMENTED, [oembed(embed_product_id=None), LOGIN], Signal.PRESENT),
    Case("sent to another post, which is private", Fact.ANYWHERE, [refused(), replace(page(code=10216), url=OTHER), SHELL], Signal.WALL),
    Case("sent to the front page, which says gone", Fact.ANYWHERE, [refused(), replace(GONE, url="https://www.tiktok.com/"), SHELL], Signal.WALL),
    Case("oEmbed is no object", Fact.ANYWHERE, [typed(b"[1]", "application/json"), LOGIN], Signal.LOGIN),
    Case("a page instead of data", Fact.DOCUMENTED, [html("<title>TikTok</title>"), SHELL, SHELL], Signal.WALL),
    Case("challenge", Fact.DOCUMENTED, [WALLED, WALLED, WALLED], Signal.WALL),
    Case("legal reasons", Fact.DOCUMENTED, [refused(), typed(b"", "text/plain", 451)], Signal.WITHHELD),
    Case("a stranger in between", Fact.ANYWHERE, [unverified(oembed()), unverified(GONE), unverified(GONE)], Signal.WALL),
    Case("asked too often", Fact.DOCUMENTED, [typed(b"", "text/plain", 429)], Signal.RATE_LIMITED),
    Case("server error", Fact.DOCUMENTED, [typed(b"", "text/plain", 500), typed(b"", "text/plain", 500), typed(b"", "text/plain", 500)], Signal.SERVER_ERROR),
    Case("time-out", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE),
    Case("our network is down", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE),
    Case("refused by the guard", Fact.ANYWHERE, [failed(Outcome.REFUSED)], Signal.REFUSED),
]  # fmt: skip
