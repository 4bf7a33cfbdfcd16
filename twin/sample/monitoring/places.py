"""Place stations in the sample basin.

Spread over the catchment, along rivers, in the lake.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import F64, I64
from twin.strict_json import read_json

EDGE_M = 8_000.0


@dataclass(frozen=True, kw_only=True)
class River:
    """River's course, (n, 2) longitude and latitude from its source down."""

    name: tuple[str, str]
    course: F64


@dataclass(frozen=True, kw_only=True)
class Places:
    """Rivers, villages and lake of the generated basin."""

    rivers: tuple[River, ...]
    villages: F64
    village_names: tuple[tuple[str, str], ...]
    dams: F64
    dam_names: tuple[tuple[str, str], ...]
    lake: F64


def read_sources(sample: Path, *, lake: F64) -> Places:
    """Read places from the sample's folder.

    ``lake`` is (n, 2) longitudes and latitudes that are always under water.
    """
    rivers = tuple(
        River(
            name=(f["properties"]["name_zh"], f["properties"]["name_en"]),
            course=_shown(np.array(f["geometry"]["coordinates"], dtype=np.float64)),
        )
        for f in _features(sample / "rivers.geojson")
        if f["properties"]["name_zh"]
    )
    villages, dams = _features(sample / "villages.geojson"), _features(sample / "dams.geojson")
    return Places(
        rivers=rivers,
        villages=np.array([f["geometry"]["coordinates"] for f in villages]),
        village_names=_names(villages),
        dams=np.array([np.mean(f["geometry"]["coordinates"], axis=0) for f in dams]),
        dam_names=_names(dams),
        lake=lake,
    )


def _shown(course: F64) -> F64:
    """The part of a course that lies well within the catchment's picture."""
    from twin.crs import transform  # noqa: PLC0415
    from twin.sample.grids import REGION  # noqa: PLC0415

    x, y = transform(course[:, 0], course[:, 1], source="EPSG:4490", target=REGION.crs)
    west, south, east, north = REGION.bounds
    inside = (x > west + EDGE_M) & (x < east - EDGE_M) & (y > south + EDGE_M) & (y < north - EDGE_M)
    return course[inside]


def along(river: River, count: int, *, start: float = 0.15, end: float = 0.97) -> F64:
    """Return (count, 2) points evenly spaced on a river.

    Between two shares of its length.
    """
    step = np.hypot(*np.diff(river.course, axis=0).T)
    length = np.concatenate([[0.0], np.cumsum(step)])
    at = length[-1] * (start + (end - start) * (np.arange(count) + 0.5) / count)
    return np.stack([np.interp(at, length, river.course[:, k]) for k in (0, 1)], axis=1)


def spread(among: F64, count: int, *, rng: np.random.Generator) -> F64:
    """Return (count, 2) points far from one another.

    Each the farthest of a few drawn ones.
    """
    chosen = [among[int(rng.integers(len(among)))]]
    while len(chosen) < count:
        drawn = among[rng.integers(len(among), size=24)]
        away = np.hypot(*(drawn[:, None] - np.array(chosen)[None]).transpose(2, 0, 1)).min(axis=1)
        chosen.append(drawn[int(away.argmax())])
    return np.array(chosen)


def nearest(points: F64, among: F64) -> I64:
    """Return the nearest of ``among`` to each point, (n,)."""
    scale = np.array([np.cos(np.radians(40.5)), 1.0])
    away = np.hypot(*((points[:, None] - among[None]) * scale).transpose(2, 0, 1))
    return np.asarray(away.argmin(axis=1), dtype=np.int64)


def watersheds(points: F64, rivers: tuple[River, ...]) -> list[River]:
    """Return the river that each point drains to.

    The one whose course passes nearest.
    """
    courses = [river.course[::4] for river in rivers]
    owner = np.repeat(np.arange(len(rivers)), [len(course) for course in courses])
    return [rivers[k] for k in owner[nearest(points, np.concatenate(courses))]]


def _names(features: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((f["properties"]["name_zh"], f["properties"]["name_en"]) for f in features)


def _features(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_json(path)["features"]
    return found
