"""The whole loop in a real browser: what is found is what the miniature web did."""

from __future__ import annotations

import pytest

from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.script import Part
from archiver.demo.story import START, tell_on
from archiver.model.verdict import Content, FindingKind, VerdictKind

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

EXPECTED = {
    Part.INTACT: FindingKind.INTACT,
    Part.CAME_BACK: FindingKind.INTACT,
    Part.DELETED: FindingKind.GONE,
    Part.SUSPENDED: FindingKind.GONE,
    Part.PROTECTED: FindingKind.RESTRICTED,
    Part.EDITED: FindingKind.CHANGED,
    Part.MOVED: FindingKind.INTACT,
    Part.ALTERED: FindingKind.CHANGED,
    Part.NOT_FOUND: FindingKind.GONE,
    Part.WALLED: FindingKind.UNKNOWN,
}


@pytest.mark.parametrize("seed", [1, 7])
async def test_every_part_is_found_as_it_was_played(tmp_path, seed):
    clock = MovableClock(START)

    async with MiniWeb(seed, clock) as web:
        told = await tell_on(web, clock, tmp_path, lambda _line: None)
        parts = web.script.parts

    found = {one.source.ref.name: one.finding for one in told.audit.audited if one.source}
    played = {name: part for name, part in parts.items() if name in found}
    assert {name: finding.kind for name, finding in found.items()} == {
        name: EXPECTED[parts.get(name, Part.INTACT)] for name in found
    }
    assert set(played.values()) == set(EXPECTED)
    by_part = {part: found[name] for name, part in played.items()}
    moved = by_part[Part.MOVED].verdict
    assert moved is not None
    assert moved.kind is VerdictKind.MOVED
    assert by_part[Part.ALTERED].content is Content.MAJOR
    assert by_part[Part.EDITED].content is Content.EDITED
    assert not told.audit.failed
