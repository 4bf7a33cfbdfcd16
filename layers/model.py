"""Protocol of a basin as the scene needs it.

``twin.basin.Basin`` implements it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from twin.arrays import F32, I32
from twin.catalog.site import Site
from twin.frame import Frame
from twin.grid import Grid
from twin.layer_data import AreaCells, LayerData, ModelData, VectorData
from twin.products import NamedPlace, Painting, Surroundings
from twin.stations.network import Network

__all__ = [
    "AreaCells",
    "ModelData",
    "SceneBasin",
    "Surroundings",
    "VectorData",
    "start_level_m",
]

NOWHERE_M = -500.0
"""A level below all ground."""

D = TypeVar("D", bound=LayerData)


class SceneBasin(Protocol):
    """Basin as the scene reads it."""

    @property
    def frame(self) -> Frame: ...
    @property
    def site(self) -> Site: ...
    @property
    def synthetic(self) -> bool: ...
    @property
    def painting(self) -> tuple[Painting, ...]: ...
    @property
    def lake(self) -> NamedPlace: ...
    @property
    def cap_m(self) -> float:
        """Level below which connection levels are known, m."""

    @property
    def vertical_error_m(self) -> float:
        """Vertical error of the terrain's heights, m."""

    @property
    def bed_m(self) -> float | None:
        """Height below which ground was under water when surveyed.

        None if all of it is known.
        """

    def ground(self) -> tuple[F32, Grid]:
        """Return working heights, (rows, cols) float32 m, and their grid.

        NaN where there are none.
        """

    def connection(self) -> I32:
        """Return connection levels in whole centimetres, int32, on the ground's grid."""

    def terrain_tiles(self) -> Path:
        """Return the folder of the terrain's tileset."""

    def data(self, wanted: type[D]) -> Sequence[D]:
        """Return data of every entry read into ``wanted``.

        In the catalog's order.
        """

    def surroundings(self) -> Surroundings | None: ...
    def vectors(self) -> Sequence[VectorData]: ...
    def models(self) -> Sequence[ModelData]: ...
    def network(self) -> Network | None: ...


def start_level_m(basin: SceneBasin) -> float:
    """Return the site's start level, or one under all ground.

    Nothing is wet.
    """
    level_m = basin.site.start_level_m
    return NOWHERE_M if level_m is None else level_m
