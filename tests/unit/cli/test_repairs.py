"""An article is mended: cards for dead embeds, robust links, and nothing else is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from archiver.cli.repairs.card import card
from archiver.cli.repairs.fragments import fragment, fragments
from archiver.cli.repairs.mend import Mend, mend_of
from archiver.cli.repairs.patch import patch
from archiver.cli.repairs.robust import attributes, link
from archiver.cli.reports.entry import Entry
from archiver.cli.reports.pictures import Picture
from archiver.errors import InputError
from archiver.flow.repair import Copy, KeptPage
from archiver.model.citation import Author, CitationKind
from archiver.model.source import Source, SourceRef
from archiver.model.verdict import FindingKind
from tests import build
from tests.build import NOW
from tests.unit.cli.reports.built import HOSTILE, THEN, audited, side

POST = "1214956636730744833"
STATUS = f"https://twitter.com/TowerSight/status/{POST}"
PAGE = "https://ministry.example/1"
WAYBACK = Copy("https://web.archive.org/web/2026/https://ministry.example/1", THEN, "wayback")
X = SourceRef("x", POST, f"https://x.com/TowerSight/status/{POST}")


def read(text: str) -> Any:  # the stubs of xpath tell every kind of answer at once
    return html.document_fromstring(text)


def a_link(kind: FindingKind = FindingKind.GONE, copy: Copy | None = WAYBACK, **more: Any) -> Mend:
    one = audited(kind)
    assert one.citation is not None
    found = replace(
        one.citation.found, kind=CitationKind.LINK, text="the gates", addresses=(PAGE,), **more
    )
    made = replace(one, citation=replace(one.citation, found=found))
    mend = mend_of(Entry(made), copy)
    assert mend is not None
    return mend


def a_post(
    kind: FindingKind = FindingKind.GONE, words: str = "We counted 12 gates.\nNot 21.", **more: Any
) -> Mend:
    one = audited(kind)
    assert one.citation is not None
    post = build.post(id=POST, text=words, handle="TowerSight", author_name="The Tower", **more)
    then = replace(side(), reading=build.reading(post=post))
    found = replace(one.citation.found, text=words, addresses=(STATUS,), platform="x", source=X)
    made = replace(
        one,
        citation=replace(one.citation, found=found),
        source=Source("s1", X, NOW),
        sides=replace(one.sides, then=then),
    )
    mend = mend_of(Entry(made))
    assert mend is not None
    return mend


def kept(body: str, head: str = "<title>Gates</title>") -> KeptPage:
    text = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return KeptPage(text, "https://news.example/gates", NOW, is_newest=True)


EMBED = (
    f'<blockquote class="twitter-tweet"><p>We counted 12 gates.</p>&mdash; The Tower '
    f'<a href="{STATUS}?ref_src=twsrc">January 13</a></blockquote>'
)


def test_a_link_to_what_is_gone_leads_to_its_copy_and_names_the_original():
    assert attributes(a_link()) == {
        "href": WAYBACK.url,
        "data-originalurl": PAGE,
        "data-versionurl": WAYBACK.url,
        "data-versiondate": "2026-10-23",
    }


@pytest.mark.parametrize("kind", [FindingKind.INTACT, FindingKind.SUSPECT, FindingKind.UNKNOWN])
def test_a_link_to_what_stands_or_could_not_be_told_leads_where_it_did(kind):
    told = attributes(a_link(kind))

    assert told["href"] == PAGE
    assert told["data-versionurl"] == WAYBACK.url


def test_without_an_outside_copy_our_published_capture_is_the_copy():
    entry = a_link().entry

    mend = mend_of(entry, copies="https://archive.example/files/")

    assert mend is not None
    assert attributes(mend)["data-versionurl"] == "https://archive.example/files/c/s.png"


def test_without_any_copy_the_date_of_our_capture_is_told_alone():
    assert attributes(a_link(copy=None)) == {
        "href": PAGE,
        "data-originalurl": PAGE,
        "data-versiondate": "2026-10-23",
    }


def test_only_web_addresses_become_links():
    mend = replace(a_link(), original="javascript:alert(1)", copy_url="data:text/html,x")

    assert attributes(mend) == {"data-versiondate": "2026-10-23"}


def test_a_citation_without_a_source_cannot_be_mended():
    assert mend_of(Entry(replace(audited(FindingKind.UNKNOWN), source=None))) is None


def test_a_card_says_who_what_when_and_what_happened():
    root = read(card(replace(a_post(), pictures=(Picture("image/png", b"\x89"),))))

    words = " ".join(root.text_content().split())
    assert "The Tower (@TowerSight)" in words
    assert "We counted 12 gates.Not 21." in words
    assert "Posted on 13 January 2020" in words
    assert "Deleted by its author between 18 November 2026 and 21 November 2026" in words
    assert "Archived on 23 October 2026" in words
    assert "1a" * 32 in words
    assert root.xpath("//img/@src") == ["data:image/png;base64,iQ=="]
    assert [line.tag for line in root.iter("br")][:1] == ["br"]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_text_in_cards_links_and_lists(words):
    mend = a_post(words=words, language=words[:9])
    author = Author(words, words)
    mend = replace(mend, found=replace(mend.found, author=author, text=words))

    written = fragments(words, [mend, a_link()], [mend]) + link(mend, words) + fragment(mend)

    root = read(written)
    tags = {element.tag for element in root.iter() if isinstance(element.tag, str)}
    assert not tags & {"script", "iframe", "object", "svg", "form"}
    assert not root.xpath("//@onerror | //img[@src='x']")
    assert not set(written) & set("\x00\x07\x1b\x9b\u202e")
    written.encode()


@pytest.mark.parametrize(
    "embed",
    [
        EMBED,
        f'<div data-tweet-id="{POST}"></div>',
        f'<iframe src="https://platform.twitter.com/embed/Tweet.html?id={POST}"></iframe>',
    ],
    ids=["blockquote", "attribute", "frame"],
)
def test_a_dead_embed_becomes_a_card_and_the_rest_stays(embed):
    page = kept(f"<p>Before.</p>{embed}after<!-- note --><script>var a = '<p>';</script>")

    patched = patch(page, [a_post()])

    root = read(patched.html)
    (figure,) = root.iter("figure")
    assert (patched.cards, patched.unplaced) == (1, ())
    assert figure.tail == "after"
    assert not root.xpath("//blockquote[@class] | //iframe | //div[@data-tweet-id]")
    assert "<!-- note --><script>var a = '<p>';</script>" in patched.html


def test_an_embed_that_shows_what_was_cited_stays_as_it_is():
    patched = patch(kept(EMBED), [a_post(FindingKind.INTACT)])

    assert (patched.cards, patched.unplaced) == (0, ())
    assert "twitter-tweet" in patched.html


def test_a_post_flattened_to_words_becomes_a_card():
    flat = "<p>We counted 12 gates. Not 21. — The Tower (@TowerSight) January 13, 2020</p>"

    patched = patch(kept(f"<p>Before.</p>{flat}<p>After.</p>"), [a_post()])

    assert (patched.cards, patched.unplaced) == (1, ())
    assert "@TowerSight) January" not in patched.html


def test_words_amid_other_words_are_left_and_told():
    mend = a_post()
    amid = f"<p>They said: We counted 12 gates. Not 21. {'More was said. ' * 20}</p>"

    patched = patch(kept(amid), [mend])

    assert (patched.cards, patched.unplaced) == (0, (mend,))
    assert "More was said." in patched.html


def test_links_become_robust_relative_and_tracked_ones_too():
    body = '<a class="x" href="https://ministry.example/1?utm_source=a#b">the gates</a> <a href="/z">z</a>'

    patched = patch(kept(body), [a_link()])

    root = read(patched.html)
    first, second = root.iter("a")
    assert first.attrib == {
        "class": "x",
        "href": WAYBACK.url,
        "data-originalurl": PAGE,
        "data-versionurl": WAYBACK.url,
        "data-versiondate": "2026-10-23",
        "title": "deleted by its author between 18 November 2026 and 21 November 2026; "
        "archived on 23 October 2026",
    }
    assert dict(second.attrib) == {"href": "/z"}
    assert (patched.links, patched.unplaced) == (1, ())


def test_a_link_that_still_shows_what_was_cited_leads_where_the_author_sent_it():
    page = kept('<a href="https://ministry.example/1?utm_source=a#b">the gates</a>')

    (first,) = read(patch(page, [a_link(FindingKind.INTACT)]).html).iter("a")

    assert first.get("href") == "https://ministry.example/1?utm_source=a#b"
    assert first.get("data-originalurl") == PAGE
    assert first.get("data-versionurl") == WAYBACK.url


def test_links_are_found_by_the_base_that_the_page_names():
    page = kept('<a href="1">the gates</a>', '<base href="https://ministry.example/">')

    (first,) = read(patch(page, [a_link()]).html).iter("a")

    assert first.get("href") == WAYBACK.url


def test_a_link_in_the_words_of_a_post_is_no_link_to_the_post():
    mend = a_post(FindingKind.INTACT)
    said = replace(mend.found, addresses=("https://t.co/1brjkSoOXX", STATUS))
    quoted = EMBED.replace("12 gates.", '<a href="https://t.co/1brjkSoOXX">12</a> gates.')

    first, second = read(patch(kept(quoted), [replace(mend, found=said)]).html).iter("a")

    assert dict(first.attrib) == {"href": "https://t.co/1brjkSoOXX"}
    assert second.get("data-originalurl") == X.url


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_text_in_a_patched_page(words):
    link, post = a_link(FindingKind.CHANGED), a_post(words=words)
    one = link.entry.one
    diff = f"[-{words}-]{{+{words}1+}}"
    changed = Entry(replace(one, sides=replace(one.sides, quote_diff=diff)))
    link = replace(link, entry=changed, copy_url=f"https://w.example/{words[:50]}")

    patched = patch(kept(f'{EMBED}<a href="{PAGE}">the gates</a>'), [post, link])

    root = read(patched.html)
    patched.html.encode()
    assert (patched.cards, patched.links) == (1, 1)
    assert not root.xpath("//script | //iframe | //@onerror")


def test_a_link_that_is_not_there_is_told():
    mend = a_link()

    assert patch(kept("<p>No link.</p>"), [mend]).unplaced == (mend,)


def test_the_page_kept_is_not_changed_and_the_patched_one_says_utf_8():
    page = kept(EMBED, '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">')
    before = page.html

    patched = patch(page, [a_post()])

    assert page.html == before
    assert 'content="text/html; charset=utf-8"' in patched.html
    assert "koi8-r" not in patched.html


@pytest.mark.parametrize(
    "doctype",
    [
        "",
        "<!doctype html>",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN" "http://www.w3.org/TR/x.dtd">',
    ],
)
def test_the_page_keeps_the_way_it_is_laid_out(doctype):
    page = kept(EMBED)
    typed = replace(page, html=page.html.replace("<!doctype html>", doctype))

    patched = patch(typed, [a_post()])

    assert patched.html.startswith(f"{doctype}\n<html>" if doctype else "<html>")


def test_a_page_nested_beyond_reason_is_refused():
    with pytest.raises(InputError):
        patch(kept("<div>" * 100_000), [a_post()])


def test_the_list_tells_what_has_no_copy_and_what_found_no_place():
    bare = a_link(copy=None)

    text = fragments("Gates", [bare, a_link()], [bare])

    assert text.count("found no place in the article") == 1
    assert text.count("no copy that readers can open") == 1
    assert "1 found no place in the patched article" in text
