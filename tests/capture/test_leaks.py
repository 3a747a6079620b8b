"""Nothing a page can do reaches anybody but through the guard."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.capture.leaks import ROADS

pytestmark = [pytest.mark.netns, pytest.mark.browser]

ROOT = Path(__file__).parents[2]
SITE = "tcp 93.184.215.14:80"


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """Run the probe in a network namespace that exists for it alone."""
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-m", "tests.capture.leaks"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("road", ROADS)
def test_a_plain_browser_would_have_gone_there(figures, road):
    assert figures["plainly"].get(road, 0) > 0


def test_the_recorders_browser_speaks_to_its_guard_alone(figures):
    by_guard_or_to_guard = {SITE, *figures["guard"]}

    assert set(figures["recorded"]) - by_guard_or_to_guard == set()


def test_the_guard_was_asked_and_refused(figures):
    hostile, peers = figures["denied"]

    assert hostile > 100
    assert peers > 0


def test_nothing_from_inside_is_in_the_evidence(figures):
    assert figures["texts"] == ["Hostile words", "Hostile words"]
    assert all(url.startswith("http://hostile.example/") for url in figures["kept"])
