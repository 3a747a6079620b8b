"""Hostile input is read or refused; what would take time growing with its square never ends here."""

from __future__ import annotations

import pytest

from archiver.citations import extract
from archiver.citations.draft import MAX_CITATIONS
from archiver.errors import InputError
from archiver.platforms import recognise

SIZE = 1_000_000  # characters; a quadratic search over so many does not finish


def citations(text, name):
    return extract(text.encode(), recognise=recognise, name=name).citations


@pytest.mark.parametrize(
    "unit",
    [
        "— ",
        "- ",
        "(@a",
        "(@a) ",
        "— A (@a) ",
        "(",
        "x\n",
        " x",
        "a\u200f",
        "http",
        "t.co/",
        "pic.twitter.com/",
        "READ: ",
        "Skip Twitter post by @a ",
        "by x ",
        ". ",
        "&mdash;",
    ],
)
def test_a_million_characters_of_almost_a_citation_are_read_through(unit):
    assert citations("x " + unit * (SIZE // len(unit)), "a.txt") == ()


@pytest.mark.parametrize("tail", ["a", ")", "(", "https://", "…"])
def test_an_address_a_million_characters_long_is_read_through(tail):
    text = "https://news.example/" + tail * (SIZE // len(tail))

    assert all(len(found.url or "") < 4096 for found in citations(text, "a.txt"))


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("<div>" * 100_000 + "x", "nested too deep"),
        ("<blockquote class=twitter-tweet>" * 10_000 + "x", "nested too deep"),
        ("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x", "attributes"),
        ("<!-- " * 100_000, "nothing to read"),
        ("<script>" * 100_000, "nothing to read"),
    ],
)
def test_markup_that_would_crash_or_hang_a_parser_is_refused(markup, why):
    with pytest.raises(InputError, match=why):
        citations(markup, "a.html")


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 1500 + "<p>word " * 2000,
        '<div><a href="/a">x</a>' * 1500,
        '<p><a href="https://a.example/x">' * 900,
        '<blockquote class="twitter-tweet">' + '<a href="https://t.co/Ab3dE5gH1j">x</a>' * 5000,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script><p>x",
        '<p data-x="' + "a b " * 100_000 + '">x',
        "<" * 100_000,
        "<p>word " * 10_000,
        "<div class=wp-block-embed>" * 1500 + "x",
        '<div data-src="https://www.youtube.com/embed/aB3dE6gH9j_">' * 1500 + "x",
        "<iframe srcdoc='" + "https://t.me/abc/1?" * 9000 + "'></iframe><p>x",
        "<p>x</p><script type=text/template>" + "//w.soundcloud.com/player/?" * 7000 + "</script>",
        "<p>" + "“ " * 100_000 + "A. " * 100_000,
        "<h2>a</h2>" * 10_000,
    ],
)
def test_odd_markup_is_read_through(markup):
    assert len(citations(markup, "a.html")) <= 1


def test_text_below_the_parsers_small_limits_is_not_lost():
    long = f"<p>{'word ' * 2_100_000}</p>"
    deep = "<div>" * 300 + '<a href="https://a.example/x">deep</a>'

    assert len(citations(long + deep, "a.html")) == 1


@pytest.mark.parametrize("unit", ["*a ", "[", "> ", "`", "_a_", "[a](", "- a\n"])
def test_odd_markdown_is_read_through_or_refused(unit):
    try:
        found = citations("x " + unit * 5000, "a.md")
    except InputError as refused:
        found = ()
        assert "\n" not in str(refused)  # noqa: PT017 - the message is one line

    assert found == ()


def test_quotes_in_quotes_of_markdown_keep_their_words():
    (link,) = citations("> " * 60 + "[deep](https://a.example/x)", "a.md")

    assert link.text == "deep"


@pytest.mark.parametrize(
    ("unit", "name"),
    [('<a href="https://a.example/x">x</a> y ', "a.html"), ("https://a.example/x ", "a.txt")],
)
def test_an_article_with_more_citations_than_any_has_is_refused(unit, name):
    text = unit * (MAX_CITATIONS + 1)

    with pytest.raises(InputError, match="cites more than"):
        citations(f"<p>{text}" if name.endswith("html") else text, name)
