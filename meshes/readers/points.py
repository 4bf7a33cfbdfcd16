"""Point clouds made by others (LAS 1.1 to 1.4, LAZ, COPC), read in a guarded child and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, OverLimitError
from meshes.guard import DEFAULT, Limits, guarded, stored
from twin.frame import FrameError, check_crs

BLOCK = 1_000_000


@dataclass(frozen=True, kw_only=True)
class PointsData:
    """n points in ``crs``, x (east or longitude) before y.

    ``position`` (n, 3) float64, ``classification`` (n,) uint8 (ASPRS classes), ``colour`` (n, 3) uint8 or
    None. The arrays are mapped from a file that has no name any more, and take no memory until they are read.
    ``vertical`` is what the file calls its heights, or None.
    """

    position: NDArray[np.float64]
    colour: NDArray[np.uint8] | None
    classification: NDArray[np.uint8]
    crs: str
    vertical: str | None

    def __len__(self) -> int:
        return len(self.position)


def read_points(path: Path, *, crs: str | None = None, limits: Limits = DEFAULT) -> PointsData:
    """A point cloud. ``crs`` is what the catalog says; it wins over what the file says.

    Raises ForeignFileError; DamagedError where neither says in which CRS the points are.
    """
    with guarded("points", path, {}, limits=limits) as (answer, folder):
        try:
            return _checked(answer, folder, _crs(crs or answer["crs"], path))
        except (KeyError, TypeError, ValueError, OverLimitError):
            raise OverLimitError(f"{path}: the reader's answer does not fit together", path=path) from None


def _checked(answer: dict[str, Any], folder: Path, crs: str) -> PointsData:
    many = int(answer["count"])
    position = stored(folder, "position", dtype="float64", shape=(many, 3), mapped=True)
    for start in range(0, many, BLOCK):
        if not np.isfinite(position[start : start + BLOCK]).all():
            raise ValueError("position")
    colour = None
    if answer["coloured"]:
        colour = stored(folder, "colour", dtype="uint8", shape=(many, 3), mapped=True)
    return PointsData(
        position=position,
        colour=colour,
        classification=stored(folder, "classification", dtype="uint8", shape=(many,), mapped=True),
        crs=crs,
        vertical=str(answer["vertical"]) if answer["vertical"] else None,
    )


def _crs(told: object, path: Path) -> str:
    if not told:
        raise DamagedError(f"{path}: does not say its coordinate system: set crs in the catalog", path=path)
    try:
        check_crs(str(told))
    except FrameError as error:
        raise DamagedError(f"{path}: {error}: name the right one in the catalog", path=path) from None
    return str(told)
