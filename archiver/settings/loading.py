"""Reading the settings, and saying in one line what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from archiver.errors import SettingsError
from archiver.settings.whole import Settings

_WITH_SECRETS = ("files.secret_key", "credentials", "notify")
"""Sections whose values an error does not repeat."""


def default_home() -> Path:
    """Return the home directory: ``ARCHIVER_HOME``, else the XDG data directory's ``archiver``."""
    named = os.environ.get("ARCHIVER_HOME")
    if named:
        return Path(named).expanduser().absolute()
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data).expanduser().absolute() / "archiver"


def load(home: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read all settings.

    Raises:
        SettingsError: a setting has a value that cannot be, or a name nobody knows.
    """
    chosen = home.expanduser().absolute() if home else default_home()
    if chosen.exists() and not chosen.is_dir():
        message = f"{chosen} is no directory; name one with --home or ARCHIVER_HOME"
        raise SettingsError(message)
    _refuse_no_file(chosen / "archiver.toml")
    _refuse_unknown_variables()
    try:
        return Settings(home=chosen, **(overrides or {}))
    except ValidationError as error:
        raise SettingsError(_in_words(error, chosen)) from error
    except ValueError as error:  # a file that is no TOML, an environment value that is no JSON
        message = f"settings cannot be read ({chosen / 'archiver.toml'} or environment): {error}"
        raise SettingsError(message) from error


def _refuse_no_file(place: Path) -> None:
    """Refuse settings that would be passed over: a directory, or a link that leads nowhere.

    Raises:
        SettingsError: something is there, and it is no file.
    """
    if os.path.lexists(place) and not place.is_file():
        message = f"{place} is no file, so its settings cannot be read; remove it or mend it"
        raise SettingsError(message)


def _refuse_unknown_variables() -> None:
    """Refuse ``ARCHIVER_…`` names that mean nothing: a misspelt setting must not do nothing.

    Raises:
        SettingsError: one is set.
    """
    known = {f"ARCHIVER_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith("ARCHIVER_") and name.partition("__")[0].upper() not in known:
            message = f"{name} is no setting; see: archiver settings"
            raise SettingsError(message)


def _in_words(error: ValidationError, home: Path) -> str:
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    setting = [part for part in first["loc"] if isinstance(part, str)][:2]
    variable = "ARCHIVER_" + "__".join(setting).upper()
    given = "" if name.startswith(_WITH_SECRETS) else f" (given: {first['input']!r})"
    return (
        f"setting {name}: {first['msg']}{given}; mend it in {home / 'archiver.toml'} or {variable}"
    )
