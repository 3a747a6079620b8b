"""Short links: what is one, and where it leads by every form of sending on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.inquiry import Outcome
from archiver.platforms._short import MAX_HOPS, expand, is_short_link
from tests.answers import Reply, drive, drive_always, failed, html, redirect, typed

LONG = "https://news.example/world/2020/tower-stands"
BUTTON = '<a class="b" data-tracking-control-name="external_url_click" href="{0}">{0}</a>'


@pytest.mark.parametrize(
    ("address", "is_short"),
    [
        ("https://t.co/AAAAAAAAAA", True),
        ("https://pic.x.com/AAAAAAAAAA", True),
        ("http://www.bit.ly/a", True),
        ("https://BIT.LY./a", True),
        ("https://lnkd.in/dAbC123", True),
        ("https://qr.ae/pAbC12", True),
        ("https://maps.app.goo.gl/AbC", True),
        ("https://vm.tiktok.com/ZMAbC123/", True),
        ("https://www.tiktok.com/t/ZTAbC123/", True),
        ("https://www.reddit.com/r/towers/s/AbC123", True),
        ("https://www.facebook.com/share/p/AbC123/", True),
        ("https://fb.watch/AbC-123/", True),
        ("https://apple.news/AbC-dEfGhI", True),
        ("https://apple.news/", False),
        ("https://www.instagram.com/share/reel/AbC-123/", True),
        ("https://www.instagram.com/share/AbC123", True),
        ("https://www.threads.com/share/BAAbC-123/", True),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fbit.ly%2Fa", True),
        ("https://web.archive.org/web/2020/https://t.co/AAAAAAAAAA", True),
        ("https://news.example/a", False),
        ("https://youtu.be/dQw4w9WgXcQ", False),
        ("https://doi.org/10.1000/182", False),
        ("https://www.reddit.com/r/towers/comments/abc123/", False),
        ("https://www.tiktok.com/@tower/video/7", False),
        ("https://www.instagram.com/share/p/AbC/embed", False),
        ("https://www.threads.com/@tower/post/AbC", False),
        ("https://notbit.ly/a", False),
        ("https://bit.ly.evil.example/a", False),
        ("https://page.link/", False),
        ("https://bit.ly/", False),
        ("mailto:a@t.co", False),
    ],
)
def test_a_short_link_is_known_by_its_address(address, is_short):
    assert is_short_link(address) is is_short


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_redirect_is_followed(status):
    driven = drive(expand("https://bit.ly/AbC"), [redirect(LONG, status)])

    assert driven.result.url == LONG
    assert driven.urls == ["https://bit.ly/AbC"]


@pytest.mark.parametrize(
    "reply",
    [
        html(f'<head><META http-equiv="refresh" content="0;URL={LONG}"></head>'),
        html(f"<meta content=\"0; url='{LONG}'\" http-equiv='Refresh'>"),
        html(f'<noscript><meta http-equiv="refresh" content="5; {LONG}"></noscript>'),
        html(f'<meta http-equiv=refresh content="0;url={LONG}">'),
        html("<title>x</title>", 200, ("Refresh", f"0; url={LONG}")),
        html(f'<script>window.opener = null; location.replace("{LONG}")</script>'),
        html(f"<script>location.replace({LONG!r})</script>".replace("/w", "\\/w")),
        html(f'<script>window.location.href = "{LONG}";</script>'.replace("://", ":\\x2f\\u002F")),
        html(
            '<script>window.location = "applenewss:///AbC";'
            f'redirectToUrlAfterTimeout("{LONG}", 0)</script>'
        ),
        html(f"<p>{BUTTON.format(LONG)}</p>"),
        Reply(301, b"cut o", (("location", LONG),), Outcome.TRUNCATED),
        redirect(f"https://bitly.com/a/warning?hash=AbC&url={LONG}"),
        redirect(f"https://twitter.com/safety/unsafe_link_warning?unsafe_link={LONG}"),
        redirect(f"https://www.google.com/url?q={LONG}"),
    ],
)
def test_every_form_of_sending_on_is_read(reply):
    assert drive(expand("https://t.co/AbCdEfGhIj"), [reply]).result.url == LONG


def test_a_publishers_short_host_may_lead_to_its_own_pages():
    driven = drive(
        expand("https://on.wsj.com/AbC"), [redirect("https://www.wsj.com/articles/tower-1")]
    )

    assert driven.result.url == "https://www.wsj.com/articles/tower-1"


def test_every_hop_is_a_question_of_its_own_and_codes_keep_their_case():
    hops = [
        redirect("http://ow.ly/XyZ"),
        redirect("/aBc"),
        redirect("https://trib.al/Q"),
        redirect(LONG),
    ]

    driven = drive(expand("https://t.co/AbCdEfGhIj"), hops)

    assert driven.result.url == LONG
    assert driven.urls == [
        "https://t.co/AbCdEfGhIj",
        "http://ow.ly/XyZ",
        "http://ow.ly/aBc",
        "https://trib.al/Q",
    ]
    assert not any(question.follow for question in driven.questions)


@pytest.mark.parametrize(
    ("address", "reply", "note"),
    [
        ("https://t.co/AbCdEfGhIj", typed(b'{"errors":[{"code":467}]}', "application/json", 403), "HTTP 403"),
        ("https://bit.ly/AbC", html("<title>404</title>", 404), "HTTP 404"),
        ("https://bit.ly/AbC", html("<script>location = '/login'</script>"), "leads nowhere"),
        ("https://bit.ly/AbC", failed(Outcome.TIMEOUT), "does not answer"),
        ("https://vm.tiktok.com/ZMAbC/", redirect("https://www.tiktok.com/login?redirect=x"), "leads nowhere"),
        ("https://vm.tiktok.com/ZMAbC/", redirect("https://www.tiktok.com/?_r=1"), "leads nowhere"),
        ("https://www.facebook.com/share/p/AbC/", redirect("https://www.facebook.com/login/?next=x"), "leads nowhere"),
        ("https://lnkd.in/AbC", redirect("https://www.linkedin.com/authwall?session=x"), "leads nowhere"),
        ("https://bit.ly/AbC", redirect("https://bit.ly/AbC"), "in a circle"),
        ("https://bit.ly/AbC", redirect("https://bit.ly"), "leads nowhere"),
        ("https://rb.gy/AbC", redirect("https://free-url-shortener.rb.gy/"), "leads nowhere"),
        ("https://bit.ly/AbC", html('<script>location.href = "https://bit.ly/login"</script>'), "leads nowhere"),
        ("https://bit.ly/AbC", html("<p>Shorten your links. </p>" * 20 + f'<script>location = "{LONG}"</script>'), "leads nowhere"),
    ],
)  # fmt: skip
def test_a_failure_settles_nothing(address, reply, note):
    result = drive(expand(address), [reply]).result

    assert (result.url, result.is_final) == (None, False)
    assert note in result.note


def test_a_chain_without_end_is_given_up():
    hops = [redirect(f"https://bit.ly/{n}") for n in range(1, MAX_HOPS + 1)]

    result = drive(expand("https://bit.ly/0"), hops).result

    assert (result.url, result.is_final) == (None, False)


@given(
    st.binary(max_size=300),
    st.text(max_size=60),
    st.sampled_from([200, 301, 404]),
    st.sampled_from(["", "text/html", "text/html; charset=utf-16"]),
)
def test_no_answer_stops_the_following(body, location, status, content_type):
    headers = (("location", location), ("refresh", location), ("content-type", content_type))

    drive_always(expand("https://t.co/AbCdEfGhIj"), lambda _: Reply(status, body, headers))


@pytest.mark.parametrize("host", ["www.facebook.com", "facebook.com", "m.facebook.com"])
def test_a_link_shared_on_facebook_is_asked_of_the_mobile_site(host):
    post = "https://m.facebook.com/story.php?story_fbid=12345&id=67890"

    driven = drive(expand(f"https://{host}/share/p/AbC123/"), [redirect(post)])

    assert driven.urls == ["https://m.facebook.com/share/p/AbC123/"]
    assert driven.result.url == post
