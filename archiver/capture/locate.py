"""Find the Chromium to drive.

Only files are looked at: asking Playwright's own driver where its browser lies would start a Node
process, and every command that reports the browser would wait for it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from archiver.errors import LaunchError

# The program itself. The wrapper script /usr/bin/chromium reads files that add flags and API keys,
# so what it starts is not what was asked for. Source: Debian's package chromium, /usr/bin/chromium
# and /etc/chromium.d/, read 2026-11-22.
DEBIAN_BINARY = Path("/usr/lib/chromium/chromium")


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium that is there and may be started."""

    path: Path
    kind: Literal["configured", "playwright", "debian"]
    version: str | None
    """As Playwright lists it for its own build; None where only the running browser knows."""


@dataclass(frozen=True, slots=True)
class Download:
    """The Chromium build that the installed Playwright was made for."""

    revision: str
    version: str


def find_browser(
    configured: str | None, *, downloads: Path | None = None, debian: Path = DEBIAN_BINARY
) -> Browser:
    """Return the configured browser, else Playwright's own Chromium, else Debian's.

    ``downloads`` is the folder of Playwright's browsers, where it is not the usual one.

    Raises:
        LaunchError: there is none; the message says what to type.
    """
    if configured:
        return _configured(Path(configured).expanduser())
    wanted = read_download(files("playwright").joinpath("driver/package/browsers.json").read_text())
    folder = downloads or downloads_folder(_environment(), Path.home())
    if own := _downloaded(folder, wanted.revision):
        return Browser(own, "playwright", wanted.version)
    if _is_program(debian):
        return Browser(debian, "debian", None)
    raise LaunchError(
        f"no browser: neither {folder}/chromium-{wanted.revision} nor {debian} is there. "
        "Type: playwright install --with-deps chromium   (or, as root: apt-get install chromium)"
    )


def driver_program() -> Path:
    """Return the Node that Playwright brings along, and with which it drives the browser."""
    return Path(str(files("playwright"))) / "driver/node"


def read_download(browsers_json: str) -> Download:
    """Return the Chromium build that Playwright's list of browsers names.

    Source: playwright 1.65, ``driver/package/browsers.json``, read 2026-11-22.
    """
    listed = json.loads(browsers_json)["browsers"]
    chromium = next(entry for entry in listed if entry["name"] == "chromium")
    return Download(chromium["revision"], chromium["browserVersion"])


def downloads_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Return where Playwright keeps its browsers on Linux.

    Source: playwright 1.65, ``registryDirectory`` in ``driver/package/lib/coreBundle.js``, read
    2026-11-22: ``0`` means inside the package itself, a relative path starts at the working folder.
    """
    chosen = environment.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":
        return Path(str(files("playwright"))) / "driver/package/.local-browsers"
    if chosen:
        return Path(chosen).absolute()
    return Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "ms-playwright"


def _configured(path: Path) -> Browser:
    if _is_program(path):
        return Browser(path, "configured", None)
    raise LaunchError(
        f"capture.browser is {path}, and no program is there. "
        f"Type: ls -l {path}   (an empty capture.browser finds Playwright's or Debian's Chromium)"
    )


def _downloaded(folder: Path, revision: str) -> Path | None:
    """Return the program of a finished download.

    The folder inside is ``chrome-linux``, ``chrome-linux64`` or ``chrome-linux-arm64``, by build
    and machine. Without its mark the download was cut off. Source: as above.
    """
    build = folder / f"chromium-{revision}"
    if not (build / "INSTALLATION_COMPLETE").exists():
        return None
    programs = sorted(build.glob("chrome-linux*/chrome"))
    return next((program for program in programs if _is_program(program)), None)


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _environment() -> Mapping[str, str]:
    return os.environ  # noqa: TID251 - Playwright's setting, not one of ours
