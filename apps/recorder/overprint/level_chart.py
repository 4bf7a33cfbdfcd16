"""Draw the level over time with a mark that moves along it."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from math import isfinite
from typing import NamedTuple

from apps.recorder.film_frame import LevelChart
from apps.recorder.overprint.fitting import fitted
from apps.recorder.overprint.ink import (
    ACCENT,
    LINE,
    PANEL_ALPHA,
    PAPER,
    QUIET,
    InkBlock,
    Plate,
    blend,
    blend_at,
    line_block,
)
from apps.recorder.overprint.regions import FrameRegions
from layers.labels.placer import Box
from twin.arrays import U8

TALL, PAD = 236.0, 20.0
HEADING_PX, SMALL_PX = 20.0, 15.0

Point = tuple[float, float]


class _Plot(NamedTuple):
    """Scales of a chart in px of its block: x of a time, y of a level."""

    left: float
    top: float
    right: float
    bottom: float
    first: float
    last: float
    low: float
    high: float

    def at(self, time: float, level: float) -> Point:
        x = (time - self.first) / (self.last - self.first)
        y = (level - self.low) / (self.high - self.low)
        return self.left + x * (self.right - self.left), self.bottom - y * (self.bottom - self.top)


class _Chart(NamedTuple):
    """What is to come, and the same as if all had passed: of it the left part is shown."""

    plot: _Plot
    before: InkBlock
    passed: InkBlock


def chart_height(regions: FrameRegions) -> float:
    """Return the height of a chart, px."""
    return TALL * regions.unit


def draw_chart(
    picture: U8, chart: LevelChart | None, regions: FrameRegions, *, top: float, opacity: float
) -> Box | None:
    """Draw the chart in place below ``top`` px; returns its box."""
    if chart is None or not chart.times or opacity <= 0.0:
        return None
    left, _, right, _ = regions.right
    made = _chart(chart.times, chart.levels_m, chart.ticks, chart.lines, chart.heading, regions, right - left)
    u, x, y = regions.unit, round(left), round(top)
    mark = made.plot.at(min(max(chart.at, made.plot.first), made.plot.last), chart.level_m)
    done = round(mark[0])
    wide, tall = made.before.size
    blend(picture, made.passed.cropped(0, done), x, y, opacity=opacity)
    blend(picture, made.before.cropped(done, wide), x + done, y, opacity=opacity)
    level = line_block(f"{chart.level_m:.2f} m", HEADING_PX * 1.2 * u, bold=True)
    blend(picture, level, round(right - PAD * u) - level.size[0], round(y + 12.0 * u), opacity=opacity)
    dot = _dot(max(3, round(6.5 * u)))
    half = (dot.size[0] - 1) / 2
    blend_at(picture, dot, x + mark[0] - half, y + mark[1] - half, opacity=opacity)
    return float(x), float(y), float(x + wide), float(y + tall)


@lru_cache(maxsize=8)
def _chart(
    times: tuple[float, ...],
    levels: tuple[float, ...],
    ticks: tuple[tuple[float, str], ...],
    lines: tuple[tuple[float, str], ...],
    heading: str,
    regions: FrameRegions,
    wide: float,
) -> _Chart:
    plot, lines = _scaled(times, levels, lines, regions, wide)
    blocks = [
        _block(times, levels, ticks, lines, heading, regions, plot, wide, passed=k) for k in (False, True)
    ]
    return _Chart(plot, *blocks)


def _scaled(
    times: tuple[float, ...],
    levels: tuple[float, ...],
    lines: tuple[tuple[float, str], ...],
    regions: FrameRegions,
    wide: float,
) -> tuple[_Plot, tuple[tuple[float, str], ...]]:
    """Fit the levels, and those named ones that lie near them."""
    u = regions.unit
    known = [level for level in levels if isfinite(level)] or [0.0]
    low, high = min(known), max(known)
    near = max(1.0, 0.6 * (high - low))
    lines = tuple(line for line in lines if low - near <= line[0] <= high + near)
    low, high = min([low, *(level for level, _ in lines)]), max([high, *(level for level, _ in lines)])
    air = max(0.25, 0.12 * (high - low))
    bottom = (TALL - 16.0) * u - LINE * SMALL_PX * u
    last = times[-1] if times[-1] > times[0] else times[0] + 1.0
    plot = _Plot(PAD * u, 62.0 * u, wide - PAD * u, bottom, times[0], last, low - air, high + air)
    return plot, lines


def _block(
    times: tuple[float, ...],
    levels: tuple[float, ...],
    ticks: tuple[tuple[float, str], ...],
    lines: tuple[tuple[float, str], ...],
    heading: str,
    regions: FrameRegions,
    plot: _Plot,
    wide: float,
    *,
    passed: bool,
) -> InkBlock:
    u = regions.unit
    plate = Plate(wide, TALL * u)
    plate.box(0, 0, *plate.size, radius=8.0 * u, alpha=PANEL_ALPHA)
    words = fitted(heading, 0.6 * (wide - 2 * PAD * u), HEADING_PX * u, most=1)
    for line in words.lines:
        plate.write(PAD * u, 18.0 * u, line, words.size, colour=QUIET)
    hair = max(1.0, u)
    plate.box(plot.left, plot.bottom, plot.right - plot.left, hair, colour=PAPER, alpha=110)
    _ticks(plate, ticks, plot, u)
    for run in _runs_of(times, levels):
        points = [plot.at(time, level) for time, level in run]
        if passed:
            foot = [(points[-1][0], plot.bottom), (points[0][0], plot.bottom)]
            plate.polygon([*points, *foot], colour=ACCENT, alpha=52)
        plate.polyline(
            points,
            colour=ACCENT if passed else QUIET,
            pen=(3.2 if passed else 2.0) * u,
            alpha=255 if passed else 150,
        )
    last = next((x for x in reversed(levels) if isfinite(x)), 0.0)
    taken: list[tuple[bool, float]] = []
    for level, name in sorted(lines, key=lambda line: abs(line[0] - last)):
        _named(plate, level, name, plot, u, rising=levels[-1] >= levels[0], taken=taken)
    return plate.block()


def _ticks(plate: Plate, ticks: tuple[tuple[float, str], ...], plot: _Plot, u: float) -> None:
    """Draw ticks; words that would touch the ones before are left out."""
    free = 0.0
    for time, text in ticks:
        if plot.first <= time <= plot.last:
            x, _ = plot.at(time, plot.low)
            plate.box(x, plot.bottom, max(1.0, u), 5.0 * u, colour=PAPER, alpha=110)
            words = fitted(text, 0.5 * (plot.right - plot.left), SMALL_PX * u, most=1)
            at = min(max(x, plot.left + words.width / 2), plot.right - words.width / 2)
            if at - words.width / 2 >= free and words.lines:
                plate.write(at, plot.bottom + 8.0 * u, words.lines[0], words.size, colour=QUIET, anchor="m")
                free = at + words.width / 2 + 8.0 * u


def _named(
    plate: Plate,
    level: float,
    name: str,
    plot: _Plot,
    u: float,
    *,
    rising: bool,
    taken: list[tuple[bool, float]],
) -> None:
    """Draw a named level dashed, its name where the curve is not, and where no name before it is."""
    x, y = plot.left, plot.at(plot.first, level)[1]
    while x < plot.right:
        plate.box(x, y, min(7.0 * u, plot.right - x), max(1.0, 1.4 * u), colour=PAPER, alpha=150)
        x += 12.0 * u
    words = fitted(f"{name} {level:g}", 0.6 * (plot.right - plot.left), SMALL_PX * u, most=1)
    low = y > (plot.top + plot.bottom) / 2
    right = low == rising
    at = (plot.right, "r") if right else (plot.left, "l")
    if any(side == right and abs(y - other) < 1.15 * words.size for side, other in taken):
        return
    taken.append((right, y))
    for line in words.lines:
        plate.write(at[0], y - 1.25 * words.size, line, words.size, colour=PAPER, anchor=at[1])


def _runs_of(times: tuple[float, ...], levels: tuple[float, ...]) -> list[list[Point]]:
    """Split a series where levels are missing."""
    pairs = zip(times, levels, strict=True)
    return [list(run) for known, run in groupby(pairs, key=lambda pair: isfinite(pair[1])) if known]


@lru_cache(maxsize=8)
def _dot(radius: int) -> InkBlock:
    side = 2 * radius + 5
    plate = Plate(side, side, colour=ACCENT)
    plate.box(1, 1, side - 2, side - 2, colour=ACCENT, alpha=255, radius=side)
    plate.box(3, 3, side - 6, side - 6, colour=PAPER, alpha=255, radius=side)
    return plate.block()
