from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms._unwrap import MAX_LAYERS, archived, original, unwrapped
from tests.cases.unwrap import COPIES, LEFT_ALONE, NO_COPIES, WRAPPED

PAGE = "https://news.example/a?b=c"


def told(digits: str) -> datetime:
    at = datetime.strptime(digits[:14].ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return at.replace(microsecond=int(digits[14:] or 0))


@pytest.mark.parametrize(
    ("address", "archive", "url", "at"), COPIES, ids=[address for address, *_ in COPIES]
)
def test_the_original_and_the_copy_are_read_from_an_archives_address(address, archive, url, at):
    found = archived(address)

    assert found is not None
    assert (found[0], found[1].archive) == (url, archive)
    assert found[1].at == (told(at) if at else None)


@pytest.mark.parametrize("address", NO_COPIES)
def test_what_spells_out_no_original_is_no_copy(address):
    assert archived(address) is None


@pytest.mark.parametrize(("address", "url"), WRAPPED, ids=[address for address, _ in WRAPPED])
def test_a_wrapper_is_taken_away(address, url):
    assert unwrapped(address) == url


@pytest.mark.parametrize("address", LEFT_ALONE)
def test_what_only_looks_like_a_wrapper_is_left_alone(address):
    assert unwrapped(address) == address


def test_the_copy_shown_to_readers_is_the_outermost_and_the_original_is_bare():
    inner = f"https://archive.ph/20200108/{PAGE}"

    found = archived(
        f"https://www.google.com/url?q=https://web.archive.org/web/20210203040506/{inner}"
    )

    assert found is not None
    assert found[0] == PAGE
    assert found[1].url == f"https://web.archive.org/web/20210203040506/{inner}"
    assert found[1].archive == "wayback"


def test_a_wrapped_address_inside_an_archive_is_bare_too():
    assert original(f"https://web.archive.org/web/2020/https://href.li/?{PAGE}") == PAGE


@pytest.mark.parametrize(("layers", "is_bare"), [(MAX_LAYERS, True), (MAX_LAYERS + 1, False)])
def test_what_is_wrapped_too_deep_stays_as_it_is(layers, is_bare):
    address = PAGE
    for _ in range(layers):
        address = f"https://href.li/?{address}"

    assert original(address) == (PAGE if is_bare else address)
    assert unwrapped(address) == (PAGE if is_bare else address)


@given(st.text(max_size=60), st.sampled_from([address for address, *_ in [*COPIES, *WRAPPED]]))
def test_no_address_stops_the_reading(text, address):
    for spoilt in (text, address + text, address.replace("/", text, 1), address[: len(text) * 2]):
        archived(spoilt)
        unwrapped(spoilt)
