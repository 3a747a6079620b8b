from __future__ import annotations

import pytest

from archiver.citations.extraction import extract
from archiver.citations.mentions import find_mentions
from archiver.model.citation import POINTERS, CitationKind, FoundCitation, Resolution
from archiver.platforms import recognise


def mentions(html: str) -> list[FoundCitation]:
    found = extract(html.encode(), recognise=recognise, media_type="text/html").citations
    return [citation for citation in found if citation.kind is CitationKind.MENTION]


@pytest.mark.parametrize(
    ("text", "phrase", "platform"),
    [
        ("“It was open,” she told Vox.", "told Vox", None),
        ("He told the Washington Post so.", "told the Washington Post", None),
        ("She said in a statement to Reuters that", "in a statement to Reuters", None),
        ("as first reported by Bloomberg News on", "first reported by Bloomberg News", None),
        ("Reuters first reported the news.", "Reuters first reported", None),
        ("According to Al Jazeera, it", "According to Al Jazeera", None),
        ("The minister posted on Twitter that", "posted on Twitter", "x"),
        ("He posted a video of it on TikTok.", "posted a video of it on TikTok", "tiktok"),
        ("she wrote on X, formerly Twitter", "wrote on X", "x"),
        ("in a post on the social network Mastodon", None, "mastodon"),
        ("He took to Instagram to say", "took to Instagram", "instagram"),
        ("in a since-deleted tweet, he", "in a since-deleted tweet", "x"),
        ("sagte der Süddeutschen Zeitung", "sagte der Süddeutschen Zeitung", None),
        ("schrieb sie auf Twitter.", "schrieb sie auf Twitter", "x"),
        ("selon Le Monde, la porte", "selon Le Monde", None),
        ("a écrit le ministre sur Facebook", "écrit le ministre sur Facebook", "facebook"),
        ("He told the BBC so.", "told the BBC", None),
        ("He was saying on Twitter that it", "saying on Twitter", "x"),
        (
            "The Wall Street Journal has also reported that",
            "The Wall Street Journal has also reported",
            None,
        ),
        (
            "The Jerusalem Post, citing WikiLeaks, reported that",
            "The Jerusalem Post, citing WikiLeaks, reported",
            None,
        ),
        ("On Facebook, he wrote that", "On Facebook, he wrote", "facebook"),
        ("On X, the minister later said it.", "On X, the minister later said", "x"),
        ("It came in a Facebook post.", "in a Facebook post", "facebook"),
        ("in an X post on Monday", "in an X post", "x"),
        ("Then he tweeted that it was over.", "he tweeted", "x"),
        ("She later retweeted it.", "She later retweeted", "x"),
        ("CNN reports that it was open.", "CNN reports that", None),
        ("The gate was open, CNN reports.", "CNN reports", None),
        ("escribió en Telegram que", "escribió en Telegram", "telegram"),
    ],
)
def test_a_source_named_beside_a_verb_is_a_mention(text, phrase, platform):
    (mention,) = find_mentions(text)

    assert text[mention.start : mention.end] == (phrase or text)
    assert mention.platform == platform


@pytest.mark.parametrize(
    "text",
    [
        "He owns Twitter and lives in Vox.",
        "The value is plotted on X axis.",
        "He was told voxels are small.",
        "They met on Facebook in 2009.",
        "Wired headphones were reported stolen.",
        "She told Axiosity and the guardian of the child.",
        "An independent reported the theft.",
        "He retold CNNs history.",
        "The BBC is in London, and CNN reports are long.",
        "On Facebook, the page has a button.",
        "The Jerusalem Post, founded in 1932, is a newspaper.",
        "He read Facebook posts all day and worked in a Twitter office.",
        "The bird tweeted in the morning.",
        "On Twitter and in the park he wrote nothing.",
        "They were saying on Monday that",
    ],
)
def test_a_name_alone_is_none(text):
    assert list(find_mentions(text)) == []


def test_a_mention_names_no_source_and_is_not_audited():
    (found,) = mentions("<p>“The gate was open,” she told Reuters on Monday, and nobody asked.</p>")

    assert (found.source, found.addresses, found.text) == (None, (), "told Reuters")
    assert found.resolution is Resolution.UNRESOLVED
    assert found.kind in POINTERS


def test_what_another_citation_holds_is_no_mention():
    html = (
        '<p>The gate was open, she <a href="https://a.example/">told Reuters</a> on Monday.</p>'
        '<blockquote class="twitter-tweet"><p>As I told Vox before</p>&mdash; Maya (@maya_l) '
        '<a href="https://twitter.com/maya_l/status/1214956636730744833">January 8, 2020</a>'
        "</blockquote>"
    )

    assert mentions(html) == []


@pytest.mark.parametrize(
    "part", ["told the ", "posted a ", "in a ", "Reuters ", "in a post ", "a-"]
)
def test_a_long_text_of_almost_a_mention_is_read_through(part):
    assert list(find_mentions(part * 50_000)) == []
