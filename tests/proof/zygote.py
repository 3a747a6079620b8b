"""Starts commands of the product by forking a process that has its libraries loaded already.

What comes out is a process like any other: of its own session, with its own output, killed by the same
signals. Only the second that loading takes is saved, which is most of a hundred starts.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from types import FrameType
from typing import Any

from tests.acceptance.world import ROOT


class Forked:
    """A forked process, seen as one that asyncio started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.line: asyncio.StreamWriter | None = None
        self._ended = asyncio.Event()

    def ended(self, code: int) -> None:
        self.returncode = code
        self._ended.set()

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    async def close(self) -> None:
        """Let go of the child's standard error, once it was read to its end."""
        if self.line is not None:
            self.line.close()
            await self.line.wait_closed()

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode


class Zygote:
    """The process to fork from, with the environment that its children are to have."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._forked: dict[int, Forked] = {}
        self._starting: asyncio.Queue[Forked] = asyncio.Queue()

    async def __aenter__(self) -> Zygote:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.proof.zygote", str(theirs.fileno()),
                env=self._env, cwd=ROOT, pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
        reader, self._writer = await asyncio.open_connection(sock=self._line.dup())
        self._hearing = asyncio.create_task(self._hear(reader))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hearing.cancel()
        self._writer.close()
        self._line.close()
        self._process.kill()
        await self._process.wait()

    async def start(self, command: str) -> tuple[Forked, asyncio.StreamReader]:
        """Start a command; return it, and what it writes to standard error."""
        mine, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._line, [f"{command}\n".encode()], [theirs.fileno()])
        reader, writer = await asyncio.open_connection(sock=mine, limit=2**20)
        forked = await self._starting.get()
        forked.line = writer  # closed with it: the child's standard error
        return forked, reader

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            told: dict[str, Any] = json.loads(line)
            if "code" in told:
                self._forked.pop(told["pid"]).ended(told["code"])
            else:
                forked = self._forked[told["pid"]] = Forked(told["pid"])
                self._starting.put_nowait(forked)


def main() -> None:
    """Load everything, then fork on demand until the line is closed."""
    import archiver.daemon.start  # noqa: F401, PLC0415 - loaded before the first fork
    from archiver.__main__ import main as run  # noqa: PLC0415

    line = socket.socket(fileno=int(sys.argv[1]))

    def bury(_number: int, _frame: FrameType | None) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            line.sendall(json.dumps({"pid": pid, "code": code}).encode() + b"\n")

    signal.signal(signal.SIGCHLD, bury)
    while True:
        asked, handles, _, _ = socket.recv_fds(line, 1024, 1)
        if not asked:
            return
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])  # its start is told first
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
            line.close()
            os.setsid()
            os.dup2(handles[0], 2)
            os.close(handles[0])
            sys.stderr = os.fdopen(2, "w", closefd=False)  # another file than it was opened for
            sys.argv = ["archiver", asked.decode().strip()]
            run()
        os.close(handles[0])
        line.sendall(json.dumps({"pid": pid}).encode() + b"\n")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


if __name__ == "__main__":
    main()
