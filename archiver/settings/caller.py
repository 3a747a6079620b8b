"""Who called this program, by the system's word."""

from __future__ import annotations

import getpass
import os


def caller() -> str:
    """Return the name of the system user: who called sudo, where that was called.

    A user may have no name, as in a container that was started with a number; then it is that.
    """
    through_sudo = os.environ.get("SUDO_USER")
    if through_sudo:
        return through_sudo
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # OSError: from Python 3.13 on
        return f"uid {os.getuid()}"
