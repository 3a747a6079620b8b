"""What is left out of log and records: every secret, and no word that others have, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.settings import load
from archiver.wiring.hidden import secrets_of

SLACK = "T0B1CDEF2/B3GH4IJKL/AbCdEfGh1jKlMnOp2rStUvWx"
DISCORD = "AbCd-Ef0gH_iJkL1mNoP-qRsT2uVw_XyZ3aBcD4eFgH"


def written(tmp_path: Path, url: str, text: str) -> str:
    """Return a text as the log has it where news goes to an address."""
    kind = "webhook" if url.startswith("http") else "apprise"
    target = {"name": "desk", "kind": kind, "url": url}
    for secret in secrets_of(load(tmp_path, {"notify": {"targets": [target]}})):
        text = text.replace(secret, "***")
    return text


@pytest.mark.parametrize(
    ("url", "text", "left"),
    [
        (f"https://hooks.slack.com/services/{SLACK}", f"POST /services/{SLACK}", "POST ***"),
        (f"slack://{SLACK}/", f"hooks.slack.com/services/{SLACK}", "hooks.slack.com/services/***"),
        (f"slack://{SLACK}/", "T0B1CDEF2 and AbCdEfGh1jKlMnOp2rStUvWx", "*** and ***"),
        (
            "tgram://123456789:abcdefg_hij/12315544/",
            "https://api.telegram.org/bot123456789:abcdefg_hij/sendMessage",
            "https://api.telegram.org/bot***/sendMessage",
        ),
        (f"https://discord.com/api/webhooks/417421629/{DISCORD}", f"token {DISCORD}", "token ***"),
        (f"discord://417421629/{DISCORD}", f"/webhooks/417421629/{DISCORD}?w", "/webhooks/***?w"),
        ("pover://user@token123456", "key token123456", "key ***"),
        ("ntfy://of-the-desk", "https://ntfy.sh/of-the-desk", "https://ntfy.sh/***"),
        ("mailto://desk:secretword@mail.example", "535 of secretword", "535 of ***"),
        ("https://desk:secretword@hooks.example/", "secretword", "***"),
        ("https://hooks.example/a?v=1&token=letmein", "/a?v=1&token=letmein", "/a?v=1&***"),
        ("https://hooks.example/a?sig=a1b2c3d4e5f6", "sig a1b2c3d4e5f6", "sig ***"),
        ("https://hooks.example/articles", "PUT hooks.example/articles", "PUT ***"),
        ("https://hooks.example/articles", "at https://hooks.example/articles", "at ***"),
    ],
)
def test_what_gives_a_target_away_is_left_out(
    tmp_path: Path, url: str, text: str, left: str
) -> None:
    assert written(tmp_path, url, text) == left


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://hooks.example/articles", "https://news.example/articles/2026/1"),
        ("https://hooks.example/incoming-webhook", "https://blog.example/incoming-webhook"),
        ("https://hooks.example/a?format=json&page=2026", "https://n.example/a?format=json"),
        ("https://editor@hooks.example/a", "https://news.example/editor"),
        ("jsons://hooks.example:8443/articles", "https://hooks.example:8443/"),
        ("json://localhost:8080/articles", "http://localhost:8080/"),
        ("ntfy://articles", "https://news.example/articles"),
        ("tgram://123456789:abcdefg_hij/12315544/", "https://x.example/status/12315544"),
    ],
)
def test_words_that_others_have_too_are_left_in(tmp_path: Path, url: str, source: str) -> None:
    assert written(tmp_path, url, source) == source
