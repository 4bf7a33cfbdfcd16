"""Read foreign point clouds in a guarded child, and check them.

LAS 1.0 to 1.4, LAZ, COPC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from meshes.errors import DamagedError, OverLimitError, PlacementError
from meshes.guard import DEFAULT, Limits, guarded, stored
from twin.arrays import F64, U8, Bools
from twin.crs import FrameError, check_crs
from twin.crs_agreement import agree

BLOCK = 1_000_000
SAMPLE = 1000
"""Points at which the file's CRS is compared with the catalog's."""


@dataclass(frozen=True, kw_only=True)
class PointsData:
    """Points in ``crs``, (n, 3).

    x (east or longitude) before y, heights in metres. ``position`` (n, 3) float64, ``classification`` (n,)
    uint8 (ASPRS classes), ``colour`` (n, 3) uint8 or None, ``coloured`` (n,) bool: which points have a
    colour. The arrays are mapped from a file that has no name any more, and take no memory until they are
    read. ``crs`` is None for points in a frame of their own; ``told`` is what the file says, and ``vertical``
    what it calls its heights, or None. ``version`` and ``format`` are LAS's; ``classes`` counts points.
    ``found`` is worth saying, ``notes`` is what was left out or is doubtful.
    """

    position: F64
    colour: U8 | None
    coloured: Bools | None
    classification: U8
    crs: str | None
    told: str | None
    vertical: str | None
    version: str
    format: int
    classes: dict[int, int]
    found: tuple[str, ...]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.position)


def read_points(
    path: Path,
    *,
    crs: str | None = None,
    unit_mult: float | None = None,
    scale: float | None = None,
    limits: Limits = DEFAULT,
) -> PointsData:
    """Read a point cloud, heights in metres.

    Without what is Withheld or noise. ``crs`` is what the catalog says, and must not contradict the file;
    ``unit_mult`` what turns the heights into metres where the file does not say. ``scale`` (metres in a unit)
    marks points in a frame of their own: all three coordinates are then in the unit of the file's plane.
    Raises ForeignFileError, and PlacementError where neither file nor catalog says in which CRS the points
    are, or both do and disagree.
    """
    arguments = {"unit_mult": unit_mult, "scale": scale}
    with guarded("points", path, arguments, limits=limits) as (answer, folder):
        try:
            data = _checked(answer, folder)
        except (KeyError, TypeError, ValueError, OverLimitError):
            raise OverLimitError(f"{path}: the reader's answer does not fit together", path=path) from None
    return data if scale is not None else _placed(data, crs, path)


def _checked(answer: dict[str, Any], folder: Path) -> PointsData:
    many = int(answer["count"])
    position = stored(folder, "position", dtype="float64", shape=(many, 3), mapped=True)
    for start in range(0, many, BLOCK):
        if not np.isfinite(position[start : start + BLOCK]).all():
            raise ValueError("position")
    colour = coloured = None
    if answer["with_colour"]:
        colour = stored(folder, "colour", dtype="uint8", shape=(many, 3), mapped=True)
        coloured = stored(folder, "coloured", dtype="bool", shape=(many,), mapped=True)
    return PointsData(
        position=position,
        colour=colour,
        coloured=coloured,
        classification=stored(folder, "classification", dtype="uint8", shape=(many,), mapped=True),
        crs=None,
        told=str(answer["crs"]) if answer["crs"] else None,
        vertical=str(answer["vertical"]) if answer["vertical"] else None,
        version=str(answer["version"]),
        format=int(answer["format"]),
        classes={int(number): int(count) for number, count in answer["classes"].items()},
        found=tuple(str(words) for words in answer["found"]),
        notes=tuple(str(words) for words in answer["notes"]),
    )


def _placed(data: PointsData, crs: str | None, path: Path) -> PointsData:
    """The points in the catalog's CRS, or in their own where it says none."""
    if crs is None:
        if data.told is None:
            raise PlacementError(f"{path}: does not say its coordinate system: set crs in the catalog")
        _known(data.told, path)
        return replace(data, crs=data.told)
    _known(crs, path)
    if data.told is None:
        return replace(data, crs=crs)
    sample = data.position[:: max(1, len(data) // SAMPLE)]
    try:
        doubt = agree(crs, data.told, x=sample[:, 0], y=sample[:, 1])
    except FrameError as error:
        raise PlacementError(f"{path}: {error.message}") from None
    return replace(data, crs=crs, notes=(*data.notes, doubt) if doubt else data.notes)


def _known(crs: str, path: Path) -> None:
    try:
        if crs != "GCJ-02":
            check_crs(crs)
    except FrameError as error:
        raise DamagedError(f"{path}: {error}: name the right one in the catalog", path=path) from None
