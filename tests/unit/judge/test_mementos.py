"""An outside archive's copy as what was cited: chosen by nearness, compared with care, named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from archiver.judge.copies import compare_with_copy
from archiver.judge.findings import doubted, find
from archiver.model.citation import Certainty, Citation, CitedMemento, Resolution
from archiver.model.inquiry import Reading
from archiver.model.memento import Memento
from archiver.model.signals import Signal
from archiver.model.verdict import AsCited, AsCitedKind, Content, Finding, FindingKind, VerdictKind
from tests.build import NOW, capture, days, found, memento, page_text, post, reading, verdict
from tests.unit.judge.looks import STORY, chosen_of, look, served, text

CITED = date(2020, 1, 14)
WORDS = "What we saw from the tower: 12 ships left"
EMBED = Citation("c7", "a1", found(text=WORDS), Resolution.RESOLVED, "s1", NOW)


def at(day: int, month: int = 1, year: int = 2020) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def copied(when: datetime, **changes: object) -> Memento:
    said = {"reading": reading(post=post(text=WORDS, media=())), **changes}
    return memento("s1", when, **said)


# --- what stands for the source as cited ---------------------------------------------------------


def test_the_copy_nearest_to_the_cited_day_stands_whether_before_or_after_it():
    mementos = [copied(at(9)), copied(at(17)), copied(at(1, 6))]

    chosen = chosen_of(EMBED, [], [], CITED, mementos)

    assert (chosen.kind, chosen.memento_id) == (AsCitedKind.MEMENTO, mementos[1].id)
    assert chosen.lag == days(3)


def test_a_copy_from_before_the_article_has_a_negative_lag():
    chosen = chosen_of(EMBED, [], [], CITED, [copied(at(9))])

    assert chosen.lag == days(-5)


def own(day: float):
    seen = look(day, Signal.PRESENT, post=post(text=WORDS))
    return capture("s1", seen.at, observation_id=seen.id), seen


def test_our_own_capture_stands_when_it_is_as_near_and_a_copy_when_it_is_nearer():
    kept, seen = own(0)
    near, far = copied(at(15)), copied(at(1, 1, 2000))

    nearer = chosen_of(EMBED, [kept], [seen], CITED, [near])
    farther = chosen_of(EMBED, [kept], [seen], CITED, [far])
    same_day = chosen_of(EMBED, [kept], [seen], seen.at.date(), [copied(seen.at)])
    unknown_day = chosen_of(EMBED, [kept], [seen], None, [near])

    assert nearer.memento_id == near.id
    assert {farther.kind, same_day.kind, unknown_day.kind} == {AsCitedKind.CAPTURE}


@pytest.mark.parametrize(
    "said",
    [
        reading(post=None, page=text(STORY)),
        reading(post=post(text=WORDS, is_cut=True)),
        reading(post=None, content_sha256="ab" * 32),
    ],
    ids=["a page", "a post cut short", "bytes"],
)
def test_a_nearer_copy_that_cannot_be_compared_with_our_post_leaves_our_capture_standing(said):
    kept, seen = own(0)

    chosen = chosen_of(EMBED, [kept], [seen], CITED, [copied(at(15), reading=said)])

    assert (chosen.kind, chosen.capture_id) == (AsCitedKind.CAPTURE, kept.id)


def test_a_page_as_sent_does_not_displace_our_capture_of_it_as_drawn_by_scripts():
    seen = served(0, rendered=True)
    kept = capture("s1", seen.at, observation_id=seen.id)
    raw = copied(at(15), reading=reading(post=None, page=text()))

    chosen = chosen_of(EMBED, [kept], [seen], CITED, [raw])

    assert chosen.kind is AsCitedKind.CAPTURE


@pytest.mark.parametrize(
    "said",
    [
        reading(Signal.NOT_FOUND),
        reading(Signal.WALL),
        reading(Signal.UNREADABLE),
        reading(post=None),
    ],
)
def test_a_copy_that_does_not_show_the_source_stands_for_nothing(said):
    chosen = chosen_of(EMBED, [], [], CITED, [copied(at(14), reading=said)])

    assert chosen.kind is AsCitedKind.PRINTED


def test_the_copy_an_article_cites_stands_before_anything_nearer():
    kept, seen = own(0)
    cited, near = copied(at(1, 3)), copied(at(14))
    named = CitedMemento("wayback", "https://web.archive.org/web/2020/https://x.com/", cited.at)
    citation = replace(EMBED, found=replace(EMBED.found, memento=named))

    chosen = chosen_of(citation, [kept], [seen], CITED, [near, cited])

    assert chosen.memento_id == cited.id


# --- comparing -----------------------------------------------------------------------------------


def seen(text: str, **changes: object) -> Reading:
    return reading(post=post(text=text, **changes))


COMPARED = {
    "the same words, other media and links": (
        seen(WORDS, media=(), links=()),
        seen(WORDS, edit_ids=("1214000000000000001",)),
        Content.SAME,
    ),
    "a link shown cut and the same whole": (
        seen("Read news.example/a/lo…", links=("https://www.news.example/a/long/way",), media=()),
        seen("Read news.example/a/long/way", links=("https://www.news.example/a/long/way",)),
        Content.SAME,
    ),
    "a link's code in place of it": (
        seen("Read https://t.co/Ab3dEfGh1J", media=()),
        seen("Read news.example/a", links=("https://news.example/a",)),
        Content.SAME,
    ),
    "emoji lost": (seen("Up 🛩 there at the tower", media=()), seen("Up there at the tower"), Content.SAME),
    "the beginning of a longer text": (
        seen("What we saw from the tower", media=()),
        seen(WORDS),
        Content.INCOMPARABLE,
    ),
    "handles before a reply": (seen(WORDS, media=()), seen(f"@ana @bo {WORDS}"), Content.INCOMPARABLE),
    "cut short now": (seen(WORDS, media=()), seen("What they", is_cut=True), Content.INCOMPARABLE),
    "withheld now": (
        seen(WORDS, media=()),
        seen("@a's account has been withheld", is_withheld=True),
        Content.INCOMPARABLE,
    ),
    "another figure": (
        seen(WORDS, media=()),
        seen(WORDS.replace("12", "21")),
        Content.DIFFERS,
    ),
    "a newer version in the chain": (
        seen(WORDS, media=()),
        seen(WORDS.replace("12", "21"), id="1215", edit_ids=("1214000000000000001", "1215")),
        Content.EDITED,
    ),
    "edited, as X says, before and after the copy": (
        seen(WORDS, media=()),
        seen(WORDS, is_edited=True),
        Content.SAME,
    ),
    "a page against a post": (
        reading(post=None, page=page_text()),
        seen(WORDS),
        Content.INCOMPARABLE,
    ),
    "raw against rendered": (
        reading(post=None, page=page_text()),
        reading(post=None, page=replace(page_text(), rendered=True)),
        Content.INCOMPARABLE,
    ),
    "raw against raw": (
        reading(post=None, page=page_text()),
        reading(post=None, page=page_text()),
        Content.SAME,
    ),
    "nothing to read now": (seen(WORDS), reading(Signal.WALL), Content.INCOMPARABLE),
}  # fmt: skip


@pytest.mark.parametrize(("copy", "now", "content"), COMPARED.values(), ids=COMPARED.keys())
def test_a_copy_is_compared_by_what_both_forms_tell(copy, now, content):
    assert compare_with_copy(copy, now).level is content


# --- findings ------------------------------------------------------------------------------------


def judged(
    copy: Memento, now: Reading | None, kind: VerdictKind = VerdictKind.PRESENT, lag: float = -5
) -> Finding:
    pin = AsCited(AsCitedKind.MEMENTO, at=copy.at, lag=days(lag), memento_id=copy.id)
    return find(EMBED, verdict(kind), pin, relied_on=None, now=now, copy=copy)


@pytest.mark.parametrize(
    ("lag", "words"),
    [
        (-5, "5 days before it was cited"),
        (3, "3 days after it was cited"),
        (0, "the day it was cited"),
    ],
)
def test_unchanged_since_a_copy_is_said_of_the_copy_and_never_of_us(lag, words):
    finding = judged(copied(at(9)), seen(WORDS), lag=lag)

    assert finding.kind is FindingKind.INTACT
    assert finding.reason.startswith(
        "Unchanged since an outside archive's copy of 9 January 2020 (Wayback), " + words
    )
    assert "our first look" not in finding.reason


def test_words_that_were_changed_since_the_copy_are_a_change():
    finding = judged(copied(at(9)), seen(WORDS.replace("12", "21")))

    assert (finding.kind, finding.rule) == (FindingKind.CHANGED, "words_altered")
    assert finding.diff is not None


def test_words_the_copy_did_not_have_either_are_told_as_that():
    other = copied(at(9), reading=seen("Nothing of the kind stood there on that morning."))
    finding = judged(other, seen("Nothing of the kind stood there on that morning."))

    assert (finding.kind, finding.rule) == (FindingKind.UNKNOWN, "citation_error")
    assert "an outside archive's copy of 9 January 2020 (Wayback) already" in finding.reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WORDS, "shows the words printed in the article."),
        (WORDS.replace("12", "21"), "shows the words printed in the article in another form."),
        ("Something else that was said.", "does not show the words printed in the article."),
    ],
)
def test_of_a_source_that_is_gone_the_copy_is_told(text, words):
    finding = judged(copied(at(9), reading=seen(text)), reading(Signal.DELETED), VerdictKind.GONE)

    assert finding.kind is FindingKind.GONE
    assert finding.reason.endswith(f"An outside archive's copy of 9 January 2020 (Wayback) {words}")


# --- a source that is only likely ----------------------------------------------------------------


def test_other_words_at_a_likely_source_are_a_doubt_and_no_change():
    citation = replace(EMBED, certainty=Certainty.LIKELY)
    pin = AsCited(AsCitedKind.PRINTED)
    now = seen("Something else that was said on that morning.")
    finding = find(citation, verdict(), pin, relied_on=None, now=now)

    told = doubted(citation, finding)

    assert (finding.kind, told.kind) == (FindingKind.CHANGED, FindingKind.UNKNOWN)
    assert told.rule == "source_not_certain"
    assert "archiver resolve c7 URL" in told.reason


def test_what_is_found_of_a_likely_source_is_said_with_the_doubt():
    citation = replace(EMBED, certainty=Certainty.LIKELY)
    gone = find(
        citation,
        verdict(VerdictKind.GONE),
        AsCited(AsCitedKind.PRINTED),
        relied_on=None,
        now=reading(Signal.DELETED),
    )

    assert doubted(citation, gone).kind is FindingKind.GONE
    assert "could not be checked by its words" in doubted(citation, gone).reason
    assert doubted(replace(citation, certainty=Certainty.CHECKED), gone) == gone
