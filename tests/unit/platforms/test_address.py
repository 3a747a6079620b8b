from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import AddressError
from archiver.platforms._address import (
    canonical,
    host_of,
    http_address,
    same_site,
    without_user,
)


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("  https://Example.COM \n", "https://example.com/"),
        ("HTTP://example.com:80/a", "http://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://bücher.example/über?q=ü", "https://xn--bcher-kva.example/%C3%BCber?q=%C3%BC"),
        ("https://example.com/a/../b/./c", "https://example.com/b/c"),
        ("https://example.com/two words", "https://example.com/two%20words"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
    ],
)
def test_an_address_is_normalised_as_a_browser_does(written, normalised):
    assert http_address(written) == normalised


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "not an http"),
        ("example.com", "not an http"),
        ("ftp://example.com/", "not an http"),
        ("javascript:alert(1)", "not an http"),
        ("https:example.com", "not an http"),
        ("//example.com/", "not an http"),
        ("http://", "no host"),
        ("http:///path", "no host"),
        ("http://:80/", "no host"),
        ("http://user@example.com/", "user name"),
        ("http://user:secret@example.com/", "user name"),
        ("http://@example.com/", "user name"),
        ("http://example.com\\@other.example/", "backslash"),
        ("http://exa\tmple.com/", "control"),
        ("http://example.com/a\nb", "control"),
        ("http://exa mple.com/", "not a valid"),
        ("http://[::1/", "not a valid"),
        ("http://example.com:99999/", "not a valid"),
        ("http://example.com/" + "a" * 4096, "longer than 4096"),
        ("http://example.com/" + "ü" * 1000, "longer than 4096"),
    ],
)
def test_what_two_readers_may_read_differently_is_refused(written, why):
    with pytest.raises(AddressError, match=why) as refused:
        http_address(written)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("cited", "identity"),
    [
        ("https://Example.com", "https://example.com/"),
        ("https://example.com/a?utm_source=x&id=7&utm_medium=y", "https://example.com/a?id=7"),
        ("https://example.com/a?fbclid=x&gclid=y&igshid=z&mc_cid=1", "https://example.com/a"),
        ("https://example.com/a?id=7&amp;utm_medium=y", "https://example.com/a?id=7"),
        ("https://x.com/a/status/12?ref_src=twsrc%5Etfw", "https://x.com/a/status/12"),
        ("https://example.com/a#part-2", "https://example.com/a"),
        ("https://example.com/a#:~:text=word", "https://example.com/a"),
        ("https://example.com/#/news/7", "https://example.com/#/news/7"),
        ("https://example.com/#/news/7:~:text=word", "https://example.com/#/news/7"),
        ("https://twitter.com/#!/a/status/12", "https://twitter.com/#!/a/status/12"),
        ("https://example.com/%c3%bc", "https://example.com/%C3%BC"),
        ("https://example.com/%7Euser/%41%2d%2E%5f", "https://example.com/~user/A-._"),
        ("https://example.com/%2Fa%20b%3F%23%25", "https://example.com/%2Fa%20b%3F%23%25"),
        ("https://example.com/%2%45%%41", "https://example.com/%2%45%%41"),
        ("https://example.com/?__cft__[0]=x&__xts__%5B0%5D=y&a=1", "https://example.com/?a=1"),
        ("https://example.com/?a=1&at_medium=x&xtor=RSS-1&hsa_acc=2", "https://example.com/?a=1"),
        ("https://example.com/?FBCLID=x&__twitter_impression=true", "https://example.com/"),
        ("https://www.theguardian.com/a?CMP=share_btn_tw", "https://www.theguardian.com/a"),
        ("https://www.nytimes.com/a.html?smid=tw-share&x=1", "https://www.nytimes.com/a.html?x=1"),
        ("https://example.com/a?b=2&a=1&b=1", "https://example.com/a?b=2&a=1&b=1"),
        ("https://example.com/a?", "https://example.com/a?"),
    ],
)
def test_the_canonical_form_drops_what_no_page_depends_on(cited, identity):
    assert canonical(cited) == identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.com/", "https://example.com/"),
        ("https://www.example.com/", "https://example.com/"),
        ("https://example.com/a", "https://example.com/a/"),
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/?a=1&b=2", "https://example.com/?b=2&a=1"),
        ("https://example.com/?ref=1", "https://example.com/"),
        ("https://example.com/?id=fbclid", "https://example.com/"),
        ("https://example.com/?CMP=1", "https://example.com/"),
        ("https://nottheguardian.com/?CMP=1", "https://nottheguardian.com/"),
        ("https://example.com/?utm=1", "https://example.com/"),
        ("https://example.com/?at=1", "https://example.com/"),
        ("https://example.com/?source=1", "https://example.com/"),
        ("https://example.com/?campaign=1", "https://example.com/"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/a%20b", "https://example.com/a+b"),
        ("https://m.example.com/", "https://example.com/"),
        ("https://example.com/?a=%26b", "https://example.com/?a=&b"),
        ("https://example.com/#/one", "https://example.com/#/two"),
        ("https://example.com:8443/", "https://example.com/"),
    ],
)
def test_pages_that_may_differ_keep_different_identities(one, other):
    assert canonical(one) != canonical(other)


_ADDRESS = st.builds(
    "https://example.com/{}?{}#{}".format,
    st.text(max_size=20),
    st.text(max_size=20),
    st.text(max_size=20),
)


@given(_ADDRESS)
def test_the_canonical_form_of_a_canonical_form_is_itself(address):
    try:
        once = canonical(address)
    except AddressError:
        return

    assert canonical(once) == once


@given(st.text())
def test_any_text_is_read_or_refused_in_a_short_line(text):
    try:
        said = canonical(text)
    except AddressError as refused:
        said = str(refused)

    assert "\n" not in said


def test_the_host_is_in_lower_case_and_ascii_without_port():
    assert host_of("https://Bücher.Example:8443/") == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://www.example.co.uk/", "http://amp.example.co.uk:81/x", True),
        ("https://one.co.uk/", "https://two.co.uk/", False),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("https://127.0.0.1/", "https://10.0.0.1/", False),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:9090/b", True),
        ("http://localhost/", "http://localhost:81/", True),
        ("https://example.com./", "https://example.com/", True),
    ],
)
def test_same_site_goes_by_registrable_domain(a, b, same):
    assert same_site(a, b) is same


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("https://user:pass@x.example/a@b?c=@", "https://x.example/a@b?c=@"),
        ("https://a:b@c@x.example/", "https://x.example/"),
        ("https://x.example/@user", "https://x.example/@user"),
        ("mailto:a@x.example", "mailto:a@x.example"),
    ],
)
def test_a_name_and_password_are_no_part_of_an_address(written, bare):
    assert without_user(written) == bare
