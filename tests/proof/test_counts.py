"""What the long proofs call well: a proof that can only succeed proves nothing."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from archiver.store.store import SqlStore
from tests import build
from tests.proof.faults import APART, Faulted, by_clock
from tests.proof.kills import Counted, Proof
from tests.proof.pauses import Paused
from tests.proof.stops import Stopped

T = TypeVar("T")
ALONE = {"daemon": 3, "driver": 2, "browser": 1}
ALL = ALONE | {"worker": 1, "database": 1}


def killed(database: str = "sqlite", kills: dict[str, int] = ALONE, **other: int) -> Counted:
    """Return what was counted, well but for what ``other`` says."""
    counted = Counted(database, 1, kills=kills, acknowledged=9, sites_in_turn=9)
    counted.while_working = sum(kills.values())
    return changed(counted, other)


def faulted(fault: str, **other: int) -> Faulted:
    """Return what came of a fault, well but for what ``other`` says."""
    made = Faulted(fault, "", is_told=True, is_over=True, captured=4, of=4, exit_code=0)
    return changed(made, {"acknowledged": 4, "sites_in_turn": 4} | other)


def changed(counted: T, other: dict[str, int]) -> T:
    for name, number in other.items():
        assert hasattr(counted, name)
        setattr(counted, name, number)
    return counted


@pytest.mark.parametrize(
    ("database", "kills", "is_well"),
    [
        ("sqlite", ALONE, True),
        ("sqlite", {"driver": 500}, False),
        ("postgresql", ALL, True),
        ("postgresql", ALONE, False),
        ("postgresql", {}, False),
    ],
)
def test_kills_prove_something_when_each_kind_occurred(
    database: str, kills: dict[str, int], *, is_well: bool
) -> None:
    assert killed(database, kills).is_well is is_well


@pytest.mark.parametrize(
    "nothing",
    [
        pytest.param({"while_working": 5}, id="of an idle system"),
        pytest.param({"acknowledged": 0}, id="when no capture was told of"),
        pytest.param({"sites_in_turn": 0}, id="when every site was the operator's own"),
    ],
)
def test_kills_prove_nothing(nothing: dict[str, int]) -> None:
    assert not changed(killed(), nothing).is_well


def test_what_is_wrong_in_two_directions_does_not_cancel_out() -> None:
    assert not killed(damaged=1, slots_looked_at_twice=-1).is_well


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"acknowledged_lost": 1},
        {"damaged": 9, "exit_code": -9},
        {"captured": 3},
        {"acknowledged": 0},
        {"sites_in_turn": 0},
        {"late_by_clock": 1},
    ],
)
def test_a_fault_ends_well_when_nothing_is_wrong(wrong: dict[str, int]) -> None:
    assert faulted("full", **wrong).is_well is (not wrong)


@pytest.mark.parametrize("ahead", [0, 5])
def test_a_clock_that_moved_proves_something_when_there_were_looks_by_it(ahead: int) -> None:
    assert faulted("clock", looked_at_ahead=ahead).is_well is (ahead > 0)


def test_by_a_clock_that_a_server_contradicts_there_need_be_no_looks() -> None:
    assert replace(faulted("clock"), condition=APART).is_well


@pytest.mark.anyio
async def test_what_waits_for_a_day_that_only_a_wrong_clock_showed_is_counted(
    tmp_path: Path,
) -> None:
    now, day = datetime.now(UTC), timedelta(days=1)
    store = await SqlStore.open(tmp_path)
    for number, due in enumerate((now, now + 2 * day)):
        ref = build.page(f"https://site{number}.example/")
        source = await store.sources.register(ref, None, now)
        claim = await store.claims.claim(source.id, "worker", timedelta(minutes=1))
        assert claim is not None
        ahead = build.observation(source.id, at=now + day)
        await store.looks.keep(claim, ahead, build.verdict(), [], due)
    put_off = await store.database.read(by_clock)
    await store.turns.hold("site1.example", day)
    held_up = await store.database.read(by_clock)
    await store.close()

    assert (put_off, held_up) == ((2, 1), (2, 2))


@pytest.mark.anyio
async def test_a_capture_that_no_look_is_due_for_is_missing_and_not_waited_for(
    tmp_path: Path,
) -> None:
    store = await SqlStore.open(tmp_path)
    await store.sources.register(build.ref(), None, datetime.now(UTC) + timedelta(hours=5))
    await store.close()
    proof = Proof(Namespace(database="sqlite", seed=1), tmp_path)

    await asyncio.wait_for(proof._settle(), 60)
    await proof._count()

    assert proof._counted.sources_without_capture == 1


@pytest.mark.parametrize("looks", [0, 5])
def test_stops_prove_something_when_there_was_work_to_stop(looks: int) -> None:
    assert Stopped("sqlite", 1, exit_codes={0: 1}, looks=looks).is_well is (looks > 0)


@pytest.mark.parametrize(
    ("held", "taken_over", "in_turn", "is_well"),
    [(9, 9, 9, True), (9, 8, 9, False), (0, 0, 9, False), (9, 9, 0, False)],
)
def test_pauses_prove_something_when_all_that_was_held_is_taken_over(
    held: int, taken_over: int, in_turn: int, *, is_well: bool
) -> None:
    paused = Paused(
        "sqlite", 2, pauses=2, jobs_held_when_paused=held, taken_over=taken_over,
        sites_in_turn=in_turn, exit_codes=[0, 0],
    )  # fmt: skip

    assert paused.is_well is is_well
