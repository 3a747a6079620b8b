"""``archiver judge`` as a user runs it: two files, many cases, and what is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.world import Ran, archiver, environment
from tests.unit.judge.saved_pages import NOT_FOUND, STORY, URL, page

pytestmark = pytest.mark.anyio


async def judged(folder: Path, then: str | None, now: str, *options: str) -> Ran:
    (folder / "now.html").write_text(now, encoding="utf-8")
    baseline = "-"
    if then is not None:
        (folder / "then.html").write_text(then, encoding="utf-8")
        baseline = str(folder / "then.html")
    arguments = ("judge", baseline, str(folder / "now.html"), *options, "--json")
    return await archiver(*arguments, env=environment(folder / "home"))


def told(ran: Ran) -> tuple[str, str, str | None]:
    document = ran.document
    return document["finding"], document["verdict"], document["blocked_by"]


async def test_the_same_page_is_intact_and_nothing_is_stored(tmp_path):
    ran = await judged(tmp_path, page(), page())

    assert told(ran) == ("intact", "present", None)
    assert ran.document["content"] == {"level": "same", "cosine": 1.0, "containment": 1.0}
    assert ran.document["quote"]["outcome"] == "undetermined"
    assert ran.code == 0
    assert not (tmp_path / "home").exists()


async def test_one_number_changed_in_the_quoted_sentence_is_seen(tmp_path):
    quote = "twelve ships had left the basin before the gates were closed"

    ran = await judged(tmp_path, page(), page(STORY.replace("twelve", "two")), "--quote", quote)

    assert told(ran) == ("changed", "present", None)
    assert ran.document["quote"]["outcome"] == "altered"
    assert ran.document["quote"]["material"] is True
    assert ran.document["quote"]["similarity"] > 0.8
    assert "[-twelve-]{+two+}" in ran.document["quote"]["diff"]
    assert ran.code == 1


@pytest.mark.parametrize("then", [page(), None], ids=["baseline", "no baseline"])
async def test_a_soft_404_is_suspect_by_its_rule_at_one_look(tmp_path, then):
    ran = await judged(tmp_path, then, NOT_FOUND)

    assert told(ran) == ("suspect", "suspect", None)
    assert ran.document["rule"] == "soft_404"
    assert ran.document["content"]["level"] == "incomparable"
    assert ran.code == 3


# --- many ---------------------------------------------------------------------------------------


async def batch(folder: Path, cases: Sequence[Any]) -> tuple[Ran, list[dict[str, Any]]]:
    lines = [case if isinstance(case, str) else json.dumps(case) for case in cases]
    (folder / "cases.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = await archiver(
        "judge", "--batch", str(folder / "cases.jsonl"), env=environment(folder / "home")
    )
    return ran, [json.loads(line) for line in ran.out.splitlines()]


async def test_a_batch_gives_one_result_a_line_in_its_order(tmp_path):
    (tmp_path / "then.html").write_text(page(), encoding="utf-8")
    (tmp_path / "now.html").write_text(page(), encoding="utf-8")
    (tmp_path / "lost.html").write_text(NOT_FOUND, encoding="utf-8")
    same = {"baseline": "then.html", "now": "now.html"}
    cases = [
        {"id": 1, **same},
        {"id": "two", "baseline": "then.html", "now": "lost.html"},
        {"id": 3, "baseline": None, "now": "now.html"},
        {"id": 4, "baseline": "-", "now": "now.html", "quote": "twelve ships had left the basin"},
        {"id": 5, **same, "headers": {"cf-mitigated": "challenge"}, "status": 403},
        {"id": 6, **same, "header": ["cf-mitigated: challenge"], "url": URL, "final_url": URL},
    ]

    ran, results = await batch(tmp_path, cases)

    assert [result["id"] for result in results] == [1, "two", 3, 4, 5, 6]
    assert [result["finding"] for result in results] == [
        "intact", "suspect", "unknown", "intact", "unknown", "unknown",
    ]  # fmt: skip
    assert results[4]["blocked_by"] == results[5]["blocked_by"] == "challenge"
    assert ran.code == 3


async def test_many_cases_come_out_in_their_order(tmp_path):
    (tmp_path / "then.html").write_text(page(), encoding="utf-8")
    (tmp_path / "lost.html").write_text(NOT_FOUND, encoding="utf-8")
    names = ["then.html", "lost.html"]
    cases = [{"id": n, "baseline": "then.html", "now": names[n % 2]} for n in range(40)]

    _, results = await batch(tmp_path, cases)

    assert [one["id"] for one in results] == list(range(40))
    assert {one["finding"] for one in results[::2]} == {"intact"}
    assert {one["finding"] for one in results[1::2]} == {"suspect"}


async def test_a_bad_line_is_named_and_stops_no_other(tmp_path):
    (tmp_path / "now.html").write_text(page(), encoding="utf-8")
    good = {"id": "good", "baseline": "now.html", "now": "now.html"}
    cases = [
        "{not json",
        {"id": "a", "now": "missing.html"},
        {"id": "b", "now": "now.html", "status": "many"},
        {"id": "c", "now": "now.html", "quotes": "red"},
        "[1, 2]",
        {"id": "d"},
        {"id": "e", "now": "now.html", "header": ["no colon"]},
        {"id": "f", "now": "now.html", "url": "ftp://a"},
        good,
    ]

    ran, results = await batch(tmp_path, cases)

    assert ran.code == 2
    assert [result.get("error", "")[:7] for result in results[:-1]] == [
        f"line {number}:" for number in range(1, 9)
    ]
    assert results[-1]["finding"] == "intact"
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("judge",),
        ("judge", "only-one.html"),
        ("judge", "a.html", "b.html", "--again"),
        ("judge", "--batch", "missing.jsonl"),
        ("judge", "missing.html", "missing.html"),
        ("judge", "-", "missing.html", "--status", "many"),
        ("judge", "--explain", "web:https://nobody.example/"),
    ],
)
async def test_a_mistake_is_one_line_and_exit_code_2(tmp_path, arguments):
    ran = await archiver(*arguments, env=environment(tmp_path / "home"))

    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1
    assert "Traceback" not in ran.err


async def test_a_batch_takes_cases_with_notes_of_whoever_made_them(tmp_path):
    (tmp_path / "now.html").write_text(NOT_FOUND, encoding="utf-8")
    cases = [
        {"id": 1, "now": "now.html", "label": "gone", "lang": "en", "status": "404"},
        {"id": 2, "now": "now.html", "stauts": 404},
        {"id": 3, "now": "now.html", "url": URL, "final_url": "http://[bad"},
    ]
    _, (one, two, three) = await batch(tmp_path, cases)

    assert one["rule"] == "not_found_once"
    assert "stauts" in two["error"]
    assert "not an address" in three["error"]


async def test_a_saved_page_is_one_by_its_name_whatever_it_begins_with(tmp_path):
    for beginning in ("\ufeff", "<h2>404</h2>"):
        ran = await judged(tmp_path, page(), beginning + NOT_FOUND)

        assert ran.document["rule"] == "soft_404", beginning
