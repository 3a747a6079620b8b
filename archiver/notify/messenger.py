"""The process in which Apprise sends one message; started by :mod:`archiver.notify.apprise`.

Apprise opens its connections itself. Its plugins that speak HTTP do so through the proxy that the
environment names, which is a passage of the guard; mail goes to the SMTP server that its address
names. Plugins that open connections in any other way are refused: the guard would not see them.

Standard input holds the job as JSON, standard output the outcome.
"""

from __future__ import annotations

import ctypes
import json
import logging
import re
import signal
import sys
from typing import Any, cast

import apprise
from apprise.plugins import NotifyBase
from typing_extensions import override

from archiver.notify.wording import redirected

PR_SET_PDEATHSIG = 1  # prctl(2)
MAIL = ("mailto", "mailtos")
_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")  # how nearly all of Apprise logs it, 1.13.1


class _Last(logging.Handler):
    """Keeps the last line that Apprise logs: it tells why it failed nowhere else.

    A line may hold parts of the address, shortened or spelt in another way, so none leaves here.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.line = ""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.line = record.getMessage()


def main() -> None:
    """Do the job and say how it went."""
    _die_with_parent()
    job = json.load(sys.stdin)
    signal.alarm(int(job["timeout_s"]) + 5)  # whatever hangs, this process does not stay
    json.dump(_do(job), sys.stdout)


def _do(job: dict[str, Any]) -> dict[str, Any]:
    last = _Last()
    log = logging.getLogger("apprise")
    log.handlers, log.propagate = [last], False
    asset = apprise.AppriseAsset(
        app_id="citation-archiver",
        app_desc="Citation archiver",
        async_mode=False,
        pgp_autogen=False,
        pem_autogen=False,
        secure_logging=True,
        http_redirects=False,
    )
    plugin = apprise.Apprise.instantiate(job["url"], asset=asset)
    if plugin is None:
        scheme = job["url"].partition("://")[0]
        note = f"Apprise cannot use this address; check it against its list of {scheme}://"
        return {"heard": "refused", "note": note}
    if not _is_seen(plugin):
        return {
            "heard": "refused",
            "note": "this kind of address opens connections that the guard does not see; "
            "use one that goes over HTTP, or mail",
        }
    if job.get("check"):
        return {"heard": "told", "note": _road(plugin)}
    return _send(plugin, job, last)


def _send(plugin: NotifyBase, job: dict[str, Any], last: _Last) -> dict[str, Any]:
    plugin.overflow_mode = apprise.OverflowMode.SPLIT
    # A POST that is redirected becomes a GET that nobody reads, whatever the address says of it.
    plugin.redirects = False
    # Each service has a Markdown of its own; Apprise makes it from HTML, and knows what to escape.
    is_markdown = plugin.notify_format == apprise.NotifyFormat.MARKDOWN
    sender = apprise.Apprise()
    sender.add(plugin)
    done = sender.notify(
        body=job["html"] if is_markdown else job["plain"],
        title=job["title"],
        body_format=apprise.NotifyFormat.HTML if is_markdown else apprise.NotifyFormat.TEXT,
    )
    if done:
        return {"heard": "told", "note": f"taken by {plugin.service_name}"}
    return {"heard": "later", "note": f"{plugin.service_name} did not take it{_why(last.line)}"}


def _why(line: str) -> str:
    """Return what a line says of the reason, in words of ours."""
    if found := _STATUS.search(line):
        status = int(found[1])
        return f": {redirected(status)}" if 300 <= status < 400 else f": answered {status}"
    return ": no connection, or none that held" if "connection error" in line.lower() else ""


def _is_seen(plugin: NotifyBase) -> bool:
    """Whether all that a plugin sends goes over requests, or is mail."""
    if plugin.schema in MAIL:
        return True
    modules = (sys.modules.get(kind.__module__) for kind in type(plugin).__mro__)
    return any(hasattr(module, "requests") for module in modules)


def _road(plugin: NotifyBase) -> str:
    if plugin.schema in MAIL:
        return f"{plugin.service_name}, by SMTP to its own server"
    return f"{plugin.service_name}, through the guard"


def _die_with_parent() -> None:
    if sys.platform == "linux":
        libc = cast(Any, ctypes.CDLL(None))
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    main()
