"""All settings together, and where they come from."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from typing_extensions import override

from archiver.settings.archives import ArchivesSettings
from archiver.settings.capture import CaptureSettings
from archiver.settings.credentials import AccountSettings, CredentialSettings
from archiver.settings.daemon import DaemonSettings, LogSettings
from archiver.settings.judge import JudgeSettings
from archiver.settings.net import NetSettings
from archiver.settings.notify import NotifySettings
from archiver.settings.schedule import ScheduleSettings
from archiver.settings.store import FilesSettings, StoreSettings


class Settings(BaseSettings):
    """All settings. ``home`` is the one directory that holds everything."""

    model_config = SettingsConfigDict(
        env_prefix="ARCHIVER_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    home: Path = Field(description="The directory that holds everything.")
    store: StoreSettings = StoreSettings()
    files: FilesSettings = FilesSettings()
    net: NetSettings = NetSettings()
    capture: CaptureSettings = CaptureSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    judge: JudgeSettings = JudgeSettings()
    daemon: DaemonSettings = DaemonSettings()
    credentials: CredentialSettings = CredentialSettings()
    archives: ArchivesSettings = ArchivesSettings()
    accounts: AccountSettings = AccountSettings()
    notify: NotifySettings = NotifySettings()
    log: LogSettings = LogSettings()

    @override
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the file in the home directory below the environment; read no ``.env``."""
        given = init_settings()
        file = Path(str(given["home"])) / "archiver.toml"
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file))

    @property
    def database_url(self) -> str:
        """The database's address, the embedded one by default."""
        return self.store.database or f"sqlite:///{self.home / 'archiver.db'}"

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for a server's."""
        kind, _, path = self.database_url.partition(":///")
        return Path(path) if kind.startswith("sqlite") else None
