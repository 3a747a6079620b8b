"""Read a WARC back, as any other program would."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator


@dataclass(frozen=True)
class Kept:
    """One record: its own fields, its HTTP head's lines and its body as stored."""

    type: str
    url: str
    fields: list[tuple[str, str]]
    first_line: str
    head: list[tuple[str, str]]
    body: bytes

    def field(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key == name), None)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def header(self, name: str) -> str | None:
        return next((v for k, v in self.head if k.lower() == name.lower()), None)

    def headers(self, name: str) -> list[str]:
        return [v for k, v in self.head if k.lower() == name.lower()]

    @property
    def status(self) -> int:
        return int(self.first_line.split()[0])


def read_warc(folder: Path) -> list[Kept]:
    kept = []
    with (folder / "capture.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            http = record.http_headers
            kept.append(
                Kept(
                    record.rec_type,
                    record.rec_headers.get_header("WARC-Target-URI") or "",
                    list(record.rec_headers.headers),
                    http.statusline if http else "",
                    list(http.headers) if http else [],
                    record.raw_stream.read(),
                )
            )
    return kept


def responses(folder: Path, url: str) -> list[Kept]:
    return [one for one in read_warc(folder) if one.url == url and one.type == "response"]


def response(folder: Path, url: str) -> Kept:
    (only,) = responses(folder, url)
    return only


def request(folder: Path, url: str) -> Kept:
    (only,) = [one for one in read_warc(folder) if one.url == url and one.type == "request"]
    return only


def check(program: list[str], path: Path) -> str:
    """Ask an independent reader; ``right``, or what it complains of."""
    command = [str(Path(sys.executable).with_name(program[0])), *program[1:], str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "right" if done.returncode == 0 else done.stdout + done.stderr
