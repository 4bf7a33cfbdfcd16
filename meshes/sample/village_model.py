"""Define a village model's input and result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F32, F64, I32, U8
from twin.crs import WGS84, transform
from twin.errors import TwinError
from twin.sample.facts import CRS

Detail = Literal["normal", "high"]
Heights = Callable[[F64, F64], NDArray[np.floating]]  # (east, north) of equal shape -> working heights, m
Ring = tuple[tuple[float, float], ...]


class VillageSiteError(TwinError):
    """Village without what its model needs.

    A footprint round its centre, or ground that has heights.
    """

    zh = "示例村庄模型生成失败：{message}"


@dataclass(frozen=True, kw_only=True)
class VillageSite:
    """Village to be modelled.

    ``outline`` is a closed ring (east, north) in the frame, m. Every ray from the centre meets the outline
    once.
    """

    number: int
    name_zh: str
    name_en: str
    east: float
    north: float
    level_m: float
    radius_m: float
    households: int
    people: int
    outline: Ring


@dataclass(frozen=True, kw_only=True)
class Building:
    """Building of a village.

    ``ring`` is its closed footprint (east, north), ``kind`` house, wing, shed, ... ``height_m`` is the ridge
    over the ground, ``ground_m`` the working height of the floor.
    """

    number: int
    ring: Ring
    households: int
    people: int
    storeys: int
    height_m: float
    ground_m: float
    kind: str


@dataclass(frozen=True, kw_only=True)
class VillageModel:
    """Textured mesh and the buildings in it.

    ``position`` (n, 3) float64: east, north, working height in the frame; ``tcoord`` (n, 2) float32, v
    downwards; ``triangles`` (m, 3) int32, anticlockwise from outside; ``feature`` (n,) int32, the number of
    the building that a vertex belongs to, 0 for ground and trees; ``picture`` (rows, columns, 3) uint8.
    """

    site: VillageSite
    position: F64
    tcoord: F32
    triangles: I32
    feature: I32
    picture: U8
    buildings: tuple[Building, ...]


def from_features(
    points: Sequence[Mapping[str, Any]], footprints: Sequence[Mapping[str, Any]]
) -> list[VillageSite]:
    """Read village sites from GeoJSON features (WGS 84).

    Points and polygons paired by their ``number``. Raises VillageSiteError where a village has no footprint.
    """
    rings = {one["properties"]["number"]: one["geometry"]["coordinates"][0] for one in footprints}
    return [_site(one, rings.get(one["properties"]["number"])) for one in points]


def _site(point: Mapping[str, Any], ring: Sequence[Sequence[float]] | None) -> VillageSite:
    facts = point["properties"]
    if ring is None:
        raise VillageSiteError(
            f"village {facts['number']} has no footprint; build the sample again", number=facts["number"]
        )
    lon, lat = point["geometry"]["coordinates"][:2]
    line = np.asarray(ring, dtype=np.float64)
    x, y = transform(np.append(line[:, 0], lon), np.append(line[:, 1], lat), source=WGS84, target=CRS)
    east, north = float(x[-1]), float(y[-1])
    return VillageSite(
        number=int(facts["number"]),
        name_zh=str(facts["name_zh"]),
        name_en=str(facts["name_en"]),
        east=east,
        north=north,
        level_m=float(facts["level_m"]),
        radius_m=float(np.hypot(x[:-1] - east, y[:-1] - north).max()),
        households=int(facts["households"]),
        people=int(facts["people"]),
        outline=tuple(zip(x[:-1].tolist(), y[:-1].tolist(), strict=True)),
    )
