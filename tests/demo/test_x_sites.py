from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from PIL import Image

from archiver.demo.cast import PLAYERS, moment_of
from archiver.demo.script import Part
from tests.demo.caller import BROWSER, ask, connect, get, visit

LATER = timedelta(days=3)
PLAYER = "mirela_duarte"
OTHERS = dict.fromkeys(PLAYERS, Part.INTACT)


def source_of(web, part):
    return next(name for name, played in web.script.parts.items() if played is part)


def result_url(status, token="t0k3n"):
    return f"https://cdn.syndication.twimg.com/tweet-result?id={status}&token={token}&lang=en"


def ask_for(part, after=LATER, **how):
    """Ask ``tweet-result`` for a post that plays that part."""
    return ask(
        lambda web: result_url(source_of(web, part)[2:]),
        parts={**OTHERS, PLAYER: part},
        after=after,
        **how,
    )


def embed_url(web, part):
    return f"https://publish.twitter.com/oembed?url=https://twitter.com/a/status/{source_of(web, part)[2:]}"


def test_a_present_post_is_served_as_structured_data():
    got = ask(lambda web: result_url(source_of(web, Part.DELETED)[2:]))

    post = got.json
    assert got.headers["content-type"] == "application/json; charset=utf-8"
    assert post["__typename"] == "Tweet"
    assert post["text"].endswith(post["entities"]["media"][0]["url"])
    assert post["created_at"] == f"{moment_of(post['id_str']):%Y-%m-%dT%H:%M:%S}.000Z"
    assert post["edit_control"]["edit_tweet_ids"] == [post["id_str"]]
    assert post["mediaDetails"][0]["media_url_https"].startswith("https://pbs.twimg.com/media/")
    assert (post["isEdited"], post["isStaleEdit"]) == (False, False)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Part.DELETED, "This Post was deleted by the Post author. Learn more"),
        (Part.ACCOUNT_GONE, "This Post is from an account that no longer exists. Learn more"),
        (Part.SUSPENDED, "This Post is from a suspended account. Learn more"),
        (
            Part.PROTECTED,
            (
                "You’re unable to view this Post because this account owner limits who can view "
                "their Posts. Learn more"
            ),
        ),
        (Part.REMOVED, "This Post violated the X Rules. Learn more"),
    ],
)
def test_a_post_that_is_not_shown_leaves_a_tombstone_with_its_reason(part, words):
    got = ask_for(part)

    assert got.status == 200
    assert got.json["__typename"] == "TweetTombstone"
    assert got.json["tombstone"]["text"]["text"] == words
    link = got.json["tombstone"]["text"]["entities"][0]
    assert words[link["from_index"] : link["to_index"]] == "Learn more"


@pytest.mark.parametrize(
    ("part", "status", "body"),
    [
        (Part.EMPTY_TOMBSTONE, 200, {"__typename": "TweetTombstone", "tombstone": {}}),
        (Part.EMPTY, 200, {}),
    ],
)
def test_an_empty_reply_gives_no_reason(part, status, body):
    got = ask_for(part)

    assert (got.status, got.json) == (status, body)


@pytest.mark.parametrize(
    ("part", "status", "media_type"),
    [
        (Part.LIMITED, 429, "text/plain; charset=utf-8"),
        (Part.WALLED, 403, "text/html; charset=utf-8"),
        (Part.NOT_FOUND, 404, "text/html; charset=utf-8"),
    ],
)
def test_a_refusal_is_no_json(part, status, media_type):
    got = ask_for(part)

    assert (got.status, got.headers["content-type"]) == (status, media_type)


def test_an_age_restricted_post_says_so():
    got = ask_for(Part.AGE_RESTRICTED)

    assert got.json["tombstone"]["text"]["text"].startswith("Age-restricted adult content. ")


def test_a_withheld_post_looks_live_with_other_words():
    got = ask_for(Part.WITHHELD)

    assert got.json["__typename"] == "Tweet"
    assert "has been withheld in" in got.json["text"]
    assert got.json["mediaDetails"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tweet-result?id=abc&token=x", 400),
        ("/tweet-result?token=x", 400),
        ("/tweet-result?id=1234567890", 400),
        ("/tweet-result?id=2000000000000000000&token=x", 404),
        ("/elsewhere", 404),
    ],
)
def test_a_bad_or_unknown_id_is_refused(path, status):
    got = ask(f"https://cdn.syndication.twimg.com{path}")

    assert got.status == status


def test_before_an_edit_the_newer_version_does_not_exist():
    async def story(web, _):
        first = source_of(web, Part.EDITED)[2:]
        newer = str(int(first) + (1 << 40))
        return (await get(web, result_url(first))).json, (await get(web, result_url(newer))).status

    before, unknown = visit(story)

    assert (before["isEdited"], before["isStaleEdit"], unknown) == (False, False, 404)


def test_an_edit_happens_within_the_edit_window_and_after_the_start():
    async def story(web, clock):
        first = (await get(web, result_url(source_of(web, Part.EDITED)[2:]))).json
        return first, next(a for a in web.script.acts if a.source.endswith(first["id_str"])), web

    first, act, web = visit(story)

    happens_ms = (web.script.start + act.when).timestamp() * 1000
    assert act.when > timedelta(minutes=5)
    assert happens_ms < int(first["edit_control"]["editable_until_msecs"])
    assert moment_of(first["id_str"]).date() == web.script.start.date()


def test_an_edited_post_shows_the_old_words_as_stale_and_the_new_ones_under_a_new_id():
    async def story(web, _):
        old = (await get(web, result_url(source_of(web, Part.EDITED)[2:]))).json
        newest = old["edit_control"]["edit_tweet_ids"][-1]
        return old, (await get(web, result_url(newest))).json

    old, new = visit(story, after=timedelta(minutes=21))

    assert old["edit_control"]["edit_tweet_ids"] == [old["id_str"], new["id_str"]]
    assert new["edit_control"] == old["edit_control"]
    assert (old["isEdited"], old["isStaleEdit"]) == (True, True)
    assert (new["isEdited"], new["isStaleEdit"]) == (True, False)
    assert old["text"] != new["text"]
    assert old["mediaDetails"][0]["media_url_https"] == new["mediaDetails"][0]["media_url_https"]


def test_a_post_that_came_back_is_the_same_as_before():
    async def story(web, clock):
        url = result_url(source_of(web, Part.CAME_BACK)[2:])
        looks = []
        for days in (0, 3, 9):
            clock.advance(timedelta(days=days))
            looks.append((await get(web, url)).json)
        return looks

    before, gone, after = visit(story)

    assert gone["__typename"] == "TweetTombstone"
    assert {
        k: v for k, v in before.items() if k not in {"favorite_count", "conversation_count"}
    } == {k: v for k, v in after.items() if k not in {"favorite_count", "conversation_count"}}
    assert before["favorite_count"] < after["favorite_count"]


def test_a_quoting_post_carries_the_quoted_one():
    async def story(web, _):
        posts = [n[2:] for n in web.script.parts if n.startswith("x:")]
        replies = [(await get(web, result_url(status))).json for status in posts]
        return next(post for post in replies if "quoted_tweet" in post)

    quoting = visit(story)

    quoted = quoting["quoted_tweet"]
    assert quoted["user"]["screen_name"] == "amaltidebot"
    assert quoting["entities"]["urls"][0]["expanded_url"].endswith(quoted["id_str"])


@pytest.mark.parametrize("host", ["publish.twitter.com", "publish.x.com"])
def test_oembed_hands_out_the_embed_code_of_a_public_post(host):
    got = ask(lambda web: embed_url(web, Part.DELETED).replace("publish.twitter.com", host))

    assert got.json["type"] == "rich"
    assert got.json["html"].startswith('<blockquote class="twitter-tweet"><p lang="')
    assert "ref_src=twsrc%5Etfw" in got.json["html"]


@pytest.mark.parametrize(
    ("part", "status"),
    [
        (Part.DELETED, 404),
        (Part.ACCOUNT_GONE, 404),
        (Part.PROTECTED, 403),
        (Part.SUSPENDED, 403),
        (Part.LIMITED, 429),
        (Part.AGE_RESTRICTED, 200),
        (Part.EMPTY_TOMBSTONE, 200),
        (Part.EMPTY, 404),
    ],
)
def test_oembed_knows_what_exists_and_refuses_what_is_not_public(part, status):
    got = ask(lambda web: embed_url(web, part), parts={**OTHERS, PLAYER: part}, after=LATER)

    assert got.status == status


def picture_code(web):
    return web.article_text.split("pic.twitter.com/")[1][:10]


def test_a_short_link_redirects_a_program():
    got = ask(lambda web: f"https://t.co/{picture_code(web)}")

    assert got.status == 301
    assert got.headers["location"].startswith("https://twitter.com/layla_tides/status/")
    assert got.headers["location"].endswith("/photo/1")


def test_a_short_link_gives_a_browser_a_page_that_redirects():
    got = ask(lambda web: f"https://t.co/{picture_code(web)}", headers={"User-Agent": BROWSER})

    assert got.status == 200
    assert '<META http-equiv="refresh" content="0;URL=https://twitter.com/' in got.text
    assert "location" not in got.headers


def test_a_short_link_answers_without_tls_and_after_the_post_is_gone():
    got = ask(
        lambda web: f"http://t.co/{picture_code(web)}",
        parts={"layla_tides": Part.DELETED},
        after=LATER,
    )

    assert got.status == 301


@pytest.mark.parametrize("host", ["pic.twitter.com", "pic.x.com"])
def test_a_picture_link_leads_to_the_page_of_the_picture(host):
    got = ask(lambda web: f"https://{host}/{picture_code(web)}")

    assert got.headers["location"].endswith("/photo/1")


def test_codes_tell_upper_from_lower_case():
    got = ask(lambda web: f"https://t.co/{picture_code(web).swapcase()}")

    assert got.status == 404


@pytest.mark.parametrize(
    ("query", "form", "size"),
    [
        ("?format=jpg&name=orig", "JPEG", (960, 640)),
        ("?format=jpg&name=small", "JPEG", (576, 384)),
        ("?format=png&name=orig", "PNG", (480, 320)),
        (".jpg", "JPEG", (768, 512)),
        (".jpg:orig", "JPEG", (960, 640)),
    ],
)
def test_a_picture_comes_at_the_size_asked_for(query, form, size):
    async def story(web, _):
        post = (await get(web, result_url(source_of(web, Part.DELETED)[2:]))).json
        base = post["mediaDetails"][0]["media_url_https"].removesuffix(".jpg")
        return await get(web, base + query)

    got = visit(story)

    picture = Image.open(io.BytesIO(got.body))
    picture.load()
    assert (picture.format, picture.size) == (form, size)


@pytest.mark.parametrize(
    "query", ["nothing?format=jpg&name=orig", "?name=enormous", "?format=webp"]
)
def test_an_unknown_picture_size_or_form_is_not_found(query):
    got = ask(f"https://pbs.twimg.com/media/{query}")

    assert got.status == 404


def test_a_picture_outlives_its_post():
    async def story(web, clock):
        post = (await get(web, result_url(source_of(web, Part.DELETED)[2:]))).json
        clock.advance(LATER)
        return await get(web, post["mediaDetails"][0]["media_url_https"])

    assert visit(story).status == 200


def test_the_older_host_sends_on_to_the_newer_one():
    got = ask("https://twitter.com/a/status/20?s=20")

    assert (got.status, got.headers["location"]) == (302, "https://x.com/a/status/20?s=20")


def test_a_status_page_is_the_same_shell_for_every_post():
    got = ask("https://x.com/a/status/20")

    assert got.status == 200
    assert "JavaScript is not available." in got.text
    assert "twitter-tweet" not in got.text


def graph_url(status):
    variables = json.dumps({"tweetId": status}).replace('"', "%22").replace(" ", "")
    return f"https://api.x.com/graphql/miniature/TweetResultByRestId?variables={variables}"


@pytest.mark.parametrize(
    ("part", "result"),
    [
        (Part.DELETED, {"result": {"__typename": "TweetUnavailable", "reason": "Deleted"}}),
        (Part.SUSPENDED, {"result": {"__typename": "TweetUnavailable", "reason": "Suspended"}}),
        (Part.ACCOUNT_GONE, {}),
    ],
)
def test_the_status_page_is_told_why_a_post_is_missing(part, result):
    got = ask(
        lambda web: graph_url(source_of(web, part)[2:]),
        parts={**OTHERS, PLAYER: part},
        after=LATER,
    )

    assert got.json == {"data": {"tweetResult": result}}


def test_the_status_page_is_told_of_a_present_post():
    got = ask(lambda web: graph_url(source_of(web, Part.DELETED)[2:]))

    assert got.json["data"]["tweetResult"]["result"]["__typename"] == "Tweet"


@pytest.mark.parametrize("variables", ["", "?variables=nonsense", "?variables=[]"])
def test_the_status_pages_api_bears_nonsense(variables):
    got = ask(f"https://api.x.com/graphql/miniature/TweetResultByRestId{variables}")

    assert got.json == {"data": {"tweetResult": {}}}


def test_a_guest_token_is_handed_out_for_a_post():
    got = ask("https://api.x.com/1.1/guest/activate.json", method="POST", body=b"x=1")

    assert got.json["guest_token"].isdigit()


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://publish.twitter.com/oembed?url=https://twitter.com/a", 404),
        ("https://publish.twitter.com/oembed?url=https://twitter.com/a/status/2000", 404),
        ("https://publish.twitter.com/", 404),
        ("https://platform.twitter.com/other.js", 404),
        ("https://platform.twitter.com/embed/embed.css", 200),
        ("https://abs.twimg.com/other.js", 404),
        ("https://abs.twimg.com/favicon.ico", 200),
        ("https://x.com/favicon.ico", 200),
        ("https://x.com/robots.txt", 404),
        ("https://api.x.com/2/tweets", 404),
        ("https://pic.twitter.com/0123456789", 404),
    ],
)
def test_other_addresses_of_x_have_an_answer_too(url, status):
    assert ask(url).status == status


def test_the_status_pages_script_may_be_asked_from_its_page():
    got = ask(graph_url("1"), method="OPTIONS")

    assert got.status == 200
    assert got.headers["access-control-allow-headers"] == "x-guest-token"


def test_a_status_page_sets_two_cookies():
    async def story(web, _):
        url = "https://x.com/a/status/20"
        reader, writer = await connect(web, url)
        writer.write(b"GET /a/status/20 HTTP/1.1\r\nHost: x.com\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        return head

    assert visit(story).count(b"\r\nset-cookie: ") == 2
