from __future__ import annotations

import hashlib
import json
from ipaddress import ip_address
from pathlib import Path

import pytest

from archiver.errors import SettingsError
from archiver.net.policy import ClientPolicy, GuardPolicy, Upstream
from archiver.net.rules import AllowRule, HostMapping


@pytest.mark.parametrize(
    ("rule", "ip", "port", "covered"),
    [
        ("127.0.0.0/8:8080", "127.0.0.1", 8080, True),
        ("127.0.0.0/8:8080", "127.0.0.1", 8081, False),
        ("127.0.0.0/8:8080", "10.0.0.1", 8080, False),
        ("127.0.0.0/8:*", "127.9.9.9", 1, True),
        ("[::1]/128:9000", "::1", 9000, True),
        ("::1/128:9000", "::1", 9000, True),
        ("[::1]/128:9000", "::2", 9000, False),
        ("[fd00::]/8:*", "10.0.0.1", 80, False),
    ],
)
def test_an_allow_rule_covers_its_network_at_its_port(
    rule: str, ip: str, port: int, covered: bool
) -> None:
    assert AllowRule.parse(rule).covers(ip_address(ip), port) is covered


@pytest.mark.parametrize("text", ["127.0.0.0/8:8080", "127.0.0.0/8:*", "[::1]/128:9000"])
def test_an_allow_rule_is_written_as_it_was_read(text: str) -> None:
    assert AllowRule.parse(text).written == text


@pytest.mark.parametrize(
    "text",
    ["", "127.0.0.1:80", "127.0.0.0/8", "127.0.0.1/8:80", "127.0.0.0/8:0", "127.0.0.0/8:x",
     "localhost:80", "127.0.0.0/8:70000"],
)  # fmt: skip
def test_an_allow_rule_that_cannot_be_read_names_its_setting(text: str) -> None:
    with pytest.raises(SettingsError, match=r"net\.allow"):
        AllowRule.parse(text)


@pytest.mark.parametrize(
    ("name", "to"),
    [("x.com", "127.0.0.1:1"), ("x.com:443", "elsewhere.example:1"), ("x.com:443", "127.0.0.1")],
)
def test_a_mapping_that_cannot_be_read_names_its_setting(name: str, to: str) -> None:
    with pytest.raises(SettingsError, match=r"net\.host_map"):
        HostMapping.parse(name, to)


@pytest.mark.parametrize("text", ["socks5://h:1", "http://h", "http://:1", "http://h:x", "h:1"])
def test_an_upstream_that_cannot_be_read_names_its_setting(text: str) -> None:
    with pytest.raises(SettingsError, match=r"net\.upstream"):
        Upstream.parse(text)


@pytest.mark.parametrize("text", ["64:ff9b::/64", "10.0.0.0/8", "nonsense"])
def test_a_translation_prefix_has_96_bits(text: str) -> None:
    with pytest.raises(SettingsError, match=r"net\.nat64"):
        GuardPolicy.build(nat64=text)


def test_names_are_mapped_by_name_and_port() -> None:
    policy = GuardPolicy.build(host_map={"X.com:443": "127.0.0.1:9443"})

    mapped = policy.mapping("x.com", 443)

    assert mapped is not None
    assert mapped.authority == "127.0.0.1:9443"
    assert policy.mapping("x.com", 80) is None


def test_provenance_holds_every_exception_and_no_secret() -> None:
    policy = GuardPolicy.build(
        allow=["[::1]/128:9000"],
        host_map={"x.com:443": "127.0.0.1:9443"},
        deny=["198.51.100.0/24"],
        upstream="http://someone:s%3Acret@proxy.example:3128",
    )

    told = json.loads(json.dumps(policy.provenance()))

    assert told["allow"] == ["[::1]/128:9000"]
    assert told["host_map"] == {"x.com:443": "127.0.0.1:9443"}
    assert told["upstream"] == "http://proxy.example:3128"
    assert "cret" not in json.dumps(told) + repr(policy)
    assert policy.upstream is not None
    assert policy.upstream.password == "s:cret"


def test_the_clients_provenance_names_the_extra_authority_by_digest(tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_bytes(b"a certificate")

    told = ClientPolicy(extra_ca=pem).provenance()

    assert told["extra_ca_sha256"] == hashlib.sha256(b"a certificate").hexdigest()
    assert json.loads(json.dumps(told)) == told


def test_an_extra_authority_that_is_not_there_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"net\.extra_ca"):
        ClientPolicy(extra_ca=tmp_path / "missing.pem").provenance()
