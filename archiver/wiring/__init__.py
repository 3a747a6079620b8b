"""Who fills the ports: builds the real clock, store, client and recorder from settings."""

from __future__ import annotations

from archiver.wiring.archive import Archive
from archiver.wiring.captures import Captured, Located
from archiver.wiring.keeping import Acted, restore_backup
from archiver.wiring.reading import read_only
from archiver.wiring.schema import schema_version, upgrade_schema
from archiver.wiring.supply import read_bytes
from archiver.wiring.views import (
    ArticleDossier,
    CitationDossier,
    Dossier,
    Status,
)

__all__ = [
    "Acted",
    "Archive",
    "ArticleDossier",
    "Captured",
    "CitationDossier",
    "Dossier",
    "Located",
    "Status",
    "read_bytes",
    "read_only",
    "restore_backup",
    "schema_version",
    "upgrade_schema",
]
