"""A real PostgreSQL for a test session, in a directory of its own.

It listens on a socket file only, runs as an unprivileged user (PostgreSQL refuses root) and is
stopped when the test process ends, however it ends.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from archiver.capture.process import descendants
from archiver.store import schema

INSTALL = "apt-get install -y --no-install-recommends postgresql"
STARTED_WITHIN_S = 60
_numbers = count(1)


class Server:
    """A running server. ``directory`` holds its data and its socket.

    ``options`` stand in place of the tests' own: they do without fsync.
    """

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        self._options = options or {}
        self.directory = Path(tempfile.mkdtemp(prefix="archiver-postgres-"))
        self.programs = _programs()
        self._as_user = _as_unprivileged_user(self.directory)
        self._initialise()
        self._process = self._start()
        atexit.register(self.stop)

    def _initialise(self) -> None:
        command = [str(self.programs / "initdb"), "--pgdata", str(self.directory / "data")]
        command += ["--no-sync", "--auth=trust", "--username=archiver", "--encoding=UTF8"]
        done = subprocess.run(
            [*self._as_user, *command, "--locale=C.UTF-8"],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr or done.stdout}")

    def _start(self) -> subprocess.Popen[bytes]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.directory),
            "fsync": "off",
            "max_connections": "200",
            **self._options,
        }
        command = [str(self.programs / "postgres"), "-D", str(self.directory / "data")]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        log = self.directory / "log"
        with log.open("wb") as output:
            # setpriv becomes the server itself and lets it die with this process.
            process = subprocess.Popen(
                [*self._as_user, *command], stdout=output, stderr=output, cwd="/"
            )
        _wait(lambda: self._answers(process, log))
        return process

    def _answers(self, process: subprocess.Popen[bytes], log: Path) -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
        try:
            psycopg.connect(self.conninfo("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def conninfo(self, name: str) -> str:
        return f"host={self.directory} user=archiver dbname={name}"

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://archiver@/{name}?host={self.directory}"

    def create(self, template: str = "template1", encoding: str = "UTF8") -> str:
        """Create a database and return its name."""
        name = f"test_{next(_numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING {} LOCALE {}").format(
            sql.Identifier(name),
            sql.Identifier(template),
            sql.Literal(encoding),
            sql.Literal("C.UTF-8" if encoding == "UTF8" else "C"),
        )
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement)
        return name

    def crash(self) -> None:
        """Stop without a checkpoint, every connection lost: what a crash leaves."""
        self._process.send_signal(signal.SIGQUIT)  # "immediate shutdown"
        self._process.wait()

    def start(self) -> None:
        """Start again after a crash; it recovers from its log."""
        self._process = self._start()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Stop every process of it for a while: it takes what is sent and answers nothing."""
        pids = [self._process.pid]
        try:
            os.kill(self._process.pid, signal.SIGSTOP)  # it starts no other one from now on
            pids += descendants(self._process.pid)
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """Stop at once; the data is not wanted any more."""
        self._process.send_signal(signal.SIGQUIT)  # "immediate shutdown"
        self._process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


@cache
def server() -> Server:
    """Return the server of this test process, started on first use."""
    return Server()


@cache
def migrated() -> str:
    """Return the name of a database of the newest revision, to be used as a template."""
    name = server().create()
    schema.upgrade(server().url(name))
    return name


def _programs() -> Path:
    """Return the directory of the newest installed server's programs."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path is None:
        raise RuntimeError(f"the tests need a PostgreSQL server: {INSTALL}")
    return Path(on_path).resolve().parent


def _as_unprivileged_user(directory: Path) -> list[str]:
    """Return what a command begins with so that it does not run as root; own the directory."""
    command = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() != 0:
        return command
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(directory, user.pw_uid, user.pw_gid)
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [*command, *ids]


def _wait(is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_S
    while not is_ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not answer within {STARTED_WITHIN_S} s")
        time.sleep(0.02)  # a server says nowhere that it is ready
