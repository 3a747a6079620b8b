from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.platforms import _times


@pytest.mark.parametrize(
    ("number", "published"),
    [
        ("6748451240264420610", 1571246252),
        ("6742501081818877190", 1569860870),
        ("6984138651336838402", 1626121503),
        ("7042692929109986561", 1639754738),
    ],
)
def test_a_tiktok_id_holds_a_time_seconds_before_the_published_one(number, published):
    at = _times.in_tiktok_id(number)

    assert at is not None
    assert 0 <= published - at.timestamp() <= 60


@pytest.mark.parametrize("number", ["12345678", "1", "999999999999999999999"])
def test_other_numbers_hold_no_time_of_a_video(number):
    assert _times.in_tiktok_id(number) is None


@pytest.mark.parametrize(
    ("code", "published"),
    [("aye83DjauH", 1371748545), ("Chunk8-jurw", 1661529231), ("DHtWpRvMBiw", 1743091090)],
)
def test_an_instagram_code_holds_a_time_near_the_published_one(code, published):
    at = _times.in_instagram_code(code)

    assert at is not None
    assert abs(published - at.timestamp()) <= 120


@pytest.mark.parametrize("code", ["fBwFP", "aye83Djau", "no code", "", "_" * 12])
def test_old_and_odd_codes_hold_no_time(code):
    assert _times.in_instagram_code(code) is None


def test_a_linkedin_id_holds_the_time_of_its_publishing():
    at = _times.in_linkedin_id("7468765250281046016")

    assert at == datetime(2026, 6, 5, 20, 46, 38, 615000, tzinfo=UTC)


@pytest.mark.parametrize("number", ["12345678", "5000000000", "99999999999999999999"])
def test_old_and_odd_ids_hold_no_time(number):
    assert _times.in_linkedin_id(number) is None
