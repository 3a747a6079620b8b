"""A bucket of an S3-compatible store: the few things done with objects, bounded and in our words.

The library tries again what failed in passing, with growing and jittered pauses; what hangs is
ended here and tried once more. Bodies go up in one piece, so that an object is there whole or not
at all, and nothing half-sent is left in the store.

The connection is direct, as the database's is: the store is the operator's own, often at a private
address or under a single name, and its credentials may come from the machine's metadata service.
The guard, which stands between us and addresses that strangers choose, refuses all three. What the
store holds never chooses an address.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError
from obstore.store import S3Store

from archiver.errors import FilesError
from archiver.store.disk import disk_refusals
from archiver.store.ids import new_id

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import ClientConfig, S3Config, S3Credential

T = TypeVar("T")

_CHUNK = 1024 * 1024  # bytes; what is read back is hashed piece by piece
_LISTED = 100  # objects; a store answers with up to 1,000 in one page, some with fewer
_SHOWN = 300  # characters of what the store said


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a store is waited for.

    ``total`` ends the trying again of one request, and, with the time its body takes at the
    ``slowest_bytes`` a second, an attempt that hangs; there are two such attempts.
    """

    first: timedelta = timedelta(milliseconds=100)
    longest: timedelta = timedelta(seconds=5)
    retries: int = 6
    total: timedelta = timedelta(seconds=30)
    slowest_bytes: int = 128 * 1024
    attempts: int = 2


@dataclass(frozen=True, slots=True)
class Access:
    """Where a bucket is and how to get in. Without a key the library looks for one itself.

    That is the environment (``AWS_…``), a web identity, or the machine's metadata service.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    allow_http: bool = False
    path_style: bool = True
    authority: str = ""
    patience: Patience = Patience()


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as a listing shows it; ``key`` is relative to the prefix."""

    key: str
    bytes: int


Listing = list[Stored]


class Bucket:
    """One bucket, or what lies below a prefix in it."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._store = _connect(access)
        self._prefix = f"{access.prefix}/" if access.prefix else ""
        self._can_refuse = True

    def address(self, key: str) -> str:
        """Return an object's address, for people."""
        return f"s3://{self.access.bucket}/{self._prefix}{key}"

    async def check(self) -> None:
        """Ask whether the bucket is there and may be read.

        Raises:
            StoreError: it is not, or does not answer.
        """

        async def ask() -> None:
            async with aclosing(self._pages("", 1)) as pages:
                await anext(pages, None)

        await self._bounded("looking for the bucket", ask, 0)

    async def create(self, key: str, body: bytes) -> bool:
        """Store a new object; false when there is one, which stays as it is."""
        return await self._put(key, body, is_new=True)

    async def replace(self, key: str, body: bytes) -> None:
        """Store an object in the place of another one: only what was set aside is replaced."""
        await self._put(key, body, is_new=False)

    async def _put(self, key: str, body: bytes, *, is_new: bool) -> bool:
        async def put() -> bool:
            if is_new and not self._can_refuse and await self._size(key) is not None:
                return False
            try:
                await obstore.put_async(
                    self._store,
                    self._prefix + key,
                    body,
                    mode="create" if is_new and self._can_refuse else "overwrite",
                    use_multipart=False,
                )
            except AlreadyExistsError:
                return False
            return True

        async def put_somehow() -> bool:
            try:
                return await put()
            except (NotSupportedError, BaseError) as error:
                if not (is_new and self._can_refuse and _cannot_refuse(error)):
                    raise
            self._can_refuse = False  # an older store: it is asked first whether there is one
            return await put()

        return await self._bounded(f"storing {key}", put_somehow, len(body))

    async def read(self, key: str) -> bytes | None:
        """Return an object's bytes, or None when there is none."""

        async def read(within: asyncio.Timeout) -> bytes | None:
            found = await self._get(key, within)
            return None if found is None else bytes(await found.bytes_async())

        return await self._granted(f"reading {key}", read)

    async def sha256(self, key: str) -> str | None:
        """Return the digest of what is stored, read back whole, or None when there is nothing."""

        async def digest(within: asyncio.Timeout) -> str | None:
            found = await self._get(key, within)
            if found is None:
                return None
            hashed = hashlib.sha256()
            async for chunk in found.stream(_CHUNK):
                hashed.update(chunk)
            return hashed.hexdigest()

        return await self._granted(f"reading {key} back", digest)

    async def download(self, key: str, path: Path) -> str | None:
        """Write an object into a file and return the digest; None when there is no object."""

        async def download(within: asyncio.Timeout) -> str | None:
            found = await self._get(key, within)
            if found is None:
                return None
            hashed = hashlib.sha256()
            await asyncio.to_thread(_write, path, "wb", b"")
            async for chunk in found.stream(_CHUNK):
                hashed.update(chunk)
                await asyncio.to_thread(_write, path, "ab", bytes(chunk))
            return hashed.hexdigest()

        return await self._granted(f"fetching {key}", download)

    async def probe(self) -> None:
        """Write an object, read it back and remove it.

        Raises:
            StoreError: one of the three is not possible, or the store gave back something else.
        """
        key, body = f"probe/{new_id()}", b"probe"
        await self.create(key, body)
        try:
            if await self.read(key) != body:
                raise FilesError(f"{self.address(key)} does not give back what was written")
        finally:
            await self.delete(key)

    async def size(self, key: str) -> int | None:
        """Return an object's size, or None when there is none."""
        return await self._bounded(f"looking for {key}", lambda: self._size(key), 0)

    async def changed_at(self, key: str) -> datetime | None:
        """Return when an object was stored, by the store's clock, or None when there is none."""

        async def ask() -> datetime | None:
            try:
                found = await obstore.head_async(self._store, self._prefix + key)
            except FileNotFoundError:
                return None
            return found["last_modified"]

        return await self._bounded(f"looking for {key}", ask, 0)

    async def list(self, prefix: str) -> list[Stored]:
        """Return the objects below a prefix, which ends in a slash.

        The time that one request may take begins anew whenever some of them have arrived.
        """

        async def ask(within: asyncio.Timeout) -> Listing:
            found: Listing = []
            async for page in self._pages(prefix, _LISTED):
                found += page
                self._grant(within, 0)
            return found

        return await self._granted(f"listing {prefix}", ask)

    async def copy(self, key: str, to: str) -> bool:
        """Copy an object within the store, over what is there; false when there is no object."""
        size = await self.size(key)

        async def copy() -> bool:
            try:
                await obstore.copy_async(self._store, self._prefix + key, self._prefix + to)
            except FileNotFoundError:
                return False
            return True

        if size is None:
            return False
        return await self._bounded(f"copying {key}", copy, size)

    async def delete(self, key: str) -> None:
        """Remove an object; nothing happens when there is none."""

        async def delete() -> None:
            await obstore.delete_async(self._store, self._prefix + key)

        await self._bounded(f"removing {key}", delete, 0)

    async def _size(self, key: str) -> int | None:
        try:
            found = await obstore.head_async(self._store, self._prefix + key)
        except FileNotFoundError:
            return None
        return int(found["size"])

    async def _get(self, key: str, within: asyncio.Timeout) -> GetResult | None:
        """Ask for an object; what its size says it may take is granted."""
        try:
            found = await obstore.get_async(self._store, self._prefix + key)
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise
            return None
        self._grant(within, found.meta["size"])
        return found

    async def _pages(self, prefix: str, chunk: int) -> AsyncGenerator[Listing, None]:
        listed = obstore.list(self._store, self._prefix + prefix, chunk_size=chunk)
        async for page in listed:
            yield [Stored(one["path"].removeprefix(self._prefix), one["size"]) for one in page]

    def _grant(self, within: asyncio.Timeout, size: int) -> None:
        """Give what follows the time that a body of this size may take, from now on."""
        within.reschedule(asyncio.get_running_loop().time() + self._seconds(size))

    def _seconds(self, size: int) -> float:
        patience = self.access.patience
        return patience.total.total_seconds() + size / patience.slowest_bytes

    async def _bounded(self, doing: str, do: Callable[[], Awaitable[T]], size: int) -> T:
        async def timed(_: asyncio.Timeout) -> T:
            return await do()

        return await self._granted(doing, timed, size)

    async def _granted(
        self, doing: str, do: Callable[[asyncio.Timeout], Awaitable[T]], size: int = 0
    ) -> T:
        """Do something that may hang or be cut off; again when it was, and then no more."""
        with self._refusals(doing):
            for _ in range(1, self.access.patience.attempts):
                try:
                    return await self._attempt(do, size)
                except (TimeoutError, BaseError) as error:
                    if isinstance(error, BaseError) and _CUT_OFF not in str(error):
                        raise
            return await self._attempt(do, size)

    async def _attempt(self, do: Callable[[asyncio.Timeout], Awaitable[T]], size: int) -> T:
        async with asyncio.timeout(self._seconds(size)) as within:
            return await do(within)

    @contextmanager
    def _refusals(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            raise FilesError(self._in_words(doing, error)) from error

    def _in_words(self, doing: str, error: Exception) -> str:
        where = f"the file store s3://{self.access.bucket}"
        said = str(error)
        if isinstance(error, TimeoutError):
            return f"{where} does not answer: {doing} took too long; see files.endpoint"
        if "NoSuchBucket" in said:
            return f"{where} is not there; make the bucket, or mend files.url"
        if any(word in said for word in _FORBIDDEN):
            return f"{where} does not let us in: {doing} was refused; see files.access_key"
        first = (said.strip().splitlines() or [type(error).__name__])[0][:_SHOWN]
        return f"{where} failed: {doing} ({first}); see files.endpoint"


_CUT_OFF = "HTTP error: "  # the library's words for a broken connection; of answers it has others

_FORBIDDEN = (
    "403 Forbidden", "401 Unauthorized", "AccessDenied", "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
)  # fmt: skip


def _cannot_refuse(error: Exception) -> bool:
    """Whether a store said that it knows no conditions: 501, as the S3 reference has it."""
    said = str(error)
    return isinstance(error, NotSupportedError) or "501 Not" in said or "NotImplemented" in said


def _write(path: Path, mode: Literal["wb", "ab"], chunk: bytes) -> None:
    with disk_refusals(f"fetching into {path}"), path.open(mode) as file:
        file.write(chunk)


def _connect(access: Access) -> S3Store:
    config: S3Config = {
        "bucket": access.bucket,
        "region": access.region,
        "virtual_hosted_style_request": not access.path_style,
        "disable_bulk_delete": True,  # several stores have only the plain one
    }
    if access.endpoint:
        config["endpoint"] = _endpoint(access)
    # Ended by our own clock, which knows how long a body may take.
    client: ClientConfig = {"allow_http": access.allow_http, "timeout": timedelta(hours=1)}
    if access.authority:
        client["root_certificate"] = access.authority
    patience = access.patience
    return S3Store(
        config=config,
        client_options=client,
        retry_config={
            "max_retries": patience.retries,
            "retry_timeout": patience.total,
            "backoff": {
                "init_backoff": patience.first,
                "max_backoff": patience.longest,
                "base": 2,
            },
        },
        credential_provider=_credentials(access) if access.access_key else None,
    )


def _credentials(access: Access) -> Callable[[], S3Credential]:
    """Give the keys of the settings, and nothing of the environment beside them."""
    return lambda: {
        "access_key_id": access.access_key,
        "secret_access_key": access.secret_key,
        "token": None,
        "expires_at": None,
    }


def _endpoint(access: Access) -> str:
    """Return the endpoint as the library wants it: with the bucket's name when it is a host's."""
    if access.path_style:
        return access.endpoint
    scheme, _, rest = access.endpoint.partition("://")
    return f"{scheme}://{access.bucket}.{rest}"
