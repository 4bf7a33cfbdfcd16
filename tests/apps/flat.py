"""A plain at 100 m, dry at any level, and a scene that looks at its middle."""

from __future__ import annotations

import numpy as np

from layers.heights import Ground
from twin.bilingual import Language
from twin.frame import Frame
from twin.grid import Grid
from twin.moment import what_if
from twin.scene import Camera, Scene

HEIGHT_M = 100.0
EAST, NORTH = 500_000.0, 4_480_000.0
HALF_M = 20_000.0
SCENE = Scene(
    camera=Camera(
        target_east_m=EAST,
        target_north_m=NORTH,
        target_m=HEIGHT_M,
        distance_m=10_000.0,
        heading_deg=0.0,
        pitch_deg=-40.0,
    ),
    moment=what_if(0.0),
)


def scene_in(language: Language) -> Scene:
    """The scene in a language."""
    return SCENE.changed(language=language)


def flat_ground() -> Ground:
    """The plain, 40 km wide."""
    cells, size_m = 200, HALF_M / 100
    grid = Grid(
        crs="EPSG:4548",
        rows=cells,
        cols=cells,
        west=EAST - HALF_M,
        north=NORTH + HALF_M,
        dx=size_m,
        dy=size_m,
    )
    ground_m = np.full(grid.shape, HEIGHT_M, np.float32)
    connection_cm = np.full(grid.shape, 2**30, np.int32)
    return Ground(ground_m, connection_cm, grid, Frame(crs="EPSG:4548", east=EAST, north=NORTH))
