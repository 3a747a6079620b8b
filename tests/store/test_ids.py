from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from archiver.store.ids import _ForwardClock, new_id


def test_identifiers_sort_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {len(one) for one in made} == {26}


def test_identifiers_of_many_threads_are_all_different() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: new_id(), range(20_000)))

    assert len(set(made)) == len(made)


def test_a_clock_that_is_set_back_does_not_take_identifiers_back() -> None:
    times = iter([5_000_000, 3_000_000, 6_000_000])
    clock = _ForwardClock(lambda: next(times))

    assert [clock(), clock(), clock()] == [5, 5, 6]
