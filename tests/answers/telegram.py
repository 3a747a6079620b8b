"""Pages of t.me in the shapes noted by brieflyru (2026-09-27), RSSHub and others."""

from __future__ import annotations

from tests.answers import Reply, html

CHANNEL = "towersight"
ID = 47107
KEY = f"{CHANNEL}/{ID}"
TEXT = (
    '<div class="tgme_widget_message_text js-message_text" dir="auto">'
    "<b>«12 towers», </b>— said the <i>minister</i> 🗼…<br/><br/>"
    'Read <a href="https://news.example/tower?id=1" target="_blank">the\n whole story</a> '
    'and <a href="?q=%23tower">#tower</a></div>'
)
PHOTO = (
    f'<a class="tgme_widget_message_photo_wrap" href="https://t.me/{KEY}" '
    "style=\"width:1px;background-image:url('https://cdn4.telesco.pe/file/abc.jpg?token=1')\"></a>"
)
VIDEO = (
    f'<a class="tgme_widget_message_video_player js-message_video_player" href="https://t.me/{KEY}">'
    '<i class="tgme_widget_message_video_thumb" style="background-image:url(\'https://cdn4.telesco.pe/file/t.jpg\')"></i>'
    '<video src="https://cdn4.telesco.pe/file/v.mp4?token=1" class="tgme_widget_message_video"></video>'
    '<time class="message_video_duration">0:31</time></a>'
)
DOCUMENT = (
    f'<a class="tgme_widget_message_document_wrap" href="https://t.me/{KEY}">'
    '<div class="tgme_widget_message_document_title">report.pdf</div></a>'
)
POLL = (
    '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Which tower?</div>'
    '<div class="tgme_widget_message_poll_type">Anonymous Poll</div>'
    '<a class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">61%</div>'
    '<div class="tgme_widget_message_poll_option_text">North</div></a>'
    '<a class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">39%</div>'
    '<div class="tgme_widget_message_poll_option_text">South</div></a></div>'
)
FORWARDED = (
    '<div class="tgme_widget_message_forwarded_from">Forwarded from '
    '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/OtherTower/12">Other Tower</a></div>'
)
REPLY = (
    '<a class="tgme_widget_message_reply" href="https://t.me/TowerSight/47001">'
    '<span class="tgme_widget_message_author_name">Tower Sight</span>'
    '<div class="tgme_widget_message_text js-message_reply_text">Towers, first part</div></a>'
)
NOT_SUPPORTED = (
    '<div class="message_media_not_supported">Please open Telegram to view this post</div>'
)


def message(
    *parts: str, number: int = ID, meta: str = "", classes: str = "", channel: str = "TowerSight"
) -> str:
    """Return one message; ``meta`` stands before the time ("edited")."""
    return (
        f'<div class="tgme_widget_message text_not_supported_wrap {classes} js-widget_message" '
        f'data-post="{channel}/{number}" data-view="abc">'
        '<div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name" '
        f'href="https://t.me/{channel}"><span dir="auto">Tower Sight</span></a></div>'
        f"{''.join(parts)}"
        '<div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">'
        '<span class="tgme_widget_message_views">4.85K</span>'
        f'<span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" '
        f'href="https://t.me/{channel}/{number}"><time datetime="2026-09-27T07:24:01+00:00" '
        'class="time">07:24</time></a></span></div></div></div>'
    )


def widget(*messages: str) -> Reply:
    return html(f"<!DOCTYPE html><title>Telegram Widget</title><body>{''.join(messages)}")


def error(words: str) -> Reply:
    return widget(
        '<div class="tgme_widget_message tgme_widget_message_empty">'
        f'<div class="tgme_widget_message_error">{words}</div></div>'
    )


def history(*numbers: int, newer: bool = True) -> Reply:
    """Return a channel's public page with these posts."""
    link = '<link rel="next" href="/s/towersight?after=47120">' if newer else ""
    listed = "".join(message(TEXT, number=number) for number in numbers)
    return html(
        f"<!DOCTYPE html><head><title>Tower Sight</title>{link}</head>"
        f'<section class="tgme_channel_history js-message_history">{listed}</section>'
    )


def album(*numbers: int) -> str:
    pictures = "".join(
        f'<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="https://t.me/TowerSight/{n}?single" '
        f"style=\"background-image:url('https://cdn4.telesco.pe/file/{n}.jpg')\"></a>"
        for n in numbers
    )
    inner = TEXT
    text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{inner}</div>'
    return message(pictures, text, number=numbers[0])


NO_PREVIEW = html(
    "<title>Telegram: View @towersight</title><div class=tgme_page_wrap>View in Telegram</div>",
    url="https://t.me/towersight",
)
