"""Whatever stands where an address should: every platform reads it or refuses it, and never fails."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest

from archiver.errors import AddressError
from archiver.model.source import SourceRef
from archiver.platforms import PLATFORMS, recognise
from archiver.platforms._short import is_short_link
from archiver.platforms._unwrap import archived
from tests.cases.spellings import SAME
from tests.cases.unwrap import COPIES, WRAPPED
from tests.cases.x import NAMED, NOT_NAMED

COUNT = 100_000
LIVING: list[str] = [
    *(row[0] for row in NAMED),
    *(row[0] for row in COPIES),
    *(row[0] for row in WRAPPED),
    *(row[0] for row in SAME),
    *NOT_NAMED,
    "https://bsky.app/profile/tower.example/post/3k2yihcrp6f2c",
    "at://did:plc:abc123/app.bsky.feed.post/3k2yihcrp6f2c",
    "https://mastodon.example/@tower@other.example/109876543210987654",
    "https://old.reddit.com/r/towers/comments/abc123/slug/def456/?context=3",
    "https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=42s",
    "https://www.tiktok.com/@tower/video/7106594312292453675",
    "https://www.instagram.com/tower/reel/CfVRnJ9oKpA/?igsh=x",
    "https://www.facebook.com/permalink.php?story_fbid=pfbid02abc&id=100064",
    "https://t.me/s/tower/1234?single",
    "https://www.threads.net/@tower/post/CuW6-7KyXme",
    "https://www.linkedin.com/feed/update/urn:li:activity:7106594312292453675/",
]
HOSTS = [
    "x.com", "xx.com", "x.com.evil.example", "x.co", "twitter.com.", "twitter.com:99999", "nitter.",
    "bsky.app", "bsky.app.example", "m\u00f6bel.example", "\u0445.com", "xn--", "xn--a.example",
    "[::1]", "[::1", "127.1", "0x7f000001", "user@x.com", "user:pw@youtu.be", "a" * 300, "a..b",
    ".x.com", "-x.com", "%78.com", "x%2ecom", "\uff58.com", "localhost", "t.me", "redd.it", "\u2024",
]  # fmt: skip
SCHEMES = [
    "https://",
    "http://",
    "HTTP://",
    "https:/",
    "https:",
    "//",
    "at://",
    "ftp://",
    "",
    "javascript:",
]
SIGNS = (
    string.printable + "\u202e\u200b\u0661\u00df\u0130\ud800\udfff\U0001f600\ufeff\u3002\uff0f\x00"
)

Maker = Callable[[random.Random], str]


def _noise(chance: random.Random) -> str:
    return "".join(chance.choices(SIGNS, k=chance.randrange(40)))


def _host(chance: random.Random) -> str:
    path = chance.choice(LIVING).partition("//")[2].partition("/")[2]
    return f"{chance.choice(SCHEMES)}{chance.choice(HOSTS)}/{path}"


def _spoilt(chance: random.Random) -> str:
    address = chance.choice(LIVING)
    at = chance.randrange(len(address) + 1)
    cut = chance.choice([0, 0, 1, 3, len(address)])
    return (
        address[:at]
        + chance.choice(["", chance.choice(SIGNS), _noise(chance)])
        + address[at + cut :]
    )


def _crossed(chance: random.Random) -> str:
    one, other = chance.choice(LIVING), chance.choice(LIVING)
    return one[: chance.randrange(len(one))] + other[chance.randrange(len(other)) :]


def _wrapped(chance: random.Random) -> str:
    inner = chance.choice([_spoilt, _host, _noise])(chance)
    outer = chance.choice(
        [
            "https://web.archive.org/web/2020/{}",
            "https://href.li/?{}",
            "https://l.facebook.com/l.php?u={}",
        ]
    )
    return outer.format(inner)


MAKERS: list[Maker] = [_noise, _host, _spoilt, _crossed, _wrapped]


def _read(address: str) -> SourceRef | None:
    try:
        ref = recognise(address)
    except AddressError:
        return None
    assert ref.platform in {platform.name for platform in PLATFORMS}
    assert ref.key
    return ref


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__.strip("_"))
def test_any_text_is_recognised_or_refused(maker):
    chance = random.Random(maker.__name__)

    for _ in range(COUNT // len(MAKERS)):
        _read(maker(chance))


def test_what_a_person_would_open_has_the_same_name():
    chance = random.Random(7)

    for _ in range(COUNT // 10):
        address = chance.choice(MAKERS)(chance)
        ref = _read(address)
        assert ref is None or recognise(ref.url).name == ref.name, address


@pytest.mark.parametrize(
    "address",
    [
        "https://x.com/" + "a/" * 100_000,
        "https://x.com/a/status/" + "9" * 5000,
        "https://x.com/#!/" + "/" * 100_000,
        "https://web.archive.org/web/" + "2020/https://web.archive.org/web/" * 100,
        "https://href.li/?" * 200 + "https://x.com/a/status/20",
        "https://urldefense.com/v3/__https://a.example/" + "*" * 3000 + "__;" + "A" * 900 + "!!",
        "https://" + "a." * 2000 + "example/",
        "at://" + "a." * 5000 + "example",
        "at://did:plc:" + "a:" * 1000,
        "https://www.google.com/url?q=" + "%25" * 1300,
        "\x00" * 10_000,
    ],
    ids=lambda address: address[:32],
)  # fmt: skip
def test_huge_addresses_are_read_or_refused(address):
    _read(address)


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_no_platform_fails_by_itself(platform):
    chance = random.Random(platform.name)

    for _ in range(2000):
        address = chance.choice(MAKERS)(chance)
        found = platform.recognise(address)
        assert found is None or found.platform == platform.name


def test_questions_about_any_text_are_answered():
    chance = random.Random(7)

    for _ in range(5000):
        address = chance.choice(MAKERS)(chance)
        is_short_link(address)
        archived(address)
