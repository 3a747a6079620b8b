"""Every setting, once: its name, default, unit and reason.

Read in this order, later ones win: the defaults below (which ``config/archiver.toml`` repeats for
people), ``archiver.toml`` in the home directory, the environment (``ARCHIVER_NET__ALLOW='[…]'``),
the command line. Nothing else in the product reads the environment.
"""

from __future__ import annotations

from archiver.settings.archives import ArchivesSettings
from archiver.settings.caller import caller
from archiver.settings.capture import CaptureSettings
from archiver.settings.credentials import AccountSettings, CredentialSettings
from archiver.settings.daemon import DaemonSettings, LogSettings
from archiver.settings.judge import JudgeSettings
from archiver.settings.loading import default_home, load
from archiver.settings.net import NetSettings
from archiver.settings.notify import NotifySettings, TargetSettings
from archiver.settings.passwords import without_passwords
from archiver.settings.schedule import ScheduleSettings
from archiver.settings.store import FilesSettings, StoreSettings
from archiver.settings.supervisor import Supervisor, supervisor
from archiver.settings.whole import Settings
from archiver.settings.written import as_table, as_toml

__all__ = [
    "AccountSettings",
    "ArchivesSettings",
    "CaptureSettings",
    "CredentialSettings",
    "DaemonSettings",
    "FilesSettings",
    "JudgeSettings",
    "LogSettings",
    "NetSettings",
    "NotifySettings",
    "ScheduleSettings",
    "Settings",
    "StoreSettings",
    "Supervisor",
    "TargetSettings",
    "as_table",
    "as_toml",
    "caller",
    "default_home",
    "load",
    "supervisor",
    "without_passwords",
]
