"""A post that is printed in two forms of one article, or found in an archive, is told from others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from archiver.judge.matching import Match, is_vouched_for, match, pick
from archiver.model.citation import Author, CitationKind
from archiver.model.signals import Signal
from tests.build import found, page, page_text, post, reading, ref

WORDS = "What we saw from the tower: 12 ships left before noon"
PRINTED = found(text=f"{WORDS} pic.twitter.com/y2MZyT187R", source=None)


def other(**changes: Any):
    said: dict[str, Any] = {"source": ref("1214"), "text": WORDS, "addresses": (), **changes}
    return found(**said)


AGREE = {
    "all three": other(),
    "no day printed there": other(posted_on=None),
    "no handle printed there": other(author=Author("The Tower")),
    "the handle in other letters": other(author=Author(None, "@TowerSight")),
    "words cut short there": other(text="What we saw from the tower: 12 ships…"),
    "words glued there": other(text=WORDS.replace("saw from the", "sawfrom the")),
    "only a picture there": other(text="pic.twitter.com/y2MZyT187R"),
}
DISAGREE = {
    "another handle": other(author=Author(None, "another")),
    "another day": other(posted_on=date(2020, 1, 12)),
    "other words": other(text="Something else that was said on that very morning"),
    "another figure": other(text=WORDS.replace("12", "21")),
    "one agreement alone": other(posted_on=None, author=Author("The Tower")),
    "a link and no post": other(kind=CitationKind.LINK),
    "no source there either": found(None, text=WORDS),
}


@pytest.mark.parametrize("candidate", AGREE.values(), ids=AGREE.keys())
def test_a_post_in_another_form_of_the_article_is_picked(candidate):
    picked = pick(PRINTED, [candidate, other(author=Author(None, "another"))])

    assert picked.source == candidate.source


@pytest.mark.parametrize("candidate", DISAGREE.values(), ids=DISAGREE.keys())
def test_what_disagrees_in_anything_printed_is_not_picked(candidate):
    assert pick(PRINTED, [candidate]).source is None


OWN = "1216760641132195840"  # an ID of 2020-01-13 (UTC)
BEFORE = "1216390000000000000"  # one of the day before


def embedded(handle: str, key: str):
    """Return an embed that prints what the article prints, and whose permalink names a post."""
    return other(source=ref(key, url=f"https://x.com/{handle}/status/{key}"))


def test_a_post_whose_own_address_agrees_is_picked_and_the_note_says_what_agreed():
    assert "handle, day and words agree" in pick(PRINTED, [embedded("TowerSight", OWN)]).note
    assert "handle and words agree" in pick(PRINTED, [other(posted_on=None)]).note


@pytest.mark.parametrize(("handle", "key"), [("towersight", BEFORE), ("evil", OWN), ("i", BEFORE)])
def test_a_post_whose_own_id_or_handle_disagrees_is_not_picked_for_what_it_prints(handle, key):
    assert pick(PRINTED, [embedded(handle, key)]).source is None


def test_two_that_agree_and_differ_in_source_settle_nothing():
    picked = pick(PRINTED, [other(), found(ref("1215"), text=WORDS)])

    assert picked.source is None
    assert "x:1214, x:1215" in picked.note


TITLE = "The night the harbour lights went out, hour by hour"


@pytest.mark.parametrize(
    ("anchor", "kind", "is_same"),
    [
        (TITLE, CitationKind.LINK, True),
        (f"READ: {TITLE}", CitationKind.RELATED, True),
        ("The night the harbour lights went out,\n hour by  hour", CitationKind.LINK, True),
        (TITLE.upper(), CitationKind.LINK, True),
        (f"{TITLE} (video)", CitationKind.LINK, False),
        (TITLE, CitationKind.EMBED, False),
    ],
)
def test_a_pointer_is_picked_by_its_title(anchor, kind, is_same):
    pointer = found(None, kind=CitationKind.RELATED, text=TITLE, platform=None)
    candidate = found(page(), kind=kind, text=anchor, platform="web")

    assert (pick(pointer, [candidate]).source == candidate.source) is is_same


@pytest.mark.parametrize("title", ["Opinion: who closed the gates of the harbour", "12:30"])
def test_a_title_with_a_colon_of_its_own_is_itself(title):
    pointer = found(None, kind=CitationKind.RELATED, text=title, platform=None)
    candidate = found(page(), kind=CitationKind.LINK, text=title, platform="web")

    assert (pick(pointer, [candidate]).source is not None) is (len(title) > 10)


MATCHES = {
    "the words": (reading(post=post(text=WORDS)), Match.AGREES),
    "amid more, and long": (reading(post=post(text=f"@ana {WORDS}")), Match.AGREES),
    "other words": (reading(post=post(text="Nothing of the kind was there.")), Match.DIFFERS),
    "another figure": (reading(post=post(text=WORDS.replace("12", "21"))), Match.DIFFERS),
    "cut off": (reading(post=post(text="What they", is_cut=True)), Match.UNTOLD),
    "not shown": (reading(Signal.NOT_FOUND), Match.UNTOLD),
    "nothing read": (None, Match.UNTOLD),
}


@pytest.mark.parametrize(("seen", "expected"), MATCHES.values(), ids=MATCHES.keys())
def test_a_post_out_of_an_archive_has_the_printed_words_or_not(seen, expected):
    assert match(PRINTED, seen) is expected


def test_a_few_words_amid_others_tell_nothing():
    printed = found(None, text="It is safe")

    assert match(printed, reading(post=post(text="I was wrong to say It is safe"))) is Match.UNTOLD


VOUCHED = {
    "the words printed": (PRINTED, f"Home. {WORDS} Log in", True),
    "other words": (PRINTED, "Log in to see what others say.", False),
    "words too few to tell": (found(text="Log in"), "Log in to see what others say.", False),
    "no words": (found(text="pic.twitter.com/y2MZyT187R"), "Log in", False),
    "a link's text": (found(text=WORDS, kind=CitationKind.LINK), WORDS, False),
}


@pytest.mark.parametrize(("printed", "text", "expected"), VOUCHED.values(), ids=VOUCHED.keys())
def test_a_page_is_vouched_for_by_enough_of_the_printed_words(printed, text, expected):
    assert is_vouched_for([printed], reading(post=None, page=page_text(text))) is expected


def test_nobody_vouches_for_a_page_that_no_article_prints_words_of():
    assert not is_vouched_for([], reading(post=None, page=page_text(WORDS)))
