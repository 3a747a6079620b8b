"""A repair is written beside what is there: the patched page, or the fragments alone."""

from __future__ import annotations

import pytest

from archiver.cli.repairs.written import repairs_of, write
from archiver.cli.reports.wired import full_report
from archiver.flow.add import add
from archiver.flow.audit import known
from archiver.flow.read import Supplied, fetch, find
from archiver.flow.targets import find_target
from tests.flow.world import article, world

pytestmark = pytest.mark.anyio

URL = "https://news.example/gates"
PAGE = "https://ministry.example/a"


async def test_a_page_that_a_look_kept_is_patched_with_the_fragments_beside_it(tmp_path):
    async with world(tmp_path / "home") as (archive, outside, web, _):
        web.serve(PAGE, "<html><body><p>Some words of the ministry.</p></body></html>")
        web.serve(URL, article(PAGE))
        added = await add(find(await fetch(URL, web)), outside)
        target = await find_target(added.kept.article.id, outside)
        report = await full_report(await known(target, outside), archive)

        repairs = await repairs_of(report, archive, None)
        written = write(repairs, tmp_path / "mended.html")

    assert [path.name for path in written] == ["mended.html", "mended.fragments.html"]
    mended, fragments = (path.read_text(encoding="utf-8") for path in written)
    assert "said witness 0 of it" in mended
    assert 'id="' not in mended
    assert "said witness 0 of it" in fragments
    assert any("0 cards and 0 robust links now" in note for note in repairs.notes)


async def test_of_a_supplied_text_there_are_fragments_alone(tmp_path):
    text = f"A claim.\n\nThe ministry said so: {PAGE}\n"
    async with world(tmp_path / "home") as (archive, outside, _web, _):
        found = find(Supplied(text.encode(), media_type="text/plain"))
        added = await add(found, outside, later=True)
        target = await find_target(added.kept.article.id, outside)
        report = await full_report(await known(target, outside), archive)

        repairs = await repairs_of(report, archive, None)
        written = write(repairs, tmp_path / "mended.html")

    assert repairs.patched is None
    assert [path.name for path in written] == ["mended.html"]
    assert f'data-originalurl="{PAGE}"' in written[0].read_text(encoding="utf-8")
    assert "fragments alone" in repairs.notes[0]


async def test_a_citation_without_a_source_is_told(tmp_path):
    text = "A claim.\n\nNobody saw it coming. — Ana Ruiz (@ana_tides) March 3, 2021\n"
    async with world(tmp_path / "home") as (archive, outside, _web, _):
        added = await add(find(Supplied(text.encode())), outside, later=True)
        target = await find_target(added.kept.article.id, outside)
        report = await full_report(await known(target, outside), archive)

        repairs = await repairs_of(report, archive, None)

    assert any("source is not known: 1 citation" in note for note in repairs.notes)
