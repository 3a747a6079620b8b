from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import playwright
import pytest

from archiver.capture.locate import (
    DEBIAN_BINARY,
    Browser,
    Download,
    downloads_folder,
    find_browser,
    read_download,
)
from archiver.errors import LaunchError

HOME = Path("/home/ada")


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def installed() -> Download:
    listed = Path(playwright.__file__).parent / "driver/package/browsers.json"
    return read_download(listed.read_text())


def download(folder: Path, inner: str = "chrome-linux64", *, finished: bool = True) -> Path:
    build = folder / f"chromium-{installed().revision}"
    own = program(build / inner / "chrome")
    if finished:
        (build / "INSTALLATION_COMPLETE").touch()
    return own


def test_the_configured_browser_comes_before_every_other(tmp_path: Path) -> None:
    download(tmp_path / "downloads")
    chosen = program(tmp_path / "chosen")

    found = find_browser(str(chosen), downloads=tmp_path / "downloads")

    assert found == Browser(chosen, "configured", None)


def test_a_configured_path_without_a_program_is_not_passed_over(tmp_path: Path) -> None:
    debian = program(tmp_path / "chromium")
    absent = tmp_path / "absent"

    with pytest.raises(LaunchError, match=rf"capture.browser is {absent}.* Type: ls -l {absent}"):
        find_browser(str(absent), debian=debian)


def test_a_file_that_may_not_be_executed_is_no_browser(tmp_path: Path) -> None:
    plain = tmp_path / "notes.txt"
    plain.write_text("not a program")

    with pytest.raises(LaunchError, match=r"no program is there"):
        find_browser(str(plain))


@pytest.mark.parametrize("inner", ["chrome-linux", "chrome-linux64", "chrome-linux-arm64"])
def test_playwrights_own_chromium_comes_before_debians(tmp_path: Path, inner: str) -> None:
    own = download(tmp_path / "downloads", inner)
    debian = program(tmp_path / "chromium")

    found = find_browser(None, downloads=tmp_path / "downloads", debian=debian)

    assert found == Browser(own, "playwright", installed().version)


def test_a_download_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    download(tmp_path / "downloads", finished=False)
    debian = program(tmp_path / "chromium")

    found = find_browser(None, downloads=tmp_path / "downloads", debian=debian)

    assert found == Browser(debian, "debian", None)


def test_another_revisions_download_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "downloads/chromium-1/chrome-linux64/chrome")
    (tmp_path / "downloads/chromium-1/INSTALLATION_COMPLETE").touch()
    debian = program(tmp_path / "chromium")

    found = find_browser("", downloads=tmp_path / "downloads", debian=debian)

    assert found.kind == "debian"


def test_without_any_browser_the_message_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"Type: playwright install .*apt-get install chromium"):
        find_browser(None, downloads=tmp_path, debian=tmp_path / "chromium")


def test_debians_browser_is_the_program_and_not_the_script_around_it() -> None:
    assert Path("/usr/lib/chromium/chromium") == DEBIAN_BINARY


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({}, HOME / ".cache/ms-playwright"),
        ({"XDG_CACHE_HOME": "/var/cache/ada"}, Path("/var/cache/ada/ms-playwright")),
        ({"PLAYWRIGHT_BROWSERS_PATH": "/opt/browsers"}, Path("/opt/browsers")),
        ({"PLAYWRIGHT_BROWSERS_PATH": "browsers"}, Path.cwd() / "browsers"),
        ({"PLAYWRIGHT_BROWSERS_PATH": "", "XDG_CACHE_HOME": ""}, HOME / ".cache/ms-playwright"),
    ],
    ids=["usual", "cache elsewhere", "named", "named from here", "empty"],
)
def test_playwrights_browsers_lie_where_its_driver_would_look(
    environment: dict[str, str], folder: Path
) -> None:
    assert downloads_folder(environment, HOME) == folder


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"XDG_CACHE_HOME": "/var/cache/ada"},
        {"PLAYWRIGHT_BROWSERS_PATH": "/opt/browsers"},
        {"PLAYWRIGHT_BROWSERS_PATH": "browsers"},
        {"PLAYWRIGHT_BROWSERS_PATH": "0"},
    ],
    ids=["usual", "cache elsewhere", "named", "named from here", "inside"],
)
def test_the_installed_driver_would_put_its_chromium_there_too(environment: dict[str, str]) -> None:
    ask = [sys.executable, "-m", "playwright", "install", "--dry-run", "--no-shell", "chromium"]
    plain = {"PATH": os.environ["PATH"], "HOME": str(HOME)}

    said = subprocess.run(
        ask, env=plain | environment, capture_output=True, text=True, check=True
    ).stdout

    build = f"chromium-{installed().revision}"
    assert str(downloads_folder(environment, HOME) / build) in said.split()


def test_zero_means_inside_the_playwright_package() -> None:
    folder = downloads_folder({"PLAYWRIGHT_BROWSERS_PATH": "0"}, HOME)

    assert folder.parts[-4:] == ("playwright", "driver", "package", ".local-browsers")


def test_the_build_is_chromiums_and_not_that_of_a_browser_with_a_like_name() -> None:
    listed = [
        {"name": "chromium-headless-shell", "revision": "1", "browserVersion": "1.0"},
        {"name": "chromium", "revision": "2", "browserVersion": "2.0"},
    ]

    assert read_download(json.dumps({"browsers": listed})) == Download("2", "2.0")
