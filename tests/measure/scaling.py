"""What an archive of a million or a hundred million sources asks of its workers and its disk.

    python -m tests.measure.scaling [--seed N] [--write]

Simulates from the service times in ``tests/measure/service_times.json``, which
``python -m tests.bench.service_times --write`` measures, and prints the tables of SCALING.md;
``--write`` puts them there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from archiver.judge.timetable import Timetable
from archiver.simulation.arrivals import Intervals, Mix
from archiver.simulation.figures import in_words
from archiver.simulation.scale import (
    Politeness,
    Scaled,
    ServiceTimes,
    Setting,
    scaled,
    thinning_for,
)

TIMES = Path(__file__).with_name("service_times.json")
PAGE = Path(__file__).parents[2] / "SCALING.md"
BEGIN, END = "<!-- made by tests.measure.scaling -->", "<!-- end -->"
SEED = 1
MOST = 500_000
"""Sources that are simulated; a larger archive is thinned."""
WORKERS = (1, 10, 100)
SIZES = (1_000_000, 100_000_000)
CHECKED = ((1_000_000, 1), (1_000_000, 2), (1_000_000, 10))
"""Sizes and thinnings that show what thinning does to the figures."""

REMEDIES = {
    "processes": "more `archiver worker` processes: looks are bound by a processor each",
    "browsers": "more machines with browsers, or captures on fewer sorts of news",
    "database": "a larger PostgreSQL; observations, verdicts and features partitioned by month",
    "domains": "a budget of its own for a domain that allows it (`schedule.host_per_day`), its API, "
    "or longer intervals for it",
}


def times_of(path: Path = TIMES) -> tuple[ServiceTimes, dict[str, Any]]:
    """Return the measured times, and when and where they were measured."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return ServiceTimes(**document["times"]), document


def digest(seed: int) -> str:
    """Return what the tables are made of, in short: the times, the seed, the sizes, the model."""
    model = (Mix(), Politeness(), Timetable())
    basis = TIMES.read_text(encoding="utf-8") + repr((seed, MOST, WORKERS, SIZES, CHECKED, model))
    return hashlib.sha256(basis.encode()).hexdigest()[:16]


def table(seed: int = SEED) -> str:
    """Return the tables as Markdown."""
    times, document = times_of()
    intervals = Intervals()
    lines = [
        (
            f"Seed {seed}, digest `{digest(seed)}`; times measured on {document['date']} on "
            f"{document['machine']}, at a load of {document['load']}."
        ),
        "",
        "| one | takes or leaves |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in _measured(times)),
        "",
        *_head(),
    ]
    found: list[Scaled] = []
    for sources in SIZES:
        for workers in WORKERS:
            setting = Setting(sources, workers, thin=thinning_for(sources, MOST))
            found.append(scaled(setting, times, intervals, seed))
    lines += [_row(one) for one in found]
    first = sorted({one.bottleneck for one in found})
    lines += ["", *(f"- {name}: {REMEDIES[name]}." for name in first)]
    lines += ["", "The same archive thinned more and less (10 workers):", "", *_head(thin=True)]
    for sources, thin in CHECKED:
        checked = scaled(Setting(sources, 10, thin=thin), times, intervals, seed)
        lines.append(_row(checked, thin=True))
    return "\n".join(lines)


def _measured(times: ServiceTimes) -> Iterable[tuple[str, str]]:
    return (
        ("plain look, of a process with many under way", f"{times.look_s * 1000:.1f} ms"),
        ("plain look, of its domain (assumed)", f"{times.held_s * 1000:.0f} ms"),
        ("capture, of a browser", f"{times.capture_s:.2f} s"),
        (
            "a job with its turn at a site, of PostgreSQL by the clock",
            f"{times.claim_s * 1000:.2f} ms a look",
        ),
        ("committing a look, of PostgreSQL by the clock", f"{times.commit_s * 1000:.2f} ms"),
        (
            "committing a capture, of PostgreSQL by the clock",
            f"{times.capture_commit_s * 1000:.2f} ms",
        ),
        (
            "look, on the disk",
            f"{times.look_bytes / 1000:.1f} kB, {times.look_rows:g} rows (assumed)",
        ),
        (
            "capture, on the disk",
            f"{times.capture_bytes / 1000:.0f} kB, {times.capture_rows:g} rows",
        ),
    )


_COLUMNS = (
    "sources", "workers", "looks a day", "captures a day", "processes", "browsers", "database",
    "looks at full domains", "late p50", "late p95", "not begun", "a year", "rows a year",
    "gives way first",
)  # fmt: skip


def _head(*, thin: bool = False) -> list[str]:
    columns = [*_COLUMNS, *(["thinned"] if thin else [])]
    return [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]


def _row(found: Scaled, *, thin: bool = False) -> str:
    cells = [
        f"{found.setting.sources / 1e6:g} M",
        str(found.setting.workers),
        f"{found.looks_a_day:,.0f}",
        f"{found.captures_a_day:,.0f}",
        f"{found.hands:.0%}",
        f"{found.browsers:.0%}",
        f"{found.database:.0%}",
        f"{found.saturated:.0%}",
        in_words(found.late_p50),
        in_words(found.late_p95),
        f"{found.unbegun:.0%}",
        f"{found.bytes_a_year / 1e12:.2f} TB",
        f"{found.rows_a_year / 1e6:,.0f} M",
        found.bottleneck,
    ]
    return f"| {' | '.join([*cells, *([str(found.setting.thin)] if thin else [])])} |"


def written(page: str, made: str) -> str:
    """Return the page with the tables between their marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--write", action="store_true", help="put the tables into SCALING.md")
    given = arguments.parse_args()
    made = table(given.seed)
    print(made)
    if given.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")


if __name__ == "__main__":
    main()
