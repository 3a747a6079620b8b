from __future__ import annotations

import pytest

from archiver.errors import AddressError
from archiver.net.urls import read_address, read_location


@pytest.mark.parametrize(
    ("text", "url", "host", "port", "target"),
    [
        ("http://example.org", "http://example.org/", "example.org", 80, b"/"),
        ("HTTPS://EXAMPLE.org:443/a?b#c", "https://example.org/a?b", "example.org", 443, b"/a?b"),
        ("https://example.org.:8443/", "https://example.org:8443/", "example.org", 8443, b"/"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC",
         "xn--bcher-kva.example", 80, b"/%C3%BC"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/", "2001:db8::1", 80, b"/"),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", 80, b"/"),
        ("http://127。0。0。1/", "http://127.0.0.1/", "127.0.0.1", 80, b"/"),
        ("http://e.example/a b|[c]%zz?x y", "http://e.example/a%20b|[c]%zz?x%20y", "e.example", 80,
         b"/a%20b|[c]%zz?x%20y"),
    ],
)  # fmt: skip
def test_an_address_is_read_as_a_browser_reads_it(
    text: str, url: str, host: str, port: int, target: bytes
) -> None:
    address = read_address(text)

    assert (address.url, address.host, address.port, address.target) == (url, host, port, target)


@pytest.mark.parametrize(
    "text",
    [
        "", "example.org", "/path", "//example.org/", "ftp://example.org/", "file:///etc/passwd",
        "javascript:alert(1)", "data:text/html,x", "http:example.org", "http:///example.org",
        "http://", "http://user@example.org/", "http://user:pass@example.org/",
        "http://a.example\\@b.example/", "http:\\\\a.example/", "http://a.example%2eb/",
        "http://exa\u200bmple.org/", "http://exa\u00admple.org/", "http://a.example\n/",
        "http://a.example/\x00", "http://a b.example/", "http://a.example:99999/",
        "http://[fe80::1%25eth0]/", "http://[example.org]/", "http://::1/", "http://1.2.3.4.5/",
        "http://a..example/", "http://" + "a" * 64 + ".example/", "http://a.example/" + "x" * 9000,
    ],
)  # fmt: skip
def test_what_readers_understand_differently_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        read_address(text)


@pytest.mark.parametrize(
    ("field", "url"),
    [
        ("/x", "https://e.example:8443/x"),
        ("y?z#f", "https://e.example:8443/a/y?z"),
        ("?q", "https://e.example:8443/a/b?q"),
        ("//o.example/", "https://o.example/"),
        ("http://o.example/\xfc", "http://o.example/%FC"),
        ("", "https://e.example:8443/a/b"),
    ],
)
def test_a_location_is_read_relative_to_where_it_came_from(field: str, url: str) -> None:
    base = read_address("https://e.example:8443/a/b")

    assert read_location(field, base).url == url


@pytest.mark.parametrize(
    "field", ["market://details", "//a@b.example/", "http://a.example\\b", "\x7f"]
)
def test_a_location_is_held_to_the_same_rules(field: str) -> None:
    with pytest.raises(AddressError):
        read_location(field, read_address("https://e.example/"))
