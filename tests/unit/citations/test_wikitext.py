from __future__ import annotations

from datetime import date

import pytest

from archiver.citations.extraction import extract
from archiver.citations.wikitext import MAX_CHARS, MAX_OPEN, is_wikitext, read_wikitext
from archiver.errors import InputError
from archiver.model.citation import Author, CitationKind, FoundCitation, Resolution
from archiver.platforms import recognise

DAY = date(2020, 1, 8)
CITE = "{{cite web |url=https://p.example/a |title=The gate |date=8 January 2020}}"


def read(text: str) -> tuple[str, list[FoundCitation]]:
    extraction = extract(text.encode(), recognise=recognise, media_type="text/x-wiki")
    return extraction.article.text, list(extraction.citations)


def cited(text: str) -> list[tuple[str | None, str]]:
    """Return each citation's address and the words before it."""
    words, found = read(text)
    return [(one.url, words[: one.start]) for one in found]


def test_the_text_is_what_a_reader_sees():
    text, _ = read(
        "{{Infobox port|name=Gate}}\n'''The gate''' is a [[harbour|port]] in [[Oslo]]<!-- no -->.\n"
        "[[File:Gate.jpg|thumb|The gate]]\nIt was ''open''&nbsp;then.\n\n{| class=x\n| cell\n|}\n"
        "== History ==\n* One\n* Two {{nowrap|and more}}\nBehind.\n[[Category:Ports]]__NOTOC__"
    )

    assert text == (
        "The gate is a port in Oslo. It was open\xa0then.\n\nHistory\n\nOne\n\nTwo and more\n\nBehind."
    )


def test_a_footnote_cites_where_its_number_stands_each_time_it_is_used():
    text = f'Open.<ref name="a">{CITE}</ref> Shut.<ref name=a /> Open again.'

    assert cited(text) == [
        ("https://p.example/a", "Open."),
        ("https://p.example/a", "Open. Shut."),
    ]


def test_a_footnote_may_be_defined_in_the_list_of_footnotes():
    text = (
        f"Open.<ref name=a/>{{{{r|a}}}}\n\n<references><ref name=a>{CITE}</ref>"
        "<ref name=b>https://q.example/</ref></references>"
    )

    assert [url for url, _ in cited(text)] == [
        "https://p.example/a",
        "https://p.example/a",
        "https://q.example/",
    ]


def test_footnotes_of_two_groups_may_have_one_name():
    text = (
        "A.<ref name=x>https://a.example/</ref> B.<ref name=x group=n>https://b.example/</ref> "
        "C.<ref name=x group=n />"
    )

    assert [url for url, _ in cited(text)] == [
        "https://a.example/",
        "https://b.example/",
        "https://b.example/",
    ]


def test_a_citation_template_gives_all_it_says():
    _, (found,) = read(
        "Open.<ref>{{Cite news |last=Roe |first=Jane |url=https://p.example/a |title=The ''gate'' "
        "|archive-url=https://web.archive.org/web/20200109101112/https://p.example/a "
        "|date=January 8, 2020 |quote=It was open. |access-date=1 May 2021}}</ref>"
    )

    assert (found.kind, found.url, found.text) == (
        CitationKind.LINK,
        "https://p.example/a",
        "The gate",
    )
    assert (found.author, found.posted_on) == (Author("Jane Roe", None), DAY)
    assert found.context.quotes == ("It was open.",)
    assert found.memento is not None
    assert found.memento.url == "https://web.archive.org/web/20200109101112/https://p.example/a"


def test_a_cited_tweet_is_the_post_with_author_day_and_words():
    _, (found,) = read(
        "Open.<ref>{{cite tweet|user=maya_l|number=1214956636730744833|title=The gate is open"
        "|date=8 January 2020}}</ref>"
    )

    assert found.source is not None
    assert found.source.name == "x:1214956636730744833"
    assert (found.kind, found.text) == (CitationKind.EMBED, "The gate is open")
    assert (found.author, found.posted_on) == (Author(None, "maya_l"), DAY)
    assert found.resolution is Resolution.RESOLVED


@pytest.mark.parametrize(
    "template",
    [
        "{{Lien web|url=https://p.example/a|titre=The gate|date=8 janvier 2020}}",
        "{{Internetquelle|url=https://p.example/a|titel=The gate|datum=2020-01-08}}",
        "{{Cita web|url=https://p.example/a|título=The gate|fecha=8 de enero de 2020}}",
        "{{Citar web|url=https://p.example/a|titulo=The gate|data=8 de janeiro de 2020}}",
        "{{статья|ссылка=https://p.example/a|заглавие=The gate|дата=8 января 2020}}",
    ],
)
def test_citation_templates_of_other_languages_are_read(template):
    _, (found,) = read(f"Open.<ref>{template}</ref>")

    assert (found.url, found.text, found.posted_on) == ("https://p.example/a", "The gate", DAY)


def test_links_bare_addresses_and_an_archives_template_may_stand_in_one_footnote():
    _, found = read(
        "Open.<ref>[https://a.example/ A] {{webarchive|url=https://web.archive.org/web/2019/"
        "https://a.example/}} and https://b.example/. {{dead link}}</ref>"
    )

    assert [(one.url, one.text) for one in found] == [
        ("https://a.example/", "A"),
        ("https://b.example/", ""),
    ]
    assert found[0].memento is not None


def test_links_in_the_text_cite_with_their_labels():
    text, found = read(
        "See [https://a.example/ the ''list''], https://b.example/x. And [//c.example]."
    )

    assert [(one.url, text[one.start : one.end]) for one in found] == [
        ("https://a.example/", "the list"),
        ("https://b.example/x", "https://b.example/x"),
        ("https://c.example/", ""),
    ]


def test_footnotes_of_boxes_tables_and_captions_count_and_those_of_navigation_do_not():
    text = (
        "{{Infobox|pop=5<ref>https://a.example/</ref>|website=https://no.example/}}\n"
        "{|\n| 1<ref>https://b.example/</ref>\n|}\n"
        "[[File:G.jpg|thumb|Gate<ref>https://c.example/</ref>]]\nOpen.\n"
        "{{Navbox|list1=[https://no.example/ x]<ref>https://no.example/</ref>}}"
    )

    assert [url for url, _ in cited(text)] == [
        "https://a.example/",
        "https://b.example/",
        "https://c.example/",
    ]


def test_external_links_are_pointers_and_a_list_of_sources_is_not():
    _, found = read(
        "Open.\n== Sources ==\n* {{cite book|title=Gates|url=https://a.example/}}\n"
        "== External links ==\n* [https://b.example/ Home]\n* {{Official website|https://c.example/}}"
    )

    assert [(one.url, one.kind) for one in found] == [
        ("https://a.example/", CitationKind.LINK),
        ("https://b.example/", CitationKind.RELATED),
        ("https://c.example/", CitationKind.RELATED),
    ]


def test_what_is_shown_as_code_cites_nothing():
    assert cited("Open. <code>https://a.example/</code> {{dead}} <!-- https://b.example/ -->") == []


@pytest.mark.parametrize(
    ("text", "is_wiki"),
    [
        ("Open.<ref>x</ref> [[Oslo]]", True),
        ("== History ==\nThe [[gate]] was open.", True),
        ("'''Gate''' {{cite web|url=x}}", True),
        ("The gate [[was]] open.", False),
        ("# Title\n\n[a](https://a.example/)", False),
        ("a == b == c", False),
    ],
)
def test_wiki_text_is_told_by_two_of_its_signs(text, is_wiki):
    assert is_wikitext(text) is is_wiki


@pytest.mark.parametrize(
    ("name", "media_type"), [("Gate.wiki", None), (None, None), ("Gate.txt", "text/plain")]
)
def test_wiki_text_is_known_by_name_type_and_look(name, media_type):
    text = f"The '''gate''' was open.<ref>{CITE}</ref>"

    found = extract(text.encode(), recognise=recognise, name=name, media_type=media_type)

    assert found.article.text == "The gate was open."


@pytest.mark.parametrize("part", ["<ref>", "{{a|", "[[a|", "{|\n", "[http://a.example ", "<b a="])
def test_wiki_text_that_never_ends_is_refused(part):
    with pytest.raises(InputError, match="do not end"):
        read_wikitext("Open. " + part * (MAX_OPEN + 1), None)


def test_wiki_text_with_a_few_open_brackets_is_read():
    assert read_wikitext("Open. {{a [[b <b>c" * 3 + " |}}", None).article.text.startswith("Open.")


def test_wiki_text_longer_than_any_page_and_without_words_is_refused():
    with pytest.raises(InputError, match="more than"):
        read_wikitext("a" * (MAX_CHARS + 1), None)
    with pytest.raises(InputError, match="no words"):
        read_wikitext("{{a}}", None)


def test_footnotes_that_multiply_to_more_sources_than_any_article_has_are_refused():
    cites = "{{cite web|url=https://a.example/|title=x}}" * 200

    with pytest.raises(InputError, match="more than 20,000"):
        read_wikitext(f"Open.<ref name=a>{cites}</ref>" + "<ref name=a/>" * 1000, None)


def test_a_footnote_used_a_hundred_times_cites_each_of_its_sources_each_time():
    cites = "".join(f"{{{{cite web|url=https://a.example/{n}}}}}" for n in range(20))

    draft = read_wikitext(f"Open.<ref name=a>{cites}</ref>" + " More.<ref name=a/>" * 99, None)

    assert len(draft.marks) == 2000


def test_links_and_citation_templates_of_tables_and_captions_are_cited():
    text = (
        "Open.\n{|\n| [https://a.example/ A]\n| {{cite web|url=https://b.example/|title=B}}\n|}\n"
        "[[File:G.jpg|thumb|Gate, see [https://c.example/ C]]]\n{{Infobox|website=[https://no.example/ x]}}"
    )

    _, found = read(text)

    assert [(one.url, one.text) for one in found] == [
        ("https://a.example/", "A"),
        ("https://b.example/", "B"),
        ("https://c.example/", "C"),
    ]


def test_a_written_bar_is_a_bar_of_the_address_and_a_break_parts_words():
    _, (found,) = read(
        "Open.<ref>{{cite web|url=https://a.example/?a=1{{!}}2|title=The<br>gate}}</ref>"
    )

    assert found.addresses == ("https://a.example/?a=1|2",)
    assert found.text == "The gate"


@pytest.mark.parametrize(
    ("template", "source"),
    [
        ("{{YouTube|dQw4w9WgXcQ|The gate}}", "youtube:dQw4w9WgXcQ"),
        ("{{YouTube|id=dQw4w9WgXcQ|title=The gate}}", "youtube:dQw4w9WgXcQ"),
        ("{{cite instagram|user=a|postid=BsOGulcndj-|title=The gate}}", "instagram:BsOGulcndj-"),
        ("{{یادکرد وب|نشانی=https://p.example/a|عنوان=The gate}}", "web:https://p.example/a"),
        ("{{استشهاد ويب|مسار=https://p.example/a|عنوان=The gate}}", "web:https://p.example/a"),
    ],
)
def test_posts_by_their_ids_and_citations_of_other_scripts_are_read(template, source):
    _, (found,) = read(f"Open.<ref>{template}</ref>")

    assert found.source is not None
    assert (found.source.name, found.text) == (source, "The gate")
