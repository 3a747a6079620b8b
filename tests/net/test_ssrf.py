"""Nothing that a stranger can write as an address leads inside, by any way through the door."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.netns

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """Run the probe in a network namespace that exists for it alone."""
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-W", "error", "-m", "tests.net.probe"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_canaries_would_have_noticed(figures: dict[str, Any]) -> None:
    assert figures["canary_sees"] == 1
    assert figures["public_v4"] >= figures["redirects_served"]
    assert figures["public_v6"] == 1


@pytest.mark.parametrize("way", ["direct", "by_hand", "by_redirect", "by_race"])
def test_no_spelling_of_an_inside_address_is_dialled(figures: dict[str, Any], way: str) -> None:
    assert figures[f"hits_{way}"] == {}


def test_the_attempts_were_many(figures: dict[str, Any]) -> None:
    assert figures["urls"] >= 700
    assert figures["redirects_served"] == figures["urls"]
