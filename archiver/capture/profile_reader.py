"""The process that reads a browser profile and writes its cookies to a pipe.

Started as ``python -m archiver.capture.profile_reader BROWSER PROFILE``. The profile is copied
first, because its owner may be using it; the copy is gone afterwards. The browser is started
offline.

Source: Chromium, docs/user_data_dir.md; on Linux only profiles whose cookies were written without
a key ring (``--password-store=basic``) can be read elsewhere (components/os_crypt), 2026-11.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Error, async_playwright

# What holds cookies, and the key to them; caches and histories stay where they are.
KEPT = ("Local State", "Default/Cookies", "Default/Cookies-journal", "Default/Network/Cookies",
        "Default/Network/Cookies-journal", "Default/Preferences")  # fmt: skip
OFFLINE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--password-store=basic")


def copy_profile(profile: Path, to: Path) -> None:
    """Copy what holds cookies.

    Raises:
        OSError: there is nothing that does, or it cannot be read.
    """
    there = [name for name in KEPT if (profile / name).is_file()]
    if not any(name.endswith("Cookies") for name in there):
        raise FileNotFoundError(profile)
    for name in there:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(profile / name, to / name)


async def _ask(browser: str, folder: str) -> Sequence[object]:
    async with async_playwright() as driver:
        context = await driver.chromium.launch_persistent_context(
            folder, executable_path=browser, headless=True, args=list(OFFLINE), timeout=30_000
        )
        try:
            return await context.cookies()
        finally:
            await context.close()


def main() -> int:
    """Write the cookies as JSON."""
    browser, profile = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="archiver-profile-", ignore_cleanup_errors=True) as own:
        try:
            copy_profile(Path(profile), Path(own))
            json.dump(asyncio.run(_ask(browser, own)), sys.stdout)
        except (Error, OSError):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
