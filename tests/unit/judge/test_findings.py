from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from archiver.judge._case import Case
from archiver.judge._wording import on_day, span
from archiver.judge.findings import by_content, find
from archiver.judge.noise import noise_of
from archiver.judge.quotes import QuoteCheck
from archiver.model.capture import Gate
from archiver.model.citation import (
    Citation,
    CitationKind,
    Context,
    FoundCitation,
    Resolution,
)
from archiver.model.comparison import Comparison
from archiver.model.inquiry import PageText, Reading
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.model.verdict import (
    AsCited,
    AsCitedKind,
    Content,
    Finding,
    FindingKind,
    Quote,
    VerdictKind,
)
from tests.build import NOW, capture, days, found, observation, post, reading, verdict
from tests.unit.judge.looks import OTHER, STORY, URL, chosen_of, look, served, text

F, V = FindingKind, VerdictKind
WORDS = "What we saw from the tower: 12 ships left"
POST = post(text=WORDS, edit_ids=("1214000000000000001",))
LATE = AsCited(AsCitedKind.CAPTURE, at=NOW, lag=days(2504), capture_id="c1", observation_id="o1")
PROMPT = replace(LATE, lag=days(0))
PRINTED = AsCited(AsCitedKind.PRINTED)
NONE = AsCited(AsCitedKind.NONE)


def citing(place: FoundCitation) -> Citation:
    return Citation("c7", "a1", place, Resolution.RESOLVED, "s1", NOW)


EMBED = citing(found(text=f"{WORDS} pic.twitter.com/y2MZyT187R"))
LINK = citing(found(kind=CitationKind.LINK, text="as The News reported"))


def showing(content: Post | PageText) -> Reading:
    made = reading(post=None)
    return replace(made, post=content) if isinstance(content, Post) else replace(made, page=content)


def finding(
    citation: Citation = EMBED,
    pin: AsCited = LATE,
    then: object = POST,
    now: object = POST,
    kind: VerdictKind = V.PRESENT,
) -> Finding:
    def read(content: object) -> Reading | None:
        return showing(content) if isinstance(content, Post | PageText) else content  # type: ignore[return-value]

    return find(citation, verdict(kind), pin, relied_on=read(then), now=read(now))


# --- the table ----------------------------------------------------------------------------------

OTHER_WORDS = replace(POST, text=WORDS.replace("12", "21"))
EDITED = replace(OTHER_WORDS, id="9", edit_ids=(*POST.edit_ids, "9"), is_edited=True)
EDITED_BESIDE = replace(EDITED, text=f"{WORDS}. Correction follows")
EDITED_AWAY = replace(
    EDITED, text="Never mind, that was somebody else entirely, sorry for the noise"
)
WRONG = replace(POST, text=f"I was wrong to say: {WORDS}")
WRONG_AGAIN = replace(WRONG, text=f"{WRONG.text}. Sorry")
LONGER = replace(POST, text=f"{WORDS} and none came back")
CUT = citing(found(text=f"{WORDS}…"))
PAGE, OTHER_PAGE = text(), text(STORY.replace("twelve", "thirty"))

TABLE = [
    ("same, words stand", EMBED, LATE, POST, POST, F.INTACT, "unchanged", Content.SAME, Quote.STANDS),
    ("same, nothing printed", LINK, LATE, PAGE, PAGE, F.INTACT, "unchanged", Content.SAME, Quote.UNDETERMINED),
    ("edited, words altered", EMBED, LATE, POST, EDITED, F.CHANGED, "edited", Content.EDITED, Quote.ALTERED),
    ("edited, words missing", EMBED, LATE, POST, EDITED_AWAY, F.CHANGED, "edited", Content.EDITED, Quote.MISSING),
    ("edited, words stand", EMBED, LATE, POST, EDITED_BESIDE, F.CHANGED, "edited", Content.EDITED, Quote.STANDS),
    ("edited, nothing printed", LINK, LATE, POST, EDITED, F.CHANGED, "edited", Content.EDITED, Quote.UNDETERMINED),
    ("differs, words altered", EMBED, LATE, POST, OTHER_WORDS, F.CHANGED, "words_altered", Content.DIFFERS, Quote.ALTERED),
    ("differs, words stand", EMBED, LATE, text(WORDS), text(f"{WORDS} and more"), F.INTACT, "content_minor", Content.MINOR, Quote.STANDS),
    ("differs, words missing", EMBED, LATE, text(f"{WORDS} {STORY}"), OTHER_PAGE, F.CHANGED, "words_missing", Content.MAJOR, Quote.MISSING),
    ("another figure, nothing printed", LINK, LATE, PAGE, OTHER_PAGE, F.CHANGED, "content_major", Content.MAJOR, Quote.UNDETERMINED),
    ("no capture, words stand", EMBED, PRINTED, None, POST, F.INTACT, "words_stand", Content.INCOMPARABLE, Quote.STANDS),
    ("no capture, words altered", EMBED, PRINTED, None, OTHER_WORDS, F.CHANGED, "words_altered", Content.INCOMPARABLE, Quote.ALTERED),
    ("no capture, nothing printed", LINK, NONE, None, PAGE, F.UNKNOWN, "nothing_to_compare", Content.INCOMPARABLE, Quote.UNDETERMINED),
    ("rendered against raw", LINK, LATE, PAGE, text(rendered=True), F.UNKNOWN, "nothing_to_compare", Content.INCOMPARABLE, Quote.UNDETERMINED),
    ("differs, words added round them", EMBED, LATE, POST, WRONG, F.CHANGED, "words_added", Content.DIFFERS, Quote.STANDS),
    ("no capture, words among others", EMBED, PRINTED, None, WRONG, F.UNKNOWN, "words_amid_more", Content.INCOMPARABLE, Quote.STANDS),
    ("differs, words among others before", EMBED, LATE, WRONG, WRONG_AGAIN, F.UNKNOWN, "words_amid_more", Content.DIFFERS, Quote.STANDS),
    ("same, words among others", EMBED, LATE, WRONG, WRONG, F.INTACT, "unchanged", Content.SAME, Quote.STANDS),
    ("differs, printed cut", CUT, LATE, POST, LONGER, F.INTACT, "words_stand", Content.DIFFERS, Quote.STANDS),
    ("differs, printed cut, words before them", CUT, LATE, POST, WRONG, F.CHANGED, "words_added", Content.DIFFERS, Quote.STANDS),
    ("differs, only in signs an embed loses", EMBED, LATE, POST, replace(POST, text=f"{WORDS}."), F.INTACT, "words_stand", Content.DIFFERS, Quote.STANDS),
    ("same, printed otherwise", EMBED, LATE, OTHER_WORDS, OTHER_WORDS, F.UNKNOWN, "citation_error", Content.SAME, Quote.ALTERED),
    ("same, never printed there", EMBED, LATE, PAGE, PAGE, F.UNKNOWN, "citation_error", Content.SAME, Quote.MISSING),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_content_and_quote_make_a_finding(row):
    _, citation, pin, then, now, *expected = row
    result = finding(citation, pin, then, now)

    assert [result.kind, result.rule, result.content, result.quote] == expected
    assert result.reason.endswith(".")
    assert (result.citation_id, result.as_cited) == ("c7", pin)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (V.GONE, F.GONE),
        (V.SUSPECT, F.SUSPECT),
        (V.RESTRICTED, F.RESTRICTED),
        (V.UNREACHABLE, F.UNKNOWN),
        (V.UNKNOWN, F.UNKNOWN),
    ],
)
def test_what_is_not_served_is_judged_by_its_verdict(kind, expected):
    result = finding(kind=kind, now=reading(Signal.WALL))

    assert (result.kind, result.rule, result.reason) == (
        expected,
        "served",
        "the platform served it",
    )
    assert (result.content, result.quote) == (Content.INCOMPARABLE, Quote.UNDETERMINED)


PHOTO = Medium("KEY1", "photo", "https://pbs.twimg.com/media/KEY1.jpg")
PICTURED = replace(POST, media=(PHOTO,), quoted=None)
BARE = replace(PICTURED, media=())
RETAKEN = replace(PICTURED, media=(PHOTO, replace(PHOTO, key="KEY2")))


@pytest.mark.parametrize("citation", [EMBED, LINK])
def test_a_picture_that_was_withdrawn_is_told_and_no_other_text(citation):
    result = finding(citation, PROMPT, PICTURED, BARE)

    assert (result.kind, result.rule) == (F.INTACT, "words_unchanged")
    assert result.reason.startswith("Its words are unchanged since it was cited")
    assert result.reason.endswith("; but its photo KEY1 is no longer shown.")


def test_another_picture_beside_the_same_words_is_told_as_that():
    linked, printed = (finding(cited, LATE, PICTURED, RETAKEN) for cited in (LINK, EMBED))

    assert (linked.kind, linked.rule, linked.diff) == (F.UNKNOWN, "differs_unclassified", None)
    assert linked.reason == (
        "Its words are those of our first look on 22 November 2026, but its photo KEY2 is shown "
        "for the first time, and no rule says whether that matters; the article prints none of "
        "its words."
    )
    assert (printed.kind, printed.reason) == (
        F.INTACT,
        "Still the words printed in the article, though its photo KEY2 is shown for the first time.",
    )


def test_another_text_is_told_with_what_differs_beside_it():
    result = finding(LINK, LATE, PICTURED, replace(BARE, text="Something else"))

    assert result.rule == "differs_unclassified"
    assert result.reason.startswith(
        "Its text differs from our first look on 22 November 2026, its photo KEY1 is no longer "
        "shown, and no rule says whether that matters"
    )


def test_what_moved_is_read_where_it_is():
    assert finding(LINK, LATE, PAGE, PAGE, V.MOVED).kind is F.INTACT


def test_nothing_is_found_before_a_look():
    result = find(EMBED, None, NONE, relied_on=None, now=None)

    assert (result.kind, result.rule, result.verdict) == (F.UNKNOWN, "not_looked", None)


def test_a_present_source_is_not_called_intact_when_the_last_look_failed():
    result = finding(now=reading(Signal.OFFLINE, reason="Our own network is down."))

    assert (result.kind, result.rule) == (F.UNKNOWN, "last_look_offline")
    assert result.reason.endswith("Our own network is down.")
    assert finding(now=None).rule == "not_read"


def test_a_difference_is_shown():
    assert finding(now=EDITED).diff == "What we saw from the tower: [-12-]{+21+} ships left"
    assert finding(pin=PRINTED, then=None, now=OTHER_WORDS).diff == (
        "what we saw from the tower: [-12-]{+21+} ships left"
    )
    assert finding().diff is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [(Content.MINOR, F.INTACT), (Content.MAJOR, F.CHANGED), (Content.REPLACED, F.CHANGED)],
)
def test_classified_differences_have_their_rows(content, kind):
    nothing = QuoteCheck(Quote.UNDETERMINED, "the article prints none of its words")

    case = Case(LATE, Comparison(content), nothing, nothing)

    assert by_content(case).kind is kind


# --- pages --------------------------------------------------------------------------------------

MORE = " ".join(
    f"Boat {n} lay at pier {n} all week and waited for the tide to come." for n in range(9)
)
QUOTED = "The keeper had seen twelve ships leave before midnight"
CITED = citing(
    found(kind=CitationKind.LINK, text="a report", context=Context(quotes=(QUOTED, "Not of it")))
)
FULL_PAGE = text(f"{STORY} {MORE}")


def page_of(old: str, new: str) -> PageText:
    return text(f"{STORY} {MORE}".replace(old, new))


PAGES = [
    ("small things", page_of("waited", "wiated"), F.INTACT, "content_minor", Content.MINOR, Quote.STANDS),
    ("an edit elsewhere", page_of("pier 4", "pier 14"), F.INTACT, "words_stand", Content.MAJOR, Quote.STANDS),
    ("another figure in the quote", page_of("twelve", "thirty"), F.CHANGED, "words_altered", Content.MAJOR, Quote.ALTERED),
    ("a letter of the quote", page_of("keeper", "keepre"), F.CHANGED, "words_altered", Content.MINOR, Quote.ALTERED),
    ("the quote is gone", text(MORE), F.CHANGED, "words_missing", Content.MAJOR, Quote.MISSING),
    ("denied", page_of("The keeper had", "It is not true that the keeper had"), F.CHANGED, "words_in_other_context", Content.MAJOR, Quote.STANDS),
    ("another page", replace(text(OTHER * 6), title="Boots"), F.CHANGED, "content_replaced", Content.REPLACED, Quote.MISSING),
]  # fmt: skip


@pytest.mark.parametrize("row", PAGES, ids=[row[0] for row in PAGES])
def test_quoted_words_near_a_link_decide_of_its_page(row):
    _, now, *expected = row
    result = finding(CITED, LATE, FULL_PAGE, now)

    assert [result.kind, result.rule, result.content, result.quote] == expected
    assert result.cosine is not None
    assert result.containment is not None
    assert result.reason.endswith((".", "”"))


def test_a_page_that_changed_elsewhere_says_how_much():
    result = finding(CITED, LATE, FULL_PAGE, page_of("pier 4", "pier 14"))

    assert result.reason == (
        "Still the words printed in the article, though the page changed in 1 sentence, in what it "
        "says (number)."
    )


def test_altered_words_say_whether_it_matters():
    figure = finding(CITED, LATE, FULL_PAGE, page_of("twelve", "thirty"))
    letter = finding(CITED, LATE, FULL_PAGE, page_of("keeper", "keepre"))

    assert (figure.material, letter.material) == (True, False)
    assert figure.reason.endswith("read differently now, in what they say (number).")
    assert letter.reason.endswith("read differently now, in their spelling alone.")
    assert figure.diff == "the keeper had seen [-twelve-]{+thirty+} ships leave before midnight"
    assert figure.similarity is not None


def test_a_page_without_quoted_words_is_told_by_its_sentences():
    result = finding(LINK, LATE, FULL_PAGE, page_of("did not answer", "did answer"))

    assert (result.kind, result.rule) == (F.CHANGED, "content_major")
    assert result.reason == (
        "The page is not what our first look on 22 November 2026 showed: it changed in 1 sentence, "
        "in what it says (negation)."
    )


@pytest.mark.parametrize(
    ("pin", "caveat"),
    [
        (PROMPT, "not a change since then."),
        (LATE, "Our first look is of 6 years after it was cited: they may also have been changed before."),
        (replace(LATE, lag=None), "The day it was cited is unknown: they may also have been changed before that look."),
    ],
)  # fmt: skip
def test_words_that_never_stood_there_are_an_error_of_the_citation(pin, caveat):
    result = finding(EMBED, pin, OTHER_WORDS, OTHER_WORDS)

    assert (result.kind, result.rule) == (F.UNKNOWN, "citation_error")
    assert result.reason.endswith(caveat)


def test_what_differs_by_itself_is_left_out_of_a_finding():
    first, second = text(f"{STORY}\nPegel 412 cm"), text(f"{STORY}\nPegel 415 cm")
    noise = noise_of(first, second)

    result = find(
        LINK, verdict(V.PRESENT), LATE, relied_on=showing(first),
        now=showing(text(f"{STORY}\nPegel 88 cm")), noise=noise,
    )  # fmt: skip

    assert (result.kind, result.content) == (F.INTACT, Content.MINOR)


# --- what intact means --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        (LATE, "Unchanged since our first look, 6 years after it was cited; still the words printed in the article."),
        (PROMPT, "Unchanged since it was cited; still the words printed in the article."),
        (replace(LATE, lag=days(-3)), "Unchanged since it was cited; still the words printed in the article."),
        (replace(LATE, lag=None), "Unchanged since our first look on 22 November 2026; the day it was cited is unknown; still the words printed in the article."),
        (replace(LATE, lag=None, at=None), "Unchanged since our first look; the day it was cited is unknown; still the words printed in the article."),
        (replace(LATE, note="seen"), "Unchanged since a person accepted it as it was on 22 November 2026; still the words printed in the article."),
    ],
)  # fmt: skip
def test_intact_says_no_more_than_our_looks_prove(pin, reason):
    assert finding(pin=pin).reason == reason


def test_words_among_others_are_never_said_to_be_all_that_is_there():
    assert finding(then=WRONG, now=WRONG).reason == (
        "Unchanged since our first look, 6 years after it was cited; the words printed in the "
        "article stand in it, with other words round them."
    )
    assert finding(now=EDITED_BESIDE).reason.endswith("with other words round them.")
    assert finding(pin=PRINTED, then=None, now=WRONG).diff == (
        "{+i was wrong to say:+} what we saw from the tower: 12 ships …"
    )


def test_words_that_stand_without_a_capture_say_only_that():
    assert finding(pin=PRINTED, then=None).reason == "Still the words printed in the article."


def test_a_change_a_person_accepted_is_no_longer_told():
    accepted = replace(LATE, note="a typing error was mended")

    assert finding(pin=accepted, then=OTHER_WORDS, now=OTHER_WORDS).kind is F.INTACT
    assert finding(pin=accepted, then=EDITED, now=EDITED).kind is F.INTACT
    assert finding(pin=accepted, then=OTHER_WORDS, now=EDITED_AWAY).kind is F.CHANGED


@pytest.mark.parametrize(("kind", "what"), [(V.GONE, "gone"), (V.RESTRICTED, "not shown to us")])
def test_an_absence_a_person_accepted_is_quiet_and_still_said(kind, what):
    accepted = replace(LATE, note="the author told us")
    result = finding(pin=accepted, now=reading(Signal.DELETED), kind=kind)

    assert (result.kind, result.rule) == (F.INTACT, "accepted")
    assert result.reason == (
        f"It is {what} since 22 November 2026, and a person accepted that on 22 November 2026 "
        "(“the author told us”). the platform served it"
    )
    assert result.verdict is not None
    assert result.verdict.kind is kind


@pytest.mark.parametrize(
    ("pin", "kind", "expected"),
    [
        (replace(LATE, note="seen", at=NOW - days(1)), V.GONE, F.GONE),
        (replace(LATE, note="seen", at=None), V.GONE, F.GONE),
        (LATE, V.GONE, F.GONE),
        (replace(LATE, note="seen", at=NOW - days(1)), V.RESTRICTED, F.RESTRICTED),
        (replace(LATE, note="seen"), V.SUSPECT, F.SUSPECT),
        (replace(LATE, note="seen"), V.UNREACHABLE, F.UNKNOWN),
    ],
)
def test_an_absence_nobody_accepted_is_told(pin, kind, expected):
    assert finding(pin=pin, now=reading(Signal.DELETED), kind=kind).kind is expected


def test_a_change_names_what_it_is_measured_against():
    assert "since our first look on 22 November 2026;" in finding(now=EDITED).reason
    assert (
        "the copy that the article relied on"
        in finding(LINK, replace(LATE, at=None), PAGE, OTHER_PAGE).reason
    )
    accepted = replace(LATE, note="fine")
    assert (
        "what a person accepted on 22 November 2026"
        in finding(LINK, accepted, PAGE, OTHER_PAGE).reason
    )


# --- as cited -----------------------------------------------------------------------------------


def test_our_own_first_accepted_capture_stands_for_the_source():
    looks = [observation("s1", NOW + days(n), id=f"o{n}") for n in range(3)]
    captures = [
        capture("s1", NOW + days(2), id="later", observation_id="o2"),
        capture("s1", NOW, id="walled", observation_id="o0", gate=Gate.REJECTED),
        capture("s1", NOW + days(1), id="first", observation_id="o1"),
        capture("s1", NOW, id="unlooked"),
    ]

    assert chosen_of(EMBED, captures, looks, date(2020, 1, 15)) == AsCited(
        kind=AsCitedKind.CAPTURE,
        at=NOW + days(1),
        lag=date(2026, 11, 23) - date(2020, 1, 15),
        capture_id="first",
        observation_id="o1",
    )


def test_a_capture_of_a_look_that_did_not_show_the_source_does_not_stand_for_it():
    seen = observation("s1", id="o1", reading=reading(Signal.DELETED))

    chosen = chosen_of(EMBED, [capture("s1", observation_id="o1")], [seen], None)

    assert chosen.kind is AsCitedKind.PRINTED


def test_a_look_at_a_home_page_does_not_stand_for_the_source():
    sent_home, back = served(0, "https://news.example/"), served(1)
    proofs = [
        capture("s1", NOW, id="home", observation_id=sent_home.id),
        capture("s1", NOW + days(1), id="article", observation_id=back.id),
    ]

    assert chosen_of(LINK, proofs[:1], [sent_home], None) == NONE
    assert chosen_of(LINK, proofs, [sent_home, back], None).capture_id == "article"


def test_a_look_that_broke_off_does_not_stand_for_the_source():
    broken, whole = look(0, Signal.PRESENT, url=URL), served(1)
    proofs = [
        capture("s1", NOW, id="part", observation_id=broken.id),
        capture("s1", NOW + days(1), id="whole", observation_id=whole.id),
    ]

    assert chosen_of(EMBED, proofs[:1], [broken], None) == PRINTED
    assert chosen_of(EMBED, proofs, [broken, whole], None).capture_id == "whole"


def test_the_printed_words_stand_where_there_is_no_capture_and_nothing_where_there_are_none():
    assert chosen_of(EMBED, [], [], None) == PRINTED
    assert chosen_of(LINK, [], [], date(2020, 1, 15)) == NONE


def test_the_lag_is_unknown_when_the_day_of_citing_is():
    seen, proof = observation("s1", id="o1"), capture("s1", observation_id="o1")

    assert chosen_of(LINK, [proof], [seen], None).lag is None


# --- wording ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(hours=5), "less than a day"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=29), "29 days"),
        (timedelta(days=31), "1 month"),
        (timedelta(days=364), "11 months"),
        (timedelta(days=366), "1 year"),
        (timedelta(days=2504), "6 years"),
        (timedelta(days=-40), "1 month"),
    ],
)
def test_spans_are_said_in_their_largest_unit(duration, words):
    assert span(duration) == words


def test_days_are_written_out():
    assert on_day(datetime(2020, 1, 8, tzinfo=UTC)) == "8 January 2020"
