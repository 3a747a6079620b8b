from __future__ import annotations

import pytest

from archiver.citations.addresses import ends_in_address, is_x_code, printed_addresses


def found(text):
    return [printed.address for printed in printed_addresses(text)]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("gates open.pic.twitter.com/Ab3dE5gH1j", ["https://pic.twitter.com/Ab3dE5gH1j"]),
        ("#Portpic.twitter.com/Ab3dE5gH1j— Maya", ["https://pic.twitter.com/Ab3dE5gH1j"]),
        ("at sixpic.twitter.com/Ab3dE5gH1j", ["https://pic.twitter.com/Ab3dE5gH1j"]),
        ("pic.x.com/Ab3dE5gH1j", ["https://pic.x.com/Ab3dE5gH1j"]),
        ("https://t.co/Ab3dE5gH1jSenator", ["https://t.co/Ab3dE5gH1j"]),
        ("seehttp://t.co/Ab3dE5gH1j#news", ["http://t.co/Ab3dE5gH1j"]),
        ("here t.co/Ab3dE5gH1j there", ["https://t.co/Ab3dE5gH1j"]),
        (
            "https://t.co/Ab3dE5gH1jpic.twitter.com/Zb3dE5gH1j",
            ["https://t.co/Ab3dE5gH1j", "https://pic.twitter.com/Zb3dE5gH1j"],
        ),
        ("https://t.co/Ab3dE5gH1j…pic", ["https://t.co/Ab3dE5gH1j"]),
        ("an old one: https://t.co/4vQiVAh.", ["https://t.co/4vQiVAh"]),
    ],
)
def test_codes_are_read_to_their_tenth_character_however_they_are_glued(text, addresses):
    assert found(text) == addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("(see https://news.example/a_(b)).", ["https://news.example/a_(b)"]),
        ("“https://news.example/a”, he said", ["https://news.example/a"]),
        ("https://news.example/a?b=c&d=e#f!", ["https://news.example/a?b=c&d=e#f"]),
        ("https://news.example/яблоко и", ["https://news.example/яблоко"]),
        ("https://news.example/abcを参照", ["https://news.example/abc"]),
        ("https://a.example/xhttps://b.example/y", ["https://a.example/x", "https://b.example/y"]),
        (
            "https://archive.example/web/2020/https://b.example/y",
            ["https://archive.example/web/2020/https://b.example/y"],
        ),
        ("<https://news.example/a>", ["https://news.example/a"]),
        ("https://a.example/x—and", ["https://a.example/x"]),
        ("https://a.example/x – and", ["https://a.example/x"]),
        ("https://a.example/x–y", ["https://a.example/x–y"]),
        ("https://a.example/x,https://b.example/y", ["https://a.example/x", "https://b.example/y"]),
        ("https://a.example/x,y", ["https://a.example/x,y"]),
        ("https://fa.example/ایران، و", ["https://fa.example/ایران"]),
        ("https://ar.example/لندن،_أونتاريو؟", ["https://ar.example/لندن،_أونتاريو"]),
        ("https://hi.example/भारत।", ["https://hi.example/भारत"]),
        ("https://am.example/x።", ["https://am.example/x"]),
    ],
)
def test_an_address_ends_where_the_sentence_takes_over(text, addresses):
    assert found(text) == addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("https://ja.wikipedia.org/wiki/日本", ["https://ja.wikipedia.org/wiki/日本"]),
        ("(https://ja.example/wiki/日本の歴史)。", ["https://ja.example/wiki/日本の歴史"]),
        ("https://ja.example/日本/2020年/x。次", ["https://ja.example/日本/2020年/x"]),
        ("https://zh.example/?q=北京&p=2,", ["https://zh.example/?q=北京&p=2"]),
        ("https://ko.example/wiki/서울_대학교 참조", ["https://ko.example/wiki/서울_대학교"]),
        ("https://日本.example/パス", ["https://日本.example/パス"]),
        ("https://한국.example/ 참조", ["https://한국.example/"]),
        ("https://news.example/を参照", ["https://news.example/"]),
        ("https://news.example/에서 본", ["https://news.example/"]),
        ("https://news.example/的报道", ["https://news.example/"]),
        ("https://a.example/日本https://b.example/y",
         ["https://a.example/日本", "https://b.example/y"]),
    ],
)  # fmt: skip
def test_letters_of_scripts_without_spaces_belong_to_the_part_they_begin(text, addresses):
    assert found(text) == addresses


@pytest.mark.parametrize(
    "text",
    [
        "https://t.co/Ab3dE…",
        "https://news.example/long/pa…",
        "https://news.example/long/pa...",
        "http://",
        "https://user:secret@news.example/",
        "www.news.example",
        "foot.co/Ab3dE5gH1j",
        "https://...",
    ],
)
def test_what_is_cut_off_or_no_address_is_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("twitter.com/jack/status/20", ["https://twitter.com/jack/status/20"]),
        ("(mobile.twitter.com/jack/status/20).", ["https://mobile.twitter.com/jack/status/20"]),
        ("see youtu.be/dQw4w9WgXcQ, then", ["https://youtu.be/dQw4w9WgXcQ"]),
        ("انظر t.me/durov/43، ثم", ["https://t.me/durov/43"]),
        ("X.com/i/status/20 and bit.ly/Abc", ["https://X.com/i/status/20", "https://bit.ly/Abc"]),
        ("参照はt.me/durov/43\u00a0です", ["https://t.me/durov/43"]),
        ("www.paper.example/a?b=c.", ["https://www.paper.example/a?b=c"]),
        ("paper.example/https://b.example/y", ["https://b.example/y"]),
        (
            "at://did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/3l6oveex3ii2l.",
            ["at://did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/3l6oveex3ii2l"],
        ),
    ],
)
def test_without_a_scheme_hosts_that_are_known_and_at_uris_are_read(text, addresses):
    assert found(text) == addresses


@pytest.mark.parametrize(
    "text",
    [
        "twitter.com",
        "youtu.be/, twitter.com/.",
        "desk@t.me/durov",
        "a.desk@bit.ly/Abc",
        "notes.docx/old and main.py/x",
        "paper.example/t.me/durov/43",
        "netflix.com/title and his/hers",
        "mytwitter.com/jack/status/20",
        "t.me/durov/4…",
        "chat://twitter.com/jack",
        "at://did:plc:abc/app.unknown.record/1",
        "at://",
    ],
)
def test_file_names_mail_and_other_hosts_without_a_scheme_are_left_alone(text):
    assert found(text) == []


def test_offsets_cover_the_address_as_printed():
    text = "Look: pic.twitter.com/Ab3dE5gH1j!"

    (printed,) = printed_addresses(text)

    assert text[printed.start : printed.end] == "pic.twitter.com/Ab3dE5gH1j"


def test_a_code_is_told_from_another_address():
    assert is_x_code("https://t.co/Ab3dE5gH1j")
    assert not is_x_code("https://news.example/t.co/Ab3dE5gH1j")


def test_an_address_at_the_end_is_seen():
    assert ends_in_address("words pic.twitter.com/Ab3dE5gH1j ")
    assert not ends_in_address("pic.twitter.com/Ab3dE5gH1j words")
