"""What bears another name than the one asked for, or is contradicted, proves no absence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from archiver.judge.verdicts import judge
from archiver.model.inquiry import Reading
from archiver.model.observation import Observation, Vantage
from archiver.model.source import SourceRef
from archiver.model.verdict import VerdictKind
from archiver.platforms import platform
from tests.answers import AT, Reply, data, drive
from tests.answers import bluesky as bluesky_answers
from tests.answers import mastodon as mastodon_answers
from tests.answers import reddit as reddit_answers
from tests.answers import youtube as youtube_answers
from tests.cases import bluesky, mastodon, reddit, youtube
from tests.cases.facts import Case, Fact

HERE = Vantage("1", "test", "test", "test")
DAYS = (0, 4, 8)
HOST, OTHER = mastodon_answers.HOST, mastodon_answers.OTHER
SHOWN = drive(
    platform("mastodon").inquire(
        SourceRef("mastodon", f"{HOST}/{mastodon_answers.ID}", mastodon_answers.URL)
    ),
    [data(mastodon_answers.status())],
).result

TABLES: list[tuple[str, str, str, Reading | None, list[Case]]] = [
    ("mastodon", f"{HOST}/{mastodon_answers.ID}", mastodon_answers.URL, None, mastodon.READ),
    ("mastodon", f"{HOST}/{mastodon_answers.ID}", mastodon_answers.URL, SHOWN, mastodon.READ_AGAIN),
    ("mastodon", f"{OTHER}/{mastodon_answers.COPY_ID}", f"https://{OTHER}/@x@{HOST}/{mastodon_answers.COPY_ID}", None, mastodon.READ_COPY),
    ("mastodon", f"{HOST}/{mastodon.UUID}", f"https://{HOST}/objects/{mastodon.UUID}", None, mastodon.READ_OBJECT),
    ("bluesky", f"{bluesky_answers.DID}/{bluesky_answers.RKEY}", f"https://bsky.app/profile/{bluesky_answers.DID}/post/{bluesky_answers.RKEY}", None, bluesky.READ),
    ("reddit", reddit_answers.POST, reddit_answers.URL, None, reddit.READ),
    ("reddit", reddit_answers.COMMENT, reddit_answers.COMMENT_URL, None, reddit.READ_COMMENT),
    ("youtube", youtube_answers.ID, youtube_answers.URL, None, youtube.READ),
]  # fmt: skip
CASES = [
    pytest.param(SourceRef(name, key, url), shown, case[2], id=f"{name}: {case[0]}")
    for name, key, url, shown, table in TABLES
    for case in table
    if case[1] is Fact.MISNAMED
]


def look(ref: SourceRef, shown: Reading | None, replies: Sequence[Reply], day: int) -> Observation:
    reading = drive(platform(ref.platform).inquire(ref, shown), replies).result
    return Observation(str(day), "1", AT + timedelta(days=day), reading, (), HERE)


@pytest.mark.parametrize("days", [DAYS[:1], DAYS], ids=["one look", "three looks"])
@pytest.mark.parametrize(("ref", "shown", "replies"), CASES)
def test_what_bears_another_name_never_makes_a_source_gone(ref, shown, replies, days):
    verdict = judge([look(ref, shown, replies, day) for day in days])

    assert verdict.kind is not VerdictKind.GONE, verdict.reason
