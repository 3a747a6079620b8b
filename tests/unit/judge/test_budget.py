from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.judge.budget import Budget, lean, pulled_forward, within_budget
from tests.build import NOW, days

MINUTE = timedelta(minutes=1)
MOMENTS = st.integers(0, 4000).map(lambda minutes: NOW + minutes * MINUTE)
BUSY = st.lists(MOMENTS, max_size=25)
BUDGETS = st.builds(
    Budget, st.integers(1, 6), st.sampled_from([timedelta(0), MINUTE, 90 * MINUTE, 3 * days(1)])
)


def keeps(at: datetime, busy: list[datetime], budget: Budget) -> bool:
    """Tell by counting whether one more look at a moment keeps the budget."""
    if any(abs(at - other) < budget.spacing for other in busy):
        return False
    starts = [other for other in [*busy, at] if other <= at < other + days(1)]
    return all(
        sum(start <= other < start + days(1) for other in busy) < budget.per_day for start in starts
    )


@given(MOMENTS, BUSY, BUDGETS)
def test_a_look_is_put_where_it_keeps_the_budget_and_never_sooner_than_due(due, busy, budget):
    at = within_budget(due, busy, budget)

    assert at >= due
    assert keeps(at, busy, budget)


@settings(max_examples=60)
@given(MOMENTS, BUSY, BUDGETS)
def test_no_earlier_minute_keeps_the_budget(due, busy, budget):
    at = within_budget(due, busy, budget)

    minutes = int((at - due) / MINUTE)
    assert not any(keeps(due + minute * MINUTE, busy, budget) for minute in range(minutes))


def test_a_free_host_is_looked_at_when_due():
    assert within_budget(NOW, []) == NOW


def test_looks_planned_one_after_another_keep_the_budget_among_themselves():
    budget = Budget(per_day=10, spacing=5 * MINUTE)
    planned: list[datetime] = []
    for _ in range(35):
        planned.append(within_budget(NOW, planned, budget))

    assert planned[9] == NOW + 45 * MINUTE
    assert planned[10] == NOW + days(1)
    assert planned[-1] == NOW + days(3) + 20 * MINUTE


def test_the_other_sources_of_an_account_are_looked_at_one_by_one():
    due = [pulled_forward(NOW, index) for index in range(3)]

    assert due == [NOW + 1 * MINUTE, NOW + 2 * MINUTE, NOW + 3 * MINUTE]


@given(st.text())
def test_every_name_has_a_lean_of_its_own_that_never_changes(name):
    assert -1 <= lean(name) <= 1
    assert lean(name) == lean(name)


def test_leans_are_spread_evenly():
    leans = sorted(lean(f"source {number}") for number in range(2000))

    assert all(abs(found - (number / 1000 - 1)) < 0.06 for number, found in enumerate(leans))
