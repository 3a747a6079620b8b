from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.drift import changes_of, compare_pages
from archiver.judge.noise import noise_of
from archiver.model.comparison import Change, Material
from archiver.model.inquiry import PageText
from archiver.model.verdict import Content
from tests.unit.judge.looks import OTHER, STORY

PARAGRAPHS = (
    STORY,
    "The harbour had been closed since the storm. Nobody in the town had asked who gave the order.",
    "Maya Lind, who keeps the log, will read it to the council on 12 March. She said it was complete.",
    "Older residents still talk of the night the lamps went out along the whole of the northern shore.",
    "A second report arrived in spring and was filed with the first one in the same green box.",
)  # fmt: skip
MENU = "Home\nPolitics\nHarbour\nWeather"
BOX = "Most read\nWhat the minister knew\nThree ways the gate could fail\nWho pays for it"
OTHER_BOX = "Most read\nThe man who counted 40 birds\nNo way out of Selby\nAnn Carver on maps"


def body(*paragraphs: str) -> str:
    return "\n".join(paragraphs or PARAGRAPHS)


def page(main: str | None, *around: str, title: str = "The tower", **changes: object) -> PageText:
    visible = "\n".join((MENU, main or "", *around))
    return replace(PageText(title, visible, main, "en"), **changes)  # type: ignore[arg-type]


def unread(one: PageText) -> PageText:
    """Return a page in which no main text was found."""
    return replace(one, main=None)


WHOLE = page(body(), BOX, "© 2025 Harbour Paper. All rights reserved.")


def edited(old: str, new: str) -> PageText:
    assert old in WHOLE.visible
    main = WHOLE.main or ""
    return replace(WHOLE, main=main.replace(old, new), visible=WHOLE.visible.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("twelve ships", "twenty ships", Material.NUMBER),
        ("did not answer", "did answer", Material.NEGATION),
        ("will read it", "may read it", Material.MODAL),
        ("Maya Lind", "Ana Lind", Material.NAME),
        ("She said it was", "She claimed it was", Material.ATTRIBUTION),
    ],
)
def test_one_word_that_says_something_else_makes_a_page_major(old, new, kind):
    found = compare_pages(WHOLE, edited(old, new))

    assert found.level is Content.MAJOR
    (change,) = found.changes
    assert kind in change.material
    assert old in (change.before or "")
    assert new in (change.after or "")
    assert found.cosine is not None
    assert found.cosine > 0.9
    assert "[-" in (found.diff or "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("residents", "resdients"),
        ("arrived in spring", "came in spring"),
        ("closed since", "shut since"),
    ],
)
def test_typing_errors_and_other_words_for_the_same_are_small(old, new):
    found = compare_pages(WHOLE, edited(old, new))

    assert found.level is Content.MINOR
    assert len(found.changes) == 1


def test_a_sentence_that_is_gone_or_came_is_told_by_what_it_says():
    sentence = " She said it was complete."
    gone = compare_pages(WHOLE, edited(sentence, ""))
    come = compare_pages(edited(sentence, ""), WHOLE)

    assert gone.level is come.level is Content.MAJOR
    assert gone.changes == (Change(sentence.strip(), None, (Material.ATTRIBUTION,)),)
    assert come.changes == (Change(None, sentence.strip(), (Material.ATTRIBUTION,)),)


NOISE = {
    "a banner": page(body(), BOX, "We use cookies to give you the best experience. You may change it."),
    "another box": page(body(), OTHER_BOX),
    "a clock": page(body(), "Updated 3 hours ago", BOX),
    "a counter": page(body(), BOX, "214 comments"),
    "the year": page(body(), BOX, "© 2026 Harbour Paper. All rights reserved."),
    "a ticker": page(body(), "DAX 15,234.10 +0.3 %", BOX),
    "moved": page(body(*PARAGRAPHS[::-1]), BOX),
    "marks and spaces": page(body().replace("'", "’").replace(" ", "\u00a0"), BOX),
    "a box in the main text": page(body(*PARAGRAPHS[:2], OTHER_BOX, *PARAGRAPHS[2:]), BOX),
    "a pointer in the main text": page(body(*PARAGRAPHS[:2], "Read also: Who pays 40 men?", *PARAGRAPHS[2:])),
    "a stamp in the main text": page(body("Published 12 March 2026, 14:05", *PARAGRAPHS)),
    "lines run together": page(body().replace("\n", " "), BOX),
    "the extractor takes less": replace(WHOLE, main=PARAGRAPHS[3] + PARAGRAPHS[4] + PARAGRAPHS[1]),
    "the extractor takes more": replace(WHOLE, main=WHOLE.visible),
    "no main text": replace(WHOLE, main=None),
}  # fmt: skip


@pytest.mark.parametrize("now", NOISE.values(), ids=NOISE.keys())
def test_noise_is_small_at_the_most(now):
    for then, later in ((WHOLE, now), (now, WHOLE)):
        assert compare_pages(then, later).level in (Content.SAME, Content.MINOR)


def test_noise_hides_no_edit_beside_it():
    now = page(edited("twelve", "thirty").main, OTHER_BOX, "Updated 3 hours ago", "12 comments")

    assert compare_pages(WHOLE, now).level is Content.MAJOR


def test_an_edit_shows_where_the_extractor_flips():
    now = replace(edited("twelve", "thirty"), main=PARAGRAPHS[3] + PARAGRAPHS[4] + PARAGRAPHS[1])

    found = compare_pages(replace(WHOLE, main=None), replace(now, main=None))

    assert found.level is Content.MAJOR
    assert [change.material for change in found.changes] == [(Material.NUMBER,)]


def test_a_figure_in_a_table_is_an_edit():
    table = "Dead | 12\nMissing | 30\nShips | 4"
    now = "Dead | 21\nMissing | 30\nShips | 4"

    found = compare_pages(page(body(*PARAGRAPHS, table)), page(body(*PARAGRAPHS, now)))

    assert [change.material for change in found.changes] == [(Material.NUMBER,)]
    assert found.level is Content.MAJOR


def test_a_headline_that_was_edited_is_told_and_another_one_is_tried_on_readers():
    then = page(body(), "The tower will fall", title="The tower will fall | Harbour Paper")
    now = page(body(), "The tower may fall", title="The tower may fall | Harbour Paper")
    tried = page(body(), "What fell that night", title="What fell that night | Harbour Paper")
    counted = page(body(), "The tower will fall", title="(3) The tower will fall | Harbour Paper")

    assert compare_pages(then, now).level is Content.MAJOR
    assert compare_pages(then, now).changes[0].material == (Material.MODAL,)
    assert compare_pages(then, tried).level is Content.SAME
    assert compare_pages(then, counted).level in (Content.SAME, Content.MINOR)


def test_much_other_text_makes_a_page_major():
    half = [*PARAGRAPHS[:2], *("Calm weather came and went over grey stones." for _ in range(9))]

    assert compare_pages(WHOLE, page(body(*half))).level is Content.MAJOR


@pytest.mark.parametrize("title", ["Watches", None])
def test_another_page_is_replaced(title):
    found = compare_pages(WHOLE, replace(page(OTHER * 3), title=title))

    assert found.level is Content.REPLACED


def test_a_page_that_was_not_drawn_cannot_be_compared():
    long = page(body(*PARAGRAPHS, *PARAGRAPHS, *PARAGRAPHS))
    shell = PageText("The tower", "Loading", None, "en")

    assert compare_pages(long, shell).level is Content.INCOMPARABLE
    assert compare_pages(shell, long).level is Content.INCOMPARABLE


@pytest.mark.parametrize("changes", [{"rendered": True}, {"extractor": "other 2"}])
def test_like_is_compared_with_like(changes):
    assert compare_pages(WHOLE, replace(WHOLE, **changes)).level is Content.INCOMPARABLE


# --- changes of texts ----------------------------------------------------------------------------


def test_changes_are_sentences_in_the_order_of_the_text():
    old = "One stays here today. Two was seen by 3 men. Three will go away soon. Four stays here."
    new = "Two was seen by 4 men. One stays here today. Four stays here. Five came in at last."

    assert changes_of(old, new) == (
        Change("Two was seen by 3 men.", "Two was seen by 4 men.", (Material.NUMBER,)),
        Change("Three will go away soon.", None, (Material.NUMBER, Material.MODAL)),
        Change(None, "Five came in at last.", (Material.NUMBER,)),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("It fell. It burned all night.", "It burned all night. It fell."),
        (
            "It fell and then it burned all night long.",
            "it fell, and then it burned all night long",
        ),
        (
            "It fell at noon today; it burned all night.",
            "It fell at noon today. It burned all night.",
        ),
        ("塔は倒れた。夜通し燃えた。", "夜通し燃えた。塔は倒れた。"),
    ],
)
def test_what_moved_or_has_another_form_is_no_change(old, new):
    assert changes_of(old, new) == ()


def test_a_word_of_a_long_page_is_found():
    lines = [f"Ship {n} left the harbour at {n % 24} with {n % 7} men aboard." for n in range(9000)]
    changed = [*lines]
    changed[7001] = changed[7001].replace("left", "never left")

    (change,) = changes_of("\n".join(lines), "\n".join(changed))

    assert change.material == (Material.NEGATION,)


WORDS = st.lists(
    st.sampled_from(
        ["tower", "not", "12", "Maya", "said", "fell", ".", "\n", "？", "塔", "أ", "’"]
    ),
    max_size=60,
)


@given(WORDS, WORDS)
def test_a_text_differs_from_itself_in_nothing_and_from_another_somewhere(old, new):
    before, after = " ".join(old), " ".join(new)

    assert changes_of(before, before) == ()
    for change in changes_of(before, after):
        assert change.before is not None or change.after is not None
    assert compare_pages(page(before), page(before)).level is Content.SAME
    assert compare_pages(page(before), page(after)).level in Content


@given(st.text(max_size=400), st.text(max_size=400))
def test_no_text_stops_the_comparison(old, new):
    found = compare_pages(PageText(old, old, new, None), PageText(new, new, old, None))

    assert found.level in Content
    assert len(changes_of(old, new)) <= len(old) + len(new)


# --- noise learned -------------------------------------------------------------------------------

STREAM = "Live\nA ferry turned back at 9.\nTwo men were seen on the dike at 8."
LATER = "Live\nThe last train left Selby at 10.\nA ferry turned back at 9."
LATEST = "Live\nAnn Carver closed the school at 11.\nThe last train left Selby at 10."


def test_what_rotates_between_two_looks_is_left_out_and_counted():
    first, second = (unread(page(body(), box, "Imprint")) for box in (STREAM, LATER))
    now = unread(page(body(), LATEST, "Imprint"))
    noise = noise_of(first, second)

    found = compare_pages(first, now, noise=noise)

    assert noise
    assert found.changes == ()
    assert found.noise > 0
    assert found.level is Content.MINOR


def test_what_counts_is_known_by_its_form_wherever_it_stands():
    noise = noise_of(page(body(), "Pegel 412 cm"), page(body(), "Pegel 415 cm"))

    then, now = page(body("Pegel 300 cm", *PARAGRAPHS)), page(body(*PARAGRAPHS, "Pegel 212 cm"))
    assert compare_pages(then, now, noise=noise).changes == ()
    assert compare_pages(then, now).changes != ()


EDITS = [("twelve", "thirty"), ("did not answer", "did answer"), ("Maya", "Ana"), ("will", "may")]


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_an_edit_is_never_hidden_even_when_it_fell_between_the_two_looks(old, new):
    noise = noise_of(WHOLE, edited(old, new))

    found = compare_pages(WHOLE, edited(old, new), noise=noise)

    assert found.level is Content.MAJOR


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_an_edit_beside_a_place_that_rotates_is_told(old, new):
    first, second = (page(body(*PARAGRAPHS, box)) for box in (STREAM, LATER))
    now = page(body(*PARAGRAPHS, LATEST).replace(old, new, 1))

    found = compare_pages(first, now, noise=noise_of(first, second))

    assert found.level is Content.MAJOR
    assert any(new in (change.after or "") for change in found.changes)


def test_words_in_quotation_marks_are_never_hidden():
    first, second = unread(page(body(), STREAM)), unread(page(body(), LATER))
    said = "Live\nThe keeper said “we saw 12 ships” and left."
    now = unread(page(body(), said))

    found = compare_pages(first, now, noise=noise_of(first, second))

    assert any("we saw 12 ships" in (change.after or "") for change in found.changes)


def test_what_is_rendered_teaches_no_noise_of_what_is_raw():
    assert not noise_of(WHOLE, replace(WHOLE, rendered=True))


@given(WORDS, WORDS, st.integers(0, 5))
def test_noise_of_any_two_texts_leaves_an_edit_in_running_text(one, other, seed):
    rng = random.Random(seed)
    old, new = rng.choice(EDITS)
    first, second = page(body(), " ".join(one)), page(body(), " ".join(other))
    now = page(body().replace(old, new, 1), " ".join(other))

    assert compare_pages(first, now, noise=noise_of(first, second)).level is Content.MAJOR
