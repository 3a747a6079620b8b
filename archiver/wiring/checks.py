"""What must be there for the product to work, checked one by one; for ``doctor``."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archiver.capture.locate import driver_program, find_browser
from archiver.errors import ArchiverError, DiskFullError, LaunchError, SchemaError
from archiver.model.inquiry import Ask, Outcome, Question
from archiver.model.room import MIB, Room, size_in_words
from archiver.net.confined import confined, end
from archiver.settings import Settings, without_passwords
from archiver.store import schema
from archiver.store.home import RESTORED_SETTINGS, SETTINGS, refuse_half_restored, refuse_root
from archiver.wiring.files import access_of, probe
from archiver.wiring.hidden import secrets_of
from archiver.wiring.mounts import full_disk_named
from archiver.wiring.reading import client_of
from archiver.wiring.schema import schema_version

MAKE_ROOM = "make room on its disk"
_HOME_MENDS = {
    errno.ENOSPC: MAKE_ROOM,
    errno.EDQUOT: MAKE_ROOM,
    errno.EROFS: "see why its disk was mounted read-only (dmesg), mend it, and mount it again;"
    " reading and backup work meanwhile",
}
PROBE_S = 30.0  # for a program that hangs
BEGIN = "see --home and ARCHIVER_HOME, or begin an archive: archiver add ARTICLE"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing checked; ``mend`` is the command or setting that mends it."""

    name: str
    is_well: bool
    found: str
    mend: str | None = None


def well(name: str, found: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name, is_well=True, found=found)


def ill(name: str, found: str, mend: str) -> Check:
    """Return a check that found something to mend."""
    return Check(name, is_well=False, found=found, mend=mend)


Checking = Callable[[Settings], Awaitable[Check]]


async def check_all(settings: Settings, *, quick: bool) -> list[Check]:
    """Check everything; ``quick`` starts no browser and asks no address."""
    quick_ones: Sequence[Checking] = (_home, _settings, _disk, _database)
    slow_ones: Sequence[Checking] = (
        check_files, _browser, _driver, _arabic, _emoji, _authority, _network,
    )  # fmt: skip
    wanted = quick_ones if quick else (*quick_ones, *slow_ones)
    return [await check(settings) for check in wanted]


async def _home(settings: Settings) -> Check:
    """Write, sync and read back, as a capture does."""
    if not settings.home.exists():
        return ill("home", f"there is no {settings.home}", BEGIN)
    try:
        refuse_root(settings.home)
    except ArchiverError as error:
        return ill("home", str(error), "become its user")
    try:
        refuse_half_restored(settings.home)
        with tempfile.NamedTemporaryFile(dir=settings.home, prefix=".doctor-") as probe:
            probe.write(b"probe")
            probe.flush()
            os.fsync(probe.fileno())
    except ArchiverError as error:
        return ill("home", str(error), "archiver restore DIR")
    except OSError as error:
        mend = _HOME_MENDS.get(
            error.errno or 0, "choose a directory you may write: --home DIR or ARCHIVER_HOME"
        )
        return ill("home", f"{settings.home}: {error.strerror}", mend)
    return well("home", str(settings.home))


async def _settings(settings: Settings) -> Check:
    """Others may not read a file of settings that holds secrets; none waits for a person."""
    name, place = "settings", settings.home / SETTINGS
    restored = settings.home / RESTORED_SETTINGS
    if restored.exists():
        found = f"{restored}, out of a backup, is not in force"
        return ill(name, found, f"look it through, then rename it to {SETTINGS}, or remove it")
    if not place.exists():
        return well(name, "no archiver.toml: defaults and environment")
    mode = place.stat().st_mode & 0o777
    text = place.read_text(encoding="utf-8")
    words = set(_words_of(tomllib.loads(text)))
    is_secret = without_passwords(text) != text or not words.isdisjoint(secrets_of(settings))
    if is_secret and mode & 0o077:
        return ill(
            name, f"others may read {place} ({mode:o}), and secrets are in it", f"chmod 600 {place}"
        )
    return well(name, str(place))


def _words_of(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _words_of(one)
        case list():
            for one in value:
                yield from _words_of(one)
        case _:
            pass


async def _disk(settings: Settings) -> Check:
    try:
        usage = shutil.disk_usage(settings.home)
    except OSError as error:
        return ill("disk", str(error.strerror), "mend the home directory first")
    room = Room(usage.free, usage.total, settings.daemon.disk_floor_mib * MIB)
    found = f"{size_in_words(room.free_bytes)} free"
    if room.is_low:
        mend = (
            f"free some space: captures need {size_in_words(room.floor_bytes)} at least,"
            f" or {room.other_way}"
        )
        return ill("disk", found, mend)
    return well("disk", found)


async def _database(settings: Settings) -> Check:
    try:
        with full_disk_named(settings):
            current, head = await asyncio.to_thread(schema_version, settings)
    except DiskFullError as error:
        return ill("database", str(error), MAKE_ROOM)
    except ArchiverError as error:
        is_file = settings.database_file is not None
        mend = "see store.database in archiver.toml"
        again = "mend its disk, or restore a backup into a new home: archiver restore"
        return ill("database", str(error), again if is_file else mend)
    if current is None:
        mend = BEGIN if settings.database_file is not None else "archiver db upgrade"
        return ill("database", "there is no archive", mend)
    try:
        schema.refuse_newer(current)
    except SchemaError as error:
        return ill("database", str(error), "install that version")
    if current != head:
        return ill("database", f"version {current}, wanted {head}", "archiver db upgrade")
    return well("database", f"version {current}")


async def check_files(settings: Settings) -> Check:
    """Write an object, read it back and remove it, where files are kept in a store."""
    try:
        access = access_of(settings)
        if access is None:
            return well("files", "in the home directory")
        await probe(access)
    except ArchiverError as error:
        return ill("files", str(error), "mend files.* in archiver.toml")
    return well("files", settings.files.url)


async def _browser(settings: Settings) -> Check:
    mend = "sudo apt-get install chromium, or set capture.browser"
    try:
        browser = find_browser(settings.capture.browser or None)
        # In a home of its own: a service's user has the archive for a home.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            shown = await _run(
                str(browser.path), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                "--proxy-server=127.0.0.1:9", "data:text/html,<p>drawn</p>",
                environment=confined(home),
            )  # fmt: skip
    except (LaunchError, OSError, TimeoutError, subprocess.SubprocessError) as error:
        return ill("browser", str(error), mend)
    if "drawn" not in shown:
        return ill("browser", f"{browser.path} starts and draws nothing", mend)
    return well("browser", f"{browser.kind}: {browser.path}")


async def _driver(_: Settings) -> Check:
    """Playwright's Node, which drives the browser, needs a library that a bare Debian lacks.

    Source: ``ldd`` of playwright 1.65's ``driver/node`` on Debian 12, tried 2026-11-29.
    """
    node = driver_program()
    try:
        shown = await _run(str(node), "--version")
    except (OSError, TimeoutError) as error:
        return ill("driver", str(error), "install the package playwright anew")
    if not shown.startswith("v"):
        mend = "sudo apt-get install libatomic1 libstdc++6"
        return ill("driver", f"{node} does not start, so no browser does", mend)
    return well("driver", f"node {shown.strip()}")


async def _arabic(_: Settings) -> Check:
    return await _font("Arabic font", ":lang=ar", "sudo apt-get install fonts-noto-core")


async def _emoji(_: Settings) -> Check:
    mend = "sudo apt-get install fonts-noto-color-emoji"
    return await _font("emoji font", ":charset=1f30a:color=true", mend)


async def _font(name: str, pattern: str, mend: str) -> Check:
    try:
        listed = await _run("fc-list", pattern, "family")
    except (OSError, TimeoutError, subprocess.SubprocessError) as error:
        return ill(name, f"fc-list: {error}", "sudo apt-get install fontconfig")
    families = sorted(set(filter(None, listed.splitlines())))
    if not families:
        return ill(name, "none: boxes are drawn", mend)
    return well(name, families[0])


async def _authority(settings: Settings) -> Check:
    """An extra authority reaches the browser through ``certutil``."""
    if not settings.net.extra_ca:
        return well("extra authority", "none set")
    if not await asyncio.to_thread(Path(settings.net.extra_ca).is_file):
        return ill("extra authority", f"{settings.net.extra_ca}: no such file", "net.extra_ca")
    if shutil.which("certutil") is None:
        mend = "sudo apt-get install libnss3-tools"
        return ill("extra authority", "certutil is not installed", mend)
    return well("extra authority", settings.net.extra_ca)


async def _network(settings: Settings) -> Check:
    if not settings.net.control_urls:
        return well("network", "net.control_urls names nobody to ask")
    answer = await client_of(settings).ask(Question(settings.net.control_urls[0], ask=Ask.CONTROL))
    if answer.outcome is Outcome.ANSWERED:
        return well("network", f"{answer.url} answered")
    found = f"{answer.outcome.value}: {answer.error or 'no answer'}"
    return ill("network", found, "check the connection, net.upstream_proxy, net.control_urls")


async def _run(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """Return what a program wrote; what it leaves running, as a wrapper script may, is ended.

    Raises:
        OSError: it cannot be started.
        TimeoutError: it did not end in time.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(PROBE_S):
            out, _ = await process.communicate()
    except TimeoutError as error:
        raise TimeoutError(f"{command[0]} did not end within {PROBE_S:.0f} s") from error
    finally:
        await end(process)
    return out.decode("utf-8", "replace")
