"""``archiver simulate``: what the timetable finds, how late and at what cost, in synthetic webs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from archiver.cli.options import Home, Json, command
from archiver.cli.output import print_json, say, table
from archiver.errors import InputError
from archiver.settings import load
from archiver.simulation.figures import BANDS, Delays, Figures, in_words, quantile
from archiver.simulation.found import What
from archiver.simulation.plot import as_svg, as_text
from archiver.simulation.run import Simulated
from archiver.simulation.run import simulate as run
from archiver.simulation.web import Kind
from archiver.wiring.schedule import timetable_of


class Chosen(StrEnum):
    """What the sources are."""

    POSTS = "posts"
    NEWS = "news"
    PAGES = "pages"
    ALL = "all"

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of webs that are made."""
        return list(Kind) if self is Chosen.ALL else [Kind(self.value)]


def simulate(
    years: Annotated[float, typer.Option(help="For how long, years.", min=0.02, max=50)] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed is another web.")] = 1,
    sources: Annotated[int, typer.Option(help="How many.", min=1, max=1_000_000)] = 2000,
    kind: Annotated[Chosen, typer.Option(help="What they are.")] = Chosen.POSTS,
    json: Json = False,
    plot: Annotated[
        Path | None, typer.Option(help="Write a plot there, .svg.", show_default=False)
    ] = None,
    home: Home = None,
) -> None:
    """Run the timetable of the settings against synthetic webs, beside fixed intervals."""
    if plot is not None and plot.suffix.lower() != ".svg":
        message = f"{plot} cannot be drawn; name a file that ends in .svg"
        raise InputError(message)
    schedule = timetable_of(load(home).schedule)
    found = run(kind.kinds, sources, years, seed, table=schedule)
    what = "sources" if kind is Chosen.ALL else kind.value
    title = f"{sources} {what}, {years:g} {'year' if years == 1 else 'years'}, seed {seed}"
    if plot is not None:
        plot.write_text(as_svg(_plotted(found), f"Median delay: {title}"), encoding="utf-8")
    if json:
        asked = {"seed": seed, "years": years, "sources": sources, "kind": kind.value}
        print_json(asked | _document(found))
    else:
        _show(found, title)


def _plotted(found: Simulated) -> list[Figures]:
    """Return removals, or edits where nothing was removed."""
    return found.figures(What.REMOVED) or found.figures(What.EDITED)


def _show(found: Simulated, title: str) -> None:
    say(title)
    for what in What:
        figures = found.figures(what)
        if figures:
            say("")
            say(f"{what}, {figures[0].delays.happened} times; seen after, by age when it happened:")
            table(
                ["schedule", "looks/year", "median", "90 %", *_band_names(), "bracket", "of age"],
                [_row(one) for one in figures],
            )
            say("")
            print(as_text(figures))
    ours = found.timetable
    wrong, wait = ours.wrongly.total(), in_words(quantile(ours.waits, 0.5))
    say("")
    right = ours.rightly.total()
    say(f"gone: {right} verdicts right, {wrong} wrong; half within {wait} of the first doubt")
    for said, count in sorted(ours.wrongly.items()):
        say(f"  wrong: {said} ({count})")


def _band_names() -> list[str]:
    return [label for label, _, _ in BANDS]


def _row(one: Figures) -> list[object]:
    share = "-" if one.bracket_of_age is None else f"{one.bracket_of_age:.2f}"
    return [
        one.schedule,
        f"{one.looks_per_year:.0f}",
        in_words(one.delays.median),
        in_words(one.delays.p90),
        *(in_words(band.median) for band in one.bands),
        in_words(one.bracket),
        share,
    ]


def _document(found: Simulated) -> dict[str, Any]:
    ours = found.timetable
    document: dict[str, Any] = {
        what.value: [_entry(one) for one in found.figures(what)] for what in What
    }
    document["gone"] = {
        "right": ours.rightly.total(),
        "wrong": ours.wrongly.total(),
        "precision": ours.precision,
        "precision_of_one_look": ours.precision_of_one_look,
        "recall": ours.recall,
        "wrong_by_rule": dict(sorted(ours.wrongly.items())),
        "confirmed_after_s": quantile(ours.waits, 0.5),
    }
    return document


def _entry(one: Figures) -> dict[str, Any]:
    return {
        "schedule": one.schedule,
        "looks_per_year": one.looks_per_year,
        **_delays(one.delays),
        "bracket_s": one.bracket,
        "bracket_p90_s": one.bracket_p90,
        "bracket_of_age": one.bracket_of_age,
        "bands": [
            {"age": label, **_delays(band)}
            for (label, _, _), band in zip(BANDS, one.bands, strict=True)
        ],
    }


def _delays(delays: Delays) -> dict[str, Any]:
    return {
        "happened": delays.happened,
        "found": delays.found,
        "median_s": delays.median,
        "p90_s": delays.p90,
    }


app = command(simulate)
