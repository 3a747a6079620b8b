"""Judging reads a line of every look, and whole only those that it compares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from archiver.flow.add import add
from archiver.flow.audit import known
from archiver.flow.outside import Outside
from archiver.flow.pin import pin_citations
from archiver.flow.read import Supplied, find
from archiver.flow.rounds import look_after
from archiver.flow.targets import find_target
from archiver.model.source import Source
from tests.build import days
from tests.flow.world import Web, article, world

pytestmark = pytest.mark.anyio

PAGE = "https://ministry.example/a"
TEXT = "<html><body><main><p>The gates were open at noon, said the ministry.</p>{}</main></body></html>"
LOOKS = 12


@contextmanager
def whole_looks_read() -> Iterator[list[str]]:
    """Collect the statements that read whole looks."""
    read: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if "observations.reading" in statement:
            read.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield read
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def cited_often(outside: Outside, web: Web, clock) -> tuple[Source, list[str]]:
    """Let three articles cite one page, and look at it a dozen times while it changes."""
    articles = []
    for number in range(3):
        web.serve(PAGE, TEXT.format(""))
        text = article(PAGE, title=f"Gates {number}")
        added = await add(find(Supplied(text.encode(), media_type="text/html")), outside)
        articles.append(added.kept.article.id)
    (source,) = (await find_target(articles[0], outside)).sources
    for number in range(LOOKS):
        clock.advance(days(2))
        web.serve(PAGE, TEXT.format(f"<p>Version {number} of it.</p>"))
        await look_after(source, outside)
    return source, articles


async def test_the_citations_of_one_source_share_the_few_looks_that_are_compared(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        source, articles = await cited_often(outside, web, clock)
        target = await find_target(source.ref.name, outside)

        with whole_looks_read() as read:
            audited = (await known(target, outside)).audited

    assert len(audited) == len(articles)
    assert len(read) <= 4  # what was relied on, the newest, two that taught what ticks
    assert all("observations.id =" in statement for statement in read)


async def test_pinning_the_citations_of_a_source_reads_no_look_that_it_does_not_compare(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        source, _ = await cited_often(outside, web, clock)

        with whole_looks_read() as read:
            await pin_citations(source, outside)

    assert len(read) <= 1


async def test_a_look_reads_a_few_earlier_ones_whole_however_many_there_are(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        source, _ = await cited_often(outside, web, clock)
        clock.advance(days(2))

        with whole_looks_read() as read:
            await look_after(source, outside)

    assert len(read) <= 6
    one_each = ("observations.id =", "LIMIT", "NOT (EXISTS")  # the last: looks without a digest
    assert all(any(mark in statement for mark in one_each) for statement in read)
