"""Who is named as having done something."""

from __future__ import annotations

import importlib
import os
import pwd
from pathlib import Path

import pytest

from archiver.wiring.person import who

ROOT, SERVICE, NOBODY = 0, 990, 2**31 - 2
PERSON = pwd.struct_passwd(("grace", "x", 1234, 1234, "", "/home/grace", "/bin/sh"))
DIRECTORY = pwd.struct_passwd(("archive", "x", 10001, 10001, "", "/srv", "/bin/sh"))
NOBODY_LOGGED_IN = 2**32 - 1


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


@pytest.mark.parametrize(
    ("logged_in", "said", "named"),
    [
        pytest.param(PERSON.pw_uid, "grace", "grace", id="who logged in called sudo"),
        pytest.param(PERSON.pw_uid, "archive", "archive", id="another than logged in"),
        pytest.param(PERSON.pw_uid, "mallory", "archive", id="who is not known"),
        pytest.param(NOBODY_LOGGED_IN, "grace", "archive", id="a container"),
        pytest.param(None, "grace", "archive", id="a kernel that does not tell"),
    ],
)
def test_behind_sudo_a_service_with_a_persons_number_is_told_by_who_logged_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, logged_in: int | None, said: str, named: str
) -> None:
    users = [PERSON, DIRECTORY]
    module = importlib.import_module("archiver.settings.caller")  # its function has its name
    monkeypatch.setattr(pwd, "getpwuid", {one.pw_uid: one for one in users}.__getitem__)
    monkeypatch.setattr(pwd, "getpwnam", {one.pw_name: one for one in users}.__getitem__)
    monkeypatch.setattr(module, "_LOGGED_IN", tmp_path / "loginuid")
    if logged_in is not None:
        (tmp_path / "loginuid").write_text(str(logged_in))
    run_by(DIRECTORY.pw_uid, monkeypatch)
    monkeypatch.setenv("SUDO_USER", said)

    assert who() == named
