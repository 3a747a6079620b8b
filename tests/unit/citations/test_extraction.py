from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.citations import as_document, extract
from archiver.errors import InputError
from archiver.model.citation import CitationKind, Resolution
from archiver.platforms import recognise
from tests.unit.citations.writing import article

URL = "https://paper.example/2020/01/gate"
PERMALINK = "https://twitter.com/maya_l/status/1214956636730744833"
SOURCE = "x:1214956636730744833"
DAY = date(2020, 1, 8)


def found(body, **options):
    options = {"name": "a.html", "url": URL} | options
    return extract(body.encode(), recognise=recognise, **options).citations


def only(body, **options):
    (citation,) = found(body, **options)
    return citation


def blockquote(inside, attributes=""):
    return f'<p>Prose.</p><blockquote class="twitter-tweet" {attributes}>{inside}</blockquote><p>More.</p>'


WORDS = "<p lang=en dir=ltr>The gate was open.</p>"
DATED = f'<a href="{PERMALINK}?ref_src=twsrc%5Etfw">January 8, 2020</a>'


@pytest.mark.parametrize(
    "inside",
    [
        f"{WORDS}&mdash; Maya Lind (@maya_l) {DATED}",
        f"{WORDS}<p>— Maya Lind (@maya_l) {DATED}</p>",
        f"<p>The gate was open.<br>&mdash; Maya Lind (@maya_l) {DATED}</p>",
        f"{WORDS}&mdash;\u00a0Maya Lind (<a href='https://twitter.com/maya_l'>@maya_l</a>) {DATED}",
        f"{WORDS}Maya Lind (@maya_l) {DATED}",
    ],
)
def test_an_embedded_post_is_resolved_by_its_permalink_however_it_was_wrapped(inside):
    citation = only(blockquote(inside))

    assert (citation.kind, citation.platform) == (CitationKind.EMBED, "x")
    assert citation.source is not None
    assert citation.source.name == SOURCE
    assert citation.text == "The gate was open."
    assert (citation.author.name, citation.author.handle) == ("Maya Lind", "maya_l")
    assert citation.posted_on == DAY
    assert citation.addresses == (f"{PERMALINK}?ref_src=twsrc%5Etfw",)
    assert citation.resolution is Resolution.RESOLVED


QUOTED = (
    '<blockquote class="twitter-tweet"><p>The harbour was shut. https://t.co/Ab3dE5gH1j</p>&mdash; Ben Otto '
    '(@ben_o) <a href="https://twitter.com/ben_o/status/1214900000000000000">January 7, 2020</a></blockquote>'
)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (f"{WORDS}{QUOTED}&mdash; Maya Lind (@maya_l) {DATED}", "The gate was open."),
        (f"{WORDS}&mdash; Maya Lind (@maya_l) {DATED}{QUOTED}", "The gate was open."),
        (f"{QUOTED}{WORDS}&mdash; Maya Lind (@maya_l) {DATED}", "The gate was open."),
        (
            f"<p>The gate</p>{QUOTED}<p>was open.</p>&mdash; Maya Lind (@maya_l) {DATED}",
            "The gate\n\nwas open.",
        ),
        (
            f"{WORDS}<blockquote class=twitter-tweet>{QUOTED}</blockquote>&mdash; Maya Lind (@maya_l) {DATED}",
            "The gate was open.",
        ),
    ],
)
def test_a_post_inside_a_post_is_a_citation_of_its_own_and_neither_gets_the_others_words(
    inside, words
):
    by_handle = {citation.author.handle: citation for citation in found(blockquote(inside))}

    outer, inner = by_handle.pop("maya_l"), by_handle.pop("ben_o")
    assert by_handle == {}
    assert outer.text == words
    assert (outer.author.name, outer.posted_on) == ("Maya Lind", DAY)
    assert outer.addresses == (f"{PERMALINK}?ref_src=twsrc%5Etfw",)
    assert outer.source is not None
    assert outer.source.name == SOURCE
    assert inner.text == "The harbour was shut. https://t.co/Ab3dE5gH1j"
    assert (inner.author.name, inner.posted_on) == ("Ben Otto", date(2020, 1, 7))
    assert inner.url == "https://x.com/ben_o/status/1214900000000000000"
    assert inner.addresses[0] == "https://t.co/Ab3dE5gH1j"


@pytest.mark.parametrize(
    "wrapped",
    [
        '<blockquote class="twitter-tweet">{post}</blockquote>',
        "<blockquote class=twitter-tweet><blockquote class=twitter-tweet></blockquote>{inside}</blockquote>",
    ],
)
def test_an_empty_blockquote_around_or_inside_a_post_is_no_second_post(wrapped):
    inside = f"{WORDS}&mdash; Maya Lind (@maya_l) {DATED}"
    post = f'<blockquote class="twitter-tweet">{inside}</blockquote>'

    citation = only(f"<p>Prose.</p>{wrapped.format(post=post, inside=inside)}<p>More.</p>")

    assert (citation.text, citation.author.handle) == ("The gate was open.", "maya_l")


@pytest.mark.parametrize("link_text", ["", "&nbsp;", "View post"])
def test_a_permalink_counts_though_its_words_are_gone(link_text):
    citation = only(
        blockquote(f'{WORDS}&mdash; Maya (@maya_l) <a href="{PERMALINK}">{link_text}</a>')
    )

    assert citation.source is not None
    assert (citation.source.name, citation.posted_on) == (SOURCE, None)
    assert (citation.text, citation.author.name) == ("The gate was open.", "Maya")


def test_a_post_embedded_without_attribution_ends_before_its_permalink():
    citation = only(blockquote(f"<p>The gate was open.</p>— {DATED}"))

    assert citation.source is not None
    assert (citation.text, citation.posted_on) == ("The gate was open.", DAY)
    assert citation.author.handle == "maya_l"


def test_posts_mentioned_in_the_words_are_not_the_permalink():
    quoted = '<a href="https://twitter.com/other/status/1214387633146564608">this</a>'
    citation = only(blockquote(f"<p>As {quoted} says</p>&mdash; Maya (@maya_l) {DATED}"))

    assert citation.source is not None
    assert citation.source.name == SOURCE
    assert citation.addresses[0] == "https://twitter.com/other/status/1214387633146564608"


def test_links_inside_an_embed_are_its_addresses_and_no_citations_of_their_own():
    inside = (
        '<p>Look <a href="https://twitter.com/hashtag/gate?src=hash">#gate</a> '
        '<a href="https://twitter.com/desk">@desk</a> '
        '<a href="https://t.co/Ab3dE5gH1j">https://t.co/Ab3dE5gH1j</a>'
        '<a href="https://t.co/Zb3dE5gH1j">pic.twitter.com/Zb3dE5gH1j</a></p>'
    )
    citation = only(blockquote(f"{inside}&mdash; Maya (@maya_l) {DATED}"))

    assert citation.text == "Look #gate @desk https://t.co/Ab3dE5gH1jpic.twitter.com/Zb3dE5gH1j"
    assert citation.addresses[:2] == (
        "https://t.co/Ab3dE5gH1j",
        "https://pic.twitter.com/Zb3dE5gH1j",
    )


def test_an_embed_whose_links_are_lost_is_looked_up_by_its_codes():
    inside = "<p>Look pic.twitter.com/Zb3dE5gH1j</p>&mdash; Maya (@maya_l) January 8, 2020"

    assert only(blockquote(inside)).resolution is Resolution.NEEDS_LOOKUP


@pytest.mark.parametrize(
    ("frame", "address"),
    [
        (
            '<iframe src="https://platform.twitter.com/embed/Tweet.html?dnt=true&amp;id=1214956636730744833"></iframe>',
            "https://platform.twitter.com/embed/Tweet.html?dnt=true&id=1214956636730744833",
        ),
        (
            '<iframe data-src="//platform.x.com/embed/Tweet.html?id=1214956636730744833"></iframe>',
            "https://platform.x.com/embed/Tweet.html?id=1214956636730744833",
        ),
        (
            '<div class="twitter-tweet"><iframe data-tweet-id="1214956636730744833"></iframe></div>',
            "https://x.com/i/status/1214956636730744833",
        ),
        (
            '<amp-twitter width=1 data-tweetid="1214956636730744833"></amp-twitter>',
            "https://x.com/i/status/1214956636730744833",
        ),
    ],
)
def test_frames_and_amp_elements_carry_the_id(frame, address):
    citation = only(f"<p>Before it.</p><figure>{frame}</figure><p>After it.</p>")

    assert citation.source is not None
    assert (citation.source.name, citation.addresses) == (SOURCE, (address,))
    assert (citation.text, citation.start, citation.end) == ("", 10, 10)


def test_a_frame_and_the_words_it_falls_back_to_are_one_citation():
    amp = (
        f'<amp-twitter data-tweetid="1214956636730744833"></amp-twitter>{blockquote(WORDS + DATED)}'
    )

    assert only(f"<div>{amp}</div>".replace("<p>Prose.</p>", "")).text == "The gate was open."


def test_a_placeholder_inside_an_amp_element_gives_its_words():
    amp = (
        '<amp-twitter data-tweetid="1214956636730744833"><blockquote class="twitter-tweet" placeholder>'
        f"{WORDS}&mdash; Maya (@maya_l) {DATED}</blockquote></amp-twitter>"
    )

    citation = only(f"<p>Before.</p>{amp}<p>After.</p>")

    assert (citation.text, citation.author.handle) == ("The gate was open.", "maya_l")


def test_a_post_flattened_inside_a_page_is_found():
    citation = only(
        "<p>Prose.</p><p>The gate was open. pic.twitter.com/Zb3dE5gH1j — Maya (@maya_l) January 8, 2020</p>"
    )

    assert citation.text == "The gate was open. pic.twitter.com/Zb3dE5gH1j"
    assert citation.resolution is Resolution.NEEDS_LOOKUP


def test_a_flattened_post_whose_date_is_a_link_is_resolved():
    citation = only(
        "<p>Prose.</p><blockquote><p>Look "
        '<a href="https://t.co/Zb3dE5gH1j">pic.twitter.com/Zb3dE5gH1j</a> — Maya (@maya_l) '
        f"{DATED}</p></blockquote>"
    )

    assert citation.source is not None
    assert (citation.source.name, citation.posted_on) == (SOURCE, DAY)
    assert citation.addresses[0] == "https://pic.twitter.com/Zb3dE5gH1j"


DAY_BEFORE = "https://twitter.com/maya_l/status/1214387633146564608"  # of 2020-01-07
OTHERS = "https://twitter.com/other/status/1214956636730744833"


@pytest.mark.parametrize("address", [DAY_BEFORE, OTHERS])
def test_a_dates_anchor_that_names_another_day_or_handle_is_kept_and_resolves_nothing(address):
    citation = only(f'<p>Open. — Maya (@maya_l) <a href="{address}">January 8, 2020</a></p>')

    assert (citation.source, citation.resolution) == (None, Resolution.UNRESOLVED)
    assert (citation.author.handle, citation.posted_on) == ("maya_l", DAY)
    assert citation.addresses == (address,)


def test_a_permalink_behind_the_date_whose_id_is_of_another_day_is_a_link_of_its_own():
    post, link = found(f"The gate. — Maya (@maya_l) January 8, 2020 {DAY_BEFORE}", name="a.txt")

    assert (post.resolution, post.source) == (Resolution.UNRESOLVED, None)
    assert link.addresses == (DAY_BEFORE,)


@pytest.mark.parametrize("address", [DAY_BEFORE, OTHERS])
def test_an_embed_code_keeps_its_own_permalink_beside_what_it_prints(address):
    citation = only(blockquote(f'{WORDS}— Maya (@maya_l) <a href="{address}">January 8, 2020</a>'))

    assert citation.source is not None
    assert citation.source.key == address.rpartition("/")[2]
    assert citation.addresses == (address,)
    assert (citation.author.handle, citation.posted_on) == ("maya_l", DAY)


@pytest.mark.parametrize("permalink", [PERMALINK, f"({PERMALINK})", f"<{PERMALINK}?s=20>"])
def test_a_permalink_printed_behind_the_date_resolves_a_flattened_post(permalink):
    text = f"The gate was open. — Maya (@maya_l) January 8, 2020 {permalink}\n\nProse."

    citation = only(text, name="a.txt")

    assert citation.source is not None
    assert citation.source.name == SOURCE
    assert text[citation.start : citation.end].endswith("2020")


def test_a_permalink_of_another_author_behind_the_date_is_a_link_of_its_own():
    other = "https://twitter.com/other/status/1214387633146564608"
    post, link = found(f"The gate. — Maya (@maya_l) January 8, 2020 {other}", name="a.txt")

    assert (post.resolution, post.source) == (Resolution.UNRESOLVED, None)
    assert link.addresses == (other,)


@pytest.mark.parametrize(
    ("words", "addresses", "resolution"),
    [
        ("Open.", (), Resolution.UNRESOLVED),
        ("See https://news.example/a now", ("https://news.example/a",), Resolution.UNRESOLVED),
        ("Look t.co/Ab3dE5gH1j", ("https://t.co/Ab3dE5gH1j",), Resolution.NEEDS_LOOKUP),
    ],
)
def test_a_flattened_post_is_as_resolved_as_its_codes_allow(words, addresses, resolution):
    citation = only(f"{words} — Maya (@maya_l) January 8, 2020", name="a.txt")

    assert (citation.addresses, citation.resolution) == (addresses, resolution)
    assert (citation.source, citation.url, citation.platform) == (None, None, "x")


@pytest.mark.parametrize(
    ("address", "platform", "source", "resolution"),
    [
        ("https://News.example/a?utm_source=x", "web", "web:https://news.example/a", "resolved"),
        ("https://x.com/maya_l/status/1214956636730744833/photo/1", "x", SOURCE, "resolved"),
        ("https://bit.ly/3abcd", "web", None, "needs_lookup"),
        ("https://t.co/Ab3dE5gH1j", "web", None, "needs_lookup"),
        ("https://pic.twitter.com/Ab3dE5gH1j", "x", None, "needs_lookup"),
    ],
)
def test_a_link_is_resolved_unless_its_host_must_be_asked(address, platform, source, resolution):
    citation = only(f'<p>Prose and <a href="{address}">a link</a> in it.</p>')

    name = citation.source.name if citation.source else None
    assert (citation.platform, name, citation.resolution.value) == (platform, source, resolution)
    assert (citation.kind, citation.text, citation.addresses) == (
        CitationKind.LINK,
        "a link",
        (address,),
    )
    assert citation.url is not None


def test_an_address_printed_in_a_page_counts_and_a_linked_one_counts_once():
    one, other = found(
        '<p>See https://a.example/x and <a href="https://b.example/y">https://b.example/y</a>.</p>'
    )

    assert (one.text, one.addresses) == ("https://a.example/x", ("https://a.example/x",))
    assert other.addresses == ("https://b.example/y",)


def test_a_source_linked_twice_is_cited_twice_and_an_anchor_cut_in_two_once():
    citations = found(
        '<p>The <a href="https://a.example/">rep</a><a href="https://a.example/">ort</a> of May, '
        'and the <a href="https://a.example/">report</a> again.</p>'
    )

    assert [citation.text for citation in citations] == ["report", "report"]


def test_a_picture_that_leads_where_words_lead_is_not_counted_again():
    picture = '<a href="https://a.example/"><img src="x.jpg"></a>'

    citation = only(f'<p>{picture}</p><p>The <a href="https://a.example/">report</a> of May.</p>')

    assert citation.text == "report"


def test_an_embed_that_mentions_no_address_at_all_is_unresolved():
    inside = '<p>Open. <a href="ftp://a.example/">x</a></p>&mdash; Maya (@maya_l)'

    assert only(blockquote(inside)).resolution is Resolution.UNRESOLVED


def test_a_pointer_with_two_links_points_to_both():
    one, other = found('<p>READ: <a href="/one">First</a> and <a href="/two">second</a></p>')

    assert (one.kind, one.text) == (CitationKind.RELATED, "First")
    assert (other.kind, other.text) == (CitationKind.LINK, "second")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("READ: Who opened the gate?", "Who opened the gate?"),
        ("OPINION: The gate is ours", "The gate is ours"),
        ("READ MORE: Who opened the gate", "Who opened the gate"),
        ("  Read also: Who opened the gate", "Who opened the gate"),
        ("اقرأ أيضا: من فتح البوابة", "من فتح البوابة"),
        ("LEA TAMBIÉN: La compuerta", "La compuerta"),
        ("Lea también: La compuerta", "La compuerta"),
        ("Read the report: it is long", None),
        ("Opinion: it depends", None),
        ("READ: " + "long " * 60, None),
    ],
)
def test_a_pointer_to_another_article_is_related(line, title):
    citations = found(f"Prose.\n\n{line}\n\nProse.", name="a.txt")

    assert [citation.text for citation in citations] == ([title] if title else [])
    assert {citation.kind for citation in citations} <= {CitationKind.RELATED}
    assert {citation.resolution for citation in citations} <= {Resolution.UNRESOLVED}


@pytest.mark.parametrize(
    "pointer",
    [
        '<p><strong>READ: <a href="/other">Who opened the gate?</a></strong></p>',
        '<p><a href="/other">READ: Who opened the gate?</a></p>',
        '<p>Prose, and more of it. (READ: <a href="/other">Who opened the gate?</a>)</p>',
    ],
)
def test_a_pointer_with_a_link_is_related_and_resolved(pointer):
    citation = only(f"<p>Prose.</p>{pointer}")

    assert citation.kind is CitationKind.RELATED
    assert citation.text == "Who opened the gate?"
    assert citation.source is not None
    assert citation.source.name == "web:https://paper.example/other"


def test_a_pointer_with_a_printed_address_is_resolved():
    citation = only("READ: Who opened the gate? https://paper.example/other", name="a.txt")

    assert (citation.kind, citation.resolution) == (CitationKind.RELATED, Resolution.RESOLVED)


@pytest.mark.parametrize(
    "code",
    [
        "Ask `https://code.example/api` and `curl t.co/Ab3dE5gH1j`.",
        "```sh\ncurl https://code.example/api\n```",
        "~~~\nWords. — Maya Lind (@maya_l) January 8, 2020\n~~~",
        "It prints `Words. — Maya Lind (@maya_l) January 8, 2020`.",
        "- item\n\n  ```\n  READ: https://code.example/api\n  ```",
    ],
)
def test_code_in_markdown_is_text_that_cites_nothing(code):
    text = f"Prose.\n\n{code}\n\nMore: https://a.example/x\n"

    extraction = extract(text.encode(), recognise=recognise, name="a.md")

    assert [citation.url for citation in extraction.citations] == ["https://a.example/x"]
    assert any(words in extraction.article.text for words in ("code.example/api", "@maya_l"))


def test_what_is_around_code_in_markdown_still_cites():
    text = (
        "Prose [`gate`](https://a.example/gate).\n\n"
        "We ran `curl` at https://a.example/x.\n\n"
        "They run `gate --open` here. — Maya Lind (@maya_l) January 8, 2020\n\n"
        "    Indented. — Ben Otto (@ben_o) January 7, 2020\n"
    )

    citations = found(text, name="a.md")

    assert [(citation.text, citation.author.name) for citation in citations] == [
        ("gate", None),
        ("https://a.example/x", None),
        ("They run gate --open here.", "Maya Lind"),
        ("Indented.", "Ben Otto"),
    ]


def test_markdown_gives_links_pointers_and_flattened_posts():
    text = (
        "---\ntitle: 'The gate'\ndate: 2020-01-14\nlang: en\n---\n\n"
        "The *council* published [nothing](https://council.example/minutes).\n\n"
        "The gate was open. pic.twitter.com/Zb3dE5gH1j — Maya (@maya_l) January 8, 2020\n\n"
        "READ: [Who opened the gate?](https://paper.example/other)\n\n"
        '<blockquote class="twitter-tweet"><p>Still open.</p>&mdash; Dana (@dana_p) '
        '<a href="https://x.com/dana_p/status/1214956636730744834">January 8, 2020</a></blockquote>\n\n'
        "Bare: <https://a.example/x> and https://b.example/y.\n"
    )

    extraction = extract(text.encode(), recognise=recognise, name="a.md")

    article = extraction.article
    assert (article.title, article.language, article.published_on) == (
        "The gate",
        "en",
        date(2020, 1, 14),
    )
    assert article.text.startswith("The council published nothing.")
    assert [(citation.kind.value, citation.text) for citation in extraction.citations] == [
        ("link", "nothing"),
        ("embed", "The gate was open. pic.twitter.com/Zb3dE5gH1j"),
        ("related", "Who opened the gate?"),
        ("embed", "Still open."),
        ("link", "https://a.example/x"),
        ("link", "https://b.example/y"),
    ]


def test_the_document_has_the_promised_shape():
    text = "The gate was open. pic.twitter.com/Zb3dE5gH1j — Maya 🌊 (@maya_l) January 8, 2020\r\n"

    document = as_document(extract(text.encode(), recognise=recognise, name="a.txt"))

    read = text.replace("\r\n", "\n")
    assert document == {
        "article": {
            "title": None,
            "url": None,
            "language": None,
            "text": read,
            "text_sha256": hashlib.sha256(read.encode()).hexdigest(),
        },
        "citations": [
            {
                "position": 1,
                "kind": "embed",
                "platform": "x",
                "source": None,
                "url": None,
                "addresses": ["https://pic.twitter.com/Zb3dE5gH1j"],
                "author": {"name": "Maya 🌊", "handle": "maya_l"},
                "posted_on": "2020-01-08",
                "text": "The gate was open. pic.twitter.com/Zb3dE5gH1j",
                "start": 0,
                "end": len(read) - 1,
                "resolution": "needs_lookup",
                "context": {"sentence": "", "quotes": [], "headings": []},
                "memento": None,
            }
        ],
    }


def test_the_document_names_a_resolved_source():
    document = as_document(
        extract(b"See https://News.example/a", recognise=recognise, name="a.txt")
    )

    text = json.dumps(document["citations"])
    assert '"source": "web:https://news.example/a", "url": "https://news.example/a"' in text


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 5), st.sampled_from(["a.txt", "a.html"]))
def test_as_many_embeds_are_found_as_were_written_and_offsets_cut_them_out(seed, count, name):
    text, posts = article(random.Random(seed), count)
    if name == "a.html":
        paragraphs = (part.replace("\n", "<br>") for part in text.split("\n\n"))
        text = "".join(f"<p>{part}</p>" for part in paragraphs)

    extraction = extract(text.encode(), recognise=recognise, name=name)

    read = extraction.article.text
    embeds = [c for c in extraction.citations if c.kind is CitationKind.EMBED]
    assert [embed.author.handle for embed in embeds] == [post.handle for post in posts]
    assert [embed.addresses for embed in embeds] == [post.addresses for post in posts]
    assert all(read[c.start : c.end].startswith(c.text) for c in embeds)
    assert [c.position for c in extraction.citations] == list(
        range(1, len(extraction.citations) + 1)
    )


@settings(deadline=None)
@given(st.binary(max_size=2000), st.sampled_from([None, "a.html", "a.txt", "a.md"]))
def test_any_bytes_are_read_or_refused(body, name):
    try:
        citations = extract(body, recognise=recognise, name=name).citations
    except InputError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - the message is one line
        return

    assert all(citation.start <= citation.end for citation in citations)


_TAGS = st.sampled_from(
    ["<p>", "</p>", "<div class=related>", "</div>", '<a href="https://a.example/x">', "</a>", "<br>",
     '<blockquote class="twitter-tweet">', "</blockquote>", "<iframe data-tweet-id=12345>", "word ",
     "Maya (@maya) January 8, 2020", " — ", "https://t.co/Ab3dE5gH1j", "<article>", "<table><td>",
     "READ: ", "\u200f", "<amp-twitter data-tweetid=12345>", "</amp-twitter>", "<pre>", "</pre>",
     f'<a href="{PERMALINK}">']
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_TAGS, max_size=40))
def test_any_mix_of_markup_gives_citations_whose_offsets_hold(parts):
    try:
        extraction = extract("".join(parts).encode(), recognise=recognise, name="a.html")
    except InputError:
        return

    read = extraction.article.text
    for citation in extraction.citations:
        assert 0 <= citation.start <= citation.end <= len(read)
        stretch = read[citation.start : citation.end]
        assert all(words in stretch for words in citation.text.split("\n\n"))


COPY = "https://web.archive.org/web/20200110120000/"


@pytest.mark.parametrize(
    ("inside", "source"),
    [
        (f'<p>So said <a href="{COPY}https://news.example/a">a report</a>.</p>', "web:https://news.example/a"),
        (f"<p>So said {COPY}https://news.example/a today.</p>", "web:https://news.example/a"),
        (blockquote(f"{WORDS}— Maya (@maya_l) <a href='{COPY}{PERMALINK}'>January 8, 2020</a>"), SOURCE),
        (f'<iframe src="https://www.facebook.com/plugins/post.php?href={COPY}https://news.example/a"></iframe>', "web:https://news.example/a"),
    ],
    ids=["a link", "a printed address", "an embedded post", "a frame"],
)  # fmt: skip
def test_a_citation_of_an_archived_copy_is_one_of_the_original_with_the_copy_told(inside, source):
    citation = only(inside)

    assert citation.source is not None
    assert citation.source.name == source
    assert citation.memento is not None
    assert citation.memento.url.startswith(COPY)
    assert citation.memento.at == datetime(2020, 1, 10, 12, tzinfo=UTC)


def test_an_archived_copy_of_a_short_link_is_still_to_be_asked():
    citation = only(f'<p>So said <a href="{COPY}https://bit.ly/3abcd">a report</a>.</p>')

    assert (citation.resolution, citation.url) == (Resolution.NEEDS_LOOKUP, "https://bit.ly/3abcd")
    assert citation.memento is not None
