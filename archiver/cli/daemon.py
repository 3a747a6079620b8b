"""``archiver daemon``: look at what is due, for as long as it runs."""

from __future__ import annotations

import asyncio
import signal

import structlog

from archiver.cli.options import Home, command, with_archive
from archiver.wiring import Archive


def daemon(home: Home = None) -> int:
    """Look at what is due, for as long as it runs; SIGTERM finishes what is in hand."""
    from archiver.daemon.metrics import PrometheusMeter  # noqa: PLC0415 - one command's library

    meter = PrometheusMeter()

    async def work(archive: Archive) -> int:
        from archiver.daemon.pages import health_pages  # noqa: PLC0415 - as above
        from archiver.daemon.service import Service  # noqa: PLC0415

        service = Service(
            archive.outside,
            tick=archive.timings.tick,
            at_once=archive.settings.capture.at_once,
            grace=archive.timings.grace,
            errands=archive.errands,
        )
        structlog.contextvars.bind_contextvars(worker=archive.outside.worker)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, service.stop)
        async with health_pages(archive, meter):
            await service.run()
        return 0

    return with_archive(home, work, meter=meter)


app = command(daemon)
