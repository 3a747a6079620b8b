"""Read the cookies of a browser profile, by the browser itself: it alone can decipher them.

A process of its own does it, see :mod:`archiver.capture.profile_reader`, and hands them over in a
pipe.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver.errors import OutsideError
from archiver.net.accounts import Cookie
from archiver.net.confined import confined

READ_S = 60


async def read_profile(browser: str, profile: Path) -> list[Cookie]:
    """Return the cookies of a profile directory (Chromium's user data directory).

    Raises:
        OutsideError: it cannot be read; the message shows nothing of it.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "archiver.capture.profile_reader", browser, str(profile),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=confined(tempfile.gettempdir()),
    )  # fmt: skip
    try:
        async with asyncio.timeout(READ_S):
            told, _ = await process.communicate()
        return [_cookie(one) for one in json.loads(told)]
    except (TimeoutError, ValueError, KeyError) as error:
        raise OutsideError(f"the browser profile {profile} cannot be read") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _cookie(told: dict[str, Any]) -> Cookie:
    expires = float(told["expires"])
    return Cookie(
        domain=told["domain"],
        path=told["path"],
        name=told["name"],
        value=told["value"],
        secure=bool(told["secure"]),
        http_only=bool(told["httpOnly"]),
        expires=datetime.fromtimestamp(expires, UTC) if expires > 0 else None,
    )
