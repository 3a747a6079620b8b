from __future__ import annotations

import pytest

from archiver.model.inquiry import Ask
from archiver.store.store import SqlStore
from tests.build import NOW, days, kept_answer

pytestmark = pytest.mark.anyio

HOST = "news.example"


async def test_nothing_is_known_of_a_directory_at_first(store: SqlStore) -> None:
    assert await store.siblings.newest(HOST, "/2020/") is None


async def test_the_answer_last_kept_counts(store: SqlStore) -> None:
    await store.siblings.keep(HOST, "/2020/", kept_answer(ask=Ask.SIBLING))
    later = kept_answer(NOW + days(40), ask=Ask.SIBLING, status=404, body_sha256=None)

    await store.siblings.keep(HOST, "/2020/", later)

    assert await store.siblings.newest(HOST, "/2020/") == later


async def test_each_directory_of_each_host_has_its_own(store: SqlStore) -> None:
    long = "/" + "مراقب/" * 4000
    places = [(HOST, "/"), (HOST, "/2020/"), ("other.example", "/2020/"), (HOST, long)]
    answers = [kept_answer(NOW + days(n), ask=Ask.SIBLING) for n in range(len(places))]
    for (host, directory), answer in zip(places, answers, strict=True):
        await store.siblings.keep(host, directory, answer)

    assert [await store.siblings.newest(*place) for place in places] == answers
