from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.citations.plain import plain_text, visible

_MARKED = st.text(alphabet="ab \n\u200e\u202b\u2066\u2069\ufeff")


@settings(deadline=None)
@given(_MARKED)
def test_every_character_of_the_plain_text_is_found_again(text):
    plain = plain_text(text)

    assert [text[plain.start(n)] for n in range(len(plain.text))] == list(plain.text)


@settings(deadline=None)
@given(_MARKED, st.integers(0, 20), st.integers(1, 20))
def test_a_stretch_leads_back_to_one_that_begins_and_ends_without_marks(text, start, length):
    plain = plain_text(text)
    stretch = plain.text[start : start + length]
    if not stretch:
        return

    original = text[plain.start(start) : plain.end(start + len(stretch))]

    assert plain_text(original).text == stretch
    assert (original[0], original[-1]) == (stretch[0], stretch[-1])


def test_joiners_of_emoji_and_persian_stay():
    assert visible(" \u2066👩\u200d🚀  می\u200cرود\u2069 ") == "👩\u200d🚀 می\u200cرود"
