from __future__ import annotations

import pytest

from archiver.capture.settle import Quiet


def quiet() -> Quiet:
    return Quiet(window_s=0.75, since=100.0)


def test_a_page_that_asks_for_nothing_is_at_rest_after_the_window():
    assert quiet().remaining_s(100.5) == pytest.approx(0.25)
    assert quiet().remaining_s(100.75) == 0


def test_a_request_under_way_keeps_the_page_busy():
    page = quiet()
    page.begin("1", "image", 100.5)

    assert page.remaining_s(102.0) > 0


def test_the_window_starts_anew_when_the_last_request_ends():
    page = quiet()
    page.begin("1", "image", 100.0)
    page.begin("2", "script", 100.1)
    page.end("1", 100.2)
    page.end("2", 101.0)

    assert page.remaining_s(101.5) == pytest.approx(0.25)


@pytest.mark.parametrize("kind", ["websocket", "eventsource", "ping", "media"])
def test_what_never_ends_is_not_waited_for(kind):
    page = quiet()
    page.begin("1", kind, 100.9)

    assert page.remaining_s(101.0) == 0


def test_a_long_poll_is_waited_for_only_so_long():
    page = quiet()
    page.begin("1", "xhr", 100.0)

    assert page.remaining_s(104.0) == pytest.approx(6.0)
    assert page.remaining_s(110.0) == 0


def test_a_body_without_announced_end_is_given_up_sooner():
    page = quiet()
    page.begin("1", "xhr", 100.0)
    page.expect_no_end("1")

    assert page.remaining_s(101.0) == pytest.approx(2.0)
    assert page.remaining_s(103.0) == 0


def test_the_end_of_something_never_begun_changes_nothing():
    page = quiet()
    page.end("unknown", 105.0)

    assert page.remaining_s(101.0) == 0


def test_a_stir_starts_the_window_anew():
    page = quiet()
    page.stir(101.0)

    assert page.remaining_s(101.25) == pytest.approx(0.5)


def test_a_new_document_does_not_wait_for_the_one_before_it():
    quiet = Quiet(0.75, 0.0)
    quiet.begin("old", "document", 1.0)

    quiet.restart(2.0)

    assert quiet.remaining_s(2.75) == 0.0
