from __future__ import annotations

from typing import Any

import pytest

from archiver.citations import as_document, extract
from archiver.citations.quotes import quoted
from archiver.citations.sentences import sentence_bounds
from archiver.platforms import recognise


def contexts(text, name="a.html"):
    found = extract(
        text.encode(), recognise=recognise, name=name, url="https://paper.example/2020/a"
    )
    return [citation.context for citation in found.citations]


def sentences(text, language=None):
    return [text[a:b] for a, b in sentence_bounds(text, language)]


@pytest.mark.parametrize(
    ("parts", "language"),
    [
        (["It rained.", "Nobody came!", "Why?", "So it goes…"], "en"),
        (["Dr. J. K. Roe of the U.S. Navy met Gen. Maas at 3 p.m. on Jan. 8.", "They left."], "en"),
        (["He moved to the U.S.", "They stayed."], "en"),
        (["It cost 3.5 million at paper.example today.", "See p. 12, no. 4."], "en"),
        (["“We shut it.”", "She left."], "en"),
        (["“Shut it!” he said.", "(Nobody did.)", "“Why?” asked Maya."], "en"),
        (["It was known.[12]", "It was denied.3", "It was true."], "en"),
        (["Am 3. März kam z. B. Prof. Maas mit ca. 20 Leuten.", "Dann ging er."], "de"),
        (["M. Roux est venu.", "« Rien », dit-il.", "Puis rien."], "fr"),
        (["El Sr. Ruiz llegó.", "¿Por qué?", "¡Nadie lo sabe!"], "es"),
        (["Это было в 2016 г. в Москве на ул. Ленина.", "Он ушёл."], "ru"),
        (["昨日、港は閉鎖された。", "「誰も知らなかった。」", "本当か？", "はい。"], "ja"),
        (["قال الوزير نعم.", "هل هذا صحيح؟", "لا أحد يعرف."], "ar"),
        (["यह सच है।", "कोई नहीं आया।"], "hi"),
    ],
)  # fmt: skip
def test_a_paragraph_is_split_where_its_sentences_end(parts, language):
    glue = "" if language == "ja" else " "

    assert sentences(glue.join(parts), language) == parts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He said “the gate was open” twice.", ["the gate was open"]),
        ('He said "the gate was open" twice.', ["the gate was open"]),
        ("Er sagte: „Das Tor war offen“, mehr nicht.", ["Das Tor war offen"]),
        ("Er sagte: »Das Tor war offen«, mehr nicht.", ["Das Tor war offen"]),
        ("Il a dit « la porte était ouverte » hier.", [" la porte était ouverte "]),
        ("He said ‹the gate was open› twice.", ["the gate was open"]),
        ("彼は「門は開いていたんだ」と言った。", ["門は開いていたんだ"]),
        ("Han sa ”porten var öppen” igår.", ["porten var öppen"]),
        ("“She told me ‘do not shut it’ and left,” he said.", ["She told me ‘do not shut it’ and left,"]),
        ("She said ‘we don’t know why’ again.", ["we don’t know why"]),
        ("“The gate was open and nobody", ["The gate was open and nobody"]),
        ("The so-called “experts” of it", []),
        ("The workers' union and the owners' club didn't meet", []),
        ("The workers’ union and the owners’ club didn’t meet", []),
        ('A 6\'2" man with a 5" knife in it', []),
    ],
)  # fmt: skip
def test_quoted_words_are_three_or_more_between_marks(text, words):
    assert [text[a:b] for a, b in quoted(text)] == words


LINK = '<a href="https://news.example/a">a report</a>'


def test_a_citation_has_its_sentence_the_quotes_near_it_and_the_headings_above_it():
    (context,) = contexts(
        "<article><h1>The flood</h1><h2>Before</h2><p>x</p><h2>After</h2><h3>The gate</h3>"
        f"<p>It was late. “We saw nothing of it,” she said. Then {LINK} said the gate was open. “Nobody came to shut it.” "
        "It rained. “This is far away from it.”</p></article>"
    )

    assert context.sentence == "Then a report said the gate was open."
    assert context.quotes == ("We saw nothing of it,", "Nobody came to shut it.")
    assert context.headings == ("The flood", "After", "The gate")


@pytest.mark.parametrize(
    "body",
    [
        f"<blockquote><p>The gate was wide open.</p></blockquote><p>So says {LINK}.</p>",
        f"<p>So says {LINK}:</p><blockquote>The gate was wide open.</blockquote>",
    ],
)
def test_a_block_quote_right_before_or_after_its_paragraph_is_quoted(body):
    (context,) = contexts(f"<article><p>Far off.</p>{body}<p>End.</p></article>")

    assert context.quotes == ("The gate was wide open.",)


def test_a_block_quote_further_off_is_not():
    (context,) = contexts(
        f"<article><blockquote>The gate was wide open.</blockquote><p>Then.</p><p>{LINK}.</p></article>"
    )

    assert context.quotes == ()


def test_an_embed_has_the_sentence_that_leads_up_to_it():
    (context,) = contexts(
        "<h2>Day one</h2><p>It rained. Maya wrote “shut the gate now” on Monday:</p><blockquote class=twitter-tweet>"
        "<p>Shut the gate now.</p>— Maya (@maya_l) <a href='https://twitter.com/maya_l/status/1214956636730744833'>January 8, 2020</a></blockquote>"
    )

    assert context.sentence == "Maya wrote “shut the gate now” on Monday:"
    assert context.quotes == ("shut the gate now",)
    assert context.headings == ("Day one",)


def test_markdown_has_headings_and_plain_text_has_none():
    markdown = "# Flood\n\n## Gate\n\nSee [a report](https://news.example/a) on it.\n"

    assert contexts(markdown, "a.md")[0].headings == ("Flood", "Gate")
    assert contexts("# Flood\n\nSee https://news.example/a on it.", "a.txt")[0].headings == ()


def test_a_document_tells_the_context():
    extraction = extract(
        f"<h2>Gate</h2><p>Then {LINK}.</p>".encode(), recognise=recognise, name="a.html"
    )

    document: dict[str, Any] = as_document(extraction)
    (citation,) = document["citations"]

    assert citation["context"] == {"sentence": "Then a report.", "quotes": [], "headings": ["Gate"]}
    assert citation["memento"] is None
