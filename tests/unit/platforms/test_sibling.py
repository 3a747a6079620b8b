from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms._sibling import Place, place_of, sibling_of

LETTERS = "qwertyuiopasdfghjklzxcvbn"


@pytest.mark.parametrize(
    ("url", "made_up"),
    [
        ("https://news.example/2020/01/tower", f"https://news.example/2020/01/{LETTERS}"),
        ("https://news.example/2020/tower/", f"https://news.example/2020/{LETTERS}/"),
        ("https://news.example/tower.html", f"https://news.example/{LETTERS}.html"),
        ("https://news.example/a/b.pdf?x=1#p", f"https://news.example/a/{LETTERS}.pdf"),
        ("http://news.example:8080/v1.2.3-notes", f"http://news.example:8080/{LETTERS}"),
        ("https://news.example/%D8%A3/%D8%A8", f"https://news.example/%D8%A3/{LETTERS}"),
        ("https://news.example/story.php", f"https://news.example/{LETTERS}.php"),
    ],
)
def test_the_last_segment_is_made_up_in_its_own_look(url: str, made_up: str) -> None:
    assert sibling_of(url, LETTERS) == made_up


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example",
        "https://news.example/",
        "https://news.example/?p=12",
        "https://news.example/index.php?id=7",
        "https://news.example/a/story.aspx?id=7",
        "https://[broken/a",
        "",
    ],
)
def test_what_names_no_page_in_its_path_has_no_sibling(url: str) -> None:
    assert (sibling_of(url, LETTERS), place_of(url)) == (None, None)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://News.example/2020/01/tower", Place("news.example", "/2020/01/")),
        ("https://news.example/2020/01/", Place("news.example", "/2020/")),
        ("http://news.example:8080/tower?x=1", Place("news.example:8080", "/")),
    ],
)
def test_a_place_is_a_host_and_a_directory(url: str, place: Place) -> None:
    assert place_of(url) == place


@given(st.text(), st.lists(st.text(alphabet="ab./?#%é守", max_size=5), max_size=5))
def test_no_address_stops_it_and_a_sibling_lies_where_the_address_does(
    junk: str, segments: list[str]
) -> None:
    sibling_of(junk, LETTERS)
    url = "https://news.example/" + "/".join(segments)

    made_up = sibling_of(url, LETTERS)

    assert (made_up is None) == (place_of(url) is None)
    if made_up is not None:
        assert place_of(made_up) == place_of(url)
        assert LETTERS in urlsplit(made_up).path
