from __future__ import annotations

import pytest

from archiver.model.inquiry import Answer, Ask, Question
from archiver.platforms._markup import (
    Markup,
    background,
    link_target,
    links_in,
    objects_in,
    path_key,
    read_markup,
    shown_text,
)
from tests.answers import Reply, html, typed


def answered(reply: Reply, ask: Ask = Ask.HTTP) -> Answer:
    return reply.to(Question("https://posts.example/1", ask=ask))


def markup(source: str) -> Markup:
    found = read_markup(answered(html(source)))
    assert found is not None
    return found


def text_of(source: str, *, keep_breaks: bool = False) -> str:
    return shown_text(
        markup(f"<section>{source}</section>").tree,
        without={"hidden"},
        keep_breaks=keep_breaks,
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("one<br>two", "one\ntwo"),
        ("one<br/><br/>two", "one\n\ntwo"),
        ("one<br><br><br><br>two", "one\n\ntwo"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<p>one</p>\n  <p>two</p> three", "one\ntwo\nthree"),
        ("<div><div>one</div></div>two", "one\ntwo"),
        ("one\n   two", "one two"),
        ("<b>one</b> <i>two</i>, three", "one two, three"),
        ("one<span class='x hidden'>no</span><script>no</script><style>no</style> two", "one two"),
        ("a &amp;amp; b", "a &amp; b"),
        ("", ""),
    ],
)
def test_text_has_the_lines_that_a_reader_sees(source, text):
    assert text_of(source) == text


def test_breaks_of_the_source_count_where_the_style_shows_them():
    assert text_of("one\n\ntwo  three", keep_breaks=True) == "one\n\ntwo three"


def test_a_rendering_is_read_whatever_type_it_has():
    assert read_markup(answered(typed("<p>é".encode(), ""), Ask.RENDER)) is not None
    assert read_markup(answered(typed(b"<p>x", "application/json"))) is None
    assert read_markup(answered(html(""))) is None


def test_tags_are_found_by_property_and_by_name_and_empty_ones_are_none():
    found = markup(
        "<meta property='og:title' content=' '><meta property='OG:Title' content='One'>"
        "<meta name='description' content='Two'><meta content='Three'>"
    )

    assert (found.meta("og:title"), found.meta("og:url", "description")) == ("One", "Two")
    assert found.meta("none") is None


def test_a_page_without_a_title_has_an_empty_one():
    assert markup("<p>x").title == ""


def test_scripts_that_are_no_data_are_left_out():
    found = markup(
        "<script>x()</script><script type='application/json'>{</script>"
        "<script type='application/ld+json'>{\"a\": 1}</script><script id='s'>{\"b\": 2}</script>"
    )

    assert list(found.data()) == [{"a": 1}]
    assert (found.script("s"), found.script("none")) == ({"b": 2}, None)


def test_every_object_is_found_outer_ones_first():
    value = {"a": {"b": [{"c": 1}, [{"d": 2}]]}, "e": {"f": 3}}

    assert [list(found) for found in objects_in(value)] == [["a", "e"], ["b"], ["c"], ["d"], ["f"]]


def test_endless_data_is_looked_at_up_to_a_bound():
    assert sum(1 for _ in objects_in([{}] * 600_000)) < 600_000


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F%3Ffbclid%3DI&h=A", "https://a.example/"),
        ("https://l.threads.com/?u=https%3A%2F%2Fa.example%2F%3Fb%3D1%26fbclid%3DI", "https://a.example/?b=1"),
        ("https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fa.example%2F&trk=x", "https://a.example/"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F%3Ffbclid%3DI%26b%3D1%23c&h=A", "https://a.example/?b=1#c"),
        ("https://www.facebook.com/hashtag/moon?__eep__=6&__cft__[0]=AZX&__tn__=*NK-R", "https://www.facebook.com/hashtag/moon"),
        ("https://www.facebook.com/nasa?__cft__%5B0%5D=AZX&id=1&__xts__[0]=68&fbclid=I&eid=A#x", "https://www.facebook.com/nasa?id=1#x"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fm.facebook.com%2Fnasa%3F__tn__%3DC%26id%3D1&h=A", "https://m.facebook.com/nasa?id=1"),
        ("https://a.example/?fbclid=I&__cft__[0]=b", "https://a.example/?fbclid=I&__cft__[0]=b"),
        ("https://www.facebook.com/nasa?a=%20&&b#?__tn__=1", "https://www.facebook.com/nasa?a=%20&&b#?__tn__=1"),
        ("https://l.facebook.com/l.php", "https://l.facebook.com/l.php"),
        ("https://www.linkedin.com/in/a?url=b", "https://www.linkedin.com/in/a?url=b"),
        ("https://a.example/?u=b", "https://a.example/?u=b"),
        ("https://[", "https://["),
        ("", ""),
    ],
)  # fmt: skip
def test_gates_of_platforms_are_unwrapped(href, target):
    assert link_target(href) == target


def test_links_are_web_addresses_each_once():
    found = markup("<p><a href='https://a.example/'>a</a><a href='?q=%23x'>b</a><a>c</a></p>")

    assert links_in(found.tree) == ("https://a.example/",)


@pytest.mark.parametrize(
    ("style", "url"),
    [
        ("width:1px;background-image:url('https://a.example/x.jpg')", "https://a.example/x.jpg"),
        ('background:url("https://a.example/x.jpg") no-repeat', "https://a.example/x.jpg"),
        ("background-image:url( https://a.example/x.jpg )", "https://a.example/x.jpg "),
        ("color:red", None),
        ("", None),
    ],
)
def test_the_picture_of_a_style_is_found(style, url):
    element = markup("<i>x</i>").tree.find(".//i")
    element.set("style", style)

    found = background(element)

    assert (found or "").strip() == (url or "").strip()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://cdn.example/v/t39/450_122_n.jpg?oh=1", "450_122_n"),
        ("https://p16.cdn.example/tos/abc~tplv-q75.jpeg?x=1", "abc"),
        ("https://cdn.example/", "https://cdn.example/"),
        ("https://[", "https://["),
    ],
)
def test_a_file_is_known_by_the_name_in_its_path(url, key):
    assert path_key(url) == key
