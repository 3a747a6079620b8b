"""``archiver source``: names without a network, a home or a database."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass

import pytest

from archiver.cli.app import run

POST = "https://mobile.twitter.com/TowerSight/status/1214956636730744833?s=20"
NAME = "x:1214956636730744833"
URL = "https://x.com/TowerSight/status/1214956636730744833"


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def source(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ARCHIVER_HOME", str(tmp_path / "home"))

    def call(*arguments: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run(["source", *arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


def test_sources_are_told_in_the_order_given(source):
    ran = source("--json", "ftp://news.example/", POST, "at://did:plc:abc", "https://news.example")

    assert ran.code == 0
    assert json.loads(ran.out) == {
        "sources": [
            {"address": "ftp://news.example/", "source": None, "url": None},
            {"address": POST, "source": NAME, "url": URL},
            {
                "address": "at://did:plc:abc",
                "source": "web:https://bsky.app/profile/did:plc:abc",
                "url": "https://bsky.app/profile/did:plc:abc",
            },
            {
                "address": "https://news.example",
                "source": "web:https://news.example/",
                "url": "https://news.example/",
            },
        ]
    }


def test_a_person_gets_a_table(source):
    ran = source(POST, "nonsense")

    assert ran.code == 0
    assert NAME in ran.out
    assert "nonsense" in ran.out


def test_addresses_are_read_from_standard_input(source):
    lines = f"\ufeff{POST}\r\n\n  https://news.example/a \nb\xfc\n".encode("latin-1", "replace")
    written = b"\xef\xbb\xbf" + lines[1:]

    ran = source("https://first.example/", "-", "--json", stdin=written)

    assert [one["address"] for one in json.loads(ran.out)["sources"]] == [
        "https://first.example/",
        POST,
        "https://news.example/a",
        "b\N{REPLACEMENT CHARACTER}",
    ]


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_nothing_given_is_the_callers_mistake(source, arguments):
    ran = source(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "odd", ["", " ", "https://", "\udcff", "https://\udcff.example/", "\x1b[31m", "a" * 5000]
)
def test_an_odd_argument_names_nothing_and_breaks_nothing(source, odd):
    ran = source("--json", "--", odd)

    assert ran.code == 0
    assert json.loads(ran.out)["sources"][0]["source"] is None
    assert source("--", odd).code == 0


def test_no_home_is_made(source, tmp_path):
    source(POST)

    assert not (tmp_path / "home").exists()
