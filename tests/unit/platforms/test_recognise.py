from __future__ import annotations

import pytest

from archiver.errors import AddressError
from archiver.platforms import recognise
from archiver.platforms._at_uri import page_of
from tests.cases.spellings import DIFFERENT, SAME


@pytest.mark.parametrize(("spelling", "name"), SAME, ids=[spelling for spelling, _ in SAME])
def test_one_source_has_one_name_for_many_spellings(spelling, name):
    assert recognise(spelling).name == name


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_sources_that_may_differ_keep_different_names(one, other):
    assert recognise(one).name != recognise(other).name


@pytest.mark.parametrize(
    ("uri", "page"),
    [
        ("at://did:plc:abc123/app.bsky.feed.post/3k2y", "https://bsky.app/profile/did:plc:abc123/post/3k2y"),
        ("  at://Tower.Example/app.bsky.feed.post/3k2Y ", "https://bsky.app/profile/tower.example/post/3k2Y"),
        ("at://did:web:tower.example", "https://bsky.app/profile/did:web:tower.example"),
        ("at://tower.example/app.bsky.actor.profile/self", "https://bsky.app/profile/tower.example"),
        ("at://tower.example/app.bsky.feed.generator/aaa", "https://bsky.app/profile/tower.example/feed/aaa"),
        ("at://tower.example/app.bsky.graph.list/aaa", "https://bsky.app/profile/tower.example/lists/aaa"),
        ("at://tower.example/app.bsky.graph.starterpack/aaa", "https://bsky.app/starter-pack/tower.example/aaa"),
    ],
)  # fmt: skip
def test_an_at_uri_names_the_page_that_shows_its_record(uri, page):
    assert page_of(uri) == page


@pytest.mark.parametrize(
    "uri",
    [
        "at://",
        "at://name",
        "at://name.0",
        "at://did:plc:",
        "at://did:plc:asdf123/app.bsky.feed.post",
        "at://did:plc:asdf123/app.bsky.feed.post/",
        "at://did:plc:asdf123/app.bsky.feed.post/..",
        "at://did:plc:asdf123/app.bsky.feed.post/a/b",
        "at://did:plc:asdf123/app.bsky.feed.like/3k2y",
        "at://did:plc:asdf123/app.bsky.feed.post/a b",
        "at://\u0442ower.example/app.bsky.feed.post/3k2y",
    ],
)
def test_an_at_uri_that_no_page_shows_is_refused_in_one_line(uri):
    with pytest.raises(AddressError) as refused:
        recognise(uri)

    assert "\n" not in str(refused.value)
