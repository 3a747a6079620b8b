from __future__ import annotations

import pytest

from archiver.platforms._x_token import base36, syndication_token


@pytest.mark.parametrize(
    ("status_id", "token"),
    [
        ("20", "6dq1a2xwd93"),
        ("24", "7no1jaqa1hq"),
        ("861627479294746624", "236vrsocvda"),
        ("1215034388034465794", "2y155gtbob6"),
        ("1349129669258448897", "39qeyy97t9x"),
        ("1629307668568633344", "3y6mctgwzxo"),
        ("1757108153408278773", "49c49i2agu"),
        ("210462857140252672", "id6sdq7lat"),
        ("2080330036607893817", "51jjs89uof3"),
    ],
)
def test_the_token_of_an_id_is_the_one_that_browsers_send(status_id, token):
    assert syndication_token(status_id) == token


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (35.0, "z"),
        (36.0, "10"),
        (1e15, "9ugxnorjls"),
        (0.5, "0.i"),
        (35.99999999999999, "z.zzzzzzzzz"),
        (0.9999999999999999, "0.zzzzzzzzzza"),
        (4503599627370495.5, "18ce53un18f.i"),
    ],
)
def test_numbers_are_written_in_base_36_as_javascript_writes_them(value, text):
    assert base36(value) == text
