"""Convert foreign tilesets tile by tile into our own.

3D Tiles 1.0, 1.1; their levels of detail are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from meshes.build.foreign.assembly import Made, assembled, left_out, none_shown, readers
from meshes.build.foreign.contents import Extent, written
from meshes.build.foreign.height_ramp import ends_of
from meshes.build.foreign.placement import Place
from meshes.build.foreign.substitutes import cut, stand_ins
from meshes.errors import PlacementError
from meshes.guard import TILE
from meshes.readers.archive import opened_tileset
from meshes.readers.problems import Problems
from meshes.readers.surface import SurfaceData
from meshes.readers.tileset import ForeignTileset
from meshes.readers.time_budget import TimeBudget
from twin.arrays import Bools
from twin.counting import counted
from twin.errors import TwinError


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A tile that was written, what is said of it, and how many metres a unit of its space is."""

    extent: Extent | None = None
    notes: tuple[str, ...] = ()
    metres: float | None = None
    error: TwinError | None = None


def build_tileset(folder: Path, path: Path, *, place: Place, progress: Callable[[float], None]) -> Made:
    """Write a tileset's tiles into a folder, with parallel guarded readers.

    A tile that cannot be read, or has no place, is left out: what the tile above it shows there is shown in
    its place; where nobody knows what that is, the tile above stays the finest, and what is beside goes too.
    Raises ForeignFileError where the tileset itself cannot be read, or none of its tiles.
    """
    with opened_tileset(path) as foreign:
        return _built(folder, path, foreign, place=place, progress=progress)


def _built(
    folder: Path, path: Path, foreign: ForeignTileset, *, place: Place, progress: Callable[[float], None]
) -> Made:
    problems, patience = Problems(), TimeBudget(TILE)

    @cache
    def grey() -> tuple[float, float] | None:
        return _heights(foreign, place)

    def one(k: int) -> _Found:
        if not foreign.contents[k]:
            return _Found()
        try:
            with patience.limits() as limits:
                data = foreign.read(k, limits=limits)
            return _Found(
                extent=written(folder / f"{k}.glb", data, place, grey=grey() if data.clouds else None),
                notes=tuple(note.replace(f"{foreign.folder}/", "") for note in data.notes),
                metres=_metres(data, place),
            )
        except TwinError as error:
            return _Found(notes=(left_out(error, *foreign.contents[k], beneath=foreign.folder),), error=error)

    found = []
    with ThreadPoolExecutor(max_workers=readers()) as pool:
        for k, tile in enumerate(pool.map(one, range(len(foreign)))):
            found.append(tile)
            for note in tile.notes:
                problems.add_line(note)
            progress((k + 1) / len(foreign))
    if not any(tile.extent for tile in found):
        errors = [tile.error for tile in found if tile.error is not None]
        raise none_shown(errors, [*problems.lines(), *foreign.problems], besides=foreign.problems)
    notes = [*foreign.problems, *problems.lines()]
    broken = foreign.broken | np.array([tile.error is not None for tile in found])
    made, healed = _stand_in(folder, foreign, [tile.extent for tile in found], broken=broken, place=place)
    shown = sum(made[k] is not None for k in np.flatnonzero(healed))
    if shown:
        notes.append(f"{shown:,} of the tiles left out: the coarser tile above is shown in their place")
    tree = assembled(
        folder,
        made,
        parent=foreign.parent,
        error_m=foreign.error_m * next((tile.metres for tile in found if tile.metres is not None), 1.0),
        add=foreign.add,
        broken=broken & ~healed,
    )
    beside = sum(extent is not None for extent in made) - sum(name != "" for name in tree.content)
    if beside:
        notes.append(
            f"{counted(beside, 'sound tile')}: left out beside broken ones: what is above stays, "
            "so that no hole opens"
        )
    named = broken | np.array([bool(names) for names in foreign.contents])
    return Made(tree=tree, notes=tuple(notes), missing=int(broken.sum()) + beside, tiles=int(named.sum()))


def _stand_in(
    folder: Path, foreign: ForeignTileset, made: list[Extent | None], *, broken: Bools, place: Place
) -> tuple[list[Extent | None], Bools]:
    """Write what is shown in the place of broken tiles; the tiles then, and which are broken no more."""
    made, healed = list(made), np.zeros(len(made), bool)
    held = np.array([extent is not None for extent in made])
    jobs = sorted(stand_ins(foreign, held=held, broken=broken).items(), key=lambda job: job[1])
    coarse: tuple[int, SurfaceData] | None = None
    for k, above in jobs:
        if coarse is None or coarse[0] != above:
            coarse = above, foreign.read(above)
        here = cut(coarse[1], foreign, tile=k, above=above, held=held)
        if here is not None:
            made[k], healed[k] = written(folder / f"{k}.glb", here, place), True
    return made, healed


def _heights(foreign: ForeignTileset, place: Place) -> tuple[float, float] | None:
    """Between which heights the volumes of the tiles with content lie; None where they have no place."""
    filled = np.array([bool(names) for names in foreign.contents])
    boxes = foreign.corners[filled & np.isfinite(foreign.corners).all(axis=(1, 2))]
    try:
        return ends_of(place(boxes.reshape(-1, 3))[:, 2]) if len(boxes) else None
    except PlacementError:
        return None


def _metres(data: SurfaceData, place: Place) -> float | None:
    """How many metres in the frame a unit of a surface's space is, along its longest side."""
    positions = [part.position for part in data.parts] + [cloud.position for cloud in data.clouds]
    if not positions:
        return None
    low = np.min([position.min(axis=0) for position in positions], axis=0)
    high = np.max([position.max(axis=0) for position in positions], axis=0)
    axis = int(np.argmax(high - low))
    ends = np.array([(low + high) / 2] * 2)
    ends[0, axis], ends[1, axis] = low[axis], high[axis]
    length = float(high[axis] - low[axis])
    return float(np.linalg.norm(np.diff(place(ends), axis=0))) / length if length > 0 else None
