"""What the scene needs to know of a basin; ``twin.basin.Basin`` gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.catalog.site import Site
from twin.frame import Frame
from twin.grid import Grid

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class MeshArrays:
    """Triangles in the frame, cut into chunks; all arrays may be memory-mapped and are never copied.

    ``position`` (n, 3) float32: east and north minus the frame's origin, height; m.
    ``tcoord`` (n, 2) float32: place on the raster, 0..1 from its west and from its north edge.
    ``triangles`` (m, 3) int32, counted from the first vertex of their chunk.
    ``chunks`` (k + 1, 2) int64: first triangle and first vertex of each chunk, then the totals.
    """

    position: F32
    tcoord: F32
    triangles: I32
    chunks: I64


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The coarse catchment around the terrain, with a hole where the terrain is."""

    mesh: MeshArrays
    picture: Path


@dataclass(frozen=True, kw_only=True)
class VectorData:
    """One vector data set: shapely geometries in the frame's CRS and their attributes, row by row.

    ``fault`` says in one line why there is nothing, where the data could not be used.
    """

    id: str
    kind: str
    title: Mapping[str, str]
    geometries: Sequence[Any] = ()
    attributes: Sequence[Mapping[str, Any]] = ()
    visible: bool = True
    opacity: float = 1.0
    colour: str | None = None
    width_px: float | None = None
    label: str | None = None
    fault: str | None = None
    source: Mapping[str, str] = field(default_factory=dict)


class SceneBasin(Protocol):
    """A basin as the scene sees it."""

    @property
    def frame(self) -> Frame: ...
    @property
    def site(self) -> Site: ...
    @property
    def synthetic(self) -> bool: ...
    @property
    def bed_m(self) -> float | None:
        """Ground at or below this height was under water when it was surveyed; None if all of it is known."""

    def ground(self) -> tuple[F32, Grid]:
        """Working heights, (rows, cols) float32 m, NaN where there are none; and their grid."""

    def connection(self) -> I32:
        """Connection levels in whole centimetres, int32, on the ground's grid."""

    def surface_picture(self) -> Path: ...
    def mesh(self) -> MeshArrays: ...
    def surroundings(self) -> Surroundings | None: ...
    def vectors(self) -> Sequence[VectorData]: ...
