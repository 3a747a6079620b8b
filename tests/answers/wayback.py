"""What outside archives answer, and old pages they hold; written by us after recorded ones.

Source: the marks of X's server-drawn pages as scrapers of the time read them (snscrape, 2020-03),
the recorded replies named in ``archiver/archives/``; read 2026-11-22.
"""

from __future__ import annotations

import json
from html import escape

LINK = (
    '<a href="https://t.co/Ab3dEfGh1J" class="twitter-timeline-link" '
    'data-expanded-url="{url}" title="{url}"><span class="tco-ellipsis"></span>'
    '<span class="invisible">https://www.</span><span class="js-display-url">{shown}</span>'
    '<span class="invisible">{hidden}</span><span class="tco-ellipsis">'
    '<span class="invisible">&nbsp;</span>{dots}</span></a>'
)
PICTURE = '<a href="https://t.co/y2MZyT187R" class="twitter-timeline-link u-hidden" data-pre-embedded="true">pic.twitter.com/y2MZyT187R</a>'
EMOJI = '<img class="Emoji Emoji--forText" src="https://abs.twimg.com/emoji/v2/72x72/1f6e9.png" alt="🛩" title="Plane">'


def old_page(
    status_id: str, handle: str, words: str, *, is_markup: bool = False, replies: str = ""
) -> bytes:
    """A post's page as X's server drew it until 1 June 2020, with a reply of somebody else."""
    inside = words if is_markup else escape(words)
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>The Tower on Twitter: "{escape(words[:20])}"</title></head><body>
<div class="permalink-inner permalink-tweet-container">
<div class="tweet permalink-tweet js-actionable-user" data-associated-tweet-id="{status_id}"
 data-tweet-id="{status_id}" data-item-id="{status_id}" data-screen-name="{handle}"
 data-name="The Tower" data-user-id="7">
<div class="js-tweet-text-container"><p class="TweetTextSize TweetTextSize--jumbo js-tweet-text tweet-text" lang="en">{inside}</p></div>
<div class="QuoteTweet"><p class="js-tweet-text">Words of the quoted post.</p></div>
<div class="AdaptiveMedia-photoContainer" data-image-url="https://pbs.twimg.com/media/EOabcDEFghi.jpg"></div>
<small class="time"><a href="/{handle}/status/{status_id}"><span class="_timestamp js-short-timestamp" data-time="1578906000" data-time-ms="1578906000000">Jan 13</span></a></small>
</div></div>
<ol><li class="js-stream-item" data-item-id="999"><div class="tweet" data-tweet-id="999" data-screen-name="other">
<p class="js-tweet-text">A reply by somebody else.{replies}</p></div></li></ol>
</body></html>""".encode()


def script_page() -> bytes:
    """A post's page as X sends it since June 2020: nothing of the post is in it."""
    return b"""<!DOCTYPE html><html dir="ltr" lang="en"><head><title>X</title></head><body>
<noscript><p>JavaScript is not available.</p></noscript><div id="react-root"></div>
<script src="https://abs.twimg.com/responsive-web/client-web/main.js"></script></body></html>"""


def sorry_page(words: str = "Sorry, that page doesn’t exist!") -> bytes:
    return f"""<!DOCTYPE html><html lang="en"><head><title>Twitter / ?</title></head><body>
<h1>{words}</h1><p>You can search Twitter using the search box below.</p></body></html>""".encode()


def json_v2(status_id: str, handle: str, words: str) -> bytes:
    reply = {
        "data": {
            "id": status_id,
            "text": words,
            "author_id": "7",
            "created_at": "2020-01-13T09:00:00.000Z",
            "lang": "en",
            "edit_history_tweet_ids": [status_id],
            "entities": {
                "urls": [
                    {
                        "url": "https://t.co/y2MZyT187R",
                        "expanded_url": f"https://twitter.com/{handle}/status/{status_id}/photo/1",
                        "display_url": "pic.twitter.com/y2MZyT187R",
                    }
                ]
            },
        },
        "includes": {"users": [{"id": "7", "name": "The Tower", "username": handle}]},
    }
    return json.dumps(reply).encode()


def json_v1(status_id: str, handle: str, words: str, *, is_cut: bool = False) -> bytes:
    reply = {
        "id_str": status_id,
        "created_at": "Mon Jan 13 09:00:00 +0000 2020",
        "full_text": words,
        "truncated": is_cut,
        "user": {"id_str": "7", "name": "The Tower", "screen_name": handle},
        "entities": {"urls": [], "media": []},
    }
    return json.dumps(reply).encode()
