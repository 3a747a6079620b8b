from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.quotes import QuoteCheck, check_words, quoted_words, worst
from archiver.judge.selectors import (
    address_of,
    fragment_of,
    selector_of,
)
from archiver.model.citation import CitationKind, Context
from archiver.model.comparison import Material
from archiver.model.inquiry import Reading, Wall
from archiver.model.selector import TextQuote
from archiver.model.verdict import Quote
from tests.build import found, page_text, post, reading
from tests.unit.judge.looks import OTHER, STORY

QUOTE = "The keeper had seen twelve ships leave before midnight"
FILLER = "The weather over the grey coast stayed as it had been for weeks. " * 40


def on_page(text: str, **changes: object) -> Reading:
    return replace(reading(post=None, page=page_text(text, None)), **changes)  # type: ignore[arg-type]


def check(words: str, now: str = STORY, before: str | None = None) -> QuoteCheck:
    return check_words(words, on_page(now), on_page(before) if before is not None else None)


# --- standing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        QUOTE,
        f"“{QUOTE}.”",
        f"„{QUOTE}“",
        f"«\u00a0{QUOTE}\u00a0»",
        f"『{QUOTE}』",
        QUOTE.replace(" ", "\u00a0").replace("keeper", "kee\u00adper"),
        QUOTE.replace("before", "be\u200bfore").upper(),
        "The keeper had seen … ships leave before midnight",
        "“The keeper had seen […] before midnight, … none of them came back”",
        "The keeper [of the tower] had seen twelve ships leave before midnight,",
        "[T]he keeper had seen twelve ships leave before midnight",
        "the tower at the northern end ... did not answer questions until late",
    ],
)
def test_quoted_words_stand_however_they_are_printed(words):
    result = check(words)

    assert (result.quote, result.similarity) == (Quote.STANDS, 1.0)
    assert result.material is None


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("塔の見張りは十二隻の船を見た", "水曜日、「塔の見張りは、十二隻の船を見た」と述べた。"),
        ("حارس البرج رأى السفن", "قال أحمد: «حارس البرج رأى السفن» ثم غادر المكان."),
        ("หอคอยทางเหนือถูกโจมตี", "เมื่อวันพุธหอคอยทางเหนือถูกโจมตีตอนเช้า"),
        ("מגדל הנמל נפגע בבוקר", "ביום רביעי ״מגדל הנמל נפגע בבוקר״ נאמר שם."),
    ],
)
def test_quoted_words_stand_in_any_script(words, text):
    assert check(words, text).quote is Quote.STANDS


def test_parts_of_a_quote_must_stand_in_order_and_near():
    forward = "had seen twelve ships … came back"
    backward = "none of them came back … had seen twelve ships"
    far = f"{QUOTE}. {FILLER * 3} And so it ended at last."

    assert check(forward).quote is Quote.STANDS
    assert check(backward).quote is not Quote.STANDS
    assert check(f"{QUOTE} … it ended at last", far).quote is not Quote.STANDS


def test_what_stands_but_for_spaces_and_marks_says_so():
    result = check("The keeper had seen, twelve ships (leave) before midnight")

    assert result.quote is Quote.STANDS
    assert result.reason.endswith("but for spaces and marks")


def test_too_few_words_are_not_looked_for():
    assert check("“ok”").quote is Quote.UNDETERMINED


def test_few_words_that_stand_elsewhere_by_chance_tell_nothing():
    before = "The minister spoke of a new era at the opening of the harbour in spring."
    kept = f"{before} Nobody came."
    moved = "Boots for sale. It is a new era for your feet, and they are cheap now."

    assert check("a new era", kept, before).quote is Quote.STANDS
    assert check("a new era", moved, before).quote is Quote.UNDETERMINED


# --- altered ------------------------------------------------------------------------------------

ALTERED = [
    ("twelve", "thirty", Material.NUMBER),
    ("had seen", "had not seen", Material.NEGATION),
    ("had seen", "may have seen", Material.MODAL),
    ("The keeper", "Maya Lind", Material.NAME),
]


@pytest.mark.parametrize(("old", "new", "kind"), ALTERED)
def test_words_that_say_something_else_are_altered_and_material(old, new, kind):
    result = check(QUOTE, f"{FILLER}{STORY.replace(old, new)} {FILLER}")

    assert result.quote is Quote.ALTERED
    assert result.material
    assert kind in result.kinds
    assert result.diff
    assert 0.5 < (result.similarity or 0) < 1


def test_a_typing_error_that_was_mended_is_altered_and_not_material():
    result = check(QUOTE.replace("keeper", "keepr"))

    assert (result.quote, result.material, result.is_typo) == (Quote.ALTERED, False, True)


def test_the_nearest_of_two_places_is_shown():
    near = QUOTE.replace("twelve", "thirteen")
    text = f"{near.replace('keeper', 'guard')}. {FILLER} {near}. {FILLER}"

    assert check(QUOTE, text).diff == "the keeper had seen [-twelve-]{+thirteen.+} …" or (
        "[-twelve-]{+thirteen+}" in (check(QUOTE, text).diff or "")
        and "guard" not in (check(QUOTE, text).diff or "")
    )


def test_what_surrounded_the_words_decides_between_places_alike():
    before = f"On the ship it was noted: {QUOTE}. {FILLER}"
    now = (
        f"In the town it was told: {QUOTE.replace('twelve', 'thirty')}. {FILLER} "
        f"On the ship it was noted: {QUOTE.replace('twelve', 'twenty')}. {FILLER}"
    )

    assert "twenty" in (check(QUOTE, now, before).diff or "")


def test_words_are_located_in_a_text_of_a_million_characters():
    text = f"{FILLER * 400}\n{STORY.replace('twelve', 'thirty')}\n{FILLER * 20}"
    assert len(text) > 10**6

    assert "[-twelve-]{+thirty+}" in (check(QUOTE, text).diff or "")


def test_the_part_of_a_cut_quote_that_was_altered_is_shown():
    words = (
        "The tower at the northern end […] The keeper had seen forty ships leave before midnight"
    )

    result = check(words)

    assert result.quote is Quote.ALTERED
    assert "[-forty-]{+twelve+}" in (result.diff or "")


# --- missing, or not to be told ------------------------------------------------------------------


@pytest.mark.parametrize("text", [OTHER, FILLER])
def test_words_are_missing_on_another_page(text):
    assert check(QUOTE, text).quote is Quote.MISSING


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (on_page(OTHER, wall=Wall.PAYWALL), None),
        (on_page(OTHER), on_page(STORY * 9)),
        (on_page("Loading"), None),
        (reading(post=None), None),
    ],
    ids=["before a wall", "cut off", "not drawn", "no text"],
)
def test_what_may_not_be_all_of_a_page_misses_nothing(now, before):
    assert check_words(QUOTE, now, before).quote is Quote.UNDETERMINED


def test_words_that_stand_before_a_wall_stand():
    assert check_words(QUOTE, on_page(STORY, wall=Wall.PAYWALL)).quote is Quote.STANDS


# --- the sentence round them ---------------------------------------------------------------------

SAID = "the tower was lost before anybody came"
CONTEXTS = {
    "not true": (
        f"The report says that {SAID}.",
        f"The report does not say that {SAID}.",
        Material.NEGATION,
    ),
    "put before": (f"{SAID.capitalize()}.", f"It is not true that {SAID}.", Material.NEGATION),
    "another voice": (f"Smith said that {SAID}.", f"Jones said that {SAID}.", Material.ATTRIBUTION),
    "behind": (f"“{SAID}”, said Maya Smith.", f"“{SAID}”, said Maya Jones.", Material.NAME),
    "a claim": (f"She said that {SAID}.", f"She claimed that {SAID}.", Material.ATTRIBUTION),
}


@pytest.mark.parametrize(("then", "now", "kind"), CONTEXTS.values(), ids=CONTEXTS.keys())
def test_another_sentence_round_the_same_words_is_told(then, now, kind):
    result = check(SAID, f"{FILLER}\n{now} {FILLER}", f"{FILLER}\n{then} {FILLER}")

    assert result.quote is Quote.STANDS
    assert result.context is not None
    assert kind in result.context.material
    assert SAID in (result.context.after or "").lower()


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (f"Smith said that {SAID}.", f"Smith told us that {SAID}."),
        (f"Smith said that {SAID}.", f"On the coast, Smith said that {SAID}."),
        (f"Smith said that {SAID}.\nNot now.", f"Smith said that {SAID}. Not now."),
        (f"Smith said:\n{SAID}.", f"Smith said: {SAID}."),
        (f"Smith said that {SAID}.", f"Jones said that {SAID}. Smith said that {SAID}."),
        (
            f"Smith said that {SAID}. He left.",
            f"Smith said that {SAID}. He did not leave, Jones said.",
        ),
    ],
)
def test_the_same_said_of_the_words_is_no_other_context(then, now):
    assert check(SAID, f"{FILLER}\n{now} {FILLER}", f"{FILLER}\n{then} {FILLER}").context is None


# --- of links -----------------------------------------------------------------------------------


def test_quotes_near_a_link_count_where_the_copy_has_them():
    cited = found(
        kind=CitationKind.LINK, text="a report", context=Context(quotes=(QUOTE, "We saw it all"))
    )

    assert quoted_words(cited, on_page(STORY)) == (QUOTE,)
    assert quoted_words(cited, None) == ()
    assert quoted_words(found(text=QUOTE), on_page(STORY)) == ()


def test_quotes_of_a_post_are_found_in_it():
    told = reading(post=post(text=STORY))

    assert check_words(QUOTE, told).quote is Quote.STANDS
    assert not check_words(QUOTE, told).is_amid_more


def test_the_worst_of_several_quotes_decides():
    stands, altered, missing = (
        check(QUOTE),
        check(QUOTE.replace("twelve", "forty")),
        check("x" * 40),
    )

    assert worst([stands, missing, altered]) is altered
    assert worst([stands, missing]) is missing
    assert worst([stands]) is stands
    assert worst([]).quote is Quote.UNDETERMINED


# --- selectors ----------------------------------------------------------------------------------


def test_a_selector_names_the_words_in_the_copy_that_was_relied_on():
    result = check(QUOTE.replace("T", "t"), STORY.replace("twelve", "thirty"), STORY)

    assert result.selector == TextQuote(
        exact=QUOTE,
        prefix=" was struck early on Wednesday. ",
        suffix=", and none of them came back. Th",
    )
    assert selector_of("no such words", STORY) is None


@pytest.mark.parametrize(
    ("selector", "fragment"),
    [
        (TextQuote("twelve ships left the harbour", "the ", " at"), ":~:text=twelve%20ships%20left%20the%20harbour"),
        (TextQuote("12-13, a & b of them all", "x", "y"), ":~:text=12%2D13%2C%20a%20%26%20b%20of%20them%20all"),
        (TextQuote("ships", "had seen twelve ", " leave before"), ":~:text=had%20seen%20twelve-,ships,-leave%20before"),
        (TextQuote("塔は倒れた", "", ""), ":~:text=%E5%A1%94%E3%81%AF%E5%80%92%E3%82%8C%E3%81%9F"),
        (TextQuote("one two three four five\nsix seven eight nine ten", "", ""), ":~:text=one%20two%20three%20four,seven%20eight%20nine%20ten"),
    ],
)  # fmt: skip
def test_a_fragment_is_written_as_browsers_read_it(selector, fragment):
    assert fragment_of(selector) == fragment


def test_long_words_are_named_by_their_ends():
    long = " ".join(f"word{n}" for n in range(100))

    assert fragment_of(TextQuote(long)) == (
        ":~:text=word0%20word1%20word2%20word3,word96%20word97%20word98%20word99"
    )


def test_an_address_keeps_its_own_fragment():
    selector = TextQuote("twelve ships left the harbour")

    assert address_of("https://a.example/b?c#d", selector).startswith(
        "https://a.example/b?c#d:~:text=twelve"
    )
    assert address_of("https://a.example/b#:~:text=old", selector).count(":~:") == 1


# --- for all texts ------------------------------------------------------------------------------

TEXTS = st.lists(
    st.sampled_from(["tower", "12", "no", "left", "塔", "…", "“", "said", ".", "\n", "ünder"]),
    min_size=4,
    max_size=40,
)


@given(TEXTS, TEXTS, TEXTS)
def test_no_quote_and_no_page_stop_the_check(words, now, before):
    result = check_words(" ".join(words), on_page(" ".join(now)), on_page(" ".join(before)))

    assert result.quote in Quote
    if result.selector is not None:
        assert fragment_of(result.selector).startswith(":~:text=")


@given(st.text(max_size=80), st.text(max_size=300))
def test_no_text_at_all_stops_the_check(words, now):
    assert check(words, now, now).quote in Quote


@given(TEXTS, st.integers(0, 100))
def test_a_figure_that_changed_never_stands(words, seed):
    place = seed % len(words)
    changed = [*words[:place], "7777", *words[place + 1 :]]

    if "…" not in words:
        assert check(" ".join(changed), " ".join(words)).quote is not Quote.STANDS
