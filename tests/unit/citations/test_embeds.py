from __future__ import annotations

import re
from datetime import date

import pytest

from archiver.citations import extract
from archiver.citations.frames import framed, posted
from archiver.model.citation import CitationKind
from archiver.model.source import SourceRef
from archiver.platforms import recognise

URL = "https://paper.example/2020/01/gate"


def as_web(address):
    """Name every address ``web``: what an embed is does not hang on which platforms are known."""
    return SourceRef("web", address, address)


def found(inside):
    body = f"<p>Prose before it.</p>{inside}<p>Prose behind it.</p>"
    return extract(body.encode(), recognise=as_web, name="a.html", url=URL).citations


def only(inside):
    (citation,) = found(inside)
    return citation


INSTAGRAM = (
    '<blockquote class="instagram-media" data-instgrm-captioned '
    'data-instgrm-permalink="https://www.instagram.com/p/B7Gate12_-x/?utm_source=ig_embed" data-instgrm-version="12">'
    "{inside}</blockquote>"
)
TIKTOK = (
    '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@port.desk/video/6718335390845095173" '
    'data-video-id="6718335390845095173"><section><a title="@port.desk" href="https://www.tiktok.com/@port.desk?refer=embed">'
    '@port.desk</a><p>The gate at noon <a href="https://www.tiktok.com/tag/flood">#flood</a></p>'
    '<a href="https://www.tiktok.com/music/original-1">♬ original sound - Port</a></section></blockquote>'
)
FACEBOOK = (
    '<div class="fb-post" data-href="https://www.facebook.com/port.desk/posts/10153231379946729" data-width="500">'
    '<blockquote cite="https://www.facebook.com/port.desk/posts/10153231379946729" class="fb-xfbml-parse-ignore">'
    '<p>The gate was open.</p>Posted by <a href="https://www.facebook.com/port.desk/">Port Desk</a> on&nbsp;'
    '<a href="https://www.facebook.com/port.desk/posts/10153231379946729">Thursday, August 27, 2015</a></blockquote></div>'
)
BLUESKY = (
    '<blockquote class="bluesky-embed" data-bluesky-uri="at://did:plc:abc234/app.bsky.feed.post/3lgate2abc" '
    'data-bluesky-cid="bafy"><p lang="en">The gate was open.<br><br><a href="https://bsky.app/profile/did:plc:abc234/post/3lgate2abc?ref_src=embed">'
    "[image or embed]</a></p>&mdash; Maya Lind (<a href='https://bsky.app/profile/did:plc:abc234?ref_src=embed'>@maya.bsky.social</a>) "
    '<a href="https://bsky.app/profile/did:plc:abc234/post/3lgate2abc?ref_src=embed">January 8, 2025 at 1:23 PM</a></blockquote>'
)
MASTODON = (
    '<blockquote class="mastodon-embed" data-embed-url="https://social.example/@maya/109312345678901234/embed">'
    '<a href="https://social.example/@maya/109312345678901234"><svg></svg><div>Post by @maya@social.example</div>'
    "<div>View on Mastodon</div></a></blockquote>"
)
REDDIT = (
    '<blockquote class="reddit-embed-bq" data-embed-height="316"><a href="https://www.reddit.com/r/ports/comments/1abcd2/the_gate/">'
    'The gate was open</a><br> by<a href="https://www.reddit.com/user/maya_l/">u/maya_l</a> in'
    '<a href="https://www.reddit.com/r/ports/">ports</a></blockquote>'
)
THREADS = (
    '<blockquote class="text-post-media" data-text-post-permalink="https://www.threads.net/@maya/post/C7Gate12_-x">'
    '<a href="https://www.threads.net/@maya/post/C7Gate12_-x"><div>Post by @maya</div><div>View on Threads</div></a></blockquote>'
)


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        (INSTAGRAM.format(inside=""), "https://www.instagram.com/p/B7Gate12_-x/?utm_source=ig_embed"),
        ('<iframe src="//www.instagram.com/p/B7Gate12_-x/embed/captioned/?cr=1"></iframe>', "https://www.instagram.com/p/B7Gate12_-x/"),
        ('<amp-instagram data-shortcode="B7Gate12_-x" width=1></amp-instagram>', "https://www.instagram.com/p/B7Gate12_-x/"),
        (FACEBOOK, "https://www.facebook.com/port.desk/posts/10153231379946729"),
        ('<iframe src="https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fport.desk%2Fposts%2F101&width=500"></iframe>',
         "https://www.facebook.com/port.desk/posts/101"),
        ('<iframe src="https://www.facebook.com/plugins/video.php?height=314&href=https%3A%2F%2Fwww.facebook.com%2Fport.desk%2Fvideos%2F101%2F"></iframe>',
         "https://www.facebook.com/port.desk/videos/101/"),
        ('<amp-facebook data-href="https://www.facebook.com/port.desk/posts/101"></amp-facebook>', "https://www.facebook.com/port.desk/posts/101"),
        ('<iframe src="https://www.youtube.com/embed/dQw4gate9_c?feature=oembed"></iframe>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<iframe data-src="//www.youtube-nocookie.com/embed/dQw4gate9_c"></iframe>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<iframe src="about:blank" data-lazy-src="https://www.youtube.com/embed/dQw4gate9_c"></iframe>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<iframe srcdoc="&lt;a href=https://www.youtube.com/embed/dQw4gate9_c?autoplay=1&gt;"></iframe>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<lite-youtube videoid="dQw4gate9_c"></lite-youtube>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<amp-youtube data-videoid="dQw4gate9_c"></amp-youtube>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<iframe src="https://player.vimeo.com/video/76979871?h=8272103f6e"></iframe>', "https://vimeo.com/76979871/8272103f6e"),
        (TIKTOK, "https://www.tiktok.com/@port.desk/video/6718335390845095173"),
        ('<amp-tiktok data-src="6718335390845095173"></amp-tiktok>', "https://www.tiktok.com/embed/v2/6718335390845095173"),
        ('<script async src="https://telegram.org/js/telegram-widget.js?22" data-telegram-post="portdesk/83" data-width="100%"></script>', "https://t.me/portdesk/83"),
        ('<iframe src="https://t.me/portdesk/83?embed=1&amp;mode=tme"></iframe>', "https://t.me/portdesk/83"),
        (THREADS, "https://www.threads.net/@maya/post/C7Gate12_-x"),
        (BLUESKY, "https://bsky.app/profile/did:plc:abc234/post/3lgate2abc"),
        ('<iframe src="https://embed.bsky.app/embed/did:plc:abc234/app.bsky.feed.post/3lgate2abc?id=1"></iframe>', "https://bsky.app/profile/did:plc:abc234/post/3lgate2abc"),
        (MASTODON, "https://social.example/@maya/109312345678901234"),
        ('<iframe src="https://social.example/@maya/109312345678901234/embed" class="mastodon-embed"></iframe>', "https://social.example/@maya/109312345678901234"),
        (REDDIT, "https://www.reddit.com/r/ports/comments/1abcd2/the_gate/"),
        ('<iframe src="https://www.redditmedia.com/r/ports/comments/1abcd2/the_gate/?ref_source=embed"></iframe>', "https://www.reddit.com/r/ports/comments/1abcd2/the_gate/"),
        ('<iframe src="https://embed.reddit.com/r/ports/comments/1abcd2/the_gate/"></iframe>', "https://www.reddit.com/r/ports/comments/1abcd2/the_gate/"),
        ('<iframe src="https://www.linkedin.com/embed/feed/update/urn:li:share:6898694772484112384"></iframe>', "https://www.linkedin.com/feed/update/urn:li:share:6898694772484112384/"),
        ('<figure class="wp-block-embed is-provider-twitter"><div class="wp-block-embed__wrapper">\nhttps://twitter.com/maya_l/status/1214956636730744833\n</div></figure>',
         "https://twitter.com/maya_l/status/1214956636730744833"),
        ('<figure class="wp-block-embed"><div class="wp-block-embed__wrapper"><iframe src="https://www.youtube.com/embed/dQw4gate9_c"></iframe></div></figure>',
         "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<div class="consent-placeholder" data-embed-url="https://www.youtube.com/embed/dQw4gate9_c"><button>Show</button></div>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<div class="placeholder" data-src="https://twitter.com/maya_l/status/1214956636730744833"></div>', "https://twitter.com/maya_l/status/1214956636730744833"),
        ('<div data-html="&lt;iframe src=&quot;https://www.tiktok.com/embed/v2/6718335390845095173&quot;&gt;"></div>', "https://www.tiktok.com/embed/v2/6718335390845095173"),
        ('<iframe data-cmp-src="https://www.youtube.com/embed/dQw4gate9_c" src="about:blank"></iframe>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<script type="text/template">PGlmcmFtZSBzcmM9Imh0dHBzOi8vd3d3LnlvdXR1YmUuY29tL2VtYmVkL2RRdzRnYXRlOV9jIj48L2lmcmFtZT4=</script>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<noscript><iframe src="https://www.youtube.com/embed/dQw4gate9_c"></iframe></noscript>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
        ('<noscript><blockquote class="twitter-tweet"><p>Open.</p>&mdash; Maya (@maya_l) <a href="https://twitter.com/maya_l/status/1214956636730744833">January 8, 2020</a></blockquote></noscript>',
         "https://twitter.com/maya_l/status/1214956636730744833"),
        ('<div data-html="&lt;blockquote class=&quot;twitter-tweet&quot;&gt;Open. &lt;a href=&quot;https://twitter.com/maya_l/status/1214956636730744833&quot;&gt;January 8, 2020&lt;/a&gt;&lt;/blockquote&gt;"></div>',
         "https://twitter.com/maya_l/status/1214956636730744833"),
        ('<script type="application/ld+json">{"@type":"VideoObject","embedUrl":"https:\\/\\/www.youtube.com\\/embed\\/dQw4gate9_c"}</script>', "https://www.youtube.com/watch?v=dQw4gate9_c"),
    ],
)  # fmt: skip
def test_an_embed_code_of_any_platform_is_one_citation_of_what_it_shows(markup, address):
    citation = only(markup)

    assert (citation.kind, citation.addresses) == (CitationKind.EMBED, (address,))


@pytest.mark.parametrize(
    ("markup", "words", "name", "handle", "day"),
    [
        (INSTAGRAM.format(inside='<p><a href="https://www.instagram.com/p/B7Gate12_-x/">View this post on Instagram</a></p>'
                          '<p>A post shared by <a href="https://www.instagram.com/maya.l/">Maya Lind</a> (@maya.l) on '
                          '<time datetime="2019-04-01T17:00:33+00:00">Apr 1, 2019 at 10:00am PDT</time></p>'),
         "", "Maya Lind", "maya.l", date(2019, 4, 1)),
        (INSTAGRAM.format(inside='<p><a href="https://www.instagram.com/p/B7Gate12_-x/">The gate was open. #flood</a></p>'
                          '<p>Ein Beitrag geteilt von Maya Lind (@maya.l) am 1. April 2019</p>'),
         "The gate was open. #flood", "Maya Lind", "maya.l", date(2019, 4, 1)),
        (FACEBOOK, "The gate was open.", "Port Desk", None, date(2015, 8, 27)),
        (TIKTOK, "The gate at noon #flood", None, "port.desk", None),
        (BLUESKY, "The gate was open.", "Maya Lind", "maya.bsky.social", date(2025, 1, 8)),
        (MASTODON, "", None, "maya@social.example", None),
        (REDDIT, "The gate was open", None, "maya_l", None),
        (THREADS, "", None, "maya", None),
    ],
    ids=["instagram", "instagram in German", "facebook", "tiktok", "bluesky", "mastodon", "reddit", "threads"],
)  # fmt: skip
def test_what_an_embed_prints_of_its_post_is_kept(markup, words, name, handle, day):
    citation = only(markup)

    assert citation.text == words
    assert (citation.author.name, citation.author.handle) == (name, handle)
    assert citation.posted_on == day


_NOTE = "[image or embed]</a>"


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (BLUESKY.replace(_NOTE, "[Bild oder Einbettung]</a>"), "The gate was open."),
        (BLUESKY.replace(_NOTE, "[画像または埋め込み]</a>"), "The gate was open."),
        (BLUESKY.replace("<br><br>", " "), "The gate was open."),
        (BLUESKY.replace("The gate was open.<br><br>", ""), ""),
        (re.sub(r"<a href=[^>]*>\[image or embed\]</a>", "[image or embed]", BLUESKY), "The gate was open."),
        (BLUESKY.replace("The gate was open.<br><br>", "The gate [sic] was open. [1]<br><br>"), "The gate [sic] was open. [1]"),
        (BLUESKY.replace(_NOTE, "the gate</a>"), "The gate was open.\n\nthe gate"),
        (re.sub(r"&mdash;.*</a>", "", BLUESKY), "The gate was open."),
    ],
)  # fmt: skip
def test_the_note_that_bluesky_puts_for_media_is_no_word_of_the_post(markup, words):
    assert only(markup).text == words


REDDIT_COMMENT = (
    '<blockquote class="reddit-embed-bq" data-embed-height="240"><a href="https://www.reddit.com/r/ports/comments/1abcd2/comment/k1gate9/">'
    'Comment</a><br> by<a href="https://www.reddit.com/user/maya_l/">u/maya_l</a> from discussion'
    '<a href="https://www.reddit.com/r/ports/comments/1abcd2/the_gate/"><no value=""></no></a><br> in'
    '<a href="https://www.reddit.com/r/ports/">ports</a></blockquote>'
)


@pytest.mark.parametrize(
    ("markup", "path"),
    [
        (REDDIT_COMMENT, "comment/k1gate9/"),
        (REDDIT_COMMENT.replace(">Comment<", ">Kommentar<"), "comment/k1gate9/"),
        (
            REDDIT_COMMENT.replace("/comment/k1gate9/", "/the_gate/k1gate9/?context=3"),
            "the_gate/k1gate9/?context=3",
        ),
        (REDDIT_COMMENT.replace('<no value=""></no>', "The gate was open"), "comment/k1gate9/"),
    ],
)
def test_the_embed_of_a_comment_on_reddit_is_the_comment_and_prints_none_of_its_words(markup, path):
    citation = only(markup)

    assert citation.addresses == (f"https://www.reddit.com/r/ports/comments/1abcd2/{path}",)
    assert citation.text == ""
    assert citation.author.handle == "maya_l"


@pytest.mark.parametrize(
    "markup",
    [
        f'{MASTODON}<iframe src="https://social.example/@maya/109312345678901234/embed"></iframe>',
        f'<iframe src="https://embed.reddit.com/r/ports/comments/1abcd2/the_gate/"></iframe>{REDDIT}',
        (
            '<iframe data-src="https://www.youtube.com/embed/dQw4gate9_c"></iframe>'
            '<noscript><iframe src="https://www.youtube.com/embed/dQw4gate9_c"></iframe></noscript>'
        ),
        '<div data-src="https://www.youtube.com/embed/dQw4gate9_c"><iframe src="https://www.youtube.com/embed/dQw4gate9_c"></iframe></div>',
    ],
)
def test_two_forms_of_one_embed_are_one_citation(markup):
    assert only(markup).kind is CitationKind.EMBED


@pytest.mark.parametrize(
    "markup",
    [
        '<script data-telegram-discussion="portdesk/83" src="https://telegram.org/js/telegram-widget.js"></script>',
        '<iframe src="https://www.googletagmanager.com/ns.html?id=GTM-1"></iframe>',
        '<div class="fb-like" data-href="https://www.facebook.com/port.desk/posts/101"></div>',
        '<div class="fb-comments" data-href="https://paper.example/2020/01/gate"></div>',
        '<iframe src="https://www.facebook.com/plugins/like.php?href=https%3A%2F%2Fpaper.example%2F"></iframe>',
        '<iframe src="https://ads.example/frame?u=https://paper.example/embed"></iframe>',
        '<div data-url="https://paper.example/2020/01/gate" class="share-bar"></div>',
        '<blockquote class="instagram-media"></blockquote>',
        '<iframe src="https://platform.twitter.com/widgets/follow_button.html?screen_name=a"></iframe>',
    ],
)
def test_comment_boxes_buttons_and_advertisements_embed_nothing(markup):
    assert found(markup) == ()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://www.youtube.com/embed/videoseries?si=x&list=PLgate12", "https://www.youtube.com/playlist?list=PLgate12"),
        ("https://geo.dailymotion.com/player/x1.html?a=b&video=x8abc12", "https://www.dailymotion.com/video/x8abc12"),
        ("https://w.soundcloud.com/player/?color=1&url=https%3A//soundcloud.com/desk/gate", "https://soundcloud.com/desk/gate"),
        ("https://vk.com/video_ext.php?oid=-12&id=34&hd=2", "https://vk.com/video-12_34"),
        ("https://open.spotify.com/embed/episode/4gate12?utm=x", "https://open.spotify.com/episode/4gate12"),
    ],
)  # fmt: skip
def test_a_frames_query_may_hold_more_than_the_video(address, shown):
    framed_one = framed(address)

    assert framed_one is not None
    assert framed_one.address == shown


def test_a_watch_address_with_the_video_last_is_a_post():
    assert posted("https://www.youtube.com/watch?t=1s&v=dQw4gate9_c") is not None


@pytest.mark.parametrize(
    "address", ["", "//", "https://", "https://www.youtube.com/embed/", "x" * 300]
)
def test_what_is_no_embed_address_names_nothing(address):
    assert (framed(address), posted(address)) == (None, None)


@pytest.mark.parametrize(
    "frame",
    [
        "https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fembed%2FaB3dE6gH9j_&gl=DE",
        "https://cdn.embedly.com/widgets/media.html?src=x&url=https%3A%2F%2Fyoutu.be%2FaB3dE6gH9j_&key=1",
        "https://cdn.iframe.ly/api/iframe?url=https%3A%2F%2Fyoutu.be%2FaB3dE6gH9j_&key=1",
    ],
)
def test_a_frame_of_a_go_between_cites_what_it_hands_on(frame):
    page = f'<p>The gates were open, says the film.</p><iframe src="{frame}"></iframe>'.encode()

    (citation,) = extract(page, recognise=recognise, media_type="text/html").citations

    assert citation.source is not None
    assert citation.source.name == "youtube:aB3dE6gH9j_"
