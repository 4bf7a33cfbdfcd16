"""The picture against the exact raster: which pixels are wet, and how near to a shore a wrong one may lie.

The shore band is every pixel within BAND_PX of a border between wet and not wet in the exact picture. All
pixels of a picture that differ may be at most SHARE of its band, and none that shows ground which a dam
protects may be wet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import ndimage

from layers.camera import camera as geometry
from layers.light import Light, WaterColours
from layers.stage import Stage
from tests.scenes import show
from tests.visual import raycast
from tests.visual.raycast import DRY, SKY, WET
from twin.arrays import F64, I64, U8, Bools
from twin.scene import Camera

BAND_PX = 8
SHARE = 0.005
CYAN = (0.0, 1.0, 1.0)
RED_SKY = Light(horizon=(1.0, 0.0, 0.0), zenith=(1.0, 0.0, 0.0), sun=(0.0, 0.0, 0.0), haze=0.0, edge_fade=0.0)
CYAN_WATER = replace(
    WaterColours(), shallow=CYAN, deep=CYAN, unsurveyed=CYAN, shore_line=0.0, reflection=0.0, clear_m=1e-3
)


class Bare:
    """A basin with nothing on it but water, of a colour that no ground has."""

    synthetic = False

    def __init__(self, basin: Any) -> None:
        self._basin = basin

    def __getattr__(self, name: str) -> Any:
        return getattr(self._basin, name)

    def models(self) -> list[Any]:
        return []

    def network(self) -> None:
        return None

    def vectors(self) -> list[Any]:
        return []

    def data(self, wanted: type) -> list[Any]:
        return []

    def surroundings(self) -> None:
        return None


def bare_stage(basin: Any, size: tuple[int, int]) -> Stage:
    """A stage whose colours say what a pixel is."""
    return Stage(Bare(basin), size=size, light=RED_SKY, water_colours=CYAN_WATER)


def drawn_classes(stage: Stage) -> U8:
    """SKY, DRY or WET of each pixel of what the stage draws when all tiles have come."""
    assert stage.settle()
    red, green, _ = np.moveaxis(stage.render()[..., :3].astype(int), -1, 0)
    sky, water = red > green + 120, green > red + 80  # no ground is that far from grey
    return np.where(sky, SKY, np.where(water, WET, DRY)).astype(np.uint8)


@dataclass(frozen=True)
class Difference:
    """How a picture differs from the exact one."""

    band: int
    wrong: int
    behind_dams: int

    @property
    def share(self) -> float:
        """Pixels that differ, as a share of the shore band's."""
        return self.wrong / max(self.band, 1)

    @property
    def exact_enough(self) -> bool:
        return self.share <= SHARE and self.behind_dams == 0


class Exact:
    """Exact pictures of a basin whose grid is in its frame's CRS."""

    def __init__(self, basin: Any) -> None:
        self._ground, self._grid = basin.ground()
        self._connection = basin.connection()
        assert self._grid.crs == basin.frame.crs, "the rays are cast in the raster's own coordinates"

    def difference(
        self, stage: Stage, camera: Camera, *, level_m: float, highest_m: float | None = None
    ) -> Difference:
        """Draw the flood with ``stage`` from ``camera``, and compare. The exaggeration is the stage's."""
        highest = level_m if highest_m is None else highest_m
        show(stage, level_m=level_m, highest_m=highest)
        show(stage, camera=camera)
        drawn = drawn_classes(stage)
        surface, wet = raycast.flood(self._ground, self._connection, level_m, highest)
        exact, cell = self._cast(stage, surface, wet)
        wrong = (drawn == WET) != (exact == WET)
        band = _near_shore(exact == WET)
        # Ground that would be wet if water passed dams: below the level, yet not connected.
        protected = (self._ground < level_m) & ~wet
        held = (cell >= 0) & protected.ravel()[np.maximum(cell, 0)]
        return Difference(
            band=int(band.sum()),
            wrong=int(wrong.sum()),
            behind_dams=int((held & ~band & (drawn == WET)).sum()),
        )

    def _cast(self, stage: Stage, surface: F64, wet: Bools) -> tuple[U8, I64]:
        grid, k, camera = self._grid, stage.scene.exaggeration, stage.camera
        east, north, z = geometry.eye(camera, k)
        return raycast.classes(
            surface * k,
            wet,
            eye=((east - grid.west) / grid.dx - 0.5, (grid.north - north) / grid.dy - 0.5, z),
            cell_m=(grid.dx, grid.dy),
            heading_deg=camera.heading_deg,
            pitch_deg=camera.pitch_deg,
            view_angle_deg=camera.view_angle_deg,
            size=stage.size,
        )


def _near_shore(wet: Bools) -> Bools:
    square = np.ones((3, 3), dtype=bool)
    edge = ndimage.binary_dilation(wet, square) & ~ndimage.binary_erosion(wet, square, border_value=1)
    return np.asarray(ndimage.maximum_filter(edge, 2 * BAND_PX - 1))
