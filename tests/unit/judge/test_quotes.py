from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge._exact import bare_words, normalised, stands
from archiver.judge.quotes import QuoteCheck, check_quote, printed_words
from archiver.model.citation import CitationKind
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.verdict import Quote
from tests.build import found, page_text, post, reading

LINK = "https://www.nytimes.com/2020/01/10/world/middleeast/iran-plane.html"
WORDS = "The Iranians did *not* miss. These 12 buildings were hit quite precisely."


def check(printed: str, now: str, **changes: object) -> QuoteCheck:
    shown = reading(post=post(text=now, **changes))
    return check_quote(found(text=printed), shown)


def on_page(printed: str, now: str, before: str | None = None) -> QuoteCheck:
    earlier = reading(post=None, page=page_text(before, None)) if before is not None else None
    return check_quote(found(text=printed), reading(post=None, page=page_text(now, None)), earlier)


# --- standing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "now"),
    [
        (WORDS, WORDS),
        (f"{WORDS} pic.twitter.com/y2MZyT187R", WORDS),
        (f"{WORDS}pic.twitter.com/y2MZyT187R", WORDS),
        (f"{WORDS} pic.x.com/y2MZyT187R", WORDS),
        (f"{WORDS} https://t.co/jpccBzrcWB", WORDS),
        (f"{WORDS} https://t.co/uylNAEb6BWpic.twitter.com/3mxrlhZ1sT", WORDS),
        (f"{WORDS}#IranUsapic.twitter.com/TvRkHvlgby", f"{WORDS} #IranUsa"),
        ("Just accept it, they said.\"#عين_الاسد #انتقام_سخت", 'Just accept it, they said."\n#عين_الاسد #انتقام_سخت'),
        ("\u2067ما رأيناه من البرج الشمالي\u2069 \u200epic.twitter.com/y2MZyT187R\u200f", "ما رأيناه من البرج الشمالي"),
        ("He said “it’s over” – for good…", "He said \"it's over\" - for good"),
        ("Profits &amp; losses of the year 2019", "Profits & losses of the year 2019"),
        ("Look at the tower now, it burns", "Look at the tower 🔥🔥 now, it burns 🇮🇷"),
        ("Look at the tower now", "Look at the\ntower now!"),
        ("soft\u00adhyphens and\u200bjoiners are invisible", "softhyphens andjoiners are invisible"),
        ("FULL WIDTH ＡＢＣ and ligature ﬁne", "full width ABC and ligature fine"),
        ("NYTimes seems to have concluded (https://t.co/PvWOVSMtuy) that it stopped", "NYTimes seems to have concluded (nytimes.com/2020/01/10/wor…) that it stopped"),
        ("Read this story of the plane https://t.co/PvWOVSMtuy", "Read this story of the plane nytimes.com/2020/01/10/wor…"),
        ("Read this story of the plane nytimes.com/2020/01/10/wor…", "Read this story of the plane nytimes.com/2020/01/10/wor…"),
        ("Look at the tower: it burns", "Good morning. Look at the tower it burns. Good night"),
        ("No.", "No."),
        ("Resign!", "resign!"),
    ],
)  # fmt: skip
def test_words_stand_when_only_their_form_differs(printed, now):
    shown = reading(post=post(text=now, links=(LINK,)))
    printed = printed if len(printed) > 4 else f"{printed} 2020"
    shown = shown if now != "No." else replace(shown, post=post(text="No. 2020"))

    assert check_quote(found(text=printed), shown).quote is Quote.STANDS


def test_words_stand_inside_a_page():
    assert (
        on_page("the tower was struck", "Menu\nOn Monday the tower was\nstruck by lightning.").quote
        is Quote.STANDS
    )


def test_words_stand_in_a_script_without_spaces():
    assert (
        on_page(
            "塔の見張りは十二隻の船を見た", "水曜日に塔の見張りは十二隻の船を見たと述べた"
        ).quote
        is Quote.STANDS
    )
    assert on_page("12隻の船が港を出た", "112隻の船が港を出た").quote is not Quote.STANDS


def test_a_whole_post_among_more_printed_words_stands():
    printed = f"Skip Twitter post by @a {WORDS} End of Twitter post by @a"

    assert check(printed, WORDS).quote is Quote.STANDS
    assert check(printed, WORDS, is_edited=True).quote is Quote.ALTERED


def test_cut_printed_words_stand_when_they_begin_the_post():
    assert check("The Iranians did *not* miss. These 12 …", WORDS).quote is Quote.STANDS


# --- not standing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "now"),
    [
        (WORDS, WORDS.replace("*not* ", "")),
        (WORDS, WORDS.replace("12", "21")),
        (WORDS, WORDS.replace("12", "1.2")),
        (WORDS, WORDS.replace("12", "112")),
        (WORDS, WORDS.replace("Iranians", "Iraqis")),
        (WORDS, WORDS.replace(".", "?")),
        ("5 ships left the harbour before midnight", "25 ships left the harbour before midnight"),
        ("able to attend the meeting of ministers", "unable to attend the meeting of ministers"),
        ("We lost 3.5 billion in the first quarter", "We lost 35 billion in the first quarter"),
        ("It rose by 5 percent in the first quarter", "It rose by -5 percent in the first quarter"),
        ("It rose by $5 in the whole first quarter", "It rose by 5 in the whole first quarter"),
        ("They were expected at the border at 12", "They were expected at the border at 12:30"),
        ("The shares they sell have fallen by 12", "The shares they sell have fallen by 12%"),
        ("12 was the lowest figure they ever had", "-12 was the lowest figure they ever had"),
    ],
)
def test_altered_words_never_stand(printed, now):
    result = check(printed, now)

    assert result.quote is Quote.ALTERED
    assert result.diff


def test_an_alteration_is_shown_from_printed_to_present():
    result = check(WORDS, WORDS.replace("12", "21"))

    assert (
        result.diff
        == "the iranians did *not* miss. these [-12-]{+21+} buildings were hit quite precisely."
    )


@pytest.mark.parametrize(
    ("printed", "now"),
    [
        ("They left at noon", "Nothing of that kind happened"),
        ("We resign", "We stay"),
        (WORDS, "Good morning! " * 30),
    ],
)
def test_words_that_are_not_there_are_missing(printed, now):
    assert check(printed, now).quote is Quote.MISSING


def test_long_words_are_located_by_their_beginning():
    long = " ".join(f"word{n}" for n in range(400))

    result = on_page(long, f"{'Something else. ' * 400}{long.replace('word300', 'not')}")

    assert result.quote is Quote.ALTERED
    assert "[-word300-]{+not+}" in (result.diff or "")


def test_words_are_located_in_a_long_page():
    filler = "Another sentence about something else entirely. " * 200

    result = on_page(WORDS, f"{filler}{WORDS.replace('12', '21')} {filler}")

    assert result.quote is Quote.ALTERED
    assert "[-12-]{+21+}" in (result.diff or "")


# --- not being able to tell ---------------------------------------------------------------------


@pytest.mark.parametrize("signal", [s for s in Signal if s is not Signal.PRESENT])
def test_nothing_is_said_of_words_that_cannot_be_read(signal):
    blocked = Reading(signal, "no", post=post(text="something else"))

    assert check_quote(found(text=WORDS), blocked).quote is Quote.UNDETERMINED


def test_nothing_is_said_without_a_look():
    assert check_quote(found(text=WORDS), None).quote is Quote.UNDETERMINED


def test_nothing_is_said_of_a_source_without_text():
    picture = reading(post=None, content_sha256="aa")

    assert check_quote(found(text=WORDS), picture).quote is Quote.UNDETERMINED


def test_a_cut_post_cannot_miss_words():
    assert check(WORDS, WORDS[:30], is_cut=True).quote is Quote.UNDETERMINED
    assert check(WORDS[:28], WORDS, is_cut=True).quote is Quote.STANDS


def test_a_page_that_shrank_to_less_than_half_cannot_miss_words():
    assert on_page(WORDS, "Subscribe to read on.", before=WORDS * 3).quote is Quote.UNDETERMINED
    assert on_page(WORDS, "Subscribe to read on.", before="Hello").quote is Quote.MISSING
    assert on_page(WORDS, "Good evening to all. " * 9).quote is Quote.MISSING


def test_a_page_on_which_next_to_nothing_is_may_not_have_been_drawn():
    assert on_page(WORDS, "Loading, please wait.").quote is Quote.UNDETERMINED


@pytest.mark.parametrize("kind", [CitationKind.LINK, CitationKind.RELATED, CitationKind.MENTION])
def test_the_text_of_a_link_is_not_the_sources_own(kind):
    assert printed_words(found(kind=kind, text=WORDS)) is None


@pytest.mark.parametrize("text", ["", "pic.twitter.com/y2MZyT187R", "🔥 🔥 🔥", "ok"])
def test_too_few_words_prove_nothing(text):
    assert check(text, WORDS) == QuoteCheck(
        Quote.UNDETERMINED, "the article prints none of its words"
    )


# --- for all texts ------------------------------------------------------------------------------

TEXTS = st.lists(
    st.sampled_from(["tower", "12", "3.5", "no", "left", "at", "2019", "miss"]),
    min_size=6,
    max_size=30,
)


@given(TEXTS, st.integers(0, 100))
def test_a_figure_that_changed_never_stands(words, seed):
    place = seed % len(words)
    changed = [*words[:place], "7777", *words[place + 1 :]]

    assert not stands(normalised(" ".join(words)), normalised(" ".join(changed)))


@given(TEXTS, st.integers(0, 100))
def test_a_not_put_in_never_stands(words, seed):
    place = 1 + seed % (len(words) - 1)
    changed = [*words[:place], "not", *words[place:]]

    assert not stands(normalised(" ".join(words)), normalised(" ".join(changed)))


@given(st.text(max_size=80))
def test_every_text_stands_in_itself(text):
    words = normalised(text)

    assert stands(words, words)


@given(st.text(max_size=40), st.text(max_size=200))
def test_no_text_stops_the_check(printed, now):
    assert check(printed, now).quote in Quote
    assert on_page(printed, now).quote in Quote


# --- titles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "printed",
    ["What we saw from the tower", "It burned for an hour", "What we saw from the tower It burned for an hour"],
    ids=["the title", "the text", "both"],
)  # fmt: skip
def test_a_title_a_text_or_both_are_the_whole_of_a_post(printed):
    found_out = check(printed, "It burned for an hour", title="What we saw from the tower")

    assert (found_out.quote, found_out.is_amid_more) == (Quote.STANDS, False)


def test_a_part_of_a_title_stands_amid_more():
    found_out = check("saw from the tower", "It burned.", title="What nobody saw from the tower")

    assert (found_out.quote, found_out.is_amid_more) == (Quote.STANDS, True)


def test_words_of_a_title_that_was_changed_are_altered():
    printed = "The northern tower burned for an hour"

    assert check(printed, "See.", title="The southern tower burned for an hour").quote is (
        Quote.ALTERED
    )


def test_words_are_found_in_a_post_of_very_many_links_and_hosts():
    links = tuple(f"https://www.h{number}.example/a/long/way" for number in range(20_000))
    shown = " ".join(f"h{number}.example/a/lo…" for number in range(20_000))
    told = reading(post=post(text=f"The ships left {shown} before noon that day", links=links))

    check = check_quote(found(text="The ships left before noon that day"), told)

    assert check.quote is Quote.STANDS
    assert not check.is_amid_more


SHOWN = {
    "glued to a bracket": ("Read (news.example/a/lo…) now", "Read () now"),
    "two in one word": ("Read news.example/a,other.example/b now", "Read news.example/a, now"),
    "another's host": ("Read xnews.example/a/lo now", None),
    "a longer host": ("Read news.example.org/a/lo now", None),
    "an address of mail": ("Read me@news.example/a now", None),
    "another path": ("Read news.example/z now", None),
    "behind a dash": ("Read -news.example/a now", "Read now"),
    "behind www": ("Read www.News.example/a/long now", "Read now"),
}


@pytest.mark.parametrize(("text", "left"), SHOWN.values(), ids=SHOWN.keys())
def test_a_shown_link_is_taken_out_of_a_post_and_nothing_like_it(text, left):
    links = ("https://news.example/a/long/way", "https://other.example/b")

    assert bare_words(text, links) == bare_words(left or text, ())
