"""Format results of measuring, with the lines drawn for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.formatting import fixed
from apps.parts.measure.profile_chart import figure
from apps.session.views import RowView
from apps.texts import texts
from layers.heights import flood_of
from twin.analysis.measuring import (
    EARTH_M,
    REFRACTION,
    Way,
    crosses_itself,
    line_of_sight,
    ring_area,
    water_along,
    way_of,
    wet_m,
)
from twin.geodesy import distance_m
from twin.scene import MeasureKind

if TYPE_CHECKING:
    from apps.session.session import Session
    from twin.arrays import F64
    from twin.bilingual import Language

LEAST = {"distance": 2, "area": 3, "profile": 2, "sight": 2}
DRAWN = 160
"""Samples of a drawn line."""


@dataclass(frozen=True, kw_only=True)
class MeasureView:
    """State of measuring.

    ``points`` and ``lines`` are [east, north, height m], drawn by ``www/measure.js``; a line has a ``tone``.
    ``copy`` is the result as text, ``eye_m`` and ``target_m`` heights above ground of a line of sight.
    ``kept``: it is in the Scene, and drawn while the panel is closed.
    """

    kind: MeasureKind = "distance"
    points: list[list[float]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    label: str = ""
    rows: list[RowView] = field(default_factory=list)
    note: str = ""
    copy: str = ""
    figure: dict[str, Any] | None = None
    eye_m: float = 2.0
    target_m: float = 0.0
    kept: bool = False


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Ground and water under a way, (n,) each."""

    way: Way
    ground_m: F64
    water_m: F64

    @property
    def surface_m(self) -> F64:
        """Height of water where there is some, else of the ground."""
        return np.where(np.isnan(self.water_m), self.ground_m, self.water_m)


def view(
    session: Session,
    kind: MeasureKind,
    points: Sequence[tuple[float, float]],
    language: Language,
    *,
    eye_m: float = 2.0,
    target_m: float = 0.0,
    rem_px: float = 15.0,
) -> MeasureView:
    """Return what points measure, in a language, at the session's moment."""
    t = texts(language)
    drawn = [_drawn(session, *point) for point in points]
    empty = MeasureView(kind=kind, points=drawn, eye_m=eye_m, target_m=target_m)
    if len(points) < LEAST[kind]:
        note = t["measure_more"].format(n=LEAST[kind] - len(points))
        begun = [{"tone": "", "points": _line(_samples(session, points))}] if len(points) > 1 else []
        return replace(empty, note=note, lines=begun)
    ring = [*points, points[0]] if kind == "area" else list(points)
    found = _samples(session, ring)
    lines = [{"tone": "", "points": _line(found)}]
    chart = None
    if kind == "area":
        rows, note = _area(session, points, t)
    elif kind == "sight":
        rows, note, chart, lines = _sight(session, found, t, eye_m, target_m, rem_px)
    else:
        straight_m = distance_m(points[0], points[-1], crs=session.basin.frame.crs)
        rows = _distance(found, straight_m, t)
        note = t["measure_note"].format(step=fixed(session.ground.cell_m(*points[0]), 0))
        if kind == "profile":
            rows += _profile(found, t)
            chart = figure(found.way.along_m, found.ground_m, found.water_m, language=language, rem_px=rem_px)
    head = f"{t['measure_' + kind]}"
    copy = "\n".join([head, *(f"{row.label}\t{row.value}" for row in rows), note])
    label = rows[0].value if rows else ""
    return replace(empty, lines=lines, label=label, rows=rows, note=note, copy=copy, figure=chart)


def _samples(session: Session, points: Sequence[tuple[float, float]]) -> Samples:
    ground = session.ground
    way = way_of(points, session.basin.frame, step_m=ground.cell_m(*points[0]) / 2)
    ground_m = ground.height(way.east, way.north)
    beyond = np.isnan(ground_m)
    if beyond.any():
        ground_m = np.where(beyond, ground.height_around(way.east, way.north), ground_m)
    flood = flood_of(session.scene)
    water_m = np.full(len(ground_m), np.nan)
    if flood is not None:
        link_m = ground.connection(way.east, way.north)
        water_m = water_along(ground_m, link_m, level_m=flood.level_m, highest_m=flood.highest_m)
    return Samples(way=way, ground_m=ground_m, water_m=water_m)


def _drawn(session: Session, east: float, north: float) -> list[float]:
    height = session.ground.floor(east, north, flood=flood_of(session.scene))
    return [round(east, 2), round(north, 2), round(height, 2) if np.isfinite(height) else 0.0]


def _line(found: Samples, first: int = 0, last: int | None = None) -> list[list[float]]:
    """Samples of a way on the surface, few enough to be drawn in every frame."""
    count = len(found.ground_m) if last is None else last + 1
    at = np.unique(np.linspace(first, count - 1, min(DRAWN, count - first)).round().astype(int))
    points = np.stack([found.way.east, found.way.north, np.nan_to_num(found.surface_m)], axis=-1)[at]
    line: list[list[float]] = points.round(2).tolist()
    return line


def length(metres: float, t: dict[str, str]) -> str:
    """Format a length in m or km."""
    if not np.isfinite(metres):
        return t["none"]
    return f"{fixed(metres, 1)} m" if metres < 10_000 else f"{fixed(metres / 1000, 3)} km"


def _distance(found: Samples, straight_m: float, t: dict[str, str]) -> list[RowView]:
    way, ground_m = found.way, found.ground_m
    ends = float(ground_m[-1] - ground_m[0])
    rows = [
        RowView(label=t["measure_plan"], value=length(way.length_m, t)),
        RowView(label=t["measure_ground"], value=length(way.over_ground_m(ground_m), t)),
        RowView(label=t["measure_straight"], value=length(float(np.hypot(straight_m, ends)), t)),
        RowView(label=t["measure_rise"], value=f"{fixed(ends, 1)} m" if np.isfinite(ends) else t["none"]),
    ]
    return rows


def _profile(found: Samples, t: dict[str, str]) -> list[RowView]:
    wet = ~np.isnan(found.water_m)
    low, high = np.nanmin(found.ground_m), np.nanmax(found.ground_m)
    rows = [RowView(label=t["measure_range"], value=f"{fixed(float(low), 1)} – {fixed(float(high), 1)} m")]
    if wet.any():
        deepest = float(np.nanmax(found.water_m - found.ground_m))
        rows += [
            RowView(label=t["measure_wet"], value=length(wet_m(found.way.along_m, wet), t)),
            RowView(label=t["measure_level"], value=f"{fixed(float(np.nanmax(found.water_m)), 2)} m"),
            RowView(label=t["measure_deepest"], value=f"{fixed(deepest, 1)} m"),
        ]
    return rows


def _area(
    session: Session, points: Sequence[tuple[float, float]], t: dict[str, str]
) -> tuple[list[RowView], str]:
    if crosses_itself(points):
        return [], t["measure_crossed"]
    area_m2, around_m = ring_area(points, session.basin.frame)
    small = area_m2 < 1e6
    area = f"{fixed(area_m2, 0)} m²" if small else f"{fixed(area_m2 / 1e6, 3)} km²"
    rows = [
        RowView(label=t["measure_area"], value=area),
        RowView(label=t["measure_mu"], value=f"{fixed(area_m2 * 0.0015, 1)} {t['unit_mu']}"),
        RowView(label=t["measure_around"], value=length(around_m, t)),
    ]
    return rows, t["measure_area_note"]


def _sight(
    session: Session, found: Samples, t: dict[str, str], eye_m: float, target_m: float, rem_px: float
) -> tuple[list[RowView], str, dict[str, Any], list[dict[str, Any]]]:
    sight = line_of_sight(found.way.along_m, found.surface_m, eye_m=eye_m, target_m=target_m)
    rows = [
        RowView(
            label=t["measure_sight"],
            value=t["sight_clear" if sight.clear else "sight_blocked"],
            tone="" if sight.clear else "over",
        ),
        RowView(label=t["measure_plan"], value=length(found.way.length_m, t)),
    ]
    cut = len(found.ground_m) - 1
    if sight.blocked_at_m is not None:
        rows.append(RowView(label=t["sight_at"], value=length(sight.blocked_at_m, t)))
        cut = int(np.searchsorted(found.way.along_m, sight.blocked_at_m))
    if np.isfinite(sight.margin_m):
        rows.append(RowView(label=t["sight_margin"], value=f"{fixed(sight.margin_m, 1)} m"))
    lines = [{"tone": "clear", "points": _line(found, 0, cut)}]
    if not sight.clear:
        lines.append({"tone": "blocked", "points": _line(found, cut)})
    chart = figure(
        found.way.along_m,
        sight.raised_m,
        np.where(np.isnan(found.water_m), np.nan, sight.raised_m),
        language=session.scene.language,
        rem_px=rem_px,
        sight_m=sight.line_m,
    )
    note = t["sight_note"].format(k=REFRACTION, radius=fixed(EARTH_M / 1000, 0))
    return rows, note, chart, lines
