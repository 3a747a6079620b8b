"""Noise around an article is no new version of it; a changed word of it is."""

from __future__ import annotations

import pytest

from archiver.citations import extract
from archiver.platforms import recognise

URL = "https://paper.example/2020/01/gate"
FIRST = "<p>The council met twice in March and published nothing about the tide gates, said <a href='https://news.example/a'>a report</a>.</p>"
REST = "".join(
    f"<p>Engineer number {n} had warned for years of what a storm from the north would do to the old barrier.</p>"
    for n in range(6)
)
OPENINGS = {
    "article": ("<article><h1>The gates</h1>", "</article>"),
    "divs": ('<div class="c1"><div class="c2"><h1>The gates</h1>', "</div></div>"),
    "WordPress": ('<div id="main"><div class="post"><h1>The gates</h1><div class="entry-content">', "</div></div></div>"),
}  # fmt: skip


def digest(opening, before="", amid="", behind="", top="", bottom=""):
    begin, end = OPENINGS[opening]
    body = f"{top}{begin}{before}{FIRST}{amid}{REST}{behind}{end}{bottom}"
    page = f"<!doctype html><html lang=en><body>{body}</body></html>"
    return extract(page.encode(), recognise=recognise, url=URL, name="a.html").article.text_sha256


def cards(count):
    return "".join(
        f'<div class="tile"><a href="/2020/{n}">Another story of the house</a><p>A line that says what it is about, and more.</p></div>'
        for n in range(count)
    )


NOISE = {
    "related boxes": {"amid": f'<div class="related">{cards(3)}</div>', "bottom": f"<div>{cards(8)}</div>"},
    "an unnamed box": {"amid": f'<div class="x9">{cards(4)}</div>'},
    "counters": {"before": '<div class="share-bar"><span>1,204</span> shares <a href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a></div>'},
    "the time of the last change": {"before": '<time datetime="2020-01-08T10:05:00Z">Updated 5 min ago</time>'},
    "how long it takes": {"before": '<div class="reading-time">4 min read</div>'},
    "views": {"before": '<span class="post-views">12,345 views</span>'},
    "how many comments": {"before": '<a class="comment-count" href="#comments">32 Comments</a>'},
    "advertisements": {"amid": '<div class="ad-slot"><p>Advertisement</p><iframe src="https://ads.example/1"></iframe></div>'},
    "a newsletter": {"amid": '<div class="newsletter-signup"><h3>Get our mails</h3><p>Every morning the news that you need, in your inbox.</p><form><input></form></div>'},
    "comments": {"bottom": '<div id="comments"><ol>' + "<li><p>A reader says at length that none of this is true and never was.</p></li>" * 9 + "</ol></div>"},
    "a cookie bar": {"top": '<div id="cookie-banner" role="dialog"><p>We and our partners store information on a device. You may change your choice.</p></div>'},
    "menus": {"top": "<nav><ul>" + "<li><a href='/s'>Section</a></li>" * 12 + "</ul></nav>", "bottom": "<footer><a href='/about'>About</a></footer>"},
    "authors": {"behind": '<div class="author-box"><p>Maya Lind writes on water and on who pays for it.</p><a href="/people/maya">More</a></div>'},
    "tags": {"behind": '<ul class="tags"><li><a href="/tag/a">Gates</a></li><li><a href="/tag/b">Floods</a></li></ul>'},
    "scripts": {"amid": "<script>var a = 1</script><style>p{}</style><noscript>Turn scripts on.</noscript>"},
}  # fmt: skip


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("noise", NOISE)
def test_noise_around_an_article_is_no_new_version(opening, noise):
    assert digest(opening, **NOISE[noise]) == digest(opening)


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_paragraph_more_is_a_new_version(opening):
    assert digest(opening, amid="<p>Nobody was there.</p>") != digest(opening)


def test_a_short_line_that_cites_something_is_the_articles_whatever_it_says():
    line = '<p>Updated by <a href="https://other.example/b">another report</a></p>'

    assert digest("article", amid=line) != digest("article")
