"""Where the flight goes: past villages and into their courtyards, by what the basin's models cover."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import hypot

import numpy as np
import shapely

from layers.tiles.models import Ring
from twin.basin import Basin
from twin.catalog.site import Site, Viewpoint
from twin.catalog.types import Names, Place
from twin.scene import Camera

NEAR = 11
COURTYARDS = 12
AWAY_M = (130.0, 320.0, 700.0, 1500.0)
"""From so far the villages are looked at, one after the other."""
LOOKS_DEG = ((25.0, -40.0), (140.0, -28.0), (260.0, -22.0), (330.0, -16.0))
"""Heading and pitch that go with them."""
COURTYARD_M, COURTYARD_PITCH_DEG = 75.0, -70.0


@dataclass(frozen=True, kw_only=True)
class Village:
    """Where a village lies: its outline and a point within, in the frame's CRS, and the ground's height there
    (m)."""

    east: float
    north: float
    ground_m: float
    outline: Ring


def villages(basin: Basin, *, count: int) -> list[Village]:
    """Up to ``count`` villages, spread evenly over the basin's list of them."""
    rings = [ring for model in basin.models() for cover in model.covers for ring in cover]
    chosen = np.unique(np.linspace(0, len(rings) - 1, min(count, len(rings))).astype(int))
    heights, grid = basin.ground()
    found = []
    for ring in (rings[i] for i in chosen):
        inside = shapely.Polygon(ring).representative_point()
        x, y = (float(v) for v in basin.frame.to_crs(grid.crs, inside.x, inside.y))
        height = float(heights[int((grid.north - y) / grid.dy), int((x - grid.west) / grid.dx)])
        found.append(Village(east=inside.x, north=inside.y, ground_m=height, outline=ring))
    return found


def near_villages(basin: Basin) -> list[Viewpoint]:
    """Viewpoints near 11 villages, from a courtyard's distance to that of a whole village in its valley."""
    return [
        Viewpoint(
            id=f"flight-{number}",
            name=Names(zh=f"飞行 {number}", en=f"Flight {number}"),
            target=Place(east=village.east, north=village.north),
            target_m=village.ground_m,
            distance_m=AWAY_M[number % len(AWAY_M)],
            heading_deg=(LOOKS_DEG[number % len(LOOKS_DEG)][0] + 40.0 * number) % 360.0,
            pitch_deg=LOOKS_DEG[number % len(LOOKS_DEG)][1],
        )
        for number, village in enumerate(villages(basin, count=NEAR))
    ]


def into_courtyard(village: Village) -> Camera:
    """A look down into the middle of a village."""
    return Camera(
        target_east_m=village.east,
        target_north_m=village.north,
        target_m=village.ground_m,
        distance_m=COURTYARD_M,
        heading_deg=20.0,
        pitch_deg=COURTYARD_PITCH_DEG,
    )


def apart_m(one: Camera, other: Camera) -> float:
    """How far apart the targets of two cameras lie."""
    return hypot(one.target_east_m - other.target_east_m, one.target_north_m - other.target_north_m)


class Flown(Basin):
    """A basin with viewpoints near its villages as well: the page's own ``go_to`` flies there."""

    @cached_property
    def site(self) -> Site:  # type: ignore[override]  # a property there
        own = self.catalog.site
        home = own.home_viewpoint
        views = near_villages(self)
        if home is not None:
            return own.model_copy(update={"viewpoints": [*own.viewpoints, *views], "home": home.id})
        return own.model_copy(update={"viewpoints": views})
