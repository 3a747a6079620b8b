"""Who is named as having done something."""

from __future__ import annotations

import os

import pytest

from archiver.wiring.person import who


@pytest.fixture(autouse=True)
def _nobody_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SUDO_USER", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)


def test_a_user_without_a_name_goes_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 2)

    assert who() == "uid 2147483646"


def test_behind_sudo_it_is_who_called_that_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("USER", "root")
    monkeypatch.setenv("SUDO_USER", "ada")

    assert (who(), who(" "), who("grace")) == ("ada", "ada", "grace")
