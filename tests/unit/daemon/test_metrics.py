"""The meter takes what is declared, and every room counts what is declared."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.daemon.measures import ERRANDS, MEASURES, Kind
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.rota import named
from archiver.settings import load
from archiver.wiring import Archive

ROOT = Path(__file__).parents[3]
VERBS = {"count": Kind.COUNTER, "took": Kind.HISTOGRAM, "stands": Kind.GAUGE}


def test_what_is_measured_is_on_the_page_with_the_name_of_the_product():
    meter = PrometheusMeter(is_strict=True)

    meter.count("captures_total", outcome="partial", gate="accepted", reason="none")
    meter.count("guard_bytes_total", 512, direction="in")
    meter.took("capture_seconds", 3, outcome="partial")
    meter.stands("disk_free", 7)

    page = meter.page().decode()
    assert 'archiver_captures_total{gate="accepted",outcome="partial",reason="none"} 1.0' in page
    assert 'archiver_guard_bytes_total{direction="in"} 512.0' in page
    assert 'archiver_capture_seconds_bucket{le="5.0",outcome="partial"} 1.0' in page
    assert "archiver_disk_free 7.0" in page
    assert "_created" not in page


def test_two_meters_know_nothing_of_each_other():
    one, other = PrometheusMeter(), PrometheusMeter()

    one.stands("quarantined", 3)

    assert "archiver_quarantined 0.0" in other.page().decode()


def test_a_label_value_nobody_declared_is_counted_as_other_and_never_shown():
    meter = PrometheusMeter()

    meter.count("observations_total", platform="https://example.org/secret", signal="present")

    page = meter.page().decode()
    assert "secret" not in page
    assert 'archiver_observations_total{platform="other",signal="present"} 1.0' in page


def test_a_name_nobody_declared_counts_nothing():
    meter = PrometheusMeter()

    meter.count("captures", outcome="partial")
    meter.took("captures_total", 1.0)
    meter.stands("queue_depth", 1, lane="light")

    assert b"archiver_captures_total{" not in meter.page()


@pytest.mark.parametrize(
    ("verb", "name", "labels"),
    [
        ("count", "unheard_of_total", {}),
        ("count", "captures_total", {"outcome": "partial"}),
        ("count", "captures_total", {"outcome": "odd", "gate": "accepted", "reason": "none"}),
        ("stands", "captures_total", {"outcome": "partial", "gate": "accepted", "reason": "none"}),
        ("took", "queue_depth", {"lane": "light", "state": "queued"}),
    ],
)
def test_a_strict_meter_refuses_what_is_not_declared(verb, name, labels):
    meter = PrometheusMeter(is_strict=True)

    with pytest.raises(ValueError, match=name):
        getattr(meter, verb)(name, 1, **labels)


def test_names_are_unique_and_say_what_they_count():
    names = [one.name for one in MEASURES]

    assert len(set(names)) == len(names)
    assert all(one.name.endswith("_total") == (one.kind is Kind.COUNTER) for one in MEASURES)
    assert all(one.help.endswith(".") for one in MEASURES)


def calls() -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Every call of a meter in the product: place, verb, name, labels."""
    for path in sorted((ROOT / "archiver").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            first = node.args[0] if node.args else None
            if node.func.attr in VERBS and isinstance(first, ast.Constant):
                name = str(first.value)
                labels = frozenset(one.arg for one in node.keywords if one.arg != "by")
                yield f"{path}:{node.lineno}", node.func.attr, name, frozenset(filter(None, labels))


def test_every_room_counts_only_what_is_declared_with_its_labels():
    declared = {one.name: one for one in MEASURES}

    wrong = [
        (place, name)
        for place, verb, name, labels in calls()
        if isinstance(name, str)
        and "_" in name
        and (
            name not in declared
            or declared[name].kind is not VERBS[verb]
            or labels != frozenset(declared[name].labels)
        )
    ]
    assert wrong == []


def test_everything_that_is_declared_is_measured_by_some_room():
    measured = {name for _, _, name, _ in calls()}

    assert [one.name for one in MEASURES if one.name not in measured] == []


def test_the_errands_of_the_daemon_are_named_in_the_list_of_their_label(tmp_path):
    async def names() -> list[str]:
        async with Archive(settings=load(tmp_path)) as archive:
            return list(named((*archive.errands, *archive.chores)))

    assert set(asyncio.run(names())) <= set(ERRANDS)
