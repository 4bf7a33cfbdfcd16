"""A lake in hills by formula: arms, islands, a ring dike, pockets behind sills, and a dam on a diagonal.

480 × 640 cells of 30 m. South of the dam the ground lies far below every level of the lake.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from layers.model import Surroundings, VectorData
from meshes.build.ground.pyramid import build_ground
from twin.arrays import F32, I32, U8, Bools
from twin.catalog.site import Site
from twin.cog import write_cog
from twin.frame import Frame
from twin.grid import Grid
from twin.products import NamedPlace, Painting
from twin.scene import Camera
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level

ROWS, COLS, CELL_M = 480, 640, 30.0
GRID = Grid(crs="EPSG:4548", rows=ROWS, cols=COLS, west=480_000.0, north=4_494_400.0, dx=CELL_M, dy=CELL_M)
FRAME = Frame(crs="EPSG:4548", east=490_000.0, north=4_487_000.0)
SEED = (213, 320)
LEVELS_M = (127.0, 138.0, 146.0, 152.5, 158.0)
CAP_M = 160.51
CREST_M = 160.2
SITE = Site()


def ground_m() -> F32:
    """Heights, (ROWS, COLS) float32 m."""
    row, col = np.indices((ROWS, COLS))
    x, y = col * 0.03, (ROWS - row) * 0.03  # km from the south-west corner
    r = np.hypot((x - 9.6) / 1.3, y - 8.0)
    waves = np.sin(1.3 * x + 0.4 * y) * np.sin(1.1 * y - 0.3 * x) * np.minimum(1.0, r / 2)
    z = 120.0 + 7.0 * r + 14.0 * waves + 3.0 * np.sin(4.1 * x + 1.0) * np.cos(3.7 * y)
    z += 6.0 * np.maximum(0.0, r - 4.0) ** 2 * (0.7 + 0.3 * np.sin(2.0 * x) * np.sin(2.3 * y))
    plain = (np.abs(x - 9.6) < 1.6) & (y < 3.0)
    z = np.where(plain, np.minimum(z, 120.0 - 6.0 * (3.0 - y)), z)
    dike = np.abs(np.hypot(x - 12.2, y - 8.6) - 0.45) < 0.035
    z = np.where(dike, np.maximum(z, 153.0), z)
    z[_dam()] = np.maximum(z[_dam()], CREST_M)
    return z.astype(np.float32)


def _dam() -> Bools:
    """A line across the valley that touches cells by their sides only: water does not pass a corner."""
    mask = np.zeros((ROWS, COLS), dtype=bool)
    row_before = None
    for col in range(205, 436):
        row = round(372 + 0.12 * (col - 205))
        mask[min(row, row_before or row) : row + 1, col] = True
        row_before = row
    return mask


UNNAMED = NamedPlace(name={"zh": "", "en": ""}, east=FRAME.east, north=FRAME.north)


def build_tiles(folder: Path, ground: F32, connection: I32, picture: U8) -> None:
    """Tiles of a raster of the lake's extent under a picture (rows, cols, 3)."""
    grid = replace(GRID, rows=ground.shape[0], cols=ground.shape[1])
    write_cog(
        folder / "surface.tif",
        np.ascontiguousarray(np.moveaxis(picture, -1, 0)),
        replace(grid, rows=picture.shape[0], cols=picture.shape[1]),
        overviews="average",
        jpeg_quality=95,
    )
    build_ground(
        folder,
        ground,
        grid=grid,
        frame=FRAME,
        picture=folder / "surface.tif",
        ellipsoid_minus_working_m=0.0,
        connection_cm=connection,
        levels_m=(126.0, 160.01),
    )


@dataclass(frozen=True)
class World:
    """The lake as the scene sees a basin. ``folder`` is for its tiles, ``on_it`` is what lies on it."""

    folder: Path
    on_it: tuple[VectorData, ...] = ()
    synthetic: bool = False
    painting: tuple[Painting, ...] = ("relief",)
    bed_m: float | None = None
    cap_m: float = CAP_M
    vertical_error_m: float = 1.0
    lake: NamedPlace = UNNAMED
    frame: Frame = FRAME
    site: Site = SITE

    @cached_property
    def _ground(self) -> F32:
        return ground_m()

    @cached_property
    def _connection(self) -> I32:
        return connection_level(to_cm(self._ground), seed=SEED, cap_cm=round(CAP_M * 100))

    @cached_property
    def _tiles(self) -> Path:
        folder = self.folder / "tiles"
        if not folder.exists():
            folder.mkdir()
            build_tiles(folder, self._ground, self._connection, self.picture())
        return folder

    def ground(self) -> tuple[F32, Grid]:
        return self._ground, GRID

    def connection(self) -> I32:
        return self._connection

    def terrain_tiles(self) -> Path:
        return self._tiles

    def picture(self) -> U8:
        """Green by height and slope, lit from the north-west."""
        down, right = np.gradient(self._ground, CELL_M)
        light = np.clip(0.75 + 1.2 * (down + right) / np.sqrt(1 + down**2 + right**2), 0.3, 1.15)
        height = np.clip((self._ground - 100) / 200, 0, 1)[..., None]
        colour = (1 - height) * np.array([150, 160, 105]) + height * np.array([80, 105, 65])
        return np.clip(colour * light[..., None], 0, 255).astype(np.uint8)

    def surroundings(self) -> Surroundings | None:
        return None

    def models(self) -> list[Any]:
        return []

    def network(self) -> None:
        return None

    def vectors(self) -> list[VectorData]:
        return list(self.on_it)

    def data(self, wanted: type) -> list[Any]:
        return []


def view(col: float, row: float, *, distance_m: float, heading_deg: float, pitch_deg: float) -> Camera:
    """A look at the lake's surface over a cell."""
    east, north = GRID.centre_of(row, col)
    return Camera(
        target_east_m=float(east),
        target_north_m=float(north),
        target_m=150.0,
        distance_m=distance_m,
        heading_deg=heading_deg,
        pitch_deg=pitch_deg,
    )


VIEWS = {
    "whole": view(320, 230, distance_m=26_000, heading_deg=0, pitch_deg=-45),
    "dam": view(320, 375, distance_m=3_000, heading_deg=10, pitch_deg=-20),
    "dike": view(405, 195, distance_m=2_500, heading_deg=250, pitch_deg=-14),
    "arms": view(250, 170, distance_m=7_000, heading_deg=300, pitch_deg=-18),
    "south": view(330, 240, distance_m=12_000, heading_deg=185, pitch_deg=-12),
    "above": view(320, 225, distance_m=20_000, heading_deg=0, pitch_deg=-90),
    "under-the-dam": view(320, 400, distance_m=1_200, heading_deg=0, pitch_deg=-12),
    "crest": view(270, 372, distance_m=900, heading_deg=80, pitch_deg=-25),
    "north": view(320, 120, distance_m=9_000, heading_deg=20, pitch_deg=-30),
    "west": view(180, 230, distance_m=5_000, heading_deg=110, pitch_deg=-22),
    "islands": view(360, 260, distance_m=1_800, heading_deg=45, pitch_deg=-35),
    "flat": view(320, 230, distance_m=4_000, heading_deg=330, pitch_deg=-7),
}
