"""Media of a post: forms in turn, bounds, failures as limits, and streams through the guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from archiver.capture.media import MAX_FORMS, Fetched, MediaRoom, stream_type
from archiver.capture.policy import CapturePolicy
from archiver.errors import TurnError, UnwelcomeError
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.model.post import Medium
from archiver.net.guard import Guard
from archiver.net.policy import GuardPolicy
from tests.capture.conftest import SystemClock
from tests.fakes import ScriptedFetcher, answered, unanswered
from tests.site import Asked, Site

pytestmark = pytest.mark.anyio

LARGE, SMALL, TINY = (f"https://m.test/p?name={size}" for size in ("orig", "large", "small"))
PICTURE = Medium("k1", "photo", LARGE, alt="A dog on a beach", others=(SMALL, TINY))
STREAM = Medium("v1", "video", "http://site.test/v.m3u8", is_stream=True)
POLICY = CapturePolicy(medium_bytes=1000, media_bytes=2500, streams=True, stream_s=60)


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


def picture(url: str, body: bytes = JPEG, status: int = 200, kind: str = "image/jpeg") -> Answer:
    return answered(url, status, body, kind)


async def fetch(
    *media: Medium, folder: Path, answers: dict[str, Answer] | None = None, **policy: Any
) -> tuple[list[Fetched], ScriptedFetcher]:
    fetcher = ScriptedFetcher(answers or {})
    async with Guard(GuardPolicy.build(), SystemClock()) as guard:
        room = MediaRoom(fetcher, guard, replace(POLICY, **policy))
        return await room.fetch(media, folder), fetcher


async def test_the_largest_form_is_taken_and_no_other_is_asked(tmp_path: Path) -> None:
    (got,), fetcher = await fetch(PICTURE, folder=tmp_path, answers={LARGE: picture(LARGE)})

    assert got.taken is not None
    assert got.problem is None
    assert [one.url for one in fetcher.asked] == [LARGE]
    assert got.note == f"photo k1; form 1 of 3; {LARGE}; alt: A dog on a beach"


@pytest.mark.parametrize(
    "refused",
    [
        picture(LARGE, status=404),
        picture(LARGE, b""),
        picture(LARGE, kind="text/html"),
        picture(LARGE, kind="text/plain; charset=utf-8"),
        picture(LARGE, kind="application/json"),
        picture(LARGE, b"<!doctype html><p>Log in"),
        picture(LARGE, b'{"error": "BlobNotFound"}', kind="application/octet-stream"),
        picture(LARGE, "Die Adresse ist abgelaufen, für immer".encode(), kind=""),
        picture(LARGE, b"<html><svg></svg>", kind="image/jpeg"),
        replace(picture(LARGE), error="tls: certificate of m.test: self-signed, captured without"),
        unanswered(LARGE, Outcome.TIMEOUT),
        replace(picture(LARGE, b"half"), outcome=Outcome.TRUNCATED, error="length: cut"),
    ],
    ids=[
        "missing",
        "empty",
        "a page",
        "a text",
        "data",
        "a page's bytes",
        "data's bytes",
        "a text's bytes",
        "a drawing's bytes",
        "a bad certificate",
        "no answer",
        "too large",
    ],
)
async def test_the_next_form_is_asked_when_one_cannot_be_had(
    tmp_path: Path, refused: Answer
) -> None:
    answers = {LARGE: refused, SMALL: picture(SMALL)}

    (got,), _ = await fetch(PICTURE, folder=tmp_path, answers=answers)

    assert got.taken is not None
    assert (got.taken.url, len(got.answers)) == (SMALL, 2)
    assert "form 2 of 3" in got.note


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n"),
        ("image/webp", b"RIFF\x24\x00\x00\x00WEBPVP8 "),
        ("image/gif", b"GIF89a\x40\x01"),
        ("video/mp4", b"\x00\x00\x00\x18ftypmp42"),
        ("audio/mpeg", b"ID3\x03\x00\x00\x00"),
        ("application/ogg", b"OggS\x00\x02"),
        ("binary/octet-stream", JPEG),
        ("", JPEG),
        ("image/svg+xml", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
)
async def test_what_shows_or_sounds_is_taken(tmp_path: Path, kind: str, body: bytes) -> None:
    answers = {LARGE: picture(LARGE, body, kind=kind)}

    (got,), _ = await fetch(PICTURE, folder=tmp_path, answers=answers)

    assert got.problem is None
    assert got.taken is not None
    assert got.taken.body == body


async def test_a_picture_under_a_bad_certificate_is_a_limit_that_says_so(tmp_path: Path) -> None:
    told = "tls: certificate of m.test: self-signed, captured without verification"
    answers = {url: replace(picture(url), error=told) for url in (LARGE, SMALL, TINY)}

    (got,), _ = await fetch(PICTURE, folder=tmp_path, answers=answers)

    assert (got.taken, got.problem) == (None, f"not fetched: {LARGE} ({told})")


async def test_a_medium_that_cannot_be_had_is_told_with_its_first_reason(tmp_path: Path) -> None:
    answers = {url: picture(url, status=403 + n) for n, url in enumerate((LARGE, SMALL, TINY))}

    (got,), _ = await fetch(PICTURE, folder=tmp_path, answers=answers)

    assert (got.taken, got.problem) == (None, f"not fetched: {LARGE} (403)")


async def test_media_stop_at_their_bound_in_all(tmp_path: Path) -> None:
    urls = [f"https://m.test/{n}" for n in range(4)]
    media = [Medium(url, "file", url) for url in urls]
    answers = {url: picture(url, b"x" * 900) for url in urls}

    fetched, fetcher = await fetch(*media, folder=tmp_path, answers=answers)

    assert [one.max_bytes for one in fetcher.asked] == [1000, 1000, 700]
    assert fetched[3].problem == "media of one capture may take 0 MiB in all"


@dataclass
class Crowd:
    """A fetcher that answers three at a time, and notes how many were under way."""

    asked: int = 0
    under_way: int = 0
    most: int = 0
    three: asyncio.Barrier = field(default_factory=lambda: asyncio.Barrier(3))

    async def ask(self, question: Question) -> Answer:
        self.asked += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.three.wait()
        self.under_way -= 1
        return picture(question.url)


def pictures(count: int) -> list[Medium]:
    return [Medium(str(n), "photo", f"https://m.test/{n}") for n in range(count)]


async def fetch_of(fetcher: Any, media: list[Medium], folder: Path, **policy: Any) -> list[Fetched]:
    async with Guard(GuardPolicy.build(), SystemClock()) as guard:
        bounds: dict[str, Any] = {"media_bytes": 1 << 20, **policy}
        return await MediaRoom(fetcher, guard, replace(POLICY, **bounds)).fetch(media, folder)


async def test_a_few_media_are_fetched_at_once(tmp_path: Path) -> None:
    crowd = Crowd()

    fetched = await fetch_of(crowd, pictures(9), tmp_path)

    assert (crowd.asked, crowd.most) == (9, 3)
    assert [one.medium.key for one in fetched] == [str(n) for n in range(9)]
    assert not any(one.problem for one in fetched)


class Unwelcome:
    """A fetcher that may not ask one of the sites now."""

    def __init__(self, refused: TurnError) -> None:
        self.refused = refused

    async def ask(self, question: Question) -> Answer:
        if question.url.endswith("/1"):
            raise self.refused
        return picture(question.url)


async def test_media_of_a_site_that_wants_to_be_left_alone_are_told_and_cost_no_others(
    tmp_path: Path,
) -> None:
    alone = UnwelcomeError("m.test wants to be left alone; try again in 3600 s", 3600)

    fetched = await fetch_of(Unwelcome(alone), pictures(3), tmp_path)

    assert [one.taken is not None for one in fetched] == [True, False, True]
    assert "wants to be left alone" in (fetched[1].problem or "")
    assert fetched[1].limit == "media"


async def test_a_capture_waits_for_media_at_whose_site_another_worker_is(tmp_path: Path) -> None:
    busy = TurnError("another worker is asking m.test; try again in a moment", 15)

    with pytest.raises(TurnError, match="another worker"):
        await fetch_of(Unwelcome(busy), pictures(3), tmp_path)


async def test_media_beyond_their_number_are_left_out_and_told(tmp_path: Path) -> None:
    media = [replace(one, others=(one.url + "b",) * 20) for one in pictures(20_000)]
    urls = [url for one in media[:2] for url in (one.url, *one.others)]
    fetcher = ScriptedFetcher({url: picture(url, status=404) for url in urls})

    fetched = await fetch_of(fetcher, media, tmp_path, media_count=2)

    assert len(fetcher.asked) == 2 * MAX_FORMS
    assert [one.limit for one in fetched] == ["media", "media", "media_count"]
    assert fetched[2].problem == "19998 of 20000 media not asked for: one capture takes 2"


async def test_media_that_take_too_long_in_all_are_told_and_those_before_them_kept(
    tmp_path: Path,
) -> None:
    fetched = await fetch_of(Crowd(), pictures(5), tmp_path, media_s=0.3)

    assert [one.limit for one in fetched if one.problem] == ["media_s"] * 2
    assert (
        fetched[4].problem == "not fetched: https://m.test/4 (all media of one capture get 0.3 s)"
    )
    assert all(one.taken is not None for one in fetched[:3])


async def test_a_medium_that_the_platform_withholds_is_not_asked(tmp_path: Path) -> None:
    fetched, fetcher = await fetch(replace(PICTURE, available=False), folder=tmp_path)

    assert (fetched, fetcher.asked) == ([], [])


async def test_a_stream_with_a_form_that_is_a_file_is_that_file(tmp_path: Path) -> None:
    medium = replace(STREAM, others=("https://m.test/b.m3u8?x", SMALL))

    (got,), fetcher = await fetch(
        medium, folder=tmp_path, answers={SMALL: picture(SMALL, kind="video/mp4")}
    )

    assert got.taken is not None
    assert [one.url for one in fetcher.asked] == [SMALL]


async def test_a_stream_is_not_taken_unless_the_operator_wants_it(tmp_path: Path) -> None:
    (got,), _ = await fetch(STREAM, folder=tmp_path, streams=False)

    assert got.problem == f"stream not taken: {STREAM.url} (capture.streams is off)"


# --- streams, by the real yt-dlp through the real guard


def packets(count: int, mark: int) -> bytes:
    """Return MPEG-TS packets: a sync byte, a header of three, a payload."""
    one = [b"\x47" + bytes([0, 0x11, 0x10 | n % 16]) + bytes([mark]) * 184 for n in range(count)]
    return b"".join(one)


def playlist(*pieces: str, ends: bool = True) -> bytes:
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:2"]
    lines += [line for piece in pieces for line in ("#EXTINF:2.0,", piece)]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ends else []), ""]).encode()


MASTER = b"""#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=1000,RESOLUTION=320x180
/small.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360
http://other.test/v.m3u8
"""


async def never(_: Asked, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@pytest.fixture(scope="module")
def videos() -> Iterator[Site]:
    site = Site()
    for name, body in {
        "/v.m3u8": playlist("/a.ts", "/b.ts"), "/master.m3u8": MASTER,
        "/outside.m3u8": playlist("/a.ts", "http://10.1.2.3/b.ts"),
        "/files.m3u8": playlist("/a.ts", "file:///etc/passwd"),
        "/missing.m3u8": playlist("/a.ts", "/none.ts"),
        "/hangs.m3u8": playlist("/a.ts", "/never.ts"),
        "/large.m3u8": playlist(*["/a.ts"] * 60),
    }.items():  # fmt: skip
        site.reply(name, body, "Content-Type: application/vnd.apple.mpegurl")
    site.reply("/a.ts", packets(50, 1), "Content-Type: video/mp2t")
    site.reply("/b.ts", packets(70, 2), "Content-Type: video/mp2t")
    site.on("/never.ts", never)
    with site:
        yield site


@asynccontextmanager
async def room(site: Site, **policy: Any) -> AsyncIterator[MediaRoom]:
    async with Guard(GuardPolicy.build(host_map=site.host_map), SystemClock()) as guard:
        bounds: dict[str, Any] = {"medium_bytes": 1 << 20, "media_bytes": 1 << 20, **policy}
        yield MediaRoom(ScriptedFetcher({}), guard, replace(POLICY, **bounds))


@pytest.mark.parametrize("name", ["v", "master"])
async def test_a_stream_is_joined_of_its_pieces(videos: Site, tmp_path: Path, name: str) -> None:
    medium = replace(STREAM, url=f"http://site.test/{name}.m3u8")

    async with room(videos) as media:
        (got,) = await media.fetch([medium], tmp_path)

    assert got.problem is None
    assert [path.read_bytes() for path in got.streamed.files] == [packets(50, 1) + packets(70, 2)]
    assert got.note == f"video v1; a stream joined of 1; {medium.url}"


async def test_a_stream_tells_tool_format_and_where_it_came_from(
    videos: Site, tmp_path: Path
) -> None:
    async with room(videos) as media:
        (got,) = await media.fetch([replace(STREAM, url="http://site.test/master.m3u8")], tmp_path)

    told = got.streamed.told or {}
    assert told["tool"].startswith("yt-dlp 20")
    assert (told["formats"][0]["height"], told["formats"][0]["protocol"]) == (360, "m3u8_native")
    assert {one["host"] for one in told["guard"]} == {"site.test", "other.test"}


@pytest.mark.parametrize("name", ["outside", "files", "missing"])
async def test_a_stream_that_is_not_whole_is_not_taken(
    videos: Site, tmp_path: Path, name: str
) -> None:
    async with room(videos) as media:
        (got,) = await media.fetch([replace(STREAM, url=f"http://site.test/{name}.m3u8")], tmp_path)

    assert got.streamed.files == ()
    assert (got.problem or "").startswith("stream not taken: ")
    assert "10.1.2.3" not in {one["host"] for one in (got.streamed.told or {})["guard"]
                              if one["verdict"] == "allowed"}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "policy", "limit"),
    [
        ("hangs", {"stream_s": 4}, "seconds"),
        ("large", {"medium_bytes": 100_000}, "bytes_in"),
        ("large", {"media_bytes": 100_000}, "bytes_in"),
    ],
)
async def test_a_stream_beyond_our_bounds_is_ended(
    videos: Site, tmp_path: Path, name: str, policy: dict[str, Any], limit: str
) -> None:
    async with room(videos, **policy) as media:
        (got,) = await media.fetch([replace(STREAM, url=f"http://site.test/{name}.m3u8")], tmp_path)

    assert got.streamed.files == ()
    assert got.problem is not None
    assert limit in got.problem or "not done in" in got.problem


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (packets(2, 0), "video/mp2t"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"Good morning", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_joined_stream_is_what_its_bytes_are(head: bytes, kind: str) -> None:
    assert stream_type(head)[0] == kind


def test_a_bare_address_is_told_as_it_is() -> None:
    answer = picture(LARGE)

    assert Fetched(Medium(LARGE, "file", LARGE), (answer,), answer).note == LARGE
