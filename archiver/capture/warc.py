"""WARC 1.1 files: one gzip member a record, what was on the wire or what the browser made of it.

The library builds and writes the records; this module decides what goes in. It overrides three
habits of the library that would cost evidence or time: it rewrites header bytes, hashes with
SHA-1, and compresses what is compressed already. It never publishes a file: ``close`` makes the
file whole and durable under its own name, moving it to its lasting place is the caller's.

Source: WARC 1.1, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
(read 2026-11-20); community recommendations on digests and repeated fields, same site.
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO

from typing_extensions import override
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import BaseWARCWriter

from archiver.model.capture import HeldPayload, WarcRecord
from archiver.model.inquiry import Exchange

REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
TEXT_LEVEL = 6  # level 9 costs twice the time here for one per cent
STORED_LEVEL = 0  # photographs do not shrink; trying costs a tenth of a capture
SMALL_BYTES = 4096  # below this a member is mostly headers, which do shrink
COPY_BYTES = 256 * 1024  # a larger chunk than the library's 16 KiB: fewer turns, same result

PACKED_TYPES = (
    "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic",
    "video/", "audio/", "font/woff", "application/font-woff", "application/pdf",
    "application/zip", "application/gzip", "application/x-gzip", "application/x-7z-compressed",
    "application/zstd", "application/x-brotli",
)  # fmt: skip
PACKED_CODINGS = ("gzip", "x-gzip", "br", "zstd", "deflate")


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes that are read once more when written: where they begin in ``stream``, how many."""

    stream: IO[bytes]
    length: int
    sha256: str

    @classmethod
    def of(cls, body: bytes) -> Payload:
        """Wrap bytes at hand."""
        return cls(io.BytesIO(body), len(body), hashlib.sha256(body).hexdigest())

    def chunks(self) -> Iterator[bytes]:
        """Read it from the start, a piece at a time."""
        self.stream.seek(0)
        while chunk := self.stream.read(COPY_BYTES):
            yield chunk

    def close(self) -> None:
        """Let go of the bytes, and of the file they may wait in."""
        self.stream.close()


@dataclass(frozen=True, slots=True)
class HttpEntry:
    """One request and response as they go into the file, byte for byte.

    ``request`` is head and body. ``head`` is the response's status line and header block, final
    blank line included. ``at`` is when the request began: both records carry it. ``truncated`` is
    the WARC-Truncated word when ``body`` is not whole.
    """

    url: str
    at: datetime
    request: bytes
    head: bytes
    body: Payload
    ip: str | None = None
    protocols: tuple[str, ...] = ()
    truncated: str | None = None
    resource_type: str | None = None

    @classmethod
    def from_exchange(cls, exchange: Exchange) -> HttpEntry:
        """Take an exchange of the client.

        A chunked body was joined, so its ``Transfer-Encoding`` no longer describes it and a
        reader would take the first bytes for a chunk size: the name gets the prefix that replay
        software knows. Every other byte of the head stays.
        """
        head = rename_transfer_coding(exchange.head) if exchange.chunked else exchange.head
        return cls(
            url=exchange.url,
            at=exchange.at,
            request=exchange.request,
            head=head,
            body=Payload.of(exchange.body),
            ip=exchange.ip,
            protocols=exchange.protocols,
            truncated=exchange.truncated,
        )

    @property
    def status(self) -> int | None:
        """The number in the status line, or None when there is none."""
        words = self.head.split(b"\r\n", 1)[0].split(None, 2)
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else None

    def header(self, name: str) -> str | None:
        """Return the first response header of that name, in any case."""
        return next((value for key, value in head_fields(self.head) if key == name.lower()), None)

    @property
    def media_type(self) -> str | None:
        """The response's media type in lower case without parameters."""
        value = self.header("content-type")
        return value.partition(";")[0].strip().lower() or None if value else None


def head_fields(head: bytes) -> Iterator[tuple[str, str]]:
    """Read (name in lower case, value) of a header block, in order."""
    for line in head.split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            yield name.strip().lower().decode("latin-1"), value.strip().decode("latin-1")


def rename_transfer_coding(head: bytes) -> bytes:
    """Give ``Transfer-Encoding`` the ``x-orig-`` prefix, leaving every other byte alone."""
    lines = head.split(b"\r\n")
    return b"\r\n".join(
        b"x-orig-" + line if line.lower().startswith(b"transfer-encoding:") else line
        for line in lines
    )


def compression_level(media_type: str | None, coding: str | None, length: int) -> int:
    """Choose how hard to try: not at all for a body that is compressed already."""
    packed = (media_type or "").startswith(PACKED_TYPES) or (coding or "") in PACKED_CODINGS
    return STORED_LEVEL if packed and length >= SMALL_BYTES else TEXT_LEVEL


def random_id() -> str:
    """Make a record ID."""
    return f"urn:uuid:{uuid.uuid4()}"


def warc_date(at: datetime) -> str:
    """Write a moment as WARC 1.1 does, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sync_directory(path: Path) -> None:
    """Make a rename in a directory survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _ExactHeaders(StatusAndHeaders):
    """A header block that is written as it was received."""

    def __init__(self, head: bytes) -> None:
        super().__init__("", [], protocol="HTTP/1.1")  # type: ignore[no-untyped-call]  # warcio's
        self.headers_buff = head

    @override
    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Keep the bytes: the library's own rendering re-encodes and drops some."""

    @override
    def __bool__(self) -> bool:
        """The library leaves out a block that is false, as one without parsed fields would be."""
        return True


class _Member:
    """One gzip member: what the library writes a record to."""

    def __init__(self, out: BinaryIO, level: int) -> None:
        self._out = out
        self._packer = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16)

    def write(self, chunk: bytes) -> None:
        self._out.write(self._packer.compress(chunk))

    def flush(self) -> None:
        self._out.write(self._packer.flush())


class _Writer(BaseWARCWriter):
    """The library's writer with a compression level of our choice."""

    def __init__(self) -> None:
        super().__init__(gzip=False, warc_version="WARC/1.1")  # type: ignore[no-untyped-call]  # same

    def write_member(self, record: ArcWarcRecord, out: BinaryIO, level: int) -> None:
        """Write one record as one gzip member."""
        self._write_warc_record(_Member(out, level), record)  # type: ignore[no-untyped-call]  # same

    @override
    def ensure_digest(
        self,
        record: ArcWarcRecord,
        block: bool = True,
        payload: bool = True,
    ) -> None:
        """Add none: ours are SHA-256, and a resource has no payload apart from its block."""

    @staticmethod
    @override
    def _iter_stream(stream: BinaryIO) -> Iterator[bytes]:
        while chunk := stream.read(COPY_BYTES):
            yield chunk


Fields = Sequence[tuple[str, str | None]]


class WarcFile:
    """A WARC file being written, under ``<path>.part`` until it is closed.

    ``create`` or ``reopen`` comes first. Not for several threads at a time. The ``warcinfo``
    record stands first and every other record names it.
    """

    def __init__(
        self,
        path: Path,
        *,
        page_id: str | None = None,
        new_id: Callable[[], str] = random_id,
    ) -> None:
        self.path = path
        self.page_id = page_id
        self._new_id = new_id
        self._writer = _Writer()
        self._part = path.with_name(path.name + ".part")
        self._out: BinaryIO = io.BytesIO()
        self._info_id = ""

    def create(self, info: Mapping[str, str], at: datetime) -> WarcFile:
        """Begin a new file with its ``warcinfo``."""
        self._out = self._part.open("wb")
        self._info_id = self._add_info(info, at)
        return self

    def reopen(self, keep_bytes: int | None = None) -> WarcFile:
        """Go on with a file written before, closed or left as ``.part`` by a writer that died.

        ``keep_bytes`` cuts what follows the last record known to be whole: whatever is appended
        to a torn record is lost to every reader.

        Raises:
            OSError: there is no such file.
        """
        if self.path.exists():
            self.path.rename(self._part)
        self._info_id = _first_record_id(self._part)
        self._out = self._part.open("r+b")
        if keep_bytes is not None:
            self._out.truncate(keep_bytes)
        self._out.seek(0, io.SEEK_END)
        return self

    def add_exchange(
        self, entry: HttpEntry, held: HeldPayload | None = None
    ) -> tuple[WarcRecord, WarcRecord]:
        """Write a response, or its revisit when the payload is held, and at once its request.

        Readers join the two only when they stand next to each other, response first.
        """
        response_id = self._new_id()
        response = self._add_response(entry, response_id, held)
        request = self._add_request(entry, response_id)
        return response, request

    def add_resource(
        self,
        uri: str,
        media_type: str,
        body: Payload,
        at: datetime,
        concurrent_to: str | None = None,
    ) -> WarcRecord:
        """Write something we made of the page, a screenshot or its text, under a ``urn:`` name."""
        record_id = self._new_id()
        fields = [
            *self._fields("resource", record_id, uri, at),
            ("WARC-Concurrent-To", f"<{concurrent_to}>" if concurrent_to else None),
            ("WARC-Block-Digest", f"sha256:{body.sha256}"),
        ]
        level = compression_level(media_type, None, body.length)
        offset, length = self._write(fields, media_type, None, body, level)
        return WarcRecord(
            record_id=record_id, type="resource", url=uri, at=at, status=None,
            media_type=media_type, payload_sha256=body.sha256, offset=offset, length=length,
            page_id=self.page_id,
        )  # fmt: skip

    def flush(self) -> int:
        """Hand what is written to the system and return the file's length so far."""
        self._out.flush()
        return self._out.tell()

    def close(self) -> Path:
        """Make the file whole: fsync it, give it its name, fsync the directory.

        Raises:
            OSError: the disk refused; nothing of this file may be relied on.
        """
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        self._part.rename(self.path)
        sync_directory(self.path.parent)
        return self.path

    def abandon(self) -> None:
        """Stop writing and leave the ``.part`` as it is."""
        self._out.close()

    def _add_info(self, info: Mapping[str, str], at: datetime) -> str:
        record_id = self._new_id()
        lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in info.items())
        body = Payload.of(lines.encode("utf-8"))
        fields: Fields = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", f"<{record_id}>"),
            ("WARC-Filename", self.path.name),
            ("WARC-Date", warc_date(at)),
            ("WARC-Block-Digest", f"sha256:{body.sha256}"),
        ]
        self._write(fields, "application/warc-fields", None, body, TEXT_LEVEL)
        return record_id

    def _add_response(
        self, entry: HttpEntry, record_id: str, held: HeldPayload | None
    ) -> WarcRecord:
        kind = "revisit" if held else "response"
        stored = Payload.of(b"") if held else entry.body
        fields = [
            *self._exchange_fields(kind, record_id, entry),
            ("WARC-Truncated", "length" if held else entry.truncated),
            ("WARC-Payload-Digest", f"sha256:{entry.body.sha256}"),
            ("WARC-Block-Digest", _block_digest(entry.head, stored)),
        ]
        if held:
            fields += _revisit_fields(held)
        level = compression_level(entry.media_type, entry.header("content-encoding"), stored.length)
        media_type = "application/http; msgtype=response"
        offset, length = self._write(fields, media_type, entry.head, stored, level)
        return WarcRecord(
            record_id=record_id, type=kind, url=entry.url, at=entry.at, status=entry.status,
            media_type=entry.media_type, payload_sha256=entry.body.sha256, offset=offset,
            length=length, refers_to=held.record_id if held else None, page_id=self.page_id,
        )  # fmt: skip

    def _add_request(self, entry: HttpEntry, response_id: str) -> WarcRecord:
        record_id = self._new_id()
        head, blank, rest = entry.request.partition(b"\r\n\r\n")
        body = Payload.of(rest)
        fields = [
            *self._exchange_fields("request", record_id, entry),
            ("WARC-Concurrent-To", f"<{response_id}>"),
            ("WARC-Payload-Digest", f"sha256:{body.sha256}"),
            ("WARC-Block-Digest", _block_digest(head + blank, body)),
        ]
        media_type = "application/http; msgtype=request"
        offset, length = self._write(fields, media_type, head + blank, body, TEXT_LEVEL)
        return WarcRecord(
            record_id=record_id, type="request", url=entry.url, at=entry.at, status=None,
            media_type=None, payload_sha256=body.sha256 if rest else None, offset=offset,
            length=length, page_id=self.page_id,
        )  # fmt: skip

    def _fields(
        self, kind: str, record_id: str, url: str, at: datetime
    ) -> list[tuple[str, str | None]]:
        return [
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<{record_id}>"),
            ("WARC-Target-URI", url),
            ("WARC-Date", warc_date(at)),
            ("WARC-Warcinfo-ID", f"<{self._info_id}>"),
            ("WARC-Page-ID", self.page_id),
        ]

    def _exchange_fields(
        self, kind: str, record_id: str, entry: HttpEntry
    ) -> list[tuple[str, str | None]]:
        return [
            *self._fields(kind, record_id, entry.url, entry.at),
            ("WARC-IP-Address", entry.ip),
            *(("WARC-Protocol", protocol) for protocol in entry.protocols),
            ("WARC-Resource-Type", entry.resource_type),
        ]

    def _write(
        self, fields: Fields, media_type: str, head: bytes | None, body: Payload, level: int
    ) -> tuple[int, int]:
        """Write one record; return where its gzip member begins and how long it is."""
        named = [(name, _one_line(value)) for name, value in fields if value is not None]
        body.stream.seek(0)
        record = ArcWarcRecord(
            "warc",
            dict(named)["WARC-Type"],
            StatusAndHeaders("", named, protocol="WARC/1.1"),
            body.stream,
            _ExactHeaders(head) if head is not None else None,
            media_type,
            body.length,
        )
        record.payload_length = body.length
        offset = self._out.tell()
        self._writer.write_member(record, self._out, level)
        return offset, self._out.tell() - offset


def _revisit_fields(held: HeldPayload) -> Fields:
    return [
        ("WARC-Profile", REVISIT_PROFILE),
        ("WARC-Refers-To", f"<{held.record_id}>"),
        ("WARC-Refers-To-Target-URI", held.url),
        ("WARC-Refers-To-Date", warc_date(held.at)),
    ]


def _block_digest(head: bytes, body: Payload) -> str:
    digest = hashlib.sha256(head)
    for chunk in body.chunks():
        digest.update(chunk)
    return f"sha256:{digest.hexdigest()}"


def _one_line(value: str) -> str:
    """Keep a value on its line: a line feed in an address would forge a field."""
    return " ".join(value.splitlines()) if value else value


def _first_record_id(path: Path) -> str:
    with path.open("rb") as stream:
        record = next(iter(ArchiveIterator(stream)))
        return str(record.rec_headers.get_header("WARC-Record-ID")).strip("<>")
