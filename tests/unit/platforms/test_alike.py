from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms._alike import SAME_PAGE, likeness
from tests.unit.judge.looks import OTHER, STORY

SAMPLES = {
    "en": "The keeper counted the ships that left the harbour before midnight.",
    "de": "Der Wärter zählte die Schiffe, die den Hafen vor Mitternacht verließen.",
    "ar": "أحصى حارس المنارة السفن التي غادرت الميناء قبل منتصف الليل.",
    "ru": "Смотритель сосчитал корабли, покинувшие гавань до полуночи.",
    "zh": "守塔人数了午夜前离开港口的船只,一共十二艘。",
    "ja": "灯台守は真夜中までに港を出た船を数えた。",
    "th": "ผู้ดูแลประภาคารนับเรือที่ออกจากท่าก่อนเที่ยงคืน",
    "hi": "प्रकाशस्तंभ के रखवाले ने आधी रात से पहले निकले जहाज़ गिने।",
}


@pytest.mark.parametrize("language", SAMPLES)
def test_a_text_is_like_itself_in_every_script(language: str) -> None:
    assert likeness(SAMPLES[language], SAMPLES[language]) == pytest.approx(1)


@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_an_added_sentence_leaves_a_text_without_spaces_alike(language: str) -> None:
    text = SAMPLES[language]

    assert likeness(text * 3, text * 3 + text[:6]) > 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("守塔人数了午夜前离开港口的船只。", "我们找不到您要查看的页面,请返回首页。"),
        ("ผู้ดูแลประภาคารนับเรือ", "ไม่พบหน้าที่คุณต้องการ"),
        ("The keeper counted ships.", "We could not find that page."),
    ],
)
def test_two_texts_of_one_language_are_unlike(one: str, other: str) -> None:
    assert likeness(one, other) < 0.5


def test_nothing_is_like_nothing_and_like_nothing_else() -> None:
    assert likeness("", " … ") == 1
    assert likeness("", "words") == 0


@given(st.text(), st.text())
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    found = likeness(one, other)

    assert 0 <= found <= 1 + 1e-9
    assert found == pytest.approx(likeness(other, one))


def test_an_edit_leaves_a_text_alike_and_another_text_is_unlike():
    assert likeness(STORY, STORY.replace("twelve", "twenty-one")) > 0.9
    assert likeness(STORY, OTHER) < SAME_PAGE / 2
    assert (likeness("", ""), likeness("", "a"), likeness("a", "")) == (1.0, 0.0, 0.0)
