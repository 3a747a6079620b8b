from __future__ import annotations

from datetime import date

import pytest

from archiver.citations.draft import MarkKind
from archiver.citations.markup import read_html

URL = "https://paper.example/2020/01/gate"
PROSE = (
    "The council met twice in March and published nothing; nobody says who corrects the minutes."
)


def page(inside, head=""):
    return f"<!doctype html><html lang=en><head>{head}</head><body>{inside}</body></html>"


def links(inside, url=URL):
    draft = read_html(page(inside), url)
    return [
        (draft.article.text[mark.start : mark.end], mark.address)
        for mark in draft.marks
        if mark.kind is MarkKind.LINK
    ]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One\n   two\tthree </p>", "One two three"),
        ("<p>One<br>two<br><br>three</p>", "One\ntwo\n\nthree"),
        ("<p>One <b>bold </b> word</p>", "One bold word"),
        ("<div>One<div>Two</div>Three</div>", "One\n\nTwo\n\nThree"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<ul><li>One<li>Two</ul>", "One\n\nTwo"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a\nb\n\nc"),
        ("<p>One&nbsp;&mdash;&nbsp;two &amp; three</p>", "One\u00a0—\u00a0two & three"),
        ("<p>One<script>no()</script><style>b{}</style> two</p>", "One two"),
        ("<p>One<!-- no --> two</p>", "One two"),
    ],
)
def test_the_text_is_what_a_reader_sees_with_blank_lines_between_blocks(inside, text):
    assert read_html(page(inside), None).article.text == text


def test_a_link_lies_where_its_words_are():
    found = links('<p>Read <a href="https://a.example/x"> the <i>report</i> </a>, he said.</p>')

    assert found == [("the report", "https://a.example/x")]


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("https://a.example/ü?utm_source=x", "https://a.example/ü?utm_source=x"),
        ("/minutes?b=1", "https://paper.example/minutes?b=1"),
        ("../02/other", "https://paper.example/2020/02/other"),
        ("//a.example/x", "https://a.example/x"),
        (" https://a.example/x\n", "https://a.example/x"),
        ("https://a.example/x y", "https://a.example/x%20y"),
    ],
)
def test_addresses_are_as_written_and_relative_ones_are_joined(href, address):
    assert links(f'<p>{PROSE} <a href="{href}">here</a></p>') == [("here", address)]


@pytest.mark.parametrize("url", [URL, None])
@pytest.mark.parametrize(
    "base",
    [
        '<base href="https://b.example/c/">',
        '<base target=_blank><base href=" https://b.example/c/page ">',
        '<base href="https://b.example/c/"><base href="https://other.example/">',
    ],
)
def test_a_base_element_moves_relative_links_of_pages_and_of_files(base, url):
    draft = read_html(page('<p><a href="x">word</a> <a href="../y">word</a></p>', base), url)

    assert [mark.address for mark in draft.marks] == [
        "https://b.example/c/x",
        "https://b.example/y",
    ]


def test_a_link_to_a_note_below_cites_nothing_with_a_base_either():
    base = '<base href="https://b.example/c/">'

    assert read_html(page('<p>word<a href="#note-1">1</a></p>', base), None).marks == ()


@pytest.mark.parametrize(
    "href", ["ftp://b.example/", "javascript:x()", "data:,x", "https://user:secret@b.example/", ""]
)
def test_a_base_that_is_no_web_address_moves_nothing(href):
    draft = read_html(page('<p><a href="x">word</a></p>', f'<base href="{href}">'), URL)

    assert [mark.address for mark in draft.marks] == ["https://paper.example/2020/01/x"]


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="#note-1">1</a>',
        '<a href="javascript:share()">share</a>',
        '<a href="mailto:desk@paper.example">mail</a>',
        '<a href="tel:+123">call</a>',
        '<a href="https://user:secret@a.example/">x</a>',
        "<a>nowhere</a>",
        f'<a href="{URL}#part">this very article</a>',
        '<a href="http://www.paper.example/2020/01/gate/?utm_source=x">this very article</a>',
        '<a href="https://twitter.com/intent/tweet?text=x">Tweet</a>',
        '<a href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a>',
        '<a href="https://share.example/?link=https%3A%2F%2Fpaper.example%2F2020%2F01%2Fgate">+</a>',
        '<a href="https://s.example/share.php?u=1&url=https%3A%2F%2Fother.example%2F">+</a>',
        '<a rel="tag" href="/water">water</a>',
        '<a href="/news/topics/water">water</a>',
        '<a href="https://www.paper.example/search?q=water">water</a>',
        '<a rel="author" href="/by/roe">Jane Roe</a>',
        '<a href="/profiles/roe">Jane Roe</a>',
        '<a href="/2020/01/">January</a>',
        '<a href="/newsletter-signup">our newsletter</a>',
        '<a href="/privacy-policy.html">privacy</a>',
        '<a rel="license" href="https://licences.example/by">CC BY</a>',
        '<a class="twitter-follow-button" href="https://twitter.com/maya_l">Follow @maya_l</a>',
        '<a rel="sponsored" href="https://shop.example/">shop</a>',
        '<a href="/img/gate.jpg"><img src="/img/gate-small.jpg"></a>',
    ],
)
def test_links_that_cite_nothing_are_left_out(anchor):
    assert links(f"<p>{PROSE} {anchor}</p>") == []


def test_a_picture_that_leads_to_another_site_is_a_link_without_words():
    assert links('<p>Look: <a href="https://video.example/7"><img src=x.jpg></a></p>') == [
        ("", "https://video.example/7")
    ]


@pytest.mark.parametrize(
    "box",
    [
        '<nav><a href="/world">World</a></nav>',
        '<header><a href="/world">World</a></header>',
        '<footer><a href="/imprint">Imprint</a></footer>',
        '<aside><p>{prose} <a href="/other">Other story</a></p></aside>',
        '<div role="navigation"><a href="/world">World</a></div>',
        '<div class="related-articles"><h3>Related</h3><a href="/r">Another story of ours</a></div>',
        '<div class="c-related"><p>A teaser: <a href="/r">Another story of ours</a></p></div>',
        '<section id="recommended"><a href="https://ads.example/">Try this</a></section>',
        '<div class="social-share"><a href="https://x.com/paper">Follow</a></div>',
        '<div class="post-tags"><a href="/tag/a">a</a> <a href="/tag/b">b</a></div>',
        '<ul class="tagcloud"><li><a href="/tag/a">a</a></li></ul>',
        '<div class="newsletter-signup"><p>{prose} <a href="/mail">Sign up</a></p></div>',
        '<div class="comments-area"><p>{prose} <a href="https://c.example/">me</a> {prose}</p></div>',
        '<div hidden><p>{prose} <a href="https://hidden.example/">x</a></p></div>',
        '<div style="display: none"><p><a href="https://hidden.example/">x</a></p></div>',
        '<ul><li><a href="/a">Story a</a><li><a href="/b">b</a><li><a href="//paper.example/c">c</a></ul>',
        '<noscript><p><a href="https://n.example/">x</a></p></noscript>',
    ],
)  # fmt: skip
def test_menus_boxes_and_bars_are_not_the_article(box):
    inside = f'<p>{PROSE} <a href="https://a.example/">Source</a></p>' + f"<p>{PROSE}</p>" * 3
    box = box.format(prose=PROSE)

    assert links(f"<main><article>{inside}{box}</article></main>") == [
        ("Source", "https://a.example/")
    ]
    assert links(f"{box}<div>{inside}</div>{box}") == [("Source", "https://a.example/")]


def test_a_list_of_sources_elsewhere_belongs_to_the_article():
    sources = "".join(f'<li><a href="https://s{n}.example/">Source {n}</a></li>' for n in range(5))

    found = links(f"<article><p>{PROSE}</p><h2>Sources</h2><ul>{sources}</ul></article>")

    assert len(found) == 5


@pytest.mark.parametrize(
    "opening",
    [
        '<body class="has-sidebar comments-open"><div id="sidebar-left-layout">',
        '<body><form id="aspnetForm"><div class="related-content">',
        '<body><div class="post tag-water category-promo">',
    ],
)
def test_what_holds_the_article_is_no_box_whatever_it_is_called(opening):
    inside = f'<p>{PROSE} <a href="https://a.example/">Source</a></p>' * 3
    draft = read_html(f"<html>{opening}{inside}</html>", URL)

    assert len(draft.marks) == 3


def test_comments_longer_than_the_article_are_still_comments():
    comments = f'<div class="comment-list">{f"<p>{PROSE} {PROSE}</p>" * 30}</div>'

    draft = read_html(page(f"<div><p>{PROSE}</p><p>Second: {PROSE}</p></div>{comments}"), URL)

    assert draft.article.text == f"{PROSE}\n\nSecond: {PROSE}"


def test_the_marked_article_body_is_all_of_the_article():
    inside = f'<h1>Gate</h1><div itemprop="articleBody"><p>{PROSE}</p></div><p>Our reporter lives in the harbour.</p>'

    assert read_html(page(inside), URL).article.text == PROSE


def test_an_embed_beside_the_marked_body_belongs_to_the_article():
    embed = '<div><iframe data-tweet-id="1214956636730744833"></iframe></div>'
    inside = f'<article><div itemprop="articleBody"><p>{PROSE}</p></div>{embed}</article>'

    draft = read_html(page(inside), URL)

    assert [mark.status_id for mark in draft.marks] == ["1214956636730744833"]


def test_a_live_page_of_many_articles_is_read_whole():
    posts = "".join(f"<article><h2>At {n}</h2><p>{PROSE} {n}</p></article>" for n in range(6))

    text = read_html(page(f"<div>{posts}</div>"), URL).article.text

    assert [f"{PROSE} {n}" in text for n in range(6)] == [True] * 6


def test_teasers_around_an_unmarked_article_are_not_the_article():
    teaser = f'<div><p>{PROSE[:60]}</p><a href="/t">A teaser of another story altogether</a></div>'
    inside = f"<div><div>{f'<p>{PROSE}</p>' * 4}</div></div><div>{teaser * 4}</div>"

    assert "teaser" not in read_html(page(inside), URL).article.text


def test_an_article_split_over_boxes_is_read_whole():
    boxes = f'<div class="widget"><p>{PROSE} One.</p></div><div class="widget"><p>{PROSE} Two.</p></div>'

    assert read_html(page(f"<main>{boxes}</main>"), URL).article.text.count(PROSE) == 2


HEAD = """
<title>The gate | The Paper</title>
<meta property="og:title" content="The gate &amp; the night">
<link rel="canonical" href="https://www.paper.example/2020/gate">
<meta property="article:published_time" content="2020-01-14T23:30:00-05:00">
"""


def test_a_page_says_what_it_is():
    article = read_html(page(f"<p>{PROSE}</p>", HEAD), "https://paper.example/amp/gate").article

    assert (article.title, article.url) == (
        "The gate & the night",
        "https://www.paper.example/2020/gate",
    )
    assert (article.language, article.published_on) == ("en", date(2020, 1, 14))


@pytest.mark.parametrize(
    "canonical", ["https://other.example/gate", "https://paper.example/", "https://", ""]
)
def test_an_address_that_cannot_be_the_articles_is_not_believed(canonical):
    draft = read_html(page(f"<p>{PROSE}</p>", f'<link rel=canonical href="{canonical}">'), URL)

    assert draft.article.url == URL


def test_without_an_address_the_page_names_its_own():
    draft = read_html(
        page('<p><a href="/x">y</a></p>', f'<meta property=og:url content="{URL}">'), None
    )

    assert draft.article.url == URL
    assert [mark.address for mark in draft.marks] == ["https://paper.example/x"]


DAY = date(2020, 1, 14)


def linked_data(json):
    return f'<script type="application/ld+json">{json}</script>'


@pytest.mark.parametrize(
    ("head", "inside", "day"),
    [
        (linked_data('{"@graph": [{"@type": "Article", "datePublished": "2020-01-14T00Z"}]}'), "", DAY),
        (linked_data('[{"@type": ["NewsArticle"], "datePublished": "2020-01-14"}]'), "", DAY),
        (linked_data('{"@type": "Event", "datePublished": "2020-01-14"}'), "", None),
        (linked_data("{broken"), "", None),
        ('<meta itemprop="datePublished" content="2020-01-14">', "", DAY),
        ('<meta name="date" content="14 January">', "", None),
        ("", '<time class="entry-date published" datetime="2020-01-14T10:00">14 Jan</time>', DAY),
        ("", '<time datetime="2020-01-14">unsaid</time>', None),
    ],
)  # fmt: skip
def test_the_day_of_publication_is_what_the_markup_says(head, inside, day):
    article = read_html(page(f"<p>{PROSE}</p>{inside}", head), URL).article

    assert article.published_on == day


def test_the_title_falls_back_to_the_heading_and_then_to_the_tab():
    assert read_html(page("<h1>The <i>gate</i></h1><p>x</p>"), None).article.title == "The gate"
    assert read_html(page("<p>x</p>", "<title>Tab</title>"), None).article.title == "Tab"
    assert read_html(page("<p>x</p>"), None).article.title is None


@pytest.mark.parametrize("base", ["https://user@paper.example/", "http://[", "mailto:a@b.example"])
def test_a_base_that_is_no_address_leaves_absolute_links_alone(base):
    draft = read_html(
        page(
            '<p><a href="x">a</a> <a href="https://a.example/x">b</a></p>', f'<base href="{base}">'
        ),
        None,
    )

    assert [mark.address for mark in draft.marks] == ["https://a.example/x"]


@pytest.mark.parametrize("url", ["https://user@paper.example/a", "http://["])
def test_an_article_address_that_is_none_does_no_harm(url):
    draft = read_html(page(f'<p>{PROSE} <a href="https://a.example/x">b</a></p>', HEAD), url)

    assert draft.article.text == f"{PROSE} b"


PROSE_BLOCK = "<p>" + "The council met twice in March and published nothing about it. " * 4 + "</p>"
CARD = '<div class="tile"><a href="/2026/{n}">Another story of the house</a><p>A line that says what it is about, and more.</p></div>'


@pytest.mark.parametrize(
    "box",
    [
        "".join(CARD.format(n=n) for n in range(12)),
        '<ul class="x">' + "".join(f"<li>{CARD.format(n=n)}</li>" for n in range(12)) + "</ul>",
        "<x-cards>" + "".join(f"<x-card>{CARD.format(n=n)}</x-card>" for n in range(12)) + "</x-cards>",
        '<div class="y"><span>Read next</span><div><a href="/2026/1">A story</a></div><div><a href="/2026/2">Another</a></div></div>',
        '<p>By <a href="/people/maya">Maya Lind</a> and <a href="/people/ben">Ben Otto</a></p>',
        '<p><a class="btn-primary" href="/join">Join us</a></p>',
    ],
    ids=["teasers", "a list of teasers", "teasers in elements of its own", "a small box", "a byline", "a button"],
)  # fmt: skip
def test_teasers_bylines_and_buttons_of_the_house_cite_nothing_by_whatever_name(box):
    inside = f'<div class="a">{PROSE_BLOCK}<p>So says <a href="https://news.example/a">a report</a> of today.</p></div><div class="b">{box}</div>'

    draft = read_html(f"<body>{inside}</body>", URL)

    links = [mark.address for mark in draft.marks if mark.kind is MarkKind.LINK]
    assert links == ["https://news.example/a"]


def test_a_short_list_of_reports_elsewhere_is_no_list_of_teasers():
    items = "".join(f'<li><a href="https://news.example/{n}">A report</a></li>' for n in range(8))

    draft = read_html(f"<body>{PROSE_BLOCK}<ul>{items}</ul></body>", URL)

    assert sum(mark.kind is MarkKind.LINK for mark in draft.marks) == 8
