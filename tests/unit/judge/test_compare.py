from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge._diff import MAX_CHARS, word_diff
from archiver.judge._parts import Parts
from archiver.judge.compare import beside, compare
from archiver.model.comparison import Material
from archiver.model.inquiry import PageText, Reading, Wall
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.model.verdict import Content
from tests.build import NOW, post, reading
from tests.unit.judge.looks import OTHER, STORY, text

ID, NEXT = "1214000000000000001", "1214000000000000009"
POST = post(id=ID, text="12 ships left", edit_ids=(ID,), editable_until=NOW - timedelta(days=1))


def seen(content: Post | PageText | str | None) -> Reading:
    blank = reading(post=None)
    if isinstance(content, Post):
        return replace(blank, post=content)
    if isinstance(content, PageText):
        return replace(blank, page=content)
    return replace(blank, content_sha256=content)


def against(then: Reading | None, now: Reading) -> tuple[Content, str | None]:
    compared = compare(then, now)
    return compared.level, compared.diff


def versions(then: Post, **changes: object) -> tuple[Content, str | None]:
    return against(seen(then), seen(replace(then, **changes)))  # type: ignore[arg-type]


# --- posts --------------------------------------------------------------------------------------


def test_a_post_with_the_same_stable_fields_is_the_same():
    assert versions(POST, author_name="Renamed", handle="renamed") == (Content.SAME, None)


def test_a_post_is_edited_when_its_chain_grew():
    content, diff = versions(
        POST, id=NEXT, text="13 ships left", edit_ids=(ID, NEXT), is_edited=True
    )

    assert (content, diff) == (Content.EDITED, "[-12-]{+13+} ships left")


def test_an_edit_that_leaves_the_words_is_an_edit():
    assert versions(POST, id=NEXT, edit_ids=(ID, NEXT), is_edited=True) == (Content.EDITED, None)


def test_a_post_is_edited_when_the_platform_says_so_and_the_words_differ():
    assert versions(POST, text="13 ships left", is_edited=True)[0] is Content.EDITED


def test_a_new_mark_of_edits_is_an_edit():
    then = replace(POST, revision="bafy1")

    assert versions(then, revision="bafy2") == (Content.EDITED, None)


@pytest.mark.parametrize(("then", "now"), [(None, "bafy2"), ("bafy1", None)])
def test_a_mark_of_edits_that_only_one_look_tells_is_no_edit_and_no_difference(then, now):
    assert versions(replace(POST, revision=then), revision=now) == (Content.SAME, None)


def test_another_title_is_shown_as_a_difference():
    then = replace(POST, title="What we saw")

    content, diff = versions(then, title="What they saw")

    assert content is Content.DIFFERS
    assert diff is not None
    assert diff.startswith("What [-we-]{+they+} saw")


def test_an_older_id_that_becomes_known_is_no_edit():
    then = replace(POST, id=NEXT, edit_ids=(NEXT,), is_edited=True)

    assert versions(then, edit_ids=(ID, NEXT)) == (Content.SAME, None)


@pytest.mark.parametrize("until", [NOW + timedelta(days=1), NOW - timedelta(days=1), None])
def test_other_words_without_an_edit_are_a_difference_and_never_an_edit(until):
    content, diff = versions(replace(POST, editable_until=until), text="13 ships left")

    assert (content, diff) == (Content.DIFFERS, "[-12-]{+13+} ships left")


PHOTO = Medium("KEY1", "photo", "https://pbs.twimg.com/media/KEY1.jpg")
QUOTED = post(id="1200000000000000005", text="Yes.")
QUOTE_URL = f"https://twitter.com/b/status/{QUOTED.id}"
FULL = replace(
    POST, media=(PHOTO,), links=(QUOTE_URL,), quoted=QUOTED, author_id="9", revision="bafy1"
)
QUOTE_GONE = f"{POST.text} twitter.com/b/status/12…"


def beside_of(then: Post, **changes: object) -> Parts:
    return beside(seen(then), seen(replace(then, **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"media": (replace(PHOTO, available=False),)}, "its photo KEY1 is no longer shown"),
        ({"media": ()}, "its photo KEY1 is no longer shown"),
        ({"quoted": None}, f"the post it quotes ({QUOTED.id}) is no longer shown"),
        ({"quoted": None, "text": QUOTE_GONE}, f"the post it quotes ({QUOTED.id}) is no longer shown"),
        ({"quoted": None, "links": ()}, f"the post it quotes ({QUOTED.id}) is no longer shown"),
        ({"author_id": None, "handle": None}, "its author is no longer told"),
        ({"is_edited": True}, "the platform says that it was edited, which was not told then"),
    ],
)  # fmt: skip
def test_what_is_no_longer_shown_beside_the_same_words_is_noted(changes, note):
    assert versions(FULL, **changes) == (Content.SAME, None)
    assert beside_of(FULL, **changes).told == note


@pytest.mark.parametrize(
    "changes",
    [{"author_id": None}, {"revision": None}, {"edit_ids": ()}, {"handle": None}],
)
def test_what_only_one_look_tells_is_no_difference(changes):
    then = replace(FULL, **changes)

    assert versions(FULL, **changes) == (Content.SAME, None)
    assert against(seen(then), seen(FULL)) == (Content.SAME, None)
    assert beside_of(FULL, **changes).told == ""


def test_what_is_shown_again_is_noted():
    hidden = replace(FULL, media=(replace(PHOTO, available=False),), quoted=None, text=QUOTE_GONE)

    assert against(seen(hidden), seen(FULL)) == (Content.SAME, None)
    assert beside(seen(hidden), seen(FULL)).notes == (
        "its photo KEY1 is shown again",
        f"the post it quotes ({QUOTED.id}) is shown again",
    )


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        (
            {"media": (PHOTO, replace(PHOTO, key="KEY2"))},
            "its photo KEY2 is shown for the first time",
        ),
        ({"quoted": replace(QUOTED, id="77")}, "it quotes another post (77)"),
        ({"links": (QUOTE_URL, "https://a.example/")}, "its links lead elsewhere"),
        ({"author_id": "10"}, "its author is told otherwise"),
        ({"edit_ids": ("5",)}, "its ID is another one"),
    ],
)
def test_what_is_another_one_beside_the_same_words_is_a_difference_and_no_edit(changes, difference):
    assert versions(FULL, **changes) == (Content.DIFFERS, None)
    assert beside_of(FULL, **changes).told == difference


def test_many_media_are_counted():
    many = tuple(replace(PHOTO, key=f"{'k' * 50}{n}") for n in range(9))

    (note,) = beside_of(replace(FULL, media=many), media=()).notes

    assert note.endswith(" and 6 more are no longer shown")
    assert len(note) < 200


@pytest.mark.parametrize("text", ["13 ships left", "12 ships left twitter.com/b/status/13…"])
def test_a_quoted_post_that_is_gone_hides_no_other_words(text):
    assert versions(FULL, quoted=None, text=text)[0] is Content.DIFFERS


def test_a_link_that_is_printed_where_a_quoted_post_stood_is_no_edit():
    assert versions(FULL, quoted=None, text=QUOTE_GONE, is_edited=True)[0] is Content.SAME


def test_a_cut_post_cannot_be_compared():
    cut = replace(POST, is_cut=True)

    assert versions(POST, text="12 ships", is_cut=True) == (Content.INCOMPARABLE, None)
    assert versions(cut, text="12 ships left at", is_cut=False) == (Content.INCOMPARABLE, None)
    assert versions(cut) == (Content.INCOMPARABLE, None)


def test_a_cut_post_whose_chain_grew_was_edited():
    assert (
        versions(replace(POST, is_cut=True), id=NEXT, text="13", edit_ids=(ID, NEXT))[0]
        is Content.EDITED
    )


def test_replaced_text_of_a_withheld_post_cannot_be_compared():
    assert versions(POST, text="withheld", is_withheld=True, is_edited=True) == (
        Content.INCOMPARABLE,
        None,
    )


# --- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("The tower, struck.", "the  TOWER,\n struck. "),
        ("“It’s 12–13”", '"It\'s 12-13"'),
        ("har\u00adbour\u200b", "harbour"),
        ("Cafe\u0301", "CAFÉ"),
    ],
)
def test_case_space_and_typography_are_no_content(then, now):
    assert against(seen(text(then)), seen(text(now))) == (Content.SAME, None)
    assert seen(text(then)).fingerprint == seen(text(now)).fingerprint


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("up 1.5%", "up 15%"),
        ("-3 million", "3 million"),
        ("for $5", "for €5"),
        ("x > y", "x < y"),
        ("12-13", "1213"),
        ("the rapist", "therapist"),
        ("मंत्री की बात", "मंत्री कि बात"),
        ("10² ships", "102 ships"),
        ("1½ miles", "11⁄2 miles"),
        ("It fell.", "It fell?"),
    ],
)
def test_signs_that_make_another_meaning_are_content(then, now):
    assert against(seen(text(then)), seen(text(now)))[0] is not Content.SAME
    assert seen(text(then)).fingerprint != seen(text(now)).fingerprint


def test_an_edited_sentence_of_a_page_is_told_with_its_diff():
    found = compare(seen(text()), seen(text(STORY.replace("twelve", "twenty-one"))))

    assert found.level is Content.MAJOR
    assert [change.material for change in found.changes] == [(Material.NUMBER,)]
    assert found.diff == (
        "The keeper had seen [-twelve-]{+twenty-one+} ships leave before midnight, and none of "
        "them …"
    )


@pytest.mark.parametrize("walled", ["then", "now"])
def test_a_teaser_lacks_nothing_and_still_shows_an_edit(walled):
    whole = f"{STORY} {OTHER}"
    edited = STORY.replace("twelve", "thirty")

    def levels(then: str, now: str) -> Content:
        readings = {"then": seen(text(then)), "now": seen(text(now))}
        readings[walled] = replace(readings[walled], wall=Wall.PAYWALL)
        return compare(readings["then"], readings["now"]).level

    assert levels(whole, STORY) is Content.INCOMPARABLE
    assert levels(whole, edited) is Content.MAJOR
    assert levels(whole, whole) is Content.SAME


def test_a_rendered_page_is_not_compared_with_raw_html():
    assert against(seen(text()), seen(text(rendered=True))) == (Content.INCOMPARABLE, None)


def test_all_words_are_compared_where_one_side_has_no_main_text():
    then, now = text(), replace(text(), main=None)

    assert against(seen(then), seen(now)) == (Content.SAME, None)


def test_a_flip_of_the_extractor_is_no_difference():
    now = replace(text(), main="The tower")

    assert against(seen(text()), seen(now)) == (Content.SAME, None)


def test_files_are_compared_by_their_bytes():
    assert against(seen("aa"), seen("aa")) == (Content.SAME, None)
    assert against(seen("aa"), seen("bb")) == (Content.DIFFERS, None)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (None, seen("aa")),
        (reading(Signal.WALL), seen("aa")),
        (seen("aa"), reading(Signal.NOT_FOUND)),
        (seen("aa"), seen(text())),
        (seen(POST), seen(text())),
        (seen(None), seen(None)),
    ],
)
def test_what_is_not_alike_in_kind_cannot_be_compared(then, now):
    assert against(then, now) == (Content.INCOMPARABLE, None)


# --- the diff -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "diff"),
    [
        ("a b c", "a b c", ""),
        ("a  b\nc", "a b c", ""),
        ("", "", ""),
        ("", "a b", "{+a b+}"),
        ("a b", "", "[-a b-]"),
        ("a b c", "a x c", "a [-b-]{+x+} c"),
        ("a b c", "a c", "a [-b-] c"),
        ("a c", "a b c", "a {+b+} c"),
        ("a b c d e", "a x c y e", "a [-b-]{+x+} c [-d-]{+y+} e"),
        ("1 2 3 4 5 6 7 8 9 10 x", "1 2 3 4 5 6 7 8 9 10 y", "… 3 4 5 6 7 8 9 10 [-x-]{+y+}"),
        ("x 1 2 3 4 5 6 7 8 9 10", "y 1 2 3 4 5 6 7 8 9 10", "[-x-]{+y+} 1 2 3 4 5 6 7 8 …"),
        ("a 1 2 3 b", "x 1 2 3 y", "[-a-]{+x+} 1 2 3 [-b-]{+y+}"),
    ],
)
def test_a_diff_shows_words_in_their_place(old, new, diff):
    assert word_diff(old, new) == diff


def test_changes_far_apart_leave_the_middle_out():
    words = [str(n) for n in range(60)]
    changed = ["x", *words[1:-1], "y"]

    assert word_diff(" ".join(words), " ".join(changed)) == (
        "[-0-]{+x+} 1 2 3 4 5 6 7 8 … 51 52 53 54 55 56 57 58 [-59-]{+y+}"
    )


def test_a_diff_of_two_large_pages_stays_short():
    old = " ".join(f"w{n % 5000}" for n in range(150_000))
    new = " ".join(f"v{n % 5000}" if n % 7 else "same" for n in range(150_000))

    diff = word_diff(old, new)

    assert len(diff) < MAX_CHARS + 60
    assert diff.endswith("changes in all)")


def test_one_change_in_a_large_page_is_found():
    words = [f"w{n}" for n in range(100_000)]
    changed = [*words[:70_000], "not", *words[70_000:]]

    assert "{+not+}" in word_diff(" ".join(words), " ".join(changed))


WORDS = st.lists(st.sampled_from("abcdef"), max_size=25)


@given(WORDS, WORDS)
def test_a_diff_holds_every_word_that_came_or_went(old, new):
    diff = word_diff(" ".join(old), " ".join(new))

    assert (diff == "") == (old == new)
    for word in set(new) - set(old):
        assert word in diff.replace("{+", " ").replace("+}", " ")
