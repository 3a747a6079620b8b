"""Where rows and files are kept."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import SecretStr, model_validator

from archiver.settings.section import Mebibytes, Section, setting


class StoreSettings(Section):
    """Where rows are kept."""

    database: str = setting(
        "",
        "Database address; empty is SQLite in the home directory. PostgreSQL: "
        "postgresql+psycopg://user@host/name, for more than one machine.",
    )
    queue: Literal["embedded", "procrastinate"] = setting(
        "embedded",
        "How workers hear of jobs: embedded, they ask the database; procrastinate, messages in "
        "PostgreSQL wake them, for many machines. Then: archiver db upgrade.",
    )

    @model_validator(mode="after")
    def _messages_need_a_server(self) -> Self:
        if self.queue == "procrastinate" and not self.database.startswith("postgresql"):
            message = "queue: procrastinate needs database to be PostgreSQL"
            raise ValueError(message)
        return self

    @property
    def is_server(self) -> bool:
        """Tell whether the database is a server that many machines share."""
        return self.database.startswith("postgres")


class FilesSettings(Section):
    """Where captures and answers are kept: the home directory, or a store that machines share."""

    url: str = setting(
        "",
        "s3://bucket or s3://bucket/prefix of an S3-compatible store, for more than one machine; "
        "empty is the home directory. Every file is read back before it counts.",
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?)?$",
    )
    endpoint: str = setting(
        "",
        "Address of the store, such as https://objects.example.org:9000; empty is Amazon's of the "
        "region. It is the operator's own, as the database is: net.allow need not name it.",
        pattern=r"^(https?://[^/\s@]+/?)?$",
    )
    region: str = setting("us-east-1", "Region of the bucket; most stores but Amazon's ignore it.")
    access_key: str = setting(
        "",
        "Name of the key; empty: the environment (AWS_ACCESS_KEY_ID …) or the machine's own role.",
    )
    secret_key: SecretStr = setting(SecretStr(""), "Secret of the key.")
    allow_http: bool = setting(
        default=False, reason="Let an http:// endpoint be asked: evidence and its key go in clear."
    )
    path_style: bool = setting(
        default=True,
        reason="The bucket is the first part of the path; false: of the host, for stores that "
        "want that.",
    )
    cache_mib: Mebibytes = setting(
        1024, "Most that copies fetched for people may take on this machine, MiB.", ge=1
    )
