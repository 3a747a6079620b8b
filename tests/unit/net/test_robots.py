from __future__ import annotations

import pytest

from archiver.model.inquiry import Answer, Outcome
from archiver.net.robots import Robots
from tests.fakes import ScriptedFetcher, answered, unanswered

pytestmark = pytest.mark.anyio

ROBOTS = "https://e.example/robots.txt"
PAGE = "https://e.example/private/page"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (answered(ROBOTS, body=b"User-agent: *\nDisallow: /private/"), False),
        (answered(ROBOTS, body=b"User-agent: citation-archiver\nDisallow: /\n\nUser-agent: *\n"
                               b"Allow: /"), False),
        (answered(ROBOTS, body=b"User-agent: other\nDisallow: /"), True),
        (answered(ROBOTS, body=b"\xff\xfe\x00 no rules at all"), True),
        (answered(ROBOTS, body=b""), True),
        (answered(ROBOTS, status=404), True),
        (answered(ROBOTS, status=403), True),
        (answered(ROBOTS, status=503), False),
        (unanswered(ROBOTS, Outcome.TIMEOUT), False),
        (unanswered(ROBOTS, Outcome.NO_HOST), False),
    ],
)  # fmt: skip
async def test_a_site_says_what_may_be_asked(answer: Answer, allowed: bool) -> None:
    robots = Robots("citation-archiver", ScriptedFetcher({ROBOTS: answer}).ask)

    assert await robots.allow(PAGE) is allowed


async def test_a_site_is_asked_once() -> None:
    site = ScriptedFetcher({ROBOTS: answered(ROBOTS)})
    robots = Robots("citation-archiver", site.ask)

    await robots.allow(PAGE)
    await robots.allow("https://e.example/other")

    assert [question.url for question in site.asked] == [ROBOTS]
