"""The fediverse: addresses and what they name; replies and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import NO_NAME, ONLINE, data, failed, typed
from tests.answers.mastodon import (
    HOST,
    ID,
    OTHER,
    account,
    copy,
    error,
    looked_up,
    note,
    note_object,
    page,
    refusal,
    status,
    tombstone,
)
from tests.cases.facts import CHALLENGE, TROUBLES, Case, Fact

FLAKE = "9xKCdnqhKc6lUVwUGm"
UUID = "12345678-9abc-4def-8123-456789abcdef"
ULID = "01H9C2XJ7V9Z3KQ5N8M4T6R1WD"
NOTE = "apa8i2g808c009ch"

# address, key, address a person would open
NAMED = [
    (f"https://{HOST}/@Tower/{ID}", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/@Tower/{ID}/", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/@Tower/{ID}/embed", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/@Tower/{ID}?s=1#x", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"HTTP://{HOST.upper()}/@Tower/{ID}", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/%40Tower/{ID}", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/@Tower@{OTHER}/{ID}", f"{HOST}/{ID}", f"https://{HOST}/@Tower@{OTHER}/{ID}"),
    (f"https://{HOST}/web/@Tower/{ID}", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/deck/@Tower/{ID}", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/web/statuses/{ID}", f"{HOST}/{ID}", f"https://{HOST}/web/statuses/{ID}"),
    (f"https://{HOST}/users/Tower/statuses/{ID}", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/users/Tower/statuses/{ID}/activity", f"{HOST}/{ID}", f"https://{HOST}/@Tower/{ID}"),
    (f"https://{HOST}/users/Tower/statuses/6954", f"{HOST}/6954", f"https://{HOST}/users/Tower/statuses/6954"),
    (f"https://{HOST}/ap/users/117/statuses/{ID}", f"{HOST}/{ID}", f"https://{HOST}/ap/users/117/statuses/{ID}"),
    (f"https://truth.example/@tower/posts/{ID}", f"truth.example/{ID}", f"https://truth.example/@tower/posts/{ID}"),
    (f"https://{HOST}/@tower/posts/{FLAKE}", f"{HOST}/{FLAKE}", f"https://{HOST}/@tower/posts/{FLAKE}"),
    (f"https://{HOST}/@tower/statuses/{ULID}", f"{HOST}/{ULID}", f"https://{HOST}/@tower/statuses/{ULID}"),
    (f"https://{HOST}/users/tower/statuses/{ULID}", f"{HOST}/{ULID}", f"https://{HOST}/@tower/statuses/{ULID}"),
    (f"https://pixels.example/p/tower/{ID}", f"pixels.example/{ID}", f"https://pixels.example/p/tower/{ID}"),
    (f"https://{HOST}/notice/{FLAKE}", f"{HOST}/{FLAKE}", f"https://{HOST}/notice/{FLAKE}"),
    (f"https://{HOST}/objects/{UUID}", f"{HOST}/{UUID}", f"https://{HOST}/objects/{UUID}"),
    (f"https://{HOST}/notes/{NOTE}", f"{HOST}/{NOTE}", f"https://{HOST}/notes/{NOTE}"),
    (f"https://{HOST}/notes/{ULID}", f"{HOST}/{ULID}", f"https://{HOST}/notes/{ULID}"),
    ("https://misskey.example/notes/9t5hq1ab3c", "misskey.example/9t5hq1ab3c", "https://misskey.example/notes/9t5hq1ab3c"),
]  # fmt: skip

NOT_NAMED = [
    f"https://{HOST}/",
    f"https://{HOST}/@Tower",
    f"https://{HOST}/@Tower/followers",
    f"https://{HOST}/@Tower/with_replies",
    f"https://{HOST}/tags/tower",
    f"https://{HOST}/@Tower/12345",
    f"https://{HOST}/@Tower/20240108123456",
    f"https://{HOST}/@Tower/{ID}1234",
    f"https://{HOST}/@Tower/{ID}/edit",
    f"https://{HOST}/@Tower/a-story-of-a-tower-1f2e3d4c5b6a",
    f"https://{HOST}/@/{ID}",
    f"https://{HOST}/{ID}",
    f"https://{HOST}/users/Tower/statuses/tower",
    f"https://{HOST}/users/{ID}",
    f"https://{HOST}:8443/@Tower/{ID}",
    f"https://192.0.2.7/@Tower/{ID}",
    f"https://[2001:db8::1]/@Tower/{ID}",
    f"https://localhost/@Tower/{ID}",
    "https://medium.com/@tower/a-story-of-a-tower-1f2e3d4c5b6a",
    f"https://medium.com/@tower/{ID}",
    f"https://www.tiktok.com/@tower/video/{ID}",
    f"https://www.tiktok.com/@tower/{ID}",
    "https://www.threads.net/@tower/post/C1234567890",
    f"https://www.threads.net/@tower/{ID}",
    f"https://www.youtube.com/@tower/{ID}",
    "https://news.example/notice/terms-of-service-x",
    "https://news.example/notice/123",
    "https://news.example/notes/typography",
    "https://news.example/notes/agenda2024",
    "https://news.example/notes/architecturaltow",
    "https://news.example/objects/vase-12",
    f"https://news.example/objects/{UUID}/image",
    "https://shop.example/p/tower/12345",
    "https://shop.example/p/tower-model",
    f"https://news.example/?u=https://{HOST}/@Tower/{ID}",
    "mailto:tower@social.example",
]

ABSENT = Signal.NOT_FOUND
THERE = looked_up()
SUSPENDED = looked_up(suspended=True)
EVES = f"https://{HOST}/users/eve/statuses/{ID[:-1]}9"
EMPTY_404 = typed(b"", "text/plain", 404)
EDITED = status(edited_at="2026-08-02T10:00:00.123Z")
HISTORY = typed(b'[{"content": "a"}, {"content": "b"}, {"content": "c"}]', "application/json")

# At https://HOST/@TowerSight/ID, not seen before.
READ: list[Case] = [
    ("living", Fact.RECORDED, [data(status())], Signal.PRESENT, False),
    ("edited", Fact.RECORDED, [data(EDITED), HISTORY], Signal.PRESENT, False),
    ("edited, history refused", Fact.ANYWHERE, [data(EDITED), error(404)], Signal.PRESENT, False),
    ("edited, history broken", Fact.ANYWHERE, [data(EDITED), typed(b"[", "application/json")], Signal.PRESENT, False),
    ("an answer", Fact.RECORDED, [data(status(in_reply_to_id="1")), data(status(id="1"))], Signal.PRESENT, False),
    ("an answer to what is gone", Fact.DOCUMENTED, [data(status(in_reply_to_id="1")), error(404)], Signal.PRESENT, False),
    ("deleted, private or never there", Fact.RECORDED, [error(404, "Not Found"), error(404, "Not Found"), THERE], ABSENT, True),
    ("the same, objects for servers alone", Fact.DOCUMENTED, [error(404), error(401), THERE, error(404)], ABSENT, True),
    ("the same, oEmbed silent too", Fact.ANYWHERE, [error(404), error(401), THERE, error(401)], ABSENT, False),
    ("the same, nothing else answers", Fact.ANYWHERE, [error(404), *[failed(Outcome.TIMEOUT)] * 3], ABSENT, False),
    ("the same, with pages for bodies", Fact.ANYWHERE, [page(404), page(404), page(404)], ABSENT, False),
    ("404 and nothing said", Fact.ANYWHERE, [EMPTY_404, EMPTY_404, EMPTY_404], ABSENT, False),
    ("absent, a suspended account in the address", Fact.DOCUMENTED, [error(404), page(403), SUSPENDED, error(404)], ABSENT, True),
    ("refused, a suspended account in the address", Fact.MISNAMED, [error(403), page(403), SUSPENDED], Signal.ABSENT_UNEXPLAINED, False),
    ("absent, another account is suspended", Fact.MISNAMED, [error(404), error(404), looked_up(acct="zed", suspended=True)], ABSENT, False),
    ("gone, by pages alone", Fact.MISNAMED, [page(410), page(410), page(410)], Signal.GONE, False),
    ("tombstone of another post", Fact.MISNAMED, [error(404), tombstone(id=EVES)], Signal.ABSENT_UNEXPLAINED, False),
    ("tombstone at another server", Fact.MISNAMED, [error(404), tombstone(id=f"https://{OTHER}/@TowerSight/{ID}")], Signal.ABSENT_UNEXPLAINED, False),
    ("tombstone brought by another host", Fact.MISNAMED, [error(404), replace(tombstone(), url=f"https://{OTHER}/x"), THERE, error(401)], ABSENT, False),
    ("gone, by another host's page", Fact.MISNAMED, [error(404), replace(page(410), url=f"https://{OTHER}/x"), THERE, error(401)], ABSENT, False),
    ("tombstone, interface a page", Fact.ANYWHERE, [page(404), tombstone()], Signal.DELETED, False),
    ("absent, object of another post", Fact.MISNAMED, [error(404), note_object(id=EVES, url=EVES)], Signal.ABSENT_UNEXPLAINED, False),
    ("interface hidden, object of another post", Fact.MISNAMED, [error(401), note_object(id=EVES, url=EVES)], Signal.UNREADABLE, False),
    ("interface hidden, object known by its address", Fact.ANYWHERE, [error(401), note_object(id=f"https://{HOST}/objects/{UUID}")], Signal.PRESENT, False),
    ("absent, object is a person", Fact.MISNAMED, [error(404), note_object(type="Person")], Signal.UNREADABLE, False),
    ("another status, another object", Fact.MISNAMED, [data(status(id="1")), note_object(id=EVES, url=EVES)], Signal.UNREADABLE, False),
    ("object with an ID of no address", Fact.MISNAMED, [error(404), note_object(id="http://[")], Signal.ABSENT_UNEXPLAINED, False),
    ("refused, account is there", Fact.ONE_VOICE, [error(403), page(403), THERE], Signal.WALL, False),
    ("refused, account not told", Fact.ONE_VOICE, [error(403), error(403), error(403)], Signal.WALL, False),
    ("refused, object is not there", Fact.ANYWHERE, [error(403), error(404), THERE], ABSENT, False),
    ("account deleted", Fact.ONE_VOICE, [error(410, "Gone"), error(410, "Gone"), error(410)], Signal.GONE, True),
    ("account deleted, page says so", Fact.DOCUMENTED, [error(404), page(410), failed(Outcome.TIMEOUT)], Signal.GONE, True),
    ("tombstone", Fact.DOCUMENTED, [error(404), tombstone()], Signal.DELETED, True),
    ("tombstone, interface hidden", Fact.DOCUMENTED, [error(401), tombstone()], Signal.DELETED, False),
    ("interface hidden, object served", Fact.DOCUMENTED, [error(401), note_object()], Signal.PRESENT, False),
    ("interface hidden, object too", Fact.DOCUMENTED, [error(401), error(401), error(401)], Signal.LOGIN, False),
    ("no such interface, object served", Fact.ANYWHERE, [page(404), note_object()], Signal.PRESENT, False),
    ("page for an interface, object served", Fact.ANYWHERE, [page(200), note_object()], Signal.PRESENT, False),
    ("another status, object served", Fact.ANYWHERE, [data(status(id="1")), note_object()], Signal.PRESENT, False),
    ("another status, no object", Fact.MISNAMED, [data(status(id="1")), error(404)], Signal.UNREADABLE, False),
    ("no content, no object", Fact.ANYWHERE, [data(status(content=None)), data({"type": "Person"})], Signal.UNREADABLE, False),
    ("empty object", Fact.ANYWHERE, [data({}), data({})], Signal.UNREADABLE, False),
    ("challenge, object too", Fact.RECORDED, [CHALLENGE, CHALLENGE], Signal.WALL, False),
    ("page, no object", Fact.ANYWHERE, [page(200), page(200)], Signal.WALL, False),
    ("withheld", Fact.DOCUMENTED, [error(451)], Signal.WITHHELD, False),
    ("a status nobody knows", Fact.ANYWHERE, [error(418)], Signal.UNREADABLE, False),
    ("the server's name is gone", Fact.DOCUMENTED, [failed(Outcome.NO_HOST), ONLINE, NO_NAME], Signal.NO_HOST, True),
    *(case for case in TROUBLES if case[3] not in (Signal.WALL, Signal.UNREADABLE)),
]  # fmt: skip

# The same, after a look that showed the post of the same account.
READ_AGAIN: list[Case] = [
    ("edited since", Fact.RECORDED, [data(EDITED), HISTORY], Signal.PRESENT, False),
    ("account deleted", Fact.ONE_VOICE, [error(410, "Gone"), page(410), error(404)], Signal.ACCOUNT_GONE, True),
    ("suspended for a time", Fact.DOCUMENTED, [error(404), page(403), SUSPENDED], Signal.SUSPENDED, True),
    ("suspended, interface refuses", Fact.ONE_VOICE, [error(403), page(403), SUSPENDED], Signal.SUSPENDED, True),
    ("suspended, interface a page", Fact.ANYWHERE, [page(404), page(403), SUSPENDED], Signal.SUSPENDED, False),
    ("another account is suspended", Fact.MISNAMED, [error(403), page(403), looked_up(acct="zed", suspended=True)], Signal.WALL, False),
    ("post and account unknown", Fact.DOCUMENTED, [error(404), error(404), error(404)], ABSENT, True),
    ("an answer, its parent seen before", Fact.RECORDED, [data(status(in_reply_to_id="1"))], Signal.PRESENT, False),
]  # fmt: skip

# At https://OTHER/@TowerSight@HOST/COPY_ID: a copy on another server.
READ_COPY: list[Case] = [
    ("both serve it", Fact.DOCUMENTED, [data(copy()), data(status())], Signal.PRESENT, False),
    ("edited at home", Fact.DOCUMENTED, [data(copy()), data(EDITED), HISTORY], Signal.PRESENT, False),
    ("gone at home", Fact.DOCUMENTED, [data(copy()), error(404), error(404), THERE], ABSENT, False),
    ("at home a suspended account in the address", Fact.DOCUMENTED, [data(copy()), error(404), page(403), SUSPENDED, error(404)], ABSENT, False),
    ("another post at home", Fact.MISNAMED, [data(copy()), data(status(uri=f"https://{HOST}/1"))], Signal.UNREADABLE, False),
    ("another author at home", Fact.MISNAMED, [data(copy()), data(status(account=account(acct="eve")))], Signal.UNREADABLE, False),
    ("home has no name", Fact.DOCUMENTED, [data(copy()), failed(Outcome.NO_HOST), ONLINE, NO_NAME], Signal.NO_HOST, False),
    ("home does not answer", Fact.ANYWHERE, [data(copy()), failed(Outcome.TIMEOUT), ONLINE], Signal.PRESENT, False),
    ("home hides its interface", Fact.DOCUMENTED, [data(copy()), error(401), error(401), error(401)], Signal.PRESENT, False),
    ("home withholds it", Fact.DOCUMENTED, [data(copy()), error(451)], Signal.WITHHELD, False),
    ("home of no known form", Fact.DOCUMENTED, [data(copy(url="https://friends.example/display/1", uri="https://friends.example/1"))], Signal.PRESENT, False),
    ("copy is gone", Fact.DOCUMENTED, [error(404), error(404)], ABSENT, True),
]  # fmt: skip

# At https://HOST/notes/NOTE: Misskey.
READ_NOTE: list[Case] = [
    ("living", Fact.RECORDED, [data(note())], Signal.PRESENT, False),
    ("hidden from strangers", Fact.DOCUMENTED, [data(note(isHidden=True))], Signal.PROTECTED, False),
    ("for visitors who are logged in", Fact.DOCUMENTED, [refusal("SIGNIN_REQUIRED")], Signal.PROTECTED, False),
    ("interface hidden", Fact.DOCUMENTED, [refusal("CREDENTIAL_REQUIRED", 401)], Signal.LOGIN, False),
    ("no such note", Fact.DOCUMENTED, [refusal("NO_SUCH_NOTE"), error(404)], ABSENT, True),
    ("no such note, object silent", Fact.ANYWHERE, [refusal("NO_SUCH_NOTE"), error(401)], ABSENT, False),
    ("no such note, object served", Fact.ANYWHERE, [refusal("NO_SUCH_NOTE"), note_object(id=f"https://{HOST}/notes/{NOTE}")], Signal.PRESENT, False),
    ("another code", Fact.ANYWHERE, [refusal("INTERNAL_ERROR")], Signal.UNREADABLE, False),
    ("no such method", Fact.ANYWHERE, [page(404)], Signal.UNREADABLE, False),
    ("another note", Fact.ANYWHERE, [data(note(id="x"))], Signal.UNREADABLE, False),
    ("no author", Fact.ANYWHERE, [data(note(user=None))], Signal.UNREADABLE, False),
    ("page for an interface", Fact.ANYWHERE, [page(200), page(200)], Signal.WALL, False),
    ("asked too often", Fact.DOCUMENTED, [refusal("RATE_LIMIT_EXCEEDED", 429)], Signal.RATE_LIMITED, False),
]  # fmt: skip

# At https://HOST/objects/UUID: an ActivityPub object.
AN_OBJECT = f"https://{HOST}/objects/{UUID}"
READ_OBJECT: list[Case] = [
    ("living", Fact.DOCUMENTED, [note_object(id=AN_OBJECT)], Signal.PRESENT, False),
    ("another object", Fact.MISNAMED, [note_object()], Signal.UNREADABLE, False),
    ("tombstone", Fact.DOCUMENTED, [tombstone(id=AN_OBJECT)], Signal.DELETED, False),
    ("tombstone that is served", Fact.DOCUMENTED, [tombstone(200, id=AN_OBJECT)], Signal.DELETED, False),
    ("tombstone of another object", Fact.MISNAMED, [tombstone()], Signal.UNREADABLE, False),
    ("no page", Fact.MISNAMED, [page(404)], ABSENT, False),
    ("gone, says a page", Fact.MISNAMED, [page(410)], Signal.GONE, False),
    ("not readable", Fact.ANYWHERE, [note_object(id=AN_OBJECT, type="Person")], Signal.UNREADABLE, False),
    ("not there", Fact.DOCUMENTED, [error(404)], ABSENT, True),
    ("gone", Fact.DOCUMENTED, [error(410)], Signal.GONE, True),
    ("for servers alone", Fact.DOCUMENTED, [error(401)], Signal.LOGIN, False),
    ("refused", Fact.ANYWHERE, [error(403)], Signal.WALL, False),
    ("withheld", Fact.DOCUMENTED, [error(451)], Signal.WITHHELD, False),
    ("another thing", Fact.ANYWHERE, [data({"type": "Person", "id": "x"})], Signal.UNREADABLE, False),
    *TROUBLES,
]  # fmt: skip
