"""Who called this program, by the system's word."""

from __future__ import annotations

import os
import pwd

_FIRST_PERSON = 1000
"""Lower numbers are root and services, which a person becomes by sudo alone.

Source: https://www.debian.org/doc/debian-policy/ch-opersys.html#uid-and-gid-classes, 2026-11-29.
"""


def caller() -> str:
    """Return the name of the system user; for root and services, of who called sudo.

    What other users have in their environment is their own word: it counts for nothing. So does
    ``/proc/self/loginuid``: where no login sets it, any user may, once (seen on 2026-11-29). A user
    may have no name, as in a container that was started with a number; then it is that.
    """
    number = os.getuid()
    through_sudo = os.environ.get("SUDO_USER")
    if through_sudo and number < _FIRST_PERSON:
        return through_sudo
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
