from __future__ import annotations

import random
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.citations.extraction import extract
from archiver.citations.flattened import find_flattened, signed_block
from archiver.model.citation import Author, CitationKind, Resolution
from archiver.platforms import recognise
from tests.measure.flattened import measure
from tests.unit.citations.writing import PROSE, article

DAY = date(2020, 1, 8)


def read(text, **options):
    """Return (words, name, handle, day) of every post found."""
    return [
        (text[post.start : post.words_end], post.author.name, post.author.handle, post.posted_on)
        for post in find_flattened(text, **options)
    ]


@pytest.mark.parametrize(
    "dash", [" — ", "— ", "—", " ― ", " – ", " - ", " &mdash; ", "\n— ", "\n\n— ", "\u00a0—\u00a0"]
)
def test_a_post_is_words_a_dash_a_name_a_handle_and_a_date(dash):
    text = (
        f"Prose before it.\n\nThe gate was open.{dash}Maya Lind (@maya_l) January 8, 2020\n\nProse."
    )

    assert read(text) == [("The gate was open.", "Maya Lind", "maya_l", DAY)]


@pytest.mark.parametrize(
    "name",
    [
        "Dana ✈️🌍🇸🇾",
        "Major General (ret) Piet Maas",
        "Ana | Maps",
        "Coast & Co®",
        "𝕁𝕦𝕟𝕠 𝔹𝕖𝕝𝕝",
        "Sea-Watch North",
        "Sea – Wall – Watch",
        "A. Wall – gauges & graphs",
        "نور الدين",
        "港の人",
        "Dr. J. K. Roe",
    ],
)
def test_names_hold_emoji_dashes_brackets_and_any_script(name):
    text = f"The gate was open. — {name} (@maya_l) January 8, 2020"

    assert read(text) == [("The gate was open.", name, "maya_l", DAY)]


@pytest.mark.parametrize(
    "words", ["It is over.", "Look pic.twitter.com/Ab3dE5gH1j", "Gone #flood", "So 😡"]
)
def test_a_name_may_hold_an_em_dash_when_the_words_before_it_are_at_an_end(words):
    text = f"{words} — Maya — Harbour (@maya_l) January 8, 2020"

    assert read(text) == [(words, "Maya — Harbour", "maya_l", DAY)]


def test_an_em_dash_inside_the_words_does_not_begin_the_name():
    text = "Read it — all of it — before you share — Maya (@maya_l) January 8, 2020"

    assert read(text) == [("Read it — all of it — before you share", "Maya", "maya_l", DAY)]


def test_a_short_dash_begins_the_name_where_the_words_end():
    text = "Read it — all of it! - Maya (@maya_l) January 8, 2020"

    assert read(text) == [("Read it — all of it!", "Maya", "maya_l", DAY)]


def test_posts_run_together_are_split_at_every_attribution():
    text = (
        "First of them https://t.co/Ab3dE5gH1j — A (@a) July 25, 2019 Second one? — B (@b) "
        "July 26, 2019Third — C (@c) July 27, 2019"
    )

    assert read(text) == [
        ("First of them https://t.co/Ab3dE5gH1j", "A", "a", date(2019, 7, 25)),
        ("Second one?", "B", "b", date(2019, 7, 26)),
        ("Third", "C", "c", date(2019, 7, 27)),
    ]


def test_the_dash_may_be_lost_and_the_next_sentence_glued_to_the_year():
    text = "They were wrong about everything. Rex T. Hale (@rexhale) June 27, 2017CNN said so"

    assert read(text) == [
        ("They were wrong about everything.", "Rex T. Hale", "rexhale", date(2017, 6, 27))
    ]


def test_without_a_dash_the_name_begins_behind_the_code():
    text = "Look at this pic.twitter.com/Ab3dE5gH1jrex hale (@rexhale) June 27, 2017"

    assert read(text) == [
        ("Look at this pic.twitter.com/Ab3dE5gH1j", "rex hale", "rexhale", date(2017, 6, 27))
    ]


def test_a_name_that_nothing_sets_apart_is_not_guessed():
    text = "they were wrong about everything and everybody knew it all along so sad rex (@rexhale) June 27, 2017"

    assert read(text) == [(text[: text.index(" (@")], None, "rexhale", date(2017, 6, 27))]


@pytest.mark.parametrize(
    "text",
    [
        "By Jane Roe (@jane_roe) January 8, 2020",
        "Jane Roe (@jane_roe) January 8, 2020",
        "The report was written by Jane Roe (@jane_roe) January 8, 2020",
        "— By Jane Roe (@jane_roe) January 8, 2020",
        "The minister — Jane Roe (@jane_roe) — resigned on January 8, 2020.",
        "Follow our reporter — Jane Roe (@jane_roe)",
        "On January 8, 2020 she (@jane_roe) said so.",
        "(@jane_roe)",
    ],
)
def test_bylines_and_handles_in_prose_are_no_posts(text):
    assert read(text) == []


def test_a_post_without_a_date_counts_when_a_code_stands_before_the_dash():
    text = "Look pic.twitter.com/Ab3dE5gH1j — Maya (@maya_l)\n\nProse."

    assert read(text) == [("Look pic.twitter.com/Ab3dE5gH1j", "Maya", "maya_l", None)]


@pytest.mark.parametrize("printed", ["October 04, 19", "December 14, 201"])
def test_a_date_edited_by_hand_is_covered_and_not_guessed(printed):
    text = f"The gate was open. — Maya (@maya_l) {printed}\n\nProse."

    (post,) = find_flattened(text)

    assert post.posted_on is None
    assert text[post.date_start : post.end] == printed


def test_direction_marks_do_not_hide_a_post_and_offsets_stay_those_of_the_text():
    text = (
        "قبل ذلك.\n\nالبوابة مفتوحة \u200epic.twitter.com/Ab3dE5gH1j\u200f"
        " — \u202bنور\u202c (\u2066@noor_p\u2069) \u200e8 يناير 2020\u200f\n\nبعد ذلك."
    )

    (post,) = find_flattened(text)

    assert text[post.start : post.words_end] == "البوابة مفتوحة \u200epic.twitter.com/Ab3dE5gH1j"
    assert text[post.date_start : post.end] == "8 يناير 2020"
    assert post.author == Author("نور", "noor_p")
    assert post.posted_on == DAY


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("Estamos esperando.", "8 de enero de 2020"),
        ("水位はまだ高い", "2020年1月8日"),
        ("Вода дошла", "8 января 2020 г."),
        ("Das Wasser steht", "8. Januar 2020"),
    ],
)
def test_the_date_may_be_in_another_language_than_the_words(words, printed):
    assert read(f"{words} — Maya (@maya_l) {printed}") == [(words, "Maya", "maya_l", DAY)]


def test_the_words_of_a_paragraph_may_have_lines():
    text = "Prose.\n\nLine one\nline two — Maya (@maya_l) January 8, 2020"

    assert read(text) == [("Line one\nline two", "Maya", "maya_l", DAY)]


def test_a_text_of_one_paragraph_a_line_begins_the_words_at_the_line():
    text = "Prose.\nThe gate was open — Maya (@maya_l) January 8, 2020\nProse."

    assert read(text, by_line=True) == [("The gate was open", "Maya", "maya_l", DAY)]


def test_a_dash_with_a_paragraph_of_its_own_takes_the_one_before_it():
    text = "Prose.\n\nThe gate was open.\n\n— Maya (@maya_l) January 8, 2020\n\nProse."

    (post,) = find_flattened(text)

    assert text[post.start : post.end] == text[8:-8]


def test_an_article_in_one_line_gives_only_as_much_as_a_post_can_hold():
    prose = "The council has published nothing. " * 60
    text = f"{prose}The gate was open! — Maya (@maya_l) January 8, 2020"

    (post,) = find_flattened(text)

    assert post.words_end - post.start <= 300
    assert text[post.start : post.words_end].startswith("The council")
    assert text[post.start : post.words_end].endswith("The gate was open!")


def test_skip_links_and_quote_marks_of_the_page_are_not_the_posts_words():
    text = (
        "> The gate was open. — Maya (@maya_l) January 8, 2020\n\n"
        "Skip Twitter post 2 by @dana_p Still open. — Dana (@dana_p) January 8, 2020"
    )

    assert [words for words, *_ in read(text)] == ["The gate was open.", "Still open."]


@pytest.mark.parametrize(
    ("inside", "words"),
    [("\n\nStill open.\n\nReport\n\n", "Still open."), ("\n\nReport\n\n", ""), (" ", "")],
)
def test_skip_links_mark_a_post_whose_attribution_is_lost(inside, words):
    text = f"Prose.\n\nSkip Twitter post by @dana_p{inside}End of Twitter post by @dana_p\n\nProse."

    assert read(text) == [(words, None, "dana_p", None)]


CONSENT = (
    "Allow Twitter content?\n\nThis article contains content provided by Twitter. We ask for your "
    "permission before anything is loaded, as they may be using cookies and other technologies. "
    "To view this content choose ‘Accept and continue’.\n\nAccept and continue\n\n"
)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (CONSENT, ""),
        (CONSENT.replace("\n\n", "\n"), ""),
        (CONSENT.replace("Twitter", "X"), ""),
        ("Accept and continue\n", ""),
        (f"{CONSENT}Still open.\n\n", "Still open."),
        ("Still open.\nWarning: Third party content may contain adverts\n", "Still open."),
        ("View original tweet on Twitter\n", ""),
        ("Accept my apologies.\n", "Accept my apologies."),
    ],
)
def test_what_a_page_asks_before_it_shows_a_post_is_no_words_of_it(inside, words):
    text = f"Prose.\n\nSkip twitter post by @Dana_p\n{inside}End of twitter post by @dana_p\n\nEnd."

    assert read(text) == [(words, None, "Dana_p", None)]


def test_a_consent_notice_before_a_signed_post_is_no_words_of_it():
    consent = CONSENT.replace("\n\n", "\n")
    text = f"Skip twitter post by @a\n{consent}The gate was open. — Maya (@a) January 8, 2020"

    assert read(text) == [("The gate was open.", "Maya", "a", DAY)]


def test_skip_links_around_a_signed_post_do_not_count_it_twice():
    text = (
        "Skip Twitter post by @maya_l\n\nThe gate was open. — Maya (@maya_l) January 8, 2020\n\n"
        "Report\n\nEnd of Twitter post by @maya_l"
    )

    assert read(text) == [("The gate was open.", "Maya", "maya_l", DAY)]


def test_a_block_known_to_be_a_post_is_read_without_a_date_and_without_a_dash():
    block = "The gate was open.\n\nMaya Lind (@maya_l)"

    post = signed_block(block)

    assert post is not None
    assert block[post.start : post.words_end] == "The gate was open."
    assert post.author == Author("Maya Lind", "maya_l")


def test_a_block_without_attribution_is_none():
    assert signed_block("The gate was open.") is None


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 6))
def test_as_many_posts_are_found_as_were_written(seed, count):
    text, posts = article(random.Random(seed), count)

    assert [handle for _, _, handle, _ in read(text)] == [post.handle for post in posts]


def test_nearly_every_post_of_thousands_is_read_exactly():
    rng = random.Random(20200108)
    text, posts = article(rng, 2500)
    written = [(post.words, post.name, post.handle, post.posted_on) for post in posts]

    exact = sum(found == wanted for found, wanted in zip(read(text), written, strict=True))

    assert exact >= 0.998 * len(posts)  # a short dash behind an em dash may mean either


def test_every_form_of_the_wild_is_read_within_the_aims():
    measured = measure(seed=7, count=1200)

    assert measured.is_good, measured.misses


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("Thread — read it to the end — before you share - Tom (@a) May 3, 2019", 46, "Tom"),
        ("To the door – nobody came https://t.co/Ab3dE5gH1jTom (@a) May 3, 2019", 49, "Tom"),
        ("To the door – nobody came. Tom Hale (@a) May 3, 2019", 26, "Tom Hale"),
        ("Water is high 1/2 - Radio 4 - Today (@a) May 3, 2019", 17, "Radio 4 - Today"),
        ("Water is high :( — Kim (@a) May 3, 2019", 16, "Kim"),
        ("Look pic.x.com/Ab3dE5gH1jDr. J. K. Roe (@a) May 3, 2019", 25, "Dr. J. K. Roe"),
    ],
)
def test_the_dash_before_the_name_is_told_from_dashes_of_words_and_names(text, words, name):
    assert read(text) == [(text[:words], name, "a", date(2019, 5, 3))]


def test_prose_holds_no_posts():
    assert find_flattened("\n\n".join(PROSE)) == []


@settings(deadline=None)
@given(st.text(alphabet="ab—- \n()@.…—Jan8,2020\u200f", max_size=300))
def test_any_text_gives_stretches_in_order_that_do_not_overlap(text):
    posts = find_flattened(text)

    assert all(post.start <= post.words_end <= post.end for post in posts)
    assert all(one.end <= other.start for one, other in pairwise(posts))


def test_the_day_may_stand_behind_on_where_a_dash_stands_before_the_name():
    assert read("The gate was open. — Maya (@maya_l) on January 8, 2020") == [
        ("The gate was open.", "Maya", "maya_l", DAY)
    ]
    assert read("Nobody asked. Jane Roe (@jane_roe) on January 8, 2020 went home.") == []


@pytest.mark.parametrize("handle", ["maya.bsky.social", "maya-l.example.com"])
@pytest.mark.parametrize("time", ["", " at 3:00 PM", ", 15:00"])
def test_a_handle_that_is_a_domain_is_one_of_bluesky(handle, time):
    text = f"The gate was open. — Maya (@{handle}) January 8, 2020{time}\n\nProse."

    (post,) = find_flattened(text)

    assert (post.author, post.posted_on) == (Author("Maya", handle), DAY)
    assert (post.platform, text[post.end :]) == ("bluesky", "\n\nProse.")


def test_a_domain_without_a_dash_before_the_name_signs_no_post():
    assert find_flattened("Ask us. The Paper (@paper.example) January 8, 2020") == []


def test_a_flattened_post_of_bluesky_is_an_embed_by_its_handle():
    (found,) = extract(
        b"The gate was open. \xe2\x80\x94 Maya (@maya.bsky.social) January 8, 2024 at 3:00 PM",
        recognise=recognise,
        name="a.txt",
    ).citations

    assert (found.kind, found.platform, found.author.handle) == (
        CitationKind.EMBED,
        "bluesky",
        "maya.bsky.social",
    )
    assert (found.text, found.resolution) == ("The gate was open.", Resolution.UNRESOLVED)
