"""What the long proofs call well: a proof that can only succeed proves nothing."""

from __future__ import annotations

import pytest

from tests.proof.faults import Faulted
from tests.proof.kills import Counted
from tests.proof.pauses import Paused

ALONE = {"daemon": 3, "driver": 2, "browser": 1}
ALL = ALONE | {"worker": 1, "database": 1}


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
    counted = Counted(database, 1, kills=kills, while_working=sum(kills.values()))

    assert counted.is_well is is_well


def test_kills_of_an_idle_system_prove_nothing() -> None:
    assert not Counted("sqlite", 1, kills=ALONE, while_working=5).is_well


def test_what_is_wrong_in_two_directions_does_not_cancel_out() -> None:
    counted = Counted(
        "sqlite", 1, kills=ALONE, while_working=6, damaged=1, slots_looked_at_twice=-1
    )

    assert not counted.is_well


@pytest.mark.parametrize(
    "wrong", [{}, {"acknowledged_lost": 1}, {"damaged": 9, "exit_code": -9}, {"captured": 3}]
)
def test_a_fault_ends_well_when_nothing_is_wrong(wrong: dict[str, int]) -> None:
    faulted = Faulted("full", "", is_told=True, is_over=True, captured=4, of=4, exit_code=0)
    for name, number in wrong.items():
        setattr(faulted, name, number)

    assert faulted.is_well is (not wrong)


@pytest.mark.parametrize(
    ("held", "taken_over", "is_well"), [(9, 9, True), (9, 8, False), (0, 0, False)]
)
def test_pauses_prove_something_when_all_that_was_held_is_taken_over(
    held: int, taken_over: int, *, is_well: bool
) -> None:
    paused = Paused(
        "sqlite", 2, pauses=2, jobs_held_when_paused=held, taken_over=taken_over, exit_codes=[0, 0]
    )

    assert paused.is_well is is_well
