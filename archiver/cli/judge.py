"""``archiver judge``: two saved pages, a batch of them, or what is stored, by today's rules."""

from __future__ import annotations

import json as jsonlib
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import typer

from archiver.cli.documents import moment
from archiver.cli.exits import DONE, MISTAKE, OF_FINDING, UNTOLD, worst
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import json_line, print_json, progress, say, table
from archiver.cli.streams import end_unread
from archiver.errors import InputError
from archiver.judge.saved import Saved, SavedCase, SavedJudgement, judge_saved
from archiver.wiring import Archive

KEYS = frozenset(
    {"id", "baseline", "now", "status", "header", "headers", "final_url", "url", "quote"}
)
NONE = "-"  # in place of a baseline
SIDE_BY_SIDE = 16  # cases; fewer are judged before a second process has started


def judge(
    baseline: Annotated[
        Path | None, typer.Argument(help="The page as cited, or - when there is none.")
    ] = None,
    now: Annotated[Path | None, typer.Argument(help="The page as it is now.")] = None,
    status: Annotated[int, typer.Option(help="The HTTP status it came with.")] = 200,
    header: Annotated[
        list[str] | None, typer.Option(help="A header it came with, 'name: value'; repeatable.")
    ] = None,
    final_url: Annotated[str | None, typer.Option(help="Where redirects ended.")] = None,
    url: Annotated[str | None, typer.Option(help="The address that was cited.")] = None,
    quote: Annotated[str | None, typer.Option(help="Words that the article quotes of it.")] = None,
    batch: Annotated[
        Path | None, typer.Option(help="A file of cases, one JSON object a line, or -.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Judge what is stored; print what would change.")
    ] = False,
    explain: Annotated[
        str | None, typer.Option(help="A source or citation: every rule tried, in order.")
    ] = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Judge two saved pages without network or database, or what is stored by today's rules."""
    chosen = [batch is not None, again, explain is not None, now is not None]
    if sum(chosen) != 1:
        message = "name two pages (BASELINE NOW), or one of --batch, --again and --explain"
        raise InputError(message)
    if batch is not None:
        return _batch(batch)
    if again:
        return with_archive(home, lambda archive: _again(archive, json=json))
    if explain is not None:
        return with_archive(home, lambda archive: _explain(archive, explain, json=json))
    fields = {
        "baseline": str(baseline),
        "now": str(now),
        "status": status,
        "header": header or [],
        "final_url": final_url,
        "url": url,
        "quote": quote,
    }
    result = judge_saved(_case(fields, Path()))
    if json:
        print_json(document_of(result))
    else:
        _show(result)
    return OF_FINDING[result.finding.kind]


# --- saved pages ----------------------------------------------------------------------------------


def document_of(result: SavedJudgement) -> dict[str, object]:
    """Return what was judged of two saved pages."""
    finding, verdict = result.finding, result.verdict
    return {
        "finding": finding.kind.value,
        "verdict": verdict.kind.value,
        "reason": finding.reason,
        "rule": finding.rule,
        "blocked_by": result.blocked_by,
        "content": {
            "level": finding.content.value,
            "cosine": _rounded(finding.cosine),
            "containment": _rounded(finding.containment),
        },
        "quote": {
            "outcome": finding.quote.value,
            "similarity": _rounded(finding.similarity),
            "diff": result.quote_diff,
            "material": finding.material,
        },
        "signals": list(result.signals),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _show(result: SavedJudgement) -> None:
    finding = result.finding
    say(f"{finding.kind.value.upper()}  {finding.reason}")
    rows = [
        ("verdict", result.verdict.kind.value),
        ("rule", finding.rule),
        ("blocked by", result.blocked_by),
        ("content", finding.content.value),
        ("quote", finding.quote.value),
        ("signals", ", ".join(result.signals)),
    ]
    for name, value in rows:
        if value:
            say(f"  {name}: {value}")
    if finding.diff:
        say(f"  {finding.diff}")


def _case(fields: Mapping[str, Any], folder: Path) -> SavedCase:
    """Return one case with its pages read.

    Raises:
        InputError: a field has a value that cannot be, or a file cannot be read.
    """
    # Cases carry notes of whoever made them (a label, a language); a slip of the pen is none.
    unknown = [key for key in sorted(fields.keys() - KEYS) if get_close_matches(key, KEYS)]
    if unknown:
        message = f"{unknown[0]} is no key of a case; the keys are {', '.join(sorted(KEYS))}"
        raise InputError(message)
    if not isinstance(fields.get("now"), str):
        raise InputError("a case needs now: the path of the page as it is now")
    baseline = fields.get("baseline")
    return SavedCase(
        baseline=None if baseline in (None, NONE, "", "None") else _saved(baseline, folder),
        now=_saved(fields["now"], folder),
        status=_status(fields.get("status")),
        headers=_headers(fields.get("headers", fields.get("header"))),
        url=_text(fields, "url"),
        final_url=_text(fields, "final_url"),
        quote=_text(fields, "quote"),
    )


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{name} of a case is a text, not {value!r}")
    return value or None


def _status(value: object) -> int:
    if value is None:
        return 200
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:4])
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 999:
        raise InputError(f"status of a case is a number such as 404, not {value!r}")
    return value


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    """Read headers as an object, a list of pairs, or a list of ``name: value`` lines."""
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return tuple((str(name), str(one)) for name, one in value.items() if one is not None)
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise InputError(f"header of a case is 'name: value', or a list of them, not {value!r}")
    return tuple(_header(line) for line in value)


def _header(line: object) -> tuple[str, str]:
    if isinstance(line, list) and len(line) == 2:
        return str(line[0]), str(line[1])
    name, colon, value = str(line).partition(":")
    if not colon or not name.strip():
        raise InputError(f"a header is written 'name: value', not {line!r}")
    return name.strip(), value.strip()


def _saved(name: object, folder: Path) -> Saved:
    """Read a saved page; a relative path is looked up here, then beside the file of cases."""
    if not isinstance(name, str):
        raise InputError(f"a page is named by its path, not {name!r}")
    path = Path(name)
    if not path.is_absolute() and not path.exists():
        path = folder / path
    try:
        stat = path.stat()
        return _read(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror or error}") from error


@lru_cache(maxsize=32)  # one baseline is often compared with many pages
def _read(path: Path, _changed_ns: int, _bytes: int) -> Saved:
    body = path.read_bytes()
    return Saved(body, _media_type(path.suffix.lower(), body))


_BINARY = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b")


def _media_type(suffix: str, body: bytes) -> str | None:
    """Return what a file is by its name, unless it is plainly something else; None for unknown."""
    if suffix in (".txt", ".text", ".md"):
        return "text/plain"
    is_page = suffix in (".html", ".htm", ".xhtml") and not body.startswith(_BINARY)
    return "text/html" if is_page and body else None


# --- many at once ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    folder: Path


def _batch(file: Path) -> int:
    """Judge every case of a file, one result a line in their order; a bad line is said in place.

    It ends with who reads the results.
    """
    codes: set[int] = set()
    for code, written in _results(list(_lines(file))):
        codes.add(code)
        print(written, flush=True)
        end_unread()
    return worst(codes)


def _results(lines: list[_Line]) -> Iterator[tuple[int, str]]:
    workers = os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()
    if len(lines) < SIDE_BY_SIDE or (workers or 1) < 2:
        yield from map(_judged, lines)
        return
    with ProcessPoolExecutor(max_workers=workers) as pool:
        yield from pool.map(_judged, lines, chunksize=4)


def _lines(file: Path) -> Iterator[_Line]:
    is_given = str(file) == NONE
    try:
        text = sys.stdin.read() if is_given else file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is no UTF-8 text: {error.reason}") from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    folder = Path() if is_given else file.parent
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _Line(number, line, folder)


def _fields(text: str) -> dict[str, Any]:
    fields = jsonlib.loads(text)
    if not isinstance(fields, dict):
        raise InputError("a case is a JSON object")
    return fields


def _judged(line: _Line) -> tuple[int, str]:
    known_as: object = None
    try:
        fields = _fields(line.text)
        known_as = fields.get("id")
        result = judge_saved(_case(fields, line.folder))
    except (ValueError, InputError) as error:
        document = {"id": known_as, "error": f"line {line.number}: {error}"}
        return MISTAKE, json_line(document)
    document = {"id": known_as, **document_of(result)}
    return OF_FINDING[result.finding.kind], json_line(document)


# --- what is stored -------------------------------------------------------------------------------


async def _again(archive: Archive, *, json: bool) -> int:
    with progress("judging") as report:
        changed = await archive.rejudge(progress=report)
    if json:
        print_json(
            {
                "changes": [
                    {
                        "source": one.source.ref.name,
                        "before": one.before.kind.value if one.before else None,
                        "before_rule": one.before.rule if one.before else None,
                        "after": one.after.kind.value,
                        "after_rule": one.after.rule,
                        "since": moment(one.after.since),
                        "reason": one.after.reason,
                    }
                    for one in changed
                ]
            }
        )
        return UNTOLD if changed else DONE
    table(
        ["source", "verdict", "would be", "rule", "why"],
        [
            [
                one.source.ref.name,
                one.before.kind.value if one.before else "",
                one.after.kind.value,
                one.after.rule,
                one.after.reason,
            ]
            for one in changed
        ],
    )
    say(f"{len(changed)} verdicts would change; nothing was written")
    return UNTOLD if changed else DONE


async def _explain(archive: Archive, name: str, *, json: bool) -> int:
    source, explained = await archive.explain(name)
    verdict = explained.verdict
    if json:
        print_json(
            {
                "source": source.ref.name,
                "verdict": verdict.kind.value,
                "rule": verdict.rule,
                "reason": verdict.reason,
                "since": moment(verdict.since),
                "last_seen": moment(verdict.last_seen),
                "first_gone": moment(verdict.first_gone),
                "rests_on": list(verdict.rests_on),
                "steps": [
                    {"rule": s.rule, "held": s.held, "why": s.why, "looks": list(s.looks)}
                    for s in explained.steps
                ],
            }
        )
        return DONE
    say(f"{source.ref.name}: {verdict.kind.value} by {verdict.rule}. {verdict.reason}")
    table(
        ["rule", "holds", "why", "looks"],
        [
            [step.rule, "yes" if step.held else "no", step.why, ", ".join(step.looks)]
            for step in explained.steps
        ],
    )
    return DONE


app = command(judge)
