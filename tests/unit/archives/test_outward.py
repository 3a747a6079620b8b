"""Which addresses an outside archive may learn."""

from __future__ import annotations

import pytest

from archiver.archives.outward import is_for_others

OUTWARD = [
    "https://news.example/a?page=2",
    "http://www.bbc.co.uk/news/1",
    "https://пример.рф/a",
    "https://alice.github.io/post",
    "https://93.184.216.34/a",
    "https://x.com/a/status/1214956636730744833",
    "https://old.reddit.com/r/aww/comments/abc123/token/",
]
KEPT_IN = [
    "http://127.0.0.1:8080/intranet/secret",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/a",
    "http://[::ffff:10.0.0.1]/a",
    "https://10.1.2.3/wiki",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/",
    "http://224.0.0.1/",
    "http://localhost/a",
    "https://wiki/page",
    "https://wiki.corp/page",
    "https://printer.local./a",
    "https://db.internal/a",
    "https://nas.home.arpa/a",
    "https://user:pass@news.example/a",
    "https://user@news.example/a",
    "https://news.example/a?access_token=abc",
    "https://news.example/a?x=1&X-Amz-Signature=abc",
    "https://news.example/a?PHPSESSID=1",
    "https://news.example/a#access_token=abc",
    "https://news.example/a;jsessionid=1F2E",
    "https://mapped.example/a",
    "ftp://news.example/a",
    "nonsense",
]


@pytest.mark.parametrize("url", OUTWARD)
def test_an_address_that_anybody_may_ask_for_is_for_others(url):
    assert is_for_others(url, frozenset({"mapped.example"}))


@pytest.mark.parametrize("url", KEPT_IN)
def test_an_address_of_an_inner_network_or_with_a_secret_is_for_nobody_else(url):
    assert not is_for_others(url, frozenset({"mapped.example"}))
