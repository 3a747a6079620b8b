from __future__ import annotations

from ipaddress import ip_address

import pytest

from archiver.errors import AddressError
from archiver.net.targets import Target, parse_absolute, parse_authority, refuse_name


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("example.org:443", Target("example.org", 443)),
        ("Example.ORG.:80", Target("example.org", 80)),
        ("xn--bcher-kva.example:443", Target("xn--bcher-kva.example", 443)),
        ("-odd_name-.example:65535", Target("-odd_name-.example", 65535)),
        ("192.0.2.7:80", Target("192.0.2.7", 80, ip_address("192.0.2.7"))),
        ("[2001:DB8::1]:443", Target("2001:db8::1", 443, ip_address("2001:db8::1"))),
        ("[::ffff:1.2.3.4]:80", Target("::ffff:102:304", 80, ip_address("::ffff:1.2.3.4"))),
    ],
)
def test_plain_targets_are_read(text: str, target: Target) -> None:
    read = parse_authority(text)

    assert (read.port, read.ip) == (target.port, target.ip)
    assert ip_address(read.host) == target.ip if target.ip else read.host == target.host


@pytest.mark.parametrize(
    "text",
    [
        "", ":", ":80", "example.org", "example.org:", "example.org:0", "example.org:65536",
        "example.org:+80", "example.org: 80", "example.org:８０", "example.org:80:80",
        "user@example.org:80", "user:pass@example.org:80", "exa mple.org:80", "exa\tmple.org:80",
        "exa\u200bmple.org:80", "bücher.example:80", "example\\.org:80", "exa%6dple.org:80",
        "example..org:80", ".example.org:80", "example.org..:80", f"{'a' * 64}.org:80",
        f"{'a.' * 127}org:80", "127.1:80", "127.0.1:80", "0x7f.1:80", "0x7f000001:80",
        "2130706433:80", "017700000001:80", "0177.0.0.1:80", "127.0.0.01:80", "1.2.3.4.5:80",
        "256.0.0.1:80", "example.0x7f:80", "example.123:80", "[::1:80", "::1:80", "[example.org]:80",
        "[fe80::1%eth0]:80", "[fe80::1%25eth0]:80", "[127.0.0.1]:80", "[]:80", "[::1]80",
        "example.org/:80", "example.org#:80", "example.org?:80", "a,b.example:80", "*:80",
    ],
)  # fmt: skip
def test_what_is_not_plainly_a_host_and_a_port_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_authority(text)


@pytest.mark.parametrize(
    ("text", "authority", "path"),
    [
        ("http://example.org", "example.org:80", "/"),
        ("HTTP://example.org:8080/a?b", "example.org:8080", "/a?b"),
        ("http://example.org?b", "example.org:80", "/?b"),
        ("http://[2001:db8::1]/x", "[2001:db8::1]:80", "/x"),
        ("http://example.org/@127.0.0.1/", "example.org:80", "/@127.0.0.1/"),
    ],
)
def test_absolute_addresses_give_target_and_path(text: str, authority: str, path: str) -> None:
    target, where = parse_absolute(text)

    assert (target.authority, where) == (authority, path)


@pytest.mark.parametrize(
    "text",
    [
        "/path", "https://example.org/", "ftp://example.org/", "http:example.org", "http:///path",
        "http://", "http://a@b.example/", "http://a.example\\@b.example/", "http://a.example/ b",
        "http://a.example/#f", "http://a.example/\x00", "http://a.example/ü", "file:///etc/passwd",
        "http://a.example\t/", "http://:80/",
    ],
)  # fmt: skip
def test_other_addresses_are_not_forwarded(text: str) -> None:
    with pytest.raises(AddressError):
        parse_absolute(text)


@pytest.mark.parametrize(
    "name",
    [
        "localhost", "a.localhost", "printer.local", "box.lan", "wiki.corp", "router.home.arpa",
        "metadata.google.internal", "host.docker.internal", "intranet", "metadata",
        "kubernetes.default.svc.cluster.local", "x.onion",
    ],
)  # fmt: skip
def test_names_that_are_local_by_convention_are_refused(name: str) -> None:
    assert refuse_name(name) is not None


@pytest.mark.parametrize(
    "name", ["example.org", "local.example.org", "metadata.example.org", "a.internals.org"]
)
def test_names_that_only_look_local_are_asked(name: str) -> None:
    assert refuse_name(name) is None
