"""Pages of Facebook in the shapes noted field by field on 2026-10-03 by an embed service."""

from __future__ import annotations

from tests.answers import Reply, html

PFBID = "pfbid02cAHsyMqiheppHYTWizct9hFVm3KJhw114CsrLdg3kAVqPHx3K6J2z6dSLCPueTVal"
KEY = f"towersight/{PFBID}"
URL = f"https://www.facebook.com/towersight/posts/{PFBID}"
WORDS = (
    "This Facebook post is no longer available. It may have been removed or the privacy settings "
    "of the post may have changed."
)
AVATAR = (
    '<img aria-label="Tower Sight" src="https://scontent.xx.fbcdn.net/v/1_2_3_n.jpg?stp=s40x40">'
)
MESSAGE = (
    '<div data-testid="post_message"><div class="text_exposed_root"><p>12 towers &amp; '
    '<span class="_5mfr"><img src="https://static.xx.fbcdn.net/e.png" alt="🗼"><span>🗼</span></span> masts</p>'
    '<p>Read <a href="https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Ftower%3Fid%3D1%26fbclid%3DIwAR0&amp;h=AT0">news.example/tower</a>'
    '<span class="text_exposed_hide">... <a href="#">See more</a></span>'
    '<span class="text_exposed_show"> and all the rest.</span></p></div></div>'
)
TIME = '<a href="#"><abbr data-utime="1719853200" title="Monday">July 1</abbr></a>'
PHOTO = (
    '<img class="scaledImageFitWidth" src="https://scontent.xx.fbcdn.net/v/t39.30808-6/'
    '450_122_333_n.jpg?stp=p394x394&amp;oh=00_AY&amp;oe=66" caption="May be an image of a tower">'
)
VIDEO = (
    '<script>require("x",{"hd_src":"https:\\/\\/video.xx.fbcdn.net\\/v\\/hd.mp4?oe=1",'
    '"sd_src":"https:\\/\\/video.xx.fbcdn.net\\/v\\/sd.mp4?oe=1","bad":"hd_src\\":\\"x"})</script>'
)


def plugin(*parts: str) -> Reply:
    return html(f"<!DOCTYPE html><html><title>Facebook</title><body>{''.join(parts)}</body></html>")


def timed(url: str) -> str:
    """Return the time of a post, which leads to it."""
    return TIME.replace('href="#"', f'href="{url}"')


def author(url: str) -> str:
    return f'<a title="Tower Sight" href="{url}">Tower Sight</a>'


def absent() -> Reply:
    return plugin(f"<div class='_2q'>{WORDS}</div>")


def page(
    *, url: str = URL, title: str = "Tower Sight", words: str = "12 towers and 3 masts"
) -> Reply:
    tags = "".join(
        f'<meta property="og:{name}" content="{value}">'
        for name, value in (("title", title), ("description", words), ("url", url))
        if value
    )
    return html(
        f"<!DOCTYPE html><html><head><title>{title}</title>{tags}</head><body></body></html>"
    )


LIVING = plugin(AVATAR, MESSAGE, TIME, PHOTO)
NO_TAGS = page(url="", title="", words="")
LOGIN = html("<title>Log into Facebook</title>", url="https://www.facebook.com/login/?next=x")
LOGIN_PAGE = html('<title>Facebook</title><form id="login_form"><input type="password"></form>')
UNAVAILABLE = html("<title>Facebook</title><h2>This content isn't available right now</h2>")
