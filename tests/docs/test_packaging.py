"""What the packaging says in several places is the same everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = [
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-build.lock",
    "requirements-pip.lock",
]

Pins = dict[str, Requirement]


def pins(lock: str) -> Pins:
    """Read a lock file's pins by package name, markers included, hashes left out."""
    entries = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    read = [Requirement(entry.split("--hash")[0]) for entry in entries]
    return {canonicalize_name(pin.name): pin for pin in read}


def version(pin: Requirement) -> str:
    return str(pin.specifier).removeprefix("==")


def asked_for(group: str) -> list[Requirement]:
    """The packages pyproject.toml names, for the lock file that has to hold them."""
    groups = PROJECT["dependency-groups"]
    runtime = PROJECT["project"]["dependencies"]
    texts = {"requirements.lock": runtime, "requirements-dev.lock": runtime + groups["dev"]}
    texts["requirements-pip.lock"] = groups["pip"]
    return [Requirement(text) for text in texts.get(group, groups["build"])]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_holds_versions_and_hashes_and_no_address(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()

    pin = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[0-9a-z.+]+( ; [^:]+)? \\")
    checksum = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    odd = [line for line in lines if not (pin.fullmatch(line) or checksum.fullmatch(line))]
    assert odd == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()

    bare = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if "==" in line and "--hash" not in after
    ]
    assert bare == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_holds_every_package_the_project_asks_for_in_its_range(lock: str) -> None:
    locked = pins(lock)

    unmet = [
        str(asked)
        for asked in asked_for(lock)
        if (pin := locked.get(canonicalize_name(asked.name))) is None
        or not asked.specifier.contains(version(pin))
    ]
    assert unmet == []


def test_developers_run_the_very_versions_that_users_get() -> None:
    users, developers = pins("requirements.lock"), pins("requirements-dev.lock")

    assert {name: developers.get(name) for name in users} == users


def test_the_build_takes_no_other_version_of_a_package_than_developers_have() -> None:
    build, developers = pins("requirements-build.lock"), pins("requirements-dev.lock")

    shared = build.keys() & developers.keys()
    assert {name: version(build[name]) for name in shared} == {
        name: version(developers[name]) for name in shared
    }


def test_the_build_backend_is_the_locked_one() -> None:
    backend = [Requirement(text) for text in PROJECT["build-system"]["requires"]]

    build = pins("requirements-build.lock")
    assert all(asked.specifier.contains(version(build[asked.name])) for asked in backend)


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert newest is not None
    assert newest[1] == PROJECT["project"]["version"]


def test_a_change_passes_the_two_commands_the_makefile_offers() -> None:
    commands = re.findall(r"^make .*$", (ROOT / ".ci/run").read_text(), re.MULTILINE)

    assert commands == ["make check", "make test"]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_target_says_what_it_does() -> None:
    told = re.findall(r"^([a-z-]+):.*## \S", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert set(told) == targets()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_a_page_names_no_target_that_is_not_there(page: str) -> None:
    named = re.findall(
        r"(?:`|^ +|^\$ )make ([a-z][a-z-]*)", (ROOT / page).read_text(), re.MULTILINE
    )

    assert set(named) - targets() == set()


def test_the_image_is_built_from_the_lock_files() -> None:
    image = (ROOT / "Dockerfile").read_text()

    installs = re.findall(r"pip install.*", image)
    assert installs
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
