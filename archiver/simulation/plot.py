"""Detection delays as a plot: bars of text for a terminal, or an SVG file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from archiver.simulation.curves import DAY, HOUR, MINUTE
from archiver.simulation.figures import BANDS, Figures, in_words

BAR = 40  # characters of the longest bar
LEAST, MOST = MINUTE, 100 * DAY  # ends of the scale, which is logarithmic
TICKS = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY)
COLOURS = ("#0b6e4f", "#c8553d", "#5b5f97", "#b08900", "#444444")
WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 80, 190, 56, 56  # margins


def as_text(figures: Sequence[Figures]) -> str:
    """Return bars of the median delay, by the age at which it happened; each step is as much."""
    name = max((len(one.schedule) for one in figures), default=0)
    lines = []
    for place, (label, _, _) in enumerate(BANDS):
        lines.append(label)
        for one in figures:
            median = one.bands[place].median
            bar = "█" * round(_height(median) * BAR) if median is not None else ""
            lines.append(f"  {one.schedule:<{name}} {bar} {in_words(median)}")
    return "\n".join(lines)


def as_svg(figures: Sequence[Figures], title: str) -> str:
    """Return an SVG of the median delays, one line a schedule, on a logarithmic scale."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16">{escape(title)}</text>',
        *_axes(),
    ]
    for place, one in enumerate(figures):
        parts += _line(one, COLOURS[place % len(COLOURS)], place)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _height(seconds: float) -> float:
    """Return where a delay lies between the ends of the scale, 0 to 1."""
    share = math.log(max(seconds, LEAST) / LEAST) / math.log(MOST / LEAST)
    return min(share, 1.0)


def _y(seconds: float) -> float:
    return round(HEIGHT - BOTTOM - _height(seconds) * (HEIGHT - TOP - BOTTOM), 1)


def _x(place: int) -> float:
    return round(LEFT + (place + 0.5) * (WIDTH - LEFT - RIGHT) / len(BANDS), 1)


def _axes() -> list[str]:
    right = WIDTH - RIGHT
    parts = []
    for tick in TICKS:
        y = _y(tick)
        parts.append(f'<line x1="{LEFT}" y1="{y}" x2="{right}" y2="{y}" stroke="#dddddd"/>')
        words = in_words(tick).replace(".0 ", " ")
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{words}</text>')
    for place, (label, _, _) in enumerate(BANDS):
        parts.append(
            f'<text x="{_x(place)}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
            f"{escape(label)}</text>"
        )
    middle = (LEFT + right) / 2
    parts.append(
        f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">age when it happened</text>'
    )
    return parts


def _line(one: Figures, colour: str, place: int) -> list[str]:
    points = [
        (_x(band), _y(delays.median))
        for band, delays in enumerate(one.bands)
        if delays.median is not None
    ]
    path = " ".join(f"{x},{y}" for x, y in points)
    legend = TOP + 10 + 40 * place
    x = WIDTH - RIGHT + 16
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>' for x, y in points),
        f'<rect x="{x}" y="{legend - 10}" width="12" height="12" fill="{colour}"/>',
        f'<text x="{x + 18}" y="{legend}">{escape(one.schedule)}</text>',
        (
            f'<text x="{x + 18}" y="{legend + 16}" fill="#666666">'
            f"{one.looks_per_year:.0f} looks a year</text>"
        ),
    ]
