"""What is printed: one JSON document, or lines for a person; progress on standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from archiver.flow.progress import Progress as Report
from archiver.flow.progress import silent

STYLES = {
    "intact": "green",
    "present": "green",
    "accepted": "green",
    "changed": "yellow",
    "suspect": "yellow",
    "moved": "yellow",
    "restricted": "magenta",
    "gone": "red",
    "failed": "red",
    "rejected": "red",
}


WIDTH_OF_A_PIPE = 160  # characters; a file or a pager has no width to ask


def print_json(document: object) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.writelines(json_pieces(document))  # in pieces: it may be large
    print()


def json_line(document: object) -> str:
    """Return a JSON document on one line."""
    return _escaped(_LINE_ENCODER.encode(document))


def json_pieces(document: object) -> Iterator[str]:
    """Yield a JSON document in pieces.

    Halves of a pair that a page left alone are escaped, and what would drive a terminal: DEL, the
    controls from U+0080 on and those of text's direction. It is the same document.
    """
    yield from map(_escaped, _ENCODER.iterencode(document))


def _escaped(piece: str) -> str:
    return _NOT_AS_IT_IS.sub(lambda one: f"\\u{ord(one[0]):04x}", piece)


_ENCODER = json.JSONEncoder(ensure_ascii=False, indent=2)
_LINE_ENCODER = json.JSONEncoder(ensure_ascii=False)


def plain(text: str) -> str:
    """Return captured text without control characters: a page must not drive the terminal.

    Bidi controls go too; they could make an address read as another one.
    """
    return "".join(c if c.isprintable() else " " for c in text if c not in BIDI_CONTROLS)


BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_NOT_AS_IT_IS = re.compile(f"[\ud800-\udfff\x7f-\x9f{''.join(sorted(BIDI_CONTROLS))}]")


def say(line: str) -> None:
    """Print one line for a person on standard output."""
    print(plain(line))


def tell(line: str) -> None:
    """Print one line beside the work on standard error: what is asked for needs no reader of it."""
    with suppress(OSError):
        print(plain(line), file=sys.stderr)


def hang(head: str, runs: Sequence[tuple[str, str]], width: int) -> None:
    """Print words behind a head of ``width`` columns; on a terminal they wrap beside it.

    ``runs`` are (text, style) in order; colours are for a terminal alone. Elsewhere it is one line.
    """
    words = "".join(plain(text) for text, _ in runs)
    if not sys.stdout.isatty():
        print(f"{plain(head):<{width}}{words}".rstrip())
        return
    body = Text()
    for text, style in runs:
        body.append(plain(text), style=style)
    grid = Table.grid()
    grid.add_column(width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(
        Text(plain(head), style=STYLES.get(head.lower(), "dim" if head[:1] == " " else "bold")),
        body,
    )
    Console(file=sys.stdout, highlight=False).print(grid)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, unless it is empty; a cell that is a known word gets its colour."""
    if not rows:
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        shown.add_column(head, overflow="fold")
    for row in rows:
        shown.add_row(*(_cell(value) for value in row))
    width = None if sys.stdout.isatty() else WIDTH_OF_A_PIPE
    Console(file=sys.stdout, highlight=False, width=width).print(shown)


def _cell(value: object) -> Text:
    text = plain("" if value is None else str(value))
    return Text(text, style=STYLES.get(text, ""))


@contextmanager
def progress(what: str) -> Iterator[Report]:
    """Show how far long work is, on a terminal only."""
    if not sys.stderr.isatty():
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=True)
    task = bar.add_task(what, total=None)

    def report(name: str, done: int, total: int) -> None:
        bar.update(task, description=plain(name)[:48], completed=done, total=total)

    with ExitStack() as shown:
        with suppress(OSError):  # the terminal has hung up; the work goes on
            bar.start()
            shown.callback(_stop, bar)
        yield report


def _stop(bar: Progress) -> None:
    with suppress(OSError):
        bar.stop()
