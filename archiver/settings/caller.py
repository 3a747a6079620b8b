"""Who called this program, by the system's word."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

_FIRST_PERSON = 1000
"""Lower numbers are root and services, which a person becomes by sudo alone.

Source: https://www.debian.org/doc/debian-policy/ch-opersys.html#uid-and-gid-classes, 2026-11-29.
"""

_LOGGED_IN = Path("/proc/self/loginuid")
"""The number of who logged in: sudo leaves it as it is and, once set, only root changes it.

Where nobody logged in, as in a container, it is no user's.

Source: Linux's Documentation/ABI/stable/procfs-audit_loginuid, 2026-11-29.
"""


def caller() -> str:
    """Return the name of the system user; for root and services, of who called sudo.

    What other users have in their environment is their own word: it counts for nothing, unless the
    kernel says so, too. Thus a service whose number is like a person's is told from a person. A
    user may have no name, as in a container that was started with a number; then it is that.
    """
    number = os.getuid()
    through_sudo = os.environ.get("SUDO_USER")
    if through_sudo and (number < _FIRST_PERSON or _has_logged_in(through_sudo)):
        return through_sudo
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def _has_logged_in(name: str) -> bool:
    try:
        return pwd.getpwnam(name).pw_uid == int(_LOGGED_IN.read_text(encoding="ascii"))
    except (KeyError, OSError, ValueError):  # no such user; a kernel without audit, a hidden /proc
        return False
