"""Add, capture, audit, accept, report: as a user, in a real browser, on the miniature web."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.story import START
from tests.acceptance.world import archiver, environment

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

CAPTURE_KEYS = {
    "capture", "source", "url", "final_url", "outcome", "gate", "reason", "withdrawn",
    "http_status", "warc",
    "screenshot", "cleaned", "text", "media", "records", "bytes", "started_at", "finished_at",
}  # fmt: skip
LOOKED_AT = ("captures", "not_captured", "failed")  # each source that was, in one of them
FINDING_KEYS = {
    "citation", "source", "url", "finding", "verdict", "rule", "reason", "since", "as_cited",
    "latest", "content", "quote", "diff", "headline", "bracket", "blocked_by", "cosine",
    "containment", "similarity", "material", "quote_diff", "changes", "moved", "links", "headers",
    "evidence", "words_at",
}  # fmt: skip


async def test_one_capture_leaves_warc_screenshot_and_text(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        ran = await archiver("capture", web.article_url, "--json", env=environment(tmp_path, web))

    assert ran.code == 0, ran.err
    (captured,) = ran.document["captures"]
    assert set(captured) == CAPTURE_KEYS
    assert (captured["outcome"], captured["gate"], captured["http_status"]) == (
        "complete",
        "accepted",
        200,
    )
    warc = Path(captured["warc"])
    assert warc.is_absolute()
    assert Path(captured["screenshot"]).read_bytes().startswith(b"\x89PNG")
    assert len(Path(captured["text"]).read_text(encoding="utf-8")) > 200
    with warc.open("rb") as stream:
        assert all(
            record.verify_block_digest() for record in ArchiveIterator(stream, parse_http=False)
        )
    with warc.open("rb") as stream:
        records = [record.rec_type for record in WarcioIterator(stream, check_digests="raise")]
    manifest = json.loads((warc.parent / "manifest.json").read_text(encoding="utf-8"))
    told = manifest["provenance"]
    assert told["door"]["host_map"]
    assert told["door"]["allow"]
    assert told["client"]["extra_ca_sha256"] == told["policy"]["extra_ca"]
    assert told["client"]["robots"] == "ignore"
    assert records[0] == "warcinfo"
    assert len(records) >= captured["records"] > 3


async def test_an_article_is_followed_audited_accepted_and_reported(tmp_path):
    async with MiniWeb(3, MovableClock(START)) as web:
        env = environment(tmp_path, web)
        added = await archiver("add", web.article_url, "--json", env=env)
        article = added.document["article"]
        again = await archiver("add", web.article_url, "--json", env=env)
        audit = await archiver("audit", article, "--recent", "1h", "--json", env=env)
        cited = next(one for one in audit.document["findings"] if one["finding"] == "intact")
        accepted = await archiver("accept", cited["citation"], "--note", "seen", "--json", env=env)
        shown = await archiver("show", cited["citation"], "--json", env=env)
        paused = await archiver("pause", article, "--json", env=env)
        page = await archiver("report", article, env=env)
        sheet = await archiver("report", article, "--format", "csv", env=env)
        document = await archiver("report", article, "--format", "json", env=env)
        cases = await archiver("report", article, "--format", "junit", env=env)
        gate = await archiver("report", article, "--format", "sarif", "--exit-code", env=env)
        mended = await archiver(
            "report", article, "--repair", "--copies", "https://archive.example/", env=env
        )
        details = await archiver("audit", cited["citation"], "--recent", "1h", env=env)
        status = await archiver("status", "--json", env=env)
        removed = await archiver("remove", article, "--json", env=env)

    assert added.code in {0, 3}, added.err
    assert again.document["article"] == article
    assert again.document["new_version"] is False
    first, second = (
        sorted(c["source"] for key in LOOKED_AT for c in of.document[key]) for of in (added, again)
    )
    assert first == second
    assert again.document["not_captured"]
    assert [c["citation"] for c in again.document["citations"]] == [
        c["citation"] for c in added.document["citations"]
    ]
    assert all(set(one) == FINDING_KEYS for one in audit.document["findings"])
    assert sum(audit.document["summary"].values()) == len(audit.document["findings"])
    assert accepted.code == 0, accepted.err
    (citation,) = shown.document["citations"]
    assert [pin["by"] == "archiver" for pin in citation["as_cited"]] == [True, False]
    assert citation["as_cited"][1]["note"] == "seen"
    assert len(paused.document["paused"]) == status.document["paused"]
    assert "<script" not in page.out
    assert page.out.count("<article ") == len(audit.document["findings"])
    rows = list(csv.DictReader(io.StringIO(sheet.out)))
    assert len(rows) == len(audit.document["findings"])
    assert json.loads(document.out)["findings"]
    assert cases.out.count("<testcase ") == len(audit.document["findings"])
    assert gate.code == audit.code
    assert len(json.loads(gate.out)["runs"][0]["results"]) == sum(
        one["finding"] != "intact" for one in audit.document["findings"]
    )
    assert 'data-versionurl="https://archive.example/captures/' in mended.out
    assert "robust links now" in mended.err
    (now,) = [line for line in details.out.splitlines() if line.startswith("  now")]
    assert now
    warcs = [
        file["sha256"] for file in cited["evidence"]["now"]["artifacts"] if file["kind"] == "warc"
    ]
    assert warcs
    assert warcs[0] in details.out
    assert removed.document["removed"] == article


async def test_a_person_can_name_a_source(tmp_path):
    text = "A claim.\n\nNobody saw it coming. — Ana Ruiz (@ana_tides) March 3, 2021\n"
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web)
        added = await archiver("add", "-", "--json", env=env, given=text.encode())
        (citation,) = added.document["citations"]
        before = await archiver("audit", added.document["article"], "--json", env=env)
        page = next(name for name in web.script.parts if name.startswith("web:"))
        address = page.removeprefix("web:")
        named = await archiver("resolve", citation["citation"], address, "--json", env=env)
        after = await archiver("audit", added.document["article"], "--json", env=env)

    assert citation["resolution"] == "unresolved"
    assert (before.code, before.document["findings"][0]["finding"]) == (3, "unknown")
    assert named.document["citation"]["source"] == page
    assert after.document["findings"][0]["source"] == page
    assert after.document["findings"][0]["as_cited"]["kind"] == "own_capture"


async def test_a_page_that_cannot_be_reached_is_a_failed_capture_and_exit_code_4(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web)
        ran = await archiver("capture", "https://nowhere.example/", "--json", env=env)

    assert ran.code == 4
    (captured,) = ran.document["captures"]
    assert (captured["outcome"], captured["warc"]) == ("failed", None)
    assert captured["reason"]
