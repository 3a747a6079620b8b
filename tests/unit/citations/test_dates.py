from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date

from archiver.citations.dates import date_at

WIDGET_LANGUAGES = (
    "en", "ar", "bn", "cs", "da", "de", "el", "es", "fa", "fi", "fil", "fr", "he", "hi", "hu",
    "id", "it", "ja", "ko", "ms", "nl", "nb", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "ur",
    "vi", "zh_Hans", "zh_Hant",
)  # fmt: skip


@pytest.mark.parametrize("locale", WIDGET_LANGUAGES)
def test_every_month_of_every_widget_language_is_read(locale):
    days = [date(2018, month, day) for month in range(1, 13) for day in (3, 27)]
    printed = [format_date(day, "long", locale) for day in days]

    read = [date_at(f"({text}Next", 1) for text in printed]

    assert [found and found.day for found in read] == days
    assert [found and found.end for found in read] == [1 + len(text) for text in printed]


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("January 8, 2020", date(2020, 1, 8)),
        ("JANUARY 08, 2020", date(2020, 1, 8)),
        ("January 8,2020", date(2020, 1, 8)),
        ("January 8th, 2020", date(2020, 1, 8)),
        ("Jan. 8, 2020", date(2020, 1, 8)),
        ("Sept 8, 2020", date(2020, 9, 8)),
        ("8 January 2020", date(2020, 1, 8)),
        ("January\u00a08,\u00a02020", date(2020, 1, 8)),
        ("6. März 2018", date(2018, 3, 6)),
        ("27 de julio de 2016", date(2016, 7, 27)),
        ("27 de julio del 2016", date(2016, 7, 27)),
        ("16 мая 2018 г.", date(2018, 5, 16)),
        ("16 мая 2018", date(2018, 5, 16)),
        ("2016年6月21日", date(2016, 6, 21)),
        ("8 يناير، 2020", date(2020, 1, 8)),
        ("٨ يناير ٢٠٢٠", date(2020, 1, 8)),
        ("8 ژانویه 2020", date(2020, 1, 8)),
        ("8 มกราคม 2563", date(2020, 1, 8)),
        ("2020-01-08", date(2020, 1, 8)),
        ("৮ জানুয়ারী, ২০২০", date(2020, 1, 8)),
        ("۸ ژانویهٔ ۲۰۲۰", date(2020, 1, 8)),
        ("८ जनवरी २०२०", date(2020, 1, 8)),
        ("8 જાન્યુઆરી, 2020", date(2020, 1, 8)),
        ("ಜನವರಿ 8, 2020", date(2020, 1, 8)),
        ("८ जानेवारी, २०२०", date(2020, 1, 8)),
        ("8 ஜனவரி, 2020", date(2020, 1, 8)),
        ("8 de gener del 2020", date(2020, 1, 8)),
        ("8. јануар 2020", date(2020, 1, 8)),
        ("2020. január 8.", date(2020, 1, 8)),
        ("1er janvier 2018", date(2018, 1, 1)),
        ("1ro de enero de 2020", date(2020, 1, 1)),
        ("1° gennaio 2020", date(2020, 1, 1)),
        ("1º de janeiro de 2020", date(2020, 1, 1)),
        ("8 tháng 1, 2020", date(2020, 1, 8)),
        ("8 Tháng Một, 2020", date(2020, 1, 8)),
        ("8 Tháng Năm, 2020", date(2020, 5, 8)),
        ("8 Tháng Mười Hai, 2020", date(2020, 12, 8)),
        ("Ngày 8 tháng 1 năm 2020", date(2020, 1, 8)),
        ("8 tháng Mười năm 2020", date(2020, 10, 8)),
    ],
)
def test_forms_seen_in_the_wild_are_read_to_their_end(printed, day):
    found = date_at(printed, 0)

    assert found is not None
    assert (found.day, found.end) == (day, len(printed))


def test_the_next_word_may_be_glued_to_the_year():
    found = date_at("June 27, 2017CNN", 0)

    assert found is not None
    assert (found.day, found.end) == (date(2017, 6, 27), 13)


@pytest.mark.parametrize(
    "printed",
    [
        "October 04, 19",
        "December 14, 201",
        "December 14",
        "January 2020",
        "February 30, 2020",
        "January 11, 1999",
        "1/8/2020",
    ],
)
def test_a_date_that_says_no_day_is_found_and_not_guessed(printed):
    found = date_at(printed, 0)

    assert found is not None
    assert (found.day, found.end) == (None, len(printed))


@pytest.mark.parametrize("text", ["", "May be", "on January 8, 2020", "12", "the 8th", "Marchers"])
def test_what_is_no_date_is_none(text):
    assert date_at(text, 0) is None


def test_space_behind_a_date_is_not_part_of_it():
    found = date_at("2020. január 8.\n\nNext", 0)

    assert found is not None
    assert found.end == len("2020. január 8.")
