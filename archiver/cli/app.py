"""The command line as a whole: the table of commands, and what an error looks like."""

from __future__ import annotations

import difflib
import importlib
import sys
import textwrap
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import archiver
from archiver.capture.spawn import spawn_early
from archiver.cli.streams import UnwrittenError, send_nowhere
from archiver.errors import ArchiverError, InputError

COMMANDS = {
    "demo": "Run the whole loop on a miniature web, offline, in under a minute.",
    "extract": "Print what an article cites; capture and store nothing.",
    "source": "Print which source each address names; ask nobody.",
    "add": "Follow an article: find its citations and capture every source.",
    "watch": "Follow a feed or sitemap: what it announces is added as it appears.",
    "capture": "Capture addresses, citations, sources or articles now.",
    "audit": "Look now and say whether the sources still say what was cited.",
    "judge": "Judge two saved pages, or what is stored by today's rules; ask nobody.",
    "status": "Say what is followed, what is due and what was found.",
    "show": "Show all that is known of a source or a citation.",
    "report": "Write what is known of an article's citations, or mend the article.",
    "resolve": "Find the source of a citation again, or name it.",
    "rescue": "Take over outside archives' copies of what is lost.",
    "accept": "Say that a change was seen and the citation stands.",
    "pause": "Stop looking at an article's or a citation's sources by itself.",
    "resume": "Look again at what was paused.",
    "remove": "Stop following an article or a source; evidence stays.",
    "account": "Say how your log-ins stand, or use one again.",
    "notify": "Say who is told and what was told, or send a test message.",
    "ack": "Say that news was noted: nobody is told it again.",
    "record": "Write down what an address is answered, to be given again in a test.",
    "daemon": "Look at what is due, for as long as it runs.",
    "worker": "Take looks that a daemon queued, on this or another machine.",
    "simulate": "Run the timetable against synthetic webs, years in seconds.",
    "hold": "Forbid taking down or removing a source or an article, or allow it again.",
    "takedown": "Empty the content of a source or an article; rows and digests stay.",
    "custody": "Show who did what to evidence, and why.",
    "backup": "Copy the database and every file it names, beside a running daemon.",
    "restore": "Fill an empty home directory from a backup.",
    "doctor": "Check browser, database, disk, network and service, and say how to mend them.",
    "db": "Upgrade the database, or say its version.",
    "settings": "Print every setting with its value, unit and reason.",
}
"""Every command in the order of the help page. Its module is imported when it is run: the help
page of the whole program must not wait for the libraries of one command."""

BROWSING = frozenset({"add", "capture", "resolve"})
"""Commands that are sure to need a browser: it starts while their libraries are imported."""

USAGE = """Usage: archiver COMMAND [OPTIONS] [ARGS]...

  Capture what an article cites, look again, and say whether it still says it.

Options:
  --version  Print the version.
  --help     Show this message; after a command, that command's help.

Commands:
"""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; an error is one line on standard error."""
    first = _in_words(lambda: _run(arguments))
    code = _in_words(lambda: _written(first))
    try:
        sys.stderr.flush()
    except OSError:
        send_nowhere(sys.stderr)  # the interpreter would leave with 120
    return code


def _in_words(work: Callable[[], int]) -> int:
    """Return the exit code of work: 0 when it ended because nobody reads what it prints."""
    try:
        return work()
    except ArchiverError as error:
        return _say(str(error), error.exit_code)
    except OSError as error:
        if isinstance(error, UnwrittenError):
            send_nowhere(error.stream)
            if error.is_unread and error.stream is sys.stdout:  # as with head: no complaint
                return 0
        return _say(f"{error.filename or 'the system'}: {error.strerror or error}", 4)
    except KeyboardInterrupt:
        return 130
    except Exception as fault:  # noqa: BLE001 - the border of the program
        with suppress(OSError):
            traceback.print_exception(fault)
        return _say(f"internal error, please report it: {type(fault).__name__}: {fault}", 5)


def _written(code: int) -> int:
    """Write what is still held back, here, where an error can be said; return the code."""
    sys.stdout.flush()
    return code


def _run(arguments: Sequence[str]) -> int:
    first = arguments[0] if arguments else "--help"
    if first in {"--help", "-h"}:
        print(USAGE + _table(), end="")
        return 0
    if first == "--version":
        print(f"archiver {archiver.__version__}")
        return 0
    if first not in COMMANDS:
        raise InputError(_unknown(first))
    return _run_command(first, list(arguments[1:]))


def _run_command(name: str, arguments: list[str]) -> int:
    import typer  # noqa: PLC0415 - see COMMANDS

    if name in BROWSING and not {"--help", "-h", "--later"} & set(arguments):
        spawn_early()
    module = importlib.import_module(f"archiver.cli.{name}")
    command: Any = typer.main.get_command(module.app)
    try:
        # Its main() would end the program with 1 when nobody reads what is printed.
        with command.make_context(f"archiver {name}", arguments) as context:
            result = command.invoke(context)
    except typer.Exit as left:
        return left.exit_code
    except typer.Abort:
        return 130
    except typer.TyperException as mistake:
        words = getattr(mistake, "format_message", mistake.__str__)()
        return _say(f"{words} (see: archiver {name} --help)", 2)
    return result if isinstance(result, int) else 0


def _table() -> str:
    width = max(map(len, COMMANDS))
    rows = (f"  {name:<{width}}  {what}" for name, what in COMMANDS.items())
    indent = " " * (width + 4)
    return "".join(textwrap.fill(row, 80, subsequent_indent=indent) + "\n" for row in rows)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean {near[0]}?" if near else "see: archiver --help"
    return f"there is no command {name}; {hint}"


def _say(message: str, code: int) -> int:
    from archiver.cli.output import plain  # noqa: PLC0415 - its libraries are for those who need it

    one_line = plain(" ".join(message.split()))
    with suppress(OSError):  # the code says it, too
        print(f"archiver: {one_line}", file=sys.stderr)
    return code
