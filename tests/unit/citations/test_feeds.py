from __future__ import annotations

import gzip
from datetime import date

import pytest

from archiver.citations.feeds import MAX_ATTRIBUTES, MAX_BYTES, MAX_ENTRIES, FeedContent, read_feed
from archiver.errors import InputError
from archiver.model.feed import ExpectedArticle

FEED = "https://paper.example/news/feed.xml"
DAY = date(2020, 1, 8)
ITEM = "<item><title>The gate</title><link>/gate</link></item>"
GATE = ExpectedArticle("https://paper.example/gate", "The gate")

RSS_091 = (
    '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD 0.91//EN" '
    '"http://my.netscape.example/rss-0.91.dtd"><rss version="0.91"><channel><title>Café &eacute;'
    "</title><item><title>Gate &amp;amp; &lt;b&gt;port&lt;/b&gt;</title><link> /gate </link></item>"
    "<item><title>No address</title></item></channel></rss>"
)
RSS_10 = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    "<title>Paper</title></channel><item><title>The gate</title><link>/gate</link>"
    "<dc:date>2020-01-08T23:30:00-05:00</dc:date></item></rdf:RDF>"
)
RSS_20 = (
    '<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Paper</title>'
    '<atom:link rel="self" href="/self"/>'
    "<item><title>The gate</title><link>http://feeds.example/~r/1</link>"
    "<feedburner:origLink>https://paper.example/gate</feedburner:origLink>"
    "<pubDate>Wed, 08 Jan 2020 23:30:00 -0500</pubDate></item>"
    '<item><guid isPermaLink="false">https://paper.example/id</guid></item>'
    "<item><guid>https://paper.example/port</guid></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/x/">'
    '<title type="html">Paper &lt;i&gt;daily&lt;/i&gt;</title><entry><title>The gate</title>'
    '<link rel="self" href="self"/><link href="gate"/><published>2020-01-08T23:30:00-05:00'
    "</published><updated>2021-01-01T00:00:00Z</updated></entry></feed>"
)
JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "items": [{"id": "1", '
    '"url": "/gate", "title": "The gate", "date_published": "2020-01-08T01:00:00Z"}, '
    '{"id": "https://paper.example/port"}, {"id": "3"}]}'
)
SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://i.example">'
    "<url><loc>https://paper.example/gate</loc><image:image><image:loc>https://paper.example/g.jpg"
    "</image:loc></image:image><lastmod>2020-03-01</lastmod><news:news><news:publication><news:name>"
    "Paper</news:name></news:publication><news:publication_date>2020-01-08T10:00:00Z"
    "</news:publication_date><news:title>The gate</news:title></news:news></url>"
    "<url><loc>https://paper.example/port</loc><lastmod>2020-01-08</lastmod></url></urlset>"
)
INDEX = (
    "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml.gz</loc>"
    "</sitemap></sitemapindex>"
)
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'
PORT = ExpectedArticle("https://paper.example/port")


def read(text: str | bytes, media_type: str | None = None) -> FeedContent:
    body = text.encode() if isinstance(text, str) else text
    return read_feed(body, url=FEED, media_type=media_type)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            RSS_091.encode("latin-1"),
            FeedContent("Café é", (ExpectedArticle("https://paper.example/gate", "Gate & port"),)),
        ),
        (
            RSS_10,
            FeedContent("Paper", (ExpectedArticle("https://paper.example/gate", "The gate", DAY),)),
        ),
        (
            RSS_20,
            FeedContent(
                "Paper", (ExpectedArticle("https://paper.example/gate", "The gate", DAY), PORT)
            ),
        ),
        (
            ATOM,
            FeedContent(
                "Paper daily",
                (ExpectedArticle("https://other.example/x/gate", "The gate", DAY),),
            ),
        ),
        (
            JSON,
            FeedContent(
                "Paper", (ExpectedArticle("https://paper.example/gate", "The gate", DAY), PORT)
            ),
        ),
        (
            SITEMAP,
            FeedContent(
                None,
                (
                    ExpectedArticle("https://paper.example/gate", "The gate", DAY),
                    ExpectedArticle("https://paper.example/port", None, DAY),
                ),
            ),
        ),
        (
            INDEX,
            FeedContent(
                None, (), ("https://paper.example/a.xml", "https://paper.example/b.xml.gz")
            ),
        ),
    ],
    ids=["rss 0.91", "rss 1.0", "rss 2.0", "atom", "json", "sitemap", "index"],
)
def test_every_kind_of_feed_announces_its_articles(text, content):
    assert read(text) == content


def test_a_compressed_sitemap_is_read():
    assert read(gzip.compress(SITEMAP.encode())) == read(SITEMAP)


@pytest.mark.parametrize(
    "encoded",
    [
        '<?xml version="1.0" encoding="utf-16"?><rss><channel><title>é</title></channel></rss>'.encode(
            "utf-16"
        ),
        b"<rss><channel><title>\xe9</title></channel></rss>",
        b"\xef\xbb\xbf<rss><channel><title>\xc3\xa9</title></channel></rss>",
    ],
    ids=["utf-16", "charset of the transport", "byte order mark"],
)
def test_a_feed_is_decoded_as_it_declares(encoded):
    assert read(encoded, "text/xml; charset=windows-1252").title == "é"


def test_a_feed_that_is_not_well_formed_is_mended():
    text = f"<rss><channel><title>Gate & port &nbsp;&hellip;</title>{ITEM}</channel>"

    assert read(text).title == "Gate & port …"


def test_an_address_announced_twice_counts_once():
    assert read(f"<rss><channel>{ITEM}{ITEM}</channel></rss>").articles == (GATE,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("hello", "begins with neither"),
        ("<html><body>hello</body></html>", "a web page without a feed"),
        (
            PAGE,
            "its feed is https://paper.example/rss",
        ),
        ('{"items": []}', "names no version"),
        ("{", "begins like JSON"),
        ("<!DOCTYPE rss [" + "<!--" * 100_000, "does not end"),
        (gzip.compress(SITEMAP.encode())[:-20], "damaged or cut off"),
        (gzip.compress(b"<urlset>" + b" " * MAX_BYTES), "more than 50,000,000 bytes"),
        ("<rss " + "a='' " * (MAX_ATTRIBUTES + 1) + "/>", "attributes"),
        (b"%PDF-1.7\n\x00\x01", "binary"),
    ],
)
def test_what_is_no_feed_is_refused_in_one_line(text, why):
    with pytest.raises(InputError, match=why) as refused:
        read(text)

    assert "\n" not in str(refused.value)


def test_entities_of_a_feed_neither_grow_nor_fetch():
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    text = (
        f'<!DOCTYPE rss [<!ENTITY e0 "ha"><!ENTITY x SYSTEM "file:///etc/passwd">{bomb}]>'
        f"<rss><channel><title>&e11;&x;</title>{ITEM}</channel></rss>"
    )

    content = read(text)

    assert content.articles == (GATE,)
    assert len(content.title or "") < 20


@pytest.mark.parametrize("part", ["<", "<a ", "<item>", "<![CDATA[", "&", "<!--"])
def test_a_hostile_feed_ends(part):
    with pytest.raises(InputError, match="cut off"):
        read("<rss><channel>" + part * 200_000)


def test_a_sitemap_gives_no_more_than_its_protocol_allows():
    entries = "".join(f"<url><loc>/{n}</loc></url>" for n in range(MAX_ENTRIES + 5))

    assert len(read(f"<urlset>{entries}</urlset>").articles) == MAX_ENTRIES


def test_a_feed_that_was_cut_off_is_no_feed_without_articles():
    with pytest.raises(InputError, match="cut off"):
        read('<rss version="2.0"><channel><title>Paper</title><item><title>The ga')


def test_of_a_feed_that_was_cut_off_the_whole_articles_are_read():
    cut = f"<rss><channel>{ITEM}<item><link>https://paper.example/po"

    assert read(cut).articles == (GATE,)


def test_a_sitemap_may_be_one_address_a_line():
    body = "\ufeffhttps://paper.example/gate\r\nhttps://paper.example/port\n\nhttps://paper.example/gate\n"

    assert [one.url for one in read(body, "text/plain").articles] == [
        "https://paper.example/gate",
        "https://paper.example/port",
    ]


def test_a_text_of_addresses_and_words_is_no_sitemap():
    with pytest.raises(InputError, match="no feed"):
        read("https://paper.example/gate\nThe gate was open.")


def test_an_index_that_names_itself_is_not_asked_for_again():
    index = f"<sitemapindex><sitemap><loc>{FEED}</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"

    assert read(index).sitemaps == ("https://paper.example/b.xml",)
