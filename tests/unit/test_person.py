"""Who is named as having done something."""

from __future__ import annotations

import os
import pwd

import pytest

from archiver.wiring.person import who

ROOT, SERVICE, NOBODY = 0, 990, 2**31 - 2
PERSON = pwd.struct_passwd(("grace", "x", 1234, 1234, "", "/home/grace", "/bin/sh"))


@pytest.fixture(autouse=True)
def _said_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "mallory")


def run_by(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: number)


def test_a_user_without_a_name_goes_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(NOBODY, monkeypatch)

    assert who() == f"uid {NOBODY}"


@pytest.mark.parametrize("number", [ROOT, SERVICE])
def test_behind_sudo_it_is_who_called_that_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    run_by(number, monkeypatch)
    monkeypatch.setenv("SUDO_USER", "ada")

    assert (who(), who(" "), who("grace")) == ("ada", "ada", "grace")


def test_what_a_person_says_in_the_environment_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_by(PERSON.pw_uid, monkeypatch)
    monkeypatch.setattr(pwd, "getpwuid", {PERSON.pw_uid: PERSON}.__getitem__)
    monkeypatch.setenv("SUDO_USER", "mallory")

    assert who() == "grace"
