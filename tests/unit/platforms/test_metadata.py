from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms._metadata import Metadata, read_metadata
from archiver.platforms._page import page_text, tree_of

AT = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)


def read(head: str) -> Metadata:
    tree = tree_of(f"<html><head>{head}</head><body><p>x</p></body></html>")
    assert tree is not None
    return read_metadata(tree)


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


NEWS = {"@type": "NewsArticle", "datePublished": "2026-11-03T09:30:00+01:00"}


@pytest.mark.parametrize(
    ("head", "published", "is_news"),
    [
        (linked(NEWS), AT, True),
        (linked({"@graph": [{"@type": "WebSite"}, NEWS]}), AT, True),
        (linked([NEWS | {"@type": ["Article", "ReportageNewsArticle"]}]), AT, True),
        (linked(NEWS | {"@type": "http://schema.org/LiveBlogPosting"}), AT, True),
        (linked(NEWS | {"@type": "BlogPosting"}), AT, False),
        (linked(NEWS | {"datePublished": "Tue, 03 Nov 2026 08:30:00 GMT"}), AT, True),
        (linked(NEWS | {"datePublished": "2026-11-03T08:30:00"}), AT, True),
        (linked(NEWS | {"datePublished": "soon"}), None, True),
        (linked(NEWS | {"datePublished": 20261103}), None, True),
        (
            '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-11-03T08:30:00Z">',
            AT,
            False,
        ),
        (
            '<meta property="og:type" content="product"><meta property="article:published_time" content="2026-11-03T08:30:00Z">',
            None,
            False,
        ),
        ('<time pubdate datetime="2026-11-03T08:30Z">Tuesday</time>', AT, False),
        ("<script type='application/ld+json'>{broken</script>", None, False),
        ("", None, False),
    ],
)
def test_metadata_tell_when_a_page_was_published_and_whether_it_is_news(head, published, is_news):
    found = read(head)

    assert (found.published_at, found.is_news) == (published, is_news)


@pytest.mark.parametrize("value", [False, "False", "false", "http://schema.org/False"])
def test_a_page_may_say_that_it_is_paid_for(value):
    assert read(linked(NEWS | {"isAccessibleForFree": value})).is_paid_for
    assert not read(linked(NEWS | {"isAccessibleForFree": True})).is_paid_for


def test_a_text_names_its_extractor_and_what_its_page_says_of_itself():
    html = f"<html><head>{linked(NEWS)}</head><body><p>Words.</p></body></html>".encode()

    page = page_text(html, "https://news.example/a")

    assert page.extractor.startswith("trafilatura ")
    assert (page.published_at, page.is_news) == (AT, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["@type", "datePublished", "@graph"]), inner, max_size=3)
    ),
)


@given(JSON)
def test_no_value_stops_the_reading(value):
    assert read(linked(value)).is_paid_for is False
